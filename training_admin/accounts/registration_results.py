"""What became of a registration, for who made it: also when it was refused and he can no longer sign in."""

from datetime import date

import msgspec

from training_admin.accounts import organisation_store, passwords, store
from training_admin.accounts.facts import AccountState, OrganisationState
from training_admin.accounts.lockout import count_failure, is_locked
from training_admin.accounts.signing_in import LONGEST_LOGIN
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import clean_number
from training_admin.kit.refusals import Refusal


class ResultRefused(Refusal):
    """Code, name or password is wrong, or the name is locked or unknown: the answer never tells which."""

    status = 401
    code = "registration-result-refused"
    title = "未能查询"


class RegistrationResult(msgspec.Struct, frozen=True):
    """The state of a registration, until when it is decided, and why it was refused."""

    name: str
    state: OrganisationState
    decide_by: date | None
    reason: str


REFUSED = "统一社会信用代码、用户名或密码不正确，或账户已被新的注册替代。连续多次不正确会锁定 15 分钟。"


async def registration_result(code: str, login: str, password: str, *, address: str, clock: Clock) -> RegistrationResult:
    """The result for whoever knows the name and password chosen at registration; raises ResultRefused after counting the failure."""
    name, now = login.strip().lower()[:LONGEST_LOGIN], clock.now()
    async with read_transaction():
        locked = await is_locked(name, address, at=now)
        found = await store.account_by_login(name)
        row = await organisation_store.registration(clean_number(code)[:24])
    right = await passwords.is_right(password, None if found is None else found[1])
    own = found is not None and row is not None and found[0].organisation.code == row[0] and found[0].state is AccountState.ACTIVE
    if row is None or not (own and right) or locked:
        await _note_failure(name, address, clock)
        raise ResultRefused(REFUSED)
    return RegistrationResult(row[1], OrganisationState(row[3]), row[5], row[8])


@retried
async def _note_failure(login: str, address: str, clock: Clock) -> None:
    async with write_transaction():
        await count_failure(login, address, at=clock.now())
