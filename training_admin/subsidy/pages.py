"""Pages of submitted claims: list, one claim with its result, one person's decision clause by clause."""

from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Template

from training_admin.fund.case_payments import owed_shown, payments_of_case
from training_admin.kit.actor import StepUpNeeded, may
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.office import messages
from training_admin.subsidy import claims
from training_admin.subsidy.claim_contradictions import claim_contradictions
from training_admin.subsidy.explain import explain_claim, explain_class, explain_line
from training_admin.subsidy.record import AssessmentRecord
from training_admin.subsidy.review_screen import REVIEW_WORDS, show_review
from training_admin.subsidy.screens import STATE_WORDS, LineFilter, cells_of_row, line_row, page_of_lines, totals
from training_admin.subsidy.signing import show_signing
from training_admin.subsidy.tables_csv import cells_csv, claims_csv, classes_csv, contradictions_csv, lines_csv
from training_admin.subsidy.unmasking import PersonErased, PersonInFull, ReasonRefused, unmask_person
from training_admin.subsidy.uploads import the_line
from training_admin.subsidy.views import ClaimDetail
from training_admin.web import MOST_ROWS, PlaceQuery, StateQuery, clock_of, current_actor, download, is_partial, page, row_cursor

Asked = Request[Any, Any, Any]
ROWS, CLAIMS_SHOWN = 100, 25


class UnmaskForm(msgspec.Struct, frozen=True):
    """Why full numbers are looked at."""

    reason: str = ""


async def _claim(request: Asked, number: str, place: int | None) -> tuple[ClaimDetail, AssessmentRecord | None]:
    """A claim with the record asked for, the newest when no place is given; raises ClaimNotFound."""
    detail = await claims.claim_detail(current_actor(request), number)
    record = detail.record if place is None else await claims.claim_record(current_actor(request), number, place)
    return detail, record


@get("/claims", include_in_schema=False, right=Right.CLAIM_READ)
async def claims_page(request: Asked, cursor: FromQuery[str | None] = None, in_state: StateQuery = "") -> Template:
    row_cursor(cursor)
    found, following = await claims.list_claims(current_actor(request), cursor=cursor, limit=CLAIMS_SHOWN, state=in_state or None)
    return page("claims/list.html", claims=found, following=following, state=in_state, states=STATE_WORDS, cursor=cursor)


@get("/claims.csv", include_in_schema=False, right=Right.CLAIM_READ)
async def claims_list_csv(request: Asked, cursor: FromQuery[str | None] = None, in_state: StateQuery = "") -> Response[bytes]:
    row_cursor(cursor)
    found, _ = await claims.list_claims(current_actor(request), cursor=cursor, limit=MOST_ROWS, state=in_state or None)
    return claims_csv(found, filename="申报列表.csv")


@get("/claims/{number:str}", include_in_schema=False, right=Right.CLAIM_READ)
async def claim_page(
    request: Asked,
    number: FromPath[str],
    place: PlaceQuery = None,
    outcome: FromQuery[str] = "",
    class_no: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
    receipt: FromQuery[bool] = False,
) -> Template:
    return await shown_claim(request, number, place=place, wanted=LineFilter(outcome, class_no), cursor=cursor, receipt=receipt)


async def shown_claim(
    request: Asked,
    number: str,
    *,
    place: int | None = None,
    wanted: LineFilter | None = None,
    cursor: str | None = None,
    receipt: bool = False,
    refusal: Refusal | None = None,
) -> Template:
    """The page of a claim, also as the answer to an act that was refused."""
    actor, clock, wanted = current_actor(request), clock_of(request), wanted or LineFilter()
    detail, record = await _claim(request, number, place)
    shared: dict[str, Any] = {
        "status_code": 200 if refusal is None else refusal.status,
        "problem": None if refusal is None else refusal.problem(),
        "detail": detail,
        "receipt": receipt,
        "to_sign": await show_signing(actor, number, clock=clock),
        "review": await show_review(actor, detail, clock=clock),
        **REVIEW_WORDS,
    }
    if record is None:
        return page("claims/waiting.html", **shared)
    rows, following = page_of_lines(record, detail.people, wanted, after=row_cursor(cursor), limit=ROWS)
    return page(
        "claims/_lines.html" if is_partial(request) else "claims/claim.html",
        base=f"/claims/{number}",
        record=record,
        place=place,
        totals=totals(record),
        whole=explain_claim(record),
        classes=[(klass, explain_class(klass)) for klass in record.classes],
        rows=rows,
        following=following,
        wanted=wanted,
        contradictions=await claim_contradictions(actor, number, clock=clock),
        written=await messages.of_case(number, detail.summary.uscc),
        payments=await payments_of_case(actor, number),
        owed_fen=await owed_shown(actor, detail.summary.uscc),
        **shared,
    )


@get("/claims/{number:str}/progress", include_in_schema=False, right=Right.CLAIM_READ)
async def claim_progress(request: Asked, number: FromPath[str]) -> Template:
    """What the waiting page asks for now and then; with the result there, the page is loaded anew."""
    detail = await claims.claim_detail(current_actor(request), number)
    part = page("claims/_progress.html", detail=detail)
    if detail.record is not None:
        part.headers["hx-refresh"] = "true"
    return part


@get("/claims/{number:str}/lines/{row:int}", include_in_schema=False, right=Right.CLAIM_READ)
async def line_page(request: Asked, number: FromPath[str], row: FromPath[int], place: PlaceQuery = None) -> Template:
    return await _line(request, number, row, place)


@post("/claims/{number:str}/lines/{row:int}/unmask", include_in_schema=False, right=Right.CLAIM_UNMASK)
async def unmask_act(request: Asked, number: FromPath[str], row: FromPath[int], data: URLEncodedBody[UnmaskForm]) -> Template:
    """The same page with the person's numbers in full, this once; the answer is stored nowhere."""
    try:
        person = await unmask_person(current_actor(request), number, row, reason=data.reason, clock=clock_of(request))
    except (StepUpNeeded, ReasonRefused, PersonErased) as refusal:
        return await _line(request, number, row, None, refusal=refusal)
    return await _line(request, number, row, None, person=person)


async def _line(
    request: Asked, number: str, row: int, place: int | None, *, person: PersonInFull | None = None, refusal: Refusal | None = None
) -> Template:
    detail, found = await _claim(request, number, place)
    record, line = the_line(found, row)
    actor = current_actor(request)
    return page(
        "claims/line.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        unmasking=may(actor, Right.CLAIM_UNMASK),
        stepped_up=actor.stepped_up,
        in_full=person,
        base=f"/claims/{number}",
        back_words=f"申报 {number}",
        number=number,
        record=record,
        shown=explain_line(record, line),
        entry=line_row(record, line, detail.people),
        cells=cells_of_row(detail.problems, row),
    )


@get("/claims/{number:str}/lines.csv", include_in_schema=False, right=Right.CLAIM_READ)
async def claim_lines_csv(
    request: Asked, number: FromPath[str], place: PlaceQuery = None, outcome: FromQuery[str] = "", class_no: FromQuery[str] = ""
) -> Response[bytes]:
    detail, record = await _claim(request, number, place)
    return lines_csv(record, detail.people, LineFilter(outcome, class_no), filename=f"{number}-人员明细.csv")


@get("/claims/{number:str}/classes.csv", include_in_schema=False, right=Right.CLAIM_READ)
async def claim_classes_csv(request: Asked, number: FromPath[str], place: PlaceQuery = None) -> Response[bytes]:
    _, record = await _claim(request, number, place)
    return classes_csv(record, filename=f"{number}-班级.csv")


@get("/claims/{number:str}/cells.csv", include_in_schema=False, right=Right.CLAIM_READ)
async def claim_cells_csv(request: Asked, number: FromPath[str]) -> Response[bytes]:
    detail = await claims.claim_detail(current_actor(request), number)
    return cells_csv(detail.problems, filename=f"{number}-待更正单元格.csv")


@get("/claims/{number:str}/contradictions.csv", include_in_schema=False, right=Right.CLAIM_READ)
async def claim_contradictions_csv(request: Asked, number: FromPath[str]) -> Response[bytes]:
    found = await claim_contradictions(current_actor(request), number, clock=clock_of(request))
    return contradictions_csv(found, filename=f"{number}-与登记不一致.csv")


@post("/claims/{number:str}/marked.xlsx", include_in_schema=False, status_code=200, right=Right.CLAIM_READ)
async def claim_marked_workbook(request: Asked, number: FromPath[str]) -> Response[bytes]:
    return download(await claims.claim_marked(current_actor(request), number, clock=clock_of(request)), filename=f"{number}-标注.xlsx")


@get("/claims/{number:str}/record.json", include_in_schema=False, right=Right.CLAIM_READ)
async def claim_record_json(request: Asked, number: FromPath[str], place: PlaceQuery = None) -> Response[bytes]:
    content = canonical_json(await claims.claim_record(current_actor(request), number, place))
    answer = download(content, filename=f"{number}-核验记录.json", media_type="application/json")
    answer.headers["etag"] = f'"{sha256_hex(content)}"'
    return answer


def claim_pages() -> Router:
    """The pages of this file."""
    return Router(
        "/",
        route_handlers=[
            claims_page,
            claims_list_csv,
            claim_page,
            claim_progress,
            line_page,
            unmask_act,
            claim_lines_csv,
            claim_classes_csv,
            claim_cells_csv,
            claim_contradictions_csv,
            claim_marked_workbook,
            claim_record_json,
        ],
    )
