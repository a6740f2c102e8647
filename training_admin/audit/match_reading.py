"""Reading a list of another department, as workbook or CSV, in a child process; every wrong cell is named, nothing is kept then."""

import io
from datetime import date

import msgspec

from training_admin.audit.match_facts import KINDS, MatchKind
from training_admin.kit.child import ChildLimits, run_in_child
from training_admin.kit.identifiers import clean_number, likely_id_type
from training_admin.kit.workbook.cells import Problems, RowReader, table_reader
from training_admin.kit.workbook.delimited import csv_rows
from training_admin.kit.workbook.limits import Limits
from training_admin.kit.workbook.package import Package
from training_admin.kit.workbook.parts import read_parts
from training_admin.kit.workbook.problems import CellProblem
from training_admin.kit.workbook.sheet import read_rows
from training_admin.kit.workbook.sheets import Column as Written
from training_admin.kit.workbook.sheets import Kind, Sheet, Stamp, write_workbook
from training_admin.kit.workbook.table import Column, find_sheet
from training_admin.kit.workbook.values import compact

SHEET = "比对名单"
IDENTITY, FIRST, LAST, WORD = "证件号码", "起始日期", "截止日期", "说明"
COLUMNS = (Column(IDENTITY), Column(FIRST), Column(LAST, required=False), Column(WORD, required=False))
MOST_ROWS, MOST_PROBLEMS = 200_000, 500
LONGEST_WORD = 100
LIMITS = Limits(rows=MOST_ROWS + 50)
TASK = "training_admin.audit.match_reading:read_task"
ZIP_MAGIC = b"PK"


class MatchReading(msgspec.Struct, frozen=True, array_like=True):
    """A file to read as a list."""

    content: bytes
    kind: MatchKind
    today: date


class MatchRow(msgspec.Struct, frozen=True, array_like=True):
    """One row as read, with the number in clear: it is keyed as soon as it leaves the child."""

    identity: str
    starts: date | None
    ends: date | None
    word: str

    def __repr__(self) -> str:
        """Without the number: a repr ends up in logs."""
        return "MatchRow()"


class MatchRead(msgspec.Struct, frozen=True):
    """What was read: the rows when every cell is right, the first wrong cells, and how many there are."""

    rows: tuple[MatchRow, ...]
    problems: tuple[CellProblem, ...]
    count: int


async def read_list(content: bytes, kind: MatchKind, *, today: date) -> MatchRead:
    """A file read in a child process; raises the refusals of kit.workbook and ChildFailed."""
    answer = await run_in_child(TASK, msgspec.msgpack.encode(MatchReading(content, kind, today)), limits=ChildLimits())
    return msgspec.msgpack.decode(answer, type=MatchRead)


def read_task(payload: bytes) -> bytes:
    """The child's side of `read_list`."""
    reading = msgspec.msgpack.decode(payload, type=MatchReading)
    return msgspec.msgpack.encode(read_match_file(reading.content, reading.kind, today=reading.today))


def read_match_file(content: bytes, kind: MatchKind, *, today: date) -> MatchRead:
    """Read a list; wrong cells never raise, they are listed in reading order."""
    problems = Problems(MOST_PROBLEMS)
    reader = _reader(content, problems)
    rows: list[MatchRow] = []
    for number, cells in () if reader is None else reader.table.rows:
        assert reader is not None, "rows come from the reader"
        reader.turn_to(number, cells)
        read = _row(reader, kind, today)
        if read is not None and reader.sound:
            rows.append(read)
    if reader is not None and not rows and not problems.count:
        problems.note(SHEET, "", "MISSING", sentence="名单中没有任何一行，请至少填写一行。")
    return MatchRead(() if problems.count else tuple(rows), tuple(problems.found), problems.count)


def _reader(content: bytes, problems: Problems) -> RowReader | None:
    if content.startswith(ZIP_MAGIC):
        package = Package(content, LIMITS)
        parts = read_parts(package)
        entry = find_sheet(parts, SHEET)
        if entry is None:
            problems.note(SHEET, "", "MISSING_SHEET", SHEET)
            return None
        return table_reader(read_rows(package, parts, entry.name), SHEET, COLUMNS, problems, from_1904=parts.from_1904)
    return table_reader(csv_rows(content, most_rows=MOST_ROWS), SHEET, COLUMNS, problems, from_1904=False)


def _row(reader: RowReader, kind: MatchKind, today: date) -> MatchRow | None:
    cell = reader.cell(IDENTITY)
    likely = "" if cell is None else likely_id_type(clean_number(compact(cell)))
    identity = reader.identity(IDENTITY, likely, today)
    starts, ends = reader.day(FIRST, required=True), reader.day(LAST)
    if starts is not None and ends is not None and ends < starts:
        reader.refuse(LAST, "DATE", "早于起始日期，请核对。")
    if ends is not None and not KINDS[kind].last:
        reader.refuse(LAST, "UNKNOWN_VALUE", f"{KINDS[kind].words}名单没有截止日期，请留空。")
    return MatchRow(identity, starts, ends, reader.text(WORD, limit=LONGEST_WORD)) if identity else None


def match_template(kind: MatchKind) -> bytes:
    """An empty list to be filled in by the department that keeps it."""
    said = KINDS[kind]
    lines = (
        f"{said.words}（{said.keeper}）：起始日期填{said.first}；截止日期{f'填{said.last}' if said.last else '留空'}。证件号码按文本填写。",
    )
    columns = (Written(IDENTITY, Kind.TEXT, 24), Written(FIRST, Kind.DATE, 14), Written(LAST, Kind.DATE, 14), Written(WORD, Kind.WORDS, 30))
    target = io.BytesIO()
    layout = Sheet(name=SHEET, title=f"{said.words}比对名单", lines=lines, columns=columns)
    write_workbook(target, [(layout, [[None] * len(columns)])], Stamp(file_number="", check_code="", version="1"))
    return target.getvalue()
