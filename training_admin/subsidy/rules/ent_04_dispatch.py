"""ENT-04 派遣 · dispatched workers are claimed by the unit that uses them; an agency claims only its own staff."""

from collections.abc import Callable, Sequence
from datetime import date

from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, rule
from training_admin.subsidy.context import ClassContext, LineCheck
from training_admin.subsidy.facts import DISPATCHED_HERE, DISPATCHED_TO_OTHER, LineFacts
from training_admin.subsidy.parameters import ENT_DISPATCH_ONLY_EXCLUDED

AGENCY = "DISPATCH_AGENCY"
DISPATCHED = frozenset({DISPATCHED_HERE, DISPATCHED_TO_OTHER})
NOT_DISPATCHED = NotApplicable("not-dispatched")


@rule(
    id="ENT-04",
    title="劳务派遣人员由用工单位申报",
    scope=Scope.LINE,
    cite=Citation(
        paper="沪人社职〔2020〕49号；沪人社规〔2022〕10号",
        article="补贴对象",
        text="劳务派遣人员由实际用工单位申报，专营劳务派遣的企业除外",
        standing=Standing.FOUND,
        local_standing=Standing.FOUND,
    ),
    effect=Effect.REJECT_LINE,
    period=Period(date(2015, 1, 1)),
    reason="本人用工关系为 {relation}，申报单位类型为 {claimant}：派遣人员应由实际用工单位申报。",
    would_pass="由实际用工单位申报该人员即可；派遣单位只能申报本单位自有职工。",
    figures=(ENT_DISPATCH_ONLY_EXCLUDED.key,),
    cases=(
        Case("用工单位申报派遣人员", "passed", {"line.relation": "DISPATCHED_HERE"}),
        Case(
            "派遣单位申报派出人员",
            "failed",
            {"line.relation": "DISPATCHED_TO_OTHER", "enterprise.kind": "DISPATCH_AGENCY"},
        ),
        Case("派出到其他单位", "failed", {"line.relation": "DISPATCHED_TO_OTHER"}),
        Case("派遣单位以用工单位名义申报", "failed", {"line.relation": "DISPATCHED_HERE", "enterprise.kind": "DISPATCH_AGENCY"}),
        Case("本单位职工", "not_applicable"),
        Case(
            "派遣单位不除外",
            "passed",
            {
                "line.relation": "DISPATCHED_HERE",
                "enterprise.kind": "DISPATCH_AGENCY",
                "figures.ent.dispatch_only_excluded": False,
            },
        ),
    ),
)
@LineCheck
def ent_04(context: ClassContext) -> Callable[[Sequence[LineFacts]], list[Outcome]]:
    """Who dispatches, who claims."""
    enterprise = context.claim.enterprise
    claimant = "ENTERPRISE" if enterprise is None else enterprise.kind

    def of_dispatched(line: LineFacts) -> Outcome:
        agency_refused = claimant == AGENCY and context.figures.at(ENT_DISPATCH_ONLY_EXCLUDED)
        if line.relation == DISPATCHED_TO_OTHER or agency_refused:
            return Failed({"relation": line.relation, "claimant": claimant})
        return PASSED

    return lambda lines: [of_dispatched(line) if line.relation in DISPATCHED else NOT_DISPATCHED for line in lines]
