"""职业技能提升补贴 (P-CERT): a fixed sum by level times the share of the person's group (policy.md 5.2).

The certificate date decides the group, the filing's day picks the figures (VER-01); uplift is rounded first (part 15).
"""

from datetime import date

import msgspec

from training_admin.catalog.facts import level_rank
from training_admin.kit.dated import Parameter, Policy
from training_admin.kit.money import WHOLE_BP
from training_admin.kit.rulebook import Effect, Number
from training_admin.kit.steps import Entitlement, FailedRule, Step, failed_rule
from training_admin.kit.workdays import MONTHS_PER_YEAR, add_months
from training_admin.policy.rounding import standard_part
from training_admin.subsidy.parameters import (
    CERT_STD_L1,
    CERT_STD_L2,
    CERT_STD_L3,
    CERT_STD_L4,
    CERT_STD_L5,
    CERT_STD_NONE,
    CERT_STD_SPECIAL_AI,
    DUP_CROSS_FUND,
    ENT_PILOT_UPLIFT,
    FREQ_MAX_PER_YEAR,
    FREQ_NO_LOWER_AFTER_HIGHER,
    FREQ_SAME_OCC_LEVEL_ONCE,
    GRP_SHARE_D_DISABLED,
    GRP_SHARE_E_EMPLOYEE,
    GRP_SHARE_G_UNIV_GRAD_YEAR,
    GRP_SHARE_H_HARDSHIP,
    GRP_SHARE_M_VOC_GRAD_YEAR,
    GRP_SHARE_U_UNEMPLOYED,
    GRP_SHARE_V_VETERAN,
    GRP_VETERAN_YEARS,
)

UNGRADED = "NONE"
STANDARDS: dict[str, Parameter[int]] = {
    "5": CERT_STD_L5,
    "4": CERT_STD_L4,
    "3": CERT_STD_L3,
    "2": CERT_STD_L2,
    "1": CERT_STD_L1,
    UNGRADED: CERT_STD_NONE,
}
EMPLOYEE, UNEMPLOYED, VETERAN = "E_EMPLOYEE", "U_UNEMPLOYED", "V_VETERAN"
UNIVERSITY, VOCATIONAL = "G_UNIV_GRAD_YEAR", "M_VOC_GRAD_YEAR"
SHARES: dict[str, tuple[str, Parameter[int]]] = {
    EMPLOYEE: ("GRP-01", GRP_SHARE_E_EMPLOYEE),
    "E_DISPATCHED_HERE": ("GRP-01", GRP_SHARE_E_EMPLOYEE),
    UNEMPLOYED: ("GRP-02", GRP_SHARE_U_UNEMPLOYED),
    "D_DISABLED": ("GRP-03", GRP_SHARE_D_DISABLED),
    "H_HARDSHIP": ("GRP-04", GRP_SHARE_H_HARDSHIP),
    VETERAN: ("GRP-05", GRP_SHARE_V_VETERAN),
    UNIVERSITY: ("GRP-06", GRP_SHARE_G_UNIV_GRAD_YEAR),
    VOCATIONAL: ("GRP-07", GRP_SHARE_M_VOC_GRAD_YEAR),
    "P_CARE_PLATFORM": ("GRP-08", GRP_SHARE_E_EMPLOYEE),
}
CLAIM_WITHIN_MONTHS = 12
LOCAL_HUKOU = "SH"
LOWEST_UNIVERSITY_LEVEL = "4"


class PaidCertificate(msgspec.Struct, frozen=True):
    """A certificate subsidised before: occupation, level, and whether another fund paid it."""

    occupation: str
    level: str
    other_fund: bool = False


class CertificateCase(msgspec.Struct, frozen=True):
    """One certificate of one person. `day` picks the figures, `issued_on` decides the group.

    `level` is a level code or NONE; `special` marks a special-ability certificate, `pilot` a listed pilot occupation.
    `registered_group` is the group of a veteran whose years are over and who is not employed (GRP-05).
    """

    day: date
    issued_on: date
    group: str
    level: str
    special: bool = False
    pilot: bool = False
    occupation: str | None = None
    hukou: str = LOCAL_HUKOU
    discharged: date | None = None
    employed: bool = True
    registered_group: str = UNEMPLOYED
    claimed_on: date | None = None
    paid_in_group: int = 0
    paid_this_year: int = 0
    paid_by_other_fund: bool = False
    history: tuple[PaidCertificate, ...] = ()


def certificate_subsidy(case: CertificateCase, policy: Policy) -> Entitlement:
    """The subsidy of one certificate, or the rules that refuse it; raises NotInForce where no figure is in force."""
    group = group_on_issue(case, policy)
    failed = (*_trainee_failures(case, group, policy), *_repeat_failures(case, policy))
    if failed:
        return Entitlement(payable_fen=0, steps=(), failed=failed)
    steps = _standard(case, policy)
    rule, parameter = SHARES[group]
    share_bp = policy.at(parameter, case.day)
    before_fen = steps[-1].result_fen
    payable_fen = standard_part(policy, case.day, before_fen, share_bp, WHOLE_BP)
    figures: dict[str, Number] = {"amount_fen": before_fen, "share_bp": share_bp, "group": group, "group_rule": rule}
    steps.append(Step("CERT-02", "certificate_share", figures, payable_fen, (parameter.key,)))
    return Entitlement(payable_fen=payable_fen, steps=tuple(steps))


def group_on_issue(case: CertificateCase, policy: Policy) -> str:
    """The group on the certificate date: a veteran after the years counts by employment status (GRP-05, part 15)."""
    if case.group != VETERAN or case.discharged is None:
        return case.group
    last_day = add_months(case.discharged, policy.at(GRP_VETERAN_YEARS, case.day) * MONTHS_PER_YEAR)
    if case.discharged <= case.issued_on <= last_day:
        return VETERAN
    return EMPLOYEE if case.employed else case.registered_group


def _standard(case: CertificateCase, policy: Policy) -> list[Step]:
    """Standard by level; the uplift belongs to level certificates and is never stacked on special abilities (CERT-04)."""
    if case.special:
        special_fen = policy.at(CERT_STD_SPECIAL_AI, case.day)
        return [Step("CERT-04", "certificate_special", {}, special_fen, (CERT_STD_SPECIAL_AI.key,))]
    parameter = STANDARDS[case.level]
    standard_fen = policy.at(parameter, case.day)
    steps = [Step("CERT-01", "certificate_standard", {"level": case.level}, standard_fen, (parameter.key,))]
    if case.pilot and case.level != UNGRADED:
        uplift_bp = policy.at(ENT_PILOT_UPLIFT, case.day)
        uplifted_fen = standard_part(policy, case.day, standard_fen, WHOLE_BP + uplift_bp, WHOLE_BP)
        figures = {"amount_fen": standard_fen, "uplift_bp": uplift_bp}
        steps.append(Step("CERT-03", "pilot_uplift", {**figures}, uplifted_fen, (ENT_PILOT_UPLIFT.key,)))
    return steps


def _trainee_failures(case: CertificateCase, group: str, policy: Policy) -> list[FailedRule]:
    failures: list[FailedRule] = []
    if group == UNEMPLOYED and case.hukou != LOCAL_HUKOU:
        failures.append(failed_rule(policy, "GRP-02", Effect.REJECT_LINE, {"hukou": case.hukou}))
    if group == UNIVERSITY and not _at_least(case, LOWEST_UNIVERSITY_LEVEL):
        figures = {"level": case.level, "lowest": LOWEST_UNIVERSITY_LEVEL}
        failures.append(failed_rule(policy, "GRP-06", Effect.REJECT_LINE, {**figures}))
    if group == VOCATIONAL and case.paid_in_group > 0:
        failures.append(failed_rule(policy, "GRP-07", Effect.REJECT_LINE, {"paid": case.paid_in_group}))
    last_day = add_months(case.issued_on, CLAIM_WITHIN_MONTHS)
    if case.claimed_on is not None and case.claimed_on > last_day:
        figures = {"issued_on": case.issued_on.isoformat(), "last_day": last_day.isoformat()}
        failures.append(failed_rule(policy, "CERT-05", Effect.REJECT_LINE, {**figures}))
    return failures


def _at_least(case: CertificateCase, lowest: str) -> bool:
    rank, least = level_rank(case.level), level_rank(lowest)
    return not case.special and rank is not None and least is not None and rank >= least


def _repeat_failures(case: CertificateCase, policy: Policy) -> list[FailedRule]:
    """Double funding, times in the year, the same level once, no lower level after a higher (policy.md 2.3)."""
    failures: list[FailedRule] = []
    of_occupation = [] if case.occupation is None else [paid for paid in case.history if paid.occupation == case.occupation]
    own = [paid for paid in of_occupation if not paid.other_fund]
    elsewhere = any(paid.other_fund and paid.level == case.level for paid in of_occupation)
    if (case.paid_by_other_fund or elsewhere) and policy.at(DUP_CROSS_FUND, case.day):
        failures.append(failed_rule(policy, "DUP-01", Effect.REJECT_LINE, {"level": case.level}))
    if case.paid_this_year >= (most := policy.at(FREQ_MAX_PER_YEAR, case.day)):
        failures.append(failed_rule(policy, "FREQ-01", Effect.REJECT_LINE, {"paid": case.paid_this_year, "maximum": most}))
    if any(paid.level == case.level for paid in own) and policy.at(FREQ_SAME_OCC_LEVEL_ONCE, case.day):
        failures.append(failed_rule(policy, "FREQ-02", Effect.REJECT_LINE, {"level": case.level}))
    rank = level_rank(case.level)
    higher = [paid.level for paid in own if rank is not None and (level_rank(paid.level) or 0) > rank]
    if higher and policy.at(FREQ_NO_LOWER_AFTER_HIGHER, case.day):
        failures.append(failed_rule(policy, "FREQ-03", Effect.REJECT_LINE, {"level": case.level, "paid_level": higher[0]}))
    return failures
