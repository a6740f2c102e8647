"""Three administrators: one opens accounts without roles, one gives roles, neither does it to himself."""

from datetime import date, timedelta

import httpx
import pytest

from tests.people import ENTERPRISE_A, account, enter, sign_in_as
from tests.web.conftest import assert_problem, form_token
from training_admin.accounts import directory, mandates
from training_admin.accounts.directory import list_accounts, list_offices, set_authorisation
from training_admin.accounts.opening import AccountNotFound, AccountRefused, deactivate_account, set_roles
from training_admin.accounts.sessions import actor_of_token
from training_admin.kit.actor import DEMO, NotAllowed, SamePersonTwice
from training_admin.kit.clock import FixedClock
from training_admin.kit.rights import Right, Role

pytestmark = [pytest.mark.usefixtures("database"), pytest.mark.measured]
UNTIL = date(2027, 1, 1)


async def test_lists_show_offices_and_any_one_organisation_page_by_page(clock: FixedClock) -> None:
    admin = (await sign_in_as("xitong", clock)).actor
    for login in ("chushen", "fushen", "jingban-a"):
        await account(login, clock)
    offices = await list_offices(admin, Right.ACCOUNT_OPEN)
    assert {each.code: each.accounts for each in offices} == {"RS-001": 2, "YX-001": 1}
    first, following = await list_accounts(admin, Right.ACCOUNT_OPEN, limit=2)
    assert [each.login for each in first] == ["xitong", "chushen"]
    assert following is not None
    rest, end = await list_accounts(admin, Right.ACCOUNT_OPEN, after=int(following), limit=2)
    assert ([each.login for each in rest], end) == (["fushen"], None)
    found, _ = await list_accounts(admin, Right.ACCOUNT_OPEN, organisation=ENTERPRISE_A.lower(), limit=2)
    assert [each.login for each in found] == ["jingban-a"]


async def test_lists_are_for_administrators(clock: FixedClock) -> None:
    officer = (await sign_in_as("chushen", clock)).actor
    for right in (Right.ACCOUNT_OPEN, Right.ROLE_GRANT):
        with pytest.raises(NotAllowed):
            await list_accounts(officer, right, limit=1)
        with pytest.raises(NotAllowed):
            await directory.account_detail(officer, right, officer.key)
    with pytest.raises(NotAllowed):
        await list_offices(officer, Right.ACCOUNT_OPEN)
    with pytest.raises(NotAllowed):
        await set_authorisation(officer, officer.key, until=UNTIL, clock=clock)


async def test_an_expired_officer_works_again_after_extension(clock: FixedClock) -> None:
    admin = await sign_in_as("xitong", clock)
    await account("fushen", clock, until=clock.today())
    officer = await sign_in_as("fushen", clock)
    clock.move(timedelta(minutes=20))
    assert await actor_of_token(officer.token, clock=clock)
    await set_authorisation(admin.actor, officer.account.key, until=clock.today(), clock=clock)
    clock.move(timedelta(days=1))
    with pytest.raises(AssertionError):
        await sign_in_as("fushen", clock)
    await set_authorisation(admin.actor, officer.account.key, until=UNTIL, clock=clock)
    assert (await sign_in_as("fushen", clock)).actor.roles == {Role.SECOND_REVIEWER}


async def test_authorisation_is_refused_to_oneself_to_enterprises_to_the_ended_and_without_a_day(clock: FixedClock) -> None:
    admin = await sign_in_as("xitong", clock)
    clerk, _secret = await account("jingban-a", clock)
    officer, _secret = await account("fushen", clock)
    with pytest.raises(SamePersonTwice):
        await set_authorisation(admin.actor, admin.account.key, until=UNTIL, clock=clock)
    with pytest.raises(AccountNotFound):
        await set_authorisation(admin.actor, clerk.key, until=UNTIL, clock=clock)
    with pytest.raises(AccountNotFound):
        await set_authorisation(admin.actor, "A999999", until=UNTIL, clock=clock)
    for until in (None, date(2026, 5, 31), date(2035, 1, 1)):
        with pytest.raises(AccountRefused):
            await set_authorisation(admin.actor, officer.key, until=until, clock=clock)
    await deactivate_account(admin.actor, officer.key, clock=clock)
    with pytest.raises(AccountRefused):
        await set_authorisation(admin.actor, officer.key, until=UNTIL, clock=clock)


async def test_incompatible_roles_are_refused_by_the_service(clock: FixedClock) -> None:
    guard = await sign_in_as("anquan", clock)
    officer, _secret = await account("chushen", clock)
    with pytest.raises(SamePersonTwice, match="初审员与复审员为不相容岗位"):
        await set_roles(guard.actor, officer.key, {Role.FIRST_REVIEWER, Role.SECOND_REVIEWER}, clock=clock)
    with pytest.raises(SamePersonTwice):
        await set_roles(guard.actor, guard.account.key, {Role.SECURITY_ADMIN}, clock=clock)
    with pytest.raises(NotAllowed):
        await set_roles((await sign_in_as("xitong", clock)).actor, officer.key, {Role.SECOND_REVIEWER}, clock=clock)


async def test_the_account_pages_open_invite_authorise_and_end(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    officer, _secret = await account("shouli", clock)
    me = await enter(visitor, "xitong", clock)
    assert "街镇受理员" in (await visitor.get("/accounts")).text
    assert "街镇受理员" in (await visitor.get("/accounts.csv")).text
    token = await form_token(visitor, "/accounts")
    office = {"code": "jz-002", "name": "样例镇", "kind": "street"}
    assert (await visitor.post("/accounts/offices", data=token | office)).headers["location"] == "/accounts?done=opened"
    assert_problem(await visitor.post("/accounts/offices", data=token | office), 409, "organisation-taken")
    assert "JZ-002" in (await visitor.get("/accounts/offices.csv")).text
    asked = {"organisation": "JZ-002", "name": "新受理员", "authorised_until": "2027-01-01"}
    assert "/invitations/" in (await visitor.post("/accounts/invite", data=token | asked)).text
    assert_problem(await visitor.post("/accounts/invite", data=token | asked | {"authorised_until": "x"}), 422, "account-refused")
    listed = (await visitor.get("/accounts")).text
    assert "未使用的邀请" in listed
    assert (await visitor.post("/accounts/invitations/999/revoke", data=token)).status_code == 404
    assert (await visitor.post("/accounts/invitations/99999999999999999999/revoke", data=token)).status_code == 400
    base = f"/accounts/{officer.key}"
    assert "授权有效期" in (await visitor.get(base)).text
    done = await visitor.post(f"{base}/authorise", data=token | {"authorised_until": "2027-01-01"})
    assert done.headers["location"] == "/accounts?done=authorised"
    assert "2027年1月1日" in (await visitor.get(base)).text
    assert "/resets/" in (await visitor.post(f"{base}/reset", data=token)).text
    assert (await visitor.post(f"{base}/deactivate", data=token)).status_code == 303
    assert "已经停用" in (await visitor.get(base)).text
    assert "本人的账户" in (await visitor.get(f"/accounts/{me.account.key}")).text
    assert_problem(await visitor.post(f"/accounts/{me.account.key}/deactivate", data=token), 403, "same-person-twice")


async def test_the_role_pages_show_a_clash_as_a_sentence(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    officer, _secret = await account("chushen", clock)
    me = await enter(visitor, "anquan", clock)
    assert "初审员" in (await visitor.get("/roles")).text
    assert "初审员" in (await visitor.get("/roles.csv?organisation=RS-001")).text
    base = f"/roles/{officer.key}"
    token = await form_token(visitor, base)
    refused = await visitor.post(base, data=token | {"roles": ["first_reviewer", "determiner"]})
    assert_problem(refused, 403, "same-person-twice")
    assert "为不相容岗位，不能由同一人担任" in refused.text
    assert (await visitor.post(base, data=token | {"roles": "second_reviewer"})).headers["location"] == "/roles?done=true"
    assert "须由另一名安全管理员办理" in (await visitor.get(f"/roles/{me.account.key}")).text
    assert_problem(await visitor.get("/roles/A999999"), 404, "account-not-found")


async def test_the_assignment_page_gives_and_ends(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await account("shenji", clock)
    third = await sign_in_as("disanfang", clock)
    await enter(visitor, "anquan", clock)
    token = await form_token(visitor, "/assignments")
    days = {"starts": "2026-06-01", "ends": "2026-06-30", "purpose": "受托核查"}
    given = token | days | {"organisation": "DSF-001", "enterprises": f"{ENTERPRISE_A}\n{ENTERPRISE_A.lower()}，"}
    assert (await visitor.post("/assignments", data=given)).headers["location"] == "/assignments?done=given"
    actor = await actor_of_token(third.token, clock=clock)
    assert actor is not None
    assert actor.organisations == frozenset({ENTERPRISE_A})
    assert ENTERPRISE_A in (await visitor.get("/assignments.csv")).text
    for changes in ({"enterprises": ""}, {"enterprises": "123"}, {"ends": ""}, {"ends": "2025-01-01"}, {"purpose": " "}):
        assert_problem(await visitor.post("/assignments", data=given | changes), 422, "mandate-refused")
    (shown,) = await mandates.assignments(DEMO, clock=clock)
    assert (await visitor.post(f"/assignments/{shown.id}/end", data=token)).status_code == 303
    actor = await actor_of_token(third.token, clock=clock)
    assert actor is not None
    assert actor.organisations == frozenset()
    assert_problem(await visitor.post(f"/assignments/{shown.id}/end", data=token), 404, "mandate-not-found")
