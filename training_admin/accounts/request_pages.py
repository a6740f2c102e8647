"""Pages of 个人信息申请: who decides reads what persons ask for, grants or refuses with a reason."""

from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.accounts import personal_requests
from training_admin.accounts.personal_requests import KIND_WORDS, STATE_WORDS, RequestState
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.web import MOST_ROWS, clock_of, csv_download, current_actor, page, row_cursor, shanghai_iso

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
SHOWN = 30
HEADER = ("申请编号", "类型", "申请时间", "状态", "办结时间")


class DecisionForm(msgspec.Struct, frozen=True):
    """Grant or refuse, with the answer."""

    decision: str = ""
    answer: str = ""


def _state(text: str) -> RequestState:
    return RequestState(text) if text in set(RequestState) else RequestState.OPEN


@get("/personal-requests", include_in_schema=False)
async def requests_page(request: Asked, of_state: FromQuery[str] = "open", cursor: FromQuery[str | None] = None) -> Template:
    state = _state(of_state)
    found, following = await personal_requests.list_requests(current_actor(request), state, before=row_cursor(cursor) or None, limit=SHOWN)
    return page(
        "accounts/personal_requests.html",
        found=found,
        following=following,
        cursor=cursor,
        state=state,
        states=STATE_WORDS,
        kinds=KIND_WORDS,
    )


@get("/personal-requests.csv", include_in_schema=False)
async def requests_csv(request: Asked, of_state: FromQuery[str] = "open") -> Response[bytes]:
    found, _ = await personal_requests.list_requests(current_actor(request), _state(of_state), before=None, limit=MOST_ROWS)
    cells = (
        (
            each.number,
            KIND_WORDS[each.kind],
            shanghai_iso(each.made_at),
            STATE_WORDS[each.state],
            "" if each.decided_at is None else shanghai_iso(each.decided_at),
        )
        for each in found
    )
    return csv_download(HEADER, cells, filename="个人信息申请.csv")


async def _one(request: Asked, number: str, *, opened: bool, refusal: Refusal | None = None, answer: str = "") -> Template:
    actor, clock = current_actor(request), clock_of(request)
    reading = personal_requests.read_request(actor, number, clock=clock) if opened else personal_requests.request_head(actor, number)
    return page(
        "accounts/personal_request.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        one=await reading,
        opened=opened,
        states=STATE_WORDS,
        kinds=KIND_WORDS,
        answer=answer,
    )


@get("/personal-requests/{number:str}", include_in_schema=False)
async def request_page(request: Asked, number: FromPath[str]) -> Template:
    return await _one(request, number, opened=False)


@post("/personal-requests/{number:str}/open", include_in_schema=False)
async def open_act(request: Asked, number: FromPath[str]) -> Template:
    """What somebody wrote about his own data is read for a decision, and the trail remembers who read it."""
    return await _one(request, number, opened=True)


@post("/personal-requests/{number:str}/decide", include_in_schema=False)
async def decide_act(request: Asked, number: FromPath[str], data: URLEncodedBody[DecisionForm]) -> Template | Redirect:
    """Whatever refuses a decision is shown beside the form, so that the other decision can be taken at once."""
    erase: personal_requests.Eraser = request.app.state.erase_person
    actor, clock = current_actor(request), clock_of(request)
    try:
        grant = personal_requests.is_grant(data.decision)
        await personal_requests.decide_request(actor, number, grant=grant, answer=data.answer, erase=erase, clock=clock)
    except personal_requests.RequestNotFound:
        raise
    except Refusal as refusal:
        return await _one(request, number, opened=True, refusal=refusal, answer=data.answer)
    return Redirect(f"/personal-requests/{number}", status_code=SEE_OTHER)


def request_pages() -> Router:
    """The pages of this file."""
    return Router(
        "/", route_handlers=[requests_page, requests_csv, request_page, open_act, decide_act], opt={"right": Right.PERSONAL_REQUEST_DECIDE}
    )
