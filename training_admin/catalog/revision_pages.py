"""Pages of 目录变更 and of revisions by workbook, with the marked file given back."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import MultipartBody, QueryParameter
from litestar.response import Redirect, Template

from training_admin.catalog.proposals import ProposalRefused
from training_admin.catalog.revisions import change_log, propose_workbook, read_catalog
from training_admin.catalog.workbooks import CHANGE_COLUMNS, changes_workbook
from training_admin.kit.actor import assert_may
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.web import MOST_ROWS, clock_of, csv_download, current_actor, download, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
DayQuery = Annotated[str, QueryParameter(max_length=10)]
Marker = Callable[[bytes, Any], Awaitable[bytes]]


class RevisionForm(msgspec.Struct, frozen=True):
    """A catalog workbook and why it is proposed."""

    file: UploadFile | None = None
    why: str = ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@get("/catalog/changes", include_in_schema=False, public=True)
async def changes_page(since: DayQuery = "", until: DayQuery = "") -> Template:
    log = await change_log(since=_day(since), until=_day(until))
    return page("catalog/changes.html", changes=log[:MOST_ROWS], count=len(log), since=_day(since), until=_day(until))


@get("/catalog/changes.csv", include_in_schema=False, right=Right.POLICY_READ)
async def changes_csv(since: DayQuery = "", until: DayQuery = "") -> Response[bytes]:
    log = await change_log(since=_day(since), until=_day(until))
    rows = [(f"{each.item_code} {each.name}", each.field, each.old, each.new, each.effective, each.paper, each.by) for each in log]
    return csv_download([column.header for column in CHANGE_COLUMNS], rows, filename="目录变更表.csv")


@get("/catalog/changes.xlsx", include_in_schema=False, right=Right.POLICY_READ)
async def changes_xlsx(request: Asked, since: DayQuery = "", until: DayQuery = "") -> Response[bytes]:
    log = await change_log(since=_day(since), until=_day(until))
    content = await asyncio.to_thread(changes_workbook, log, day=clock_of(request).today())
    return download(content, filename="目录变更表.xlsx")


def _form(problem: Refusal | None = None, why: str = "") -> Template:
    return page(
        "catalog/revise.html",
        status_code=HTTPStatus.OK if problem is None else problem.status,
        problem=None if problem is None else problem.problem(),
        why=why,
    )


@get("/catalog/revisions/new", include_in_schema=False, right=Right.POLICY_PROPOSE)
async def revise_page() -> Template:
    return _form()


async def _content(data: RevisionForm) -> bytes:
    content = b"" if data.file is None else await data.file.read()
    if not content:
        raise ProposalRefused("请先选择目录工作簿（.xlsx），再点击上传。")
    return content


@post("/catalog/revisions/new", include_in_schema=False, right=Right.POLICY_PROPOSE)
async def revise_act(request: Asked, data: MultipartBody[RevisionForm]) -> Template | Redirect:
    try:
        number = await propose_workbook(current_actor(request), await _content(data), why=data.why, clock=clock_of(request))
    except Refusal as refusal:
        return _form(refusal, data.why)
    return Redirect(f"/catalog/proposals/{number}", status_code=SEE_OTHER)


@post("/catalog/revisions/marked", include_in_schema=False, right=Right.POLICY_PROPOSE, status_code=HTTPStatus.OK)
async def marked_act(request: Asked, data: MultipartBody[RevisionForm]) -> Template | Response[bytes]:
    """The uploaded workbook with its wrong cells marked; nothing is stored."""
    mark: Marker = request.app.state.mark_workbook
    try:
        assert_may(current_actor(request), Right.POLICY_PROPOSE)
        content = await _content(data)
        read = await read_catalog(content)
        return download(await mark(content, read.problems), filename="补贴目录-标注.xlsx")
    except Refusal as refusal:
        return _form(refusal, data.why)


def catalog_revision_pages(*, upload_limit: int) -> Router:
    """The pages of this file; only the uploads themselves may be large."""
    uploads = Router("/", route_handlers=[revise_act, marked_act], request_max_body_size=upload_limit)
    return Router("/", route_handlers=[uploads, changes_page, changes_csv, changes_xlsx, revise_page])
