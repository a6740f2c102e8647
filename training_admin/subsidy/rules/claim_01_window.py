"""CLAIM-01 申请期限 · claimed within the months after class end and not after the last day of the next year's window."""

from datetime import date

from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, rule
from training_admin.kit.workdays import add_months
from training_admin.subsidy.context import ClassContext
from training_admin.subsidy.facts import ClassFacts
from training_admin.subsidy.parameters import CLAIM_LAST_DAY_NEXT_YEAR, CLAIM_MONTHS_AFTER_END


@rule(
    id="CLAIM-01",
    title="在申请期限内申报",
    scope=Scope.CLASS,
    cite=Citation(
        paper="松江区企业职工职业培训补贴（2018年）",
        article="申报时间",
        text="上年度补贴于次年5月31日前申报；培训结束后3个月内申报",
        standing=Standing.FOUND,
        local_standing=Standing.FOUND_OLD,
    ),
    effect=Effect.REJECT_CLASS,
    period=Period(date(2015, 1, 1)),
    reason="结业日 {end}，申报日 {claimed}，申请期限为结业之后至 {last_day}（{months} 个月内，且不晚于次年 {year_end}）。",
    would_pass="在 {end} 至 {last_day} 之间申报可通过（首尾两日均计入）。",
    figures=(CLAIM_MONTHS_AFTER_END.key, CLAIM_LAST_DAY_NEXT_YEAR.key),
    cases=(
        Case("期限内", "passed"),
        Case("恰在三个月届满日", "passed", {"claim.as_of": "2026-07-24"}),
        Case("届满后一日", "failed", {"claim.as_of": "2026-07-25"}),
        Case(
            "跨年五月三十一日",
            "passed",
            {"class.start": "2025-10-13", "class.end": "2025-12-31", "claim.as_of": "2026-03-31"},
        ),
        Case("班级尚未结业", "failed", {"claim.as_of": "2026-04-23"}),
        Case("未备案的班级", "not_applicable", {"class.filed": False}),
    ),
)
def claim_01(klass: ClassFacts, context: ClassContext) -> Outcome:
    """The day of submission against both limits; both boundary days count (part 15)."""
    if not klass.registered:
        return NotApplicable("not-filed")
    months = context.figures.at(CLAIM_MONTHS_AFTER_END)
    year_end = context.figures.at(CLAIM_LAST_DAY_NEXT_YEAR)
    month, day = (int(part) for part in year_end.split("-"))
    last_day = min(add_months(klass.end, months), date(klass.end.year + 1, month, day))
    claimed = context.claim.as_of
    if klass.end <= claimed <= last_day:
        return PASSED
    return Failed(
        {
            "end": klass.end.isoformat(),
            "claimed": claimed.isoformat(),
            "last_day": last_day.isoformat(),
            "months": months,
            "year_end": year_end,
        }
    )
