"""What is done once a day: jobs whose key is the day, staged by whichever worker looks first after one o'clock in Shanghai."""

from collections.abc import Sequence

from training_admin.database import retried, write_transaction
from training_admin.kit.clock import SHANGHAI, Clock
from training_admin.office.jobs import enqueue, is_done

# The night's work begins when the day before is surely over and nobody waits for the machine (our own choice).
FIRST_HOUR = 1


@retried
async def stage_nightly(entrypoints: Sequence[str], *, clock: Clock) -> None:
    """Stage the day's jobs that were not done yet; asked again and again during the day, it stages each of them once."""
    if clock.now().astimezone(SHANGHAI).hour < FIRST_HOUR:
        return
    key = clock.today().isoformat()
    async with write_transaction():
        for entrypoint in entrypoints:
            if not await is_done(entrypoint, key):
                await enqueue(entrypoint, key)
