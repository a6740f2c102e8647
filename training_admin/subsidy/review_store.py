"""Queries of reviewing: the state of a claim, its timeline, the reviewers' words on its rows, and what waits for whom."""

import zlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.database import fetch_tuples
from training_admin.subsidy.determination import LineSaid, LineWord
from training_admin.subsidy.form import FormHead
from training_admin.subsidy.review_states import Act, ClaimState, Step
from training_admin.subsidy.store import ClaimNotFound

NOTE_PLACE = "claim_note.sealed_words"
_CLAIM = """SELECT c.id, c.number, c.uscc, c.enterprise_name, c.claim_year, c.state, c.version, c.as_of, c.submitted_at, c.submitted_by,
    c.due_on, c.returned, c.round, c.street, c.line_count FROM claim c"""


class ReviewedClaim(msgspec.Struct, frozen=True):
    """A claim as its review sees it; `version` counts its moves, `due_on` is the last day of the step that is waited for."""

    id: int
    number: str
    uscc: str
    enterprise_name: str
    claim_year: int
    state: ClaimState
    version: int
    as_of: date
    submitted_at: datetime
    submitted_by: str
    due_on: date | None
    returned: int
    round: int
    street: str
    line_count: int


class DoneStep(msgspec.Struct, frozen=True):
    """A step of the timeline as stored."""

    place: int
    act: Act
    from_state: ClaimState
    to_state: ClaimState
    doer: str
    hands: frozenset[str]
    done_at: datetime
    due_on: date | None
    opinion: str
    minutes: str
    detail: dict[str, Any]

    @property
    def step(self) -> Step:
        """The step as the pure rules of the review know it."""
        return Step(self.place, self.act, self.doer, self.hands)


def _claim(row: tuple[Any, ...]) -> ReviewedClaim:
    key, number, uscc, name, year, state, *rest = row
    return ReviewedClaim(key, number, uscc, name, year, ClaimState(state), *rest)


async def claim_by_number(number: str, organisations: Sequence[str] | None) -> ReviewedClaim:
    """A claim of a scope (None: of anybody); raises ClaimNotFound."""
    found = await fetch_tuples(f"{_CLAIM} WHERE c.number = $1 AND ($2::text[] IS NULL OR c.uscc = ANY($2))", number, organisations)
    if not found:
        raise ClaimNotFound("没有找到这份申报，请核对申报编号。")
    return _claim(found[0])


async def claims_by_numbers(numbers: Sequence[str]) -> list[ReviewedClaim]:
    """The claims among some numbers, by number; what is none is left out."""
    found = await fetch_tuples(f"{_CLAIM} WHERE c.number = ANY($1) ORDER BY c.number", list(numbers))
    return [_claim(row) for row in found]


async def move_claim(claim: ReviewedClaim, to: ClaimState, *, due_on: date | None, returned: int, at: datetime) -> bool:
    """Move a claim that nobody has moved since it was read; False otherwise."""
    return bool(
        await fetch_tuples(
            """UPDATE claim SET state = $3, version = version + 1, due_on = $4, returned = $5, moved_at = $6
               WHERE id = $1 AND version = $2 RETURNING id""",
            *(claim.id, claim.version, to.value, due_on, returned, at),
        )
    )


async def set_round(claim: int, *, round_no: int, returned: int, street: str) -> None:
    """What a mended claim keeps of the round before it."""
    await fetch_tuples(
        "UPDATE claim SET round = $2, returned = $3, street = $4 WHERE id = $1 RETURNING id", *(claim, round_no, returned, street)
    )


async def add_step(  # noqa: PLR0913 - the columns of one row
    claim: ReviewedClaim,
    act: Act,
    to: ClaimState,
    *,
    doer: str,
    by: str,
    hands: frozenset[str],
    at: datetime,
    opinion: str,
    minutes: str,
    detail: dict[str, Any],
) -> None:
    """The next step of a claim's timeline, over the newest assessment there is."""
    await fetch_tuples(
        """INSERT INTO claim_act (claim, place, act, from_state, to_state, doer, done_by, hands, done_at, due_on, opinion, minutes,
               assessment, detail)
           SELECT $1, coalesce(max(place), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
               (SELECT id FROM assessment WHERE claim = $1 ORDER BY place DESC LIMIT 1), $12
           FROM claim_act WHERE claim = $1 RETURNING id""",
        *(claim.id, act.value, claim.state.value, to.value, doer, by, sorted(hands), at, claim.due_on, opinion, minutes),
        msgspec.json.encode(detail).decode(),
    )


async def steps_of(claim: int) -> list[DoneStep]:
    """The timeline of a claim, oldest first."""
    found = await fetch_tuples(
        """SELECT place, act, from_state, to_state, doer, hands, done_at, due_on, opinion, minutes, detail FROM claim_act
           WHERE claim = $1 ORDER BY place""",
        claim,
    )
    return [_step(row) for row in found]


def _step(row: tuple[Any, ...]) -> DoneStep:
    place, act, before, after, doer, hands, done_at, due_on, opinion, minutes, detail = row
    plain = msgspec.json.decode(detail)
    return DoneStep(
        place, Act(act), ClaimState(before), ClaimState(after), doer, frozenset(hands), done_at, due_on, opinion, minutes, plain
    )


async def determined_place(claim: int) -> int | None:
    """The place of the record on which a claim was determined or refused last; None when it never was."""
    found = await fetch_tuples(
        """SELECT a.place FROM claim_act x JOIN assessment a ON a.id = x.assessment
           WHERE x.claim = $1 AND x.act IN ('determine', 'refuse') ORDER BY x.place DESC LIMIT 1""",
        claim,
    )
    return found[0][0] if found else None


async def records_decided_on(claims: Sequence[int]) -> list[tuple[int, bytes, datetime]]:
    """The plain record on which each of some claims was determined or refused last, and when; one query, nothing for who never was."""
    found = await fetch_tuples(
        """SELECT DISTINCT ON (x.claim) x.claim, a.content, (SELECT max(done_at) FROM claim_act y
               WHERE y.claim = x.claim AND y.act IN ('determine', 'refuse')) FROM claim_act x JOIN assessment a ON a.id = x.assessment
           WHERE x.claim = ANY($1) AND x.act IN ('determine', 'refuse') ORDER BY x.claim, x.place DESC""",
        list(claims),
    )
    return [(claim, zlib.decompress(content), done_at) for claim, content, done_at in found]


async def waiting_claims(states: Sequence[ClaimState], organisations: Sequence[str] | None, *, most: int) -> list[ReviewedClaim]:
    """Claims in the given states, those due first on top."""
    found = await fetch_tuples(
        f"""{_CLAIM} WHERE c.state = ANY($1) AND ($2::text[] IS NULL OR c.uscc = ANY($2)) ORDER BY c.due_on NULLS LAST, c.id LIMIT $3""",
        *([each.value for each in states], organisations, most),
    )
    return [_claim(row) for row in found]


async def words_of(claim: int) -> list[LineSaid]:
    """Every word on rows of a claim, in the order in which they were said."""
    return (await words_of_claims([claim])).get(claim, [])


async def words_of_claims(claims: Sequence[int]) -> dict[int, list[LineSaid]]:
    """Every word on rows of some claims, by claim, in the order in which they were said; one query."""
    return _said(
        await fetch_tuples(
            "SELECT claim, row, decision, rule, reason, expires_on, decider FROM line_decision WHERE claim = ANY($1) ORDER BY id",
            list(claims),
        )
    )


async def claims_spoken_on(claims: Sequence[int]) -> list[int]:
    """Those of some claims on whose rows anything was said; one query."""
    return [
        claim for (claim,) in await fetch_tuples("SELECT DISTINCT claim FROM line_decision WHERE claim = ANY($1) ORDER BY 1", list(claims))
    ]


async def words_decided_on(claims: Sequence[int]) -> dict[int, list[LineSaid]]:
    """The words on rows that were there when claims were determined or refused last, by claim; one query."""
    return _said(
        await fetch_tuples(
            """SELECT claim, row, decision, rule, reason, expires_on, decider FROM line_decision d WHERE claim = ANY($1) AND decided_at <=
                   (SELECT max(done_at) FROM claim_act WHERE claim = d.claim AND act IN ('determine', 'refuse')) ORDER BY id""",
            list(claims),
        )
    )


def _said(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[LineSaid]]:
    by_claim: dict[int, list[LineSaid]] = {}
    for claim, row, word, rule, reason, expires_on, decider in rows:
        by_claim.setdefault(claim, []).append(LineSaid(row, LineWord(word), rule, reason, expires_on, decider))
    return by_claim


async def assessed_after(number: str, delivery: int) -> bool:
    """Whether a claim has a record that was made with what a delivery told, and later than it."""
    found = await fetch_tuples(
        """SELECT 1 FROM claim c JOIN assessment a ON a.claim = c.id JOIN delivery d ON d.id = $2 AND a.known_at > d.received_at
           WHERE c.number = $1 LIMIT 1""",
        *(number, delivery),
    )
    return bool(found)


async def sealed_head_of(claim: int) -> bytes:
    """The sealed head of a claim: account and contact."""
    found = await fetch_tuples("SELECT sealed_head FROM claim WHERE id = $1", claim)
    sealed: bytes = found[0][0]
    return sealed


def opened_head(plain: bytes) -> FormHead:
    """The head of a claim from its opened content."""
    return msgspec.json.decode(plain, type=FormHead)


async def last_head_of(uscc: str) -> bytes | None:
    """The sealed head of the newest claim of an enterprise; None before the first."""
    found = await fetch_tuples("SELECT sealed_head FROM claim WHERE uscc = $1 ORDER BY id DESC LIMIT 1", uscc)
    return found[0][0] if found else None
