"""A list as a workbook: written out, and read in with every wrong cell named; reading happens in a child process."""

import io
from collections.abc import Sequence
from datetime import date

import msgspec
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from training_admin.kit.child import ChildLimits, run_in_child
from training_admin.kit.dated import Standing
from training_admin.kit.identifiers import clean_number
from training_admin.kit.workbook.cells import Problems, RowReader, table_reader
from training_admin.kit.workbook.limits import Limits
from training_admin.kit.workbook.package import Package
from training_admin.kit.workbook.parts import read_parts
from training_admin.kit.workbook.problems import CellProblem
from training_admin.kit.workbook.sheet import Cell, read_rows
from training_admin.kit.workbook.table import Column, find_sheet, sheet_key
from training_admin.kit.workbook.values import compact
from training_admin.parties.list_facts import CODE_WORDS, KIND_WORDS, OF_ORGANISATIONS, ListEntry, ListKind, is_industry, is_occupation

NAME, INDUSTRY, FROM, TO, PAPER, STANDING = "名称", "行业代码", "起始日", "截止日", "文件", "效力"
MOST_ROWS, MOST_PROBLEMS = 20_000, 500
LIMITS = Limits(rows=MOST_ROWS)
LONGEST_PAPER = 500
TASK = "training_admin.parties.list_workbooks:read_task"
STANDING_WORDS = {sheet_key(each.words): each.value for each in Standing} | {each.value: each.value for each in Standing}
INDUSTRY_SENTENCE = "应为国民经济行业分类（GB/T 4754-2017）代码，如 C、C34、C3411。"
OCCUPATION_SENTENCE = "应为2022年版职业分类大典的职业编码，如 6-18-02-04。"
_WIDTH = 24


class ListReading(msgspec.Struct, frozen=True, array_like=True):
    """A workbook to read as a list."""

    content: bytes
    kind: ListKind


class ListRead(msgspec.Struct, frozen=True):
    """What was read: the entries when every cell is right, the first wrong cells, and how many there are."""

    entries: tuple[ListEntry, ...]
    problems: tuple[CellProblem, ...]
    count: int


def columns_of(kind: ListKind) -> tuple[Column, ...]:
    """The columns of a list's sheet."""
    industry = (Column(INDUSTRY),) if kind is ListKind.ENTERPRISE_INDUSTRY else ()
    return (Column(CODE_WORDS[kind]), Column(NAME), *industry, Column(FROM), Column(TO, required=False), Column(PAPER), Column(STANDING))


async def read_list(content: bytes, kind: ListKind) -> ListRead:
    """A workbook read in a child process; raises the refusals of kit.workbook and ChildFailed."""
    answer = await run_in_child(TASK, msgspec.msgpack.encode(ListReading(content, kind)), limits=ChildLimits())
    return msgspec.msgpack.decode(answer, type=ListRead)


def read_task(payload: bytes) -> bytes:
    """The child's side of `read_list`."""
    reading = msgspec.msgpack.decode(payload, type=ListReading)
    return msgspec.msgpack.encode(read_list_workbook(reading.content, reading.kind))


def read_list_workbook(content: bytes, kind: ListKind) -> ListRead:
    """Read a list; wrong cells never raise, they are listed in reading order."""
    package = Package(content, LIMITS)
    parts = read_parts(package)
    problems, sheet = Problems(MOST_PROBLEMS), KIND_WORDS[kind]
    entries: list[ListEntry] = []
    entry = find_sheet(parts, sheet)
    if entry is None:
        problems.note(sheet, "", "MISSING_SHEET", sheet)
        return ListRead((), tuple(problems.found), problems.count)
    limits = {PAPER: LONGEST_PAPER}
    reader = table_reader(
        read_rows(package, parts, entry.name), sheet, columns_of(kind), problems, from_1904=parts.from_1904, limits=limits
    )
    seen: set[tuple[str, date]] = set()
    for number, cells in () if reader is None else reader.table.rows:
        assert reader is not None, "rows come from the reader"
        reader.turn_to(number, cells)
        read = _row(reader, kind)
        if read is None or not reader.sound:
            continue
        if (read.code, read.valid_from) in seen:
            reader.refuse(CODE_WORDS[kind], "DUPLICATE_ROW")
        seen.add((read.code, read.valid_from))
        entries.append(read)
    if reader is not None and not entries and not problems.count:
        problems.note(sheet, "", "MISSING", sentence="这张工作表中没有任何一行，请至少填写一行。")
    return ListRead(() if problems.count else tuple(entries), tuple(problems.found), problems.count)


def _row(reader: RowReader, kind: ListKind) -> ListEntry | None:
    code = _code(reader, kind)
    name = reader.text(NAME, required=True)
    industry = None
    if kind is ListKind.ENTERPRISE_INDUSTRY:
        industry = reader.value(INDUSTRY, _industry, "UNKNOWN_VALUE", required=True, sentence=INDUSTRY_SENTENCE)
    first, last = reader.day(FROM, required=True), reader.day(TO)
    paper = reader.text(PAPER, required=True)
    standing = reader.word(STANDING, STANDING_WORDS, required=True)
    if first is not None and last is not None and last < first:
        reader.refuse(TO, "DATE", "早于起始日，请核对。")
    if first is None or not standing:
        return None
    return ListEntry(kind, code, name, first, last, paper, Standing(standing), industry)


def _code(reader: RowReader, kind: ListKind) -> str:
    header = CODE_WORDS[kind]
    if kind in OF_ORGANISATIONS:
        return reader.uscc(header, required=True)
    if kind is ListKind.PRIORITY_INDUSTRY:
        return reader.value(header, _industry, "UNKNOWN_VALUE", required=True, sentence=INDUSTRY_SENTENCE) or ""
    return reader.value(header, _occupation, "UNKNOWN_VALUE", required=True, sentence=OCCUPATION_SENTENCE) or ""


def _industry(cell: Cell) -> str | None:
    code = clean_number(compact(cell))
    return code if is_industry(code) else None


def _occupation(cell: Cell) -> str | None:
    code = compact(cell)
    return code if is_occupation(code) else None


def list_workbook(kind: ListKind, entries: Sequence[ListEntry]) -> bytes:
    """A list as a workbook that can be filled in and handed back; without entries it is the template."""
    book = Workbook()
    page = book.active
    assert page is not None, "a new workbook has a sheet"
    page.title = KIND_WORDS[kind]
    headers = [column.header for column in columns_of(kind)]
    page.append(headers)
    for place, header in enumerate(headers, 1):
        page.cell(1, place).font = Font(bold=True)
        page.column_dimensions[get_column_letter(place)].width = _WIDTH + (_WIDTH if header == PAPER else 0)
    for row, each in enumerate(entries, 2):
        industry = [each.industry] if kind is ListKind.ENTERPRISE_INDUSTRY else []
        values = [each.code, each.name, *industry, each.valid_from, each.valid_to, each.paper, each.standing.words]
        for place, value in enumerate(values, 1):
            cell = page.cell(row, place)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # a text that begins with = is no formula
                cell.number_format = "@"
            else:
                cell.number_format = "yyyy-mm-dd"
    page.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
