"""Queries of proposals: stored once, decided once."""

from datetime import datetime
from enum import StrEnum

import msgspec

from training_admin.database import fetch_tuples
from training_admin.kit.refusals import NotFound

_COLUMNS = """number, kind, pack, version, content, sha256, why, proposed_by, proposer, hands, proposed_at, state, decided_by, decider,
    decided_at, reason"""


class ProposalNotFound(NotFound):
    """There is no proposal of this number."""

    code = "policy-proposal-not-found"


class ProposalKind(StrEnum):
    """What is proposed: a whole pack, or one figure."""

    PACK = "pack"
    FIGURE = "figure"


class ProposalState(StrEnum):
    """Whether and how a proposal was decided."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"


class Proposal(msgspec.Struct, frozen=True):
    """A proposal as stored. `version` is the version in use when it was made; `content` the pack file or the figure as JSON."""

    number: str
    kind: ProposalKind
    pack: str
    version: str | None
    content: str
    sha256: str
    why: str
    proposed_by: str
    proposer: str
    hands: frozenset[str]
    proposed_at: datetime
    state: ProposalState
    decided_by: str | None
    decider: str | None
    decided_at: datetime | None
    reason: str


class ProposalHead(msgspec.Struct, frozen=True):
    """A proposal in the list; `key` and `start` are those of a single figure."""

    id: int
    number: str
    kind: ProposalKind
    pack: str
    what: str
    proposer: str
    proposed_at: datetime
    state: ProposalState
    decider: str | None
    decided_at: datetime | None


async def add_proposal(new: Proposal) -> None:
    """Store a proposal that waits for its decision."""
    await fetch_tuples(
        """INSERT INTO policy_proposal
               (number, kind, pack, version, content, sha256, why, proposed_by, proposer, hands, proposed_at, state, reason)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open', '')""",
        *(new.number, new.kind.value, new.pack, new.version, new.content, new.sha256, new.why, new.proposed_by, new.proposer),
        *(sorted(new.hands), new.proposed_at),
    )


async def load_proposal(number: str) -> Proposal:
    """A proposal by its number; raises ProposalNotFound."""
    found = await fetch_tuples(f"SELECT {_COLUMNS} FROM policy_proposal WHERE number = $1", number)  # noqa: S608 - our own words
    if not found:
        raise ProposalNotFound("没有找到这份政策变更，请核对编号。")
    row = found[0]
    return Proposal(
        *(row[0], ProposalKind(row[1]), *row[2:9], frozenset(row[9]), row[10], ProposalState(row[11]), *row[12:]),
    )


async def decide_proposal(number: str, state: ProposalState, *, by: str, decider: str, at: datetime, reason: str) -> bool:
    """Store the decision; False when it was decided meanwhile."""
    return bool(
        await fetch_tuples(
            """UPDATE policy_proposal SET state = $2, decided_by = $3, decider = $4, decided_at = $5, reason = $6
               WHERE number = $1 AND state = 'open' RETURNING id""",
            *(number, state.value, by, decider, at, reason),
        )
    )


async def count_open(hands: list[str]) -> int:
    """How many proposals wait for somebody who has no hand in them."""
    found = await fetch_tuples("SELECT count(*) FROM policy_proposal WHERE state = 'open' AND NOT hands && $1::varchar[]", hands)
    waiting: int = found[0][0]
    return waiting


async def list_proposals(*, before: int | None, limit: int) -> list[ProposalHead]:
    """Proposals, newest first, with one row more than asked when more follow."""
    found = await fetch_tuples(
        """SELECT id, number, kind, pack, CASE kind WHEN 'pack' THEN content ->> 'version' ELSE content ->> 'key' END,
               proposer, proposed_at, state, decider, decided_at
           FROM policy_proposal WHERE $1::bigint IS NULL OR id < $1 ORDER BY id DESC LIMIT $2""",
        *(before, limit + 1),
    )
    return [
        ProposalHead(key, number, ProposalKind(kind), pack, what, proposer, proposed_at, ProposalState(state), decider, decided_at)
        for key, number, kind, pack, what, proposer, proposed_at, state, decider, decided_at in found
    ]
