"""The dry run of the later claim: on the last evening it says what the submitted claim will say; before, what is sure and what is not."""

from datetime import date, timedelta

import msgspec
import pytest

from tests.catalog.test_replay import revise_every_price
from tests.people import ENTERPRISE_A, sign_in_as
from tests.subsidy import running
from tests.subsidy.running import to
from training_admin.catalog.class_store import ClassNotFound
from training_admin.catalog.firm_classes import classes_of_firms
from training_admin.catalog.forecast_facts import Forecast
from training_admin.catalog.forecast_store import FORECAST_CLASS, newest_forecasts
from training_admin.catalog.run_facts import Held, Outcome, Way
from training_admin.catalog.run_store import add_held
from training_admin.database import counted_queries, fetch_tuples, read_transaction, write_transaction
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.actor import COMMAND_LINE, NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.office.jobs import JobRun
from training_admin.office.knowledge import knowledge_transaction
from training_admin.office.nightly import stage_nightly
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim
from training_admin.subsidy.claim_drafts import draft_claim
from training_admin.subsidy.claims import claim_record, precheck, submit_claim
from training_admin.subsidy.dry_run import (
    FORECAST_ALL,
    forecast_every_class,
    forecast_staged_class,
    load_prepared,
    make_forecast,
)
from training_admin.subsidy.explain import explain_line
from training_admin.subsidy.recomputing import replay_record
from training_admin.subsidy.record import AssessmentRecord

pytestmark = pytest.mark.usefixtures("catalog")


async def forecast(number: str, clock: FixedClock) -> Forecast:
    """Computed by the night's job, read back."""
    await forecast_staged_class(JobRun(FORECAST_CLASS, f"{number}/{clock.now().isoformat()}", clock))
    return await kept(number)


async def kept(number: str) -> Forecast:
    klass = await running.of_number(number)
    async with read_transaction():
        return (await newest_forecasts([klass.id]))[klass.id].forecast


async def claimed(clock: FixedClock, *costs: tuple[str, str], login: str = "jingban-a") -> AssessmentRecord:
    """The draft of the classes with their vouchers, submitted and assessed."""
    clerk = (await sign_in_as(login, clock, stepped_up=True)).actor
    draft = await draft_claim(clerk, [class_no for class_no, _amount in costs], way="download", clock=clock)
    receipt = await submit_claim(clerk, running.with_cost(draft, *costs), readable_only=True, clock=clock)
    await assess_claim(COMMAND_LINE, receipt.number, cause=FIRST_TIME, clock=clock)
    return await claim_record(COMMAND_LINE, receipt.number, None)


def said(record: AssessmentRecord) -> list[tuple[str, str, int, int, tuple[str, ...]]]:
    """Person, outcome, amounts and rules that failed or are unknown, in the order of the roster."""
    return [
        (
            line.person,
            line.outcome.value,
            line.computed_fen,
            line.payable_fen,
            tuple(each.rule for each in explain_line(record, line).reasons),
        )
        for line in record.lines
    ]


def expected(found: Forecast) -> list[tuple[str, str, int, int, tuple[str, ...]]]:
    return [
        (each.person, each.outcome, each.computed_fen, each.payable_fen, tuple(hint.rule for hint in each.hints)) for each in found.people
    ]


def verdicts(found: Forecast) -> list[str]:
    return [each.verdict.value for each in found.people]


def rules(found: Forecast, place: int) -> list[str]:
    return [hint.rule for hint in found.people[place].hints]


@pytest.mark.parametrize(
    ("months", "paid", "outcomes", "late"),
    [
        pytest.param(running.EVERY_MONTH, "0.00", {"REJECT_LINE", "PAY"}, ["ATT-01"], id="plain"),
        pytest.param(("2026-06",), "0.00", {"REJECT_LINE", "HOLD"}, ["TR-01", "ATT-01"], id="a month not delivered"),
        pytest.param(running.EVERY_MONTH, "179000.00", {"REJECT_LINE", "REDUCE"}, ["ATT-01"], id="cut by the ceiling"),
    ],
)
async def test_the_last_evening_says_what_the_submitted_claim_says(
    clock: FixedClock, months: tuple[str, ...], paid: str, outcomes: set[str], late: list[str]
) -> None:
    await running.registers(clock, months=months, paid=paid)
    number = await running.approved(clock)
    to(clock, running.LAST_EVENING)
    await running.hold(number, clock, days=10, missing={0: 2, 1: 3})
    await running.examine(number, clock, {2: Outcome.FAILED, 3: Outcome.ABSENT})
    found = await forecast(number, clock)
    assert (found.sessions_left, found.closed) == (0, False)
    await running.close(number, clock)
    record = await claimed(clock, (number, "10000.00"))
    assert said(record) == expected(found)
    assert record.classes[0].per_head_fen == found.per_head_fen
    assert record.classes[0].eligible_cost_fen == found.budget_fen
    assert {line.outcome.value for line in record.lines} == outcomes
    assert rules(found, 1) == late
    assert verdicts(found)[1:4] == ["refused"] * 3
    # The closed class says the same once more.
    assert expected(await forecast(number, clock)) == expected(found)


async def test_a_class_that_is_refused_as_a_whole_is_so_in_both(clock: FixedClock) -> None:
    await running.registers(clock)
    number = await running.approved(clock)
    to(clock, running.LAST_EVENING)
    await running.hold(number, clock, days=8)
    await running.examine(number, clock)
    klass = await running.of_number(number)
    late = [each for each in klass.content.sessions if each.day > date(2026, 7, 15)]
    async with write_transaction():
        await add_held(klass.id, [Held(each.day, each.starts, 0, Way.PAGE, "台风", "教师", clock.now()) for each in late], by="teacher")
    found = await forecast(number, clock)
    assert {each.outcome for each in found.people} == {"REJECT_CLASS"}
    assert "ENT-12" in [hint.rule for hint in found.class_hints]
    await running.close(number, clock)
    assert said(await claimed(clock, (number, "10000.00"))) == expected(found)


async def test_before_the_end_what_is_not_told_yet_waits_and_what_can_no_longer_be_mended_is_refused(clock: FixedClock) -> None:
    await running.registers(clock)
    number = await running.approved(clock)
    found = await forecast(number, clock)
    assert found.sessions_left == 10
    assert verdicts(found) == ["pending"] * 5 + ["refused"]
    assert rules(found, 0) == ["EXAM-01"]
    assert found.people[0].hints[0].mend_by == date(2026, 10, 17)
    assert rules(found, 5) == ["TR-01", "EXAM-01"]

    to(clock, date(2026, 7, 8))
    await running.hold(number, clock, days=3, missing={0: 2, 1: 3})
    await running.examine(number, clock)
    found = await forecast(number, clock)
    assert verdicts(found) == ["pending", "refused", "payable", "payable", "payable", "refused"]
    (behind,) = found.people[0].hints
    assert (behind.rule, behind.mend_by) == ("ATT-01", running.LAST_EVENING)
    assert behind.words == "目前出勤 8 课时，低于已授课的规定比例。"
    assert behind.would_pass == "其余 56 课时中至少再出勤 56 课时时可通过。"
    assert rules(found, 1) == ["ATT-01"]
    assert found.payable_fen == sum(each.payable_fen for each in found.people[2:5]) > 0


async def test_a_contract_that_nobody_has_told_is_pending_and_asked_for_in_the_draft(clock: FixedClock) -> None:
    await running.registers(clock)
    named = [msgspec.structs.replace(each, contract_start=None) for each in running.people()]
    number = await running.approved(clock, named=named)
    found = await forecast(number, clock)
    assert verdicts(found) == ["pending"] * 6
    assert rules(found, 0) == ["TR-01", "EXAM-01"]
    to(clock, running.LAST_EVENING)
    await running.hold(number, clock, days=10)
    await running.examine(number, clock)
    await running.close(number, clock)
    found = await forecast(number, clock)
    assert {(each.verdict.value, each.outcome) for each in found.people} == {("pending", "CELL")}
    assert rules(found, 0) == ["TR-01"]
    clerk = (await sign_in_as("jingban-a", clock, stepped_up=True)).actor
    checked = await precheck(clerk, await draft_claim(clerk, [number], way="precheck", clock=clock), clock=clock)
    assert {(each.cell, each.code) for each in checked.problems} == {(f"H{row}", "MISSING") for row in range(4, 10)}


async def test_somebody_newly_refused_is_told_to_filer_and_enterprise_once(clock: FixedClock) -> None:
    await running.registers(clock)
    number = await running.approved(clock)
    await forecast(number, clock)
    clock.move(timedelta(days=1))
    await forecast(number, clock)
    async with read_transaction():
        told = await fetch_tuples("SELECT recipient, text, link FROM message WHERE title = '有学员将不可补' ORDER BY id")
    assert [(row[0], row[2]) for row in told] == [
        (INSTITUTION, f"/classes/{number}#forecast"),
        (ENTERPRISE_A, f"/claims/classes/{number}"),
    ]
    assert all("新增 1 人" in row[1] and "学员6" not in row[1] for row in told)


async def test_every_night_each_class_gets_one_job_until_it_is_claimed(clock: FixedClock) -> None:
    await running.registers(clock)
    number = await running.approved(clock)

    async def staged(entrypoint: str) -> list[str]:
        async with read_transaction():
            found = await fetch_tuples("SELECT payload FROM pgqueuer WHERE entrypoint = $1 ORDER BY id", entrypoint)
        return [row[0].decode() for row in found if not row[0].endswith(b"/closed")]

    to(clock, date(2026, 6, 3), hour=0)
    await stage_nightly((FORECAST_ALL,), clock=clock)
    assert await staged(FORECAST_ALL) == []
    to(clock, date(2026, 6, 3), hour=1)
    for _ in range(2):
        await stage_nightly((FORECAST_ALL,), clock=clock)
    assert await staged(FORECAST_ALL) == ["2026-06-03"]
    for _ in range(2):
        await forecast_every_class(JobRun(FORECAST_ALL, "2026-06-03", clock))
    assert await staged(FORECAST_CLASS) == [f"{number}/2026-06-03"]
    run = JobRun(FORECAST_CLASS, f"{number}/2026-06-03", clock)
    await forecast_staged_class(run)
    first = await kept(number)
    await running.hold(number, clock, days=1, missing={0: 1})
    await forecast_staged_class(run)
    assert await kept(number) == first
    await forecast_staged_class(JobRun(FORECAST_CLASS, "BJ209900001/2026-06-03", clock))

    to(clock, running.LAST_EVENING)
    await running.hold(number, clock, days=10)
    await running.examine(number, clock)
    await running.close(number, clock)
    await claimed(clock, (number, "10000.00"))
    await forecast_every_class(JobRun(FORECAST_ALL, "2026-07-18", clock))
    assert await staged(FORECAST_CLASS) == [f"{number}/2026-06-03"]
    # Withdrawn, the class can be claimed again; years later nobody asks any more.
    async with write_transaction():
        await fetch_tuples("UPDATE claim SET state = 'withdrawn' RETURNING id")
    await forecast_every_class(JobRun(FORECAST_ALL, "2026-07-19", clock))
    assert (await staged(FORECAST_CLASS))[1:] == [f"{number}/2026-07-19"]
    clock.move(timedelta(days=600))
    await forecast_every_class(JobRun(FORECAST_ALL, "2028-03-10", clock))
    assert len(await staged(FORECAST_CLASS)) == 2


async def test_filer_and_enterprise_may_ask_at_once_and_nobody_else(clock: FixedClock) -> None:
    await running.registers(clock)
    number = await running.approved(clock)
    filer, clerk = (await sign_in_as("jiaowu", clock)).actor, (await sign_in_as("jingban-a", clock)).actor
    await make_forecast(filer, number, for_enterprise=False, clock=clock)
    await make_forecast(clerk, number, for_enterprise=True, clock=clock)
    other = (await sign_in_as("jingban-b", clock)).actor
    for for_enterprise in (True, False):
        with pytest.raises(ClassNotFound):
            await make_forecast(other, number, for_enterprise=for_enterprise, clock=clock)
    with pytest.raises(ClassNotFound):
        await make_forecast(clerk, number, for_enterprise=False, clock=clock)
    with pytest.raises(NotAllowed):
        await make_forecast((await sign_in_as("chushen", clock)).actor, number, for_enterprise=False, clock=clock)


async def test_the_facts_of_a_forecast_are_loaded_in_a_constant_number_of_queries(clock: FixedClock) -> None:
    await running.registers(clock)
    number = await running.approved(clock)
    counts = []
    for days in (2, 8):
        await running.hold(number, clock, days=days)
        klass = await running.of_number(number)
        with counted_queries() as queries:
            async with knowledge_transaction():
                await load_prepared((await classes_of_firms([klass]))[0], clock=clock)
        counts.append(len(queries))
    assert 0 < counts[0] == counts[1] < 40


async def test_a_started_class_keeps_its_amounts_when_every_price_doubles(clock: FixedClock) -> None:
    """Must show 4: forecast, claim and replay of a class that began before the new catalog came into force."""
    await running.registers(clock)
    number = await running.approved(clock)
    to(clock, date(2026, 7, 7))
    await running.hold(number, clock, days=2)
    await running.examine(number, clock)
    before = await forecast(number, clock)
    assert before.per_head_fen == 84_000
    await revise_every_price(clock)
    after = await forecast(number, clock)
    assert (after.per_head_fen, expected(after)) == (before.per_head_fen, expected(before))
    await running.hold(number, clock, days=10)
    await running.close(number, clock)
    record = await claimed(clock, (number, "10000.00"))
    assert said(record) == expected(before)
    async with read_transaction():
        (key,) = [row[0] for row in await fetch_tuples("SELECT id FROM assessment")]
    assert (await replay_record(key)).equal
