"""The JSON API of claims and rules, under `/api/v1`. Handlers only translate; the services decide."""

from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, FromQuery, MultipartBody

from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.kit.rights import Right
from training_admin.subsidy import claims
from training_admin.subsidy.explain import describe_rule
from training_admin.subsidy.explained import RuleShown
from training_admin.subsidy.prompts import prompted_template
from training_admin.subsidy.record import AssessmentRecord
from training_admin.subsidy.rules import ALL_RULES
from training_admin.subsidy.schemas import (
    ClaimAnswer,
    ClaimsPage,
    LineDecision,
    LinesPage,
    PrecheckAnswer,
    ReceiptAnswer,
    claim_answer,
    claim_row,
    line_answers,
    line_decision,
    precheck_answer,
    receipt_answer,
)
from training_admin.subsidy.screens import LineFilter, not_paying_rows, page_of_lines
from training_admin.subsidy.uploads import read_upload, rule_of, the_line
from training_admin.web import WORKBOOK_TYPE, PlaceQuery, StateQuery, clock_of, current_actor, download, page_size, problems, row_cursor

CLAIMS, RULEBOOK = ["申报"], ["规则"]
Asked = Request[Any, Any, Any]


class WorkbookUpload(msgspec.Struct, frozen=True):
    """A claim workbook (.xlsx) as a multipart form."""

    file: UploadFile | None = None


class ClaimUpload(msgspec.Struct, frozen=True):
    """A claim workbook to submit; `readable_only` leaves out the rows that cannot be read, `leave_out` those that would not be paid."""

    file: UploadFile | None = None
    readable_only: bool = False
    leave_out: bool = False


@post(
    "/prechecks",
    operation_id="precheck_claim",
    summary="预检申报表",
    description="读取并核验一份申报表，不保存任何内容，可反复使用。",
    tags=CLAIMS,
    status_code=200,
    responses=problems(400, 413, 422),
    right=Right.CLAIM_PRECHECK,
)
async def precheck_claim(request: Asked, data: MultipartBody[WorkbookUpload]) -> PrecheckAnswer:
    content = await read_upload(data.file)
    return precheck_answer(await claims.precheck(current_actor(request), content, clock=clock_of(request)))


@post(
    "/prechecks/marked",
    operation_id="mark_claim_workbook",
    summary="下载标注后的申报表",
    description="把有误的单元格标红并附错误清单，原样交还同一份文件。",
    tags=CLAIMS,
    status_code=200,
    media_type=WORKBOOK_TYPE,
    responses=problems(400, 413, 422),
    right=Right.CLAIM_PRECHECK,
)
async def mark_claim_workbook(request: Asked, data: MultipartBody[WorkbookUpload]) -> Response[bytes]:
    content = await read_upload(data.file)
    marked = await claims.precheck_marked(current_actor(request), content, clock=clock_of(request))
    return download(marked, filename="申报表-标注.xlsx")


@post(
    "/claims",
    operation_id="submit_claim",
    summary="提交申报",
    description="同一份文件重复提交得到同一张回执，因此网络中断后可放心重发。"
    "leave_out 为 true 时，预检不能补贴的人员不申报（剔除后提交），日后可补报。",
    tags=CLAIMS,
    status_code=201,
    responses=problems(400, 409, 413, 422),
    right=Right.CLAIM_SUBMIT,
)
async def submit_claim(request: Asked, data: MultipartBody[ClaimUpload]) -> Response[ReceiptAnswer]:
    content = await read_upload(data.file)
    actor, clock = current_actor(request), clock_of(request)
    left_out = not_paying_rows((await claims.precheck(actor, content, clock=clock)).record) if data.leave_out else frozenset()
    receipt = await claims.submit_claim(actor, content, readable_only=data.readable_only, left_out=left_out, clock=clock)
    return Response(receipt_answer(receipt), headers={"location": f"/api/v1/claims/{receipt.number}"})


@get("/claims", operation_id="list_claims", summary="申报列表", tags=CLAIMS, responses=problems(400), right=Right.CLAIM_READ)
async def list_claims(
    request: Asked, cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50, in_state: StateQuery = ""
) -> ClaimsPage:
    row_cursor(cursor)
    found, following = await claims.list_claims(current_actor(request), cursor=cursor, limit=page_size(limit), state=in_state or None)
    return ClaimsPage(tuple(claim_row(summary) for summary in found), following)


@get(
    "/claims/{number:str}", operation_id="get_claim", summary="申报及核验结果", tags=CLAIMS, responses=problems(404), right=Right.CLAIM_READ
)
async def get_claim(request: Asked, number: FromPath[str]) -> ClaimAnswer:
    return claim_answer(await claims.claim_detail(current_actor(request), number))


@get(
    "/claims/{number:str}/lines",
    operation_id="list_claim_lines",
    summary="申报明细",
    description="按花名册行号翻页；可按结果（outcome）和班级（class_no）筛选。",
    tags=CLAIMS,
    responses=problems(400, 404),
    right=Right.CLAIM_READ,
)
async def list_claim_lines(
    request: Asked,
    number: FromPath[str],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
    outcome: FromQuery[str] = "",
    class_no: FromQuery[str] = "",
) -> LinesPage:
    after = row_cursor(cursor)
    detail = await claims.claim_detail(current_actor(request), number)
    if detail.record is None:
        return LinesPage((), None)
    wanted = LineFilter(outcome, class_no)
    rows, following = page_of_lines(detail.record, detail.people, wanted, after=after, limit=page_size(limit))
    return LinesPage(line_answers(rows), None if following is None else str(following))


@get(
    "/claims/{number:str}/lines/{row:int}",
    operation_id="get_claim_line",
    summary="一名人员的逐条核验结果",
    description="每条规则的结论、条款、所用数值及其依据和效力，金额算式，以及怎样可以通过。",
    tags=CLAIMS,
    responses=problems(400, 404),
    right=Right.CLAIM_READ,
)
async def get_claim_line(request: Asked, number: FromPath[str], row: FromPath[int]) -> LineDecision:
    detail = await claims.claim_detail(current_actor(request), number)
    return line_decision(*the_line(detail.record, row), detail.people)


@get(
    "/claims/{number:str}/record",
    operation_id="get_claim_record",
    summary="核验记录（不可更改的原始记录）",
    description="规范化 JSON，ETag 为其 SHA-256；place 指第几次核验，缺省为最新一次。",
    tags=CLAIMS,
    media_type="application/json",
    responses={**problems(400, 404), 200: ResponseSpec(AssessmentRecord, generate_examples=False, description="核验记录")},
    right=Right.CLAIM_READ,
)
async def get_claim_record(request: Asked, number: FromPath[str], place: PlaceQuery = None) -> Response[bytes]:
    content = canonical_json(await claims.claim_record(current_actor(request), number, place))
    return Response(content, media_type="application/json", headers={"etag": f'"{sha256_hex(content)}"'})


@get(
    "/templates/claim",
    operation_id="get_claim_template",
    summary="空白申报模板",
    tags=CLAIMS,
    media_type=WORKBOOK_TYPE,
    responses=problems(),
    public=True,
)
async def get_claim_template() -> Response[bytes]:
    return download(await prompted_template(), filename="培训补贴申报模板.xlsx")


@get(
    "/rules",
    operation_id="list_rules",
    summary="规则列表（按阅读顺序）",
    tags=RULEBOOK,
    responses=problems(),
    sync_to_thread=False,
    public=True,
)
def list_rules() -> tuple[RuleShown, ...]:
    return tuple(describe_rule(rule) for rule in ALL_RULES)


@get(
    "/rules/{rule:str}",
    operation_id="get_rule",
    summary="一条规则",
    tags=RULEBOOK,
    responses=problems(404),
    sync_to_thread=False,
    public=True,
)
def get_rule(rule: FromPath[str]) -> RuleShown:
    return describe_rule(rule_of(rule))


def claims_api(*, upload_limit: int) -> Router:
    """The operations of this room; only those that take a workbook may be sent large bodies."""
    uploads = Router("/", route_handlers=[precheck_claim, mark_claim_workbook, submit_claim], request_max_body_size=upload_limit)
    return Router(
        "/",
        route_handlers=[
            uploads,
            list_claims,
            get_claim,
            list_claim_lines,
            get_claim_line,
            get_claim_record,
            get_claim_template,
            list_rules,
            get_rule,
        ],
    )
