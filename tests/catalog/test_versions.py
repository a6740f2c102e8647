"""How a new version follows the old one: nothing started is touched, nothing overlaps."""

from datetime import date

import msgspec
import pytest

from training_admin.catalog.facts import CatalogItem, category_letter, item_on
from training_admin.catalog.sample import sample_catalog
from training_admin.catalog.versions import VersionRefused, assert_fits, closings

TODAY = date(2026, 6, 1)
ITEM = sample_catalog()[0]


def version(start: str, end: str | None = None, fen: int = 100_000, code: str = ITEM.item_code) -> CatalogItem:
    until = None if end is None else date.fromisoformat(end)
    return msgspec.structs.replace(ITEM, item_code=code, valid_from=date.fromisoformat(start), valid_to=until, std_fen=fen)


@pytest.mark.parametrize(
    ("known", "new", "says"),
    [
        pytest.param([], [version("2026-06-01")], "晚于公布当日", id="starts today"),
        pytest.param([], [version("2026-06-02")], None, id="starts tomorrow"),
        pytest.param([], [version("2026-07-01", "2026-06-30")], "早于有效期起", id="ends before it starts"),
        pytest.param([], [version("2026-07-01", "2026-08-31"), version("2026-08-31")], "重叠", id="two new ones overlap by a day"),
        pytest.param([], [version("2026-07-01", "2026-08-31"), version("2026-09-01")], None, id="two new ones adjoin"),
        pytest.param([], [version("2026-07-01"), version("2026-07-01", code="other")], None, id="two items"),
        pytest.param([version("2026-09-01")], [version("2026-07-01", "2026-09-01")], "重叠", id="reaches into a later one"),
        pytest.param([version("2026-09-01")], [version("2026-07-01")], "重叠", id="without end before a later one"),
        pytest.param([version("2026-09-01")], [version("2026-07-01", "2026-08-31")], None, id="ends before a later one"),
        pytest.param([version("2026-01-01")], [version("2026-07-01")], None, id="follows the one in force"),
        pytest.param([version("2026-09-01", code="other")], [version("2026-07-01")], None, id="another item"),
    ],
)
def test_only_versions_that_fit_are_taken(known: list[CatalogItem], new: list[CatalogItem], says: str | None) -> None:
    if says is None:
        assert_fits(known, new, TODAY)
        return
    with pytest.raises(VersionRefused) as refused:
        assert_fits(known, new, TODAY)
    assert says in refused.value.sentence
    assert len(refused.value.extra["problems"]) == 1


def test_what_is_in_force_ends_the_day_before_and_only_once() -> None:
    old, ended = version("2026-01-01"), version("2025-01-01", "2025-12-31")
    new = [version("2026-09-01", "2026-12-31"), version("2026-07-01", "2026-08-31")]
    assert closings([ended, old], new) == (version("2026-01-01", "2026-06-30"),)
    assert closings([old], [version("2026-01-01")]) == ()
    assert closings([old], [version("2026-07-01", code="other")]) == ()


def test_a_class_keeps_the_version_of_its_start() -> None:
    old, new = version("2026-01-01", fen=1), version("2026-07-01", fen=2)
    known = [*closings([old], [new]), new]
    for day, fen in ((date(2026, 6, 30), 1), (date(2026, 7, 1), 2)):
        found = item_on(known, ITEM.item_code, day)
        assert found is not None
        assert found.std_fen == fen
    assert item_on(known, ITEM.item_code, date(2025, 12, 31)) is None


def test_the_letter_of_a_category() -> None:
    assert (category_letter("A 职业技能等级"), category_letter("其他"), category_letter("")) == ("A", "", "")
