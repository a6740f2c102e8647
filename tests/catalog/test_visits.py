"""Visits of classes: what is wrong with one, who may tell and see it, when it is late, and which classes they clear."""

from datetime import date, timedelta

import httpx
import msgspec
import pytest

from tests.catalog.classes import content, furnished, roster
from tests.people import enter, sign_in_as
from tests.web.conftest import form_token
from training_admin.catalog.filing import save_class
from training_admin.catalog.visit_facts import Visit, VisitWay, cleared_classes, faults_of, is_late
from training_admin.catalog.visits import VisitRefused, list_visits, record_visit, visited_classes
from training_admin.database import read_transaction
from training_admin.kit.actor import NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings

DAY = date(2026, 6, 1)
FORM = {
    "class_no": "SY2026-A01",
    "day": "2026-06-01",
    "time": "09:30",
    "way": "onsite",
    "first_inspector": "检查甲",
    "second_inspector": "检查乙",
    "expected": "20",
    "present": "19",
    "passed": "yes",
    "teacher_fits": "true",
    "safe": "true",
}


def visit(**changes: object) -> Visit:
    whole = Visit(
        class_no="SY2026-A01",
        visited_on=DAY,
        starts=570,
        way=VisitWay.ONSITE,
        inspectors=("检查甲", "检查乙"),
        expected=20,
        present=19,
        teacher_fits=True,
        plan_fits=True,
        textbooks=True,
        order_kept=True,
        safe=True,
        passed=True,
    )
    return msgspec.structs.replace(whole, **changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"class_no": ""}, "班级编号"),
        ({"class_no": "A" * 41}, "班级编号"),
        ({"class_no": "A\x00"}, "班级编号"),
        ({"visited_on": DAY + timedelta(days=1)}, "检查日期"),
        ({"starts": 1440}, "检查时间"),
        ({"inspectors": ("检查甲",)}, "检查人"),
        ({"inspectors": ("检查甲", " 检查甲 ")}, "检查人"),
        ({"inspectors": ("检查甲", "检查乙", "")}, "检查人"),
        ({"inspectors": ("检查甲", "乙" * 61)}, "检查人"),
        ({"present": 21}, "实到"),
        ({"present": -1}, "实到"),
        ({"words": "长" * 1001}, "意见"),
        ({"passed": False}, "不合格"),
    ],
)
def test_what_is_wrong_with_a_visit(changes: dict[str, object], words: str) -> None:
    found = faults_of(visit(**changes), DAY, 2)
    assert len(found) == 1
    assert words in found[0]


def test_attendance_lateness_and_clearing() -> None:
    assert faults_of(visit(), DAY, 2) == []
    assert visit().attendance_bp == 9500
    assert visit(expected=0, present=0).attendance_bp == 0
    assert not is_late(DAY, DAY + timedelta(days=1), 1)
    assert is_late(DAY, DAY + timedelta(days=2), 1)
    told = [("A", VisitWay.ONSITE, True), ("B", VisitWay.PHONE, True), ("C", VisitWay.ONSITE, True), ("C", VisitWay.ONSITE, False)]
    assert cleared_classes(told, 1) == {"A"}
    assert cleared_classes(told, 2) == frozenset()
    assert cleared_classes([("C", VisitWay.ONSITE, False), ("C", VisitWay.ONSITE, True)], 1) == {"C"}


async def test_inspectors_tell_and_classes_are_cleared(database: Settings, clock: FixedClock) -> None:
    inspector = (await sign_in_as("dudao", clock)).actor
    assert not await record_visit(inspector, visit(), clock=clock)
    assert await record_visit(inspector, visit(class_no="SY2026-A02", visited_on=DAY - timedelta(days=2)), clock=clock)
    with pytest.raises(VisitRefused):
        await record_visit(inspector, visit(inspectors=("检查甲",)), clock=clock)
    with pytest.raises(NotAllowed):
        await record_visit((await sign_in_as("chushen", clock)).actor, visit(), clock=clock)
    shown = await list_visits((await sign_in_as("chushen", clock)).actor, clock=clock)
    assert [(each.visit.class_no, each.late) for each in shown] == [("SY2026-A01", False), ("SY2026-A02", True)]
    assert shown[0].visit == visit()
    async with read_transaction():
        assert await visited_classes(["SY2026-A01", "SY2026-A02", "SY2026-A03"], clock=clock) == {"SY2026-A01", "SY2026-A02"}


async def test_an_institution_sees_visits_of_its_own_classes(database: Settings, clock: FixedClock) -> None:
    teacher, room = await furnished(clock)
    school = (await sign_in_as("jiaowu", clock)).actor
    number = await save_class(school, content(teacher, room), roster(), clock=clock)
    inspector = (await sign_in_as("dudao", clock)).actor
    for class_no in (number, "SY2026-A01"):
        await record_visit(inspector, visit(class_no=class_no), clock=clock)
    for login, seen in (("jiaowu", [number]), ("jingban-a", [number]), ("jingban-b", [])):
        shown = await list_visits((await sign_in_as(login, clock)).actor, clock=clock)
        assert [each.visit.class_no for each in shown] == seen, login


async def test_the_page_of_visits(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "dudao", clock)
    token = await form_token(visitor, "/visits")
    wrong: tuple[dict[str, str], ...] = ({"time": "9点"}, {"day": "x"}, {"way": "other"}, {"passed": ""}, {"present": "30"})
    for each in wrong:
        answer = await visitor.post("/visits", data={**token, **FORM, **each})
        assert answer.status_code == 422, each
        assert "SY2026-A01" in answer.text
    assert (await visitor.post("/visits", data={**token, **FORM, "others": "检查丙、检查丁"})).status_code == 303
    page = (await visitor.get("/visits?class_no=SY2026-A01")).text
    assert "检查甲、检查乙、检查丙、检查丁" in page
    assert "95.00%" in page
    assert "计划相符：否" in page
    assert "暂定" in page
    assert "SY2026-A01,2026-06-01,09:30" in (await visitor.get("/visits.csv")).text
