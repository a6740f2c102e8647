"""Self-registration of enterprises and institutions: one act makes the organisation, which waits, and its first account."""

from datetime import date

import msgspec

from training_admin.accounts import organisation_store, passwords, store
from training_admin.accounts.facts import AccountFacts, OrganisationFacts, OrganisationState
from training_admin.accounts.licences import LicenceRefused, media_type_of
from training_admin.accounts.opening import (
    LONGEST_ORGANISATION,
    AccountRefused,
    LoginTaken,
    OrganisationTaken,
    assert_login,
    assert_name,
    new_account,
)
from training_admin.accounts.rates import count_try
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import VISITOR, Actor
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import clean_name, clean_number, is_mobile, uscc_problem
from training_admin.kit.refusals import Unreadable
from training_admin.kit.rights import OUTSIDE, OrganisationKind, Role
from training_admin.kit.vault import vault
from training_admin.kit.workdays import NoCalendar
from training_admin.office import trail
from training_admin.office.files import keep_file
from training_admin.office.workdays import load_calendar

DECIDE_DAYS = 5
TRIES = 10
# What the person who registers an organisation is in it; he invites all others.
FIRST_ROLES = {
    OrganisationKind.ENTERPRISE: frozenset({Role.CLAIM_CLERK, Role.SIGNATORY}),
    OrganisationKind.INSTITUTION: frozenset({Role.REGISTRAR}),
}


class RegistrationRefused(Unreadable):
    """Something of the registration is wrong; the sentence names everything at once."""

    code = "registration-refused"
    title = "注册信息有误"


class Contact(msgspec.Struct, frozen=True):
    """Whom to ask about a registration; stored sealed."""

    name: str
    phone: str


class Registration(msgspec.Struct, frozen=True):
    """What an organisation says about itself when it registers."""

    kind: OrganisationKind
    code: str
    name: str
    licence: bytes
    contact: Contact
    login: str
    password: str


class Registered(msgspec.Struct, frozen=True):
    """The receipt: by when the registration is decided, None where the calendar of that year is not published yet."""

    code: str
    name: str
    decide_by: date | None


async def register_organisation(asked: Registration, *, address: str, profile: str, clock: Clock) -> Registered:
    """Register an enterprise or an institution with its first account; it waits for the decision.

    Raises TooOften, RegistrationRefused naming every fault, OrganisationTaken, LoginTaken.
    """
    await count_try("register", address, most=TRIES, at=clock.now())
    media_type, plain = _checked(asked, profile)
    async with read_transaction():
        await _assert_free(plain)
    return await _store(plain, media_type, await passwords.hashed(plain.password), clock)


def _checked(asked: Registration, profile: str) -> tuple[str, Registration]:
    """The type of the licence and the registration with its texts cleaned; raises RegistrationRefused."""
    code, contact = clean_number(asked.code), Contact(clean_name(asked.contact.name), clean_number(asked.contact.phone))
    faults = []
    if asked.kind not in OUTSIDE:
        faults.append("请选择单位类型。")
    if uscc_problem(code) is not None:
        faults.append("统一社会信用代码有误，应为 18 位，请对照营业执照（登记证书）核对。")
    if not contact.name or len(contact.name) > 60:  # noqa: PLR2004 - the longest name
        faults.append("请填写联系人姓名。")
    if not is_mobile(contact.phone):
        faults.append("联系人手机号码有误，应为 11 位。")
    media_type, name, login = "", asked.name, asked.login
    try:
        name = assert_name(asked.name, longest=LONGEST_ORGANISATION)
    except AccountRefused as refusal:
        faults.append(f"单位{refusal.sentence}")
    try:
        media_type = media_type_of(asked.licence)
    except LicenceRefused as refusal:
        faults.append(refusal.sentence)
    try:
        login = assert_login(asked.login)
        passwords.assert_strong(asked.password, login=login, profile=profile)
    except (AccountRefused, passwords.PasswordRefused) as refusal:
        faults.append(refusal.sentence)
    if faults:
        raise RegistrationRefused("".join(faults))
    return media_type, Registration(asked.kind, code, name, asked.licence, contact, login, asked.password)


async def _assert_free(plain: Registration) -> OrganisationFacts | None:
    """The organisation that was refused before and applies again, if there is one; raises OrganisationTaken, LoginTaken."""
    known = await store.organisation_by_code(plain.code)
    if known is not None and known.state is not OrganisationState.REFUSED:
        raise OrganisationTaken(
            "这个统一社会信用代码已经注册。请向本单位已有账户的同事索取邀请链接；如不是本单位注册的，请持证照到区人力资源社会保障部门核实。"
        )
    if await store.account_by_login(plain.login) is not None:
        raise LoginTaken("这个用户名已有人使用，请换一个。")
    return known


@retried
async def _store(plain: Registration, media_type: str, password_hash: str, clock: Clock) -> Registered:
    now = clock.now()
    async with write_transaction():
        earlier = await _assert_free(plain)
        decide_by = await _decide_by(clock.today())
        file = await keep_file(plain.licence, media_type=media_type, at=now)
        sealed = vault().encrypt(msgspec.json.encode(plain.contact), place=organisation_store.CONTACT_PLACE)
        key = 0 if earlier is None else earlier.id
        facts = OrganisationFacts(key, plain.code, plain.name, plain.kind, OrganisationState.WAITING)
        if earlier is None:
            key = await store.add_organisation(facts, at=now, decided_by=None, decide_by=decide_by, licence=file.id, sealed_contact=sealed)
        else:
            await organisation_store.apply_again(facts, licence=file.id, sealed_contact=sealed, at=now, decide_by=decide_by)
        detail = {
            "kind": plain.kind,
            "licence": file.sha256,
            "decide_by": None if decide_by is None else decide_by.isoformat(),
            "again": earlier is not None,
        }
        await trail.record(VISITOR, "accounts:organisation:registered", plain.code, detail, at=now)
        await _first_account(VISITOR, msgspec.structs.replace(facts, id=key), plain, password_hash, clock)
    return Registered(plain.code, plain.name, decide_by)


async def _first_account(
    actor: Actor, organisation: OrganisationFacts, plain: Registration, password_hash: str, clock: Clock
) -> AccountFacts:
    return await new_account(
        actor,
        organisation,
        login=plain.login,
        name=plain.contact.name,
        roles=FIRST_ROLES[plain.kind],
        password_hash=password_hash,
        factor_secret=None,
        authorised_until=None,
        clock=clock,
    )


async def _decide_by(today: date) -> date | None:
    """The last day for the decision; None while the working calendar of that year is not published (WD-02: never a guess)."""
    try:
        return (await load_calendar()).add_workdays(today, DECIDE_DAYS)
    except NoCalendar:
        return None
