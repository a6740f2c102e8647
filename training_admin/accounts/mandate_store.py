"""Queries of mandates: deputies (AB角), consents to street offices (帮办代办), assignments to auditors and third parties."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from training_admin.database import fetch_tuples

_STAND_INS = """
    SELECT 'delegation', d.id, g.name, d.roles::text[], d.ends FROM delegation d JOIN account g ON g.id = d.giver
    WHERE d.receiver = $1 AND d.revoked_at IS NULL AND g.state = 'active' AND $2 BETWEEN d.starts AND d.ends
      AND (g.authorised_until IS NULL OR g.authorised_until >= $2)
    UNION ALL
    SELECT 'consent', c.id, e.name, ARRAY['claim_clerk'], c.ends FROM consent c JOIN organisation e ON e.id = c.enterprise
    JOIN account a ON a.organisation = c.office
    WHERE a.id = $1 AND c.revoked_at IS NULL AND e.state = 'approved' AND $2 BETWEEN c.starts AND c.ends
      AND EXISTS (SELECT 1 FROM account_role r WHERE r.account = a.id AND r.role = 'street_acceptor' AND r.revoked_at IS NULL)
    ORDER BY 1, 3
"""


async def stand_ins_of(account: int, today: date) -> list[tuple[Any, ...]]:
    """Whom an account may stand in for on a day: kind, key of the mandate, name, roles, last day."""
    return await fetch_tuples(_STAND_INS, account, today)


async def set_stand_in(session: int, *, delegation: int | None, consent: int | None) -> None:
    """The session acts for somebody, or for itself again."""
    await fetch_tuples("UPDATE login_session SET delegation = $2, consent = $3 WHERE id = $1", session, delegation, consent)


async def add_delegation(*, giver: int, receiver: int, roles: Sequence[str], starts: date, ends: date, reason: str, at: datetime) -> int:
    """A colleague stands in for some days."""
    found = await fetch_tuples(
        "INSERT INTO delegation (giver, receiver, roles, starts, ends, reason, given_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        *(giver, receiver, list(roles), starts, ends, reason, at),
    )
    key: int = found[0][0]
    return key


async def delegations_of(account: int, today: date) -> list[tuple[Any, ...]]:
    """What an account has given that has not ended: key, receiver's name, roles, first and last day, reason."""
    return await fetch_tuples(
        """SELECT d.id, r.name, d.roles::text[], d.starts, d.ends, d.reason FROM delegation d JOIN account r ON r.id = d.receiver
           WHERE d.giver = $1 AND d.revoked_at IS NULL AND d.ends >= $2 ORDER BY d.id""",
        *(account, today),
    )


async def revoke_delegation(delegation: int, *, giver: int, at: datetime) -> bool:
    """Take a delegation back; False when there is no such one of the giver."""
    found = await fetch_tuples(
        "UPDATE delegation SET revoked_at = $3 WHERE id = $1 AND giver = $2 AND revoked_at IS NULL RETURNING id", delegation, giver, at
    )
    return bool(found)


async def add_consent(*, enterprise: int, office: int, starts: date, ends: date, by: str, at: datetime) -> int:
    """An enterprise lets a street office act for it."""
    found = await fetch_tuples(
        "INSERT INTO consent (enterprise, office, starts, ends, given_at, given_by) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        *(enterprise, office, starts, ends, at, by),
    )
    key: int = found[0][0]
    return key


async def consents_of(enterprise: int, today: date) -> list[tuple[Any, ...]]:
    """The consents of an enterprise that have not ended: key, office, first and last day."""
    return await fetch_tuples(
        """SELECT c.id, o.name, c.starts, c.ends FROM consent c JOIN organisation o ON o.id = c.office
           WHERE c.enterprise = $1 AND c.revoked_at IS NULL AND c.ends >= $2 ORDER BY c.id""",
        *(enterprise, today),
    )


async def revoke_consent(consent: int, *, enterprise: int, at: datetime) -> bool:
    """Take a consent back; False when there is no such one of the enterprise."""
    found = await fetch_tuples(
        "UPDATE consent SET revoked_at = $3 WHERE id = $1 AND enterprise = $2 AND revoked_at IS NULL RETURNING id", consent, enterprise, at
    )
    return bool(found)


async def add_assignment(
    *, organisation: int, enterprises: Sequence[str], purpose: str, starts: date, ends: date, by: str, at: datetime
) -> int:
    """What an audit office or a third party may look at; no enterprises means the whole district."""
    found = await fetch_tuples(
        """INSERT INTO assignment (organisation, whole_district, enterprises, purpose, starts, ends, given_at, given_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id""",
        *(organisation, not enterprises, list(enterprises), purpose, starts, ends, at, by),
    )
    key: int = found[0][0]
    return key


async def assignments_in_force(today: date) -> list[tuple[Any, ...]]:
    """All assignments that have not ended: key, organisation, whole district, enterprises, purpose, first and last day."""
    return await fetch_tuples(
        """SELECT a.id, o.name, a.whole_district, a.enterprises::text[], a.purpose, a.starts, a.ends
           FROM assignment a JOIN organisation o ON o.id = a.organisation
           WHERE a.revoked_at IS NULL AND a.ends >= $1 ORDER BY a.id""",
        today,
    )


async def revoke_assignment(assignment: int, *, at: datetime) -> bool:
    """End an assignment; False when there is no such one."""
    found = await fetch_tuples("UPDATE assignment SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id", assignment, at)
    return bool(found)
