"""APP-06 双导师 · a high-skilled enterprise mentor and an institution teacher for each apprentice."""

from datetime import date

from training_admin.apprenticeship.facts import ProgrammeContext, ProgrammeFacts
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, Outcome, Scope, rule


@rule(
    id="APP-06",
    title="每名学徒都有高技能企业导师和机构指导教师",
    scope=Scope.CLASS,
    cite=Citation(
        paper="人社部发〔2018〕66号；人社部发〔2021〕39号",
        article="双导师制",
        text="企业选拔优秀高技能人才担任学徒的企业导师，培训机构为学徒安排指导教师",
        standing=Standing.FOUND,
        local_standing=Standing.FOUND,
    ),
    effect=Effect.REJECT_CLASS,
    period=Period(date(2018, 10, 12)),
    reason="没有企业导师的学徒 {without_mentor} 人，没有培训机构指导教师的学徒 {without_teacher} 人，"
    "导师不是高技能人才（三级以上）的学徒 {not_skilled} 人。",
    would_pass="每名学徒都有三级/高级工以上的企业导师和培训机构指导教师时可通过。",
    cases=(
        Case("都有", "passed"),
        Case("一人没有企业导师", "failed", {"apprentice.mentor": ""}),
        Case("一人没有指导教师", "failed", {"apprentice.teacher": ""}),
        Case("导师等级不够", "failed", {"programme.high_skilled": []}),
    ),
)
def app_06(programme: ProgrammeFacts, context: ProgrammeContext) -> Outcome:
    """Tutors of each apprentice, and whether the mentor is high-skilled."""
    del context
    without_mentor = sum(1 for each in programme.apprentices if not each.mentor)
    without_teacher = sum(1 for each in programme.apprentices if not each.teacher)
    not_skilled = sum(1 for each in programme.apprentices if each.mentor and each.mentor not in programme.high_skilled)
    if without_mentor + without_teacher + not_skilled == 0:
        return PASSED
    return Failed({"without_mentor": without_mentor, "without_teacher": without_teacher, "not_skilled": not_skilled})
