"""The whole catalog as a workbook, out and in again with every wrong cell told at once; and the change log as sheet 16."""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import msgspec

from training_admin.catalog import columns as c
from training_admin.catalog.changes import Change
from training_admin.catalog.facts import (
    CATEGORY_WORDS,
    FUND_WORDS,
    GROUP_WORDS,
    LEVEL_WORDS,
    TIER_WORDS,
    CatalogItem,
    Entry,
    ItemDetails,
    PublishedItem,
    Tier,
)
from training_admin.kit.dated import Standing
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.kit.workbook.cells import Problems, RowReader, table_reader
from training_admin.kit.workbook.limits import Limits
from training_admin.kit.workbook.package import Package
from training_admin.kit.workbook.parts import read_parts
from training_admin.kit.workbook.problems import CellProblem
from training_admin.kit.workbook.sheet import Cell, read_rows
from training_admin.kit.workbook.sheets import Column, Kind, Sheet, write_workbook
from training_admin.kit.workbook.skeleton import Stamp
from training_admin.kit.workbook.table import Column as Asked
from training_admin.kit.workbook.table import find_sheet, sheet_key
from training_admin.kit.workbook.values import compact, to_centihours, to_fen, to_switch

CATALOG, CHANGES = "补贴目录", "目录变更表"
MOST_ROWS, MOST_PROBLEMS = 5_000, 1_000
LIMITS = Limits(rows=MOST_ROWS)
CLOSING = ("制表人：", "复核人：", "负责人：", "（公章）")
_OCCUPATION = re.compile(r"\d-\d{2}-\d{2}-\d{2}")
_CODE = re.compile(r"[A-Za-z0-9-]{1,40}")
_NEXT = re.compile(r"[、,;，；\s]+")
_OPTIONAL = frozenset({c.OCCUPATION, c.LEVEL, c.THEORY, c.PRACTICE, c.BASE, c.FEE, c.GROUPS, c.INDUSTRY, c.DEVELOPER, c.END})
_WIDTHS = {c.NAME: 26, c.GROUPS: 30, c.INDUSTRY: 24, c.DEVELOPER: 24, c.CATEGORY: 16, c.CODE: 15, c.PAPER: 24, c.FUND: 20, c.STANDING: 18}
_KINDS = {
    **dict.fromkeys((c.HOURS, c.THEORY, c.PRACTICE), Kind.HOURS),
    **dict.fromkeys((c.STANDARD, c.BASE, c.FEE), Kind.MONEY),
    **dict.fromkeys((c.START, c.END), Kind.DATE),
    **dict.fromkeys((c.NAME, c.GROUPS, c.INDUSTRY, c.DEVELOPER, c.PAPER), Kind.WORDS),
}
CATALOG_COLUMNS = tuple(Column(header, _KINDS.get(header, Kind.TEXT), _WIDTHS.get(header, 11)) for header in c.HEADER)
READ_COLUMNS = tuple(
    Asked(header, required=header not in _OPTIONAL and header not in {c.PAPER, c.STANDING}, idle=header == c.PAPER) for header in c.HEADER
)
CHANGE_COLUMNS = (
    *(Column("项目", Kind.WORDS, 32), Column("字段", Kind.TEXT, 14), Column("旧值", Kind.WORDS, 26), Column("新值", Kind.WORDS, 26)),
    *(Column("生效日", Kind.DATE, 12), Column("依据文号", Kind.WORDS, 26), Column("操作人", Kind.TEXT, 14)),
)


class CatalogRead(msgspec.Struct, frozen=True):
    """A catalog as read: entries with their rows when every cell is right, otherwise the first wrong cells and their number."""

    entries: tuple[Entry, ...]
    problems: tuple[CellProblem, ...]
    problem_count: int


def _by_word(words: Mapping[str, str]) -> dict[str, str]:
    return {code: code for code in words} | {sheet_key(word): code for code, word in words.items()}


_LEVELS = {half: code for code, word in LEVEL_WORDS.items() for half in word.split("/")} | _by_word(LEVEL_WORDS) | {c.NO_LEVEL: ""}
_TIERS = _by_word({tier.value: word for tier, word in TIER_WORDS.items()})
_CATEGORIES = _by_word(CATEGORY_WORDS) | {sheet_key(f"{code} {word}"): code for code, word in CATEGORY_WORDS.items()}
_FUNDS = _by_word(FUND_WORDS)
_GROUPS = _by_word(GROUP_WORDS)
_STANDINGS = _by_word({standing.value: standing.words for standing in Standing})


def catalog_workbook(items: Sequence[PublishedItem], *, day: date) -> bytes:
    """The versions given, as a workbook that can be changed and read in again."""
    rows = [_row(each) for each in items]
    lines = (f"有效日：{day.isoformat()}　　项目数：{len(rows)}",)
    return _written(Sheet(CATALOG, CATALOG, lines, CATALOG_COLUMNS, frozen=1), rows, day)


def changes_workbook(log: Sequence[Change], *, day: date) -> bytes:
    """The change log with exactly the columns of sheet 16."""
    rows = [(f"{each.item_code} {each.name}", each.field, each.old, each.new, each.effective, each.paper, each.by) for each in log]
    lines = (f"编制日期：{day.isoformat()}　　变更：{len(rows)} 项",)
    return _written(Sheet(CHANGES, CHANGES, lines, CHANGE_COLUMNS, CLOSING, frozen=1), rows, day)


def _written(sheet: Sheet, rows: Sequence[tuple[object, ...]], day: date) -> bytes:
    content = [[str(value) for value in row] for row in rows]
    stamp = Stamp(f"{sheet.name}-{day.isoformat()}", sha256_hex(canonical_json(content))[:16].upper(), "")
    target = io.BytesIO()
    write_workbook(target, [(sheet, rows)], stamp)
    return target.getvalue()


def _row(each: PublishedItem) -> tuple[object, ...]:
    item, details = each.item, each.details
    typed: dict[str, object] = {
        c.HOURS: item.std_centihours,
        c.THEORY: details.theory_centihours,
        c.PRACTICE: details.practice_centihours,
        c.STANDARD: item.std_fen,
        c.BASE: item.base_fen,
        c.FEE: details.assessment_fen,
        c.START: item.valid_from,
        c.END: item.valid_to,
        c.PAPER: each.paper,
    }
    words = dict(zip(c.CONTENT_HEADER, c.content_row(item, details), strict=True))
    return tuple(typed[header] if header in typed else words[header] for header in c.HEADER)


def read_catalog_workbook(content: bytes) -> CatalogRead:
    """Read a catalog; wrong cells never raise, they are listed in reading order. Raises the refusals of kit.workbook."""
    package = Package(content, LIMITS)
    parts, problems = read_parts(package), Problems(MOST_PROBLEMS)
    entry, entries = find_sheet(parts, CATALOG), []
    if entry is None:
        problems.note(CATALOG, "", "MISSING_SHEET", CATALOG)
        return CatalogRead((), tuple(problems.found), problems.count)
    reader = table_reader(read_rows(package, parts, entry.name), CATALOG, READ_COLUMNS, problems, from_1904=parts.from_1904)
    seen: set[str] = set()
    for number, cells in () if reader is None else reader.table.rows:
        assert reader is not None
        reader.turn_to(number, cells)
        read = _entry(reader)
        if read is not None and read.item.item_code in seen:
            reader.refuse(c.CODE, "DUPLICATE_ROW")
        elif read is not None:
            seen.add(read.item.item_code)
            entries.append(read)
    if not entries and not problems.count:
        problems.note(CATALOG, "", "MISSING", sentence="“补贴目录”表中没有任何项目，请至少填写一行。")
    return CatalogRead(() if problems.count else tuple(entries), tuple(problems.found), problems.count)


def _entry(reader: RowReader) -> Entry | None:
    code = reader.value(c.CODE, _matching(_CODE), "UNKNOWN_VALUE", required=True, sentence="应为至多 40 位字母、数字和短横。") or ""
    tier, category = reader.word(c.TIER, _TIERS, required=True), reader.word(c.CATEGORY, _CATEGORIES, required=True)
    occupation = reader.value(c.OCCUPATION, _matching(_OCCUPATION), "UNKNOWN_VALUE", sentence="应为 2022 版大典的编码，如 6-18-02-04。")
    name, level = _as_written(reader, c.NAME, 100, required=True), reader.word(c.LEVEL, _LEVELS)
    hours = reader.value(c.HOURS, to_centihours, "NUMBER", required=True)
    theory, practice = reader.value(c.THEORY, to_centihours, "NUMBER"), reader.value(c.PRACTICE, to_centihours, "NUMBER")
    standard = reader.value(c.STANDARD, to_fen, "MONEY", required=True)
    base, fee = reader.value(c.BASE, to_fen, "MONEY"), reader.value(c.FEE, to_fen, "MONEY")
    urgent = reader.value(c.URGENT, to_switch, "UNKNOWN_VALUE", required=True, sentence="请填“是”或“否”。")
    pilot = reader.value(c.PILOT, to_switch, "UNKNOWN_VALUE", required=True, sentence="请填“是”或“否”。")
    groups = reader.value(
        c.GROUPS, _groups, "UNKNOWN_VALUE", sentence=f"请从以下人群中选择，用顿号隔开：{'、'.join(GROUP_WORDS.values())}。"
    )
    fund = reader.word(c.FUND, _FUNDS, required=True)
    industry, developer = _as_written(reader, c.INDUSTRY, 40), _as_written(reader, c.DEVELOPER, 100)
    start, end = reader.day(c.START, required=True), reader.day(c.END)
    standing = reader.word(c.STANDING, _STANDINGS) or Standing.ASSUMED.value
    if start is not None and end is not None and end < start:
        reader.refuse(c.END, "DATE", "早于有效期起，请核对。")
    if None not in {hours, theory, practice} and (theory or 0) + (practice or 0) != hours:
        reader.refuse(c.HOURS, "NUMBER", "应等于理论课时与实操课时之和。")
    if not reader.sound or hours is None or standard is None or start is None:
        return None
    item = CatalogItem(
        *(code, name, f"{category} {CATEGORY_WORDS[category]}", occupation, level or None, hours, standard, base),
        *(bool(urgent), bool(pilot), fund, start, end),
    )
    details = ItemDetails(
        tier=Tier(tier),
        priority_industry=industry or None,
        developer=developer or None,
        theory_centihours=theory,
        practice_centihours=practice,
        assessment_fen=fee,
        groups=groups or (),
        standing=Standing(standing),
    )
    return Entry(item, details)


def _as_written(reader: RowReader, header: str, most: int, *, required: bool = False) -> str:
    """A text whose full-width brackets are kept, only spaces are made one."""
    text = reader.value(header, lambda cell: " ".join(cell.text.split()) or None, "MISSING", required=required) or ""
    if len(text) > most:
        reader.refuse(header, "TOO_LONG")
    return text


def _matching(pattern: re.Pattern[str]) -> Callable[[Cell], str | None]:
    def read(cell: Cell) -> str | None:
        text = compact(cell)
        return text if pattern.fullmatch(text) else None

    return read


def _groups(cell: Cell) -> tuple[str, ...] | None:
    """Codes of the groups named, in the order of the code list; `失业、协保人员…` holds the mark that parts groups, so longest first."""
    rest, found = "".join(cell.text.split()), set[str]()
    for word in sorted((word for word in _GROUPS if len(word) > 1), key=len, reverse=True):
        if word in rest:
            rest = rest.replace(word, "")
            found.add(_GROUPS[word])
    found |= {letter for letter in _NEXT.split(rest) if letter in GROUP_WORDS}
    left = [part for part in _NEXT.split(rest) if part and part not in GROUP_WORDS]
    return None if left else tuple(group for group in GROUP_WORDS if group in found)


def read_task(payload: bytes) -> bytes:
    """The child's side of reading an uploaded catalog."""
    return msgspec.msgpack.encode(read_catalog_workbook(payload))
