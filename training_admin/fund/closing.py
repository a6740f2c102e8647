"""Closing the books: the year-end carry-over with its list and two signatures, and the monthly reconciliation with the treasury."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from training_admin.database import read_transaction
from training_admin.fund import closing_store as store
from training_admin.fund import ledger_store
from training_admin.fund.closing_facts import CarriedLine, carried_lines, differences, summed
from training_admin.fund.closing_store import Carry, CarryNotFound, Reconciled, ReconciliationNotFound
from training_admin.fund.ledger import FIRST_YEAR, LAST_YEAR, serve_waiting
from training_admin.fund.ledger_facts import LedgerAct, SubFund, carried_sides
from training_admin.kit.actor import Actor, assert_may, assert_stepped_up, assert_two_persons, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.idempotency import once

LONGEST_WORDS = 1000
_LONGER_THAN_A_MONTH = timedelta(days=32)


class ClosingRefused(Unreadable):
    """A year or month that cannot be closed, or words that are missing."""

    code = "closing-refused"
    title = "无法办理"


class ClosedBefore(Refusal):
    """The year was carried over, or the month checked, or what is signed is not what was proposed."""

    code = "closing-moved"
    title = "已有新的办理"


class CarryShown(msgspec.Struct, frozen=True):
    """A year with its carry-over (None: not proposed), what would be carried over now, and how many cases wait for its money."""

    year: int
    carry: Carry | None
    now: tuple[CarriedLine, ...]
    same_person: bool
    waiting: int

    @property
    def stale(self) -> bool:
        """Whether balances have moved since it was proposed."""
        return self.carry is not None and self.carry.state == "proposed" and self.carry.lines != self.now


def _assert_over(year: int, today: date) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR or year >= today.year:
        raise ClosingRefused(f"年终结转在年度结束后办理，{today.year}年起的年度还不能结转。")


async def _assert_in_turn(year: int) -> None:
    """Raises ClosingRefused while an earlier year has something to be carried into this one: once closed, it takes nothing."""
    earlier = [each for each in await ledger_store.load_budgets() if each.year < year and not each.closed]
    left = {each.year for each in earlier if carried_lines([each])} | set(await store.waiting_before(year))
    if left:
        raise ClosingRefused(f"{min(left)}年尚未结转，请先结转{min(left)}年，再结转{year}年。")


@once
async def propose_carry(actor: Actor, year: int, *, clock: Clock) -> None:
    """Propose to carry over what is left of a year, with the list of what moves where; proposed anew it replaces the earlier list.

    A year without a fen left is carried over as well when somebody waits for its money: he is served by the next year's.

    Raises NotAllowed, ClosingRefused, ClosedBefore.
    """
    assert_may(actor, Right.FUND_EDIT)
    _assert_over(year, clock.today())
    lines = carried_lines(await ledger_store.load_budgets(year=year))
    carry = await store.carry_of(year)
    if carry is not None and carry.state == "done":
        raise ClosedBefore(f"{year}年已经结转，不能再次结转。")
    if not lines and not await store.waiting_in(year):
        raise ClosingRefused(f"{year}年没有可结转的余额，也没有等待预算的款项。")
    await _assert_in_turn(year)
    kept = await store.propose(f"JZ{year}", year, lines, proposer=shown_name(actor), hands=actor.hands, at=clock.now())
    assert kept, "a year that is only proposed can be proposed anew"
    detail = {"lines": len(lines), "fen": sum(line.fen for line in lines)}
    await trail.record(actor, "fund:carry:proposed", f"JZ{year}", detail, at=clock.now())


@once
async def sign_carry(actor: Actor, year: int, *, clock: Clock) -> None:
    """Sign a proposed carry-over by another person: everything on its list moves at once, and the year is closed.

    Raises NotAllowed, StepUpNeeded, CarryNotFound, ClosedBefore, SamePersonTwice.
    """
    assert_may(actor, Right.FUND_CHECK)
    assert_stepped_up(actor)
    carry = await store.carry_of(year)
    if carry is None:
        raise CarryNotFound(f"{year}年没有提出过结转。")
    assert_two_persons(carry.hands, actor)
    if carry.state != "proposed" or carried_lines(await ledger_store.load_budgets(year=year)) != carry.lines:
        raise ClosedBefore(f"{year}年已经结转，或余额在提出后又有变动。请刷新页面查看，必要时由财务经办重新提出。")
    moves = [(line.budget, await _target(line, carry), line.account, line.fen) for line in carry.lines]
    await _assert_in_turn(year)
    posted = await ledger_store.post(
        LedgerAct.CARRY,
        f"carry:{year}",
        carried_sides(moves),
        subject=carry.number,
        words=f"{year}年结转至{year + 1}年",
        actor=actor.trail_key,
        at=clock.now(),
    )
    assert posted, "a carry-over that is only proposed was never posted"
    await store.follow_budgets([(source, account, target) for source, target, account, _fen in moves], from_year=year)
    await ledger_store.close_budgets(year)
    if not await store.note_signed(carry, signer=shown_name(actor), at=clock.now()):
        raise ClosedBefore("这项结转刚刚有新的办理，请刷新页面查看。")
    detail = {"lines": len(carry.lines), "fen": sum(line.fen for line in carry.lines)}
    await trail.record(actor, "fund:carry:signed", carry.number, detail, at=clock.now())
    await serve_waiting(actor, year + 1, clock=clock)


async def _target(line: CarriedLine, carry: Carry) -> int:
    """The budget of the next year that takes a line, opened when it is not there."""
    year = carry.from_year + 1
    found = await ledger_store.find_budget(year, SubFund(line.sub_fund), line.stream)
    if found is not None:
        if found.closed:
            raise ClosedBefore(f"{year}年也已结转，不能再转入。")
        return found.id
    paper = f"年终结转 {carry.number}"
    return await ledger_store.add_budget(year, SubFund(line.sub_fund), line.stream, subject_code=line.subject_code, paper=paper)


async def show_carry(actor: Actor, year: int) -> CarryShown:
    """A year and what of it is, or would be, carried over; raises NotAllowed."""
    assert_may(actor, Right.FUND_READ)
    async with read_transaction():
        carry = await store.carry_of(year)
        now = carried_lines(await ledger_store.load_budgets(year=year))
        waiting = await store.waiting_in(year)
    return CarryShown(year, carry, now, carry is not None and bool(carry.hands & actor.hands), waiting)


def first_of(month: date) -> date:
    """The first day of a month."""
    return month.replace(day=1)


@once
async def reconcile(actor: Actor, month: date, statement: Sequence[tuple[str, int]], *, words: str, clock: Clock) -> None:
    """Hold a month of our books against the treasury's statement (reference, fen); every difference is kept with an explanation.

    Raises NotAllowed, ClosingRefused, ClosedBefore.
    """
    assert_may(actor, Right.FUND_EDIT)
    first = first_of(month)
    after = first_of(first + _LONGER_THAN_A_MONTH)
    if after > clock.today():
        raise ClosingRefused("当月结束后再办理对账。")
    books, treasury = summed(await store.paid_between(first, after)), summed(statement)
    found = differences(books, treasury)
    missing = f"账面与国库对账单有 {len(found)} 处不符，请填写差异说明（不超过 {LONGEST_WORDS} 字）。"
    said = one_line(words, ClosingRefused, what="差异说明", most=LONGEST_WORDS, needed=bool(found), sentence=missing)
    new = Reconciled(
        *(0, first, sum(books.values()), sum(treasury.values()), found, said, shown_name(actor), actor.hands, clock.now(), None, None)
    )
    if not await store.keep_month(new):
        raise ClosedBefore("这个月的对账已经复核，不能重做。")
    detail = {"books_fen": new.books_fen, "treasury_fen": new.treasury_fen, "differences": len(found)}
    await trail.record(actor, "fund:month:reconciled", f"DZ{first:%Y%m}", detail, at=clock.now())


@once
async def check_reconciliation(actor: Actor, month: date, *, clock: Clock) -> None:
    """Check the reconciliation of a month by another person; raises NotAllowed, ReconciliationNotFound, SamePersonTwice, ClosedBefore."""
    assert_may(actor, Right.FUND_CHECK)
    found = await store.month_of(first_of(month))
    if found is None:
        raise ReconciliationNotFound("这个月还没有对账。")
    assert_two_persons(found.hands, actor)
    if not await store.note_checked(found, checker=shown_name(actor), at=clock.now()):
        raise ClosedBefore("这个月的对账已经复核，或刚刚重做。请刷新页面查看。")
    await trail.record(actor, "fund:month:checked", f"DZ{found.month:%Y%m}", {"differences": len(found.differences)}, at=clock.now())


async def months_shown(actor: Actor) -> list[Reconciled]:
    """Every reconciled month, newest first; raises NotAllowed."""
    assert_may(actor, Right.FUND_READ)
    async with read_transaction():
        return await store.list_months()


async def carries_shown(actor: Actor) -> list[Carry]:
    """Every carry-over, the latest year first; raises NotAllowed."""
    assert_may(actor, Right.FUND_READ)
    async with read_transaction():
        return await store.list_carries()
