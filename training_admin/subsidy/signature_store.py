"""Queries of signatures of claims."""

from datetime import datetime

import msgspec

from training_admin.database import fetch_tuples
from training_admin.subsidy.store import ClaimNotFound


class Signature(msgspec.Struct, frozen=True):
    """Who signed a claim, when, over which file and under which undertaking; `way` is account or link."""

    way: str
    name: str
    signed_by: str
    signed_at: datetime
    file_sha256: str
    undertaking: str
    same_hand: bool


class SigningClaim(msgspec.Struct, frozen=True):
    """What of a claim the person who signs is shown, and what decides whether it can be signed."""

    id: int
    number: str
    uscc: str
    enterprise_name: str
    claim_year: int
    state: str
    lines: int
    submitted_at: datetime
    submitted_by: str
    file_sha256: str
    computed_fen: int | None
    payable_fen: int | None
    signature: Signature | None


async def signing_claim(number: str, *, organisations: list[str] | None) -> SigningClaim:
    """A claim of the organisations (None for all) with its signature; raises ClaimNotFound, also for another organisation's."""
    found = await fetch_tuples(
        """SELECT c.id, c.number, c.uscc, c.enterprise_name, c.claim_year, c.state, c.line_count, c.submitted_at, c.submitted_by, f.sha256,
               a.computed_fen, a.payable_fen, s.way, s.name, s.signed_by, s.signed_at, s.file_sha256, s.undertaking, s.same_hand
           FROM claim c JOIN stored_file f ON f.id = c.file LEFT JOIN claim_signature s ON s.claim = c.id LEFT JOIN LATERAL (
               SELECT computed_fen, payable_fen FROM assessment WHERE claim = c.id ORDER BY place DESC LIMIT 1
           ) a ON true WHERE c.number = $1 AND ($2::text[] IS NULL OR c.uscc = ANY($2))""",
        *(number, organisations),
    )
    if not found:
        raise ClaimNotFound("没有找到这份申报，请核对申报编号。")
    row = found[0]
    return SigningClaim(*(*row[:12], None if row[12] is None else Signature(*row[12:])))


async def add_signature(claim: int, signature: Signature) -> bool:
    """Keep a signature; False when there is one already."""
    found = await fetch_tuples(
        """INSERT INTO claim_signature (claim, way, name, signed_by, signed_at, file_sha256, undertaking, same_hand)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (claim) DO NOTHING RETURNING id""",
        *(claim, signature.way, signature.name, signature.signed_by, signature.signed_at),
        *(signature.file_sha256, signature.undertaking, signature.same_hand),
    )
    return bool(found)
