"""The JSON of the catalog: what goes over the wire. Amounts are whole fen with a display string, hours decimal text."""

from datetime import date

import msgspec

from training_admin.catalog.facts import FUND_WORDS, GROUP_WORDS, LEVEL_WORDS, TIER_WORDS, PublishedItem
from training_admin.catalog.search import ItemPage
from training_admin.kit.dated import Standing
from training_admin.kit.money import yuan_grouped
from training_admin.kit.wording import hundredths
from training_admin.web import shanghai_iso


class Amount(msgspec.Struct, frozen=True):
    """An amount of money in fen, and how it is shown in yuan."""

    amount_fen: int
    display: str


class ItemAnswer(msgspec.Struct, frozen=True):
    """A version of a catalog item; `assumed` says that the paper is no source of policy."""

    item_code: str
    name: str
    category: str
    tier: str
    tier_words: str
    occupation_code: str | None
    level: str | None
    level_words: str | None
    hours: str
    theory_hours: str | None
    practice_hours: str | None
    standard: Amount
    base: Amount | None
    assessment_fee: Amount | None
    urgent: bool
    pilot: bool
    groups: tuple[str, ...]
    fund: str
    fund_words: str
    priority_industry: str | None
    developer: str | None
    valid_from: date
    valid_to: date | None
    paper: str
    known_since: str
    assumed: bool


class CatalogAnswer(msgspec.Struct, frozen=True):
    """A page of items in force on a day; `cursor` is null on the last page."""

    day: date
    count: int
    items: tuple[ItemAnswer, ...]
    cursor: str | None


def _amount(fen: int | None) -> Amount | None:
    return None if fen is None else Amount(fen, yuan_grouped(fen))


def _hours(centihours: int | None) -> str | None:
    return None if centihours is None else hundredths(centihours)


def item_answer(each: PublishedItem) -> ItemAnswer:
    """A version for the wire."""
    item, details = each.item, each.details
    return ItemAnswer(
        item_code=item.item_code,
        name=item.name,
        category=item.category,
        tier=details.tier.value,
        tier_words=TIER_WORDS[details.tier],
        occupation_code=item.occupation,
        level=item.level,
        level_words=None if item.level is None else LEVEL_WORDS[item.level],
        hours=hundredths(item.std_centihours),
        theory_hours=_hours(details.theory_centihours),
        practice_hours=_hours(details.practice_centihours),
        standard=Amount(item.std_fen, yuan_grouped(item.std_fen)),
        base=_amount(item.base_fen),
        assessment_fee=_amount(details.assessment_fen),
        urgent=item.urgent,
        pilot=item.pilot,
        groups=tuple(GROUP_WORDS[group] for group in details.groups),
        fund=item.fund,
        fund_words=FUND_WORDS.get(item.fund, item.fund),
        priority_industry=details.priority_industry,
        developer=details.developer,
        valid_from=item.valid_from,
        valid_to=item.valid_to,
        paper=each.paper,
        known_since=shanghai_iso(each.known_since),
        assumed=details.standing is Standing.ASSUMED,
    )


def catalog_answer(page: ItemPage) -> CatalogAnswer:
    """A page for the wire."""
    return CatalogAnswer(page.day, page.count, tuple(item_answer(each) for each in page.items), page.following)
