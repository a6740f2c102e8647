"""Benchmark of the trail: what verifying one row costs in a long trail, against a short one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bench.district import bench_database
from bench.measuring import Result, at_most, ratio
from training_admin.database import copy_rows, engine, execute_script, read_transaction
from training_admin.kit.digest import canonical_json
from training_admin.office.trail import COLUMNS, GENESIS, TrailRow
from training_admin.office.trail_check import Walk, first_fault

LONG, SHORT = 1_000_000, 10_000
# The short one is verified so often that both take long enough to be measured.
TIMES = 20
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


class Chain:
    """Rows like those of a year's claims, each with the hash of the one before."""

    def __init__(self, rows: int) -> None:
        self.rows, self.hash = rows, GENESIS

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        for number in range(1, self.rows + 1):
            at, subject = BEGAN + timedelta(seconds=number * 7), f"SJ2026{number:06d}"
            detail = {"lines": number % 300, "readable_only": False, "sha256": f"{number:064x}"}
            row = TrailRow(number, at, "local", "subsidy:claim:submitted", subject, detail, self.hash)
            digest = row.hash()
            yield (number, at, "local", row.event, subject, canonical_json(detail).decode(), self.hash, digest)
            self.hash = digest


async def fill(schema: str, rows: int) -> None:
    """A trail of its own in a schema of its own, with the same indexes."""
    async with engine.transaction():
        await execute_script(
            f"SET LOCAL session_replication_role = replica; CREATE SCHEMA {schema}; SET LOCAL search_path = {schema};"
            "CREATE TABLE trail (LIKE public.trail INCLUDING ALL); CREATE TABLE trail_head (LIKE public.trail_head INCLUDING ALL)"
        )
        chain = Chain(rows)
        await copy_rows("trail", COLUMNS, chain)
        await copy_rows("trail_head", ("id", "number", "hash"), [(1, rows, chain.hash)])
    await engine.run_ddl(f"VACUUM ANALYZE {schema}.trail")


async def verify(schema: str, rows: int) -> None:
    """Verify one of the trails, whole."""
    async with read_transaction():
        await execute_script(f"SET LOCAL search_path = {schema}")
        walk = Walk({})
        assert await first_fault(walk) is None
        assert walk.number == rows


async def trail_verify() -> Result:
    """Cost per row of verifying at 1 M rows ÷ at 10 000."""

    async def long() -> None:
        await verify("long_trail", LONG)

    async def short() -> None:
        for _ in range(TIMES):
            await verify("short_trail", SHORT)

    found = await ratio(long, short)
    per_row = TIMES * SHORT / LONG
    return at_most(max(found.wall, found.processor) * per_row, 1.3, wall=found.wall * per_row)


async def measured() -> dict[str, Result]:
    """All figures of this part."""
    async with bench_database():
        await fill("long_trail", LONG)
        await fill("short_trail", SHORT)
        return {"trail_verify": await trail_verify()}
