"""Everyone a witness: trainees are asked at enrolment and at the end whether it is really they who are trained (CONF-01).

The question stands in the person's inbox and in his records; the way without sign-in is a link sent to his phone, of whose token only
the hash is kept. Each sending makes a new token, so of several messages the newest works. Answers are final. See docs/decisions/witness.md.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta

import msgspec

from training_admin.accounts.sessions import person_actor_key
from training_admin.accounts.store import token_hash
from training_admin.catalog import witness_store as store
from training_admin.catalog.class_store import ClassContent, ClassHead
from training_admin.catalog.filing import ClassShown, show_class
from training_admin.catalog.forecast_store import ApprovedClass, approved_by_key, approved_classes, name_of
from training_admin.catalog.sealing import PHONE_PLACE
from training_admin.catalog.witness_facts import (
    ASK_CLASS,
    MOMENT_WORDS,
    REMIND_AFTER_DAYS,
    Answer,
    Confirmed,
    Moment,
    Question,
    confirmed_of,
    hidden_name,
    last_day_to_answer,
    scores_of,
)
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, ActorKind, assert_may
from training_admin.kit.clock import Clock, day_bounds_utc, shanghai_day
from training_admin.kit.identifiers import clean_number
from training_admin.kit.refusals import NotFound, Refusal, Unreadable
from training_admin.kit.rights import Reach, Right
from training_admin.kit.vault import vault
from training_admin.office import messages, trail
from training_admin.office.channels import Channel
from training_admin.office.jobs import JobRun, enqueue
from training_admin.office.messages import Letter

# The jobs: the night's round, and sending one link.
ASK_TONIGHT, SEND_LINK = "witness_night", "witness_send"
PhoneOf = Callable[[bytes], Awaitable[str | None]]


class WitnessNotFound(NotFound):
    """There is no such question, not for this person, or a newer link has taken the place of this one."""

    code = "witness-not-found"
    title = "链接已失效"


class AlreadyAnswered(Refusal):
    """An answer is final."""

    code = "witness-already-answered"
    title = "已经答复"


class AnswerRefused(Unreadable):
    """What was sent is no answer."""

    code = "witness-answer-refused"
    title = "没有答复"


class QuestionShown(msgspec.Struct, frozen=True):
    """A question as the person sees it: the class, by whom it is held, and his name as far as a stranger may see it."""

    question: Question
    class_no: str
    organisation_name: str
    content: ClassContent
    name: str


class WitnessShown(msgspec.Struct, frozen=True):
    """What may be seen of a class's questions: counts for everybody, the answers themselves for officers and auditors only."""

    shown: ClassShown
    counts: tuple[Confirmed, ...]
    answers: tuple[Question, ...] | None


async def ask_tonight(run: JobRun) -> None:
    """The nightly job: stage the questions of classes that are over, and send once more what nobody has answered; its key is the day."""
    today = run.clock.today()
    async with read_transaction():
        over = await store.classes_at_end(today)
        start, _end = day_bounds_utc(today - timedelta(days=min(REMIND_AFTER_DAYS) - 1))
        waiting = await store.open_questions(today, before=start)
        due = {f"{each.id}/{_round_of(each, today)}" for each in waiting}
        due -= await store.sent_before(SEND_LINK, sorted(due))
    await _stage_night(run, over, sorted(due))


def _round_of(question: Question, today: date) -> int:
    """After how many days a question is repeated now: the largest that has passed."""
    days = (today - shanghai_day(question.asked_at)).days
    return max(each for each in REMIND_AFTER_DAYS if each <= days)


@retried
async def _stage_night(run: JobRun, over: list[str], due: list[str]) -> None:
    async with write_transaction():
        if not await run.first_time():
            return
        for class_no in over:
            await enqueue(ASK_CLASS, f"{class_no}/{Moment.END.value}")
        for key in due:
            await enqueue(SEND_LINK, key)


@retried
async def ask_class(run: JobRun) -> None:
    """Ask everybody of a class who was not asked yet; the key is number, moment and, for enrolment, the version."""
    class_no, word, *_version = run.key.split("/")
    moment, clock = Moment(word), run.clock
    async with write_transaction():
        if not await run.first_time():
            return
        for klass in await approved_classes([class_no]):
            persons = await store.unasked(klass.id, klass.version_key, moment)
            tokens = [(person, token_hash(secrets.token_urlsafe(24))) for person in persons]
            await store.add_questions(klass.id, tokens, moment, at=clock.now(), answer_by=last_day_to_answer(clock.today()))
            keys = await store.keys_of(klass.id, persons, moment)
            for person in persons:
                await messages.send(messages.to_person(person), question_letter(klass, moment), by_channel=False, clock=clock)
                await enqueue(SEND_LINK, f"{keys[person]}/0")


def question_letter(klass: ApprovedClass, moment: Moment) -> Letter:
    """What a person finds in his inbox; answering needs no more than one tap there."""
    asked = "请确认是否本人报名参加。" if moment is Moment.ENROLMENT else "培训已结束，请确认是否本人参加并作评价。"
    named = f"{klass.organisation_name}“{klass.content.title}”（班级 {klass.class_no}）的名单中有您。"
    text = f"{named}{asked}您的答复不向用人单位和培训机构显示。"
    return Letter(klass.class_no, "请确认参训", text, "/my-records#witness")


async def send_link(run: JobRun, *, phone_of: PhoneOf, channel: Channel | None, public_address: str) -> None:
    """Send one person the link by which he answers without signing in; the key is the question's and the round.

    Without a known phone or a channel the question waits in his inbox.
    """
    async with read_transaction():
        question = await store.question_by_key(int(run.key.partition("/")[0]))
    open_yet = question is not None and question.answer is None and run.clock.today() <= question.answer_by
    phone = await phone_of(bytes.fromhex(question.person)) if question is not None and open_yet and channel is not None else None
    if question is not None and phone is not None and channel is not None:
        token = secrets.token_urlsafe(24)
        await _renew(question.id, token)
        asked = f"职业培训{MOMENT_WORDS[question.moment]}请您确认是否本人参加：{public_address}/witness/{token} "
        await channel.send(phone, f"{asked}，答复不向用人单位和培训机构显示。")
    await _note_sent(run)


@retried
async def _renew(question: int, token: str) -> None:
    async with write_transaction():
        await store.renew_token(question, token_hash(token))


@retried
async def _note_sent(run: JobRun) -> None:
    async with write_transaction():
        await run.first_time()


async def _shown(question: Question, *, hidden: bool) -> QuestionShown:
    klass = await approved_by_key(question.training_class)
    name = await name_of(klass.version_key, question.person)
    return QuestionShown(question, klass.class_no, klass.organisation_name, klass.content, hidden_name(name) if hidden else name)


async def _of_token(token: str, clock: Clock) -> Question:
    question = await store.question_of_token(token_hash(token))
    if question is None or (question.answer is None and clock.today() > question.answer_by):
        raise WitnessNotFound("链接已失效。请使用最新一条短信中的链接，或登录后在“与本人有关的记录”中答复。")
    return question


async def show_link(token: str, *, clock: Clock) -> QuestionShown:
    """What the holder of a link is asked, or has answered; raises WitnessNotFound."""
    async with read_transaction():
        return await _shown(await _of_token(token, clock), hidden=True)


@retried
async def answer_by_link(token: str, answer: str, given: Mapping[str, str], *, clock: Clock) -> None:
    """Answer without signing in; raises WitnessNotFound, AlreadyAnswered, AnswerRefused."""
    async with write_transaction():
        await _answer(await _of_token(token, clock), answer, given, channel="link", clock=clock)


async def my_questions(actor: Actor) -> list[QuestionShown]:
    """What the person himself was asked, newest first; raises NotAllowed."""
    assert_may(actor, Right.OWN_RECORDS)
    assert actor.person is not None
    async with read_transaction():
        return [await _shown(each, hidden=False) for each in await store.questions_of_person(actor.person)]


@retried
async def answer_own(actor: Actor, question: int, answer: str, given: Mapping[str, str], *, clock: Clock) -> None:
    """Answer signed in, also after the link has ended; raises NotAllowed, WitnessNotFound for another's, AlreadyAnswered, AnswerRefused."""
    assert_may(actor, Right.OWN_RECORDS)
    async with write_transaction():
        found = await store.question_by_key(question)
        if found is None or found.person != actor.person:
            raise WitnessNotFound("没有找到这项确认，请从“与本人有关的记录”重新进入。")
        await _answer(found, answer, given, channel="own", clock=clock)


async def _answer(question: Question, answer: str, given: Mapping[str, str], *, channel: str, clock: Clock) -> None:
    scores = scores_of(given) if question.moment is Moment.END and answer == Answer.ME else {}
    if answer not in set(Answer) or scores is None:
        raise AnswerRefused("请选择“是我”或“不是我、我没参加”；评价为 1 至 5 分，也可以不填。")
    if not await store.answer_question(question.id, Answer(answer), channel=channel, scores=scores, at=clock.now()):
        raise AlreadyAnswered("您已经答复过，答复不能更改。如有误点，请联系主管部门说明。")
    klass = await approved_by_key(question.training_class)
    person = bytes.fromhex(question.person)
    actor = Actor(kind=ActorKind.PERSON, key=person_actor_key(person), name="学员", person=question.person)
    detail = {"moment": question.moment.value, "answer": answer, "channel": channel}
    await trail.record(actor, "catalog:witness:answered", klass.class_no, detail, at=clock.now())


async def counts_of(head: ClassHead) -> tuple[Confirmed, ...]:
    """How many have confirmed, for whoever may see the class."""
    async with read_transaction():
        return confirmed_of(await store.questions_of_class(head.id))


async def show_witness(actor: Actor, class_no: str, *, clock: Clock) -> WitnessShown:
    """The questions of a class as far as the actor may see them; raises NotAllowed, ClassNotFound."""
    shown = await show_class(actor, class_no, clock=clock)
    async with read_transaction():
        questions = await store.questions_of_class(shown.head.id)
    sees_answers = actor.reach(Right.CLASS_READ) is Reach.DISTRICT
    return WitnessShown(shown, confirmed_of(questions), tuple(questions) if sees_answers else None)


async def phones_of_rosters(person: bytes) -> set[str]:
    """The phones that approved class rosters give a person, cleaned; inside an open transaction."""
    keys = vault()
    return {clean_number(keys.decrypt_text(sealed, place=PHONE_PLACE)) for sealed in await store.sealed_phones(person)}
