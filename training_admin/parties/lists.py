"""Changing a dated list takes two persons: the policy officer proposes entries, the policy approver decides them as a whole."""

import asyncio
from collections.abc import Sequence
from datetime import date

import msgspec

from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may, assert_two_persons, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import uscc_problem
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.numbers import next_number
from training_admin.parties import list_store
from training_admin.parties.list_facts import OF_ORGANISATIONS, ListEntry, ListKind, is_industry, is_occupation
from training_admin.parties.list_store import Change
from training_admin.parties.list_workbooks import LONGEST_PAPER, list_workbook, read_list

NUMBER_KIND = "list_change"
LONGEST_NAME, LONGEST_WHY = 200, 500
STATE_WORDS = {"open": "待审批", "approved": "已批准", "refused": "不予批准"}
MOVES: dict[str, dict[str, str]] = {"open": {"approve": "approved", "refuse": "refused"}, "approved": {}, "refused": {}}


class ListRefused(Unreadable):
    """The change cannot be proposed or decided as written; `cells` names wrong cells of a workbook."""

    code = "list-refused"
    title = "名单变更无法办理"


class ListDecided(Refusal):
    """The change was decided already."""

    code = "list-decided"
    title = "名单变更已经办结"


class ChangeShown(msgspec.Struct, frozen=True):
    """A change with its entries, each beside what it would replace."""

    change: Change
    entries: tuple[tuple[ListEntry, ListEntry | None], ...]
    same_person: bool


def assert_entry(entry: ListEntry) -> None:
    """Raises ListRefused naming every wrong field of one entry."""
    wrong = []
    if entry.kind in OF_ORGANISATIONS and uscc_problem(entry.code) is not None:
        wrong.append("统一社会信用代码不是 18 位，或未通过校验")
    if entry.kind is ListKind.PRIORITY_INDUSTRY and not is_industry(entry.code):
        wrong.append("行业代码应为 GB/T 4754-2017 代码，如 C、C34、C3411")
    if entry.kind is ListKind.PILOT_OCCUPATION and not is_occupation(entry.code):
        wrong.append("职业编码应如 6-18-02-04")
    if (entry.kind is ListKind.ENTERPRISE_INDUSTRY) != (entry.industry is not None and is_industry(entry.industry)):
        wrong.append("企业行业分类须填写该企业的行业代码，如 C3411，其他名单不填")
    for words, text, longest in (("名称", entry.name, LONGEST_NAME), ("文件", entry.paper, LONGEST_PAPER)):
        if not text or len(text) > longest or not text.isprintable():
            wrong.append(f"{words}必填，不超过 {longest} 字")
    if entry.valid_to is not None and entry.valid_to < entry.valid_from:
        wrong.append("截止日早于起始日")
    if wrong:
        raise ListRefused("；".join(wrong) + "。")


async def propose_entry(actor: Actor, entry: ListEntry, *, why: str, clock: Clock) -> str:
    """Propose one entry; returns the number of the change. Raises NotAllowed, ListRefused."""
    assert_may(actor, Right.POLICY_PROPOSE)
    assert_entry(entry)
    return await _propose(actor, entry.kind, (entry,), why=why, clock=clock)


async def propose_workbook(actor: Actor, kind: ListKind, content: bytes, *, why: str, clock: Clock) -> str:
    """Propose the entries of a workbook; returns the number of the change.

    Raises NotAllowed, ListRefused naming every wrong cell, the refusals of kit.workbook and ChildFailed.
    """
    assert_may(actor, Right.POLICY_PROPOSE)
    read = await read_list(content, kind)
    if read.count:
        raise ListRefused(
            f"工作簿中有 {read.count} 处需要更正，没有导入任何一行。请按列出的问题更正后重新上传。",
            cells=[msgspec.to_builtins(each) for each in read.problems],
        )
    return await _propose(actor, kind, read.entries, why=why, clock=clock)


@retried
async def _propose(actor: Actor, kind: ListKind, entries: Sequence[ListEntry], *, why: str, clock: Clock) -> str:
    words = one_line(why, ListRefused, what="理由", most=LONGEST_WHY)
    year = clock.today().year
    async with write_transaction():
        number = f"MD{year}{await next_number(NUMBER_KIND, year):04d}"
        change = Change(
            id=0,
            number=number,
            kind=kind,
            why=words,
            proposer=shown_name(actor),
            hands=actor.hands,
            proposed_at=clock.now(),
            state="open",
            decider=None,
            decided_at=None,
            reason="",
            count=len(entries),
        )
        await list_store.add_change(change, entries, proposed_by=actor.trail_key)
        await trail.record(actor, "parties:list:proposed", number, {"list": kind.value, "entries": len(entries)}, at=clock.now())
    return number


@retried
async def decide_change(actor: Actor, number: str, *, approve: bool, reason: str, clock: Clock) -> None:
    """Approve a change, which counts from then on, or refuse it with a reason.

    Raises NotAllowed, ListChangeNotFound, ListDecided, SamePersonTwice, ListRefused without reason.
    """
    assert_may(actor, Right.POLICY_APPROVE)
    missing = f"不予批准须写明原因（不超过 {LONGEST_WHY} 字）。"
    words = one_line(reason, ListRefused, what="原因", most=LONGEST_WHY, needed=not approve, sentence=missing)
    async with write_transaction():
        change = await list_store.load_change(number)
        state = MOVES[change.state].get("approve" if approve else "refuse")
        if state is None:
            raise ListDecided("这项名单变更已经办结，请刷新页面查看结果。")
        assert_two_persons(change.hands, actor)
        decided = msgspec.structs.replace(change, state=state, decider=shown_name(actor), decided_at=clock.now(), reason=words)
        stored = await list_store.decide_change(decided, by=actor.trail_key)
        assert stored, "the row was read as open in this very transaction"
        await trail.record(actor, f"parties:list:{state}", number, {"list": change.kind.value, "reason": words}, at=clock.now())


async def list_changes(actor: Actor, *, before: int | None, limit: int) -> tuple[list[Change], int | None]:
    """A page of changes, newest first, and where the next begins; raises NotAllowed."""
    assert_may(actor, Right.POLICY_READ)
    async with read_transaction():
        found = await list_store.changes(before=before, limit=limit + 1)
    return found[:limit], found[limit - 1].id if len(found) > limit else None


async def show_change(actor: Actor, number: str, *, clock: Clock) -> ChangeShown:
    """A change with its entries beside what they replace; raises NotAllowed, ListChangeNotFound."""
    assert_may(actor, Right.POLICY_READ)
    async with read_transaction():
        change = await list_store.load_change(number)
        entries = await list_store.entries_of(change.id)
        before = await list_store.load_lists(known_at=change.decided_at or clock.now(), kind=change.kind, without=change.id)
    known = {(each.code, each.valid_from): each for each in before}
    beside = tuple((each, known.get((each.code, each.valid_from))) for each in entries)
    return ChangeShown(change, beside, bool(change.hands & actor.hands))


async def show_list(kind: ListKind, *, day: date | None, clock: Clock) -> tuple[ListEntry, ...]:
    """A list as known now: the entries in force on a day, or of all days; everybody may read it."""
    async with read_transaction():
        entries = await list_store.load_lists(known_at=clock.now(), kind=kind)
    return tuple(each for each in entries if day is None or each.covers(day))


async def list_as_workbook(kind: ListKind, *, clock: Clock) -> bytes:
    """A list of all days as a workbook that can be changed and handed back; everybody may read it."""
    return await asyncio.to_thread(list_workbook, kind, await show_list(kind, day=None, clock=clock))
