"""Pages from the empty template to the receipt: fill in, upload, check, submit. Every step works without script."""

from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, MultipartBody, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.kit.workbook.marking import mark_workbook
from training_admin.subsidy import claims
from training_admin.subsidy.drafts import Draft, DraftBox
from training_admin.subsidy.explain import explain_claim, explain_line
from training_admin.subsidy.mending import APART, MOST_MENDED, MendRefused, mend_draft, mendable_cells
from training_admin.subsidy.prompts import changed_prompts, prompted_template
from training_admin.subsidy.screens import LineFilter, cells_of_row, line_row, not_paying_rows, page_of_lines, totals
from training_admin.subsidy.tables_csv import cells_csv, contradictions_csv, lines_csv
from training_admin.subsidy.uploads import read_upload, the_line
from training_admin.web import clock_of, current_actor, download, is_partial, page, row_cursor, several

Asked = Request[Any, Any, Any]
ROWS = 100
SEE_OTHER: Final = 303


class WorkbookForm(msgspec.Struct, frozen=True):
    """The upload form."""

    file: UploadFile | None = None


class SubmitForm(msgspec.Struct, frozen=True):
    """The form that submits a pre-checked workbook."""

    readable_only: bool = False
    leave_out: bool = False


def _box(request: Asked) -> DraftBox:
    box: DraftBox = request.app.state.drafts
    return box


def _draft(request: Asked, token: str) -> Draft:
    return _box(request).get(current_actor(request), token, clock=clock_of(request))


@get("/claims/new", include_in_schema=False, sync_to_thread=False, right=Right.CLAIM_PRECHECK)
def new_claim_page(request: Asked) -> Template:
    return page("claims/new.html", problem=None, limit_mb=request.app.state.settings.upload_limit // 2**20)


@get("/template", include_in_schema=False, public=True)
async def template_page() -> Template:
    return page("claims/template.html", prompts=sorted((await changed_prompts()).items()))


@get("/template/claim.xlsx", include_in_schema=False, public=True)
async def template_workbook() -> Response[bytes]:
    return download(await prompted_template(), filename="培训补贴申报模板.xlsx")


@post("/prechecks", include_in_schema=False, right=Right.CLAIM_PRECHECK)
async def precheck_workbook(request: Asked, data: MultipartBody[WorkbookForm]) -> Template | Redirect:
    """A refused file is told on the upload page itself, where another one can be chosen."""
    clock = clock_of(request)
    try:
        content = await read_upload(data.file)
        checked = await claims.precheck(current_actor(request), content, clock=clock)
    except Refusal as refusal:
        limit_mb = request.app.state.settings.upload_limit // 2**20
        return page("claims/new.html", status_code=refusal.status, problem=refusal.problem(), limit_mb=limit_mb)
    token = _box(request).put(current_actor(request), content, checked, clock=clock)
    return Redirect(f"/prechecks/{token}", status_code=SEE_OTHER)


@get("/prechecks", include_in_schema=False, sync_to_thread=False, right=Right.CLAIM_PRECHECK)
def no_precheck() -> Redirect:
    """Whoever loads the address of a refused upload anew begins again."""
    return Redirect("/claims/new", status_code=SEE_OTHER)


@get("/prechecks/{token:str}", include_in_schema=False, right=Right.CLAIM_PRECHECK)
async def precheck_page(
    request: Asked,
    token: FromPath[str],
    outcome: FromQuery[str] = "",
    class_no: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Template:
    return _precheck(request, token, wanted=LineFilter(outcome, class_no), cursor=cursor)


def _precheck(
    request: Asked, token: str, *, wanted: LineFilter | None = None, cursor: str | None = None, refusal: Refusal | None = None
) -> Template:
    checked = _draft(request, token).checked
    mendable = mendable_cells(checked.problems)
    record, wanted = checked.record, wanted or LineFilter("", "")
    rows, following = ([], None) if record is None else page_of_lines(record, checked.people, wanted, after=row_cursor(cursor), limit=ROWS)
    not_paying = len(not_paying_rows(record))
    return page(
        "claims/_lines.html" if is_partial(request) else "claims/precheck.html",
        status_code=200 if refusal is None else refusal.status,
        mendable=mendable[:MOST_MENDED],
        marked_cells=len(mendable),
        base=f"/prechecks/{token}",
        checked=checked,
        record=record,
        totals=None if record is None else totals(record),
        whole=None if record is None else explain_claim(record),
        costless=[] if record is None else [each.class_no for each in record.classes if not each.eligible_cost_fen],
        rows=rows,
        following=following,
        wanted=wanted,
        problem=None if refusal is None else refusal.problem(),
        not_paying=0 if record is None or not_paying == len(record.lines) else not_paying,
    )


@get("/prechecks/{token:str}/lines/{row:int}", include_in_schema=False, right=Right.CLAIM_PRECHECK)
async def precheck_line_page(request: Asked, token: FromPath[str], row: FromPath[int]) -> Template:
    checked = _draft(request, token).checked
    record, line = the_line(checked.record, row)
    return page(
        "claims/line.html",
        base=f"/prechecks/{token}",
        back_words="预检结果",
        number=None,
        record=record,
        shown=explain_line(record, line),
        entry=line_row(record, line, checked.people),
        cells=cells_of_row(checked.problems, row),
        problem=None,
        in_full=None,
        unmasking=False,
        stepped_up=False,
    )


@get("/prechecks/{token:str}/marked.xlsx", include_in_schema=False, right=Right.CLAIM_PRECHECK)
async def precheck_marked(request: Asked, token: FromPath[str]) -> Response[bytes]:
    draft = _draft(request, token)
    return download(await mark_workbook(draft.content, draft.checked.problems), filename="申报表-标注.xlsx")


@get("/prechecks/{token:str}/cells.csv", include_in_schema=False, right=Right.CLAIM_PRECHECK)
async def precheck_cells_csv(request: Asked, token: FromPath[str]) -> Response[bytes]:
    return cells_csv(_draft(request, token).checked.problems, filename="预检-待更正单元格.csv")


@get("/prechecks/{token:str}/contradictions.csv", include_in_schema=False, right=Right.CLAIM_PRECHECK)
async def precheck_contradictions_csv(request: Asked, token: FromPath[str]) -> Response[bytes]:
    return contradictions_csv(_draft(request, token).checked.contradictions, filename="预检-与登记不一致.csv")


@get("/prechecks/{token:str}/lines.csv", include_in_schema=False, right=Right.CLAIM_PRECHECK)
async def precheck_lines_csv(
    request: Asked, token: FromPath[str], outcome: FromQuery[str] = "", class_no: FromQuery[str] = ""
) -> Response[bytes]:
    checked = _draft(request, token).checked
    return lines_csv(checked.record, checked.people, LineFilter(outcome, class_no), filename="预检-人员明细.csv")


@post("/prechecks/{token:str}/mend", include_in_schema=False, right=Right.CLAIM_PRECHECK)
async def mend_precheck(request: Asked, token: FromPath[str], data: URLEncodedBody[dict[str, list[str] | str]]) -> Redirect | Template:
    """The mended workbook becomes a draft of its own; the fields are named by their cells, those left empty are not sent to us."""
    actor, clock = current_actor(request), clock_of(request)
    typed = {key: several(texts)[0] for key, texts in data.items() if APART in key}
    try:
        content, checked = await mend_draft(actor, _draft(request, token), typed, clock=clock)
    except MendRefused as refusal:
        return _precheck(request, token, refusal=refusal)
    return Redirect(f"/prechecks/{_box(request).put(actor, content, checked, clock=clock)}", status_code=SEE_OTHER)


@post("/prechecks/{token:str}/submit", include_in_schema=False, right=Right.CLAIM_SUBMIT)
async def submit_precheck(request: Asked, token: FromPath[str], data: URLEncodedBody[SubmitForm]) -> Redirect:
    """Submitting twice gives the same receipt, so the draft stays until it expires."""
    draft, clock = _draft(request, token), clock_of(request)
    left_out = not_paying_rows(draft.checked.record) if data.leave_out else frozenset()
    actor = current_actor(request)
    receipt = await claims.submit_claim(actor, draft.content, readable_only=data.readable_only, left_out=left_out, clock=clock)
    return Redirect(f"/claims/{receipt.number}?receipt=1", status_code=SEE_OTHER)


def upload_pages(*, upload_limit: int) -> Router:
    """The pages of this file; only the upload itself may be large."""
    upload = Router("/", route_handlers=[precheck_workbook], request_max_body_size=upload_limit)
    return Router(
        "/",
        route_handlers=[
            upload,
            new_claim_page,
            template_page,
            template_workbook,
            no_precheck,
            precheck_page,
            precheck_line_page,
            precheck_marked,
            precheck_cells_csv,
            precheck_contradictions_csv,
            precheck_lines_csv,
            mend_precheck,
            submit_precheck,
        ],
    )
