"""Benchmarks of export: a 300 000-row audit sheet from the database against hand-written rows, openpyxl, and the memory it takes."""

import asyncio
import os
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import IO, Any

import msgspec
import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter

from bench.district import bench_service, large_claim
from bench.measuring import Result, at_most, ratio
from training_admin.audit import store
from training_admin.audit.apart import child_environment
from training_admin.audit.layouts import PEOPLE, sheets_of
from training_admin.audit.making import Order
from training_admin.audit.papers import load_surroundings, opened
from training_admin.audit.table_rows import class_papers, people_rows
from training_admin.audit.workbooks import Wanted
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.child_side import DONE
from training_admin.kit.clock import FixedClock
from training_admin.kit.money import yuan
from training_admin.kit.workbook.sheets import Kind, Sheet, Stamp, WorkbookWriter
from training_admin.office.knowledge import knowledge_transaction, still_known_at
from training_admin.settings import Settings
from training_admin.subsidy.assessing import assess_claim
from training_admin.subsidy.claims import submit_claim

ROWS, CLASSES, PEOPLE_OF_CLASS = 300_000, 10, 50
STAMP = Stamp(file_number="SJAW2026000001", check_code="0000-0000-0000-0000", version="bench")
MOST_KIB = 96 * 1024
# The process as it is, telling its own peak at its end: what wait4 tells holds also the memory of who started it.
REPORTED = """
import atexit, runpy, sys
def told():
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM"):
            print(line.split()[1], file=sys.stderr)
atexit.register(told)
runpy.run_module("training_admin.audit.making", run_name="__main__")
"""
# What differs between a claim and its copies: each copy has people of its own, else every person would stand in every claim.
DIFFERENT = {
    "claim": {"number": "number || '-' || n", "file": "(SELECT id FROM stored_file WHERE sha256 = encode(sha256(int4send(n)), 'hex'))"},
    "claim_line": {"person": "sha256(person || int4send(n))"},
    "claim_cost": {"invoice_no": "lpad((t.id * 1000 + n)::text, 20, '9')"},
}
PARTS = ("claim_class", "claim_line", "claim_cost", "assessment")


async def _columns(table: str) -> list[str]:
    found = await fetch_tuples(
        "SELECT column_name FROM information_schema.columns WHERE table_name = $1 AND column_name <> 'id' ORDER BY ordinal_position", table
    )
    return [f'"{row[0]}"' for row in found]


async def _copied(claim: int, copies: int) -> None:
    """Copies of a stored claim, each with people of its own."""
    async with write_transaction():
        await fetch_tuples(
            """INSERT INTO stored_file (sha256, media_type, size, key_version, sealed, at)
               SELECT encode(sha256(int4send(n)), 'hex'), 'text/plain', 0, 1, ''::bytea, now()
               FROM generate_series(1, $1::int) n RETURNING id""",
            copies,
        )
        names = await _columns("claim")
        values = ", ".join(DIFFERENT["claim"].get(name.strip('"'), name) for name in names)
        await fetch_tuples(
            f"INSERT INTO claim ({', '.join(names)}) SELECT {values} FROM claim, generate_series(1, $2::int) n WHERE id = $1 RETURNING id",  # noqa: S608 - our own words
            *(claim, copies),
        )
        for table in PARTS:
            names = [name for name in await _columns(table) if name != '"claim"']
            values = ", ".join(DIFFERENT.get(table, {}).get(name.strip('"'), f"t.{name}") for name in names)
            await fetch_tuples(
                f"""INSERT INTO {table} (claim, {", ".join(names)})
                    SELECT c.id, {values} FROM {table} t, claim o, claim c
                    CROSS JOIN LATERAL (SELECT split_part(c.number, '-', 2)::int AS n) x
                    WHERE t.claim = $1 AND o.id = $1 AND c.number LIKE o.number || '-%' ORDER BY c.id, t.id RETURNING id""",  # noqa: S608 - our own words
                claim,
            )
    async with write_transaction():
        await fetch_tuples("ANALYZE")


async def filled(clock: FixedClock) -> int:
    """A district with claims of 500 people each until ROWS of them are paid; returns the rows of the sheet."""
    claim = await large_claim(clock, seed=31, classes=CLASSES, people=PEOPLE_OF_CLASS)
    receipt = await submit_claim(DEMO, claim.content, readable_only=True, clock=clock)
    await assess_claim(DEMO, receipt.number, cause="bench", clock=clock)
    async with read_transaction():
        ((key, paying),) = await fetch_tuples(
            "SELECT c.id, a.paying_people FROM claim c JOIN assessment a ON a.claim = c.id WHERE c.number = $1", receipt.number
        )
    copies = ROWS // paying
    await _copied(key, copies)
    return int(paying * (copies + 1))


async def _ours(target: IO[bytes], clock: FixedClock) -> int:
    """补贴人员明细表 as an audit workbook makes it: read, opened, put into words, written."""
    target.seek(0)
    target.truncate()
    async with knowledge_transaction():
        known_at = await still_known_at(clock)
    async with read_transaction():
        heads = await store.heads_between(date(2026, 1, 1), date(2026, 12, 31), organisations=None)
        around = await load_surroundings(heads, known_at)
        number = 1
        with WorkbookWriter(target, [_sheet()], STAMP) as writer:
            async for paper in opened(heads):
                rows = list(people_rows(paper, class_papers(paper, around), number, public=False))
                await asyncio.to_thread(writer.write, rows)
                number += len(rows)
            writer.end_sheet()
    return number - 1


def _sheet() -> Sheet:
    return next(sheet for sheet in sheets_of("bench", ("", ""), (), public=False) if sheet.name == PEOPLE)


async def _some_rows(clock: FixedClock) -> list[tuple[Any, ...]]:
    """The rows of one claim, which the rivals write again and again."""
    async with knowledge_transaction():
        known_at = await still_known_at(clock)
    async with read_transaction():
        heads = (await store.heads_between(date(2026, 1, 1), date(2026, 12, 31), organisations=None))[:1]
        around = await load_surroundings(heads, known_at)
        async for paper in opened(heads):
            return list(people_rows(paper, class_papers(paper, around), 1, public=False))
    raise AssertionError


def _again(rows: Sequence[tuple[Any, ...]], count: int) -> Iterator[tuple[Any, ...]]:
    for place in range(count):
        yield rows[place % len(rows)]


def _by_hand(target: IO[bytes], rows: Sequence[tuple[Any, ...]], count: int) -> None:
    """Hand-written row XML of the very same cells through zlib 1, from rows that lie in memory: what nobody can do with less."""
    target.seek(0)
    target.truncate()
    columns = [(column.kind, get_column_letter(place)) for place, column in enumerate(_sheet().columns, 1)]
    packer = zlib.compressobj(1)
    for number, row in enumerate(_again(rows, count), 5):
        cells = [f'<row r="{number}">']
        for (kind, letter), value in zip(columns, row, strict=True):
            if value is None or value == "":
                cells.append(f'<c r="{letter}{number}" s="12"/>')
            elif kind is Kind.MONEY:
                cells.append(f'<c r="{letter}{number}" s="13"><v>{yuan(value)}</v></c>')
            elif isinstance(value, str):
                text = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
                cells.append(f'<c r="{letter}{number}" s="11" t="inlineStr"><is><t>{text}</t></is></c>')
            elif isinstance(value, tuple):
                formula = value[0].replace("&", "&amp;").replace('"', "&quot;")
                cells.append(f'<c r="{letter}{number}" s="14"><f>{formula}</f><v>{value[1]}</v></c>')
            else:
                cells.append(f'<c r="{letter}{number}" s="12"><v>{value}</v></c>')
        cells.append("</row>")
        target.write(packer.compress("".join(cells).encode()))
    target.write(packer.flush())


def _by_openpyxl(target: IO[bytes], rows: Sequence[tuple[Any, ...]], count: int) -> None:
    """What openpyxl's write_only mode needs for the same rows, with the same number formats."""
    target.seek(0)
    target.truncate()
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(PEOPLE)
    money = {place for place, column in enumerate(_sheet().columns) if column.kind is Kind.MONEY}
    for row in _again(rows, count):
        cells = []
        for place, value in enumerate(row):
            plain = value[1] if isinstance(value, tuple) else value / 100 if place in money and value is not None else value
            cell = WriteOnlyCell(page, value=plain)
            cell.number_format = "#,##0.00" if place in money else "@"
            cells.append(cell)
        page.append(cells)
    book.save(target)


def _peak(settings: Settings, at: datetime) -> tuple[int, int]:
    """Make the whole audit workbook of the year in the process that makes it for an auditor: its peak memory in KiB, and its bytes."""
    order = msgspec.json.encode(Order(COMMAND_LINE, Wanted(start=date(2026, 1, 1), end=date(2026, 12, 31)), at))
    told = {**child_environment(), "TRAINING_ADMIN_DATA": str(settings.data), "TRAINING_ADMIN_DEMO": "1"}
    with (
        tempfile.TemporaryFile() as asked,
        tempfile.TemporaryFile() as answer,
        tempfile.TemporaryFile() as made,
        tempfile.TemporaryFile() as told_peak,
    ):
        asked.write(order)
        asked.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-c", REPORTED, str(made.fileno())],
            stdin=asked,
            stdout=answer,
            stderr=told_peak,
            env=told,
            pass_fds=(made.fileno(),),
        )
        child.wait()
        answer.seek(0)
        last = answer.read().rpartition(b"\n")[2]
        assert last.startswith(DONE), last[:200]
        told_peak.seek(0)
        return int(told_peak.read().split()[-1]), made.seek(0, os.SEEK_END)


async def measured() -> dict[str, Result]:
    """Time against hand-written rows and openpyxl, and peak memory of the whole workbook's process."""
    async with bench_service() as (settings, clock):
        count = await filled(clock)
        rows = await _some_rows(clock)
        with tempfile.TemporaryFile() as target:

            async def ours() -> None:
                assert await _ours(target, clock) == count

            async def by_hand() -> None:
                await asyncio.to_thread(_by_hand, target, rows, count)

            async def by_openpyxl() -> None:
                await asyncio.to_thread(_by_openpyxl, target, rows, count // 10)

            async def a_tenth() -> None:
                await ours()

            best = await ratio(ours, by_hand)
            slow = await ratio(by_openpyxl, a_tenth, rounds=1)
        peak, size = await asyncio.to_thread(_peak, settings, clock.now())
        sys.stdout.write(f"{count} rows; the whole workbook has {size / 1024 / 1024:.1f} MiB\n")
        times = slow.processor * 10
        return {
            "export": at_most(best.processor, 1.5, wall=best.wall),
            "export_openpyxl": Result(round(times, 2), ">= 9 times faster", "ratio", times >= 9),
            "export_rss": Result(round(peak / 1024, 1), f"<= {MOST_KIB // 1024}", "MiB", peak <= MOST_KIB),
        }


if __name__ == "__main__":
    for name, result in asyncio.run(measured()).items():
        sys.stdout.write(f"{name} {result.value} {result.target} {result.holds}\n")
