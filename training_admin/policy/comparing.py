"""What a proposal would change, side by side: value, period, paper and standing as they are and as they would be. Pure."""

from collections.abc import Iterable

import msgspec

from training_admin.kit import wording
from training_admin.kit.dated import DatedValue, Unit
from training_admin.policy.wording import full_words, is_assumed


class Side(msgspec.Struct, frozen=True):
    """One dated value in words; `assumed` marks what is no law here (暂定)."""

    value: str
    period: str
    paper: str
    standing: str
    local_standing: str
    assumed: bool
    note: str


class Difference(msgspec.Struct, frozen=True):
    """One figure that would change; without `old` it is new, without `new` it is left out."""

    key: str
    name: str
    old: tuple[Side, ...]
    new: tuple[Side, ...]


class Named(msgspec.Struct, frozen=True):
    """A dated value with the name and unit of its figure."""

    name: str
    unit: Unit
    value: DatedValue


def side(unit: Unit, value: DatedValue) -> Side:
    """A dated value in words."""
    return Side(
        value=full_words(unit, value.value),
        period=wording.period(value.period.start, value.period.end),
        paper=value.paper,
        standing=value.standing.words,
        local_standing=value.local_standing.words,
        assumed=is_assumed(value.standing, value.local_standing),
        note=value.note,
    )


def differences(old: Iterable[Named], new: Iterable[Named]) -> tuple[Difference, ...]:
    """The figures whose dated values are not the same on both sides, in the order of the new side, left-out ones last."""
    before, after = _by_key(old), _by_key(new)
    keys = (*after, *(key for key in before if key not in after))
    found = []
    for key in keys:
        were, are = before.get(key, []), after.get(key, [])
        sides_were, sides_are = _sides(were), _sides(are)
        if sides_were != sides_are:
            name = (are or were)[0].name
            kept = set(sides_were) & set(sides_are)
            found.append(Difference(key, name, _without(sides_were, kept), _without(sides_are, kept)))
    return tuple(found)


def replaced(known: Iterable[Named], key: str, new: Named) -> Difference:
    """One new value beside those of the same figure whose days it overlaps."""
    old = [each for each in known if each.value.key == key and _overlap(each.value, new.value)]
    return Difference(key, new.name, _sides(old), _sides([new]))


def _overlap(one: DatedValue, other: DatedValue) -> bool:
    return _begins_within(one, other) or _begins_within(other, one)


def _begins_within(one: DatedValue, other: DatedValue) -> bool:
    return other.period.covers(one.period.start)


def _by_key(values: Iterable[Named]) -> dict[str, list[Named]]:
    grouped: dict[str, list[Named]] = {}
    for each in values:
        grouped.setdefault(each.value.key, []).append(each)
    return grouped


def _sides(values: Iterable[Named]) -> tuple[Side, ...]:
    return tuple(side(each.unit, each.value) for each in sorted(values, key=lambda each: each.value.period.start))


def _without(sides: tuple[Side, ...], kept: set[Side]) -> tuple[Side, ...]:
    return tuple(each for each in sides if each not in kept)
