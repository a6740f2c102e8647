"""EXAM-01 考核合格 · the required test was passed."""

from collections.abc import Callable, Sequence
from datetime import date

from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, rule
from training_admin.subsidy.context import ClassContext, LineCheck
from training_admin.subsidy.facts import LineFacts
from training_admin.subsidy.parameters import EXAM_REQUIRED

PASS_WORD = "合格"  # noqa: S105 - a word of the result list
NOT_REQUIRED = NotApplicable("not-required")


@rule(
    id="EXAM-01",
    title="结业考核合格",
    scope=Scope.LINE,
    cite=Citation(
        paper="杨府发〔2015〕18号；津人社局发〔2022〕20号",
        article="补贴条件",
        text="经考核合格或取得证书的，给予培训费补贴",
        standing=Standing.FOUND,
        local_standing=Standing.FOUND,
    ),
    effect=Effect.REJECT_LINE,
    period=Period(date(2015, 1, 1)),
    reason="考核结果为“{result}”，须为“合格”。",
    would_pass="考核结果为“合格”时可通过；补考合格后可就该班补报。",
    figures=(EXAM_REQUIRED.key,),
    cases=(
        Case("合格", "passed"),
        Case("不合格", "failed", {"line.exam_result": "不合格"}),
        Case("缺考", "failed", {"line.exam_result": "缺考"}),
        Case("政策不要求考核", "not_applicable", {"figures.exam.required": False}),
    ),
)
@LineCheck
def exam_01(context: ClassContext) -> Callable[[Sequence[LineFacts]], list[Outcome]]:
    """The result filed for the person."""
    if not context.figures.at(EXAM_REQUIRED):
        return lambda lines: [NOT_REQUIRED] * len(lines)
    return lambda lines: [PASSED if line.exam_result == PASS_WORD else Failed({"result": line.exam_result}) for line in lines]
