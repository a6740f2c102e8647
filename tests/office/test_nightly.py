"""The night's work is staged by whichever worker looks first, also after a round that failed."""

from datetime import timedelta

import pytest

from training_admin.app import NIGHTLY, job_handlers
from training_admin.commands.work import stage_regularly
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings


async def test_a_worker_stages_each_of_the_night_s_jobs_once_a_day(
    database: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = 0

    async def broken(*_arguments: object, **_named: object) -> None:
        raise RuntimeError

    async def pause(_seconds: float) -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            monkeypatch.setattr("training_admin.commands.work.stage_nightly", broken)
        if rounds == 2:
            monkeypatch.undo()
            monkeypatch.setattr("training_admin.commands.work.asyncio.sleep", pause)
            clock.move(timedelta(days=1))
        if rounds == 4:
            raise InterruptedError

    monkeypatch.setattr("training_admin.commands.work.asyncio.sleep", pause)
    with pytest.raises(InterruptedError):
        await stage_regularly(NIGHTLY, clock)
    monkeypatch.undo()
    async with read_transaction():
        found = await fetch_tuples("SELECT entrypoint, payload FROM pgqueuer ORDER BY entrypoint, payload")
    assert [(row[0], row[1].decode()) for row in found] == [(name, day) for name in sorted(NIGHTLY) for day in ("2026-06-01", "2026-06-02")]
    assert set(NIGHTLY) <= set(job_handlers(database))
