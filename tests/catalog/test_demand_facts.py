"""What answers a demand, and the report of demand against items, classes and priority industries, counted by hand."""

from datetime import date
from typing import Any

import msgspec

from training_admin.catalog.demand_facts import (
    STATE_WORDS,
    Demand,
    DemandState,
    IndustryRow,
    LagRow,
    Seats,
    industries_by_key,
    industry_rows,
    is_answered,
    key_of,
    lag_rows,
)
from training_admin.catalog.facts import CatalogItem
from training_admin.kit.dated import Standing
from training_admin.parties.list_facts import ListEntry, ListKind

TODAY = date(2026, 6, 1)
WELDER, ROBOT = "6-18-02-04", "6-20-99-01"


def item(code: str = "A-1", **changes: Any) -> CatalogItem:
    whole = CatalogItem(code, "焊工五级", "A", WELDER, "5", 10_000, 1, None, False, False, "LES", date(2026, 1, 1), None)
    return msgspec.structs.replace(whole, **changes)


def demand(**changes: Any) -> Demand:
    whole = Demand(
        id=1,
        number="XQ1",
        enterprise="E1",
        enterprise_name="企业",
        industry="",
        title="机器人运维",
        occupation=ROBOT,
        level=None,
        item=None,
        people=10,
        wanted_by=None,
        words="",
        entered_on=date(2026, 5, 2),
        state=DemandState.OPEN,
        met_item=None,
        met_on=None,
    )
    return msgspec.structs.replace(whole, **changes)


def listed(kind: ListKind, code: str, name: str, **changes: Any) -> ListEntry:
    return msgspec.structs.replace(ListEntry(kind, code, name, date(2026, 1, 1), None, "文", Standing.FOUND), **changes)


ENTRIES = (
    listed(ListKind.PRIORITY_INDUSTRY, "C34", "智能装备"),
    listed(ListKind.PRIORITY_INDUSTRY, "C39", "电子信息"),
    listed(ListKind.PRIORITY_INDUSTRY, "C27", "医药", valid_to=date(2026, 5, 31)),
    listed(ListKind.ENTERPRISE_INDUSTRY, "E1", "企业", industry="C3491"),
)


def test_an_item_answers_by_its_code_or_by_occupation_and_level() -> None:
    wanted = demand(occupation=WELDER, level="5")
    assert is_answered(wanted, item(), TODAY)
    assert is_answered(msgspec.structs.replace(wanted, level=None), item(), TODAY)
    assert not is_answered(msgspec.structs.replace(wanted, level="4"), item(), TODAY)
    assert not is_answered(demand(), item(), TODAY)
    assert is_answered(demand(occupation=None, item="A-1"), item(), TODAY)
    assert not is_answered(demand(occupation=None, item="A-2"), item(), TODAY)
    assert is_answered(wanted, item(valid_to=TODAY), TODAY)
    assert not is_answered(wanted, item(valid_to=date(2026, 5, 31)), TODAY)
    assert set(STATE_WORDS) == set(DemandState)


def test_what_has_no_occupation_counts_under_its_item() -> None:
    items = {"A-1": item(), "F-1": item("F-1", occupation=None)}
    assert key_of(ROBOT, "A-1", items) == ROBOT
    assert key_of(None, "A-1", items) == WELDER
    assert key_of(None, "F-1", items) == "F-1"
    assert key_of(None, "X", items) == "X"
    assert key_of(None, None, items) == ""


def test_the_report_counts_by_hand() -> None:
    met = demand(occupation=WELDER, state=DemandState.MET, met_item="A-1", met_on=date(2026, 5, 23), people=7)
    later = msgspec.structs.replace(met, entered_on=date(2026, 5, 12), people=1)
    gone = demand(state=DemandState.WITHDRAWN, people=100)
    classes = [
        Seats(WELDER, "A-1", begun=False, seats=40, enrolled=12),
        Seats(None, "A-1", begun=True, seats=40, enrolled=1),
        Seats(WELDER, None, begun=False, seats=10, enrolled=11),
        Seats(WELDER, None, begun=False, seats=None, enrolled=5),
        Seats(None, None, begun=False, seats=9, enrolled=0),
    ]
    items = [
        item(),
        item("A-2", level="4", name="焊工四级"),
        item("A-3", valid_to=date(2026, 5, 31)),
        item("A-4", valid_from=date(2026, 7, 1)),
    ]
    rows = lag_rows(
        [demand(), demand(people=3, entered_on=TODAY), met, later, gone], items, classes, {WELDER: ("智能装备",), "Z": ()}, TODAY
    )
    assert rows == (
        LagRow(ROBOT, "机器人运维", (), 13, 0, 30, None, 0, 0, 0),
        LagRow(WELDER, "焊工五级", ("智能装备",), 0, 8, None, 16, 2, 4, 28),
    )
    assert rows[1].people == 8
    assert lag_rows([], [], [Seats(WELDER, None, begun=True, seats=1, enrolled=1)], {}, TODAY)[0].name == ""


def test_priority_industries_come_from_enterprises_and_from_items() -> None:
    told = {"A-1": "C3411", "A-2": None, "A-3": "C27"}
    items = [item(), item("A-2"), item("A-3", occupation=None), item("A-4", valid_to=date(2026, 5, 1))]
    asked = [demand(), demand(enterprise="E2"), demand(occupation="9-99-99-99", state=DemandState.WITHDRAWN)]
    assert industries_by_key(asked, items, told, ENTRIES, TODAY) == {WELDER: ("智能装备",), ROBOT: ("智能装备",)}
    met = demand(state=DemandState.MET, met_item="A-1", met_on=TODAY, people=4)
    assert industry_rows([*asked, met], items, told, ENTRIES, TODAY) == (
        IndustryRow("C39", "电子信息", 0, 0, 0),
        IndustryRow("C34", "智能装备", 1, 10, 4),
    )
