"""Looking for doubts and keeping them: after an assessment, for a period on command, and in the transaction that makes a payment batch."""

import asyncio
from collections.abc import Sequence
from datetime import date

import msgspec

from training_admin.audit import doubt_store, store
from training_admin.audit.claim_streets import note_streets
from training_admin.audit.district_store import load_district
from training_admin.audit.doubt_facts import Subject
from training_admin.audit.doubt_store import FoundAbout
from training_admin.audit.finding import search, search_wide
from training_admin.audit.papers import load_surroundings, with_facts
from training_admin.audit.store import ClaimHead
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import WORKER, Actor, assert_may
from training_admin.kit.clock import Clock
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.jobs import JobRun
from training_admin.office.knowledge import still_known_at
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy

SEARCH_TONIGHT = "search_district_tonight"
# How many claims are looked at in one transaction of a search over a period.
AT_ONCE = 20


class SearchedPeriod(msgspec.Struct, frozen=True):
    """What a search over a period came to."""

    claims: int
    new: tuple[str, ...]


async def search_claims(heads: Sequence[ClaimHead], *, clock: Clock) -> list[str]:
    """Look at claims as they are known now and keep what is found, in the open write transaction; returns the numbers of new doubts."""
    if not heads:
        return []
    found: list[FoundAbout] = []
    looked_at: dict[tuple[Subject, str], Sequence[str]] = {}
    around = await load_surroundings(heads, await still_known_at(clock))
    async for paper, facts in with_facts(heads, around):
        head = paper.head
        result = await asyncio.to_thread(search, facts)
        looked_at[Subject.CLAIM, head.number] = result.asked
        found += [
            FoundAbout(each.check, Subject.CLAIM, head.number, head.id, head.uscc, each.against, each.found) for each in result.doubts
        ]
    return await doubt_store.keep(found, looked_at, at=clock.now())


async def search_cases(cases: Sequence[str], *, clock: Clock) -> list[str]:
    """The same for claims by their numbers; what is no claim, or was not assessed, is left out."""
    return await search_claims(await store.heads_of(cases), clock=clock)


@retried
async def search_after_assessment(run: JobRun) -> None:
    """The job staged by an assessment; its key is the claim's number and the place of the record."""
    number = run.key.partition("/")[0]
    async with write_transaction():
        if await run.first_time():
            await note_streets([number], clock=run.clock)
            await _told(WORKER, number, await search_cases([number], clock=run.clock), clock=run.clock)


async def search_period(actor: Actor, start: date, end: date, *, clock: Clock) -> SearchedPeriod:
    """Look at every assessed claim submitted in a period, both days included; raises NotAllowed."""
    assert_may(actor, Right.DOUBT_DECIDE)
    async with read_transaction():
        numbers = await store.numbers_between(start, end)
    new: list[str] = []
    for place in range(0, len(numbers), AT_ONCE):
        new += await _search_some(actor, numbers[place : place + AT_ONCE], clock=clock)
    new += await _search_district(actor, start, end, clock=clock)
    return SearchedPeriod(len(numbers), tuple(new))


async def search_district(start: date, end: date, *, clock: Clock) -> list[str]:
    """Look at batches, firms, institutions and the period itself, in the open write transaction; returns the numbers of new doubts."""
    known_at = await still_known_at(clock)
    policy = await load_policy(DEFAULT_PACK, known_at=known_at)
    district = await load_district(start, end, today=clock.today(), policy=policy)
    found, asked = search_wide(district)
    return await doubt_store.keep(
        [FoundAbout(check.id, each.kind, each.subject, None, each.organisation, check.against, each.found) for check, each in found],
        dict.fromkeys(district.subjects(), asked),
        at=clock.now(),
    )


@retried
async def _search_district(actor: Actor, start: date, end: date, *, clock: Clock) -> list[str]:
    async with write_transaction():
        new = await search_district(start, end, clock=clock)
        await _told(actor, f"{start.isoformat()}至{end.isoformat()}", new, clock=clock)
    return new


@retried
async def search_tonight(run: JobRun) -> None:
    """The nightly job: the year so far."""
    async with write_transaction():
        if await run.first_time():
            today = run.clock.today()
            start = today.replace(month=1, day=1)
            await _told(
                WORKER, str(today.year), await search_district(start, today.replace(month=12, day=31), clock=run.clock), clock=run.clock
            )


@retried
async def _search_some(actor: Actor, numbers: Sequence[str], *, clock: Clock) -> list[str]:
    async with write_transaction():
        new = await search_cases(numbers, clock=clock)
        await _told(actor, f"{numbers[0]}…{numbers[-1]}" if len(numbers) > 1 else numbers[0], new, clock=clock)
    return new


async def _told(actor: Actor, subject: str, new: Sequence[str], *, clock: Clock) -> None:
    if new:
        await trail.record(actor, "audit:doubt:found", subject, {"new": list(new)}, at=clock.now())
