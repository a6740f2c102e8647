"""Pages of measured quality: 填报失误率, 审核差错率, second reviews, 好差评."""

from collections.abc import Awaitable, Callable
from datetime import date
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.kit.actor import may
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import moment, percent
from training_admin.office.idempotency import under_key
from training_admin.subsidy import prompts, quality
from training_admin.subsidy.quality import MOMENT_WORDS, QualityRefused
from training_admin.subsidy.quality_facts import Rate
from training_admin.subsidy.rules import ALL_RULES
from training_admin.subsidy.template import first_prompts
from training_admin.web import RowKey, clock_of, csv_download, current_actor, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
SECOND_WORDS = {"paid": "应予补贴", "refused": "不应补贴"}
FIRST_WORDS = {"paid": "自动核验通过", "paid_by_hand": "人工佐证或例外通过", "refused": "自动核验不予", "refused_by_hand": "人工不予"}
RATE_HEADER = ("分类", "名称", "差错", "总数", "比率", "区间下限（95%）", "区间上限（95%）")
PROMPT_HEADER = ("工作表", "字段", "版本", "填写提示", "起用时间", "有误单元格", "读取单元格", "比率", "区间下限（95%）", "区间上限（95%）")
RATING_HEADER = ("申报编号", "企业", "街镇", "环节", "评分", "说明", "评价时间", "答复期限", "答复", "答复人", "答复时间")


class PromptForm(msgspec.Struct, frozen=True):
    """What a field of the claim form is to ask, and why."""

    sheet: str = ""
    field: str = ""
    text: str = ""
    why: str = ""


class DrawForm(msgspec.Struct, frozen=True):
    """Which decisions are drawn from, and how many."""

    first: str = ""
    last: str = ""
    approvals: str = ""
    refusals: str = ""
    idempotency_key: str = ""


class SecondForm(msgspec.Struct, frozen=True):
    """The second review of a row."""

    outcome: str = ""
    rule: str = ""


class RatingForm(msgspec.Struct, frozen=True):
    """A rating."""

    moment: str = ""
    score: str = ""
    words: str = ""


class ReplyForm(msgspec.Struct, frozen=True):
    """A reply to a rating."""

    reply: str = ""


def _status(refusal: Refusal | None) -> dict[str, Any]:
    return {
        "status_code": HTTPStatus.OK if refusal is None else refusal.status,
        "problem": None if refusal is None else refusal.problem(),
    }


async def _done(act: Awaitable[object], shown: Callable[[Refusal], Awaitable[Template]], address: str) -> Template | Redirect:
    """Do an act and go on; a refusal is told on the page it came from."""
    try:
        await act
    except NotFound:
        raise
    except Refusal as refusal:
        return await shown(refusal)
    return Redirect(address, status_code=SEE_OTHER)


def rate_words(bp: int | None) -> str:
    """A rate in per cent; nothing for a rate of nothing."""
    return "—" if bp is None else percent(bp)


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 6:  # noqa: PLR2004 - far beyond any sample
        raise QualityRefused("数量和评分应为整数。")
    return int(text)


@get("/quality", include_in_schema=False, right=Right.TOTALS_READ)
async def quality_page(request: Asked, year: FromQuery[int | None] = None) -> Template:
    actor = current_actor(request)
    filling, years = await quality.show_filling(actor, year=year)
    return page(
        "quality/quality.html",
        filling=filling,
        years=years,
        year=year,
        errors=await quality.show_errors(actor),
        rate_words=rate_words,
        effects=await prompts.show_effects(actor),
        fields=first_prompts(),
    )


def _rate_row(kind: str, name: str, rate: Rate) -> tuple[object, ...]:
    return kind, name, rate.wrong, rate.count, rate_words(rate.bp), rate_words(rate.low_bp), rate_words(rate.high_bp)


@get("/quality.csv", include_in_schema=False, right=Right.TOTALS_READ)
async def quality_csv(request: Asked, year: FromQuery[int | None] = None) -> Response[bytes]:
    actor = current_actor(request)
    filling, _years = await quality.show_filling(actor, year=year)
    rows = [_rate_row("填报失误率", "全部", filling.whole)]
    rows += [_rate_row("填报失误率·企业", name, rate) for name, rate in filling.enterprises]
    rows += [_rate_row("填报失误率·街镇", name, rate) for name, rate in filling.streets]
    rows += [("填报失误·字段", f"{sheet}·{field}", count, filling.whole.count, "", "", "") for sheet, field, count in filling.fields]
    rows += [_rate_row(f"审核差错率·{kind}", name, rate) for kind, name, rate in await quality.show_errors(actor)]
    return csv_download(RATE_HEADER, rows, filename="质量统计.csv")


@get("/quality/prompts.csv", include_in_schema=False, right=Right.TOTALS_READ)
async def prompts_csv(request: Asked) -> Response[bytes]:
    rows = (
        (
            *(each.sheet, each.field, each.version, each.text, None if each.since is None else moment(each.since), each.rate.wrong),
            *(each.rate.count, rate_words(each.rate.bp), rate_words(each.rate.low_bp), rate_words(each.rate.high_bp)),
        )
        for each in await prompts.show_effects(current_actor(request))
    )
    return csv_download(PROMPT_HEADER, rows, filename="填写提示效果.csv")


async def _prompt(request: Asked, form: PromptForm, refusal: Refusal | None = None) -> Template:
    first, versions = await prompts.show_prompt(current_actor(request), form.sheet, form.field)
    return page("quality/prompt.html", **_status(refusal), form=form, first=first, versions=versions, longest=prompts.LONGEST_TEXT)


@get("/quality/prompt", include_in_schema=False, right=Right.TOTALS_READ)
async def prompt_page(request: Asked, sheet: FromQuery[str] = "", field: FromQuery[str] = "") -> Template:
    return await _prompt(request, PromptForm(sheet, field))


@post("/quality/prompt", include_in_schema=False, right=Right.PROMPT_EDIT)
async def prompt_act(request: Asked, data: URLEncodedBody[PromptForm]) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)
    act = prompts.write_prompt(actor, data.sheet, data.field, text=data.text, why=data.why, clock=clock)
    address = f"/quality/prompt?{urlencode({'sheet': data.sheet, 'field': data.field})}"
    return await _done(act, lambda refusal: _prompt(request, data, refusal), address)


async def _draws(request: Asked, refusal: Refusal | None = None) -> Template:
    today = clock_of(request).today()
    return page(
        "quality/draws.html",
        **_status(refusal),
        found=await quality.list_draws(current_actor(request)),
        today=today,
        first=today.replace(day=1),
    )


@get("/second-reviews", include_in_schema=False, right=Right.APPEAL_DECIDE)
async def draws_page(request: Asked) -> Template:
    return await _draws(request)


@post("/second-reviews", include_in_schema=False, right=Right.APPEAL_DECIDE)
async def draw_act(request: Asked, data: URLEncodedBody[DrawForm]) -> Template | Redirect:
    async def act() -> None:
        try:
            first, last = date.fromisoformat(data.first.strip()), date.fromisoformat(data.last.strip())
        except ValueError:
            raise QualityRefused("日期无法识别，请按 2026-03-05 的写法填写。") from None
        counts = {"approvals": _whole(data.approvals), "refusals": _whole(data.refusals)}
        with under_key(data.idempotency_key, [request.url.path, msgspec.to_builtins(data)]):
            await quality.draw_sample(current_actor(request), first, last, **counts, clock=clock_of(request))

    return await _done(act(), lambda refusal: _draws(request, refusal), "/second-reviews")


@get("/second-reviews/{draw:str}", include_in_schema=False, right=Right.APPEAL_DECIDE)
async def sample_page(request: Asked, draw: FromPath[str]) -> Template:
    shown = await quality.show_sample(current_actor(request), draw)
    return page("quality/sample.html", draw=draw, shown=shown, first_words=FIRST_WORDS, second_words=SECOND_WORDS, rate_words=rate_words)


@get("/second-reviews/{draw:str}/sample.csv", include_in_schema=False, right=Right.APPEAL_DECIDE)
async def sample_csv(request: Asked, draw: FromPath[str]) -> Response[bytes]:
    shown = await quality.show_sample(current_actor(request), draw)
    rows = (
        (
            *(each.draw, each.number, each.row, FIRST_WORDS[each.first_outcome] if each.second_outcome else "（未审，不显示）"),
            *(SECOND_WORDS.get(each.second_outcome or "", ""), each.rule, each.reviewer),
        )
        for each in shown.rows
    )
    return csv_download(
        ("抽样编号", "申报编号", "花名册行", "首次结果", "二次结果", "依据规则", "二次审核人"), rows, filename=f"二次审核-{draw}.csv"
    )


async def _blind(request: Asked, review: int, refusal: Refusal | None = None) -> Template:
    shown = await quality.show_blind(current_actor(request), review)
    return page("quality/row.html", **_status(refusal), shown=shown, review=review, rules=ALL_RULES, second_words=SECOND_WORDS)


@get("/second-review-rows/{review:int}", include_in_schema=False, right=Right.APPEAL_DECIDE)
async def blind_page(request: Asked, review: RowKey) -> Template:
    return await _blind(request, review)


@post("/second-review-rows/{review:int}", include_in_schema=False, right=Right.APPEAL_DECIDE)
async def second_act(request: Asked, review: RowKey, data: URLEncodedBody[SecondForm]) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)
    draw = (await quality.show_blind(actor, review)).drawn.draw
    act = quality.review_again(actor, review, outcome=data.outcome, rule=data.rule, clock=clock)
    return await _done(act, lambda refusal: _blind(request, review, refusal), f"/second-reviews/{draw}")


async def _rating(request: Asked, number: str, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    state, given = await quality.ratings_of(actor, number)
    may_rate = may(actor, Right.CLAIM_SUBMIT)
    return page(
        "quality/rating.html",
        **_status(refusal),
        number=number,
        given=given,
        moments=quality.moments_open(state, given) if may_rate else [],
        words=MOMENT_WORDS,
        workdays=quality.REPLY_WORKDAYS,
    )


@get("/claims/{number:str}/rating", include_in_schema=False, right=Right.CLAIM_READ)
async def rating_page(request: Asked, number: FromPath[str]) -> Template:
    return await _rating(request, number)


@post("/claims/{number:str}/rating", include_in_schema=False, right=Right.CLAIM_SUBMIT)
async def rate_act(request: Asked, number: FromPath[str], data: URLEncodedBody[RatingForm]) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)
    await quality.ratings_of(actor, number)

    async def act() -> None:
        await quality.give_rating(actor, number, moment=data.moment, score=_whole(data.score), words=data.words, clock=clock)

    return await _done(act(), lambda refusal: _rating(request, number, refusal), f"/claims/{number}/rating")


async def _ratings(request: Asked, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    found = await quality.list_ratings(actor)
    return page(
        "quality/ratings.html",
        **_status(refusal),
        found=found,
        words=MOMENT_WORDS,
        may_reply=may(actor, Right.CLAIM_REVIEW),
        today=clock_of(request).today(),
        workdays=quality.REPLY_WORKDAYS,
    )


@get("/ratings", include_in_schema=False, right=Right.TOTALS_READ)
async def ratings_page(request: Asked) -> Template:
    return await _ratings(request)


@get("/ratings.csv", include_in_schema=False, right=Right.TOTALS_READ)
async def ratings_csv(request: Asked) -> Response[bytes]:
    rows = (
        (
            *(each.number, each.enterprise, each.street, MOMENT_WORDS[each.moment], each.score, each.words, moment(each.rated_at)),
            *(each.reply_by, each.reply, each.replier, None if each.replied_at is None else moment(each.replied_at)),
        )
        for each in await quality.list_ratings(current_actor(request))
    )
    return csv_download(RATING_HEADER, rows, filename="企业评价.csv")


@post("/ratings/{rating:int}/reply", include_in_schema=False, right=Right.CLAIM_REVIEW)
async def reply_act(request: Asked, rating: RowKey, data: URLEncodedBody[ReplyForm]) -> Template | Redirect:
    act = quality.reply_to_rating(current_actor(request), rating, reply=data.reply, clock=clock_of(request))
    return await _done(act, lambda refusal: _ratings(request, refusal), "/ratings")


def quality_pages() -> Router:
    """The pages of this file."""
    return Router(
        "/",
        route_handlers=[
            *(
                quality_page,
                quality_csv,
                prompts_csv,
                prompt_page,
                prompt_act,
                draws_page,
                draw_act,
                sample_page,
                sample_csv,
                blind_page,
                second_act,
            ),
            *(rating_page, rate_act, ratings_page, ratings_csv, reply_act),
        ],
    )
