"""What is found in a course, at the boundary and beyond it, and in a class against the course it names."""

from datetime import date
from typing import Any

import msgspec
import pytest

from tests.catalog.classes import FIGURES, FIRM, FIRST_DAY, SCHOOL, WELDER, facts, institution, plan, session, sessions
from training_admin.catalog.course_facts import (
    MOVES,
    STATE_WORDS,
    CourseAct,
    CourseContent,
    CourseFacts,
    CourseModule,
    CourseMoveRefused,
    CourseState,
    NamedCourse,
    changed_words,
    check_course,
    next_state,
)
from training_admin.catalog.courses import course_figures
from training_admin.catalog.filing_checks import FindingKind, advice, check_class, hindering
from training_admin.catalog.plan_facts import NamedProject, PlanLine, Way
from training_admin.parties.institution_facts import Licence, Qualification, Teacher
from training_admin.parties.ladder import Block, Step

MODULES = (CourseModule("安全", 180, 0, 0, 180), CourseModule("焊接", 270, 900, 0, 0, "平焊、立焊"))


def course(**changes: Any) -> CourseContent:
    """A course of thirty training hours that nothing is wrong with."""
    whole = CourseContent(title="焊工五级", item="A-001", occupation=WELDER, level="5", modules=MODULES, teachers=(200,))
    return msgspec.structs.replace(whole, **changes)


def beside(**changes: Any) -> CourseFacts:
    whole = CourseFacts(day=FIRST_DAY, figures=course_figures(FIGURES), training=institution(), std_centihours=3000, own=False)
    return msgspec.structs.replace(whole, **changes)


def found(one: CourseContent, given: CourseFacts | None = None) -> list[tuple[str, bool]]:
    return [(each.rule, each.hinders) for each in check_course(one, given or beside())]


def test_a_right_course_has_no_finding_and_says_what_it_holds() -> None:
    whole = course()
    assert found(whole) == []
    assert (whole.minutes, whole.theory_minutes, whole.practice_minutes, whole.safety_minutes, whole.online_minutes) == (
        1350,
        450,
        900,
        180,
        0,
    )


@pytest.mark.parametrize("modules", [(), (CourseModule("空", 0, 0),)], ids=["no module", "no minutes"])
def test_a_course_without_hours_is_told_only_that(modules: tuple[CourseModule, ...]) -> None:
    assert found(course(modules=modules)) == [("CLS-01", True)]


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        pytest.param({"modules": (*MODULES, CourseModule("空", 0, 0))}, [("CLS-01", True)], id="an empty module"),
        pytest.param({"modules": (*MODULES, CourseModule("网课", 45, 45, 91))}, [("CLS-01", True)], id="more online than there is"),
        pytest.param({"modules": (CourseModule("安全", 269, 0, 0, 180), CourseModule("焊接", 0, 1081))}, [("CLS-03", True)], id="theory"),
        pytest.param({"modules": (CourseModule("安全", 676, 0, 0, 180), CourseModule("焊接", 0, 674))}, [("CLS-03", True)], id="practice"),
        pytest.param({"modules": (CourseModule("安全", 450, 900, 0, 179),)}, [("CLS-03", True)], id="safety"),
        pytest.param({"modules": (CourseModule("安全", 450, 900, 676, 180),)}, [("CLS-04", False)], id="online"),
        pytest.param({"modules": (CourseModule("安全", 450, 900, 675, 180),)}, [], id="half online"),
        pytest.param({"item": None}, [("CAT-01", False)], id="not in the catalog"),
        pytest.param({"level": "3"}, [("CLS-01", True), ("FILE-02", False)], id="a level that is not registered"),
        pytest.param({"occupation": None, "level": None}, [], id="no occupation"),
        pytest.param({"teachers": ()}, [("FILE-02", True)], id="no teacher"),
        pytest.param({"teachers": (200, 999)}, [("FILE-02", True)], id="an unknown teacher"),
    ],
)
def test_what_is_wrong_is_found(changes: dict[str, Any], rules: list[tuple[str, bool]]) -> None:
    training = msgspec.structs.replace(
        institution(),
        teachers=(Teacher(200, "a" * 64, "教师", True, None, (Qualification(1, 200, "技师", "1", WELDER, "5", None),)),),
    )
    assert found(course(**changes), beside(training=training)) == rules


def test_standard_hours_licence_blocks_and_rooms_are_asked_for() -> None:
    assert found(course(), beside(std_centihours=None)) == [("CAT-01", True)]
    assert found(course(), beside(std_centihours=3001)) == [("ENT-12", False)]
    ended = msgspec.structs.replace(institution(), licences=(Licence(1, "松", "局", date(2025, 1, 1), date(2025, 12, 31)),))
    assert found(course(), beside(training=ended)) == [("CLS-01", True)]
    assert found(course(), beside(training=msgspec.structs.replace(ended, occupations=()), own=True)) == []
    blocked = msgspec.structs.replace(institution(), blocks=(Block(FIRST_DAY, None, Step.TALK, "CL1"),))
    assert found(course(), beside(training=blocked)) == [("PEN-03", True)]
    assert found(course(), beside(training=institution(capacity=4))) == [("CLS-02", False)]


def test_states_move_as_the_table_says() -> None:
    assert set(MOVES) == set(CourseState) == set(STATE_WORDS)
    assert next_state(CourseState.CHANGING, CourseAct.RETURN) is CourseState.APPROVED
    with pytest.raises(CourseMoveRefused, match="已停用"):
        next_state(CourseState.ENDED, CourseAct.CHANGE)


def test_what_a_version_changed_is_named() -> None:
    before = course()
    after = course(price_fen=1, modules=(MODULES[1], CourseModule("考核", 45, 0)))
    assert changed_words(before, after) == "价格变动；删去模块“安全”；增加模块“考核”"
    assert changed_words(before, course(modules=(MODULES[0], CourseModule("焊接", 1, 1)))) == "修改模块“焊接”"
    assert changed_words(before, course(modules=MODULES[::-1])) == "模块顺序变动"
    assert changed_words(before, before) == "没有变动"


# A class of ten mornings: 450 minutes of theory and 900 of practice, 270 of them safety.
NAMED = NamedCourse("KC1", SCHOOL, CourseState.APPROVED, course())


def kinds(named: NamedCourse | None, **changes: Any) -> list[FindingKind]:
    return [each.kind for each in check_class(plan(course="KC1", **changes), facts(course=named))]


def test_a_class_that_keeps_to_its_course_has_no_finding() -> None:
    assert kinds(NAMED) == []
    assert kinds(msgspec.structs.replace(NAMED, state=CourseState.CHANGING)) == []


def test_a_class_against_its_course() -> None:
    assert kinds(None) == [FindingKind.COURSE]
    assert kinds(msgspec.structs.replace(NAMED, organisation=FIRM)) == [FindingKind.COURSE]
    assert kinds(msgspec.structs.replace(NAMED, content=None)) == [FindingKind.COURSE]
    assert kinds(msgspec.structs.replace(NAMED, state=CourseState.ENDED)) == [FindingKind.COURSE_ENDED]
    assert kinds(NAMED, item="A-002") == [FindingKind.COURSE]
    assert kinds(with_course(item=None, occupation=None)) == [FindingKind.COURSE]
    assert kinds(with_course(teachers=(201,))) == [FindingKind.COURSE_TEACHER]


def with_course(**changes: Any) -> NamedCourse:
    return msgspec.structs.replace(NAMED, content=course(**changes))


def test_a_class_has_the_hours_of_its_course() -> None:
    more = (*MODULES, CourseModule("更多", 1, 1, 0, 1))
    assert kinds(with_course(modules=more)) == [FindingKind.COURSE_MINUTES] * 2
    assert kinds(with_course(modules=(CourseModule("安全", 450, 900, 0, 271),))) == [FindingKind.COURSE_MINUTES]
    online = (*sessions(FIRST_DAY, 9), session(date(2026, 7, 18), online=True, room=None))
    assert kinds(NAMED, sessions=online) == [FindingKind.COURSE_MINUTES]
    told = check_class(plan(course="KC1", sessions=online), facts(course=NAMED))
    assert "线上课时 3，多于课程备案的 0" in told[0].words


def test_an_order_based_course_is_for_one_firm() -> None:
    ordered = with_course(enterprise=FIRM)
    assert kinds(ordered) == []
    people = plan().trainees
    stranger = msgspec.structs.replace(people[0], enterprise="")
    assert kinds(ordered, trainees=(stranger, *people[1:])) == [FindingKind.COURSE_ORDER]
    assert kinds(with_course(enterprise="X")) == [FindingKind.COURSE_ORDER]


LINE = PlanLine(1, "焊工", "职业技能类", 20, 0, Way.COMMISSIONED, "主营", "A-001", SCHOOL)
PROJECT = NamedProject("NJ202600001", FIRM, 2026, LINE, 0)


def project_kinds(project: NamedProject | None, **changes: Any) -> list[FindingKind]:
    return [each.kind for each in check_class(plan(project=7, **changes), facts(project=project))]


def test_a_class_that_fits_its_project_has_no_finding() -> None:
    assert PROJECT.label == "NJ202600001/1"
    assert project_kinds(PROJECT) == []
    assert project_kinds(msgspec.structs.replace(PROJECT, people=10)) == []
    assert project_kinds(msgspec.structs.replace(PROJECT, line=msgspec.structs.replace(LINE, item=None))) == []


def test_a_class_against_its_project() -> None:
    assert project_kinds(None) == [FindingKind.PROJECT]
    assert project_kinds(msgspec.structs.replace(PROJECT, people=11)) == [FindingKind.PROJECT_PEOPLE]
    assert project_kinds(msgspec.structs.replace(PROJECT, year=2027)) == [FindingKind.PROJECT]
    assert project_kinds(msgspec.structs.replace(PROJECT, enterprise="X")) == [FindingKind.PROJECT]
    for changes in ({"item": "A-002"}, {"stream": "岗位能力类"}, {"institution": "X"}):
        assert project_kinds(msgspec.structs.replace(PROJECT, line=msgspec.structs.replace(LINE, **changes))) == [FindingKind.PROJECT]


def test_of_a_pooled_project_only_the_own_people_count() -> None:
    pooled = msgspec.structs.replace(PROJECT, enterprise="X", people=20, line=msgspec.structs.replace(LINE, pooled=True))
    assert project_kinds(pooled) == []
    assert project_kinds(msgspec.structs.replace(pooled, people=21)) == [FindingKind.PROJECT_PEOPLE]


def test_a_class_without_course_or_project_is_advised_and_not_hindered() -> None:
    assert [each.kind for each in advice(plan())] == [FindingKind.NO_COURSE]
    assert [each.kind for each in advice(plan(institution=None))] == [FindingKind.NO_PROJECT]
    assert hindering((*advice(plan()), *advice(plan(institution=None)))) == ()
    assert advice(plan(course="KC1")) == advice(plan(institution=None, project=1)) == ()
