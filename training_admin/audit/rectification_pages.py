"""Pages of 审计整改台账: the register with its exports, asking, one entry with its history and what can be done with it now."""

import asyncio
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, QueryParameter, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.audit import rectifying
from training_admin.audit.check import Severity
from training_admin.audit.rectification_acts import open_file
from training_admin.audit.rectification_origins import RectificationRefused
from training_admin.audit.rectification_papers import HEADER, rows, state_words, workbook_of
from training_admin.audit.rectification_states import ACT_WORDS, ENDING_WORDS, SOURCE_WORDS, STATE_WORDS, Act, Ending, Source
from training_admin.audit.rectification_store import RegisterFilter
from training_admin.audit.rectifying import AskedFor, ask_rectification
from training_admin.fund.page_forms import typed_day, typed_fen
from training_admin.kit.actor import may
from training_admin.kit.clock import Clock
from training_admin.kit.dated import Unit
from training_admin.kit.money import yuan
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.office.idempotency import under_key
from training_admin.policy.figures import figure_row
from training_admin.web import RowKey, StateQuery, clock_of, csv_download, current_actor, download, page, row_cursor

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
SHOWN = 50
MOST_EXPORTED = 10_000
Text = Annotated[str, QueryParameter(max_length=60)]
Origin = Annotated[str, QueryParameter(max_length=80)]
Cursor = Annotated[str | None, QueryParameter(max_length=9)]
SEVERITY_WORDS = {each.name: each.value for each in Severity}


class AskForm(msgspec.Struct, frozen=True):
    """What is asked, as typed; an empty deadline follows from the figure."""

    source: str = "entered"
    origin: str = ""
    organisation: str = ""
    class_no: str = ""
    case_no: str = ""
    yuan: str = ""
    severity: str = ""
    problem: str = ""
    evidence: str = ""
    measure: str = ""
    deadline: str = ""
    idempotency_key: str = ""

    def asked(self) -> AskedFor:
        """The request; raises RectificationRefused, FieldRefused."""
        return AskedFor(
            source=source_of(self.source),
            origin=self.origin,
            organisation=self.organisation,
            class_no=self.class_no,
            case_no=self.case_no,
            amount_fen=typed_fen(self.yuan, what="涉及金额") if self.yuan.strip() else 0,
            severity=self.severity,
            problem=self.problem,
            evidence=self.evidence,
            measure=self.measure,
            deadline=typed_day(self.deadline, what="整改期限") if self.deadline.strip() else None,
        )


def source_of(text: str) -> Source:
    """Where it comes from; raises RectificationRefused."""
    if text not in set(Source):
        raise RectificationRefused("请选择整改的来源。")
    return Source(text)


def chosen_of(state: str, severity: str, wanted: str, overdue: str, clock: Clock) -> RegisterFilter:
    """The filter of a list as its address says it."""
    return RegisterFilter(state, severity, wanted.strip(), clock.today() if overdue == "yes" else None)


def conditions_of(chosen: RegisterFilter) -> str:
    """The filter in words, for the foot of what is exported."""
    words = [
        *([STATE_WORDS[each] for each in STATE_WORDS if each.value == chosen.state]),
        *([SEVERITY_WORDS[chosen.severity]] if chosen.severity in SEVERITY_WORDS else []),
        *([f"含“{chosen.wanted}”"] if chosen.wanted else []),
        *(["逾期未答复"] if chosen.overdue_on else []),
    ]
    return "，".join(words)


@get("/rectifications", include_in_schema=False, right=Right.RECTIFICATION_READ)
async def register_page(
    request: Asked, state_is: StateQuery = "", severity: Text = "", wanted: Text = "", overdue: Text = "", cursor: Cursor = None
) -> Template:
    actor, clock, after = current_actor(request), clock_of(request), row_cursor(cursor)
    chosen = chosen_of(state_is, severity, wanted, overdue, clock)
    found, counts = await rectifying.list_rectifications(actor, chosen, after=after, most=SHOWN + 1, clock=clock)
    return page(
        "rectifications/list.html",
        found=found[:SHOWN],
        following=after + SHOWN if len(found) > SHOWN else None,
        after=after,
        chosen=chosen,
        counts=counts,
        states=STATE_WORDS,
        severities=SEVERITY_WORDS,
        state_of=state_words,
        today=clock.today(),
        asks=may(actor, Right.RECTIFICATION_ASK),
        figures=[figure_row(each.meaning, Unit.WORKDAYS, value) for each, value in await rectifying.figures_now(clock=clock)],
    )


@get("/rectifications.csv", include_in_schema=False, right=Right.RECTIFICATION_READ)
async def register_csv(
    request: Asked, state_is: StateQuery = "", severity: Text = "", wanted: Text = "", overdue: Text = ""
) -> Response[bytes]:
    clock = clock_of(request)
    chosen = chosen_of(state_is, severity, wanted, overdue, clock)
    found, _ = await rectifying.list_rectifications(current_actor(request), chosen, after=0, most=MOST_EXPORTED, clock=clock)
    table = ([yuan(value) if isinstance(value, int) else value for value in row] for row in rows(found, clock.today()))
    return csv_download(HEADER, table, filename="审计整改台账.csv")


@get("/rectifications.xlsx", include_in_schema=False, right=Right.RECTIFICATION_READ)
async def register_workbook(
    request: Asked, state_is: StateQuery = "", severity: Text = "", wanted: Text = "", overdue: Text = ""
) -> Response[bytes]:
    clock = clock_of(request)
    chosen = chosen_of(state_is, severity, wanted, overdue, clock)
    found, _ = await rectifying.list_rectifications(current_actor(request), chosen, after=0, most=MOST_EXPORTED, clock=clock)
    made = await asyncio.to_thread(workbook_of, found, clock.today(), conditions_of(chosen))
    return download(made, filename="审计整改台账.xlsx")


def _form(typed: AskForm, refusal: Refusal | None = None) -> Template:
    return page(
        "rectifications/new.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        typed=typed,
        sources=SOURCE_WORDS,
        severities=SEVERITY_WORDS,
        most=rectifying.LONGEST_PROBLEM,
    )


@get("/rectifications/new", include_in_schema=False, right=Right.RECTIFICATION_ASK)
async def new_page(request: Asked, source: Text = "entered", origin: Origin = "", organisation: FromQuery[str] = "") -> Template:
    """An empty form, or one with what the origin tells."""
    typed = AskForm(source=source, origin=origin, organisation=organisation)
    if not origin:
        return _form(typed)
    try:
        known = await rectifying.known_origin(current_actor(request), source_of(source), origin)
    except Refusal as refusal:
        return _form(typed, refusal)
    filled = AskForm(
        *(source, origin, known.organisation, known.class_no, known.case_no, yuan(known.amount_fen) if known.amount_fen else ""),
        *(known.severity, known.problem, known.evidence),
    )
    return _form(filled)


@post("/rectifications", include_in_schema=False, right=Right.RECTIFICATION_ASK)
async def ask_act(request: Asked, data: URLEncodedBody[AskForm]) -> Template | Redirect:
    """Ask; a refusal is told above the form."""
    try:
        asked = data.asked()
        with under_key(data.idempotency_key, [request.url.path, msgspec.to_builtins(asked)]):
            number = await ask_rectification(current_actor(request), asked, clock=clock_of(request))
    except Refusal as refusal:
        return _form(data, refusal)
    return Redirect(f"/rectifications/{number}", status_code=SEE_OTHER)


async def shown(request: Asked, number: str, *, refusal: Refusal | None = None) -> Template:
    """One entry, with a refusal above it."""
    actor, clock = current_actor(request), clock_of(request)
    found = await rectifying.show_rectification(actor, number, clock=clock)
    return page(
        "rectifications/one.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        found=found,
        one=found.entry,
        state=state_words(found.entry),
        severity=SEVERITY_WORDS[found.entry.severity],
        sources=SOURCE_WORDS,
        act_words=ACT_WORDS,
        Act=Act,
        proposed=ENDING_WORDS[Ending(found.entry.proposed)] if found.entry.proposed else "",
        answers=may(actor, Right.RECTIFICATION_ANSWER),
        asks=may(actor, Right.RECTIFICATION_ASK),
        confirms=may(actor, Right.RECTIFICATION_CONFIRM),
        reads_doubts=may(actor, Right.DOUBT_READ),
        reads_claims=may(actor, Right.CLAIM_READ),
        today=clock.today(),
    )


@get("/rectifications/{number:str}", include_in_schema=False, right=Right.RECTIFICATION_READ)
async def one_page(request: Asked, number: FromPath[str]) -> Template:
    return await shown(request, number)


@get("/rectifications/{number:str}/files/{paper:int}", include_in_schema=False, right=Right.RECTIFICATION_READ)
async def file_page(request: Asked, number: FromPath[str], paper: RowKey) -> Response[bytes]:
    """Always handed out as a file to keep: nothing that somebody uploaded is shown as a page of ours."""
    filename, media_type, content = await open_file(current_actor(request), number, paper, clock=clock_of(request))
    return download(content, filename=filename, media_type=media_type)


def rectification_pages() -> Router:
    """The pages of this file."""
    return Router(
        "/",
        route_handlers=[register_page, register_csv, register_workbook, new_page, ask_act, one_page, file_page],
    )
