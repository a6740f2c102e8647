"""Pages of 我的学徒培养, made for a phone: what is recorded of me, whether it is I, whether my wages are right, and what I complain of."""

from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.apprenticeship.own_facts import VOICE_WORDS, wage_words
from training_admin.apprenticeship.own_page import my_programmes
from training_admin.apprenticeship.own_voices import chosen_voice, say
from training_admin.apprenticeship.record_facts import Side
from training_admin.apprenticeship.record_pages import shown_values
from training_admin.catalog.class_facts import clock_text
from training_admin.catalog.facts import LEVEL_WORDS
from training_admin.kit.money import yuan
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.web import clock_of, csv_download, current_actor, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
JOINED_WORDS = {"hired": "新招用", "transferred": "转岗", "in_service": "在岗"}
OUTCOME_WORDS = {"open": "培养中", "certified": "已取得证书", "completed": "已结业", "failed": "未通过", "left": "已离开"}
HEADER = (
    *("学徒班编号", "企业", "培训机构", "月份", "通用素质课时", "专业基础课时", "其中线上课时", "操作技能课时", "导师带教课时"),
    *("实发工资（元）", "当月最低工资（元）", "比对", "本人确认"),
)


class VoiceForm(msgspec.Struct, frozen=True):
    """What the apprentice says: the kind, the month of a wage, the words of a complaint."""

    kind: str = ""
    month: str = ""
    words: str = ""


async def _own(request: Asked, *, refusal: Refusal | None = None, words: str = "") -> Template:
    return page(
        "apprenticeship/own.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        found=await my_programmes(current_actor(request), clock=clock_of(request)),
        words=words,
        voices=VOICE_WORDS,
        levels=LEVEL_WORDS,
        joined=JOINED_WORDS,
        outcomes=OUTCOME_WORDS,
        wage_words=wage_words,
        clock_text=clock_text,
    )


@get("/my-apprenticeship", include_in_schema=False)
async def own_page(request: Asked) -> Template:
    return await _own(request)


@get("/my-apprenticeship.csv", include_in_schema=False)
async def own_csv(request: Asked) -> Response[bytes]:
    found = await my_programmes(current_actor(request), clock=clock_of(request))
    rows = (
        (
            *(one.row.head.number, one.row.head.enterprise_name, one.row.head.institution_name, each.month),
            *shown_values(None if each.record is None else each.record.done, tuple(Side)).values(),
            "" if each.minimum_fen is None else yuan(each.minimum_fen),
            wage_words(each),
            "" if each.said is None else VOICE_WORDS[each.said],
        )
        for one in found
        for each in one.months
    )
    return csv_download(HEADER, rows, filename="我的学徒培养.csv")


@post("/my-apprenticeship/{number:str}/voices", include_in_schema=False)
async def voice_act(request: Asked, number: FromPath[str], data: URLEncodedBody[VoiceForm]) -> Template | Redirect:
    try:
        await say(current_actor(request), number, chosen_voice(data.kind), month=data.month, words=data.words, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _own(request, refusal=refusal, words=data.words)
    return Redirect(f"/my-apprenticeship#{number}", status_code=SEE_OTHER)


def own_apprenticeship_pages() -> Router:
    """The pages of this file; all of them are about the person who asks."""
    return Router("/", route_handlers=[own_page, own_csv, voice_act], opt={"right": Right.OWN_RECORDS})
