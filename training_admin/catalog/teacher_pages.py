"""Pages of 教师花名册: the roster of an organisation given out, the empty one, and registering many teachers by workbook."""

from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, MultipartBody
from litestar.response import Redirect, Template

from training_admin.catalog import teacher_rosters
from training_admin.catalog.teacher_rosters import LARGEST
from training_admin.catalog.teacher_workbook import MOST_ROWS
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.office.marked_pages import problem_of_upload
from training_admin.web import clock_of, current_actor, download, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
FORM_MARGIN = 64 * 1024


class RosterForm(msgspec.Struct, frozen=True):
    """A filled-in roster."""

    file: UploadFile | None = None


def _form(request: Asked, *, refusal: Refusal | None = None, content: bytes = b"") -> Template:
    return page(
        "institutions/teachers.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else problem_of_upload(request, refusal, content, filename="教师花名册（已标注）.xlsx"),
        code=current_actor(request).organisation,
        most=MOST_ROWS,
        limit_mb=LARGEST // 2**20,
    )


@get("/teachers/new", include_in_schema=False, right=Right.INSTITUTION_EDIT, sync_to_thread=False)
def new_teachers_page(request: Asked) -> Template:
    return _form(request)


@get("/teachers/template.xlsx", include_in_schema=False, right=Right.INSTITUTION_EDIT, sync_to_thread=False)
def template_workbook(request: Asked) -> Response[bytes]:
    return download(teacher_rosters.template(current_actor(request)), filename="教师花名册.xlsx")


@post("/teachers", include_in_schema=False, right=Right.INSTITUTION_EDIT)
async def import_act(request: Asked, data: MultipartBody[RosterForm]) -> Template | Redirect:
    actor = current_actor(request)
    content = b"" if data.file is None else await data.file.read()
    try:
        await teacher_rosters.import_teachers(actor, content, clock=clock_of(request))
    except Refusal as refusal:
        return _form(request, refusal=refusal, content=content)
    return Redirect(f"/institutions/{actor.organisation}#teacher", status_code=SEE_OTHER)


@get("/institutions/{code:str}/teachers.xlsx", include_in_schema=False, right=Right.INSTITUTION_READ)
async def teachers_workbook_page(request: Asked, code: FromPath[str]) -> Response[bytes]:
    content = await teacher_rosters.exported(current_actor(request), code, clock=clock_of(request))
    return download(content, filename=f"教师花名册-{code}.xlsx")


def teacher_pages() -> Router:
    """The pages of this file; only what is handed in as a workbook may be large."""
    upload = Router("/", route_handlers=[import_act], request_max_body_size=LARGEST + FORM_MARGIN)
    return Router("/", route_handlers=[upload, new_teachers_page, template_workbook, teachers_workbook_page])
