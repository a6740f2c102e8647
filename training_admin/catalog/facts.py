"""Catalog items with dated prices, and filed classes, as frozen facts. Hours are hundredths of a training hour (45 minutes)."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

import msgspec

from training_admin.kit.dated import Standing
from training_admin.parties import levels

CENTIHOURS_PER_HOUR = 100
STREAM_SKILL = "职业技能类"
STREAM_PROFESSIONAL = "专业技术类"
STREAM_POST = "岗位能力类"
STREAM_GENERAL = "综合素质类"
STREAMS = (STREAM_SKILL, STREAM_PROFESSIONAL, STREAM_POST, STREAM_GENERAL)
# Programmes of apprentices are no stream of classes: nobody files a class under it, it names their money.
STREAM_APPRENTICE = "新型学徒制"
PAID_STREAMS = (*STREAMS, STREAM_APPRENTICE)
LEVEL_RANKS = levels.LEVEL_RANKS
LEVEL_WORDS = levels.LEVEL_WORDS

# The five levels everybody knows, and the eight of 人社部发〔2022〕14号 that add one below and two above (policy.md 5.1).
FIVE_LEVELS = ("5", "4", "3", "2", "1")
EIGHT_LEVELS = ("0", *FIVE_LEVELS, "11", "12")
CATEGORY_WORDS = {
    "A": "职业技能等级",
    "B": "专项职业能力",
    "C": "职业资格",
    "D": "特种作业",
    "E": "区级特色项目",
    "F": "岗位能力",
}
FUND_WORDS = {"LES": "地方教育附加专项资金", "EMP": "就业补助资金", "UI": "失业保险基金"}
GROUP_WORDS = {
    "E": "在职从业人员",
    "U": "失业、协保人员和农村富余劳动力",
    "D": "残疾人",
    "H": "就业困难人员",
    "V": "退役士兵",
    "G": "高校毕业学年学生",
    "M": "中职毕业学年学生",
}


class Tier(StrEnum):
    """Who put an item on its list: the municipal labour department, or the district beside it (CAT-01)."""

    MUNICIPAL = "municipal"
    DISTRICT = "district"


TIER_WORDS = {Tier.MUNICIPAL: "市级", Tier.DISTRICT: "区级增补"}


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


class ItemDetails(msgspec.Struct, frozen=True, kw_only=True):
    """What else CAT-01 tells about an item and no amount depends on; assessments never read it.

    Hours in hundredths, the assessment fee in fen, None where the paper says nothing. `priority_industry` is a division of GB/T 4754,
    `groups` are codes of `GROUP_WORDS`. Without a source the standing is an assumption.
    """

    tier: Tier = Tier.DISTRICT
    priority_industry: str | None = None
    developer: str | None = None
    theory_centihours: int | None = None
    practice_centihours: int | None = None
    assessment_fen: int | None = None
    groups: tuple[str, ...] = ()
    standing: Standing = Standing.ASSUMED


class PublishedItem(msgspec.Struct, frozen=True):
    """A version of an item as published: the paper it stands on, the instant since when it is known, and who published it."""

    item: CatalogItem
    details: ItemDetails
    paper: str
    known_since: datetime
    published_by: str = ""


class Entry(msgspec.Struct, frozen=True):
    """An item with its details, as it is proposed and published."""

    item: CatalogItem
    details: ItemDetails


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


def category_letter(category: str) -> str:
    """The letter of a category as items write it (`A 职业技能等级`); "" where it bears none (CAT-02)."""
    letter = category[:1]
    return letter if letter in CATEGORY_WORDS else ""
