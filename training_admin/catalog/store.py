"""Queries of the catalog: item versions and filed classes as known at an instant."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from training_admin.catalog.facts import CatalogItem, Filing
from training_admin.database import copy_rows, fetch_tuples

_ITEM_FIELDS = CatalogItem.__struct_fields__
_FILING_FIELDS = (
    "class_no",
    "enterprise",
    "institution",
    "stream",
    "item",
    "start",
    "end",
    "planned_centihours",
    "delivered_centihours",
    "enrolled",
    "mode",
    "filed_at",
    "approved_at",
    "theory_test",
    "practical_test",
    "online_centihours",
)


async def add_items(items: Iterable[CatalogItem], *, paper: str, known_since: datetime) -> None:
    """Publish item versions known from an instant on."""
    rows = [(*(getattr(item, name) for name in _ITEM_FIELDS), paper, known_since) for item in items]
    await copy_rows("catalog_item", (*_ITEM_FIELDS, "paper", "known_since"), rows)


async def load_items(item_codes: Sequence[str], known_at: datetime) -> tuple[CatalogItem, ...]:
    """Every period of the named items; for one item and start the version known last counts."""
    found = await fetch_tuples(
        f"""SELECT DISTINCT ON (item_code, valid_from) {", ".join(_ITEM_FIELDS)} FROM catalog_item
            WHERE item_code = ANY($1) AND known_since <= $2
            ORDER BY item_code, valid_from, known_since DESC, id DESC""",  # noqa: S608 - names of our own struct
        list(item_codes),
        known_at,
    )
    return tuple(CatalogItem(*row) for row in found)


async def add_filings(delivery: int, filings: Iterable[Filing]) -> None:
    """Filed classes of one delivery."""
    rows = [(delivery, *(getattr(filing, name) for name in _FILING_FIELDS)) for filing in filings]
    await copy_rows("filing_version", ("delivery", *_FILING_FIELDS), rows)


async def load_filings(class_nos: Sequence[str], known_at: datetime) -> dict[str, Filing]:
    """The named classes as the newest delivery by then describes them."""
    names = ", ".join(f'f."{name}"' for name in _FILING_FIELDS)
    found = await fetch_tuples(
        f"""SELECT DISTINCT ON (f.class_no) {names} FROM filing_version f JOIN delivery d ON d.id = f.delivery
            WHERE f.class_no = ANY($1) AND d.received_at <= $2
            ORDER BY f.class_no, d.received_at DESC, f.id DESC""",  # noqa: S608 - names of our own struct
        list(class_nos),
        known_at,
    )
    return {row[0]: Filing(**dict(zip(_FILING_FIELDS, row, strict=True))) for row in found}
