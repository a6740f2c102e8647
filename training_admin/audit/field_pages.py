"""The on-site form for a phone (现场检查表): the page that works with the network off, what it fetches and sends, and the photos kept.

The one page of the system that needs script: a phone without a network cannot ask a server. The worker only keeps the page and its
styles; visits and photos wait in the phone's own store and are removed once they have arrived.
"""

from collections.abc import Awaitable
from datetime import date
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromQuery, JSONBody, MultipartBody
from litestar.response import Template

from training_admin.audit import fielding
from training_admin.audit.fielding import Receipt, SentVisit
from training_admin.catalog.visit_facts import FINDINGS
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.office.papers import LARGEST
from training_admin.web import PROBLEM_TYPE, STATIC, RowKey, clock_of, current_actor, download, page

Asked = Request[Any, Any, Any]
SCRIPT_TYPE = "text/javascript"


class PhotoForm(msgspec.Struct, frozen=True):
    """A photo of a visit, by the key that the visit was sent with."""

    key: str = ""
    file: UploadFile | None = None


@get("/field/today", include_in_schema=False, right=Right.CLASS_VISIT, sync_to_thread=False)
def field_page() -> Template:
    """The page itself; it holds nobody's name, because phones keep it."""
    return page("inspections/field.html", findings=FINDINGS, most_photos=fielding.MOST_PHOTOS, largest=LARGEST)


@get("/field/worker.js", include_in_schema=False, public=True, sync_to_thread=False)
def worker_script() -> Response[bytes]:
    """The service worker; it stands here because a worker serves only addresses below its own."""
    return Response((STATIC / "field-worker.js").read_bytes(), media_type=SCRIPT_TYPE)


@get("/field/classes.json", include_in_schema=False, right=Right.CLASS_VISIT)
async def classes_json(request: Asked, day: FromQuery[date | None] = None) -> dict[str, Any]:
    wanted = day or clock_of(request).today()
    found = await fielding.drawn_on(current_actor(request), wanted)
    return {"day": wanted.isoformat(), "classes": [msgspec.to_builtins(each) for each in found]}


async def _told(act: Awaitable[Receipt]) -> Response[Any]:
    """The receipt as JSON, or the refusal: the script reads both."""
    try:
        return Response(msgspec.to_builtins(await act), status_code=200)
    except Refusal as refusal:
        return Response(dict(refusal.problem()), status_code=refusal.status, media_type=PROBLEM_TYPE)


@post("/field/visits", include_in_schema=False, right=Right.CLASS_VISIT)
async def visit_act(request: Asked, data: JSONBody[SentVisit]) -> Response[Any]:
    return await _told(fielding.receive_visit(current_actor(request), data, clock=clock_of(request)))


@post("/field/photos", include_in_schema=False, right=Right.CLASS_VISIT)
async def photo_act(request: Asked, data: MultipartBody[PhotoForm]) -> Response[Any]:
    content = b"" if data.file is None else await data.file.read()
    return await _told(fielding.receive_photo(current_actor(request), data.key, content, clock=clock_of(request)))


@get("/field/visits/{visit:int}", include_in_schema=False, right=Right.DOUBT_READ)
async def field_visit_page(request: Asked, visit: RowKey) -> Template:
    return page("inspections/field_visit.html", visit=visit, found=await fielding.show_field_visit(current_actor(request), visit))


@get("/field/visits/{visit:int}/photos/{photo:int}", include_in_schema=False, right=Right.DOUBT_READ)
async def photo_file(request: Asked, visit: RowKey, photo: RowKey) -> Response[bytes]:
    """Always handed out as a file to keep: nothing that somebody uploaded is shown as a page of ours."""
    filename, media_type, content = await fielding.open_photo(current_actor(request), visit, photo, clock=clock_of(request))
    return download(content, filename=filename, media_type=media_type)


def field_pages() -> Router:
    """The pages of this file."""
    return Router(
        "/",
        route_handlers=[field_page, worker_script, classes_json, visit_act, photo_act, field_visit_page, photo_file],
    )
