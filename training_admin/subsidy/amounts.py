"""Prices per head of a class: the formulas a pack can choose, each step recorded (policy.md 3.3, 3.4, part 15).

Amounts are fen, hours hundredths of 45 minutes. Uplift is rounded to fen first; then factor and share are applied and
rounded once, half up. Costs are divided and shared without rounding in between, then rounded down.
"""

import msgspec

from training_admin.catalog.facts import CENTIHOURS_PER_HOUR
from training_admin.catalog.parameters import CLASS_ONLINE_SHARE_MAX
from training_admin.kit.dated import Policy
from training_admin.kit.money import WHOLE_BP
from training_admin.kit.steps import Step
from training_admin.policy.parameters import MONEY_ROUNDING_COST, MONEY_ROUNDING_STANDARD
from training_admin.policy.rounding import cost_part, standard_part
from training_admin.subsidy.parameters import (
    ENT_BASE_PRICE_FACTOR,
    ENT_BASE_PRICE_HOURS_MIN,
    ENT_COST_SHARE_OFFLINE,
    ENT_LINE_MODE,
    ENT_PILOT_UPLIFT,
    ENT_PRO_CAP_PER_PERSON,
    ENT_SHARE_CATALOG_OTHER,
    ENT_SHARE_CATALOG_URGENT,
    HOUR_RATE_CAP_PER_PROJECT,
    HOUR_RATE_HOURS_MIN,
    HOUR_RATE_PER_HOUR,
    ONLINE_CAP_PER_PROJECT,
    ONLINE_COST_SHARE,
    POST_ASSESS_PRACTICAL,
    POST_ASSESS_THEORY,
    POST_HOUR_RATE_MIXED,
    POST_HOUR_RATE_THEORY,
    POST_HOURS_MAX,
)
from training_admin.subsidy.pricing import ClassPrice, Formula, PricingCase, counted_centihours

STD_ONLY, COST_ONLY = "STD_ONLY", "COST_ONLY"
THEORY = "THEORY"
HOUR_RATE_TOO_SHORT = "hour_rate_too_short"


class HoursFactor(msgspec.Struct, frozen=True):
    """How the hours that count stand against the standard hours (ENT-12): `factor_bp` None means that no price is left.

    `base` says that the base price applies, `minimum_bp` is the least share of the standard hours.
    """

    counted_centihours: int
    minimum_bp: int
    base: bool
    factor_bp: int | None


def hours_factor(case: PricingCase, policy: Policy) -> HoursFactor:
    """Full price at full standard hours, base price from the least share on, no price below it (ENT-12, CLS-04)."""
    assert case.std_centihours is not None, "only classes with a catalog item have standard hours"
    counted = _counted(case, policy)
    minimum_bp = policy.at(ENT_BASE_PRICE_HOURS_MIN, case.day)
    if counted >= case.std_centihours:
        return HoursFactor(counted, minimum_bp, base=False, factor_bp=WHOLE_BP)
    if counted * WHOLE_BP < case.std_centihours * minimum_bp:
        return HoursFactor(counted, minimum_bp, base=True, factor_bp=None)
    factor_bp = WHOLE_BP if case.base_fen is not None else policy.at(ENT_BASE_PRICE_FACTOR, case.day)
    return HoursFactor(counted, minimum_bp, base=True, factor_bp=factor_bp)


def catalog_lower_of(case: PricingCase, policy: Policy) -> ClassPrice:
    """职业技能类: the lower of standard and cost (ENT-10 … ENT-15), or one of them as `ent.line.mode` says."""
    if case.std_fen is None or case.std_centihours is None:
        return ClassPrice(per_head_fen=None, steps=())
    hours = hours_factor(case, policy)
    by_factor = hours.base and hours.factor_bp is not None and case.base_fen is None
    hours_step = Step(
        "ENT-12",
        "hours_factor",
        {
            "counted_centihours": hours.counted_centihours,
            "standard_centihours": case.std_centihours,
            "minimum_bp": hours.minimum_bp,
            "factor_bp": hours.factor_bp,
            "base": hours.base,
        },
        0 if hours.factor_bp is None else (case.base_fen if hours.base and case.base_fen is not None else case.std_fen),
        (ENT_BASE_PRICE_HOURS_MIN.key, CLASS_ONLINE_SHARE_MAX.key, *((ENT_BASE_PRICE_FACTOR.key,) if by_factor else ())),
    )
    if hours.factor_bp is None:
        return ClassPrice(per_head_fen=None, steps=(hours_step,))
    steps = [hours_step, *_by_standard(case, policy, hours_step.result_fen, hours.factor_bp)]
    return _lower_of(case, policy, steps)


def _by_standard(case: PricingCase, policy: Policy, amount_fen: int, factor_bp: int) -> list[Step]:
    steps: list[Step] = []
    if case.pilot:
        uplift_bp = policy.at(ENT_PILOT_UPLIFT, case.day)
        before_fen = amount_fen
        amount_fen = standard_part(policy, case.day, before_fen, WHOLE_BP + uplift_bp, WHOLE_BP)
        figures = {"amount_fen": before_fen, "uplift_bp": uplift_bp}
        steps.append(Step("ENT-13", "pilot_uplift", {**figures}, amount_fen, (ENT_PILOT_UPLIFT.key,)))
    parameter = ENT_SHARE_CATALOG_URGENT if case.urgent else ENT_SHARE_CATALOG_OTHER
    share_bp = policy.at(parameter, case.day)
    by_standard_fen = standard_part(policy, case.day, amount_fen, factor_bp * share_bp, WHOLE_BP * WHOLE_BP)
    steps.append(
        Step(
            "ENT-10",
            "by_standard",
            {"amount_fen": amount_fen, "factor_bp": factor_bp, "share_bp": share_bp, "urgent": case.urgent},
            by_standard_fen,
            (parameter.key, MONEY_ROUNDING_STANDARD.key),
        )
    )
    return steps


def _by_cost(case: PricingCase, policy: Policy) -> Step:
    share_bp = policy.at(ENT_COST_SHARE_OFFLINE, case.day)
    result_fen = cost_part(policy, case.day, case.eligible_cost_fen, share_bp, case.heads * WHOLE_BP)
    return Step(
        "ENT-14",
        "by_cost",
        {"eligible_cost_fen": case.eligible_cost_fen, "heads": case.heads, "share_bp": share_bp},
        result_fen,
        (ENT_COST_SHARE_OFFLINE.key, MONEY_ROUNDING_COST.key),
    )


def _lower_of(case: PricingCase, policy: Policy, steps: list[Step]) -> ClassPrice:
    """The last of `steps` is the amount by standard; the cost is set against it as `ent.line.mode` says (ENT-11)."""
    by_standard_fen = steps[-1].result_fen
    mode = policy.at(ENT_LINE_MODE, case.day)
    if mode == STD_ONLY:
        chosen = Step("ENT-11", "standard_only", {"by_standard_fen": by_standard_fen}, by_standard_fen, (ENT_LINE_MODE.key,))
        return ClassPrice(per_head_fen=by_standard_fen, steps=(*steps, chosen))
    cost = _by_cost(case, policy)
    by_cost_fen = cost.result_fen
    result_fen = by_cost_fen if mode == COST_ONLY else min(by_standard_fen, by_cost_fen)
    chosen = Step(
        "ENT-11",
        "cost_only" if mode == COST_ONLY else "lower_of",
        {"by_standard_fen": by_standard_fen, "by_cost_fen": by_cost_fen},
        result_fen,
        (ENT_LINE_MODE.key,),
    )
    return ClassPrice(per_head_fen=result_fen, steps=(*steps, cost, chosen))


def post_hours(case: PricingCase, policy: Policy) -> ClassPrice:
    """岗位能力类 and 综合素质类: a rate per counted hour up to a maximum, plus the tests held (POST-01, POST-02)."""
    parameter = POST_HOUR_RATE_THEORY if case.mode == THEORY else POST_HOUR_RATE_MIXED
    rate_fen = policy.at(parameter, case.day)
    most_centihours = policy.at(POST_HOURS_MAX, case.day) * CENTIHOURS_PER_HOUR
    counted = _counted(case, policy)
    paid_centihours = min(counted, most_centihours)
    theory_fen = policy.at(POST_ASSESS_THEORY, case.day) if case.theory_test else 0
    practical_fen = policy.at(POST_ASSESS_PRACTICAL, case.day) if case.practical_test else 0
    hours_fen = standard_part(policy, case.day, rate_fen, paid_centihours, CENTIHOURS_PER_HOUR)
    steps = [
        Step(
            "POST-02",
            "hours_capped",
            {"counted_centihours": counted, "most_centihours": most_centihours, "paid_centihours": paid_centihours},
            hours_fen,
            (POST_HOURS_MAX.key, CLASS_ONLINE_SHARE_MAX.key),
        ),
        Step(
            "POST-01",
            "post_amount",
            {
                "paid_centihours": paid_centihours,
                "rate_fen": rate_fen,
                "mode": case.mode,
                "theory_fen": theory_fen,
                "practical_fen": practical_fen,
            },
            hours_fen + theory_fen + practical_fen,
            (parameter.key, POST_ASSESS_THEORY.key, POST_ASSESS_PRACTICAL.key),
        ),
    ]
    return _lower_of(case, policy, steps)


def pro_capped(case: PricingCase, policy: Policy) -> ClassPrice:
    """专业技术类: a share of the cost within a yearly cap per person; what a person used before is taken off by line (PRO-01)."""
    cost = _by_cost(case, policy)
    cap_fen = policy.at(ENT_PRO_CAP_PER_PERSON, case.day)
    per_head_fen = min(cost.result_fen, cap_fen)
    capped = Step(
        "PRO-01",
        "person_year_cap",
        {"by_cost_fen": cost.result_fen, "cap_fen": cap_fen},
        per_head_fen,
        (ENT_PRO_CAP_PER_PERSON.key,),
    )
    return ClassPrice(per_head_fen=per_head_fen, steps=(cost, capped), person_year_cap_fen=cap_fen)


def online_capped(case: PricingCase, policy: Policy) -> ClassPrice:
    """Online training: a share of the cost per head up to a cap per person and project (ONL-01)."""
    share_bp = policy.at(ONLINE_COST_SHARE, case.day)
    cap_fen = policy.at(ONLINE_CAP_PER_PROJECT, case.day)
    by_cost_fen = cost_part(policy, case.day, case.eligible_cost_fen, share_bp, case.heads * WHOLE_BP)
    per_head_fen = min(by_cost_fen, cap_fen)
    step = Step(
        "ONL-01",
        "online_capped",
        {
            "eligible_cost_fen": case.eligible_cost_fen,
            "heads": case.heads,
            "share_bp": share_bp,
            "by_cost_fen": by_cost_fen,
            "cap_fen": cap_fen,
        },
        per_head_fen,
        (ONLINE_COST_SHARE.key, ONLINE_CAP_PER_PROJECT.key, MONEY_ROUNDING_COST.key),
    )
    return ClassPrice(per_head_fen=per_head_fen, steps=(step,))


def hour_rate_capped(case: PricingCase, policy: Policy) -> ClassPrice:
    """A rate per counted hour up to a cap per person and project, nothing below the least hours (policy.md part 15)."""
    rate_fen = policy.at(HOUR_RATE_PER_HOUR, case.day)
    cap_fen = policy.at(HOUR_RATE_CAP_PER_PROJECT, case.day)
    least_centihours = policy.at(HOUR_RATE_HOURS_MIN, case.day) * CENTIHOURS_PER_HOUR
    counted = _counted(case, policy)
    enough = counted >= least_centihours
    by_hours_fen = standard_part(policy, case.day, rate_fen, counted, CENTIHOURS_PER_HOUR)
    result_fen = min(by_hours_fen, cap_fen) if enough else 0
    step = Step(
        "HOUR-RATE",
        "hour_rate_capped" if enough else HOUR_RATE_TOO_SHORT,
        {
            "counted_centihours": counted,
            "least_centihours": least_centihours,
            "rate_fen": rate_fen,
            "by_hours_fen": by_hours_fen,
            "cap_fen": cap_fen,
        },
        result_fen,
        (HOUR_RATE_PER_HOUR.key, HOUR_RATE_CAP_PER_PROJECT.key, HOUR_RATE_HOURS_MIN.key),
    )
    return ClassPrice(per_head_fen=result_fen if enough else None, steps=(step,))


def _counted(case: PricingCase, policy: Policy) -> int:
    return counted_centihours(
        planned=case.planned_centihours,
        delivered=case.delivered_centihours,
        online=case.online_centihours,
        online_max_bp=policy.at(CLASS_ONLINE_SHARE_MAX, case.day),
    )


FORMULAS: dict[str, Formula] = {
    "CATALOG_LOWER_OF": catalog_lower_of,
    "POST_HOURS": post_hours,
    "PRO_CAPPED": pro_capped,
    "ONLINE_CAPPED": online_capped,
    "HOUR_RATE_CAPPED": hour_rate_capped,
}
