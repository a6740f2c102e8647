"""Looking the catalog up without login: filters, names by Chinese, pinyin or initials, codes; an item with its price history."""

from datetime import date

import msgspec

from training_admin.catalog import store
from training_admin.catalog.facts import PublishedItem, Tier, category_letter
from training_admin.catalog.pinyin import search_key
from training_admin.database import read_transaction
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import NotFound

LONGEST_WORD = 60


class ItemNotFound(NotFound):
    """No item of this code was ever published."""

    code = "catalog-item-not-found"


class ItemFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for; empty fields ask for nothing. `category` is a letter, `level` a level code, `day` the day in force."""

    word: str = ""
    category: str = ""
    level: str = ""
    tier: str = ""
    fund: str = ""
    urgent: bool = False
    pilot: bool = False
    day: date | None = None


class ItemPage(msgspec.Struct, frozen=True):
    """A page of items in force on `day`, by code; `following` is the code after which the next page begins."""

    items: tuple[PublishedItem, ...]
    count: int
    day: date
    following: str | None


class ItemShown(msgspec.Struct, frozen=True):
    """An item: the version in force (or the newest one), all versions that count now, and those replaced by later papers."""

    current: PublishedItem
    in_force: bool
    versions: tuple[PublishedItem, ...]
    replaced: tuple[PublishedItem, ...]


def in_force(each: PublishedItem, day: date) -> bool:
    """Whether a version is in force on a day, first and last included (CAT-03)."""
    return each.item.valid_from <= day and (each.item.valid_to is None or day <= each.item.valid_to)


def matches(each: PublishedItem, wanted: ItemFilter) -> bool:
    """Whether a version is looked for, whatever the day; a word may be a part of name, pinyin, initials, item or occupation code."""
    item = each.item
    return (
        _found_by_word(each, wanted.word)
        and (not wanted.category or category_letter(item.category) == wanted.category)
        and (not wanted.level or item.level == wanted.level)
        and (not wanted.tier or each.details.tier == Tier(wanted.tier))
        and (not wanted.fund or item.fund == wanted.fund)
        and (not wanted.urgent or item.urgent)
        and (not wanted.pilot or item.pilot)
    )


def _found_by_word(each: PublishedItem, word: str) -> bool:
    wanted = "".join(word.lower().split())
    if not wanted:
        return True
    item = each.item
    keys = (search_key(item.name), item.item_code.lower(), item.occupation or "", (each.details.priority_industry or "").lower())
    return any(wanted in key for key in keys)


async def search_items(wanted: ItemFilter, *, after: str = "", limit: int, clock: Clock) -> ItemPage:
    """A page of the items in force on the day asked for, today by default, as known now; `after` is the last code seen."""
    day = wanted.day or clock.today()
    async with read_transaction():
        published = await store.load_published()
    found = sorted((each for each in published if in_force(each, day) and matches(each, wanted)), key=lambda each: each.item.item_code)
    rest = [each for each in found if each.item.item_code > after]
    shown = tuple(rest[:limit])
    return ItemPage(shown, len(found), day, shown[-1].item.item_code if len(rest) > limit else None)


async def show_item(item_code: str, *, clock: Clock) -> ItemShown:
    """An item with everything ever published about it by now; raises ItemNotFound."""
    async with read_transaction():
        versions = await store.load_published(item_code=item_code)
        history = await store.load_history(item_code=item_code)
    if not versions:
        raise ItemNotFound("没有找到这个目录项目，请核对项目编码，或从补贴目录重新查找。")
    today = clock.today()
    current = next((each for each in versions if in_force(each, today)), versions[-1])
    counting = {(each.item.valid_from, each.known_since) for each in versions}
    replaced = tuple(each for each in history if (each.item.valid_from, each.known_since) not in counting)
    return ItemShown(current, in_force(current, today), tuple(reversed(versions)), replaced)
