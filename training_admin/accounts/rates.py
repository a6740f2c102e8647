"""How often an address may try what anybody may try without signing in: counted by keyed hash, forgotten after a quarter of an hour."""

from datetime import datetime

from training_admin.accounts.facts import FORGOTTEN, LOCKED
from training_admin.accounts.lockout import COUNT
from training_admin.database import fetch_tuples, read_transaction, retried, write_transaction
from training_admin.kit.refusals import Refusal
from training_admin.kit.vault import vault

PLACE = "login_failure.rate"
TOO_OFTEN = "来自这个网络地址的操作过于频繁，请 15 分钟后再试。"


class TooOften(Refusal):
    """The address has tried too often."""

    status = 429
    code = "too-many-requests"
    title = "操作过于频繁"


@retried
async def count_try(what: str, address: str, *, most: int, at: datetime) -> None:
    """One more try of an address; raises TooOften from the one after `most` within a quarter of an hour on."""
    subject = vault().keyed_hash(f"{what} {address}", place=PLACE)
    async with write_transaction():
        locked = await fetch_tuples("SELECT 1 FROM login_failure WHERE subject = $1 AND locked_until > $2", subject, at)
        await fetch_tuples(COUNT, subject, at, at - FORGOTTEN, most, at + LOCKED)
    if locked:
        raise TooOften(TOO_OFTEN)


@retried
async def assert_free(what: str, address: str, *, at: datetime) -> None:
    """Raises TooOften while an address is locked, without counting a try: for acts of which only the failed ones count."""
    subject = vault().keyed_hash(f"{what} {address}", place=PLACE)
    async with read_transaction():
        if await fetch_tuples("SELECT 1 FROM login_failure WHERE subject = $1 AND locked_until > $2", subject, at):
            raise TooOften(TOO_OFTEN)
