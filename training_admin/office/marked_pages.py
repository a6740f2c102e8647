"""Every import answers with the marked file: a refused workbook is kept for half an hour and handed back to whoever uploaded it."""

from typing import Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.params import FromPath

from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.kit.workbook.box import WorkbookBox
from training_admin.kit.workbook.marking import mark_workbook
from training_admin.kit.workbook.problems import CellProblem
from training_admin.web import clock_of, current_actor, download

Asked = Request[Any, Any, Any]


def problem_of_upload(request: Asked, refusal: Refusal, content: bytes, *, filename: str) -> dict[str, Any]:
    """The refusal as a page shows it; where it lists wrong `cells`, `marked` is the address of the workbook with these cells marked."""
    problem = dict(refusal.problem())
    cells = msgspec.convert(problem.get("cells") or [], type=list[CellProblem])
    if cells and content:
        box: WorkbookBox = request.app.state.refused_workbooks
        token = box.put(current_actor(request), content, cells, filename=filename, clock=clock_of(request))
        problem["marked"] = f"/marked/{token}"
    return problem


@get("/marked/{token:str}", include_in_schema=False, right=Right.DESK)
async def marked_file(request: Asked, token: FromPath[str]) -> Response[bytes]:
    """The workbook marked; it is made when it is asked for, so that a refusal is told at once."""
    box: WorkbookBox = request.app.state.refused_workbooks
    kept = box.get(current_actor(request), token, clock=clock_of(request))
    return download(await mark_workbook(kept.content, kept.problems), filename=kept.filename)


def marked_pages() -> Router:
    """The one address under which marked workbooks are fetched."""
    return Router("/", route_handlers=[marked_file])
