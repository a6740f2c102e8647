"""The life of a claim against a model: every role does whatever it likes, and the claim, its timeline, its money and its words agree.

200 runs of 30 steps; REVIEW_RUNS asks for more (soak). Runs share one database, each with its own copy of a small assessed claim.
"""

import asyncio
import itertools
import os
from collections.abc import Coroutine
from datetime import date
from typing import Any, ClassVar, TypeVar

import msgspec
import pytest_asyncio
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests.fund.ledger_world import assert_sound, granted
from tests.people import sign_in_as
from tests.subsidy.test_handling import doubtful_registers
from tests.web.conftest import sample
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.database import fetch_tuples, read_transaction, retried, write_transaction
from training_admin.fund import ledger, payable_store
from training_admin.fund.payable_store import PayableState
from training_admin.kit.actor import COMMAND_LINE, DEMO, Actor, NotAllowed, SamePersonTwice, may
from training_admin.kit.clock import FixedClock
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.settings import Settings
from training_admin.subsidy import appeals, claims, handling, review_store
from training_admin.subsidy.appeals import AppealNotNow
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim, decoded_record
from training_admin.subsidy.deliveries import receive_registers
from training_admin.subsidy.determination import LineWord
from training_admin.subsidy.handling import RowsSpoken, WordNotNow
from training_admin.subsidy.review_facts import WORD_RIGHT
from training_admin.subsidy.review_states import DECIDING, MOVES, RIGHT_OF, Act, ClaimState, IllegalMove
from training_admin.subsidy.reviewing import ClaimMoved, NothingToPay, ReturnedBefore, ReviewRefused, act_on_claim, follow
from training_admin.subsidy.store import ClaimNotFound

RUNS, STEPS = int(os.environ.get("REVIEW_RUNS", "200")), 30
T = TypeVar("T")
S = ClaimState
# Rows of the sample: one that waits for a fact and for its class, one that waits for its class, two that are paid.
PROVED, EXCEPTED, PAID_ROWS = 4, 5, (29, 30)
OUTSIDERS = ("jingban-b", "shouli")
PEOPLE = ("chushen", "fushen", "shending", "jingban-a", *OUTSIDERS, "demo", "command")
LATER = (Act.POST, Act.STOP_NOTICE, Act.NOTICE_OVER, Act.BATCH, Act.UNBATCH, Act.PAY, Act.FAIL, Act.ARCHIVE, Act.RECOVER, Act.RECOVERED)
# In these states something is entered to be paid, exactly once.
ENTERED = frozenset({S.DETERMINED, S.ON_NOTICE, S.PAYABLE, S.BATCHED, S.PAID, S.PAYMENT_FAILED, S.ARCHIVED, S.RECOVERING, S.RECOVERED})


class World(msgspec.Struct):
    """What all runs share: people, the claim they copy, its prices, the loop in which the database is open."""

    clock: FixedClock
    people: dict[str, Actor]
    template: int
    prices: dict[int, int]
    loop: Any
    counter: Any

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        found: T = self.loop.run_until_complete(work)
        return found


@pytest_asyncio.fixture
async def world(database: Settings, clock: FixedClock) -> World:
    await granted(10**12, clock)
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    await receive_registers(DEMO, doubtful_registers(), source="测试交付", clock=clock)
    checked = await claims.precheck(DEMO, sample("claim_A.xlsx"), clock=clock)
    assert checked.record is not None
    rows = frozenset(line.row for line in checked.record.lines) - {PROVED, EXCEPTED, *PAID_ROWS}
    number = (await claims.submit_claim(COMMAND_LINE, sample("claim_A.xlsx"), readable_only=True, left_out=rows, clock=clock)).number
    await assess_claim(COMMAND_LINE, number, cause=FIRST_TIME, clock=clock)
    async with read_transaction():
        claim = await review_store.claim_by_number(number, None)
        record = await decoded_record(claim.id, None)
    assert record is not None
    people = {login: (await sign_in_as(login, clock)).actor for login in PEOPLE[:6]}
    prices = {line.row: line.computed_fen for line in record.lines}
    assert [line.outcome.value for line in record.lines] == ["HOLD", "HOLD", "PAY", "PAY"]
    everybody = {**people, "demo": DEMO, "command": COMMAND_LINE}
    return World(clock, everybody, claim.id, prices, asyncio.get_running_loop(), itertools.count(1))


@retried
async def copied(template: int, count: int) -> str:
    """A fresh copy of the assessed claim, of an enterprise and of persons of its own."""
    number, uscc = f"SJ2026{800_000 + count}", f"91310117Y{count:09d}"
    async with write_transaction():
        file = await fetch_tuples(
            """INSERT INTO stored_file (sha256, media_type, size, key_version, sealed, at)
               SELECT md5($1) || md5($1 || 'x'), f.media_type, f.size, f.key_version, f.sealed, f.at
               FROM stored_file f JOIN claim c ON c.file = f.id WHERE c.id = $2 RETURNING id""",
            *(number, template),
        )
        made = await fetch_tuples(
            """INSERT INTO claim (number, uscc, enterprise_name, claim_year, as_of, state, version, readable_only, submitted_at,
                   submitted_by, file, sealed_head, attended_column, line_count, cells_read, problems)
               SELECT $2, $3, enterprise_name, claim_year, as_of, 'submitted', 1, readable_only, submitted_at, submitted_by, $4,
                   sealed_head, attended_column, line_count, cells_read, problems FROM claim WHERE id = $1 RETURNING id""",
            *(template, number, uscc, file[0][0]),
        )
        await fetch_tuples(
            """INSERT INTO claim_line (claim, row, readable, class_no, person, person_group, birth, sex, contract_start, contract_end,
                   attended_centihours, exam_result, sealed)
               SELECT $2, row, readable, class_no, sha256(($3 || row)::bytea), person_group, birth, sex, contract_start, contract_end,
                   attended_centihours, exam_result, sealed FROM claim_line WHERE claim = $1 RETURNING id""",
            *(template, made[0][0], number),
        )
        await fetch_tuples(
            """INSERT INTO assessment (claim, place, known_at, engine, pack, cause, sha256, content, computed_fen, payable_fen,
                   paying_people)
               SELECT $2, place, known_at, engine, pack, cause, sha256, content, computed_fen, payable_fen, paying_people
               FROM assessment WHERE claim = $1 RETURNING id""",
            *(template, made[0][0]),
        )
    return number


class Model:
    """What the claim should be, told in the simplest way."""

    def __init__(self) -> None:
        self.state, self.version, self.steps, self.returned = S.SUBMITTED, 1, 0, 0
        self.deciders: set[str] = set()
        self.ever_decided: set[str] = set()
        self.words: dict[int, set[tuple[LineWord, str]]] = {}
        self.entered: int | None = None
        self.appeal: str | None = None

    def amount(self, prices: dict[int, int]) -> int:
        """What a determination would come to."""
        said = {row: {word for word, _rule in words} for row, words in self.words.items()}
        fen = sum(prices[row] for row in PAID_ROWS if not said.get(row, set()) & {LineWord.REFUSE, LineWord.HOLD})
        excepted, proved = (LineWord.OVERRIDE, "FILE-01"), (LineWord.EVIDENCE, "TR-01")
        fen += prices[EXCEPTED] if excepted in self.words.get(EXCEPTED, set()) else 0
        fen += prices[PROVED] if {excepted, proved} <= self.words.get(PROVED, set()) else 0
        return fen

    def speak(self, row: int, word: LineWord, rule_id: str) -> None:
        """A clearing word stands beside others, any other word stands alone."""
        if word in {LineWord.EVIDENCE, LineWord.OVERRIDE}:
            kept = {each for each in self.words.get(row, set()) if each[0] in {LineWord.EVIDENCE, LineWord.OVERRIDE}}
            self.words[row] = {*kept, (word, rule_id)}
        else:
            self.words[row] = set() if word is LineWord.CLEARED else {(word, rule_id)}

    def move(self, act: Act) -> None:
        self.state, self.version, self.steps = MOVES[self.state][act], self.version + 1, self.steps + 1
        if act in {Act.SEND_BACK, Act.REOPEN, Act.STOP_NOTICE}:
            self.deciders.clear()
        if act in {Act.REOPEN, Act.STOP_NOTICE}:
            self.entered = None
        self.returned += act is Act.RETURN


ROWS = st.sampled_from([PROVED, EXCEPTED, *PAID_ROWS, 99])
WHO = st.sampled_from(PEOPLE)
# Which clearing word of which rule fits which rows of the sample.
FITS = {(LineWord.EVIDENCE, "TR-01"): (PROVED,), (LineWord.OVERRIDE, "FILE-01"): (PROVED, EXCEPTED)}


class Life(RuleBasedStateMachine):
    """One claim and its model; `world` is given to the class before it runs."""

    world: ClassVar[World]

    @initialize()
    def begin(self) -> None:
        self.model = Model()
        self.count = next(self.world.counter)
        self.number = self.world.run(copied(self.world.template, self.count))

    def actor(self, who: str) -> Actor:
        """The clerk belongs to the enterprise of this run's claim."""
        actor = self.world.people[who]
        return msgspec.structs.replace(actor, organisation=f"91310117Y{self.count:09d}") if who == "jingban-a" else actor

    def tried(self, work: Coroutine[Any, Any, Any], expected: type[Refusal] | None) -> bool:
        """Do it, and see that it is refused exactly as the model says."""
        try:
            self.world.run(work)
        except Refusal as refusal:
            found: type[Refusal] | None = type(refusal)
        else:
            found = None
        assert found is expected
        return found is None

    @rule(who=WHO, act=st.sampled_from([act for act in RIGHT_OF if act is not Act.RESUBMIT]), stale=st.integers(0, 9))
    def a_person_acts(self, who: str, act: Act, stale: int) -> None:
        self.acted(who, act, self.model.version - (stale == 0))

    @rule(goes_on=st.booleans())
    def the_work_goes_on(self, goes_on: bool) -> None:
        """What usually comes next, so that runs get far."""
        usual = {
            S.SUBMITTED: (Act.ACCEPT, "chushen"),
            S.ACCEPTED: (Act.FIRST, "chushen"),
            S.FIRST_REVIEW: (Act.SECOND, "fushen"),
            S.SECOND_REVIEW: (Act.DETERMINE, "shending"),
            S.JOINT_REVIEW: (Act.DETERMINE, "shending"),
        }
        if self.model.state in usual and goes_on:
            act, login = usual[self.model.state]
            self.acted(login, act, self.model.version)

    def acted(self, who: str, act: Act, version: int) -> None:
        """An act as the model foresees it."""
        model, actor = self.model, self.actor(who)
        work = act_on_claim(actor, self.number, act, version=version, opinion="理由", minutes="纪要", clock=self.world.clock)
        if self.tried(work, self.refusal_of(actor, who, act, version)):
            if act in DECIDING:
                model.deciders |= actor.hands
                model.ever_decided |= actor.hands
            if act is Act.DETERMINE:
                model.entered = model.amount(self.world.prices)
            model.move(act)

    def refusal_of(self, actor: Actor, who: str, act: Act, version: int) -> type[Refusal] | None:
        """What an act is refused for, None for nothing."""
        model = self.model
        if not may(actor, RIGHT_OF[act]):
            return NotAllowed
        if who in OUTSIDERS:
            return ClaimNotFound
        if version != model.version:
            return ClaimMoved
        return self.refusal_in_turn(actor, act)

    def refusal_in_turn(self, actor: Actor, act: Act) -> type[Refusal] | None:
        """What an act that this person may do in general is refused for now."""
        model = self.model
        if act not in MOVES[model.state]:
            return IllegalMove
        if act in DECIDING and model.deciders & actor.hands:
            return SamePersonTwice
        if act is Act.RETURN and model.returned:
            return ReturnedBefore
        return NothingToPay if act is Act.DETERMINE and model.amount(self.world.prices) == 0 else None

    @rule(who=WHO, row=ROWS, word=st.sampled_from(list(LineWord)), rule_id=st.sampled_from(["TR-01", "FILE-01"]))
    def a_person_speaks(self, who: str, row: int, word: LineWord, rule_id: str) -> None:
        model, actor = self.model, self.actor(who)
        until = date(2026, 12, 31) if word is LineWord.OVERRIDE else None
        spoken = RowsSpoken(rows=[row], word=word, rule=rule_id, reason="已核", expires_on=until)
        work = handling.speak_on_rows(actor, self.number, spoken, version=model.version, clock=self.world.clock)
        right = WORD_RIGHT.get(model.state)
        expected: type[Refusal] | None = None
        clearing = word in {LineWord.EVIDENCE, LineWord.OVERRIDE}
        if not may(actor, Right.CLAIM_HANDLE):
            expected = NotAllowed
        elif who in OUTSIDERS:
            expected = ClaimNotFound
        elif right is None:
            expected = WordNotNow
        elif not may(actor, right):
            expected = NotAllowed
        elif row not in self.world.prices or (clearing and row not in FITS.get((word, rule_id), ())):
            expected = ReviewRefused
        if self.tried(work, expected):
            model.speak(row, word, rule_id)

    @rule(act=st.sampled_from(LATER))
    def what_follows_happens(self, act: Act) -> None:
        """Notice, batch, payment, recovery: moved as the services of those rooms move the claim."""
        model = self.model
        expected = None if act in MOVES[model.state] else IllegalMove
        if self.tried(self._follow(act), expected):
            model.move(act)

    @retried
    async def _follow(self, act: Act) -> None:
        async with write_transaction():
            claim = await review_store.claim_by_number(self.number, None)
            await follow(DEMO, claim, act, opinion="理由", clock=self.world.clock)
            if act is Act.STOP_NOTICE:
                await appeals.release_payables(DEMO, claim, clock=self.world.clock)
            if act is Act.NOTICE_OVER:
                subject = next(
                    each.subject for each in await payable_store.payables_of(self.number) if each.state is PayableState.COMMITTED
                )
                await ledger.make_due(DEMO, subject, notice_ends=date(2026, 6, 8), pay_by=date(2026, 6, 29), clock=self.world.clock)

    @rule(who=WHO)
    def an_appeal_is_made(self, who: str) -> None:
        model, actor = self.model, self.actor(who)
        expected: type[Refusal] | None = None
        if not may(actor, Right.CLAIM_SUBMIT):
            expected = NotAllowed
        elif who in OUTSIDERS:
            expected = ClaimNotFound
        elif model.state not in appeals.APPEALED or model.appeal is not None:
            expected = AppealNotNow
        if self.tried(self._appeal(actor), expected):
            model.appeal = self.given

    async def _appeal(self, actor: Actor) -> None:
        self.given = await appeals.make_appeal(actor, self.number, "请复核", clock=self.world.clock)

    @precondition(lambda self: self.model.appeal is not None)
    @rule(who=WHO, uphold=st.booleans())
    def an_appeal_is_answered(self, who: str, uphold: bool) -> None:
        model, actor = self.model, self.actor(who)
        assert model.appeal is not None
        expected: type[Refusal] | None = None
        if not may(actor, Right.APPEAL_DECIDE):
            expected = NotAllowed
        elif model.ever_decided & actor.hands:
            expected = SamePersonTwice
        elif uphold and Act.REOPEN not in MOVES[model.state]:
            expected = IllegalMove
        work = appeals.decide_appeal(actor, self.number, model.appeal, uphold=uphold, answer="答复", clock=self.world.clock)
        if self.tried(work, expected):
            model.appeal = None
            if uphold:
                model.move(Act.REOPEN)

    def teardown(self) -> None:
        """At the end of a run everything agrees."""
        if hasattr(self, "number"):
            self.world.run(self._agrees())

    async def _agrees(self) -> None:
        model = self.model
        async with read_transaction():
            claim = await review_store.claim_by_number(self.number, None)
            steps = await review_store.steps_of(claim.id)
            payables = await payable_store.payables_of(self.number)
            holds = await payable_store.open_holds([self.number])
        assert (claim.state, claim.version, claim.returned, len(steps)) == (model.state, model.version, model.returned, model.steps)
        open_fen = [each.fen for each in payables if each.state is not PayableState.RELEASED]
        assert open_fen == ([model.entered] if model.state in ENTERED else [])
        assert bool(holds) is (model.appeal is not None)
        assert all(each.to_state is MOVES[each.from_state][each.act] for each in steps)
        assert all(one.to_state is other.from_state for one, other in itertools.pairwise(steps))


def test_every_role_may_do_what_it_likes(world: World) -> None:
    bounds = settings(max_examples=RUNS, stateful_step_count=STEPS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    Life.world = world
    run_state_machine_as_test(Life, settings=bounds)
    world.run(assert_sound())
    assert next(world.counter) > RUNS
