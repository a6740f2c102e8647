"""Queries of registrations: organisations that wait for a decision, were approved or refused, and who may decide them."""

from datetime import date, datetime
from typing import Any

from training_admin.accounts.facts import OrganisationFacts, OrganisationState
from training_admin.database import fetch_tuples
from training_admin.kit.rights import Role

CONTACT_PLACE = "organisation.sealed_contact"
_COLUMNS = """
    o.code, o.name, o.kind, o.state, o.applied_at, o.decide_by, o.decided_at, o.decided_by, o.reason, o.handler,
    (SELECT h.name FROM account h WHERE h.key = o.handler)
"""
_WAITING_FIRST = "ORDER BY o.decide_by NULLS LAST, o.id"
_NEWEST_FIRST = "ORDER BY o.decided_at DESC NULLS LAST, o.id DESC"


async def apply_again(
    organisation: OrganisationFacts, *, licence: int, sealed_contact: bytes, at: datetime, decide_by: date | None
) -> None:
    """A refused organisation waits again, with what it says now; its earlier accounts are ended."""
    await fetch_tuples(
        """UPDATE organisation SET name = $2, kind = $3, state = 'waiting', licence = $4, sealed_contact = $5, applied_at = $6,
               decide_by = $7, decided_at = NULL, decided_by = NULL, reason = '', handler = NULL WHERE id = $1""",
        *(organisation.id, organisation.name, organisation.kind.value, licence, sealed_contact, at, decide_by),
    )
    await fetch_tuples(
        "UPDATE account SET state = 'deactivated', closed_at = $2 WHERE organisation = $1 AND state = 'active'", organisation.id, at
    )


async def registrations(state: OrganisationState, *, wanted: str, most: int) -> list[tuple[Any, ...]]:
    """Registered enterprises and institutions in one state whose name or code holds a text; the most urgent or the newest first."""
    order = _WAITING_FIRST if state is OrganisationState.WAITING else _NEWEST_FIRST
    return await fetch_tuples(
        f"SELECT {_COLUMNS} FROM organisation o WHERE o.licence IS NOT NULL AND o.state = $1 "  # noqa: S608 - our own texts
        f"AND (strpos(o.name, $2) > 0 OR strpos(o.code, upper($2)) > 0) {order} LIMIT $3",
        *(state.value, wanted, most),
    )


async def registration(code: str) -> tuple[Any, ...] | None:
    """One registered organisation: the columns of the list."""
    found = await fetch_tuples(
        f"SELECT {_COLUMNS} FROM organisation o WHERE o.licence IS NOT NULL AND o.code = $1",  # noqa: S608 - our own texts
        code,
    )
    return found[0] if found else None


async def sealed_contact(code: str) -> bytes | None:
    """The sealed contact of an organisation."""
    found = await fetch_tuples("SELECT sealed_contact FROM organisation WHERE code = $1", code)
    return found[0][0] if found else None


async def licence_of(code: str) -> tuple[str, str] | None:
    """SHA-256 and type of the licence that an organisation handed in."""
    found = await fetch_tuples(
        "SELECT f.sha256, f.media_type FROM organisation o JOIN stored_file f ON f.id = o.licence WHERE o.code = $1", code
    )
    return (found[0][0], found[0][1]) if found else None


async def decide(code: str, *, state: OrganisationState, reason: str, by: str, at: datetime) -> bool:
    """Keep the decision; False when somebody has decided meanwhile."""
    found = await fetch_tuples(
        """UPDATE organisation SET state = $2, reason = $3, decided_by = $4, decided_at = $5
           WHERE code = $1 AND state = 'waiting' RETURNING id""",
        *(code, state.value, reason, by, at),
    )
    return bool(found)


async def hand_over(code: str, *, to: str) -> None:
    """Another handler."""
    await fetch_tuples("UPDATE organisation SET handler = $2 WHERE code = $1", code, to)


async def deciders(roles: tuple[Role, ...], today: date) -> list[tuple[Any, ...]]:
    """Who may decide registrations today: key, name, name of his organisation."""
    return await fetch_tuples(
        """SELECT a.key, a.name, o.name FROM account a JOIN organisation o ON o.id = a.organisation
           WHERE a.state = 'active' AND o.state = 'approved' AND (a.authorised_until IS NULL OR a.authorised_until >= $2)
             AND EXISTS (SELECT 1 FROM account_role r WHERE r.account = a.id AND r.revoked_at IS NULL AND r.role = ANY($1))
           ORDER BY o.name, a.id""",
        *([role.value for role in roles], today),
    )
