"""Worked examples: cases an officer can read, run through the same formulas as real claims and compared with what they expect.

Which product is computed by what is handed in, so that this room knows nothing of the rooms that compute.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from training_admin.kit.dated import DatedValue, NotInForce, Period, Policy, Standing, Unit, group_values
from training_admin.kit.money import fen_from_decimal, yuan
from training_admin.kit.refusals import Unreadable
from training_admin.kit.steps import Entitlement
from training_admin.kit.workdays import Calendar, NoCalendar, add_months
from training_admin.policy.canonical import NotAFigure, canonical, decimal_of
from training_admin.policy.packs import DEFAULT_PACK, PackNotFound

ALWAYS = Period(date(1900, 1, 1))
LARGEST_FILE_BYTES = 20_000_000
MOST_PEOPLE = 20_000
YEARS = range(1900, 2101)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIELD = re.compile(r"`([^`$]+)`")
_PLACE = re.compile(r"- at `\$\.?([^`]*)`")
T = TypeVar("T")


class ExamplesUnreadable(Unreadable):
    """Examples that cannot be run; `extra["problems"]` names example, place and cause of each."""

    code = "examples-unreadable"
    title = "案例无法识别"


class InputProblem(Exception):
    """An input of an example that cannot be understood: where it stands and what is wrong with it, in Chinese."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}：{message}")
        self.where = where
        self.message = message


class ExampleContext(msgspec.Struct, frozen=True):
    """What an example is computed with: figures with its overrides, the day that picks them, the calendar.

    `timeless` gives the figures of a named profile whatever the day (a class that names its own profile).
    """

    policy: Policy
    day: date
    calendar: Calendar
    timeless: Callable[[str], Policy]


Got = dict[str, Any]
Evaluator = Callable[[Mapping[str, Any], ExampleContext], Got]


class Workbench(msgspec.Struct, frozen=True):
    """What the examples need from the rooms to the right: packs by name, declared figures, an evaluator per product."""

    policy_of: Callable[[str], Policy]
    declared: Mapping[str, Unit]
    evaluators: Mapping[str, Evaluator]
    calendar: Calendar


class Example(msgspec.Struct, frozen=True):
    """One example as written; fields that only explain it are not read. A date example has no product.

    Overrides may stand beside the inputs or among them; those among them win.
    """

    id: str
    inputs: dict[str, Any]
    expected: Any = None
    override: dict[str, Any] = {}
    product: str = ""
    profile: str = DEFAULT_PACK
    on: date | None = None


class _ExampleFile(msgspec.Struct, frozen=True):
    examples: tuple[Example, ...] = ()
    date_examples: tuple[Example, ...] = ()


class ExampleResult(msgspec.Struct, frozen=True):
    """What came out of one example, and whether every expected key came out equal."""

    id: str
    got: Got
    holds: bool


def run_file(content: bytes, workbench: Workbench) -> list[ExampleResult]:
    """All examples of a file, in its order; raises ExamplesUnreadable when any of them cannot be run."""
    if len(content) > LARGEST_FILE_BYTES:
        raise ExamplesUnreadable("案例文件过大，应不超过20 MB。", problems=[])
    try:
        document = _DECODER.decode(content)
        if isinstance(document, list):
            document = {"examples": document}
        file = msgspec.convert(document, _ExampleFile)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ExamplesUnreadable("案例文件不是可识别的JSON，或案例缺少编号、输入。", problems=[], where=str(error)) from None
    return run_examples((*file.examples, *file.date_examples), workbench)


_DECODER = msgspec.json.Decoder(float_hook=decimal_of)


def run_examples(examples: tuple[Example, ...], workbench: Workbench) -> list[ExampleResult]:
    """All examples; raises ExamplesUnreadable naming every example that cannot be run, with place and cause."""
    results: list[ExampleResult] = []
    problems: list[dict[str, str]] = []
    for example in examples:
        try:
            got = run_example(example, workbench)
            results.append(ExampleResult(example.id, got, _holds(example, got)))
        except InputProblem as problem:
            problems.append({"example": example.id, "where": problem.where, "message": problem.message})
    if problems:
        first = problems[0]
        raise ExamplesUnreadable(
            f"有 {len(problems)} 个案例无法计算，第一个是 {first['example']} 的 {first['where']}：{first['message']}。",
            problems=problems,
        )
    return results


def run_example(example: Example, workbench: Workbench) -> Got:
    """One example; a figure that is not in force and a missing calendar hold it (VER-01, WD-02). Raises InputProblem."""
    _refuse_far_days(example.inputs, "inputs")
    if "fn" in example.inputs:
        return date_answer(example.inputs, workbench.calendar)
    evaluator = workbench.evaluators.get(example.product)
    if evaluator is None:
        raise InputProblem("product", f"没有产品 {example.product or '（空）'}，可用的有：{'、'.join(sorted(workbench.evaluators))}")
    if example.on is None or example.on.year not in YEARS:
        raise InputProblem("on", f"应有{YEARS.start}至{YEARS[-1]}年之间的适用日期")
    inputs = dict(example.inputs)
    override = (*_overrides(example.override, workbench.declared), *_overrides(inputs.pop("override", {}), workbench.declared))
    context = ExampleContext(
        policy=_with(_pack(workbench, example.profile), override),
        day=example.on,
        calendar=workbench.calendar,
        timeless=lambda name: _with(_whatever_the_day(_pack(workbench, name)), override),
    )
    try:
        return evaluator(inputs, context)
    except NotInForce as gap:
        return held("VER-01", gap.key)
    except NoCalendar as gap:
        return held("WD-02", str(gap.year))


def _pack(workbench: Workbench, name: str) -> Policy:
    try:
        return workbench.policy_of(name)
    except PackNotFound as refusal:
        raise InputProblem("profile", refusal.sentence) from None


def _refuse_far_days(value: Any, where: str) -> None:
    """Days that no calendar arithmetic can leave from; only the form of a day is looked at here."""
    if isinstance(value, str) and _DAY.fullmatch(value) and int(value[:4]) not in YEARS:
        raise InputProblem(where, f"日期应在{YEARS.start}至{YEARS[-1]}年之间")
    if isinstance(value, dict):
        for key, part in value.items():
            _refuse_far_days(part, str(key))
    if isinstance(value, list):
        for part in value:
            _refuse_far_days(part, where)


def held(rule: str, missing: str) -> Got:
    """An example that cannot be decided yet: nothing is payable and nothing is refused."""
    return {"amount": yuan(0), "outcome": "HOLD", "reason": rule, "missing": missing}


def _holds(example: Example, got: Got) -> bool:
    expected = example.expected
    if isinstance(expected, dict):
        return all(key in got and got[key] == value for key, value in expected.items())
    return expected is None or got.get("value") == expected


def _overrides(raw: Any, declared: Mapping[str, Unit]) -> tuple[DatedValue, ...]:
    if not isinstance(raw, dict):
        raise InputProblem("override", "应为“数值名称：值”")
    values = []
    for key, value in raw.items():
        if key not in declared:
            raise InputProblem(f"override.{key}", "没有这个数值")
        try:
            figure = canonical(key, declared[key], value)
        except NotAFigure as error:
            raise InputProblem(f"override.{key}", str(error)) from None
        values.append(DatedValue(key, figure, ALWAYS, "案例设定", Standing.ASSUMED, Standing.ASSUMED, "override"))
    return tuple(values)


def _with(policy: Policy, override: tuple[DatedValue, ...]) -> Policy:
    """The policy with figures replaced for every day; the replaced ones come last, so that they are found first."""
    values = dict(policy.values)
    for value in override:
        values[value.key] = (*values.get(value.key, ()), value)
    return msgspec.structs.replace(policy, values=values)


def _whatever_the_day(policy: Policy) -> Policy:
    """The last value of every figure, for all days (policy.md part 15: a class that names its own profile)."""
    latest = [max(rows, key=lambda row: row.period.start) for rows in policy.values.values()]
    return msgspec.structs.replace(policy, values=group_values(msgspec.structs.replace(value, period=ALWAYS) for value in latest))


def read_inputs(inputs: Mapping[str, Any], shape: type[T]) -> T:
    """Inputs in their shape; raises InputProblem naming an unknown, missing or wrong key."""
    try:
        return msgspec.convert(dict(inputs), shape)
    except msgspec.ValidationError as error:
        raise _input_problem(str(error)) from None


def _input_problem(text: str) -> InputProblem:
    place = _PLACE.search(text)
    prefix = "" if place is None else place[1]
    field = _FIELD.search(text)
    if field is not None and text.startswith("Object contains unknown field"):
        return InputProblem(_joined(prefix, field[1]), "不认识这个键")
    if field is not None and text.startswith("Object missing required field"):
        return InputProblem(_joined(prefix, field[1]), "缺少这个键")
    return InputProblem(prefix or "inputs", f"取值不符：{text.partition(' - at ')[0]}")


def _joined(prefix: str, field: str) -> str:
    return f"{prefix}.{field}" if prefix else field


def fen_of(amount: Decimal, where: str) -> int:
    """Fen of a non-negative amount in yuan; raises InputProblem."""
    fen = fen_from_decimal(amount)
    if fen is None or fen < 0:
        raise InputProblem(where, "应为不小于0、至多两位小数的金额（元）")
    return fen


def centihours_of(hours: Decimal, where: str) -> int:
    """Hundredths of a training hour; raises InputProblem."""
    scaled = hours * 100
    if not scaled.is_finite() or scaled < 0 or scaled != scaled.to_integral_value():
        raise InputProblem(where, "应为不小于0、至多两位小数的课时")
    return int(scaled)


def answer(outcome: str, amount_fen: int, *, reason: str | None = None, **amounts_fen: int) -> Got:
    """What came out: amounts in yuan with two decimals, the outcome, and the rule that refuses."""
    got: Got = {"amount": yuan(amount_fen), "outcome": outcome}
    if reason is not None:
        got["reason"] = reason
    got.update((name, yuan(value)) for name, value in amounts_fen.items())
    return got


def entitled(entitlement: Entitlement, **amounts_fen: int) -> Got:
    """What came out of an entitlement."""
    return answer(entitlement.outcome, entitlement.payable_fen, reason=entitlement.reason, **amounts_fen)


class _Counted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from"}):
    fn: str
    start: date
    n: int


class _Notice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fn: str
    posted: date
    n: int


class _Filing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fn: str
    start: date
    n: int


class _Edition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fn: str
    editions: dict[str, date]
    class_start: date


def date_answer(inputs: Mapping[str, Any], calendar: Calendar) -> Got:
    """The day a date example asks for, or ERROR_NO_CALENDAR (WD-01, WD-02, PUB-01, FILE-01, VER-01); raises InputProblem."""
    try:
        return {"value": _date_value(inputs, calendar)}
    except NoCalendar as gap:
        return {"value": gap.code}


def _date_value(inputs: Mapping[str, Any], calendar: Calendar) -> str:
    name = inputs["fn"]
    if name == "add_workdays":
        counted = read_inputs(inputs, _Counted)
        return calendar.add_workdays(counted.start, _count(counted.n)).isoformat()
    if name == "add_months":
        counted = read_inputs(inputs, _Counted)
        return add_months(counted.start, _count(counted.n)).isoformat()
    if name == "notice_ends":
        notice = read_inputs(inputs, _Notice)
        return calendar.add_workdays(notice.posted, _count(notice.n)).isoformat()
    if name == "latest_filing":
        filing = read_inputs(inputs, _Filing)
        return calendar.latest_before(filing.start, _count(filing.n)).isoformat()
    if name == "edition":
        asked = read_inputs(inputs, _Edition)
        begun = {edition: start for edition, start in asked.editions.items() if start <= asked.class_start}
        if not begun:
            raise InputProblem("class_start", "早于所有版本的起始日")
        return max(begun, key=begun.__getitem__)
    raise InputProblem("fn", "应为 add_workdays、add_months、notice_ends、latest_filing、edition 之一")


def _count(days: int) -> int:
    if not 0 <= days <= 2000:  # noqa: PLR2004 - the most the calendar counts
        raise InputProblem("n", "应为0至2000之间的整数")
    return days
