"""Signed heads beside the database: what a lost, damaged, cut or contradicted file of them means, and how one goes on after a roll-back."""

from datetime import timedelta

import pytest

from training_admin.commands.work import anchor_regularly
from training_admin.database import engine, execute_script, fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import FixedClock
from training_admin.office import anchors, trail
from training_admin.office.anchors import AnchorsUnwritable, anchor_file, anchor_head, append, keep, read_anchors, still_leads_through
from training_admin.office.heads import signed_head
from training_admin.office.trail_acceptance import BadReason, Inexplicable, NothingToExplain, accept_rollback
from training_admin.office.trail_check import check_trail
from training_admin.office.trail_faults import Kind
from training_admin.settings import Settings

pytestmark = pytest.mark.usefixtures("database")
REASON = "演练后恢复了较早的备份"


async def record(clock: FixedClock, rows: int = 1) -> None:
    for number in range(rows):
        async with write_transaction():
            await trail.record(COMMAND_LINE, "subsidy:claim:submitted", f"2026-{number}", at=clock.now())


async def roll_back_to(number: int) -> None:
    async with engine.transaction():
        await execute_script(
            f"SET LOCAL session_replication_role = replica; DELETE FROM trail WHERE number > {number};"
            f"UPDATE trail_head SET number = {number}, hash = (SELECT hash FROM trail WHERE number = {number})"
        )


async def kinds() -> list[tuple[Kind, int]]:
    return [(fault.kind, fault.row) for fault in (await check_trail()).faults]


async def test_the_first_anchor_is_told_in_the_trail_once(clock: FixedClock) -> None:
    await record(clock)
    first, again = await anchor_head(clock), await anchor_head(clock)
    assert first.number == again.number == 2
    async with read_transaction():
        assert await fetch_tuples("SELECT count(*) FROM trail WHERE event = 'office:trail:anchored'") == [(1,)]
    assert len(anchor_file().read_bytes().splitlines()) == 2  # before and after that row; the same head is not repeated
    assert anchor_file().stat().st_mode & 0o777 == 0o600
    assert await kinds() == []


async def test_a_lost_file_is_a_fault_and_is_not_made_anew(clock: FixedClock) -> None:
    await record(clock)
    await anchor_head(clock)
    anchor_file().unlink()
    assert not await still_leads_through()
    await anchor_head(clock)
    assert not anchor_file().exists()
    assert await kinds() == [(Kind.ANCHORS_LOST, 0)]
    await accept_rollback(COMMAND_LINE, REASON, clock=clock)
    assert await kinds() == []
    assert await still_leads_through()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param((b'"number":2', b'"number":1'), id="number"),
        pytest.param((b'"kept":null', b'"kept":0'), id="kept"),
        pytest.param((b'"signature":"', b'"signature":"00'), id="signature"),
        pytest.param((b'{"number"', b'"number"'), id="no JSON"),
    ],
)
async def test_a_changed_anchor_is_told(clock: FixedClock, change: tuple[bytes, bytes]) -> None:
    await record(clock)
    await anchor_head(clock)
    lines = anchor_file().read_bytes().splitlines(keepends=True)
    assert change[0] in lines[-1]
    anchor_file().write_bytes(b"".join([*lines[:-1], lines[-1].replace(*change)]))
    report = await check_trail()
    assert [fault.kind for fault in report.faults] == [Kind.ANCHOR_DAMAGED]
    assert "第 2 行" in report.faults[0].sentence


async def test_a_line_left_half_written_by_a_crash_is_taken_off(clock: FixedClock) -> None:
    await record(clock)
    await anchor_head(clock)
    whole = anchor_file().read_bytes()
    anchor_file().write_bytes(whole + b'{"number":3,"ha')
    assert await kinds() == []
    await record(clock)
    await anchor_head(clock)
    assert await kinds() == []
    assert anchor_file().read_bytes().startswith(whole + b'{"number":3,"hash"')


async def test_a_roll_back_is_found_at_a_glance_and_by_verification(clock: FixedClock) -> None:
    await record(clock, 5)
    await anchor_head(clock)
    assert await still_leads_through()
    await roll_back_to(3)
    assert not await still_leads_through()
    assert await kinds() == [(Kind.ROLLED_BACK, 4)]


async def test_a_roll_back_with_which_people_went_on_is_still_found(clock: FixedClock) -> None:
    await record(clock, 5)
    await anchor_head(clock)
    await roll_back_to(4)
    clock.move(timedelta(days=1))
    await record(clock, 9)
    await anchor_head(clock)
    (kind, row), *_ = await kinds()
    assert (kind, row) == (Kind.REWRITTEN, 5)
    accepted = await accept_rollback(COMMAND_LINE, REASON, clock=clock)
    assert (accepted.row, accepted.kept) == (5, 0)
    assert await kinds() == []


async def test_two_anchors_that_disagree_about_a_row_never_both_hold(clock: FixedClock) -> None:
    await record(clock, 3)
    append(anchor_file(), signed_head(2, "a" * 64, at=clock.now()))
    async with read_transaction():
        own = await trail.hash_of(2)
    assert own is not None
    append(anchor_file(), signed_head(2, own, at=clock.now()))
    assert await kinds() == [(Kind.REWRITTEN, 2)]


async def test_anchors_below_what_was_kept_still_hold_after_an_accepted_roll_back(clock: FixedClock) -> None:
    await record(clock, 3)
    kept = await anchor_head(clock)
    await record(clock, 3)
    await anchor_head(clock)
    await roll_back_to(5)
    await accept_rollback(COMMAND_LINE, REASON, clock=clock)
    assert read_anchors(anchor_file()).hashes[kept.number] == kept.hash
    await roll_back_to(kept.number)
    assert await kinds() == [(Kind.ROLLED_BACK, kept.number + 1)]


async def test_only_what_a_roll_back_explains_is_accepted_and_only_with_a_reason(clock: FixedClock) -> None:
    await record(clock, 5)
    await anchor_head(clock)
    for reason in ("", "太短", "长" * 501, "应 310100199001011234 的要求"):
        with pytest.raises(BadReason):
            await accept_rollback(COMMAND_LINE, reason, clock=clock)
    with pytest.raises(NothingToExplain):
        await accept_rollback(COMMAND_LINE, REASON, clock=clock)
    await roll_back_to(4)
    async with engine.transaction():
        await execute_script("SET LOCAL session_replication_role = replica; UPDATE trail SET actor = 'x' WHERE number = 2")
    with pytest.raises(Inexplicable):
        await accept_rollback(COMMAND_LINE, REASON, clock=clock)


async def test_a_head_printed_otherwise_is_told(clock: FixedClock) -> None:
    await record(clock, 3)
    head = await anchor_head(clock)
    assert (await check_trail([(head.number, head.hash)])).whole
    report = await check_trail([(2, "b" * 64), (99, head.hash)])
    assert [(fault.kind, fault.row) for fault in report.faults] == [(Kind.PRINTED_OTHERWISE, 2), (Kind.PRINTED_OTHERWISE, 99)]


async def test_a_file_that_cannot_be_written_is_told(clock: FixedClock, monkeypatch: pytest.MonkeyPatch, database: Settings) -> None:
    monkeypatch.setattr(anchors, "FILE", "keys.json/trail-anchors.jsonl")
    with pytest.raises(AnchorsUnwritable):
        await keep(signed_head(0, trail.GENESIS, at=clock.now()))


async def test_the_worker_anchors_and_outlives_a_failing_round(clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = 0

    async def pause(_seconds: float) -> None:
        nonlocal rounds
        rounds += 1
        monkeypatch.setattr(anchors, "FILE", "keys.json/nothing.jsonl" if rounds == 1 else "trail-anchors.jsonl")
        if rounds == 3:
            raise InterruptedError

    monkeypatch.setattr("training_admin.commands.work.asyncio.sleep", pause)
    await record(clock)
    with pytest.raises(InterruptedError):
        await anchor_regularly(clock)
    monkeypatch.undo()
    assert read_anchors(anchor_file()).highest == 2
