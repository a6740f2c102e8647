"""Queries of claims for the money of apprentice programmes: what is claimed of which programme, and what was paid of it."""

import zlib
from datetime import date, datetime

import msgspec

from training_admin.apprenticeship.facts import ProgrammeFacts, Stage
from training_admin.database import fetch_tuples
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.subsidy.review_states import ClaimState

FASTEST = 1
# Claims that ask for nothing any more: the same money may be asked for anew.
OVER = tuple(each.value for each in (ClaimState.WITHDRAWN, ClaimState.REPLACED, ClaimState.NOT_ACCEPTED, ClaimState.REFUSED))


class FrozenProgramme(msgspec.Struct, frozen=True):
    """What a claim asks of a programme, with the programme as it stood when the claim was submitted."""

    number: str
    stage: Stage
    facts: ProgrammeFacts


class ProgrammeClaim(msgspec.Struct, frozen=True):
    """A claim for a programme's money; amounts are fen, None where nothing is assessed or entered yet.

    `paid_fen` is what left the fund, `open_fen` what may still leave it, `recovered_fen` what came back of it, `owed_fen` what was
    decided to come back and has not.
    """

    number: str
    stage: Stage
    state: ClaimState
    submitted_at: datetime
    computed_fen: int | None
    payable_fen: int | None
    paid_fen: int
    open_fen: int
    recovered_fen: int
    owed_fen: int
    paid_on: date | None
    id: int

    @property
    def over(self) -> bool:
        """Whether it asks for nothing any more."""
        return self.state.value in OVER

    @property
    def net_fen(self) -> int:
        """What the enterprise has of it."""
        return self.paid_fen - self.recovered_fen


async def freeze(claim: int, programme: FrozenProgramme) -> str:
    """Keep the programme of a claim for ever; returns the digest of its canonical JSON."""
    plain = canonical_json(programme.facts)
    digest = sha256_hex(plain)
    await fetch_tuples(
        "INSERT INTO claim_programme (claim, programme, stage, content, sha256) VALUES ($1, $2, $3, $4, $5) RETURNING id",
        *(claim, programme.number, programme.stage.value, zlib.compress(plain, FASTEST), digest),
    )
    return digest


async def frozen_of(claim: int) -> FrozenProgramme | None:
    """The frozen programme of a claim; None for a claim of training."""
    found = await fetch_tuples("SELECT programme, stage, content FROM claim_programme WHERE claim = $1", claim)
    if not found:
        return None
    number, stage, content = found[0]
    return FrozenProgramme(number, Stage(stage), msgspec.json.decode(zlib.decompress(content), type=ProgrammeFacts))


async def programmes_of(claims: list[int]) -> dict[int, tuple[str, Stage]]:
    """Number and stage by claim, for those that ask for a programme's money."""
    found = await fetch_tuples("SELECT claim, programme, stage FROM claim_programme WHERE claim = ANY($1)", claims)
    return {claim: (number, Stage(stage)) for claim, number, stage in found}


async def claims_of_programmes(numbers: list[str]) -> dict[str, list[ProgrammeClaim]]:
    """The claims of programmes, oldest first, with what was paid and came back; by programme."""
    found = await fetch_tuples(
        """SELECT x.programme, c.number, x.stage, c.state, c.submitted_at, a.computed_fen, a.payable_fen,
                  coalesce(p.paid, 0)::bigint, coalesce(p.open, 0)::bigint, coalesce(r.settled, 0)::bigint,
                  coalesce(r.owed, 0)::bigint, p.paid_on, c.id
           FROM claim_programme x JOIN claim c ON c.id = x.claim
           LEFT JOIN LATERAL (SELECT computed_fen, payable_fen FROM assessment WHERE claim = c.id ORDER BY place DESC LIMIT 1) a ON true
           LEFT JOIN LATERAL (SELECT sum(y.fen) FILTER (WHERE y.state = 'paid') AS paid,
                                     max(i.paid_on) FILTER (WHERE y.state = 'paid') AS paid_on,
                                     sum(y.fen) FILTER (WHERE y.state NOT IN ('paid', 'released', 'withheld')) AS open
                              FROM payable y LEFT JOIN payment_item i ON i.id = y.item WHERE y.case_no = c.number) p ON true
           LEFT JOIN LATERAL (SELECT sum(settled_fen) AS settled, sum(fen - settled_fen) FILTER (WHERE state = 'decided') AS owed
                              FROM recovery WHERE case_no = c.number AND state IN ('decided', 'settled', 'voided')) r ON true
           WHERE x.programme = ANY($1) ORDER BY c.id""",
        numbers,
    )
    claims: dict[str, list[ProgrammeClaim]] = {}
    for programme, number, stage, state, *rest in found:
        claims.setdefault(programme, []).append(ProgrammeClaim(number, Stage(stage), ClaimState(state), *rest))
    return claims
