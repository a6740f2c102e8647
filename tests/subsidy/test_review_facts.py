"""Lanes, working days left and possible acts of a review; causes of a record; what a mended workbook changed; what a return asks for."""

from datetime import date

import msgspec
import pytest

from training_admin.kit.actor import DEMO, Actor, ActorKind
from training_admin.kit.rights import Role
from training_admin.kit.workdays import Calendar
from training_admin.subsidy.asked import LONGEST_ITEM, asked_for, items_of
from training_admin.subsidy.causes import Cause
from training_admin.subsidy.form import SHEET_ROSTER, CellProblem, ClassRow, CostRow
from training_admin.subsidy.gather import KeyedClaim, KeyedLine
from training_admin.subsidy.review_facts import Lane, Risk, may_pass_unopened, possible_acts, states_for, workdays_left
from training_admin.subsidy.review_states import Act, ClaimState, Step
from training_admin.subsidy.rounds import ADDED, CHANGED, REMOVED, counted, round_changes

CALENDAR = Calendar(years=frozenset({2026}), off_days=frozenset({date(2026, 6, 19)}), worked_days=frozenset())


def person(*roles: Role, key: str = "P1") -> Actor:
    return Actor(kind=ActorKind.PERSON, key=key, name="某人", roles=frozenset(roles), organisation="RS-001")


@pytest.mark.parametrize(
    ("risk", "lane"),
    [
        (Risk(assessed=False), Lane.DOUBTED),
        (Risk(assessed=True), Lane.PASSED),
        (Risk(assessed=True, unknown=1), Lane.DOUBTED),
        (Risk(assessed=True, holding=1), Lane.DOUBTED),
        (Risk(assessed=True, holds=1), Lane.DOUBTED),
        (Risk(assessed=True, refusing=1), Lane.WARNED),
        (Risk(assessed=True, warning=1), Lane.WARNED),
        (Risk(assessed=True, cells=1), Lane.WARNED),
    ],
)
def test_the_lane_follows_from_what_speaks_for_a_careful_look(risk: Risk, lane: Lane) -> None:
    assert risk.lane is lane


def test_the_gravest_stand_first() -> None:
    grave, doubted, warned = Risk(True, holds=2), Risk(True, unknown=3), Risk(True, warning=9)
    assert sorted([warned, doubted, grave], key=lambda risk: risk.order) == [grave, doubted, warned]


@pytest.mark.parametrize(
    ("today", "due", "left"),
    [
        (date(2026, 6, 1), date(2026, 6, 1), 0),
        (date(2026, 6, 1), date(2026, 6, 2), 1),
        (date(2026, 6, 5), date(2026, 6, 8), 1),
        (date(2026, 6, 18), date(2026, 6, 22), 1),
        (date(2026, 6, 2), date(2026, 6, 1), -1),
        (date(2026, 6, 8), date(2026, 6, 5), -1),
        (date(2026, 6, 7), date(2026, 6, 5), 0),
        (date(2026, 6, 22), date(2026, 6, 18), -1),
        (date(2026, 12, 31), date(2027, 1, 4), None),
    ],
)
def test_working_days_left_are_counted_to_both_sides(today: date, due: date, left: int | None) -> None:
    assert workdays_left(CALENDAR, today, due) == left


def test_only_what_a_role_may_do_is_offered_and_nobody_decides_twice() -> None:
    first, second = person(Role.FIRST_REVIEWER), person(Role.SECOND_REVIEWER)
    assert [each.act for each in possible_acts(first, ClaimState.SUBMITTED, (), returned=0)] == [Act.ACCEPT, Act.NOT_ACCEPT, Act.RETURN]
    assert Act.RETURN not in {each.act for each in possible_acts(first, ClaimState.ACCEPTED, (), returned=1)}
    assert possible_acts(first, ClaimState.FIRST_REVIEW, (), returned=0) == ()
    steps = (Step(1, Act.FIRST, "某人", frozenset({"P1"})),)
    assert all(not each.blocked for each in possible_acts(second, ClaimState.FIRST_REVIEW, (), returned=0))
    blocked = {each.act: bool(each.blocked) for each in possible_acts(second, ClaimState.FIRST_REVIEW, steps, returned=0)}
    assert blocked == {Act.SECOND: True, Act.SEND_BACK: False}
    determine = possible_acts(person(Role.DETERMINER), ClaimState.SECOND_REVIEW, (), returned=0)
    assert [(each.act, each.needs_minutes, each.needs_opinion) for each in determine] == [
        (Act.DETERMINE, True, False),
        (Act.REFUSE, True, True),
    ]
    assert states_for(person(Role.STREET_ACCEPTOR)) == (ClaimState.SUBMITTED,)
    assert ClaimState.PAID not in states_for(DEMO)


def test_a_claim_passes_unopened_only_when_all_passed_and_the_policy_allows() -> None:
    assert may_pass_unopened(Lane.PASSED, allowed=True)
    assert not may_pass_unopened(Lane.PASSED, allowed=False)
    assert not may_pass_unopened(Lane.WARNED, allowed=True)


def test_a_return_asks_for_cells_and_causes_in_one_list() -> None:
    cells = [CellProblem(SHEET_ROSTER, "B11", "ID", "证件号码有误"), CellProblem(SHEET_ROSTER, "B12", "ID", "证件号码有误")]
    cause = Cause("TR-01", "劳动关系", "B1", "unknown", "待比对", "暂缓", "没有社保缴费月份。", (10, 11), 100, True)
    long = msgspec.structs.replace(cause, sentence="长" * 400, rows=(), class_no="")
    items = asked_for(cells, [cause, long])
    assert items[0] == "“参训人员花名册”B11、B12：证件号码有误"
    assert items[1] == "班级 B1，花名册第 10-11 行：劳动关系（TR-01）。没有社保缴费月份。"
    assert len(items[2]) == LONGEST_ITEM
    assert items[2].startswith("劳动关系")
    assert cause.unknown
    assert items_of(" 补 发票\n\n 改第 3 行 ") == ("补 发票", "改第 3 行")


LINE = KeyedLine(10, True, "B1", "aa", "E", None, None, date(2026, 1, 1), None, 1000, "合格")
COST = CostRow(5, True, "B1", "师资费", "12345678", "某校", "X", None, 100_00)


def keyed(lines: tuple[KeyedLine, ...], costs: tuple[CostRow, ...] = (COST,), classes: tuple[ClassRow, ...] = ()) -> KeyedClaim:
    return KeyedClaim("SJ", "X", 2026, date(2026, 6, 1), classes, lines, costs)


def test_two_rounds_are_compared_row_by_row() -> None:
    moved = msgspec.structs.replace(LINE, row=12, attended_centihours=1250, readable=False, contract_end=date(2026, 12, 31))
    other = msgspec.structs.replace(LINE, row=11, person="bb")
    unread = msgspec.structs.replace(LINE, row=13, person="")
    before = keyed((LINE, other, unread), classes=(ClassRow(3, "B1", stream="技能", theory_test=True),))
    after = keyed(
        (moved, unread, msgspec.structs.replace(LINE, row=14, person="cc")),
        (msgspec.structs.replace(COST, amount_fen=90_00), msgspec.structs.replace(COST, row=6, invoice_no="")),
        (ClassRow(3, "B1", theory_test=False),),
    )
    changes = round_changes(before, after)
    seen = {(each.sheet, each.kind, each.column): (each.before, each.after) for each in changes}
    assert seen["参训人员花名册", CHANGED, "出勤课时"] == ("10", "12.5")
    assert seen["参训人员花名册", CHANGED, "可识别"] == ("是", "否")
    assert seen["参训人员花名册", CHANGED, "劳动合同止"] == ("无", "2026-12-31")
    assert seen["培训班级", CHANGED, "类别"] == ("技能", "无")
    assert seen["费用明细", CHANGED, "金额（元）"] == ("100.00", "90.00")
    assert [each.row_before for each in changes if each.kind == REMOVED] == [11]
    assert [each.row_after for each in changes if each.kind == ADDED] == [14, 6]
    assert ("参训人员花名册", ADDED, "", 1) in counted(changes)
    assert round_changes(before, before) == ()
