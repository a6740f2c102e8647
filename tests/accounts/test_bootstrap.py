"""The first three administrators: made once, known by what is told once, and nobody else has a way in by default."""

import asyncio
from datetime import timedelta

import pytest

from tests.accounts.registrations import HERE
from tests.people import account, sign_in_as
from training_admin.accounts.bootstrap import CODE, LOGINS, AlreadyFounded, found_administrators
from training_admin.accounts.second_factor import FACTOR
from training_admin.accounts.sessions import actor_of_token
from training_admin.accounts.signing_in import Attempt, SignInRefused, sign_in
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.actor import COMMAND_LINE, NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.kit.rights import Role

pytestmark = pytest.mark.usefixtures("database")


async def test_each_of_the_three_signs_in_with_what_was_told(clock: FixedClock) -> None:
    made = await found_administrators(COMMAND_LINE, organisation="某区信息中心", clock=clock)
    assert {each.role: each.login for each in made} == LOGINS
    for each in made:
        with pytest.raises(SignInRefused):
            await sign_in(Attempt(each.login, each.password, "", HERE, "测试"), clock=clock)
        code = FACTOR.current_code(each.secret, at=clock.wall())
        token = await sign_in(Attempt(each.login, each.password, code, HERE, "测试"), clock=clock)
        actor = await actor_of_token(token, clock=clock)
        assert actor is not None
        assert actor.roles == {each.role}
        assert actor.organisation == CODE


async def test_nothing_secret_is_stored_or_shown_by_accident(clock: FixedClock) -> None:
    made = await found_administrators(COMMAND_LINE, organisation="某区信息中心", clock=clock)
    async with read_transaction():
        rows = await fetch_tuples("SELECT account::text FROM account UNION ALL SELECT trail::text FROM trail")
    stored = "".join(row[0] for row in rows)
    for each in made:
        for secret in (each.password, each.secret):
            assert secret not in stored
            assert secret.encode().hex() not in stored
            assert secret not in repr(made)
    assert len({each.password for each in made} | {each.secret for each in made}) == 6


async def test_it_happens_once_also_when_two_try_at_once(clock: FixedClock) -> None:
    answers = await asyncio.gather(
        *(found_administrators(COMMAND_LINE, organisation="某区信息中心", clock=clock) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyFounded", "list"]
    clock.move(timedelta(days=400))
    with pytest.raises(AlreadyFounded):
        await found_administrators(COMMAND_LINE, organisation="另一单位", clock=clock)


async def test_it_is_refused_as_soon_as_anybody_has_an_account(clock: FixedClock) -> None:
    await account("jingban-b", clock)
    with pytest.raises(AlreadyFounded):
        await found_administrators(COMMAND_LINE, organisation="某区信息中心", clock=clock)


async def test_no_person_can_do_it(clock: FixedClock) -> None:
    with pytest.raises(NotAllowed):
        await found_administrators((await sign_in_as("anquan", clock)).actor, organisation="某区信息中心", clock=clock)
    assert Role.SYSTEM_ADMIN in LOGINS
