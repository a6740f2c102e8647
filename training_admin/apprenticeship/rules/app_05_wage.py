"""APP-05 工资 · the net wage of each whole month of the term reaches the minimum wage in force in that month."""

from datetime import date

from training_admin.apprenticeship.facts import ApprenticeFacts, ProgrammeContext, months_of
from training_admin.apprenticeship.parameters import APP_WAGE_MIN_MONTH
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, Unknown, rule


@rule(
    id="APP-05",
    title="学徒每月实发工资不低于最低工资标准",
    scope=Scope.LINE,
    cite=Citation(
        paper="人社部发〔2018〕66号；人社部发〔2021〕39号；沪人社规〔2025〕10号",
        article="学徒待遇",
        text="学徒在学习培训期间，企业应当按照劳动合同法的规定支付工资，且工资不得低于企业所在地最低工资标准",
        standing=Standing.FOUND,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.REJECT_LINE,
    period=Period(date(2018, 10, 12)),
    reason="{month} 实发工资 {net_wage_fen} 元，低于当月最低工资标准 {minimum_fen} 元；培养期内共有 {below} 个月低于标准。",
    would_pass="培养期内每个整月的实发工资（不含个人缴纳的社会保险费）都不低于当月最低工资标准时可通过；记录有误的，请更正后重新核验。",
    figures=(APP_WAGE_MIN_MONTH.key,),
    unknown="待比对：{missing}。",
    cases=(
        Case("每月恰为最低工资", "passed"),
        Case("一个月少一分", "failed", {"wages": {"2026-05": 273999}}),
        Case("一个月少一分，另一个月未记录", "failed", {"wages": {"2026-05": 273999, "2026-06": None}}),
        Case("一个月工资未记录", "unknown", {"wages": {"2026-05": None}}),
        Case("没有月度记录", "unknown", {"apprentice.months": []}),
        Case("不满整月的月份不比较", "passed", {"apprentice.contract_start": "2026-03-02", "wages": {"2026-03": 100}}),
        Case("开班当月离职", "not_applicable", {"apprentice.left_on": "2026-03-20"}),
    ),
)
def app_05(apprentice: ApprenticeFacts, context: ProgrammeContext) -> Outcome:
    """Months that he was employed for whole, each against the figure of its first day; a wage not told is unknown."""
    told = {each.month: each.net_wage_fen for each in apprentice.months}
    whole = [month for month in months_of(context.programme, apprentice) if _covered(apprentice, date.fromisoformat(f"{month}-01"))]
    if not whole:
        return NotApplicable("no-whole-month")
    below: list[tuple[str, int, int]] = []
    for month in whole:
        wage, minimum = told.get(month), context.figures.policy.at(APP_WAGE_MIN_MONTH, date.fromisoformat(f"{month}-01"))
        if wage is not None and wage < minimum:
            below.append((month, wage, minimum))
    if below:
        month, wage, minimum = below[0]
        return Failed({"month": month, "net_wage_fen": wage, "minimum_fen": minimum, "below": len(below)})
    missing = [month for month in whole if told.get(month) is None]
    return Unknown("net_wage", "实发工资 " + "、".join(missing)) if missing else PASSED


def _covered(apprentice: ApprenticeFacts, first: date) -> bool:
    """Whether he was employed from the first day of the month on: the minimum wage is that of a whole month."""
    return apprentice.contract_start is None or apprentice.contract_start <= first
