"""A settled claim goes to the archive by itself; what is open keeps it out, and the bank or a recovery takes it out again."""

from datetime import timedelta

from tests.audit.test_holding import carried_on, due, made
from tests.audit.test_withholding import decided, held_rest, proposed
from tests.fund.payment_world import person
from tests.fund.web_world import payable_claim
from training_admin.database import fetch_tuples, read_transaction
from training_admin.fund import bank_results, recoveries
from training_admin.fund.batch_store import batch_by_number, items_of
from training_admin.fund.ledger import ledger_faults
from training_admin.fund.result_facts import BankResult
from training_admin.kit.clock import FixedClock
from training_admin.office.jobs import JobRun
from training_admin.settings import Settings
from training_admin.subsidy.archiving import ARCHIVE_CLAIMS, DAYS, archive_settled, archive_tonight
from training_admin.subsidy.review_states import ClaimState
from training_admin.subsidy.review_store import claim_by_number, steps_of
from training_admin.wiring import follow_claim


async def state_of(case: str) -> ClaimState:
    async with read_transaction():
        return (await claim_by_number(case, None)).state


async def paid_claim(clock: FixedClock) -> tuple[str, str]:
    case = await payable_claim(clock)
    batch = await made(case, clock)
    await carried_on(batch, clock)
    return case, batch


async def test_a_settled_claim_is_archived_after_its_days_and_not_before(database: Settings, clock: FixedClock) -> None:
    case, _batch = await paid_claim(clock)
    clock.move(timedelta(days=DAYS))
    assert await archive_settled(clock=clock) == 0
    clock.move(timedelta(days=1))
    run = JobRun(ARCHIVE_CLAIMS, clock.today().isoformat(), clock)
    await archive_tonight(run)
    assert await state_of(case) is ClaimState.ARCHIVED
    await archive_tonight(JobRun(ARCHIVE_CLAIMS, "again", clock))
    async with read_transaction():
        steps = await steps_of((await claim_by_number(case, None)).id)
        told = await fetch_tuples("SELECT count(*) FROM trail WHERE event = 'subsidy:claim:archive' AND subject = $1", case)
    assert "自动归档" in steps[-1].opinion
    assert told[0][0] == 1


async def test_lines_that_wait_keep_a_claim_out_until_they_are_settled(database: Settings, clock: FixedClock) -> None:
    case, rest, _fen = await held_rest(clock)
    clock.move(timedelta(days=DAYS + 1))
    assert await archive_settled(clock=clock) == 0
    await decided(await proposed(rest, clock), clock)
    assert await archive_settled(clock=clock) == 1
    assert await state_of(case) is ClaimState.ARCHIVED


async def test_an_archived_claim_is_asked_back_or_returned_by_the_bank(database: Settings, clock: FixedClock) -> None:
    case, batch = await paid_claim(clock)
    inspector, chief = await person("dudao", clock), await person("shending", clock)
    number = await recoveries.propose_recovery(inspector, case, people=1, fen=5, reason="误付", clock=clock)
    clock.move(timedelta(days=DAYS + 1))
    assert await archive_settled(clock=clock) == 0
    await recoveries.decide_recovery(chief, number, confirm=False, return_by=None, follow=follow_claim, clock=clock)
    assert await archive_settled(clock=clock) == 1
    async with read_transaction():
        items = await items_of(await batch_by_number(batch))
    results = [BankResult(item.code, item.fen, False, "", clock.today(), "账户已销户") for item in items]
    clerk = await person("caijing", clock)
    await bank_results.record_results(clerk, batch, results, places={}, sheet="", follow=follow_claim, clock=clock)
    assert await state_of(case) is ClaimState.PAYMENT_FAILED
    assert await due(case) == []
    assert await ledger_faults() == []
