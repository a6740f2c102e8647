"""Deciding registrations within the clock: who waits, until when, licence and contact, approve or refuse, hand over to a colleague."""

from datetime import date, datetime, timedelta

import msgspec

from training_admin.accounts import organisation_store
from training_admin.accounts.facts import OrganisationState
from training_admin.accounts.licences import ENDINGS
from training_admin.accounts.mandates import assert_words
from training_admin.accounts.opening import AccountNotFound, OrganisationNotFound
from training_admin.accounts.registering import Contact
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import mask_phone
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import OrganisationKind, Right, holders_of
from training_admin.kit.vault import vault
from training_admin.kit.workdays import Calendar, NoCalendar
from training_admin.office import messages, trail
from training_admin.office.files import load_file
from training_admin.office.messages import Letter
from training_admin.office.workdays import load_calendar

MOST_LISTED = 200
ONE_DAY = timedelta(days=1)
NO_CALENDAR = Calendar(frozenset(), frozenset(), frozenset())


class AlreadyDecided(Refusal):
    """Somebody has decided this registration meanwhile."""

    code = "already-decided"
    title = "已经办结"


class HandedOver(Refusal):
    """The registration is in another person's hands."""

    code = "handed-over"
    title = "已转由他人办理"


class RegistrationShown(msgspec.Struct, frozen=True):
    """A registration with its clock; `days_left` counts working days, is negative when overdue, None without a published calendar."""

    code: str
    name: str
    kind: OrganisationKind
    state: OrganisationState
    applied_at: datetime
    decide_by: date | None
    decided_at: datetime | None
    decided_by: str | None
    reason: str
    handler: str | None
    handler_name: str | None
    days_left: int | None


class Decider(msgspec.Struct, frozen=True):
    """Somebody to whom a registration can be handed over."""

    key: str
    name: str
    organisation: str


def workdays_left(calendar: Calendar, today: date, last: date | None) -> int | None:
    """Working days from today (not counted) to the last day (counted), negative when it has passed; None where no calendar tells."""
    if last is None:
        return None
    first, final, sign = (today, last, 1) if today <= last else (last, today, -1)
    days = (first + ONE_DAY * count for count in range(1, (final - first).days + 1))
    try:
        return sign * sum(calendar.is_workday(day) for day in days)
    except NoCalendar:
        return None


async def list_registrations(actor: Actor, *, state: OrganisationState, wanted: str = "", clock: Clock) -> list[RegistrationShown]:
    """Registrations in one state, waiting ones by their last day; at most `MOST_LISTED`, found by name or code. Raises NotAllowed."""
    assert_may(actor, Right.ORGANISATION_DECIDE)
    async with read_transaction():
        rows = await organisation_store.registrations(state, wanted=wanted.strip(), most=MOST_LISTED)
        calendar = await load_calendar()
    return [_shown(row, calendar, clock.today()) for row in rows]


def _shown(row: tuple[object, ...], calendar: Calendar, today: date) -> RegistrationShown:
    shown = msgspec.convert(dict(zip(RegistrationShown.__struct_fields__, (*row, None), strict=True)), RegistrationShown)
    waiting = shown.state is OrganisationState.WAITING
    return msgspec.structs.replace(shown, days_left=workdays_left(calendar, today, shown.decide_by) if waiting else None)


async def _found(code: str) -> tuple[object, ...]:
    row = await organisation_store.registration(code)
    if row is None:
        raise OrganisationNotFound("没有找到这家单位的注册，请从列表重新进入。")
    return row


async def registration_detail(actor: Actor, code: str, *, clock: Clock) -> tuple[RegistrationShown, Contact, list[Decider]]:
    """One registration, its contact with the phone masked, and to whom it can be handed over; raises NotAllowed, OrganisationNotFound."""
    assert_may(actor, Right.ORGANISATION_DECIDE)
    async with read_transaction():
        row = await _found(code)
        calendar = await load_calendar()
        contact = await _contact(code)
        deciders = await organisation_store.deciders(holders_of(Right.ORGANISATION_DECIDE), clock.today())
    masked = Contact(contact.name, mask_phone(contact.phone))
    return _shown(row, calendar, clock.today()), masked, [Decider(*each) for each in deciders if each[0] not in actor.hands]


async def _contact(code: str) -> Contact:
    sealed = await organisation_store.sealed_contact(code)
    if sealed is None:
        return Contact("", "")
    return msgspec.json.decode(vault().decrypt(sealed, place=organisation_store.CONTACT_PLACE), type=Contact)


@retried
async def read_contact(actor: Actor, code: str, *, reason: str, clock: Clock) -> Contact:
    """The contact in full, which the trail remembers with the reason; raises NotAllowed, OrganisationNotFound, MandateRefused."""
    assert_may(actor, Right.ORGANISATION_DECIDE)
    words = assert_words(reason, what="查看原因")
    async with write_transaction():
        await _found(code)
        contact = await _contact(code)
        await trail.record(actor, "accounts:contact:read", code, {"reason": words}, at=clock.now())
    return contact


@retried
async def read_licence(actor: Actor, code: str, *, clock: Clock) -> tuple[bytes, str, str]:
    """The licence with its file name and type, which the trail remembers; raises NotAllowed, OrganisationNotFound."""
    assert_may(actor, Right.ORGANISATION_DECIDE)
    async with write_transaction():
        found = await organisation_store.licence_of(code)
        if found is None:
            raise OrganisationNotFound("没有找到这家单位的证照，请从列表重新进入。")
        sha256, media_type = found
        content = await load_file(sha256)
        await trail.record(actor, "accounts:licence:read", code, {"sha256": sha256}, at=clock.now())
    return content, f"{code}-licence.{ENDINGS[media_type]}", media_type


@retried
async def decide_registration(actor: Actor, code: str, *, approve: bool, reason: str, clock: Clock) -> OrganisationState:
    """Approve or refuse (with a reason) a registration that waits.

    Raises NotAllowed, OrganisationNotFound, AlreadyDecided for the second of two decisions, HandedOver, MandateRefused without reason.
    """
    assert_may(actor, Right.ORGANISATION_DECIDE)
    words = "" if approve and not reason.strip() else assert_words(reason, what="核准意见或不予核准的原因")
    target = OrganisationState.APPROVED if approve else OrganisationState.REFUSED
    async with write_transaction():
        shown = _shown(await _found(code), NO_CALENDAR, clock.today())
        _assert_open(shown)
        _assert_in_hands(actor, shown)
        decided = await organisation_store.decide(code, state=target, reason=words, by=actor.trail_key, at=clock.now())
        assert decided, "the row was read as waiting in this very transaction"
        await messages.send(messages.to_organisation(code, Right.COLLEAGUES), _letter(code, target), clock=clock)
        overdue = shown.decide_by is not None and clock.today() > shown.decide_by
        await trail.record(actor, f"accounts:organisation:{target}", code, {"reason": words, "overdue": overdue}, at=clock.now())
    return target


def _letter(code: str, target: OrganisationState) -> Letter:
    """What the organisation is told; a refused one reads it outside, since it cannot sign in."""
    if target is OrganisationState.APPROVED:
        return Letter(code, "单位注册已核准", "贵单位的注册已经核准，现在可以提交申报、邀请同事。", "/colleagues")
    return Letter(
        code, "单位注册不予核准", "贵单位的注册不予核准，原因请用注册时的用户名和密码查询；改正后可以重新注册。", "/register/result"
    )


def _assert_open(shown: RegistrationShown) -> None:
    if shown.state is not OrganisationState.WAITING:
        raise AlreadyDecided("这家单位的注册已由他人办结，请刷新列表查看结果，无需再次办理。")


def _assert_in_hands(actor: Actor, shown: RegistrationShown) -> None:
    if shown.handler is not None and shown.handler not in actor.hands:
        raise HandedOver(f"本件已转由{shown.handler_name}办理。需要由您办理的，请先转办给自己，留痕中会记录。")


@retried
async def hand_over_registration(actor: Actor, code: str, *, to: str, clock: Clock) -> None:
    """Hand a waiting registration over to somebody who may decide it, or take it oneself.

    Raises NotAllowed, OrganisationNotFound, AlreadyDecided, AccountNotFound.
    """
    assert_may(actor, Right.ORGANISATION_DECIDE)
    async with write_transaction():
        shown = _shown(await _found(code), NO_CALENDAR, clock.today())
        _assert_open(shown)
        deciders = await organisation_store.deciders(holders_of(Right.ORGANISATION_DECIDE), clock.today())
        if to not in {each[0] for each in deciders}:
            raise AccountNotFound("没有找到可以接办的人员，请从列表中选择。")
        await organisation_store.hand_over(code, to=to)
        if to not in actor.hands:
            words = f"{shown.name}的注册转由您办理，请在办理期限前办结。"
            await messages.send(messages.to_account(to), Letter(code, "转办：单位注册", words, f"/organisations/{code}"), clock=clock)
        await trail.record(actor, "accounts:organisation:handed_over", code, {"from": shown.handler, "to": to}, at=clock.now())
