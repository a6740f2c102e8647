"""Deciding registrations: by whom, until when, once only; licence and contact are read in the trail's sight."""

import asyncio
from datetime import date, timedelta

import httpx
import pytest

from tests.accounts.registrations import HERE, PASSWORD, PDF, PHONE, registered
from tests.people import account, enter, sign_in_as
from tests.web.conftest import assert_problem, form_token
from training_admin.accounts.facts import OrganisationState
from training_admin.accounts.mandates import MandateRefused
from training_admin.accounts.opening import AccountNotFound, OrganisationNotFound
from training_admin.accounts.organisations import (
    AlreadyDecided,
    HandedOver,
    decide_registration,
    hand_over_registration,
    list_registrations,
    read_contact,
    read_licence,
    registration_detail,
    workdays_left,
)
from training_admin.accounts.sessions import actor_of_token
from training_admin.accounts.signing_in import Attempt, SignInRefused, sign_in
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.actor import NotAllowed, assert_approved
from training_admin.kit.clock import FixedClock
from training_admin.kit.workdays import Calendar

pytestmark = pytest.mark.usefixtures("database")
WAITING = OrganisationState.WAITING


async def events(subject: str) -> list[tuple[str, str]]:
    async with read_transaction():
        return [
            (row[0], row[1]) for row in await fetch_tuples("SELECT actor, event FROM trail WHERE subject = $1 ORDER BY number", subject)
        ]


@pytest.mark.parametrize(
    ("last", "left"),
    [
        pytest.param(date(2026, 6, 5), 4, id="this week"),
        pytest.param(date(2026, 6, 8), 5, id="over a weekend"),
        pytest.param(date(2026, 6, 1), 0, id="today"),
        pytest.param(date(2026, 5, 29), -1, id="the Friday before"),
        pytest.param(None, None, id="no calendar then"),
        pytest.param(date(2027, 1, 5), None, id="no calendar there"),
    ],
)
def test_days_left_are_working_days(last: date | None, left: int | None) -> None:
    calendar = Calendar(frozenset({2026}), frozenset(), frozenset())
    assert workdays_left(calendar, date(2026, 6, 1), last) == left


async def test_who_waits_is_listed_by_the_last_day_and_overdue_is_told(clock: FixedClock) -> None:
    first = await registered(clock, login="first", name="甲公司")
    clock.move(timedelta(days=2))
    second = await registered(clock, login="second", name="乙公司")
    clock.move(timedelta(days=7))
    officer = (await sign_in_as("shouli", clock)).actor
    found = await list_registrations(officer, state=WAITING, clock=clock)
    assert [(each.code, each.days_left) for each in found] == [(first.code, -2), (second.code, 0)]
    assert [each.code for each in await list_registrations(officer, state=WAITING, wanted="乙", clock=clock)] == [second.code]
    assert [each.code for each in await list_registrations(officer, state=WAITING, wanted=first.code.lower(), clock=clock)] == [first.code]
    assert await list_registrations(officer, state=OrganisationState.APPROVED, clock=clock) == []


async def test_after_approval_the_enterprise_may_submit_at_once(clock: FixedClock) -> None:
    receipt = await registered(clock)
    token = await sign_in(Attempt("xinban", PASSWORD, "", HERE, "测试"), clock=clock)
    officer = (await sign_in_as("chushen", clock)).actor
    assert await decide_registration(officer, receipt.code, approve=True, reason="", clock=clock) is OrganisationState.APPROVED
    actor = await actor_of_token(token, clock=clock)
    assert actor is not None
    assert_approved(actor)
    assert (officer.key, "accounts:organisation:approved") in await events(receipt.code)


async def test_the_decision_is_told_to_the_organisation_and_a_hand_over_to_its_new_handler(clock: FixedClock) -> None:
    receipt = await registered(clock)
    one, other = (await sign_in_as("shouli", clock)).actor, (await sign_in_as("chushen", clock)).actor
    await hand_over_registration(one, receipt.code, to=other.key, clock=clock)
    await decide_registration(other, receipt.code, approve=True, reason="", clock=clock)
    async with read_transaction():
        told = await fetch_tuples("SELECT recipient, title FROM message ORDER BY id")
    assert told == [(other.key, "转办：单位注册"), (receipt.code, "单位注册已核准")]


async def test_a_refusal_needs_a_reason_and_ends_the_sessions(clock: FixedClock) -> None:
    receipt = await registered(clock)
    token = await sign_in(Attempt("xinban", PASSWORD, "", HERE, "测试"), clock=clock)
    officer = (await sign_in_as("shouli", clock)).actor
    with pytest.raises(MandateRefused):
        await decide_registration(officer, receipt.code, approve=False, reason="  ", clock=clock)
    await decide_registration(officer, receipt.code, approve=False, reason="证照与名称不符", clock=clock)
    assert await actor_of_token(token, clock=clock) is None
    with pytest.raises(SignInRefused):
        await sign_in(Attempt("xinban", PASSWORD, "", HERE, "测试"), clock=clock)


async def test_of_two_decisions_at_once_one_is_refused_clearly(clock: FixedClock) -> None:
    receipt = await registered(clock)
    one, other = (await sign_in_as("shouli", clock)).actor, (await sign_in_as("chushen", clock)).actor
    answers = await asyncio.gather(
        decide_registration(one, receipt.code, approve=True, reason="", clock=clock),
        decide_registration(other, receipt.code, approve=False, reason="材料不全", clock=clock),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyDecided", "OrganisationState"]
    decided = [event for _actor, event in await events(receipt.code) if event.endswith(("approved", "refused"))]
    assert len(decided) == 1


async def test_a_case_handed_over_is_decided_by_its_handler_only(clock: FixedClock) -> None:
    receipt = await registered(clock)
    one, other = (await sign_in_as("shouli", clock)).actor, (await sign_in_as("chushen", clock)).actor
    await hand_over_registration(one, receipt.code, to=other.key, clock=clock)
    with pytest.raises(HandedOver, match="初审员"):
        await decide_registration(one, receipt.code, approve=True, reason="", clock=clock)
    await hand_over_registration(one, receipt.code, to=one.key, clock=clock)
    await hand_over_registration(one, receipt.code, to=other.key, clock=clock)
    await decide_registration(other, receipt.code, approve=True, reason="", clock=clock)
    with pytest.raises(AlreadyDecided):
        await hand_over_registration(one, receipt.code, to=one.key, clock=clock)


async def test_a_case_goes_only_to_who_may_decide(clock: FixedClock) -> None:
    receipt = await registered(clock)
    officer = (await sign_in_as("shouli", clock)).actor
    stranger, _secret = await account("fushen", clock)
    with pytest.raises(AccountNotFound):
        await hand_over_registration(officer, receipt.code, to=stranger.key, clock=clock)
    expired, _secret = await account("gonghui", clock, until=clock.today() - timedelta(days=1))
    with pytest.raises(AccountNotFound):
        await hand_over_registration(officer, receipt.code, to=expired.key, clock=clock)


async def test_licence_and_full_phone_are_read_in_the_trails_sight(clock: FixedClock) -> None:
    receipt = await registered(clock)
    officer = (await sign_in_as("shouli", clock)).actor
    _shown, masked, _deciders = await registration_detail(officer, receipt.code, clock=clock)
    assert masked.phone == "139****5678"
    content, filename, media_type = await read_licence(officer, receipt.code, clock=clock)
    assert (content, media_type) == (PDF, "application/pdf")
    assert filename == f"{receipt.code}-licence.pdf"
    with pytest.raises(MandateRefused):
        await read_contact(officer, receipt.code, reason="", clock=clock)
    assert (await read_contact(officer, receipt.code, reason="电话核实", clock=clock)).phone == PHONE
    told = [event for _actor, event in await events(receipt.code)]
    assert told[-2:] == ["accounts:licence:read", "accounts:contact:read"]


async def test_others_neither_see_nor_decide(clock: FixedClock) -> None:
    receipt = await registered(clock)
    outsider = (await sign_in_as("qianzi-a", clock)).actor
    for attempt in (
        list_registrations(outsider, state=WAITING, clock=clock),
        registration_detail(outsider, receipt.code, clock=clock),
        read_licence(outsider, receipt.code, clock=clock),
        read_contact(outsider, receipt.code, reason="看看", clock=clock),
        decide_registration(outsider, receipt.code, approve=True, reason="", clock=clock),
        hand_over_registration(outsider, receipt.code, to=outsider.key, clock=clock),
    ):
        with pytest.raises(NotAllowed):
            await attempt


async def test_offices_that_never_registered_are_no_registrations(clock: FixedClock) -> None:
    officer = (await sign_in_as("shouli", clock)).actor
    with pytest.raises(OrganisationNotFound):
        await registration_detail(officer, "JZ-001", clock=clock)


async def test_the_pages_list_show_decide_and_export(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    receipt = await registered(clock)
    await enter(visitor, "shouli", clock)
    listed = await visitor.get("/organisations")
    assert "剩 5 个工作日" in listed.text
    assert receipt.code in (await visitor.get("/organisations.csv")).text
    base = f"/organisations/{receipt.code}"
    shown = await visitor.get(base)
    assert "139****5678" in shown.text
    assert PHONE not in shown.text
    token = await form_token(visitor, base)
    licence = await visitor.post(f"{base}/licence", data=token)
    assert licence.content == PDF
    assert "attachment" in licence.headers["content-disposition"]
    assert PHONE in (await visitor.post(f"{base}/contact", data=token | {"reason": "电话核实"})).text
    assert_problem(await visitor.post(f"{base}/decide", data=token | {"decision": "refuse"}), 422, "mandate-refused")
    decided = await visitor.post(f"{base}/decide", data=token | {"decision": "approve"})
    assert decided.headers["location"] == "/organisations?done=approved"
    assert_problem(await visitor.post(f"{base}/decide", data=token | {"decision": "approve"}), 409, "already-decided")
    assert receipt.code in (await visitor.get("/organisations?state=approved")).text
    assert_problem(await visitor.get("/organisations/91310117X110000379"), 404, "organisation-not-found")
