"""Trainees and apprentices sign in with their identity number and a code that is sent to the phone of their newest roster row.

Whoever asks learns nothing about others: asking never looks a person up, it only stages a job; a worker looks for the phone. Of a code
only a keyed hash is stored; it lives five minutes and bears five tries.
"""

import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta

from training_admin.accounts import person_store, sessions
from training_admin.accounts.lockout import count_failure, forget_failures, is_locked
from training_admin.accounts.rates import TooOften, count_try
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, ActorKind
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import IdProblem, clean_number, likely_id_type, read_identity
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.vault import Undecipherable, vault
from training_admin.office import trail
from training_admin.office.channels import Channel
from training_admin.office.jobs import JobRun, enqueue

SEND_CODE = "send_code"
CODE_LIVES = timedelta(minutes=5)
TRIES_PER_CODE = 5
CODES_PER_PERSON, CODES_PER_ADDRESS = 5, 30
DIGITS = 6
LONGEST_NUMBER = 40
CODE_PLACE, TICKET_PLACE = "one_time_code.code_hash", "one_time_code.ticket"
# From an identity number to the opaque key of a person; handed in, because claims know how.
PersonOf = Callable[[str], str]
PhoneOf = Callable[[bytes], Awaitable[str | None]]


class IdentityNumberWrong(Unreadable):
    """The identity number cannot be right."""

    code = "identity-number-wrong"
    title = "证件号码有误"


class CodeRefused(Refusal):
    """The code is wrong, used, too old, tried too often, or was never sent: the answer never tells which."""

    status = 401
    code = "one-time-code-refused"
    title = "登录未成功"


class CodesNotSent(Refusal):
    """The installation has no line by which a code could be sent."""

    code = "one-time-codes-not-sent"
    title = "验证码登录尚未开通"


REFUSED = "验证码不正确或已失效。每个验证码 5 分钟内有效，最多试 5 次；请核对短信，或重新获取。"
TOO_MANY_CODES = "获取验证码过于频繁，请 15 分钟后再试。"


async def ask_code(id_no: str, *, person_of: PersonOf, address: str, clock: Clock) -> str:
    """Have a code sent if the person is known; returns a ticket that stands for him, the same for everybody.

    Raises IdentityNumberWrong, TooOften.
    """
    number = clean_number(id_no[:LONGEST_NUMBER])
    if isinstance(read_identity(likely_id_type(number), number, clock.today()), IdProblem):
        raise IdentityNumberWrong("证件号码有误，请对照证件核对后重新填写。")
    person = person_of(number)
    await count_try("codes from", address, most=CODES_PER_ADDRESS, at=clock.now())
    try:
        await count_try("codes for", person, most=CODES_PER_PERSON, at=clock.now())
    except TooOften:
        raise TooOften(TOO_MANY_CODES) from None
    await _stage(person)
    return vault().encrypt(bytes.fromhex(person), place=TICKET_PLACE).hex()


@retried
async def _stage(person: str) -> None:
    async with write_transaction():
        await enqueue(SEND_CODE, f"{person}/{secrets.token_hex(4)}")


async def send_code(run: JobRun, *, phone_of: PhoneOf, channel: Channel | None) -> None:
    """The job staged by `ask_code`; a second try makes a new code, and only the newest one counts."""
    person = bytes.fromhex(run.key.partition("/")[0])
    phone = await phone_of(person)
    if phone is not None and channel is not None:
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        await _keep_code(person, code, run.clock)
        await channel.send(phone, f"登录验证码 {code}，5 分钟内有效。工作人员不会向您索取验证码。")
    await _note_done(run)


@retried
async def _keep_code(person: bytes, code: str, clock: Clock) -> None:
    async with write_transaction():
        await person_store.add_code(person, _hash(person, code), at=clock.now(), ends_at=clock.now() + CODE_LIVES)


@retried
async def _note_done(run: JobRun) -> None:
    async with write_transaction():
        await run.first_time()


def _hash(person: bytes, code: str) -> bytes:
    return vault().keyed_hash(f"{person.hex()} {code}", place=CODE_PLACE)


async def sign_in_person(ticket: str, code: str, *, address: str, device: str, clock: Clock) -> str:
    """The token of a new session of the person; raises CodeRefused after counting the failure."""
    try:
        person = vault().decrypt(bytes.fromhex(ticket), place=TICKET_PLACE)
    except (ValueError, Undecipherable):
        raise CodeRefused(REFUSED) from None
    subject = f"person {person.hex()}"
    async with read_transaction():
        locked = await is_locked(subject, address, at=clock.now())
    token = None if locked else await _open(person, code.strip(), subject, device, clock)
    if token is None:
        await _note_failure(subject, address, clock)
        raise CodeRefused(REFUSED)
    return token


@retried
async def _open(person: bytes, code: str, subject: str, device: str, clock: Clock) -> str | None:
    """The try is used up whether or not the code is right."""
    actor = Actor(kind=ActorKind.PERSON, key=sessions.person_actor_key(person), name="学员")
    async with write_transaction():
        known = await person_store.take_try(person, at=clock.now(), most=TRIES_PER_CODE)
        wanted = b"" if known is None else known[1]
        if not secrets.compare_digest(_hash(person, code), wanted) or known is None:
            return None
        await person_store.use_code(known[0], at=clock.now())
        await forget_failures(subject)
        token, _session = await sessions.open_session(account=None, person=person, device=device, clock=clock, stepped_up=False)
        await trail.record(actor, "accounts:session:opened", actor.key, {"device": device, "by": "one-time-code"}, at=clock.now())
    return token


@retried
async def _note_failure(subject: str, address: str, clock: Clock) -> None:
    async with write_transaction():
        await count_failure(subject, address, at=clock.now())
