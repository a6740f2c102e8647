"""A claim's dossier 案卷 as pure data: what its JSON files hold, and the manifest whose chain leads through every file.

Amounts are fen, instants ISO 8601 with +08:00; persons are the keys of the record. `data/verify.py` computes all of it again.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.kit.digest import sha256_hex

FORMAT = "training-admin/dossier/1"
CODE_LENGTH = 16
ROWS, CLASS, CLAIM, OTHER = "rows", "class", "claim", "other"


class StepTold(msgspec.Struct, frozen=True):
    """One step of the timeline: what was done by whom, with which opinion and minutes."""

    place: int
    act: str
    words: str
    from_state: str
    to_state: str
    doer: str
    done_at: str
    due_on: date | None
    opinion: str
    minutes: str


class RecordTold(msgspec.Struct, frozen=True):
    """One assessment that lies beside: its place, cause and digest."""

    place: int
    known_at: str
    cause: str
    sha256: str
    payable_fen: int | None


class PaperTold(msgspec.Struct, frozen=True):
    """An official paper; `sha256` is that of its PDF, None until it was made."""

    number: str
    kind: str
    maker: str
    made_at: str
    sha256: str | None
    delivery_way: str
    delivered_on: date | None


class AttachmentTold(msgspec.Struct, frozen=True):
    """An attachment by its hash; `size` in bytes."""

    kind: str
    title: str
    media_type: str
    size: int
    invoice_no: str
    adder: str
    added_at: str
    sha256: str


class AppealTold(msgspec.Struct, frozen=True):
    """A 复核申请 or an objection to the notice, with its answer; what a member of the public wrote stays sealed."""

    number: str
    what: str
    words: str
    asker: str
    asked_at: str
    state: str
    answer: str
    decider: str | None
    decided_at: str | None


class HoldTold(msgspec.Struct, frozen=True):
    """A hold on the payment of the claim, and how it was lifted."""

    cause: str
    words: str
    placer: str
    placed_at: str
    lifter: str | None
    lifted_at: str | None
    lift_reason: str


class TrailTold(msgspec.Struct, frozen=True):
    """A row of the trail about the claim as it was hashed, with its event in words and its instant of the day (`when`)."""

    number: int
    at: datetime
    actor: str
    event: str
    subject: str
    detail: dict[str, Any]
    previous_hash: str
    hash: str
    words: str
    when: str


class HeadTold(msgspec.Struct, frozen=True):
    """The signed end of the trail when the dossier was made."""

    number: int
    hash: str
    words: str
    public_key: str


class ClaimTold(msgspec.Struct, frozen=True):
    """`claim.json`: who claimed what, everything that was done with it, and where the trail ended."""

    file_number: str
    claim_number: str
    made_at: str
    made_by: str
    uscc: str
    enterprise_name: str
    claim_year: int
    as_of: date
    submitted_at: str
    state: str
    state_words: str
    timeline: tuple[StepTold, ...]
    records: tuple[RecordTold, ...]
    papers: tuple[PaperTold, ...]
    attachments: tuple[AttachmentTold, ...]
    appeals: tuple[AppealTold, ...]
    holds: tuple[HoldTold, ...]
    trail: tuple[TrailTold, ...]
    trail_head: HeadTold


class WordTold(msgspec.Struct, frozen=True):
    """A reviewer's word on a row, in the order in which they were said."""

    row: int
    word: str
    rule: str
    reason: str
    expires_on: date | None
    decider: str


class DeterminationTold(msgspec.Struct, frozen=True):
    """`determination.json`: the record and the words decided on, and what they come to; `decided` False while nothing was decided."""

    decided: bool
    act: str = ""
    day: str = ""
    place: int = 0
    record_sha256: str = ""
    words: tuple[WordTold, ...] = ()
    rows: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()
    held: tuple[int, ...] = ()
    added: tuple[int, ...] = ()
    fen_of_added: int = 0
    clawback_fen: int = 0
    open: tuple[int, ...] = ()
    fen_by_stream: dict[str, int] = {}
    fen: int = 0


class CostTold(msgspec.Struct, frozen=True):
    """One voucher of `costs.json`: what stands on it, what of it counts, and why not."""

    row: int
    class_no: str
    category: str
    invoice_no: str
    issuer: str
    invoiced_on: date | None
    amount_fen: int | None
    recognised_fen: int | None
    reason: str


class DoubtTold(msgspec.Struct, frozen=True):
    """One doubt; `basis` says what its amount sums: rows, class or claim, and without one the evidence tells it."""

    check: str
    name: str
    severity: str
    class_no: str
    rows: tuple[int, ...]
    basis: str
    amount_fen: int | None
    evidence: tuple[tuple[str, str], ...]
    against: str


class DoubtsTold(msgspec.Struct, frozen=True):
    """`doubts.json`: doubts about the record at `place`, found when the dossier was made; `unasked` could not be asked (VER-01)."""

    place: int
    doubts: tuple[DoubtTold, ...]
    unasked: tuple[str, ...]


class PartTold(msgspec.Struct, frozen=True):
    """What one stream takes, and from which budget."""

    stream: str
    fen: int
    budget: str | None


class PieceTold(msgspec.Struct, frozen=True):
    """One amount that went into a payment, or was kept back by it."""

    subject: str
    fen: int


class ItemTold(msgspec.Struct, frozen=True):
    """The payment: what the payee got, what was kept back, everything that went into it."""

    batch: str
    state: str
    fen: int
    netted_fen: int
    voucher: str | None
    paid_on: date | None
    failure: str
    payables: tuple[PieceTold, ...]
    netted: tuple[PieceTold, ...]


class PayableTold(msgspec.Struct, frozen=True):
    """Something to be paid for the claim."""

    subject: str
    fen: int
    state: str
    state_words: str
    account: str
    parts: tuple[PartTold, ...]
    item: ItemTold | None


class NoticeTold(msgspec.Struct, frozen=True):
    """A public notice that lists or listed the claim; `counts` says that it is the one of the newest determination."""

    number: str
    posted_on: date
    ends_on: date
    state: str
    poster: str
    people: int
    fen: int
    counts: bool


class ReceiptTold(msgspec.Struct, frozen=True):
    """Money that came back."""

    way: str
    fen: int
    reference: str
    received_on: date


class RecoveryTold(msgspec.Struct, frozen=True):
    """A recovery of something paid for the claim."""

    number: str
    subject: str
    reason: str
    fen: int
    settled_fen: int
    state: str
    proposer: str
    decider: str | None
    receipts: tuple[ReceiptTold, ...]


class PaymentsTold(msgspec.Struct, frozen=True):
    """`payments.json`: notices, payments, recoveries."""

    notices: tuple[NoticeTold, ...]
    payables: tuple[PayableTold, ...]
    recoveries: tuple[RecoveryTold, ...]


class Listed(msgspec.Struct, frozen=True):
    """One file of the manifest; `chain` is SHA-256 over the link before, name, size and hash."""

    name: str
    size: int
    sha256: str
    chain: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`manifest.json`: all files in their order; `head` is the last link of the chain."""

    format: str = FORMAT
    file_number: str
    claim_number: str
    made_at: str
    made_by: str
    files: tuple[Listed, ...] = ()
    head: str = ""

    @property
    def code(self) -> str:
        """The check code of the dossier 案卷校验码, short enough for paper."""
        code = self.head[:CODE_LENGTH].upper()
        return "-".join(code[place : place + 4] for place in range(0, CODE_LENGTH, 4))

    def listing(self, files: Iterable[tuple[str, bytes]]) -> "Manifest":
        """The manifest of some files, its chain begun with the head of the manifest."""
        link = sha256_hex(f"{FORMAT}\n{self.file_number}\n{self.claim_number}\n{self.made_at}\n{self.made_by}".encode())
        listed: list[Listed] = []
        for name, content in files:
            digest = sha256_hex(content)
            link = sha256_hex(f"{link}\n{name}\n{len(content)}\n{digest}".encode())
            listed.append(Listed(name, len(content), digest, link))
        return msgspec.structs.replace(self, files=tuple(listed), head=link)


def basis_of(amount_fen: int, rows: tuple[int, ...], *, of_class: int | None, of_claim: int) -> tuple[str, int | None]:
    """What the amount of a doubt sums, so that it can be computed again; None where it is that of vouchers."""
    if rows:
        return ROWS, amount_fen
    if of_class is not None:
        return (CLASS, amount_fen) if of_class == amount_fen else (OTHER, None)
    return (CLAIM, amount_fen) if of_claim == amount_fen else (OTHER, None)
