"""Certificates for their readers: lists and single ones by scope, one's own, and the public check."""

import msgspec

from training_admin.accounts.rates import count_try
from training_admin.certificates import papers, store
from training_admin.certificates.ending import CertificateRefused, assert_valid
from training_admin.certificates.facts import Certificate, Holder, masked_name
from training_admin.certificates.numbers import parts_of
from training_admin.certificates.signing import signed
from training_admin.certificates.store import CertificateNotFound, Sought
from training_admin.certificates.tags import is_tag
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may, scope_of
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import clean_number, mask_identity
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.settings import Settings

MOST_LISTED, MOST_EXPORTED = 200, 20_000
# So many numbers may be typed from one address in a quarter of an hour.
MOST_CHECKS = 30
OPENED = "certificates:certificate:opened"
PNG, PDF = "image/png", "application/pdf"


class Shown(msgspec.Struct, frozen=True):
    """A certificate for staff: the name in full, the number masked."""

    certificate: Certificate
    name: str
    masked: str


class Checked(msgspec.Struct, frozen=True):
    """What the public is told of a certificate: surname and stars, nothing that identifies the person."""

    certificate: Certificate
    name: str


def _shown(found: tuple[Certificate, Holder]) -> Shown:
    certificate, holder = found
    return Shown(certificate, holder.name, mask_identity(holder.identity))


async def list_certificates(actor: Actor, sought: Sought, *, most: int = MOST_LISTED) -> list[Shown]:
    """Certificates of the actor's scope, newest first; raises NotAllowed."""
    scope = scope_of(actor, Right.CERTIFICATE_READ)
    async with read_transaction():
        return [_shown(each) for each in await store.found(scope.codes, sought, most=most)]


async def show_certificate(actor: Actor, number: str) -> tuple[Shown, list[tuple[object, str, str]]]:
    """A certificate and what was done with it; raises NotAllowed, CertificateNotFound."""
    scope = scope_of(actor, Right.CERTIFICATE_READ)
    async with read_transaction():
        found = await store.by_number(number, scope.codes)
        return _shown(found), [*await store.history_of(number)]


@retried
async def taken_out(actor: Actor, number: str, *, clock: Clock) -> tuple[Certificate, Holder]:
    """A valid certificate of the actor's own organisation to be printed; recorded, for it holds the identity number.

    Raises NotAllowed, CertificateNotFound, CertificateEnded.
    """
    scope = scope_of(actor, Right.CERTIFICATE_ISSUE)
    async with write_transaction():
        found = await store.by_number(number, scope.codes)
        assert_valid(found[0])
        await trail.record(actor, OPENED, number, {"copies": found[0].copies}, at=clock.now())
    return found


async def my_certificates(actor: Actor) -> list[Certificate]:
    """The actor's own certificates, newest first; raises NotAllowed."""
    assert_may(actor, Right.OWN_RECORDS)
    assert actor.person is not None
    async with read_transaction():
        return [certificate for certificate, _holder in await store.of_person(bytes.fromhex(actor.person))]


async def my_certificate(actor: Actor, number: str) -> tuple[Certificate, Holder]:
    """One of the actor's own that counts; raises NotAllowed, CertificateNotFound for another's, CertificateEnded."""
    assert_may(actor, Right.OWN_RECORDS)
    async with read_transaction():
        found = await store.by_number(number, None)
    if found[0].person != actor.person:
        raise CertificateNotFound("没有找到这张证书，请从列表重新进入。")
    assert_valid(found[0])
    return found


async def file_of(found: tuple[Certificate, Holder], settings: Settings, *, picture: bool) -> bytes:
    """A certificate as picture, or as PDF with the signature of its organisation where a key is configured.

    Raises TemplateUnusable, ChildFailed, SignerUnusable.
    """
    if picture:
        return await papers.one_picture(*found, settings)
    return await signed(await papers.one_pdf(*found, settings), found[0].organisation, settings.signers)


async def check_scanned(number: str, tag: str) -> Checked:
    """What a QR code leads to; a number whose tag is wrong is not even looked up. Raises CertificateRefused, CertificateNotFound."""
    if parts_of(number) is None or not is_tag(number, tag):
        raise CertificateRefused("二维码中的编号或校验码不符，不是本系统颁发的证书，或已被改动。")
    return await _checked(number)


async def check_typed(typed: str, *, address: str, clock: Clock) -> Checked:
    """What a typed number belongs to; raises CertificateRefused, CertificateNotFound, TooOften."""
    number = clean_number(typed[:60])
    if parts_of(number) is None:
        raise CertificateRefused("编号应为 21 位，末位是校验码。请对照证书逐位核对，中间的空格可以不填。")
    await count_try("certificate check", address, most=MOST_CHECKS, at=clock.wall())
    return await _checked(number)


async def _checked(number: str) -> Checked:
    async with read_transaction():
        try:
            certificate, holder = await store.by_number(number, None)
        except CertificateNotFound:
            raise CertificateNotFound("没有这个编号的证书：本系统没有颁发过。请对照证书核对编号。") from None
    return Checked(certificate, masked_name(holder.name))
