"""The audit data package: the same rows in three formats, sums that tie to the ledger, every column explained, nobody named unasked."""

import csv
import hashlib
import io
import sqlite3
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import pytest_asyncio

from tests.audit.paid_world import paid_claim
from training_admin.audit import package_layouts, packing
from training_admin.audit.package_layouts import (
    CONTENTS,
    DICTIONARY,
    CellKind,
    Counted,
    PackedColumn,
    PackedTable,
    contents_rows,
    dictionary_rows,
    for_csv,
    for_database,
    for_sheet,
    packed_tables,
)
from training_admin.audit.packing import PackageTooLarge, make_package
from training_admin.audit.store import NothingToExport
from training_admin.audit.workbooks import Wanted
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.actor import COMMAND_LINE, Actor, ActorKind, StepUpNeeded
from training_admin.kit.clock import FixedClock
from training_admin.kit.rights import Role
from training_admin.settings import Settings
from training_admin.subsidy.claims import claim_record

HEADER_ROW = 3
EVERY_KIND = PackedTable(
    "every", "每种", "", "", tuple(PackedColumn(kind.value, kind, f"列{place}") for place, kind in enumerate(CellKind))
)
AT = datetime(2026, 6, 1, 16, 30, tzinfo=UTC)
ROW = ("=1+1", "-12.5", "ab" * 32, 7, -105, 150, 9550, date(2026, 6, 1), AT, True)


class Package:
    """One package opened in all three formats."""

    def __init__(self, content: bytes, folder: Path) -> None:
        self.zip = zipfile.ZipFile(io.BytesIO(content))
        self.names = self.zip.namelist()
        self.book: Any = openpyxl.load_workbook(io.BytesIO(self.zip.read("数据.xlsx")), data_only=True)
        path = folder / "data.sqlite"
        path.write_bytes(self.zip.read("数据.sqlite"))
        self.database = sqlite3.connect(path)

    def csv(self, title: str) -> list[list[str]]:
        """The rows of a table without its header."""
        (name,) = (each for each in self.names if each == f"{title}.csv" or each.endswith(f"_{title}.csv"))
        content = self.zip.read(name)
        assert content.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[1:]

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """What SQLite answers."""
        return self.database.execute(sql).fetchall()

    def sheet_rows(self, title: str) -> int:
        """How many rows the sheet of a table has."""
        first = 2 if title in {CONTENTS, DICTIONARY} else HEADER_ROW
        rows = [row[0].value for row in self.book[title].iter_rows(min_row=first + 1)]
        return next((place for place, value in enumerate(rows) if value in {"合计", "（无记录）"}), len(rows))


@pytest_asyncio.fixture
async def number(database: Settings, clock: FixedClock) -> str:
    return await paid_claim(clock)


async def packed(number: str, clock: FixedClock, folder: Path, *, people: bool) -> Package:
    target = io.BytesIO()
    receipt = await make_package(COMMAND_LINE, Wanted(number=number, people=people), target, clock=clock)
    assert receipt.sha256 == hashlib.sha256(target.getvalue()).hexdigest()
    return Package(target.getvalue(), folder)


async def test_three_formats_hold_the_same_rows_and_the_dictionary_every_column(number: str, clock: FixedClock, tmp_path: Path) -> None:
    package = await packed(number, clock, tmp_path, people=True)
    for place, table in enumerate(packed_tables(), 1):
        ((count,),) = package.query(f'SELECT count(*) FROM "{table.name}"')
        assert f"CSV/{place:02d}_{table.title}.csv" in package.names
        assert len(package.csv(table.title)) == count == package.sheet_rows(table.title), table.title
        ((shown,),) = package.query(f'SELECT count(*) FROM "{table.title}"')
        assert shown == count
        assert [row[0] for row in package.query(f"SELECT name FROM pragma_table_info('{table.title}')")] == [
            column.title for column in table.columns
        ]
    columns = sum(len(table.columns) for table in packed_tables())
    assert len(package.csv(DICTIONARY)) == columns == package.query(f'SELECT count(*) FROM "{DICTIONARY}"')[0][0]
    assert all(row[3] and row[4] and row[5] for row in package.csv(DICTIONARY))
    assert [row[2] for row in package.csv(CONTENTS)] == [table.name for table in packed_tables()]
    assert package.book.sheetnames[-2:] == [CONTENTS, DICTIONARY]


async def test_sums_tie_to_the_decision_and_to_the_ledger(number: str, clock: FixedClock, tmp_path: Path) -> None:
    package = await packed(number, clock, tmp_path, people=False)
    record = await claim_record(COMMAND_LINE, number, None)
    payable = sum(line.payable_fen for line in record.lines)
    assert package.query("SELECT sum(payable_fen), count(*) FROM line_result") == [(payable, len(record.lines))]
    assert package.query("SELECT sum(fen) FROM payable") == package.query("SELECT sum(fen) FROM payment") == [(payable,)]
    assert package.query("SELECT business_id FROM posting GROUP BY business_id HAVING sum(amount_fen) <> 0") == []
    assert len(package.query("SELECT DISTINCT business_id FROM posting")) >= 4
    assert package.query("SELECT fen, settled_fen FROM recovery") == [(700, 300)]
    assert package.query('SELECT "应追回", "已收回" FROM "追回"') == [("7.00", "3.00")]
    assert package.query("SELECT fen FROM recovery_receipt") == [(300,)]
    (line,) = (row for row in package.csv(CONTENTS) if row[2] == "payable")
    assert line[5] == f"金额 {payable // 100}.{payable % 100:02d}"
    # What people wrote stays text everywhere, also what looks like a formula.
    assert {row[0] for row in package.query("SELECT words FROM visit")} == {"=1+1 请整改"}
    assert {row[13] for row in package.csv("检查记录")} == {"'=1+1 请整改"}
    cells = [cell for row in package.book["检查记录"].iter_rows() for cell in row if cell.value == "=1+1 请整改"]
    assert cells
    assert all(cell.data_type == "s" for cell in cells)


async def test_nobody_is_named_unless_it_is_asked_for(number: str, clock: FixedClock, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    plain = await packed(number, clock, tmp_path / "plain", people=False)
    named = await packed(number, clock, tmp_path, people=True)
    people = named.query("SELECT person, name, id_no FROM person")
    assert len({row[0] for row in people}) == len(people) > 0
    met = named.query("SELECT DISTINCT person FROM claim_line WHERE person <> '' UNION SELECT DISTINCT person FROM attendance")
    assert {row[0] for row in met} <= {row[0] for row in people}
    everything = b"".join(plain.zip.read(name) for name in plain.names if name.endswith((".csv", ".sqlite", ".txt"))).decode(
        "utf-8", "replace"
    )
    assert all(id_no not in everything for _person, _name, id_no in people)
    assert "person" not in [row[0] for row in plain.query("SELECT name FROM sqlite_master")]
    assert "人员对照" not in plain.book.sheetnames
    sums = plain.zip.read("校验值.txt").decode().splitlines()
    assert len(sums) == len(plain.names) - 1
    for each in sums:
        digest, _, name = each.partition("  ")
        assert hashlib.sha256(plain.zip.read(name)).hexdigest() == digest
    async with read_transaction():
        told = await fetch_tuples(
            "SELECT event, detail->>'full_identity_numbers' FROM trail WHERE event LIKE 'audit:package:%' ORDER BY number"
        )
    assert [tuple(row) for row in told] == [
        ("audit:package:opened", "false"),
        ("audit:package:exported", None),
        ("audit:package:opened", "true"),
        ("audit:package:exported", None),
    ]


async def test_who_has_not_proven_himself_or_asks_for_nothing_or_too_much_is_refused(
    number: str, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    auditor = Actor(kind=ActorKind.PERSON, key="a", name="审计", roles=frozenset({Role.AUDITOR}), organisations=None)
    with pytest.raises(StepUpNeeded):
        await make_package(auditor, Wanted(number=number), io.BytesIO(), clock=clock)
    with pytest.raises(NothingToExport):
        await make_package(COMMAND_LINE, Wanted(number="SJ2026999999"), io.BytesIO(), clock=clock)
    monkeypatch.setattr(package_layouts, "MOST_ROWS", 5)
    target = io.BytesIO()
    with pytest.raises(PackageTooLarge) as refused:
        await make_package(COMMAND_LINE, Wanted(number=number), target, clock=clock)
    assert "超过 5 行" in refused.value.sentence
    assert packing.PackageTooLarge.code == "package-too-large"
    assert target.getvalue() == b""


def test_a_row_in_each_format() -> None:
    assert for_csv(EVERY_KIND, ROW) == (
        *("'=1+1", "-12.5", "ab" * 32, "7", "-1.05", "1.50", "95.50%", "2026-06-01", "2026-06-02 00:30:00", "是"),
    )
    assert for_database(EVERY_KIND, ROW) == (*ROW[:7], "2026-06-01", "2026-06-02 00:30:00", 1)
    assert for_sheet(EVERY_KIND, ROW) == (*ROW[:8], "2026-06-02 00:30:00", "是")
    empty = (None,) * len(CellKind)
    assert for_csv(EVERY_KIND, empty) == ("",) * len(CellKind)
    assert for_database(EVERY_KIND, empty) == for_sheet(EVERY_KIND, empty) == empty
    assert for_csv(EVERY_KIND, (*ROW[:9], False))[-1] == "否"
    assert for_database(EVERY_KIND, (*ROW[:9], False))[-1] == 0


def test_the_chinese_view_shows_yuan() -> None:
    base = sqlite3.connect(":memory:")
    for statement in EVERY_KIND.definition:
        base.execute(statement)
    marks = ", ".join("?" * len(CellKind))
    for fen in (-105, 0, 7, 123456):
        row = (*ROW[:4], fen, *ROW[5:])
        base.execute(f'INSERT INTO "every" VALUES ({marks})', for_database(EVERY_KIND, row))
    assert [row[0] for row in base.execute('SELECT "列4" FROM "每种"')] == ["-1.05", "0.00", "0.07", "1234.56"]
    assert base.execute('SELECT "列5", "列6", "列9" FROM "每种"').fetchone() == ("1.50", "95.50%", "是")


def test_every_table_is_declared_whole() -> None:
    tables = packed_tables()
    assert len({table.name for table in tables}) == len({table.title for table in tables}) == len(tables)
    for table in tables:
        assert table.note.endswith("。"), table.name
        assert len({column.name for column in table.columns}) == len({column.title for column in table.columns}) == len(table.columns)
        assert len(table.title) < 31
        query, names = table.query
        assert bool(query) is (table.name not in {packing.LINES, packing.PERSONS})
        assert set(names) <= {"claims", "cases", "firms", "classes", "people", "start", "end", "known"}
        assert "::" not in query or ":" not in query.replace("::", "")
    counted = Counted()
    table = next(each for each in tables if each.name == "payment")
    counted.add(table, [(None,) * len(table.columns), tuple(5 if column.kind is CellKind.FEN else "" for column in table.columns)])
    assert (counted.rows, counted.sums) == (2, {"实拨金额": 5, "抵扣金额": 5})
    assert contents_rows({"payment": counted}) == [(1, "支付", "payment", table.note, 2, "实拨金额 0.05；抵扣金额 0.05")]
    assert len(dictionary_rows(["payment"])) == len(table.columns)
