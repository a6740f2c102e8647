"""Queries of accounts and sessions. Tokens are looked up by their hash; nothing secret leaves this file but the password hash."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.accounts.facts import (
    CONSENTED_RIGHTS,
    AccountFacts,
    AccountState,
    AssignmentFacts,
    OrganisationFacts,
    OrganisationState,
    SessionFacts,
    SessionShown,
    StandInFacts,
)
from training_admin.database import fetch_tuples
from training_admin.kit.rights import OrganisationKind, Role

FACTOR_PLACE = "account.sealed_factor"
ACCOUNT_COLUMNS = """
    a.id, a.key, a.login, a.name, a.state, a.authorised_until, o.id, o.code, o.name, o.kind, o.state,
    (SELECT coalesce(array_agg(r.role::text), '{}') FROM account_role r WHERE r.account = a.id AND r.revoked_at IS NULL)
"""
_ACCOUNT_WIDTH = 12
_SESSION = f"""
    SELECT s.id, s.opened_at, s.seen_at, s.ends_at, s.stepped_up_at, encode(s.person, 'hex'), s.delegation, s.consent, {ACCOUNT_COLUMNS}
    FROM login_session s LEFT JOIN account a ON a.id = s.account LEFT JOIN organisation o ON o.id = a.organisation
    WHERE s.token_hash = $1 AND s.closed_at IS NULL
"""  # noqa: S608 - our own texts
ASSIGNED_ROLES = frozenset({Role.AUDITOR, Role.THIRD_PARTY, Role.STREET_ACCEPTOR})


class NewSession(msgspec.Struct, frozen=True):
    """A session about to be stored: of an account, or of a person's key."""

    token: str
    account: int | None
    person: bytes | None
    opened_at: datetime
    ends_at: datetime
    device: str
    stepped_up_at: datetime | None


def token_hash(token: str) -> bytes:
    """The stored form of a token; tokens are random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def account_of(row: Sequence[Any]) -> AccountFacts:
    """An account from the columns of `ACCOUNT_COLUMNS`."""
    key, known_roles = row[1], {role.value for role in Role}
    organisation = OrganisationFacts(row[6], row[7], row[8], OrganisationKind(row[9]), OrganisationState(row[10]))
    roles = frozenset(Role(role) for role in row[11] if role in known_roles)
    return AccountFacts(row[0], key, row[2], row[3], AccountState(row[4]), row[5], organisation, roles)


async def account_by_login(login: str) -> tuple[AccountFacts, str, bytes | None, int] | None:
    """An account with its password hash, sealed second factor and the last accepted step; None when there is none."""
    found = await fetch_tuples(
        f"SELECT a.password_hash, a.sealed_factor, a.factor_step, {ACCOUNT_COLUMNS} "  # noqa: S608 - our own texts
        "FROM account a JOIN organisation o ON o.id = a.organisation WHERE a.login = $1",
        login.lower(),
    )
    return (account_of(found[0][3:]), found[0][0], found[0][1], found[0][2]) if found else None


async def account_by_key(key: str) -> AccountFacts | None:
    """An account by its key; None when there is none."""
    found = await fetch_tuples(
        f"SELECT {ACCOUNT_COLUMNS} FROM account a JOIN organisation o ON o.id = a.organisation WHERE a.key = $1",  # noqa: S608 - our own texts
        key,
    )
    return account_of(found[0]) if found else None


async def account_by_id(account: int) -> AccountFacts | None:
    """An account by its row; None when there is none."""
    found = await fetch_tuples(
        f"SELECT {ACCOUNT_COLUMNS} FROM account a JOIN organisation o ON o.id = a.organisation WHERE a.id = $1",  # noqa: S608 - our own texts
        account,
    )
    return account_of(found[0]) if found else None


async def accounts_of(organisation: int) -> list[AccountFacts]:
    """Everybody of an organisation, in the order in which they came."""
    found = await fetch_tuples(
        f"SELECT {ACCOUNT_COLUMNS} FROM account a JOIN organisation o ON o.id = a.organisation "  # noqa: S608 - our own texts
        "WHERE o.id = $1 ORDER BY a.id",
        organisation,
    )
    return [account_of(row) for row in found]


async def organisation_by_code(code: str) -> OrganisationFacts | None:
    """An organisation by its business code; None when there is none."""
    found = await fetch_tuples("SELECT id, code, name, kind, state FROM organisation WHERE code = $1", code)
    if not found:
        return None
    key, code, name, kind, state = found[0]
    return OrganisationFacts(key, code, name, OrganisationKind(kind), OrganisationState(state))


async def add_organisation(
    organisation: OrganisationFacts, *, at: datetime, decided_by: str | None, decide_by: date | None = None, **more: Any
) -> int:
    """A new organisation (its `id` is not looked at); decided at once when `decided_by` is given."""
    found = await fetch_tuples(
        """INSERT INTO organisation
               (code, name, kind, state, licence, sealed_contact, applied_at, decide_by, decided_at, decided_by, reason)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '') RETURNING id""",
        *(organisation.code, organisation.name, organisation.kind.value, organisation.state.value),
        *(more.get("licence"), more.get("sealed_contact"), at, decide_by, at if decided_by else None, decided_by),
    )
    key: int = found[0][0]
    return key


async def add_account(
    account: AccountFacts, password_hash: str, *, sealed_factor: bytes | None, at: datetime, opened_by: str, granted_by: str
) -> int:
    """A new account with its roles (its `id` is not looked at)."""
    found = await fetch_tuples(
        """INSERT INTO account (key, login, name, organisation, password_hash, password_at, sealed_factor, factor_step, state,
               authorised_until, opened_at, opened_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 'active', $8, $6, $9) RETURNING id""",
        *(account.key, account.login.lower(), account.name, account.organisation.id, password_hash, at, sealed_factor),
        *(account.authorised_until, opened_by),
    )
    key: int = found[0][0]
    await add_roles(key, account.roles, at=at, by=granted_by)
    return key


async def add_roles(account: int, roles: Iterable[Role], *, at: datetime, by: str) -> None:
    """Give roles to an account."""
    await fetch_tuples(
        "INSERT INTO account_role (account, role, granted_at, granted_by) SELECT $1, unnest($2::text[]), $3, $4",
        *(account, [role.value for role in sorted(roles)], at, by),
    )


async def revoke_roles(account: int, roles: Iterable[Role], *, at: datetime, by: str) -> None:
    """Take roles back from an account."""
    await fetch_tuples(
        "UPDATE account_role SET revoked_at = $3, revoked_by = $4 WHERE account = $1 AND role = ANY($2) AND revoked_at IS NULL",
        *(account, [role.value for role in roles], at, by),
    )


async def set_password(account: int, password_hash: str, *, at: datetime) -> None:
    """Another password."""
    await fetch_tuples("UPDATE account SET password_hash = $2, password_at = $3 WHERE id = $1", account, password_hash, at)


async def password_of(account: int) -> tuple[str, bytes | None, int]:
    """Password hash, sealed second factor and last accepted step of an account."""
    found = await fetch_tuples("SELECT password_hash, sealed_factor, factor_step FROM account WHERE id = $1", account)
    return found[0][0], found[0][1], found[0][2]


async def use_step(account: int, step: int) -> bool:
    """Mark a code as used; False when the same or a later one was used meanwhile."""
    return bool(await fetch_tuples("UPDATE account SET factor_step = $2 WHERE id = $1 AND factor_step < $2 RETURNING id", account, step))


async def set_factor(account: int, sealed: bytes) -> None:
    """Another second factor; codes of the old one are worth nothing from now on."""
    await fetch_tuples("UPDATE account SET sealed_factor = $2, factor_step = 0 WHERE id = $1", account, sealed)


async def deactivate(account: int, *, at: datetime) -> None:
    """No more sign-in, no more tokens; sessions are closed by who calls this."""
    await fetch_tuples("UPDATE account SET state = 'deactivated', closed_at = $2 WHERE id = $1 AND state = 'active'", account, at)
    await revoke_tokens(account, at=at)


async def revoke_tokens(account: int, *, at: datetime) -> None:
    """End every API token of an account."""
    await fetch_tuples("UPDATE api_token SET revoked_at = $2 WHERE account = $1 AND revoked_at IS NULL", account, at)


async def add_session(new: NewSession) -> int:
    """A new session; returns its key."""
    found = await fetch_tuples(
        """INSERT INTO login_session (token_hash, account, person, opened_at, seen_at, ends_at, stepped_up_at, device)
           VALUES ($1, $2, $3, $4, $4, $5, $6, $7) RETURNING id""",
        *(token_hash(new.token), new.account, new.person, new.opened_at, new.ends_at, new.stepped_up_at, new.device),
    )
    key: int = found[0][0]
    return key


async def load_session(token: str) -> SessionFacts | None:
    """The open session of a token with all that decides what may be done; one query unless it stands in or is assigned."""
    found = await fetch_tuples(_SESSION, token_hash(token))
    if not found:
        return None
    row = found[0]
    account = None if row[8] is None else account_of(row[8 : 8 + _ACCOUNT_WIDTH])
    stand_in = None
    if row[6] is not None:
        stand_in = await _delegated(row[6])
    elif row[7] is not None:
        stand_in = await _consented(row[7])
    assignments = await load_assignments(account.organisation.id) if account is not None and account.roles & ASSIGNED_ROLES else ()
    return SessionFacts(row[0], row[1], row[2], row[3], row[4], row[5], account, stand_in, assignments)


async def _delegated(delegation: int) -> StandInFacts | None:
    found = await fetch_tuples(
        f"SELECT d.roles, d.starts, d.ends, {ACCOUNT_COLUMNS} FROM delegation d JOIN account a ON a.id = d.giver "  # noqa: S608 - our own texts
        "JOIN organisation o ON o.id = a.organisation WHERE d.id = $1 AND d.revoked_at IS NULL",
        delegation,
    )
    if not found:
        return None
    giver = account_of(found[0][3:])
    starts, ends = found[0][1:3]
    if giver.state is not AccountState.ACTIVE or giver.organisation.state in {OrganisationState.REFUSED, OrganisationState.CLOSED}:
        return None
    roles = giver.roles & frozenset(Role(role) for role in found[0][0])
    # Nobody stands in for an officer longer than his own authorisation lasts.
    last = min(ends, giver.authorised_until or ends)
    return StandInFacts(giver.key, giver.name, giver.organisation, roles, starts, last)


async def _consented(consent: int) -> StandInFacts | None:
    found = await fetch_tuples(
        """SELECT c.starts, c.ends, o.id, o.code, o.name, o.kind, o.state FROM consent c JOIN organisation o ON o.id = c.enterprise
           WHERE c.id = $1 AND c.revoked_at IS NULL AND o.state = 'approved'""",
        consent,
    )
    if not found:
        return None
    starts, ends, key, code, name, kind, state = found[0]
    enterprise = OrganisationFacts(key, code, name, OrganisationKind(kind), OrganisationState(state))
    return StandInFacts(code, name, enterprise, frozenset({Role.CLAIM_CLERK}), starts, ends, CONSENTED_RIGHTS)


async def load_assignments(organisation: int) -> tuple[AssignmentFacts, ...]:
    """The assignments of an audit office or a third party that were not taken back."""
    found = await fetch_tuples(
        "SELECT whole_district, enterprises, starts, ends FROM assignment WHERE organisation = $1 AND revoked_at IS NULL", organisation
    )
    return tuple(AssignmentFacts(None if whole else frozenset(codes), starts, ends) for whole, codes, starts, ends in found)


async def mark_seen(session: int, *, at: datetime) -> None:
    """The session was used."""
    await fetch_tuples("UPDATE login_session SET seen_at = greatest(seen_at, $2) WHERE id = $1", session, at)


async def step_up(session: int, *, at: datetime) -> None:
    """The person has proved again who he is."""
    await fetch_tuples("UPDATE login_session SET stepped_up_at = $2 WHERE id = $1", session, at)


async def close_sessions(*, at: datetime, why: str, account: int | None = None, session: int | None = None, keep: int | None = None) -> int:
    """Close one session, or all of an account but one; returns how many were closed."""
    found = await fetch_tuples(
        """UPDATE login_session SET closed_at = $1, closed_why = $2 WHERE closed_at IS NULL
           AND ($3::bigint IS NULL OR account = $3) AND ($4::bigint IS NULL OR id = $4) AND ($5::bigint IS NULL OR id <> $5)
           AND ($3::bigint IS NOT NULL OR $4::bigint IS NOT NULL) RETURNING id""",
        *(at, why, account, session, keep),
    )
    return len(found)


async def live_sessions(account: int, *, now: datetime, idle_since: datetime, mine: int) -> list[SessionShown]:
    """The sessions of an account that are still good, newest first."""
    found = await fetch_tuples(
        """SELECT id, opened_at, seen_at, device, id = $4 FROM login_session
           WHERE account = $1 AND closed_at IS NULL AND ends_at > $2 AND seen_at > $3 ORDER BY opened_at DESC, id DESC""",
        *(account, now, idle_since, mine),
    )
    return [SessionShown(*row) for row in found]
