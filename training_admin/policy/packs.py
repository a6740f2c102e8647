"""Policy packs as files: one district's figures, formulas, rule effects and cases, read strictly into a `Policy`."""

from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from training_admin.kit.dated import DatedValue, Figure, Period, Policy, Standing, Unit, group_values
from training_admin.kit.refusals import NotFound, Unreadable
from training_admin.kit.rulebook import Effect
from training_admin.policy.canonical import NotAFigure, canonical, decimal_of

DEFAULT_PACK = "sj-default-2026"
CEILING_MODES = ("BY_SURCHARGE", "NONE")
HOLD_STAGES = ("ASSESSMENT", "PAYMENT")
FLOOR_KEY = "app.floor"
STANDARD_PREFIX = "app.standard."
LARGEST_PACK_BYTES = 4_000_000
Declared = Mapping[str, Unit]


class PackNotFound(NotFound):
    """No pack of this name is shipped and no such file exists."""

    code = "policy-pack-not-found"
    title = "未找到政策包"


class PackUnreadable(Unreadable):
    """The pack does not hold together; `extra["problems"]` names key, row and cause of each."""

    code = "policy-pack-unreadable"
    title = "政策包无法采用"


class PackFigure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from", "end": "to"}):
    """One dated value as written in the file: decimal strings and words, both standings, both days included."""

    key: str
    name: str
    unit: str
    value: Any
    start: date
    end: date | None
    paper: str
    standing: Standing
    local_standing: Standing
    note: str = ""


class PackFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from", "end": "to"}):
    """A pack as written. `cases` are worked examples that must hold before the pack can be adopted."""

    pack: str
    version: str
    title: str
    district: str
    district_name: str
    start: date
    end: date | None
    basis: str
    formulas: dict[str, str]
    ceiling_mode: str
    effects: dict[str, str]
    rules_off: tuple[str, ...]
    holds: dict[str, str]
    figures: tuple[PackFigure, ...]
    cases: tuple[dict[str, Any], ...]


class PolicyPack(msgspec.Struct, frozen=True):
    """A pack that was read: the file, and the policy it makes. `names` are the Chinese names of the keys."""

    file: PackFile
    policy: Policy
    names: dict[str, str]


class PackProblem(msgspec.Struct, frozen=True):
    """What is wrong at one place of a pack; `row` counts the figures from 1, 0 is the head of the file."""

    row: int
    key: str
    message: str


_DECODER = msgspec.json.Decoder(float_hook=decimal_of)


def shipped_packs() -> tuple[str, ...]:
    """The names of the packs that come with the program."""
    folder = files("training_admin.policy").joinpath("packs")
    return tuple(sorted(entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json")))


def load_pack(name: str, *, declared: Declared | None = None) -> Policy:
    """The policy of a shipped pack or of a pack file; raises PackNotFound, PackUnreadable."""
    return open_pack(name, declared=declared).policy


def open_pack(name: str, *, declared: Declared | None = None) -> PolicyPack:
    """A shipped pack by name, or a pack file by path, with everything the file says; raises PackNotFound, PackUnreadable."""
    path = Path(name)
    if name in shipped_packs() or not path.is_file():
        return open_shipped(name, declared=declared)
    if path.stat().st_size > LARGEST_PACK_BYTES:
        raise PackUnreadable("政策包文件过大，应不超过4 MB。", problems=[])
    return read_pack(path.read_bytes(), declared=declared)


def open_shipped(name: str, *, declared: Declared | None = None) -> PolicyPack:
    """A shipped pack by its name; names that come from files must go through here. Raises PackNotFound."""
    if name not in shipped_packs():
        raise PackNotFound("没有这个名称的政策包；自带的政策包为：" + "、".join(shipped_packs()), pack=Path(name).name)
    return read_pack(files("training_admin.policy").joinpath("packs", f"{name}.json").read_bytes(), declared=declared)


def read_pack(content: bytes, *, declared: Declared | None = None) -> PolicyPack:
    """A pack from the bytes of its file. With `declared`, unknown keys and other units than declared are refused too."""
    try:
        file = msgspec.convert(_DECODER.decode(content), PackFile)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise PackUnreadable("政策包不是可识别的JSON，或缺少栏目、栏目类型不符。", problems=[], where=str(error)) from None
    values, problems = _values(file, declared)
    problems += _head_problems(file) + _overlaps(values) + _below_floor(values)
    if problems:
        first = problems[0]
        raise PackUnreadable(
            f"政策包有 {len(problems)} 处问题，第一处在第 {first.row} 行 {first.key}：{first.message}。请更正后重新检查。",
            problems=[msgspec.to_builtins(problem) for problem in problems],
        )
    policy = Policy(
        pack=file.pack,
        version=file.version,
        values=group_values(value for _, value in values),
        formulas=file.formulas,
        effects=file.effects,
        rules_off=file.rules_off,
        holds=file.holds,
        ceiling_mode=file.ceiling_mode,
    )
    return PolicyPack(file=file, policy=policy, names={figure.key: figure.name for figure in file.figures})


_Rows = list[tuple[int, DatedValue]]


def _values(file: PackFile, declared: Declared | None) -> tuple[_Rows, list[PackProblem]]:
    values: _Rows = []
    problems: list[PackProblem] = []
    for row, figure in enumerate(file.figures, start=1):
        try:
            values.append((row, dated_value(figure, declared)))
        except NotAFigure as error:
            problems.append(PackProblem(row, figure.key, str(error)))
    return values, problems


def dated_value(figure: PackFigure, declared: Declared | None) -> DatedValue:
    """One row of a pack in canonical units; raises NotAFigure with the cause in Chinese."""
    if figure.unit not in Unit.__members__:
        raise NotAFigure(f"未知的单位 {figure.unit}")
    unit = Unit[figure.unit]
    if declared is not None:
        if figure.key not in declared:
            raise NotAFigure("程序没有声明这个数值")
        if declared[figure.key] is not unit:
            raise NotAFigure(f"单位应为 {declared[figure.key].name}")
    if figure.end is not None and figure.end < figure.start:
        raise NotAFigure("截止日早于起始日")
    return DatedValue(
        key=figure.key,
        value=canonical(figure.key, unit, figure.value),
        period=Period(figure.start, figure.end),
        paper=figure.paper,
        standing=figure.standing,
        local_standing=figure.local_standing,
        note=figure.note,
    )


def _head_problems(file: PackFile) -> list[PackProblem]:
    problems = []
    if file.end is not None and file.end < file.start:
        problems.append(PackProblem(0, "to", "政策包截止日早于起始日"))
    if file.ceiling_mode not in CEILING_MODES:
        problems.append(PackProblem(0, "ceiling_mode", f"应为 {'、'.join(CEILING_MODES)} 之一"))
    problems += [
        PackProblem(0, f"effects.{rule}", f"应为 {'、'.join(Effect.__members__)} 之一")
        for rule, effect in file.effects.items()
        if effect not in Effect.__members__
    ]
    problems += [
        PackProblem(0, f"holds.{name}", f"应写作“规则编号/事实”，取值为 {'、'.join(HOLD_STAGES)} 之一")
        for name, stage in file.holds.items()
        if stage not in HOLD_STAGES or name.count("/") != 1
    ]
    return problems


def _overlaps(values: _Rows) -> list[PackProblem]:
    problems = []
    by_start = sorted(values, key=lambda item: (item[1].key, item[1].period.start, item[0]))
    for (_, before), (row, after) in pairwise(by_start):
        if before.key == after.key and (before.period.end is None or after.period.start <= before.period.end):
            problems.append(PackProblem(row, after.key, "与同一数值的另一行在时间上重叠"))
    return problems


def _below_floor(values: _Rows) -> list[PackProblem]:
    """National floor of the apprenticeship standard (人社部发〔2021〕39号): a lower district figure is refused (APP-20)."""
    floors = [value for _, value in values if value.key == FLOOR_KEY]
    return [
        PackProblem(row, value.key, f"低于同期国家最低标准 {_yuan_floor(floor.value)} 元")
        for row, value in values
        if value.key.startswith(STANDARD_PREFIX)
        for floor in floors
        if _meet(value.period, floor.period) and _as_int(value.value) < _as_int(floor.value)
    ]


def _meet(one: Period, other: Period) -> bool:
    return (one.end is None or other.start <= one.end) and (other.end is None or one.start <= other.end)


def _as_int(value: Figure) -> int:
    assert isinstance(value, int)
    return value


def _yuan_floor(value: Figure) -> int:
    return _as_int(value) // 100
