"""Inspections by lot as pure data: what speaks for looking at a class, how many lots that gives, and what was drawn."""

from datetime import datetime

import msgspec

from training_admin.audit.lots import Lot

# Lots beside the one that every class has; how much each risk weighs is ours, no paper tells it (assumed).
FAILED_VISIT_LOTS, MOST_FAILED_VISITS = 2, 3
SANCTION_LOTS, NEW_ORGANISATION_LOTS, NOT_VISITED_LOTS = 3, 2, 1


class Risks(msgspec.Struct, frozen=True):
    """A class with the risks of who holds it: failed visits of a year, a sanction in force, new within half a year; visited in order."""

    class_no: str
    organisation: str
    organisation_name: str
    failed_visits: int
    sanctioned: bool
    new: bool
    visited: bool


class Drawn(msgspec.Struct, frozen=True):
    """A class that was drawn, with its inspectors."""

    key: str
    inspectors: tuple[str, ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan of inspections; `seed` is empty until the draw."""

    id: int = 0
    number: str
    year: int
    title: str
    lots: tuple[Lot, ...]
    inspectors: tuple[str, ...]
    list_sha256: str
    classes: int
    people: int
    planner: str
    published_at: datetime
    seed: str = ""
    drawn: tuple[Drawn, ...] = ()
    drawer: str = ""
    drawn_at: datetime | None = None


def lot_of(risks: Risks) -> Lot:
    """The lots of a class and what they are for, in words; one for everybody."""
    parts = [("基础", 1)]
    if risks.failed_visits:
        parts.append((f"近一年检查不合格 {risks.failed_visits} 次", FAILED_VISIT_LOTS * min(risks.failed_visits, MOST_FAILED_VISITS)))
    if risks.sanctioned:
        parts.append(("有未解除的处理措施", SANCTION_LOTS))
    if risks.new:
        parts.append(("开班不满半年的单位", NEW_ORGANISATION_LOTS))
    if not risks.visited:
        parts.append(("尚未现场检查", NOT_VISITED_LOTS))
    return Lot(risks.class_no, sum(lots for _words, lots in parts), "；".join(f"{words} {lots}" for words, lots in parts))
