"""The classes under each approved project of a yearly plan, given out as a table (ENT-02)."""

from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath

from training_admin.catalog import plans
from training_admin.catalog.plan_facts import project_label
from training_admin.catalog.states import STATE_WORDS, ClassState
from training_admin.kit.rights import Right
from training_admin.web import clock_of, csv_download, current_actor

Asked = Request[Any, Any, Any]
CLASS_HEADER = ("项目编号", "项目", "计划人次", "班级编号", "班期名称", "状态", "人次")


@get("/plans/{number:str}/classes.csv", include_in_schema=False, right=Right.PLAN_READ)
async def classes_csv(request: Asked, number: FromPath[str]) -> Response[bytes]:
    shown = await plans.show_plan(current_actor(request), number, clock=clock_of(request))
    lines = {line.place: line for line in shown.plan.content.lines}
    rows = (
        (
            *(project_label(number, each.place), lines[each.place].title, lines[each.place].people),
            *(each.class_no, each.title, STATE_WORDS[ClassState(each.state)], each.people),
        )
        for each in shown.classes
    )
    return csv_download(CLASS_HEADER, rows, filename=f"年度培训项目班级-{number}.csv")


def project_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[classes_csv])
