"""Measured quality over the API: second reviews of a drawn sample, ratings with the office's reply, what fields of the form ask."""

from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from training_admin.kit.rights import Right
from training_admin.office.request_keys import KEY_WORDS, KeyHeader, under_header
from training_admin.subsidy import quality
from training_admin.subsidy.quality import MOMENT_WORDS
from training_admin.subsidy.quality_facts import Rate
from training_admin.subsidy.quality_pages import FIRST_WORDS, SECOND_WORDS
from training_admin.subsidy.quality_store import DrawnRow, Rating
from training_admin.web import RowKey, clock_of, current_actor, list_page, problems, shanghai_iso

Asked = Request[Any, Any, Any]
QUALITY = ["质量"]
REFUSALS = problems(400, 404, 409, 422)
Count = Annotated[int, msgspec.Meta(ge=0, le=999_999)]


class DrawAnswer(msgspec.Struct, frozen=True):
    """A draw: its seed, and how much of it is done."""

    draw: str
    seed: str
    drawn_at: str
    rows: int
    done: int


class DrawsPage(msgspec.Struct, frozen=True):
    """A page of draws, newest first."""

    draws: tuple[DrawAnswer, ...]
    next_cursor: str | None


class DrawnAnswer(msgspec.Struct, frozen=True):
    """A drawn row; what was decided first is told once the second review is done, null before."""

    id: int
    number: str
    row: int
    first_words: str | None
    second_words: str | None
    rule: str


class RateAnswer(msgspec.Struct, frozen=True):
    """A rate in basis points with its interval (95 %); null of nothing."""

    kind: str
    name: str
    wrong: int
    count: int
    bp: int | None
    low_bp: int | None
    high_bp: int | None


class SampleAnswer(msgspec.Struct, frozen=True):
    """A draw with its rows and the rates so far."""

    draw: str
    rows: tuple[DrawnAnswer, ...]
    rates: tuple[RateAnswer, ...]


class DrawBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which days' decisions how many approvals and refusals are drawn."""

    first: date
    last: date
    approvals: Count
    refusals: Count


class SecondBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The second review of a row: paid or refused, refused by which rule."""

    outcome: str
    rule: str = ""


class RatingAnswer(msgspec.Struct, frozen=True):
    """A rating with its reply."""

    id: int
    number: str
    enterprise: str
    street: str
    moment: str
    moment_words: str
    score: int
    words: str
    rated_at: str
    reply_by: date | None
    reply: str


class RatingsPage(msgspec.Struct, frozen=True):
    """A page of ratings, newest first."""

    ratings: tuple[RatingAnswer, ...]
    next_cursor: str | None


class RatingsOfClaim(msgspec.Struct, frozen=True):
    """The ratings of a claim, and the moments that can be rated now."""

    ratings: tuple[RatingAnswer, ...]
    moments: tuple[str, ...]


class RatingBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rating of 1 to 5 after the decision (decision) or the payment (payment)."""

    moment: str
    score: int
    words: str = ""


class ReplyBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The office's reply to a rating."""

    reply: str


def _drawn(each: DrawnRow) -> DrawnAnswer:
    done = each.second_outcome is not None
    return DrawnAnswer(
        *(each.id, each.number, each.row, FIRST_WORDS[each.first_outcome] if done else None),
        *(SECOND_WORDS[each.second_outcome] if each.second_outcome else None, each.rule),
    )


def _rate(kind: str, name: str, rate: Rate) -> RateAnswer:
    return RateAnswer(kind, name, rate.wrong, rate.count, rate.bp, rate.low_bp, rate.high_bp)


@get(
    "/second-reviews",
    operation_id="list_second_reviews",
    summary="二次审核抽样",
    tags=QUALITY,
    responses=problems(400),
    right=Right.APPEAL_DECIDE,
)
async def get_draws(request: Asked, cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50) -> DrawsPage:
    found, following = list_page(await quality.list_draws(current_actor(request)), cursor, limit)
    draws = (DrawAnswer(each.draw, each.seed, shanghai_iso(each.drawn_at), each.rows, each.done) for each in found)
    return DrawsPage(tuple(draws), following)


async def _sample(request: Asked, draw: str) -> SampleAnswer:
    shown = await quality.show_sample(current_actor(request), draw)
    return SampleAnswer(draw, tuple(_drawn(each) for each in shown.rows), tuple(_rate(*each) for each in shown.rates))


@get(
    "/second-reviews/{draw:str}",
    operation_id="get_second_review",
    summary="一次抽样及其结果",
    description="未二次审核的行不显示首次结果。",
    tags=QUALITY,
    responses=problems(404),
    right=Right.APPEAL_DECIDE,
)
async def get_sample(request: Asked, draw: FromPath[str]) -> SampleAnswer:
    return await _sample(request, draw)


@post(
    "/second-reviews",
    operation_id="draw_second_review",
    summary="抽取二次审核样本",
    description=f"种子取自操作留痕末行，任何人可以重算。{KEY_WORDS}",
    tags=QUALITY,
    status_code=201,
    responses=problems(400, 409, 422),
    right=Right.APPEAL_DECIDE,
)
async def post_draw(request: Asked, data: JSONBody[DrawBody], key: KeyHeader) -> SampleAnswer:
    with under_header(request, key, data):
        draw = await quality.draw_sample(
            current_actor(request), data.first, data.last, approvals=data.approvals, refusals=data.refusals, clock=clock_of(request)
        )
    return await _sample(request, draw)


@post(
    "/second-review-rows/{review:int}",
    operation_id="review_row_again",
    summary="二次审核一行",
    description=f"由未参与首次审核的人员办理；outcome 为 paid（应予补贴）或 refused（不应补贴，须写明规则）。{KEY_WORDS}",
    tags=QUALITY,
    status_code=200,
    responses=REFUSALS,
    right=Right.APPEAL_DECIDE,
)
async def post_second(request: Asked, review: RowKey, data: JSONBody[SecondBody], key: KeyHeader) -> SampleAnswer:
    actor = current_actor(request)
    await quality.show_blind(actor, review)
    with under_header(request, key, data):
        draw = await quality.review_again(actor, review, outcome=data.outcome, rule=data.rule, clock=clock_of(request))
    return await _sample(request, draw)


def _rating(each: Rating) -> RatingAnswer:
    return RatingAnswer(
        *(each.id, each.number, each.enterprise, each.street, each.moment, MOMENT_WORDS[each.moment], each.score, each.words),
        *(shanghai_iso(each.rated_at), each.reply_by, each.reply),
    )


async def _of_claim(request: Asked, number: str) -> RatingsOfClaim:
    state, given = await quality.ratings_of(current_actor(request), number)
    return RatingsOfClaim(tuple(_rating(each) for each in given), tuple(quality.moments_open(state, given)))


@get(
    "/claims/{number:str}/ratings",
    operation_id="list_claim_ratings",
    summary="对一份申报办理的评价",
    tags=QUALITY,
    responses=problems(404),
    right=Right.CLAIM_READ,
)
async def get_claim_ratings(request: Asked, number: FromPath[str]) -> RatingsOfClaim:
    return await _of_claim(request, number)


@post(
    "/claims/{number:str}/ratings",
    operation_id="rate_claim",
    summary="评价办理（好差评）",
    description=KEY_WORDS,
    tags=QUALITY,
    status_code=201,
    responses=REFUSALS,
    right=Right.CLAIM_SUBMIT,
)
async def post_rating(request: Asked, number: FromPath[str], data: JSONBody[RatingBody], key: KeyHeader) -> RatingsOfClaim:
    actor = current_actor(request)
    await quality.ratings_of(actor, number)
    with under_header(request, key, data):
        await quality.give_rating(actor, number, moment=data.moment, score=data.score, words=data.words, clock=clock_of(request))
    return await _of_claim(request, number)


@get("/ratings", operation_id="list_ratings", summary="企业评价", tags=QUALITY, responses=problems(400), right=Right.TOTALS_READ)
async def get_ratings(request: Asked, cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50) -> RatingsPage:
    found, following = list_page(await quality.list_ratings(current_actor(request)), cursor, limit)
    return RatingsPage(tuple(_rating(each) for each in found), following)


@post(
    "/ratings/{rating:int}/reply",
    operation_id="reply_to_rating",
    summary="答复企业评价",
    description=KEY_WORDS,
    tags=QUALITY,
    status_code=200,
    responses=REFUSALS,
    right=Right.CLAIM_REVIEW,
)
async def post_reply(request: Asked, rating: RowKey, data: JSONBody[ReplyBody], key: KeyHeader) -> RatingAnswer:
    actor = current_actor(request)
    await quality.rating_shown(actor, rating)
    with under_header(request, key, data):
        await quality.reply_to_rating(actor, rating, reply=data.reply, clock=clock_of(request))
    return _rating(await quality.rating_shown(actor, rating))


def quality_api() -> Router:
    """The operations of this file."""
    handlers: list[Any] = [
        *(get_draws, get_sample, post_draw, post_second, get_claim_ratings, post_rating, get_ratings, post_reply),
    ]
    return Router("/", route_handlers=handlers)
