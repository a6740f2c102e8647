"""CLAIM-04 同班重复人员 · the second and later appearance of one identity number in one class is refused."""

from collections.abc import Callable, Sequence
from datetime import date

from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, Number, Outcome, Scope, rule
from training_admin.subsidy.context import ClassContext, LineCheck
from training_admin.subsidy.facts import LineFacts, PaidLine

# Why a row repeats another: that one was paid by an earlier claim.
PAID_HERE = "PAID_HERE"


@rule(
    id="CLAIM-04",
    title="同一班级内人员不重复",
    scope=Scope.LINE,
    cite=Citation(
        paper="本系统口径",
        article="CLAIM-04",
        text="同一证件号码在同一班级内第二次及以后出现的，不论前一行结果如何，不予补贴",
        standing=Standing.ASSUMED,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.REJECT_LINE,
    period=Period(date(2015, 1, 1)),
    reason="该证件号码在本班第 {first_row} 行已出现。",
    would_pass="删除重复的一行即可；如为不同人员，请更正证件号码。",
    cases=(
        Case("首次出现", "passed"),
        Case("再次出现", "failed", {"line.first_row": 4}),
    ),
)
@LineCheck
def claim_04(context: ClassContext) -> Callable[[Sequence[LineFacts]], list[Outcome]]:
    """The row against the first row of the same person in the class, of this claim or of one that was paid; it runs no other rule."""
    del context
    return lambda lines: [PASSED if line.first_row is None else Failed(_figures(line, line.first_row)) for line in lines]


def _figures(line: LineFacts, first_row: int) -> dict[str, Number]:
    if not isinstance(line, PaidLine):
        return {"first_row": first_row}
    return {"first_row": first_row, "cause": PAID_HERE, "paid_in": line.paid_in, "paid_on": line.paid_on.isoformat()}
