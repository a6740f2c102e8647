"""归档: a claim whose money is settled and about which nothing is open goes to the archive by itself, some time after its last step.

Archived it can still be asked back, and a payment that the bank returns later takes it out again.
"""

from datetime import datetime, timedelta

from training_admin.database import fetch_tuples, read_transaction, retried, write_transaction
from training_admin.kit.actor import WORKER
from training_admin.kit.clock import Clock, day_bounds_utc
from training_admin.office.jobs import JobRun
from training_admin.subsidy.review_states import Act
from training_admin.subsidy.review_store import claim_by_number
from training_admin.subsidy.reviewing import follow

ARCHIVE_CLAIMS = "archive_claims"
# No paper of the district says when (assumed); longer than the sixty days for 行政复议.
DAYS = 90
WORDS = f"款项办结满 {DAYS} 日且没有未了事项，自动归档（期限暂定）"
_SETTLED = """
SELECT c.number FROM claim c
WHERE c.state IN ('paid', 'recovered') AND ($2::text IS NULL OR c.number = $2)
  AND (SELECT max(s.done_at) FROM claim_act s WHERE s.claim = c.id) < $1
  AND NOT EXISTS (SELECT 1 FROM payable p WHERE p.case_no = c.number AND p.state NOT IN ('paid', 'released', 'withheld'))
  AND NOT EXISTS (SELECT 1 FROM recovery r WHERE r.case_no = c.number AND r.state IN ('proposed', 'decided'))
  AND NOT EXISTS (SELECT 1 FROM claim_appeal a WHERE a.claim = c.id AND a.state = 'asked')
ORDER BY c.id"""


async def archive_settled(*, clock: Clock) -> int:
    """Archive every claim that has been settled long enough; returns how many were."""
    until, _next = day_bounds_utc(clock.today() - timedelta(days=DAYS))
    async with read_transaction():
        found = await fetch_tuples(_SETTLED, until, None)
    return sum([await _archived(number, until, clock) for (number,) in found])


@retried
async def _archived(number: str, until: datetime, clock: Clock) -> bool:
    """Archive one claim, unless something has happened to it since it was found."""
    async with write_transaction():
        if not await fetch_tuples(_SETTLED, until, number):
            return False
        await follow(WORKER, await claim_by_number(number, None), Act.ARCHIVE, opinion=WORDS, clock=clock)
    return True


async def archive_tonight(run: JobRun) -> None:
    """The night's job: its key is the day; done again it finds nothing left."""
    await archive_settled(clock=run.clock)
    await run.mark_done()
