"""CLS-02 班额 · class size within the limits; too small is only a warning."""

from datetime import date

from training_admin.catalog.parameters import CLASS_SIZE_MAX, CLASS_SIZE_MIN
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Number, Outcome, Scope, rule
from training_admin.subsidy.context import ClassContext
from training_admin.subsidy.facts import ClassFacts


@rule(
    id="CLS-02",
    title="班额在规定范围内",
    scope=Scope.CLASS,
    cite=Citation(
        paper="津人社办发〔2022〕60号",
        article="第二十条",
        text="超出核定班额开班属于违规情形",
        standing=Standing.FOUND,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.REJECT_CLASS,
    period=Period(date(2020, 1, 1)),
    reason="备案人数 {enrolled} 人，规定为 {minimum} 至 {maximum} 人。",
    would_pass="备案人数在 {minimum} 至 {maximum} 人之间时可通过。",
    figures=(CLASS_SIZE_MAX.key, CLASS_SIZE_MIN.key),
    cases=(
        Case("25人", "passed"),
        Case("恰为上限", "passed", {"class.enrolled": 50}),
        Case("超过上限", "failed", {"class.enrolled": 51}),
        Case("低于下限", "failed:WARN", {"class.enrolled": 4}),
        Case("恰为下限", "passed", {"class.enrolled": 5}),
        Case("未备案的班级", "not_applicable", {"class.filed": False}),
    ),
)
def cls_02(klass: ClassFacts, context: ClassContext) -> Outcome:
    """Enrolled people of the filing against both limits (part 15: below the minimum is WARN)."""
    if not klass.registered:
        return NotApplicable("not-filed")
    minimum, maximum = context.figures.at(CLASS_SIZE_MIN), context.figures.at(CLASS_SIZE_MAX)
    figures: dict[str, Number] = {"enrolled": klass.enrolled, "minimum": minimum, "maximum": maximum}
    if klass.enrolled > maximum:
        return Failed(figures)
    if klass.enrolled < minimum:
        return Failed(figures, effect=Effect.WARN)
    return PASSED
