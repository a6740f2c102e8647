"""Where the catalog lags: training that enterprises need, what answers it, and what stands against it, as frozen facts.

Days are calendar days. Whatever has no occupation (岗位能力, 区级特色项目) is counted under its item.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum

import msgspec

from training_admin.catalog.facts import CatalogItem
from training_admin.parties.list_facts import ListEntry, ListKind, priority_industry_of

# A division of GB/T 4754 with its letter, `C34`: what is kept of an enterprise's industry.
DIVISION_LENGTH = 3


class DemandState(StrEnum):
    """Whether a demand still waits for an item."""

    OPEN = "open"
    MET = "met"
    WITHDRAWN = "withdrawn"


STATE_WORDS = {DemandState.OPEN: "待满足", DemandState.MET: "目录已有项目", DemandState.WITHDRAWN: "已撤回"}


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """What an enterprise needs to have taught: an item, or an occupation with or without a level; how many people, by when.

    `entered_on` is the day in Shanghai. `industry` is the division of the enterprise when it was entered, "" where it is not known.
    """

    id: int
    number: str
    enterprise: str
    enterprise_name: str
    industry: str
    title: str
    occupation: str | None
    level: str | None
    item: str | None
    people: int
    wanted_by: date | None
    words: str
    entered_on: date
    state: DemandState
    met_item: str | None
    met_on: date | None


def is_answered(demand: Demand, item: CatalogItem, today: date) -> bool:
    """Whether an item version that has not ended answers a demand: the same item, or the same occupation and level (any, if none)."""
    if item.valid_to is not None and item.valid_to < today:
        return False
    if demand.item is not None:
        return demand.item == item.item_code
    return demand.occupation == item.occupation and demand.level in {None, item.level}


class Seats(msgspec.Struct, frozen=True):
    """A class of the year as the report reads it; `seats` is None where the size of a room is not known (online, ended)."""

    occupation: str | None
    item: str | None
    begun: bool
    seats: int | None
    enrolled: int


class LagRow(msgspec.Struct, frozen=True):
    """One occupation, or item without one: demand against supply. Days: the longest open demand, and met ones on average, cut down."""

    key: str
    name: str
    industries: tuple[str, ...]
    open_people: int
    met_people: int
    open_days: int | None
    met_days: int | None
    items: int
    classes: int
    empty_seats: int

    @property
    def people(self) -> int:
        """Everybody for whom training was asked for."""
        return self.open_people + self.met_people


def key_of(occupation: str | None, item: str | None, items: Mapping[str, CatalogItem]) -> str:
    """Under which key something counts: its occupation, that of its item, or the item itself; "" for neither."""
    known = items.get(item or "")
    return occupation or (known.occupation if known is not None else None) or item or ""


def lag_rows(
    demands: Iterable[Demand],
    items: Sequence[CatalogItem],
    classes: Iterable[Seats],
    industries: Mapping[str, tuple[str, ...]],
    today: date,
) -> tuple[LagRow, ...]:
    """The report on a day, most open demand first; `items` are the versions of all days, `industries` names the priority ones by key.

    Whatever is only in a priority industry or only in classes stands there too: a gap is seen from both sides.
    """
    newest = {each.item_code: each for each in sorted(items, key=lambda each: each.valid_from)}
    in_force = [each for each in items if each.valid_from <= today and (each.valid_to is None or today <= each.valid_to)]
    asked: dict[str, list[Demand]] = {}
    for each in demands:
        if each.state is not DemandState.WITHDRAWN:
            asked.setdefault(key_of(each.occupation, each.item, newest), []).append(each)
    taught: dict[str, list[Seats]] = {}
    for one in classes:
        taught.setdefault(key_of(one.occupation, one.item, newest), []).append(one)
    supplied: dict[str, list[CatalogItem]] = {}
    for item in in_force:
        supplied.setdefault(key_of(item.occupation, item.item_code, newest), []).append(item)
    keys = {*asked, *taught, *(key for key in industries if industries[key])} - {""}
    rows = [_row(key, asked.get(key, []), supplied.get(key, []), taught.get(key, []), industries.get(key, ()), today) for key in keys]
    return tuple(sorted(rows, key=lambda row: (-row.open_people, -row.people, row.key)))


def _row(key: str, asked: list[Demand], items: list[CatalogItem], classes: list[Seats], industries: tuple[str, ...], today: date) -> LagRow:
    waiting = [each for each in asked if each.met_on is None]
    met = [(each.met_on - each.entered_on).days for each in asked if each.met_on is not None]
    name = min((item.name for item in items), default=asked[0].title if asked else "")
    return LagRow(
        key=key,
        name=name,
        industries=industries,
        open_people=sum(each.people for each in waiting),
        met_people=sum(each.people for each in asked if each.met_on is not None),
        open_days=max(((today - each.entered_on).days for each in waiting), default=None),
        met_days=sum(met) // len(met) if met else None,
        items=len(items),
        classes=len(classes),
        empty_seats=sum(max(0, each.seats - each.enrolled) for each in classes if each.seats is not None and not each.begun),
    )


class IndustryRow(msgspec.Struct, frozen=True):
    """A priority industry on the list: items in force made for it, and the open and met demand of its enterprises, in people."""

    code: str
    name: str
    items: int
    open_people: int
    met_people: int


def _listed(entries: Iterable[ListEntry], today: date) -> list[ListEntry]:
    return [each for each in entries if each.kind is ListKind.PRIORITY_INDUSTRY and each.covers(today)]


def industries_by_key(
    demands: Iterable[Demand],
    items: Iterable[CatalogItem],
    told: Mapping[str, str | None],
    entries: Sequence[ListEntry],
    today: date,
) -> dict[str, tuple[str, ...]]:
    """The names of the priority industries that a key belongs to: those its items are made for, and those of the enterprises that ask.

    `told` gives the industry of each item by its code, as its details say.
    """
    every = list(items)
    newest = {each.item_code: each for each in sorted(every, key=lambda each: each.valid_from)}
    names: dict[str, dict[str, None]] = {}
    for item in every:
        made_for = told.get(item.item_code) or ""
        for each in _listed(entries, today):
            if made_for and made_for.startswith(each.code):
                names.setdefault(key_of(item.occupation, item.item_code, newest), {})[each.name] = None
    for demand in demands:
        own = priority_industry_of(entries, demand.enterprise, today)
        if own is not None and demand.state is not DemandState.WITHDRAWN:
            names.setdefault(key_of(demand.occupation, demand.item, newest), {})[own.name] = None
    return {key: tuple(found) for key, found in names.items()}


def industry_rows(
    demands: Sequence[Demand],
    items: Sequence[CatalogItem],
    told: Mapping[str, str | None],
    entries: Sequence[ListEntry],
    today: date,
) -> tuple[IndustryRow, ...]:
    """Every priority industry on the list with what stands for it, those without items first."""
    asked: dict[str, list[Demand]] = {}
    for demand in demands:
        own = priority_industry_of(entries, demand.enterprise, today)
        if own is not None and demand.state is not DemandState.WITHDRAWN:
            asked.setdefault(own.code, []).append(demand)
    codes = {each.item_code for each in items if each.valid_from <= today and (each.valid_to is None or today <= each.valid_to)}
    rows = [
        IndustryRow(
            code=each.code,
            name=each.name,
            items=sum((told.get(code) or "").startswith(each.code) for code in codes),
            open_people=sum(one.people for one in asked.get(each.code, []) if one.state is DemandState.OPEN),
            met_people=sum(one.people for one in asked.get(each.code, []) if one.state is DemandState.MET),
        )
        for each in _listed(entries, today)
    ]
    return tuple(sorted(rows, key=lambda row: (row.items > 0, -row.open_people, row.code)))
