"""The catalog as the public sees it: what is in force on a day, found by Chinese, pinyin, initials and code, page by page."""

from datetime import date, timedelta

import msgspec
import pytest

from training_admin.catalog.facts import CatalogItem, ItemDetails, Tier
from training_admin.catalog.pinyin import search_key
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog, sample_details
from training_admin.catalog.search import ItemFilter, ItemNotFound, search_items, show_item
from training_admin.catalog.store import load_items
from training_admin.database import read_transaction
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.kit.dated import Standing

pytestmark = pytest.mark.usefixtures("database")
WELDER = next(item for item in sample_catalog() if item.name == "焊工（四级）")


async def publish_sample(clock: FixedClock) -> None:
    await publish_items(DEMO, sample_catalog(), details=sample_details(), paper="样例目录", clock=clock)


async def names(clock: FixedClock, **wanted: object) -> set[str]:
    found = await search_items(msgspec.convert(wanted, ItemFilter), limit=200, clock=clock)
    assert len(found.items) == found.count
    return {each.item.name for each in found.items}


def test_a_name_is_found_without_a_chinese_keyboard() -> None:
    assert search_key("焊工（四级）") == "焊工（四级） hangongsiji hgsj"


@pytest.mark.parametrize("word", ["焊工", "hangong", "HG", " han gong ", "6-18-02-04"])
async def test_an_item_is_found_by_name_pinyin_initials_and_code(word: str, clock: FixedClock) -> None:
    await publish_sample(clock)
    assert "焊工（四级）" in await names(clock, word=word)
    assert "养老护理员（五级）" not in await names(clock, word=word)


async def test_an_item_is_found_by_its_own_code_and_an_industry(clock: FixedClock) -> None:
    await publish_sample(clock)
    assert await names(clock, word=WELDER.item_code.lower()) == {"焊工（四级）"}
    assert all("半导体" in name or "电子" in name for name in await names(clock, word="c39"))


async def test_filters_narrow_what_is_shown(clock: FixedClock) -> None:
    await publish_sample(clock)
    sample = {item.name: item for item in sample_catalog()}
    assert await names(clock, category="D") == {"低压电工作业(初训)"}
    assert {sample[name].level for name in await names(clock, level="4")} == {"4"}
    assert await names(clock, tier="district") < await names(clock)
    assert {sample[name].urgent for name in await names(clock, urgent=True)} == {True}
    assert {sample[name].pilot for name in await names(clock, pilot=True)} == {True}
    assert await names(clock, fund="EMP") == set()
    assert await names(clock, day=date(2025, 12, 31)) == set()


async def test_pages_follow_each_other_without_gap(clock: FixedClock) -> None:
    await publish_sample(clock)
    after, seen = "", []
    while True:
        found = await search_items(ItemFilter(), after=after, limit=25, clock=clock)
        seen += [each.item.item_code for each in found.items]
        if found.following is None:
            break
        after = found.following
    assert seen == sorted(item.item_code for item in sample_catalog())


async def test_details_come_back_as_published_and_are_an_assumption_without_source(clock: FixedClock) -> None:
    details = ItemDetails(
        tier=Tier.MUNICIPAL, priority_industry="C34", developer="某校", theory_centihours=4800, practice_centihours=7200,
        assessment_fen=35_000, groups=("E", "U"), standing=Standing.FOUND,
    )  # fmt: skip
    bare = msgspec.structs.replace(WELDER, item_code="SJ2026-A-999")
    await publish_items(DEMO, [WELDER, bare], details={WELDER.item_code: details}, paper="文件", clock=clock)
    assert (await show_item(WELDER.item_code, clock=clock)).current.details == details
    assert (await show_item(bare.item_code, clock=clock)).current.details == ItemDetails()


async def test_the_history_of_a_price_shows_what_counts_and_what_was_replaced(clock: FixedClock) -> None:
    def version(**changes: object) -> CatalogItem:
        return msgspec.structs.replace(WELDER, **changes)

    await publish_items(DEMO, [WELDER], paper="一号", clock=clock)
    await publish_items(DEMO, [version(valid_to=date(2026, 6, 30))], paper="二号", clock=clock)
    await publish_items(DEMO, [version(valid_from=date(2026, 7, 1), std_fen=210_000)], paper="二号", clock=clock)
    shown = await show_item(WELDER.item_code, clock=clock)
    assert shown.in_force
    assert [(each.item.std_fen, each.paper) for each in shown.versions] == [(210_000, "二号"), (WELDER.std_fen, "二号")]
    assert [each.paper for each in shown.replaced] == ["一号"]
    later = FixedClock(clock.now() + timedelta(days=400))
    assert not (await show_item(WELDER.item_code, clock=later)).in_force
    with pytest.raises(ItemNotFound):
        await show_item("SJ2026-A-000", clock=clock)


async def test_the_further_columns_change_nothing_for_an_assessment(clock: FixedClock) -> None:
    await publish_items(DEMO, [WELDER], paper="无附加栏", clock=clock)
    async with read_transaction():
        before = await load_items([WELDER.item_code], clock.now())
    later = FixedClock(clock.now() + timedelta(seconds=1))
    await publish_items(DEMO, [WELDER], details=sample_details(), paper="有附加栏", clock=later)
    async with read_transaction():
        assert await load_items([WELDER.item_code], later.now()) == before == (WELDER,)
