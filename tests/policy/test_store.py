"""Policy is stored append only with two clocks; adoption takes two persons and cases that hold."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.policy.deciding import adopt, record
from training_admin.catalog.parameters import ATT_PERSON_MIN
from training_admin.database import DatabaseFault, counted_queries, fetch_tuples, read_transaction, write_transaction
from training_admin.kit.clock import FixedClock
from training_admin.kit.dated import Standing
from training_admin.policy.adoption import FigureRefused, NewFigure, VersionChanged
from training_admin.policy.packs import DEFAULT_PACK, load_pack, open_pack
from training_admin.policy.store import PackNotAdopted, load_policy

pytestmark = pytest.mark.usefixtures("database")

DAY = date(2026, 3, 2)


def new_figure(**changes: Any) -> NewFigure:
    figure = NewFigure(
        key=ATT_PERSON_MIN.key,
        value="0.85",
        start=date(2026, 1, 1),
        end=None,
        paper="测试文件〔2026〕1号",
        standing=Standing.FOUND,
        local_standing=Standing.FOUND,
    )
    return msgspec.structs.replace(figure, **changes)


async def test_a_new_database_holds_the_default_pack_as_the_file_says(clock: FixedClock) -> None:
    async with read_transaction():
        with counted_queries() as queries:
            policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
    assert policy == load_pack(DEFAULT_PACK)
    assert len(queries) <= 2


async def test_a_pack_that_was_not_adopted_yet_is_not_found(clock: FixedClock) -> None:
    async with read_transaction():
        with pytest.raises(PackNotAdopted):
            await load_policy("tianjin-2022", known_at=clock.now())
        with pytest.raises(PackNotAdopted):
            await load_policy(DEFAULT_PACK, known_at=datetime(2019, 12, 31, tzinfo=UTC))


async def test_an_adopted_pack_is_in_use_from_that_instant_on(clock: FixedClock) -> None:
    before = clock.now()
    clock.move(timedelta(hours=1))
    number = await adopt(open_pack("tianjin-2022"), clock=clock)
    clock.move(timedelta(hours=1))
    async with read_transaction():
        assert await load_policy("tianjin-2022", known_at=clock.now()) == load_pack("tianjin-2022")
        with pytest.raises(PackNotAdopted):
            await load_policy("tianjin-2022", known_at=before)
        events = await fetch_tuples("SELECT actor, event, subject FROM trail ORDER BY number")
    assert events == [("officer-1", "policy:proposal:made", number), ("officer-2", "policy:pack:adopted", "tianjin-2022")]


async def test_the_same_version_may_be_adopted_again_but_not_with_other_content(clock: FixedClock) -> None:
    pack = open_pack(DEFAULT_PACK)
    await adopt(pack, clock=clock)
    changed = msgspec.structs.replace(pack, file=msgspec.structs.replace(pack.file, title="另一个标题"))
    with pytest.raises(VersionChanged):
        await adopt(changed, clock=clock)


async def test_a_figure_known_later_changes_nothing_that_was_known_before(clock: FixedClock) -> None:
    before = clock.now()
    clock.move(timedelta(days=1))
    await record(new_figure(), clock=clock)
    clock.move(timedelta(days=1))
    async with read_transaction():
        earlier = await load_policy(DEFAULT_PACK, known_at=before)
        later = await load_policy(DEFAULT_PACK, known_at=clock.now())
    assert (earlier.at(ATT_PERSON_MIN, DAY), later.at(ATT_PERSON_MIN, DAY)) == (8000, 8500)
    assert later.at(ATT_PERSON_MIN, date(2025, 12, 31)) == 8000
    assert earlier == load_pack(DEFAULT_PACK)


async def test_ranges_keep_their_type_in_the_database(clock: FixedClock) -> None:
    figure = new_figure(key="app.share.general", value=["0.1", "0.3"])
    await record(figure, clock=clock)
    clock.move(timedelta(days=1))
    async with read_transaction():
        policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
    assert policy.values["app.share.general"][-1].value == (1000, 3000)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"key": "no.such"}, id="unknown key"),
        pytest.param({"value": "most"}, id="no number"),
        pytest.param({"end": date(2025, 12, 31)}, id="ends before it starts"),
    ],
)
async def test_a_figure_that_does_not_fit_is_refused(clock: FixedClock, wrong: dict[str, Any]) -> None:
    with pytest.raises(FigureRefused) as refused:
        await record(new_figure(**wrong), clock=clock)
    assert refused.value.extra["key"] in {"no.such", ATT_PERSON_MIN.key}


@pytest.mark.parametrize("table", ["policy_paper", "policy_pack", "policy_figure", "policy_adoption"])
async def test_stored_policy_cannot_be_changed_or_deleted(table: str) -> None:
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id + 1", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(DatabaseFault) as fault:
            async with write_transaction():
                await fetch_tuples(statement)
        assert fault.value.constraint == "policy_append_only"
