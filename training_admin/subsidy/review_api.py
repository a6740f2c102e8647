"""The JSON API of reviewing: my queue, the timeline, acts and words over the version that was read (ETag, If-Match)."""

import re
from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody

from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.office.request_keys import KeyIfAny, under_header
from training_admin.subsidy import appeals, claims, handling
from training_admin.subsidy.determination import LineWord
from training_admin.subsidy.handling import RowsSpoken, WordNotNow
from training_admin.subsidy.queue import QueueFilter, queue_of
from training_admin.subsidy.review_pages import chosen_act
from training_admin.subsidy.review_screen import ReviewShown, show_review
from training_admin.subsidy.review_states import ACT_WORDS, STATE_WORDS, Act
from training_admin.subsidy.reviewing import ClaimMoved, act_on_claim
from training_admin.subsidy.schemas import Amount, optional_amount
from training_admin.web import StateQuery, clock_of, current_actor, page_size, problems, row_cursor, shanghai_iso

Asked = Request[Any, Any, Any]
REVIEW = ["审核"]
_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match")]


class VersionStale(Refusal):
    """Somebody has moved the claim since it was read."""

    status = 412
    code = "version-stale"
    title = "申报已有新的办理"


class VersionRequired(Refusal):
    """An act without If-Match would be an act on something unseen."""

    status = 428
    code = "version-required"
    title = "缺少版本"


class QueueItem(msgspec.Struct, frozen=True):
    """One claim that waits; `days_left` are working days, below zero when overdue, null without calendar."""

    number: str
    enterprise_name: str
    uscc: str
    claim_year: int
    state: str
    state_words: str
    lane: str
    version: int
    due_on: date | None
    days_left: int | None
    unknown: int
    holding: int
    refusing: int
    warning: int
    cells: int
    holds: int
    payable: Amount | None
    worked_by: str
    opened: bool


class QueuePage(msgspec.Struct, frozen=True):
    """A page of the queue in the order of work, and how many wait in each lane; `next_cursor` is null on the last one."""

    claims: tuple[QueueItem, ...]
    lanes: dict[str, int]
    total: int
    overdue: int
    next_cursor: str | None


class StepAnswer(msgspec.Struct, frozen=True):
    """One step of the timeline; `asked` lists what a return for mending asks for."""

    place: int
    act: str
    act_words: str
    from_state: str
    to_state: str
    doer: str
    done_at: str
    due_on: date | None
    opinion: str
    minutes: str
    asked: tuple[str, ...]


class RowWord(msgspec.Struct, frozen=True):
    """The newest word on a row."""

    row: int
    word: str
    rule: str
    reason: str
    expires_on: date | None
    decider: str


class TimelineAnswer(msgspec.Struct, frozen=True):
    """The review of a claim: where it stands, what was done, what was said of rows, what the reader may do now."""

    number: str
    state: str
    state_words: str
    version: int
    due_on: date | None
    days_left: int | None
    steps: tuple[StepAnswer, ...]
    words: tuple[RowWord, ...]
    acts: tuple[str, ...]
    determined: Amount | None


class ActOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An act of the office; `asked` is what a return asks for."""

    act: str
    opinion: str = ""
    minutes: str = ""
    asked: tuple[str, ...] = ()


class WordOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A word on rows: refuse, hold, evidence, override or cleared."""

    rows: tuple[int, ...]
    word: LineWord
    rule: str = ""
    reason: str = ""
    expires_on: date | None = None


class WithdrawOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a claim is withdrawn; may be left empty."""

    opinion: str = ""


class AppealOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a decision is to be looked at again."""

    words: str


class ActAnswer(msgspec.Struct, frozen=True):
    """The state and version of a claim after an act."""

    number: str
    state: str
    state_words: str
    version: int


class AppealAnswer(msgspec.Struct, frozen=True):
    """The number of a new appeal."""

    number: str


def version_of(if_match: str | None) -> int:
    """The version a request speaks of; raises VersionRequired, VersionStale for what was never given out."""
    if not if_match:
        raise VersionRequired("请先读取申报的办理过程，把答复头 ETag 的值放进请求头 If-Match 后再办理。")
    found = _ETAG.fullmatch(if_match.strip())
    if found is None:
        raise VersionStale("If-Match 的值不是本接口给出的 ETag，请重新读取后再办理。")
    return int(found[1])


@get(
    "/review",
    operation_id="list_review_queue",
    summary="我的审核待办",
    description="按超期、疑点、期限排序；可按分类（lane：doubted、warned、passed）、环节（state）、编号或企业（wanted）筛选。",
    tags=REVIEW,
    responses=problems(400),
    right=Right.CLAIM_HANDLE,
)
async def list_review_queue(
    request: Asked,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
    lane: FromQuery[str] = "",
    in_state: StateQuery = "",
    wanted: FromQuery[str] = "",
    overdue: FromQuery[bool] = False,
) -> QueuePage:
    found = await queue_of(
        current_actor(request),
        QueueFilter(lane, in_state, wanted, overdue),
        after=row_cursor(cursor),
        limit=page_size(limit),
        doubts=request.app.state.open_doubts,
        clock=clock_of(request),
    )
    items = []
    for row in found.rows:
        claim, risk = row.queued.claim, row.queued.risk
        items.append(
            QueueItem(
                *(claim.number, claim.enterprise_name, claim.uscc, claim.claim_year, claim.state.value, STATE_WORDS[claim.state]),
                *(row.lane.value, claim.version, row.due_on, row.days_left),
                *(risk.unknown, risk.holding, risk.refusing, risk.warning, risk.cells, risk.holds),
                *(optional_amount(row.queued.payable_fen), row.worked_by, row.queued.opened),
            )
        )
    lanes = {lane.value: count for lane, count in found.lanes.items()}
    return QueuePage(tuple(items), lanes, found.total, found.overdue, None if found.following is None else str(found.following))


@get(
    "/claims/{number:str}/timeline",
    operation_id="get_claim_timeline",
    summary="申报的办理过程",
    description="ETag 为申报的版本，办理时放进 If-Match。",
    tags=REVIEW,
    responses=problems(404),
    right=Right.CLAIM_READ,
)
async def get_claim_timeline(request: Asked, number: FromPath[str]) -> Response[TimelineAnswer]:
    actor = current_actor(request)
    shown = await show_review(actor, await claims.claim_detail(actor, number), clock=clock_of(request))
    return Response(_timeline(shown), headers={"etag": f'"{shown.claim.version}"'})


def _timeline(shown: ReviewShown) -> TimelineAnswer:
    steps = tuple(
        StepAnswer(
            *(each.place, each.act.value, ACT_WORDS[each.act], each.from_state.value, each.to_state.value, each.doer),
            *(shanghai_iso(each.done_at), each.due_on, each.opinion, each.minutes),
            tuple(str(one) for one in each.detail.get("asked", ())),
        )
        for each in shown.steps
    )
    return TimelineAnswer(
        number=shown.claim.number,
        state=shown.claim.state.value,
        state_words=STATE_WORDS[shown.claim.state],
        version=shown.claim.version,
        due_on=None if shown.clock is None else shown.clock.due_on,
        days_left=None if shown.clock is None else shown.clock.days_left,
        steps=steps,
        words=tuple(RowWord(each.row, each.word.value, each.rule, each.reason, each.expires_on, each.decider) for each in shown.words),
        acts=() if shown.office is None else tuple(each.act.value for each in shown.office.acts if not each.blocked),
        determined=None if shown.found is None else optional_amount(shown.found.fen),
    )


@post(
    "/claims/{number:str}/acts",
    operation_id="act_on_claim",
    summary="办理一份申报",
    description="受理、不予受理、一次性补正、初审、复审、退回初审、提请会审、审定、不予补贴；If-Match 必填。",
    tags=REVIEW,
    status_code=200,
    responses=problems(400, 404, 409, 412, 422, 428),
    right=Right.CLAIM_HANDLE,
)
async def act_on_one_claim(
    request: Asked, number: FromPath[str], data: JSONBody[ActOrder], if_match: IfMatch = None
) -> Response[ActAnswer]:
    return await _acted(request, number, chosen_act(data.act), if_match, data)


@post(
    "/claims/{number:str}/withdrawal",
    operation_id="withdraw_claim",
    summary="撤回申报",
    tags=REVIEW,
    status_code=200,
    responses=problems(400, 404, 409, 412, 422, 428),
    right=Right.CLAIM_SUBMIT,
)
async def withdraw_claim(
    request: Asked, number: FromPath[str], data: JSONBody[WithdrawOrder], if_match: IfMatch = None
) -> Response[ActAnswer]:
    return await _acted(request, number, Act.WITHDRAW, if_match, ActOrder(Act.WITHDRAW.value, data.opinion))


async def _acted(request: Asked, number: str, act: Act, if_match: str | None, order: ActOrder) -> Response[ActAnswer]:
    version = version_of(if_match)
    asked = order.asked if act is Act.RETURN else ()
    try:
        state = await act_on_claim(
            current_actor(request),
            number,
            act,
            version=version,
            opinion=order.opinion,
            minutes=order.minutes,
            asked=asked,
            clock=clock_of(request),
        )
    except ClaimMoved as moved:
        raise VersionStale(moved.sentence) from None
    after = version + 1
    return Response(ActAnswer(number, state.value, STATE_WORDS[state], after), headers={"etag": f'"{after}"'})


@post(
    "/claims/{number:str}/words",
    operation_id="speak_on_claim_rows",
    summary="对个别人员标注意见",
    description="剔除（refuse）、暂缓（hold）、人工佐证（evidence）、例外通过（override）、取消（cleared）；If-Match 必填。",
    tags=REVIEW,
    status_code=200,
    responses=problems(400, 404, 409, 412, 422, 428),
    right=Right.CLAIM_HANDLE,
)
async def speak_on_claim_rows(request: Asked, number: FromPath[str], data: JSONBody[WordOrder], if_match: IfMatch = None) -> dict[str, int]:
    spoken = RowsSpoken(rows=data.rows, word=data.word, rule=data.rule, reason=data.reason, expires_on=data.expires_on)
    try:
        count = await handling.speak_on_rows(current_actor(request), number, spoken, version=version_of(if_match), clock=clock_of(request))
    except WordNotNow as refusal:
        if refusal.extra.get("stale"):
            raise VersionStale(refusal.sentence) from None
        raise
    return {"rows": count}


@post(
    "/claims/{number:str}/appeals",
    operation_id="make_claim_appeal",
    summary="申请复核",
    description="一份申报同时只有一件在办的复核申请，因此重复发送不会产生第二件。"
    "可写入请求头 Idempotency-Key：同一编号重复提交得到同一答复。",
    tags=REVIEW,
    status_code=201,
    responses=problems(400, 404, 409, 422),
    right=Right.CLAIM_SUBMIT,
)
async def make_claim_appeal(request: Asked, number: FromPath[str], data: JSONBody[AppealOrder], key: KeyIfAny = None) -> AppealAnswer:
    actor = current_actor(request)
    await claims.claim_detail(actor, number)
    with under_header(request, key or "", data):
        return AppealAnswer(await appeals.make_appeal(actor, number, data.words, clock=clock_of(request)))


def review_api() -> Router:
    """The operations of this file."""
    handlers: list[Any] = [list_review_queue, get_claim_timeline, act_on_one_claim, withdraw_claim, speak_on_claim_rows, make_claim_appeal]
    return Router("/", route_handlers=handlers)
