"""APP-05 工资 · at least one apprentice who finished was paid the minimum wage in every month."""

from datetime import date

from training_admin.apprenticeship.facts import Programme, ProgrammeContext
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, rule


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
    reason="完成培训的 {finished} 人中，每月实发工资达到最低工资标准的 {wage_ok} 人。",
    would_pass="每月实发工资（不含个人缴纳的社会保险费）不低于最低工资标准的学徒可以补贴。",
    cases=(
        Case("工资都达标", "passed"),
        Case("一人工资未达标", "passed", {"completion.wage_ok": 3}),
        Case("没有人工资达标", "failed", {"completion.wage_ok": 0}),
        Case("没有人完成培训", "not_applicable", {"completion.certified": 0, "completion.wage_ok": 0}),
    ),
)
def app_05(programme: Programme, context: ProgrammeContext) -> Outcome:
    """Single apprentices below the minimum are left out of the sum; only when nobody is left every line is refused."""
    del programme
    finished = context.completion.certified + context.completion.completed_only
    if finished == 0:
        return NotApplicable("nobody-finished")
    if context.completion.wage_ok > 0:
        return PASSED
    return Failed({"finished": finished, "wage_ok": 0})
