"""What holds on a day is computed: the last day counts, the day after does not."""

from datetime import date

import pytest

from training_admin.parties import institution_facts as facts
from training_admin.parties.institution_facts import InstitutionFacts, Licence, Occupation, Qualification, Room, RoomUse, Site, Teacher
from training_admin.parties.ladder import Block, Step
from training_admin.parties.levels import LEVEL_RANKS, LEVEL_WORDS, reaches

LAST = date(2026, 12, 31)
AFTER = date(2027, 1, 1)
ROOM = Room(3, 2, "101", 40, RoomUse.BOTH, "")
QUALIFIED = Qualification(5, 4, "高级技师", "1", "6-18-02-04", "4", LAST)
TEACHER = Teacher(4, "ab", "样例", full_time=True, valid_to=LAST, qualifications=(QUALIFIED,))
OURS = InstitutionFacts(
    organisation="X",
    day=LAST,
    licences=(Licence(1, "L1", "局", date(2024, 1, 1), LAST), Licence(9, "L2", "局", date(2024, 1, 1), date(2026, 6, 30))),
    occupations=(Occupation(6, "6-18-02-04", "焊工", ("5", "4"), LAST),),
    sites=(Site(2, "总部", "路", "310117", LAST),),
    rooms=(ROOM,),
    teachers=(TEACHER,),
    blocks=(Block(date(2026, 6, 1), date(2026, 6, 30), Step.LETTER, "WG1"),),
)


def test_the_licence_in_force_is_the_one_that_lasts_longest() -> None:
    found = facts.licence_on(OURS, date(2026, 6, 1))
    assert found is not None
    assert found.number == "L1"
    assert facts.licence_on(OURS, LAST) is not None
    assert facts.licence_on(OURS, AFTER) is None
    assert facts.licence_on(OURS, date(2023, 12, 31)) is None


@pytest.mark.parametrize(
    ("occupation", "level", "day", "answer"),
    [
        pytest.param("6-18-02-04", "4", LAST, True, id="registered"),
        pytest.param("6-18-02-04", None, LAST, True, id="any level"),
        pytest.param("6-18-02-04", "3", LAST, False, id="another level"),
        pytest.param("6-18-02-05", "4", LAST, False, id="another occupation"),
        pytest.param("6-18-02-04", "4", AFTER, False, id="expired"),
    ],
)
def test_an_occupation_is_registered_with_its_levels(occupation: str, level: str | None, day: date, answer: bool) -> None:
    assert facts.may_train(OURS, occupation, level, day) is answer


def test_a_room_lasts_as_long_as_its_site() -> None:
    assert facts.room_on(OURS, 3, LAST) is ROOM
    assert facts.room_on(OURS, 3, AFTER) is None
    assert facts.room_on(OURS, 8, LAST) is None


def test_a_teacher_lasts_as_long_as_his_contract() -> None:
    assert facts.teacher_on(OURS, 4, LAST) is TEACHER
    assert facts.teacher_on(OURS, 4, AFTER) is None
    assert facts.teacher_on(OURS, 8, LAST) is None


@pytest.mark.parametrize(
    ("occupation", "level", "day", "answer"),
    [
        pytest.param("6-18-02-04", "4", LAST, True, id="qualified"),
        pytest.param(None, None, LAST, True, id="for anything"),
        pytest.param("6-18-02-05", "4", LAST, False, id="another occupation"),
        pytest.param("6-18-02-04", "5", LAST, True, id="a lower level"),
        pytest.param("6-18-02-04", "0", LAST, True, id="the lowest level"),
        pytest.param("6-18-02-04", "3", LAST, False, id="a higher level"),
        pytest.param("6-18-02-04", "11", LAST, False, id="the higher of the eight levels"),
        pytest.param("6-18-02-04", "4", AFTER, False, id="expired"),
    ],
)
def test_a_teacher_teaches_what_he_is_qualified_for(occupation: str | None, level: str | None, day: date, answer: bool) -> None:
    assert facts.may_teach(TEACHER, occupation, level, day) is answer


@pytest.mark.parametrize(
    ("highest", "level", "answer"),
    [
        *(("3", level, level in {"0", "5", "4", "3"}) for level in LEVEL_WORDS),
        *(("12", level, True) for level in LEVEL_WORDS),
        ("9", "9", True),
        ("9", "3", False),
        ("3", "9", False),
    ],
)
def test_a_level_takes_in_the_levels_below_it(highest: str, level: str, answer: bool) -> None:
    assert reaches(highest, level) is answer


def test_every_level_has_its_own_rank() -> None:
    assert LEVEL_RANKS.keys() == LEVEL_WORDS.keys()
    assert len(set(LEVEL_RANKS.values())) == len(LEVEL_RANKS)


def test_blocks_and_last_days_are_told() -> None:
    assert [each.number for each in facts.blocks_on(OURS, date(2026, 6, 30))] == ["WG1"]
    assert facts.blocks_on(OURS, date(2026, 7, 1)) == ()
    assert facts.last_day_of(ROOM) is None
    assert facts.last_day_of(TEACHER) == LAST
