"""Public pages of the catalog: search with filters, one item with its price history and papers, the list as CSV."""

from datetime import date
from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Template

from training_admin.catalog.facts import (
    CATEGORY_WORDS,
    EIGHT_LEVELS,
    FUND_WORDS,
    GROUP_WORDS,
    LEVEL_WORDS,
    TIER_WORDS,
    PublishedItem,
    Tier,
)
from training_admin.catalog.search import LONGEST_WORD, ItemFilter, search_items, show_item
from training_admin.kit.money import yuan
from training_admin.kit.wording import hundredths
from training_admin.web import clock_of, csv_download, page

Asked = Request[Any, Any, Any]
SHOWN = 50
MOST_EXPORTED = 20_000
WORDS = {"categories": CATEGORY_WORDS, "levels": LEVEL_WORDS, "tiers": TIER_WORDS, "funds": FUND_WORDS, "groups": GROUP_WORDS}
CodeQuery = Annotated[str, QueryParameter(max_length=40)]
Wanted = NamedDependency[ItemFilter]
WordQuery = Annotated[str, QueryParameter(max_length=LONGEST_WORD)]
# The columns of CAT-01 in its order, as every export of the catalog writes them.
HEADER = (
    *("项目编码", "目录层级", "类别", "职业编码", "项目名称", "等级", "标准课时", "理论课时", "实操课时", "补贴标准（元）"),
    *("基本价（元）", "评价费（元）", "紧缺急需", "上浮试点", "适用人群", "资金渠道", "优先产业", "开发单位", "有效期起", "有效期止"),
    *("依据文号", "效力"),
)


async def wanted_items(
    *,
    word: WordQuery = "",
    category: CodeQuery = "",
    level: CodeQuery = "",
    tier: CodeQuery = "",
    fund: CodeQuery = "",
    urgent: FromQuery[bool] = False,
    pilot: FromQuery[bool] = False,
    day: CodeQuery = "",
) -> ItemFilter:
    """The filter of the form; what a form cannot have sent is passed over, an empty day is today."""
    try:
        on = date.fromisoformat(day) if day else None
    except ValueError:
        on = None
    known_tier = tier if tier in set(Tier) else ""
    return ItemFilter(word=word, category=category, level=level, tier=known_tier, fund=fund, urgent=urgent, pilot=pilot, day=on)


def _query(wanted: ItemFilter) -> dict[str, str]:
    """The filter as the fields of an address, empty ones left out."""
    marks = {"urgent": "true" if wanted.urgent else "", "pilot": "true" if wanted.pilot else ""}
    texts = {name: getattr(wanted, name) for name in ("word", "category", "level", "tier", "fund")}
    return {name: value for name, value in {**texts, **marks, "day": wanted.day.isoformat() if wanted.day else ""}.items() if value}


@get("/catalog", include_in_schema=False, public=True, dependencies={"wanted": Provide(wanted_items)})
async def catalog_page(request: Asked, wanted: Wanted, cursor: CodeQuery = "") -> Template:
    found = await search_items(wanted, after=cursor, limit=SHOWN, clock=clock_of(request))
    return page("catalog/list.html", found=found, wanted=wanted, query=_query(wanted), cursor=cursor, order=EIGHT_LEVELS, words=WORDS)


@get("/catalog.csv", include_in_schema=False, public=True, dependencies={"wanted": Provide(wanted_items)})
async def catalog_csv(request: Asked, wanted: Wanted) -> Response[bytes]:
    found = await search_items(wanted, limit=MOST_EXPORTED, clock=clock_of(request))
    return csv_download(HEADER, [csv_row(each) for each in found.items], filename=f"补贴目录-{found.day.isoformat()}.csv")


def _hours(centihours: int | None) -> str:
    return "" if centihours is None else hundredths(centihours)


def _money(fen: int | None) -> str:
    return "" if fen is None else yuan(fen)


def csv_row(each: PublishedItem) -> tuple[object, ...]:
    """A version as a row under `HEADER`."""
    item, details = each.item, each.details
    return (
        *(item.item_code, TIER_WORDS[details.tier], item.category, item.occupation, item.name),
        LEVEL_WORDS[item.level] if item.level else "——",
        *(hundredths(item.std_centihours), _hours(details.theory_centihours), _hours(details.practice_centihours)),
        *(yuan(item.std_fen), _money(item.base_fen), _money(details.assessment_fen)),
        *("是" if item.urgent else "否", "是" if item.pilot else "否"),
        *("、".join(GROUP_WORDS[group] for group in details.groups), FUND_WORDS.get(item.fund, item.fund)),
        *(details.priority_industry, details.developer, item.valid_from, item.valid_to, each.paper, details.standing.words),
    )


@get("/catalog/{item_code:str}", include_in_schema=False, public=True)
async def item_page(request: Asked, item_code: FromPath[str]) -> Template:
    return page(
        "catalog/item.html", shown=await show_item(item_code, clock=clock_of(request)), today=clock_of(request).today(), words=WORDS
    )


def catalog_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[catalog_page, catalog_csv, item_page])
