"""Queries of trials, and of the claims, classes and corrections that they are about."""

import zlib
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec

from training_admin.audit.record_changes import ClaimChange, Share
from training_admin.database import fetch_tuples
from training_admin.fund.facts import OF_OWN_PAYMENTS
from training_admin.kit.digest import canonical_json
from training_admin.kit.refusals import NotFound
from training_admin.subsidy.review_states import ClaimState

_TRIAL = "SELECT number, kind, subject, title, year, asker, asked_at, state, done, total, result, ended_at FROM trial"
# What was decided and may have been paid: a correction of these is what an auditor asks about.
DECIDED = (
    *(ClaimState.DETERMINED, ClaimState.ON_NOTICE, ClaimState.PAYABLE, ClaimState.BATCHED, ClaimState.PAID, ClaimState.ARCHIVED),
    *(ClaimState.PAYMENT_FAILED, ClaimState.RECOVERING, ClaimState.RECOVERED, ClaimState.REFUSED),
)


class TrialNotFound(NotFound):
    """There is no such trial, or not of this kind."""

    code = "trial-not-found"


class TrialKind(StrEnum):
    """What is tried: a proposed policy, the one in use, a delivery of registers, a recorded figure."""

    PROPOSAL = "proposal"
    CURRENT = "current"
    DELIVERY = "delivery"
    FIGURE = "figure"


WHAT_IFS = (TrialKind.PROPOSAL, TrialKind.CURRENT)
IMPACTS = (TrialKind.DELIVERY, TrialKind.FIGURE)


class Part(msgspec.Struct, frozen=True):
    """Claims or classes compared: how many, both sums, sums by enterprise, stream and month, and what differs. Amounts are fen.

    `unknown` counts those whose amount is not known on one side.
    """

    compared: int = 0
    unknown: int = 0
    before_fen: int = 0
    after_fen: int = 0
    firms: tuple[Share, ...] = ()
    streams: tuple[Share, ...] = ()
    months: tuple[Share, ...] = ()
    changes: tuple[ClaimChange, ...] = ()

    @property
    def difference_fen(self) -> int:
        """What is paid more."""
        return self.after_fen - self.before_fen


class Result(msgspec.Struct, frozen=True):
    """What came out: for stored claims, and for classes of this year that will be claimed."""

    claims: Part
    classes: Part = Part()


class Trial(msgspec.Struct, frozen=True):
    """A trial as stored; `result` None until it is done."""

    number: str
    kind: TrialKind
    subject: str
    title: str
    year: int
    asker: str
    asked_at: datetime
    state: str
    done: int
    total: int
    result: Result | None
    ended_at: datetime | None


class TriedClaim(msgspec.Struct, frozen=True):
    """A stored claim to be computed again: its newest record's instant and pack."""

    key: int
    number: str
    uscc: str
    enterprise_name: str
    known_at: datetime
    pack: str


def _trial(row: tuple[Any, ...]) -> Trial:
    number, kind, subject, title, year, asker, asked_at, state, done, total, result, ended_at = row
    content = None if result is None else msgspec.json.decode(zlib.decompress(result), type=Result)
    return Trial(number, TrialKind(kind), subject, title, year, asker, asked_at, state, done, total, content, ended_at)


async def add_trial(trial: Trial) -> None:
    """A trial that waits."""
    await fetch_tuples(
        """INSERT INTO trial (number, kind, subject, title, year, asker, asked_at, state, done, total)
           VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, 0) RETURNING id""",
        *(trial.number, trial.kind.value, trial.subject, trial.title, trial.year, trial.asker, trial.asked_at),
    )


async def trial_by_number(number: str, kinds: Sequence[TrialKind]) -> Trial:
    """One trial; raises TrialNotFound."""
    found = await fetch_tuples(f"{_TRIAL} WHERE number = $1 AND kind = ANY($2)", number, [each.value for each in kinds])
    if not found:
        raise TrialNotFound("没有找到这次试算，请从列表重新进入。")
    return _trial(found[0])


async def list_trials(kinds: Sequence[TrialKind], *, most: int) -> list[Trial]:
    """Trials of some kinds, newest first, their results left out."""
    columns = _TRIAL.replace("result,", "NULL::bytea,")
    found = await fetch_tuples(f"{columns} WHERE kind = ANY($1) ORDER BY id DESC LIMIT $2", [each.value for each in kinds], most)
    return [_trial(row) for row in found]


async def note_progress(number: str, *, done: int, total: int) -> None:
    """How far a trial has come."""
    await fetch_tuples(
        "UPDATE trial SET state = 'running', done = $2, total = $3 WHERE number = $1 AND state IN ('waiting', 'running') RETURNING id",
        *(number, done, total),
    )


async def finish(number: str, result: Result | None, *, total: int, at: datetime) -> None:
    """Keep what came out; None for what could not be tried."""
    content = None if result is None else zlib.compress(canonical_json(result))
    await fetch_tuples(
        "UPDATE trial SET state = $2, done = $3, total = $3, result = $4, ended_at = $5 WHERE number = $1 RETURNING id",
        *(number, "refused" if result is None else "done", total, content, at),
    )


async def claims_of_year(year: int, pack: str) -> list[TriedClaim]:
    """Assessed claims of a claim year under a pack that were neither withdrawn, replaced nor turned away."""
    return await _claims("c.claim_year = $1 AND a.pack = $2 AND c.state NOT IN ('withdrawn', 'replaced', 'not_accepted')", year, pack)


async def decided_claims(numbers: Sequence[str] | None = None) -> list[TriedClaim]:
    """Claims that were decided, of some numbers only when they are named."""
    states = [each.value for each in DECIDED]
    return await _claims(
        "c.state = ANY($1) AND ($2::text[] IS NULL OR c.number = ANY($2))", states, None if numbers is None else list(numbers)
    )


async def _claims(condition: str, *arguments: Any) -> list[TriedClaim]:
    found = await fetch_tuples(
        f"""SELECT c.id, c.number, c.uscc, c.enterprise_name, a.known_at, a.pack FROM claim c
            JOIN LATERAL (SELECT known_at, pack FROM assessment WHERE claim = c.id ORDER BY place DESC LIMIT 1) a ON true
            WHERE {condition} ORDER BY c.id""",  # noqa: S608 - our own words
        *arguments,
    )
    return [TriedClaim(*row) for row in found]


async def records_of(claims: Sequence[int]) -> dict[int, bytes]:
    """The newest record of each claim."""
    found = await fetch_tuples(
        "SELECT DISTINCT ON (claim) claim, content FROM assessment WHERE claim = ANY($1) ORDER BY claim, place DESC", list(claims)
    )
    return {claim: zlib.decompress(content) for claim, content in found}


class Correction(msgspec.Struct, frozen=True):
    """Something that became known later: a delivery of registers, or a figure with the stretch for which it is in force."""

    subject: str
    words: str
    known_at: datetime
    start: date | None = None
    end: date | None = None
    pack: str = ""


async def delivered(*, most: int, key: int | None = None) -> list[Correction]:
    """Deliveries of registers, newest first; what was paid here, one delivery a case, only when it is asked for by its key."""
    found = await fetch_tuples(
        """SELECT id, source, as_of, rows, received_at FROM delivery WHERE id = $2 OR ($2::bigint IS NULL AND source <> $3)
           ORDER BY received_at DESC, id DESC LIMIT $1""",
        *(most, key, OF_OWN_PAYMENTS),
    )
    return [Correction(str(row[0]), f"{row[1]}（数据日期 {row[2].isoformat()}，{row[3]} 行）", row[4]) for row in found]


async def recorded_figures(*, most: int, key: int | None = None) -> list[Correction]:
    """Figures recorded one by one after their pack was adopted, newest first."""
    found = await fetch_tuples(
        """SELECT f.id, f.name, f.key, f.start, f."end", f.known_since, p.name FROM policy_figure f JOIN policy_pack p ON p.id = f.pack
           WHERE f.known_since IS NOT NULL AND ($2::bigint IS NULL OR f.id = $2) ORDER BY f.known_since DESC, f.id DESC LIMIT $1""",
        *(most, key),
    )
    return [
        Correction(str(key), f"{name}（{code}），{start.isoformat()} 起", known_since, start, end, pack)
        for key, name, code, start, end, known_since, pack in found
    ]
