"""VER-01 版本适用 · a catalog item and every figure needed are in force on class start, else the class waits."""

from datetime import date

from training_admin.catalog.facts import STREAM_SKILL
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, rule
from training_admin.subsidy.context import ClassContext
from training_admin.subsidy.facts import ClassFacts


@rule(
    id="VER-01",
    title="开班日有适用的目录项目与标准",
    scope=Scope.CLASS,
    cite=Citation(
        paper="天津市职业培训补贴目录通知（2024、2026年）",
        article="适用版本",
        text="以开班日期确定适用的目录版本",
        standing=Standing.FOUND,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.HOLD,
    period=Period(date(2015, 1, 1)),
    reason="{day} 没有适用的“{key}”，待政策管理员补充后重新核验。",
    would_pass="在目录或政策中补充 {day} 适用的“{key}”后自动重新核验。",
    cases=(
        Case("项目在有效期内", "passed"),
        Case("项目不在目录", "failed", {"class.item": None}),
        Case("岗位能力类不用目录", "not_applicable", {"class.stream": "岗位能力类"}),
        Case("未备案的班级", "not_applicable", {"class.filed": False}),
    ),
)
def ver_01(klass: ClassFacts, context: ClassContext) -> Outcome:
    """The catalog item of a skill class; missing figures are found while other rules run and reported here as well."""
    del context
    if not klass.registered or klass.stream != STREAM_SKILL:
        return NotApplicable("no-catalog-item")
    if klass.item is None:
        return Failed({"key": klass.item_code or "目录项目", "day": klass.start.isoformat()})
    return PASSED
