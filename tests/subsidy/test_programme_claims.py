"""The money of an apprentice programme on the way of all claims: advance, settlement, what comes back, replay byte for byte."""

from datetime import timedelta

import pytest

from tests.catalog.test_visits import visit
from tests.fund.ledger_world import assert_sound, granted
from tests.fund.payment_world import ACCOUNT, paid, person
from tests.people import sign_in_as
from tests.subsidy.programme_world import NUMBER, ended, filed, registers, trained
from tests.subsidy.test_reviewing import LIFE, do
from training_admin.apprenticeship.facts import Stage
from training_admin.apprenticeship.loading import ProgrammeNotFound
from training_admin.catalog.facts import STREAM_APPRENTICE
from training_admin.catalog.visits import record_visit
from training_admin.database import counted_queries, fetch_tuples, read_transaction, write_transaction
from training_admin.fund import payable_store, recoveries
from training_admin.fund.batch_plan import Due
from training_admin.fund.batch_store import due_rows
from training_admin.fund.line_facts import Cut
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings
from training_admin.subsidy import notices, papers, programme_claims, review_store
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim, decoded_record, load_claim_facts
from training_admin.subsidy.before_payment import missing_before_payment
from training_admin.subsidy.deliveries import receive_registers
from training_admin.subsidy.programme_claims import AlreadyClaimed, ProgrammeNotReady
from training_admin.subsidy.programme_facts import ProgrammeClaimFacts
from training_admin.subsidy.programme_settling import AdvanceChanged
from training_admin.subsidy.recomputing import replay_record
from training_admin.subsidy.review_states import Act, ClaimState
from training_admin.subsidy.reviewing import NotYetAssessed
from training_admin.wiring import follow_claim

BUDGET = 10**9


async def claimed(stage: Stage, clock: FixedClock, *, number: str = NUMBER) -> str:
    clerk = (await sign_in_as("jingban-a", clock)).actor
    receipt = await programme_claims.submit_programme_claim(clerk, number, stage, ACCOUNT, clock=clock)
    await assess_claim(DEMO, receipt.number, cause=FIRST_TIME, clock=clock)
    return receipt.number


async def determined(number: str, clock: FixedClock) -> ClaimState:
    for act, login in LIFE:
        state = await do(login, number, act, clock)
    return state


async def noticed(advance: str, clock: FixedClock) -> Due:
    """Determined and its notice over; what is due of it."""
    await determined(advance, clock)
    await notices.post_notice((await sign_in_as("chushen", clock)).actor, [advance], clock=clock)
    clock.move(timedelta(days=15))
    await notices.close_over(DEMO, clock=clock)
    async with read_transaction():
        return next(row.due for row in await due_rows() if row.due.case_no == advance)


async def given(number: str, clock: FixedClock) -> None:
    """From determination to paid."""
    await paid([(await noticed(number, clock)).subject], clock, follow_claim, reference=number)


async def state_of(number: str) -> ClaimState:
    async with read_transaction():
        return (await review_store.claim_by_number(number, None)).state


async def money(clock: FixedClock) -> programme_claims.ProgrammeMoney:
    return await programme_claims.programme_money((await sign_in_as("jingban-a", clock)).actor, NUMBER)


async def test_advance_and_settlement_are_claimed_reviewed_noticed_and_paid(database: Settings, clock: FixedClock) -> None:
    await granted(BUDGET, clock)
    await filed(20, clock)
    await receive_registers(DEMO, registers(20), source="测试交付", clock=clock)
    advance = await claimed(Stage.ADVANCE, clock)
    async with read_transaction():
        claim = await review_store.claim_by_number(advance, None)
        record = await decoded_record(claim.id, None)
    assert record is not None
    assert {line.outcome.value for line in record.lines} == {"PAY"}, [each for line in record.lines for each in line.findings][:3]
    assert (record.ceiling.computed_fen, record.ceiling.payable_fen) == (12_000_000, 6_000_000)
    with pytest.raises(AlreadyClaimed):
        await claimed(Stage.ADVANCE, clock)
    await given(advance, clock)
    assert await state_of(advance) is ClaimState.PAID
    with pytest.raises(ProgrammeNotReady, match="结束"):
        await claimed(Stage.SETTLEMENT, clock)
    await trained(clock)
    await ended({1: ("completed", ""), 2: ("completed", ""), 3: ("left", "")})
    settlement = await claimed(Stage.SETTLEMENT, clock)
    before = await money(clock)
    assert (before.advanced_fen, before.entitled_fen, before.balance_fen) == (6_000_000, 11_160_000, 5_160_000)
    await given(settlement, clock)
    after = await money(clock)
    assert (after.balance_fen, [each.paid_fen for each in after.claims]) == (0, [6_000_000, 5_160_000])
    await assert_sound()
    async with read_transaction():
        keys = await fetch_tuples("SELECT id FROM assessment ORDER BY id")
    assert all([(await replay_record(key)).equal for (key,) in keys])
    made = await papers.papers_of_claim((await sign_in_as("chushen", clock)).actor, settlement)
    said = " ".join(str(each.content) for each in made)
    assert "企业新型学徒制补贴（结算）" in said
    assert "已预拨60,000.00元" in said


async def test_what_was_advanced_too_much_comes_back_by_a_second_person(database: Settings, clock: FixedClock) -> None:
    await granted(BUDGET, clock)
    await filed(10, clock, level="3")
    await receive_registers(DEMO, registers(10), source="测试交付", clock=clock)
    advance = await claimed(Stage.ADVANCE, clock)
    await given(advance, clock)
    await trained(clock, hours=52 * 100)
    await ended(dict.fromkeys(range(3, 11), ("failed", "")))
    settlement = await claimed(Stage.SETTLEMENT, clock)
    assert (await money(clock)).balance_fen == 1_600_000 - 4_000_000
    assert await determined(settlement, clock) is ClaimState.ARCHIVED
    register, _next = await recoveries.list_recoveries(await person("caijing", clock))
    assert [(each.case_no, each.fen, each.state) for each in register] == [(advance, 2_400_000, "proposed")]
    decider = (await sign_in_as("shending", clock)).actor
    day = clock.today() + timedelta(days=30)
    await recoveries.decide_recovery(decider, register[0].number, confirm=True, return_by=day, follow=follow_claim, clock=clock)
    clerk = await person("caijing", clock)
    await recoveries.receive_return(
        clerk, register[0].number, fen=2_400_000, reference="HK1", received_on=clock.today(), follow=follow_claim, clock=clock
    )
    after = await money(clock)
    assert (after.advanced_fen, after.entitled_fen, after.balance_fen) == (1_600_000, 1_600_000, 0)
    assert await state_of(advance) is ClaimState.RECOVERED
    await assert_sound()


async def test_a_settlement_waits_for_every_part_of_its_advance(database: Settings, clock: FixedClock) -> None:
    await granted(BUDGET, clock)
    await filed(4, clock)
    await receive_registers(DEMO, registers(4), source="测试交付", clock=clock)
    advance = await claimed(Stage.ADVANCE, clock)
    due = await noticed(advance, clock)
    cut = Cut(rows=(4,), fen_by_stream={STREAM_APPRENTICE: due.fen // 4}, words="疑点", whole=False)
    async with write_transaction():
        rest = await payable_store.set_apart(due, cut, by="t", at=clock.now())
    assert rest is not None
    await paid([due.subject], clock, follow_claim, reference="A1")
    await trained(clock)
    await ended({})
    with pytest.raises(ProgrammeNotReady, match=advance):
        await claimed(Stage.SETTLEMENT, clock)
    await paid([rest], clock, follow_claim, reference="A2")
    assert (await money(clock)).advanced_fen == due.fen
    await claimed(Stage.SETTLEMENT, clock)


async def test_a_settlement_waits_for_what_must_come_back_of_its_advance(database: Settings, clock: FixedClock) -> None:
    await granted(BUDGET, clock)
    await filed(4, clock)
    await receive_registers(DEMO, registers(4), source="测试交付", clock=clock)
    advance = await claimed(Stage.ADVANCE, clock)
    await given(advance, clock)
    await trained(clock)
    await ended({})
    async with write_transaction():
        (number,) = await recoveries.recover_advance(DEMO, [advance], fen=100_000, reason="核查", hands=frozenset({"another"}), clock=clock)
    day = clock.today() + timedelta(days=30)
    decider = (await sign_in_as("shending", clock)).actor
    await recoveries.decide_recovery(decider, number, confirm=True, return_by=day, follow=follow_claim, clock=clock)
    with pytest.raises(ProgrammeNotReady, match="尚有追回款未收回"):
        await claimed(Stage.SETTLEMENT, clock)
    clerk = await person("caijing", clock)
    await recoveries.receive_return(
        clerk, number, fen=100_000, reference="HK1", received_on=clock.today(), follow=follow_claim, clock=clock
    )
    settlement = await claimed(Stage.SETTLEMENT, clock)
    await given(settlement, clock)
    assert (await money(clock)).balance_fen == 0
    await assert_sound()


async def test_a_settlement_waits_for_the_visit_and_for_the_apprentices_own_word(database: Settings, clock: FixedClock) -> None:
    await granted(BUDGET, clock)
    await filed(2, clock)
    await receive_registers(DEMO, registers(2), source="测试交付", clock=clock)
    advance = await claimed(Stage.ADVANCE, clock)
    due = await noticed(advance, clock)
    async with read_transaction():
        assert await missing_before_payment([advance], clock=clock) == {advance: []}
    await paid([due.subject], clock, follow_claim, reference=advance)
    await trained(clock)
    await ended({})
    settlement = await claimed(Stage.SETTLEMENT, clock)
    await determined(settlement, clock)
    async with read_transaction():
        assert (await missing_before_payment([settlement], clock=clock))[settlement] == [
            f"INSP-01：班级 {NUMBER} 尚未现场检查合格",
            "CONF-01：有 2 名学徒尚未确认本人参加培养",
        ]
    await record_visit(COMMAND_LINE, visit(class_no=NUMBER, visited_on=clock.today()), clock=clock)
    async with write_transaction():
        await fetch_tuples("INSERT INTO apprentice_voice (apprentice, kind, said_at, answer) SELECT id, 'me', now(), '' FROM apprentice")
    async with read_transaction():
        assert await missing_before_payment([settlement], clock=clock) == {settlement: []}


async def test_nothing_is_taken_back_while_somebody_is_held(database: Settings, clock: FixedClock) -> None:
    await granted(BUDGET, clock)
    await filed(4, clock)
    await receive_registers(DEMO, registers(4), source="测试交付", clock=clock)
    await given(await claimed(Stage.ADVANCE, clock), clock)
    await trained(clock)
    await ended({1: ("open", ""), 2: ("failed", ""), 3: ("failed", ""), 4: ("failed", "")})
    settlement = await claimed(Stage.SETTLEMENT, clock)
    for act, login in LIFE[:3]:
        await do(login, settlement, act, clock)
    with pytest.raises(NotYetAssessed, match="暂缓"):
        await do("shending", settlement, Act.DETERMINE, clock)


async def test_facts_of_a_claim_take_as_many_queries_for_six_as_for_six_hundred(database: Settings, clock: FixedClock) -> None:
    counts = []
    for place, people in enumerate((6, 600)):
        number = f"XT2026000{place}"
        await filed(people, clock, number=number)
        if not place:
            await receive_registers(DEMO, registers(600), source="测试交付", clock=clock)
        await trained(clock, number=number)
        clerk = (await sign_in_as("jingban-a", clock)).actor
        receipt = await programme_claims.submit_programme_claim(clerk, number, Stage.ADVANCE, ACCOUNT, clock=clock)
        async with read_transaction():
            claim = await review_store.claim_by_number(receipt.number, None)
            with counted_queries() as queries:
                facts = await load_claim_facts(claim.id, known_at=clock.now())
        assert isinstance(facts, ProgrammeClaimFacts)
        assert len(facts.programme.apprentices) == people
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


async def test_a_programme_of_another_enterprise_has_no_money_to_see(database: Settings, clock: FixedClock) -> None:
    await filed(2, clock)
    other = (await sign_in_as("jingban-b", clock)).actor
    with pytest.raises(ProgrammeNotFound):
        await programme_claims.programme_money(other, NUMBER)
    assert await programme_claims.last_account(other, "91310117X11000017X") is None


async def _some_comes_back(advance: str, fen: int, clock: FixedClock) -> None:
    """A part of the advance is recovered on its own, decided and returned."""
    async with write_transaction():
        (number,) = await recoveries.recover_advance(DEMO, [advance], fen=fen, reason="核查", hands=frozenset({"another"}), clock=clock)
    day = clock.today() + timedelta(days=30)
    decider = (await sign_in_as("shending", clock)).actor
    await recoveries.decide_recovery(decider, number, confirm=True, return_by=day, follow=follow_claim, clock=clock)
    clerk = await person("caijing", clock)
    await recoveries.receive_return(
        clerk, number, fen=fen, reference=f"HK{fen}", received_on=clock.today(), follow=follow_claim, clock=clock
    )


async def _waiting_settlement(clock: FixedClock, outcomes: dict[int, tuple[str, str]]) -> tuple[str, str]:
    """Ten apprentices of level 3 with their advance paid, and the settlement asked for."""
    await granted(BUDGET, clock)
    await filed(10, clock, level="3")
    await receive_registers(DEMO, registers(10), source="测试交付", clock=clock)
    advance = await claimed(Stage.ADVANCE, clock)
    await given(advance, clock)
    await trained(clock, hours=52 * 100)
    await ended(outcomes)
    return advance, await claimed(Stage.SETTLEMENT, clock)


async def test_what_came_back_after_the_settlement_was_asked_for_is_not_asked_back_again(database: Settings, clock: FixedClock) -> None:
    advance, settlement = await _waiting_settlement(clock, dict.fromkeys(range(3, 11), ("failed", "")))
    await _some_comes_back(advance, 400_000, clock)
    assert await determined(settlement, clock) is ClaimState.ARCHIVED
    register, _next = await recoveries.list_recoveries(await person("caijing", clock))
    assert [(each.fen, each.state) for each in register] == [(2_000_000, "proposed"), (400_000, "settled")]
    (paper,) = [
        each
        for each in await papers.papers_of_claim((await sign_in_as("chushen", clock)).actor, settlement)
        if "应退回" in str(each.content)
    ]
    assert "其中4,000.00元" in str(paper.content)
    assert (await money(clock)).balance_fen == -2_000_000
    await assert_sound()


async def test_nothing_is_asked_back_when_all_of_it_came_back_meanwhile(database: Settings, clock: FixedClock) -> None:
    advance, settlement = await _waiting_settlement(clock, dict.fromkeys(range(3, 11), ("failed", "")))
    await _some_comes_back(advance, 2_400_000, clock)
    assert await determined(settlement, clock) is ClaimState.ARCHIVED
    register, _next = await recoveries.list_recoveries(await person("caijing", clock))
    assert [each.state for each in register] == ["settled"]
    assert (await money(clock)).balance_fen == 0


@pytest.mark.parametrize(
    ("back_fen", "outcomes"),
    [
        pytest.param(2_500_000, dict.fromkeys(range(3, 11), ("failed", "")), id="more came back than was to"),
        pytest.param(400_000, {}, id="the settlement pays"),
    ],
)
async def test_a_settlement_that_would_pay_too_little_is_asked_for_anew(
    database: Settings, clock: FixedClock, back_fen: int, outcomes: dict[int, tuple[str, str]]
) -> None:
    advance, settlement = await _waiting_settlement(clock, outcomes)
    await _some_comes_back(advance, back_fen, clock)
    for act, login in LIFE[:3]:
        await do(login, settlement, act, clock)
    with pytest.raises(AdvanceChanged, match="撤回"):
        await do("shending", settlement, Act.DETERMINE, clock)
    await do("jingban-a", settlement, Act.WITHDRAW, clock)
    anew = await claimed(Stage.SETTLEMENT, clock)
    await given(anew, clock)
    assert (await money(clock)).balance_fen == 0
    await assert_sound()
