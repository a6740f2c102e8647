"""Loading all outside knowledge of one claim, stored or only pre-checked, in a constant number of queries."""

from collections.abc import Sequence
from datetime import date, datetime

from training_admin.catalog.facts import Filing
from training_admin.catalog.store import load_filings, load_items
from training_admin.fund.store import load_payments
from training_admin.kit.clock import shanghai_day
from training_admin.kit.workdays import months_touched
from training_admin.office.workdays import load_calendar
from training_admin.parties.store import load_coverage, load_enterprises, load_insurance
from training_admin.policy.store import load_policy
from training_admin.subsidy.form import ClassRow
from training_admin.subsidy.gather import KeyedClaim, World
from training_admin.subsidy.registers import Registers


async def load_world(claim: KeyedClaim, *, known_at: datetime, pack: str) -> World:
    """What was known at the instant about the claim's firm, classes and persons; inside an open transaction."""
    return await load_shared_world([claim], known_at=known_at, pack=pack)


async def load_shared_world(claims: Sequence[KeyedClaim], *, known_at: datetime, pack: str) -> World:
    """The same for several claims in as many queries; insured months reach from the earliest to the latest that any of them needs."""
    classes = [row for claim in claims for row in claim.classes]
    filings = await load_filings(sorted({row.class_no for row in classes}), known_at)
    first, last = _months([claim.as_of for claim in claims], [*classes, *filings.values()])
    persons = sorted({bytes.fromhex(line.person) for claim in claims for line in claim.lines if line.person})
    paid = await load_payments(persons, known_at)
    registers = Registers(
        coverage=await load_coverage(known_at),
        enterprises=await load_enterprises(sorted({claim.uscc for claim in claims}), known_at),
        institutions={},
        filings=filings,
        insurance=await load_insurance(persons, first=first, last=last, known_at=known_at),
        payments=paid.delivered,
        own_payments=paid.own,
    )
    named: list[ClassRow | Filing] = [*classes, *filings.values()]
    codes = {each.item for each in named if each.item}
    return World(
        registers=registers,
        catalog=await load_items(sorted(codes), known_at),
        policy=await load_policy(pack, known_at=known_at),
        calendar=await load_calendar(known_at=shanghai_day(known_at)),
        known_at=known_at.isoformat(),
    )


def _months(submitted: Sequence[date], dated: Sequence[ClassRow | Filing]) -> tuple[str, str]:
    days = [*submitted, *(day for each in dated for day in (each.start, each.end) if day is not None)]
    months = months_touched(min(days), max(days))
    return months[0], months[-1]
