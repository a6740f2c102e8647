"""Invitations: a link shown once, good for seven days, by which the invited opens an account of his own with the roles he is meant for.

Whoever manages an outside organisation's people gives roles with it; the system administrator invites people of offices without any.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from training_admin.accounts import link_store, passwords, store
from training_admin.accounts.facts import INVITED, AccountFacts, OrganisationFacts, OrganisationState, roles_to_give
from training_admin.accounts.link_store import LinkFacts, NewLink
from training_admin.accounts.my_account import FactorRefused
from training_admin.accounts.opening import (
    AccountRefused,
    OrganisationNotFound,
    RoleRefused,
    assert_login,
    assert_name,
    assert_roles,
    new_account,
)
from training_admin.accounts.second_factor import FACTOR
from training_admin.accounts.sessions import new_token
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import VISITOR, Actor, NotYetApproved, assert_may
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import NotFound
from training_admin.kit.rights import OUTSIDE, WITHOUT_SECOND_FACTOR, Right, Role
from training_admin.kit.role_words import KIND_WORDS, ROLE_WORDS
from training_admin.kit.vault import Undecipherable, vault
from training_admin.office import trail

INVITE = "invite"
MOST_OPEN = 50
LONGEST_AUTHORISATION = timedelta(days=3 * 366)


class LinkNotFound(NotFound):
    """There is no such link, or it was used, has ended or was taken back."""

    code = "link-not-found"
    title = "链接已失效"


class Invitation(msgspec.Struct, frozen=True):
    """What the invited sees before he opens his account."""

    name: str
    organisation: OrganisationFacts
    roles: frozenset[Role]
    asks_factor: bool


class Answer(msgspec.Struct, frozen=True):
    """What the invited sends: his login name and password, and for staff the offered second factor with its first code."""

    login: str
    password: str
    sealed: str
    code: str


def assert_authorised_until(until: date | None, *, today: date) -> date:
    """The last day of an officer's authorisation; raises AccountRefused for none, a past one, or one too far away."""
    if until is None or not today <= until <= today + LONGEST_AUTHORISATION:
        raise AccountRefused("请填写授权有效期，不早于今天，不超过三年。")
    return until


@retried
async def invite_colleague(actor: Actor, *, name: str, roles: Iterable[Role], clock: Clock) -> str:
    """The token of an invitation to one's own organisation, with the roles the invited will have.

    Raises NotAllowed, NotYetApproved, AccountRefused, RoleRefused, SamePersonTwice.
    """
    assert_may(actor, Right.COLLEAGUES)
    if not actor.approved:
        raise NotYetApproved("贵单位的注册正在核准，核准后才能邀请同事。")
    plain, wanted = assert_name(name), frozenset(roles)
    if not wanted:
        raise RoleRefused("请至少选择一个岗位。")
    if beyond := wanted - roles_to_give(actor.roles):
        words = "、".join(ROLE_WORDS[role] for role in sorted(beyond))
        raise RoleRefused(f"您的岗位不能授予：{words}。请由本单位的授权签字人办理。")
    async with write_transaction():
        organisation = await store.organisation_by_code(actor.organisation or "")
        assert organisation is not None
        return await _invite(actor, organisation, plain, assert_roles(organisation.kind, wanted), None, clock)


@retried
async def invite_officer(actor: Actor, *, organisation: str, name: str, authorised_until: date | None, clock: Clock) -> str:
    """The token of an invitation to an office, without roles, which the security administrator gives.

    Raises NotAllowed, AccountRefused, OrganisationNotFound.
    """
    assert_may(actor, Right.ACCOUNT_OPEN)
    plain = assert_name(name)
    async with write_transaction():
        found = await store.organisation_by_code(organisation)
        if found is None:
            raise OrganisationNotFound("没有找到这个单位，请核对单位代码。")
        if found.kind in OUTSIDE:
            raise AccountRefused(f"{KIND_WORDS[found.kind]}的人员由本单位自行邀请。")
        staff = found.kind not in WITHOUT_SECOND_FACTOR
        until = assert_authorised_until(authorised_until, today=clock.today()) if staff else None
        return await _invite(actor, found, plain, frozenset(), until, clock)


async def _invite(
    actor: Actor, organisation: OrganisationFacts, name: str, roles: frozenset[Role], until: date | None, clock: Clock
) -> str:
    now, token = clock.now(), new_token()
    if len(await link_store.open_links(organisation=organisation.code, purpose=INVITE, now=now)) >= MOST_OPEN:
        raise AccountRefused(f"本单位已有 {MOST_OPEN} 个未使用的邀请，请先收回不再需要的。")
    await link_store.add_link(
        NewLink(token, INVITE, organisation.id, None, roles, name, until, actor.trail_key), at=now, ends_at=now + INVITED
    )
    detail = {"roles": sorted(roles), "authorised_until": None if until is None else until.isoformat()}
    await trail.record(actor, "accounts:invitation:made", organisation.code, detail, at=now)
    return token


async def list_invitations(actor: Actor, *, clock: Clock) -> list[LinkFacts]:
    """The open invitations that the actor may take back: of his own organisation, or (system administrator) of all offices."""
    async with read_transaction():
        return await link_store.open_links(organisation=_whose(actor), purpose=INVITE, now=clock.now())


def _whose(actor: Actor) -> str | None:
    """None for the system administrator, who sees those of all offices; raises NotAllowed."""
    if actor.reach(Right.ACCOUNT_OPEN) is not None:
        return None
    assert_may(actor, Right.COLLEAGUES)
    return actor.organisation or ""


@retried
async def revoke_invitation(actor: Actor, link: int, *, clock: Clock) -> None:
    """Take an invitation back; raises NotAllowed, LinkNotFound for one that is used or another's."""
    whose = _whose(actor)
    async with write_transaction():
        if not await link_store.revoke_link(link, organisation=whose, at=clock.now()):
            raise LinkNotFound("没有找到这个邀请，可能已经使用或收回。")
        await trail.record(actor, "accounts:invitation:revoked", whose or str(link), {"link": link}, at=clock.now())


async def show_invitation(token: str, *, clock: Clock) -> Invitation:
    """What an invitation offers; raises LinkNotFound."""
    async with read_transaction():
        _link, invitation = await _open(token, clock)
    return invitation


async def _open(token: str, clock: Clock) -> tuple[LinkFacts, Invitation]:
    link = await link_store.open_link(token, purpose=INVITE, now=clock.now())
    organisation = None if link is None else await store.organisation_by_code(link.organisation)
    if link is None or organisation is None or organisation.state is not OrganisationState.APPROVED:
        raise LinkNotFound("这个链接已经使用、到期或被收回。请向邀请您的人索取新的链接。")
    return link, Invitation(link.name, organisation, link.roles, organisation.kind not in WITHOUT_SECOND_FACTOR)


def offer_factor(token: str) -> tuple[str, str]:
    """A new secret, and the same sealed for this link, to be handed back with the first code."""
    secret = FACTOR.new_secret()
    return secret, vault().encrypt_text(secret, place=_offer_place(token)).hex()


def offered_secret(token: str, sealed: str) -> str | None:
    """The secret that was offered on this link; None for anything else."""
    try:
        return vault().decrypt_text(bytes.fromhex(sealed), place=_offer_place(token))
    except (ValueError, Undecipherable):
        return None


def _offer_place(token: str) -> str:
    return f"offered second factor of link {store.token_hash(token).hex()}"


async def accept_invitation(token: str, answer: Answer, *, profile: str, clock: Clock) -> AccountFacts:
    """Open the invited person's account; staff prove their second factor first. The link works once.

    Raises LinkNotFound, AccountRefused, PasswordRefused, FactorRefused, LoginTaken, RoleRefused, SamePersonTwice.
    """
    invitation = await show_invitation(token, clock=clock)
    login = assert_login(answer.login)
    passwords.assert_strong(answer.password, login=login, profile=profile)
    secret, step = _proved(token, answer, clock) if invitation.asks_factor else (None, 0)
    return await _accept(token, login, await passwords.hashed(answer.password), secret, step, clock)


def _proved(token: str, answer: Answer, clock: Clock) -> tuple[str, int]:
    secret = offered_secret(token, answer.sealed)
    step = None if secret is None else FACTOR.accepted_step(secret, answer.code.strip(), after=0, at=clock.wall())
    if secret is None or step is None:
        raise FactorRefused("动态码与二维码不符，请确认手机时间准确，扫描本页的二维码后重试。")
    return secret, step


@retried
async def _accept(token: str, login: str, password_hash: str, secret: str | None, step: int, clock: Clock) -> AccountFacts:
    async with write_transaction():
        link, invitation = await _open(token, clock)
        # The trail keeps both: somebody unknown until now, on the invitation of whoever made the link.
        actor = msgspec.structs.replace(VISITOR, acts_for=link.made_by)
        account = await new_account(
            actor,
            invitation.organisation,
            login=login,
            name=link.name,
            roles=assert_roles(invitation.organisation.kind, link.roles),
            password_hash=password_hash,
            factor_secret=secret,
            authorised_until=link.authorised_until,
            clock=clock,
        )
        if step:
            await store.use_step(account.id, step)
        await link_store.use_link(link.id, at=clock.now())
    return account
