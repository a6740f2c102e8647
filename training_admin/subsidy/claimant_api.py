"""An enterprise goes on with its claims over the API: hand in again, attach papers, take offers, ask for a programme's money."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, JSONBody, MultipartBody, PathParameter

from training_admin.accounts.proofs import FRESH_PROOF, CodeHeader, proven
from training_admin.fund.payee_account import PayeeAccount, typed_account
from training_admin.kit.digest import sha256_hex
from training_admin.kit.rights import Right
from training_admin.office.idempotency import under_key
from training_admin.office.request_keys import KEY_WORDS, KeyHeader
from training_admin.subsidy import attachments, class_offers, resubmitting
from training_admin.subsidy.claims import claim_detail
from training_admin.subsidy.review_api import IfMatch, VersionStale, version_of
from training_admin.subsidy.reviewing import ClaimMoved
from training_admin.subsidy.schemas import Amount, ReceiptAnswer, amount, optional_amount, receipt_answer
from training_admin.subsidy.uploads import read_upload
from training_admin.web import clock_of, current_actor, problems, shanghai_iso

Asked = Request[Any, Any, Any]
CLAIMS = ["申报"]
YearPath = Annotated[int, PathParameter(ge=2000, le=2999)]


class MendedUpload(msgspec.Struct, frozen=True):
    """The mended workbook of a returned claim; `readable_only` leaves out the rows that cannot be read."""

    file: UploadFile | None = None
    readable_only: bool = False


class ChangeAnswer(msgspec.Struct, frozen=True):
    """One difference to the round before; rows are those of the sheet."""

    sheet: str
    kind: str
    column: str
    row_before: int | None
    row_after: int | None
    before: str
    after: str


class PaperUpload(msgspec.Struct, frozen=True):
    """A paper with its kind (invoice, payment, contract, roster, other) and title."""

    kind: str = ""
    title: str = ""
    file: UploadFile | None = None


class AttachmentAnswer(msgspec.Struct, frozen=True):
    """A paper of a claim; `in_costs` says that its invoice stands on the cost sheet."""

    id: int
    kind: str
    kind_words: str
    title: str
    media_type: str
    size: int
    invoice_no: str
    invoice_amount: Amount | None
    in_costs: bool
    added_at: str
    sha256: str


class AttachmentsAnswer(msgspec.Struct, frozen=True):
    """Every paper of a claim, oldest first."""

    attachments: tuple[AttachmentAnswer, ...]


class OfferAnswer(msgspec.Struct, frozen=True):
    """Closed classes of a year that are claimed by confirming the account alone."""

    year: int
    class_nos: tuple[str, ...]
    people: int
    payable: Amount


class OffersAnswer(msgspec.Struct, frozen=True):
    """The offers to one's own enterprise, and by class what others lack for one."""

    offers: tuple[OfferAnswer, ...]
    lacking: dict[str, str]


class OfferDetail(msgspec.Struct, frozen=True):
    """An offer assessed now; of the known account four digits are told, null where none is known."""

    offer: OfferAnswer
    paying: int
    refused: int
    account: str | None


class AccountBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account: bank, number, holder."""

    bank: Annotated[str, msgspec.Meta(max_length=200)]
    account: Annotated[str, msgspec.Meta(max_length=80)]
    holder: Annotated[str, msgspec.Meta(max_length=200)]


class ConfirmBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was read of an offer, and the account (null: the known one)."""

    class_nos: tuple[str, ...]
    payable_fen: int
    account: AccountBody | None = None


def _typed(given: AccountBody | None) -> PayeeAccount | None:
    return None if given is None else typed_account(given.bank, given.account, given.holder)


@post(
    "/claims/{number:str}/resubmission",
    operation_id="resubmit_claim",
    summary="提交补正后的申报表",
    description=f"退回补正的申报自此以新编号继续；If-Match 必填（办理过程的 ETag）。{KEY_WORDS}",
    tags=CLAIMS,
    status_code=201,
    responses=problems(400, 404, 409, 412, 413, 422, 428),
    right=Right.CLAIM_SUBMIT,
)
async def post_resubmission(
    request: Asked, number: FromPath[str], data: MultipartBody[MendedUpload], key: KeyHeader, if_match: IfMatch = None
) -> ReceiptAnswer:
    actor = current_actor(request)
    await claim_detail(actor, number)
    version = version_of(if_match)
    content = await read_upload(data.file)
    try:
        with under_key(key, [request.url.path, data.readable_only, sha256_hex(content)]):
            receipt = await resubmitting.resubmit_claim(
                actor, number, content, readable_only=data.readable_only, version=version, clock=clock_of(request)
            )
    except ClaimMoved as moved:
        raise VersionStale(moved.sentence) from None
    return receipt_answer(receipt)


@get(
    "/claims/{number:str}/changes",
    operation_id="list_claim_changes",
    summary="补正前后对照",
    tags=CLAIMS,
    responses=problems(404),
    right=Right.CLAIM_READ,
)
async def get_changes(request: Asked, number: FromPath[str]) -> tuple[ChangeAnswer, ...]:
    return tuple(
        ChangeAnswer(each.sheet, each.kind, each.column, each.row_before, each.row_after, each.before, each.after)
        for each in await resubmitting.changes_of(current_actor(request), number)
    )


async def _attached(request: Asked, number: str) -> AttachmentsAnswer:
    return AttachmentsAnswer(
        tuple(
            AttachmentAnswer(
                *(each.id, each.kind, attachments.KINDS[each.kind], each.title, each.media_type, each.size, each.invoice_no),
                *(optional_amount(each.invoice_fen), each.in_costs, shanghai_iso(each.added_at), each.sha256),
            )
            for each in await attachments.list_papers(current_actor(request), number)
        )
    )


@get(
    "/claims/{number:str}/attachments",
    operation_id="list_claim_attachments",
    summary="申报的附件",
    tags=CLAIMS,
    responses=problems(404),
    right=Right.CLAIM_READ,
)
async def get_attachments(request: Asked, number: FromPath[str]) -> AttachmentsAnswer:
    return await _attached(request, number)


@post(
    "/claims/{number:str}/attachments",
    operation_id="attach_paper",
    summary="上传附件",
    description=f"PDF、OFD、XML、JPG、PNG；同一份文件重复上传不会产生第二个附件。{KEY_WORDS}",
    tags=CLAIMS,
    status_code=201,
    responses=problems(400, 404, 409, 413, 422),
    right=Right.CLAIM_SUBMIT,
)
async def post_attachment(request: Asked, number: FromPath[str], data: MultipartBody[PaperUpload], key: KeyHeader) -> AttachmentsAnswer:
    actor = current_actor(request)
    await claim_detail(actor, number)
    content = await read_upload(data.file, what="附件")
    with under_key(key, [request.url.path, data.kind, data.title, sha256_hex(content)]):
        await attachments.attach_paper(actor, number, content, kind=data.kind, title=data.title, clock=clock_of(request))
    return await _attached(request, number)


def _offer(each: class_offers.Offer) -> OfferAnswer:
    return OfferAnswer(each.year, each.class_nos, each.people, amount(each.payable_fen))


@get(
    "/offers",
    operation_id="list_offers",
    summary="免申即享：可直接领取的班级",
    tags=CLAIMS,
    responses=problems(),
    right=Right.CLAIM_SUBMIT,
)
async def get_offers(request: Asked) -> OffersAnswer:
    offers, lacking = await class_offers.my_offers(current_actor(request), clock=clock_of(request))
    return OffersAnswer(tuple(_offer(each) for each in offers), {number: words for number, words in lacking.items() if words})


@get(
    "/offers/{year:int}",
    operation_id="get_offer",
    summary="一个年度可直接领取的金额",
    tags=CLAIMS,
    responses=problems(400, 404),
    right=Right.CLAIM_SUBMIT,
)
async def get_offer(request: Asked, year: YearPath) -> OfferDetail:
    shown = await class_offers.show_offer(current_actor(request), year, clock=clock_of(request))
    paying = sum(1 for line in shown.record.lines if line.payable_fen)
    return OfferDetail(
        _offer(shown.offer), paying, len(shown.record.lines) - paying, None if shown.account is None else shown.account.masked
    )


@post(
    "/offers/{year:int}/confirmation",
    operation_id="confirm_offer",
    summary="确认账户并领取",
    description=f"班级和金额与读取时不同的不予提交；重复确认得到同一张回执。改用另一账户的，{FRESH_PROOF}没有设置动态码的账户请在页面办理。",
    tags=CLAIMS,
    status_code=201,
    responses=problems(400, 404, 409, 422),
    right=Right.CLAIM_SUBMIT,
)
async def post_confirmation(request: Asked, year: YearPath, data: JSONBody[ConfirmBody], code: CodeHeader = "") -> ReceiptAnswer:
    account = _typed(data.account)
    actor = await proven(request, code)
    receipt = await class_offers.confirm_offer(
        actor, year, class_nos=data.class_nos, payable_fen=data.payable_fen, account=account, clock=clock_of(request)
    )
    return receipt_answer(receipt)


def claimants_api(*, upload_limit: int) -> Router:
    """The operations of this file; only workbooks may be large."""
    uploads = Router("/", route_handlers=[post_resubmission], request_max_body_size=upload_limit)
    handlers: list[Any] = [
        *(uploads, get_changes, get_attachments, post_attachment, get_offers, get_offer, post_confirmation),
    ]
    return Router("/", route_handlers=handlers)
