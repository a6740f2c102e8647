"""Pages of 学徒异议和投诉: what apprentices said, opened and answered by the first reviewer, read by the auditors."""

from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.apprenticeship import own_voices
from training_admin.apprenticeship.own_facts import TO_ANSWER, VOICE_WORDS
from training_admin.kit.actor import may
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.web import MOST_ROWS, RowKey, clock_of, csv_download, current_actor, page, row_cursor, shanghai_iso

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
SHOWN = 30
HEADER = ("学徒班编号", "企业", "培训机构", "学徒", "反映", "月份", "时间", "答复时间", "答复")
# What the list shows: what waits, what was to be answered, everything.
FILTERS = {"open": "待答复", "all": "需答复的", "everything": "全部"}


class AnswerForm(msgspec.Struct, frozen=True):
    """The answer that the apprentice reads."""

    answer: str = ""


async def _listed(request: Asked, wanted: str, *, before: int | None, limit: int) -> tuple[list[Any], str | None]:
    return await own_voices.list_voices(
        current_actor(request), everything=wanted == "everything", open_only=wanted == "open", before=before, limit=limit
    )


@get("/apprentice-voices", include_in_schema=False, right=Right.VOICE_READ)
async def voices_page(request: Asked, wanted: FromQuery[str] = "open", cursor: FromQuery[str | None] = None) -> Template:
    chosen = wanted if wanted in FILTERS else "open"
    found, following = await _listed(request, chosen, before=row_cursor(cursor) or None, limit=SHOWN)
    return page(
        "apprenticeship/voices.html", found=found, following=following, cursor=cursor, wanted=chosen, filters=FILTERS, voices=VOICE_WORDS
    )


@get("/apprentice-voices.csv", include_in_schema=False, right=Right.VOICE_READ)
async def voices_csv(request: Asked, wanted: FromQuery[str] = "open") -> Response[bytes]:
    found, _following = await _listed(request, wanted, before=None, limit=MOST_ROWS)
    rows = (
        (
            *(each.number, each.enterprise_name, each.institution_name, each.name, VOICE_WORDS[each.said.kind], each.said.month),
            *(shanghai_iso(each.said.said_at), "" if each.said.answered_at is None else shanghai_iso(each.said.answered_at)),
            each.said.answer,
        )
        for each in found
    )
    return csv_download(HEADER, rows, filename="学徒异议和投诉.csv")


async def _one(request: Asked, key: int, *, opened: bool = False, refusal: Refusal | None = None, typed: str = "") -> Template:
    actor, words = current_actor(request), ""
    if opened:
        found, words = await own_voices.read_words(actor, key, clock=clock_of(request))
    else:
        found = await own_voices.voice_head(actor, key)
    return page(
        "apprenticeship/voice.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        one=found,
        words=words,
        opened=opened,
        typed=typed,
        voices=VOICE_WORDS,
        may_answer=may(actor, Right.PROGRAMME_DECIDE) and found.said.kind in TO_ANSWER and found.said.answered_at is None,
    )


@get("/apprentice-voices/{voice:int}", include_in_schema=False, right=Right.VOICE_READ)
async def voice_page(request: Asked, voice: FromPath[RowKey]) -> Template:
    return await _one(request, voice)


@post("/apprentice-voices/{voice:int}/open", include_in_schema=False, right=Right.VOICE_READ, status_code=200)
async def open_act(request: Asked, voice: FromPath[RowKey]) -> Template:
    """The words of a complaint are opened for an answer or an audit, and the trail remembers who read them."""
    return await _one(request, voice, opened=True)


@post("/apprentice-voices/{voice:int}/answer", include_in_schema=False, right=Right.PROGRAMME_DECIDE)
async def answer_act(request: Asked, voice: FromPath[RowKey], data: URLEncodedBody[AnswerForm]) -> Template | Redirect:
    try:
        await own_voices.answer(current_actor(request), voice, data.answer, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _one(request, voice, refusal=refusal, typed=data.answer)
    return Redirect(f"/apprentice-voices/{voice}", status_code=SEE_OTHER)


def voice_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[voices_page, voices_csv, voice_page, open_act, answer_act])
