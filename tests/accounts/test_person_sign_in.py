"""Trainees sign in: the code goes to the phone of the newest roster row, and nothing tells whether a number is known here."""

import json
import re
from datetime import timedelta

import httpx
import msgspec
import pytest
import pytest_asyncio

from tests.conftest import ADDRESS
from tests.office.test_messages import Line
from tests.web.conftest import assert_problem, form_token, sample
from training_admin.accounts import person_sign_in
from training_admin.accounts.facts import FAILURES_BEFORE_LOCK, LOCKED
from training_admin.accounts.person_sign_in import (
    CODE_LIVES,
    CODES_PER_ADDRESS,
    CODES_PER_PERSON,
    SEND_CODE,
    TRIES_PER_CODE,
    CodeRefused,
    IdentityNumberWrong,
    ask_code,
    send_code,
    sign_in_person,
)
from training_admin.accounts.rates import TooOften
from training_admin.accounts.sessions import actor_of_token
from training_admin.app import create_app, job_handlers
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.database import counted_queries, fetch_tuples, read_transaction
from training_admin.demo.filling import sample_person
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.kit.rights import Role
from training_admin.office.jobs import JobRun
from training_admin.settings import Settings
from training_admin.subsidy.claims import person_of, submit_claim
from training_admin.subsidy.deliveries import receive_registers
from training_admin.subsidy.persons import phone_of_person

HERE = "192.0.2.7"
KNOWN = sample_person()


@pytest_asyncio.fixture
async def claim(database: Settings, clock: FixedClock) -> None:
    """Sample claim B, which names the known person."""
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    await receive_registers(DEMO, sample("registers_B.json"), source="测试交付", clock=clock)
    await submit_claim(DEMO, sample("claim_B.xlsx"), readable_only=True, clock=clock)


def stranger() -> str:
    """A right number that no claim names."""
    body = "31010019800101001"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


async def asked(number: str, clock: FixedClock, *, address: str = HERE) -> str:
    return await ask_code(number, person_of=person_of, address=address, clock=clock)


async def codes_sent(clock: FixedClock) -> list[str]:
    """Do the staged jobs; the codes that went over the line, oldest first."""
    line = Line()
    async with read_transaction():
        keys = await fetch_tuples("SELECT convert_from(payload, 'UTF8') FROM pgqueuer WHERE entrypoint = $1 ORDER BY id", SEND_CODE)
    for (key,) in keys:
        await send_code(JobRun(SEND_CODE, key, clock), phone_of=phone_of_person, channel=line)
    return [re.findall(r"\d{6}", text)[0] for _phone, text in line.sent]


async def refused(ticket: str, code: str, clock: FixedClock, *, address: str = HERE) -> str:
    with pytest.raises(CodeRefused) as told:
        await sign_in_person(ticket, code, address=address, device="测试", clock=clock)
    return told.value.sentence


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


@pytest.mark.usefixtures("claim")
async def test_the_code_opens_a_session_of_the_person_and_of_nobody_else(clock: FixedClock) -> None:
    ticket = await asked(f" {KNOWN[:6]} {KNOWN[6:]} ", clock)
    (code,) = await codes_sent(clock)
    token = await sign_in_person(ticket, code, address=HERE, device="测试", clock=clock)
    actor = await actor_of_token(token, clock=clock)
    assert actor is not None
    assert actor.roles == {Role.TRAINEE}
    assert actor.person == person_of(KNOWN)
    assert actor.organisation is None
    async with read_transaction():
        stored = await fetch_tuples("SELECT one_time_code::text FROM one_time_code")
        told = await fetch_tuples("SELECT actor, detail::text FROM trail WHERE event = 'accounts:session:opened'")
    assert code not in stored[0][0]
    assert told == [(actor.key, json.dumps({"by": "one-time-code", "device": "测试"}, ensure_ascii=False))]


@pytest.mark.usefixtures("claim")
async def test_a_code_works_once(clock: FixedClock) -> None:
    ticket = await asked(KNOWN, clock)
    (code,) = await codes_sent(clock)
    await sign_in_person(ticket, code, address=HERE, device="测试", clock=clock)
    await refused(ticket, code, clock)


@pytest.mark.usefixtures("claim")
async def test_a_code_lives_five_minutes(clock: FixedClock) -> None:
    ticket = await asked(KNOWN, clock)
    (code,) = await codes_sent(clock)
    clock.move(CODE_LIVES)
    await refused(ticket, code, clock)


@pytest.mark.usefixtures("claim")
async def test_only_the_newest_code_counts(clock: FixedClock) -> None:
    ticket = await asked(KNOWN, clock)
    await asked(KNOWN, clock)
    first, second = await codes_sent(clock)
    if first != second:
        await refused(ticket, first, clock)
    await sign_in_person(ticket, second, address=HERE, device="测试", clock=clock)


@pytest.mark.usefixtures("claim")
async def test_guessing_ends_after_five_tries_even_with_the_right_code(clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training_admin.accounts.lockout.FAILURES_BEFORE_LOCK", 100)
    ticket = await asked(KNOWN, clock)
    (code,) = await codes_sent(clock)
    for count in range(TRIES_PER_CODE):
        await refused(ticket, another(code), clock, address=f"192.0.2.{count}")
    await refused(ticket, code, clock)


@pytest.mark.usefixtures("claim")
async def test_guessing_locks_the_person_for_a_quarter_of_an_hour_also_for_a_new_code(clock: FixedClock) -> None:
    ticket = await asked(KNOWN, clock)
    await codes_sent(clock)
    for _ in range(FAILURES_BEFORE_LOCK):
        await refused(ticket, "", clock)
    await asked(KNOWN, clock)
    code = (await codes_sent(clock))[-1]
    await refused(ticket, code, clock)
    clock.move(LOCKED)
    await asked(KNOWN, clock)
    assert await sign_in_person(ticket, (await codes_sent(clock))[-1], address=HERE, device="测试", clock=clock)


@pytest.mark.usefixtures("claim")
async def test_asking_tells_nothing_about_who_is_known(clock: FixedClock) -> None:
    with counted_queries() as of_known:
        known = await asked(KNOWN, clock)
    with counted_queries() as of_stranger:
        unknown = await asked(stranger(), clock)
    assert len(known) == len(unknown)
    assert of_known.statements == of_stranger.statements
    (code,) = await codes_sent(clock)
    assert await refused(unknown, code, clock) == await refused(known, another(code), clock)


@pytest.mark.usefixtures("claim")
async def test_a_code_of_one_person_is_none_of_another(clock: FixedClock) -> None:
    await asked(KNOWN, clock)
    (code,) = await codes_sent(clock)
    await refused(await asked(stranger(), clock), code, clock)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("ticket", ["", "zz", "00" * 40])
async def test_a_ticket_that_we_did_not_make_is_refused(ticket: str, clock: FixedClock) -> None:
    await refused(ticket, "123456", clock)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("number", ["", "1234", KNOWN[:17] + "?", "9" * 5000, "310100199913011234"])
async def test_a_number_that_cannot_be_right_is_told_without_repeating_it(number: str, clock: FixedClock) -> None:
    with pytest.raises(IdentityNumberWrong) as told:
        await asked(number, clock)
    assert not number or number not in told.value.sentence


@pytest.mark.usefixtures("database")
async def test_codes_are_few_for_a_person_and_for_an_address(clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(CODES_PER_PERSON):
        await asked(KNOWN, clock)
    with pytest.raises(TooOften) as told:
        await asked(KNOWN, clock, address="192.0.2.8")
    assert told.value.sentence == person_sign_in.TOO_MANY_CODES
    clock.move(LOCKED + timedelta(seconds=1))
    await asked(KNOWN, clock)
    monkeypatch.setattr(person_sign_in, "CODES_PER_ADDRESS", 3)
    for _ in range(3):
        await asked(stranger(), clock, address="192.0.2.9")
    with pytest.raises(TooOften):
        await asked(KNOWN, clock, address="192.0.2.9")
    assert CODES_PER_ADDRESS > CODES_PER_PERSON


@pytest.mark.usefixtures("claim")
async def test_without_a_line_no_code_is_made(clock: FixedClock) -> None:
    await asked(KNOWN, clock)
    async with read_transaction():
        key = (await fetch_tuples("SELECT convert_from(payload, 'UTF8') FROM pgqueuer WHERE entrypoint = $1", SEND_CODE))[0][0]
    await job_handlers(Settings())[SEND_CODE](JobRun(SEND_CODE, key, clock))
    async with read_transaction():
        assert await fetch_tuples("SELECT 1 FROM one_time_code") == []


@pytest.mark.usefixtures("claim")
async def test_the_pages_lead_from_number_to_code_to_the_own_records(
    database: Settings, clock: FixedClock, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = msgspec.structs.replace(database, demo=True)
    transport = httpx.ASGITransport(app=create_app(demo, clock=clock), raise_app_exceptions=False)  # type: ignore[arg-type] # Litestar types its scope more narrowly
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as browser:
        token = await form_token(browser, "/sign-in/person")
        wrong = await browser.post("/sign-in/person", data={**token, "id_no": "123"})
        assert_problem(wrong, 422, "identity-number-wrong")
        known = await browser.post("/sign-in/person", data={**token, "id_no": KNOWN})
        unknown = await browser.post("/sign-in/person", data={**token, "id_no": stranger()})
        plain = [re.sub(r'value="[^"]+"', "", each.text) for each in (known, unknown)]
        assert plain[0] == plain[1]
        assert KNOWN not in known.text
        found = re.search(r'name="ticket" value="(\w+)"', known.text)
        assert found
        async with read_transaction():
            keys = await fetch_tuples("SELECT convert_from(payload, 'UTF8') FROM pgqueuer WHERE entrypoint = $1", SEND_CODE)
        capsys.readouterr()
        for (key,) in keys:
            await job_handlers(demo)[SEND_CODE](JobRun(SEND_CODE, key, clock))
        told = capsys.readouterr().err
        assert told.count("登录验证码") == 1
        assert KNOWN not in told
        code = re.findall(r"登录验证码 (\d{6})", told)[0]
        again = await browser.post("/sign-in/person/code", data={**token, "ticket": found[1], "code": another(code)})
        assert_problem(again, 401, "one-time-code-refused")
        done = await browser.post("/sign-in/person/code", data={**token, "ticket": found[1], "code": code})
        assert done.headers["location"] == "/my-records"
        assert "httponly" in done.headers["set-cookie"].lower()
        desk = await browser.get("/")
        assert "学员" in desk.text
        assert_problem(await browser.get("/claims"), 403, "not-allowed")
        assert_problem(await browser.get("/me"), 403, "not-allowed")


async def test_where_nothing_can_be_sent_the_page_says_so(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/sign-in/person")
    assert "尚未接通短信" in page.text
    token = await form_token(visitor, "/sign-in")
    assert_problem(await visitor.post("/sign-in/person", data={**token, "id_no": KNOWN}), 409, "one-time-codes-not-sent")
