"""ATT-01 个人出勤 · a trainee attended at least the minimum share of delivered hours; equal passes."""

from collections.abc import Callable, Sequence
from datetime import date

from training_admin.catalog.parameters import ATT_PERSON_MIN
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.money import WHOLE_BP
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, rule
from training_admin.subsidy.context import ClassContext, LineCheck
from training_admin.subsidy.facts import LineFacts

NO_DELIVERED_HOURS = NotApplicable("no-delivered-hours")


@rule(
    id="ATT-01",
    title="个人出勤率不低于规定下限",
    scope=Scope.LINE,
    cite=Citation(
        paper="天津市职业技能培训操作手册（2019年）",
        article="出勤要求",
        text="出勤课时不低于实际授课课时的80%",
        standing=Standing.FOUND,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.REJECT_LINE,
    period=Period(date(2019, 8, 28)),
    reason="出勤 {attended_centihours} 课时，实际授课 {delivered_centihours} 课时，下限 {minimum_bp}，至少需 {needed_centihours} 课时。",
    would_pass="出勤不少于 {needed_centihours} 课时时可通过。",
    figures=(ATT_PERSON_MIN.key,),
    cases=(
        Case("出勤充足", "passed"),
        Case("恰为80%", "passed", {"line.attended_centihours": 9600}),
        Case("差一点到80%", "failed", {"line.attended_centihours": 9599}),
        Case("没有实际授课", "not_applicable", {"class.delivered_centihours": 0}),
    ),
)
@LineCheck
def att_01(context: ClassContext) -> Callable[[Sequence[LineFacts]], list[Outcome]]:
    """Attended hours against the share of hours delivered, compared without rounding."""
    delivered = context.klass.delivered_centihours
    if delivered == 0:
        return lambda lines: [NO_DELIVERED_HOURS] * len(lines)
    minimum_bp = context.figures.at(ATT_PERSON_MIN)
    needed = -(-delivered * minimum_bp // WHOLE_BP)

    def failed(line: LineFacts) -> Failed:
        return Failed(
            {
                "attended_centihours": line.attended_centihours,
                "delivered_centihours": delivered,
                "minimum_bp": minimum_bp,
                "needed_centihours": needed,
            }
        )

    return lambda lines: [PASSED if line.attended_centihours >= needed else failed(line) for line in lines]
