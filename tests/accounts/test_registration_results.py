"""Whoever registered learns what became of it, also after a refusal; everybody else learns nothing, always in the same words."""

import httpx
import pytest

from tests.accounts.registrations import HERE, PASSWORD, registered
from tests.people import account
from tests.web.conftest import assert_problem, form_token
from training_admin.accounts.facts import FAILURES_BEFORE_LOCK, OrganisationState
from training_admin.accounts.organisations import decide_registration
from training_admin.accounts.registration_results import RegistrationResult, ResultRefused, registration_result
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock

pytestmark = pytest.mark.usefixtures("database")


async def asked(code: str, clock: FixedClock, *, login: str = "xinban", password: str = PASSWORD) -> RegistrationResult:
    return await registration_result(code, login, password, address=HERE, clock=clock)


async def test_the_result_is_told_while_waiting_after_approval_and_with_the_reason_of_a_refusal(clock: FixedClock) -> None:
    first, second = await registered(clock), await registered(clock, login="second")
    waiting = await asked(first.code.lower(), clock)
    assert (waiting.state, waiting.decide_by) == (OrganisationState.WAITING, first.decide_by)
    await decide_registration(DEMO, first.code, approve=True, reason="", clock=clock)
    assert (await asked(first.code, clock)).state is OrganisationState.APPROVED
    await decide_registration(DEMO, second.code, approve=False, reason="证照不清晰", clock=clock)
    refused = await asked(second.code, clock, login="second")
    assert (refused.state, refused.reason) == (OrganisationState.REFUSED, "证照不清晰")


async def test_everything_wrong_is_answered_alike_and_counted(clock: FixedClock) -> None:
    receipt = await registered(clock)
    await registered(clock, login="other")
    await account("chushen", clock)
    told = set()
    for code, login, password in (
        (receipt.code, "xinban", "wrong"),
        (receipt.code, "nobody", PASSWORD),
        (receipt.code, "other", PASSWORD),
        ("RS-001", "chushen", PASSWORD),
        ("x" * 500, "y" * 500, "z" * 500),
    ):
        with pytest.raises(ResultRefused) as refusal:
            await asked(code, clock, login=login, password=password)
        told.add(refusal.value.sentence)
    assert len(told) == 1
    for _ in range(FAILURES_BEFORE_LOCK - 1):
        with pytest.raises(ResultRefused):
            await asked(receipt.code, clock, password="wrong")
    with pytest.raises(ResultRefused):
        await asked(receipt.code, clock)


async def test_a_replaced_account_asks_in_vain(clock: FixedClock) -> None:
    receipt = await registered(clock)
    await decide_registration(DEMO, receipt.code, approve=False, reason="证照不清晰", clock=clock)
    await registered(clock, code=receipt.code, login="again")
    with pytest.raises(ResultRefused):
        await asked(receipt.code, clock)
    assert (await asked(receipt.code, clock, login="again")).state is OrganisationState.WAITING


async def test_the_page_asks_and_answers(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    receipt = await registered(clock)
    form = await form_token(visitor, "/register/result") | {"code": receipt.code, "login": "xinban", "password": PASSWORD}
    assert "2026年6月8日 前办结" in (await visitor.post("/register/result", data=form)).text
    assert_problem(await visitor.post("/register/result", data=form | {"password": "wrong"}), 401, "registration-result-refused")
    await decide_registration(DEMO, receipt.code, approve=False, reason="证照不清晰", clock=clock)
    assert "证照不清晰" in (await visitor.post("/register/result", data=form)).text
