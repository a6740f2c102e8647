"""Examples of the apprenticeship: P-APP, assessed person by person like real claims, and Tianjin's TJ-APP and TJ-MENTOR."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from training_admin.apprenticeship.amounts import LEVELS, certified_grant, mentor_grant
from training_admin.apprenticeship.facts import ApprenticeFacts, Hours, MonthDone, PersonOutcome, ProgrammeFacts, Stage
from training_admin.apprenticeship.parameters import APP_WAGE_MIN_MONTH
from training_admin.apprenticeship.rules import RULES
from training_admin.kit.dated import DatedValue, Policy, Standing
from training_admin.kit.workdays import add_months
from training_admin.policy.examples import (
    ALWAYS,
    Evaluator,
    ExampleContext,
    Got,
    InputProblem,
    answer,
    centihours_of,
    entitled,
    fen_of,
    held,
    read_inputs,
)
from training_admin.subsidy.assess import OUTCOMES
from training_admin.subsidy.class_examples import reason_of
from training_admin.subsidy.programme_assess import assess_programme
from training_admin.subsidy.programme_facts import ProgrammeClaimFacts
from training_admin.subsidy.record import PAYING, AssessmentRecord, LineOutcome

Count = Annotated[int, msgspec.Meta(ge=0, le=2_000)]
Months = Annotated[int, msgspec.Meta(ge=0, le=120)]
NUMBER, FIRM, FIRST_DAY = "XT", "X", 1
AMPLE_CENTIHOURS = 100_000_000
# A wage floor for examples that only tell how many apprentices reach it.
SOME_WAGE_FEN = 100_000


class ApprenticeInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A programme: level filed and obtained, months, people by outcome, hours, contract and wages (yuan a month)."""

    months: Months
    level: int | str | None = None
    filed_level: int | str | None = None
    obtained_level: int | str | None = None
    filed: Count | None = None
    certified: Count | None = None
    completed_only: Count = 0
    dropped: Count = 0
    taught_hours: Decimal | None = None
    contract_months: Months | None = None
    wage_ok: Count | None = None
    min_wage: Decimal | None = None
    lowest_net_wage: Decimal | None = None
    advance_paid: Decimal | None = None
    reason_recorded: bool = True


class TianjinApprenticeInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A Tianjin programme: level, months, people certified."""

    level: int | str
    months: Months
    certified: Count = 1


class MentorInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One mentor of Tianjin: apprentices and months."""

    months: Months
    apprentices: Count = 1


class Wages(msgspec.Struct, frozen=True):
    """Wages of an example in fen a month: the minimum, what the others got, and how many apprentices reach the minimum."""

    least_fen: int
    low_fen: int
    reached: int


def apprenticeship(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """APP-02 … APP-25: what is due, advanced, settled and returned."""
    given = read_inputs(inputs, ApprenticeInputs)
    level = _level(given.filed_level if given.level is None else given.level, "level")
    obtained = level if given.obtained_level is None else _level(given.obtained_level, "obtained_level")
    outcomes = _outcomes(given)
    wages = _wages(given, len(outcomes), context)
    policy = _policy(given, wages, context)
    programme = _programme(given, level, _people(given, outcomes, obtained, wages, context.day), context.day)
    filed = msgspec.structs.replace(programme, taught=None)
    advance = assess_programme(_claim(filed, Stage.ADVANCE, policy, context))
    advance_fen = advance.ceiling.payable_fen if given.advance_paid is None else fen_of(given.advance_paid, "advance_paid")
    ended = msgspec.structs.replace(programme, advance_fen=advance_fen)
    return _got(assess_programme(_claim(ended, Stage.SETTLEMENT, policy, context)))


def _level(level: int | str | None, where: str) -> str:
    if level is None:
        raise InputProblem(where, "缺少这个键")
    if str(level) not in LEVELS:
        raise InputProblem(where, "应为 5 至 1 级")
    return str(level)


def _outcomes(given: ApprenticeInputs) -> list[PersonOutcome]:
    """One outcome for each apprentice filed, the better ones first: those not named are certified, and at least one is filed."""
    others = given.completed_only + given.dropped
    filed = given.filed if given.filed is not None else max(1, (given.certified or 0) + others)
    certified = given.certified if given.certified is not None else filed - others
    if certified < 0 or certified + others > filed:
        raise InputProblem("filed", "少于取证、结业和中止人数之和")
    completed = given.completed_only
    left = filed - certified - completed
    return [PersonOutcome.CERTIFIED] * certified + [PersonOutcome.COMPLETED] * completed + [PersonOutcome.LEFT] * left


def _wages(given: ApprenticeInputs, filed: int, context: ExampleContext) -> Wages | None:
    """Wages as told: all reach the minimum but as many as told, or but the one with the lowest wage; None when nothing is told."""
    if given.wage_ok is not None and given.wage_ok > filed:
        raise InputProblem("wage_ok", "多于备案人数")
    if given.wage_ok is None and given.lowest_net_wage is None:
        return None
    if given.min_wage is not None:
        least_fen = fen_of(given.min_wage, "min_wage")
    elif given.lowest_net_wage is None:
        least_fen = SOME_WAGE_FEN
    else:
        least_fen = context.policy.at(APP_WAGE_MIN_MONTH, context.day)
    lowest_fen = least_fen - 1 if given.lowest_net_wage is None else fen_of(given.lowest_net_wage, "lowest_net_wage")
    reached = given.wage_ok
    if reached is None:
        reached = filed if lowest_fen >= least_fen else max(0, filed - 1)
    return Wages(least_fen, min(lowest_fen, least_fen - 1), reached)


def _policy(given: ApprenticeInputs, wages: Wages | None, context: ExampleContext) -> Policy:
    """The policy with the minimum wage told for every month; only the rules of which an example tells the facts are asked."""
    asked = {"APP-02", "APP-10"} | ({"APP-05"} if wages else set()) | ({"APP-12"} if given.taught_hours is not None else set())
    policy = context.policy
    values = dict(policy.values)
    if wages is not None:
        told = DatedValue(APP_WAGE_MIN_MONTH.key, wages.least_fen, ALWAYS, "案例设定", Standing.ASSUMED, Standing.ASSUMED)
        values[APP_WAGE_MIN_MONTH.key] = (told,)
    off = (*policy.rules_off, *(each.id for each in RULES if each.id not in asked))
    return msgspec.structs.replace(policy, values=values, rules_off=off)


def _people(
    given: ApprenticeInputs, outcomes: list[PersonOutcome], obtained: str, wages: Wages | None, day: date
) -> tuple[ApprenticeFacts, ...]:
    """The apprentices in the order of their outcomes; the last ones are those whose wage was too low in the first month."""
    since = day.replace(day=FIRST_DAY)
    lasting = given.months if given.contract_months is None else given.contract_months
    base = ApprenticeFacts(
        row=1,
        person="",
        birth=None,
        joined_as="hired",
        joined_on=since,
        contract_start=since,
        contract_end=add_months(since, lasting) - timedelta(days=1),
        agreement_on=since,
        skilled_post=True,
        mentor="",
        teacher="",
        obtained_level=obtained,
        insured_here=_term(given.months, day),
    )
    plain: tuple[MonthDone, ...] = ()
    low = plain
    if wages is not None:
        plain = tuple(MonthDone(month, Hours(), 0, wages.least_fen) for month in base.insured_here)
        low = tuple(msgspec.structs.replace(each, net_wage_fen=wages.low_fen) for each in plain)
    reached = len(outcomes) if wages is None else wages.reached
    return tuple(
        msgspec.structs.replace(base, row=row, person=f"p{row}", outcome=outcome, months=plain if row <= reached else low)
        for row, outcome in enumerate(outcomes, start=1)
    )


def _programme(given: ApprenticeInputs, level: str, people: tuple[ApprenticeFacts, ...], day: date) -> ProgrammeFacts:
    taught = None if given.taught_hours is None else Hours(practice=centihours_of(given.taught_hours, "taught_hours"))
    return ProgrammeFacts(
        number=NUMBER,
        uscc=FIRM,
        institution=FIRM,
        day=day,
        filed_on=day,
        level=level,
        start=day,
        months=given.months,
        cooperation_on=day,
        reason_recorded=given.reason_recorded,
        credit_system=True,
        student_status=True,
        planned=Hours(practice=AMPLE_CENTIHOURS),
        taught=taught,
        video_centihours=None,
        apprentices=people,
        mentor_heads={},
        high_skilled=(),
        insurance_months=_term(given.months, day),
        as_of=day,
    )


def _term(months: int, day: date) -> tuple[str, ...]:
    return tuple(add_months(day.replace(day=FIRST_DAY), place).strftime("%Y-%m") for place in range(months))


def _claim(programme: ProgrammeFacts, stage: Stage, policy: Policy, context: ExampleContext) -> ProgrammeClaimFacts:
    return ProgrammeClaimFacts(
        claim_number=NUMBER,
        uscc=FIRM,
        claim_year=context.day.year,
        as_of=context.day,
        known_at="",
        stage=stage,
        programme=programme,
        policy=policy,
        calendar=context.calendar,
    )


def _got(record: AssessmentRecord) -> Got:
    """What came out of a settlement: refused when nobody is paid who would have a price, CLAWBACK when more was advanced than is due."""
    entitled_fen = record.ceiling.computed_fen
    final = record.ceiling.steps[0]
    outcome = _refused(record)
    if outcome is LineOutcome.HOLD:
        key = next((each.figures["key"] for klass in record.classes for each in klass.findings if each.rule == "VER-01"), "")
        return held(reason_of(record, outcome) or "", str(key))
    reason = None if outcome is None else reason_of(record, outcome)
    if outcome is None and final.result_fen < 0:
        word, reason = "CLAWBACK", final.rule
    else:
        word = LineOutcome.PAY.value if outcome is None else outcome.value
    advance_fen = entitled_fen - final.result_fen
    back_fen = max(0, -final.result_fen)
    return answer(word, entitled_fen, reason=reason, advance=advance_fen, final=final.result_fen, clawback=back_fen)


def _refused(record: AssessmentRecord) -> LineOutcome | None:
    """The gravest outcome of those who have a price or wait for one, of all when nobody has; None when one of them is paid."""
    priced = {klass.class_no for klass in record.classes if klass.per_head_fen or not klass.steps}
    found = [line.outcome for line in record.lines if line.class_no in priced or not priced]
    return None if not found or PAYING & set(found) else max(found, key=OUTCOMES.index)


def tianjin_apprenticeship(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """TJ-21."""
    given = read_inputs(inputs, TianjinApprenticeInputs)
    level = _level(given.level, "level")
    return entitled(certified_grant(context.policy, context.day, level=level, months=given.months, certified=given.certified))


def tianjin_mentor(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """TJ-22."""
    given = read_inputs(inputs, MentorInputs)
    return entitled(mentor_grant(context.policy, context.day, apprentices=given.apprentices, months=given.months))


PRODUCTS: dict[str, Evaluator] = {
    "P-APP": apprenticeship,
    "TJ-APP": tianjin_apprenticeship,
    "TJ-MENTOR": tianjin_mentor,
}
