"""The second clock: since when something is known. An assessment reads one state of knowledge and can read it again years later.

Whoever makes something known takes the lock alone, whoever assesses shares it: so nothing that carries an earlier instant can
appear behind an assessment's back.
"""

from datetime import datetime, timedelta

from training_admin.database import READ_COMMITTED, SafeTransaction, engine, fetch_tuples
from training_admin.kit.clock import Clock

LOCK = 7_310_117
TICK = timedelta(microseconds=1)


def knowledge_transaction() -> SafeTransaction:
    """A transaction for reading what is known; statement by statement, because `still_known_at` holds everything still."""
    return engine.transaction(isolation=READ_COMMITTED, readonly=True)


async def still_known_at(clock: Clock) -> datetime:
    """Hold knowledge still until the transaction ends, and tell the instant that describes it."""
    await fetch_tuples("SELECT pg_advisory_xact_lock_shared($1)", LOCK)
    last = await fetch_tuples("SELECT at FROM knowledge_clock")
    known: datetime = max([clock.now(), *(row[0] for row in last)])
    return known


async def becomes_known_at(clock: Clock) -> datetime:
    """The instant for something that becomes known in this transaction: later than any that an assessment has read."""
    await fetch_tuples("SELECT pg_advisory_xact_lock($1)", LOCK)
    found = await fetch_tuples(
        """INSERT INTO knowledge_clock (id, at) VALUES (1, $1)
           ON CONFLICT (id) DO UPDATE SET at = greatest(excluded.at, knowledge_clock.at + $2) RETURNING at""",
        clock.now(),
        TICK,
    )
    at: datetime = found[0][0]
    return at
