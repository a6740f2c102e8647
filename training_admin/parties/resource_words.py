"""Registered things in words: their name, their fields, and whether they hold today."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from training_admin.kit.wording import day as day_words
from training_admin.parties.institution_facts import (
    InstitutionFacts,
    Licence,
    Occupation,
    Qualification,
    Resource,
    ResourceKind,
    holds_on,
    last_day_of,
    room_on,
    teacher_on,
)
from training_admin.parties.institution_store import Version
from training_admin.parties.levels import LEVEL_WORDS
from training_admin.parties.resource_forms import FIELDS, FULL_TIME_WORDS, OWN_WORDS, Field, FieldKind


def name_of(fact: Resource) -> str:
    """What a registered thing is called in a list."""
    if isinstance(fact, Licence):
        return fact.number
    return f"{fact.title} {fact.number}" if isinstance(fact, Qualification) else fact.name


def names_of(versions: Iterable[Version]) -> dict[int, str]:
    """The names of things by key, for what points at them."""
    return {each.resource: name_of(each.fact) for each in versions}


def fields_of(version: Version, names: Mapping[int, str], masked: Mapping[int, str]) -> list[tuple[str, str]]:
    """Every field with its words; identity numbers are masked."""
    return [(field.words, _value(field, version, names, masked)) for field in FIELDS[version.kind]]


def _value(field: Field, version: Version, names: Mapping[int, str], masked: Mapping[int, str]) -> str:
    if field.kind is FieldKind.IDENTITY:
        return masked.get(version.id, "")
    value = getattr(version.fact, field.name)
    if value is None:
        return "—"
    if isinstance(value, bool):
        return (FULL_TIME_WORDS if field.name == "full_time" else OWN_WORDS)["yes" if value else "no"]
    if field.kind in {FieldKind.SITE, FieldKind.TEACHER}:
        return names.get(value, str(value))
    return _plain(field, value)


def _plain(field: Field, value: object) -> str:
    if isinstance(value, date):
        return day_words(value)
    if isinstance(value, tuple):
        return "、".join(LEVEL_WORDS[level] for level in value)
    return field.choices.get(str(value), str(value)) if field.kind is FieldKind.CHOICE else str(value)


def _licence_holds(facts: InstitutionFacts, fact: Licence) -> bool:
    return fact.valid_from <= facts.day <= fact.valid_to


def _qualification_holds(facts: InstitutionFacts, fact: Qualification) -> bool:
    return holds_on(fact.valid_to, facts.day) and teacher_on(facts, fact.teacher, facts.day) is not None


def _holds(facts: InstitutionFacts, fact: Resource) -> bool:
    return holds_on(last_day_of(fact), facts.day)


_HOLD: Mapping[ResourceKind, Callable[..., bool]] = {
    ResourceKind.LICENCE: _licence_holds,
    ResourceKind.QUALIFICATION: _qualification_holds,
    ResourceKind.ROOM: lambda facts, fact: room_on(facts, fact.id, facts.day) is not None,
}


def status_of(version: Version, facts: InstitutionFacts) -> tuple[str, str]:
    """A mark and a word for the newest version: waiting, refused, ended, expired, not in force yet, or in force today."""
    if version.state == "waiting":
        return "HOLD", "停用待核定" if version.ended else "待核定"
    if version.state == "refused":
        return "failed", "不予核定"
    return ("plain", "已停用") if version.ended else _approved(version.fact, version.kind, facts)


def _approved(fact: Resource, kind: ResourceKind, facts: InstitutionFacts) -> tuple[str, str]:
    if _HOLD.get(kind, _holds)(facts, fact):
        return "passed", "有效"
    if isinstance(fact, Licence) and facts.day < fact.valid_from:
        return "HOLD", "未到生效日"
    return "failed", "所依附的场所或教师已失效" if holds_on(last_day_of(fact), facts.day) else "已过期"


def occupation_words(facts: InstitutionFacts) -> list[str]:
    """The occupations that may be trained today, with their levels."""
    return [_occupation(each) for each in facts.occupations if holds_on(each.valid_to, facts.day)]


def _occupation(fact: Occupation) -> str:
    return f"{fact.name}（{'、'.join(LEVEL_WORDS[level] for level in fact.levels)}）"
