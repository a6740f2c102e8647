"""Pages of 名单库: what is on a list on a day, its history, and changing it by two persons, entry by entry or by workbook."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, MultipartBody, QueryParameter, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.kit.dated import Standing
from training_admin.kit.identifiers import clean_number
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.parties import lists
from training_admin.parties.list_facts import CODE_WORDS, KIND_WORDS, ListEntry, ListKind
from training_admin.parties.list_workbooks import MOST_ROWS as MOST_ENTRIES
from training_admin.parties.lists import STATE_WORDS, ListRefused
from training_admin.web import MOST_ROWS, clock_of, csv_download, current_actor, download, page, row_cursor, shanghai_iso

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
SHOWN = 25
LIST_HEADER = ("名单", "代码", "名称", "行业代码", "起始日", "截止日", "文件", "效力")
CHANGE_HEADER = ("编号", "名单", "条数", "理由", "提出人", "提出时间", "状态", "审批人", "审批时间", "审批意见")
CursorQuery = Annotated[str | None, QueryParameter(max_length=9)]


class EntryForm(msgspec.Struct, frozen=True):
    """One entry, as typed."""

    kind: str = ListKind.KEY_ENTERPRISE.value
    code: str = ""
    name: str = ""
    industry: str = ""
    valid_from: str = ""
    valid_to: str = ""
    paper: str = ""
    standing: str = Standing.FOUND.value
    why: str = ""


class WorkbookForm(msgspec.Struct, frozen=True):
    """A list as a workbook."""

    kind: str = ListKind.KEY_ENTERPRISE.value
    why: str = ""
    file: UploadFile | None = None


class DecisionForm(msgspec.Struct, frozen=True):
    """The decision: `approve` or `refuse`, with a reason."""

    act: str = ""
    reason: str = ""


def kind_of(text: str) -> ListKind:
    """The list that is asked for, the first one where none is."""
    return ListKind(text) if text in set(ListKind) else ListKind.KEY_ENTERPRISE


def entry_of(data: EntryForm) -> ListEntry:
    """The entry of a form; raises ListRefused."""
    try:
        kind, standing = ListKind(data.kind), Standing(data.standing)
        first, last = date.fromisoformat(data.valid_from), date.fromisoformat(data.valid_to) if data.valid_to else None
    except ValueError:
        raise ListRefused("请选择名单和效力，并填写起始日和截止日（可不填），如 2026-06-01。") from None
    return ListEntry(
        kind=kind,
        code=clean_number(data.code),
        name=" ".join(data.name.split()),
        valid_from=first,
        valid_to=last,
        paper=" ".join(data.paper.split()),
        standing=standing,
        industry=clean_number(data.industry) or None,
    )


@get("/lists", include_in_schema=False, public=True)
async def list_page(request: Asked, kind: FromQuery[str] = "", history: FromQuery[bool] = False) -> Template:
    clock, word = clock_of(request), kind_of(kind)
    found = await lists.show_list(word, day=None if history else clock.today(), clock=clock)
    return page(
        "lists/list.html",
        kind=word,
        kinds=KIND_WORDS,
        code_words=CODE_WORDS[word],
        found=found,
        today=clock.today(),
        history=history,
    )


@get("/lists.csv", include_in_schema=False, public=True)
async def list_csv(request: Asked, kind: FromQuery[str] = "", history: FromQuery[bool] = False) -> Response[bytes]:
    clock, word = clock_of(request), kind_of(kind)
    found = await lists.show_list(word, day=None if history else clock.today(), clock=clock)
    rows = (
        (KIND_WORDS[word], each.code, each.name, each.industry, each.valid_from, each.valid_to, each.paper, each.standing.words)
        for each in found
    )
    return csv_download(LIST_HEADER, rows, filename=f"{KIND_WORDS[word]}.csv")


@get("/lists.xlsx", include_in_schema=False, public=True)
async def list_workbook_page(request: Asked, kind: FromQuery[str] = "") -> Response[bytes]:
    word = kind_of(kind)
    return download(await lists.list_as_workbook(word, clock=clock_of(request)), filename=f"{KIND_WORDS[word]}.xlsx")


@get("/lists/changes", include_in_schema=False, right=Right.POLICY_READ)
async def changes_page(request: Asked, cursor: CursorQuery = None) -> Template:
    found, following = await lists.list_changes(current_actor(request), before=row_cursor(cursor) or None, limit=SHOWN)
    return page("lists/changes.html", found=found, following=following, cursor=cursor, kinds=KIND_WORDS, states=STATE_WORDS)


@get("/lists/changes.csv", include_in_schema=False, right=Right.POLICY_READ)
async def changes_csv(request: Asked, cursor: CursorQuery = None) -> Response[bytes]:
    found, _ = await lists.list_changes(current_actor(request), before=row_cursor(cursor) or None, limit=MOST_ROWS)
    rows = (
        (
            *(each.number, KIND_WORDS[each.kind], each.count, each.why, each.proposer, shanghai_iso(each.proposed_at)),
            *(STATE_WORDS[each.state], each.decider, None if each.decided_at is None else shanghai_iso(each.decided_at), each.reason),
        )
        for each in found
    )
    return csv_download(CHANGE_HEADER, rows, filename="名单变更.csv")


def _forms(request: Asked, typed: EntryForm, *, refusal: Refusal | None = None) -> Template:
    return page(
        "lists/propose.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        cells=() if refusal is None else refusal.extra.get("cells", ()),
        kinds=KIND_WORDS,
        standings=[(each.value, each.words) for each in Standing],
        typed=typed,
        most=MOST_ENTRIES,
        limit_mb=request.app.state.settings.upload_limit // 2**20,
    )


@get("/lists/changes/new", include_in_schema=False, right=Right.POLICY_PROPOSE, sync_to_thread=False)
def propose_page(request: Asked, kind: FromQuery[str] = "") -> Template:
    return _forms(request, EntryForm(kind=kind_of(kind).value))


@post("/lists/changes", include_in_schema=False, right=Right.POLICY_PROPOSE)
async def propose_entry_act(request: Asked, data: URLEncodedBody[EntryForm]) -> Template | Redirect:
    try:
        number = await lists.propose_entry(current_actor(request), entry_of(data), why=data.why, clock=clock_of(request))
    except Refusal as refusal:
        return _forms(request, data, refusal=refusal)
    return Redirect(f"/lists/changes/{number}", status_code=SEE_OTHER)


@post("/lists/changes/workbook", include_in_schema=False, right=Right.POLICY_PROPOSE)
async def propose_workbook_act(request: Asked, data: MultipartBody[WorkbookForm]) -> Template | Redirect:
    kind = kind_of(data.kind)
    try:
        content = b"" if data.file is None else await data.file.read()
        if not content:
            raise ListRefused("请先选择填写好的名单（.xlsx），再点击上传。")
        number = await lists.propose_workbook(current_actor(request), kind, content, why=data.why, clock=clock_of(request))
    except Refusal as refusal:
        return _forms(request, EntryForm(kind=kind.value, why=data.why), refusal=refusal)
    return Redirect(f"/lists/changes/{number}", status_code=SEE_OTHER)


async def _shown(request: Asked, number: str, *, refusal: Refusal | None = None) -> Template:
    shown = await lists.show_change(current_actor(request), number, clock=clock_of(request))
    return page(
        "lists/change.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        change=shown.change,
        entries=shown.entries,
        same_person=shown.same_person,
        kinds=KIND_WORDS,
        code_words=CODE_WORDS[shown.change.kind],
        states=STATE_WORDS,
    )


@get("/lists/changes/{number:str}", include_in_schema=False, right=Right.POLICY_READ)
async def change_page(request: Asked, number: FromPath[str]) -> Template:
    return await _shown(request, number)


@post("/lists/changes/{number:str}/decide", include_in_schema=False, right=Right.POLICY_APPROVE)
async def decide_act(request: Asked, number: FromPath[str], data: URLEncodedBody[DecisionForm]) -> Template | Redirect:
    try:
        if data.act not in {"approve", "refuse"}:
            raise ListRefused("请选择批准或不予批准。")
        await lists.decide_change(
            current_actor(request), number, approve=data.act == "approve", reason=data.reason, clock=clock_of(request)
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return await _shown(request, number, refusal=refusal)
    return Redirect(f"/lists/changes/{number}", status_code=SEE_OTHER)


def list_pages(*, upload_limit: int) -> Router:
    """The pages of this file; only a workbook may be large."""
    upload = Router("/", route_handlers=[propose_workbook_act], request_max_body_size=upload_limit)
    return Router(
        "/",
        route_handlers=[
            *(upload, list_page, list_csv, list_workbook_page, changes_page, changes_csv, propose_page, propose_entry_act),
            *(change_page, decide_act),
        ],
    )
