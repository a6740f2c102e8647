"""Who must not be refused because of what was paid here, who must not be told of it, and what must not be lost of it."""

import asyncio
import contextlib
import os
import random
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from tests.audit.dossiers import dossier_of, verifier
from tests.audit.test_holding import FIRST, carried_on, cleared, due, insured_elsewhere, made
from tests.audit.test_packing import packed
from tests.audit.test_trials import finished
from tests.fund import web_world
from tests.fund.ledger_world import granted
from tests.fund.payment_world import paid, person, rows
from tests.fund.web_world import notice_over, payable_claim, reviewed
from tests.people import sign_in_as
from tests.subsidy import running
from tests.subsidy.conftest import catalog
from tests.subsidy.mended import mended
from tests.subsidy.programme_world import ended, filed, registers, trained
from tests.subsidy.test_dry_run import claimed as class_claimed
from tests.subsidy.test_dry_run import kept, verdicts
from tests.subsidy.test_own_payments import again, doubted, known_rows, paying, record_of, refused, returned, staged, told
from tests.subsidy.test_programme_claims import BUDGET, claimed, given, noticed
from tests.subsidy.test_reviewing import LIFE, do, submitted
from training_admin.apprenticeship.facts import Stage
from training_admin.audit import trial_store
from training_admin.audit.searching import search_period
from training_admin.audit.store import deliveries
from training_admin.audit.trial_store import TrialKind
from training_admin.audit.trials import ask_impact, ask_what_if
from training_admin.commands.replay import replay_records
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.fund import recoveries
from training_admin.fund.case_payments import reapply
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.clock import FixedClock
from training_admin.kit.refusals import Refusal
from training_admin.office.jobs import JobRun
from training_admin.settings import Settings
from training_admin.subsidy import handling_store
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim, assess_staged
from training_admin.subsidy.claims import submit_claim
from training_admin.subsidy.deliveries import receive_registers
from training_admin.subsidy.determination import LineSaid, LineWord
from training_admin.subsidy.dry_run import make_forecast
from training_admin.subsidy.own_payments import PAYMENTS_KNOWN, payments_become_known
from training_admin.subsidy.review_store import claim_by_number
from training_admin.wiring import follow_claim

__all__ = ["catalog"]
# How often a recovery is tried where money was paid: what is recovered never moves again.
RECOVERED = 0.3


async def searched(clock: FixedClock) -> None:
    await search_period(COMMAND_LINE, clock.today() - timedelta(days=30), clock.today(), clock=clock)


async def test_what_came_back_whole_by_a_recovery_was_not_paid(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    ((_subject, whole),) = await due(case)
    await carried_on(await made(case, clock), clock)
    await told(clock)
    mine = await known_rows(case)
    other = await again(clock)
    async with read_transaction():
        key = (await claim_by_number(other, None)).id
    for fen, left in ((1, mine), (whole - 1, [])):
        await came_back(case, fen, f"R{fen}", clock)
        await told(clock)
        assert await known_rows(case) == left
        async with read_transaction():
            assert [each.row for each in await handling_store.overlaps_of(key) if each.settled] == left
    clock.move(timedelta(minutes=1))
    await assess_claim(COMMAND_LINE, other, cause="已知追回", clock=clock)
    assert paying(await record_of(other)) == mine
    report = await replay_records(None)
    assert report.records == report.equal


async def test_a_settlement_tells_what_an_advance_tells_no_longer(database: Settings, clock: FixedClock) -> None:
    await granted(BUDGET, clock)
    await filed(5, clock)
    await receive_registers(DEMO, registers(5), source="测试交付", clock=clock)
    advance = await claimed(Stage.ADVANCE, clock)
    batch = await paid([(await noticed(advance, clock)).subject], clock, follow_claim, reference="advance")
    await told(clock)
    await trained(clock)
    await ended({})
    settlement = await claimed(Stage.SETTLEMENT, clock)
    await given(settlement, clock)
    await told(clock)
    assert (len(await known_rows(advance)), await known_rows(settlement)) == (5, [])
    await returned(batch, clock)
    await told(clock)
    await told(clock)
    assert (await known_rows(advance), len(await known_rows(settlement))) == ([], 5)


async def test_another_firm_is_not_told_what_was_paid_for_a_class(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    await carried_on(await made(case, clock), clock)
    await told(clock)
    book = mended("A", {"B3": "样例（B）", "B4": "91310117X120000174", "B9": "样例（B）"}, sheet="申报表")
    number = (await submit_claim(DEMO, book, readable_only=True, clock=clock)).number
    await assess_claim(COMMAND_LINE, number, cause=FIRST_TIME, clock=clock)
    record = await record_of(number)
    assert {finding.rule for klass in record.classes for finding in klass.findings} == {"FILE-01"}
    assert [each for each in refused(record).values() if case in each] == []
    assert paying(record) == []


@pytest.mark.usefixtures("catalog")
async def test_a_class_that_was_paid_is_forecast_as_before(database: Settings, clock: FixedClock) -> None:
    await running.registers(clock)
    number = await running.approved(clock)
    running.to(clock, running.LAST_EVENING)
    await running.hold(number, clock, days=10)
    await running.examine(number, clock)
    await running.close(number, clock)
    case = (await class_claimed(clock, (number, "10000.00"))).claim_number
    registrar = (await sign_in_as("jiaowu", clock)).actor
    await make_forecast(registrar, number, for_enterprise=False, clock=clock)
    expected = await kept(number)
    await reviewed(case, clock)
    await paid([subject for subject, _fen in await due(case)], clock, follow_claim)
    await told(clock)
    assert await known_rows(case) == [4, 5, 6, 7, 8]
    await make_forecast(registrar, number, for_enterprise=False, clock=clock)
    assert verdicts(await kept(number)) == verdicts(expected)
    assert verdicts(expected)[:5] == ["payable"] * 5
    trial = (await finished(await ask_what_if(DEMO, "", year=2025, clock=clock), clock)).result
    assert trial is not None
    assert (trial.classes.before_fen, trial.classes.changes) == (sum(each.payable_fen for each in expected.people), ())


async def test_who_was_left_out_may_follow_in_a_later_claim(database: Settings, clock: FixedClock) -> None:
    case = await submitted(clock, "A")
    await granted(10**9, clock, business_id="下达")
    mine = paying(await record_of(case))
    await do(LIFE[0][1], case, LIFE[0][0], clock)
    await web_world.cleared(case, clock)
    async with write_transaction():
        claim = await claim_by_number(case, None)
        for row, word in ((mine[0], LineWord.HOLD), (mine[1], LineWord.REFUSE)):
            said = LineSaid(row, word, "", "抽查发现", None, "初审员")
            await handling_store.add_words(claim.id, [row], said, by="A1", at=clock.now(), evidence=None)
    for act, login in LIFE[1:]:
        await do(login, case, act, clock)
    await notice_over(case, clock)
    await paid([subject for subject, _fen in await due(case)], clock, follow_claim)
    await told(clock)
    assert await known_rows(case) == mine[2:]
    other = await again(clock)
    assert paying(await record_of(other)) == mine[:2]
    await searched(clock)
    assert await doubted(other) == set(mine[2:])


async def test_payments_told_and_claims_assessed_side_by_side_lose_nothing(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    mine = paying(await record_of(case))
    await insured_elsewhere(clock, FIRST)
    await carried_on(await made(case, clock), clock)
    await cleared(case, clock)
    await carried_on(await made(case, clock), clock)
    other = await again(clock)
    for _turn in range(2):
        await asyncio.gather(
            *[payments_become_known(JobRun(PAYMENTS_KNOWN, key, clock)) for key in await staged()],
            *[payments_become_known(JobRun(PAYMENTS_KNOWN, key, clock)) for key in await staged()],
            *[assess_claim(COMMAND_LINE, number, cause="已知拨付", clock=clock) for number in (other, case, other)],
        )
    assert await known_rows(case) == mine
    assert paying(await record_of(other)) == []
    report = await replay_records(None)
    assert report.records == report.equal


async def test_an_open_claim_is_assessed_once_after_many_payments(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    batch = await made(case, clock)
    await carried_on(batch, clock)
    other = await again(clock)
    await told(clock)
    await returned(batch, clock)
    await told(clock)
    await insured_elsewhere(clock, FIRST)
    jobs = [key for key in await staged("assess_claim") if key.startswith(f"{other}/delivery-")]
    assert len(jobs) == 3
    clock.move(timedelta(seconds=1))
    for key in jobs:
        await assess_staged(COMMAND_LINE, JobRun("assess_claim", key, clock))
    many = len(paying(await record_of(case)))
    assert await rows(
        """SELECT (detail ->> 'rows')::int, (detail ->> 'gone')::int FROM trail
           WHERE event = 'fund:payment:known' AND subject = $1 ORDER BY number""",
        case,
    ) == [(many, 0), (0, many)]
    assert await rows("SELECT max(place) FROM assessment a JOIN claim c ON c.id = a.claim WHERE c.number = $1", other) == [(2,)]
    assert await rows("SELECT count(*) FROM job_done WHERE key = ANY($1)", jobs) == [(3,)]


async def test_who_audits_a_claim_whose_people_were_paid_before_sees_why(database: Settings, clock: FixedClock, tmp_path: Path) -> None:
    case = await payable_claim(clock)
    await carried_on(await made(case, clock), clock)
    other = await again(clock)
    await told(clock)
    await assess_claim(COMMAND_LINE, other, cause="已知拨付", clock=clock)
    for number in (other, case):
        assert verifier().verify(await dossier_of(number, clock))[0].differences == []
    package = await packed(other, clock, tmp_path, people=True)
    assert len(package.query("SELECT row FROM line_result WHERE outcome = 'REJECT_LINE'")) >= len(await known_rows(case))
    assert len(package.query(f"SELECT 1 FROM paid_training WHERE case_no = '{case}'")) == len(await known_rows(case))
    async with read_transaction():
        key = (await fetch_tuples("SELECT max(id) FROM delivery"))[0][0]
        # One delivery a case would drive those of other departments out of the lists.
        assert [source for source, *_rest in await deliveries(clock.now() + timedelta(days=1))] == ["测试交付"]
        assert [each.words[:4] for each in await trial_store.delivered(most=9)] == ["测试交付"]
    for trial in (
        await ask_what_if(DEMO, "", year=2026, clock=clock),
        await ask_impact(DEMO, TrialKind.DELIVERY, str(key), clock=clock),
    ):
        result = (await finished(trial, clock)).result
        assert result is not None
        assert result.claims.compared
        assert result.claims.changes == ()


class Paying:
    """Random acts over the money of two claims; what does not fit is refused, as people are."""

    def __init__(self, clock: FixedClock, dice: random.Random, firms: Mapping[str, str]) -> None:
        self.clock, self.dice, self.firms = clock, dice, firms
        self.batches: list[str] = []
        self.acts = (self.pay, self.pay, self.give_back, self.give_back, self.apply, self.apply, self.tell, self.tell, self.recover)

    async def step(self, place: int) -> None:
        """One act for one of the claims."""
        self.clock.move(timedelta(seconds=self.dice.choice([1, 90_000])))
        with contextlib.suppress(Refusal):
            await self.dice.choice(self.acts)(self.dice.choice(sorted(self.firms)), f"Z{place}")

    async def pay(self, case: str, reference: str) -> None:
        if subjects := [subject for subject, _fen in await due(case)]:
            self.batches.append(await paid(subjects, self.clock, follow_claim, reference=reference))

    async def give_back(self, _case: str, _reference: str) -> None:
        if self.batches:
            await returned(self.dice.choice(self.batches), self.clock)

    async def apply(self, case: str, _reference: str) -> None:
        await reapply(await person(self.firms[case], self.clock), case, None, clock=self.clock)

    async def tell(self, _case: str, _reference: str) -> None:
        for key in self.dice.sample(keys := await staged(), min(len(keys), 2)):
            await payments_become_known(JobRun(PAYMENTS_KNOWN, key, self.clock))

    async def recover(self, case: str, reference: str) -> None:
        found = await rows("SELECT fen FROM payable WHERE case_no = $1 AND state = 'paid'", case)
        if found and self.dice.random() < RECOVERED:
            await came_back(case, int(str(found[0][0])), reference, self.clock)


async def came_back(case: str, fen: int, reference: str, clock: FixedClock) -> None:
    """A recovery from its proposal to the return of its last fen."""
    number = await recoveries.propose_recovery(await person("dudao", clock), case, people=1, fen=fen, reason="冒名参训", clock=clock)
    chief, by = await person("shending", clock), clock.today() + timedelta(days=30)
    await recoveries.decide_recovery(chief, number, confirm=True, return_by=by, follow=follow_claim, clock=clock)
    clerk, day = await person("caijing", clock), clock.today()
    await recoveries.receive_return(clerk, number, fen=fen, reference=reference, received_on=day, follow=follow_claim, clock=clock)


@pytest.mark.parametrize("seed", range(int(os.environ.get("OWN_PAYMENT_SEEDS", "3"))))
async def test_every_record_replays_whatever_money_moves_between_assessments(database: Settings, clock: FixedClock, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same acts each time
    firms = {await payable_claim(clock, letter): login for letter, login in (("A", "jingban-a"), ("B", "jingban-b"))}
    third = await again(clock)
    paying_act = Paying(clock, dice, firms)
    for place in range(30):
        await paying_act.step(place)
        if place % 3 == 0:
            await assess_claim(COMMAND_LINE, dice.choice([third, *firms]), cause="核验", clock=clock)
    await told(clock)
    for case in firms:
        ((left,),) = await rows(
            """SELECT p.state = 'paid' AND p.fen > (SELECT coalesce(sum(r.settled_fen), 0) FROM recovery r WHERE r.payable = p.id)
               FROM payable p WHERE p.case_no = $1""",
            case,
        )
        assert await known_rows(case) == (paying(await record_of(case, 1)) if left else [])
    report = await replay_records(None)
    assert report.records == report.equal > len(firms)
