"""Pages of doubts: the list as auditors work it off, one doubt with its evidence and both sides, the decision."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, QueryParameter, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.audit.check import Severity
from training_admin.audit.coverage import NO_DATA, rules_shown
from training_admin.audit.deciding import decide_doubt, doubt_shown, doubts_shown
from training_admin.audit.doubt_facts import DECISIONS, DOUBT_WORDS, SUBJECT_WORDS, DoubtState, Subject, holds_money
from training_admin.audit.doubt_store import DoubtFilter, StoredDoubt
from training_admin.audit.doubts import LISTED
from training_admin.audit.rulebook import audit_rules
from training_admin.kit.actor import may
from training_admin.kit.clock import shanghai_day
from training_admin.kit.money import yuan
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import row_ranges
from training_admin.office.idempotency import under_key
from training_admin.web import MOST_ROWS, StateQuery, clock_of, csv_download, current_actor, page, row_cursor

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
SHOWN = 50
HEADER = (
    *("疑点编号", "规则号", "类型", "严重度", "状态", "对象", "单位", "统一社会信用代码", "班级", "花名册行", "涉及金额（元）", "证据"),
    *("比对来源", "发现日期", "此前误报次数", "暂缓拨付"),
)
Text = Annotated[str, QueryParameter(max_length=60)]
Day = Annotated[str, QueryParameter(max_length=10)]
Cursor = Annotated[str | None, QueryParameter(max_length=9)]


class DecisionForm(msgspec.Struct, frozen=True):
    """What the officer says of a doubt, over the decision that was shown."""

    decision: str = ""
    reason: str = ""
    before: str = ""
    idempotency_key: str = ""


def _day(text: str) -> date | None:
    """A day of the filter; what is none filters nothing."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _filter(state: str, severity: str, rule: str, wanted: str, start: str, end: str) -> DoubtFilter:
    return DoubtFilter(state, severity, rule, wanted.strip(), _day(start), _day(end))


def held(doubt: StoredDoubt) -> bool:
    """Whether a doubt stops money now."""
    return holds_money(doubt.severity, doubt.state)


@get("/doubts", include_in_schema=False, right=Right.DOUBT_READ)
async def doubts_page(
    request: Asked,
    state_is: StateQuery = "",
    severity: Text = "",
    rule: Text = "",
    wanted: Text = "",
    start: Day = "",
    end: Day = "",
    cursor: Cursor = None,
) -> Template:
    chosen = _filter(state_is, severity, rule, wanted, start, end)
    after = row_cursor(cursor)
    found, counts = await doubts_shown(current_actor(request), chosen, after=after, most=SHOWN + 1)
    return page(
        "audit/doubts.html",
        found=found[:SHOWN],
        following=after + SHOWN if len(found) > SHOWN else None,
        after=after,
        chosen=chosen,
        counts=counts,
        states=DOUBT_WORDS,
        severities=tuple(Severity),
        rules=list(audit_rules().values()),
        subjects=SUBJECT_WORDS,
        held=held,
        row_ranges=row_ranges,
        asked_rules=rules_shown(),
        no_data=NO_DATA,
    )


@get("/doubts.csv", include_in_schema=False, right=Right.DOUBT_READ)
async def doubts_csv(
    request: Asked, state_is: StateQuery = "", severity: Text = "", rule: Text = "", wanted: Text = "", start: Day = "", end: Day = ""
) -> Response[bytes]:
    chosen = _filter(state_is, severity, rule, wanted, start, end)
    found, _counts = await doubts_shown(current_actor(request), chosen, after=0, most=MOST_ROWS)
    rows = (
        (
            *(each.number, each.rule, each.title, each.severity.value, DOUBT_WORDS[each.state], SUBJECT_WORDS[each.kind]),
            *(each.organisation_name, each.organisation, each.class_no, row_ranges(each.rows), yuan(each.amount_fen)),
            *("；".join(f"{field}={value}" for field, value in each.evidence), each.against, shanghai_day(each.first_seen)),
            *(each.false_before, "是" if held(each) else "否"),
        )
        for each in found
    )
    return csv_download(HEADER, rows, filename="审计疑点清单.csv")


async def _shown(request: Asked, number: str, *, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    doubt, said = await doubt_shown(actor, number)
    check = LISTED.get(doubt.rule)
    return page(
        "audit/doubt.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        one=doubt,
        said=said,
        why="" if check is None else check.why,
        rule=audit_rules()[doubt.rule],
        words=DOUBT_WORDS,
        subjects=SUBJECT_WORDS,
        decisions=[(each, DOUBT_WORDS[each]) for each in DECISIONS],
        held=held(doubt),
        is_claim=doubt.kind is Subject.CLAIM,
        gone=doubt.state is DoubtState.GONE,
        may_decide=may(actor, Right.DOUBT_DECIDE),
        may_read_claim=may(actor, Right.CLAIM_READ),
    )


@get("/doubts/{number:str}", include_in_schema=False, right=Right.DOUBT_READ)
async def doubt_page(request: Asked, number: FromPath[str]) -> Template:
    return await _shown(request, number)


@post("/doubts/{number:str}/decide", include_in_schema=False, right=Right.DOUBT_DECIDE)
async def decide_act(request: Asked, number: FromPath[str], data: URLEncodedBody[DecisionForm]) -> Template | Redirect:
    try:
        with under_key(data.idempotency_key, [request.url.path, msgspec.to_builtins(data)]):
            await decide_doubt(
                current_actor(request), number, data.decision, reason=data.reason, before=data.before, clock=clock_of(request)
            )
    except NotFound:
        raise
    except Refusal as refusal:
        return await _shown(request, number, refusal=refusal)
    return Redirect(f"/doubts/{number}", status_code=SEE_OTHER)


def doubt_pages() -> Router:
    """The pages of doubts."""
    return Router("/", route_handlers=[doubts_page, doubts_csv, doubt_page, decide_act])
