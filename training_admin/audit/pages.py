"""Pages of audit: the workbook of a claim. Making one is an act that the trail records, so it is a form, never a link."""

from typing import Any

from litestar import Request, Response, Router, post
from litestar.params import FromPath

from training_admin.accounts.link_pages import link_address
from training_admin.audit.workbooks import claim_workbook
from training_admin.kit.rights import Right
from training_admin.web import clock_of, current_actor, download


@post("/claims/{number:str}/audit.xlsx", include_in_schema=False, status_code=200, right=Right.AUDIT_EXPORT)
async def claim_audit_workbook(request: Request[Any, Any, Any], number: FromPath[str]) -> Response[bytes]:
    content = await claim_workbook(current_actor(request), number, clock=clock_of(request), address=link_address(request, ""))
    return download(content, filename=f"{number}-审计工作簿.xlsx")


def audit_pages() -> Router:
    """The pages of this room."""
    return Router("/", route_handlers=[claim_audit_workbook])
