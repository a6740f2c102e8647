"""CEIL-01 补贴限额 · the surcharge of the previous year and the firm's size are delivered, so the ceiling can be computed."""

from datetime import date

from training_admin.kit.dated import Citation, FiguresOn, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, NotApplicable, Outcome, Scope, Unknown, rule
from training_admin.subsidy.facts import ClaimFacts

CEILING_BY_SURCHARGE = "BY_SURCHARGE"


@rule(
    id="CEIL-01",
    title="补贴限额的依据已交付",
    scope=Scope.CLAIM,
    cite=Citation(
        paper="本系统口径（未找到有据的比例）",
        article="CEIL-01",
        text="企业年度补贴限额＝上年度实缴地方教育附加×按企业规模的比例",
        standing=Standing.ASSUMED,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.HOLD,
    period=Period(date(2015, 1, 1)),
    reason="补贴限额的依据不完整。",
    would_pass="上年度实缴地方教育附加和企业规模交付后自动重新核验。",
    unknown="待比对：{missing}。",
    cases=(
        Case("数据已交付", "passed"),
        Case("年度未交付", "unknown", {"claim.surcharge_years": ["2024"]}),
        Case("企业规模未交付", "unknown", {"enterprise.size": None}),
        Case("企业不在登记中", "unknown", {"claim.enterprise": None}),
        Case("不设限额", "not_applicable", {"policy.ceiling_mode": "NONE"}),
    ),
)
def ceil_01(claim: ClaimFacts, figures: FiguresOn) -> Outcome:
    """A year that was not delivered is unknown, never zero (part 15)."""
    if figures.policy.ceiling_mode != CEILING_BY_SURCHARGE:
        return NotApplicable("no-ceiling")
    if claim.surcharge_paid_fen is None:
        return Unknown("surcharge_paid", f"{claim.surcharge_year} 年实缴地方教育附加")
    if claim.enterprise is None or claim.enterprise.size is None:
        return Unknown("surcharge_paid", "企业规模")
    return PASSED
