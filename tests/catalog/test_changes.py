"""The change log: what a publication changed, field by field, against the version it replaces or follows."""

from datetime import UTC, date, datetime

import msgspec

from training_admin.catalog.changes import changes, differing
from training_admin.catalog.columns import CONTENT_HEADER, HEADER, content_row
from training_admin.catalog.facts import CatalogItem, ItemDetails, PublishedItem, Tier
from training_admin.catalog.sample import sample_catalog

ITEM = next(item for item in sample_catalog() if item.name == "焊工（四级）")
BARE = next(item for item in sample_catalog() if item.level is None and item.base_fen is None)
DETAILS = ItemDetails(theory_centihours=4800, practice_centihours=7250, groups=("E", "U"))


def published(item: CatalogItem, details: ItemDetails = DETAILS, *, paper: str = "一号") -> PublishedItem:
    return PublishedItem(item, details, paper, datetime(2026, 6, 1, tzinfo=UTC), "政策审批人")


def test_a_row_has_a_word_for_every_column() -> None:
    assert len(content_row(ITEM, DETAILS)) == len(CONTENT_HEADER) == len(HEADER) - 1
    words = dict(zip(CONTENT_HEADER, content_row(BARE, ItemDetails()), strict=True))
    assert (words["等级"], words["基本价（元）"], words["理论课时"], words["适用人群"]) == ("——", "", "", "")
    assert dict(zip(CONTENT_HEADER, content_row(ITEM, DETAILS), strict=True))["实操课时"] == "72.5"
    endless = msgspec.structs.replace(ITEM, valid_to=None)
    assert dict(zip(CONTENT_HEADER, content_row(endless, DETAILS), strict=True))["有效期止"] == ""


def test_a_new_item_is_one_line_and_a_closed_one_names_the_day() -> None:
    first = published(ITEM)
    closed = published(msgspec.structs.replace(ITEM, valid_to=date(2026, 6, 30)), paper="二号")
    dearer = published(msgspec.structs.replace(ITEM, valid_from=date(2026, 7, 1), std_fen=ITEM.std_fen + 100), paper="二号")
    log = [(each.field, each.old, each.new, each.effective, each.paper) for each in changes([first, closed, dearer])]
    assert log == [
        ("新增项目", "", ITEM.name, ITEM.valid_from, "一号"),
        ("有效期止", "2026-12-31", "2026-06-30", ITEM.valid_from, "二号"),
        ("补贴标准（元）", "2000.00", "2001.00", date(2026, 7, 1), "二号"),
    ]
    assert {each.by for each in changes([first])} == {"政策审批人"}


def test_details_are_compared_too_and_an_earlier_start_follows_nothing() -> None:
    municipal = msgspec.structs.replace(DETAILS, tier=Tier.MUNICIPAL)
    assert differing((ITEM, DETAILS), (ITEM, municipal)) == [("目录层级", "区级增补", "市级")]
    earlier = published(msgspec.structs.replace(ITEM, valid_from=date(2025, 1, 1), valid_to=date(2025, 12, 31)))
    assert [each.field for each in changes([published(ITEM), earlier])] == ["新增项目", "新增项目"]
