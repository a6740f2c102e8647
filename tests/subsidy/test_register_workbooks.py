"""Register workbooks: the same document as JSON, every wrong cell named at once, bounds on rows and kinds of file."""

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest

from tests.subsidy.conftest import sample
from tests.subsidy.register_books import (
    ABOUT,
    ENTERPRISES,
    FILINGS,
    INSURANCE,
    PAYMENTS,
    SOURCE,
    SUBSIDY,
    SURCHARGE,
    Rows,
    changed,
    document,
    register_book,
    tables_of,
    written,
)
from training_admin.kit.child import RefusedInChild
from training_admin.kit.workbook.limits import TooManyRows
from training_admin.subsidy import register_workbooks
from training_admin.subsidy.intake import RegistersIncomplete, read_registers
from training_admin.subsidy.register_layout import LIMITS, MOST_PROBLEMS, RegistersRead
from training_admin.subsidy.register_workbooks import read_register_workbook
from training_admin.subsidy.registers import (
    MOST_OF_A_PERSON,
    RegistersDocument,
    RegistersUnreadable,
    decode_registers,
    registers_from_document,
)

TODAY = date(2026, 6, 1)
Sheets = dict[str, Rows]


def read(content: bytes) -> RegistersRead:
    return read_register_workbook(content, today=TODAY)


def found(change: Callable[[Sheets], object], letter: str = "B") -> list[tuple[str, str, str]]:
    """The problems of a sample delivery after a change."""
    problems = read(changed(document(letter), change)).problems
    return [(problem.sheet, problem.cell, problem.code) for problem in problems]


def put(sheet: str, row: int, header: str, value: Any) -> Callable[[Sheets], None]:
    """Write one cell, rows counted as Excel does."""

    def change(tables: Sheets) -> None:
        tables[sheet][row - 1][tables[sheet][0].index(header)] = value

    return change


def say(label: str, value: Any) -> Callable[[Sheets], None]:
    """Write one value of 交付说明."""

    def change(tables: Sheets) -> None:
        next(row for row in tables[ABOUT] if row[0] == label)[1] = value

    return change


def only(*names: str) -> Callable[[Sheets], None]:
    """Keep some sheets besides 交付说明."""

    def change(tables: Sheets) -> None:
        for name in set(tables) - {ABOUT, *names}:
            del tables[name]

    return change


def together(*changes: Callable[[Sheets], object]) -> Callable[[Sheets], None]:
    def change(tables: Sheets) -> None:
        for each in changes:
            each(tables)

    return change


async def test_a_workbook_gives_the_same_document_as_json(letter: str) -> None:
    registers = document(letter)
    got = await read_registers(register_book(registers), today=TODAY)
    assert got == msgspec.structs.replace(registers, source=SOURCE)
    assert await read_registers(sample(f"registers_{letter}.json"), today=TODAY) == registers


@pytest.mark.parametrize(
    ("label", "written_as", "expected"),
    [
        pytest.param("社保缴费月份", "2026-01至2026-06", 6, id="a stretch"),
        pytest.param("社保缴费月份", "2026年1月 至 2026年3月，202604；2026.5 2026/6", 6, id="a mixture"),
        pytest.param("社保缴费月份", "2026-01~2026-06", 6, id="a tilde"),
    ],
)
def test_covered_months_are_read_in_all_usual_spellings(label: str, written_as: str, expected: int) -> None:
    got = read(changed(document("A"), say(label, written_as)))
    assert got.document is not None, got.problems
    assert got.document.coverage.insurance == tuple(f"2026-{month:02d}" for month in range(1, expected + 1))


def test_one_month_may_be_a_real_date_and_a_number_of_six_digits() -> None:
    def change(tables: Sheets) -> None:
        only(INSURANCE)(tables)
        tables[INSURANCE] = [row for row in tables[INSURANCE] if row[0] in {"缴费月份", "2026-04"}]
        for place, row in enumerate(tables[INSURANCE][1:]):
            row[0] = (date(2026, 4, 1), 202604, "2026年4月", "2026-04-30")[place % 4]
        say("社保缴费月份", date(2026, 4, 1))(tables)
        say("地方教育附加年度", None)(tables)

    got = read(changed(document("A"), change))
    assert got.document is not None, got.problems
    assert {row.month for row in got.document.insurance} == {"2026-04"}
    assert got.document.coverage.insurance == ("2026-04",)


@pytest.mark.parametrize("value", [2026.1, "2026-13", "四月", "1999-01", True])
def test_what_is_no_month_is_refused(value: Any) -> None:
    assert found(put(INSURANCE, 5, "缴费月份", value)) == [(INSURANCE, "A5", "DATE")]


@pytest.mark.parametrize("value", ["2026-06至2026-01", "去年", "2026-01至2026-02至2026-03", "1900-01至2099-12"])
def test_what_is_no_list_of_months_is_refused_once_and_not_in_every_row(value: str) -> None:
    assert found(say("社保缴费月份", value)) == [(ABOUT, "B3", "UNKNOWN_VALUE")]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param(put(INSURANCE, 3, "证件号码", 310100197811200031), (INSURANCE, "B3", "ID_AS_NUMBER"), id="identity number as number"),
        pytest.param(put(INSURANCE, 3, "证件号码", "3.10100197811E+17"), (INSURANCE, "B3", "ID_AS_NUMBER"), id="identity in scientific"),
        pytest.param(put(INSURANCE, 3, "证件号码", "31010019781120003"), (INSURANCE, "B3", "ID_FORMAT"), id="a digit lost"),
        pytest.param(put(INSURANCE, 3, "证件号码", None), (INSURANCE, "B3", "MISSING"), id="no identity number"),
        pytest.param(put(INSURANCE, 3, "缴费月份", '="2026-"&"01"'), (INSURANCE, "A3", "FORMULA"), id="a formula"),
        pytest.param(
            put(INSURANCE, 3, "缴费单位信用代码", "91310117X120000175"), (INSURANCE, "C3", "ID_CHECK"), id="payer fails its check"
        ),
        pytest.param(put(INSURANCE, 3, "缴费单位信用代码", "测试公司"), (INSURANCE, "C3", "ID_FORMAT"), id="payer is a name"),
        pytest.param(put(INSURANCE, 3, "缴费月份", "2026-07"), (INSURANCE, "A3", "NOT_COVERED"), id="month not said to be covered"),
        pytest.param(put(ENTERPRISES, 2, "统一社会信用代码", 913101171200001740), (ENTERPRISES, "B2", "ID_AS_NUMBER"), id="code as number"),
        pytest.param(put(ENTERPRISES, 3, "统一社会信用代码", "91310117X120000174"), (ENTERPRISES, "B3", "DUPLICATE_ROW"), id="firm twice"),
        pytest.param(put(ENTERPRISES, 2, "企业规模", "巨型"), (ENTERPRISES, "C2", "UNKNOWN_VALUE"), id="size unknown"),
        pytest.param(put(ENTERPRISES, 2, "税收征管区划", "松江"), (ENTERPRISES, "D2", "UNKNOWN_VALUE"), id="district not a code"),
        pytest.param(put(ENTERPRISES, 2, "企业名称", "长" * 201), (ENTERPRISES, "A2", "TOO_LONG"), id="name too long"),
        pytest.param(put(ENTERPRISES, 2, "参保人数", -1), (ENTERPRISES, "F2", "NUMBER"), id="headcount negative"),
        pytest.param(put(SURCHARGE, 2, "实缴金额（元）", "60000.001"), (SURCHARGE, "C2", "MONEY"), id="a third decimal"),
        pytest.param(put(SURCHARGE, 2, "年度", "25"), (SURCHARGE, "B2", "NUMBER"), id="no year"),
        pytest.param(put(SUBSIDY, 2, "已拨金额", None), (SUBSIDY, "C2", "MISSING"), id="no amount"),
        pytest.param(put(FILINGS, 2, "结业日期", date(2026, 1, 1)), (FILINGS, "G2", "DATE"), id="ends before it starts"),
        pytest.param(put(FILINGS, 2, "开班日期", "三月初"), (FILINGS, "F2", "DATE"), id="no day"),
        pytest.param(put(FILINGS, 2, "培训方式", "面授"), (FILINGS, "K2", "UNKNOWN_VALUE"), id="mode unknown"),
        pytest.param(put(FILINGS, 2, "计划课时", "很多"), (FILINGS, "H2", "NUMBER"), id="hours no number"),
        pytest.param(put(FILINGS, 2, "培训类别", "新型学徒制"), (FILINGS, "D2", "UNKNOWN_VALUE"), id="no class is filed for apprentices"),
        pytest.param(put(FILINGS, 3, "班级编号", "SY2026-B01"), (FILINGS, "A3", "DUPLICATE_ROW"), id="class twice"),
        pytest.param(put(PAYMENTS, 2, "技能等级", "六级"), (PAYMENTS, "E2", "UNKNOWN_VALUE"), id="level unknown"),
        pytest.param(put(PAYMENTS, 2, "金额（元）", "九百"), (PAYMENTS, "C2", "MONEY"), id="amount in words"),
        pytest.param(say("来源", None), (ABOUT, "B1", "MISSING"), id="no source"),
        pytest.param(say("截止日", "六月"), (ABOUT, "B2", "DATE"), id="no as-of day"),
        pytest.param(say("行政区划代码", "3101"), (ABOUT, "B5", "UNKNOWN_VALUE"), id="district code too short"),
    ],
)
def test_one_wrong_cell_is_named_with_its_code(change: Callable[[Sheets], object], problem: tuple[str, str, str]) -> None:
    assert found(change) == [problem]


def test_every_wrong_cell_is_listed_at_once_in_reading_order_without_any_number() -> None:
    change = together(
        put(PAYMENTS, 3, "发放日期", "上月"),
        put(INSURANCE, 9, "证件号码", 310100197811200031),
        put(ENTERPRISES, 2, "企业规模", "巨型"),
        say("截止日", None),
    )
    got = read(changed(document("B"), change))
    assert got.document is None
    assert [(p.sheet, p.cell, p.code) for p in got.problems] == [
        (ABOUT, "B2", "MISSING"),
        (ENTERPRISES, "C2", "UNKNOWN_VALUE"),
        (INSURANCE, "B9", "ID_AS_NUMBER"),
        (PAYMENTS, "B3", "DATE"),
    ]
    assert not any("310100" in problem.message for problem in got.problems)
    assert all(problem.message.endswith("。") for problem in got.problems)


def test_a_number_that_only_fails_its_check_is_taken_as_the_office_has_it() -> None:
    assert found(put(INSURANCE, 3, "证件号码", "310100197811200032")) == []


def test_a_document_type_decides_how_its_number_is_read() -> None:
    def change(tables: Sheets) -> None:
        for number, row in enumerate(tables[INSURANCE]):
            row.append("证件类型" if number == 0 else None)
        tables[INSURANCE][1][1:] = ["G12345678", tables[INSURANCE][1][2], "护照"]
        tables[INSURANCE][2][1:] = ["G12345678", tables[INSURANCE][2][2], None]
        tables[INSURANCE][3][1:] = ["G12345678", tables[INSURANCE][3][2], "居民身份证"]
        tables[INSURANCE][4][1:] = ["G12345678", tables[INSURANCE][4][2], "学生证"]

    assert found(change) == [(INSURANCE, "B4", "ID_FORMAT"), (INSURANCE, "D5", "UNKNOWN_VALUE")]


def test_the_tax_bureau_alone_may_deliver_what_was_paid() -> None:
    change = together(only(SURCHARGE), say("社保缴费月份", None))
    got = read(changed(document("B"), change)).document
    assert got is not None
    assert got.enterprises == ()
    assert {each.uscc: each.surcharge_paid for each in got.year_amounts}["91310117X120000174"] == {"2025": "60000.00"}
    assert got.row_count == 2


def test_a_period_said_to_be_covered_needs_rows() -> None:
    assert found(only(ENTERPRISES)) == [(ABOUT, "B3", "NO_ROWS"), (ABOUT, "B4", "NO_ROWS")]
    assert found(say("社保缴费月份", "2026-01至2026-07")) == [(ABOUT, "B3", "NO_ROWS")]


def test_a_workbook_without_any_row_is_refused() -> None:
    nothing = together(
        only(ENTERPRISES), say("社保缴费月份", None), say("地方教育附加年度", None), lambda t: t[ENTERPRISES].__delitem__(slice(1, None))
    )
    assert found(nothing) == [(ABOUT, "", "MISSING")]


def test_sheets_and_columns_that_are_missing_or_stand_twice_are_named() -> None:
    assert (ABOUT, "", "MISSING_SHEET") in found(lambda tables: tables.pop(ABOUT))

    def without(tables: Sheets) -> None:
        tables[INSURANCE] = [[row[0], row[1]] for row in tables[INSURANCE]]

    assert found(without)[0] == (INSURANCE, "A1", "MISSING_COLUMN")

    def twice(tables: Sheets) -> None:
        for row in tables[FILINGS]:
            row.append(row[0])

    assert found(twice) == [(FILINGS, "Q1", "DUPLICATE_HEADER")]
    assert found(lambda tables: tables[SUBSIDY].__setitem__(0, ["甲", "乙", "丙"])) == [(SUBSIDY, "", "MISSING_COLUMN")]


def test_names_are_kept_as_written_and_halves_of_hours_too() -> None:
    change = together(
        put(FILINGS, 2, "实际课时", 85.5), put(FILINGS, 2, "线上课时", "0"), put(ENTERPRISES, 2, "企业名称", " 上海 （B）　公司 ")
    )
    got = read(changed(document("B"), change)).document
    assert got is not None
    assert got.filings[0].delivered_hours == "85.5"
    assert got.filings[0].online_hours == 0
    assert got.enterprises[0].name == "上海 （B） 公司"


def test_problems_are_counted_further_than_they_are_listed() -> None:
    rows = [["2026-01", "1", "x"]] * (MOST_PROBLEMS + 5)
    got = read(
        written(
            {
                **tables_of(RegistersDocument(TODAY, document("B").coverage)),
                INSURANCE: [["缴费月份", "证件号码", "缴费单位信用代码"], *rows],
            }
        )
    )
    assert len(got.problems) == MOST_PROBLEMS
    assert got.problem_count == 2 * (MOST_PROBLEMS + 5)


async def test_a_refused_workbook_lists_its_cells_and_says_how_many_there_are() -> None:
    with pytest.raises(RegistersIncomplete) as refused:
        await read_registers(changed(document("B"), put(INSURANCE, 3, "证件号码", 1.5)), today=TODAY)
    assert refused.value.extra["count"] == 1
    assert refused.value.extra["cells"][0]["cell"] == "B3"
    assert refused.value.sentence == "工作簿中有 1 处有误，没有导入任何数据。请按列出的问题更正后重新导入。"


def test_more_rows_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert LIMITS.rows == 200_000
    monkeypatch.setattr(register_workbooks, "LIMITS", msgspec.structs.replace(LIMITS, rows=100, heading_rows=1))
    with pytest.raises(TooManyRows) as refused:
        read(register_book(document("B")))
    assert refused.value.extra == {"sheet": INSURANCE, "cell": "A102"}
    assert refused.value.sentence == "工作表“社保缴费”超过 100 行（到 A102），请拆分成几份后分别上传。"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "workbook-not-xlsx", id="empty"),
        pytest.param("证件号码,缴费月份\n".encode(), "workbook-is-text", id="csv"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "workbook-old-format", id="xls"),
        pytest.param(b"PK\x03\x04broken", "workbook-damaged", id="broken zip"),
    ],
)
async def test_what_is_neither_json_nor_workbook_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(RefusedInChild) as refused:
        await read_registers(content, today=TODAY)
    assert refused.value.problem()["code"] == code
    assert "申报" not in refused.value.sentence


@pytest.mark.parametrize(
    ("part", "place"),
    [
        pytest.param('"enterprises": [{"uscc": "91310117X1200001740", "name": "x"}]', "$.enterprises[0].uscc", id="code too long"),
        pytest.param('"enterprises": [{"uscc": "9", "name": "a\\u0000b"}]', "$.enterprises[0].name", id="NUL in a name"),
        pytest.param('"enterprises": [{"uscc": "9", "name": "x", "size": "XL"}]', "$.enterprises[0].size", id="size unknown"),
        pytest.param('"insurance": [{"id_no": "1", "month": "2026-13", "payer": "9"}]', "$.insurance[0].month", id="no month"),
        pytest.param(
            '"insurance": [{"id_no": "1", "month": "2026-01\\n", "payer": "9"}]', "$.insurance[0].month", id="line end in a month"
        ),
    ],
)
def test_json_that_the_tables_cannot_hold_is_refused_by_its_place(part: str, place: str) -> None:
    with pytest.raises(RegistersUnreadable) as refused:
        decode_registers(f'{{"as_of": "2026-06-01", "coverage": {{}}, {part}}}'.encode())
    assert place in refused.value.sentence


CLASS = '{"class_no": "K", "enterprise": "9", "stream": "s", "delivered_hours": 1, "enrolled": 1, "start": "2026-02-02"'
PAID = '{"id_no": "1", "paid_on": "2026-01-01", "amount": 1}'


@pytest.mark.parametrize(
    "part",
    [
        pytest.param('"year_amounts": [{"uscc": "9", "surcharge_paid": {"2025": "-1"}}]', id="a negative amount"),
        pytest.param('"year_amounts": [{"uscc": "9", "subsidy_paid": {"2025": 1e300}}]', id="an absurd amount"),
        pytest.param(f'"filings": [{CLASS}, "end": "2026-02-01", "planned_hours": 1}}]', id="days backwards"),
        pytest.param(f'"filings": [{CLASS}, "end": "2026-02-03", "planned_hours": 1e9}}]', id="absurd hours"),
        pytest.param(f'"payments": [{",".join([PAID] * (MOST_OF_A_PERSON + 1))}]', id="a person paid too often"),
    ],
)
def test_json_with_impossible_values_is_refused(part: str) -> None:
    registers = decode_registers(f'{{"as_of": "2026-06-01", "coverage": {{}}, {part}}}'.encode())
    with pytest.raises(RegistersUnreadable):
        registers_from_document(registers, str)


def test_money_may_have_been_paid_for_apprentices() -> None:
    got = read(changed(document("B"), put(PAYMENTS, 2, "培训类别", "新型学徒制")))
    assert got.document is not None, got.problems
    assert got.document.payments[0].stream == "新型学徒制"
