"""Signing in to a session with the rotating code: the trainee says who he is on his own device, nobody else learns anything of it.

Name and end of the identity number are compared with the roster and kept nowhere; wrong tries are counted by device and by address.
"""

import asyncio
import hmac
from collections.abc import Sequence

import msgspec

from training_admin.accounts.rates import assert_free, count_try
from training_admin.catalog import class_store, run_store
from training_admin.catalog.class_facts import PlannedSession
from training_admin.catalog.class_store import ClassHead, ClassNotFound, SealedTrainee
from training_admin.catalog.run_checks import session_words, slug_of
from training_admin.catalog.run_facts import MARK_WORDS, Attended, Mark, Way, key_of
from training_admin.catalog.running import NotRunning, Running, SessionNotFound, load_running, running_of, session_of
from training_admin.catalog.sealing import ROSTER_PLACE
from training_admin.catalog.sign_codes import (
    ID_TAIL,
    OPENS_BEFORE_MINUTES,
    code_of,
    is_code,
    is_ticket,
    may_sign_in,
    seconds_left,
    step_at,
    ticket,
    told_by_code,
)
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import VISITOR, Actor, scope_of
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import clean_name, clean_number
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.office import trail

PURPOSE = "sign-in-code"
DEVICE_PLACE = "class_attendance.device"
# Wrong tries within a quarter of an hour (assumed): of one device in one session, and of an address behind which a whole class may sit.
MOST_OF_DEVICE, MOST_OF_ADDRESS = 5, 60
TOLD_BY = "学员本人"
# A whole class signs in within a minute: in turn nobody has to be tried again, because everybody writes behind the same trail.
_ONE_AT_A_TIME = asyncio.Semaphore(1)


class CodeRefused(Refusal):
    """The code is not the one shown now, the page was opened too long ago, or the session takes no sign-in."""

    code = "sign-in-code-refused"
    title = "不能签到"


class NotOnRoster(Refusal):
    """Name and number name nobody of the class."""

    status = 422
    code = "sign-in-not-found"
    title = "没有找到您"


class Shown(msgspec.Struct, frozen=True):
    """What the teacher's screen shows: the code, how many seconds it still holds, and how many have signed in."""

    class_no: str
    session: PlannedSession
    code: str
    seconds: int
    signed: int
    people: int
    is_open: bool

    @property
    def slug(self) -> str:
        """The session in an address."""
        return slug_of(key_of(self.session))


class Invited(msgspec.Struct, frozen=True):
    """The page after a good code: of which session, and the ticket that holds for a few minutes on this device."""

    class_no: str
    title: str
    session: PlannedSession
    ticket: str

    @property
    def slug(self) -> str:
        """The session in an address."""
        return slug_of(key_of(self.session))


class SignedIn(msgspec.Struct, frozen=True):
    """What the trainee is told: the mark, and whether he had signed in before."""

    session: PlannedSession
    mark: Mark
    again: bool


def secret() -> str:
    """What codes and tickets are derived from."""
    return vault().derived_secret(PURPOSE)


def device_hash(cookie: str) -> str:
    """By what a device is found again; the cookie itself is kept nowhere."""
    return vault().keyed_hash(cookie, place=DEVICE_PLACE).hex()


async def show_code(actor: Actor, class_no: str, slug: str, *, clock: Clock) -> Shown:
    """The code of a session for the teacher's screen; raises NotAllowed, ClassNotFound, NotRunning, SessionNotFound."""
    scope = scope_of(actor, Right.CLASS_RUN)
    async with read_transaction():
        running = await load_running(class_no, scope.codes)
    session, at = session_of(running.plan, slug), clock.now()
    key = key_of(session)
    signed = sum(running.run.attended.get((*key, one.person)) is not None for one in running.plan.trainees)
    return Shown(
        class_no=class_no,
        session=session,
        code=code_of(secret(), class_no, key, step_at(at)),
        seconds=seconds_left(at),
        signed=signed,
        people=len(running.plan.trainees),
        is_open=_takes_sign_in(running, session, clock),
    )


def _takes_sign_in(running: Running, session: PlannedSession, clock: Clock) -> bool:
    return running.is_open and key_of(session) not in running.run.held and may_sign_in(session, clock.now())


async def _of_public(class_no: str, slug: str) -> tuple[Running, PlannedSession]:
    """A class for somebody who is not signed in; a class that does not run is as unknown as one that is not there."""
    async with read_transaction():
        try:
            running = await load_running(class_no, None)
        except NotRunning:
            raise ClassNotFound("没有找到这个班级的课次，请重新扫描教师屏幕上的二维码。") from None
    return running, session_of(running.plan, slug)


async def open_by_scan(class_no: str, slug: str, code: str, *, device: str, address: str, clock: Clock) -> Invited:
    """The page behind the scanned code; raises ClassNotFound, SessionNotFound, CodeRefused, TooOften."""
    await _assert_may_try(class_no, slug, device, address, clock)
    running, session = await _of_public(class_no, slug)
    return await _invited(running, session, code, device=device, address=address, clock=clock)


async def open_by_code(class_no: str, code: str, *, device: str, address: str, clock: Clock) -> Invited:
    """The same for a class number and code typed in: the session is the one that takes sign-ins now; raises CodeRefused, TooOften."""
    number = class_no.strip().upper()
    await _assert_may_try(number, "", device, address, clock)
    try:
        async with read_transaction():
            running = await load_running(number, None)
    except (ClassNotFound, NotRunning):
        running = None
    now = [] if running is None else [each for each in running.plan.sessions if _takes_sign_in(running, each, clock)]
    if running is None or not now:
        await _count_wrong(number, "", device, address, clock)
        raise CodeRefused(f"这个班级现在没有可以签到的课次，请核对班级编号。课前 {OPENS_BEFORE_MINUTES} 分钟起可以签到。")
    wanted = next((each for each in now if is_code(secret(), number, key_of(each), code.strip(), at=clock.now())), now[0])
    return await _invited(running, wanted, code.strip(), device=device, address=address, clock=clock)


async def _invited(running: Running, session: PlannedSession, code: str, *, device: str, address: str, clock: Clock) -> Invited:
    class_no, key = running.head.class_no, key_of(session)
    if not _takes_sign_in(running, session, clock):
        window = f"课前 {OPENS_BEFORE_MINUTES} 分钟起至下课前可以签到"
        raise CodeRefused(f"{session_words(session)}的课次现在不能签到：{window}，请联系教师登记。")
    if not is_code(secret(), class_no, key, code, at=clock.now()):
        await _count_wrong(class_no, slug_of(key), device, address, clock)
        raise CodeRefused("签到码已更换或不正确，请重新扫描教师屏幕上的二维码，或输入屏幕上最新的签到码。")
    return Invited(class_no, running.plan.title, session, ticket(secret(), class_no, key, device, at=clock.now()))


async def invited_again(class_no: str, slug: str, held_ticket: str) -> Invited:
    """The page once more after a wrong try; its ticket holds no longer than before. Raises ClassNotFound, SessionNotFound."""
    running, session = await _of_public(class_no, slug)
    return Invited(class_no, running.plan.title, session, held_ticket)


async def _assert_may_try(class_no: str, slug: str, device: str, address: str, clock: Clock) -> None:
    await assert_free("sign-in device", f"{class_no} {slug} {device}", at=clock.now())
    await assert_free("sign-in address", address, at=clock.now())


async def _count_wrong(class_no: str, slug: str, device: str, address: str, clock: Clock) -> None:
    await count_try("sign-in device", f"{class_no} {slug} {device}", most=MOST_OF_DEVICE, at=clock.now())
    await count_try("sign-in address", address, most=MOST_OF_ADDRESS, at=clock.now())


async def sign_in(class_no: str, slug: str, *, held_ticket: str, name: str, tail: str, device: str, address: str, clock: Clock) -> SignedIn:
    """Mark the person present or late, on the device where the page was opened.

    Raises ClassNotFound, SessionNotFound, CodeRefused, NotOnRoster, TooOften.
    """
    await _assert_may_try(class_no, slug, device, address, clock)
    running, session = await _of_public(class_no, slug)
    if not is_ticket(secret(), class_no, key_of(session), device, held_ticket, at=clock.now()):
        raise CodeRefused("打开本页已超过 5 分钟，或不是在本设备上扫码。请重新扫描教师屏幕上的二维码。")
    person = _person(running.roster, clean_name(name), clean_number(tail))
    if person is None:
        await _count_wrong(class_no, slug, device, address, clock)
        raise NotOnRoster("姓名和证件号码后六位与本班花名册不符，请核对后重试；仍不成功的，请教师登记。")
    async with _ONE_AT_A_TIME:
        return await _mark(running.head, session, person, device=device, clock=clock)


def _person(roster: Sequence[SealedTrainee], name: str, tail: str) -> str | None:
    """The person of a roster by name and the end of the number; every row is compared, so that time tells nothing."""
    if len(tail) != ID_TAIL:
        return None
    keys, found = vault(), []
    for each in roster:
        number = keys.decrypt_text(each.sealed, place=ROSTER_PLACE)
        same_number = hmac.compare_digest(number[-ID_TAIL:].encode(), tail.encode())
        if hmac.compare_digest(clean_name(each.trainee.name).encode(), name.encode()) and same_number:
            found.append(each.trainee.person)
    return found[0] if len(found) == 1 else None


@retried
async def _mark(head: ClassHead, session: PlannedSession, person: str, *, device: str, clock: Clock) -> SignedIn:
    key, now = key_of(session), clock.now()
    async with write_transaction():
        running = await running_of(await class_store.class_by_number(head.class_no, None))
        if session not in running.plan.sessions:
            raise SessionNotFound("这个课次刚刚有变更，请重新扫描教师屏幕上的二维码。")
        if not _takes_sign_in(running, session, clock):
            raise CodeRefused("这个课次刚刚停止签到，请教师登记。")
        known = running.run.attended.get((*key, person))
        if known is not None and known.mark in {Mark.PRESENT, Mark.LATE}:
            return SignedIn(session, known.mark, again=True)
        if known is not None:
            raise CodeRefused(f"教师已登记您本次课为“{MARK_WORDS[known.mark]}”。如有不符，请教师更正。")
        mark, minutes = told_by_code(session, now)
        row = Attended(*key, person, mark, minutes, Way.CODE, device, TOLD_BY, now)
        await run_store.add_attended(head.id, [row])
        await trail.record(VISITOR, "catalog:class:signed_in", head.class_no, {"session": slug_of(key), "mark": mark.value}, at=now)
    return SignedIn(session, mark, again=False)
