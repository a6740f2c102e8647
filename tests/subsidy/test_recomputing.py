"""Records recomputed many at once: those that saw one world share it, those that saw another do not, and a changed fact is told."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.policy.deciding import record
from tests.subsidy.test_claims import submitted
from training_admin.commands.replay import replay_records
from training_admin.database import fetch_tuples, write_transaction
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import FixedClock
from training_admin.kit.dated import Standing
from training_admin.policy.adoption import NewFigure
from training_admin.subsidy.assessing import assess_claim
from training_admin.subsidy.recomputing import MOST_LINES, worlds_apart
from training_admin.subsidy.store import StoredRecord

FIRST = datetime(2026, 6, 1, 2, tzinfo=UTC)
FIGURE = NewFigure(
    key="att.person_min",
    value="0.99",
    start=date(2020, 1, 1),
    end=None,
    paper="后来的文件",
    standing=Standing.FOUND,
    local_standing=Standing.FOUND,
)


@pytest.mark.usefixtures("district")
async def test_records_of_several_worlds_replay_byte_for_byte_and_a_changed_fact_is_told(clock: FixedClock) -> None:
    first, second = await submitted("A", clock), await submitted("B", clock)
    clock.move(timedelta(days=30))
    await record(FIGURE, clock=clock)
    for number in (second, first):
        await assess_claim(COMMAND_LINE, number, cause="政策数值更正", clock=clock)
    report = await replay_records(None)
    assert (report.records, report.equal, report.different) == (4, 4, ())
    of_one = await replay_records(second)
    assert (of_one.records, of_one.equal) == (2, 2)
    assert report.lines > of_one.lines > 0
    async with write_transaction():
        await fetch_tuples(
            """UPDATE claim_line SET attended_centihours = attended_centihours + 1
               WHERE claim = (SELECT id FROM claim WHERE number = $1) RETURNING id""",
            first,
        )
    report = await replay_records(None)
    assert [each.claim_number for each in report.different] == [first, first]
    assert (report.records, report.equal) == (4, 2)


def stored(key: int, *, minutes: int = 0, lines: int = 10, pack: str = "p") -> StoredRecord:
    return StoredRecord(key, key, str(key), FIRST + timedelta(minutes=minutes), pack, "", lines)


def keys(records: list[StoredRecord], instants: list[datetime], days: list[date]) -> list[list[int]]:
    return [[each.key for each in together] for together in worlds_apart(records, instants, days)]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param([], [], id="none"),
        pytest.param([stored(1), stored(2, minutes=9)], [[1, 2]], id="nothing became known between"),
        pytest.param([stored(1, minutes=9), stored(2, minutes=10)], [[1], [2]], id="at the very instant"),
        pytest.param([stored(1), stored(2, pack="q"), stored(3)], [[1], [2], [3]], id="another pack"),
        pytest.param([stored(1, minutes=20), stored(2, minutes=14 * 60)], [[1], [2]], id="calendar of the next day in Shanghai"),
        pytest.param([stored(1, lines=MOST_LINES), stored(2, lines=1)], [[1], [2]], id="one line too many"),
        pytest.param([stored(1, lines=MOST_LINES - 1), stored(2, lines=1)], [[1, 2]], id="as many lines as may be"),
        pytest.param([stored(1, lines=MOST_LINES + 1), stored(2, lines=1)], [[1], [2]], id="a large claim alone"),
    ],
)
def test_neighbours_share_a_world_until_something_becomes_known(records: list[StoredRecord], expected: list[list[int]]) -> None:
    assert keys(records, [FIRST - timedelta(days=1), FIRST + timedelta(minutes=10)], [date(2026, 1, 1), date(2026, 6, 2)]) == expected
