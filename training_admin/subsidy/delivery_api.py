"""The JSON API of deliveries: registers that other offices hand over, as JSON or as an Excel workbook."""

from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromQuery, MultipartBody

from training_admin.kit.rights import Right
from training_admin.subsidy.deliveries import list_deliveries, receive_registers
from training_admin.subsidy.schemas import DeliveriesPage, DeliveryReceiptAnswer, delivery_answer
from training_admin.subsidy.uploads import empty_register_template, read_upload
from training_admin.web import WORKBOOK_TYPE, clock_of, current_actor, download, page_size, problems, row_cursor

DELIVERIES = ["登记数据"]
FILE_WORDS = "登记数据文件（.xlsx 或 .json）"


class DeliveryUpload(msgspec.Struct, frozen=True):
    """A file of registers (.xlsx or .json) as a multipart form; `source` goes before the one written in the file."""

    file: UploadFile | None = None
    source: str = ""


@get(
    "/deliveries",
    operation_id="list_deliveries",
    summary="已接收的登记数据",
    tags=DELIVERIES,
    responses=problems(400, 401, 403),
    right=Right.DELIVERY_READ,
)
async def get_deliveries(
    request: Request[Any, Any, Any], cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50
) -> DeliveriesPage:
    before = row_cursor(cursor) or None
    found, following = await list_deliveries(current_actor(request), before=before, limit=page_size(limit))
    return DeliveriesPage(tuple(delivery_answer(head) for head in found), None if following is None else str(following))


@post(
    "/deliveries",
    operation_id="receive_registers",
    summary="导入登记数据",
    description="JSON 或 Excel 工作簿（每张表至多 200000 行）；有一处有误时整份不导入，cells 逐一列出工作表、单元格和更正办法。"
    "同一份文件重复导入得到同一张回执，不会重复入库；受影响的申报自动重新核验。",
    tags=DELIVERIES,
    status_code=201,
    responses=problems(400, 401, 403, 413, 422),
    right=Right.DELIVERY_RECEIVE,
)
async def post_delivery(request: Request[Any, Any, Any], data: MultipartBody[DeliveryUpload]) -> DeliveryReceiptAnswer:
    content = await read_upload(data.file, what=FILE_WORDS)
    receipt = await receive_registers(current_actor(request), content, source=data.source, clock=clock_of(request))
    return DeliveryReceiptAnswer(receipt.delivery, receipt.rows, receipt.claims, receipt.already_there)


@get(
    "/templates/registers",
    operation_id="get_register_template",
    summary="空白登记数据模板",
    tags=DELIVERIES,
    media_type=WORKBOOK_TYPE,
    responses=problems(),
    public=True,
)
async def get_register_template() -> Response[bytes]:
    return download(await empty_register_template(), filename="登记数据模板.xlsx")


def deliveries_api(*, upload_limit: int) -> Router:
    """The operations of deliveries; only the one that takes a file may be sent large bodies."""
    uploads = Router("/", route_handlers=[post_delivery], request_max_body_size=upload_limit)
    return Router("/", route_handlers=[uploads, get_deliveries, get_register_template])
