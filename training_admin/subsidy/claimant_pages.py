"""Pages on which an enterprise goes on with its claim: mend and hand in again, withdraw, attach papers, ask for 复核; and their lists."""

from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, MultipartBody, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.kit.money import yuan
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import day, moment
from training_admin.subsidy import appeals, attachments, claims, resubmitting
from training_admin.subsidy.pages import shown_claim
from training_admin.subsidy.review_pages import SEE_OTHER, done
from training_admin.subsidy.review_screen import show_review
from training_admin.subsidy.review_states import ACT_WORDS, STATE_WORDS, Act
from training_admin.subsidy.reviewing import act_on_claim
from training_admin.subsidy.rounds import counted
from training_admin.subsidy.uploads import read_upload
from training_admin.web import RowKey, clock_of, csv_download, current_actor, download, page

Asked = Request[Any, Any, Any]
PAPER_HEADER = ("类别", "名称", "类型", "大小（字节）", "发票号码", "价税合计（元）", "费用明细中有此发票", "上传人", "上传时间", "SHA-256")
CHANGE_HEADER = ("工作表", "变动", "列", "原行", "新行", "原值", "新值")
STEP_HEADER = ("序号", "办理", "原状态", "新状态", "办理人", "办理时间", "当时期限", "意见", "纪要或文号")


class MendedForm(msgspec.Struct, frozen=True):
    """The mended workbook of a returned claim."""

    file: UploadFile | None = None
    readable_only: bool = False
    version: int = 0


class VersionForm(msgspec.Struct, frozen=True):
    """An act over the version that was shown, with words where there are any."""

    version: int = 0
    opinion: str = ""


class PaperForm(msgspec.Struct, frozen=True):
    """A paper with its kind and title."""

    kind: str = ""
    title: str = ""
    file: UploadFile | None = None


class AppealForm(msgspec.Struct, frozen=True):
    """Why a decision is to be looked at again."""

    words: str = ""


@post("/claims/{number:str}/withdraw", include_in_schema=False, right=Right.CLAIM_SUBMIT)
async def withdraw_act(request: Asked, number: FromPath[str], data: URLEncodedBody[VersionForm]) -> Template | Redirect:
    act = act_on_claim(current_actor(request), number, Act.WITHDRAW, version=data.version, opinion=data.opinion, clock=clock_of(request))
    return await done(request, number, act)


@post("/claims/{number:str}/resubmit", include_in_schema=False, right=Right.CLAIM_SUBMIT)
async def resubmit_act(request: Asked, number: FromPath[str], data: MultipartBody[MendedForm]) -> Template | Redirect:
    """From here on the claim has the number of its second round."""
    try:
        content = await read_upload(data.file)
        receipt = await resubmitting.resubmit_claim(
            current_actor(request), number, content, readable_only=data.readable_only, version=data.version, clock=clock_of(request)
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return await shown_claim(request, number, refusal=refusal)
    return Redirect(f"/claims/{receipt.number}?receipt=1", status_code=SEE_OTHER)


@post("/claims/{number:str}/attachments", include_in_schema=False, right=Right.CLAIM_SUBMIT)
async def paper_act(request: Asked, number: FromPath[str], data: MultipartBody[PaperForm]) -> Template | Redirect:
    content = b"" if data.file is None else await data.file.read()
    act = attachments.attach_paper(current_actor(request), number, content, kind=data.kind, title=data.title, clock=clock_of(request))
    return await done(request, number, act)


@get("/claims/{number:str}/attachments/{attachment:int}", include_in_schema=False, right=Right.CLAIM_READ)
async def paper_file(request: Asked, number: FromPath[str], attachment: RowKey) -> Response[bytes]:
    """Always handed out as a file to keep: nothing that somebody uploaded is shown as a page of ours."""
    filename, media_type, content = await attachments.open_paper(current_actor(request), number, attachment, clock=clock_of(request))
    return download(content, filename=filename, media_type=media_type)


@get("/claims/{number:str}/attachments.csv", include_in_schema=False, right=Right.CLAIM_READ)
async def papers_csv(request: Asked, number: FromPath[str]) -> Response[bytes]:
    rows = (
        (
            *(attachments.KINDS[each.kind], each.title, each.media_type, each.size, each.invoice_no),
            *("" if each.invoice_fen is None else yuan(each.invoice_fen), "是" if each.in_costs else "否"),
            *(each.adder, moment(each.added_at), each.sha256),
        )
        for each in await attachments.list_papers(current_actor(request), number)
    )
    return csv_download(PAPER_HEADER, rows, filename=f"{number}-附件.csv")


@get("/claims/{number:str}/changes", include_in_schema=False, right=Right.CLAIM_READ)
async def changes_page(request: Asked, number: FromPath[str]) -> Template:
    changes = await resubmitting.changes_of(current_actor(request), number)
    return page("review/changes.html", number=number, changes=changes, counted=counted(changes))


@get("/claims/{number:str}/changes.csv", include_in_schema=False, right=Right.CLAIM_READ)
async def changes_csv(request: Asked, number: FromPath[str]) -> Response[bytes]:
    rows = (
        (each.sheet, each.kind, each.column, each.row_before, each.row_after, each.before, each.after)
        for each in await resubmitting.changes_of(current_actor(request), number)
    )
    return csv_download(CHANGE_HEADER, rows, filename=f"{number}-补正前后对照.csv")


@get("/claims/{number:str}/timeline.csv", include_in_schema=False, right=Right.CLAIM_READ)
async def timeline_csv(request: Asked, number: FromPath[str]) -> Response[bytes]:
    actor = current_actor(request)
    review = await show_review(actor, await claims.claim_detail(actor, number), clock=clock_of(request))
    rows = (
        (
            *(each.place, ACT_WORDS[each.act], STATE_WORDS[each.from_state], STATE_WORDS[each.to_state], each.doer),
            *(moment(each.done_at), "" if each.due_on is None else day(each.due_on), each.opinion, each.minutes),
        )
        for each in review.steps
    )
    return csv_download(STEP_HEADER, rows, filename=f"{number}-办理过程.csv")


@post("/claims/{number:str}/appeals", include_in_schema=False, right=Right.CLAIM_SUBMIT)
async def appeal_act(request: Asked, number: FromPath[str], data: URLEncodedBody[AppealForm]) -> Template | Redirect:
    return await done(request, number, appeals.make_appeal(current_actor(request), number, data.words, clock=clock_of(request)))


def claimant_pages(*, upload_limit: int) -> Router:
    """The pages of this file; only workbooks may be large."""
    upload = Router("/", route_handlers=[resubmit_act], request_max_body_size=upload_limit)
    handlers: list[Any] = [withdraw_act, paper_act, paper_file, papers_csv, changes_page, changes_csv, timeline_csv, appeal_act]
    return Router("/", route_handlers=[upload, *handlers])
