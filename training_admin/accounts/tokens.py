"""Tokens of the API: made by their owner with some of his rights and an end, shown once, revoked at any time."""

from datetime import date, datetime, timedelta

import msgspec

from training_admin.accounts import token_store
from training_admin.accounts.facts import OrganisationState, assigned_organisations
from training_admin.accounts.sessions import new_token
from training_admin.accounts.store import token_hash
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, ActorKind, assert_approved, may
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import NotFound, Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.wording import day
from training_admin.office import messages, trail
from training_admin.office.messages import Letter

LONGEST_DAYS = 366
MOST_TOKENS = 20
LONGEST_NAME = 60
PREFIX = "ta_"
# What a program may be trusted with; administration and personal matters stay with persons.
TOKEN_RIGHTS = frozenset(
    {
        *(Right.CLAIM_PRECHECK, Right.CLAIM_SUBMIT, Right.CLAIM_READ, Right.AUDIT_EXPORT),
        *(Right.DOUBT_READ, Right.DOUBT_DECIDE, Right.CLASS_VISIT, Right.CALLBACK_READ),
        *(Right.RECTIFICATION_READ, Right.RECTIFICATION_ANSWER, Right.RECTIFICATION_ASK, Right.RECTIFICATION_CONFIRM),
        *(Right.DELIVERY_READ, Right.DELIVERY_RECEIVE, Right.TOTALS_READ),
        *(Right.CLAIM_HANDLE, Right.CLAIM_ACCEPT, Right.CLAIM_REVIEW, Right.CLAIM_SECOND_REVIEW, Right.CLAIM_DETERMINE),
        *(Right.FUND_READ, Right.FUND_EDIT, Right.FUND_CHECK),
        *(Right.PAYMENT_MAKE, Right.PAYMENT_CHECK, Right.PAYMENT_APPROVE),
        *(Right.INSTITUTION_READ, Right.INSTITUTION_EDIT, Right.SANCTION_PROPOSE, Right.SANCTION_DECIDE),
        *(Right.RECOVERY_PROPOSE, Right.RECOVERY_DECIDE, Right.NOTICE_POST, Right.APPEAL_DECIDE),
        *(Right.PROGRAMME_READ, Right.PROGRAMME_EDIT, Right.PROGRAMME_RECORD, Right.PROGRAMME_DECIDE),
    }
)


class TokenRefused(Unreadable):
    """The token cannot be made as asked."""

    code = "token-refused"
    title = "令牌无法建立"


class TokenNotFound(NotFound):
    """There is no such token of this person."""

    code = "token-not-found"


class TokenShown(msgspec.Struct, frozen=True):
    """One of my tokens, for the list."""

    id: int
    name: str
    rights: tuple[Right, ...]
    expires_on: date
    made_at: datetime
    used_on: date | None


async def actor_of_api_token(token: str, *, clock: Clock) -> Actor | None:
    """Who a token belongs to; None when it is unknown, expired, revoked, or its account may no longer act."""
    async with read_transaction():
        found = await token_store.load_token(token_hash(token))
    today = clock.today()
    if found is None or today > found.expires_on or not found.account.may_sign_in(today):
        return None
    if found.used_on != today:
        await _mark_used(found.id, today)
    account = found.account
    return Actor(
        kind=ActorKind.TOKEN,
        key=account.key,
        name=account.name,
        organisation=account.organisation.code,
        organisation_name=account.organisation.name,
        roles=account.roles,
        organisations=assigned_organisations(found.assignments, today),
        rights=found.rights,
        approved=account.organisation.state is OrganisationState.APPROVED,
        account=account.id,
    )


@retried
async def _mark_used(token: int, today: date) -> None:
    async with write_transaction():
        await token_store.mark_used(token, today)


def grantable(actor: Actor) -> list[Right]:
    """The rights that the actor can give to a token of his."""
    return [right for right in Right if right in TOKEN_RIGHTS and may(actor, right)]


@retried
async def make_token(actor: Actor, *, name: str, rights: frozenset[Right], expires_on: date, clock: Clock) -> str:
    """A new token, shown this once; raises TokenRefused."""
    assert actor.account is not None
    assert_approved(actor)
    if actor.acts_for is not None:
        raise TokenRefused("代办期间不能建立令牌，请先恢复为本人。")
    if not name.strip() or len(name) > LONGEST_NAME:
        raise TokenRefused(f"请填写用途，至多 {LONGEST_NAME} 个字。")
    if not rights or not rights <= frozenset(grantable(actor)):
        raise TokenRefused("请至少选择一项权限，且不能超出您自己的岗位。")
    if not clock.today() < expires_on <= clock.today() + timedelta(days=LONGEST_DAYS):
        raise TokenRefused("有效期应晚于今天，且不超过一年。")
    token = PREFIX + new_token()
    async with write_transaction():
        if await token_store.count_tokens(actor.account, clock.today()) >= MOST_TOKENS:
            raise TokenRefused(f"每人至多 {MOST_TOKENS} 个有效令牌，请先停用不再使用的。")
        await token_store.add_token(
            token_hash(token), account=actor.account, name=name.strip(), rights=rights, expires_on=expires_on, at=clock.now()
        )
        detail = {"rights": sorted(rights), "expires_on": expires_on.isoformat()}
        words = f"您的账户刚刚建立了一个接口令牌，有效期至 {day(expires_on)}。如非本人操作，请立即停用。"
        await messages.send(messages.to_account(actor.key), Letter(actor.key, "已建立接口令牌", words, "/me"), clock=clock)
        await trail.record(actor, "accounts:token:made", actor.key, detail, at=clock.now())
    return token


async def my_tokens(actor: Actor, *, clock: Clock) -> list[TokenShown]:
    """My tokens that are still good."""
    assert actor.account is not None
    async with read_transaction():
        rows = await token_store.tokens_of(actor.account, clock.today())
    return [TokenShown(row[0], row[1], tuple(Right(right) for right in row[2]), row[3], row[4], row[5]) for row in rows]


@retried
async def revoke_token(actor: Actor, token: int, *, clock: Clock) -> None:
    """End one of my tokens; raises TokenNotFound for another person's."""
    assert actor.account is not None
    async with write_transaction():
        if not await token_store.revoke(token, account=actor.account, at=clock.now()):
            raise TokenNotFound("没有找到这个令牌，可能已经停用。")
        await trail.record(actor, "accounts:token:revoked", actor.key, {}, at=clock.now())
