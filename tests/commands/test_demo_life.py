"""The demo shows claims in every state of their life; the ledger is sound, the trail whole, and a second start changes nothing."""

from collections import Counter

import pytest

from tests.fund.ledger_world import assert_sound
from tests.people import sign_in_as
from training_admin.audit import doubt_store
from training_admin.audit.doubt_facts import DoubtState
from training_admin.audit.searching import search_cases
from training_admin.catalog.facts import STREAM_POST
from training_admin.commands.demo import LONG_AGO, PREPARED
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.demo.apprentice_money import found_apprentices
from training_admin.demo.filling import found_catalog, found_district, main_job
from training_admin.demo.institution import found_institution
from training_admin.demo.life import found_life
from training_admin.demo.life_claims import CLAIMS
from training_admin.demo.life_classes import SPRING, drawn_people, found_life_classes
from training_admin.demo.money import found_budgets, found_review
from training_admin.fund import closing, ledger
from training_admin.fund.batch_plan import BatchState
from training_admin.fund.batches import candidates, list_batches
from training_admin.fund.ledger_facts import Account, SubFund
from training_admin.fund.recoveries import register_of
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.office.trail_check import check_trail
from training_admin.subsidy import appeals, notices, review_store
from training_admin.subsidy.review_states import DECIDING, ClaimState
from training_admin.wiring import lines_of_claims, missing_of_claim

# A paid claim goes to the archive 90 days after its last step, which the demo has not lived.
UNSEEN = {ClaimState.ARCHIVED}


async def founded(clock: FixedClock) -> dict[str, str]:
    """What `training-admin demo` founds of claims, in its order; the numbers of the claims by name."""
    past, spring = FixedClock(PREPARED), FixedClock(PREPARED)
    for login in ("jingban-a", "jingban-b", "jiaowu", "chushen"):
        await sign_in_as(login, past)
    await found_catalog(past)
    await found_apprentices(FixedClock(LONG_AGO))
    await found_institution(past)
    await found_budgets(past)
    taught = await found_life_classes(1, spring)
    numbers = await found_life(taught, spring)
    assert spring.now() < clock.now()
    assert await found_life_classes(1, spring) == []
    await found_district(clock)
    await found_review((await main_job(clock))[0][0], clock)
    return numbers


@pytest.mark.usefixtures("database")
async def test_every_state_of_a_claim_is_seen(clock: FixedClock) -> None:
    numbers = await founded(clock)
    assert numbers.keys() == CLAIMS.keys()
    async with read_transaction():
        found = dict(await fetch_tuples("SELECT number, state FROM claim ORDER BY id"))
        held = [each for each in await doubt_store.of_claim(numbers["held"]) if each.state is DoubtState.CONFIRMED]
    assert set(found.values()) == set(ClaimState) - UNSEEN
    assert found[numbers["paid"]] == found[numbers["held"]] == ClaimState.PAID
    assert found[numbers["sharing"]] == ClaimState.FIRST_REVIEW
    assert [(each.rule, each.rows) for each in held] == [("AU-064", (4, 5, 6))]
    first = numbers["mended"].removesuffix("-2")
    async with write_transaction():
        assert await search_cases([first], clock=clock) == [], "a claim that was mended since has its invoices in its own second round"
    await assert_sound()
    assert [each.state for each in await appeals.list_appeals(DEMO)] == ["asked"]
    ((notice, content),) = await notices.list_notices(public=True)
    assert notice.ends_on > clock.today()
    assert {each.case_no for each in content.claims} == {numbers["noticed"], numbers["noticed_too"]}
    async with read_transaction():
        steps = await review_store.steps_of((await review_store.claim_by_number(numbers["paid"], None)).id)
    deciding = [each.doer for each in steps if each.act in DECIDING]
    assert len(deciding) == len(set(deciding)) == 3
    assert (await check_trail()).whole


@pytest.mark.usefixtures("database")
async def test_the_money_of_the_demo_waits_is_paid_fails_and_comes_back(clock: FixedClock) -> None:
    numbers = await founded(clock)
    waiting = await candidates(DEMO, missing=missing_of_claim, lines=lines_of_claims, clock=clock)
    left_out = {each.due.case_no: each for each in waiting.left_out}
    assert left_out[numbers["held"]].due.rest
    assert "AU-064" in left_out[numbers["held"]].reason
    assert numbers["changed"] in left_out, "nobody has called back yet about its account"
    ((item, cases),) = [(each, [due.case_no for due in each.dues]) for each in waiting.items]
    assert cases == [numbers["payable"]]
    assert item.netted_fen > 0, "what the firm still owes is kept back"
    states = Counter(each.state for each in (await list_batches(DEMO))[0])
    assert states == {BatchState.SETTLED: 3, BatchState.CHECKED: 1, BatchState.DRAFT: 1}
    register = {recovery.case_no: (recovery.state, references) for recovery, references in await register_of(DEMO)}
    assert register == {numbers["recovering"]: ("decided", []), numbers["recovered"]: ("settled", ["演示收款0001"])}
    budgets = {(each.year, each.sub_fund, each.stream): each.balances for each in await ledger.budgets_shown(DEMO)}
    balances = budgets[2026, SubFund.ENTERPRISE, STREAM_POST]
    for account in (Account.AVAILABLE, Account.COMMITTED, Account.PAYABLE, Account.PAID, Account.RECEIVABLE, Account.RECOVERED):
        assert balances[account] > 0, account
    assert (2025, SubFund.ENTERPRISE, "") in budgets
    assert [(each.from_year, each.state) for each in await closing.carries_shown(DEMO)] == [(2025, "proposed")]
    ((month),) = await closing.months_shown(DEMO)
    assert (month.differences, month.books_fen) == ((), 1_680_000)


def test_the_same_seed_draws_the_same_people() -> None:
    first, again, other = (drawn_people(seed) for seed in (1, 1, 2))
    assert first == again != other
    numbers = [each.id_no for people in first for each in people]
    assert len(numbers) == len(set(numbers)) == sum(each.size for each in SPRING)
    assert {each[:6] for each in numbers} == {"310100"}
