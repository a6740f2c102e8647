"""What everybody does for himself: another password, another second factor, standing in for somebody."""

from datetime import date

import msgspec

from training_admin.accounts import mandate_store, passwords, store
from training_admin.accounts.lockout import is_locked
from training_admin.accounts.second_factor import FACTOR
from training_admin.accounts.signing_in import note_failure
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_stepped_up
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Role
from training_admin.kit.vault import Undecipherable, vault
from training_admin.office import messages, trail
from training_admin.office.messages import Letter

NOT_MINE = "如非本人操作，请立即联系本单位负责人或系统管理员。"
PASSWORD_CHANGED = ("登录密码已修改", f"您的登录密码刚刚修改，其他登录会话已退出。{NOT_MINE}", "/me")
FACTOR_CHANGED = ("动态码已更换", f"您的动态码刚刚启用或更换，其他登录会话已退出。{NOT_MINE}", "/me")


class PasswordWrong(Refusal):
    """The present password is not right."""

    status = 422
    code = "password-wrong"
    title = "当前密码不正确"


class FactorRefused(Refusal):
    """The code does not belong to the secret that was shown."""

    status = 422
    code = "second-factor-refused"
    title = "动态码不正确"


class StandInNotFound(NotFound):
    """Nobody lets this person stand in for him, or not today."""

    code = "stand-in-not-found"


class StandIn(msgspec.Struct, frozen=True):
    """Somebody whom I may stand in for today: `kind` is `delegation` or `consent`."""

    kind: str
    id: int
    name: str
    roles: tuple[Role, ...]
    ends: date


async def change_password(actor: Actor, *, old: str, new: str, address: str, profile: str, clock: Clock) -> None:
    """Another password; all other sessions and all tokens end. Raises PasswordWrong (counted as a sign-in is), PasswordRefused."""
    assert actor.account is not None
    subject = f"step-up {actor.key}"
    async with read_transaction():
        locked = await is_locked(subject, address, at=clock.now())
        stored, _factor, _step = await store.password_of(actor.account)
        account = await store.account_by_key(actor.key)
    if not await passwords.is_right(old, stored) or locked:
        await note_failure(subject, address, clock.now())
        raise PasswordWrong("当前密码不正确，密码没有修改。连续多次不正确会锁定 15 分钟。")
    assert account is not None
    passwords.assert_strong(new, login=account.login, profile=profile)
    await _keep_password(actor, await passwords.hashed(new), clock)


@retried
async def _keep_password(actor: Actor, password_hash: str, clock: Clock) -> None:
    assert actor.account is not None
    async with write_transaction():
        await store.set_password(actor.account, password_hash, at=clock.now())
        await store.close_sessions(at=clock.now(), why="password-changed", account=actor.account, keep=actor.session)
        await store.revoke_tokens(actor.account, at=clock.now())
        await messages.send(messages.to_account(actor.key), Letter(actor.key, *PASSWORD_CHANGED), clock=clock)
        await trail.record(actor, "accounts:password:changed", actor.key, {}, at=clock.now())


def offered_factor(actor: Actor) -> tuple[str, str, str]:
    """A new secret, the text of its QR code, and the secret sealed for this actor, to be handed back with the first code."""
    assert_stepped_up(actor)
    secret = FACTOR.new_secret()
    return secret, FACTOR.enrolment(secret, login=actor.key), vault().encrypt_text(secret, place=_offer_place(actor)).hex()


def _offer_place(actor: Actor) -> str:
    return f"offered second factor of {actor.key}"


@retried
async def take_factor(actor: Actor, *, sealed: str, code: str, clock: Clock) -> None:
    """Take the offered secret into use when its first code is right; raises StepUpNeeded, FactorRefused."""
    assert actor.account is not None
    assert_stepped_up(actor)
    try:
        secret = vault().decrypt_text(bytes.fromhex(sealed), place=_offer_place(actor))
    except (ValueError, Undecipherable):
        raise FactorRefused("这张二维码已失效，请重新获取。") from None
    step = FACTOR.accepted_step(secret, code.strip(), after=0, at=clock.wall())
    if step is None:
        raise FactorRefused("动态码与二维码不符，请确认手机时间准确，录入后重试。")
    async with write_transaction():
        await store.set_factor(actor.account, vault().encrypt_text(secret, place=store.FACTOR_PLACE))
        await store.use_step(actor.account, step)
        await store.close_sessions(at=clock.now(), why="factor-changed", account=actor.account, keep=actor.session)
        await store.revoke_tokens(actor.account, at=clock.now())
        await messages.send(messages.to_account(actor.key), Letter(actor.key, *FACTOR_CHANGED), clock=clock)
        await trail.record(actor, "accounts:factor:changed", actor.key, {}, at=clock.now())


async def possible_stand_ins(actor: Actor, *, clock: Clock) -> list[StandIn]:
    """Whom I may stand in for today."""
    assert actor.account is not None
    async with read_transaction():
        rows = await mandate_store.stand_ins_of(actor.account, clock.today())
    return [StandIn(kind, key, name, tuple(sorted(Role(role) for role in roles)), ends) for kind, key, name, roles, ends in rows]


@retried
async def stand_in_for(actor: Actor, *, kind: str, mandate: int, clock: Clock) -> None:
    """Act for somebody from now on in this session, or for oneself again with kind `nobody`; raises StandInNotFound."""
    assert actor.account is not None
    assert actor.session is not None
    async with write_transaction():
        possible = await mandate_store.stand_ins_of(actor.account, clock.today())
        if kind != "nobody" and not any((row[0], row[1]) == (kind, mandate) for row in possible):
            raise StandInNotFound("没有找到这项代办授权，可能已经到期或被收回。")
        await mandate_store.set_stand_in(
            actor.session, delegation=mandate if kind == "delegation" else None, consent=mandate if kind == "consent" else None
        )
        await trail.record(actor, "accounts:session:stands_in", actor.key, {"kind": kind, "mandate": mandate}, at=clock.now())
