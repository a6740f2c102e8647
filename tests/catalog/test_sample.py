"""Catalog files are read strictly, one version per item and day."""

import json
from datetime import date
from typing import Any

import pytest

from training_admin.catalog.facts import item_on
from training_admin.catalog.sample import CatalogUnreadable, item_name, read_catalog, sample_catalog

ITEM: dict[str, Any] = {
    "item_code": "X-1",
    "category": "A 职业技能等级",
    "occupation_code": "6-18-01-01",
    "occupation_name": "车工",
    "level": 4,
    "std_hours": "120.5",
    "std_amount": 2000.5,
    "base_amount": None,
    "urgent": False,
    "fund": "LES",
    "valid_from": "2026-01-01",
    "valid_to": "2026-06-30",
    "groups": ["E"],
}


def _catalog(*items: dict[str, Any]) -> bytes:
    return json.dumps({"items": items}).encode()


def test_the_sample_catalog_has_61_items_with_joined_names() -> None:
    items = {item.item_code: item for item in sample_catalog()}
    assert len(items) == 61
    welder = items["SJ2026-A-008"]
    assert (welder.name, welder.level, welder.std_centihours, welder.std_fen, welder.base_fen) == (
        "焊工（四级）",
        "4",
        12_000,
        200_000,
        140_000,
    )
    assert items["SJ2026-F-061"].name == "安全生产岗位培训"


def test_an_item_is_read_in_fen_and_hundredths_of_hours() -> None:
    item = read_catalog(_catalog(ITEM))[0]
    assert (item.std_centihours, item.std_fen, item.base_fen, item.pilot) == (12_050, 200_050, None, False)


def test_names_of_the_highest_levels_use_their_words() -> None:
    assert item_name("焊工", "11") == "焊工（特级技师）"


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"level": 9}, id="unknown level"),
        pytest.param({"std_hours": 0}, id="no hours"),
        pytest.param({"std_hours": "1.234"}, id="hours too fine"),
        pytest.param({"std_amount": "-1"}, id="negative amount"),
        pytest.param({"base_amount": "1.234"}, id="amount too fine"),
    ],
)
def test_a_wrong_item_is_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(CatalogUnreadable) as refused:
        read_catalog(_catalog({**ITEM, **wrong}))
    assert refused.value.extra["item"] == "X-1"


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"items": [{}]}'])
def test_a_file_that_is_no_catalog_is_refused(content: bytes) -> None:
    with pytest.raises(CatalogUnreadable):
        read_catalog(content)


def test_versions_of_one_item_may_adjoin_but_not_overlap() -> None:
    later = {**ITEM, "valid_from": "2026-07-01", "valid_to": None, "std_amount": 2200}
    items = read_catalog(_catalog(later, ITEM))
    first, second = item_on(items, "X-1", date(2026, 6, 30)), item_on(items, "X-1", date(2026, 7, 1))
    assert first is not None
    assert second is not None
    assert (first.std_fen, second.std_fen) == (200_050, 220_000)
    assert item_on(items, "X-1", date(2025, 12, 31)) is None
    with pytest.raises(CatalogUnreadable):
        read_catalog(_catalog({**ITEM, "valid_to": None}, later))
