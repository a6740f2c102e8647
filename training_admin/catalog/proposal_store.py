"""Queries of catalog proposals, the pool of experts, score sheets, opinions and objections."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.catalog.drawing import Expert
from training_admin.catalog.facts import Entry
from training_admin.catalog.proposal_states import PUBLIC_STAGES, Stage
from training_admin.database import fetch_tuples
from training_admin.kit.digest import canonical_json
from training_admin.kit.refusals import NotFound

_COLUMNS = """id, number, stage, institution, institution_name, partner, partner_name, content, sha256, why, hands, proposer, proposed_at,
    consent, consented_at, seed, opinions_until, notice_until, paper, valid_from, valid_to, prepared_hands, preparer, decided_by, decider,
    decided_at, reason"""


class ProposalNotFound(NotFound):
    """There is no proposal of this number, or not for this reader."""

    code = "catalog-proposal-not-found"


class Proposal(msgspec.Struct, frozen=True):
    """A proposal as stored: who proposed what with whom, and how far it has come."""

    id: int
    number: str
    stage: Stage
    institution: str | None
    institution_name: str
    partner: str | None
    partner_name: str
    entries: tuple[Entry, ...]
    sha256: str
    why: str
    hands: frozenset[str]
    proposer: str
    proposed_at: datetime
    consent: str = ""
    consented_at: datetime | None = None
    seed: str = ""
    opinions_until: date | None = None
    notice_until: date | None = None
    paper: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    prepared_hands: frozenset[str] = frozenset()
    preparer: str = ""
    decided_by: str | None = None
    decider: str = ""
    decided_at: datetime | None = None
    reason: str = ""


class Seat(msgspec.Struct, frozen=True):
    """A drawn expert's seat; `points` by criterion once the sheet is in."""

    id: int
    place: int
    expert: Expert
    points: dict[str, int] | None
    remark: str
    entered_by: str
    entered_at: datetime | None
    token_until: datetime | None


class Voice(msgspec.Struct, frozen=True):
    """An opinion or objection with its answer; `outcome` is None while nobody has answered."""

    id: int
    kind: str
    name: str
    text: str
    said_at: datetime
    outcome: str | None
    answer: str
    answered_by: str
    answered_at: datetime | None


def _proposal(row: tuple[Any, ...]) -> Proposal:
    values = dict(zip(Proposal.__struct_fields__, row, strict=True))
    values["stage"] = Stage(values["stage"])
    values["entries"] = msgspec.json.decode(values["entries"], type=tuple[Entry, ...])
    values["hands"], values["prepared_hands"] = frozenset(values["hands"]), frozenset(values["prepared_hands"])
    return Proposal(**values)


async def add_proposal(new: Proposal) -> None:
    """Store a proposal; its `id` is not looked at."""
    await fetch_tuples(
        """INSERT INTO catalog_proposal (number, stage, institution, institution_name, partner, partner_name, content, sha256, why, hands,
               proposer, proposed_at, opinions_until, prepared_hands)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '{}')""",
        *(new.number, new.stage.value, new.institution, new.institution_name, new.partner, new.partner_name),
        *(canonical_json(new.entries).decode(), new.sha256, new.why, sorted(new.hands), new.proposer, new.proposed_at),
        new.opinions_until,
    )


async def load_proposal(number: str) -> Proposal:
    """A proposal by its number; raises ProposalNotFound."""
    found = await fetch_tuples(f"SELECT {_COLUMNS} FROM catalog_proposal WHERE number = $1", number)  # noqa: S608 - our own words
    if not found:
        raise ProposalNotFound("没有找到这份项目建议，请核对编号。")
    return _proposal(found[0])


async def list_proposals(*, organisation: str | None, everything: bool, before: int | None, limit: int) -> list[Proposal]:
    """Proposals, newest first, one more than asked when more follow: all, or the public ones and those of an organisation."""
    found = await fetch_tuples(
        f"""SELECT {_COLUMNS} FROM catalog_proposal
            WHERE ($1 OR stage = ANY($2) OR institution = $3 OR partner = $3) AND ($4::bigint IS NULL OR id < $4)
            ORDER BY id DESC LIMIT $5""",  # noqa: S608 - our own words
        *(everything, sorted(PUBLIC_STAGES), organisation, before, limit + 1),
    )
    return [_proposal(row) for row in found]


async def change(proposal: Proposal, stage: Stage, **values: Any) -> None:
    """Move a proposal that was read in this transaction, setting the columns named."""
    names = list(values)
    settings = "".join(f', "{name}" = ${place}' for place, name in enumerate(names, start=3))
    await fetch_tuples(
        f"UPDATE catalog_proposal SET stage = $2{settings} WHERE id = $1",  # noqa: S608 - names of our own columns
        *(proposal.id, stage.value, *(values[name] for name in names)),
    )


async def highest_code(prefix: str) -> int:
    """The highest number behind a prefix that any item, published or proposed, bears; 0 when none does."""
    found = await fetch_tuples(
        """SELECT coalesce(max(substr(code, length($1) + 1)::int), 0) FROM (
               SELECT item_code AS code FROM catalog_item
               UNION SELECT each -> 'item' ->> 'item_code' FROM catalog_proposal, jsonb_array_elements(content) each) known
           WHERE starts_with(code, $1) AND substr(code, length($1) + 1) ~ '^[0-9]{1,6}$'""",
        prefix,
    )
    return int(found[0][0])


async def add_expert(number: str, name: str, organisation: str, field: str) -> None:
    """One more expert of the pool."""
    await fetch_tuples(
        "INSERT INTO catalog_expert (number, name, organisation, field, active) VALUES ($1, $2, $3, $4, true)",
        *(number, name, organisation, field),
    )


async def drop_expert(number: str) -> bool:
    """Take an expert out of the pool; False when he is not in it."""
    return bool(await fetch_tuples("UPDATE catalog_expert SET active = false WHERE number = $1 AND active RETURNING id", number))


async def pool() -> list[Expert]:
    """The experts of the pool by number."""
    return [
        Expert(*row)
        for row in await fetch_tuples("SELECT number, name, organisation, field FROM catalog_expert WHERE active ORDER BY number")
    ]


async def add_seats(proposal: int, experts: Sequence[Expert]) -> None:
    """The drawn experts in their order."""
    await fetch_tuples(
        """INSERT INTO catalog_seat (proposal, expert, place, remark, entered_by)
           SELECT $1, e.id, drawn.place, '', '' FROM unnest($2::text[]) WITH ORDINALITY AS drawn (number, place)
           JOIN catalog_expert e ON e.number = drawn.number""",
        proposal,
        [expert.number for expert in experts],
    )


_SEAT = """SELECT s.id, s.place, e.number, e.name, e.organisation, e.field, s.points, s.remark, s.entered_by, s.entered_at, s.token_until
    FROM catalog_seat s JOIN catalog_expert e ON e.id = s.expert"""


def _seat(row: tuple[Any, ...]) -> Seat:
    points = None if row[6] is None else msgspec.json.decode(row[6], type=dict[str, int])
    return Seat(row[0], row[1], Expert(*row[2:6]), points, *row[7:])


async def seats(proposal: int) -> list[Seat]:
    """The seats of a proposal in the order drawn."""
    return [_seat(row) for row in await fetch_tuples(f"{_SEAT} WHERE s.proposal = $1 ORDER BY s.place", proposal)]


async def give_link(seat: int, token_hash: bytes, until: datetime) -> None:
    """A new link for a seat; a former one no longer works."""
    await fetch_tuples("UPDATE catalog_seat SET token_hash = $2, token_until = $3 WHERE id = $1", seat, token_hash, until)


async def seat_of_link(token_hash: bytes, now: datetime) -> tuple[str, Seat] | None:
    """Number of the proposal and seat of a link that still works."""
    found = await fetch_tuples(
        f"""SELECT p.number, seat.* FROM ({_SEAT} WHERE s.token_hash = $1 AND s.token_until > $2 AND s.points IS NULL) seat
            JOIN catalog_seat own ON own.id = seat.id JOIN catalog_proposal p ON p.id = own.proposal""",  # noqa: S608 - our own words
        token_hash,
        now,
    )
    return (found[0][0], _seat(found[0][1:])) if found else None


async def put_sheet(seat: int, points: dict[str, int], remark: str, *, by: str, at: datetime) -> bool:
    """Store a score sheet once; False when it is in already."""
    return bool(
        await fetch_tuples(
            """UPDATE catalog_seat SET points = $2, remark = $3, entered_by = $4, entered_at = $5, token_hash = NULL
               WHERE id = $1 AND points IS NULL RETURNING id""",
            *(seat, canonical_json(points).decode(), remark, by, at),
        )
    )


async def add_voice(proposal: int, kind: str, name: str, text: str, *, at: datetime) -> None:
    """An opinion or objection."""
    await fetch_tuples(
        """INSERT INTO catalog_voice (proposal, kind, name, text, said_at, answer, answered_by) VALUES ($1, $2, $3, $4, $5, '', '')""",
        *(proposal, kind, name, text, at),
    )


async def voices(proposal: int) -> list[Voice]:
    """What was said to a proposal, in order."""
    found = await fetch_tuples(
        """SELECT id, kind, name, text, said_at, outcome, answer, answered_by, answered_at FROM catalog_voice
           WHERE proposal = $1 ORDER BY id""",
        proposal,
    )
    return [Voice(*row) for row in found]


async def answer_voice(proposal: int, voice: int, outcome: str, answer: str, *, by: str, at: datetime) -> bool:
    """Answer once; False when there is no such voice of the proposal, or it was answered."""
    return bool(
        await fetch_tuples(
            """UPDATE catalog_voice SET outcome = $3, answer = $4, answered_by = $5, answered_at = $6
               WHERE id = $2 AND proposal = $1 AND outcome IS NULL RETURNING id""",
            *(proposal, voice, outcome, answer, by, at),
        )
    )
