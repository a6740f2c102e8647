"""Sessions: a new token at every sign-in, only its hash stored; idle half an hour, twelve hours at most."""

import secrets
from datetime import datetime

from training_admin.accounts import store
from training_admin.accounts.facts import (
    IDLE,
    LONGEST,
    SEEN_EVERY,
    STEP_UP,
    AccountFacts,
    OrganisationState,
    SessionFacts,
    SessionShown,
    assigned_organisations,
    stands_in_today,
)
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, ActorKind
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import NotFound
from training_admin.kit.rights import Role
from training_admin.office import trail

TOKEN_BYTES = 32
LONGEST_DEVICE = 60
TRAINEE_KEY = 16


class SessionNotFound(NotFound):
    """There is no such session of this person, or it has ended."""

    code = "session-not-found"


def new_token() -> str:
    """An unguessable token."""
    return secrets.token_urlsafe(TOKEN_BYTES)


async def open_session(
    *, account: AccountFacts | None, person: bytes | None, device: str, clock: Clock, stepped_up: bool
) -> tuple[str, int]:
    """A new session in the open transaction; returns its token, which is known to the browser alone, and its key."""
    now, token = clock.now(), new_token()
    session = store.NewSession(
        token=token,
        account=None if account is None else account.id,
        person=person,
        opened_at=now,
        ends_at=now + LONGEST,
        device=device[:LONGEST_DEVICE],
        stepped_up_at=now if stepped_up else None,
    )
    return token, await store.add_session(session)


async def actor_of_token(token: str, *, clock: Clock) -> Actor | None:
    """Who a session token belongs to; None when it is unknown, ended, or its account may no longer act."""
    async with read_transaction():
        session = await store.load_session(token)
    now = clock.now()
    if session is None or not session.is_live(now):
        return None
    actor = actor_of(session, clock=clock)
    if actor is not None and now - session.seen_at >= SEEN_EVERY:
        await _mark_seen(session.id, now)
    return actor


@retried
async def _mark_seen(session: int, now: datetime) -> None:
    async with write_transaction():
        await store.mark_seen(session, at=now)


def actor_of(session: SessionFacts, *, clock: Clock) -> Actor | None:
    """The actor of a live session on this day; a stand-in has the other's rights and both names."""
    if session.account is None:
        return _trainee(session)
    account, today = session.account, clock.today()
    if not account.may_sign_in(today):
        return None
    stepped_up = session.stepped_up_at is not None and clock.now() - session.stepped_up_at < STEP_UP
    stand_in = stands_in_today(account, session.stand_in, today)
    organisation = account.organisation if stand_in is None else stand_in.organisation
    return Actor(
        kind=ActorKind.PERSON,
        key=account.key,
        name=account.name,
        organisation=organisation.code,
        organisation_name=organisation.name,
        roles=account.roles if stand_in is None else stand_in.roles,
        organisations=assigned_organisations(session.assignments, today),
        acts_for=None if stand_in is None else stand_in.key,
        acts_for_name="" if stand_in is None else stand_in.name,
        rights=None if stand_in is None else stand_in.rights,
        approved=organisation.state is OrganisationState.APPROVED,
        stepped_up=stepped_up,
        account=account.id,
        session=session.id,
    )


def person_actor_key(person: bytes) -> str:
    """The key under which a trainee acts, for the trail."""
    return f"person-{person.hex()[:TRAINEE_KEY]}"


def _trainee(session: SessionFacts) -> Actor:
    assert session.person is not None
    return Actor(
        kind=ActorKind.PERSON,
        key=person_actor_key(bytes.fromhex(session.person)),
        name="学员",
        roles=frozenset({Role.TRAINEE}),
        person=session.person,
        session=session.id,
    )


@retried
async def sign_out(actor: Actor, *, clock: Clock) -> None:
    """End the session; its token is worth nothing from now on, wherever a copy of it may be."""
    if actor.session is None:
        return
    async with write_transaction():
        await store.close_sessions(at=clock.now(), why="signed-out", session=actor.session)
        await trail.record(actor, "accounts:session:closed", actor.key, {"why": "signed-out"}, at=clock.now())


async def my_sessions(actor: Actor, *, clock: Clock) -> list[SessionShown]:
    """Where I am signed in."""
    assert actor.account is not None
    assert actor.session is not None
    async with read_transaction():
        return await store.live_sessions(actor.account, now=clock.now(), idle_since=clock.now() - IDLE, mine=actor.session)


@retried
async def close_my_session(actor: Actor, session: int | None, *, clock: Clock) -> int:
    """End one of my sessions, or with None all but this one; raises SessionNotFound for another person's."""
    assert actor.account is not None
    async with write_transaction():
        if session is None:
            closed = await store.close_sessions(at=clock.now(), why="closed-by-owner", account=actor.account, keep=actor.session)
        else:
            closed = await store.close_sessions(at=clock.now(), why="closed-by-owner", account=actor.account, session=session)
            if not closed:
                raise SessionNotFound("没有找到这个登录会话，可能已经结束。")
        await trail.record(actor, "accounts:session:closed", actor.key, {"why": "closed-by-owner", "count": closed}, at=clock.now())
    return closed
