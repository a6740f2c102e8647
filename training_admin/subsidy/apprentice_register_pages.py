"""Downloads of sheet 12 (学徒台账): of one programme, and across the programmes that the reader sees."""

from datetime import date
from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath, FromQuery

from training_admin.apprenticeship.programme_forms import typed_day
from training_admin.kit.rights import Right
from training_admin.subsidy import apprentice_register as register
from training_admin.web import clock_of, current_actor, download

Asked = Request[Any, Any, Any]


def _day(text: str, what: str) -> date | None:
    return typed_day(text, what) if text.strip() else None


@get("/programmes/register.xlsx", include_in_schema=False, right=Right.PROGRAMME_READ)
async def whole_register_file(request: Asked, first: FromQuery[str] = "", last: FromQuery[str] = "") -> Response[bytes]:
    """Sheet 12 of the programmes that start in a period."""
    actor = current_actor(request)
    found = await register.whole_register(actor, first=_day(first, "开班日期起"), last=_day(last, "开班日期止"))
    return download(await register.register_workbook(actor, found, clock=clock_of(request)), filename="学徒台账.xlsx")


@get("/programmes/{number:str}/register.xlsx", include_in_schema=False, right=Right.PROGRAMME_READ)
async def register_file(request: Asked, number: FromPath[str]) -> Response[bytes]:
    """Sheet 12 of one programme."""
    actor = current_actor(request)
    found = await register.one_register(actor, number)
    content = await register.register_workbook(actor, found, clock=clock_of(request))
    return download(content, filename=f"学徒台账-{number}.xlsx")


def apprentice_register_pages() -> Router:
    """The downloads of this file."""
    return Router("/", route_handlers=[whole_register_file, register_file])
