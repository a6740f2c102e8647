"""Dated lists with paper (名单库): key enterprises, priority industries, pilot occupations, cooperation bases, and who belongs to them.

An entry is in force for its days; a later approved entry of the same list, code and first day replaces an earlier one.
"""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import msgspec

from training_admin.kit.dated import Standing


class ListKind(StrEnum):
    """Which list."""

    KEY_ENTERPRISE = "key_enterprise"
    ENTERPRISE_INDUSTRY = "enterprise_industry"
    PRIORITY_INDUSTRY = "priority_industry"
    PILOT_OCCUPATION = "pilot_occupation"
    COOPERATION_BASE = "cooperation_base"


KIND_WORDS = {
    ListKind.KEY_ENTERPRISE: "重点企业",
    ListKind.ENTERPRISE_INDUSTRY: "企业行业分类",
    ListKind.PRIORITY_INDUSTRY: "重点产业",
    ListKind.PILOT_OCCUPATION: "试点职业",
    ListKind.COOPERATION_BASE: "合作基地",
}
CODE_WORDS = {
    ListKind.KEY_ENTERPRISE: "统一社会信用代码",
    ListKind.ENTERPRISE_INDUSTRY: "统一社会信用代码",
    ListKind.PRIORITY_INDUSTRY: "行业代码",
    ListKind.PILOT_OCCUPATION: "职业编码",
    ListKind.COOPERATION_BASE: "统一社会信用代码",
}
OF_ORGANISATIONS = frozenset({ListKind.KEY_ENTERPRISE, ListKind.ENTERPRISE_INDUSTRY, ListKind.COOPERATION_BASE})
_INDUSTRY = re.compile(r"[A-T](\d{2,4})?")
_OCCUPATION = re.compile(r"\d-\d{2}-\d{2}-\d{2}")


class ListEntry(msgspec.Struct, frozen=True):
    """One entry: code and name, for an enterprise's industry its GB/T 4754 code, the days, the paper and its standing.

    `code` is a credit code, a GB/T 4754-2017 code with its letter (`C`, `C34`, `C3411`), or an occupation code.
    """

    kind: ListKind
    code: str
    name: str
    valid_from: date
    valid_to: date | None
    paper: str
    standing: Standing
    industry: str | None = None

    def covers(self, day: date) -> bool:
        """Whether the entry is in force on a day; both ends count."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def is_industry(code: str) -> bool:
    """Whether a code has the form of GB/T 4754-2017 with its letter: section, division, group or class."""
    return _INDUSTRY.fullmatch(code) is not None


def is_occupation(code: str) -> bool:
    """Whether a code has the form of an occupation of the 2022 classification."""
    return _OCCUPATION.fullmatch(code) is not None


def newest(entries: Iterable[ListEntry]) -> tuple[ListEntry, ...]:
    """What counts of entries in the order of their approval: of the same list, code and first day the last one."""
    found = {(each.kind, each.code, each.valid_from): each for each in entries}
    return tuple(sorted(found.values(), key=lambda each: (each.kind, each.code, each.valid_from)))


def entry_on(entries: Iterable[ListEntry], kind: ListKind, code: str, day: date) -> ListEntry | None:
    """The entry of a code in a list on a day, the one that began last; None when it is not listed then."""
    found = [each for each in entries if each.kind is kind and each.code == code and each.covers(day)]
    return max(found, key=lambda each: each.valid_from) if found else None


def priority_industry_of(entries: Iterable[ListEntry], enterprise: str, day: date) -> ListEntry | None:
    """The priority industry to which an enterprise belongs on a day, the narrowest one; None when it belongs to none.

    An industry includes its narrower ones: `C34` includes `C3411`.
    """
    known = tuple(entries)
    own = entry_on(known, ListKind.ENTERPRISE_INDUSTRY, enterprise, day)
    if own is None or own.industry is None:
        return None
    listed = [each for each in known if each.kind is ListKind.PRIORITY_INDUSTRY and each.covers(day) and own.industry.startswith(each.code)]
    return max(listed, key=lambda each: len(each.code)) if listed else None
