"""Queries of the papers attached to claims."""

from collections.abc import Sequence
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


class CostShown(msgspec.Struct, frozen=True):
    """A voucher of the cost sheet with the papers that belong to it: by the invoice's number read from them or told in their title."""

    row: int
    class_no: str
    category: str
    invoice_no: str
    issuer_name: str
    amount_fen: int | None
    papers: tuple[Attachment, ...]

    @property
    def differs(self) -> bool:
        """Whether an invoice that could be read names another amount."""
        return any(each.invoice_fen is not None and each.invoice_fen != self.amount_fen for each in self.papers)


MOST_COSTS = 200


async def costs_of(claim: int, papers: Sequence[Attachment]) -> list[CostShown]:
    """The vouchers of a claim in the order of the sheet, the first 200, each with its papers beside."""
    found = await fetch_tuples(
        """SELECT row, class_no, category, invoice_no, issuer_name, amount_fen FROM claim_cost WHERE claim = $1 ORDER BY row LIMIT $2""",
        *(claim, MOST_COSTS),
    )
    return [
        CostShown(row, class_no, category, number, issuer, fen, tuple(each for each in papers if _belongs(each, number)))
        for row, class_no, category, number, issuer, fen in found
    ]


def _belongs(paper: Attachment, invoice_no: str) -> bool:
    return bool(invoice_no) and (paper.invoice_no == invoice_no or invoice_no in paper.title)
