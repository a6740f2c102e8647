"""Everyone a witness: asked at enrolment and at the end, answered by link or signed in, once; told to employers as a number only."""

import re
from datetime import date, timedelta

import msgspec
import pytest

from tests.accounts.test_person_sign_in import KNOWN
from tests.accounts.test_personal_requests import trainee
from tests.people import sign_in_as
from tests.subsidy import running
from tests.subsidy.conftest import sample
from tests.subsidy.running import to
from training_admin.app import job_handlers
from training_admin.audit.finding import search
from training_admin.audit.papers import load_surroundings, with_facts
from training_admin.audit.rulebook import audit_rules
from training_admin.audit.store import head_of
from training_admin.catalog.class_changes import change_class
from training_admin.catalog.class_store import ClassNotFound
from training_admin.catalog.filing import decide_class
from training_admin.catalog.witness import (
    ASK_TONIGHT,
    SEND_LINK,
    AlreadyAnswered,
    AnswerRefused,
    WitnessNotFound,
    answer_by_link,
    answer_own,
    ask_class,
    ask_tonight,
    my_questions,
    send_link,
    show_link,
    show_witness,
)
from training_admin.catalog.witness_facts import ASK_CLASS, Answer, Confirmed, Moment
from training_admin.catalog.witness_store import denials_of
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.clock import FixedClock
from training_admin.office.jobs import JobRun
from training_admin.settings import Settings
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim
from training_admin.subsidy.claim_drafts import draft_claim
from training_admin.subsidy.claims import person_of, submit_claim
from training_admin.subsidy.persons import phone_of_person

pytestmark = pytest.mark.usefixtures("catalog")
LINK = re.compile(r"https://px\.example/witness/(\S+) ，")


class Line:
    """A channel that keeps what it was handed."""

    name = "test"

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    async def send(self, address: str, text: str) -> None:
        self.sent.append((address, text))

    def token(self, place: int) -> str:
        found = LINK.search(self.sent[place][1])
        assert found is not None
        return found[1]


async def staged(entrypoint: str) -> list[str]:
    async with read_transaction():
        found = await fetch_tuples("SELECT payload FROM pgqueuer WHERE entrypoint = $1 ORDER BY id", entrypoint)
    return [row[0].decode() for row in found]


async def asked(clock: FixedClock) -> str:
    """An approved class whose people were asked at enrolment."""
    number = await running.approved(clock)
    (key,) = await staged(ASK_CLASS)
    assert key.startswith(f"{number}/enrolment/")
    for _ in range(2):
        await ask_class(JobRun(ASK_CLASS, key, clock))
    return number


async def sent(clock: FixedClock, line: Line, key: str) -> None:
    await send_link(JobRun(SEND_LINK, key, clock), phone_of=phone_of_person, channel=line, public_address="https://px.example")


async def kept() -> list[tuple[object, ...]]:
    async with read_transaction():
        return await fetch_tuples("SELECT moment, answer, channel, scores::text FROM class_witness ORDER BY id")


async def test_at_enrolment_everybody_gets_one_link_and_a_message_in_his_inbox(clock: FixedClock) -> None:
    number = await asked(clock)
    keys = await staged(SEND_LINK)
    assert len(keys) == 6
    line = Line()
    await sent(clock, line, keys[0])
    assert line.sent[0][0] == "13900000000"
    token = line.token(0)
    async with read_transaction():
        (stored,) = {row[0] for row in await fetch_tuples("SELECT count(*) FROM message WHERE title = '请确认参训'")}
        texts = await fetch_tuples("SELECT text, link FROM message WHERE title = '请确认参训'")
        hashes = {row[0] for row in await fetch_tuples("SELECT token_hash FROM class_witness")}
    assert stored == 6
    assert all(token not in text and "学员1" not in text and link == "/my-records#witness" for text, link in texts)
    assert token.encode() not in hashes
    shown = await show_link(token, clock=clock)
    assert (shown.class_no, shown.name, shown.question.moment) == (number, "学**", Moment.ENROLMENT)
    await answer_by_link(token, "me", {"content": "9"}, clock=clock)
    for answer in ("me", "not_me"):
        with pytest.raises(AlreadyAnswered):
            await answer_by_link(token, answer, {}, clock=clock)
    assert (await show_link(token, clock=clock)).question.answer is Answer.ME
    assert await kept() == [("enrolment", "me", "link", None), *[("enrolment", None, "", None)] * 5]
    async with read_transaction():
        trail = await fetch_tuples("SELECT subject, detail::text FROM trail WHERE event = 'catalog:witness:answered'")
    assert [row[0] for row in trail] == [number]
    assert "13900000000" not in trail[0][1]
    # The answered are not asked again by this channel.
    await sent(clock, line, f"{keys[0].partition('/')[0]}/3")
    assert len(line.sent) == 1


async def test_a_wrong_old_or_late_link_leads_nowhere(clock: FixedClock) -> None:
    await asked(clock)
    key = (await staged(SEND_LINK))[0]
    line = Line()
    await sent(clock, line, key)
    with pytest.raises(WitnessNotFound):
        await show_link("another-token", clock=clock)
    with pytest.raises(AnswerRefused):
        await answer_by_link(line.token(0), "perhaps", {}, clock=clock)
    await sent(clock, line, f"{key.partition('/')[0]}/3")
    with pytest.raises(WitnessNotFound):
        await answer_by_link(line.token(0), "me", {}, clock=clock)
    clock.move(timedelta(days=15))
    assert (await show_link(line.token(1), clock=clock)).question.answer is None
    clock.move(timedelta(days=1))
    with pytest.raises(WitnessNotFound):
        await show_link(line.token(1), clock=clock)
    await sent(clock, line, f"{key.partition('/')[0]}/7")
    assert len(line.sent) == 2
    # Signed in he can answer later, too.
    actor, _token = await trainee(running.people()[0].identity, clock)
    (shown,) = await my_questions(actor)
    await answer_own(actor, shown.question.id, "me", {}, clock=clock)
    assert (await kept())[0] == ("enrolment", "me", "own", None)


async def test_nobody_answers_for_another(clock: FixedClock) -> None:
    await asked(clock)
    one, two = [(await trainee(running.people()[place].identity, clock))[0] for place in (0, 1)]
    (shown,) = await my_questions(one)
    with pytest.raises(WitnessNotFound):
        await answer_own(two, shown.question.id, "me", {}, clock=clock)
    with pytest.raises(WitnessNotFound):
        await answer_own(two, 10**9, "me", {}, clock=clock)
    assert {row[1] for row in await kept()} == {None}


async def test_without_a_channel_or_an_agreed_phone_the_question_waits_in_the_inbox(database: Settings, clock: FixedClock) -> None:
    await asked(clock)
    key = (await staged(SEND_LINK))[0]
    await job_handlers(database)[SEND_LINK](JobRun(SEND_LINK, key, clock))
    assert await phone_of_person(bytes(32)) is None
    line = Line()
    named = [msgspec.structs.replace(each, phone="13811111111") for each in running.people()]
    clerk = (await sign_in_as("jiaowu", clock)).actor
    klass = await running.of_number("BJ202600001")
    await change_class(clerk, klass.class_no, klass.content, named, reason="手机号码更正", clock=clock)
    # A roster that is not approved tells no phone.
    await sent(clock, line, f"{key.partition('/')[0]}/3")
    assert line.sent[-1][0] == "13900000000"
    await decide_class(COMMAND_LINE, klass.class_no, version=2, approve=True, opinion="", clock=clock)
    await sent(clock, line, f"{key.partition('/')[0]}/7")
    assert line.sent[-1][0] == "13811111111"


async def test_a_phone_counts_only_where_claims_and_classes_agree(clock: FixedClock) -> None:
    await submit_claim(DEMO, sample("claim_B.xlsx"), readable_only=True, clock=clock)
    person = bytes.fromhex(person_of(KNOWN))
    told = await phone_of_person(person)
    assert told is not None
    one, *others = running.people()
    known = msgspec.structs.replace(one, identity=KNOWN, phone=told)
    number = await running.approved(clock, named=[known, *others])
    assert await phone_of_person(person) == told
    clerk = (await sign_in_as("jiaowu", clock)).actor
    klass = await running.of_number(number)
    named = [msgspec.structs.replace(known, phone="13811111111"), *others]
    await change_class(clerk, number, klass.content, named, reason="手机号码更正", clock=clock)
    await decide_class(COMMAND_LINE, number, version=2, approve=True, opinion="", clock=clock)
    assert await phone_of_person(person) is None


async def test_who_is_added_by_an_approved_change_is_asked_and_nobody_twice(clock: FixedClock) -> None:
    number = await asked(clock)
    clerk = (await sign_in_as("jiaowu", clock)).actor
    klass = await running.of_number(number)
    await change_class(clerk, number, klass.content, running.people(8), reason="增加两人", clock=clock)
    await decide_class(COMMAND_LINE, number, version=2, approve=True, opinion="", clock=clock)
    key = (await staged(ASK_CLASS))[-1]
    await ask_class(JobRun(ASK_CLASS, key, clock))
    assert len(await kept()) == 8


async def test_the_night_asks_at_the_end_and_reminds_twice_at_most(clock: FixedClock) -> None:
    number = await asked(clock)

    async def night() -> list[str]:
        before = set(await staged(SEND_LINK))
        await ask_tonight(JobRun(ASK_TONIGHT, clock.today().isoformat(), clock))
        found = sorted(set(await staged(SEND_LINK)) - before)
        for key in found:
            await sent(clock, line, key)
        return found

    line = Line()
    to(clock, date(2026, 6, 3), hour=1)
    assert await night() == []
    to(clock, date(2026, 6, 4), hour=1)
    assert {key.partition("/")[2] for key in await night()} == {"3"}
    assert await night() == []
    to(clock, date(2026, 6, 5), hour=1)
    assert await night() == []
    to(clock, date(2026, 6, 9), hour=1)
    assert {key.partition("/")[2] for key in await night()} == {"7"}
    to(clock, date(2026, 6, 12), hour=1)
    assert await night() == []
    assert len(line.sent) == 12
    to(clock, running.LAST_EVENING)
    await night()
    assert f"{number}/end" not in await staged(ASK_CLASS)
    to(clock, date(2026, 7, 18), hour=1)
    await night()
    assert f"{number}/end" in await staged(ASK_CLASS)
    await ask_class(JobRun(ASK_CLASS, f"{number}/end", clock))
    assert [row[0] for row in await kept()] == ["enrolment"] * 6 + ["end"] * 6


async def denied(clock: FixedClock) -> str:
    """A closed class: the first confirms with scores, the second denies, the others have not answered."""
    await running.registers(clock)
    number = await asked(clock)
    to(clock, running.LAST_EVENING)
    await running.hold(number, clock, days=10)
    await running.examine(number, clock)
    await running.close(number, clock)
    await ask_class(JobRun(ASK_CLASS, f"{number}/end", clock))
    for place, answer in ((0, "me"), (1, "not_me")):
        actor, _token = await trainee(running.people()[place].identity, clock)
        (question,) = [each.question for each in await my_questions(actor) if each.question.moment is Moment.END]
        await answer_own(actor, question.id, answer, {"content": "5", "place": "3"}, clock=clock)
    return number


async def test_employer_and_institution_see_numbers_only_and_officers_see_answers(clock: FixedClock) -> None:
    number = await denied(clock)
    counts = (Confirmed(Moment.ENROLMENT, 0, 6), Confirmed(Moment.END, 1, 5))
    filer = await show_witness((await sign_in_as("jiaowu", clock)).actor, number, clock=clock)
    assert (filer.counts, filer.answers) == (counts, None)
    officer = await show_witness((await sign_in_as("chushen", clock)).actor, number, clock=clock)
    assert officer.counts == counts
    assert officer.answers is not None
    assert [each.answer for each in officer.answers[6:8]] == [Answer.ME, Answer.NOT_ME]
    assert [each.scores for each in officer.answers[6:8]] == [{"content": 5, "place": 3}, {}]
    with pytest.raises(ClassNotFound):
        await show_witness((await sign_in_as("jingban-a", clock)).actor, number, clock=clock)


async def test_a_denial_is_a_doubt_of_the_claim_at_once(clock: FixedClock) -> None:
    number = await denied(clock)
    clerk = (await sign_in_as("jingban-a", clock, stepped_up=True)).actor
    draft = await draft_claim(clerk, [number], way="download", clock=clock)
    receipt = await submit_claim(clerk, running.with_cost(draft, (number, "10000.00")), readable_only=True, clock=clock)
    await assess_claim(COMMAND_LINE, receipt.number, cause=FIRST_TIME, clock=clock)
    async with read_transaction():
        heads = await head_of(receipt.number, organisations=None)
        around = await load_surroundings(heads, clock.now())
        (facts,) = [facts async for _paper, facts in with_facts(heads, around)]
        assert await denials_of([number], clock.now() - timedelta(days=1)) == frozenset()
    (doubt,) = [each for each in search(facts).doubts if each.check == "AU-090"]
    assert (doubt.found.rows, audit_rules()["AU-090"].level) == ((5,), "高")
