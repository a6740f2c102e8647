"""Files from bank and treasury: a workbook or a CSV with one table, read in a child process; every wrong cell is named."""

from enum import StrEnum

import msgspec

from training_admin.fund.result_facts import (
    AMOUNT,
    CODE,
    FAILED_WORDS,
    FAILURE,
    OUTCOME,
    PAID_ON,
    PAID_WORDS,
    REFERENCE,
    BankResult,
)
from training_admin.kit.child import ChildLimits, run_in_child
from training_admin.kit.money import fen_from_text
from training_admin.kit.workbook.cells import Problems, RowReader, table_reader
from training_admin.kit.workbook.delimited import CSV_SHEET, csv_rows
from training_admin.kit.workbook.limits import Limits
from training_admin.kit.workbook.package import Package
from training_admin.kit.workbook.parts import read_parts
from training_admin.kit.workbook.problems import CellProblem
from training_admin.kit.workbook.sheet import Cell, Kind, column_letters, read_rows
from training_admin.kit.workbook.table import Column
from training_admin.kit.workbook.values import compact, to_fen

MOST_ROWS, MOST_PROBLEMS = 20_000, 500
LIMITS = Limits(rows=MOST_ROWS)
TASK = "training_admin.fund.result_workbooks:read_task"
OUTCOMES = dict.fromkeys(PAID_WORDS, "paid") | dict.fromkeys(FAILED_WORDS, "failed")
RESULT_COLUMNS = (
    *(Column(CODE), Column(AMOUNT, required=False), Column(OUTCOME), Column(REFERENCE, required=False)),
    *(Column(PAID_ON, required=False), Column(FAILURE, required=False)),
)
STATEMENT_COLUMNS = (Column(REFERENCE), Column(AMOUNT))


class Table(StrEnum):
    """Which table is read."""

    RESULTS = "results"
    STATEMENT = "statement"


class TableReading(msgspec.Struct, frozen=True, array_like=True):
    """A file to read."""

    content: bytes
    table: Table


class TableRead(msgspec.Struct, frozen=True):
    """What was read: rows of the asked kind, the letters of the columns, the sheet's name, the first wrong cells and their count."""

    results: tuple[BankResult, ...]
    statement: tuple[tuple[str, int], ...]
    places: dict[str, str]
    sheet: str
    problems: tuple[CellProblem, ...]
    count: int


async def read_table(content: bytes, table: Table) -> TableRead:
    """A file read in a child process; raises TableUnreadable, the refusals of kit.workbook and ChildFailed."""
    answer = await run_in_child(TASK, msgspec.msgpack.encode(TableReading(content, table)), limits=ChildLimits())
    return msgspec.msgpack.decode(answer, type=TableRead)


def read_task(payload: bytes) -> bytes:
    """The child's side of `read_table`."""
    reading = msgspec.msgpack.decode(payload, type=TableReading)
    return msgspec.msgpack.encode(read_content(reading.content, reading.table))


def read_content(content: bytes, table: Table) -> TableRead:
    """Read a file; wrong cells never raise, they are listed in reading order."""
    if content.startswith(b"PK"):
        package = Package(content, LIMITS)
        parts = read_parts(package)
        sheet, from_1904 = parts.sheets[0].name, parts.from_1904
        rows = read_rows(package, parts, sheet)
    else:
        sheet, rows, from_1904 = CSV_SHEET, csv_rows(content, most_rows=MOST_ROWS), False
    problems = Problems(MOST_PROBLEMS)
    columns = RESULT_COLUMNS if table is Table.RESULTS else STATEMENT_COLUMNS
    reader = table_reader(rows, sheet, columns, problems, from_1904=from_1904)
    results: list[BankResult] = []
    statement: list[tuple[str, int]] = []
    for number, cells in () if reader is None else reader.table.rows:
        assert reader is not None, "rows come from the reader"
        reader.turn_to(number, cells)
        if table is Table.RESULTS:
            results.append(_result(reader, number))
        else:
            reference, fen = reader.text(REFERENCE, required=True), reader.value(AMOUNT, _signed, "MONEY", required=True)
            statement.append((reference, fen or 0))
    if reader is not None and not results and not statement:
        problems.note(sheet, "", "MISSING", sentence="文件中没有任何一行，请核对后重新上传。")
    places = {} if reader is None else {header: column_letters(place) for header, place in reader.table.places.items()}
    kept = not problems.count
    return TableRead(tuple(results) if kept else (), tuple(statement) if kept else (), places, sheet, tuple(problems.found), problems.count)


def _signed(cell: Cell) -> int | None:
    """An amount of a statement, negative for what came back, in fen."""
    text = compact(cell)
    return fen_from_text(text.removesuffix("元")) if cell.kind in {Kind.TEXT, Kind.NUMBER} else None


def _result(reader: RowReader, number: int) -> BankResult:
    paid = reader.word(OUTCOME, OUTCOMES, required=True) == "paid"
    return BankResult(
        code=reader.text(CODE, required=True, spaced=False),
        fen=reader.value(AMOUNT, to_fen, "MONEY"),
        paid=paid,
        reference=reader.text(REFERENCE) if paid else "",
        paid_on=reader.day(PAID_ON) if paid else None,
        failure="" if paid else reader.text(FAILURE),
        row=number,
    )
