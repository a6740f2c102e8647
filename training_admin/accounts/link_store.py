"""Queries of links that work once. Only hashes of their tokens are stored; `subject` of an invitation is the last day of authorisation."""

from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.accounts.store import token_hash
from training_admin.database import fetch_tuples
from training_admin.kit.rights import Role

_COLUMNS = "l.id, l.purpose, o.code, l.account, l.roles::text[], l.subject, l.name, l.made_by, l.ends_at"


class NewLink(msgspec.Struct, frozen=True):
    """A link about to be stored."""

    token: str
    purpose: str
    organisation: int
    account: int | None
    roles: frozenset[Role]
    name: str
    authorised_until: date | None
    made_by: str


class LinkFacts(msgspec.Struct, frozen=True):
    """A link that still works."""

    id: int
    purpose: str
    organisation: str
    account: int | None
    roles: frozenset[Role]
    name: str
    authorised_until: date | None
    made_by: str
    ends_at: datetime


async def add_link(new: NewLink, *, at: datetime, ends_at: datetime) -> None:
    """A new link."""
    subject = "" if new.authorised_until is None else new.authorised_until.isoformat()
    await fetch_tuples(
        """INSERT INTO one_time_link (token_hash, purpose, organisation, account, roles, subject, name, made_at, made_by, ends_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        *(token_hash(new.token), new.purpose, new.organisation, new.account, [role.value for role in sorted(new.roles)]),
        *(subject, new.name, at, new.made_by, ends_at),
    )


async def open_link(token: str, *, purpose: str, now: datetime) -> LinkFacts | None:
    """The link of a token as long as it works; None when it is unknown, used, ended or taken back."""
    found = await fetch_tuples(
        f"SELECT {_COLUMNS} FROM one_time_link l JOIN organisation o ON o.id = l.organisation "  # noqa: S608 - our own texts
        "WHERE l.token_hash = $1 AND l.purpose = $2 AND l.used_at IS NULL AND l.revoked_at IS NULL AND l.ends_at > $3",
        *(token_hash(token), purpose, now),
    )
    return _link(found[0]) if found else None


def _link(row: tuple[Any, ...]) -> LinkFacts:
    key, purpose, organisation, account, roles, subject, name, made_by, ends_at = row
    until = date.fromisoformat(subject) if subject else None
    return LinkFacts(key, purpose, organisation, account, frozenset(map(Role, roles)), name, until, made_by, ends_at)


async def use_link(link: int, *, at: datetime) -> None:
    """The link has done its work."""
    await fetch_tuples("UPDATE one_time_link SET used_at = $2 WHERE id = $1", link, at)


async def open_links(*, organisation: str | None, purpose: str, now: datetime) -> list[LinkFacts]:
    """The links of an organisation, or of all offices with None, that still work."""
    found = await fetch_tuples(
        f"SELECT {_COLUMNS} FROM one_time_link l JOIN organisation o ON o.id = l.organisation "  # noqa: S608 - our own texts
        "WHERE (o.code = $1 OR ($1::text IS NULL AND o.kind NOT IN ('enterprise', 'institution'))) AND l.purpose = $2 "
        "AND l.used_at IS NULL AND l.revoked_at IS NULL AND l.ends_at > $3 ORDER BY l.id",
        *(organisation, purpose, now),
    )
    return [_link(row) for row in found]


async def revoke_link(link: int, *, organisation: str | None, at: datetime) -> bool:
    """Take a link of an organisation (None: of any office) back; False when there is no such one that still works."""
    found = await fetch_tuples(
        """UPDATE one_time_link l SET revoked_at = $3 FROM organisation o WHERE o.id = l.organisation AND l.id = $1
           AND (o.code = $2 OR ($2::text IS NULL AND o.kind NOT IN ('enterprise', 'institution')))
           AND l.used_at IS NULL AND l.revoked_at IS NULL RETURNING l.id""",
        *(link, organisation, at),
    )
    return bool(found)


async def revoke_links_of(account: int, *, made_by: str, at: datetime) -> None:
    """Take back the open links for an account, and those of any purpose that its person made, alone or standing in."""
    await fetch_tuples(
        """UPDATE one_time_link SET revoked_at = $3 WHERE used_at IS NULL AND revoked_at IS NULL
           AND (account = $1 OR $2 = ANY(string_to_array(made_by, ' for ')))""",
        *(account, made_by, at),
    )
