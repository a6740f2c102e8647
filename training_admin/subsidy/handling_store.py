"""Queries of the reviewers' daily work: the queue, who works on what, notes, common opinions, exceptions, rows claimed twice."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.catalog.facts import STREAM_APPRENTICE
from training_admin.database import fetch_tuples
from training_admin.subsidy.determination import LineSaid
from training_admin.subsidy.review_facts import Risk
from training_admin.subsidy.review_states import ClaimState
from training_admin.subsidy.review_store import ReviewedClaim

# A claim in these states asks for nothing any more: its people may be claimed anew.
DEAD = tuple(each.value for each in (ClaimState.WITHDRAWN, ClaimState.REPLACED, ClaimState.NOT_ACCEPTED, ClaimState.REFUSED))
# From here on the rows of a claim that are not left out by words are paid or about to be.
SETTLED = tuple(
    each.value
    for each in (
        *(ClaimState.DETERMINED, ClaimState.ON_NOTICE, ClaimState.PAYABLE, ClaimState.BATCHED, ClaimState.PAID),
        *(ClaimState.PAYMENT_FAILED, ClaimState.ARCHIVED, ClaimState.RECOVERING, ClaimState.RECOVERED),
    )
)
_QUEUE = """
    SELECT c.id, c.number, c.uscc, c.enterprise_name, c.claim_year, c.state, c.version, c.as_of, c.submitted_at, c.submitted_by,
           c.due_on, c.returned, c.round, c.street, c.line_count, jsonb_array_length(c.problems),
           a.known_at, a.payable_fen, f.unknown, f.holding, f.refusing, f.warning,
           (SELECT count(*) FROM fund_hold o WHERE o.case_no = c.number AND o.lifted_at IS NULL), h.account, h.name, h.until,
           EXISTS (SELECT 1 FROM trail t WHERE t.subject = c.number AND t.event = 'subsidy:claim:opened' AND t.actor = $6
                   AND (t.detail ->> 'version')::int = c.version AND (t.detail ->> 'record')::int = coalesce(a.place, 0))
    FROM claim c
    LEFT JOIN LATERAL (SELECT id, place, known_at, payable_fen FROM assessment WHERE claim = c.id ORDER BY place DESC LIMIT 1) a ON true
    LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE answer = 'unknown' AND effect <> '') AS unknown,
               count(*) FILTER (WHERE answer <> 'unknown' AND effect = 'HOLD') AS holding,
               count(*) FILTER (WHERE effect LIKE 'REJECT%') AS refusing,
               count(*) FILTER (WHERE effect = 'WARN' AND answer <> 'unknown') AS warning
        FROM finding WHERE assessment = a.id
    ) f ON true
    LEFT JOIN claim_hand h ON h.claim = c.id
    WHERE c.state = ANY($1) AND ($2::text[] IS NULL OR c.uscc = ANY($2)) AND ($3::text IS NULL OR c.number = ANY($4))
    ORDER BY c.due_on NULLS FIRST, c.id LIMIT $5
"""


class Hand(msgspec.Struct, frozen=True):
    """Who took a claim to work on it, and until when others are told so."""

    account: str
    name: str
    until: datetime


class QueuedClaim(msgspec.Struct, frozen=True):
    """A claim that waits for somebody of the office, with what speaks for a careful look.

    `opened` says that whoever asks has opened it as it stands now: after it last moved, with its newest assessment.
    """

    claim: ReviewedClaim
    payable_fen: int | None
    risk: Risk
    hand: Hand | None
    opened: bool


class WrittenNote(msgspec.Struct, frozen=True):
    """An internal note or a logged call, sealed."""

    kind: str
    sealed: bytes
    writer: str
    written_at: datetime


class ExceptionSaid(msgspec.Struct, frozen=True):
    """One exception (例外通过) that was granted, whether or not it is still in force."""

    number: str
    enterprise_name: str
    state: ClaimState
    row: int
    rule: str
    reason: str
    expires_on: date
    decider: str
    decided_at: datetime
    newest: bool


class Overlap(msgspec.Struct, frozen=True):
    """A person of this claim who stands under the same class in another claim that is alive."""

    row: int
    class_no: str
    other: str
    other_state: ClaimState
    other_row: int
    settled: bool


class OtherClaim(msgspec.Struct, frozen=True):
    """Another claim of the same enterprise, for comparison."""

    number: str
    claim_year: int
    state: ClaimState
    lines: int
    paying: int | None
    computed_fen: int | None
    payable_fen: int | None


async def queued(
    states: Sequence[ClaimState], organisations: Sequence[str] | None, *, asker: str, most: int, numbers: Sequence[str] | None = None
) -> list[QueuedClaim]:
    """Claims in the given states with their risk, in one query; only those of `numbers` when they are named."""
    only = None if numbers is None else "only"
    found = await fetch_tuples(_QUEUE, [each.value for each in states], organisations, only, list(numbers or ()), most, asker)
    return [_queued(row) for row in found]


def _queued(row: tuple[Any, ...]) -> QueuedClaim:
    key, number, uscc, name, year, state, *rest = row[:15]
    cells, known_at, payable_fen, unknown, holding, refusing, warning, holds, account, hand_name, until, opened = row[15:]
    return QueuedClaim(
        ReviewedClaim(key, number, uscc, name, year, ClaimState(state), *rest),
        payable_fen,
        Risk(known_at is not None, unknown, holding, refusing, warning, cells, holds),
        None if account is None else Hand(account, hand_name, until),
        opened,
    )


async def newest_place(claim: int) -> int:
    """The place of a claim's newest assessment, 0 before the first."""
    found = await fetch_tuples("SELECT coalesce(max(place), 0) FROM assessment WHERE claim = $1", claim)
    place: int = found[0][0]
    return place


async def take_hand(claim: int, hand: Hand) -> None:
    """Somebody works on a claim now; whoever did before does not any more."""
    await fetch_tuples(
        """INSERT INTO claim_hand (claim, account, name, until) VALUES ($1, $2, $3, $4)
           ON CONFLICT (claim) DO UPDATE SET account = excluded.account, name = excluded.name, until = excluded.until RETURNING id""",
        *(claim, hand.account, hand.name, hand.until),
    )


async def hand_of(claim: int) -> Hand | None:
    """Who took a claim last."""
    found = await fetch_tuples("SELECT account, name, until FROM claim_hand WHERE claim = $1", claim)
    return Hand(*found[0]) if found else None


async def add_note(claim: int, kind: str, sealed: bytes, *, writer: str, at: datetime) -> None:
    """An internal note or a logged call."""
    await fetch_tuples(
        "INSERT INTO claim_note (claim, kind, sealed_words, writer, written_at) VALUES ($1, $2, $3, $4, $5) RETURNING id",
        *(claim, kind, sealed, writer, at),
    )


async def notes_of(claim: int) -> list[WrittenNote]:
    """Notes and calls of a claim, newest first."""
    found = await fetch_tuples("SELECT kind, sealed_words, writer, written_at FROM claim_note WHERE claim = $1 ORDER BY id DESC", claim)
    return [WrittenNote(*row) for row in found]


async def most_used_opinions(by: str, *, most: int) -> list[str]:
    """The opinions that somebody writes most often."""
    found = await fetch_tuples(
        """SELECT opinion FROM claim_act WHERE done_by = $1 AND opinion <> '' AND act <> 'return'
           GROUP BY opinion HAVING count(*) > 1 ORDER BY count(*) DESC, opinion LIMIT $2""",
        *(by, most),
    )
    return [row[0] for row in found]


async def add_words(claim: int, rows: Sequence[int], said: LineSaid, *, by: str, at: datetime, evidence: int | None) -> None:
    """The same word on several rows, in one statement; the newest word on a row counts."""
    await fetch_tuples(
        """INSERT INTO line_decision (claim, row, decision, rule, reason, evidence, expires_on, decider, decided_by, decided_at)
           SELECT $1, row, $3, $4, $5, $6, $7, $8, $9, $10 FROM unnest($2::int[]) AS row ORDER BY row RETURNING id""",
        *(claim, list(rows), said.word.value, said.rule, said.reason, evidence, said.expires_on, said.decider, by, at),
    )


async def exceptions_said(organisations: Sequence[str] | None, *, most: int) -> list[ExceptionSaid]:
    """Every exception that was granted, newest first; `newest` is false where a later word has replaced it."""
    found = await fetch_tuples(
        """SELECT c.number, c.enterprise_name, c.state, d.row, d.rule, d.reason, d.expires_on, d.decider, d.decided_at,
                  NOT EXISTS (SELECT 1 FROM line_decision l WHERE l.claim = d.claim AND l.row = d.row AND l.id > d.id
                              AND l.decision IN ('refuse', 'hold', 'cleared'))
           FROM line_decision d JOIN claim c ON c.id = d.claim
           WHERE d.decision = 'override' AND ($1::text[] IS NULL OR c.uscc = ANY($1)) ORDER BY d.id DESC LIMIT $2""",
        *(organisations, most),
    )
    return [ExceptionSaid(row[0], row[1], ClaimState(row[2]), *row[3:]) for row in found]


async def overlaps_of(claim: int) -> list[Overlap]:
    """Rows whose person and class stand in another claim that is alive, unless a reviewer has left the other row out there.

    A claim of which all money came back by recoveries pays nobody.
    """
    found = await fetch_tuples(
        """SELECT mine.row, mine.class_no, c.number, c.state, theirs.row
           FROM claim_line mine JOIN claim_line theirs ON theirs.person = mine.person AND theirs.class_no = mine.class_no
           JOIN claim c ON c.id = theirs.claim
           LEFT JOIN LATERAL (SELECT decision FROM line_decision d WHERE d.claim = c.id AND d.row = theirs.row ORDER BY d.id DESC LIMIT 1
           ) word ON true
           WHERE mine.claim = $1 AND theirs.claim <> $1 AND length(mine.person) > 0 AND c.state <> ALL($2)
             AND coalesce(word.decision, '') NOT IN ('refuse', 'hold')
             AND NOT (c.state = ANY($3) AND NOT EXISTS (
                 SELECT 1 FROM claim_act t WHERE t.claim = c.id AND t.act = 'determine' AND t.detail -> 'paid' @> to_jsonb(theirs.row)
                 AND t.place = (SELECT max(place) FROM claim_act WHERE claim = c.id AND act = 'determine')))
             AND NOT coalesce((
                 SELECT bool_and(p.state = 'paid' AND p.fen = back.fen)
                 FROM payable p CROSS JOIN LATERAL (SELECT coalesce(sum(settled_fen), 0) AS fen FROM recovery WHERE payable = p.id) back
                 WHERE p.case_no = c.number AND p.state NOT IN ('released', 'withheld')), false)
           ORDER BY mine.row, c.id""",
        *(claim, list(DEAD), list(SETTLED)),
    )
    return [Overlap(row, class_no, other, ClaimState(state), place, state in SETTLED) for row, class_no, other, state, place in found]


async def other_claims(uscc: str, *, claim: int, since_year: int) -> list[OtherClaim]:
    """The other claims of an enterprise from a year on, newest first."""
    found = await fetch_tuples(
        """SELECT c.number, c.claim_year, c.state, c.line_count, a.paying_people, a.computed_fen, a.payable_fen
           FROM claim c LEFT JOIN LATERAL (
               SELECT paying_people, computed_fen, payable_fen FROM assessment WHERE claim = c.id ORDER BY place DESC LIMIT 1
           ) a ON true WHERE c.uscc = $1 AND c.id <> $2 AND c.claim_year >= $3 ORDER BY c.id DESC LIMIT 12""",
        *(uscc, claim, since_year),
    )
    return [OtherClaim(number, year, ClaimState(state), *rest) for number, year, state, *rest in found]


async def subsidy_told_at(uscc: str, year: int, known_at: datetime) -> datetime | None:
    """When the amount an enterprise has received of a year was delivered last, of what was known by an instant; None when it never was."""
    found = await fetch_tuples(
        """SELECT max(d.received_at) FROM year_amount a JOIN delivery d ON d.id = a.delivery
           WHERE a.uscc = $1 AND a.kind = 'subsidy' AND a.year = $2 AND d.received_at <= $3""",
        *(uscc, year, known_at),
    )
    told: datetime | None = found[0][0]
    return told


async def ceiling_taken(payee: str, year: int, *, but: str, since: date | None) -> int:
    """Fen that other cases of a payee take from the ceiling of a year and the registers cannot know yet; apprentices take none (CEIL-02).

    That is whatever is entered and not paid, and what was paid on or after the day on which the registers told what he has received, all
    when they never did. The year is that of the claim: after a carry-over another year's budget pays it.
    """
    found = await fetch_tuples(
        """SELECT coalesce(sum(y.fen), 0)::bigint FROM payable p JOIN payable_part y ON y.payable = p.id AND y.stream <> $5
           LEFT JOIN payment_item i ON i.id = p.item LEFT JOIN claim c ON c.number = p.case_no
           WHERE p.payee = $1 AND coalesce(c.claim_year, p.year) = $2 AND p.case_no <> $3 AND p.state NOT IN ('released', 'withheld')
             AND (p.state <> 'paid' OR $4::date IS NULL OR coalesce(i.paid_on, $4) >= $4)""",
        *(payee, year, but, since, STREAM_APPRENTICE),
    )
    total: int = found[0][0]
    return total
