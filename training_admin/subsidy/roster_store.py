"""Queries of single persons: one roster row in clear, all rows of one person, and what an erasure exchanges."""

from collections.abc import Sequence
from datetime import date

import msgspec

from training_admin.database import fetch_tuples
from training_admin.kit.vault import vault
from training_admin.subsidy.store import SEALED_LINE, SealedLine

# Stands sealed where a person's content stood; amounts, records and the person's key stay as they were.
ERASED = SealedLine(name="（个人信息已删除）", id_type="", id_no="", mobile="", note="")
# The register decides over the workbook; where both speak, the later day is the more careful one.
_CLASS_END = """
    greatest((SELECT max((k.content ->> 'end')::date) FROM claim_class k WHERE k.claim = l.claim AND k.class_no = l.class_no),
             (SELECT max(f."end") FROM filing_version f WHERE f.class_no = l.class_no))
"""


class PersonLine(msgspec.Struct, frozen=True):
    """One roster row of a person; `file_ends` is the end of the last class of its claim, whose workbook holds the row as well."""

    id: int
    claim: int
    number: str
    row: int
    ends: date
    file_ends: date
    erased: bool


def opened_line(sealed: bytes) -> SealedLine:
    """The sealed part of a roster row; raises Undecipherable."""
    return msgspec.msgpack.decode(vault().decrypt(sealed, place=SEALED_LINE), type=SealedLine)


async def line_in_clear(number: str, row: int, *, organisations: list[str] | None) -> SealedLine | None:
    """One row of a claim of these organisations (None for all); None when there is no such row."""
    found = await fetch_tuples(
        """SELECT l.sealed FROM claim_line l JOIN claim c ON c.id = l.claim
           WHERE c.number = $1 AND l.row = $2 AND ($3::text[] IS NULL OR c.uscc = ANY($3))""",
        *(number, row, organisations),
    )
    return opened_line(found[0][0]) if found else None


async def lines_of_person(person: bytes) -> list[PersonLine]:
    """Every roster row of a person, locked until the transaction ends; without a known end of class the day of submission counts."""
    found = await fetch_tuples(
        f"""SELECT l.id, l.claim, c.number, l.row, coalesce({_CLASS_END}, c.as_of), coalesce((
                SELECT max(coalesce({_CLASS_END}, c.as_of)) FROM (SELECT DISTINCT o.claim, o.class_no FROM claim_line o
                WHERE o.claim = c.id) l), c.as_of), l.sealed
            FROM claim_line l JOIN claim c ON c.id = l.claim WHERE l.person = $1 ORDER BY l.id FOR UPDATE OF l""",  # noqa: S608 - our own text
        person,
    )
    return [
        PersonLine(key, claim, number, row, ends, file_ends, erased=opened_line(sealed) == ERASED)
        for key, claim, number, row, ends, file_ends, sealed in found
    ]


async def erase_lines(lines: Sequence[int]) -> None:
    """Exchange the sealed part of roster rows by the mark."""
    sealed = [vault().encrypt(msgspec.msgpack.encode(ERASED), place=SEALED_LINE) for _ in lines]
    await fetch_tuples(
        "UPDATE claim_line l SET sealed = d.sealed FROM unnest($1::bigint[], $2::bytea[]) d(id, sealed) WHERE l.id = d.id",
        list(lines),
        sealed,
    )


async def file_of_claim(claim: int) -> str:
    """The SHA-256 of the workbook of a claim."""
    found = await fetch_tuples("SELECT f.sha256 FROM claim c JOIN stored_file f ON f.id = c.file WHERE c.id = $1", claim)
    sha256: str = found[0][0]
    return sha256
