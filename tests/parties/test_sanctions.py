"""Measures take two persons, rise by themselves, block filings for their days, and can be mended, objected to and lifted."""

from datetime import date, timedelta

import msgspec
import pytest

from tests.parties.resources import entered
from tests.people import ENTERPRISE_A, account, sign_in_as
from tests.web.conftest import sample
from training_admin.database import fetch_tuples, read_transaction
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.actor import DEMO, NotAllowed, SamePersonTwice
from training_admin.kit.clock import FixedClock
from training_admin.office.messages import my_messages
from training_admin.parties.institution_facts import ResourceKind, blocks_on
from training_admin.parties.institution_store import load_institution_facts
from training_admin.parties.ladder import Step
from training_admin.parties.plea_store import PleaNotFound
from training_admin.parties.pleas import PleaWaits, StatementTimeOver, answer_plea, mark_objection, plead
from training_admin.parties.sanction_states import PleaKind, SanctionDecided, StatementTimeRuns
from training_admin.parties.sanction_store import SanctionNotFound
from training_admin.parties.sanctions import (
    Closing,
    Proposed,
    SanctionRefused,
    close_sanction,
    decide_sanction,
    list_sanctions,
    propose_sanction,
    show_sanction,
    tell_sanction,
)
from training_admin.subsidy.deliveries import receive_registers

pytestmark = pytest.mark.usefixtures("database")
TALK = Proposed(INSTITUTION, Step.TALK, "未按课表上课", "测试文件第一条", date(2026, 5, 20))
CREDIT = msgspec.structs.replace(TALK, step=Step.CREDIT)


async def proposed(clock: FixedClock, what: Proposed = TALK) -> str:
    return await propose_sanction((await sign_in_as("dudao", clock)).actor, what, clock=clock)


async def taken(clock: FixedClock, what: Proposed = TALK) -> str:
    number = await proposed(clock, what)
    await decide_sanction((await sign_in_as("shending", clock)).actor, number, confirm=True, reason="", clock=clock)
    return number


async def blocked(clock: FixedClock) -> list[str]:
    async with read_transaction():
        facts = await load_institution_facts(INSTITUTION, clock.today(), known_at=clock.now())
    return [each.number for each in blocks_on(facts, clock.today())]


async def test_a_talk_blocks_until_it_is_mended_and_the_second_is_a_letter(clock: FixedClock) -> None:
    await entered(clock, ResourceKind.SITE)
    number = await proposed(clock)
    assert await blocked(clock) == []
    determiner = (await sign_in_as("shending", clock)).actor
    await decide_sanction(determiner, number, confirm=True, reason="", clock=clock)
    assert await blocked(clock) == [number]
    with pytest.raises(SanctionDecided):
        await decide_sanction(determiner, number, confirm=True, reason="", clock=clock)
    clock.move(timedelta(days=3))
    inspector = (await sign_in_as("dudao", clock)).actor
    await close_sanction(inspector, number, Closing.FIXED, words="现场复查合格", clock=clock)
    assert await blocked(clock) == []
    with pytest.raises(SanctionDecided):
        await close_sanction(inspector, number, Closing.FIXED, words="再次", clock=clock)
    # Repeated, it rises to a letter, and a letter is told first.
    with pytest.raises(StatementTimeRuns):
        await taken(clock)
    second = await told_and_decided(clock, TALK)
    shown = await show_sanction(inspector, second, clock=clock)
    assert (shown.sanction.asked, shown.sanction.step) == (Step.TALK, Step.LETTER)
    assert shown.sanction.fix_by == date(2026, 7, 4)


async def told_and_decided(clock: FixedClock, what: Proposed) -> str:
    number = await proposed(clock, what)
    await tell_sanction((await sign_in_as("dudao", clock)).actor, number, clock=clock)
    await plead((await sign_in_as("jiaowu", clock)).actor, number, PleaKind.STATEMENT, "情况说明", clock=clock)
    await decide_sanction((await sign_in_as("shending", clock)).actor, number, confirm=True, reason="属实", clock=clock)
    return number


async def test_a_credit_record_is_told_stated_decided_objected_to_and_lifted(clock: FixedClock) -> None:
    await entered(clock, ResourceKind.SITE)
    number = await proposed(clock, CREDIT)
    inspector, determiner = (await sign_in_as("dudao", clock)).actor, (await sign_in_as("shending", clock)).actor
    party, other = (await sign_in_as("jiaowu", clock)).actor, (await sign_in_as("jingban-a", clock)).actor
    with pytest.raises(StatementTimeRuns):
        await decide_sanction(determiner, number, confirm=True, reason="", clock=clock)
    assert await tell_sanction(inspector, number, clock=clock) == date(2026, 6, 8)
    assert "告知" in (await my_messages(party, before=None, limit=5))[0][0].title
    with pytest.raises(StatementTimeRuns):
        await decide_sanction(determiner, number, confirm=True, reason="", clock=clock)
    with pytest.raises(SanctionNotFound):
        await plead(other, number, PleaKind.STATEMENT, "不是我的", clock=clock)
    with pytest.raises(SanctionDecided):
        await plead(party, number, PleaKind.OBJECTION, "尚未决定", clock=clock)
    await plead(party, number, PleaKind.STATEMENT, "联系人 13800000000，\n情况说明", clock=clock)
    async with read_transaction():
        sealed = (await fetch_tuples("SELECT sealed_words FROM sanction_plea"))[0][0]
    assert "情况说明".encode() not in sealed
    stands_in = msgspec.structs.replace(determiner, acts_for=inspector.key)
    with pytest.raises(SamePersonTwice):
        await decide_sanction(stands_in, number, confirm=True, reason="", clock=clock)
    await decide_sanction(determiner, number, confirm=True, reason="属实", clock=clock)
    assert await blocked(clock) == [number]
    plea = await plead(party, number, PleaKind.OBJECTION, "事实有误", clock=clock)
    with pytest.raises(PleaWaits):
        await plead(party, number, PleaKind.OBJECTION, "再次", clock=clock)
    with pytest.raises(SanctionDecided):
        await answer_plea(determiner, number, plea, grant=True, answer="先要标注", clock=clock)
    assert (await list_sanctions(inspector, before=None, limit=1, clock=clock))[0][0].open_due == date(2026, 6, 2)
    await mark_objection(inspector, number, plea, transferred=True, clock=clock)
    with pytest.raises(SanctionDecided):
        await mark_objection(inspector, number, plea, transferred=False, clock=clock)
    shown = await show_sanction(party, number, clock=clock)
    assert [(each.kind, each.due) for each in shown.pleas] == [(PleaKind.STATEMENT, None), (PleaKind.OBJECTION, date(2026, 6, 10))]
    assert shown.block is not None
    assert shown.block.last == date(2031, 5, 20)
    with pytest.raises(NotAllowed):
        await close_sanction(inspector, number, Closing.LIFTED, words="撤销", clock=clock)
    await answer_plea(determiner, number, plea, grant=True, answer="异议成立", clock=clock)
    assert await blocked(clock) == []
    assert (await show_sanction(party, number, clock=clock)).standing == "已撤销并移出"
    with pytest.raises(SanctionDecided):
        await plead(party, number, PleaKind.REPAIR, "修复", clock=clock)


async def test_a_credit_record_is_repaired_on_request_and_ends_with_its_years(clock: FixedClock) -> None:
    await entered(clock, ResourceKind.SITE)
    number, second = await told_and_decided(clock, CREDIT), await told_and_decided(clock, CREDIT)
    inspector, determiner = (await sign_in_as("dudao", clock)).actor, (await sign_in_as("shending", clock)).actor
    party = (await sign_in_as("jiaowu", clock)).actor
    with pytest.raises(SanctionDecided):
        await close_sanction(inspector, number, Closing.FIXED, words="不经申请", clock=clock)
    refused = await plead(party, number, PleaKind.REPAIR, "已纠正", clock=clock)
    with pytest.raises(SanctionRefused):
        await plead(party, number, PleaKind.OBJECTION, " ", clock=clock)
    await answer_plea(determiner, number, refused, grant=False, answer="尚未退还", clock=clock)
    with pytest.raises(SanctionDecided):
        await answer_plea(determiner, number, refused, grant=True, answer="再次", clock=clock)
    with pytest.raises(PleaNotFound):
        await answer_plea(determiner, second, refused, grant=True, answer="别的处理", clock=clock)
    asked = await plead(inspector, number, PleaKind.REPAIR, "单位书面申请", clock=clock)
    await answer_plea(determiner, number, asked, grant=True, answer="同意修复", clock=clock)
    assert await blocked(clock) == [second]
    assert (await show_sanction(party, number, clock=clock)).pleas[-1].on_paper
    clock.move(timedelta(days=5 * 366))
    assert await blocked(clock) == []
    assert (await show_sanction(inspector, second, clock=clock)).standing == "查询期满，已移出"
    late = await plead(inspector, second, PleaKind.OBJECTION, "没有日历的年份", clock=clock)
    assert next(each for each in (await show_sanction(inspector, second, clock=clock)).pleas if each.id == late).due is None


async def test_silence_in_the_days_to_state_the_case_lets_the_decision_go_on(clock: FixedClock) -> None:
    await entered(clock, ResourceKind.SITE)
    number = await proposed(clock, msgspec.structs.replace(TALK, step=Step.LETTER))
    await tell_sanction((await sign_in_as("dudao", clock)).actor, number, clock=clock)
    clock.move(timedelta(days=8))
    with pytest.raises(StatementTimeOver):
        await plead((await sign_in_as("jiaowu", clock)).actor, number, PleaKind.STATEMENT, "晚了", clock=clock)
    await decide_sanction((await sign_in_as("shending", clock)).actor, number, confirm=True, reason="", clock=clock)
    with pytest.raises(SanctionDecided):
        await tell_sanction((await sign_in_as("dudao", clock)).actor, number, clock=clock)


async def test_an_enterprise_that_trains_nobody_has_a_credit_record_and_nothing_else(clock: FixedClock) -> None:
    await receive_registers(DEMO, sample("registers_A.json"), source="测试交付", clock=clock)
    await account("jingban-a", clock)
    with pytest.raises(SanctionRefused):
        await proposed(clock, msgspec.structs.replace(TALK, organisation=ENTERPRISE_A))
    number = await proposed(clock, msgspec.structs.replace(CREDIT, organisation=ENTERPRISE_A))
    await tell_sanction((await sign_in_as("dudao", clock)).actor, number, clock=clock)
    party = (await sign_in_as("jingban-a", clock)).actor
    await plead(party, number, PleaKind.STATEMENT, "我们的说明", clock=clock)
    await decide_sanction((await sign_in_as("shending", clock)).actor, number, confirm=False, reason="证据不足", clock=clock)
    assert "不作处理" in (await my_messages(party, before=None, limit=5))[0][0].title
    assert (await show_sanction(party, number, clock=clock)).standing == "不作处理"


async def test_what_is_proposed_is_refused_with_a_reason_and_by_another_person(clock: FixedClock) -> None:
    await entered(clock, ResourceKind.SITE)
    number = await proposed(clock)
    determiner, inspector = (await sign_in_as("shending", clock)).actor, (await sign_in_as("dudao", clock)).actor
    with pytest.raises(SanctionRefused):
        await decide_sanction(determiner, number, confirm=False, reason="", clock=clock)
    stands_in = msgspec.structs.replace(determiner, acts_for=inspector.key)
    with pytest.raises(SamePersonTwice):
        await decide_sanction(stands_in, number, confirm=True, reason="", clock=clock)
    await decide_sanction(determiner, number, confirm=False, reason="证据不足", clock=clock)
    with pytest.raises(SanctionDecided):
        await close_sanction(inspector, number, Closing.FIXED, words="合格", clock=clock)
    assert await blocked(clock) == []


async def test_whom_it_concerns_sees_only_what_was_confirmed_and_only_his_own(clock: FixedClock) -> None:
    await entered(clock, ResourceKind.SITE)
    number = await proposed(clock)
    registrar, other = (await sign_in_as("jiaowu", clock)).actor, (await sign_in_as("jingban-a", clock)).actor
    for actor in (registrar, other):
        with pytest.raises(SanctionNotFound):
            await show_sanction(actor, number, clock=clock)
        assert await list_sanctions(actor, before=None, limit=10, clock=clock) == ([], None)
    await decide_sanction((await sign_in_as("shending", clock)).actor, number, confirm=True, reason="属实", clock=clock)
    again = await told_and_decided(clock, TALK)
    found, following = await list_sanctions(registrar, before=None, limit=1, clock=clock)
    assert [each.sanction.number for each in found] == [again]
    assert following is not None
    assert (await list_sanctions(other, before=None, limit=10, clock=clock))[0] == []


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"facts": " "}, id="no facts"),
        pytest.param({"ground": "x" * 501}, id="ground too long"),
        pytest.param({"organisation": "NOBODY"}, id="unknown organisation"),
        pytest.param({"conduct_ended_on": date(2026, 6, 2)}, id="not yet done"),
    ],
)
async def test_a_wrong_proposal_is_refused(clock: FixedClock, wrong: dict[str, object]) -> None:
    await entered(clock, ResourceKind.SITE)
    with pytest.raises(SanctionRefused):
        await proposed(clock, msgspec.structs.replace(TALK, **wrong))
