"""Real claims for the fund's pages: determined by the reviewers' services, their notice over, ready to be paid."""

from datetime import date

from tests.catalog.test_visits import visit
from tests.fund.ledger_world import granted
from tests.people import sign_in_as
from tests.subsidy.test_before_payment import evidenced
from tests.subsidy.test_reviewing import LIFE, do, submitted
from training_admin.catalog.visits import record_visit
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.fund import ledger
from training_admin.fund.payable_store import payables_of
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import Clock, FixedClock
from training_admin.subsidy.assessing import decoded_record
from training_admin.subsidy.review_states import Act
from training_admin.subsidy.review_store import claim_by_number
from training_admin.subsidy.reviewing import follow

ENDED = date(2026, 5, 29)


async def payable_claim(clock: FixedClock, letter: str = "A") -> str:
    """A claim whose notice is over; returns its number."""
    number = await submitted(clock, letter)
    await reviewed(number, clock, letter)
    return number


async def reviewed(number: str, clock: FixedClock, letter: str = "A") -> None:
    """A submitted claim goes its way until its notice is over."""
    await granted(10**9, clock, business_id=f"下达{letter}")
    for act, login in LIFE:
        await do(login, number, act, clock)
    await notice_over(number, clock)
    await cleared(number, clock)


async def cleared(number: str, clock: FixedClock) -> None:
    """Its classes are visited, and a signed paper stands for what its people have not confirmed."""
    async with read_transaction():
        record = await decoded_record((await claim_by_number(number, None)).id, None)
    assert record is not None
    inspector = (await sign_in_as("dudao", clock)).actor
    for klass in record.classes:
        await record_visit(inspector, visit(class_no=klass.class_no, visited_on=clock.today()), clock=clock)
    await evidenced(number, "CONF-01", clock)


@retried
async def notice_over(number: str, clock: Clock) -> None:
    """What the room of notices does when a notice has ended."""
    async with write_transaction():
        for act in (Act.POST, Act.NOTICE_OVER):
            await follow(DEMO, await claim_by_number(number, None), act, clock=clock)
        subject = (await payables_of(number))[-1].subject
        await ledger.make_due(DEMO, subject, notice_ends=ENDED, pay_by=date(2026, 6, 19), clock=clock)
