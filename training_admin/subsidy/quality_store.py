"""Queries of measured quality: claims as handed in first, decided claims, rows drawn for a second review, ratings."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.database import copy_rows, fetch_tuples
from training_admin.kit.refusals import NotFound
from training_admin.subsidy.form import CellProblem
from training_admin.subsidy.quality_facts import DecidedLine, FilledIn, FirstOutcome

_ROW = """SELECT r.id, r.draw, r.seed, c.number, c.id, r.row, r.first_outcome, r.drawn_at, r.second_outcome, r.rule, r.reviewer,
    r.reviewed_at FROM second_review r JOIN claim c ON c.id = r.claim"""
_RATING = """SELECT r.id, c.number, c.enterprise_name, c.street, r.moment, r.score, r.words, r.rated_at, r.reply_by, r.reply, r.replier,
    r.replied_at FROM service_rating r JOIN claim c ON c.id = r.claim"""


class SecondReviewNotFound(NotFound):
    """There is no such draw or row."""

    code = "second-review-not-found"


class RatingNotFound(NotFound):
    """There is no such rating."""

    code = "rating-not-found"


class DrawnRow(msgspec.Struct, frozen=True):
    """A row drawn for a second review; `second_outcome` is None until it was done."""

    id: int
    draw: str
    seed: str
    number: str
    claim: int
    row: int
    first_outcome: FirstOutcome
    drawn_at: datetime
    second_outcome: str | None
    rule: str
    reviewer: str | None
    reviewed_at: datetime | None


class Draw(msgspec.Struct, frozen=True):
    """A draw: how much of it is done."""

    draw: str
    seed: str
    drawn_at: datetime
    rows: int
    done: int


class Rating(msgspec.Struct, frozen=True):
    """A rating with its reply."""

    id: int
    number: str
    enterprise: str
    street: str
    moment: str
    score: int
    words: str
    rated_at: datetime
    reply_by: date | None
    reply: str
    replier: str | None
    replied_at: datetime | None


async def filled_in(year: int | None) -> list[FilledIn]:
    """Claims of a year as handed in first."""
    found = await fetch_tuples(
        """SELECT number, uscc, enterprise_name, street, cells_read, problems, submitted_at FROM claim
           WHERE round = 1 AND ($1::int IS NULL OR claim_year = $1) ORDER BY id""",
        year,
    )
    return [
        FilledIn(number, uscc, name, street, cells, msgspec.json.decode(problems, type=tuple[CellProblem, ...]), at)
        for number, uscc, name, street, cells, problems, at in found
    ]


async def claim_years() -> list[int]:
    """The years for which there are claims, newest first."""
    return [year for (year,) in await fetch_tuples("SELECT DISTINCT claim_year FROM claim ORDER BY claim_year DESC")]


async def decided_claims(first: datetime, after: datetime) -> list[tuple[int, str]]:
    """Claims decided last within a stretch of time, with the act that decided."""
    found = await fetch_tuples(
        """SELECT claim, act FROM (SELECT DISTINCT ON (claim) claim, act, done_at FROM claim_act WHERE act IN ('determine', 'refuse')
               ORDER BY claim, place DESC) x WHERE done_at >= $1 AND done_at < $2 ORDER BY claim""",
        *(first, after),
    )
    return [(claim, act) for claim, act in found]


async def add_draw(number: str, seed: str, rows: Sequence[tuple[int, DecidedLine]], *, at: datetime) -> None:
    """Keep the rows that were drawn, each with the key of its claim."""
    await copy_rows(
        "second_review",
        ("draw", "seed", "claim", "row", "first_outcome", "drawn_at", "rule"),
        [(number, seed, claim, line.row, line.outcome.value, at, "") for claim, line in rows],
    )


async def draws() -> list[Draw]:
    """All draws, newest first."""
    found = await fetch_tuples(
        "SELECT draw, min(seed), min(drawn_at), count(*), count(second_outcome) FROM second_review GROUP BY draw ORDER BY min(id) DESC"
    )
    return [Draw(*row) for row in found]


async def drawn_rows(number: str) -> list[DrawnRow]:
    """The rows of a draw; raises SecondReviewNotFound."""
    found = await fetch_tuples(f"{_ROW} WHERE r.draw = $1 ORDER BY r.id", number)
    if not found:
        raise SecondReviewNotFound("没有找到这次抽样，请从列表重新进入。")
    return [_row(row) for row in found]


def _row(row: tuple[Any, ...]) -> DrawnRow:
    values: list[Any] = list(row)
    values[6] = FirstOutcome(values[6])
    return DrawnRow(*values)


async def drawn_row(key: int) -> DrawnRow:
    """One drawn row; raises SecondReviewNotFound."""
    found = await fetch_tuples(f"{_ROW} WHERE r.id = $1", key)
    if not found:
        raise SecondReviewNotFound("没有找到这条抽样，请从列表重新进入。")
    return _row(found[0])


async def reviewed_rows() -> list[DrawnRow]:
    """Every row that was reviewed again."""
    return [_row(row) for row in await fetch_tuples(f"{_ROW} WHERE r.second_outcome IS NOT NULL ORDER BY r.id")]


async def set_second(key: int, outcome: str, rule: str, reviewer: str, *, at: datetime) -> bool:
    """Keep a second review once; False when it was done before."""
    return bool(
        await fetch_tuples(
            """UPDATE second_review SET second_outcome = $2, rule = $3, reviewer = $4, reviewed_at = $5
               WHERE id = $1 AND second_outcome IS NULL RETURNING id""",
            *(key, outcome, rule, reviewer, at),
        )
    )


async def conditions_of(number: str) -> dict[str, Any]:
    """Under which conditions a draw was made, as the trail keeps them."""
    found = await fetch_tuples("SELECT detail FROM trail WHERE subject = $1 AND event = 'subsidy:quality:drawn'", number)
    kept: dict[str, Any] = msgspec.json.decode(found[0][0]) if found else {}
    return kept


async def add_rating(claim: int, moment: str, score: int, words: str, *, at: datetime, reply_by: date | None) -> bool:
    """Keep a rating once for its moment; False when it was given before."""
    return bool(
        await fetch_tuples(
            """INSERT INTO service_rating (claim, moment, score, words, rated_at, reply_by, reply) VALUES ($1, $2, $3, $4, $5, $6, '')
               ON CONFLICT (claim, moment) DO NOTHING RETURNING id""",
            *(claim, moment, score, words, at, reply_by),
        )
    )


async def ratings(claim: int | None = None, *, most: int = 1000) -> list[Rating]:
    """Ratings, newest first, of one claim or all."""
    return [
        Rating(*row)
        for row in await fetch_tuples(f"{_RATING} WHERE $1::bigint IS NULL OR c.id = $1 ORDER BY r.id DESC LIMIT $2", claim, most)
    ]


async def rating_by_key(key: int) -> Rating:
    """One rating; raises RatingNotFound."""
    found = await fetch_tuples(f"{_RATING} WHERE r.id = $1", key)
    if not found:
        raise RatingNotFound("没有找到这条评价，请从列表重新进入。")
    return Rating(*found[0])


async def set_reply(key: int, reply: str, replier: str, *, at: datetime) -> bool:
    """Reply to a rating once; False when there is a reply."""
    return bool(
        await fetch_tuples(
            "UPDATE service_rating SET reply = $2, replier = $3, replied_at = $4 WHERE id = $1 AND replied_at IS NULL RETURNING id",
            *(key, reply, replier, at),
        )
    )
