"""Pages of reviewing: the queue in three lanes, decisions on several claims, acts and words on one, exceptions, appeals."""

from collections.abc import Awaitable, Sequence
from datetime import date
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, MultipartBody, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.kit.actor import may
from training_admin.kit.money import yuan
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import day, moment
from training_admin.office.idempotency import under_key
from training_admin.subsidy import appeals, handling
from training_admin.subsidy.asked import items_of
from training_admin.subsidy.determination import LineWord
from training_admin.subsidy.handling import RowsSpoken, rows_of
from training_admin.subsidy.pages import shown_claim
from training_admin.subsidy.queue import ChosenClaim, CountDoubts, Done, QueueFilter, QueueRow, decide_several, queue_of
from training_admin.subsidy.review_facts import BATCH_ACTS, LANE_WORDS, OFFICE_ACTS, PASS_UNOPENED
from training_admin.subsidy.review_screen import REVIEW_WORDS, common_opinions
from training_admin.subsidy.review_states import ACT_WORDS, NEEDS_MINUTES, RIGHT_OF, STATE_WORDS, Act
from training_admin.subsidy.reviewing import ReviewRefused, act_on_claim
from training_admin.web import StateQuery, clock_of, csv_download, current_actor, page, row_cursor, several

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
SHOWN, MOST_EXPORTED = 50, 2000
QUEUE_HEADER = (
    *("分类", "申报编号", "企业", "统一社会信用代码", "年度", "状态", "期限", "剩余工作日", "待比对", "暂缓", "不予补贴", "提示"),
    *("单元格", "支付控制", "应发（元）", "正在办理", "街镇"),
)
EXCEPTION_HEADER = ("申报编号", "企业", "状态", "行", "规则", "理由", "有效期至", "办理人", "办理时间", "是否有效")
APPEAL_HEADER = ("编号", "申报编号", "企业", "理由", "申请人", "申请时间", "答复期限", "状态", "答复", "答复人", "答复时间")


class ActForm(msgspec.Struct, frozen=True):
    """An act on one claim over the version that was shown; `asked` is what a return asks for, one thing a line."""

    act: str = ""
    version: int = 0
    opinion: str = ""
    minutes: str = ""
    asked: str = ""


class WordForm(msgspec.Struct, frozen=True):
    """A word on rows; `scope` holds the rows of a class or of all where no rows are written."""

    rows: str = ""
    scope: str = ""
    word: str = ""
    rule: str = ""
    reason: str = ""
    expires_on: str = ""
    version: int = 0
    paper: UploadFile | None = None


class NoteForm(msgspec.Struct, frozen=True):
    """An internal note or a logged call."""

    kind: str = ""
    words: str = ""
    idempotency_key: str = ""


class HandForm(msgspec.Struct, frozen=True):
    """Taking a claim into one's hands, also from somebody else."""

    over: bool = False


class BatchForm(msgspec.Struct, frozen=True):
    """Several claims, each as number:version, and what is done with them."""

    chosen: list[str] | str = ""
    act: str = ""
    opinion: str = ""
    minutes: str = ""


class AppealAnswerForm(msgspec.Struct, frozen=True):
    """The answer to an appeal."""

    appeal: str = ""
    uphold: bool = False
    answer: str = ""


def chosen_act(text: str) -> Act:
    """An act that a person of the office does; raises ReviewRefused."""
    found = next((act for act in OFFICE_ACTS if act.value == text), None)
    if found is None:
        raise ReviewRefused("请选择要办理的事项。")
    return found


def chosen_claims(sent: Sequence[str]) -> list[ChosenClaim]:
    """The claims chosen on the queue; what cannot be read is left out."""
    pairs = (each.rpartition(":") for each in sent)
    return [ChosenClaim(number, int(version)) for number, _, version in pairs if version.isascii() and version.isdecimal() and number]


async def done(request: Asked, number: str, act: Awaitable[object]) -> Template | Redirect:
    """Do an act and show the claim again, with the refusal on top where it was refused."""
    try:
        await act
    except NotFound:
        raise
    except Refusal as refusal:
        return await shown_claim(request, number, refusal=refusal)
    return Redirect(f"/claims/{number}#review", status_code=SEE_OTHER)


def doubts_of(request: Asked) -> CountDoubts:
    """Who counts the doubts of claims; handed in by the application."""
    doubts: CountDoubts = request.app.state.open_doubts
    return doubts


async def _queue(
    request: Asked, wanted: QueueFilter, *, after: int, refusal: Refusal | None = None, answers: Sequence[Done] = ()
) -> Template:
    actor = current_actor(request)
    return page(
        "review/queue.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        queue=await queue_of(actor, wanted, after=after, limit=SHOWN, doubts=doubts_of(request), clock=clock_of(request)),
        wanted=wanted,
        after=after,
        shown=SHOWN,
        answers=answers,
        batch_acts=[(act, ACT_WORDS[act], act in NEEDS_MINUTES) for act in BATCH_ACTS if may(actor, RIGHT_OF[act])],
        opinions=common_opinions(),
        pass_unopened=PASS_UNOPENED,
        **REVIEW_WORDS,
    )


@get("/review", include_in_schema=False, right=Right.CLAIM_HANDLE)
async def queue_page(
    request: Asked,
    lane: FromQuery[str] = "",
    in_state: StateQuery = "",
    wanted: FromQuery[str] = "",
    overdue: FromQuery[bool] = False,
    cursor: FromQuery[str | None] = None,
) -> Template:
    return await _queue(request, QueueFilter(lane, in_state, wanted, overdue), after=row_cursor(cursor))


@get("/review.csv", include_in_schema=False, right=Right.CLAIM_HANDLE)
async def queue_csv(
    request: Asked,
    lane: FromQuery[str] = "",
    in_state: StateQuery = "",
    wanted: FromQuery[str] = "",
    overdue: FromQuery[bool] = False,
) -> Response[bytes]:
    found = await queue_of(
        current_actor(request),
        QueueFilter(lane, in_state, wanted, overdue),
        after=0,
        limit=MOST_EXPORTED,
        doubts=doubts_of(request),
        clock=clock_of(request),
    )
    return csv_download(QUEUE_HEADER, (_queue_cells(row) for row in found.rows), filename="审核待办.csv")


def _queue_cells(row: QueueRow) -> tuple[object, ...]:
    claim, risk = row.queued.claim, row.queued.risk
    payable = "" if row.queued.payable_fen is None else yuan(row.queued.payable_fen)
    return (
        *(LANE_WORDS[row.lane], claim.number, claim.enterprise_name, claim.uscc, claim.claim_year, STATE_WORDS[claim.state]),
        *("" if row.due_on is None else day(row.due_on), row.days_left, risk.unknown, risk.holding, risk.refusing, risk.warning),
        *(risk.cells, risk.holds, payable, row.worked_by, claim.street),
    )


@post("/review/batch", include_in_schema=False, status_code=200, right=Right.CLAIM_HANDLE)
async def batch_act(request: Asked, data: URLEncodedBody[BatchForm]) -> Template:
    """The queue again, with what came of each claim on top."""
    try:
        chosen = chosen_claims(several(data.chosen))
        act = chosen_act(data.act)
        answers = await decide_several(
            current_actor(request),
            chosen,
            act,
            opinion=data.opinion,
            minutes=data.minutes,
            clock=clock_of(request),
            doubts=doubts_of(request),
        )
    except Refusal as refusal:
        return await _queue(request, QueueFilter(), after=0, refusal=refusal)
    return await _queue(request, QueueFilter(), after=0, answers=answers)


@get("/review/exceptions", include_in_schema=False, right=Right.CLAIM_HANDLE)
async def exceptions_page(request: Asked) -> Template:
    found = await handling.list_exceptions(current_actor(request))
    return page("review/exceptions.html", found=found, today=clock_of(request).today(), **REVIEW_WORDS)


@get("/review/exceptions.csv", include_in_schema=False, right=Right.CLAIM_HANDLE)
async def exceptions_csv(request: Asked) -> Response[bytes]:
    today = clock_of(request).today()
    rows = (
        (
            *(each.number, each.enterprise_name, STATE_WORDS[each.state], each.row, each.rule, each.reason, day(each.expires_on)),
            *(each.decider, moment(each.decided_at), "有效" if each.newest and today <= each.expires_on else "已失效"),
        )
        for each in await handling.list_exceptions(current_actor(request))
    )
    return csv_download(EXCEPTION_HEADER, rows, filename="例外通过清单.csv")


@get("/review/appeals", include_in_schema=False, right=Right.APPEAL_DECIDE)
async def appeals_page(request: Asked) -> Template:
    found = await appeals.list_appeals(current_actor(request))
    return page("review/appeals.html", found=found, today=clock_of(request).today(), **REVIEW_WORDS)


@get("/review/appeals.csv", include_in_schema=False, right=Right.APPEAL_DECIDE)
async def appeals_csv(request: Asked) -> Response[bytes]:
    rows = (
        (
            *(each.number, each.claim, each.enterprise_name, each.words, each.asker, moment(each.asked_at)),
            *("" if each.decide_by is None else day(each.decide_by), appeals.STATE_OF_APPEAL[each.state], each.answer),
            *(each.decider, "" if each.decided_at is None else moment(each.decided_at)),
        )
        for each in await appeals.list_appeals(current_actor(request))
    )
    return csv_download(APPEAL_HEADER, rows, filename="复核申请.csv")


@post("/claims/{number:str}/hand", include_in_schema=False, right=Right.CLAIM_HANDLE)
async def hand_act(request: Asked, number: FromPath[str], data: URLEncodedBody[HandForm]) -> Template | Redirect:
    return await done(request, number, handling.take_claim(current_actor(request), number, over=data.over, clock=clock_of(request)))


@post("/claims/{number:str}/acts", include_in_schema=False, right=Right.CLAIM_HANDLE)
async def claim_act(request: Asked, number: FromPath[str], data: URLEncodedBody[ActForm]) -> Template | Redirect:
    return await done(request, number, _act(request, number, data))


async def _act(request: Asked, number: str, data: ActForm) -> None:
    act = chosen_act(data.act)
    asked = items_of(data.asked) if act is Act.RETURN else ()
    await act_on_claim(
        current_actor(request),
        number,
        act,
        version=data.version,
        opinion=data.opinion,
        minutes=data.minutes,
        asked=asked,
        clock=clock_of(request),
    )


@post("/claims/{number:str}/words", include_in_schema=False, right=Right.CLAIM_HANDLE)
async def word_act(request: Asked, number: FromPath[str], data: MultipartBody[WordForm]) -> Template | Redirect:
    return await done(request, number, _speak(request, number, data))


async def _speak(request: Asked, number: str, data: WordForm) -> None:
    word = next((each for each in LineWord if each.value == data.word), None)
    if word is None:
        raise ReviewRefused("请选择对人员的处理：剔除、暂缓、人工佐证、例外通过或取消此前的意见。")
    try:
        expires_on = date.fromisoformat(data.expires_on.strip()) if data.expires_on.strip() else None
    except ValueError:
        raise ReviewRefused("有效期请按 2026-12-31 的写法填写。") from None
    spoken = RowsSpoken(
        rows=rows_of(data.rows.strip() or data.scope),
        word=word,
        rule=data.rule.strip().upper(),
        reason=data.reason,
        expires_on=expires_on,
        paper=b"" if data.paper is None else await data.paper.read(),
    )
    await handling.speak_on_rows(current_actor(request), number, spoken, version=data.version, clock=clock_of(request))


@post("/claims/{number:str}/notes", include_in_schema=False, right=Right.CLAIM_HANDLE)
async def note_act(request: Asked, number: FromPath[str], data: URLEncodedBody[NoteForm]) -> Template | Redirect:
    return await done(request, number, _note(request, number, data))


async def _note(request: Asked, number: str, data: NoteForm) -> None:
    with under_key(data.idempotency_key, [request.url.path, msgspec.to_builtins(data)]):
        await handling.write_note(current_actor(request), number, kind=data.kind, words=data.words, clock=clock_of(request))


@post("/claims/{number:str}/appeals/answer", include_in_schema=False, right=Right.APPEAL_DECIDE)
async def appeal_answer_act(request: Asked, number: FromPath[str], data: URLEncodedBody[AppealAnswerForm]) -> Template | Redirect:
    act = appeals.decide_appeal(
        current_actor(request), number, data.appeal, uphold=data.uphold, answer=data.answer, clock=clock_of(request)
    )
    return await done(request, number, act)


def review_pages() -> Router:
    """The pages of this file."""
    handlers: list[Any] = [queue_page, queue_csv, batch_act, exceptions_page, exceptions_csv, appeals_page, appeals_csv]
    return Router("/", route_handlers=[*handlers, hand_act, claim_act, word_act, note_act, appeal_answer_act])
