"""Workbooks of a running class handed in: attendance, online learning records, results; with wrong cells it comes back marked."""

from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Router, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, MultipartBody
from litestar.response import Redirect, Template

from training_admin.catalog import run_intake
from training_admin.catalog.filing_intake import LARGEST
from training_admin.catalog.run_pages import Upload, acted_on_run
from training_admin.catalog.running import RunRefused
from training_admin.kit.rights import Right
from training_admin.web import clock_of, current_actor

Asked = Request[Any, Any, Any]
FORM_MARGIN = 64 * 1024


class RunUpload(msgspec.Struct, frozen=True):
    """A workbook; for attendance whether the sessions in it are confirmed as planned."""

    file: UploadFile | None = None
    confirm: bool = False

    async def content(self) -> bytes:
        """The workbook as it came, empty when none was chosen."""
        return b"" if self.file is None else await self.file.read()


def _chosen(content: bytes) -> bytes:
    if not content:
        raise RunRefused("请先选择填写好的工作簿（.xlsx）。")
    return content


@post("/classes/{class_no:str}/attendance", include_in_schema=False, right=Right.CLASS_RUN, status_code=HTTPStatus.OK)
async def attendance_act(request: Asked, class_no: FromPath[str], data: MultipartBody[RunUpload]) -> Template | Redirect:
    content = await data.content()

    async def act() -> str:
        marks, confirmed = await run_intake.import_attendance(
            current_actor(request), class_no, _chosen(content), confirm=data.confirm, clock=clock_of(request)
        )
        return f"已导入考勤表：新登记或更正 {marks} 处出勤，确认 {confirmed} 个课次。"

    return await acted_on_run(request, class_no, act, upload=Upload(content, f"考勤表-{class_no}-标注.xlsx"))


@post("/classes/{class_no:str}/online", include_in_schema=False, right=Right.CLASS_RUN, status_code=HTTPStatus.OK)
async def online_act(request: Asked, class_no: FromPath[str], data: MultipartBody[RunUpload]) -> Template | Redirect:
    content = await data.content()

    async def act() -> str:
        count = await run_intake.import_online(current_actor(request), class_no, _chosen(content), clock=clock_of(request))
        return f"已导入 {count} 条线上学习记录，并据此登记出勤。"

    return await acted_on_run(request, class_no, act, upload=Upload(content, f"线上学习记录-{class_no}-标注.xlsx"))


@post("/classes/{class_no:str}/results/upload", include_in_schema=False, right=Right.CLASS_RUN, status_code=HTTPStatus.OK)
async def results_act(request: Asked, class_no: FromPath[str], data: MultipartBody[RunUpload]) -> Template | Redirect:
    content = await data.content()

    async def act() -> str:
        count = await run_intake.import_results(current_actor(request), class_no, _chosen(content), clock=clock_of(request))
        return f"已导入考核成绩：新登记或更正 {count} 人。"

    return await acted_on_run(request, class_no, act, upload=Upload(content, f"考核成绩-{class_no}-标注.xlsx"))


def run_upload_pages() -> Router:
    """The pages of this file; what is handed in may be large."""
    return Router(
        "/",
        route_handlers=[attendance_act, online_act, results_act],
        request_max_body_size=LARGEST + FORM_MARGIN,
    )
