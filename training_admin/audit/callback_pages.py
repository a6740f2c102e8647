"""Pages of call-backs by sample (电话回访): drawing, who is called with a masked phone, each call, the list for anybody to verify."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.audit import calling_back
from training_admin.audit.callback_store import RESULT_WORDS, CallResult, SampleNotFound
from training_admin.kit.actor import may
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import moment
from training_admin.office.idempotency import under_key
from training_admin.web import RowKey, clock_of, csv_download, current_actor, download, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
HEADER = ("回访编号", "班级", "单位", "抽样时间", "花名册人数", "抽取人数", "已接通", "与记录不符", "种子")
PEOPLE_HEADER = ("回访编号", "班级", "次序", "花名册行", "姓名", "电话", "结果", "回访内容", "录音编号", "回访人", "时间")


class DrawForm(msgspec.Struct, frozen=True):
    """Which class is drawn from."""

    class_no: str = ""
    idempotency_key: str = ""


class CallForm(msgspec.Struct, frozen=True):
    """What came of a call."""

    result: str = ""
    words: str = ""
    recording: str = ""
    idempotency_key: str = ""


class PhoneForm(msgspec.Struct, frozen=True):
    """Why the whole phone is needed."""

    reason: str = ""


def _told(refusal: Refusal | None) -> dict[str, Any]:
    return {
        "status_code": HTTPStatus.OK if refusal is None else refusal.status,
        "problem": None if refusal is None else refusal.problem(),
    }


async def _list(request: Asked, *, class_no: str = "", refusal: Refusal | None = None) -> Template:
    found = await calling_back.list_samples(current_actor(request))
    return page(
        "callbacks/list.html", found=found, class_no=class_no, calls=may(current_actor(request), Right.CLASS_VISIT), **_told(refusal)
    )


@get("/callbacks", include_in_schema=False, right=Right.CALLBACK_READ)
async def callbacks_page(request: Asked) -> Template:
    return await _list(request)


@get("/callbacks.csv", include_in_schema=False, right=Right.CALLBACK_READ)
async def callbacks_csv(request: Asked) -> Response[bytes]:
    rows = (
        (
            *(each.number, each.class_no, each.organisation_name, moment(each.made_at), len(each.places)),
            *(drawn, reached, against, each.seed),
        )
        for each, drawn, reached, against in await calling_back.list_samples(current_actor(request))
    )
    return csv_download(HEADER, rows, filename="电话回访.csv")


@post("/callbacks", include_in_schema=False, right=Right.CLASS_VISIT)
async def draw_act(request: Asked, data: URLEncodedBody[DrawForm]) -> Template | Redirect:
    try:
        with under_key(data.idempotency_key, [request.url.path, data.class_no]):
            number = await calling_back.draw_sample(current_actor(request), data.class_no, clock=clock_of(request))
    except Refusal as refusal:
        return await _list(request, class_no=data.class_no, refusal=refusal)
    return Redirect(f"/callbacks/{number}", status_code=SEE_OTHER)


async def _shown(request: Asked, number: str, *, refusal: Refusal | None = None, phone: tuple[int, str] | None = None) -> Template:
    actor = current_actor(request)
    sample, people = await calling_back.show_sample(actor, number)
    return page(
        "callbacks/one.html",
        sample=sample,
        people=people,
        words=RESULT_WORDS,
        missed=CallResult.MISSED,
        phone=phone,
        calls=may(actor, Right.CLASS_VISIT),
        stepped_up=actor.stepped_up,
        **_told(refusal),
    )


@get("/callbacks/{number:str}", include_in_schema=False, right=Right.CALLBACK_READ)
async def callback_page(request: Asked, number: FromPath[str]) -> Template:
    return await _shown(request, number)


@get("/callbacks/{number:str}/people.csv", include_in_schema=False, right=Right.CALLBACK_READ)
async def people_csv(request: Asked, number: FromPath[str]) -> Response[bytes]:
    sample, people = await calling_back.show_sample(current_actor(request), number)
    rows = []
    for each in people:
        one = each.drawn
        last = one.calls[-1] if one.calls else None
        told = ("",) * 5 if last is None else (RESULT_WORDS[last.result], last.words, last.recording, last.caller, moment(last.called_at))
        rows.append((sample.number, sample.class_no, one.turn, one.place, one.name, each.phone, *told))
    return csv_download(PEOPLE_HEADER, rows, filename=f"{number}-电话回访记录.csv")


@get("/callbacks/{number:str}/list.json", include_in_schema=False, right=Right.CALLBACK_READ)
async def published_json(request: Asked, number: FromPath[str]) -> Response[bytes]:
    sample, people = await calling_back.show_sample(current_actor(request), number)
    return download(calling_back.published_file(sample, people), filename=f"{number}.json", media_type="application/json")


async def _done(request: Asked, number: str, act: Callable[[], Awaitable[object]]) -> Template | Redirect:
    try:
        await act()
    except SampleNotFound:
        raise
    except Refusal as refusal:
        return await _shown(request, number, refusal=refusal)
    return Redirect(f"/callbacks/{number}", status_code=SEE_OTHER)


@post("/callbacks/{number:str}/people/{turn:int}/call", include_in_schema=False, right=Right.CLASS_VISIT)
async def call_act(request: Asked, number: FromPath[str], turn: RowKey, data: URLEncodedBody[CallForm]) -> Template | Redirect:
    async def act() -> None:
        with under_key(data.idempotency_key, [request.url.path, msgspec.to_builtins(data)]):
            await calling_back.record_call(
                current_actor(request), number, turn, data.result, words=data.words, recording=data.recording, clock=clock_of(request)
            )

    return await _done(request, number, act)


@post("/callbacks/{number:str}/people/{turn:int}/phone", include_in_schema=False, status_code=200, right=Right.CLASS_VISIT)
async def phone_act(request: Asked, number: FromPath[str], turn: RowKey, data: URLEncodedBody[PhoneForm]) -> Template:
    """The whole phone once, on the answer to this form only."""
    try:
        phone = await calling_back.unmask_phone(current_actor(request), number, turn, reason=data.reason, clock=clock_of(request))
    except SampleNotFound:
        raise
    except Refusal as refusal:
        return await _shown(request, number, refusal=refusal)
    return await _shown(request, number, phone=(turn, phone))


def callback_pages() -> Router:
    """The pages of this file."""
    return Router(
        "/",
        route_handlers=[callbacks_page, callbacks_csv, draw_act, callback_page, people_csv, published_json, call_act, phone_act],
    )
