"""Lists are dated: both ends count, a later entry of the same first day replaces, a narrower industry belongs to the wider one."""

from datetime import date

import msgspec
import pytest

from training_admin.kit.dated import Standing
from training_admin.parties.list_facts import (
    CODE_WORDS,
    KIND_WORDS,
    ListEntry,
    ListKind,
    entry_on,
    is_industry,
    is_occupation,
    newest,
    priority_industry_of,
)

FIRM = "91310117X11000017X"
LAST = date(2026, 12, 31)
KEY = ListEntry(ListKind.KEY_ENTERPRISE, FIRM, "样例企业", date(2026, 1, 1), LAST, "测试文件", Standing.FOUND)
OWN = msgspec.structs.replace(KEY, kind=ListKind.ENTERPRISE_INDUSTRY, industry="C3411")
WIDE = ListEntry(ListKind.PRIORITY_INDUSTRY, "C34", "通用设备制造业", date(2026, 1, 1), None, "测试文件", Standing.ASSUMED)
NARROW = msgspec.structs.replace(WIDE, code="C341", name="锅炉及原动设备制造", valid_to=date(2026, 6, 30))
OTHER = msgspec.structs.replace(WIDE, code="C35")


@pytest.mark.parametrize(
    ("day", "listed"),
    [
        pytest.param(date(2025, 12, 31), False, id="a day early"),
        pytest.param(date(2026, 1, 1), True, id="first day"),
        pytest.param(LAST, True, id="last day"),
        pytest.param(date(2027, 1, 1), False, id="a day late"),
    ],
)
def test_an_entry_is_in_force_for_its_days(day: date, listed: bool) -> None:
    assert (entry_on([KEY], ListKind.KEY_ENTERPRISE, FIRM, day) is not None) is listed


def test_the_entry_that_began_last_is_found_and_others_are_not() -> None:
    later = msgspec.structs.replace(KEY, valid_from=date(2026, 5, 1), name="后来")
    found = entry_on([later, KEY], ListKind.KEY_ENTERPRISE, FIRM, date(2026, 6, 1))
    assert found is later
    assert entry_on([KEY], ListKind.COOPERATION_BASE, FIRM, date(2026, 6, 1)) is None
    assert entry_on([KEY], ListKind.KEY_ENTERPRISE, "another", date(2026, 6, 1)) is None


def test_a_later_entry_of_the_same_first_day_replaces_the_earlier_one() -> None:
    ended = msgspec.structs.replace(KEY, valid_to=date(2026, 3, 31))
    assert newest([KEY, WIDE, ended]) == (ended, WIDE)


@pytest.mark.parametrize(
    ("entries", "day", "expected"),
    [
        pytest.param([OWN, WIDE, NARROW, OTHER], date(2026, 6, 30), "C341", id="the narrowest"),
        pytest.param([OWN, WIDE, NARROW, OTHER], date(2026, 7, 1), "C34", id="the wider one when the narrow one ended"),
        pytest.param([OWN, OTHER], date(2026, 6, 1), None, id="another industry"),
        pytest.param([WIDE], date(2026, 6, 1), None, id="no industry known"),
        pytest.param([msgspec.structs.replace(OWN, industry=None), WIDE], date(2026, 6, 1), None, id="no code"),
    ],
)
def test_an_enterprise_belongs_to_a_priority_industry_by_its_code(entries: list[ListEntry], day: date, expected: str | None) -> None:
    found = priority_industry_of(entries, FIRM, day)
    assert (found.code if found else None) == expected


@pytest.mark.parametrize(
    ("code", "industry", "occupation"),
    [
        ("C", True, False),
        ("C34", True, False),
        ("C3411", True, False),
        ("U34", False, False),
        ("C3", False, False),
        ("34", False, False),
        ("6-18-02-04", False, True),
        ("6-18-02", False, False),
    ],
)
def test_codes_have_their_form(code: str, industry: bool, occupation: bool) -> None:
    assert is_industry(code) is industry
    assert is_occupation(code) is occupation
    assert set(KIND_WORDS) == set(CODE_WORDS) == set(ListKind)
