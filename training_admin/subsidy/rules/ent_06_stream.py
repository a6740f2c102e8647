"""ENT-06 项目类别 · a class belongs to one of the four streams."""

from datetime import date

from training_admin.catalog.facts import STREAMS
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, rule
from training_admin.subsidy.context import ClassContext
from training_admin.subsidy.facts import ClassFacts


@rule(
    id="ENT-06",
    title="培训班属于四类补贴项目之一",
    scope=Scope.CLASS,
    cite=Citation(
        paper="松江区企业职工职业培训补贴（2018年）",
        article="项目类别",
        text="职业技能类、专业技术类、岗位能力类、综合素质类",
        standing=Standing.FOUND,
        local_standing=Standing.FOUND_OLD,
    ),
    effect=Effect.REJECT_CLASS,
    period=Period(date(2015, 1, 1)),
    reason="备案的培训类别为“{stream}”，不在四类之内。",
    would_pass="备案类别为职业技能类、专业技术类、岗位能力类或综合素质类时可通过；请先办理备案变更。",
    cases=(
        Case("职业技能类", "passed"),
        Case("类别不在四类之内", "failed", {"class.stream": "兴趣爱好类"}),
        Case("未备案的班级", "not_applicable", {"class.filed": False}),
    ),
)
def ent_06(klass: ClassFacts, context: ClassContext) -> Outcome:
    """The filed stream against the four known ones."""
    del context
    if not klass.registered:
        return NotApplicable("not-filed")
    return PASSED if klass.stream in STREAMS else Failed({"stream": klass.stream})
