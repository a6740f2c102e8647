"""Printouts of a class: the blank sheet to sign, the sign for the door with the code of the sign-in page, the list for the examination."""

from typing import Any

import segno
from litestar import Request, Router, get
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from training_admin.accounts.link_pages import link_address
from training_admin.catalog.class_facts import clock_text
from training_admin.catalog.facts import LEVEL_WORDS
from training_admin.catalog.filing_intake import labels
from training_admin.catalog.run_checks import slug_of
from training_admin.catalog.run_facts import key_of
from training_admin.catalog.run_screens import show_run
from training_admin.catalog.running import session_of
from training_admin.kit.rights import Right
from training_admin.web import clock_of, current_actor, page

Asked = Request[Any, Any, Any]
AT = "/classes/{class_no:str}/print"
QR_SCALE = 8


async def _print(request: Asked, class_no: str, template: str, **more: Any) -> Template:
    shown = await show_run(current_actor(request), class_no, right=Right.CLASS_RUN, clock=clock_of(request))
    plan = shown.running.plan
    return page(
        template, shown=shown, head=shown.running.head, plan=plan, level=LEVEL_WORDS.get(plan.level or ""), clock_text=clock_text, **more
    )


@get(AT + "/sheet", include_in_schema=False, right=Right.CLASS_RUN)
async def sheet_page(request: Asked, class_no: FromPath[str], session: FromQuery[str] = "") -> Template:
    """The blank sheet of one session; without a session day and time are left to be written."""
    shown = await show_run(current_actor(request), class_no, right=Right.CLASS_RUN, clock=clock_of(request))
    one = session_of(shown.running.plan, session) if session else None
    return page(
        "classes/print_sheet.html",
        shown=shown,
        head=shown.running.head,
        plan=shown.running.plan,
        session=one,
        choices=[(slug_of(key_of(each)), each) for each in shown.running.plan.sessions],
        chosen=session,
        teacher="" if one is None else labels(shown.training.teachers).get(one.teacher or 0, ""),
        room="" if one is None else "线上" if one.online else labels(shown.training.rooms).get(one.room or 0, ""),
        clock_text=clock_text,
    )


@get(AT + "/door", include_in_schema=False, right=Right.CLASS_RUN)
async def door_page(request: Asked, class_no: FromPath[str]) -> Template:
    address = link_address(request, f"/sign-in-code?class_no={class_no}")
    picture = segno.make(address, micro=False).png_data_uri(scale=QR_SCALE)
    return await _print(request, class_no, "classes/print_door.html", picture=picture, typed_at=link_address(request, "/sign-in-code"))


@get(AT + "/exam", include_in_schema=False, right=Right.CLASS_RUN)
async def exam_page(request: Asked, class_no: FromPath[str]) -> Template:
    return await _print(request, class_no, "classes/print_exam.html")


def print_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[sheet_page, door_page, exam_page])
