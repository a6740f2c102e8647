"""Queries of links by which a head without account signs once; `subject` is the number of what is signed."""

from datetime import date, datetime

import msgspec

from training_admin.accounts.store import token_hash
from training_admin.database import fetch_tuples


class SignLink(msgspec.Struct, frozen=True):
    """A signing link that still works: for what, for whom, and who made it."""

    id: int
    organisation: str
    subject: str
    name: str
    made_by: str
    ends_at: datetime


async def add_link(token: str, *, organisation: str, subject: str, name: str, at: datetime, made_by: str, ends_at: datetime) -> bool:
    """A new link for one thing, in place of earlier ones; False when there is no such organisation."""
    await fetch_tuples(
        """UPDATE one_time_link SET revoked_at = $2 WHERE purpose = 'sign' AND subject = $1 AND used_at IS NULL AND revoked_at IS NULL""",
        *(subject, at),
    )
    found = await fetch_tuples(
        """INSERT INTO one_time_link (token_hash, purpose, organisation, roles, subject, name, made_at, made_by, ends_at)
           SELECT $1, 'sign', o.id, '{}', $3, $4, $5, $6, $7 FROM organisation o WHERE o.code = $2 RETURNING id""",
        *(token_hash(token), organisation, subject, name, at, made_by, ends_at),
    )
    return bool(found)


async def open_link(token: str, *, now: datetime) -> SignLink | None:
    """The link of a token as long as it works; None when it is unknown, used, ended or taken back."""
    found = await fetch_tuples(
        """SELECT l.id, o.code, l.subject, l.name, l.made_by, l.ends_at FROM one_time_link l JOIN organisation o ON o.id = l.organisation
           WHERE l.token_hash = $1 AND l.purpose = 'sign' AND l.used_at IS NULL AND l.revoked_at IS NULL AND l.ends_at > $2
             AND o.state = 'approved'""",
        *(token_hash(token), now),
    )
    return SignLink(*found[0]) if found else None


async def waiting_link(subject: str, *, now: datetime) -> tuple[str, datetime] | None:
    """For whom the open link of one thing was made, and until when it works."""
    found = await fetch_tuples(
        """SELECT name, ends_at FROM one_time_link WHERE purpose = 'sign' AND subject = $1 AND used_at IS NULL AND revoked_at IS NULL
             AND ends_at > $2 ORDER BY id DESC LIMIT 1""",
        *(subject, now),
    )
    return (found[0][0], found[0][1]) if found else None


async def end_links(subject: str, *, used: int | None, at: datetime) -> None:
    """The thing is signed: the link that did it is used, every other one is taken back."""
    await fetch_tuples(
        """UPDATE one_time_link SET used_at = CASE WHEN id = $2 THEN $3 ELSE used_at END,
               revoked_at = CASE WHEN id = $2 THEN revoked_at ELSE $3 END
           WHERE purpose = 'sign' AND subject = $1 AND used_at IS NULL AND revoked_at IS NULL""",
        *(subject, used, at),
    )


async def has_signatory(uscc: str, *, today: date) -> bool:
    """Whether somebody of the enterprise can sign with an account of his own."""
    return bool(
        await fetch_tuples(
            """SELECT 1 FROM account a JOIN organisation o ON o.id = a.organisation JOIN account_role r ON r.account = a.id
               WHERE o.code = $1 AND a.state = 'active' AND (a.authorised_until IS NULL OR a.authorised_until >= $2)
                 AND r.role = 'signatory' AND r.revoked_at IS NULL LIMIT 1""",
            *(uscc, today),
        )
    )
