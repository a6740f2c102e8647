"""What each publication changed, field by field, old beside new: the log of policy.md 7.2 sheet 16 (目录变更表)."""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from training_admin.catalog.columns import CODE, CONTENT_HEADER, END, START, content_row
from training_admin.catalog.facts import CatalogItem, ItemDetails, PublishedItem

NEW_ITEM = "新增项目"


class Change(msgspec.Struct, frozen=True):
    """One changed field of one item, effective on a day, by a paper; `known_since` is when it was published."""

    item_code: str
    name: str
    field: str
    old: str
    new: str
    effective: date
    paper: str
    by: str
    known_since: datetime


def changes(history: Iterable[PublishedItem]) -> list[Change]:
    """Every change in the order of publication; `history` comes in that order.

    A version is compared with the one it replaces (the same start) or follows (the latest start before its own).
    """
    known: dict[str, dict[date, PublishedItem]] = {}
    found: list[Change] = []
    for each in history:
        versions = known.setdefault(each.item.item_code, {})
        before = _before(versions, each.item)
        for field, old, new in differing(None if before is None else (before.item, before.details), (each.item, each.details)):
            item = each.item
            found.append(
                Change(item.item_code, item.name, field, old, new, item.valid_from, each.paper, each.published_by, each.known_since)
            )
        versions[each.item.valid_from] = each
    return found


def _before(versions: dict[date, PublishedItem], item: CatalogItem) -> PublishedItem | None:
    starts = [start for start in versions if start <= item.valid_from]
    return versions[max(starts)] if starts else None


def differing(before: tuple[CatalogItem, ItemDetails] | None, after: tuple[CatalogItem, ItemDetails]) -> list[tuple[str, str, str]]:
    """Field, old and new words of each difference; a new item is one line. The days differ by nature between two periods."""
    if before is None:
        return [(NEW_ITEM, "", after[0].name)]
    passed_over = {CODE} if before[0].valid_from == after[0].valid_from else {CODE, START, END}
    rows = zip(CONTENT_HEADER, content_row(*before), content_row(*after), strict=True)
    return [(field, old, new) for field, old, new in rows if old != new and field not in passed_over]
