"""A claim through acceptance, reviews and determination: by the right people, each once, with what is to be paid entered whole."""

import pytest

from tests.fund.ledger_world import assert_sound, granted
from tests.people import sign_in_as
from tests.web.conftest import sample
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.database import read_transaction
from training_admin.fund import payable_store
from training_admin.fund.payable_store import PayableState
from training_admin.kit.actor import COMMAND_LINE, DEMO, Actor, NotAllowed, SamePersonTwice
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings
from training_admin.subsidy import claims, review_store
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim, decoded_record
from training_admin.subsidy.deliveries import receive_registers
from training_admin.subsidy.determination import LineSaid, LineWord, determined
from training_admin.subsidy.review_states import Act, ClaimState, IllegalMove
from training_admin.subsidy.reviewing import ClaimMoved, NotYetAssessed, ReviewRefused, act_on_claim
from training_admin.subsidy.store import ClaimNotFound

LIFE = ((Act.ACCEPT, "chushen"), (Act.FIRST, "chushen"), (Act.SECOND, "fushen"), (Act.DETERMINE, "shending"))


async def submitted(clock: FixedClock, letter: str = "A", *, assessed: bool = True, registers: bytes | None = None) -> str:
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    await receive_registers(DEMO, registers or sample(f"registers_{letter}.json"), source="测试交付", clock=clock)
    receipt = await claims.submit_claim(COMMAND_LINE, sample(f"claim_{letter}.xlsx"), readable_only=True, clock=clock)
    if assessed:
        await assess_claim(COMMAND_LINE, receipt.number, cause=FIRST_TIME, clock=clock)
    return receipt.number


async def do(
    actor: Actor | str, number: str, act: Act, clock: FixedClock, *, opinion: str = "同意", minutes: str = "纪要1号"
) -> ClaimState:
    if isinstance(actor, str):
        actor = (await sign_in_as(actor, clock)).actor
    async with read_transaction():
        claim = await review_store.claim_by_number(number, None)
    return await act_on_claim(actor, number, act, version=claim.version, opinion=opinion, minutes=minutes, clock=clock)


async def test_a_claim_is_determined_by_three_people_and_its_amount_is_committed(database: Settings, clock: FixedClock) -> None:
    number = await submitted(clock)
    await granted(10**9, clock)
    for act, login in LIFE:
        await do(login, number, act, clock)
    async with read_transaction():
        claim = await review_store.claim_by_number(number, None)
        record = await decoded_record(claim.id, None)
        payables = await payable_store.payables_of(number)
        steps = await review_store.steps_of(claim.id)
    assert claim.state is ClaimState.DETERMINED
    assert record is not None
    assert [each.fen for each in payables] == [record.ceiling.payable_fen]
    assert payables[0].state is PayableState.COMMITTED
    assert [each.act for each in steps] == [act for act, _login in LIFE]
    assert steps[-1].minutes == "纪要1号"
    await assert_sound()


async def test_what_a_reviewer_leaves_out_is_not_paid(database: Settings, clock: FixedClock) -> None:
    number = await submitted(clock)
    async with read_transaction():
        claim = await review_store.claim_by_number(number, None)
        record = await decoded_record(claim.id, None)
    assert record is not None
    paying = [line for line in record.lines if line.payable_fen]
    said = {
        paying[0].row: LineSaid(paying[0].row, LineWord.REFUSE, "", "冒用", None, "某人"),
        paying[1].row: LineSaid(paying[1].row, LineWord.HOLD, "", "待查", None, "某人"),
        paying[2].row: LineSaid(paying[2].row, LineWord.EVIDENCE, "TR-01", "已核", None, "某人"),
    }
    found = determined(record, said)
    assert (found.refused, found.held) == ((paying[0].row,), (paying[1].row,))
    assert found.fen == sum(line.payable_fen for line in paying) - paying[0].payable_fen - paying[1].payable_fen
    assert determined(record, {}).fen == record.ceiling.payable_fen


async def test_nobody_decides_twice_and_nobody_beyond_his_right(database: Settings, clock: FixedClock) -> None:
    number = await submitted(clock)
    with pytest.raises(NotAllowed):
        await do("fushen", number, Act.ACCEPT, clock)
    with pytest.raises(IllegalMove):
        await do("chushen", number, Act.FIRST, clock)
    await do("chushen", number, Act.ACCEPT, clock)
    await do(DEMO, number, Act.FIRST, clock)
    with pytest.raises(SamePersonTwice):
        await do(DEMO, number, Act.SECOND, clock)
    with pytest.raises(NotAllowed):
        await do("jingban-a", number, Act.SECOND, clock)
    with pytest.raises(ClaimNotFound):
        await do("jingban-b", number, Act.WITHDRAW, clock)
    await do("fushen", number, Act.SEND_BACK, clock, opinion="请核对第二班")
    await do("jingban-a", number, Act.WITHDRAW, clock)


async def test_a_claim_is_returned_once_and_needs_words(database: Settings, clock: FixedClock) -> None:
    number = await submitted(clock)
    with pytest.raises(ReviewRefused):
        await do("chushen", number, Act.RETURN, clock, opinion=" ")
    assert await do("chushen", number, Act.RETURN, clock, opinion="补发票") is ClaimState.RETURNED
    async with read_transaction():
        claim = await review_store.claim_by_number(number, None)
    assert claim.returned == 1
    with pytest.raises(ClaimMoved):
        await act_on_claim(DEMO, number, Act.WITHDRAW, version=claim.version - 1, clock=clock)


async def test_a_claim_without_a_whole_assessment_is_not_decided(database: Settings, clock: FixedClock) -> None:
    number = await submitted(clock, assessed=False)
    await do("chushen", number, Act.ACCEPT, clock)
    with pytest.raises(NotYetAssessed):
        await do("chushen", number, Act.FIRST, clock)


async def test_a_determination_without_money_waits(database: Settings, clock: FixedClock) -> None:
    number = await submitted(clock)
    for act, login in LIFE:
        await do(login, number, act, clock)
    async with read_transaction():
        assert (await payable_store.payables_of(number))[0].state is PayableState.WAITING
        waiting = await review_store.waiting_claims([ClaimState.DETERMINED], None, most=10)
    assert [each.number for each in waiting] == [number]
    await granted(10**9, clock)
    async with read_transaction():
        assert (await payable_store.payables_of(number))[0].state is PayableState.COMMITTED
