"""Examples of what is paid for a person or at fixed rates: P-CERT, P-DIR, Tianjin's TJ-*, FIXED-RATE."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from training_admin.policy.examples import (
    Evaluator,
    ExampleContext,
    Got,
    InputProblem,
    centihours_of,
    entitled,
    fen_of,
    read_inputs,
)
from training_admin.subsidy import other_districts as districts
from training_admin.subsidy.certificate import SHARES, STANDARDS, UNEMPLOYED, CertificateCase, PaidCertificate, certificate_subsidy
from training_admin.subsidy.parameters import ASSESSMENT_FEE, FIXED_CERTIFICATE, TRAINING_SHARE_BY_URGENCY

Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Level = int | str
SPECIAL = "SPECIAL_ABILITY"
CERTIFICATE_TYPES = ("SKILL_LEVEL", "UNGRADED", SPECIAL)
UNGRADED_LEVEL = "NONE"
OFFLINE, BLENDED = "OFFLINE", "BLENDED"


class HistoryInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A certificate subsidised, or only applied for, before."""

    occupation_code: str
    level: Level
    paid: bool = True
    fund: str = ""


class CertificateInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A certificate of a person, as policy.md 5.2 asks."""

    group: str
    level: Level | None = None
    certificate_type: str = "SKILL_LEVEL"
    pilot_uplift: bool = False
    occupation_code: str | None = None
    hukou: str = "SH"
    discharged: date | None = None
    certificate_date: date | None = None
    claimed_on: date | None = None
    employed: bool = True
    registered_group: str = UNEMPLOYED
    already_subsidised_in_group: Count = 0
    used_this_year: Count = 0
    ui_fund_paid_same_certificate: bool = False
    history: tuple[HistoryInputs, ...] = ()


def certificate(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """CERT-01 … CERT-05, GRP-01 … GRP-08, DUP-01, FREQ-01 … FREQ-03."""
    given = read_inputs(inputs, CertificateInputs)
    _one_of(given.group, SHARES, "group")
    _one_of(given.registered_group, SHARES, "registered_group")
    _one_of(given.certificate_type, CERTIFICATE_TYPES, "certificate_type")
    special = given.certificate_type == SPECIAL
    graded = given.certificate_type != "UNGRADED"
    if given.level is None and graded and not special:
        raise InputProblem("level", "缺少这个键")
    level = UNGRADED_LEVEL if given.level is None or not graded else str(given.level)
    case = CertificateCase(
        day=context.day,
        issued_on=given.certificate_date or context.day,
        group=given.group,
        level=_one_of(level, STANDARDS, "level"),
        special=special,
        pilot=given.pilot_uplift,
        occupation=given.occupation_code,
        hukou=given.hukou,
        discharged=given.discharged,
        employed=given.employed,
        registered_group=given.registered_group,
        claimed_on=given.claimed_on,
        paid_in_group=given.already_subsidised_in_group,
        paid_this_year=given.used_this_year,
        paid_by_other_fund=given.ui_fund_paid_same_certificate,
        history=tuple(_paid(each) for each in given.history if each.paid),
    )
    return entitled(certificate_subsidy(case, context.policy))


def _paid(each: HistoryInputs) -> PaidCertificate:
    return PaidCertificate(each.occupation_code, str(each.level), other_fund=each.fund not in {"", "SAME"})


def _one_of(value: str, options: Mapping[str, Any] | tuple[str, ...], where: str) -> str:
    if value not in options:
        raise InputProblem(where, f"应为 {'、'.join(options)} 之一")
    return value


class DirectedInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Directed training of one person: standard in yuan, months until employed (None: not employed), months of stable employment."""

    amount_each: Decimal
    employed_after_months: Count | None = None
    stable_months: Count = 0


def directed_in_two(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """P-DIR."""
    given = read_inputs(inputs, DirectedInputs)
    found = districts.directed_in_two(
        context.policy,
        context.day,
        each_fen=fen_of(given.amount_each, "amount_each"),
        employed_after_months=given.employed_after_months,
        stable_months=given.stable_months,
    )
    return entitled(found)


class TrainingInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A Tianjin course: standard in yuan, level, urgency, mode, public base, people passing."""

    std_amount: Decimal
    level: Level
    urgency: str = ""
    mode: str = OFFLINE
    public_base: bool = False
    passed: Count = 1
    used_this_year: Count = 0


def tianjin_training(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """TJ-09, TJ-14, TJ-15."""
    given = read_inputs(inputs, TrainingInputs)
    level = _one_of(str(given.level), ("5", "4", "3", "2", "1"), "level")
    if level not in districts.HIGH_LEVELS or given.urgency:
        _one_of(given.urgency, TRAINING_SHARE_BY_URGENCY, "urgency")
    course = districts.TianjinTraining(
        day=context.day,
        standard_fen=fen_of(given.std_amount, "std_amount"),
        level=level,
        urgency=given.urgency,
        blended=_one_of(given.mode, (OFFLINE, BLENDED), "mode") == BLENDED,
        public_base=given.public_base,
        people=given.passed,
        used_this_year=given.used_this_year,
    )
    return entitled(districts.tianjin_training(course, context.policy))


class HoursInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People and hours of a training paid by the head from the least hours on."""

    hours: Decimal
    people: Count = 1


def tianjin_directed(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """TJ-17."""
    given = read_inputs(inputs, HoursInputs)
    hours = centihours_of(given.hours, "hours")
    return entitled(districts.directed_training(context.policy, context.day, people=given.people, centihours=hours))


def tianjin_project(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """TJ-19."""
    given = read_inputs(inputs, HoursInputs)
    hours = centihours_of(given.hours, "hours")
    return entitled(districts.project_training(context.policy, context.day, people=given.people, centihours=hours))


class LivingInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People of hardship groups."""

    people: Count = 1


def tianjin_living(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """TJ-11."""
    given = read_inputs(inputs, LivingInputs)
    return entitled(districts.living_subsidy(context.policy, context.day, people=given.people))


class FeeInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"kind": "class"}):
    """Class of occupation, level and people passing an assessment."""

    kind: str
    level: Level
    passed: Count = 1


def tianjin_fee(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """TJ-10."""
    given = read_inputs(inputs, FeeInputs)
    if (given.kind, str(given.level)) not in ASSESSMENT_FEE:
        raise InputProblem("class", "类别应为 A、B、C，等级应为 5 至 1")
    fee = districts.assessment_fee(context.policy, context.day, kind=given.kind, level=str(given.level), passed=given.passed)
    return entitled(fee)


class SafetyInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Safety certificates of one person in order of time."""

    events: tuple[str, ...]
    same_year: bool = True


def tianjin_safety(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """TJ-20."""
    given = read_inputs(inputs, SafetyInputs)
    for place, event in enumerate(given.events):
        _one_of(event, districts.SAFETY_AMOUNTS, f"events[{place}]")
    return entitled(districts.safety_certificates(context.policy, context.day, given.events, same_year=given.same_year))


class FixedInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Certificates by level, or people passing at a rate in yuan."""

    level1: Count | None = None
    level2: Count | None = None
    level3: Count | None = None
    level4: Count | None = None
    level5: Count | None = None
    passed: Count | None = None
    trained: Count | None = None
    rate: Decimal | None = None


def fixed_rate(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """SJ-G60 by certificates, HIST by people passing."""
    given = read_inputs(inputs, FixedInputs)
    counts = {level: count for level in FIXED_CERTIFICATE if (count := getattr(given, f"level{level}")) is not None}
    if counts and given.passed is None:
        return entitled(districts.by_certificates(context.policy, context.day, counts))
    if given.passed is None or counts:
        raise InputProblem("passed", "应给出各等级证书数，或合格人数")
    if given.trained is not None and given.trained < given.passed:
        raise InputProblem("passed", "多于培训人数")
    rate_fen = None if given.rate is None else fen_of(given.rate, "rate")
    return entitled(districts.by_passing(context.policy, context.day, passed=given.passed, rate_fen=rate_fen))


PRODUCTS: dict[str, Evaluator] = {
    "P-CERT": certificate,
    "P-DIR": directed_in_two,
    "TJ-TRAINING": tianjin_training,
    "TJ-DIRECTED": tianjin_directed,
    "TJ-PROJECT": tianjin_project,
    "TJ-LIVING": tianjin_living,
    "TJ-ASSESSMENT-FEE": tianjin_fee,
    "TJ-SAFETY": tianjin_safety,
    "FIXED-RATE": fixed_rate,
}
