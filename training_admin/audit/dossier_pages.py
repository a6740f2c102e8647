"""Pages of the dossier 案卷: what was made of a claim before, making one, and the verifiers for everybody."""

import tempfile
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Template

from training_admin.audit.dossier import VERIFIERS, is_large, list_dossiers, verifier, write_dossier
from training_admin.audit.dossier_making import made_apart
from training_admin.kit.digest import sha256_hex
from training_admin.kit.rights import Right
from training_admin.web import clock_of, current_actor, download, page, problems

Asked = Request[Any, Any, Any]
ZIP_TYPE, HTML_TYPE, PYTHON_TYPE = "application/zip", "text/html; charset=utf-8", "text/x-python; charset=utf-8"


async def _dossier(request: Asked, number: str) -> Response[bytes]:
    # Nameless at once: what stands in it is nobody else's business.
    with tempfile.TemporaryFile() as target:
        actor, clock = current_actor(request), clock_of(request)
        make = made_apart if await is_large(actor, number) else write_dossier
        receipt = await make(actor, number, target, clock=clock)
        target.seek(0)
        return download(target.read(), filename=f"{number}-案卷-{receipt.file_number}.zip", media_type=ZIP_TYPE)


@get("/claims/{number:str}/dossier", include_in_schema=False, right=Right.AUDIT_EXPORT)
async def dossier_page(request: Asked, number: FromPath[str]) -> Template:
    return page("audit/dossier_of_claim.html", number=number, made=await list_dossiers(current_actor(request), number))


@post("/claims/{number:str}/dossier", include_in_schema=False, status_code=200, right=Right.AUDIT_EXPORT)
async def make_dossier_act(request: Asked, number: FromPath[str]) -> Response[bytes]:
    return await _dossier(request, number)


@get("/verifiers", include_in_schema=False, public=True)
async def verifiers_page() -> Template:
    """The verifiers with their hashes: whoever got a dossier may check it, and check that he has the right verifier."""
    return page("audit/verifiers.html", verifiers=[(name, len(verifier(name)), sha256_hex(verifier(name))) for name in VERIFIERS])


@get("/verifiers/verify.html", include_in_schema=False, public=True)
async def verifier_html() -> Response[bytes]:
    """Handed out as a file: it is opened from a folder, not from this server."""
    return download(verifier("verify.html"), filename="verify.html", media_type=HTML_TYPE)


@get("/verifiers/verify.py", include_in_schema=False, public=True)
async def verifier_py() -> Response[bytes]:
    return download(verifier("verify.py"), filename="verify.py", media_type=PYTHON_TYPE)


@post(
    "/claims/{number:str}/dossier",
    operation_id="make_dossier",
    summary="生成一份申报的案卷",
    description="压缩包：可打印的全部材料、核验记录等数据文件、校验链和两个离线验证程序。每次生成取得新的文件编号并记入操作记录。",
    tags=["审计"],
    status_code=200,
    media_type=ZIP_TYPE,
    responses=problems(400, 404, 422),
    right=Right.AUDIT_EXPORT,
)
async def make_dossier(request: Asked, number: FromPath[str]) -> Response[bytes]:
    return await _dossier(request, number)


def dossier_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[dossier_page, make_dossier_act, verifiers_page, verifier_html, verifier_py])
