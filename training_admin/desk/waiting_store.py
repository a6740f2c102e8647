"""How much of the training waits for a decision, and how much has come back, one query each."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from training_admin.database import fetch_tuples


class Counted(msgspec.Struct, frozen=True):
    """How many wait, how many of them beyond their deadline, and the next deadline; registers and plans have none."""

    count: int
    overdue: int
    next_day: date | None


async def waiting_counts(codes: Sequence[str] | None, today: date) -> dict[str, Counted]:
    """What of a scope (None: of all) waits for a decision, by kind."""
    found = await fetch_tuples(
        """SELECT 'resource', count(*), 0::bigint, NULL::date FROM resource_version v JOIN resource r ON r.id = v.resource
               WHERE v.state = 'waiting' AND ($1::text[] IS NULL OR r.organisation = ANY($1))
           UNION ALL SELECT 'plan', count(*), 0, NULL FROM training_plan
               WHERE state = 'submitted' AND ($1::text[] IS NULL OR enterprise = ANY($1))
           UNION ALL SELECT 'course', count(*), count(*) FILTER (WHERE decide_by < $2), min(decide_by) FILTER (WHERE decide_by >= $2)
               FROM course WHERE state IN ('submitted', 'changing') AND ($1::text[] IS NULL OR organisation = ANY($1))
           UNION ALL SELECT 'class', count(*), count(*) FILTER (WHERE decide_by < $2), min(decide_by) FILTER (WHERE decide_by >= $2)
               FROM training_class
               WHERE state IN ('submitted', 'changing', 'suspended') AND ($1::text[] IS NULL OR organisation = ANY($1))""",
        *(codes, today),
    )
    return {kind: Counted(*rest) for kind, *rest in found}


async def proposal_counts(partner: str | None, today: date) -> tuple[int, int, int]:
    """Catalog proposals that wait for a partner's consent, for an officer's next step now that nobody is being heard, for approval."""
    ((asked, handled, prepared),) = await fetch_tuples(
        """SELECT count(*) FILTER (WHERE stage = 'proposed' AND partner = $1),
                  count(*) FILTER (WHERE stage IN ('consented', 'review') OR (stage = 'proposed' AND partner IS NULL)
                      OR (stage = 'opinions' AND opinions_until < $2) OR (stage = 'notice' AND notice_until < $2)),
                  count(*) FILTER (WHERE stage = 'prepared')
           FROM catalog_proposal WHERE stage IN ('proposed', 'consented', 'review', 'opinions', 'notice', 'prepared')""",
        *(partner, today),
    )
    return asked, handled, prepared


async def returned_counts(codes: Sequence[str] | None, since: datetime) -> dict[str, int]:
    """What came back to a scope (None: to all) and is not handed in again, by kind; refused things since an instant."""
    found = await fetch_tuples(
        """SELECT 'resource', count(*) FROM (
               SELECT DISTINCT ON (r.id) v.state, v.decided_at FROM resource r JOIN resource_version v ON v.resource = r.id
               WHERE $1::text[] IS NULL OR r.organisation = ANY($1) ORDER BY r.id, v.version DESC
           ) newest WHERE state = 'refused' AND decided_at >= $2
           UNION ALL SELECT 'plan', count(*) FROM training_plan
               WHERE state = 'returned' AND ($1::text[] IS NULL OR enterprise = ANY($1))
           UNION ALL SELECT 'course', count(*) FROM course
               WHERE state = 'returned' AND ($1::text[] IS NULL OR organisation = ANY($1))
           UNION ALL SELECT 'class', count(*) FROM training_class
               WHERE state = 'returned' AND ($1::text[] IS NULL OR organisation = ANY($1))""",
        *(codes, since),
    )
    return dict(found)
