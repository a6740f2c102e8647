"""People of one's own organisation: roles within what one may give, a new password by link, the end of an account."""

import re

import httpx
import pytest

from tests.accounts.registrations import HERE
from tests.people import PASSWORD, account, enter, sign_in_as
from tests.web.conftest import assert_problem, form_token
from training_admin.accounts.colleagues import colleague, list_colleagues, set_colleague_roles
from training_admin.accounts.facts import FAILURES_BEFORE_LOCK, RESET, AccountState
from training_admin.accounts.invitations import LinkNotFound
from training_admin.accounts.opening import AccountNotFound, RoleRefused, deactivate_account
from training_admin.accounts.passwords import PasswordRefused
from training_admin.accounts.resets import offer_reset, reset_password, show_reset
from training_admin.accounts.sessions import actor_of_token
from training_admin.accounts.signing_in import Attempt, SignInRefused, sign_in
from training_admin.kit.actor import NotAllowed, SamePersonTwice
from training_admin.kit.clock import FixedClock
from training_admin.kit.rights import Role

pytestmark = [pytest.mark.usefixtures("database"), pytest.mark.measured]
NEW = "Chang-Jiang-Huang-He-9"


async def test_one_sees_ones_own_people_only(clock: FixedClock) -> None:
    await account("jingban-b", clock)
    signatory = (await sign_in_as("qianzi-a", clock)).actor
    clerk, _secret = await account("jingban-a", clock)
    stranger, _secret = await account("jingban-b", clock)
    assert {each.login for each in await list_colleagues(signatory)} == {"qianzi-a", "jingban-a"}
    assert (await colleague(signatory, clerk.key)).login == "jingban-a"
    with pytest.raises(AccountNotFound):
        await colleague(signatory, stranger.key)
    with pytest.raises(NotAllowed):
        await list_colleagues((await sign_in_as("daoshi-a", clock)).actor)


async def test_a_signatory_changes_roles_and_they_hold_at_once(clock: FixedClock) -> None:
    signatory = (await sign_in_as("qianzi-a", clock)).actor
    clerk = await sign_in_as("jingban-a", clock)
    await set_colleague_roles(signatory, clerk.account.key, {Role.MENTOR, Role.SIGNATORY}, clock=clock)
    actor = await actor_of_token(clerk.token, clock=clock)
    assert actor is not None
    assert actor.roles == {Role.MENTOR, Role.SIGNATORY}


async def test_roles_are_refused_beyond_ones_own(clock: FixedClock) -> None:
    clerk = await sign_in_as("jingban-a", clock)
    signatory = await sign_in_as("qianzi-a", clock)
    mentor, _secret = await account("daoshi-a", clock)
    stranger, _secret = await account("jingban-b", clock)
    with pytest.raises(RoleRefused):
        await set_colleague_roles(clerk.actor, signatory.account.key, {Role.CLAIM_CLERK}, clock=clock)
    with pytest.raises(RoleRefused):
        await set_colleague_roles(clerk.actor, mentor.key, {Role.MENTOR, Role.SIGNATORY}, clock=clock)
    with pytest.raises(RoleRefused):
        await set_colleague_roles(signatory.actor, mentor.key, {Role.FIRST_REVIEWER}, clock=clock)
    with pytest.raises(RoleRefused):
        await set_colleague_roles(signatory.actor, mentor.key, set(), clock=clock)
    with pytest.raises(SamePersonTwice):
        await set_colleague_roles(signatory.actor, signatory.account.key, {Role.CLAIM_CLERK, Role.SIGNATORY}, clock=clock)
    with pytest.raises(AccountNotFound):
        await set_colleague_roles(signatory.actor, stranger.key, {Role.MENTOR}, clock=clock)
    await deactivate_account(signatory.actor, mentor.key, clock=clock)
    with pytest.raises(RoleRefused):
        await set_colleague_roles(signatory.actor, mentor.key, {Role.CLAIM_CLERK}, clock=clock)


async def test_a_clerk_ends_no_signatory_and_nobody_ends_himself_or_a_stranger(clock: FixedClock) -> None:
    clerk, signatory = await sign_in_as("jingban-a", clock), await sign_in_as("qianzi-a", clock)
    stranger, _secret = await account("jingban-b", clock)
    with pytest.raises(RoleRefused):
        await deactivate_account(clerk.actor, signatory.account.key, clock=clock)
    with pytest.raises(SamePersonTwice):
        await deactivate_account(clerk.actor, clerk.account.key, clock=clock)
    with pytest.raises(AccountNotFound):
        await deactivate_account(clerk.actor, stranger.key, clock=clock)
    await deactivate_account(signatory.actor, clerk.account.key, clock=clock)
    assert await actor_of_token(clerk.token, clock=clock) is None
    assert (await list_colleagues(signatory.actor))[-1].state is AccountState.DEACTIVATED


async def test_a_new_password_ends_sessions_opens_the_lock_and_works_once(clock: FixedClock) -> None:
    signatory, clerk = (await sign_in_as("qianzi-a", clock)).actor, await sign_in_as("jingban-a", clock)
    for _ in range(FAILURES_BEFORE_LOCK):
        with pytest.raises(SignInRefused):
            await sign_in(Attempt("jingban-a", "wrong", "", HERE, "测试"), clock=clock)
    earlier = await offer_reset(signatory, clerk.account.key, clock=clock)
    token = await offer_reset(signatory, clerk.account.key, clock=clock)
    with pytest.raises(LinkNotFound):
        await show_reset(earlier, clock=clock)
    with pytest.raises(PasswordRefused):
        await reset_password(token, "short", profile="modern", clock=clock)
    await reset_password(token, NEW, profile="modern", clock=clock)
    assert await actor_of_token(clerk.token, clock=clock) is None
    assert await sign_in(Attempt("jingban-a", NEW, "", HERE, "测试"), clock=clock)
    with pytest.raises(SignInRefused):
        await sign_in(Attempt("jingban-a", PASSWORD, "", HERE, "测试"), clock=clock)
    with pytest.raises(LinkNotFound):
        await reset_password(token, NEW, profile="modern", clock=clock)


async def test_a_new_password_is_offered_within_bounds(clock: FixedClock) -> None:
    clerk, signatory = await sign_in_as("jingban-a", clock), await sign_in_as("qianzi-a", clock)
    stranger, _secret = await account("jingban-b", clock)
    with pytest.raises(RoleRefused):
        await offer_reset(clerk.actor, signatory.account.key, clock=clock)
    with pytest.raises(SamePersonTwice):
        await offer_reset(clerk.actor, clerk.account.key, clock=clock)
    with pytest.raises(AccountNotFound):
        await offer_reset(clerk.actor, stranger.key, clock=clock)
    token = await offer_reset(signatory.actor, clerk.account.key, clock=clock)
    clock.move(RESET)
    with pytest.raises(LinkNotFound):
        await show_reset(token, clock=clock)


async def test_a_staff_password_set_anew_still_needs_the_second_factor(clock: FixedClock) -> None:
    admin = (await sign_in_as("xitong", clock, stepped_up=True)).actor
    officer, _secret = await account("chushen", clock)
    await reset_password(await offer_reset(admin, officer.key, clock=clock), NEW, profile="modern", clock=clock)
    with pytest.raises(SignInRefused):
        await sign_in(Attempt("chushen", NEW, "", HERE, "测试"), clock=clock)


async def test_the_pages_list_change_reset_end_and_export(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    clerk, _secret = await account("jingban-a", clock)
    me = await enter(visitor, "qianzi-a", clock)
    assert "经办人甲" in (await visitor.get("/colleagues")).text
    assert "经办人甲" in (await visitor.get("/colleagues.csv")).text
    assert "这是您本人的账户" in (await visitor.get(f"/colleagues/{me.account.key}")).text
    base = f"/colleagues/{clerk.key}"
    token = await form_token(visitor, base)
    assert_problem(await visitor.post(f"{base}/roles", data=token), 409, "role-refused")
    changed = await visitor.post(f"{base}/roles", data=token | {"roles": "mentor"})
    assert changed.headers["location"] == "/colleagues?done=roles"
    shown = await visitor.post(f"{base}/reset", data=token)
    link = re.search(r"http://127\.0\.0\.1:8000(/resets/[\w-]+)", shown.text)
    assert link
    assert "jingban-a" in (await visitor.get(link[1])).text
    assert_problem(await visitor.post(link[1], data=token | {"password": "short"}), 422, "password-too-weak")
    assert "密码已重设" in (await visitor.post(link[1], data=token | {"password": NEW})).text
    ended = await visitor.post(f"{base}/deactivate", data=token)
    assert ended.headers["location"] == "/colleagues?done=deactivated"
    assert_problem(await visitor.get("/colleagues/A999999"), 404, "account-not-found")


async def test_a_clerks_form_leaves_what_is_above_him(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    signatory, _secret = await account("qianzi-a", clock)
    await enter(visitor, "jingban-a", clock)
    token = await form_token(visitor, f"/colleagues/{signatory.key}")
    await visitor.post(f"/colleagues/{signatory.key}/roles", data=token | {"roles": "mentor"})
    async_found = await colleague((await sign_in_as("jingban-a", clock)).actor, signatory.key)
    assert async_found.roles == {Role.SIGNATORY, Role.MENTOR}
    refused = await visitor.post(f"/colleagues/{signatory.key}/deactivate", data=token)
    assert_problem(refused, 409, "role-refused")
