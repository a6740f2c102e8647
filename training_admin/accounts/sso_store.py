"""Queries of identity links and used flows. The provider's name for a person is stored as a keyed hash only."""

from datetime import datetime

from training_admin.database import fetch_tuples
from training_admin.kit.vault import vault

PLACE = "identity_link.subject"


def subject_hash(issuer: str, subject: str) -> bytes:
    """The stored form of a provider's name for a person."""
    return vault().keyed_hash(f"{issuer}\n{subject}", place=PLACE)


async def login_of(issuer: str, subject: str) -> str | None:
    """The account name that is linked to an identity; None when there is none."""
    found = await fetch_tuples(
        "SELECT a.login FROM identity_link l JOIN account a ON a.id = l.account WHERE l.issuer = $1 AND l.subject = $2",
        *(issuer, subject_hash(issuer, subject)),
    )
    return found[0][0] if found else None


async def link_of(account: int, issuer: str) -> datetime | None:
    """Since when an account is linked at a provider; None when it is not."""
    found = await fetch_tuples("SELECT made_at FROM identity_link WHERE account = $1 AND issuer = $2", account, issuer)
    return found[0][0] if found else None


async def add_link(account: int, issuer: str, subject: str, *, at: datetime) -> bool:
    """Link an account; False when the identity, or the account at this provider, is linked already."""
    return bool(
        await fetch_tuples(
            "INSERT INTO identity_link (account, issuer, subject, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING id",
            *(account, issuer, subject_hash(issuer, subject), at),
        )
    )


async def remove_link(account: int, issuer: str) -> bool:
    """Unlink an account; False when there was no link."""
    return bool(await fetch_tuples("DELETE FROM identity_link WHERE account = $1 AND issuer = $2 RETURNING id", account, issuer))


async def use_flow(state_hash: bytes, *, at: datetime, forget_before: datetime) -> bool:
    """Mark the state of a flow as used; False when it was used before. States that are long over are forgotten."""
    await fetch_tuples("DELETE FROM used_flow WHERE used_at < $1", forget_before)
    return bool(
        await fetch_tuples("INSERT INTO used_flow (state, used_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id", state_hash, at)
    )
