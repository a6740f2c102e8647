"""Catalog items with dated prices, and filed classes, as frozen facts. Hours are hundredths of a training hour (45 minutes)."""

from collections.abc import Iterable
from datetime import date

import msgspec

CENTIHOURS_PER_HOUR = 100
STREAM_SKILL = "职业技能类"
STREAM_PROFESSIONAL = "专业技术类"
STREAM_POST = "岗位能力类"
STREAM_GENERAL = "综合素质类"
STREAMS = (STREAM_SKILL, STREAM_PROFESSIONAL, STREAM_POST, STREAM_GENERAL)
LEVEL_RANKS = {"0": 0, "5": 1, "4": 2, "3": 3, "2": 4, "1": 5, "11": 6, "12": 7}
LEVEL_WORDS = {
    "0": "学徒工",
    "5": "五级/初级工",
    "4": "四级/中级工",
    "3": "三级/高级工",
    "2": "二级/技师",
    "1": "一级/高级技师",
    "11": "特级技师",
    "12": "首席技师",
}


class CatalogItem(msgspec.Struct, frozen=True):
    """One catalog item in one period: standard amount and base amount in fen, standard hours, urgency, pilot mark (CAT-01)."""

    item_code: str
    name: str
    category: str
    occupation: str | None
    level: str | None
    std_centihours: int
    std_fen: int
    base_fen: int | None
    urgent: bool
    pilot: bool
    fund: str
    valid_from: date
    valid_to: date | None


class Filing(msgspec.Struct, frozen=True):
    """A class as filed and delivered, from the register: the register decides over the workbook (policy.md part 15).

    `mode` is THEORY or MIXED; the tests are None where the stream has none. `filed_at` and `approved_at` are days.
    """

    class_no: str
    enterprise: str
    institution: str | None
    stream: str
    item: str | None
    start: date
    end: date
    planned_centihours: int
    delivered_centihours: int
    enrolled: int
    mode: str
    filed_at: date | None
    approved_at: date | None
    theory_test: bool | None = None
    practical_test: bool | None = None
    online_centihours: int | None = None


def item_on(items: Iterable[CatalogItem], item_code: str, day: date) -> CatalogItem | None:
    """The version of an item in force on a day (CAT-03), or None."""
    for item in items:
        if item.item_code == item_code and item.valid_from <= day and (item.valid_to is None or day <= item.valid_to):
            return item
    return None


def level_rank(level: str) -> int | None:
    """The rank of a level code, higher is more skilled; None where the code has no rank (policy.md 5.1)."""
    return LEVEL_RANKS.get(level)
