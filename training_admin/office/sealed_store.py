"""Queries of sealed columns, whichever room they are in: counted by the header of what they hold, and exchanged in batches."""

from collections.abc import Sequence

import msgspec

from training_admin.database import fetch_tuples
from training_admin.kit.vault import HEADER_BYTES

# Any number that no other program on the same database uses for an advisory lock.
KEYS_LOCK = 7_210_345_119
TRY_LOCK = f"SELECT pg_try_advisory_lock({KEYS_LOCK})"


class SealedColumn(msgspec.Struct, frozen=True):
    """A column of sealed contents; `batch` is how many of them are re-sealed in one transaction.

    `version_column` names the column beside it that repeats the version of the key, where there is one.
    """

    table: str
    column: str = "sealed"
    batch: int = 500
    version_column: str | None = None

    @property
    def place(self) -> str:
        """The place that its contents are sealed for."""
        return f"{self.table}.{self.column}"


async def header_counts(column: SealedColumn) -> list[tuple[bytes, int]]:
    """How many contents begin with which header."""
    found = await fetch_tuples(
        f"SELECT substring({column.column} FROM 1 FOR {HEADER_BYTES}), count(*) FROM {column.table} "  # noqa: S608 - our own words only
        f"WHERE {column.column} IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    return [(row[0], row[1]) for row in found]


async def sealed_otherwise(column: SealedColumn, header: bytes, *, after: int) -> list[tuple[int, bytes]]:
    """The next batch of contents that do not begin with a header, locked until the transaction ends."""
    found = await fetch_tuples(
        f"SELECT id, {column.column} FROM {column.table} WHERE id > $1 AND {column.column} IS NOT NULL "  # noqa: S608 - our own words only
        f"AND substring({column.column} FROM 1 FOR {HEADER_BYTES}) <> $2 ORDER BY id LIMIT {column.batch} FOR UPDATE",
        after,
        header,
    )
    return [(row[0], row[1]) for row in found]


async def put_sealed(column: SealedColumn, rows: Sequence[tuple[int, bytes]], *, version: int) -> None:
    """Exchange sealed contents by their keys."""
    also = f", {column.version_column} = {version}" if column.version_column else ""
    await fetch_tuples(
        f"UPDATE {column.table} t SET {column.column} = d.sealed{also} "  # noqa: S608 - our own words only
        "FROM unnest($1::bigint[], $2::bytea[]) d(id, sealed) WHERE t.id = d.id",
        [key for key, _sealed in rows],
        [sealed for _key, sealed in rows],
    )
