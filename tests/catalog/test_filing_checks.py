"""Every check of a class: what passes at the boundary, what is found beyond it."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from tests.catalog.classes import FIRST_DAY, MORNING, facts, institution, person, plan, session, sessions, trainees
from training_admin.catalog.class_facts import Occupied, Taken, room_key
from training_admin.catalog.filing_checks import FilingFacts, FindingKind, check_class, hindering
from training_admin.parties.institution_facts import Licence, Occupation, Room, RoomUse
from training_admin.parties.ladder import Block, Step

HOLIDAY, SWAPPED = date(2026, 9, 25), date(2026, 9, 20)


def kinds(klass: Any, given: FilingFacts | None = None) -> list[FindingKind]:
    return [each.kind for each in check_class(klass, facts() if given is None else given)]


def test_a_right_class_has_no_finding() -> None:
    assert kinds(plan()) == []


@pytest.mark.parametrize("changes", [{"sessions": ()}, {"trainees": ()}], ids=["no sessions", "no trainees"])
def test_a_class_without_sessions_or_people_is_told_only_that(changes: dict[str, Any]) -> None:
    assert kinds(plan(**changes)) == [FindingKind.EMPTY]
    assert plan(sessions=()).end is None


@pytest.mark.parametrize(
    ("filed_on", "found"),
    [
        pytest.param(date(2026, 6, 29), [], id="last day"),
        pytest.param(date(2026, 6, 30), [FindingKind.LATE], id="a working day late"),
    ],
)
def test_filing_is_five_working_days_ahead(filed_on: date, found: list[FindingKind]) -> None:
    assert kinds(plan(), facts(filed_on=filed_on)) == found


def test_a_year_without_calendar_is_no_guess() -> None:
    assert FindingKind.CALENDAR in kinds(plan(sessions=(*sessions(date(2026, 12, 28), 4), session(date(2027, 1, 4)))))


def test_a_holiday_hinders_and_a_swapped_day_is_told() -> None:
    found = check_class(plan(sessions=(*sessions(FIRST_DAY, 8), session(HOLIDAY), session(SWAPPED))), facts())
    assert [each.kind for each in found] == [FindingKind.HOLIDAY, FindingKind.SWAPPED_DAY]
    assert [each.kind for each in hindering(found)] == [FindingKind.HOLIDAY]
    assert "2026年9月25日" in found[0].words


def test_a_plain_weekend_is_a_good_day_for_a_class() -> None:
    assert kinds(plan(sessions=(*sessions(FIRST_DAY, 9), session(date(2026, 7, 25))))) == []


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"ends": MORNING}, id="ends when it starts"),
        pytest.param({"ends": MORNING + 134}, id="a minute too short"),
        pytest.param({"theory_minutes": 0, "practice_minutes": 0}, id="nothing taught"),
        pytest.param({"starts": 1400, "ends": 1541}, id="past midnight"),
    ],
)
def test_a_session_must_hold_what_is_taught(wrong: dict[str, Any]) -> None:
    assert kinds(plan(sessions=(*sessions(FIRST_DAY, 9), session(date(2026, 7, 24), **wrong)))) == [FindingKind.TIME]


@pytest.mark.parametrize(("minutes", "found"), [(225, []), (226, [FindingKind.DAY_HOURS])], ids=["eight hours", "a minute more"])
def test_a_day_has_eight_training_hours(minutes: int, found: list[FindingKind]) -> None:
    afternoon = session(FIRST_DAY, starts=780, ends=780 + 240, theory_minutes=45, practice_minutes=minutes - 45)
    assert kinds(plan(sessions=(*sessions(FIRST_DAY, 10), afternoon))) == found


def test_sessions_of_one_class_do_not_overlap_even_around_a_short_one() -> None:
    day = FIRST_DAY + timedelta(days=14)
    long = session(day, starts=480, ends=900, theory_minutes=45, practice_minutes=45)
    short = session(day, starts=500, ends=545, theory_minutes=15, practice_minutes=30)
    late = session(day, starts=800, ends=860, theory_minutes=15, practice_minutes=30)
    found = check_class(plan(sessions=(*sessions(FIRST_DAY, 10), long, short, late)), facts())
    assert [each.kind for each in found] == [FindingKind.OVERLAP, FindingKind.OVERLAP]
    assert [side.starts for side in found[1].clashes[0]] == [480, 800]
    assert "08:00至15:00" in found[0].words


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        pytest.param({"theory_minutes": 27, "practice_minutes": 108}, [], id="a fifth of theory"),
        pytest.param({"theory_minutes": 26, "practice_minutes": 108}, [FindingKind.THEORY], id="less theory"),
        pytest.param({"theory_minutes": 60, "practice_minutes": 60}, [], id="half practice"),
        pytest.param({"theory_minutes": 61, "practice_minutes": 60}, [FindingKind.PRACTICE], id="less practice"),
    ],
)
def test_theory_and_practice_have_their_share(changes: dict[str, int], found: list[FindingKind]) -> None:
    assert kinds(plan(sessions=sessions(FIRST_DAY, 10, **changes))) == found


def test_four_hours_of_safety_are_in_each_plan() -> None:
    without = tuple(msgspec.structs.replace(each, safety=number == 0) for number, each in enumerate(plan().sessions))
    found = check_class(plan(sessions=without), facts())
    assert [each.kind for each in found] == [FindingKind.SAFETY]
    assert "安全教育 3 课时" in found[0].words


@pytest.mark.parametrize(("online", "found"), [(5, []), (6, [FindingKind.ONLINE])])
def test_more_than_half_online_is_only_told(online: int, found: list[FindingKind]) -> None:
    mixed = tuple(
        msgspec.structs.replace(each, online=number < online, room=None if number < online else each.room)
        for number, each in enumerate(plan().sessions)
    )
    assert kinds(plan(sessions=mixed)) == found
    assert not hindering(check_class(plan(sessions=mixed), facts()))


@pytest.mark.parametrize(
    ("size", "found"), [(50, []), (51, [FindingKind.SIZE_ABOVE, FindingKind.CAPACITY]), (5, []), (4, [FindingKind.SIZE_BELOW])]
)
def test_a_class_has_its_size(size: int, found: list[FindingKind]) -> None:
    assert kinds(plan(trainees=trainees(1, size))) == found


def test_nobody_is_twice_in_a_roster_or_teaches_himself() -> None:
    twice = (*trainees(1, 9), msgspec.structs.replace(trainees(1, 1)[0], name="另一名"))
    found = check_class(plan(trainees=twice), facts())
    assert [each.kind for each in found] == [FindingKind.REPEATED]
    assert "第 10 人另一名与第 1 人" in found[0].words
    teacher = institution().teachers[0].person
    himself = (*trainees(1, 9), msgspec.structs.replace(trainees(1, 1)[0], person=teacher))
    assert kinds(plan(trainees=himself)) == [FindingKind.TEACHES_HIMSELF]


def test_a_block_in_force_on_the_day_of_filing_hinders_also_an_own_class() -> None:
    block = Block(date(2026, 6, 1), None, Step.TALK, "WG20260001")
    blocked = msgspec.structs.replace(institution(), blocks=(block,))
    assert kinds(plan(), facts(training=blocked)) == [FindingKind.BLOCKED]
    assert kinds(plan(institution=None), facts(training=blocked, own_class=True)) == [FindingKind.BLOCKED]


def test_the_licence_holds_on_every_day() -> None:
    ends = plan().end
    assert ends is not None
    until = msgspec.structs.replace(institution(), licences=(Licence(1, "1", "局", date(2026, 1, 1), ends - timedelta(days=1)),))
    found = check_class(plan(), facts(training=until))
    assert [each.kind for each in found] == [FindingKind.LICENCE]
    assert "共 1 个上课日" in found[0].words
    assert kinds(plan(), facts(training=until, own_class=True)) == []


def test_occupation_and_level_are_registered() -> None:
    assert kinds(plan(level="3")) == [FindingKind.SCOPE]
    other = msgspec.structs.replace(institution(), occupations=(Occupation(2, "4-10-01-06", "保育师", ("5",), None),))
    assert kinds(plan(), facts(training=other)) == [FindingKind.SCOPE]
    assert kinds(plan(occupation=None, level=None), facts(training=other)) == []


def test_a_room_is_registered_and_large_enough() -> None:
    assert kinds(plan(sessions=sessions(FIRST_DAY, 10, room=999))) == [FindingKind.ROOM]
    assert kinds(plan(sessions=sessions(FIRST_DAY, 10, room=None))) == [FindingKind.ROOM]
    small = msgspec.structs.replace(institution(), rooms=(Room(100, 3, "小教室", 9, RoomUse.BOTH, ""),))
    found = check_class(plan(), facts(training=small))
    assert [each.kind for each in found] == [FindingKind.CAPACITY]
    assert "小教室核定容纳 9 人" in found[0].words


def test_a_teacher_is_registered_and_qualified() -> None:
    assert kinds(plan(sessions=sessions(FIRST_DAY, 10, teacher=999))) == [FindingKind.TEACHER]
    assert kinds(plan(sessions=sessions(FIRST_DAY, 10, teacher=None))) == [FindingKind.TEACHER]
    unqualified = tuple(msgspec.structs.replace(each, qualifications=()) for each in institution().teachers)
    found = check_class(plan(), facts(training=msgspec.structs.replace(institution(), teachers=unqualified)))
    assert [each.kind for each in found] == [FindingKind.QUALIFICATION]
    assert not hindering(found)


@pytest.mark.parametrize(
    ("taken", "key", "kind", "name"),
    [
        pytest.param(Taken.TRAINEE, person(3), FindingKind.TRAINEE_TWICE, "学员学员3", id="a trainee"),
        pytest.param(Taken.TEACHER, institution().teachers[0].person, FindingKind.TEACHER_TWICE, "教师教师0", id="a teacher"),
        pytest.param(Taken.ROOM, room_key(100), FindingKind.ROOM_TWICE, "教室教室0", id="a room"),
        pytest.param(Taken.TEACHER, person(3), FindingKind.TRAINEE_TWICE, "学员学员3", id="who teaches elsewhere"),
    ],
)
def test_a_double_booking_names_both_sides(taken: Taken, key: str, kind: FindingKind, name: str) -> None:
    elsewhere = [Occupied("BJ20260002", taken, key, FIRST_DAY + timedelta(days=days), 600, 660) for days in (0, 1)]
    found = check_class(plan(), facts(occupied=tuple(elsewhere)))
    assert [each.kind for each in found] == [kind]
    assert len(found[0].clashes) == 2
    for words in (name, "班级BJ20260001 2026年7月6日 09:00至11:30", "班级BJ20260002 2026年7月6日 10:00至11:00", "共 2 处"):
        assert words in found[0].words


@pytest.mark.parametrize(
    ("number", "starts", "ends"),
    [
        pytest.param("BJ20260001", 600, 660, id="the class itself"),
        pytest.param("BJ20260002", 480, MORNING, id="ends when we begin"),
        pytest.param("BJ20260002", 690, 700, id="begins when we end"),
    ],
)
def test_what_only_touches_is_no_double_booking(number: str, starts: int, ends: int) -> None:
    assert kinds(plan(), facts(occupied=(Occupied(number, Taken.TRAINEE, person(3), FIRST_DAY, starts, ends),))) == []


def test_an_unregistered_room_is_found_twice_without_a_name() -> None:
    there = (Occupied("BJ20260002", Taken.ROOM, room_key(999), FIRST_DAY, 600, 660),)
    assert kinds(plan(sessions=sessions(FIRST_DAY, 10, room=999)), facts(occupied=there)) == [FindingKind.ROOM, FindingKind.ROOM_TWICE]
