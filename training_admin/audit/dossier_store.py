"""Queries of a claim's dossier that no other room needs: its rows of the trail, holds, payments with everything in them, notices."""

import zlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast

import msgspec

from training_admin.audit.dossier_facts import PieceTold
from training_admin.database import fetch_tuples
from training_admin.office import trail
from training_admin.office.trail import Stored
from training_admin.subsidy.notice_facts import ClaimListed, NoticeContent

DOSSIER_MADE = "audit:dossier:exported"


class HoldRow(msgspec.Struct, frozen=True):
    """A hold, lifted or not."""

    cause: str
    words: str
    placer: str
    placed_at: datetime
    lifter: str | None
    lifted_at: datetime | None
    lift_reason: str


class PaidItem(msgspec.Struct, frozen=True):
    """A payment with the number of its batch."""

    batch: str
    state: str
    fen: int
    netted_fen: int
    bank_reference: str | None
    paid_on: date | None
    failure: str


class NoticeRow(msgspec.Struct, frozen=True):
    """A notice about the claim; `listed` None when an objection took it out."""

    number: str
    posted_on: date
    ends_on: date
    state: str
    poster: str
    posted_at: datetime
    listed: ClaimListed | None


async def trail_of(claim_number: str) -> list[Stored]:
    """The rows of the trail about a claim and its recoveries in their order; inside an open transaction."""
    columns = ", ".join(trail.COLUMNS)
    found = await fetch_tuples(
        f"""SELECT {columns} FROM trail WHERE subject = $1 OR subject = ANY(ARRAY(SELECT number FROM recovery WHERE case_no = $1))
            ORDER BY number""",  # noqa: S608 - our own words
        claim_number,
    )
    return cast("list[Stored]", found)


async def dossiers_of(claim_number: str) -> list[tuple[datetime, str, dict[str, Any]]]:
    """When dossiers of a claim were made, by whom, and their numbers and codes, newest first."""
    found = await fetch_tuples(
        f"SELECT at, actor, detail FROM trail WHERE subject = $1 AND event = '{DOSSIER_MADE}' ORDER BY number DESC LIMIT 20",  # noqa: S608 - our own words
        claim_number,
    )
    return [(at, actor, msgspec.json.decode(detail)) for at, actor, detail in found]


async def records_of(claim: int) -> list[tuple[int, bytes]]:
    """Every record of a claim as its canonical bytes, oldest first."""
    found = await fetch_tuples("SELECT place, content FROM assessment WHERE claim = $1 ORDER BY place", claim)
    return [(place, zlib.decompress(content)) for place, content in found]


async def holds_of(case_no: str) -> list[HoldRow]:
    """Every hold on a case, oldest first."""
    found = await fetch_tuples(
        "SELECT cause, words, placer, placed_at, lifter, lifted_at, lift_reason FROM fund_hold WHERE case_no = $1 ORDER BY id", case_no
    )
    return [HoldRow(*row) for row in found]


async def parts_of_case(case_no: str) -> dict[int, list[tuple[str, int, str | None]]]:
    """Stream, fen and budget of each payable of a case."""
    found = await fetch_tuples(
        """SELECT q.payable, q.stream, q.fen, b.year || ' ' || b.subject_code || ' ' || b.paper FROM payable p
           JOIN payable_part q ON q.payable = p.id LEFT JOIN fund_budget b ON b.id = q.budget
           WHERE p.case_no = $1 ORDER BY q.payable, q.stream""",
        case_no,
    )
    parts: dict[int, list[tuple[str, int, str | None]]] = {}
    for payable, *part in found:
        parts.setdefault(payable, []).append((part[0], part[1], part[2]))
    return parts


async def accounts_of_case(case_no: str) -> dict[int, bytes]:
    """The sealed account of each payable of a case."""
    return dict(await fetch_tuples("SELECT id, sealed_account FROM payable WHERE case_no = $1", case_no))


async def items_paid(items: Sequence[int]) -> dict[int, PaidItem]:
    """Payments by key."""
    found = await fetch_tuples(
        """SELECT i.id, b.number, i.state, i.fen, i.netted_fen, i.bank_reference, i.paid_on, i.failure
           FROM payment_item i JOIN payment_batch b ON b.id = i.batch WHERE i.id = ANY($1)""",
        list(items),
    )
    return {row[0]: PaidItem(*row[1:]) for row in found}


async def pieces_of(items: Sequence[int]) -> tuple[dict[int, list[PieceTold]], dict[int, list[PieceTold]]]:
    """What went into payments, and what was kept back by them, by payment."""
    went: dict[int, list[PieceTold]] = {}
    kept: dict[int, list[PieceTold]] = {}
    for item, subject, fen in await fetch_tuples(
        "SELECT item, subject, fen FROM payable WHERE item = ANY($1) ORDER BY item, since, id", list(items)
    ):
        went.setdefault(item, []).append(PieceTold(subject, fen))
    for item, number, fen in await fetch_tuples(
        """SELECT r.item, y.number, r.fen FROM recovery_receipt r JOIN recovery y ON y.id = r.recovery
           WHERE r.item = ANY($1) AND r.way = 'netted' ORDER BY r.id""",
        list(items),
    ):
        kept.setdefault(item, []).append(PieceTold(number, fen))
    return went, kept


async def receipts_of_case(case_no: str) -> dict[int, list[tuple[str, int, str, date]]]:
    """What came back of each recovery of a case."""
    found = await fetch_tuples(
        """SELECT r.recovery, r.way, r.fen, r.reference, r.received_on FROM recovery y JOIN recovery_receipt r ON r.recovery = y.id
           WHERE y.case_no = $1 ORDER BY r.id""",
        case_no,
    )
    receipts: dict[int, list[tuple[str, int, str, date]]] = {}
    for recovery, way, fen, reference, received_on in found:
        receipts.setdefault(recovery, []).append((way, fen, reference, received_on))
    return receipts


async def notices_of(case_no: str) -> list[NoticeRow]:
    """The notices about a case, oldest first."""
    found = await fetch_tuples(
        """SELECT n.number, n.posted_on, n.ends_on, n.state, n.poster, n.posted_at, n.content::text
           FROM notice_case k JOIN public_notice n ON n.id = k.notice WHERE k.case_no = $1 ORDER BY n.id""",
        case_no,
    )
    rows = []
    for number, posted_on, ends_on, state, poster, posted_at, content in found:
        claims = msgspec.json.decode(content, type=NoticeContent).claims
        listed = next((each for each in claims if each.case_no == case_no), None)
        rows.append(NoticeRow(number, posted_on, ends_on, state, poster, posted_at, listed))
    return rows


async def objections_of(case_no: str) -> list[tuple[Any, ...]]:
    """Objections to notices that name a case, their words left sealed: number, instant, answer, reply, who replied and when."""
    return await fetch_tuples(
        "SELECT number, at, upheld, reply, replier, replied_at FROM notice_objection WHERE case_no = $1 ORDER BY id", case_no
    )
