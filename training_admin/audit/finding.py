"""Running the checks over one claim: numbered doubts, and the checks that could not be asked."""

from collections.abc import Iterable

import msgspec

from training_admin.audit.check import Check, Found
from training_admin.audit.district_facts import DistrictAudit, WideCheck, WideFound
from training_admin.audit.doubts import CHECKS, OF_PROGRAMMES, WIDE_CHECKS
from training_admin.audit.facts import ClaimAudit
from training_admin.kit.dated import NotInForce


class Doubt(msgspec.Struct, frozen=True):
    """One doubt about one claim: the check that raised it, what it was compared with and what it found."""

    check: str
    claim_number: str
    against: str
    found: Found


class Search(msgspec.Struct, frozen=True):
    """All doubts about a claim in the order of the list; `unasked` names checks whose figure was not in force (VER-01).

    `asked` are those that were answered; about a programme of apprentices those of training courses are not asked at all.
    """

    doubts: tuple[Doubt, ...]
    unasked: tuple[str, ...]
    asked: tuple[str, ...] = ()


def search(claim: ClaimAudit, checks: Iterable[Check] = CHECKS) -> Search:
    """Ask every check about one claim."""
    doubts: list[Doubt] = []
    unasked: list[str] = []
    asked: list[str] = []
    for each in checks:
        if claim.programme and each.id not in OF_PROGRAMMES:
            continue
        try:
            doubts.extend(Doubt(each.id, claim.number, each.against, found) for found in each.find(claim))
        except NotInForce:
            unasked.append(each.id)
        else:
            asked.append(each.id)
    return Search(tuple(doubts), tuple(unasked), tuple(asked))


def search_wide(district: DistrictAudit) -> tuple[list[tuple[WideCheck, WideFound]], list[str]]:
    """Ask every check over a period; returns what was found, and the checks that could be asked."""
    found: list[tuple[WideCheck, WideFound]] = []
    asked: list[str] = []
    for each in WIDE_CHECKS:
        try:
            found += [(each, one) for one in each.find(district)]
        except NotInForce:
            continue
        asked.append(each.id)
    return found, asked
