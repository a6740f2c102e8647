"""A seeded part of a district-year with labelled faults: every one is found by the check that can see it, and no clean line is blocked."""

import logging
import os

import pytest

from tests.audit.recall_apprentices import put_apprentices
from tests.audit.recall_classes import held_here, keep
from tests.audit.recall_money import PERIOD, Handling, keep_handling, put_visit_faults
from tests.audit.recall_registers import put_faults
from tests.audit.recall_runs import Runs, put_run_faults
from tests.audit.recall_score import STATISTICAL, DoubtRow, score
from tests.audit.recall_seed import Seeded
from tests.audit.recall_store import licensed, list_told, refused, stored
from training_admin.audit.doubts import LISTED
from training_admin.audit.searching import search_period
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings

log = logging.getLogger(__name__)
# Another seed gives other places: RECALL_SEEDS="5 6" pytest tests/audit/test_recall.py --log-cli-level=INFO shows the score of each check.
SEEDS = tuple(int(seed) for seed in os.environ.get("RECALL_SEEDS", "11 2026").split())
RECALL_BP, PRECISION_BP, WHOLE_BP = 9_500, 8_000, 10_000


async def doubts_of(numbers: list[str]) -> list[DoubtRow]:
    """What the search has stored, claims told by their places."""
    async with read_transaction():
        found = await fetch_tuples("SELECT subject, class_no, rows, rule, severity FROM audit_doubt WHERE gone_at IS NULL ORDER BY id")
    place_of = {number: place for place, number in enumerate(numbers)}
    return [(place_of.get(subject, subject), class_no, tuple(rows), rule, severity) for subject, class_no, rows, rule, severity in found]


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_labelled_fault_is_found_and_no_clean_line_is_blocked(database: Settings, clock: FixedClock, seed: int) -> None:
    seeded = Seeded(seed)
    put_faults(seeded)
    numbers = await stored(seeded, clock)
    runs = await held_here(seeded, numbers)
    taught = Runs(seeded, runs)
    put_run_faults(taught)
    put_visit_faults(seeded, runs)
    await keep(runs)
    for kind, rows in taught.lists.items():
        await list_told(kind, rows, clock)
    await licensed(seeded)
    handling = Handling(seeded)
    handling.put_faults()
    await keep_handling(handling, numbers)
    await put_apprentices(seeded, clock)
    await search_period(DEMO, *PERIOD, clock=clock)
    result = score(seeded, await doubts_of(numbers), await refused(numbers))
    for line in result.told():
        log.info("seed %d: %s", seed, line)
    assert set(result.labelled) == set(LISTED)
    assert [each for each in result.missed if each.check not in STATISTICAL] == []
    assert {check for check in result.labelled if result.recall_bp(check) < RECALL_BP} == set()
    assert {check for check in STATISTICAL if result.raised[check] and result.precision_bp(check) < PRECISION_BP} == set()
    assert result.blocked == ()
