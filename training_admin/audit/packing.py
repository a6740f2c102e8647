"""Making an audit data package: every table once through a cursor, into CSV, workbook and SQLite side by side, then one zip.

Memory holds one batch of rows; the files lie in a folder that is gone afterwards.
"""

import asyncio
import csv
import hashlib
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

import msgspec

from training_admin.apprenticeship.sealing import APPRENTICE_PLACE
from training_admin.audit import package_layouts as layouts
from training_admin.audit import package_store, store
from training_admin.audit.package_layouts import Counted, PackedTable, packed_tables
from training_admin.audit.store import ClaimHead
from training_admin.audit.workbooks import Wanted, WorkbookReceipt, chosen, marks_of
from training_admin.catalog.pooling import plain_number
from training_admin.catalog.sealing import ROSTER_PLACE
from training_admin.database import current_connection, read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_stepped_up
from training_admin.kit.clock import Clock
from training_admin.kit.digest import sha256_hex
from training_admin.kit.refusals import Refusal
from training_admin.kit.vault import vault
from training_admin.kit.wording import moment
from training_admin.kit.workbook.sheets import Stamp, Tell, WorkbookWriter, untold
from training_admin.office import trail
from training_admin.office.anchors import anchor_head
from training_admin.office.knowledge import knowledge_transaction, still_known_at
from training_admin.office.numbers import next_number
from training_admin.subsidy.record import AssessmentRecord
from training_admin.subsidy.store import SEALED_LINE, SealedLine

FILE_KIND = "audit-package"
BATCH = 1000
CODE_LENGTH = 16
LINES, PERSONS = "line_result", "person"
IDENTITY_CARD = "居民身份证"
README = "说明.txt"


class PackageTooLarge(Refusal):
    """One table would have more rows than can be opened."""

    code = "package-too-large"
    title = "数据量过大"


class _Files:
    """The files of a package while they are written, table after table."""

    def __init__(self, folder: Path, tables: Sequence[PackedTable], stamp: Stamp, tell: Tell) -> None:
        self.folder, self.tables = folder, tables
        (folder / "CSV").mkdir()
        self.counted: dict[str, Counted] = {}
        self.database = sqlite3.connect(folder / "数据.sqlite", check_same_thread=False, isolation_level=None)
        self.database.execute("PRAGMA journal_mode = OFF")
        self.database.execute("PRAGMA synchronous = OFF")
        self.database.execute("BEGIN")
        self.book = (folder / "数据.xlsx").open("w+b")
        self.writer = WorkbookWriter(self.book, [*(table.sheet for table in tables), *layouts.closing_sheets()], stamp, tell=tell)
        self._csv: IO[str] | None = None
        self._rows: Any = None

    def __enter__(self) -> Self:
        self.writer.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._csv is not None:
            self._csv.close()
        self.writer.__exit__(kind, error, trace)
        self.book.close()
        self.database.close()

    def begin(self, place: int) -> None:
        """Go to a table."""
        table = self.tables[place]
        self.counted[table.name] = Counted()
        for statement in table.definition:
            self.database.execute(statement)
        self._csv = (self.folder / "CSV" / f"{place + 1:02d}_{table.title}.csv").open("w", encoding="utf-8-sig", newline="")
        self._rows = csv.writer(self._csv, lineterminator="\r\n")
        self._rows.writerow([column.title for column in table.columns])

    def write(self, place: int, rows: Sequence[Sequence[Any]]) -> None:
        """Rows of the present table into all three; raises PackageTooLarge."""
        table = self.tables[place]
        counted = self.counted[table.name]
        counted.add(table, rows)
        if counted.rows > layouts.MOST_ROWS:
            raise PackageTooLarge(f"“{table.title}”超过 {layouts.MOST_ROWS} 行，请缩短申报日期的范围，或按单位分别导出。")
        marks = ", ".join("?" * len(table.columns))
        into = f"INSERT INTO {layouts.quoted(table.name)} VALUES ({marks})"  # noqa: S608 - our own words
        self.database.executemany(into, [layouts.for_database(table, row) for row in rows])
        self.writer.write([layouts.for_sheet(table, row) for row in rows])
        self._rows.writerows([layouts.for_csv(table, row) for row in rows])

    def end(self) -> None:
        """Finish the present table."""
        assert self._csv is not None
        self._csv.close()
        self._csv = None
        self.writer.end_sheet()

    def close(self) -> None:
        """目录 and 数据字典, and the end of the files."""
        names = [table.name for table in self.tables]
        for title, header, rows in (
            (layouts.CONTENTS, layouts.CONTENTS_HEADER, layouts.contents_rows(self.counted)),
            (layouts.DICTIONARY, layouts.DICTIONARY_HEADER, layouts.dictionary_rows(names)),
        ):
            self.writer.write(rows)
            self.writer.end_sheet()
            columns = ", ".join(layouts.quoted(each) for each in header)
            self.database.execute(f"CREATE TABLE {layouts.quoted(title)} ({columns})")
            into = f"INSERT INTO {layouts.quoted(title)} VALUES ({', '.join('?' * len(header))})"  # noqa: S608 - our own words
            self.database.executemany(into, rows)
            with (self.folder / f"{title}.csv").open("w", encoding="utf-8-sig", newline="") as target:
                csv.writer(target, lineterminator="\r\n").writerows([header, *rows])
        self.writer.close()
        self.database.execute("COMMIT")


async def make_package(actor: Actor, wanted: Wanted, target: IO[bytes], *, clock: Clock, tell: Tell = untold) -> WorkbookReceipt:
    """Write the package into an empty file opened for reading and writing, and record the act before and after.

    Raises NotAllowed, StepUpNeeded, PeriodBackwards, NothingToExport, PackageTooLarge.
    """
    assert_stepped_up(actor)
    file_number = await _begun(actor, wanted, clock)
    head_of_trail = await anchor_head(clock)
    async with knowledge_transaction():
        made_at = await still_known_at(clock)
    tables = [table for table in packed_tables() if wanted.people or table.name != PERSONS]
    stamp = msgspec.structs.replace(marks_of(actor, file_number, head_of_trail, wanted, made_at), check_code=file_number)
    with tempfile.TemporaryDirectory(prefix="package-") as name:
        folder = Path(name)
        async with read_transaction():
            heads = await chosen(actor, wanted)
            given = await _arguments(heads, wanted, made_at)
            with await asyncio.to_thread(_Files, folder, tables, stamp, tell) as written:
                for place, table in enumerate(tables):
                    await asyncio.to_thread(written.begin, place)
                    async for batch in _rows_of(table, heads, given):
                        await asyncio.to_thread(written.write, place, batch)
                    await asyncio.to_thread(written.end)
                await asyncio.to_thread(written.close)
        told = _told(actor, wanted, file_number, f"操作留痕第 {head_of_trail.number} 行 {head_of_trail.code}", moment(made_at))
        receipt = await asyncio.to_thread(_zipped, folder, told, target, file_number, written.counted)
    await _made(actor, wanted, receipt, clock)
    return receipt


async def _arguments(heads: Sequence[ClaimHead], wanted: Wanted, made_at: datetime) -> dict[str, Any]:
    keys = [head.id for head in heads]
    days = [head.as_of for head in heads]
    return {
        "claims": keys,
        "cases": [head.number for head in heads],
        "firms": sorted({head.uscc for head in heads}),
        "classes": sorted({plain_number(each) for each in await package_store.class_numbers(keys)}),
        "people": await package_store.people(keys),
        "start": wanted.start or min(days),
        "end": wanted.end or max(days),
        "known": made_at,
    }


async def _rows_of(table: PackedTable, heads: Sequence[ClaimHead], given: Mapping[str, Any]) -> AsyncIterator[Sequence[Sequence[Any]]]:
    if table.name == LINES:
        async for batch in _line_results(heads):
            yield batch
    elif table.name == PERSONS:
        async for batch in _persons(given):
            yield batch
    else:
        query, names = table.query
        cursor = await current_connection().cursor(query, *(given[name] for name in names))
        while rows := await cursor.fetch(BATCH):
            yield [tuple(row) for row in rows]


async def _line_results(heads: Sequence[ClaimHead]) -> AsyncIterator[Sequence[Sequence[Any]]]:
    """逐人核验结果 out of the newest records, one claim at a time."""
    records = await store.records([head.id for head in heads])
    for head in heads:
        content = (await records.of(head.id))[0][0]
        yield await asyncio.to_thread(_decided, head.number, content)


def _decided(number: str, content: bytes) -> list[tuple[Any, ...]]:
    record = msgspec.json.decode(zlib.decompress(content), type=AssessmentRecord)
    return [
        (
            *(number, line.row, line.class_no, line.person, line.outcome.value, line.computed_fen, line.payable_fen),
            "、".join(sorted({each.rule for each in line.findings if each.effect})),
        )
        for line in record.lines
    ]


async def _persons(given: Mapping[str, Any]) -> AsyncIterator[Sequence[Sequence[Any]]]:
    """人员对照: who stands behind each key, each person once, from wherever he is met first."""
    seen: set[str] = set()
    for query, names, opened in (
        (package_store.CLAIMED, ("claims",), _claimed),
        (package_store.ENROLLED, ("classes",), _enrolled),
        (package_store.APPRENTICED, ("claims",), _apprenticed),
    ):
        cursor = await current_connection().cursor(query, *(given[name] for name in names))
        while rows := await cursor.fetch(BATCH):
            fresh = [row for row in rows if row[0] not in seen]
            seen.update(row[0] for row in fresh)
            yield await asyncio.to_thread(lambda rows, opened: [opened(row) for row in rows], fresh, opened)


def _claimed(row: Sequence[Any]) -> tuple[str, ...]:
    sealed = msgspec.msgpack.decode(vault().decrypt(row[1], place=SEALED_LINE), type=SealedLine)
    return (row[0], sealed.name, sealed.id_type, sealed.id_no, "申报花名册")


def _enrolled(row: Sequence[Any]) -> tuple[str, ...]:
    return (row[0], row[2], IDENTITY_CARD, vault().decrypt_text(row[1], place=ROSTER_PLACE), "备案花名册")


def _apprenticed(row: Sequence[Any]) -> tuple[str, ...]:
    return (row[0], row[2], IDENTITY_CARD, vault().decrypt_text(row[1], place=APPRENTICE_PLACE), "学徒名单")


def _told(actor: Actor, wanted: Wanted, file_number: str, head: str, made_at: str) -> str:
    return (
        f"审计数据包 {file_number}\r\n\r\n"
        f"导出人：{actor.name}\r\n导出时间：{made_at}\r\n范围：{wanted.conditions}\r\n{head}\r\n\r\n"
        "依据《上海市审计条例》第二十条提供。内容：\r\n"
        "  目录.csv、数据字典.csv：各表行数、金额合计，各字段的含义、类型、单位。\r\n"
        "  CSV 文件夹：每表一个文件，UTF-8（带 BOM），可用 Excel、WPS 直接打开；金额为元。\r\n"
        "    以 = + - @ 开头的文字前加了单引号，以免被当作公式。\r\n"
        "  数据.xlsx：每表一张工作表，金额合计为公式；最后两张为目录和数据字典。\r\n"
        "  数据.sqlite：每表一张（英文表名，金额为整数分），另有同名中文视图（金额为元）。\r\n"
        "  校验值.txt：各文件的 SHA-256。\r\n\r\n"
        "人员代码由证件号码带密钥计算，同一人在各表相同；姓名和证件号码只在“人员对照”表。政策数值中标为“暂定”（assumed）的不是政策规定。\r\n"
    )


def _zipped(folder: Path, told: str, target: IO[bytes], file_number: str, counted: Mapping[str, Counted]) -> WorkbookReceipt:
    """Put everything into one zip with the digest of each file."""
    (folder / README).write_text(told, "utf-8-sig", newline="")
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = "".join(f"{_digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in found)
    with closing(zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1)) as package:
        for path in found:
            # A workbook is a zip already.
            how = zipfile.ZIP_STORED if path.suffix == ".xlsx" else zipfile.ZIP_DEFLATED
            package.write(path, path.relative_to(folder).as_posix(), how)
        package.writestr("校验值.txt", sums.encode())
    target.seek(0)
    return WorkbookReceipt(
        file_number=file_number,
        sha256=hashlib.file_digest(cast("BufferedReader", target), "sha256").hexdigest(),
        check_code=sha256_hex(sums.encode())[:CODE_LENGTH].upper(),
        rows={table.title: counted[table.name].rows for table in packed_tables() if table.name in counted},
        totals={table.title: counted[table.name].sums for table in packed_tables() if table.name in counted and table.money},
    )


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


@retried
async def _begun(actor: Actor, wanted: Wanted, clock: Clock) -> str:
    async with write_transaction():
        heads = await chosen(actor, wanted)
        year = clock.today().year
        file_number = f"SJSJ{year}{await next_number(FILE_KIND, year):06d}"
        detail = {"conditions": wanted.conditions, "claims": len(heads), "full_identity_numbers": wanted.people}
        await trail.record(actor, "audit:package:opened", file_number, detail, at=clock.now())
        return file_number


@retried
async def _made(actor: Actor, wanted: Wanted, receipt: WorkbookReceipt, clock: Clock) -> None:
    detail = {"sha256": receipt.sha256, "rows": receipt.rows, "people": wanted.people}
    async with write_transaction():
        await trail.record(actor, "audit:package:exported", receipt.file_number, detail, at=clock.now())
