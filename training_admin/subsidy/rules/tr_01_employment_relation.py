"""TR-01 劳动关系与职保 · contract over the whole class and employee insurance for every month of it."""

from collections.abc import Callable, Sequence
from datetime import date

from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, Outcome, Scope, Unknown, rule
from training_admin.subsidy.context import ClassContext, LineCheck
from training_admin.subsidy.facts import CARE_PLATFORM_GROUP, DISPATCHED_HERE, PLATFORM_WORKER, LineFacts

PLATFORM_UNKNOWN = Unknown("care_registration", "平台登记信息")


@rule(
    id="TR-01",
    title="劳动合同与社保缴费覆盖培训期",
    scope=Scope.LINE,
    cite=Citation(
        paper="沪人社规〔2022〕10号；七部门试点通知（2024年12月）",
        article="补贴对象",
        text="与申报单位建立劳动关系并由其缴纳职工社会保险",
        standing=Standing.FOUND,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.REJECT_LINE,
    period=Period(date(2015, 1, 1)),
    reason="培训期 {start} 至 {end}；劳动合同 {contract_start} 至 {contract_end}；缺少本单位缴费的月份：{missing_months}。",
    would_pass="劳动合同覆盖 {start} 至 {end}，且每个月都由本单位缴纳职工社会保险时可通过；如系补缴，请待登记数据更新后重新核验。",
    unknown="待比对：{missing}。",
    cases=(
        Case("合同与缴费都覆盖", "passed"),
        Case("无固定期限合同", "passed", {"line.contract_end": None}),
        Case("合同当日止于结业日", "passed", {"line.contract_end": "2026-04-24"}),
        Case("合同早一日终止", "failed", {"line.contract_end": "2026-04-23"}),
        Case("合同晚一日起始", "failed", {"line.contract_start": "2026-03-10"}),
        Case("合同起始不明", "failed", {"line.contract_start": None}),
        Case("其中一个月未缴费", "failed", {"line.insured_here": ["2026-03"]}),
        Case(
            "在其他单位缴费",
            "failed",
            {"line.insured_here": ["2026-03"], "line.insured_elsewhere": ["2026-04"]},
        ),
        Case(
            "派遣人员由派遣单位缴费",
            "passed",
            {"line.relation": "DISPATCHED_HERE", "line.insured_here": [], "line.insured_elsewhere": ["2026-03", "2026-04"]},
        ),
        Case(
            "四月数据未交付",
            "unknown",
            {"line.insured_here": ["2026-03"], "claim.insurance_months": ["2026-03"]},
        ),
        Case(
            "四月未交付、三月已确定未缴",
            "failed",
            {"line.insured_here": [], "claim.insurance_months": ["2026-03"]},
        ),
        Case("平台登记护理家政人员", "unknown", {"line.group": "P_CARE_PLATFORM", "line.insured_here": []}),
        Case("平台从业人员", "unknown", {"line.relation": "PLATFORM_WORKER", "line.insured_here": []}),
    ),
)
@LineCheck
def tr_01(context: ClassContext) -> Callable[[Sequence[LineFacts]], list[Outcome]]:
    """Contract dates include both ends; a month that was not delivered is unknown, never missing (part 15)."""
    start, end, months = context.klass.start, context.klass.end, context.months

    return lambda lines: [
        PASSED
        if line.insured_here == months
        and line.contract_start is not None
        and line.contract_start <= start
        and (line.contract_end is None or line.contract_end >= end)
        and line.group != CARE_PLATFORM_GROUP
        and line.relation != PLATFORM_WORKER
        else _closely(line, context)
        for line in lines
    ]


def _closely(line: LineFacts, context: ClassContext) -> Outcome:
    """A line that does not plainly pass; for dispatched workers the agency's payment counts."""
    if line.group == CARE_PLATFORM_GROUP or line.relation == PLATFORM_WORKER:
        return PLATFORM_UNKNOWN
    klass = context.klass
    paid = line.insured_here
    if line.relation == DISPATCHED_HERE:
        paid = (*paid, *line.insured_elsewhere)
    unpaid = [month for month in context.months if month not in paid]
    lacking = [month for month in unpaid if month in context.claim.insurance_months]
    contract_covers = (
        line.contract_start is not None
        and line.contract_start <= klass.start
        and (line.contract_end is None or line.contract_end >= klass.end)
    )
    if lacking or not contract_covers:
        return Failed(
            {
                "start": klass.start.isoformat(),
                "end": klass.end.isoformat(),
                "contract_start": None if line.contract_start is None else line.contract_start.isoformat(),
                "contract_end": None if line.contract_end is None else line.contract_end.isoformat(),
                "missing_months": "、".join(lacking),
            }
        )
    if unpaid:
        return Unknown("insurance_months", "社保缴费月份 " + "、".join(unpaid))
    return PASSED
