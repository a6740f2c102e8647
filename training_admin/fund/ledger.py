"""Acts on the ledger: grant and cut budgets; commit, release, make due and void what is to be paid; all inside one transaction each.

Functions without `@once` belong inside the open write transaction of an act of another room, as the states of claims move with them.
"""

from collections.abc import Sequence
from datetime import date

import msgspec

from training_admin.database import read_transaction
from training_admin.fund import ledger_store as store
from training_admin.fund import payable_store
from training_admin.fund.ledger_facts import Budget, LedgerAct, Part, SubFund, chosen_parts, sides_of
from training_admin.fund.ledger_store import BudgetShort, LedgerEntry
from training_admin.fund.payable_store import NewPayable, Payable, PayableNotFound, PayableState
from training_admin.kit.actor import Actor, assert_may
from training_admin.kit.clock import Clock
from training_admin.kit.money import LARGEST_FEN
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.idempotency import once

LONGEST_PAPER, LONGEST_CODE = 200, 20
MOST_ENTRIES = 200
FIRST_YEAR, LAST_YEAR = 2000, 2999


class BudgetRefused(Unreadable):
    """A field of a budget is missing, too long or out of bounds."""

    code = "budget-refused"
    title = "无法办理"


class PayableMoved(Refusal):
    """Something to be paid is not where the act needs it to be."""

    code = "payable-moved"
    title = "应付款已有变动"


def _assert_words(paper: str, business_id: str) -> None:
    if not paper or len(paper) > LONGEST_PAPER or not paper.isprintable():
        raise BudgetRefused(f"请填写指标文号（不超过 {LONGEST_PAPER} 字）。")
    if not business_id or len(business_id) > LONGEST_PAPER // 2 or not business_id.isprintable():
        raise BudgetRefused("这次提交没有业务编号，请从页面重新进入后再办理。")


@once
async def grant(  # noqa: PLR0913 - the fields of one paper
    actor: Actor, year: int, sub_fund: SubFund, stream: str, *, subject_code: str, paper: str, fen: int, business_id: str, clock: Clock
) -> int:
    """Enter what a paper grants (fen above 0) or takes back (below 0) and serve what waits; returns the key of the budget.

    The same business id again changes nothing. Raises NotAllowed, BudgetRefused, BudgetShort when more is taken back than is available.
    """
    assert_may(actor, Right.FUND_EDIT)
    _assert_words(paper, business_id)
    if not FIRST_YEAR <= year <= LAST_YEAR or fen == 0 or abs(fen) > LARGEST_FEN:
        raise BudgetRefused("请核对年度和金额：金额不能为零，调减时填负数。")
    if len(stream) > LONGEST_CODE or (stream and not stream.isprintable()):
        raise BudgetRefused(f"类别不超过 {LONGEST_CODE} 字，各类通用的留空。")
    if not subject_code or len(subject_code) > LONGEST_CODE or not subject_code.isdecimal():
        raise BudgetRefused("请填写预算科目编码（数字）。")
    found = await store.find_budget(year, sub_fund, stream)
    if (found is not None and found.closed) or await store.open_year(year) != year:
        raise BudgetRefused("这一年度已经结转，不能再调整预算指标。")
    budget = found.id if found is not None else await store.add_budget(year, sub_fund, stream, subject_code=subject_code, paper=paper)
    act = LedgerAct.GRANT if fen > 0 else LedgerAct.CUT
    sides = sides_of(act, [Part(budget, abs(fen))])
    key = f"{act.value}:{business_id}"
    if await store.post(act, key, sides, subject=f"YS{year}-{budget}", words=paper, actor=actor.trail_key, at=clock.now()):
        detail = {"budget": budget, "fen": fen, "paper": paper}
        await trail.record(actor, "fund:budget:granted" if fen > 0 else "fund:budget:cut", f"YS{year}-{budget}", detail, at=clock.now())
        await serve_waiting(actor, year, clock=clock)
    return budget


async def enter_payable(actor: Actor, new: NewPayable, *, clock: Clock) -> PayableState:
    """Enter what is to be paid for a case and commit it, or let it wait behind what waits already (FUND-03); in the open transaction.

    A year that was carried over is closed: what is entered for it later is taken from the year after. Entered again it stays as it is.
    """
    new = msgspec.structs.replace(new, year=await store.open_year(new.year))
    last = await payable_store.last_account_of(new.payee)
    key = await payable_store.add_payable(new, account_changed=last is not None and last != new.account_hash)
    if key is not None:
        await serve_waiting(actor, new.year, clock=clock)
    return (await payable_store.payable_by_subject(new.subject)).state


async def serve_waiting(actor: Actor, year: int, *, clock: Clock) -> list[Payable]:
    """Commit what waits in its declared order, each whole, until one is short; returns what was committed. In the open transaction."""
    waiting = await payable_store.waiting_payables(year)
    if not waiting:
        return []
    wanted = await payable_store.wanted_by([each.id for each in waiting])
    served = []
    for each in waiting:
        budgets = await store.load_budgets(year=year)
        chosen = chosen_parts(wanted[each.id], budgets)
        if chosen is None:
            break
        await payable_store.set_budgets(each.id, chosen)
        await _post(actor, LedgerAct.COMMIT, each, [part for _stream, part in chosen], clock=clock)
        assert await payable_store.move_payable(each.id, before=[PayableState.WAITING], after=PayableState.COMMITTED)
        served.append(each)
    return served


async def _post(actor: Actor, act: LedgerAct, payable: Payable, parts: list[Part], *, clock: Clock, again: str = "") -> None:
    sides = sides_of(act, parts)
    posted = await store.post(
        act, f"{act.value}:{payable.subject}{again}", sides, subject=payable.case_no, words="", actor=actor.trail_key, at=clock.now()
    )
    if not posted:
        raise PayableMoved("这笔款项已经办理过这一步，没有重复办理。请刷新页面查看。")


async def make_due(actor: Actor, subject: str, *, notice_ends: date, pay_by: date | None, clock: Clock) -> None:
    """A committed amount whose notice is over becomes payable; in the open transaction. Raises PayableNotFound, PayableMoved."""
    payable = await payable_store.payable_by_subject(subject)
    await _move(payable, [PayableState.COMMITTED], PayableState.DUE)
    await payable_store.set_terms(payable.id, notice_ends=notice_ends, pay_by=pay_by)
    await _post(actor, LedgerAct.DUE, payable, await _parts(payable), clock=clock)


async def release(actor: Actor, subject: str, *, clock: Clock) -> None:
    """Nothing is paid after all: what was committed or payable is available again and serves what waits; in the open transaction.

    What was withheld holds no money and is only ended: a new round decides about it.

    Raises PayableNotFound, PayableMoved for what stands in a batch or is paid.
    """
    payable = await payable_store.payable_by_subject(subject)
    open_states = [PayableState.WAITING, PayableState.COMMITTED, PayableState.DUE, PayableState.FAILED, PayableState.WITHHELD]
    await _move(payable, open_states, PayableState.RELEASED)
    if payable.state is PayableState.COMMITTED:
        await _post(actor, LedgerAct.RELEASE, payable, await _parts(payable), clock=clock)
    elif payable.state in {PayableState.DUE, PayableState.FAILED}:
        again = await store.times_posted(LedgerAct.VOID, subject)
        await _post(actor, LedgerAct.VOID, payable, await _parts(payable), clock=clock, again=again)
    await serve_waiting(actor, payable.year, clock=clock)


async def withhold(actor: Actor, subject: str, *, clock: Clock) -> None:
    """Lines that were set apart are not paid (不予拨付): their money is available again and serves what waits; in the open transaction.

    Raises PayableNotFound, PayableMoved.
    """
    payable = await payable_store.payable_by_subject(subject)
    await _move(payable, [PayableState.DUE], PayableState.WITHHELD)
    await _post(actor, LedgerAct.VOID, payable, await _parts(payable), clock=clock, again=await store.times_posted(LedgerAct.VOID, subject))
    await serve_waiting(actor, payable.year, clock=clock)


async def reinstate(actor: Actor, subject: str, *, clock: Clock) -> None:
    """What was withheld is due again, from the budgets of its year or, that being closed, of the next; in the open transaction.

    Raises PayableNotFound, PayableMoved, BudgetShort.
    """
    payable = await payable_store.payable_by_subject(subject)
    await _move(payable, [PayableState.WITHHELD], PayableState.DUE)
    year = await store.open_year(payable.year)
    wanted = await payable_store.wanted_by([payable.id])
    chosen = chosen_parts(wanted[payable.id], await store.load_budgets(year=year))
    if chosen is None:
        raise BudgetShort(f"{year}年度的可用预算不足以恢复这笔款项，请追加预算后再办理。")
    await payable_store.set_budgets(payable.id, chosen)
    await payable_store.set_year(payable.id, year)
    parts = [part for _stream, part in chosen]
    for act in (LedgerAct.COMMIT, LedgerAct.DUE):
        await _post(actor, act, payable, parts, clock=clock, again=await store.times_posted(act, subject))


async def pay(actor: Actor, payable: Payable, *, payment: str, clock: Clock) -> None:
    """The bank has paid a batched amount; `payment` tells this payment from an earlier one that failed. In the open transaction."""
    await _move(payable, [PayableState.BATCHED], PayableState.PAID)
    await _post(actor, LedgerAct.PAY, payable, await _parts(payable), clock=clock, again=f"/{payment}")


async def fail_payment(actor: Actor, payable: Payable, *, payment: str, clock: Clock) -> None:
    """The bank did not pay, or gave back what was paid (支付失败): the amount is payable again; in the open transaction."""
    await _move(payable, [PayableState.BATCHED, PayableState.PAID], PayableState.FAILED)
    if payable.state is PayableState.PAID:
        await _post(actor, LedgerAct.FAIL, payable, await _parts(payable), clock=clock, again=f"/{payment}")


async def move_parts(actor: Actor, act: LedgerAct, parts: Sequence[Part], *, subject: str, business_id: str, clock: Clock) -> None:
    """An act over given parts of budgets; in the open transaction. Raises BudgetShort, PayableMoved when it was done before."""
    posted = await store.post(act, business_id, sides_of(act, parts), subject=subject, words="", actor=actor.trail_key, at=clock.now())
    if not posted:
        raise PayableMoved("这笔款项已经办理过这一步，没有重复办理。请刷新页面查看。")


async def _move(payable: Payable, before: list[PayableState], after: PayableState) -> None:
    if not await payable_store.move_payable(payable.id, before=before, after=after):
        raise PayableMoved("这笔款项目前的状态不能办理这一步，请刷新页面查看。")


async def _parts(payable: Payable) -> list[Part]:
    return list((await payable_store.parts_of([payable.id]))[payable.id])


async def budgets_shown(actor: Actor, *, year: int | None = None) -> list[Budget]:
    """Budgets with their balances; raises NotAllowed."""
    assert_may(actor, Right.FUND_READ)
    async with read_transaction():
        return await store.load_budgets(year=year)


async def waiting_shown(actor: Actor, year: int) -> list[Payable]:
    """What waits for money of a year, in its declared order; raises NotAllowed."""
    assert_may(actor, Right.FUND_READ)
    async with read_transaction():
        return await payable_store.waiting_payables(year)


async def case_shown(actor: Actor, case_no: str) -> list[Payable]:
    """Everything to be paid for a case; raises NotAllowed, PayableNotFound."""
    assert_may(actor, Right.FUND_READ)
    async with read_transaction():
        found = await payable_store.payables_of(case_no)
    if not found:
        raise PayableNotFound("这个业务编号没有资金记录，请核对编号。")
    return found


async def budget_shown(actor: Actor, budget: int) -> Budget:
    """One budget with its balances; raises NotAllowed, BudgetNotFound."""
    assert_may(actor, Right.FUND_READ)
    async with read_transaction():
        return await store.load_budget(budget)


async def entries_shown(
    actor: Actor, *, budget: int | None = None, subject: str | None = None, before: int | None = None, most: int = MOST_ENTRIES
) -> list[LedgerEntry]:
    """Entries of a budget or a case, newest first; raises NotAllowed."""
    assert_may(actor, Right.FUND_READ)
    async with read_transaction():
        return await store.list_entries(budget=budget, subject=subject, before=before, most=min(most, MOST_ENTRIES))


async def ledger_faults() -> list[str]:
    """What is wrong with the ledger, in words; nothing for a sound one. Asked at start and by `verify`."""
    async with read_transaction():
        return await store.unbalanced()
