"""Issuing certificates: for everybody of a closed class who passed, numbered, never twice for a class and a person."""

import asyncio
from collections.abc import Sequence
from datetime import date

import msgspec

from training_admin.catalog import class_store
from training_admin.catalog.class_store import ClassHead, SealedTrainee
from training_admin.catalog.filing import version_plan
from training_admin.catalog.run_facts import ClosedClass
from training_admin.catalog.run_store import load_closed
from training_admin.catalog.sealing import ROSTER_PLACE
from training_admin.certificates import store
from training_admin.certificates.facts import (
    WHY_WORDS,
    Certificate,
    Content,
    Holder,
    Kind,
    State,
    entitled,
    uncarried,
    why_not,
)
from training_admin.certificates.fonts import carried_characters
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_approved, assert_may, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import clean_name, likely_id_type
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.office import trail

ISSUED = "certificates:certificate:issued"


class ClassNotClosed(Refusal):
    """The class is not over yet: nobody knows what it will have been."""

    code = "certificate-class-not-closed"
    title = "班级尚未结班"


class NobodyEntitled(Refusal):
    """Nobody of the class may get a certificate now."""

    code = "certificate-nobody-entitled"
    title = "没有可以颁发的证书"


class FontMissing(Unreadable):
    """A name holds a character that no font of ours carries; it would be printed as a box."""

    code = "certificate-font-missing"
    title = "字库缺字"


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate to be issued; `person` is the hexadecimal keyed hash of the identity number."""

    person: str
    holder: Holder
    content: Content


class Candidate(msgspec.Struct, frozen=True):
    """Somebody of a closed class: name, why he gets no certificate now ("" when he may), characters of the name that no font carries."""

    name: str
    why: str
    missing: tuple[str, ...]


class ClassCertificates(msgspec.Struct, frozen=True):
    """A closed class as the page of its certificates shows it; `closed` is None before."""

    head: ClassHead
    title: str
    closed: ClosedClass | None
    candidates: tuple[Candidate, ...]

    @property
    def ready(self) -> int:
        """How many may get a certificate now."""
        return sum(not each.why for each in self.candidates)


async def assert_printable(names: Sequence[str]) -> None:
    """Raises FontMissing naming every character that no font carries, and in which name of a person, item or organisation."""
    carried = await asyncio.to_thread(carried_characters)
    wrong = [(name, uncarried(name, carried)) for name in names]
    sentences = [f"“{name}”中的“{'”“'.join(missing)}”（{'、'.join(code_points(missing))}）" for name, missing in wrong if missing]
    if sentences:
        raise FontMissing(f"字库中没有以下用字，打印会成为空框，不能颁发：{'；'.join(sentences)}。请核对，或请系统管理员补充字库。")


def code_points(characters: Sequence[str]) -> list[str]:
    """Characters as they are looked up: `U+4DAE`."""
    return [f"U+{ord(each):04X}" for each in characters]


async def class_certificates(actor: Actor, class_no: str, *, clock: Clock) -> ClassCertificates:
    """Who of a class may get a certificate, who not and why; raises NotAllowed, ClassNotFound."""
    scope = scope_of(actor, Right.CERTIFICATE_READ)
    carried = await asyncio.to_thread(carried_characters)
    async with read_transaction():
        head = await class_store.class_by_number(class_no, scope.codes)
        closed = (await load_closed([class_no], clock.now())).get(class_no)
        version, _plan, roster = await version_plan(head, head.version if closed is None else closed.version)
        states = await store.states_of_class(class_no)
    names = {each.trainee.person: each.trainee.name for each in roster}
    candidates = [
        Candidate(
            name := names.get(each.person, ""),
            "" if (why := why_not(each, states.get(each.person, ()))) is None else WHY_WORDS[why],
            tuple(uncarried(name, carried)),
        )
        for each in (() if closed is None else closed.trainees)
    ]
    return ClassCertificates(head, version.content.title, closed, tuple(candidates))


@retried
async def issue_class(actor: Actor, class_no: str, *, clock: Clock) -> tuple[str, ...]:
    """A training certificate for everybody of a closed class who passed and has none; returns their numbers.

    Raises NotAllowed, NotYetApproved, ClassNotFound, ClassNotClosed, NobodyEntitled, FontMissing, NumbersUsedUp.
    """
    assert_may(actor, Right.CERTIFICATE_ISSUE)
    assert_approved(actor)
    await asyncio.to_thread(carried_characters)  # read outside of the transaction, which must be short
    async with write_transaction():
        head = await class_store.class_by_number(class_no, scope_of(actor, Right.CERTIFICATE_ISSUE).codes)
        await store.hold_class(class_no)
        closed = (await load_closed([class_no], clock.now())).get(class_no)
        if closed is None:
            raise ClassNotClosed("班级结班后才能颁发证书。请先登记考核结果并办理结班。")
        version, _plan, roster = await version_plan(head, closed.version)
        persons = entitled(closed, await store.states_of_class(class_no))
        if not persons:
            raise NobodyEntitled("这个班级没有考核合格而尚未领证的学员。")
        content = content_of(closed, version.content.title, head.organisation_name)
        found = {each.trainee.person: each for each in roster}
        granted = [Granted(person=person, holder=holder_of(found[person]), content=content) for person in persons]
        return await issue(actor, head.organisation, Kind.TRAINING, class_no, granted, clock=clock)


def content_of(closed: ClosedClass, title: str, institution: str) -> Content:
    """What the certificates of a closed class say."""
    return Content(item=title, institution=institution, start=closed.start, end=closed.end, centihours=closed.delivered_centihours)


def holder_of(trainee: SealedTrainee) -> Holder:
    """Whose certificate it is, by the roster of the class."""
    identity = vault().decrypt_text(trainee.sealed, place=ROSTER_PLACE)
    return Holder(name=clean_name(trainee.trainee.name), id_type=likely_id_type(identity), identity=identity)


async def issue(actor: Actor, organisation: str, kind: Kind, class_no: str, granted: Sequence[Granted], *, clock: Clock) -> tuple[str, ...]:
    """Issue certificates of one kind in the open transaction; whoever calls has asked who may get one. Returns their numbers.

    Raises FontMissing, NumbersUsedUp.
    """
    await assert_printable(list(dict.fromkeys(text for each in granted for text in _names(each))))
    today: date = clock.today()
    numbers = await store.numbers(organisation, kind, today.year, len(granted))
    made = [
        (certificate_of(actor, number, organisation, kind, class_no, each, clock=clock), each.holder)
        for number, each in zip(numbers, granted, strict=True)
    ]
    await store.add_certificates(made)
    detail = {"kind": kind.value, "count": len(numbers), "first": numbers[0], "last": numbers[-1]}
    await trail.record(actor, ISSUED, class_no, detail, at=clock.now())
    return tuple(numbers)


def _names(granted: Granted) -> tuple[str, ...]:
    """What a certificate names: people, item and organisations."""
    holder, content = granted.holder, granted.content
    return holder.name, holder.mentor, holder.teacher, content.item, content.institution, content.enterprise


def certificate_of(
    actor: Actor, number: str, organisation: str, kind: Kind, class_no: str, granted: Granted, *, clock: Clock
) -> Certificate:
    """A new certificate, valid from today on."""
    return Certificate(
        number=number,
        kind=kind,
        organisation=organisation,
        class_no=class_no,
        person=granted.person,
        content=granted.content,
        issued_on=clock.today(),
        issuer=shown_name(actor),
        issued_at=clock.now(),
        state=State.VALID,
        why_ended="",
        ended_on=None,
        ender=None,
        replaced_by=None,
        copies=0,
    )
