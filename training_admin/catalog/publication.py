"""Publishing catalog items: append only, known from now on; what was decided before keeps its version (CAT-03)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from training_admin.catalog.demands import meet_demands
from training_admin.catalog.facts import CatalogItem, Entry, ItemDetails
from training_admin.catalog.store import add_items
from training_admin.database import retried, write_transaction
from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock
from training_admin.office import trail
from training_admin.office.knowledge import becomes_known_at

NO_DETAILS = ItemDetails()


@retried
async def publish_items(
    actor: Actor, items: Sequence[CatalogItem], *, paper: str, clock: Clock, details: Mapping[str, ItemDetails] | None = None
) -> datetime:
    """Make item versions known, with their details by item code; returns the instant from which assessments use them."""
    told = details or {}
    entries = [Entry(item, told.get(item.item_code, NO_DETAILS)) for item in items]
    async with write_transaction():
        return await publish_here(actor, entries, paper=paper, clock=clock)


async def publish_here(actor: Actor, entries: Sequence[Entry], *, paper: str, clock: Clock) -> datetime:
    """The same inside the open transaction of an act that publishes."""
    known_since = await becomes_known_at(clock)
    await add_items(entries, paper=paper, known_since=known_since, by=actor.name)
    await meet_demands(actor, [entry.item for entry in entries], paper=paper, clock=clock)
    await trail.record(actor, "catalog:items:published", paper, {"items": len(entries)}, at=clock.now())
    return known_since
