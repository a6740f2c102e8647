"""ENT-01 税收征管在本区 · the enterprise is taxed in the district and is a going concern."""

from datetime import date

from training_admin.kit.dated import Citation, FiguresOn, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, Unknown, rule
from training_admin.office.parameters import DISTRICT_CODE
from training_admin.subsidy.facts import ClaimFacts
from training_admin.subsidy.parameters import ENT_TAX_DISTRICT_REQUIRED

NOT_OPERATING = frozenset({"歇业", "停业", "非正常", "非正常户", "注销", "吊销"})


@rule(
    id="ENT-01",
    title="税收征管关系在本区且正常经营",
    scope=Scope.CLAIM,
    cite=Citation(
        paper="浦东新区2016年通知；杨府发〔2015〕18号",
        article="申报条件",
        text="税收征管关系在本区；歇业、非正常户除外",
        standing=Standing.FOUND,
        local_standing=Standing.FOUND,
    ),
    effect=Effect.REJECT_CLAIM,
    period=Period(date(2015, 1, 1)),
    reason="税务登记所在区为 {tax_district}，登记状态为“{status}”，要求税收征管在 {required} 且正常经营。",
    would_pass="税收征管关系在 {required} 且登记状态正常时可通过；请向税务部门核实登记信息。",
    unknown="企业登记信息尚未比对（{missing}）。",
    figures=(ENT_TAX_DISTRICT_REQUIRED.key, DISTRICT_CODE.key),
    cases=(
        Case("税收在本区、存续", "passed"),
        Case("税收在外区", "failed", {"enterprise.tax_district": "310115"}),
        Case("非正常户", "failed", {"enterprise.status": "非正常户"}),
        Case("登记信息未交付", "unknown", {"claim.enterprise": None}),
        Case("税务所在区未交付", "unknown", {"enterprise.tax_district": None}),
        Case("本区不作要求", "not_applicable", {"figures.ent.tax_district_required": False}),
    ),
)
def ent_01(claim: ClaimFacts, figures: FiguresOn) -> Outcome:
    """The tax record of the claimant against the district."""
    if not figures.at(ENT_TAX_DISTRICT_REQUIRED):
        return NotApplicable("not-required")
    enterprise = claim.enterprise
    if enterprise is None or enterprise.tax_district is None:
        return Unknown("enterprise_register", "企业登记信息")
    required = figures.at(DISTRICT_CODE)
    if enterprise.tax_district == required and enterprise.status not in NOT_OPERATING:
        return PASSED
    return Failed({"tax_district": enterprise.tax_district, "status": enterprise.status, "required": required})
