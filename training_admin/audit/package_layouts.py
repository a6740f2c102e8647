"""The audit data package 审计数据包 as it is laid out: its tables with their dictionary, and one row in each of the three formats.

上海市审计条例 art. 20: data handed to auditors comes in common formats with what is needed to read it.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from training_admin.kit.clock import SHANGHAI
from training_admin.kit.money import WHOLE_BP, yuan
from training_admin.kit.workbook.sheets import Column, Kind, Sheet

# Our own choices: more rows than this are no longer opened on a laptop, and Excel ends at 1 048 576.
MOST_ROWS = 1_000_000
CENTI = 100
CONTENTS, DICTIONARY = "目录", "数据字典"
CONTENTS_HEADER = ("序号", "表", "数据表名", "说明", "行数", "金额合计（元）")
DICTIONARY_HEADER = ("表", "数据表名", "序号", "字段", "数据字段名", "类型", "单位", "含义")
_NAMED = re.compile(r"(?<!:):([a-z]+)")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class CellKind(StrEnum):
    """What a column of the package holds, and in which unit its values come."""

    TEXT = "text"
    WORDS = "words"
    PERSON = "person"
    INTEGER = "integer"
    FEN = "fen"
    HOURS = "hours"
    SHARE = "share"
    DAY = "day"
    INSTANT = "instant"
    FLAG = "flag"


# Word for the dictionary, unit in SQLite, type in SQLite, kind in the workbook, width there.
_KINDS: Mapping[CellKind, tuple[str, str, str, Kind, float]] = {
    CellKind.TEXT: ("文本", "", "TEXT", Kind.WORDS, 20),
    CellKind.WORDS: ("长文本", "", "TEXT", Kind.WORDS, 40),
    CellKind.PERSON: ("人员代码", "", "TEXT", Kind.WORDS, 20),
    CellKind.INTEGER: ("整数", "", "INTEGER", Kind.INTEGER, 10),
    CellKind.FEN: ("金额", "元；SQLite 中为分", "INTEGER", Kind.MONEY, 14),
    CellKind.HOURS: ("课时", "课时；SQLite 中为百分之一课时", "INTEGER", Kind.HOURS, 10),
    CellKind.SHARE: ("比例", "百分比；SQLite 中为万分之一", "INTEGER", Kind.PERCENT, 10),
    CellKind.DAY: ("日期", "年-月-日", "TEXT", Kind.DATE, 12),
    CellKind.INSTANT: ("时间", "北京时间，年-月-日 时:分:秒", "TEXT", Kind.TEXT, 20),
    CellKind.FLAG: ("是否", "是/否；SQLite 中为 1/0", "INTEGER", Kind.TEXT, 8),
}


class PackedColumn(msgspec.Struct, frozen=True):
    """One column: its name in SQLite and CSV, what it holds, its title and meaning in Chinese."""

    name: str
    kind: CellKind
    title: str
    meaning: str = ""

    @property
    def words(self) -> tuple[str, str]:
        """Kind and unit for the dictionary."""
        return _KINDS[self.kind][:2]

    @property
    def sql_type(self) -> str:
        """Its type in SQLite, where amounts are whole fen."""
        return _KINDS[self.kind][2]


class PackedTable(msgspec.Struct, frozen=True):
    """One table: its query with the names of what is put in, "" where the rows are made by the program."""

    name: str
    title: str
    note: str
    sql: str
    columns: tuple[PackedColumn, ...]

    @property
    def query(self) -> tuple[str, tuple[str, ...]]:
        """The query as PostgreSQL takes it, and the names of its arguments in order."""
        names: list[str] = []

        def placed(found: re.Match[str]) -> str:
            if found[1] not in names:
                names.append(found[1])
            return f"${names.index(found[1]) + 1}"

        return _NAMED.sub(placed, self.sql), tuple(names)

    @property
    def money(self) -> tuple[int, ...]:
        """The places of its amounts."""
        return tuple(place for place, column in enumerate(self.columns) if column.kind is CellKind.FEN)

    @property
    def sheet(self) -> Sheet:
        """The table as a sheet."""
        columns = tuple(Column(each.title, *_KINDS[each.kind][3:], total=each.kind is CellKind.FEN) for each in self.columns)
        return Sheet(name=self.title, title=self.title, lines=(self.note,), columns=columns, frozen=1)

    @property
    def definition(self) -> tuple[str, str]:
        """Its table in SQLite, and the view of the same rows with Chinese names and amounts in yuan."""
        columns = ", ".join(f"{quoted(each.name)} {each.sql_type}" for each in self.columns)
        shown = ", ".join(f"{_in_words(each)} AS {quoted(each.title)}" for each in self.columns)
        return (
            f"CREATE TABLE {quoted(self.name)} ({columns})",
            f"CREATE VIEW {quoted(self.title)} AS SELECT {shown} FROM {quoted(self.name)}",  # noqa: S608 - our own words
        )


def quoted(name: str) -> str:
    """A name as SQLite takes it; ours hold no quotation mark."""
    assert '"' not in name
    return f'"{name}"'


def _in_words(column: PackedColumn) -> str:
    name = quoted(column.name)
    if column.kind in {CellKind.FEN, CellKind.HOURS, CellKind.SHARE}:
        sign = f"CASE WHEN {name} < 0 THEN '-' ELSE '' END"
        number = f"{sign} || (abs({name}) / 100) || printf('.%02d', abs({name}) % 100)"
        return f"({number} || '%')" if column.kind is CellKind.SHARE else f"({number})"
    if column.kind is CellKind.FLAG:
        return f"CASE {name} WHEN 1 THEN '是' WHEN 0 THEN '否' END"
    return name


@cache
def packed_tables() -> tuple[PackedTable, ...]:
    """All tables in their order, as the file of the package declares them."""
    content = tomllib.loads(files("training_admin.audit").joinpath("data", "package.toml").read_text("utf-8"))
    return tuple(
        PackedTable(each["name"], each["title"], each["note"], each["sql"], tuple(map(_column, each["columns"].strip().splitlines())))
        for each in content["table"]
    )


def _column(line: str) -> PackedColumn:
    head, _, meaning = line.partition(" ; ")
    name, kind, title = head.split(" ", 2)
    return PackedColumn(name, CellKind(kind), title.strip(), meaning.strip())


def for_database(table: PackedTable, row: Sequence[Any]) -> tuple[Any, ...]:
    """A row as SQLite keeps it: amounts whole fen, days and times as text."""
    return tuple(_plain(column.kind, value) for column, value in zip(table.columns, row, strict=True))


def _plain(kind: CellKind, value: Any) -> Any:
    if value is None:
        return None
    if kind is CellKind.FLAG:
        return int(value)
    return _as_text(kind, value) if kind in {CellKind.DAY, CellKind.INSTANT} else value


def for_sheet(table: PackedTable, row: Sequence[Any]) -> tuple[Any, ...]:
    """A row as the workbook takes it: typed cells, times and flags as text."""
    return tuple(
        _as_text(column.kind, value) if column.kind in {CellKind.INSTANT, CellKind.FLAG} and value is not None else value
        for column, value in zip(table.columns, row, strict=True)
    )


def for_csv(table: PackedTable, row: Sequence[Any]) -> tuple[str, ...]:
    """A row as text: yuan with two decimals; what looks like a formula has an apostrophe before it, so that it stays text."""
    return tuple(
        _guarded(column.kind, "" if value is None else _as_text(column.kind, value))
        for column, value in zip(table.columns, row, strict=True)
    )


def _guarded(kind: CellKind, text: str) -> str:
    wanted = kind in {CellKind.TEXT, CellKind.WORDS} and text.startswith(_FORMULA_STARTS) and not _PLAIN_NUMBER.fullmatch(text)
    return f"'{text}" if wanted else text


def _as_text(kind: CellKind, value: Any) -> str:
    if kind in {CellKind.FEN, CellKind.HOURS}:
        return yuan(value)
    if kind is CellKind.SHARE:
        return f"{yuan(value * CENTI * CENTI // WHOLE_BP)}%"
    if kind is CellKind.FLAG:
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else str(value)


class Counted(msgspec.Struct):
    """What was written of a table: rows, and the sum of each amount in fen by its title."""

    rows: int = 0
    sums: dict[str, int] = msgspec.field(default_factory=dict)

    def add(self, table: PackedTable, rows: Sequence[Sequence[Any]]) -> None:
        """Count rows that are written."""
        self.rows += len(rows)
        for place in table.money:
            title = table.columns[place].title
            self.sums[title] = self.sums.get(title, 0) + sum(row[place] or 0 for row in rows)


def contents_rows(counted: Mapping[str, Counted]) -> list[tuple[Any, ...]]:
    """目录: every table with its note, rows and sums of its amounts."""
    tables = [table for table in packed_tables() if table.name in counted]
    return [
        (
            *(number, table.title, table.name, table.note, counted[table.name].rows),
            "；".join(f"{title} {yuan(fen)}" for title, fen in counted[table.name].sums.items()),
        )
        for number, table in enumerate(tables, 1)
    ]


def dictionary_rows(names: Sequence[str]) -> list[tuple[Any, ...]]:
    """数据字典: every column of the tables that are in the package."""
    return [
        (table.title, table.name, number, column.title, column.name, *column.words, column.meaning)
        for table in packed_tables()
        if table.name in names
        for number, column in enumerate(table.columns, 1)
    ]


def closing_sheets() -> tuple[Sheet, Sheet]:
    """目录 and 数据字典 as the last sheets of the workbook."""
    widths = ((8, 18, 18, 60, 10, 60), (18, 18, 8, 18, 18, 10, 26, 60))
    numbers = ({0, 4}, {2})
    return tuple(  # type: ignore[return-value]
        Sheet(
            name=name,
            title=name,
            lines=(),
            columns=tuple(
                Column(title, Kind.INTEGER if place in whole else Kind.WORDS, width)
                for place, (title, width) in enumerate(zip(header, wide, strict=True))
            ),
        )
        for name, header, wide, whole in zip((CONTENTS, DICTIONARY), (CONTENTS_HEADER, DICTIONARY_HEADER), widths, numbers, strict=True)
    )
