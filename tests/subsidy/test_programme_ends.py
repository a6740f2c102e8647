"""Ends of an apprentice programme's money that words of reviewers, appeals and late decisions lead to: balance = entitled − paid."""

from datetime import date, timedelta

import pytest

from tests.fund.ledger_world import assert_sound, granted
from tests.fund.payment_world import paid, person
from tests.people import sign_in_as
from tests.subsidy.programme_world import NUMBER, ended, filed, registers, trained
from tests.subsidy.test_programme_claims import BUDGET, claimed, given, money
from tests.subsidy.test_reviewing import LIFE, do
from training_admin.apprenticeship.facts import Stage
from training_admin.apprenticeship.loading import load_programme
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.fund import recoveries
from training_admin.fund.batch_store import due_rows
from training_admin.fund.recoveries import RecoveryMoved
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings
from training_admin.subsidy import appeals, notices, review_store
from training_admin.subsidy import apprentice_register as register
from training_admin.subsidy.apprentice_money import PersonMoney
from training_admin.subsidy.deliveries import receive_registers
from training_admin.subsidy.determination import LineWord
from training_admin.subsidy.handling import RowsSpoken, speak_on_rows
from training_admin.subsidy.programme_settling import SettledMeanwhile
from training_admin.subsidy.review_states import Act, ClaimState
from training_admin.wiring import follow_claim


async def _spoken(number: str, clock: FixedClock, word: RowsSpoken) -> None:
    """A claim taken into review, and a word of its reviewer on rows."""
    await do("chushen", number, Act.ACCEPT, clock)
    async with read_transaction():
        version = (await review_store.claim_by_number(number, None)).version
    actor = (await sign_in_as("chushen", clock)).actor
    await speak_on_rows(actor, number, word, version=version, clock=clock)


async def _paid_out(number: str, clock: FixedClock) -> None:
    """From determination to paid."""
    await notices.post_notice((await sign_in_as("chushen", clock)).actor, [number], clock=clock)
    clock.move(timedelta(days=15))
    await notices.close_over(DEMO, clock=clock)
    async with read_transaction():
        subject = next(row.due.subject for row in await due_rows() if row.due.case_no == number)
    await paid([subject], clock, follow_claim, reference=number)


async def _begun(people: int, clock: FixedClock) -> None:
    await granted(BUDGET, clock)
    await filed(people, clock)
    await receive_registers(DEMO, registers(people), source="测试交付", clock=clock)


async def _people_money(clock: FixedClock) -> dict[int, PersonMoney]:
    found = await register.one_register((await sign_in_as("chushen", clock)).actor, NUMBER)
    assert found.money is not None
    return register.money_of_people(found.people[found.programmes[0].id], found.money[NUMBER])


async def test_who_was_left_out_by_a_word_is_entitled_to_nothing(database: Settings, clock: FixedClock) -> None:
    await _begun(4, clock)
    await given(await claimed(Stage.ADVANCE, clock), clock)
    await trained(clock)
    await ended({})
    settlement = await claimed(Stage.SETTLEMENT, clock)
    await _spoken(settlement, clock, RowsSpoken(rows=(2,), word=LineWord.REFUSE, reason="查实没有参加培养"))
    for act, login in LIFE[1:]:
        await do(login, settlement, act, clock)
    determined = await money(clock)
    assert (determined.entitled_fen, determined.balance_fen) == (1_800_000, 600_000)
    await _paid_out(settlement, clock)
    after = await money(clock)
    assert (after.entitled_fen, after.balance_fen) == (1_800_000, 0)
    people = await _people_money(clock)
    assert [people[row].entitled_fen for row in (1, 2, 3, 4)] == [600_000, 0, 600_000, 600_000]
    assert [people[row].settled_fen for row in (1, 2, 3, 4)] == [200_000, 0, 200_000, 200_000]
    await assert_sound()


async def test_who_was_added_by_evidence_is_entitled_and_has_his_share(database: Settings, clock: FixedClock) -> None:
    await _begun(2, clock)
    async with write_transaction():
        await fetch_tuples("UPDATE apprentice SET skilled_post = NULL WHERE place = 2 RETURNING id")
    await trained(clock)
    await ended({})
    settlement = await claimed(Stage.SETTLEMENT, clock)
    assert (await money(clock)).entitled_fen == 600_000
    word = RowsSpoken(rows=(2,), word=LineWord.EVIDENCE, rule="APP-01", reason="岗位说明书", paper=b"%PDF-1.4 paper %%EOF")
    await _spoken(settlement, clock, word)
    for act, login in LIFE[1:]:
        await do(login, settlement, act, clock)
    await _paid_out(settlement, clock)
    after = await money(clock)
    assert (after.entitled_fen, after.balance_fen) == (1_200_000, 0)
    assert [(each.entitled_fen, each.settled_fen) for each in (await _people_money(clock)).values()] == [(600_000, 600_000)] * 2


async def test_an_advance_reopened_after_the_settlement_was_asked_for_pays_nothing(database: Settings, clock: FixedClock) -> None:
    await _begun(4, clock)
    advance = await claimed(Stage.ADVANCE, clock)
    for act, login in (*LIFE[:3], (Act.REFUSE, "shending")):
        await do(login, advance, act, clock, opinion="材料不实")
    appeal = await appeals.make_appeal((await sign_in_as("jingban-a", clock)).actor, advance, "材料属实", clock=clock)
    await trained(clock)
    await ended({})
    settlement = await claimed(Stage.SETTLEMENT, clock)
    assert await appeals.decide_appeal(DEMO, advance, appeal, uphold=True, answer="有理", clock=clock) is ClaimState.ACCEPTED
    for act, login in LIFE[1:3]:
        await do(login, advance, act, clock)
    with pytest.raises(SettledMeanwhile, match=settlement):
        await do("shending", advance, Act.DETERMINE, clock)
    assert await do("shending", advance, Act.REFUSE, clock, opinion="已由结算一并拨付") is ClaimState.REFUSED
    await given(settlement, clock)
    assert (await money(clock)).balance_fen == 0
    await assert_sound()


async def test_a_mentor_may_be_given_another_apprentice_for_one_who_left(database: Settings, clock: FixedClock) -> None:
    await _begun(9, clock)
    async with write_transaction():
        await fetch_tuples(
            "UPDATE apprentice SET outcome = 'left', left_on = '2025-06-02', left_cause = 'own' WHERE place = 1 RETURNING id"
        )
        await fetch_tuples(
            """WITH given AS (UPDATE apprentice SET mentor = (SELECT mentor FROM apprentice WHERE place = 1) WHERE place = 9 RETURNING *)
               INSERT INTO programme_change (programme, apprentice, kind, content, happened_on, reason, asker, hands, asked_at,
                   decision, decider, decided_at, opinion)
               SELECT programme, id,
                   'mentor', '{}', $1, '导师调整', '某人', '{}', $2, 'approved', '他人', $2, '' FROM given RETURNING id""",
            *(date(2025, 6, 2), clock.now()),
        )
    async with read_transaction():
        heads = (await load_programme(NUMBER, as_of=clock.today())).mentor_heads
    assert sorted(heads.values()) == [8]
    async with write_transaction():
        await fetch_tuples("UPDATE apprentice SET left_on = '2025-06-03' WHERE place = 1 RETURNING id")
    async with read_transaction():
        heads = (await load_programme(NUMBER, as_of=clock.today())).mentor_heads
    assert sorted(heads.values()) == [9]


@pytest.mark.parametrize("stage", list(Stage))
async def test_what_is_recovered_after_the_settlement_is_not_due_any_more(database: Settings, clock: FixedClock, stage: Stage) -> None:
    await _begun(4, clock)
    cases = {Stage.ADVANCE: await claimed(Stage.ADVANCE, clock)}
    await given(cases[Stage.ADVANCE], clock)
    await trained(clock)
    await ended({})
    cases[Stage.SETTLEMENT] = await claimed(Stage.SETTLEMENT, clock)
    await given(cases[Stage.SETTLEMENT], clock)
    clerk, officer = await person("caijing", clock), (await sign_in_as("chushen", clock)).actor
    number = await recoveries.propose_recovery(officer, cases[stage], people=1, fen=600_000, reason="查实虚假", clock=clock)
    assert (await money(clock)).balance_fen == 0
    day, decider = clock.today() + timedelta(days=30), (await sign_in_as("shending", clock)).actor
    await recoveries.decide_recovery(decider, number, confirm=True, return_by=day, follow=follow_claim, clock=clock)
    decided = await money(clock)
    assert (decided.entitled_fen, decided.balance_fen) == (1_800_000, -600_000)
    await recoveries.receive_return(
        clerk, number, fen=600_000, reference="HK1", received_on=clock.today(), follow=follow_claim, clock=clock
    )
    returned = await money(clock)
    assert (returned.entitled_fen, returned.balance_fen) == (1_800_000, 0)
    await assert_sound()


async def test_a_settlement_that_takes_back_can_be_appealed_against_and_is_determined_anew(database: Settings, clock: FixedClock) -> None:
    await _begun(4, clock)
    await given(await claimed(Stage.ADVANCE, clock), clock)
    await trained(clock)
    await ended(dict.fromkeys(range(1, 5), ("failed", "")))
    settlement = await claimed(Stage.SETTLEMENT, clock)
    for act, login in LIFE:
        await do(login, settlement, act, clock)
    firm = (await sign_in_as("jingban-a", clock)).actor
    appeal = await appeals.make_appeal(firm, settlement, "结果登记有误", clock=clock)
    assert await appeals.decide_appeal(DEMO, settlement, appeal, uphold=True, answer="重新审核", clock=clock) is ClaimState.ACCEPTED
    (waiting,), _next = await recoveries.list_recoveries(await person("caijing", clock))
    for act, login in LIFE[1:3]:
        await do(login, settlement, act, clock)
    with pytest.raises(RecoveryMoved, match=waiting.number):
        await do("shending", settlement, Act.DETERMINE, clock)
    await recoveries.decide_recovery(DEMO, waiting.number, confirm=False, return_by=None, follow=follow_claim, clock=clock)
    assert await do("shending", settlement, Act.DETERMINE, clock) is ClaimState.ARCHIVED
    register_now, _next = await recoveries.list_recoveries(await person("caijing", clock))
    assert [(each.fen, each.state) for each in register_now] == [(1_200_000, "proposed"), (1_200_000, "refused")]
    assert (await money(clock)).balance_fen == -1_200_000
    await assert_sound()
