"""APP-07 带徒人数 · apprentices per enterprise mentor over all running programmes."""

from datetime import date

from training_admin.apprenticeship.facts import ProgrammeContext, ProgrammeFacts
from training_admin.apprenticeship.parameters import APP_MENTOR_MAX
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, Outcome, Scope, rule


@rule(
    id="APP-07",
    title="每名企业导师带徒人数不超过上限",
    scope=Scope.CLASS,
    cite=Citation(
        paper="天津市企业新型学徒制办理指南；重庆市学徒制办法",
        article="导师配备",
        text="每名导师带徒不超过8人（天津）；师徒比不超过1:10（重庆）",
        standing=Standing.FOUND,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.REJECT_CLASS,
    period=Period(date(2018, 10, 12)),
    reason="有 {over} 名企业导师超过带徒上限 {most} 人，最多的带 {heads} 人（在办项目合计）。",
    would_pass="每名企业导师在全部在办项目中合计带徒不超过 {most} 人时可通过。",
    figures=(APP_MENTOR_MAX.key,),
    cases=(
        Case("恰为上限", "passed", {"programme.mentor_heads": {"m": 8}}),
        Case("超过上限", "failed", {"programme.mentor_heads": {"m": 9}}),
        Case("别的班的导师不论", "passed", {"programme.mentor_heads": {"m": 2, "other": 20}}),
    ),
)
def app_07(programme: ProgrammeFacts, context: ProgrammeContext) -> Outcome:
    """The mentors of this programme, each with all apprentices he has in the district."""
    most = context.figures.at(APP_MENTOR_MAX)
    mentors = {each.mentor for each in programme.apprentices if each.mentor}
    over = [programme.mentor_heads.get(each, 0) for each in mentors if programme.mentor_heads.get(each, 0) > most]
    return Failed({"over": len(over), "heads": max(over), "most": most}) if over else PASSED
