"""Catalog files: the sample catalog that comes with the program, and catalogs of the same shape (CAT-01, CAT-03)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from importlib.resources import files
from itertools import pairwise

import msgspec

from training_admin.catalog.facts import CENTIHOURS_PER_HOUR, GROUP_WORDS, LEVEL_WORDS, CatalogItem, ItemDetails, Tier
from training_admin.kit.dated import Standing
from training_admin.kit.money import fen_from_decimal
from training_admin.kit.refusals import Unreadable

LEVEL_NUMERALS = {"5": "五级", "4": "四级", "3": "三级", "2": "二级", "1": "一级"}
LARGEST_HOURS = 10_000


class CatalogUnreadable(Unreadable):
    """The catalog file is not one; the item and the cause are named."""

    code = "catalog-unreadable"
    title = "补贴目录无法识别"


class _Item(msgspec.Struct, frozen=True):
    item_code: str
    category: str
    occupation_code: str | None
    occupation_name: str
    level: int | str | None
    std_hours: Decimal
    std_amount: Decimal
    base_amount: Decimal | None
    urgent: bool
    fund: str
    valid_from: date
    valid_to: date | None = None
    pilot_uplift: bool = False
    theory_hours: Decimal | None = None
    practice_hours: Decimal | None = None
    assessment_amount: Decimal | None = None
    groups: tuple[str, ...] = ()
    tier: Tier = Tier.DISTRICT
    priority_industry: str | None = None
    developer: str | None = None
    standing: Standing = Standing.ASSUMED


class _File(msgspec.Struct, frozen=True):
    items: tuple[_Item, ...]


def sample_catalog() -> tuple[CatalogItem, ...]:
    """The sample catalog: made for trying the program out, not policy."""
    return read_catalog(_sample_bytes())


def sample_details() -> dict[str, ItemDetails]:
    """What else the sample catalog tells of its items, by item code."""
    return read_details(_sample_bytes())


def _sample_bytes() -> bytes:
    return files("training_admin.catalog").joinpath("data", "sample_catalog.json").read_bytes()


def read_catalog(content: bytes) -> tuple[CatalogItem, ...]:
    """Catalog items from a file in the shape of the sample catalog; raises CatalogUnreadable naming item and cause."""
    items = tuple(_item(item) for item in _decoded(content).items)
    _refuse_overlaps(items)
    return items


def read_details(content: bytes) -> dict[str, ItemDetails]:
    """The further columns of the same file by item code; raises CatalogUnreadable naming item and cause."""
    return {item.item_code: _details(item) for item in _decoded(content).items}


def _decoded(content: bytes) -> _File:
    try:
        return msgspec.json.decode(content, type=_File)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CatalogUnreadable("补贴目录文件缺少栏目或栏目类型不符，请按样例目录的格式整理后重试。", where=str(error)) from None


def item_name(occupation: str, level: str | None) -> str:
    """The name of an item as filed: `焊工（四级）`, or the bare name where the item has no level."""
    if level is None:
        return occupation
    return f"{occupation}（{LEVEL_NUMERALS.get(level, LEVEL_WORDS[level])}）"


def _item(item: _Item) -> CatalogItem:
    level = None if item.level is None else str(item.level)
    if level is not None and level not in LEVEL_WORDS:
        raise CatalogUnreadable(f"项目 {item.item_code} 的技能等级 {level} 不在等级代码表中。", item=item.item_code)
    return CatalogItem(
        item_code=item.item_code,
        name=item_name(item.occupation_name, level),
        category=item.category,
        occupation=item.occupation_code,
        level=level,
        std_centihours=_centihours(item.item_code, "标准课时", item.std_hours),
        std_fen=_fen(item.item_code, "补贴标准", item.std_amount),
        base_fen=None if item.base_amount is None else _fen(item.item_code, "基本价", item.base_amount),
        urgent=item.urgent,
        pilot=item.pilot_uplift,
        fund=item.fund,
        valid_from=item.valid_from,
        valid_to=item.valid_to,
    )


def _details(item: _Item) -> ItemDetails:
    unknown = [group for group in item.groups if group not in GROUP_WORDS]
    if unknown:
        raise CatalogUnreadable(f"项目 {item.item_code} 的适用人群 {'、'.join(unknown)} 不在人员类别代码表中。", item=item.item_code)
    code = item.item_code
    return ItemDetails(
        tier=item.tier,
        priority_industry=item.priority_industry,
        developer=item.developer,
        theory_centihours=None if item.theory_hours is None else _centihours(code, "理论课时", item.theory_hours),
        practice_centihours=None if item.practice_hours is None else _centihours(code, "实操课时", item.practice_hours),
        assessment_fen=None if item.assessment_amount is None else _fen(code, "评价费", item.assessment_amount),
        groups=tuple(group for group in GROUP_WORDS if group in item.groups),
        standing=item.standing,
    )


def _centihours(item_code: str, column: str, hours: Decimal) -> int:
    centihours = hours * CENTIHOURS_PER_HOUR
    if centihours != centihours.to_integral_value() or not 0 < hours <= LARGEST_HOURS:
        raise CatalogUnreadable(f"项目 {item_code} 的{column}应大于0且至多两位小数。", item=item_code)
    return int(centihours)


def _fen(item_code: str, column: str, amount: Decimal) -> int:
    fen = fen_from_decimal(amount)
    if fen is None or fen < 0:
        raise CatalogUnreadable(f"项目 {item_code} 的{column}应为不小于0、至多两位小数的金额（元）。", item=item_code)
    return fen


def _refuse_overlaps(items: Iterable[CatalogItem]) -> None:
    """One valid version per item and day (CAT-03)."""
    by_start = sorted(items, key=lambda item: (item.item_code, item.valid_from))
    for before, after in pairwise(by_start):
        if before.item_code == after.item_code and (before.valid_to is None or after.valid_from <= before.valid_to):
            raise CatalogUnreadable(f"项目 {after.item_code} 有两个版本在时间上重叠。", item=after.item_code)
