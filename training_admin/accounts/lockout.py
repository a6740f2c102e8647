"""Locking out: failed attempts are counted per account name and per address, whether or not there is such an account."""

from datetime import datetime

from training_admin.accounts.facts import ADDRESS_FAILURES_BEFORE_LOCK, FAILURES_BEFORE_LOCK, FORGOTTEN, LOCKED
from training_admin.database import fetch_tuples
from training_admin.kit.vault import vault

PLACE = "login_failure"
COUNT = """
INSERT INTO login_failure AS known (subject, failures, last_at, locked_until) VALUES ($1, 1, $2, NULL)
ON CONFLICT (subject) DO UPDATE SET
    failures = CASE WHEN known.last_at < $3 OR known.locked_until <= $2 THEN 1 ELSE least(known.failures + 1, 30000) END,
    last_at = $2,
    locked_until = CASE
        WHEN known.locked_until > $2 THEN known.locked_until
        WHEN known.last_at >= $3 AND (known.locked_until IS NULL) AND known.failures + 1 >= $4 THEN $5::timestamptz
        ELSE NULL END
"""


def _subjects(login: str, address: str) -> tuple[tuple[bytes, int], tuple[bytes, int]]:
    keys = vault()
    return (
        (keys.keyed_hash(login.lower(), place=f"{PLACE}.login"), FAILURES_BEFORE_LOCK),
        (keys.keyed_hash(address, place=f"{PLACE}.address"), ADDRESS_FAILURES_BEFORE_LOCK),
    )


async def is_locked(login: str, address: str, *, at: datetime) -> bool:
    """Whether the account name or the address is locked at an instant; inside an open transaction."""
    subjects = [subject for subject, _most in _subjects(login, address)]
    return bool(await fetch_tuples("SELECT 1 FROM login_failure WHERE subject = ANY($1) AND locked_until > $2 LIMIT 1", subjects, at))


async def count_failure(login: str, address: str, *, at: datetime) -> None:
    """One more failure of both; the fifth of an account and the fiftieth of an address within a quarter of an hour lock them."""
    for subject, most in _subjects(login, address):
        await fetch_tuples(COUNT, subject, at, at - FORGOTTEN, most, at + LOCKED)


async def forget_failures(login: str) -> None:
    """A right sign-in clears the account's failures, not those of the address."""
    (subject, _most), _address = _subjects(login, "")
    await fetch_tuples("DELETE FROM login_failure WHERE subject = $1", subject)
