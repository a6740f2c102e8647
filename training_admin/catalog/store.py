"""Queries of the catalog: item versions and filed classes as known at an instant."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from training_admin.catalog.facts import CatalogItem, Entry, Filing, ItemDetails, PublishedItem, Tier
from training_admin.database import copy_rows, fetch_tuples
from training_admin.kit.dated import Standing

# Whatever has been published counts at once; the second clock may run some ticks ahead of the first.
LATEST = datetime(9999, 12, 30, tzinfo=UTC)
_ITEM_FIELDS = CatalogItem.__struct_fields__
_DETAIL_FIELDS = ItemDetails.__struct_fields__
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


async def add_items(entries: Iterable[Entry], *, paper: str, known_since: datetime, by: str = "") -> None:
    """Publish item versions with their details, known from an instant on."""
    rows = [
        (*(getattr(entry.item, name) for name in _ITEM_FIELDS), *_detail_values(entry.details), paper, known_since, by) for entry in entries
    ]
    await copy_rows("catalog_item", (*_ITEM_FIELDS, *_DETAIL_FIELDS, "paper", "known_since", "published_by"), rows)


def _detail_values(details: ItemDetails) -> tuple[object, ...]:
    values = {**{name: getattr(details, name) for name in _DETAIL_FIELDS}, "groups": ",".join(details.groups)}
    return tuple(values[name] for name in _DETAIL_FIELDS)


def _published(row: Sequence[object]) -> PublishedItem:
    split, end = len(_ITEM_FIELDS), len(_ITEM_FIELDS) + len(_DETAIL_FIELDS)
    told = dict(zip(_DETAIL_FIELDS, row[split:end], strict=True))
    groups = tuple(group for group in str(told.pop("groups")).split(",") if group)
    tier, standing = Tier(str(told.pop("tier"))), Standing(str(told.pop("standing")))
    details = ItemDetails(groups=groups, tier=tier, standing=standing, **told)  # type: ignore[arg-type] # as the table declares them
    return PublishedItem(CatalogItem(*row[:split]), details, *row[end:])  # type: ignore[arg-type] # as the table declares them


async def load_published(known_at: datetime = LATEST, *, item_code: str | None = None) -> list[PublishedItem]:
    """Every period of every item, or of one, as known at an instant, by code and start; the version known last counts."""
    found = await fetch_tuples(
        f"""SELECT DISTINCT ON (item_code, valid_from) {", ".join((*_ITEM_FIELDS, *_DETAIL_FIELDS))}, paper, known_since, published_by
            FROM catalog_item WHERE known_since <= $1 AND ($2::text IS NULL OR item_code = $2)
            ORDER BY item_code, valid_from, known_since DESC, id DESC""",  # noqa: S608 - names of our own structs
        known_at,
        item_code,
    )
    return [_published(row) for row in found]


async def load_history(*, item_code: str | None = None) -> list[PublishedItem]:
    """Every version ever published, also those replaced since, in the order of becoming known."""
    found = await fetch_tuples(
        f"""SELECT {", ".join((*_ITEM_FIELDS, *_DETAIL_FIELDS))}, paper, known_since, published_by FROM catalog_item
            WHERE $1::text IS NULL OR item_code = $1 ORDER BY known_since, id""",  # noqa: S608 - names of our own structs
        item_code,
    )
    return [_published(row) for row in found]


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
