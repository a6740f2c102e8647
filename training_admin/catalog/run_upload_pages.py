"""Workbooks of a running class handed in: attendance, online learning records, results; each also only checked and handed back marked."""

from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response, Router, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, MultipartBody
from litestar.response import Redirect, Template

from training_admin.catalog import run_intake
from training_admin.catalog.filing_intake import LARGEST
from training_admin.catalog.roster_reading import RunRead
from training_admin.catalog.run_pages import acted_on_run, run_page
from training_admin.catalog.running import RunRefused
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.kit.workbook.problems import CellProblem
from training_admin.web import clock_of, current_actor, download

Asked = Request[Any, Any, Any]
Marker = Callable[[bytes, Sequence[CellProblem]], Awaitable[bytes]]
FORM_MARGIN = 64 * 1024


class RunUpload(msgspec.Struct, frozen=True):
    """A workbook; for attendance whether the sessions in it are confirmed as planned."""

    file: UploadFile | None = None
    confirm: bool = False

    async def content(self) -> bytes:
        """The workbook; raises RunRefused when none was chosen."""
        content = b"" if self.file is None else await self.file.read()
        if not content:
            raise RunRefused("请先选择填写好的工作簿（.xlsx）。")
        return content


async def _marked(
    request: Asked, class_no: str, data: RunUpload, read: Callable[[bytes], Awaitable[tuple[object, RunRead]]], *, name: str
) -> Template | Response[bytes]:
    """The uploaded workbook with its wrong cells marked; nothing is stored."""
    mark: Marker = request.app.state.mark_workbook
    try:
        content = await data.content()
        _running, found = await read(content)
        return download(await mark(content, found.problems), filename=f"{name}-{class_no}-标注.xlsx")
    except NotFound:
        raise
    except Refusal as refusal:
        return await run_page(request, class_no, refusal=refusal)


@post("/classes/{class_no:str}/attendance", include_in_schema=False, right=Right.CLASS_RUN, status_code=HTTPStatus.OK)
async def attendance_act(request: Asked, class_no: FromPath[str], data: MultipartBody[RunUpload]) -> Template | Redirect:
    async def act() -> str:
        marks, confirmed = await run_intake.import_attendance(
            current_actor(request), class_no, await data.content(), confirm=data.confirm, clock=clock_of(request)
        )
        return f"已导入考勤表：新登记或更正 {marks} 处出勤，确认 {confirmed} 个课次。"

    return await acted_on_run(request, class_no, act)


@post("/classes/{class_no:str}/attendance/marked", include_in_schema=False, right=Right.CLASS_RUN, status_code=HTTPStatus.OK)
async def attendance_marked(request: Asked, class_no: FromPath[str], data: MultipartBody[RunUpload]) -> Template | Response[bytes]:
    async def read(content: bytes) -> tuple[object, RunRead]:
        return await run_intake.read_attendance(current_actor(request), class_no, content, clock=clock_of(request))

    return await _marked(request, class_no, data, read, name="考勤表")


@post("/classes/{class_no:str}/online", include_in_schema=False, right=Right.CLASS_RUN, status_code=HTTPStatus.OK)
async def online_act(request: Asked, class_no: FromPath[str], data: MultipartBody[RunUpload]) -> Template | Redirect:
    async def act() -> str:
        count = await run_intake.import_online(current_actor(request), class_no, await data.content(), clock=clock_of(request))
        return f"已导入 {count} 条线上学习记录，并据此登记出勤。"

    return await acted_on_run(request, class_no, act)


@post("/classes/{class_no:str}/online/marked", include_in_schema=False, right=Right.CLASS_RUN, status_code=HTTPStatus.OK)
async def online_marked(request: Asked, class_no: FromPath[str], data: MultipartBody[RunUpload]) -> Template | Response[bytes]:
    async def read(content: bytes) -> tuple[object, RunRead]:
        return await run_intake.read_online(current_actor(request), class_no, content, clock=clock_of(request))

    return await _marked(request, class_no, data, read, name="线上学习记录")


@post("/classes/{class_no:str}/results/upload", include_in_schema=False, right=Right.CLASS_RUN, status_code=HTTPStatus.OK)
async def results_act(request: Asked, class_no: FromPath[str], data: MultipartBody[RunUpload]) -> Template | Redirect:
    async def act() -> str:
        count = await run_intake.import_results(current_actor(request), class_no, await data.content(), clock=clock_of(request))
        return f"已导入考核成绩：新登记或更正 {count} 人。"

    return await acted_on_run(request, class_no, act)


@post("/classes/{class_no:str}/results/marked", include_in_schema=False, right=Right.CLASS_RUN, status_code=HTTPStatus.OK)
async def results_marked(request: Asked, class_no: FromPath[str], data: MultipartBody[RunUpload]) -> Template | Response[bytes]:
    async def read(content: bytes) -> tuple[object, RunRead]:
        return await run_intake.read_results(current_actor(request), class_no, content, clock=clock_of(request))

    return await _marked(request, class_no, data, read, name="考核成绩")


def run_upload_pages() -> Router:
    """The pages of this file; what is handed in may be large."""
    return Router(
        "/",
        route_handlers=[attendance_act, attendance_marked, online_act, online_marked, results_act, results_marked],
        request_max_body_size=LARGEST + FORM_MARGIN,
    )
