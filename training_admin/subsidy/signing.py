"""Signing a submitted claim (授权签字人): by the signatory's account, or once by a link for a head without account.

One person may submit and sign in a micro firm; that both were one hand is kept with the signature.
"""

from datetime import datetime, timedelta

import msgspec

from training_admin.accounts import sign_link_store
from training_admin.accounts.sessions import new_token
from training_admin.accounts.sign_link_store import SignLink
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import VISITOR, Actor, assert_approved, assert_may, scope_of
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import clean_name
from training_admin.kit.refusals import NotFound, Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.office import messages, trail
from training_admin.subsidy import signature_store
from training_admin.subsidy.letters import signed_letter
from training_admin.subsidy.signature_store import Signature, SigningClaim

LINK_LIVES = timedelta(days=7)
LONGEST_NAME = 60
SUBMITTED = "submitted"
UNDERTAKING = (
    "本单位承诺：所提交的申报表及附件真实、准确、完整，所列培训和人员情况属实，未就同一人员的同一培训重复享受其他财政补贴资金；"
    "配合主管部门依法开展的核查。如有虚假，愿退回补贴资金，并承担相应的法律责任。"
)


class AlreadySigned(Refusal):
    """A claim is signed once."""

    code = "claim-already-signed"
    title = "已经签字"


class NotToBeSigned(Refusal):
    """Only a submitted claim that nobody has begun to review is signed."""

    code = "claim-not-to-be-signed"
    title = "不能签字"


class SignerUnnamed(Unreadable):
    """The clerk has not said for whom the link is."""

    code = "signer-unnamed"
    title = "没有填写签字人"


class SigningLinkNotFound(NotFound):
    """The link was used, taken back, has ended, or never existed."""

    code = "signing-link-not-found"
    title = "链接已失效"


class SigningShown(msgspec.Struct, frozen=True):
    """A claim as the person who signs sees it: totals, no persons; and for whom an open link waits."""

    claim: SigningClaim
    undertaking: str
    waiting_for: str = ""
    waiting_until: datetime | None = None


async def show_signing(actor: Actor, number: str, *, clock: Clock) -> SigningShown:
    """Whether a claim is signed, or waits for whom; raises NotAllowed, ClaimNotFound."""
    async with read_transaction():
        claim = await signature_store.signing_claim(number, organisations=scope_of(actor, Right.CLAIM_READ).codes)
        waiting = await sign_link_store.waiting_link(number, now=clock.now())
    text = UNDERTAKING if claim.signature is None else claim.signature.undertaking
    return SigningShown(claim, text) if waiting is None else SigningShown(claim, text, *waiting)


def _assert_open(claim: SigningClaim) -> None:
    if claim.signature is not None:
        raise AlreadySigned("这份申报已经签字，无须再签。")
    if claim.state != SUBMITTED:
        raise NotToBeSigned("只有已提交、尚未受理的申报可以签字。请返回申报页面查看办理状态。")


@retried
async def sign_claim(actor: Actor, number: str, *, clock: Clock) -> Signature:
    """Sign with one's own account; raises NotAllowed, NotYetApproved, ClaimNotFound, AlreadySigned, NotToBeSigned."""
    assert_may(actor, Right.CLAIM_SIGN)
    assert_approved(actor)
    async with write_transaction():
        claim = await signature_store.signing_claim(number, organisations=scope_of(actor, Right.CLAIM_SIGN).codes)
        signature = Signature(
            way="account",
            name=actor.name,
            signed_by=actor.trail_key,
            signed_at=clock.now(),
            file_sha256=claim.file_sha256,
            undertaking=UNDERTAKING,
            same_hand=bool(frozenset(claim.submitted_by.split(" for ")) & actor.hands),
        )
        await _sign(actor, claim, signature, link=None, clock=clock)
    return signature


async def _sign(actor: Actor, claim: SigningClaim, signature: Signature, *, link: SignLink | None, clock: Clock) -> None:
    _assert_open(claim)
    if not await signature_store.add_signature(claim.id, signature):
        raise AlreadySigned("这份申报已经签字，无须再签。")
    await sign_link_store.end_links(claim.number, used=None if link is None else link.id, at=clock.now())
    await messages.send(messages.to_organisation(claim.uscc, Right.CLAIM_READ), signed_letter(claim.number), clock=clock)
    detail = {"way": signature.way, "sha256": signature.file_sha256, "same_hand": signature.same_hand}
    if link is not None:
        detail["offered_by"] = link.made_by
    await trail.record(actor, "subsidy:claim:signed", claim.number, detail, at=clock.now())


@retried
async def offer_signing_link(actor: Actor, number: str, *, name: str, clock: Clock) -> str:
    """The token of a link for a head without account, good for seven days; an earlier one for the claim ends.

    Raises NotAllowed, NotYetApproved, SignerUnnamed, ClaimNotFound, AlreadySigned, NotToBeSigned.
    """
    assert_may(actor, Right.CLAIM_SUBMIT)
    assert_approved(actor)
    if actor.acts_for is not None:
        raise NotToBeSigned("代办人员不能代为安排签字，请由企业自己的经办人或授权签字人办理。")
    signer = clean_name(name)
    if not signer or len(signer) > LONGEST_NAME or not signer.isprintable() or any(char.isdigit() for char in signer):
        raise SignerUnnamed("请填写签字人的姓名，不含数字。")
    token = new_token()
    async with write_transaction():
        claim = await signature_store.signing_claim(number, organisations=scope_of(actor, Right.CLAIM_SUBMIT).codes)
        _assert_open(claim)
        if await sign_link_store.has_signatory(claim.uscc, today=clock.today()):
            raise NotToBeSigned("贵单位有授权签字人的账户，请由其登录后签字；签字链接只用于没有账户的负责人。")
        made = await sign_link_store.add_link(
            token,
            organisation=claim.uscc,
            subject=number,
            name=signer,
            at=clock.now(),
            made_by=actor.trail_key,
            ends_at=clock.now() + LINK_LIVES,
        )
        if not made:
            raise NotToBeSigned("这家企业尚未在本系统注册，不能生成签字链接。")
        await trail.record(actor, "subsidy:signature:link_made", number, {}, at=clock.now())
    return token


async def show_signing_link(token: str, *, clock: Clock) -> tuple[SigningShown, str]:
    """What is to be signed and by whom; raises SigningLinkNotFound. Looking does not use the link up."""
    async with read_transaction():
        link, claim = await _open(token, clock)
    return SigningShown(claim, UNDERTAKING, link.name, link.ends_at), link.name


async def _open(token: str, clock: Clock) -> tuple[SignLink, SigningClaim]:
    link = await sign_link_store.open_link(token, now=clock.now())
    if link is None:
        raise SigningLinkNotFound("这个签字链接已经使用、到期或被收回。如仍需签字，请联系本单位经办人重新生成。")
    return link, await signature_store.signing_claim(link.subject, organisations=[link.organisation])


@retried
async def sign_by_link(token: str, *, clock: Clock) -> Signature:
    """Sign once by a link, which is worth nothing afterwards; raises SigningLinkNotFound, AlreadySigned, NotToBeSigned."""
    async with write_transaction():
        link, claim = await _open(token, clock)
        signature = Signature(
            way="link",
            name=link.name,
            signed_by=link.made_by,
            signed_at=clock.now(),
            file_sha256=claim.file_sha256,
            undertaking=UNDERTAKING,
            same_hand=False,
        )
        await _sign(VISITOR, claim, signature, link=link, clock=clock)
    return signature
