"""The JSON API of doubts: list, one, decide."""

from datetime import date
from typing import Annotated

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from training_admin.audit.deciding import decide_doubt, doubt_shown, doubts_shown
from training_admin.audit.doubt_facts import holds_money
from training_admin.audit.doubt_pages import Asked
from training_admin.audit.doubt_store import DoubtFilter, StoredDoubt
from training_admin.kit.rights import Right
from training_admin.office.idempotency import under_key
from training_admin.office.request_keys import KeyIfAny
from training_admin.web import StateQuery, clock_of, current_actor, page_size, problems, row_cursor, shanghai_iso

DOUBTS = ["审计"]
WordQuery = Annotated[str, QueryParameter(max_length=60)]


class EvidenceItem(msgspec.Struct, frozen=True):
    """One field of the evidence."""

    field: str
    value: str


class DoubtAnswer(msgspec.Struct, frozen=True):
    """A doubt; `rows` are none where it concerns a class or a subject as a whole."""

    number: str
    rule: str
    title: str
    severity: str
    state: str
    kind: str
    subject: str
    organisation: str
    class_no: str
    rows: tuple[int, ...]
    amount_fen: int
    evidence: tuple[EvidenceItem, ...]
    against: str
    first_seen: str
    gone_at: str | None
    decision: str
    false_before: int
    holds_money: bool


class DoubtsPage(msgspec.Struct, frozen=True):
    """A page of doubts and the cursor of the next one."""

    items: tuple[DoubtAnswer, ...]
    next_cursor: str | None


class DecisionAnswer(msgspec.Struct, frozen=True):
    """What was decided about a doubt."""

    decision: str
    reason: str
    decider: str
    decided_at: str


class DoubtDetail(msgspec.Struct, frozen=True):
    """A doubt with every decision about it, oldest first."""

    doubt: DoubtAnswer
    decisions: tuple[DecisionAnswer, ...]


class DecisionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`confirmed` (属实) or `false` (误报) with a reason, over the decision that was read (`before`, empty for none)."""

    decision: str
    reason: str
    before: str = ""


def _answer(each: StoredDoubt) -> DoubtAnswer:
    return DoubtAnswer(
        *(each.number, each.rule, each.title, each.severity.name, each.state.value, each.kind.value, each.subject, each.organisation),
        *(each.class_no, each.rows, each.amount_fen, tuple(EvidenceItem(*pair) for pair in each.evidence), each.against),
        *(shanghai_iso(each.first_seen), None if each.gone_at is None else shanghai_iso(each.gone_at), each.decision),
        *(each.false_before, holds_money(each.severity, each.state)),
    )


@get("/doubts", operation_id="list_doubts", summary="审计疑点", tags=DOUBTS, responses=problems(400), right=Right.DOUBT_READ)
async def get_doubts(  # noqa: PLR0913, PLR0917 - the fields of the filter
    request: Asked,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
    in_state: StateQuery = "",
    severity: WordQuery = "",
    rule: WordQuery = "",
    wanted: WordQuery = "",
    start: FromQuery[date | None] = None,
    end: FromQuery[date | None] = None,
) -> DoubtsPage:
    after, most = row_cursor(cursor), page_size(limit)
    chosen = DoubtFilter(in_state, severity, rule, wanted, start, end)
    found, _counts = await doubts_shown(current_actor(request), chosen, after=after, most=most + 1)
    return DoubtsPage(tuple(map(_answer, found[:most])), str(after + most) if len(found) > most else None)


@get(
    "/doubts/{number:str}",
    operation_id="get_doubt",
    summary="一条审计疑点",
    tags=DOUBTS,
    responses=problems(400, 404),
    right=Right.DOUBT_READ,
)
async def get_doubt(request: Asked, number: FromPath[str]) -> DoubtDetail:
    return await _detail(request, number)


async def _detail(request: Asked, number: str) -> DoubtDetail:
    doubt, said = await doubt_shown(current_actor(request), number)
    decisions = (DecisionAnswer(each.decision.value, each.reason, each.decider, shanghai_iso(each.decided_at)) for each in said)
    return DoubtDetail(_answer(doubt), tuple(decisions))


@post(
    "/doubts/{number:str}/decisions",
    operation_id="decide_doubt",
    summary="作出疑点结论",
    description="属实（confirmed）的款项一直暂缓，误报（false）的可以拨付。可写入请求头 Idempotency-Key；同一编号重复提交只办理一次。",
    tags=DOUBTS,
    status_code=200,
    responses=problems(400, 404, 409, 422),
    right=Right.DOUBT_DECIDE,
)
async def post_decision(request: Asked, number: FromPath[str], data: JSONBody[DecisionBody], key: KeyIfAny = None) -> DoubtDetail:
    actor = current_actor(request)
    with under_key(key or "", [request.url.path, msgspec.to_builtins(data)]):
        await decide_doubt(actor, number, data.decision, reason=data.reason, before=data.before, clock=clock_of(request))
    return await _detail(request, number)


def doubt_api() -> Router:
    """The operations of doubts."""
    return Router("/", route_handlers=[get_doubts, get_doubt, post_decision])
