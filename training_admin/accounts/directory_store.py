"""Queries of the administrators' lists: organisations that are opened for others, and their people page by page."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from training_admin.accounts.facts import AccountFacts
from training_admin.accounts.store import ACCOUNT_COLUMNS, account_of
from training_admin.database import fetch_tuples
from training_admin.kit.rights import OUTSIDE, OrganisationKind

_OUTSIDE = [kind.value for kind in sorted(OUTSIDE)]


async def organisations(kinds: Iterable[OrganisationKind]) -> list[tuple[Any, ...]]:
    """Organisations of some kinds that are not refused or closed: code, name, kind, number of accounts in use."""
    return await fetch_tuples(
        """SELECT o.code, o.name, o.kind, (SELECT count(*) FROM account a WHERE a.organisation = o.id AND a.state = 'active')
           FROM organisation o WHERE o.kind = ANY($1) AND o.state IN ('waiting', 'approved') ORDER BY o.kind, o.code""",
        [kind.value for kind in kinds],
    )


async def accounts_page(organisation: str | None, *, after: int, limit: int) -> list[AccountFacts]:
    """People after a row, of one organisation, or with None of all offices."""
    found = await fetch_tuples(
        f"SELECT {ACCOUNT_COLUMNS} FROM account a JOIN organisation o ON o.id = a.organisation "  # noqa: S608 - our own texts
        "WHERE a.id > $1 AND (o.code = $2 OR ($2::text IS NULL AND NOT o.kind = ANY($3))) ORDER BY a.id LIMIT $4",
        *(after, organisation, _OUTSIDE, limit),
    )
    return [account_of(row) for row in found]


async def set_authorised_until(account: int, until: date | None) -> None:
    """Another last day of authorisation."""
    await fetch_tuples("UPDATE account SET authorised_until = $2 WHERE id = $1", account, until)


async def has_accounts() -> bool:
    """Whether anybody can sign in at all."""
    return bool(await fetch_tuples("SELECT 1 FROM account LIMIT 1"))
