"""Opening organisations and accounts, and giving roles: the system administrator opens, the security administrator gives rights."""

import re
from collections.abc import Iterable
from datetime import date

from training_admin.accounts import link_store, passwords, store
from training_admin.accounts.facts import AccountFacts, AccountState, OrganisationFacts, OrganisationState, roles_to_give
from training_admin.database import retried, write_transaction
from training_admin.kit.actor import Actor, SamePersonTwice, assert_may
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import NotFound, Refusal, Unreadable
from training_admin.kit.rights import OUTSIDE, ROLES_OF, OrganisationKind, Right, Role, clashing_roles
from training_admin.kit.role_words import KIND_WORDS, ROLE_WORDS
from training_admin.kit.vault import vault
from training_admin.office import trail
from training_admin.office.numbers import next_number

ACCOUNT_KIND = "account"
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
CODE = re.compile(r"[0-9A-Z][0-9A-Z-]{2,23}")
LONGEST_NAME, LONGEST_ORGANISATION = 60, 200


class OrganisationNotFound(NotFound):
    """There is no such organisation, or not for this actor."""

    code = "organisation-not-found"


class AccountNotFound(NotFound):
    """There is no such account, or not for this actor."""

    code = "account-not-found"


class OrganisationTaken(Refusal):
    """An organisation of this code is there already."""

    code = "organisation-taken"
    title = "单位已登记"


class LoginTaken(Refusal):
    """Somebody else has this account name."""

    code = "login-taken"
    title = "用户名已被使用"


class AccountRefused(Unreadable):
    """The account cannot be opened as asked."""

    code = "account-refused"
    title = "账户无法开立"


class RoleRefused(Refusal):
    """The role is none of this organisation's, or is there already."""

    code = "role-refused"
    title = "岗位无法授予"


def assert_login(login: str) -> str:
    """The account name in lower case; raises AccountRefused."""
    lowered = login.strip().lower()
    if not LOGIN.fullmatch(lowered):
        raise AccountRefused("用户名应为 3 到 40 位小写字母、数字、点、横线或下划线，以字母或数字开头。请勿使用证件号码。")
    return lowered


def assert_name(name: str, *, longest: int = LONGEST_NAME) -> str:
    """A name without surrounding blanks; raises AccountRefused."""
    plain = name.strip()
    if not plain or len(plain) > longest or not plain.isprintable():
        raise AccountRefused(f"名称应为 1 到 {longest} 个字，不含换行等特殊字符。")
    return plain


def assert_roles(kind: OrganisationKind, roles: Iterable[Role]) -> frozenset[Role]:
    """The roles that one person of an organisation may hold together; raises RoleRefused, SamePersonTwice."""
    wanted = frozenset(roles)
    foreign = wanted - ROLES_OF[kind]
    if foreign:
        words = "、".join(ROLE_WORDS[role] for role in sorted(foreign))
        raise RoleRefused(f"{KIND_WORDS[kind]}不设以下岗位：{words}。请重新选择。")
    if clash := clashing_roles(wanted):
        raise SamePersonTwice(f"{ROLE_WORDS[clash[0]]}与{ROLE_WORDS[clash[1]]}为不相容岗位，不能由同一人担任。")
    return wanted


@retried
async def open_organisation(actor: Actor, *, code: str, name: str, kind: OrganisationKind, clock: Clock) -> OrganisationFacts:
    """An office of the administration, a street, an audit office or a third party; raises NotAllowed, OrganisationTaken.

    Enterprises and institutions register themselves; only programs (demo, command line) open them here.
    """
    assert_may(actor, Right.ACCOUNT_OPEN)
    if kind in OUTSIDE and not actor.is_program:
        raise AccountRefused(f"{KIND_WORDS[kind]}由本单位自行注册。")
    if not CODE.fullmatch(code):
        raise AccountRefused("单位代码应为 3 到 24 位大写字母、数字或横线。")
    facts = OrganisationFacts(0, code, assert_name(name, longest=LONGEST_ORGANISATION), kind, OrganisationState.APPROVED)
    async with write_transaction():
        if await store.organisation_by_code(code) is not None:
            raise OrganisationTaken("这个代码的单位已经登记，请核对。")
        await store.add_organisation(facts, at=clock.now(), decided_by=actor.trail_key)
        await trail.record(actor, "accounts:organisation:opened", code, {"kind": kind}, at=clock.now())
        found = await store.organisation_by_code(code)
    assert found is not None
    return found


async def open_account(  # noqa: PLR0913 - an account by its parts
    actor: Actor,
    *,
    login: str,
    name: str,
    organisation: str,
    roles: Iterable[Role],
    password: str,
    clock: Clock,
    factor_secret: str | None = None,
    authorised_until: date | None = None,
) -> AccountFacts:
    """A new account; an administrator opens it without roles, programs give them at once.

    Raises NotAllowed, AccountRefused, LoginTaken, OrganisationNotFound, RoleRefused, SamePersonTwice.
    """
    assert_may(actor, Right.ACCOUNT_OPEN)
    wanted = frozenset(roles)
    if wanted and not actor.is_program:
        raise RoleRefused("系统管理员只开立账户，岗位由安全管理员授予。")
    return await add_account(
        actor,
        login=login,
        name=name,
        organisation=organisation,
        roles=wanted,
        password_hash=await passwords.hashed(password),
        clock=clock,
        factor_secret=factor_secret,
        authorised_until=authorised_until,
    )


@retried
async def add_account(  # noqa: PLR0913 - an account by its parts
    actor: Actor,
    *,
    login: str,
    name: str,
    organisation: str,
    roles: frozenset[Role],
    password_hash: str,
    clock: Clock,
    factor_secret: str | None,
    authorised_until: date | None,
) -> AccountFacts:
    """Store a new account; whoever calls has asked for the right. Raises LoginTaken, OrganisationNotFound, RoleRefused."""
    plain_login, plain_name = assert_login(login), assert_name(name)
    async with write_transaction():
        found = await store.organisation_by_code(organisation)
        if found is None:
            raise OrganisationNotFound("没有找到这个单位，请核对单位代码。")
        return await new_account(
            actor, found, login=plain_login, name=plain_name, roles=assert_roles(found.kind, roles), password_hash=password_hash,
            factor_secret=factor_secret, authorised_until=authorised_until, clock=clock,
        )  # fmt: skip


async def new_account(  # noqa: PLR0913 - an account by its parts
    actor: Actor,
    organisation: OrganisationFacts,
    *,
    login: str,
    name: str,
    roles: frozenset[Role],
    password_hash: str,
    factor_secret: str | None,
    authorised_until: date | None,
    clock: Clock,
) -> AccountFacts:
    """Store a checked account in the open transaction; raises LoginTaken."""
    if await store.account_by_login(login) is not None:
        raise LoginTaken("这个用户名已有人使用，请换一个。")
    key = f"A{await next_number(ACCOUNT_KIND, 0):06d}"
    sealed = None if factor_secret is None else vault().encrypt_text(factor_secret, place=store.FACTOR_PLACE)
    account = AccountFacts(0, key, login, name, AccountState.ACTIVE, authorised_until, organisation, roles)
    number = await store.add_account(
        account, password_hash, sealed_factor=sealed, at=clock.now(), opened_by=actor.trail_key, granted_by=actor.trail_key
    )
    detail = {"organisation": organisation.code, "roles": sorted(roles), "second_factor": sealed is not None}
    await trail.record(actor, "accounts:account:opened", key, detail, at=clock.now())
    return AccountFacts(number, key, login, name, AccountState.ACTIVE, authorised_until, organisation, roles)


@retried
async def set_roles(actor: Actor, key: str, roles: Iterable[Role], *, clock: Clock) -> frozenset[Role]:
    """The roles of an account from now on; raises NotAllowed, AccountNotFound, RoleRefused, SamePersonTwice.

    The security administrator gives those of offices. Nobody gives a role to himself.
    """
    assert_may(actor, Right.ROLE_GRANT)
    async with write_transaction():
        account = await store.account_by_key(key)
        if account is None:
            raise AccountNotFound("没有找到这个账户，请核对。")
        if account.key in actor.hands:
            raise SamePersonTwice("不能给自己授予或收回岗位，须由另一名安全管理员办理。")
        await change_roles(actor, account, assert_roles(account.organisation.kind, roles), clock=clock)
    return frozenset(roles)


async def change_roles(actor: Actor, account: AccountFacts, wanted: frozenset[Role], *, clock: Clock) -> None:
    """Give and take back until the account has the wanted roles, in the open transaction."""
    given, taken = wanted - account.roles, account.roles - wanted
    if given:
        await store.add_roles(account.id, given, at=clock.now(), by=actor.trail_key)
    if taken:
        await store.revoke_roles(account.id, taken, at=clock.now(), by=actor.trail_key)
    if given or taken:
        detail = {"given": sorted(given), "taken": sorted(taken)}
        await trail.record(actor, "accounts:role:changed", account.key, detail, at=clock.now())


@retried
async def deactivate_account(actor: Actor, key: str, *, clock: Clock) -> None:
    """End an account with its sessions and tokens; what it did stays. Raises NotAllowed, AccountNotFound.

    The system administrator ends any; whoever manages an organisation's people ends those of his own whose roles he
    may give (RoleRefused otherwise). Nobody ends himself (SamePersonTwice). Links made by or for the account end with it.
    """
    async with write_transaction():
        account = await store.account_by_key(key)
        if account is None or not may_manage(actor, account.organisation.code):
            raise AccountNotFound("没有找到这个账户，或不属于本单位。")
        if account.key in actor.hands:
            raise SamePersonTwice("不能停用自己的账户，须由另一人办理。")
        assert_in_charge(actor, account)
        await store.deactivate(account.id, at=clock.now())
        await link_store.revoke_links_of(account.id, made_by=account.key, at=clock.now())
        await store.close_sessions(at=clock.now(), why="deactivated", account=account.id)
        await trail.record(actor, "accounts:account:deactivated", account.key, {}, at=clock.now())


def assert_in_charge(actor: Actor, account: AccountFacts) -> None:
    """Raises RoleRefused when the account holds a role that the actor could not have given: a clerk does not end a signatory."""
    if actor.reach(Right.ACCOUNT_OPEN) is None and (above := account.roles - roles_to_give(actor.roles)):
        words = "、".join(ROLE_WORDS[role] for role in sorted(above))
        raise RoleRefused(f"这名同事的岗位（{words}）须由本单位的授权签字人或系统管理员办理。")


def may_manage(actor: Actor, organisation: str) -> bool:
    """Whether the actor opens and ends accounts of an organisation."""
    if actor.reach(Right.ACCOUNT_OPEN) is not None:
        return True
    return actor.reach(Right.COLLEAGUES) is not None and actor.organisation == organisation
