"""Pages of public notice (公示): for everybody without sign-in, and for the officer who posts, answers and closes."""

from collections.abc import Awaitable
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.accounts.rates import count_try
from training_admin.fund.payable_store import PAYABLE_WORDS
from training_admin.kit.money import yuan
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.office.idempotency import under_key
from training_admin.office.notice_store import Objection
from training_admin.subsidy import notices
from training_admin.web import clock_of, csv_download, current_actor, page, several

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
MOST_OBJECTIONS = 5
STATES = {"posted": "公示中", "closed": "期满撤下", "stopped": "异议成立撤下"}
LIST_HEADER = ("公示编号", "标题", "公示起", "公示止", "申报份数", "人次", "金额（元）", "状态")
CLAIMS_HEADER = ("企业", "类别", "班级数", "人次", "金额（元）", "姓名", "证件号码")


class PostForm(msgspec.Struct, frozen=True):
    """The claims that are posted as one notice."""

    claims: list[str] | str = []


class ObjectionForm(msgspec.Struct, frozen=True):
    """What somebody objects to and how he can be reached."""

    case_no: str = ""
    words: str = ""
    contact: str = ""
    idempotency_key: str = ""


class AnswerForm(msgspec.Struct, frozen=True):
    """The answer to an objection; `case_no` where the objection named no claim."""

    upheld: str = ""
    case_no: str = ""
    reply: str = ""


def _status(refusal: Refusal | None) -> dict[str, Any]:
    return {
        "status_code": HTTPStatus.OK if refusal is None else refusal.status,
        "problem": None if refusal is None else refusal.problem(),
    }


@get("/notices", include_in_schema=False, public=True)
async def notices_page() -> Template:
    return page("notices/list.html", found=await notices.list_notices(public=True))


@get("/notices.csv", include_in_schema=False, public=True)
async def notices_csv() -> Response[bytes]:
    return _list_csv(await notices.list_notices(public=True), "公示.csv")


def _list_csv(found: list[Any], filename: str) -> Response[bytes]:
    rows = (
        (
            *(each.number, each.title, each.posted_on, each.ends_on, len(content.claims), content.people, yuan(content.fen)),
            STATES[each.state],
        )
        for each, content in found
    )
    return csv_download(LIST_HEADER, rows, filename=filename)


async def _public(request: Asked, number: str, *, typed: ObjectionForm | None = None, refusal: Refusal | None = None) -> Template:
    notice, content = await notices.show_notice(number, public=True)
    return page(
        "notices/notice.html",
        **_status(refusal),
        notice=notice,
        content=content,
        today=clock_of(request).today(),
        typed=typed or ObjectionForm(),
    )


@get("/notices/{number:str}", include_in_schema=False, public=True)
async def notice_page(request: Asked, number: FromPath[str]) -> Template:
    return await _public(request, number)


@get("/notices/{number:str}/notice.csv", include_in_schema=False, public=True)
async def notice_csv(number: FromPath[str]) -> Response[bytes]:
    _notice, content = await notices.show_notice(number, public=True)
    rows = (
        (each.enterprise, "、".join(each.streams), each.classes, each.people, yuan(each.fen), person.name, person.masked_number)
        for each in content.claims
        for person in each.persons
    )
    return csv_download(CLAIMS_HEADER, rows, filename=f"公示-{number}.csv")


@post("/notices/{number:str}/objections", include_in_schema=False, public=True)
async def object_act(request: Asked, number: FromPath[str], data: URLEncodedBody[ObjectionForm]) -> Template | Redirect:
    """Anybody may object, but no address more than a few times in a quarter of an hour."""
    actor, clock = current_actor(request), clock_of(request)
    await notices.show_notice(number, public=True)
    await count_try("objection", request.client.host if request.client else "", most=MOST_OBJECTIONS, at=clock.wall())
    try:
        with under_key(data.idempotency_key, [request.url.path, msgspec.to_builtins(data)]):
            own = await notices.object_to(actor, number, case_no=data.case_no, words=data.words, contact=data.contact, clock=clock)
    except NotFound:
        raise
    except Refusal as refusal:
        return await _public(request, number, typed=data, refusal=refusal)
    return Redirect(f"/objections?number={own}", status_code=SEE_OTHER)


@get("/objections", include_in_schema=False, public=True)
async def objection_page(number: FromQuery[str] = "") -> Template:
    """What became of an objection, for whoever holds its number; its words are not shown again."""
    found: Objection | None = None
    refusal: Refusal | None = None
    if number:
        try:
            found = await notices.objection_by_number(number.strip())
        except NotFound as missing:
            refusal = missing
    return page("notices/objection.html", **_status(refusal), found=found, number=number)


async def _office(request: Asked, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    return page(
        "notices/office.html",
        **_status(refusal),
        postable=await notices.postable_claims(actor),
        found=await notices.list_notices(public=False),
        states=STATES,
        payable_words=PAYABLE_WORDS,
        today=clock_of(request).today(),
    )


@get("/notice-office", include_in_schema=False, right=Right.NOTICE_POST)
async def office_page(request: Asked) -> Template:
    return await _office(request)


@get("/notice-office.csv", include_in_schema=False, right=Right.NOTICE_POST)
async def office_csv() -> Response[bytes]:
    return _list_csv(await notices.list_notices(public=False), "公示台账.csv")


@post("/notice-office/post", include_in_schema=False, right=Right.NOTICE_POST)
async def post_act(request: Asked, data: URLEncodedBody[PostForm]) -> Template | Redirect:
    try:
        number = await notices.post_notice(current_actor(request), several(data.claims), clock=clock_of(request))
    except Refusal as refusal:
        return await _office(request, refusal)
    return Redirect(f"/notice-office/{number}", status_code=SEE_OTHER)


@post("/notice-office/close", include_in_schema=False, right=Right.NOTICE_POST)
async def close_act(request: Asked) -> Template | Redirect:
    """Close what is over now, without waiting for the night."""
    try:
        await notices.close_over(current_actor(request), clock=clock_of(request))
    except Refusal as refusal:
        return await _office(request, refusal)
    return Redirect("/notice-office", status_code=SEE_OTHER)


async def _one(request: Asked, number: str, refusal: Refusal | None = None) -> Template:
    notice, content = await notices.show_notice(number, public=False)
    return page(
        "notices/office_notice.html",
        **_status(refusal),
        notice=notice,
        content=content,
        objections=await notices.read_objections(current_actor(request), notice),
        states=STATES,
        today=clock_of(request).today(),
    )


@get("/notice-office/{number:str}", include_in_schema=False, right=Right.NOTICE_POST)
async def office_notice_page(request: Asked, number: FromPath[str]) -> Template:
    return await _one(request, number)


@post("/notice-office/{number:str}/objections/{objection:str}", include_in_schema=False, right=Right.NOTICE_POST)
async def answer_act(
    request: Asked, number: FromPath[str], objection: FromPath[str], data: URLEncodedBody[AnswerForm]
) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)

    async def act() -> None:
        if data.upheld not in {"yes", "no"}:
            raise notices.NoticeRefused("请选择异议是否成立。")
        await notices.answer_objection(
            actor, objection, notice=number, upheld=data.upheld == "yes", case_no=data.case_no, reply=data.reply, clock=clock
        )

    return await _acted(request, number, act())


async def _acted(request: Asked, number: str, act: Awaitable[None]) -> Template | Redirect:
    try:
        await act
    except NotFound:
        raise
    except Refusal as refusal:
        return await _one(request, number, refusal)
    return Redirect(f"/notice-office/{number}", status_code=SEE_OTHER)


def notice_pages() -> Router:
    """The pages of this file."""
    return Router(
        "/",
        route_handlers=[
            *(notices_page, notices_csv, notice_page, notice_csv, object_act, objection_page),
            *(office_page, office_csv, post_act, close_act, office_notice_page, answer_act),
        ],
    )
