"""Measures take two persons, rise by themselves, block filings for their days, and can be mended, objected to and lifted."""

from datetime import date, timedelta

import msgspec
import pytest

from tests.parties.resources import entered
from tests.people import sign_in_as
from training_admin.database import read_transaction
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.actor import NotAllowed, SamePersonTwice
from training_admin.kit.clock import FixedClock
from training_admin.parties.institution_facts import ResourceKind, blocks_on
from training_admin.parties.institution_store import load_institution_facts
from training_admin.parties.ladder import Step
from training_admin.parties.sanction_store import SanctionNotFound
from training_admin.parties.sanctions import (
    Closing,
    Proposed,
    SanctionDecided,
    SanctionRefused,
    close_sanction,
    decide_sanction,
    list_sanctions,
    propose_sanction,
    show_sanction,
)

pytestmark = pytest.mark.usefixtures("database")
TALK = Proposed(INSTITUTION, Step.TALK, "未按课表上课", "测试文件第一条", date(2026, 5, 20))


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
    second = await taken(clock)
    shown = await show_sanction(inspector, second, clock=clock)
    assert (shown.sanction.asked, shown.sanction.step) == (Step.TALK, Step.LETTER)
    assert shown.sanction.fix_by == date(2026, 7, 4)


async def test_a_credit_record_is_objected_to_repaired_and_lifted(clock: FixedClock) -> None:
    await entered(clock, ResourceKind.SITE)
    number = await taken(clock, msgspec.structs.replace(TALK, step=Step.CREDIT))
    inspector, determiner = (await sign_in_as("dudao", clock)).actor, (await sign_in_as("shending", clock)).actor
    await close_sanction(inspector, number, Closing.OBJECTED, words="申请人提出异议", clock=clock)
    shown = await show_sanction(determiner, number, clock=clock)
    assert shown.objection_due == date(2026, 6, 9)
    assert shown.block is not None
    assert shown.block.last == date(2031, 5, 20)
    with pytest.raises(SanctionDecided):
        await close_sanction(inspector, number, Closing.OBJECTED, words="再次", clock=clock)
    with pytest.raises(NotAllowed):
        await close_sanction(inspector, number, Closing.LIFTED, words="撤销", clock=clock)
    await close_sanction(determiner, number, Closing.LIFTED, words="异议成立", clock=clock)
    assert await blocked(clock) == []
    with pytest.raises(SanctionDecided):
        await close_sanction(inspector, number, Closing.FIXED, words="修复", clock=clock)


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
    again = await taken(clock)
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
