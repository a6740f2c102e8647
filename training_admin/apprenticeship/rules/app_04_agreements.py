"""APP-04 协议 · cooperation agreement with the institution and an agreement with each apprentice before the start."""

from datetime import date

from training_admin.apprenticeship.facts import ProgrammeContext, ProgrammeFacts
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, Outcome, Scope, rule


@rule(
    id="APP-04",
    title="开班前签订合作协议和培养协议",
    scope=Scope.CLASS,
    cite=Citation(
        paper="职业教育法；武汉市学徒制办法；重庆市学徒制办法",
        article="第三十条；协议签订",
        text="企业与培训机构签订合作协议，明确培训方式、内容、期限、费用、双方责任；企业与学徒签订培养协议",
        standing=Standing.FOUND,
        local_standing=Standing.FOUND,
    ),
    effect=Effect.REJECT_CLASS,
    period=Period(date(2018, 10, 12)),
    reason="合作协议签订日：{cooperation_on}；开班日 {start} 前未签培养协议的学徒 {without} 人。",
    would_pass="合作协议和每名学徒的培养协议都在开班日 {start} 或之前签订时可通过。",
    cases=(
        Case("都在开班前签订", "passed"),
        Case("开班当日签订", "passed", {"programme.cooperation_on": "2026-03-02", "apprentice.agreement_on": "2026-03-02"}),
        Case("没有合作协议", "failed", {"programme.cooperation_on": None}),
        Case("开班后才签合作协议", "failed", {"programme.cooperation_on": "2026-03-03"}),
        Case("一人没有培养协议", "failed", {"apprentice.agreement_on": None}),
        Case("一人开班后才签", "failed", {"apprentice.agreement_on": "2026-03-03"}),
    ),
)
def app_04(programme: ProgrammeFacts, context: ProgrammeContext) -> Outcome:
    """Days of both kinds of agreement; the day of the start is in time."""
    del context
    start, signed = programme.start, programme.cooperation_on
    without = sum(1 for each in programme.apprentices if each.agreement_on is None or each.agreement_on > start)
    if without == 0 and signed is not None and signed <= start:
        return PASSED
    return Failed({"cooperation_on": None if signed is None else signed.isoformat(), "start": start.isoformat(), "without": without})
