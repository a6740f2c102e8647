"""The JSON API of 审计整改台账: list, one with its history, ask, answer, decide, hold and recover."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from training_admin.audit import rectification_acts as acts
from training_admin.audit import rectifying
from training_admin.audit.doubt_api import WordQuery
from training_admin.audit.rectification_acts import Attached
from training_admin.audit.rectification_origins import RectificationRefused
from training_admin.audit.rectification_pages import Asked, chosen_of, source_of
from training_admin.audit.rectification_papers import state_words
from training_admin.audit.rectification_states import ENDING_OF, Act
from training_admin.audit.rectification_store import Rectification
from training_admin.audit.rectifying import AskedFor, ask_rectification
from training_admin.kit.rights import Right
from training_admin.office.idempotency import under_key
from training_admin.office.request_keys import KeyIfAny
from training_admin.web import StateQuery, clock_of, current_actor, page_size, problems, row_cursor, shanghai_iso

TAGS = ["整改"]
KEY_WORDS = "可写入请求头 Idempotency-Key；同一编号重复提交只办理一次。"
REFUSALS = problems(400, 404, 409, 422)
Fen = Annotated[int, msgspec.Meta(ge=0, le=10**14)]


class EntryAnswer(msgspec.Struct, frozen=True):
    """An entry of the register; `ending` closed, referred or withdrawn once it has ended."""

    number: str
    source: str
    origin: str
    organisation: str
    organisation_name: str
    class_no: str
    case_no: str
    amount_fen: int
    severity: str
    problem: str
    evidence: str
    measure: str
    asked_at: str
    deadline: date
    deadline_basis: str
    overdue: bool
    state: str
    state_words: str
    ending: str | None
    reply: str
    replied_at: str | None
    holds_money: bool
    recovery: str
    ended_at: str | None
    version: int


class EntriesPage(msgspec.Struct, frozen=True):
    """A page of the register and the cursor of the next one."""

    items: tuple[EntryAnswer, ...]
    next_cursor: str | None


class ActAnswer(msgspec.Struct, frozen=True):
    """One act of the history."""

    place: int
    act: str
    words: str
    deadline: date | None
    doer: str
    done_at: str


class PaperAnswer(msgspec.Struct, frozen=True):
    """A paper of an answer; `act` is the place of the answer in the history."""

    act: int
    title: str
    media_type: str
    size: int
    sha256: str


class EntryDetail(msgspec.Struct, frozen=True):
    """An entry with its history and papers; `possible` are the acts that fit where it stands."""

    entry: EntryAnswer
    history: tuple[ActAnswer, ...]
    papers: tuple[PaperAnswer, ...]
    workdays_left: int | None
    accept_by: date | None
    possible: tuple[str, ...]


class AskBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked: `source` doubt, visit, evidence or entered; `origin` its number. Without `deadline` it follows from the figure."""

    source: str
    measure: str
    origin: str = ""
    organisation: str = ""
    class_no: str = ""
    case_no: str = ""
    amount_fen: Fen = 0
    severity: str = ""
    problem: str = ""
    evidence: str = ""
    deadline: date | None = None


class FileBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A paper: `content` in base64."""

    content: bytes
    title: str = ""


class AnswerBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was done, with papers, over the version that was read (0: whatever it is)."""

    words: str
    files: tuple[FileBody, ...] = ()
    version: int = 0


class ActBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`send_back` and `extend` with a new deadline, `close`, `refer` or `withdraw`; over the version that was read."""

    act: str
    words: str
    deadline: date | None = None
    version: int = 0


class ConfirmBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the second person agrees to the proposed ending; if not, why, and a new deadline."""

    agree: bool
    words: str = ""
    deadline: date | None = None
    version: int = 0


class HoldBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the claim's money is held."""

    words: str
    version: int = 0


class RecoverBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much is to be returned, in fen, for how many people, and why."""

    amount_fen: Fen
    people: int
    words: str
    version: int = 0


def _entry(each: Rectification, today: date) -> EntryAnswer:
    return EntryAnswer(
        *(each.number, each.source.value, each.origin, each.organisation, each.organisation_name, each.class_no, each.case_no),
        *(each.amount_fen, each.severity, each.problem, each.evidence, each.measure, shanghai_iso(each.asked_at), each.deadline),
        *(each.deadline_basis, each.overdue(today), each.state.value, state_words(each)),
        *(None if each.ending is None else each.ending.value, each.reply),
        None if each.replied_at is None else shanghai_iso(each.replied_at),
        each.held,
        each.recovery,
        None if each.ended_at is None else shanghai_iso(each.ended_at),
        each.version,
    )


async def _detail(request: Asked, number: str) -> EntryDetail:
    clock = clock_of(request)
    found = await rectifying.show_rectification(current_actor(request), number, clock=clock)
    places = {each.id: each.place for each in found.history}
    return EntryDetail(
        _entry(found.entry, clock.today()),
        tuple(
            ActAnswer(each.place, each.act.value, each.words, each.deadline, each.doer, shanghai_iso(each.done_at))
            for each in found.history
        ),
        tuple(PaperAnswer(places[each.act], each.title, each.media_type, each.size, each.sha256) for each in found.papers),
        *(found.left, found.accept_by, tuple(sorted(each.value for each in found.acts))),
    )


async def _once(request: Asked, number: str, key: str | None, data: msgspec.Struct, act: Callable[[], Awaitable[object]]) -> EntryDetail:
    """Find the entry, act once under the key, and tell where it stands."""
    await _detail(request, number)
    with under_key(key or "", [request.url.path, msgspec.to_builtins(data)]):
        await act()
    return await _detail(request, number)


@get(
    "/rectifications",
    operation_id="list_rectifications",
    summary="审计整改台账",
    tags=TAGS,
    responses=problems(400),
    right=Right.RECTIFICATION_READ,
)
async def get_register(
    request: Asked,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
    in_state: StateQuery = "",
    severity: WordQuery = "",
    wanted: WordQuery = "",
    overdue: FromQuery[bool] = False,
) -> EntriesPage:
    after, most, clock = row_cursor(cursor), page_size(limit), clock_of(request)
    chosen = chosen_of(in_state, severity, wanted, "yes" if overdue else "", clock)
    found, _ = await rectifying.list_rectifications(current_actor(request), chosen, after=after, most=most + 1, clock=clock)
    items = tuple(_entry(each, clock.today()) for each in found[:most])
    return EntriesPage(items, str(after + most) if len(found) > most else None)


@get(
    "/rectifications/{number:str}",
    operation_id="get_rectification",
    summary="一项整改",
    tags=TAGS,
    responses=problems(400, 404),
    right=Right.RECTIFICATION_READ,
)
async def get_one(request: Asked, number: FromPath[str]) -> EntryDetail:
    return await _detail(request, number)


@post(
    "/rectifications",
    operation_id="ask_rectification",
    summary="发出整改要求",
    description=f"疑点须已认定属实，检查记录须为不合格。{KEY_WORDS}",
    tags=TAGS,
    status_code=201,
    responses=REFUSALS,
    right=Right.RECTIFICATION_ASK,
)
async def post_entry(request: Asked, data: JSONBody[AskBody], key: KeyIfAny = None) -> EntryDetail:
    asked = AskedFor(**{**msgspec.structs.asdict(data), "source": source_of(data.source)})
    with under_key(key or "", [request.url.path, msgspec.to_builtins(data)]):
        number = await ask_rectification(current_actor(request), asked, clock=clock_of(request))
    return await _detail(request, number)


@post(
    "/rectifications/{number:str}/answers",
    operation_id="answer_rectification",
    summary="答复整改要求",
    description=f"附件以 base64 给出，整个请求不超过 10 MB；更多附件请在网页上传。{KEY_WORDS}",
    tags=TAGS,
    status_code=200,
    responses=problems(400, 404, 409, 413, 422),
    right=Right.RECTIFICATION_ANSWER,
)
async def post_answer(request: Asked, number: FromPath[str], data: JSONBody[AnswerBody], key: KeyIfAny = None) -> EntryDetail:
    files = [Attached(each.title, each.content) for each in data.files]

    async def act() -> None:
        await acts.answer_rectification(
            current_actor(request), number, data.words, files=files, version=data.version, clock=clock_of(request)
        )

    return await _once(request, number, key, data, act)


@post(
    "/rectifications/{number:str}/acts",
    operation_id="act_on_rectification",
    summary="退回、调整期限、验收、移送或撤销整改",
    description=f"涉及资金或严重度为阻断、高的，验收、移送和撤销须由另一人复核（confirmations）。{KEY_WORDS}",
    tags=TAGS,
    status_code=200,
    responses=REFUSALS,
    right=Right.RECTIFICATION_ASK,
)
async def post_act(request: Asked, number: FromPath[str], data: JSONBody[ActBody], key: KeyIfAny = None) -> EntryDetail:
    actor, clock = current_actor(request), clock_of(request)

    async def act() -> None:
        if data.act in {each.value for each in ENDING_OF}:
            await acts.end_rectification(actor, number, Act(data.act), data.words, version=data.version, clock=clock)
        elif data.act in {Act.SEND_BACK.value, Act.EXTEND.value}:
            if data.deadline is None:
                raise RectificationRefused("请在 deadline 中给出新的整改期限。")
            move = acts.send_back if data.act == Act.SEND_BACK.value else acts.extend
            await move(actor, number, data.words, deadline=data.deadline, version=data.version, clock=clock)
        else:
            raise RectificationRefused("act 应为 send_back、extend、close、refer 或 withdraw。")

    return await _once(request, number, key, data, act)


@post(
    "/rectifications/{number:str}/confirmations",
    operation_id="confirm_rectification",
    summary="复核整改办结",
    description=f"由提出办结以外的另一人办理；同意后解除本项整改的暂缓拨付。{KEY_WORDS}",
    tags=TAGS,
    status_code=200,
    responses=problems(400, 403, 404, 409, 422),
    right=Right.RECTIFICATION_CONFIRM,
)
async def post_confirmation(request: Asked, number: FromPath[str], data: JSONBody[ConfirmBody], key: KeyIfAny = None) -> EntryDetail:
    async def act() -> None:
        await acts.confirm_end(
            current_actor(request),
            number,
            agree=data.agree,
            words=data.words,
            deadline=data.deadline,
            version=data.version,
            clock=clock_of(request),
        )

    return await _once(request, number, key, data, act)


@post(
    "/rectifications/{number:str}/holds",
    operation_id="hold_for_rectification",
    summary="因整改暂缓拨付",
    description=KEY_WORDS,
    tags=TAGS,
    status_code=200,
    responses=REFUSALS,
    right=Right.RECTIFICATION_ASK,
)
async def post_hold(request: Asked, number: FromPath[str], data: JSONBody[HoldBody], key: KeyIfAny = None) -> EntryDetail:
    async def act() -> None:
        await acts.hold_money(current_actor(request), number, data.words, version=data.version, clock=clock_of(request))

    return await _once(request, number, key, data, act)


@post(
    "/rectifications/{number:str}/recoveries",
    operation_id="recover_for_rectification",
    summary="因整改提出追回",
    description=f"追回由另一人决定。{KEY_WORDS}",
    tags=TAGS,
    status_code=200,
    responses=REFUSALS,
    right=Right.RECTIFICATION_ASK,
)
async def post_recovery(request: Asked, number: FromPath[str], data: JSONBody[RecoverBody], key: KeyIfAny = None) -> EntryDetail:
    async def act() -> None:
        await acts.recover_money(
            current_actor(request),
            number,
            data.words,
            people=data.people,
            fen=data.amount_fen,
            version=data.version,
            clock=clock_of(request),
        )

    return await _once(request, number, key, data, act)


def rectification_api() -> Router:
    """The operations of this file."""
    return Router(
        "/",
        route_handlers=[get_register, get_one, post_entry, post_answer, post_act, post_confirmation, post_hold, post_recovery],
    )
