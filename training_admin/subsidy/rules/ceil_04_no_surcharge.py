"""CEIL-04 无附加企业 · a firm that paid no surcharge has a ceiling of the floor amount: the policy owner should see it."""

from datetime import date

from training_admin.kit.dated import Citation, FiguresOn, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, rule
from training_admin.subsidy.facts import ClaimFacts
from training_admin.subsidy.parameters import CEIL_MIN_AMOUNT
from training_admin.subsidy.rules.ceil_01_surcharge import CEILING_BY_SURCHARGE


@rule(
    id="CEIL-04",
    title="上年度未缴地方教育附加的企业提示",
    scope=Scope.CLAIM,
    cite=Citation(
        paper="本系统口径",
        article="CEIL-04",
        text="限额不低于保底额；保底额为零时提示政策管理员",
        standing=Standing.ASSUMED,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.WARN,
    period=Period(date(2020, 1, 1)),
    reason="{year} 年实缴地方教育附加为 0 元，限额为保底额 {floor_fen} 元。",
    would_pass="政策管理员设定保底额，或企业缴纳地方教育附加后，限额随之提高。",
    figures=(CEIL_MIN_AMOUNT.key,),
    cases=(
        Case("已缴附加", "passed"),
        Case("未缴附加", "failed", {"enterprise.surcharge_paid_fen": {"2025": 0}}),
        Case("年度未交付", "not_applicable", {"claim.surcharge_years": []}),
        Case("不设限额", "not_applicable", {"policy.ceiling_mode": "NONE"}),
    ),
)
def ceil_04(claim: ClaimFacts, figures: FiguresOn) -> Outcome:
    """A warning for the policy owner; the ceiling itself is computed by the amounts."""
    if figures.policy.ceiling_mode != CEILING_BY_SURCHARGE or claim.surcharge_paid_fen is None:
        return NotApplicable("no-ceiling")
    if claim.surcharge_paid_fen > 0:
        return PASSED
    return Failed({"year": claim.surcharge_year, "floor_fen": figures.at(CEIL_MIN_AMOUNT)})
