"""Queries for a person about himself: every row that names him, and his phone, found by his keyed hash alone."""

import zlib
from datetime import date, datetime

import msgspec

from training_admin.database import fetch_tuples
from training_admin.kit.vault import vault
from training_admin.subsidy.record import AssessmentRecord
from training_admin.subsidy.store import SEALED_LINE, SealedLine

MOST_ROWS = 500


class RosterRow(msgspec.Struct, frozen=True):
    """One row of a submitted claim that names a person, with the newest record of that claim."""

    claim_number: str
    enterprise_name: str
    as_of: date
    submitted_at: datetime
    state: str
    row: int
    class_no: str
    attended_centihours: int
    exam_result: str
    record: AssessmentRecord | None


async def newest_line(person: bytes) -> SealedLine | None:
    """Name, document and phone of the person as his newest roster row tells them; None when no claim names him."""
    found = await fetch_tuples("SELECT sealed FROM claim_line WHERE person = $1 ORDER BY claim DESC, row DESC LIMIT 1", person)
    return msgspec.msgpack.decode(vault().decrypt(found[0][0], place=SEALED_LINE), type=SealedLine) if found else None


async def phones_told(person: bytes) -> set[str]:
    """Every phone that any roster row gives the person; claimants type them, so they need not agree."""
    found = await fetch_tuples("SELECT sealed FROM claim_line WHERE person = $1 ORDER BY claim DESC, row DESC LIMIT $2", person, MOST_ROWS)
    lines = [msgspec.msgpack.decode(vault().decrypt(row[0], place=SEALED_LINE), type=SealedLine) for row in found]
    return {line.mobile for line in lines if line.mobile}


async def roster_rows(person: bytes) -> list[RosterRow]:
    """Every row that names the person, newest claim first, in two queries; records are decoded once for each claim."""
    found = await fetch_tuples(
        """SELECT c.id, c.number, c.enterprise_name, c.as_of, c.submitted_at, c.state, l.row, l.class_no, l.attended_centihours,
               l.exam_result
           FROM claim_line l JOIN claim c ON c.id = l.claim WHERE l.person = $1 ORDER BY c.id DESC, l.row LIMIT $2""",
        *(person, MOST_ROWS),
    )
    newest = await fetch_tuples(
        "SELECT DISTINCT ON (claim) claim, content FROM assessment WHERE claim = ANY($1) ORDER BY claim, place DESC",
        sorted({row[0] for row in found}),
    )
    records = {claim: msgspec.json.decode(zlib.decompress(content), type=AssessmentRecord) for claim, content in newest}
    return [RosterRow(*(*row[1:], records.get(row[0]))) for row in found]
