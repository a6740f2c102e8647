"""The JSON API of audit, under `/api/v1`."""

from typing import Any

from litestar import Request, Response, Router, post
from litestar.params import FromPath, FromQuery

from training_admin.accounts.link_pages import link_address
from training_admin.audit.dossier_pages import make_dossier
from training_admin.audit.file_pages import file_api
from training_admin.audit.replay_pages import replay_claim
from training_admin.audit.workbooks import claim_workbook
from training_admin.kit.rights import Right
from training_admin.web import WORKBOOK_TYPE, clock_of, current_actor, download, problems


@post(
    "/claims/{number:str}/audit-workbook",
    operation_id="make_audit_workbook",
    summary="生成一份申报的审计工作簿",
    description="每次生成取得新的文件编号并记入操作记录；public 为 true 时生成公示版（证件号码隐去）。",
    tags=["审计"],
    status_code=200,
    media_type=WORKBOOK_TYPE,
    responses=problems(400, 404),
    right=Right.AUDIT_EXPORT,
)
async def make_audit_workbook(request: Request[Any, Any, Any], number: FromPath[str], public: FromQuery[bool] = False) -> Response[bytes]:
    address = link_address(request, "")
    content = await claim_workbook(current_actor(request), number, clock=clock_of(request), public=public, address=address)
    return download(content, filename=f"{number}-{'公示版' if public else '审计工作簿'}.xlsx")


def audit_api() -> Router:
    """The operations of this room."""
    return Router("/", route_handlers=[make_audit_workbook, make_dossier, replay_claim, file_api()])
