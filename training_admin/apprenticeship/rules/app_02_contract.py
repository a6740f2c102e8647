"""APP-02 合同 · an employment contract of at least a year, and insurance paid by the enterprise for every month."""

from datetime import date, timedelta

from training_admin.apprenticeship.facts import ApprenticeFacts, ProgrammeContext, Stage, months_of
from training_admin.apprenticeship.parameters import APP_CONTRACT_MONTHS_MIN
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, Number, Outcome, Scope, Unknown, rule
from training_admin.kit.workdays import age_in_months


@rule(
    id="APP-02",
    title="学徒劳动合同达到规定月数并由本企业缴费",
    scope=Scope.LINE,
    cite=Citation(
        paper="人社部发〔2021〕39号；重庆市学徒制办法",
        article="培养对象",
        text="与企业签订一年以上劳动合同",
        standing=Standing.FOUND,
        local_standing=Standing.FOUND,
    ),
    effect=Effect.REJECT_LINE,
    period=Period(date(2018, 10, 12)),
    reason="劳动合同 {contract_start} 至 {contract_end}（整月数：{lasting}，至少应为 {minimum}）；缺少本企业缴费的月份：{lacking}。",
    would_pass="劳动合同不少于 {minimum} 个月，且培养期内每个月都由本企业缴纳职工社会保险时可通过；如系补缴，请待登记数据更新后重新核验。",
    figures=(APP_CONTRACT_MONTHS_MIN.key,),
    unknown="待比对：{missing}。",
    cases=(
        Case("合同满一年，逐月缴费", "passed"),
        Case("无固定期限合同", "passed", {"apprentice.contract_end": None}),
        Case("合同少一日", "failed", {"apprentice.contract_end": "2026-12-30"}),
        Case("合同起始不明", "failed", {"apprentice.contract_start": None}),
        Case("其中一个月未缴费", "failed", {"apprentice.insured_here": ["2026-03"]}),
        Case("数据未交付的月份", "unknown", {"programme.insurance_months": ["2026-03"], "apprentice.insured_here": ["2026-03"]}),
        Case("离职当月起不要求缴费", "passed", {"apprentice.left_on": "2026-04-10", "apprentice.insured_here": ["2026-03"]}),
        Case(
            "预拨时只看已过去的月份",
            "passed",
            {"stage": "advance", "programme.as_of": "2026-04-15", "apprentice.insured_here": ["2026-03"]},
        ),
    ),
)
def app_02(apprentice: ApprenticeFacts, context: ProgrammeContext) -> Outcome:
    """Whole months of the contract; then the months of the term, for the advance those that are over. One not delivered is unknown."""
    programme, minimum = context.programme, context.figures.at(APP_CONTRACT_MONTHS_MIN)
    over = programme.as_of.strftime("%Y-%m")
    needed = [month for month in months_of(programme, apprentice) if context.stage is Stage.SETTLEMENT or month < over]
    unpaid = [month for month in needed if month not in apprentice.insured_here]
    lacking = [month for month in unpaid if month in programme.insurance_months]
    lasting = _lasting(apprentice)
    if lacking or lasting is None or (isinstance(lasting, int) and lasting < minimum):
        start, end = apprentice.contract_start, apprentice.contract_end
        return Failed(
            {
                "contract_start": None if start is None else start.isoformat(),
                "contract_end": None if end is None else end.isoformat(),
                "lasting": lasting,
                "minimum": minimum,
                "lacking": "、".join(lacking),
            }
        )
    return Unknown("insurance_months", "社保缴费月份 " + "、".join(unpaid)) if unpaid else PASSED


def _lasting(apprentice: ApprenticeFacts) -> Number:
    """Whole months of the contract, both ends included; None without a start."""
    if apprentice.contract_start is None:
        return None
    if apprentice.contract_end is None:
        return "无固定期限"
    return age_in_months(apprentice.contract_start, apprentice.contract_end + timedelta(days=1))
