"""Totals, bar and rows of a result; states and causes in words."""

import re
from pathlib import Path

import msgspec

from tests.subsidy.ordinary import CLASS, LINE, claim_of
from training_admin.subsidy.assess import assess
from training_admin.subsidy.form import SHEET_COSTS, SHEET_ROSTER, CellProblem
from training_admin.subsidy.review_states import ClaimState
from training_admin.subsidy.screens import (
    BAR_WIDTH,
    NOBODY,
    STATE_WORDS,
    LineFilter,
    cause_words,
    cells_of_row,
    chosen_lines,
    line_of,
    line_row,
    page_of_lines,
    state_words,
    totals,
)
from training_admin.subsidy.views import PersonShown

RECORD = assess(
    claim_of(
        (
            LINE,
            msgspec.structs.replace(LINE, row=6, person="q", exam_result="缺考"),
            msgspec.structs.replace(LINE, row=7, person="", readable=False),
            msgspec.structs.replace(LINE, row=8, person="r", class_no="SY2026-A02"),
        ),
        (CLASS, msgspec.structs.replace(CLASS, class_no="SY2026-A02")),
    )
)


def test_totals_count_every_line_once_and_the_bar_is_full() -> None:
    sums = totals(RECORD)
    assert (sums.people, sums.paying, sums.refused, sums.held, sums.cells) == (4, 2, 1, 0, 1)
    assert sum(part.count for part in sums.bar) == sums.people
    assert sum(part.width for part in sums.bar) == BAR_WIDTH
    assert [part.x for part in sums.bar] == [0, 500, 750]


def test_rows_are_chosen_by_outcome_and_class() -> None:
    assert [line.row for line in chosen_lines(RECORD, LineFilter())] == [5, 6, 7, 8]
    assert [line.row for line in chosen_lines(RECORD, LineFilter(outcome="PAY"))] == [5, 8]
    assert [line.row for line in chosen_lines(RECORD, LineFilter(outcome="PAY", class_no="SY2026-A02"))] == [8]


def test_pages_of_rows_go_on_after_a_row() -> None:
    first, following = page_of_lines(RECORD, {}, LineFilter(), after=0, limit=3)
    assert ([row.row for row in first], following) == ([5, 6, 7], 7)
    rest, end = page_of_lines(RECORD, {}, LineFilter(), after=7, limit=3)
    assert ([row.row for row in rest], end) == ([8], None)


def test_a_row_names_its_person_and_reasons() -> None:
    person = PersonShown("样例", "居民身份证", "3101************4X")
    row = line_row(RECORD, RECORD.lines[1], {6: person})
    assert row.person == person
    assert [rule for rule, _ in row.reasons] == ["EXAM-01"]
    unreadable = line_row(RECORD, RECORD.lines[2], {})
    assert (unreadable.person, unreadable.reasons) == (NOBODY, ())


def test_a_line_is_found_by_its_row() -> None:
    assert line_of(RECORD, 6) is RECORD.lines[1]
    assert line_of(RECORD, 99) is None


def test_wrong_cells_are_those_of_the_roster_row() -> None:
    cells = [
        CellProblem(sheet, cell, "DATE", "请更正。") for sheet, cell in ((SHEET_ROSTER, "C7"), (SHEET_ROSTER, "AB17"), (SHEET_COSTS, "C7"))
    ]
    assert cells_of_row(cells, 7) == cells[:1]
    assert cells_of_row(cells, 17) == cells[1:2]


def test_states_and_causes_are_said_in_words() -> None:
    assert state_words("submitted") == "已提交，待受理"
    assert state_words("something-new") == "something-new"
    assert cause_words("delivery-7") == "登记数据更新后重新核验"
    assert cause_words("首次核验") == "首次核验"


def test_every_state_of_the_design_has_words() -> None:
    assert set(STATE_WORDS) == set(ClaimState)
    style = (Path(__file__).parents[2] / "training_admin" / "static" / "app.css").read_text("utf-8")
    for part in totals(RECORD).bar:
        assert re.search(rf"\.bar-{part.outcome}\b", style)
        assert re.search(rf"\.mark-{part.outcome}\b", style)
