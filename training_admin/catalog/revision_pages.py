"""Pages of 目录变更 and of revisions by workbook, a refused one is handed back marked."""

import asyncio
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import MultipartBody, QueryParameter
from litestar.response import Redirect, Template

from training_admin.catalog.proposals import ProposalRefused
from training_admin.catalog.revisions import change_log, propose_workbook
from training_admin.catalog.workbooks import CHANGE_COLUMNS, changes_workbook
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.office.marked_pages import problem_of_upload
from training_admin.web import MOST_ROWS, clock_of, csv_download, current_actor, download, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
DayQuery = Annotated[str, QueryParameter(max_length=10)]
MARKED_NAME = "补贴目录-标注.xlsx"


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


def _form(request: Asked, *, refusal: Refusal | None = None, content: bytes = b"", why: str = "") -> Template:
    return page(
        "catalog/revise.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else problem_of_upload(request, refusal, content, filename=MARKED_NAME),
        why=why,
    )


@get("/catalog/revisions/new", include_in_schema=False, right=Right.POLICY_PROPOSE)
async def revise_page(request: Asked) -> Template:
    return _form(request)


@post("/catalog/revisions/new", include_in_schema=False, right=Right.POLICY_PROPOSE)
async def revise_act(request: Asked, data: MultipartBody[RevisionForm]) -> Template | Redirect:
    content = b"" if data.file is None else await data.file.read()
    try:
        if not content:
            raise ProposalRefused("请先选择目录工作簿（.xlsx），再点击上传。")
        number = await propose_workbook(current_actor(request), content, why=data.why, clock=clock_of(request))
    except Refusal as refusal:
        return _form(request, refusal=refusal, content=content, why=data.why)
    return Redirect(f"/catalog/proposals/{number}", status_code=SEE_OTHER)


def catalog_revision_pages(*, upload_limit: int) -> Router:
    """The pages of this file; only the uploads themselves may be large."""
    uploads = Router("/", route_handlers=[revise_act], request_max_body_size=upload_limit)
    return Router("/", route_handlers=[uploads, changes_page, changes_csv, changes_xlsx, revise_page])
