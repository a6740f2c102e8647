"""Dated figures with two clocks: in force on a day, known since an instant. Nothing silent before the first value."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

import msgspec

Figure = int | str | bool | tuple[int, ...] | dict[str, int]
T = TypeVar("T", bound=Figure)


class Unit(StrEnum):
    """What a figure counts; the value is the word shown on screen."""

    FEN = "元"
    SHARE_BP = "比例"
    FACTOR_BP = "系数"
    FEN_PER_HOUR = "元/课时"
    HOURS = "课时"
    MINUTES = "分钟"
    PEOPLE = "人"
    TIMES = "次"
    DAYS = "天"
    WORKDAYS = "工作日"
    MONTHS = "个月"
    YEARS = "年"
    DIGITS = "位"
    POINTS = "分"
    CODE = "代码"
    CHOICE = "选项"
    SWITCH = "是否"
    SHARE_RANGE_BP = "比例区间"
    GRADES = "等级线"
    DAY_OF_YEAR = "月-日"


class Standing(StrEnum):
    """How firmly a statement stands (policy.md, head): found in a source, own knowledge, or an assumption."""

    FOUND = "S"
    FOUND_OLD = "S-old"
    KNOWN = "K"
    ASSUMED = "A"

    @property
    def words(self) -> str:
        """The standing as a user reads it."""
        return {"S": "有据", "S-old": "有据（旧规，现行效力未知）", "K": "已知", "A": "暂定（非政策规定）"}[self.value]


class Citation(msgspec.Struct, frozen=True):
    """Where a rule or figure comes from: paper, article, the words relied upon, and how firmly it stands here."""

    paper: str
    article: str
    text: str
    standing: Standing
    local_standing: Standing


class Period(msgspec.Struct, frozen=True):
    """A stretch of days, both ends included; no end means until further notice."""

    start: date
    end: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the day lies inside."""
        return self.start <= day and (self.end is None or day <= self.end)


class Parameter(msgspec.Struct, Generic[T], frozen=True):
    """A declared figure: its key in the packs, its unit and its meaning. The dated values live in policy packs."""

    key: str
    unit: Unit
    meaning: str


class DatedValue(msgspec.Struct, frozen=True):
    """One value of a figure: when it is in force, since when it is known, its paper and both standings.

    `known_since` None means known from the beginning (it came with the pack). Values are canonical: fen, basis points,
    whole numbers, words, switches, ranges of basis points.
    """

    key: str
    value: Figure
    period: Period
    paper: str
    standing: Standing
    local_standing: Standing
    note: str = ""
    known_since: datetime | None = None


class NotInForce(Exception):
    """No value of the figure is in force on the day (VER-01): the service turns it into HOLD, never into zero."""

    def __init__(self, key: str, day: date) -> None:
        super().__init__(f"{key} has no value in force on {day}")
        self.key = key
        self.day = day


class Policy(msgspec.Struct, frozen=True):
    """All figures of one pack as known at one instant, with the pack's choices.

    `formulas` names the price formula of each stream, `effects` overrides the effect of a rule, `rules_off` leaves
    rules out, `holds` says per `RULE/fact` at which stage an unknown fact holds a line (ASSESSMENT or PAYMENT).
    """

    pack: str
    version: str
    values: dict[str, tuple[DatedValue, ...]]
    formulas: dict[str, str] = {}
    effects: dict[str, str] = {}
    rules_off: tuple[str, ...] = ()
    holds: dict[str, str] = {}
    ceiling_mode: str = "BY_SURCHARGE"

    def dated(self, parameter: Parameter[T], day: date) -> DatedValue:
        """The value in force on the day with its paper and standing.

        Where several lines cover the day, the one known last wins; raises NotInForce before the first or in a gap.
        """
        for value in reversed(self.values.get(parameter.key, ())):
            if value.period.covers(day):
                return value
        raise NotInForce(parameter.key, day)

    def at(self, parameter: Parameter[T], day: date) -> T:
        """The bare value in force on the day; raises NotInForce."""
        value: T = self.dated(parameter, day).value  # type: ignore[assignment] # the pack loader checked the type by unit
        return value


def group_values(values: Iterable[DatedValue]) -> dict[str, tuple[DatedValue, ...]]:
    """Values by key in the order they became known, then by start: the order `Policy.dated` relies on."""
    grouped: dict[str, list[DatedValue]] = {}
    for value in values:
        grouped.setdefault(value.key, []).append(value)
    return {key: tuple(sorted(rows, key=_known_then_start)) for key, rows in sorted(grouped.items())}


def _known_then_start(value: DatedValue) -> tuple[bool, str, date]:
    known = value.known_since
    return (known is not None, known.isoformat() if known else "", value.period.start)


def with_overrides(policy: Policy, overrides: Mapping[str, Figure], day: date) -> Policy:
    """The policy with some figures replaced for every day from `day` on; used for examples and what-if."""
    values = dict(policy.values)
    for key, value in overrides.items():
        before = values[key][-1]
        values[key] = (*values[key], msgspec.structs.replace(before, value=value, period=Period(day), note="override"))
    return msgspec.structs.replace(policy, values=values)


class FiguresOn:
    """The figures of a policy on one day, each looked up once: what rules of one class read in a loop."""

    __slots__ = ("_found", "day", "policy")

    def __init__(self, policy: Policy, day: date) -> None:
        self.policy = policy
        self.day = day
        self._found: dict[str, Figure] = {}

    def at(self, parameter: Parameter[T]) -> T:
        """The bare value in force on the day; raises NotInForce."""
        try:
            found = self._found[parameter.key]
        except KeyError:
            found = self._found[parameter.key] = self.policy.at(parameter, self.day)
        return found  # type: ignore[return-value] # the pack loader checked the type by unit
