"""ENT-12 基本价 · below the minimum share of standard hours the class has no price at all."""

from datetime import date

from training_admin.catalog.facts import STREAM_SKILL
from training_admin.catalog.parameters import CLASS_ONLINE_SHARE_MAX
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.money import WHOLE_BP
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, rule
from training_admin.subsidy.context import ClassContext
from training_admin.subsidy.facts import ClassFacts
from training_admin.subsidy.parameters import ENT_BASE_PRICE_HOURS_MIN
from training_admin.subsidy.pricing import counted_centihours


@rule(
    id="ENT-12",
    title="计入课时不低于标准课时的规定比例",
    scope=Scope.CLASS,
    cite=Citation(
        paper="上海市补贴培训目录说明",
        article="标准价与基本价",
        text="基本价按标准课时的70%计算，适用于有经验的在职人员",
        standing=Standing.FOUND,
        local_standing=Standing.FOUND_OLD,
    ),
    effect=Effect.REJECT_CLASS,
    period=Period(date(2015, 1, 1)),
    reason="计入 {counted_centihours} 课时，标准 {standard_centihours} 课时，至少需 {needed_centihours} 课时（{minimum_bp}）。",
    would_pass="计入课时不少于 {needed_centihours} 课时时按基本价补贴，达到 {standard_centihours} 课时时按标准价补贴。",
    figures=(ENT_BASE_PRICE_HOURS_MIN.key, CLASS_ONLINE_SHARE_MAX.key),
    cases=(
        Case("满课时", "passed"),
        Case("恰为70%", "passed", {"class.delivered_centihours": 8400, "line.attended_centihours": 8400}),
        Case("不足70%", "failed", {"class.delivered_centihours": 8399, "line.attended_centihours": 8399}),
        Case(
            "线上超出部分不计后不足",
            "failed",
            {"class.online_centihours": 10000},
        ),
        Case("岗位能力类不适用", "not_applicable", {"class.stream": "岗位能力类"}),
        Case("没有目录项目", "not_applicable", {"class.item": None}),
    ),
)
def ent_12(klass: ClassFacts, context: ClassContext) -> Outcome:
    """Hours that count against the share of the catalog's standard hours."""
    if klass.stream != STREAM_SKILL or klass.item is None:
        return NotApplicable("no-standard-hours")
    minimum_bp = context.figures.at(ENT_BASE_PRICE_HOURS_MIN)
    counted = counted_centihours(
        planned=klass.planned_centihours,
        delivered=klass.delivered_centihours,
        online=klass.online_centihours,
        online_max_bp=context.figures.at(CLASS_ONLINE_SHARE_MAX),
    )
    standard = klass.item.std_centihours
    if counted * WHOLE_BP >= standard * minimum_bp:
        return PASSED
    return Failed(
        {
            "counted_centihours": counted,
            "standard_centihours": standard,
            "minimum_bp": minimum_bp,
            "needed_centihours": -(-standard * minimum_bp // WHOLE_BP),
        }
    )
