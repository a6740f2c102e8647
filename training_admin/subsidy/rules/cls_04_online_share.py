"""CLS-04 线上占比 · online hours above the allowed share do not count; the amount is reduced, the class is not refused."""

from datetime import date

from training_admin.catalog.parameters import CLASS_ONLINE_SHARE_MAX
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.money import WHOLE_BP
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, rule
from training_admin.subsidy.context import ClassContext
from training_admin.subsidy.facts import ClassFacts


@rule(
    id="CLS-04",
    title="线上课时不超过规定比例",
    scope=Scope.CLASS,
    cite=Citation(
        paper="天津企业新型学徒制办理指南",
        article="线上课时",
        text="线上课时不超过总课时的50%",
        standing=Standing.ASSUMED,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.WARN,
    period=Period(date(2020, 1, 1)),
    reason="线上 {online_centihours} 课时，计划 {planned_centihours} 课时，最多计入 {counted_centihours} 课时（{maximum_bp}）。",
    would_pass="线上课时不超过 {counted_centihours} 课时时全部计入。",
    figures=(CLASS_ONLINE_SHARE_MAX.key,),
    cases=(
        Case("没有线上课时", "not_applicable"),
        Case("恰为一半", "passed", {"class.online_centihours": 6000}),
        Case("超过一半", "failed", {"class.online_centihours": 6001}),
    ),
)
def cls_04(klass: ClassFacts, context: ClassContext) -> Outcome:
    """Online hours against the allowed share of planned hours; the surplus is left out by the price formula."""
    if klass.online_centihours == 0:
        return NotApplicable("no-online-hours")
    maximum_bp = context.figures.at(CLASS_ONLINE_SHARE_MAX)
    counted = klass.planned_centihours * maximum_bp // WHOLE_BP
    if klass.online_centihours <= counted:
        return PASSED
    return Failed(
        {
            "online_centihours": klass.online_centihours,
            "planned_centihours": klass.planned_centihours,
            "counted_centihours": counted,
            "maximum_bp": maximum_bp,
        }
    )
