"""核减人员清单: whom a claim is not paid for and why, on a page that the enterprise prints for its own head."""

from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath
from litestar.response import Template

from training_admin.kit.money import yuan
from training_admin.kit.rights import Right
from training_admin.subsidy import claims
from training_admin.subsidy.record import AssessmentRecord
from training_admin.subsidy.screens import LineRow, line_row
from training_admin.subsidy.views import ClaimDetail
from training_admin.web import csv_download, current_actor, page

Asked = Request[Any, Any, Any]
HEADER = ("行", "班级编号", "姓名", "证件号码", "结果", "测算（元）", "应发（元）", "核减（元）", "原因")


def reduced_rows(detail: ClaimDetail) -> list[LineRow]:
    """The people whom the newest record pays nothing, or less than computed, in the order of the roster."""
    record = detail.record
    if not isinstance(record, AssessmentRecord):
        return []
    return [line_row(record, line, detail.people) for line in record.lines if not line.payable_fen or line.payable_fen < line.computed_fen]


@get("/claims/{number:str}/reduced", include_in_schema=False, right=Right.CLAIM_READ)
async def reduced_page(request: Asked, number: FromPath[str]) -> Template:
    detail = await claims.claim_detail(current_actor(request), number)
    rows = reduced_rows(detail)
    return page("claims/reduced.html", detail=detail, rows=rows, cut_fen=sum(each.computed_fen - each.payable_fen for each in rows))


@get("/claims/{number:str}/reduced.csv", include_in_schema=False, right=Right.CLAIM_READ)
async def reduced_csv(request: Asked, number: FromPath[str]) -> Response[bytes]:
    rows = (
        (
            *(each.row, each.class_no, each.person.name, each.person.masked_number, each.outcome_words),
            *(yuan(each.computed_fen), yuan(each.payable_fen), yuan(each.computed_fen - each.payable_fen)),
            "；".join(f"{rule} {words}" for rule, words in each.reasons),
        )
        for each in reduced_rows(await claims.claim_detail(current_actor(request), number))
    )
    return csv_download(HEADER, rows, filename=f"{number}-核减人员清单.csv")


def reduced_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[reduced_page, reduced_csv])
