"""Pages of deliveries: what other offices have handed over, and the form that takes in more of it."""

from typing import Annotated, Any, Final

from litestar import Request, Response, Router, get, post
from litestar.params import FromQuery, MultipartBody, QueryParameter
from litestar.response import Redirect, Template

from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.subsidy.deliveries import list_deliveries, receive_registers
from training_admin.subsidy.delivery_api import FILE_WORDS, DeliveryUpload
from training_admin.subsidy.register_layout import MOST_ROWS
from training_admin.subsidy.uploads import empty_register_template, read_upload
from training_admin.web import MOST_ROWS as MOST_LISTED
from training_admin.web import clock_of, csv_download, current_actor, download, page, row_cursor, shanghai_iso

Asked = Request[Any, Any, Any]
SHOWN = 25
SEE_OTHER: Final = 303
HEADER = ("序号", "来源", "截止日", "接收时间", "行数")
KeyQuery = Annotated[int | None, QueryParameter(ge=1, le=2**53)]
CountQuery = Annotated[int, QueryParameter(ge=0, le=2**53)]


async def _page(request: Asked, *, cursor: str | None = None, status_code: int = 200, **more: Any) -> Template:
    found, following = await list_deliveries(current_actor(request), before=row_cursor(cursor) or None, limit=SHOWN)
    shown = {"problem": None, "received": None, "again": False, "claims": 0, "source": "", **more}
    limit_mb = request.app.state.settings.upload_limit // 2**20
    return page(
        "deliveries/list.html",
        status_code=status_code,
        deliveries=found,
        following=following,
        cursor=cursor,
        limit_mb=limit_mb,
        most_rows=MOST_ROWS,
        **shown,
    )


@get("/deliveries", include_in_schema=False, right=Right.DELIVERY_READ)
async def deliveries_page(
    request: Asked,
    cursor: FromQuery[str | None] = None,
    received: KeyQuery = None,
    claims: CountQuery = 0,
    again: FromQuery[bool] = False,
) -> Template:
    return await _page(request, cursor=cursor, received=received, claims=claims, again=again)


@post("/deliveries", include_in_schema=False, right=Right.DELIVERY_RECEIVE)
async def receive_delivery(request: Asked, data: MultipartBody[DeliveryUpload]) -> Template | Redirect:
    """A refused file is told on the page itself, where another one can be chosen."""
    try:
        content = await read_upload(data.file, what=FILE_WORDS)
        receipt = await receive_registers(current_actor(request), content, source=data.source, clock=clock_of(request))
    except Refusal as refusal:
        return await _page(request, status_code=refusal.status, problem=refusal.problem(), source=data.source)
    again = "&again=true" if receipt.already_there else ""
    return Redirect(f"/deliveries?received={receipt.delivery}&claims={len(receipt.claims)}{again}", status_code=SEE_OTHER)


@get("/deliveries.csv", include_in_schema=False, right=Right.DELIVERY_READ)
async def deliveries_csv(request: Asked, cursor: FromQuery[str | None] = None) -> Response[bytes]:
    found, _ = await list_deliveries(current_actor(request), before=row_cursor(cursor) or None, limit=MOST_LISTED)
    rows = ((each.id, each.source, each.as_of, shanghai_iso(each.received_at), each.rows) for each in found)
    return csv_download(HEADER, rows, filename="登记数据.csv")


@get("/template/registers.xlsx", include_in_schema=False, public=True)
async def register_template_workbook() -> Response[bytes]:
    return download(await empty_register_template(), filename="登记数据模板.xlsx")


def delivery_pages(*, upload_limit: int) -> Router:
    """The pages of this file; only the upload itself may be large."""
    upload = Router("/", route_handlers=[receive_delivery], request_max_body_size=upload_limit)
    return Router("/", route_handlers=[upload, deliveries_page, deliveries_csv, register_template_workbook])
