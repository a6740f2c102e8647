"""Signing in by an outside identity, and linking one's account to it. A flow belongs to one browser, one purpose and one use."""

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from training_admin.accounts import sessions, sso_store, store
from training_admin.accounts.facts import AccountFacts
from training_admin.accounts.lockout import forget_failures, is_locked
from training_admin.accounts.second_factor import FACTOR
from training_admin.accounts.signing_in import note_failure
from training_admin.accounts.sso_provider import REFUSED, Identity, Provider, SsoRefused
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, ActorKind, assert_stepped_up
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.vault import Undecipherable, vault
from training_admin.office import trail

FLOW_PLACE, PENDING_PLACE = "sso.flow", "sso.pending"
FLOW_LIFE = timedelta(minutes=10)
PENDING_LIFE = timedelta(minutes=5)
LONGEST_SEALED = 4000


class SsoOff(NotFound):
    """Single sign-on is not switched on here."""

    code = "sso-off"
    title = "没有启用统一身份认证"


class SsoNotLinked(Refusal):
    """The identity is right, but no account of this system belongs to it."""

    status = 403
    code = "sso-not-linked"
    title = "尚未与本系统账户关联"


class LinkTaken(Refusal):
    """The identity belongs to another account, or the account has another identity."""

    code = "sso-link-taken"
    title = "不能关联"


class Flow(msgspec.Struct, frozen=True):
    """What the browser keeps, sealed, while it is away; `session` is the one that asked to link its account, None signs in."""

    issuer: str
    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    next: str
    session: int | None
    begun: datetime


class Pending(msgspec.Struct, frozen=True):
    """An identity that was right and waits for the second factor."""

    identity: Identity
    next: str
    since: datetime


Sealed = TypeVar("Sealed", Flow, Pending)


class Return(msgspec.Struct, frozen=True):
    """What the browser brings back in the address."""

    code: str = ""
    state: str = ""
    iss: str = ""
    error: str = ""


async def begin(provider: Provider, *, redirect_uri: str, next_path: str, linking: Actor | None, clock: Clock) -> tuple[str, str]:
    """The provider's address for the browser, and the sealed flow for its cookie; raises SsoAway, StepUpNeeded."""
    if linking is not None:
        assert_stepped_up(linking)
    flow = Flow(
        issuer=provider.issuer,
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(64),
        redirect_uri=redirect_uri,
        next=next_path,
        session=None if linking is None else linking.session,
        begun=clock.wall(),
    )
    url = await provider.authorization_url(redirect_uri=redirect_uri, state=flow.state, nonce=flow.nonce, verifier=flow.verifier)
    return url, _sealed(flow, FLOW_PLACE)


async def come_back(provider: Provider, sealed: str, brought: Return, *, clock: Clock) -> tuple[Identity, Flow]:
    """Who came back, for the flow that this browser began; raises SsoRefused, SsoAway. A flow is tried once, whatever comes of it."""
    flow = _opened(sealed, FLOW_PLACE, Flow)
    now = clock.wall()
    in_time = timedelta() <= now - flow.begun < FLOW_LIFE
    own = hmac.compare_digest(flow.state.encode(), brought.state.encode()) and flow.issuer == provider.issuer
    # RFC 9207: an answer that names another issuer belongs to another flow (mix-up).
    ours = brought.iss in {"", provider.issuer}
    if not (in_time and own and ours) or brought.error or not brought.code or not await _used_once(flow.state, now):
        raise SsoRefused(REFUSED)
    identity = await provider.identity(code=brought.code, redirect_uri=flow.redirect_uri, nonce=flow.nonce, verifier=flow.verifier, at=now)
    return identity, flow


@retried
async def _used_once(state: str, now: datetime) -> bool:
    async with write_transaction():
        return await sso_store.use_flow(hashlib.sha256(state.encode()).digest(), at=now, forget_before=now - 2 * FLOW_LIFE)


async def sign_in_as(identity: Identity, *, next_path: str, device: str, clock: Clock) -> tuple[str | None, str | None]:
    """A session's token, or what waits for the second factor, sealed; raises SsoNotLinked, SsoRefused.

    The provider does not replace the second factor of staff unless it vouches for one.
    """
    account, sealed_factor, _after = await _linked(identity)
    if not account.may_sign_in(clock.today()):
        raise SsoRefused(REFUSED)
    wanted = account.needs_second_factor or sealed_factor is not None
    if not wanted or identity.second_factor:
        return await _open(account, 0, device, clock), None
    if sealed_factor is None:
        raise SsoRefused("您的岗位须使用动态码，账户还没有启用。请联系系统管理员。")
    return None, _sealed(Pending(identity, next_path, clock.wall()), PENDING_PLACE)


async def _linked(identity: Identity) -> tuple[AccountFacts, bytes | None, int]:
    async with read_transaction():
        login = await sso_store.login_of(identity.issuer, identity.subject)
        found = None if login is None else await store.account_by_login(login)
    if found is None:
        raise SsoNotLinked("统一身份认证已通过，但还没有与本系统的账户关联。请先用用户名登录，在“本人账户”中关联；没有账户的请先注册。")
    return found[0], found[2], found[3]


async def finish_with_code(sealed: str, code: str, *, address: str, device: str, clock: Clock) -> tuple[str, str]:
    """The session's token once the second factor is right too, and where to go on; raises SsoRefused after counting the failure."""
    pending = _opened(sealed, PENDING_PLACE, Pending)
    if not timedelta() <= clock.wall() - pending.since < PENDING_LIFE:
        raise SsoRefused(REFUSED)
    account, sealed_factor, after = await _linked(pending.identity)
    async with read_transaction():
        locked = await is_locked(account.login, address, at=clock.now())
    secret = None if sealed_factor is None else vault().decrypt_text(sealed_factor, place=store.FACTOR_PLACE)
    step = None if secret is None else FACTOR.accepted_step(secret, code.strip(), after=after, at=clock.wall())
    token = None
    if step is not None and not locked and account.may_sign_in(clock.today()):
        token = await _open(account, step, device, clock)
    if token is None:
        await note_failure(account.login, address, clock.now())
        raise SsoRefused("动态码不正确，或刚刚已经用过。请等下一个动态码出现后重试；连续多次不正确会锁定 15 分钟。")
    return token, pending.next


@retried
async def _open(account: AccountFacts, step: int, device: str, clock: Clock) -> str | None:
    actor = Actor(kind=ActorKind.PERSON, key=account.key, name=account.name, organisation=account.organisation.code)
    async with write_transaction():
        if step and not await store.use_step(account.id, step):
            return None
        await forget_failures(account.login)
        token, _session = await sessions.open_session(account=account, person=None, device=device, clock=clock, stepped_up=False)
        detail = {"device": device, "second_factor": bool(step), "by": "sso"}
        await trail.record(actor, "accounts:session:opened", account.key, detail, at=clock.now())
    return token


@retried
async def link(actor: Actor, identity: Identity, flow: Flow, *, clock: Clock) -> None:
    """Link the actor's own account; raises SsoRefused for another session's flow, StepUpNeeded, LinkTaken."""
    assert actor.account is not None
    if flow.session is None or flow.session != actor.session:
        raise SsoRefused(REFUSED)
    assert_stepped_up(actor)
    async with write_transaction():
        if not await sso_store.add_link(actor.account, identity.issuer, identity.subject, at=clock.now()):
            raise LinkTaken("这个统一身份认证账户已关联其他账户，或您的账户已关联另一个身份。请先解除原来的关联。")
        await trail.record(actor, "accounts:identity:linked", actor.key, {"issuer": identity.issuer}, at=clock.now())


@retried
async def unlink(actor: Actor, provider: Provider, *, clock: Clock) -> None:
    """Take the link of one's own account away; raises StepUpNeeded."""
    assert actor.account is not None
    assert_stepped_up(actor)
    async with write_transaction():
        if await sso_store.remove_link(actor.account, provider.issuer):
            await trail.record(actor, "accounts:identity:unlinked", actor.key, {"issuer": provider.issuer}, at=clock.now())


async def linked_since(actor: Actor, provider: Provider) -> datetime | None:
    """Since when the actor's account is linked; None when it is not."""
    assert actor.account is not None
    async with read_transaction():
        return await sso_store.link_of(actor.account, provider.issuer)


def _sealed(content: Flow | Pending, place: str) -> str:
    return base64.urlsafe_b64encode(vault().encrypt(msgspec.json.encode(content), place=place)).decode()


def _opened(sealed: str, place: str, kind: type[Sealed]) -> Sealed:
    """What was sealed for this place; raises SsoRefused for everything else."""
    try:
        content = vault().decrypt(base64.urlsafe_b64decode(sealed[:LONGEST_SEALED].encode()), place=place)
        return msgspec.json.decode(content, type=kind)
    except (Undecipherable, binascii.Error, ValueError, msgspec.MsgspecError):
        raise SsoRefused(REFUSED) from None
