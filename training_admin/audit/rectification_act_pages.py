"""The forms of one rectification: the organisation's answer, the asker's acts, the second person's, money held or asked back."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar import Router, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, MultipartBody, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.audit import rectification_acts as acts
from training_admin.audit.rectification_acts import Attached
from training_admin.audit.rectification_origins import RectificationRefused
from training_admin.audit.rectification_pages import SEE_OTHER, Asked, shown
from training_admin.audit.rectification_states import ENDING_OF, Act
from training_admin.audit.rectification_store import RectificationNotFound
from training_admin.fund.page_forms import typed_count, typed_day, typed_fen
from training_admin.kit.digest import sha256_hex
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.office.idempotency import under_key
from training_admin.office.papers import LARGEST
from training_admin.web import clock_of, current_actor

# An answer carries three papers at once.
BODY_LIMIT = 3 * LARGEST + 64 * 1024


class AnswerForm(msgspec.Struct, frozen=True):
    """The organisation's answer with up to three papers; more go by another answer or over the API."""

    words: str = ""
    title_1: str = ""
    file_1: UploadFile | None = None
    title_2: str = ""
    file_2: UploadFile | None = None
    title_3: str = ""
    file_3: UploadFile | None = None
    version: int = 0
    idempotency_key: str = ""


class ActForm(msgspec.Struct, frozen=True):
    """What the asker does: `send_back`, `extend`, `close`, `refer` or `withdraw`."""

    act: str = ""
    words: str = ""
    deadline: str = ""
    version: int = 0
    idempotency_key: str = ""


class ConfirmForm(msgspec.Struct, frozen=True):
    """What the second person says: `agree` or `refuse`."""

    act: str = ""
    words: str = ""
    deadline: str = ""
    version: int = 0
    idempotency_key: str = ""


class MoneyForm(msgspec.Struct, frozen=True):
    """`hold`, or `recover` how much for how many people."""

    act: str = ""
    words: str = ""
    people: str = ""
    yuan: str = ""
    version: int = 0
    idempotency_key: str = ""


async def _done(request: Asked, number: str, data: Any, key: str, act: Callable[[], Awaitable[object]]) -> Template | Redirect:
    """Do an act once under the form's key and show the entry again; a refusal is told on its page."""
    try:
        with under_key(key, [request.url.path, data]):
            await act()
    except RectificationNotFound:
        raise
    except Refusal as refusal:
        return await shown(request, number, refusal=refusal)
    return Redirect(f"/rectifications/{number}", status_code=SEE_OTHER)


@post("/rectifications/{number:str}/answer", include_in_schema=False, request_max_body_size=BODY_LIMIT, right=Right.RECTIFICATION_ANSWER)
async def answer_act(request: Asked, number: FromPath[str], data: MultipartBody[AnswerForm]) -> Template | Redirect:
    sent = [(data.title_1, data.file_1), (data.title_2, data.file_2), (data.title_3, data.file_3)]
    files = [Attached(title, content) for title, file in sent if file is not None and (content := await file.read())]
    asked = [data.words, [[each.title, sha256_hex(each.content)] for each in files]]

    async def act() -> None:
        await acts.answer_rectification(
            current_actor(request), number, data.words, files=files, version=data.version, clock=clock_of(request)
        )

    return await _done(request, number, asked, data.idempotency_key, act)


@post("/rectifications/{number:str}/act", include_in_schema=False, right=Right.RECTIFICATION_ASK)
async def asker_act(request: Asked, number: FromPath[str], data: URLEncodedBody[ActForm]) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)

    async def act() -> None:
        if data.act in {Act.SEND_BACK.value, Act.EXTEND.value}:
            until = typed_day(data.deadline, what="新的整改期限")
            move = acts.send_back if data.act == Act.SEND_BACK.value else acts.extend
            await move(actor, number, data.words, deadline=until, version=data.version, clock=clock)
        elif data.act in {each.value for each in ENDING_OF}:
            await acts.end_rectification(actor, number, Act(data.act), data.words, version=data.version, clock=clock)
        else:
            raise RectificationRefused("请选择要办理的事项。")

    return await _done(request, number, msgspec.to_builtins(data), data.idempotency_key, act)


@post("/rectifications/{number:str}/confirm", include_in_schema=False, right=Right.RECTIFICATION_CONFIRM)
async def confirm_act(request: Asked, number: FromPath[str], data: URLEncodedBody[ConfirmForm]) -> Template | Redirect:
    async def act() -> None:
        if data.act not in {"agree", "refuse"}:
            raise RectificationRefused("请选择同意或不同意。")
        until = typed_day(data.deadline, what="新的整改期限") if data.deadline.strip() else None
        await acts.confirm_end(
            current_actor(request),
            number,
            agree=data.act == "agree",
            words=data.words,
            deadline=until,
            version=data.version,
            clock=clock_of(request),
        )

    return await _done(request, number, msgspec.to_builtins(data), data.idempotency_key, act)


@post("/rectifications/{number:str}/money", include_in_schema=False, right=Right.RECTIFICATION_ASK)
async def money_act(request: Asked, number: FromPath[str], data: URLEncodedBody[MoneyForm]) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)

    async def act() -> None:
        if data.act == Act.HOLD.value:
            await acts.hold_money(actor, number, data.words, version=data.version, clock=clock)
        elif data.act == Act.RECOVER.value:
            people, fen = typed_count(data.people, what="涉及人数"), typed_fen(data.yuan)
            await acts.recover_money(actor, number, data.words, people=people, fen=fen, version=data.version, clock=clock)
        else:
            raise RectificationRefused("请选择暂缓拨付或提出追回。")

    return await _done(request, number, msgspec.to_builtins(data), data.idempotency_key, act)


def rectification_act_pages() -> Router:
    """The forms of this file."""
    return Router("/", route_handlers=[answer_act, asker_act, confirm_act, money_act])
