"""Invitations: shown once, good once, with no more roles than the inviter may give; staff prove their second factor first."""

import re
from datetime import date, timedelta

import httpx
import pytest

from tests.accounts.registrations import HERE, registered
from tests.people import ENTERPRISE_A, PASSWORD, account, enter, sign_in_as
from tests.web.conftest import assert_problem, form_token
from training_admin.accounts import invitations, store
from training_admin.accounts.facts import INVITED
from training_admin.accounts.invitations import (
    Answer,
    LinkNotFound,
    accept_invitation,
    invite_colleague,
    invite_officer,
    list_invitations,
    offer_factor,
    revoke_invitation,
    show_invitation,
)
from training_admin.accounts.my_account import FactorRefused
from training_admin.accounts.opening import (
    AccountRefused,
    LoginTaken,
    OrganisationNotFound,
    RoleRefused,
    deactivate_account,
    open_organisation,
)
from training_admin.accounts.passwords import PasswordRefused
from training_admin.accounts.second_factor import FACTOR
from training_admin.accounts.sessions import actor_of_token
from training_admin.accounts.signing_in import Attempt, sign_in
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.actor import DEMO, NotAllowed, NotYetApproved
from training_admin.kit.clock import FixedClock
from training_admin.kit.rights import OrganisationKind, Role

pytestmark = pytest.mark.usefixtures("database")
UNTIL = date(2027, 6, 1)


def answer(login: str = "xinren", *, password: str = PASSWORD, sealed: str = "", code: str = "") -> Answer:
    return Answer(login, password, sealed, code)


async def accepted(token: str, clock: FixedClock, **more: str) -> None:
    await accept_invitation(token, answer(**more), profile="modern", clock=clock)


async def invited(login: str, clock: FixedClock, *roles: Role) -> str:
    return await invite_colleague((await sign_in_as(login, clock)).actor, name="新同事", roles=roles, clock=clock)


async def test_the_invited_opens_his_own_account_with_the_roles_he_is_meant_for(clock: FixedClock) -> None:
    token = await invited("qianzi-a", clock, Role.CLAIM_CLERK, Role.MENTOR)
    shown = await show_invitation(token, clock=clock)
    assert (shown.name, shown.asks_factor) == ("新同事", False)
    await accepted(token, clock)
    session = await sign_in(Attempt("xinren", PASSWORD, "", HERE, "测试"), clock=clock)
    actor = await actor_of_token(session, clock=clock)
    assert actor is not None
    assert actor.organisation == ENTERPRISE_A
    assert actor.roles == {Role.CLAIM_CLERK, Role.MENTOR}


async def test_only_the_hash_of_a_link_is_stored_and_the_trail_keeps_inviter_and_invited(clock: FixedClock) -> None:
    inviter = (await sign_in_as("qianzi-a", clock)).actor
    token = await invite_colleague(inviter, name="新同事", roles={Role.MENTOR}, clock=clock)
    await accepted(token, clock)
    async with read_transaction():
        links = await fetch_tuples("SELECT token_hash, one_time_link::text FROM one_time_link")
        rows = await fetch_tuples("SELECT actor, event, detail::text FROM trail ORDER BY number")
    assert links[0][0] == store.token_hash(token)
    assert token not in links[0][1]
    assert rows[-1][:2] == (f"visitor for {inviter.key}", "accounts:account:opened")
    assert not any(token in row[2] or "新同事" in row[2] for row in rows)


async def test_a_link_works_once(clock: FixedClock) -> None:
    token = await invited("qianzi-a", clock, Role.MENTOR)
    await accepted(token, clock)
    with pytest.raises(LinkNotFound):
        await accepted(token, clock, login="another")


@pytest.mark.parametrize(
    ("waited", "works"),
    [
        pytest.param(INVITED - timedelta(seconds=1), True, id="one second before"),
        pytest.param(INVITED, False, id="the seventh day is over"),
    ],
)
async def test_a_link_ends_after_seven_days(clock: FixedClock, waited: timedelta, *, works: bool) -> None:
    token = await invited("qianzi-a", clock, Role.MENTOR)
    clock.move(waited)
    if works:
        await accepted(token, clock)
    else:
        with pytest.raises(LinkNotFound):
            await accepted(token, clock)


async def test_a_link_taken_back_is_worth_nothing_and_nobody_takes_back_anothers(clock: FixedClock) -> None:
    owner, stranger = (await sign_in_as("qianzi-a", clock)).actor, (await sign_in_as("jingban-b", clock)).actor
    token = await invite_colleague(owner, name="新同事", roles={Role.MENTOR}, clock=clock)
    (link,) = await list_invitations(owner, clock=clock)
    assert await list_invitations(stranger, clock=clock) == []
    with pytest.raises(LinkNotFound):
        await revoke_invitation(stranger, link.id, clock=clock)
    await revoke_invitation(owner, link.id, clock=clock)
    with pytest.raises(LinkNotFound):
        await show_invitation(token, clock=clock)
    with pytest.raises(LinkNotFound):
        await revoke_invitation(owner, link.id, clock=clock)


async def test_the_links_of_a_deactivated_inviter_end_with_him(clock: FixedClock) -> None:
    inviter = await sign_in_as("qianzi-a", clock)
    token = await invite_colleague(inviter.actor, name="新同事", roles={Role.MENTOR}, clock=clock)
    await deactivate_account(DEMO, inviter.account.key, clock=clock)
    with pytest.raises(LinkNotFound):
        await show_invitation(token, clock=clock)


@pytest.mark.parametrize(
    ("login", "roles"),
    [
        pytest.param("jingban-a", {Role.SIGNATORY}, id="a clerk makes no signatory"),
        pytest.param("qianzi-a", {Role.REGISTRAR}, id="no role of another kind of organisation"),
        pytest.param("qianzi-a", {Role.FIRST_REVIEWER}, id="no role of an office"),
        pytest.param("jiaowu", {Role.CLAIM_CLERK}, id="a registrar makes no clerk"),
        pytest.param("qianzi-a", set(), id="none"),
    ],
)
async def test_nobody_gives_more_than_he_may(clock: FixedClock, login: str, roles: set[Role]) -> None:
    with pytest.raises(RoleRefused):
        await invited(login, clock, *roles)


@pytest.mark.parametrize("login", ["daoshi-a", "chushen", "xitong"])
async def test_who_manages_no_people_invites_nobody_to_his_organisation(clock: FixedClock, login: str) -> None:
    with pytest.raises(NotAllowed):
        await invited(login, clock, Role.MENTOR)


async def test_before_approval_nobody_is_invited(clock: FixedClock) -> None:
    await registered(clock)
    session = await sign_in(Attempt("xinban", "Qing-Shan-Lv-Shui-7", "", HERE, "测试"), clock=clock)
    actor = await actor_of_token(session, clock=clock)
    assert actor is not None
    with pytest.raises(NotYetApproved):
        await invite_colleague(actor, name="新同事", roles={Role.MENTOR}, clock=clock)


async def test_an_officer_is_invited_without_roles_and_proves_his_second_factor_before_the_account_exists(clock: FixedClock) -> None:
    admin = (await sign_in_as("xitong", clock)).actor
    await account("shouli", clock)
    token = await invite_officer(admin, organisation="JZ-001", name="新受理员", authorised_until=UNTIL, clock=clock)
    assert (await show_invitation(token, clock=clock)).asks_factor
    secret, sealed = offer_factor(token)
    with pytest.raises(FactorRefused):
        await accepted(token, clock, sealed=sealed, code="000000")
    with pytest.raises(FactorRefused):
        await accepted(token, clock)
    other_secret, other_sealed = offer_factor("another token")
    with pytest.raises(FactorRefused):
        await accepted(token, clock, sealed=other_sealed, code=FACTOR.current_code(other_secret, at=clock.wall()))
    async with read_transaction():
        assert await store.account_by_login("xinren") is None
    code = FACTOR.current_code(secret, at=clock.wall())
    await accepted(token, clock, sealed=sealed, code=code)
    async with read_transaction():
        found = await store.account_by_login("xinren")
    assert found is not None
    assert found[0].roles == frozenset()
    assert found[0].authorised_until == UNTIL
    assert secret.encode() not in (found[1] or "").encode()
    assert found[2] is not None
    assert secret.encode() not in found[2]
    clock.move(timedelta(seconds=60))
    assert await sign_in(Attempt("xinren", PASSWORD, FACTOR.current_code(secret, at=clock.wall()), HERE, "测试"), clock=clock)


@pytest.mark.parametrize(
    "until",
    [
        pytest.param(None, id="none"),
        pytest.param(date(2026, 5, 31), id="past"),
        pytest.param(date(2029, 6, 4), id="more than three years"),
    ],
)
async def test_an_officer_needs_a_date_of_authorisation(clock: FixedClock, until: date | None) -> None:
    admin = (await sign_in_as("xitong", clock)).actor
    await account("shouli", clock)
    with pytest.raises(AccountRefused):
        await invite_officer(admin, organisation="JZ-001", name="新受理员", authorised_until=until, clock=clock)


async def test_the_system_administrator_invites_to_no_enterprise_and_to_nothing_unknown(clock: FixedClock) -> None:
    admin = (await sign_in_as("xitong", clock)).actor
    await account("jingban-a", clock)
    with pytest.raises(AccountRefused):
        await invite_officer(admin, organisation=ENTERPRISE_A, name="某人", authorised_until=UNTIL, clock=clock)
    with pytest.raises(OrganisationNotFound):
        await invite_officer(admin, organisation="NO-1", name="某人", authorised_until=UNTIL, clock=clock)
    with pytest.raises(NotAllowed):
        await invite_officer(
            (await sign_in_as("anquan", clock)).actor, organisation="YX-001", name="某人", authorised_until=UNTIL, clock=clock
        )


async def test_people_of_an_assessment_body_have_neither_second_factor_nor_date(clock: FixedClock) -> None:
    admin = (await sign_in_as("xitong", clock)).actor
    await open_organisation(DEMO, code="PJ-009", name="评价机构", kind=OrganisationKind.ASSESSMENT_BODY, clock=clock)
    token = await invite_officer(admin, organisation="PJ-009", name="评价员", authorised_until=None, clock=clock)
    await accepted(token, clock)


async def test_too_many_open_links_are_refused(clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "MOST_OPEN", 2)
    for _ in range(2):
        await invited("qianzi-a", clock, Role.MENTOR)
    with pytest.raises(AccountRefused):
        await invited("qianzi-a", clock, Role.MENTOR)


async def test_login_and_password_are_checked_before_the_link_is_used_up(clock: FixedClock) -> None:
    token = await invited("qianzi-a", clock, Role.MENTOR)
    with pytest.raises(AccountRefused):
        await accepted(token, clock, login="A B")
    with pytest.raises(PasswordRefused):
        await accepted(token, clock, password="short")
    with pytest.raises(LoginTaken):
        await accepted(token, clock, login="qianzi-a")
    await accepted(token, clock)


async def test_the_pages_show_a_link_once_and_take_the_invited_in(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "qianzi-a", clock)
    token = await form_token(visitor, "/colleagues")
    page = await visitor.post("/colleagues/invite", data=token | {"name": "新同事", "roles": ["mentor", "claim_clerk"]})
    found = re.search(r"http://127\.0\.0\.1:8000(/invitations/[\w-]+)", page.text)
    assert found
    assert found[1] not in (await visitor.get("/colleagues")).text
    visitor.cookies.clear()
    assert "企业导师" in (await visitor.get(found[1])).text
    form = await form_token(visitor, found[1])
    assert_problem(await visitor.post(found[1], data=form | {"login": "xinren", "password": "short"}), 422, "password-too-weak")
    done = await visitor.post(found[1], data=form | {"login": "xinren", "password": PASSWORD})
    assert "账户已开立" in done.text
    assert_problem(await visitor.get(found[1]), 404, "link-not-found")
    assert_problem(await visitor.get("/invitations/unknown"), 404, "link-not-found")


async def test_the_second_factor_stays_while_other_fields_are_mended(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    admin = (await sign_in_as("xitong", clock)).actor
    token = await invite_officer(admin, organisation="YX-001", name="新管理员", authorised_until=UNTIL, clock=clock)
    address = f"/invitations/{token}"
    page = await visitor.get(address)
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page.text)
    sealed = re.search(r'name="sealed" value="([0-9a-f]+)"', page.text)
    assert secret
    assert sealed
    form = await form_token(visitor, address) | {"login": "xinguan", "sealed": sealed[1]}
    form["code"] = FACTOR.current_code(secret[1], at=clock.wall())
    refused = await visitor.post(address, data=form | {"password": "short"})
    assert secret[1] in refused.text
    done = await visitor.post(address, data=form | {"password": PASSWORD})
    assert "账户已开立" in done.text
