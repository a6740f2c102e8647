"""Queries of the papers attached to claims."""

from datetime import datetime

import msgspec

from training_admin.database import fetch_tuples


class Attachment(msgspec.Struct, frozen=True):
    """A paper of a claim as stored; its content is found by the SHA-256."""

    id: int
    kind: str
    title: str
    media_type: str
    size: int
    invoice_no: str
    invoice_fen: int | None
    adder: str
    added_at: datetime
    sha256: str
    in_costs: bool


async def add_attachment(claim: int, file: int, new: Attachment) -> bool:
    """Attach a kept file; False when it is attached to the claim already."""
    return bool(
        await fetch_tuples(
            """INSERT INTO claim_attachment (claim, kind, file, media_type, size, title, invoice_no, invoice_fen, adder, added_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (claim, file) DO NOTHING RETURNING id""",
            *(claim, new.kind, file, new.media_type, new.size, new.title, new.invoice_no, new.invoice_fen, new.adder, new.added_at),
        )
    )


async def attachments_of(claim: int) -> list[Attachment]:
    """The papers of a claim, oldest first; `in_costs` says whether the invoice stands on the cost sheet."""
    found = await fetch_tuples(
        """SELECT a.id, a.kind, a.title, a.media_type, a.size, a.invoice_no, a.invoice_fen, a.adder, a.added_at, f.sha256,
                  a.invoice_no <> '' AND EXISTS (SELECT 1 FROM claim_cost o WHERE o.claim = a.claim AND o.invoice_no = a.invoice_no)
           FROM claim_attachment a JOIN stored_file f ON f.id = a.file WHERE a.claim = $1 ORDER BY a.id""",
        claim,
    )
    return [Attachment(*row) for row in found]
