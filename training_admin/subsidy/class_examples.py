"""Examples of classes of an enterprise: they are made into facts of a claim and assessed like one.

P-ENT-CAT, P-ENT-POST, P-ENT-PRO and P-ENT-HOUR describe one class; a rule that an example says nothing about is left out.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from training_admin.catalog.facts import STREAM_POST, STREAM_PROFESSIONAL, STREAM_SKILL, CatalogItem
from training_admin.fund.facts import LES, PaidTraining
from training_admin.kit.dated import Policy
from training_admin.kit.rulebook import Effect
from training_admin.parties.facts import Enterprise
from training_admin.policy.examples import (
    MOST_PEOPLE,
    Evaluator,
    ExampleContext,
    Got,
    InputProblem,
    answer,
    centihours_of,
    fen_of,
    read_inputs,
)
from training_admin.subsidy.amounts import HOUR_RATE_TOO_SHORT
from training_admin.subsidy.assess import assess
from training_admin.subsidy.facts import OWN_EMPLOYEE, ClaimFacts, ClassFacts, LineFacts
from training_admin.subsidy.parameters import ENT_COST_DENOMINATOR, ENT_LINE_MODE, FREQ_MAX_PER_YEAR
from training_admin.subsidy.record import PAYING, AssessmentRecord, Finding, LineOutcome
from training_admin.subsidy.rules import ORDER, RULES_BY_ID
from training_admin.subsidy.rules.exam_01_passed import PASS_WORD

Count = Annotated[int, msgspec.Meta(ge=0, le=MOST_PEOPLE)]
FORMULA_OF_STREAM = {STREAM_SKILL: "CATALOG_LOWER_OF", STREAM_POST: "POST_HOURS", STREAM_PROFESSIONAL: "PRO_CAPPED"}
HOUR_RATE, ONLINE = "HOUR_RATE_CAPPED", "ONLINE_CAPPED"
FORMULAS_WITHOUT_COST = (HOUR_RATE,)
FORMULAS_BY_COST_ALONE = (FORMULA_OF_STREAM[STREAM_PROFESSIONAL], ONLINE)
ASKED_RULES = ("ENT-04", "CLS-04", "ATT-01", "EXAM-01", "ENT-12", "VER-01")
FULL_CENTIHOURS = 10_000
MODES = ("THEORY", "MIXED")
RELATIONS = (OWN_EMPLOYEE, "DISPATCHED_HERE", "DISPATCHED_TO_OTHER", "PLATFORM_WORKER")
CLAIMANTS = ("ENTERPRISE", "DISPATCH_AGENCY", "PLATFORM")
NOT_PASSED = "不合格"
BY_PASSED, STANDARD_ONLY = "PASSED", "STD_ONLY"
FIRM = "EXAMPLE"


class Disallowed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A cost that does not count (ENT-15), in yuan."""

    amount: Decimal
    item: str = ""


class ClassInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every class may say: people, costs in yuan, attendance of each person, relation and claimant."""

    enrolled: Count | None = None
    passed: Count | None = None
    payable_people: Count | None = None
    over_frequency: Count = 0
    used_this_year: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    cost_per_head: Decimal | None = None
    total_cost: Decimal | None = None
    allowable_cost: Decimal | None = None
    disallowed: tuple[Disallowed, ...] = ()
    attended_hours: Decimal | None = None
    online_hours: Decimal = Decimal(0)
    planned_hours: Decimal | None = None
    exam_passed: bool = True
    relation: str | None = None
    worker_relation: str | None = None
    claimant_type: str = CLAIMANTS[0]


class CatalogInputs(ClassInputs, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A class on a catalog item: standard and base amount in yuan, standard and delivered hours."""

    std_amount: Decimal
    base_amount: Decimal | None = None
    std_hours: Decimal | None = None
    delivered_hours: Decimal | None = None
    urgent: bool = False
    pilot_uplift: bool = False


class HourInputs(ClassInputs, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A class paid by hours: hours delivered, mode, tests held."""

    hours: Decimal
    mode: str = MODES[1]
    theory_test: bool = True
    practical_test: bool = True


class ProfessionalInputs(ClassInputs, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A professional-technical class: hours if they matter, and what each person had in the year, in yuan."""

    hours: Decimal | None = None
    paid_before: Decimal = Decimal(0)


class People(msgspec.Struct, frozen=True):
    """How many are enrolled, how many pass everything, and how many passed the test but fail on frequency or attendance."""

    enrolled: int
    payable: int
    over_frequency: int
    absent: int
    failed: int

    @property
    def passed(self) -> int:
        """People who passed the test."""
        return self.payable + self.over_frequency + self.absent


def people_of(given: ClassInputs) -> People:
    """People of a class; where a number is not given it is one person (format of the examples)."""
    over = given.over_frequency
    passed = given.passed if given.passed is not None else (given.payable_people or 0) + over or 1
    enrolled = given.enrolled if given.enrolled is not None else max(1, passed)
    if given.exam_passed and passed > enrolled:
        raise InputProblem("passed", "多于报名人数")
    if not given.exam_passed:
        return People(enrolled, 0, 0, 0, max(1, passed))
    payable = given.payable_people if given.payable_people is not None else passed - over
    absent = passed - over - payable
    if payable < 0 or absent < 0:
        raise InputProblem("payable_people", "与合格人数、超次数人数不符")
    return People(enrolled, payable, over, absent, 0 if passed else 1)


def cost_fen(given: ClassInputs, heads: int) -> int | None:
    """Allowable cost of the class in fen (ENT-14, ENT-15), or None where the example names no cost; raises InputProblem."""
    named = [amount for amount in (given.cost_per_head, given.total_cost, given.allowable_cost) if amount is not None]
    if len(named) > 1:
        raise InputProblem("cost_per_head", "人均费用、总费用、认定费用只能给出一个")
    refused_fen = sum(fen_of(each.amount, f"disallowed[{place}]") for place, each in enumerate(given.disallowed))
    if given.cost_per_head is not None:
        return max(0, fen_of(given.cost_per_head, "cost_per_head") * heads - refused_fen)
    if given.total_cost is not None:
        return max(0, fen_of(given.total_cost, "total_cost") - refused_fen)
    if given.allowable_cost is not None:
        return max(0, fen_of(given.allowable_cost, "allowable_cost") - refused_fen)
    return None


class ExampleClass(msgspec.Struct, frozen=True):
    """An example class made ready: facts of the class, what it says of persons, the formula of its product."""

    given: ClassInputs
    stream: str
    formula: str
    delivered_centihours: int
    item: CatalogItem | None = None
    mode: str = MODES[1]
    theory_test: bool = True
    practical_test: bool = True
    paid_before_fen: int = 0
    name: str = FIRM
    asked: tuple[str, ...] = ASKED_RULES


def catalog_class(given: CatalogInputs, day: date, name: str = FIRM) -> ExampleClass:
    """A class on a catalog item; hours that are not given are full hours."""
    named = given.delivered_hours if given.delivered_hours is not None else given.std_hours
    if named is None and given.attended_hours is not None:
        raise InputProblem("delivered_hours", "给出出勤课时时须给出实际课时")
    delivered = FULL_CENTIHOURS if named is None else centihours_of(named, "delivered_hours")
    standard = delivered if given.std_hours is None else centihours_of(given.std_hours, "std_hours")
    item = CatalogItem(
        item_code=name,
        name=name,
        category="",
        occupation=None,
        level=None,
        std_centihours=standard,
        std_fen=fen_of(given.std_amount, "std_amount"),
        base_fen=None if given.base_amount is None else fen_of(given.base_amount, "base_amount"),
        urgent=given.urgent,
        pilot=given.pilot_uplift,
        fund=LES,
        valid_from=day,
        valid_to=None,
    )
    return ExampleClass(given, STREAM_SKILL, FORMULA_OF_STREAM[STREAM_SKILL], delivered, item=item, name=name)


def hour_class(given: HourInputs, stream: str, formula: str, name: str = FIRM) -> ExampleClass:
    """A class paid by hours."""
    if given.mode not in MODES:
        raise InputProblem("mode", f"应为 {'、'.join(MODES)} 之一")
    return ExampleClass(
        given=given,
        stream=stream,
        formula=formula,
        delivered_centihours=centihours_of(given.hours, "hours"),
        mode=given.mode,
        theory_test=given.theory_test,
        practical_test=given.practical_test,
        name=name,
    )


def professional_class(given: ProfessionalInputs, name: str = FIRM) -> ExampleClass:
    """A professional-technical class."""
    hours = FULL_CENTIHOURS if given.hours is None else centihours_of(given.hours, "hours")
    before_fen = fen_of(given.paid_before, "paid_before")
    formula = FORMULA_OF_STREAM[STREAM_PROFESSIONAL]
    return ExampleClass(given, STREAM_PROFESSIONAL, formula, hours, paid_before_fen=before_fen, name=name)


def assess_class(each: ExampleClass, policy: Policy, context: ExampleContext) -> AssessmentRecord:
    """The assessment of one example class alone, without ceiling; the pack's own formula for the stream comes first."""
    people = people_of(each.given)
    asked = (*each.asked, "FREQ-01") if people.over_frequency or each.given.used_this_year else each.asked
    pack = msgspec.structs.replace(
        policy,
        formulas={each.stream: each.formula, **policy.formulas},
        rules_off=(*policy.rules_off, *(rule for rule in RULES_BY_ID if rule not in asked)),
        ceiling_mode="NONE",
    )
    heads = max(1, people.passed if policy.at(ENT_COST_DENOMINATOR, context.day) == BY_PASSED else people.enrolled)
    known_fen = cost_fen(each.given, heads)
    if known_fen is None and needs_cost(pack, pack.formulas[each.stream], context.day):
        raise InputProblem("cost_per_head", "缺少费用：人均费用、总费用或认定费用")
    return assess(_facts(each, people, known_fen or 0, pack, context))


def needs_cost(policy: Policy, formula: str, day: date) -> bool:
    """Whether a formula asks for what a class has cost, under the figures in force on a day."""
    if formula in FORMULAS_WITHOUT_COST:
        return False
    return formula in FORMULAS_BY_COST_ALONE or policy.at(ENT_LINE_MODE, day) != STANDARD_ONLY


def _facts(each: ExampleClass, people: People, eligible_fen: int, policy: Policy, context: ExampleContext) -> ClaimFacts:
    given, day = each.given, context.day
    if given.claimant_type not in CLAIMANTS:
        raise InputProblem("claimant_type", f"应为 {'、'.join(CLAIMANTS)} 之一")
    planned = each.delivered_centihours
    if given.planned_hours is not None:
        planned = centihours_of(given.planned_hours, "planned_hours")
    klass = ClassFacts(
        class_no=each.name,
        filed=True,
        filed_by_other=False,
        stream=each.stream,
        item_code=None if each.item is None else each.item.item_code,
        item=each.item,
        start=day,
        end=day,
        planned_centihours=planned,
        delivered_centihours=each.delivered_centihours,
        online_centihours=centihours_of(given.online_hours, "online_hours"),
        enrolled=people.enrolled,
        mode=each.mode,
        theory_test=each.theory_test,
        practical_test=each.practical_test,
        filed_at=day,
        approved_at=day,
        institution=None,
        eligible_cost_fen=eligible_fen,
        refused_cost_fen=0,
    )
    return ClaimFacts(
        claim_number=FIRM,
        uscc=FIRM,
        claim_year=day.year,
        as_of=day,
        known_at="",
        enterprise=Enterprise(FIRM, FIRM, None, None, None, {}, {}, kind=given.claimant_type),
        classes=(klass,),
        lines=_lines(each, people, policy, context),
        insurance_months=frozenset(),
        surcharge_years=frozenset(),
        policy=policy,
        calendar=context.calendar,
    )


def _lines(each: ExampleClass, people: People, policy: Policy, context: ExampleContext) -> tuple[LineFacts, ...]:
    given = each.given
    attended = each.delivered_centihours
    if given.attended_hours is not None:
        attended = centihours_of(given.attended_hours, "attended_hours")
        if attended > each.delivered_centihours:
            raise InputProblem("attended_hours", "多于实际课时")
    line = LineFacts(
        row=0,
        readable=True,
        class_no=each.name,
        person="",
        group="E_EMPLOYEE",
        relation=relation_of(given),
        birth=None,
        sex=None,
        contract_start=context.day,
        contract_end=None,
        attended_centihours=attended,
        exam_result=PASS_WORD,
        payments=_before(each, context.day),
    )
    kinds = [line] * people.payable
    if people.over_frequency:
        times = policy.at(FREQ_MAX_PER_YEAR, context.day)
        paid = PaidTraining("", None, None, context.day, LES, 0)
        kinds += [msgspec.structs.replace(line, payments=(paid,) * times)] * people.over_frequency
    kinds += [msgspec.structs.replace(line, attended_centihours=0)] * people.absent
    kinds += [msgspec.structs.replace(line, exam_result=NOT_PASSED)] * people.failed
    return tuple(msgspec.structs.replace(kind, row=row, person=f"P{row}") for row, kind in enumerate(kinds, start=1))


def _before(each: ExampleClass, day: date) -> tuple[PaidTraining, ...]:
    """Earlier trainings of the year, and what the stream paid before; the latter is one payment more only where told."""
    paid = [PaidTraining("", None, None, day, LES, 0)] * each.given.used_this_year
    if each.paid_before_fen:
        amount = PaidTraining("", None, None, day, LES, each.paid_before_fen, each.stream)
        paid = [amount, *paid[1:]]
    return tuple(paid)


def relation_of(given: ClassInputs) -> str:
    """The relation of the persons to the claimant; raises InputProblem."""
    relation = given.relation or given.worker_relation or OWN_EMPLOYEE
    if relation not in RELATIONS:
        raise InputProblem("relation", f"应为 {'、'.join(RELATIONS)} 之一")
    return relation


def reason_of(record: AssessmentRecord, outcome: LineOutcome) -> str | None:
    """The first rule in registry order that has the effect of the outcome, or None for an outcome that pays."""
    findings: list[Finding] = [*record.findings]
    findings += [finding for klass in record.classes for finding in klass.findings]
    findings += [finding for line in record.lines for finding in line.findings]
    named = [finding.rule for finding in findings if finding.effect == outcome.value]
    return min(named, key=ORDER.__getitem__, default=None)


def outcome_of(record: AssessmentRecord) -> LineOutcome:
    """What becomes of a class: it pays as soon as one line pays, else the strongest effect on any line."""
    outcomes = [line.outcome for line in record.lines]
    if not outcomes or any(outcome in PAYING for outcome in outcomes):
        return LineOutcome.PAY
    return max(outcomes, key=lambda outcome: Effect[outcome.value])


def class_answer(record: AssessmentRecord) -> Got:
    """The answer of an example with one class."""
    outcome = outcome_of(record)
    amount_fen = sum(line.payable_fen for line in record.lines)
    klass = record.classes[0]
    got = answer(outcome.value, amount_fen, reason=reason_of(record, outcome), per_head=klass.per_head_fen, computed=klass.computed_fen)
    got["payable_people"] = klass.payable_people
    return got


def catalog_example(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """P-ENT-CAT: ENT-10 … ENT-15."""
    each = catalog_class(read_inputs(inputs, CatalogInputs), context.day)
    return class_answer(assess_class(each, context.policy, context))


def post_example(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """P-ENT-POST: POST-01, POST-02."""
    each = hour_class(read_inputs(inputs, HourInputs), STREAM_POST, FORMULA_OF_STREAM[STREAM_POST])
    return class_answer(assess_class(each, context.policy, context))


def hour_rate_example(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """P-ENT-HOUR: a rate per hour with a cap, as a stream of its own; a class below the least hours is not payable."""
    each = hour_class(read_inputs(inputs, HourInputs), HOUR_RATE, HOUR_RATE)
    record = assess_class(each, context.policy, context)
    if record.classes[0].steps[-1].code == HOUR_RATE_TOO_SHORT:
        return answer(Effect.REJECT_CLASS.name, 0, reason="HOUR-RATE", per_head=0)
    return class_answer(record)


def professional_example(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """P-ENT-PRO: PRO-01."""
    each = professional_class(read_inputs(inputs, ProfessionalInputs))
    return class_answer(assess_class(each, context.policy, context))


PRODUCTS: dict[str, Evaluator] = {
    "P-ENT-CAT": catalog_example,
    "P-ENT-POST": post_example,
    "P-ENT-HOUR": hour_rate_example,
    "P-ENT-PRO": professional_example,
}
