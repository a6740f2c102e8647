"""A new password by a link that works once, made by whoever manages the person's account; the second factor stays as it is."""

from training_admin.accounts import link_store, passwords, store
from training_admin.accounts.facts import RESET, AccountFacts, AccountState
from training_admin.accounts.invitations import LinkNotFound
from training_admin.accounts.link_store import LinkFacts, NewLink
from training_admin.accounts.lockout import forget_failures
from training_admin.accounts.opening import AccountNotFound, assert_in_charge, may_manage
from training_admin.accounts.sessions import new_token
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import VISITOR, Actor, SamePersonTwice, assert_stepped_up
from training_admin.kit.clock import Clock
from training_admin.kit.rights import Right
from training_admin.office import messages, trail
from training_admin.office.messages import Letter

RESET_PASSWORD = "reset"  # noqa: S105 - a purpose, no secret


@retried
async def offer_reset(actor: Actor, key: str, *, clock: Clock) -> str:
    """The token of a link for another password, good for a day; earlier ones for the account end.

    Raises AccountNotFound, SamePersonTwice (one's own is changed under 本人账户), RoleRefused for a colleague above oneself.
    """
    now, token = clock.now(), new_token()
    async with write_transaction():
        account = await store.account_by_key(key)
        if account is None or account.state is not AccountState.ACTIVE or not may_manage(actor, account.organisation.code):
            raise AccountNotFound("没有找到这个账户，或不属于本单位。")
        if account.key in actor.hands:
            raise SamePersonTwice("自己的密码请在“本人账户”中修改。")
        assert_in_charge(actor, account)
        if actor.reach(Right.ACCOUNT_OPEN) is not None:
            assert_stepped_up(actor)  # whoever can reach every account proves first who he is
        await link_store.revoke_links_of(account.id, made_by="", at=now)
        await link_store.add_link(
            NewLink(token, RESET_PASSWORD, account.organisation.id, account.id, frozenset(), account.name, None, actor.trail_key),
            at=now,
            ends_at=now + RESET,
        )
        await trail.record(actor, "accounts:password:reset_offered", account.key, {}, at=now)
    return token


async def show_reset(token: str, *, clock: Clock) -> AccountFacts:
    """Whose password the link sets anew; raises LinkNotFound."""
    async with read_transaction():
        _link, account = await _open(token, clock)
    return account


async def _open(token: str, clock: Clock) -> tuple[LinkFacts, AccountFacts]:
    link = await link_store.open_link(token, purpose=RESET_PASSWORD, now=clock.now())
    account = None if link is None or link.account is None else await store.account_by_id(link.account)
    if link is None or account is None or not account.may_sign_in(clock.today()):
        raise LinkNotFound("这个链接已经使用、到期或被收回。请联系本单位负责人或系统管理员重新获取。")
    return link, account


async def reset_password(token: str, password: str, *, profile: str, clock: Clock) -> None:
    """Set another password by a link; every session ends, the lock of the account opens. Raises LinkNotFound, PasswordRefused."""
    account = await show_reset(token, clock=clock)
    passwords.assert_strong(password, login=account.login, profile=profile)
    await _reset(token, await passwords.hashed(password), clock)


@retried
async def _reset(token: str, password_hash: str, clock: Clock) -> None:
    async with write_transaction():
        link, account = await _open(token, clock)
        await store.set_password(account.id, password_hash, at=clock.now())
        await store.close_sessions(at=clock.now(), why="password-reset", account=account.id)
        await store.revoke_tokens(account.id, at=clock.now())
        await forget_failures(account.login)
        await link_store.use_link(link.id, at=clock.now())
        words = "您的密码已凭一次性链接重设，其他登录会话已全部退出。不是您本人操作的，请立即联系系统管理员。"
        await messages.send(messages.to_account(account.key), Letter(account.key, "密码已重设", words, "/me"), clock=clock)
        await trail.record(VISITOR, "accounts:password:reset", account.key, {"offered_by": link.made_by}, at=clock.now())
