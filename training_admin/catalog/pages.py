"""Public pages of the catalog: search with filters, one item with its price history and papers, the list as CSV."""

import asyncio
from datetime import date
from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Template

from training_admin.catalog.columns import HEADER, content_row
from training_admin.catalog.facts import (
    CATEGORY_WORDS,
    EIGHT_LEVELS,
    FUND_WORDS,
    GROUP_WORDS,
    LEVEL_WORDS,
    TIER_WORDS,
    Tier,
)
from training_admin.catalog.search import LONGEST_WORD, ItemFilter, search_items, show_item
from training_admin.catalog.workbooks import catalog_workbook
from training_admin.web import clock_of, csv_download, download, page

Asked = Request[Any, Any, Any]
SHOWN = 50
MOST_EXPORTED = 20_000
WORDS = {"categories": CATEGORY_WORDS, "levels": LEVEL_WORDS, "tiers": TIER_WORDS, "funds": FUND_WORDS, "groups": GROUP_WORDS}
CodeQuery = Annotated[str, QueryParameter(max_length=40)]
Wanted = NamedDependency[ItemFilter]
WordQuery = Annotated[str, QueryParameter(max_length=LONGEST_WORD)]


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
    return csv_download(
        HEADER,
        [(*content_row(each.item, each.details), each.paper) for each in found.items],
        filename=f"补贴目录-{found.day.isoformat()}.csv",
    )


@get("/catalog.xlsx", include_in_schema=False, public=True, dependencies={"wanted": Provide(wanted_items)})
async def catalog_xlsx(request: Asked, wanted: Wanted) -> Response[bytes]:
    found = await search_items(wanted, limit=MOST_EXPORTED, clock=clock_of(request))
    content = await asyncio.to_thread(catalog_workbook, found.items, day=found.day)
    return download(content, filename=f"补贴目录-{found.day.isoformat()}.xlsx")


@get("/catalog/{item_code:str}", include_in_schema=False, public=True)
async def item_page(request: Asked, item_code: FromPath[str]) -> Template:
    return page(
        "catalog/item.html", shown=await show_item(item_code, clock=clock_of(request)), today=clock_of(request).today(), words=WORDS
    )


def catalog_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[catalog_page, catalog_csv, catalog_xlsx, item_page])
