"""Which street answers for a claim: by the tax address or the registered address of its enterprise, as a figure says."""

from collections.abc import Sequence

from training_admin.audit.parameters import ROUTE_STREET_BY
from training_admin.database import fetch_tuples
from training_admin.kit.clock import Clock
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy

REGISTERED = "REGISTERED"


async def note_streets(cases: Sequence[str] | None, *, clock: Clock) -> None:
    """Note the street on those claims (on all, with None) that have none yet, in the open write transaction.

    A claim keeps the street it was given; where only one of the addresses is known, that one counts.
    """
    policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
    registered = policy.at(ROUTE_STREET_BY, clock.today()) == REGISTERED
    await fetch_tuples(
        """UPDATE claim c SET street = n.street FROM (
               SELECT DISTINCT ON (s.uscc) s.uscc, CASE WHEN $1 AND s.registered <> '' THEN s.registered ELSE s.street END AS street
               FROM enterprise_street s ORDER BY s.uscc, s.delivery DESC) n
           WHERE n.uscc = c.uscc AND c.street = '' AND ($2::text[] IS NULL OR c.number = ANY($2)) RETURNING c.id""",
        *(registered, None if cases is None else list(cases)),
    )
