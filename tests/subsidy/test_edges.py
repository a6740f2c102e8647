"""Readings at the edges of part 15: what a refused line names, whose facts a class filed by another has, hours that a form invents."""

import io
from datetime import date

import msgspec
import openpyxl
import pytest

from tests.subsidy.conftest import sample
from tests.subsidy.ordinary import CLASS, LINE, claim_of
from training_admin.subsidy.assess import assess
from training_admin.subsidy.pricing import counted_centihours
from training_admin.subsidy.printed import printed
from training_admin.subsidy.workbooks import read_claim

HELD = msgspec.structs.replace(CLASS, approved_at=None)
REFUSED_ROW = msgspec.structs.replace(LINE, row=LINE.row + 1, person="q", exam_result="不合格")


def test_a_refused_line_of_a_class_that_only_holds_names_what_refuses_it() -> None:
    again = msgspec.structs.replace(LINE, row=LINE.row + 2, first_row=LINE.row)
    lines = printed(assess(claim_of((LINE, REFUSED_ROW, again), (HELD,))), ()).lines
    assert [(line.outcome, line.rules) for line in lines] == [
        ("HOLD", ("FILE-01",)),
        ("REJECT_LINE", ("EXAM-01",)),
        ("REJECT_LINE", ("CLAIM-04",)),
    ]


def test_a_refused_line_of_a_refused_class_names_both() -> None:
    late = msgspec.structs.replace(CLASS, filed_at=CLASS.start)
    (line,) = printed(assess(claim_of((REFUSED_ROW,), (late,))), ()).lines
    assert (line.outcome, line.rules) == ("REJECT_CLASS", ("FILE-01", "EXAM-01"))


def test_a_class_filed_by_another_enterprise_is_refused_and_shows_its_price_and_its_window() -> None:
    foreign = msgspec.structs.replace(CLASS, filed=False, filed_by_other=True)
    facts = msgspec.structs.replace(claim_of((LINE,), (foreign,)), as_of=date(2027, 6, 1))
    told = printed(assess(facts), ())
    assert told.lines[0].outcome == "REJECT_CLASS"
    assert told.lines[0].rules == ("FILE-01", "CLAIM-01")
    ordinary = printed(assess(claim_of((LINE,), (CLASS,))), ()).classes[0].per_head
    assert told.classes[0].per_head == ordinary != "0.00"


def test_a_class_that_no_register_knows_has_no_price() -> None:
    absent = msgspec.structs.replace(CLASS, filed=False, filed_by_other=False)
    assert printed(assess(claim_of((LINE,), (absent,))), ()).classes[0].per_head == "0.00"


@pytest.mark.parametrize(
    ("delivered", "online", "counted"),
    [
        pytest.param(4_000, 6_000, 4_000, id="more online than held at all"),
        pytest.param(4_000, 4_000, 4_000, id="all of it online, within the share"),
        pytest.param(12_000, 8_000, 10_000, id="online above half of the plan"),
        pytest.param(12_000, 0, 12_000, id="nothing online"),
    ],
)
def test_hours_online_make_no_hours_that_were_not_held(delivered: int, online: int, counted: int) -> None:
    assert counted_centihours(planned=12_000, delivered=delivered, online=online, online_max_bp=5_000) == counted


def changed(letter: str, changes: dict[tuple[str, str], str | None]) -> bytes:
    """A sample claim with some cells changed."""
    book = openpyxl.load_workbook(io.BytesIO(sample(f"claim_{letter}.xlsx")))
    for (sheet, cell), value in changes.items():
        book[sheet][cell] = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_every_wrong_cell_of_the_head_is_told_at_once() -> None:
    page = openpyxl.load_workbook(io.BytesIO(sample("claim_A.xlsx")))["申报表"]
    rows = {str(row[0].value).strip("*： "): row[1].coordinate for row in page.iter_rows() if row[0].value}
    form = read_claim(
        changed("A", {("申报表", rows["申报年度"]): None, ("申报表", rows["申报日期"]): "2026年6月31日"}), today=date(2026, 6, 1)
    )
    assert {(problem.cell, problem.code) for problem in form.problems} >= {(rows["申报年度"], "MISSING"), (rows["申报日期"], "DATE")}


def test_remarks_in_headers_and_the_foot_of_a_printed_table_are_understood() -> None:
    book = openpyxl.load_workbook(io.BytesIO(sample("claim_A.xlsx")))
    page = book["参训人员花名册"]
    header = next(row for row in page.iter_rows() if any(cell.value == "证件号码" for cell in row))
    for cell in header:
        if cell.value == "证件号码":
            cell.value = "证件号码（18位）："
    page.cell(row=page.max_row + 2, column=1, value="填表人：王某　　日期：2026年6月1日")
    target = io.BytesIO()
    book.save(target)
    plain, untidy = (read_claim(content, today=date(2026, 6, 1)) for content in (sample("claim_A.xlsx"), target.getvalue()))
    assert untidy.lines == plain.lines
    assert untidy.problems == plain.problems
