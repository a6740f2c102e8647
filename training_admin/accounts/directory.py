"""What administrators see of organisations and accounts, and until when officers are authorised (授权有效期)."""

from datetime import date

import msgspec

from training_admin.accounts import directory_store, store
from training_admin.accounts.facts import AccountFacts, AccountState
from training_admin.accounts.invitations import assert_authorised_until
from training_admin.accounts.mandates import ASSIGNABLE
from training_admin.accounts.opening import AccountNotFound, AccountRefused
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, SamePersonTwice, assert_may
from training_admin.kit.clock import Clock
from training_admin.kit.rights import OUTSIDE, OrganisationKind, Right
from training_admin.office import trail

OFFICES = frozenset(OrganisationKind) - OUTSIDE


class OfficeShown(msgspec.Struct, frozen=True):
    """An organisation that the system administrator opens, with the number of accounts in use."""

    code: str
    name: str
    kind: OrganisationKind
    accounts: int


async def list_offices(actor: Actor, right: Right) -> list[OfficeShown]:
    """Offices, audit offices and third parties; for assignments only those that can be given one. Raises NotAllowed."""
    assert_may(actor, right)
    kinds = ASSIGNABLE if right is Right.ASSIGNMENT_GIVE else OFFICES
    async with read_transaction():
        rows = await directory_store.organisations(kinds)
    return [OfficeShown(code, name, OrganisationKind(kind), count) for code, name, kind, count in rows]


async def list_accounts(
    actor: Actor, right: Right, *, organisation: str = "", after: int = 0, limit: int
) -> tuple[list[AccountFacts], str | None]:
    """A page of people of all offices, or of any one organisation, and the cursor of the next page; raises NotAllowed."""
    assert_may(actor, right)
    async with read_transaction():
        found = await directory_store.accounts_page(organisation.strip().upper() or None, after=after, limit=limit + 1)
    page = found[:limit]
    return page, str(page[-1].id) if len(found) > limit else None


async def account_detail(actor: Actor, right: Right, key: str) -> AccountFacts:
    """One account; raises NotAllowed, AccountNotFound."""
    assert_may(actor, right)
    async with read_transaction():
        found = await store.account_by_key(key)
    if found is None:
        raise AccountNotFound("没有找到这个账户，请核对。")
    return found


@retried
async def set_authorisation(actor: Actor, key: str, *, until: date | None, clock: Clock) -> date:
    """Extend or shorten an officer's authorisation; nobody extends his own. Raises NotAllowed, AccountNotFound, AccountRefused."""
    assert_may(actor, Right.ACCOUNT_OPEN)
    last = assert_authorised_until(until, today=clock.today())
    async with write_transaction():
        account = await store.account_by_key(key)
        if account is None or account.organisation.kind in OUTSIDE:
            raise AccountNotFound("没有找到这个账户，或它不设授权有效期。")
        if account.key in actor.hands:
            raise SamePersonTwice("不能延长自己的授权，须由另一名系统管理员办理。")
        if account.state is not AccountState.ACTIVE:
            raise AccountRefused("这个账户已经停用，不能再延长授权。")
        await directory_store.set_authorised_until(account.id, last)
        before = account.authorised_until
        detail = {"until": last.isoformat(), "before": None if before is None else before.isoformat()}
        await trail.record(actor, "accounts:account:authorised", account.key, detail, at=clock.now())
    return last
