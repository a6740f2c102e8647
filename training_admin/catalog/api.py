"""The JSON API of the catalog, under `/api/v1`; public like the catalog itself."""

from datetime import date
from typing import Annotated, Any

from litestar import Request, Router, get
from litestar.params import FromQuery, QueryParameter

from training_admin.catalog.facts import Tier
from training_admin.catalog.schemas import CatalogAnswer, catalog_answer
from training_admin.catalog.search import LONGEST_WORD, ItemFilter, search_items
from training_admin.web import MOST_ROWS, clock_of, page_size, problems

CodeQuery = Annotated[str, QueryParameter(max_length=40)]
WordQuery = Annotated[str, QueryParameter(max_length=LONGEST_WORD)]
TierQuery = Annotated[Tier | None, QueryParameter()]


@get(
    "/catalog",
    operation_id="list_catalog",
    summary="补贴目录",
    description="某一日（默认今日）有效的目录项目，按项目编码排列；word 可为名称、全拼、首字母、项目编码或职业编码的一部分。",
    tags=["补贴目录"],
    responses=problems(400),
    public=True,
)
async def list_catalog(  # noqa: PLR0913 - one argument for each filter
    request: Request[Any, Any, Any],
    *,
    word: WordQuery = "",
    category: CodeQuery = "",
    level: CodeQuery = "",
    tier: TierQuery = None,
    fund: CodeQuery = "",
    urgent: FromQuery[bool] = False,
    pilot: FromQuery[bool] = False,
    day: FromQuery[date | None] = None,
    cursor: CodeQuery = "",
    limit: FromQuery[int] = MOST_ROWS,
) -> CatalogAnswer:
    wanted = ItemFilter(word=word, category=category, level=level, tier=tier or "", fund=fund, urgent=urgent, pilot=pilot, day=day)
    return catalog_answer(await search_items(wanted, after=cursor, limit=page_size(limit), clock=clock_of(request)))


def catalog_api() -> Router:
    """The operations of this room."""
    return Router("/", route_handlers=[list_catalog])
