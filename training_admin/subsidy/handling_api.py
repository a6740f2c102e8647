"""What reviewers do over the API beside acting on one claim: several at once, taking in hand, notes, exceptions, appeals."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from training_admin.kit.rights import Right
from training_admin.office.request_keys import KEY_WORDS, KeyHeader, under_header
from training_admin.subsidy import appeals, handling
from training_admin.subsidy.appeal_store import Appeal
from training_admin.subsidy.claims import claim_detail
from training_admin.subsidy.queue import MOST_AT_ONCE, ChosenClaim, decide_several
from training_admin.subsidy.review_api import REVIEW
from training_admin.subsidy.review_pages import chosen_act, doubts_of
from training_admin.subsidy.review_screen import common_opinions, show_review
from training_admin.subsidy.review_states import STATE_WORDS, ClaimState
from training_admin.web import clock_of, current_actor, list_page, problems, shanghai_iso

Asked = Request[Any, Any, Any]
REFUSALS = problems(400, 404, 409, 422)


class ChosenOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A claim over the version that was read."""

    number: str
    version: Annotated[int, msgspec.Meta(ge=0, le=10**9)]


class BatchOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One act on several claims."""

    claims: Annotated[tuple[ChosenOrder, ...], msgspec.Meta(max_length=MOST_AT_ONCE)]
    act: str
    opinion: str = ""
    minutes: str = ""


class BatchDone(msgspec.Struct, frozen=True):
    """What came of one claim: the state it is in now, or why it was not done."""

    number: str
    state: str | None
    state_words: str
    refused: str


class HandOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Taking a claim into one's hands, `over` from somebody else."""

    over: bool = False


class HandAnswer(msgspec.Struct, frozen=True):
    """A claim that is in the reader's hands: its state and version."""

    number: str
    state: str
    state_words: str
    version: int


class NoteOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An internal note (note) or a logged call (call)."""

    kind: str
    words: str


class NoteAnswer(msgspec.Struct, frozen=True):
    """A note or a call, as only the office reads it."""

    kind_words: str
    words: str
    writer: str
    written_at: str


class NotesAnswer(msgspec.Struct, frozen=True):
    """Every note of a claim."""

    notes: tuple[NoteAnswer, ...]


class ExceptionAnswer(msgspec.Struct, frozen=True):
    """An exception (例外通过) that was granted; `in_force` until its last day, as long as no newer word is said of the row."""

    number: str
    enterprise_name: str
    state_words: str
    row: int
    rule: str
    reason: str
    expires_on: date
    decider: str
    decided_at: str
    in_force: bool


class ExceptionsPage(msgspec.Struct, frozen=True):
    """A page of exceptions, newest first."""

    exceptions: tuple[ExceptionAnswer, ...]
    next_cursor: str | None


class AppealRow(msgspec.Struct, frozen=True):
    """A 复核申请 with its answer; `decide_by` is the last day for it."""

    number: str
    claim: str
    enterprise_name: str
    claim_state_words: str
    words: str
    asked_at: str
    decide_by: date | None
    state: str
    state_words: str
    answer: str
    decided_at: str | None


class AppealsPage(msgspec.Struct, frozen=True):
    """A page of appeals, waiting ones first."""

    appeals: tuple[AppealRow, ...]
    next_cursor: str | None


class AppealDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answer to an appeal: upheld, the decision is taken back and the claim reviewed again."""

    uphold: bool
    answer: str


class AppealDecided(msgspec.Struct, frozen=True):
    """The state of the claim after an appeal was answered."""

    number: str
    state: str
    state_words: str


@post(
    "/review/batch",
    operation_id="decide_several_claims",
    summary="批量办理",
    description=f"一次至多 {MOST_AT_ONCE} 份，逐份办理、逐份答复；每份须为本人打开查看后没有变动的版本，因此重复发送不会办理第二次。",
    tags=REVIEW,
    status_code=200,
    responses=problems(400, 422),
    right=Right.CLAIM_HANDLE,
)
async def post_batch(request: Asked, data: JSONBody[BatchOrder]) -> tuple[BatchDone, ...]:
    done = await decide_several(
        current_actor(request),
        [ChosenClaim(each.number, each.version) for each in data.claims],
        chosen_act(data.act),
        opinion=data.opinion,
        minutes=data.minutes,
        clock=clock_of(request),
        doubts=doubts_of(request),
    )
    return tuple(
        BatchDone(each.number, each.state and each.state.value, "" if each.state is None else STATE_WORDS[each.state], each.refused)
        for each in done
    )


@get(
    "/review/opinions",
    operation_id="list_common_opinions",
    summary="常用意见",
    tags=REVIEW,
    responses=problems(),
    sync_to_thread=False,
    right=Right.CLAIM_HANDLE,
)
def get_opinions() -> Mapping[str, tuple[str, ...]]:
    return common_opinions()


@get(
    "/review/exceptions",
    operation_id="list_exceptions",
    summary="例外通过清单",
    tags=REVIEW,
    responses=problems(400),
    right=Right.CLAIM_HANDLE,
)
async def get_exceptions(request: Asked, cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50) -> ExceptionsPage:
    today = clock_of(request).today()
    found, following = list_page(await handling.list_exceptions(current_actor(request)), cursor, limit)
    shown = (
        ExceptionAnswer(
            *(each.number, each.enterprise_name, STATE_WORDS[each.state], each.row, each.rule, each.reason, each.expires_on, each.decider),
            shanghai_iso(each.decided_at),
            each.newest and today <= each.expires_on,
        )
        for each in found
    )
    return ExceptionsPage(tuple(shown), following)


@post(
    "/claims/{number:str}/hand",
    operation_id="take_claim_in_hand",
    summary="打开办理",
    description=f"一刻钟内他人看到正在办理；打开后没有变动的申报可以批量办理。{KEY_WORDS}",
    tags=REVIEW,
    status_code=200,
    responses=REFUSALS,
    right=Right.CLAIM_HANDLE,
)
async def post_hand(request: Asked, number: FromPath[str], data: JSONBody[HandOrder], key: KeyHeader) -> HandAnswer:
    actor, clock = current_actor(request), clock_of(request)
    await claim_detail(actor, number)
    with under_header(request, key, data):
        await handling.take_claim(actor, number, over=data.over, clock=clock)
    claim = (await show_review(actor, await claim_detail(actor, number), clock=clock)).claim
    return HandAnswer(claim.number, claim.state.value, STATE_WORDS[claim.state], claim.version)


async def _notes(request: Asked, number: str) -> NotesAnswer:
    actor = current_actor(request)
    office = (await show_review(actor, await claim_detail(actor, number), clock=clock_of(request))).office
    notes = () if office is None else office.notes
    return NotesAnswer(tuple(NoteAnswer(each.kind, each.words, each.writer, shanghai_iso(each.written_at)) for each in notes))


@get(
    "/claims/{number:str}/notes",
    operation_id="list_claim_notes",
    summary="内部备注和电话记录",
    description="只供管理部门查看，申报单位看不到。",
    tags=REVIEW,
    responses=problems(404),
    right=Right.CLAIM_HANDLE,
)
async def get_notes(request: Asked, number: FromPath[str]) -> NotesAnswer:
    return await _notes(request, number)


@post(
    "/claims/{number:str}/notes",
    operation_id="write_claim_note",
    summary="写内部备注或电话记录",
    description=f"kind 为 note（备注）或 call（电话记录）。{KEY_WORDS}",
    tags=REVIEW,
    status_code=201,
    responses=REFUSALS,
    right=Right.CLAIM_HANDLE,
)
async def post_note(request: Asked, number: FromPath[str], data: JSONBody[NoteOrder], key: KeyHeader) -> NotesAnswer:
    await claim_detail(current_actor(request), number)
    with under_header(request, key, data):
        await handling.write_note(current_actor(request), number, kind=data.kind, words=data.words, clock=clock_of(request))
    return await _notes(request, number)


def _appeal(each: Appeal) -> AppealRow:
    return AppealRow(
        *(each.number, each.claim, each.enterprise_name, STATE_WORDS[each.claim_state], each.words, shanghai_iso(each.asked_at)),
        *(each.decide_by, each.state, appeals.STATE_OF_APPEAL[each.state], each.answer),
        None if each.decided_at is None else shanghai_iso(each.decided_at),
    )


@get(
    "/appeals",
    operation_id="list_appeals",
    summary="复核申请",
    tags=REVIEW,
    responses=problems(400),
    right=Right.APPEAL_DECIDE,
)
async def get_appeals(request: Asked, cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50) -> AppealsPage:
    found, following = list_page(await appeals.list_appeals(current_actor(request)), cursor, limit)
    return AppealsPage(tuple(_appeal(each) for each in found), following)


@post(
    "/claims/{number:str}/appeals/{appeal:str}/answer",
    operation_id="answer_claim_appeal",
    summary="答复复核申请",
    description=f"由未参与原决定的人员答复；成立的，原决定撤销、预算释放、重新审核。{KEY_WORDS}",
    tags=REVIEW,
    status_code=200,
    responses=REFUSALS,
    right=Right.APPEAL_DECIDE,
)
async def post_appeal_answer(
    request: Asked, number: FromPath[str], appeal: FromPath[str], data: JSONBody[AppealDecision], key: KeyHeader
) -> AppealDecided:
    actor = current_actor(request)
    if all((each.claim, each.number) != (number, appeal) for each in await appeals.list_appeals(actor)):
        raise appeals.AppealNotFound("没有找到这件复核申请，请核对申报编号和复核申请编号。")
    with under_header(request, key, data):
        state: ClaimState = await appeals.decide_appeal(
            actor, number, appeal, uphold=data.uphold, answer=data.answer, clock=clock_of(request)
        )
    return AppealDecided(number, state.value, STATE_WORDS[state])


def handling_api() -> Router:
    """The operations of this file."""
    handlers: list[Any] = [post_batch, get_opinions, get_exceptions, post_hand, get_notes, post_note, get_appeals, post_appeal_answer]
    return Router("/", route_handlers=handlers)
