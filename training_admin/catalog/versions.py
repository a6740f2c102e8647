"""How new versions follow the ones in force: nothing started is touched, nothing overlaps (CAT-03)."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

import msgspec

from training_admin.catalog.facts import CatalogItem
from training_admin.kit.refusals import Refusal

ONE_DAY = timedelta(days=1)


class VersionRefused(Refusal):
    """New versions would change started classes or overlap; every wrong item is named."""

    status = 422
    code = "catalog-version-refused"
    title = "目录版本不能这样公布"


def assert_fits(known: Sequence[CatalogItem], new: Sequence[CatalogItem], today: date) -> None:
    """Raises VersionRefused with a sentence for each version that starts too early, ends before it starts, or overlaps."""
    wrong = [*_single(new, today), *_among(new), *_against(known, new)]
    if wrong:
        raise VersionRefused("".join(f"{sentence}。" for sentence in wrong), problems=wrong)


def closings(known: Sequence[CatalogItem], new: Sequence[CatalogItem]) -> tuple[CatalogItem, ...]:
    """The versions now in force that end the day before a new one of the same item begins.

    A version that starts on the same day is not closed: the new one, known later, takes its place.
    """
    closed = []
    for old in known:
        later = [each.valid_from for each in new if each.item_code == old.item_code and each.valid_from > old.valid_from]
        if later and (old.valid_to is None or old.valid_to >= min(later)):
            closed.append(msgspec.structs.replace(old, valid_to=min(later) - ONE_DAY))
    return tuple(closed)


def _single(new: Iterable[CatalogItem], today: date) -> list[str]:
    wrong = []
    for each in new:
        if each.valid_from <= today:
            wrong.append(f"项目 {each.item_code} 的有效期起应晚于公布当日（{today.isoformat()}），以免影响已开班的班级")
        if each.valid_to is not None and each.valid_to < each.valid_from:
            wrong.append(f"项目 {each.item_code} 的有效期止早于有效期起")
    return wrong


def _among(new: Iterable[CatalogItem]) -> list[str]:
    by_start = sorted(new, key=lambda item: (item.item_code, item.valid_from))
    return [
        f"项目 {after.item_code} 在本次公布中有两个版本时间重叠"
        for before, after in pairwise(by_start)
        if before.item_code == after.item_code and (before.valid_to is None or after.valid_from <= before.valid_to)
    ]


def _against(known: Sequence[CatalogItem], new: Iterable[CatalogItem]) -> list[str]:
    return [
        f"项目 {each.item_code} 与 {old.valid_from.isoformat()} 起的已公布版本重叠"
        for each in new
        for old in known
        if old.item_code == each.item_code
        and old.valid_from > each.valid_from
        and (each.valid_to is None or each.valid_to >= old.valid_from)
    ]
