"""Examples of the enterprise ceiling and of whole claims: CEILING, CEILING-SPREAD, CLAIM."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from training_admin.catalog.facts import STREAM_POST
from training_admin.kit.dated import Policy
from training_admin.kit.money import spread, yuan
from training_admin.kit.rulebook import Effect
from training_admin.parties.facts import SIZES, Enterprise
from training_admin.policy.examples import Evaluator, ExampleContext, Got, InputProblem, answer, fen_of, read_inputs
from training_admin.subsidy.ceiling import apply_ceiling, ceiling_of
from training_admin.subsidy.class_examples import (
    FIRM,
    FORMULA_OF_STREAM,
    HOUR_RATE,
    CatalogInputs,
    ClassInputs,
    ExampleClass,
    HourInputs,
    ProfessionalInputs,
    assess_class,
    catalog_class,
    hour_class,
    outcome_of,
    professional_class,
)
from training_admin.subsidy.facts import ClaimFacts
from training_admin.subsidy.levy import estimate_levy
from training_admin.subsidy.online_examples import assess_online, online_class, refusing_rule
from training_admin.subsidy.record import AssessmentRecord, LineOutcome, LineResult
from training_admin.subsidy.rules.ceil_01_surcharge import CEILING_BY_SURCHARGE

Unset = msgspec.UnsetType
UNSET = msgspec.UNSET
MOST_CLASSES = 500


class CeilingInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A firm: size, surcharge of the previous year or the taxes to estimate it from, paid before in the year; yuan.

    A surcharge of null has not been delivered yet.
    """

    size: str
    levy_prev_year: Decimal | Unset | None = UNSET
    vat: Decimal | None = None
    consumption_tax: Decimal = Decimal(0)
    six_taxes_relief: bool = False
    month_sales: Decimal | None = None
    paid_before: Decimal = Decimal(0)


class OneAmountInputs(CeilingInputs, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A firm with the computed sum of a claim, in yuan."""

    computed: Decimal


class SpreadInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Computed lines and what is left of the ceiling, in yuan."""

    lines: tuple[Decimal, ...]
    ceiling_left: Decimal


class ClaimInputs(CeilingInputs, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A firm with the classes of a claim."""

    classes: tuple[dict[str, Any], ...]


def surcharge_fen(given: CeilingInputs, policy: Policy, claim_year: int) -> int | None:
    """The surcharge of the year before, as told or estimated by the figures of 1 January; None when not delivered."""
    if isinstance(given.levy_prev_year, Decimal):
        return fen_of(given.levy_prev_year, "levy_prev_year")
    if given.levy_prev_year is None:
        return None
    if given.vat is None:
        raise InputProblem("levy_prev_year", "缺少上年度实缴地方教育附加，或用于估算的增值税")
    taxes_fen = fen_of(given.vat, "vat") + fen_of(given.consumption_tax, "consumption_tax")
    sales_fen = None if given.month_sales is None else fen_of(given.month_sales, "month_sales")
    levy_fen, _ = estimate_levy(
        policy, date(claim_year, 1, 1), taxes_fen=taxes_fen, relief=given.six_taxes_relief, month_sales_fen=sales_fen
    )
    return levy_fen


def _size(given: CeilingInputs) -> str:
    if given.size not in SIZES:
        raise InputProblem("size", f"应为 {'、'.join(SIZES)} 之一")
    return given.size


def ceiling_example(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """CEIL-01, CEIL-02, CEIL-04, LEVY-01."""
    given = read_inputs(inputs, OneAmountInputs)
    computed_fen = fen_of(given.computed, "computed")
    paid_fen, size = fen_of(given.paid_before, "paid_before"), _size(given)
    if context.policy.ceiling_mode != CEILING_BY_SURCHARGE:
        return answer("PAY", computed_fen, computed=computed_fen, cut=0)
    year = context.day.year
    surcharge = surcharge_fen(given, context.policy, year)
    if surcharge is None:
        return answer("HOLD", 0, reason="CEIL-01", computed=computed_fen)
    ceiling = ceiling_of(context.policy, claim_year=year, size=size, surcharge_fen=surcharge, paid_fen=paid_fen)
    payable_fen = min(computed_fen, ceiling.left_fen)
    return _cut_answer(payable_fen, computed_fen, ceiling=ceiling.ceiling_fen, left=ceiling.left_fen)


def _cut_answer(payable_fen: int, computed_fen: int, **amounts_fen: int) -> Got:
    cut_fen = computed_fen - payable_fen
    outcome, reason = ("REDUCE", "CEIL-01") if cut_fen else ("PAY", None)
    return answer(outcome, payable_fen, reason=reason, computed=computed_fen, cut=cut_fen, **amounts_fen)


def spread_example(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """CEIL-03."""
    del context
    given = read_inputs(inputs, SpreadInputs)
    lines_fen = [fen_of(line, f"lines[{place}]") for place, line in enumerate(given.lines)]
    computed_fen = sum(lines_fen)
    payable_fen = min(computed_fen, fen_of(given.ceiling_left, "ceiling_left"))
    got = _cut_answer(payable_fen, computed_fen)
    got["lines"] = [yuan(part) for part in spread(payable_fen, lines_fen)]
    return got


def claim_example(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """Several classes of one firm, each by its own figures, together under the ceiling."""
    given = read_inputs(inputs, ClaimInputs)
    if not 0 < len(given.classes) <= MOST_CLASSES:
        raise InputProblem("classes", f"应有1至{MOST_CLASSES}个班级")
    records = dict(_class_record(each, place, context) for place, each in enumerate(given.classes))
    if len(records) < len(given.classes):
        raise InputProblem("classes", "有两个班级编号相同")
    facts = _claim_facts(given, context)
    lines, ceiling = apply_ceiling(facts, [line for record in records.values() for line in record.lines])
    totals = {name: yuan(record.classes[0].computed_fen) for name, record in records.items()}
    if ceiling.payable_fen is None:
        return {**answer("HOLD", 0, reason="CEIL-01", computed=ceiling.computed_fen), "class_totals": totals}
    got = _claim_answer(records, lines, ceiling.computed_fen)
    return {**got, "class_totals": totals}


def _claim_answer(records: Mapping[str, AssessmentRecord], lines: tuple[LineResult, ...], computed_fen: int) -> Got:
    payable_fen = sum(line.payable_fen for line in lines)
    outcomes = [(outcome_of(record), record) for record in records.values()]
    if any(outcome is LineOutcome.PAY for outcome, _ in outcomes):
        return _cut_answer(payable_fen, computed_fen)
    outcome, record = max(outcomes, key=lambda each: Effect[each[0].value])
    return answer(outcome.value, 0, reason=refusing_rule(record, outcome), computed=0, cut=0)


def _claim_facts(given: ClaimInputs, context: ExampleContext) -> ClaimFacts:
    """The firm of the claim; its classes were assessed one by one and are not repeated here."""
    year, before = context.day.year, str(context.day.year - 1)
    surcharge = None
    if context.policy.ceiling_mode == CEILING_BY_SURCHARGE:
        surcharge = surcharge_fen(given, context.policy, year)
    paid = {str(year): fen_of(given.paid_before, "paid_before")}
    return ClaimFacts(
        claim_number=FIRM,
        uscc=FIRM,
        claim_year=year,
        as_of=context.day,
        known_at="",
        enterprise=Enterprise(FIRM, FIRM, _size(given), None, None, {before: surcharge or 0}, paid),
        classes=(),
        lines=(),
        insurance_months=frozenset(),
        surcharge_years=frozenset() if surcharge is None else frozenset({before}),
        policy=context.policy,
        calendar=context.calendar,
    )


_Ready = tuple[ExampleClass, Callable[[ExampleClass, Policy, ExampleContext], AssessmentRecord]]


def _class_record(raw: Mapping[str, Any], place: int, context: ExampleContext) -> tuple[str, AssessmentRecord]:
    rest = dict(raw)
    name, kind, profile = (rest.pop(key, None) for key in ("id", "type", "profile"))
    if not isinstance(name, str) or not isinstance(kind, str) or not isinstance(profile, str | None):
        raise InputProblem(f"classes[{place}]", "编号、类型、政策包应为文字")
    if kind not in _KINDS:
        raise InputProblem(f"classes[{place}].type", f"应为 {'、'.join(_KINDS)} 之一")
    try:
        each, run = _KINDS[kind](rest, name, context.day)
        return name, run(each, context.policy if profile is None else context.timeless(profile), context)
    except InputProblem as problem:
        raise InputProblem(f"classes[{place}].{problem.where}", problem.message) from None


def _catalog(rest: Mapping[str, Any], name: str, day: date) -> _Ready:
    return catalog_class(read_inputs(rest, CatalogInputs), day, name), assess_class


def _post(rest: Mapping[str, Any], name: str, day: date) -> _Ready:
    del day
    return hour_class(read_inputs(rest, HourInputs), STREAM_POST, FORMULA_OF_STREAM[STREAM_POST], name), assess_class


def _hour_rate(rest: Mapping[str, Any], name: str, day: date) -> _Ready:
    del day
    return hour_class(read_inputs(rest, HourInputs), HOUR_RATE, HOUR_RATE, name), assess_class


def _professional(rest: Mapping[str, Any], name: str, day: date) -> _Ready:
    del day
    return professional_class(read_inputs(rest, ProfessionalInputs), name), assess_class


def _online(rest: Mapping[str, Any], name: str, day: date) -> _Ready:
    del day
    return online_class(read_inputs(rest, ClassInputs), name), assess_online


_KINDS: dict[str, Callable[[Mapping[str, Any], str, date], _Ready]] = {
    "CATALOG": _catalog,
    "POST": _post,
    "ONLINE": _online,
    "PRO": _professional,
    "HOUR": _hour_rate,
}
PRODUCTS: dict[str, Evaluator] = {
    "CEILING": ceiling_example,
    "CEILING-SPREAD": spread_example,
    "CLAIM": claim_example,
}
