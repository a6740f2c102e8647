"""Sheet 12 (学徒台账): every fen is one of the ledger's, totals are live, what people wrote is text, money only for who may see it."""

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest

from tests.fund.ledger_world import granted
from tests.fund.payment_world import person
from tests.people import sign_in_as
from tests.subsidy.programme_world import NUMBER, ended, filed, identity, registers, trained
from tests.subsidy.test_programme_claims import BUDGET, claimed, determined, given
from training_admin.apprenticeship.facts import Stage
from training_admin.apprenticeship.loading import ProgrammeNotFound
from training_admin.audit.register_store import paid_in_ledger
from training_admin.database import counted_queries, fetch_tuples, read_transaction, write_transaction
from training_admin.fund import recoveries
from training_admin.kit.actor import COMMAND_LINE, DEMO, Actor, NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings
from training_admin.subsidy import apprentice_register as register
from training_admin.subsidy.deliveries import receive_registers
from training_admin.wiring import follow_claim

HEADER, FIRST = 4, 5


async def book_of(actor: Actor, clock: FixedClock, number: str | None = NUMBER) -> Any:
    found = await (register.whole_register(actor, first=None, last=None) if number is None else register.one_register(actor, number))
    return openpyxl.load_workbook(io.BytesIO(await register.register_workbook(actor, found, clock=clock)))


def rows_of(book: Any, sheet: str, people: int) -> list[dict[str, Any]]:
    page = book[sheet]
    heads = [cell.value for cell in page[HEADER]]
    return [dict(zip(heads, (cell.value for cell in page[row]), strict=True)) for row in range(FIRST, FIRST + people)]


async def settled_with_clawback(clock: FixedClock) -> tuple[str, str]:
    """F04: two of ten certified, what was advanced too much decided to come back and partly returned."""
    await granted(BUDGET, clock)
    await filed(10, clock, level="3")
    await receive_registers(DEMO, registers(10), source="测试交付", clock=clock)
    advance = await claimed(Stage.ADVANCE, clock)
    await given(advance, clock)
    await trained(clock, hours=52 * 100)
    await ended(dict.fromkeys(range(3, 11), ("failed", "")))
    settlement = await claimed(Stage.SETTLEMENT, clock)
    await determined(settlement, clock)
    found, _next = await recoveries.list_recoveries(await person("caijing", clock))
    decider, day = (await sign_in_as("shending", clock)).actor, clock.today() + timedelta(days=30)
    await recoveries.decide_recovery(decider, found[0].number, confirm=True, return_by=day, follow=follow_claim, clock=clock)
    clerk = await person("caijing", clock)
    await recoveries.receive_return(
        clerk, found[0].number, fen=700_001, reference="HK1", received_on=clock.today(), follow=follow_claim, clock=clock
    )
    return advance, settlement


async def test_the_money_of_the_sheet_is_that_of_the_ledger(database: Settings, clock: FixedClock) -> None:
    advance, settlement = await settled_with_clawback(clock)
    found = await register.one_register((await sign_in_as("jingban-a", clock)).actor, NUMBER)
    money = register.money_of_people(found.people[found.programmes[0].id], (found.money or {})[NUMBER])
    whole = register.totals_of(money)
    async with read_transaction():
        assert whole.advance_fen + whole.settled_fen == await paid_in_ledger([advance, settlement]) == 4_000_000
        (balance,) = await fetch_tuples(
            """SELECT coalesce(sum(balance_fen) FILTER (WHERE kind = 'receivable'), 0)::bigint,
                      coalesce(sum(balance_fen) FILTER (WHERE kind = 'recovered'), 0)::bigint FROM fund_account"""
        )
    assert (whole.asked_back_fen - whole.returned_fen, whole.returned_fen) == tuple(balance) == (1_699_999, 700_001)
    assert whole.entitled_fen == 1_600_000
    assert {money[row].asked_back_fen for row in (1, 2)} == {0}, "nothing comes back for whom nothing was paid too much"


async def test_the_workbook_adds_up_by_its_own_formulas_and_says_so(database: Settings, clock: FixedClock) -> None:
    await settled_with_clawback(clock)
    actor = (await sign_in_as("chushen", clock)).actor
    book = await book_of(actor, clock)
    rows = rows_of(book, register.REGISTER, 10)
    assert [row["应得"] for row in rows] == [8000, 8000] + [0] * 8
    assert {row["预拨"] for row in rows} == {4000}
    assert sum(row["追回"] for row in rows) == 24_000
    assert rows[0]["取证"].startswith("三级")
    assert (rows[0]["年度课时(通用/基础/操作)"], rows[0]["通用素质课时"]) == ("第1年 93.6/124.8/405.6", 93.6)
    assert rows[0]["月最低实发工资"] == 5000
    assert (rows[0]["期限起"].date(), rows[0]["期限止"].date()) == (date(2025, 3, 1), date(2026, 2, 28))
    below = book[register.REGISTER][FIRST + 10]
    heads = [cell.value for cell in book[register.REGISTER][HEADER]]
    for word in ("预拨", "应得", "结算", "追回", "其中已退回"):
        cell = below[heads.index(word)]
        assert cell.value == f"=SUM({cell.column_letter}{FIRST}:{cell.column_letter}{FIRST + 9})"
    (tie,) = rows_of(book, register.LEDGER, 1)
    assert tie["资金明细账已支付"] == 40_000
    assert tie["资金明细账应追回"] == 24_000
    assert tie["台账追回"].startswith("=SUMIF('学徒台账'!")
    stored = openpyxl.load_workbook(
        io.BytesIO(await register.register_workbook(actor, await register.one_register(actor, NUMBER), clock=clock)), data_only=True
    )
    told = rows_of(stored, register.LEDGER, 1)[0]
    assert (told["结论"], told["差额"], told["追回差额"], told["台账预拨与结算"]) == ("相符", 0, 0, 40_000)
    assert told["应得－预拨－结算＋已退回"] == pytest.approx(16_000 - 40_000 + 7000.01)


async def test_what_people_wrote_is_text_and_numbers_are_masked(database: Settings, clock: FixedClock) -> None:
    await filed(2, clock)
    async with write_transaction():
        await fetch_tuples("UPDATE apprentice SET name = '=HYPERLINK(1)' WHERE place = 1 RETURNING id")
        await fetch_tuples("UPDATE programme_tutor SET name = CASE kind WHEN 'mentor' THEN '+86' ELSE '@SUM(A1)' END RETURNING id")
    book = await book_of((await sign_in_as("jingban-a", clock)).actor, clock)
    row = book[register.REGISTER][FIRST]
    heads = [cell.value for cell in book[register.REGISTER][HEADER]]
    for word, value in (("学徒", "=HYPERLINK(1)"), ("院校教师", "@SUM(A1)"), ("导师", "+86")):
        cell = row[heads.index(word)]
        assert (cell.value, cell.data_type) == (value, "s")
    number = identity(1)
    assert row[heads.index("证件")].value == f"{number[:4]}{'*' * 12}{number[-2:]}"


async def test_who_may_not_see_claims_sees_the_people_without_the_money(database: Settings, clock: FixedClock) -> None:
    await filed(2, clock)
    registrar = (await sign_in_as("jiaowu", clock)).actor
    book = await book_of(registrar, clock)
    assert book.sheetnames == [register.REGISTER]
    assert "预拨" not in [cell.value for cell in book[register.REGISTER][HEADER]]
    with pytest.raises(ProgrammeNotFound):
        await register.one_register((await sign_in_as("jingban-b", clock)).actor, NUMBER)
    with pytest.raises(NotAllowed):
        await register.whole_register((await sign_in_as("xitong", clock)).actor, first=None, last=None)


async def test_across_programmes_each_reader_sees_his_own_and_the_number_of_queries_is_the_same(
    database: Settings, clock: FixedClock
) -> None:
    counts = []
    for place, people in enumerate((3, 40)):
        await filed(people, clock, number=f"XT2026000{place + 1}")
        with counted_queries() as queries:
            found = await register.whole_register(COMMAND_LINE, first=None, last=None)
        counts.append(len(queries))
        assert len(found.programmes) == place + 1
    assert counts[0] == counts[1]
    auditor = (await sign_in_as("shenji", clock)).actor
    seen = await register.whole_register(auditor, first=date(2025, 1, 1), last=date(2025, 12, 31))
    assert {each.uscc for each in seen.programmes} <= set(auditor.organisations or {each.uscc for each in seen.programmes})
    other = await register.whole_register((await sign_in_as("jingban-b", clock)).actor, first=None, last=None)
    assert other.programmes == ()
    with pytest.raises(register.RegisterPeriodBackwards):
        await register.whole_register(auditor, first=date(2026, 1, 1), last=date(2025, 1, 1))
    reviewer = (await sign_in_as("fushen", clock)).actor
    book = await book_of(reviewer, clock, None)
    assert len(rows_of(book, register.LEDGER, 2)) == 2
