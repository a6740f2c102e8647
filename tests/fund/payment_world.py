"""Payments for tests: what is due with real sealed accounts, and a batch taken as far as one likes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from tests.fund.ledger_world import NOTICE_ENDS, PAY_BY, STREAM, enter, granted
from tests.people import sign_in_as
from training_admin.database import fetch_tuples, read_transaction, retried, write_transaction
from training_admin.fund import bank_results, batches, ledger
from training_admin.fund.batch_store import batch_by_number, items_of
from training_admin.fund.follow import Follow, FollowEvent
from training_admin.fund.line_facts import CaseLines
from training_admin.fund.payable_store import NewPayable
from training_admin.fund.payee_account import PayeeAccount
from training_admin.fund.result_facts import BankResult
from training_admin.kit.actor import DEMO, Actor
from training_admin.kit.clock import Clock, FixedClock

SINCE = datetime(2026, 9, 1, tzinfo=UTC)
SEPTEMBER = datetime(2026, 9, 10, 2, tzinfo=UTC)
FIRM, OTHER_FIRM = "91310117X11000017X", "91310117X120000174"
ACCOUNT = PayeeAccount("松江样例银行中山支行", "31000000000000001234", "样例一厂")


def account_of(number: int) -> PayeeAccount:
    return PayeeAccount("松江样例银行中山支行", f"3100000000000000{number:04d}", f"样例{number}厂")


class Followed:
    """Notes what a claim would have followed."""

    def __init__(self) -> None:
        self.events: list[tuple[str, FollowEvent]] = []

    async def __call__(self, actor: Actor, case_no: str, event: FollowEvent, clock: Clock) -> None:
        del actor, clock
        self.events.append((case_no, event))


def payable(number: int, fen: int, *, payee: str = FIRM, account: PayeeAccount = ACCOUNT, streams: int = 1) -> NewPayable:
    whole, rest = divmod(fen, streams)
    return NewPayable(
        subject=f"SJ2026{number:06d}/1",
        case_no=f"SJ2026{number:06d}",
        year=2026,
        payee=payee,
        payee_name=account.holder,
        fen_by_stream={f"{STREAM}{place or ''}": whole + (rest if place == 0 else 0) for place in range(streams)},
        since=SINCE,
        sealed_account=account.sealed(),
        account_hash=account.hash,
    )


async def nothing_missing(case_nos: Sequence[str], clock: Clock) -> Mapping[str, Sequence[str]]:
    """For cases that are no claims: nothing stands against their payment but what the fund itself knows."""
    del case_nos, clock
    return {}


async def no_lines(cases: Sequence[str], clock: Clock, *, fresh: bool) -> dict[str, CaseLines]:
    """For cases that have no lines: none of them is held by a line."""
    del cases, clock, fresh
    return {}


async def due(number: int, fen: int, clock: Clock, *, payee: str = FIRM, account: PayeeAccount = ACCOUNT, streams: int = 1) -> str:
    """Something whose notice is over; returns its subject."""
    new = payable(number, fen, payee=payee, account=account, streams=streams)
    await enter(new, clock)
    await make_due(new.subject, clock)
    return new.subject


@retried
async def make_due(subject: str, clock: Clock, *, notice_ends: date = NOTICE_ENDS) -> None:
    async with write_transaction():
        await ledger.make_due(DEMO, subject, notice_ends=notice_ends, pay_by=PAY_BY, clock=clock)


async def person(login: str, clock: FixedClock) -> Actor:
    return (await sign_in_as(login, clock, stepped_up=True)).actor


async def sent(subjects: list[str], clock: FixedClock, follow: Follow) -> str:
    """A batch made, checked, approved and sent; returns its number."""
    clerk = await person("caijing", clock)
    number = await batches.make_batch(clerk, subjects, follow=follow, missing=nothing_missing, lines=no_lines, clock=clock)
    await batches.check_batch(await person("caifu", clock), number, missing=nothing_missing, lines=no_lines, clock=clock)
    await batches.approve_batch(await person("fenguan", clock), number, missing=nothing_missing, lines=no_lines, clock=clock)
    await batches.send_batch(clerk, number, follow=follow, missing=nothing_missing, lines=no_lines, clock=clock)
    return number


async def said(number: str, clock: FixedClock, follow: Follow, *results: BankResult) -> int:
    """The bank's answer entered by the clerk."""
    clerk = await person("caijing", clock)
    return await bank_results.record_results(clerk, number, results, places={}, sheet="", follow=follow, clock=clock)


async def paid(subjects: list[str], clock: FixedClock, follow: Follow, *, reference: str = "P") -> str:
    """A batch of which the bank has paid everything."""
    number = await sent(subjects, clock, follow)
    async with read_transaction():
        items = [item for item in await items_of(await batch_by_number(number)) if item.fen]
    results = [BankResult(item.code, item.fen, True, f"{reference}{item.code}", clock.today()) for item in items]
    if results:
        await said(number, clock, follow, *results)
    return number


async def rows(query: str, *arguments: object) -> list[tuple[object, ...]]:
    async with read_transaction():
        return await fetch_tuples(query, *arguments)


__all__ = ["granted"]
