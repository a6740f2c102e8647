"""Running the checks over one claim: numbered doubts, and the checks that could not be asked."""

from collections.abc import Iterable

import msgspec

from training_admin.audit.check import Check, Found
from training_admin.audit.doubts import CHECKS
from training_admin.audit.facts import ClaimAudit
from training_admin.kit.dated import NotInForce


class Doubt(msgspec.Struct, frozen=True):
    """One doubt about one claim: the check that raised it, what it was compared with and what it found."""

    check: str
    claim_number: str
    against: str
    found: Found


class Search(msgspec.Struct, frozen=True):
    """All doubts about a claim in the order of the list; `unasked` names checks whose figure was not in force (VER-01)."""

    doubts: tuple[Doubt, ...]
    unasked: tuple[str, ...]


def search(claim: ClaimAudit, checks: Iterable[Check] = CHECKS) -> Search:
    """Ask every check about one claim."""
    doubts: list[Doubt] = []
    unasked: list[str] = []
    for each in checks:
        try:
            doubts.extend(Doubt(each.id, claim.number, each.against, found) for found in each.find(claim))
        except NotInForce:
            unasked.append(each.id)
    return Search(tuple(doubts), tuple(unasked))
