"""The people of one's own outside organisation: who is there, and which roles they have."""

from collections.abc import Iterable

from training_admin.accounts import store
from training_admin.accounts.facts import AccountFacts, AccountState, roles_to_give
from training_admin.accounts.opening import AccountNotFound, RoleRefused, assert_roles, change_roles
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, NotYetApproved, SamePersonTwice, assert_may
from training_admin.kit.clock import Clock
from training_admin.kit.rights import Right, Role
from training_admin.kit.role_words import ROLE_WORDS


async def list_colleagues(actor: Actor) -> list[AccountFacts]:
    """Everybody of one's own organisation, ended accounts last; raises NotAllowed."""
    assert_may(actor, Right.COLLEAGUES)
    async with read_transaction():
        organisation = await store.organisation_by_code(actor.organisation or "")
        found = [] if organisation is None else await store.accounts_of(organisation.id)
    return sorted(found, key=lambda each: each.state is AccountState.DEACTIVATED)


async def colleague(actor: Actor, key: str) -> AccountFacts:
    """One person of one's own organisation; raises NotAllowed, AccountNotFound."""
    assert_may(actor, Right.COLLEAGUES)
    async with read_transaction():
        return await _own(actor, key)


async def _own(actor: Actor, key: str) -> AccountFacts:
    account = await store.account_by_key(key)
    if account is None or account.organisation.code != actor.organisation:
        raise AccountNotFound("没有找到这个账户，或不属于本单位。")
    return account


@retried
async def set_colleague_roles(actor: Actor, key: str, roles: Iterable[Role], *, clock: Clock) -> frozenset[Role]:
    """The roles of a colleague from now on: only such as the actor may give are given or taken back, nobody changes his own.

    Raises NotAllowed, NotYetApproved, AccountNotFound, RoleRefused, SamePersonTwice.
    """
    assert_may(actor, Right.COLLEAGUES)
    if not actor.approved:
        raise NotYetApproved("贵单位的注册正在核准，核准后才能调整岗位。")
    wanted = frozenset(roles)
    async with write_transaction():
        account = await _own(actor, key)
        if account.key in actor.hands:
            raise SamePersonTwice("不能调整自己的岗位，须由另一名同事办理。")
        if account.state is not AccountState.ACTIVE:
            raise RoleRefused("这个账户已经停用，不能再调整岗位。")
        if not wanted:
            raise RoleRefused("请至少保留一个岗位；不再需要的人员请停用账户。")
        if beyond := (wanted ^ account.roles) - roles_to_give(actor.roles):
            words = "、".join(ROLE_WORDS[role] for role in sorted(beyond))
            raise RoleRefused(f"您的岗位不能授予或收回：{words}。请由本单位的授权签字人办理。")
        await change_roles(actor, account, assert_roles(account.organisation.kind, wanted), clock=clock)
    return wanted
