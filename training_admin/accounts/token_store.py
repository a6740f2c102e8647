"""Queries of API tokens; a token is found by its hash."""

from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.accounts.facts import AccountFacts, AssignmentFacts
from training_admin.accounts.store import ACCOUNT_COLUMNS, ASSIGNED_ROLES, account_of, load_assignments
from training_admin.database import fetch_tuples
from training_admin.kit.rights import Right


class TokenFacts(msgspec.Struct, frozen=True):
    """A token that was not revoked, with its account as it is now."""

    id: int
    rights: frozenset[Right]
    expires_on: date
    used_on: date | None
    account: AccountFacts
    assignments: tuple[AssignmentFacts, ...]


async def load_token(hashed: bytes) -> TokenFacts | None:
    """The token of a hash; None when there is none or it was revoked."""
    found = await fetch_tuples(
        f"SELECT t.id, t.rights, t.expires_on, t.used_on, {ACCOUNT_COLUMNS} FROM api_token t "  # noqa: S608 - our own texts
        "JOIN account a ON a.id = t.account JOIN organisation o ON o.id = a.organisation WHERE t.token_hash = $1 AND t.revoked_at IS NULL",
        hashed,
    )
    if not found:
        return None
    key, rights, expires_on, used_on, *rest = found[0]
    account, known = account_of(rest), {right.value for right in Right}
    assignments = await load_assignments(account.organisation.id) if account.roles & ASSIGNED_ROLES else ()
    return TokenFacts(key, frozenset(Right(right) for right in rights if right in known), expires_on, used_on, account, assignments)


async def add_token(hashed: bytes, *, account: int, name: str, rights: frozenset[Right], expires_on: date, at: datetime) -> None:
    """A new token."""
    await fetch_tuples(
        "INSERT INTO api_token (token_hash, account, name, rights, expires_on, made_at) VALUES ($1, $2, $3, $4, $5, $6)",
        *(hashed, account, name, [right.value for right in sorted(rights)], expires_on, at),
    )


async def count_tokens(account: int, today: date) -> int:
    """How many good tokens an account has."""
    found = await fetch_tuples(
        "SELECT count(*) FROM api_token WHERE account = $1 AND revoked_at IS NULL AND expires_on >= $2", account, today
    )
    return int(found[0][0])


async def tokens_of(account: int, today: date) -> list[tuple[Any, ...]]:
    """The good tokens of an account, newest first."""
    return await fetch_tuples(
        """SELECT id, name, rights, expires_on, made_at, used_on FROM api_token
           WHERE account = $1 AND revoked_at IS NULL AND expires_on >= $2 ORDER BY id DESC""",
        *(account, today),
    )


async def mark_used(token: int, today: date) -> None:
    """The token was used on a day."""
    await fetch_tuples("UPDATE api_token SET used_on = $2 WHERE id = $1", token, today)


async def revoke(token: int, *, account: int, at: datetime) -> bool:
    """End a token of an account; False when there is no such one."""
    found = await fetch_tuples(
        "UPDATE api_token SET revoked_at = $3 WHERE id = $1 AND account = $2 AND revoked_at IS NULL RETURNING id", token, account, at
    )
    return bool(found)
