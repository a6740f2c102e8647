"""What may happen to a certificate after it was issued: reprinted, replaced, revoked; nothing is ever deleted.

Whoever issues belongs to the institution, whoever revokes to the administration: one account never belongs to both.
"""

import msgspec

from training_admin.certificates import store
from training_admin.certificates.facts import LONGEST_NAME, STATE_WORDS, Certificate, State
from training_admin.certificates.issuing import Granted, assert_printable, certificate_of
from training_admin.database import retried, write_transaction
from training_admin.kit.actor import Actor, assert_approved, assert_may, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import clean_name
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.messages import Letter, send, to_organisation, to_person

LONGEST_REASON = 500
MOST_COPIES = 99
REVOKED, REPRINTED, REPLACED = (f"certificates:certificate:{act}" for act in ("revoked", "reprinted", "replaced"))


class CertificateRefused(Unreadable):
    """A field of the act is missing, too long, or holds what must not stand in the trail."""

    code = "certificate-refused"
    title = "无法办理"


class CertificateEnded(Refusal):
    """The certificate was revoked or replaced before."""

    code = "certificate-ended"
    title = "证书已失效"


def reason_of(text: str) -> str:
    """A reason in one line; raises CertificateRefused."""
    return one_line(text, CertificateRefused, what="原因", most=LONGEST_REASON)


def assert_valid(certificate: Certificate) -> None:
    """Raises CertificateEnded."""
    if certificate.state is not State.VALID:
        raise CertificateEnded(f"这张证书{STATE_WORDS[certificate.state]}，不能再办理。")


@retried
async def revoke(actor: Actor, number: str, *, reason: str, clock: Clock) -> None:
    """Take a certificate back for a reason; its holder and the institution are told.

    Raises NotAllowed, CertificateNotFound, CertificateEnded, CertificateRefused.
    """
    assert_may(actor, Right.CERTIFICATE_REVOKE)
    why = reason_of(reason)
    async with write_transaction():
        certificate, _holder = await store.by_number(number, scope_of(actor, Right.CERTIFICATE_REVOKE).codes, lock=True)
        assert_valid(certificate)
        await store.end_certificate(number, State.REVOKED, why=why, on=clock.today(), by=shown_name(actor))
        text = f"证书 {number} 已被撤销，公开查验显示“已撤销”。原因：{why}。如有异议，请向主管部门书面提出。"
        letter = Letter(number, "培训证书已撤销", text, f"/certificates/{number}")
        await send(to_organisation(certificate.organisation, Right.CERTIFICATE_ISSUE), letter, clock=clock)
        await send(to_person(certificate.person), msgspec.structs.replace(letter, link="/my-certificates"), clock=clock)
        await trail.record(actor, REVOKED, number, {"reason": why}, at=clock.now())


@retried
async def reprint(actor: Actor, number: str, *, reason: str, clock: Clock) -> int:
    """A further original for one that was lost or damaged: same number, marked 补证; returns how many times it was reprinted.

    Raises NotAllowed, NotYetApproved, CertificateNotFound, CertificateEnded, CertificateRefused.
    """
    assert_may(actor, Right.CERTIFICATE_ISSUE)
    assert_approved(actor)
    why = reason_of(reason)
    async with write_transaction():
        certificate, _holder = await store.by_number(number, scope_of(actor, Right.CERTIFICATE_ISSUE).codes, lock=True)
        assert_valid(certificate)
        if certificate.copies >= MOST_COPIES:
            raise CertificateRefused(f"这张证书已补证 {MOST_COPIES} 次，请联系主管部门。")
        copies = await store.count_copy(number)
        await trail.record(actor, REPRINTED, number, {"reason": why, "copies": copies}, at=clock.now())
    return copies


@retried
async def replace(actor: Actor, number: str, *, name: str, reason: str, clock: Clock) -> str:
    """A new certificate with a corrected name for one that counts no longer; the person stays the same. Returns the new number.

    Raises NotAllowed, NotYetApproved, CertificateNotFound, CertificateEnded, CertificateRefused, FontMissing, NumbersUsedUp.
    """
    assert_may(actor, Right.CERTIFICATE_ISSUE)
    assert_approved(actor)
    why, right_name = reason_of(reason), clean_name(name)
    if not right_name or len(right_name) > LONGEST_NAME or not right_name.isprintable():
        raise CertificateRefused(f"请填写更正后的姓名（不超过 {LONGEST_NAME} 字）。")
    await assert_printable([right_name])
    async with write_transaction():
        old, holder = await store.by_number(number, scope_of(actor, Right.CERTIFICATE_ISSUE).codes, lock=True)
        assert_valid(old)
        if right_name == holder.name:
            raise CertificateRefused("更正后的姓名与原证书相同；遗失或损坏请办理补证。")
        (fresh,) = await store.numbers(old.organisation, old.kind, clock.today().year, 1)
        granted = Granted(person=old.person, holder=msgspec.structs.replace(holder, name=right_name), content=old.content)
        made = certificate_of(actor, fresh, old.organisation, old.kind, old.class_no, granted, clock=clock)
        await store.end_certificate(number, State.REPLACED, why=why, on=clock.today(), by=shown_name(actor), replaced_by=fresh)
        await store.add_certificates([(made, granted.holder)])
        await trail.record(actor, REPLACED, number, {"reason": why, "by": fresh}, at=clock.now())
    return fresh
