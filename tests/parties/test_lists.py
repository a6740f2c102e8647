"""A list changes by two persons; what was approved counts from then on, and what counted before can still be read."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from tests.parties.test_list_facts import KEY, OWN, WIDE
from tests.parties.test_list_workbooks import book
from tests.people import sign_in_as
from training_admin.database import DatabaseFault, fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import Actor, NotAllowed, SamePersonTwice
from training_admin.kit.clock import FixedClock
from training_admin.parties.list_facts import ListEntry, ListKind
from training_admin.parties.list_store import ListChangeNotFound, load_lists
from training_admin.parties.list_workbooks import list_workbook
from training_admin.parties.lists import (
    ListDecided,
    ListRefused,
    decide_change,
    list_changes,
    propose_entry,
    propose_workbook,
    show_change,
    show_list,
)

pytestmark = pytest.mark.usefixtures("database")


async def person(login: str, clock: FixedClock) -> Actor:
    return (await sign_in_as(login, clock)).actor


async def changed(clock: FixedClock, entry: ListEntry) -> str:
    number = await propose_entry(await person("zhengce", clock), entry, why="新文件印发", clock=clock)
    await decide_change(await person("zhengshen", clock), number, approve=True, reason="", clock=clock)
    return number


async def test_an_entry_counts_once_another_person_has_approved_it(clock: FixedClock) -> None:
    officer, approver = await person("zhengce", clock), await person("zhengshen", clock)
    number = await propose_entry(officer, KEY, why="新文件印发", clock=clock)
    assert await show_list(ListKind.KEY_ENTERPRISE, day=None, clock=clock) == ()
    with pytest.raises(SamePersonTwice):
        await decide_change(msgspec.structs.replace(approver, acts_for=officer.key), number, approve=True, reason="", clock=clock)
    with pytest.raises(NotAllowed):
        await decide_change(officer, number, approve=True, reason="", clock=clock)
    await decide_change(approver, number, approve=True, reason="", clock=clock)
    with pytest.raises(ListDecided):
        await decide_change(approver, number, approve=True, reason="", clock=clock)
    assert await show_list(ListKind.KEY_ENTERPRISE, day=clock.today(), clock=clock) == (KEY,)
    assert await show_list(ListKind.KEY_ENTERPRISE, day=date(2027, 1, 1), clock=clock) == ()
    assert await show_list(ListKind.COOPERATION_BASE, day=None, clock=clock) == ()


async def test_ending_an_entry_replaces_it_and_the_past_stays_readable(clock: FixedClock) -> None:
    await changed(clock, KEY)
    before = clock.now()
    clock.move(timedelta(hours=1))
    ended = msgspec.structs.replace(KEY, valid_to=date(2026, 6, 1))
    number = await propose_entry(await person("zhengce", clock), ended, why="已迁出", clock=clock)
    shown = await show_change(await person("zhengshen", clock), number, clock=clock)
    assert shown.entries == ((ended, KEY),)
    await decide_change(await person("zhengshen", clock), number, approve=True, reason="", clock=clock)
    async with read_transaction():
        assert await load_lists(known_at=clock.now()) == (ended,)
        assert await load_lists(known_at=before) == (KEY,)
    assert (await show_change(await person("fenguan", clock), number, clock=clock)).entries == ((ended, KEY),)


async def test_a_workbook_is_taken_whole_or_not_at_all(clock: FixedClock) -> None:
    officer = await person("zhengce", clock)
    wrong = book(ListKind.PRIORITY_INDUSTRY, ["C34", "通用设备", "2026-01-01", "", "文件", "有据"], ["34", "", "", "", "", ""])
    with pytest.raises(ListRefused) as refused:
        await propose_workbook(officer, ListKind.PRIORITY_INDUSTRY, wrong, why="年度调整", clock=clock)
    assert len(refused.value.extra["cells"]) == 5
    assert await list_changes(officer, before=None, limit=5) == ([], None)
    content = list_workbook(ListKind.PRIORITY_INDUSTRY, [WIDE, msgspec.structs.replace(WIDE, code="C35")])
    number = await propose_workbook(officer, ListKind.PRIORITY_INDUSTRY, content, why="年度调整", clock=clock)
    found, following = await list_changes(officer, before=None, limit=5)
    assert [(each.number, each.count) for each in found] == [(number, 2)]
    assert following is None


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        pytest.param(KEY, {"code": "91310117X11000017Y"}, id="credit code"),
        pytest.param(KEY, {"industry": "C34"}, id="industry where none belongs"),
        pytest.param(KEY, {"name": ""}, id="no name"),
        pytest.param(KEY, {"paper": "x" * 501}, id="paper too long"),
        pytest.param(KEY, {"valid_to": date(2025, 1, 1)}, id="ends before it begins"),
        pytest.param(OWN, {"industry": None}, id="no industry"),
        pytest.param(WIDE, {"code": "34"}, id="industry code"),
        pytest.param(WIDE, {"kind": ListKind.PILOT_OCCUPATION}, id="occupation code"),
    ],
)
async def test_a_wrong_entry_is_refused(clock: FixedClock, entry: ListEntry, wrong: dict[str, Any]) -> None:
    with pytest.raises(ListRefused):
        await propose_entry(await person("zhengce", clock), msgspec.structs.replace(entry, **wrong), why="理由", clock=clock)


async def test_reasons_are_asked_for_and_only_policy_people_propose(clock: FixedClock) -> None:
    officer, approver = await person("zhengce", clock), await person("zhengshen", clock)
    with pytest.raises(ListRefused):
        await propose_entry(officer, KEY, why=" ", clock=clock)
    with pytest.raises(NotAllowed):
        await propose_entry(approver, KEY, why="理由", clock=clock)
    number = await propose_entry(officer, KEY, why="理由", clock=clock)
    with pytest.raises(ListRefused):
        await decide_change(approver, number, approve=False, reason="", clock=clock)
    await decide_change(approver, number, approve=False, reason="没有文件", clock=clock)
    assert await show_list(ListKind.KEY_ENTERPRISE, day=None, clock=clock) == ()
    with pytest.raises(ListChangeNotFound):
        await show_change(officer, "MD20269999", clock=clock)


async def test_lists_can_be_neither_changed_nor_emptied(clock: FixedClock) -> None:
    await changed(clock, KEY)
    for statement in (
        "UPDATE list_entry SET name = 'x'",
        "DELETE FROM list_entry",
        "UPDATE list_change SET why = 'x'",
        "DELETE FROM list_change",
    ):
        with pytest.raises(DatabaseFault):
            async with write_transaction():
                await fetch_tuples(statement)
