"""Signing in with name, password and second factor. Whatever is wrong, the answer and the time it takes are the same."""

from datetime import datetime

import msgspec

from training_admin.accounts import passwords, sessions, store
from training_admin.accounts.facts import AccountFacts
from training_admin.accounts.lockout import count_failure, forget_failures, is_locked
from training_admin.accounts.second_factor import FACTOR
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, ActorKind
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import Refusal
from training_admin.kit.vault import vault
from training_admin.office import trail

LONGEST_LOGIN = 40


class SignInRefused(Refusal):
    """Name, password or code is wrong, or the account is locked, ended or unknown: the answer never tells which."""

    status = 401
    code = "sign-in-refused"
    title = "登录未成功"


class StepUpRefused(Refusal):
    """The proof of identity did not hold; the session stays as it was."""

    status = 401
    code = "step-up-refused"
    title = "身份确认未成功"


class Attempt(msgspec.Struct, frozen=True):
    """What somebody types who wants to sign in; `address` is where from, `device` a short name of the browser."""

    login: str
    password: str
    code: str
    address: str
    device: str


REFUSED = "用户名、密码或动态码不正确，或账户不可用。连续多次不正确会锁定 15 分钟；忘记密码请联系本单位负责人或系统管理员。"


async def sign_in(attempt: Attempt, *, clock: Clock) -> str:
    """The token of a new session; raises SignInRefused, after counting the failure."""
    login, now = attempt.login.strip()[:LONGEST_LOGIN], clock.now()
    async with read_transaction():
        locked = await is_locked(login, attempt.address, at=now)
        found = await store.account_by_login(login)
    right = await passwords.is_right(attempt.password, None if found is None else found[1])
    if found is not None and right and not locked and found[0].may_sign_in(clock.today()):
        step = _step(found[0], found[2], found[3], attempt.code, clock.wall())
        if step is not None:
            token = await _open(found[0], step, attempt, clock)
            if token is not None:
                return token
    await note_failure(login, attempt.address, now)
    raise SignInRefused(REFUSED)


def _step(account: AccountFacts, sealed: bytes | None, after: int, code: str, wall: datetime) -> int | None:
    """The step of an accepted code, 0 where none is asked, None when it is wrong or missing."""
    if sealed is None:
        return None if account.needs_second_factor else 0
    secret = vault().decrypt_text(sealed, place=store.FACTOR_PLACE)
    return FACTOR.accepted_step(secret, code.strip(), after=after, at=wall)


@retried
async def _open(account: AccountFacts, step: int, attempt: Attempt, clock: Clock) -> str | None:
    """The session, unless the account was locked or the code used while the password was verified."""
    device = attempt.device
    actor = Actor(kind=ActorKind.PERSON, key=account.key, name=account.name, organisation=account.organisation.code)
    async with write_transaction():
        if await is_locked(account.login, attempt.address, at=clock.now()):
            return None
        if step and not await store.use_step(account.id, step):
            return None
        await forget_failures(account.login)
        token, _session = await sessions.open_session(account=account, person=None, device=device, clock=clock, stepped_up=False)
        await trail.record(actor, "accounts:session:opened", account.key, {"device": device, "second_factor": bool(step)}, at=clock.now())
    return token


@retried
async def note_failure(login: str, address: str, now: datetime) -> None:
    """One more failed attempt of an account name and an address."""
    async with write_transaction():
        await count_failure(login, address, at=now)


async def prove_again(actor: Actor, *, password: str, code: str, address: str, clock: Clock) -> None:
    """Step up: the second factor where there is one, the password otherwise; good for ten minutes. Raises StepUpRefused."""
    assert actor.session is not None
    await _prove(actor, password=password, code=code, address=address, clock=clock)


async def proven_now(actor: Actor, code: str, *, address: str, clock: Clock) -> Actor:
    """Who acts by a token with the present code of his second factor: stepped up for this one request, and the code is used up.

    Without a code he stays as he is. Raises StepUpRefused, also for an account that has no second factor.
    """
    if not code or actor.account is None:
        return actor
    await _prove(actor, password=None, code=code, address=address, clock=clock)
    return msgspec.structs.replace(actor, stepped_up=True)


async def _prove(actor: Actor, *, password: str | None, code: str, address: str, clock: Clock) -> None:
    """The second factor, or the password where it may stand for it; raises StepUpRefused and counts the failure."""
    assert actor.account is not None
    subject = f"step-up {actor.key}"
    async with read_transaction():
        locked = await is_locked(subject, address, at=clock.now())
        stored, sealed, after = await store.password_of(actor.account)
    step: int | None = 0
    if sealed is not None:
        step = FACTOR.accepted_step(vault().decrypt_text(sealed, place=store.FACTOR_PLACE), code.strip(), after=after, at=clock.wall())
        right = step is not None
    else:
        right = password is not None and await passwords.is_right(password, stored)
    if locked or not right or not await _stepped_up(actor, step or 0, clock):
        await note_failure(subject, address, clock.now())
        raise StepUpRefused("动态码或密码不正确，或刚刚已经用过。请等下一个动态码出现后重试；连续多次不正确会锁定 15 分钟。")


@retried
async def _stepped_up(actor: Actor, step: int, clock: Clock) -> bool:
    assert actor.account is not None
    async with write_transaction():
        if step and not await store.use_step(actor.account, step):
            return False
        if actor.session is not None:
            await store.step_up(actor.session, at=clock.now())
        await trail.record(actor, "accounts:session:stepped_up", actor.key, {}, at=clock.now())
    return True
