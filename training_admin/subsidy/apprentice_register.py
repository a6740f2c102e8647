"""Sheet 12 (学徒台账, policy.md 7.2): apprentices with tutors, hours, wage and outcome, and what each came to, tied to the ledger.

An institution sees the sheet without the money of its enterprise; an auditor sees that of the enterprises assigned to him.
"""

import asyncio
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from openpyxl.utils import get_column_letter

from training_admin.apprenticeship import register_store as programmes
from training_admin.apprenticeship.loading import ProgrammeNotFound
from training_admin.apprenticeship.plan_facts import OUTCOME_WORDS
from training_admin.apprenticeship.register_store import RegisterPerson, RegisterProgramme
from training_admin.apprenticeship.sealing import APPRENTICE_PLACE
from training_admin.catalog.facts import LEVEL_WORDS
from training_admin.database import read_transaction
from training_admin.kit.actor import Actor, may, scope_of
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import mask_identity
from training_admin.kit.refusals import Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.vault import Vault, vault
from training_admin.kit.wording import day, hundredths
from training_admin.kit.workbook.formulas import reference, verdict
from training_admin.kit.workbook.sheets import Column, Kind, Sheet, Stamp, WorkbookWriter
from training_admin.subsidy import apprentice_register_store as store
from training_admin.subsidy.apprentice_money import PersonMoney, StageMoney, people_money
from training_admin.subsidy.apprentice_register_store import LedgerMoney
from training_admin.subsidy.programme_store import programmes_of

REGISTER, LEDGER = "学徒台账", "资金勾稽"
ADVANCE, ENTITLED, SETTLED, ASKED_BACK, RETURNED = "预拨", "应得", "结算", "追回", "其中已退回"
MOST_PROGRAMMES, MOST_PEOPLE = 1000, 50_000
CLOSING = ("制表人：", "复核人：", "负责人：", "（公章）")
PEOPLE_COLUMNS = (
    *(
        Column("学徒班", Kind.TEXT, 12.5),
        Column("序号", Kind.INTEGER, 5.5),
        Column("学徒", Kind.TEXT, 9.5),
        Column("证件", Kind.TEXT, 19.5),
    ),
    *(Column("企业", Kind.WORDS, 17), Column("导师", Kind.TEXT, 9.5), Column("院校教师", Kind.TEXT, 9.5), Column("职业", Kind.WORDS, 9)),
    *(Column("目标等级", Kind.WORDS, 8), Column("期限起", Kind.DATE, 10.5), Column("期限止", Kind.DATE, 10.5)),
    *(Column("合同起", Kind.DATE, 10.5), Column("合同止", Kind.DATE, 10.5), Column("年度课时(通用/基础/操作)", Kind.WORDS, 17)),
    *(Column(f"{words}课时", Kind.HOURS, 9, total=True) for words in ("通用素质", "专业基础", "操作技能")),
    *(Column("月最低实发工资", Kind.MONEY, 9.5), Column("结果", Kind.TEXT, 9), Column("取证", Kind.WORDS, 16)),
)
MONEY_COLUMNS = tuple(Column(word, Kind.MONEY, 11.5, total=True) for word in (ADVANCE, ENTITLED, SETTLED, ASKED_BACK, RETURNED))
COLUMNS = (*PEOPLE_COLUMNS, *MONEY_COLUMNS)
LEDGER_COLUMNS = (
    *(Column("学徒班", Kind.TEXT, 14), Column("企业", Kind.WORDS, 28), Column("学徒", Kind.INTEGER, 8, total=True)),
    *(Column("台账预拨与结算", Kind.SUM, 17), Column("资金明细账已支付", Kind.MONEY, 17, total=True), Column("差额", Kind.SUM, 13)),
    *(Column("台账追回", Kind.SUM, 17), Column("资金明细账应追回", Kind.MONEY, 17, total=True), Column("追回差额", Kind.SUM, 13)),
    *(Column("应得－预拨－结算＋已退回", Kind.SUM, 20), Column("结论", Kind.LINK, 9)),
)
TIED, UNTIED = "相符", "不符"
Row = tuple[Any, ...]


class RegisterTooLarge(Unreadable):
    """More programmes or people than one workbook holds."""

    code = "apprentice-register-too-large"
    title = "学徒台账过大"


class RegisterPeriodBackwards(Unreadable):
    """A period ends before it begins."""

    code = "apprentice-register-period-backwards"
    title = "起止日期有误"


class RegisterFound(msgspec.Struct, frozen=True):
    """Programmes with their people; `money` is None for a reader who may not see it."""

    programmes: tuple[RegisterProgramme, ...]
    people: Mapping[int, Sequence[RegisterPerson]]
    money: Mapping[str, Sequence[StageMoney]] | None
    ledger: Mapping[str, LedgerMoney]
    conditions: str

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that the reader sees."""
        return PEOPLE_COLUMNS if self.money is None else COLUMNS


NO_APPRENTICES = RegisterFound((), {}, {}, {}, "")


async def one_register(actor: Actor, number: str) -> RegisterFound:
    """The register of one programme of the actor's scope; raises NotAllowed, ProgrammeNotFound."""
    scope = scope_of(actor, Right.PROGRAMME_READ)
    async with read_transaction():
        found = await programmes.one_programme(number, scope.codes)
        if not found:
            raise ProgrammeNotFound("没有找到这个学徒班，请核对编号，或从列表重新进入。")
        sees = may(actor, Right.CLAIM_READ) and scope_of(actor, Right.CLAIM_READ).covers(found[0].uscc)
        return await _loaded(found, sees=sees, conditions=f"学徒班 {number}")


async def whole_register(actor: Actor, *, first: date | None, last: date | None) -> RegisterFound:
    """The register of approved programmes of the actor's scope that start in a period, both days included.

    Raises NotAllowed, RegisterPeriodBackwards, RegisterTooLarge.
    """
    scope = scope_of(actor, Right.PROGRAMME_READ)
    if first is not None and last is not None and last < first:
        raise RegisterPeriodBackwards("结束日期早于开始日期，请更正后重试。")
    sees = may(actor, Right.CLAIM_READ)
    firms = scope_of(actor, Right.CLAIM_READ).codes if sees else None
    async with read_transaction():
        found = await programmes.programmes_between(first, last, scope.codes, firms, most=MOST_PROGRAMMES + 1)
        if len(found) > MOST_PROGRAMMES:
            raise RegisterTooLarge(f"符合条件的学徒班超过 {MOST_PROGRAMMES} 个，请缩短开班日期的范围后分次导出。")
        period = "全部开班日期" if first is None and last is None else f"开班日期 {day(first)}至{day(last)}"
        return await _loaded(found, sees=sees, conditions=period)


async def _loaded(found: list[RegisterProgramme], *, sees: bool, conditions: str) -> RegisterFound:
    numbers = [each.number for each in found]
    people = await programmes.people_of(found)
    if sum(map(len, people.values())) > MOST_PEOPLE:
        raise RegisterTooLarge(f"符合条件的学徒超过 {MOST_PEOPLE} 名，请缩短开班日期的范围后分次导出。")
    money = await store.money_of(numbers) if sees else None
    ledger = await store.ledger_money(numbers) if sees else {}
    return RegisterFound(tuple(found), people, money, ledger, conditions)


async def register_of_claims(claims: Mapping[int, str]) -> RegisterFound:
    """The register of the programmes that some claims (key and number) ask for, with the money of these claims; in an open transaction."""
    numbers = sorted({number for number, _stage in (await programmes_of(list(claims))).values()})
    if not numbers:
        return NO_APPRENTICES
    only, found = list(claims.values()), await programmes.programmes_numbered(numbers)
    money, ledger = await store.money_of(numbers, only=only), await store.ledger_money(numbers, only=only)
    return RegisterFound(tuple(found), await programmes.people_of(found), money, ledger, "")


def money_of_people(people: Sequence[RegisterPerson], claims: Sequence[StageMoney]) -> dict[int, PersonMoney]:
    """The money of each apprentice of a programme, by row."""
    return people_money({each.row for each in people}.union(*(each.shares for each in claims)), claims)


def register_rows(found: RegisterFound, keys: Vault) -> Iterator[Row]:
    """The rows of the sheet, programme by programme."""
    for programme in found.programmes:
        people = found.people.get(programme.id, ())
        if found.money is None:
            yield from (_person_row(programme, each, keys) for each in people)
            continue
        money = money_of_people(people, found.money.get(programme.number, ()))
        yield from ((*_person_row(programme, each, keys), *_money_cells(money[each.row])) for each in people)


def _money_cells(money: PersonMoney) -> Row:
    return money.advance_fen, money.entitled_fen, money.settled_fen, money.asked_back_fen, money.returned_fen


def _person_row(programme: RegisterProgramme, each: RegisterPerson, keys: Vault) -> Row:
    blocks = [sum(year[block] for year in each.years) for block in range(3)]
    return (
        *(programme.number, each.row, each.name, mask_identity(keys.decrypt_text(each.sealed, place=APPRENTICE_PLACE))),
        *(programme.enterprise_name, each.mentor, each.teacher, programme.occupation_name),
        *(LEVEL_WORDS.get(programme.level), programme.starts, programme.ends, each.contract_start, each.contract_end),
        *(year_words(each.years) or None, *blocks, each.lowest_wage_fen, OUTCOME_WORDS[each.outcome], _certificate(each)),
    )


def year_words(years: Sequence[tuple[int, int, int]]) -> str:
    """Hours of each year of the term by block, in words."""
    return "；".join(f"第{n}年 {'/'.join(hundredths(hours) for hours in year)}" for n, year in enumerate(years, 1))


def _certificate(each: RegisterPerson) -> str | None:
    if each.outcome == "left":
        return None if each.left_on is None else f"{each.left_on.isoformat()} 退出"
    told = (LEVEL_WORDS.get(each.obtained_level), each.certificate_no, None if each.certified_on is None else each.certified_on.isoformat())
    return " ".join(word for word in told if word) or None


def totals_of(money: Mapping[int, PersonMoney]) -> PersonMoney:
    """The money of all apprentices of a programme together."""
    every = list(money.values())
    entitled = [each.entitled_fen for each in every if each.entitled_fen is not None]
    return PersonMoney(
        sum(entitled) if entitled else None,
        *(sum(getattr(each, name) for each in every) for name in ("advance_fen", "settled_fen", "asked_back_fen", "returned_fen")),
    )


def ledger_rows(found: RegisterFound, *, first: int, last_person: int, header: int) -> Iterator[Row]:
    """资金勾稽: by programme, sums of the register as live formulas beside what the ledger itself says."""
    letters = {column.header: get_column_letter(place) for place, column in enumerate(COLUMNS, 1)}

    def summed(row: int, word: str) -> str:
        own, money = letters["学徒班"], letters[word]
        return (
            f"SUMIF('{REGISTER}'!${own}${header + 1}:${own}${last_person},A{row},'{REGISTER}'!${money}${header + 1}:${money}${last_person})"
        )

    for row, programme in enumerate(found.programmes, first):
        people = found.people.get(programme.id, ())
        whole = totals_of(money_of_people(people, (found.money or {}).get(programme.number, ())))
        ledger = found.ledger.get(programme.number, LedgerMoney())
        paid, entitled = whole.advance_fen + whole.settled_fen, whole.entitled_fen
        balance: tuple[str, int] | None = None
        if entitled is not None:
            formula = f"{summed(row, ENTITLED)}-D{row}+{summed(row, RETURNED)}"
            balance = reference(formula, entitled - paid + whole.returned_fen)
        tied = paid == ledger.paid_fen and whole.asked_back_fen == ledger.asked_back_fen
        yield (
            *(programme.number, programme.enterprise_name, len(people)),
            *(reference(f"{summed(row, ADVANCE)}+{summed(row, SETTLED)}", paid), ledger.paid_fen),
            reference(f"D{row}-E{row}", paid - ledger.paid_fen),
            *(reference(summed(row, ASKED_BACK), whole.asked_back_fen), ledger.asked_back_fen),
            *(reference(f"G{row}-H{row}", whole.asked_back_fen - ledger.asked_back_fen), balance),
            verdict(f'IF(ABS(F{row})+ABS(I{row})<0.005,"{TIED}","{UNTIED}")', TIED if tied else UNTIED),
        )


async def register_workbook(actor: Actor, found: RegisterFound, *, clock: Clock) -> bytes:
    """The register as a workbook of its own: live totals, people's words as text, numbers masked."""
    return await asyncio.to_thread(_written, found, actor.name, clock.today())


def _written(found: RegisterFound, maker: str, today: date) -> bytes:
    lines = (f"查询条件：{found.conditions}", f"单位：元　　编制日期：{today.isoformat()}　　制表：{maker}")
    sheets = [Sheet(REGISTER, "企业新型学徒制学徒台账", lines, found.columns, CLOSING, frozen=3)]
    if found.money is not None:
        sheets.append(Sheet(LEDGER, "学徒台账与资金明细账勾稽", lines, LEDGER_COLUMNS, CLOSING, frozen=1))
    target = io.BytesIO()
    with WorkbookWriter(target, sheets, Stamp(REGISTER, today.isoformat(), "第12表")) as writer:
        header = sheets[0].header_row
        writer.write(register_rows(found, vault()))
        last = max(writer.next_row - 1, header + 1)
        writer.end_sheet()
        if found.money is not None:
            writer.write(ledger_rows(found, first=writer.next_row, last_person=last, header=header))
            writer.end_sheet()
    return target.getvalue()
