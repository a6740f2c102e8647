"""Failed classes of a year by organisation (PEN-03): above the figure's share the ladder asks for a circular; an officer proposes it."""

import msgspec

from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.actor import Actor, assert_may
from training_admin.kit.money import WHOLE_BP
from training_admin.kit.rights import Right
from training_admin.parties.ladder import LadderFigures, Step, step_of_failed_classes


class FailedShare(msgspec.Struct, frozen=True):
    """Of the classes an organisation was allowed in a year, those whose newest visit did not pass, and what the ladder asks for."""

    organisation: str
    organisation_name: str
    classes: int
    failed: int
    step: Step | None

    @property
    def share_bp(self) -> int:
        """Failed of all classes, rounded down."""
        return self.failed * WHOLE_BP // self.classes


async def failed_shares(actor: Actor, year: int) -> list[FailedShare]:
    """Organisations with a failed class in a year, the worst first; raises NotAllowed."""
    assert_may(actor, Right.SANCTION_PROPOSE)
    async with read_transaction():
        found = await fetch_tuples(
            """SELECT c.organisation, max(c.organisation_name), count(*)::int, (count(*) FILTER (WHERE NOT v.passed))::int
               FROM training_class c LEFT JOIN LATERAL (
                   SELECT passed FROM class_visit WHERE class_no = c.class_no ORDER BY visited_on DESC, id DESC LIMIT 1
               ) v ON true
               WHERE c.approved_on BETWEEN make_date($1, 1, 1) AND make_date($1, 12, 31)
               GROUP BY c.organisation HAVING count(*) FILTER (WHERE NOT v.passed) > 0""",
            year,
        )
    shares = [
        FailedShare(organisation, name, classes, failed, step_of_failed_classes(failed, classes, LadderFigures()))
        for organisation, name, classes, failed in found
    ]
    return sorted(shares, key=lambda each: (-each.share_bp, each.organisation))
