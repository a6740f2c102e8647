"""Mandates: a deputy acts with the giver's rights and both names stand in the trail; consent lets a street clerk do claims, no more."""

from datetime import date, timedelta

import httpx
import pytest

from tests.people import ENTERPRISE_A, ENTERPRISE_B, SignedIn, account, enter, sign_in_as
from tests.web.conftest import assert_problem, form_token, sample
from training_admin.accounts import mandates
from training_admin.accounts.directory import set_authorisation
from training_admin.accounts.facts import CONSENTED_RIGHTS
from training_admin.accounts.invitations import invite_colleague
from training_admin.accounts.mandates import (
    MandateNotFound,
    MandateRefused,
    assignments,
    delegate,
    end_assignment,
    end_consent,
    end_delegation,
    give_assignment,
    give_consent,
    my_consents,
    my_delegations,
    possible_deputies,
    street_offices,
)
from training_admin.accounts.my_account import StandInNotFound, possible_stand_ins, stand_in_for
from training_admin.accounts.opening import AccountNotFound, OrganisationNotFound, deactivate_account, set_roles
from training_admin.accounts.organisations import decide_registration
from training_admin.accounts.sessions import actor_of_token
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.actor import DEMO, Actor, NotAllowed, SamePersonTwice, assert_two_persons, may
from training_admin.kit.clock import FixedClock
from training_admin.kit.rights import Right, Role
from training_admin.subsidy import claims
from training_admin.subsidy.deliveries import receive_registers

pytestmark = [pytest.mark.usefixtures("database"), pytest.mark.measured]
DAY = timedelta(days=1)


async def acting(person: SignedIn, clock: FixedClock) -> Actor:
    """Who the person's session is now."""
    actor = await actor_of_token(person.token, clock=clock)
    assert actor is not None
    return actor


async def deputised(clock: FixedClock, *, days: int = 3) -> tuple[SignedIn, SignedIn, int]:
    """The second reviewer lets the leader stand in for him, who does so: giver, deputy, key of the mandate."""
    giver, deputy = await sign_in_as("fushen", clock), await sign_in_as("fenguan", clock)
    today = clock.today()
    mandate = await delegate(
        giver.actor, receiver=deputy.account.key, starts=today, ends=today + DAY * (days - 1), reason="年休假", clock=clock
    )
    (offered,) = await possible_stand_ins(deputy.actor, clock=clock)
    assert (offered.kind, offered.id, offered.roles) == ("delegation", mandate, (Role.SECOND_REVIEWER,))
    await stand_in_for(deputy.actor, kind="delegation", mandate=mandate, clock=clock)
    return giver, deputy, mandate


async def trail_actors() -> list[str]:
    async with read_transaction():
        return [row[0] for row in await fetch_tuples("SELECT actor FROM trail ORDER BY number")]


async def test_a_deputy_acts_with_the_givers_rights_and_both_stand_in_the_trail(clock: FixedClock) -> None:
    giver, deputy, _mandate = await deputised(clock)
    actor = await acting(deputy, clock)
    assert actor.roles == {Role.SECOND_REVIEWER}
    assert may(actor, Right.CLAIM_UNMASK)
    assert not may(deputy.actor, Right.CLAIM_UNMASK)
    await stand_in_for(actor, kind="nobody", mandate=0, clock=clock)
    assert (await trail_actors())[-1] == f"{deputy.account.key} for {giver.account.key}"
    assert (await acting(deputy, clock)).roles == {Role.LEADER}


async def test_a_deputy_counts_as_both_persons(clock: FixedClock) -> None:
    giver, deputy, _mandate = await deputised(clock)
    actor = await acting(deputy, clock)
    third = (await sign_in_as("chushen", clock)).actor
    for first in (giver.actor.hands, deputy.actor.hands, actor.hands):
        with pytest.raises(SamePersonTwice):
            assert_two_persons(first, actor)
    with pytest.raises(SamePersonTwice):
        assert_two_persons(actor.hands, giver.actor)
    assert_two_persons(third.hands, actor)


async def test_a_mandate_taken_back_stops_at_once(clock: FixedClock) -> None:
    giver, deputy, mandate = await deputised(clock)
    await end_delegation(giver.actor, mandate, clock=clock)
    assert (await acting(deputy, clock)).roles == {Role.LEADER}
    with pytest.raises(StandInNotFound):
        await stand_in_for(deputy.actor, kind="delegation", mandate=mandate, clock=clock)
    with pytest.raises(MandateNotFound):
        await end_delegation(giver.actor, mandate, clock=clock)


async def test_a_mandate_ends_with_its_last_day(clock: FixedClock) -> None:
    _giver, deputy, mandate = await deputised(clock, days=1)
    clock.move(timedelta(hours=14, minutes=29))  # 23:59 in Shanghai
    late = await sign_in_as("fenguan", clock)
    await stand_in_for(late.actor, kind="delegation", mandate=mandate, clock=clock)
    assert (await acting(late, clock)).acts_for is not None
    clock.move(timedelta(minutes=1))
    assert (await acting(late, clock)).acts_for is None
    with pytest.raises(StandInNotFound):
        await stand_in_for(deputy.actor, kind="delegation", mandate=mandate, clock=clock)


async def test_a_mandate_ends_with_the_givers_account_authorisation_or_role(clock: FixedClock) -> None:
    giver, deputy, _mandate = await deputised(clock)
    admin = (await sign_in_as("xitong", clock)).actor
    await set_authorisation(admin, giver.account.key, until=clock.today(), clock=clock)
    assert (await acting(deputy, clock)).acts_for == giver.account.key
    clock.move(DAY)
    later = await sign_in_as("fenguan", clock)
    assert await possible_stand_ins(later.actor, clock=clock) == []
    await set_authorisation(admin, giver.account.key, until=clock.today(), clock=clock)
    ((mandate,),) = [[each.id] for each in await possible_stand_ins(later.actor, clock=clock)]
    await stand_in_for(later.actor, kind="delegation", mandate=mandate, clock=clock)
    await set_roles(DEMO, giver.account.key, {Role.INSPECTOR}, clock=clock)
    assert (await acting(later, clock)).roles == frozenset()
    await set_roles(DEMO, giver.account.key, {Role.SECOND_REVIEWER}, clock=clock)
    await set_roles(DEMO, later.account.key, {Role.FIRST_REVIEWER}, clock=clock)
    assert (await acting(later, clock)).acts_for is None, "a role given afterwards clashes with the giver's"
    await set_roles(DEMO, later.account.key, {Role.LEADER}, clock=clock)
    assert (await acting(later, clock)).acts_for == giver.account.key
    await deactivate_account(DEMO, giver.account.key, clock=clock)
    assert (await acting(later, clock)).acts_for is None


async def test_only_fitting_colleagues_can_be_named(clock: FixedClock) -> None:
    giver = await sign_in_as("fushen", clock)
    first, _secret = await account("chushen", clock)
    stranger, _secret = await account("caizheng", clock)
    leader, _secret = await account("fenguan", clock)
    today = clock.today()

    async def named(receiver: str, *, ends: date = today, reason: str = "出差") -> None:
        await delegate(giver.actor, receiver=receiver, starts=today, ends=ends, reason=reason, clock=clock)

    assert [each.key for each in await possible_deputies(giver.actor, clock=clock)] == [leader.key]
    with pytest.raises(SamePersonTwice):
        await named(first.key)
    with pytest.raises(SamePersonTwice):
        await named(giver.account.key)
    with pytest.raises(AccountNotFound):
        await named(stranger.key)
    for ends, reason in ((today - DAY, "出差"), (today + DAY * 400, "出差"), (today, " ")):
        with pytest.raises(MandateRefused):
            await named(leader.key, ends=ends, reason=reason)
    await named(leader.key)
    (shown,) = await my_delegations(giver.actor, clock=clock)
    assert shown.name == "分管领导"
    assert await my_delegations((await sign_in_as("fenguan", clock)).actor, clock=clock) == []


async def test_who_stands_in_names_no_deputy_and_a_stranger_stands_in_for_nobody(clock: FixedClock) -> None:
    giver, deputy, mandate = await deputised(clock)
    actor = await acting(deputy, clock)
    assert await possible_deputies(actor, clock=clock) == []
    with pytest.raises(MandateRefused):
        await delegate(actor, receiver=giver.account.key, starts=clock.today(), ends=clock.today(), reason="再委托", clock=clock)
    other = (await sign_in_as("dudao", clock)).actor
    with pytest.raises(StandInNotFound):
        await stand_in_for(other, kind="delegation", mandate=mandate, clock=clock)
    with pytest.raises(MandateNotFound):
        await end_delegation(other, mandate, clock=clock)


async def consented(clock: FixedClock, *, days: int = 3) -> tuple[SignedIn, SignedIn, int]:
    """Enterprise B consents, the street's clerk stands in: giver, clerk, key of the consent."""
    giver, clerk = await sign_in_as("jingban-b", clock), await sign_in_as("shouli", clock)
    today = clock.today()
    consent = await give_consent(giver.actor, office="JZ-001", starts=today, ends=today + DAY * (days - 1), clock=clock)
    await stand_in_for(clerk.actor, kind="consent", mandate=consent, clock=clock)
    return giver, clerk, consent


async def test_after_consent_a_street_clerk_prechecks_and_submits_and_both_stand_in_the_trail(clock: FixedClock) -> None:
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    await receive_registers(DEMO, sample("registers_B.json"), source="测试交付", clock=clock)
    _giver, clerk, _consent = await consented(clock)
    with pytest.raises(NotAllowed):
        await claims.precheck(clerk.actor, sample("claim_B.xlsx"), clock=clock)
    actor = await acting(clerk, clock)
    assert (await claims.precheck(actor, sample("claim_B.xlsx"), clock=clock)).record is not None
    receipt = await claims.submit_claim(actor, sample("claim_B.xlsx"), readable_only=True, clock=clock)
    both = f"{clerk.account.key} for {ENTERPRISE_B}"
    async with read_transaction():
        rows = await fetch_tuples("SELECT event, subject FROM trail WHERE actor = $1 ORDER BY number", both)
    assert rows == [("subsidy:claim:prechecked", ENTERPRISE_B), ("subsidy:claim:submitted", receipt.number)]
    with pytest.raises(claims.ForeignEnterprise):
        await claims.submit_claim(actor, sample("claim_A.xlsx"), readable_only=True, clock=clock)


async def test_consent_reaches_claims_and_neither_people_nor_signature(clock: FixedClock) -> None:
    _giver, clerk, _consent = await consented(clock)
    actor = await acting(clerk, clock)
    assert {right for right in Right if may(actor, right)} == CONSENTED_RIGHTS
    with pytest.raises(NotAllowed):
        await invite_colleague(actor, name="某人", roles={Role.MENTOR}, clock=clock)
    with pytest.raises(NotAllowed):
        await give_consent(actor, office="JZ-001", starts=clock.today(), ends=clock.today(), clock=clock)
    with pytest.raises(NotAllowed):
        await decide_registration(actor, ENTERPRISE_B, approve=True, reason="", clock=clock)


async def test_consent_ends_when_taken_back_on_its_last_day_and_with_the_clerks_role(clock: FixedClock) -> None:
    giver, clerk, consent = await consented(clock, days=2)
    await set_roles(DEMO, clerk.account.key, set(), clock=clock)
    assert (await acting(clerk, clock)).acts_for is None
    await set_roles(DEMO, clerk.account.key, {Role.STREET_ACCEPTOR}, clock=clock)
    assert (await acting(clerk, clock)).acts_for == ENTERPRISE_B
    await end_consent(giver.actor, consent, clock=clock)
    assert (await acting(clerk, clock)).acts_for is None
    with pytest.raises(MandateNotFound):
        await end_consent(giver.actor, consent, clock=clock)
    again = await give_consent(giver.actor, office="JZ-001", starts=clock.today(), ends=clock.today(), clock=clock)
    await stand_in_for(clerk.actor, kind="consent", mandate=again, clock=clock)
    clock.move(DAY)
    late = await sign_in_as("shouli", clock)
    with pytest.raises(StandInNotFound):
        await stand_in_for(late.actor, kind="consent", mandate=again, clock=clock)


async def test_consent_is_given_by_signatories_to_streets_only(clock: FixedClock) -> None:
    giver = (await sign_in_as("jingban-b", clock)).actor
    clerk = (await sign_in_as("jingban-a", clock)).actor
    await account("chushen", clock)
    await account("shouli", clock)
    today = clock.today()
    assert await street_offices(giver) == [("JZ-001", "样例街道社区事务受理服务中心")]
    with pytest.raises(NotAllowed):
        await give_consent(clerk, office="JZ-001", starts=today, ends=today, clock=clock)
    for office in ("RS-001", "NO-1"):
        with pytest.raises(OrganisationNotFound):
            await give_consent(giver, office=office, starts=today, ends=today, clock=clock)
    with pytest.raises(MandateRefused):
        await give_consent(giver, office="JZ-001", starts=today, ends=today - DAY, clock=clock)
    consent = await give_consent(giver, office="JZ-001", starts=today, ends=today, clock=clock)
    assert [each.id for each in await my_consents(giver, clock=clock)] == [consent]
    other = (await sign_in_as("qianzi-a", clock)).actor
    assert await my_consents(other, clock=clock) == []
    with pytest.raises(MandateNotFound):
        await end_consent(other, consent, clock=clock)
    with pytest.raises(StandInNotFound):
        await stand_in_for((await sign_in_as("chushen", clock)).actor, kind="consent", mandate=consent, clock=clock)


async def test_assignments_are_bounded_and_end_at_once(clock: FixedClock) -> None:
    guard, auditor = (await sign_in_as("anquan", clock)).actor, await sign_in_as("shenji", clock)
    await account("disanfang", clock)
    today = clock.today()
    with pytest.raises(NotAllowed):
        await give_assignment(auditor.actor, organisation="SJ-001", enterprises=(), purpose="审计", starts=today, ends=today, clock=clock)
    with pytest.raises(MandateRefused):
        await give_assignment(guard, organisation="DSF-001", enterprises=(), purpose="核查", starts=today, ends=today, clock=clock)
    with pytest.raises(OrganisationNotFound):
        await give_assignment(guard, organisation="YX-001", enterprises=(), purpose="查", starts=today, ends=today, clock=clock)
    for starts, ends, purpose in (
        (today, today - DAY, "审计"),
        (today, today + DAY * (mandates.LONGEST_DAYS + 1), "审计"),
        (today, today, ""),
    ):
        with pytest.raises(MandateRefused):
            await give_assignment(guard, organisation="SJ-001", enterprises=(), purpose=purpose, starts=starts, ends=ends, clock=clock)
    assert (await acting(auditor, clock)).organisations == frozenset()
    given = await give_assignment(
        guard, organisation="SJ-001", enterprises=(ENTERPRISE_A,), purpose="审计", starts=today, ends=today, clock=clock
    )
    assert [each.id for each in await assignments(guard, clock=clock)] == [given]
    assert (await acting(auditor, clock)).organisations == frozenset({ENTERPRISE_A})
    await end_assignment(guard, given, clock=clock)
    assert (await acting(auditor, clock)).organisations == frozenset()
    with pytest.raises(MandateNotFound):
        await end_assignment(guard, given, clock=clock)


async def test_the_deputy_page_names_takes_back_and_exports(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    leader, _secret = await account("fenguan", clock)
    giver = await enter(visitor, "fushen", clock)
    assert "委托同事代办" in (await visitor.get("/me")).text
    assert leader.key in (await visitor.get("/me/deputies")).text
    form = await form_token(visitor, "/me/deputies") | {"receiver": leader.key, "starts": "2026-06-01", "ends": "2026-06-05"}
    assert_problem(await visitor.post("/me/deputies", data=form), 422, "mandate-refused")
    given = await visitor.post("/me/deputies", data=form | {"reason": "年休假"})
    assert given.headers["location"] == "/me/deputies?done=given"
    assert "年休假" in (await visitor.get("/me/deputies")).text
    assert "分管领导" in (await visitor.get("/me/deputies.csv")).text
    (shown,) = await my_delegations(giver.actor, clock=clock)
    assert (await visitor.post(f"/me/deputies/{shown.id}/end", data=form)).headers["location"] == "/me/deputies?done=ended"
    assert_problem(await visitor.post(f"/me/deputies/{shown.id}/end", data=form), 404, "mandate-not-found")


async def test_the_consent_page_gives_takes_back_and_exports(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await account("shouli", clock)
    giver = await enter(visitor, "jingban-b", clock)
    form = await form_token(visitor, "/consents") | {"office": "JZ-001", "starts": "2026-06-01", "ends": "2026-06-05"}
    assert_problem(await visitor.post("/consents", data=form | {"ends": ""}), 422, "mandate-refused")
    assert_problem(await visitor.post("/consents", data=form | {"office": "RS-001"}), 404, "organisation-not-found")
    assert (await visitor.post("/consents", data=form)).headers["location"] == "/consents?done=given"
    assert "样例街道" in (await visitor.get("/consents.csv")).text
    (shown,) = await my_consents(giver.actor, clock=clock)
    assert (await visitor.post(f"/consents/{shown.id}/end", data=form)).headers["location"] == "/consents?done=ended"


async def test_standing_in_is_seen_on_every_page_and_left_again(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    giver = await sign_in_as("jingban-b", clock)
    await account("shouli", clock)
    consent = await give_consent(giver.actor, office="JZ-001", starts=clock.today(), ends=clock.today(), clock=clock)
    await enter(visitor, "shouli", clock)
    form = await form_token(visitor, "/me")
    assert (await visitor.post("/me/stand-in", data=form | {"mandate": f"consent:{consent}"})).status_code == 303
    page = await visitor.get("/")
    assert "您正在代 上海松江样例智能装备有限公司（B） 办理" in page.text
    assert "/colleagues" not in page.text
    assert_problem(await visitor.get("/colleagues"), 403, "not-allowed")
    assert "代办期间不能再委托他人" in (await visitor.get("/me/deputies")).text
    await visitor.post("/me/stand-in", data=form | {"mandate": "nobody:0"})
    assert "您正在代" not in (await visitor.get("/")).text
