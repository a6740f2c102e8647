"""Papers of a claim: handed in by the enterprise, kept sealed, listed and looked at by whoever may read the claim."""

from collections.abc import Mapping

from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_approved, assert_may, scope_of
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import holds_personal_number
from training_admin.kit.refusals import NotFound, Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.files import keep_file, load_file
from training_admin.office.idempotency import once
from training_admin.subsidy import attachment_store, review_store
from training_admin.subsidy.attachment_files import FILE_ENDINGS, read_paper
from training_admin.subsidy.attachment_store import Attachment
from training_admin.subsidy.review_states import REASSESSED, STATE_WORDS

KINDS: Mapping[str, str] = {"invoice": "发票", "payment": "付款凭证", "contract": "培训协议", "roster": "签到或考核材料", "other": "其他"}
LONGEST_TITLE, MOST_PAPERS = 80, 100


class AttachmentRefused(Unreadable):
    """Kind or title of a paper is missing or cannot be used."""

    code = "attachment-refused"
    title = "附件无法保存"


class AttachmentNotNow(Refusal):
    """After the determination no more papers are taken."""

    code = "attachment-not-now"
    title = "当前状态不能上传附件"


class AttachmentNotFound(NotFound):
    """The claim has no such paper."""

    code = "attachment-not-found"


@once
async def attach_paper(actor: Actor, number: str, content: bytes, *, kind: str, title: str, clock: Clock) -> None:
    """Attach a paper to one's own claim; the same file again changes nothing.

    Raises NotAllowed, NotYetApproved, ClaimNotFound, PaperRefused, AttachmentRefused, AttachmentNotNow.
    """
    assert_may(actor, Right.CLAIM_SUBMIT)
    assert_approved(actor)
    words = " ".join(title.split())
    if kind not in KINDS or len(words) > LONGEST_TITLE or not words.isprintable():
        raise AttachmentRefused(f"请选择附件类别；名称不超过 {LONGEST_TITLE} 字。")
    if holds_personal_number(words):
        raise AttachmentRefused("附件名称中请不要写证件号码、手机号码或银行账号。")
    read = read_paper(content)
    claim = await review_store.claim_by_number(number, scope_of(actor, Right.CLAIM_SUBMIT).codes)
    if claim.state not in REASSESSED:
        raise AttachmentNotNow(f"这份申报目前为“{STATE_WORDS[claim.state]}”，不能再上传附件。")
    if len(await attachment_store.attachments_of(claim.id)) >= MOST_PAPERS:
        raise AttachmentRefused(f"每份申报至多 {MOST_PAPERS} 个附件，请合并后上传。")
    file = await keep_file(content, media_type=read.media_type, at=clock.now())
    new = Attachment(
        id=0,
        kind=kind,
        title=words or KINDS[kind],
        media_type=read.media_type,
        size=file.size,
        invoice_no=read.invoice_no,
        invoice_fen=read.invoice_fen,
        adder=actor.name,
        added_at=clock.now(),
        sha256=file.sha256,
        in_costs=False,
    )
    if await attachment_store.add_attachment(claim.id, file.id, new):
        detail = {"kind": kind, "media_type": read.media_type, "size": file.size, "sha256": file.sha256}
        await trail.record(actor, "subsidy:attachment:added", number, detail, at=clock.now())


async def list_papers(actor: Actor, number: str) -> list[Attachment]:
    """The papers of a claim in the actor's scope; raises NotAllowed, ClaimNotFound."""
    async with read_transaction():
        claim = await review_store.claim_by_number(number, scope_of(actor, Right.CLAIM_READ).codes)
        return await attachment_store.attachments_of(claim.id)


@retried
async def open_paper(actor: Actor, number: str, attachment: int, *, clock: Clock) -> tuple[str, str, bytes]:
    """File name without personal data, type and content of a paper, whose reading the trail remembers.

    Raises NotAllowed, ClaimNotFound, AttachmentNotFound, FileErased.
    """
    async with write_transaction():
        claim = await review_store.claim_by_number(number, scope_of(actor, Right.CLAIM_READ).codes)
        papers = {each.id: (place, each) for place, each in enumerate(await attachment_store.attachments_of(claim.id), start=1)}
        if attachment not in papers:
            raise AttachmentNotFound("这份申报没有这个附件，请从附件列表重新进入。")
        place, found = papers[attachment]
        content = await load_file(found.sha256)
        await trail.record(actor, "subsidy:attachment:read", number, {"sha256": found.sha256}, at=clock.now())
    return f"{number}-附件{place}.{FILE_ENDINGS.get(found.media_type, 'bin')}", found.media_type, content
