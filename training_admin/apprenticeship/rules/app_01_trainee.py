"""APP-01 培养对象 · newly hired, transferred or in-service staff on a skilled post."""

from datetime import date

from training_admin.apprenticeship.facts import ApprenticeFacts, ProgrammeContext
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, Outcome, Scope, Unknown, rule

WAYS = frozenset({"hired", "transferred", "in_service"})


@rule(
    id="APP-01",
    title="学徒是技能岗位上新招用、转岗或在岗的职工",
    scope=Scope.LINE,
    cite=Citation(
        paper="人社部发〔2018〕66号；人社部发〔2021〕39号；职业教育法",
        article="培养对象；第三十条",
        text="以技能岗位新招用和转岗等人员为主要培养对象；企业可以对新招用职工、在岗职工和转岗职工进行学徒培训",
        standing=Standing.FOUND,
        local_standing=Standing.FOUND,
    ),
    effect=Effect.REJECT_LINE,
    period=Period(date(2018, 10, 12)),
    reason="进入岗位的方式为“{joined_as}”，属于技能岗位：{skilled}。",
    would_pass="在技能岗位上新招用、转岗或者在岗的职工可通过；岗位登记有误的，请更正后重新核验。",
    unknown="待比对：{missing}。",
    cases=(
        Case("新招用，技能岗位", "passed"),
        Case("转岗", "passed", {"apprentice.joined_as": "transferred"}),
        Case("在岗职工", "passed", {"apprentice.joined_as": "in_service"}),
        Case("其他人员", "failed", {"apprentice.joined_as": "intern"}),
        Case("不是技能岗位", "failed", {"apprentice.skilled_post": False}),
        Case("岗位类别未登记", "unknown", {"apprentice.skilled_post": None}),
    ),
)
def app_01(apprentice: ApprenticeFacts, context: ProgrammeContext) -> Outcome:
    """How the apprentice came to the post, then whether it is a skilled one; a post not told is unknown."""
    del context
    known_way = apprentice.joined_as in WAYS
    if known_way and apprentice.skilled_post is None:
        return Unknown("skilled_post", "学徒岗位类别")
    if known_way and apprentice.skilled_post:
        return PASSED
    return Failed({"joined_as": apprentice.joined_as, "skilled": apprentice.skilled_post})
