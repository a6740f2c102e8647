"""A roster of 5 000 people with 200 seeded faults: which cells are told, that they come back marked, and that mending is enough."""

import io
import time

import msgspec
import openpyxl
import pytest

from tests.catalog.classes import furnished
from tests.catalog.rosters import FAULTS, seed_faults, sound_rows, with_roster
from tests.catalog.test_filing import registrar, shown
from tests.catalog.test_filing_workbook import PATTERN, filled
from tests.subsidy.workbook_judge import LIST_SHEET, assert_equal_but, comments_of
from training_admin.catalog.filing import FilingHindered, save_class, submit_class
from training_admin.catalog.filing_checks import FindingKind
from training_admin.catalog.filing_intake import READ_TASK, FilingIncomplete, laid_out, names_for, read_upload
from training_admin.catalog.filing_workbook import SHEET_ROSTER, FilingRead, Reading
from training_admin.kit.child import MEGABYTE, ChildLimits, run_in_child
from training_admin.kit.clock import FixedClock
from training_admin.kit.workbook.marked import RED
from training_admin.kit.workbook.marking import mark_workbook
from training_admin.kit.workbook.problems import CellProblem

pytestmark = pytest.mark.usefixtures("database")
PEOPLE, SEEDED = 5_000, 200
# Half of what the child may use: a slower machine has room.
HALF = ChildLimits(memory=256 * MEGABYTE, processor_seconds=15, seconds=30.0)


async def test_seeded_faults_are_found_marked_and_taken_after_mending(clock: FixedClock) -> None:
    await furnished(clock)
    actor = await registrar(clock)
    empty = filled(await laid_out(actor, PATTERN, clock=clock))
    rows = sound_rows(PEOPLE)
    before = seed_faults(rows, SEEDED, seed=20261125)
    upload = with_roster(empty, rows)

    began = time.monotonic()
    with pytest.raises(FilingIncomplete) as refused:
        await read_upload(actor, upload, clock=clock)
    assert time.monotonic() - began < HALF.seconds
    assert refused.value.extra["count"] == SEEDED
    problems = msgspec.convert(refused.value.extra["cells"], type=list[CellProblem])
    assert {each.sheet for each in problems} == {SHEET_ROSTER}
    found, expected = {each.cell for each in problems}, set(before)
    hits = len(found & expected)
    assert hits / len(found) >= 0.99, sorted(found - expected)
    assert hits / len(expected) >= 0.99, sorted(expected - found)
    assert not any(row["D"] in str(refused.value.extra) for row in rows if isinstance(row["D"], str) and row["D"].isalnum())

    marked = await mark_workbook(upload, problems)
    assert_equal_but(upload, marked, {SHEET_ROSTER: expected})
    book = openpyxl.load_workbook(io.BytesIO(marked))
    sheet = book[SHEET_ROSTER]
    assert {cell for cell in expected if sheet[cell].fill.fgColor.rgb == RED} == expected
    assert set(comments_of(sheet)) == expected
    assert book[LIST_SHEET].max_row == 3 + SEEDED
    for cell, value in before.items():
        sheet[cell] = value
    target = io.BytesIO()
    book.save(target)

    mended = await read_upload(actor, target.getvalue(), clock=clock)
    assert mended.content is not None
    assert mended.roster is not None
    assert [each.identity for each in mended.roster] == [row["D"] for row in sound_rows(PEOPLE)]
    number = await save_class(actor, mended.content, mended.roster, clock=clock)
    # CLS-02: as a draft it is kept, filed it cannot be.
    assert FindingKind.SIZE_ABOVE in {each.kind for each in (await shown(clock, number)).findings}
    with pytest.raises(FilingHindered, match="请分班备案"):
        await submit_class(actor, number, clock=clock)


async def test_reading_stays_inside_half_of_what_the_child_may_use(clock: FixedClock) -> None:
    await furnished(clock)
    actor = await registrar(clock)
    rows = sound_rows(PEOPLE)
    before = seed_faults(rows, SEEDED, seed=7)
    upload = with_roster(filled(await laid_out(actor, PATTERN, clock=clock)), rows)
    reading = Reading(upload, clock.today(), await names_for(actor, (), clock=clock))
    read = msgspec.msgpack.decode(await run_in_child(READ_TASK, msgspec.msgpack.encode(reading), limits=HALF), type=FilingRead)
    assert read.problem_count == len(before)


@pytest.mark.parametrize("kind", FAULTS)
async def test_each_kind_of_fault_is_told_at_its_cell_alone(clock: FixedClock, kind: str) -> None:
    await furnished(clock)
    actor = await registrar(clock)
    rows = sound_rows(3)
    column, spoil = FAULTS[kind]
    rows[2][column] = spoil(rows[2], rows[0])
    # The template's own six people are overwritten or left below: only the spoilt cell is wrong.
    upload = with_roster(filled(await laid_out(actor, PATTERN, clock=clock)), rows)
    with pytest.raises(FilingIncomplete) as refused:
        await read_upload(actor, upload, clock=clock)
    assert [each["cell"] for each in refused.value.extra["cells"]] == [f"{column}6"]
