"""Dry run of later claims: every night, and whenever somebody asks, each approved class is assessed as if it were claimed now.

The facts are loaded, gathered and assessed exactly as those of a submitted claim; only the vouchers are not there yet, for which the
class's budget stands in (暂定). The expectation is kept with the class and decides nothing. See docs/decisions/dry-run.md.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from training_admin.catalog.class_store import ClassNotFound, class_by_number
from training_admin.catalog.firm_classes import ClassOfFirm, claimable_classes, classes_of_firms, pooled_numbers
from training_admin.catalog.forecast_facts import Forecast, Hint, PersonForecast, Verdict, joined, newly_refused
from training_admin.catalog.forecast_store import (
    FORECAST_CLASS,
    ApprovedClass,
    approved_classes,
    approved_numbers,
    newest_forecasts,
    save_forecast,
)
from training_admin.catalog.parameters import ATT_PERSON_MIN
from training_admin.database import retried, write_transaction
from training_admin.fund.facts import KnownPayments
from training_admin.kit.actor import Actor, scope_of
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.office import messages, trail
from training_admin.office.jobs import JobRun, enqueue
from training_admin.office.knowledge import knowledge_transaction, still_known_at
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.subsidy.assess import assess
from training_admin.subsidy.claims import person_of
from training_admin.subsidy.class_claims import ClassForClaim, claim_form, load_class_claims, year_of
from training_admin.subsidy.explain import FAILED, UNKNOWN, explain_claim, explain_class, explain_line
from training_admin.subsidy.facts import ClaimFacts
from training_admin.subsidy.forecasting import behind_hint, last_claim_day, mend_by, open_hints, verdict_of
from training_admin.subsidy.form import ClaimForm, FormHead, RosterRow
from training_admin.subsidy.gather import gather, key_claim
from training_admin.subsidy.letters import class_refused_letter
from training_admin.subsidy.parameters import CLAIM_LAST_DAY_NEXT_YEAR, CLAIM_MONTHS_AFTER_END
from training_admin.subsidy.record import LineResult
from training_admin.subsidy.registers import Registers
from training_admin.subsidy.rules.exam_01_passed import PASS_WORD
from training_admin.subsidy.store import standing_claims
from training_admin.subsidy.world import load_world

# The job of the district, once a day; it stages FORECAST_CLASS once a day for each class, so that a large district blocks nobody.
FORECAST_ALL = "forecast_all"
# A class over for longer than this is not forecast every night any more: CLAIM-01 has passed (our own bound, wider than any window).
KEPT_UP = timedelta(days=550)


class NotToForecast(Refusal):
    """Only a class whose filing is approved and that was not ended early has a later claim."""

    code = "class-not-to-forecast"
    title = "不能测算"


class Prepared(msgspec.Struct, frozen=True):
    """A class with the form of its later claim, the facts gathered for it, and what the form lacks by row."""

    klass: ClassForClaim
    form: ClaimForm
    facts: ClaimFacts
    lacking: dict[int, tuple[bool, bool]]


async def load_prepared(approved: ClassOfFirm, *, clock: Clock) -> Prepared | None:
    """Everything for the forecast of one firm's claim, in a number of queries that does not depend on its people; None before it is known.

    Inside a knowledge transaction.
    """
    known_at = await still_known_at(clock)
    loaded = await load_class_claims([approved], known_at=known_at)
    if not loaded:
        return None
    (klass,) = loaded
    as_of = max(clock.today(), klass.filing.end)
    head = FormHead(enterprise_name="", uscc=klass.filing.enterprise, claim_year=year_of(loaded))
    form = claim_form(head, loaded, today=as_of, budget=True)
    lacking = {row.row: (row.contract_start is None, not row.exam_result) for row in form.lines}
    if not klass.course.closed:
        form = msgspec.structs.replace(form, lines=tuple(_as_if_told(row, klass) for row in form.lines))
    keyed = key_claim(form, claim_number="", as_of=as_of, person_of=person_of)
    world = await load_world(keyed, known_at=known_at, pack=DEFAULT_PACK)
    registers = _unpaid(world.registers, approved.class_no)
    registers = msgspec.structs.replace(registers, filings={**registers.filings, approved.class_no: klass.filing})
    return Prepared(klass, form, gather(keyed, msgspec.structs.replace(world, registers=registers)), lacking)


def _unpaid(registers: Registers, class_no: str) -> Registers:
    """The registers as they were before a class was paid: a class that was is forecast like any other."""
    found = (each.case_no for paid in registers.own_payments.values() for each in paid if each.class_no == class_no)
    case_no = next(found, None)
    if case_no is None:
        return registers
    known = KnownPayments(registers.payments, registers.own_payments).before(case_no)
    return msgspec.structs.replace(registers, payments=known.delivered, own_payments=known.own)


def _as_if_told(row: RosterRow, klass: ClassForClaim) -> RosterRow:
    """While a class runs, what was not told yet is taken as if it were good, so that what will fail even so is seen."""
    if row.readable:
        return row
    return msgspec.structs.replace(
        row, readable=True, contract_start=row.contract_start or klass.filing.start, exam_result=row.exam_result or PASS_WORD
    )


def forecast_of(prepared: Prepared) -> Forecast:
    """Assess the later claim and say for each person what is to be expected; takes seconds for thousands, so off the event loop."""
    klass, facts = prepared.klass, prepared.facts
    record = assess(facts)
    course, filing, policy = klass.course, klass.filing, facts.policy
    claim_by = last_claim_day(
        filing.end,
        months=policy.at(CLAIM_MONTHS_AFTER_END, filing.start),
        year_end=policy.at(CLAIM_LAST_DAY_NEXT_YEAR, filing.start),
    )
    minimum_bp = policy.at(ATT_PERSON_MIN, filing.start)

    def person(line: LineResult, keyed: str) -> PersonForecast:
        lacking = open_hints(contract=prepared.lacking[line.row][0], result=prepared.lacking[line.row][1], claim_by=claim_by)
        behind = behind_hint(course, keyed, minimum_bp)
        waiting = lacking if behind is None else (*lacking, behind)
        verdict = verdict_of(line.outcome, waiting)
        reasons = [
            Hint(each.rule, each.sentence, each.would_pass, mend_by(each.rule, claim_by)) for each in explain_line(record, line).reasons
        ]
        return PersonForecast(
            person=keyed,
            verdict=verdict,
            outcome=line.outcome.value,
            computed_fen=line.computed_fen,
            payable_fen=line.payable_fen,
            hints=(*reasons, *waiting),
        )

    above = (*explain_claim(record).answers, *explain_class(record.classes[0]).answers)
    people = [sealed.trainee.person for sealed in klass.claimed]
    return Forecast(
        class_no=klass.approved.class_no,
        version=klass.approved.version,
        as_of=facts.as_of,
        closed=course.closed,
        sessions_left=len(course.left),
        budget_fen=klass.approved.content.budget_fen,
        per_head_fen=record.classes[0].per_head_fen,
        class_hints=tuple(
            Hint(each.rule, each.sentence, each.would_pass, mend_by(each.rule, claim_by))
            for each in above
            if each.answer in {FAILED, UNKNOWN}
        ),
        people=tuple(person(line, keyed) for line, keyed in zip(record.lines, people, strict=True)),
    )


def forecast_of_class(approved: ApprovedClass, prepared: Sequence[Prepared]) -> Forecast:
    """The forecast of a class, of a pooled one from the claims that its firms hand in separately."""
    parts = [(each.klass.approved.content.enterprise, forecast_of(each)) for each in prepared]
    return parts[0][1] if approved.content.pool is None else joined(approved.class_no, approved.content.budget_fen, parts)


async def _compute(approved: ApprovedClass, *, clock: Clock) -> Forecast | None:
    """The forecast of a class as approved, None before it is known; a pooled class is loaded once for each of its firms."""
    async with knowledge_transaction():
        loaded = [await load_prepared(each, clock=clock) for each in await classes_of_firms([approved])]
    prepared = [each for each in loaded if each is not None]
    return await asyncio.to_thread(forecast_of_class, approved, prepared) if prepared else None


async def _keep(approved: ApprovedClass, forecast: Forecast, *, at: datetime, clock: Clock) -> None:
    """Keep a forecast and tell filer and enterprises of people who are newly refused; inside the open write transaction."""
    kept = (await newest_forecasts([approved.id])).get(approved.id)
    before = None if kept is None else kept.forecast
    await save_forecast(approved.id, forecast, at=at, made_on=clock.today())
    refused = newly_refused(before, forecast)
    if not refused:
        return
    letter = class_refused_letter(approved.class_no, refused, f"/classes/{approved.class_no}#forecast")
    await messages.send(messages.to_organisation(approved.organisation, Right.CLASS_FILE), letter, clock=clock)
    alone = [(approved.content.enterprise, approved.class_no)]
    for enterprise, class_no in [(each.enterprise, each.class_no) for each in forecast.firms] or alone:
        refused = newly_refused(None if before is None else before.of_firm(enterprise), forecast.of_firm(enterprise))
        if refused and enterprise and enterprise != approved.organisation:
            letter = class_refused_letter(class_no, refused, f"/claims/classes/{class_no}")
            await messages.send(messages.to_organisation(enterprise, Right.CLAIM_READ), letter, clock=clock)


async def make_forecast(actor: Actor, class_no: str, *, for_enterprise: bool, clock: Clock) -> None:
    """Compute the forecast of a class at once, for its filer or for the enterprise it is filed for, by its number in the register.

    Raises NotAllowed, ClassNotFound, NotToForecast.
    """
    scope = scope_of(actor, Right.CLAIM_SUBMIT if for_enterprise else Right.CLASS_FILE)
    async with knowledge_transaction():
        own = await claimable_classes([class_no], enterprises=scope.codes) if for_enterprise else []
        if not for_enterprise:
            await class_by_number(class_no, scope.codes)
        elif not own:
            raise ClassNotFound("没有找到这个已备案的班级，请从列表重新进入。")
        found = await approved_classes([own[0].plain_no if own else class_no])
    forecast = await _compute(found[0], clock=clock) if found else None
    if forecast is None:
        raise NotToForecast("班级的备案尚未通过或已终止，不能测算。")
    told = forecast.of_firm(own[0].content.enterprise) if own else forecast
    await _keep_asked(actor, found[0], forecast, told, clock=clock)


@retried
async def _keep_asked(actor: Actor, approved: ApprovedClass, forecast: Forecast, told: Forecast, *, clock: Clock) -> None:
    async with write_transaction():
        await _keep(approved, forecast, at=clock.now(), clock=clock)
        detail = {each.value: told.count(each) for each in Verdict}
        await trail.record(actor, "subsidy:forecast:made", told.class_no, detail, at=clock.now())


@retried
async def forecast_every_class(run: JobRun) -> None:
    """The nightly job: stage one forecast for each class that is not over and claimed, by all its firms; its key is the day."""
    async with write_transaction():
        if not await run.first_time():
            return
        numbers = await approved_numbers(run.clock.today() - KEPT_UP)
        pooled = await pooled_numbers(numbers)
        claimed = set(await standing_claims([*numbers, *(each for firms in pooled.values() for each in firms)]))
        for number in numbers:
            if not pooled.get(number, {number}) <= claimed:
                await enqueue(FORECAST_CLASS, f"{number}/{run.key}")


async def forecast_staged_class(run: JobRun) -> None:
    """The job of one class; its key is class number and day."""
    class_no, _, _day = run.key.partition("/")
    async with knowledge_transaction():
        found = await approved_classes([class_no])
    forecast = await _compute(found[0], clock=run.clock) if found else None
    await _keep_staged(found, forecast, run)


@retried
async def _keep_staged(found: Sequence[ApprovedClass], forecast: Forecast | None, run: JobRun) -> None:
    async with write_transaction():
        if await run.first_time() and forecast is not None:
            await _keep(found[0], forecast, at=run.clock.now(), clock=run.clock)
