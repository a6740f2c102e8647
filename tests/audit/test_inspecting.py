"""Inspections by lot over the real application: published first, drawn once, repeated by a script, results shown to everybody."""

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.audit.test_lots import verified
from tests.catalog.classes import content, furnished, roster, sessions
from tests.catalog.test_visits import visit
from tests.people import enter, sign_in_as
from tests.web.conftest import form_token
from training_admin.audit import inspecting
from training_admin.audit.inspecting import DrawnBefore, InspectionRefused
from training_admin.audit.inspection_facts import Risks, lot_of
from training_admin.catalog.filing import decide_class, save_class, submit_class
from training_admin.catalog.visits import record_visit
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.actor import COMMAND_LINE, NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings


@pytest.mark.parametrize(
    ("risks", "lots", "words"),
    [
        (Risks("A", "X", "某校", 0, sanctioned=False, new=False, visited=True), 1, "基础 1"),
        (Risks("A", "X", "某校", 5, sanctioned=True, new=True, visited=False), 13, "近一年检查不合格 5 次 6"),
    ],
)
def test_every_class_has_a_lot_and_risks_give_more(risks: Risks, lots: int, words: str) -> None:
    found = lot_of(risks)
    assert found.weight == lots
    assert words in found.why


async def approved(clock: FixedClock, first: int, day: date, teacher: int, room: int) -> str:
    clerk = (await sign_in_as("jiaowu", clock)).actor
    filed = content(teacher, room, sessions=sessions(day, 2, teacher=teacher, room=room))
    people = [msgspec.structs.replace(each, phone=f"139123{place:05d}") for place, each in enumerate(roster(first=first))]
    number = await save_class(clerk, filed, people, clock=clock)
    await submit_class(clerk, number, clock=clock)
    await decide_class(COMMAND_LINE, number, version=1, approve=True, opinion="", clock=clock)
    return number


async def test_a_plan_is_published_drawn_once_and_verified_by_anybody(
    database: Settings, visitor: httpx.AsyncClient, clock: FixedClock, tmp_path: Path
) -> None:
    teacher, room = await furnished(clock)
    start = clock.today() + timedelta(days=21)
    numbers = [await approved(clock, 10 + 10 * turn, start + timedelta(days=7 * turn), teacher, room) for turn in range(3)]
    await enter(visitor, "dudao", clock)
    sent = {
        **await form_token(visitor, "/inspections"),
        "title": "秋季抽查",
        "start": start.isoformat(),
        "end": (start + timedelta(days=30)).isoformat(),
        "classes": "2",
        "inspectors": "检查甲\n检查乙、检查丙",
    }
    refused = await visitor.post("/inspections", data={**sent, "inspectors": "检查甲"})
    assert (refused.status_code, "检查人员" in refused.text) == (422, True)
    answer = await visitor.post("/inspections", data=sent)
    assert answer.status_code == 303
    address = answer.headers["location"]
    listed = (await visitor.get(address)).text
    assert all(each in listed for each in numbers)
    await visitor.post(f"{address}/draw", data=await form_token(visitor, address))
    plan, drawn = await inspecting.show_plan(address.rpartition("/")[2])
    assert (len(plan.lots), len(drawn), len(plan.seed)) == (3, 2, 64)
    with pytest.raises(DrawnBefore):
        await inspecting.draw_plan(COMMAND_LINE, plan.number, clock=clock)
    visitor.cookies.clear()
    published = msgspec.json.decode((await visitor.get(f"{address}/list.json")).content)
    done = await asyncio.to_thread(verified, tmp_path, published)
    assert (done.returncode, "2 个班级" in done.stdout) == (0, True), done.stdout
    assert plan.list_sha256 in done.stdout
    assert plan.seed in done.stdout
    for broken in ({}, {**published, "lots": [{"key": "A", "weight": 0}]}):
        assert "无法识别" in (await asyncio.to_thread(verified, tmp_path, broken)).stdout
    chosen = drawn[0].drawn
    clock.move(timedelta(days=40))
    told = visit(class_no=chosen.key, visited_on=clock.today(), inspectors=chosen.inspectors, passed=False, words="未见学员")
    await record_visit(COMMAND_LINE, told, clock=clock)
    _plan, after = await inspecting.show_plan(plan.number)
    assert [each.passed for each in after] == [False, None]
    assert (await inspecting.coverage_of(start.year)) == (3, 1)
    assert "不合格" in (await visitor.get(f"{address}/drawn.csv")).content.decode("utf-8-sig")
    assert chosen.key in (await visitor.get(address)).text


async def test_neither_waiting_nor_publishing_again_changes_what_is_drawn(database: Settings, clock: FixedClock) -> None:
    teacher, room = await furnished(clock)
    start = clock.today() + timedelta(days=21)
    for turn in range(4):
        await approved(clock, 10 + 10 * turn, start + timedelta(days=7 * turn), teacher, room)
    wanted: dict[str, Any] = {"title": "抽查", "start": start, "end": start + timedelta(days=40), "classes": 1, "inspectors": "甲\n乙"}
    number = await inspecting.publish_plan(COMMAND_LINE, **wanted, clock=clock)
    async with read_transaction():
        (seed,) = (await fetch_tuples("SELECT hash FROM trail WHERE subject = $1", number))[0]
    with pytest.raises(InspectionRefused, match=number):
        await inspecting.publish_plan(COMMAND_LINE, **wanted, clock=clock)
    await sign_in_as("dudao", clock)
    said = await asyncio.gather(*(inspecting.draw_plan(COMMAND_LINE, number, clock=clock) for _ in range(2)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in said) == ["DrawnBefore", "NoneType"]
    plan, _drawn = await inspecting.show_plan(number)
    assert plan.seed == seed
    assert await inspecting.publish_plan(COMMAND_LINE, **wanted, clock=clock) != number


async def test_only_inspectors_plan_and_only_classes_there_are(database: Settings, clock: FixedClock) -> None:
    clerk = (await sign_in_as("jingban-a", clock)).actor
    day = clock.today()
    with pytest.raises(NotAllowed):
        await inspecting.publish_plan(clerk, title="抽查", start=day, end=day, classes=1, inspectors="甲\n乙", clock=clock)
    for wrong in ({"title": ""}, {"end": day - timedelta(days=1)}, {"classes": 0}, {"inspectors": "甲\n甲"}, {}):
        asked: dict[str, Any] = {"title": "抽查", "start": day, "end": day, "classes": 1, "inspectors": "甲\n乙", **wrong}
        with pytest.raises(InspectionRefused):
            await inspecting.publish_plan(COMMAND_LINE, **asked, clock=clock)
