"""Benchmarks of audit doubts: a district-year with a million attendance intervals, all of it, and one new claim alone."""

import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import date

from bench.class_runs import run_classes
from bench.district import bench_database
from bench.measuring import ROUNDS, Result, at_most, ratio
from training_admin.audit.searching import search_cases, search_period
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.demo.filling import fill_district
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.clock import FixedClock
from training_admin.subsidy.assessing import assess_claim

TRAINEES, INTERVALS = 30_000, 1_000_000
YEAR = date(2026, 1, 1), date(2026, 12, 31)
# Claims that are looked at one after the other as if each were new.
NEW = 20
MOST_SECONDS = 60.0


async def filled(clock: FixedClock, *, trainees: int = TRAINEES, seed: int = 1) -> int:
    """A district-year of claims whose classes were run here; returns its attendance intervals."""
    await fill_district(trainees=trainees, seed=seed, clock=clock, progress=lambda _people: None)
    async with read_transaction():
        claims = [row[0] for row in await fetch_tuples("SELECT id FROM claim ORDER BY id")]
    return await run_classes(claims, intervals=INTERVALS * trainees // TRAINEES)


async def some_claims(count: int) -> list[str]:
    """The newest claims by number."""
    async with read_transaction():
        return [row[0] for row in await fetch_tuples("SELECT number FROM claim ORDER BY id DESC LIMIT $1", count)]


async def measured() -> dict[str, Result]:
    """Seconds of a whole year, and one claim's doubts against its assessment (facts loaded, rules asked, record stored)."""
    async with bench_database() as clock:
        intervals = await filled(clock)

        async def whole_year() -> int:
            return (await search_period(COMMAND_LINE, *YEAR, clock=clock)).claims

        await whole_year()
        seconds = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            claims = await whole_year()
            seconds.append(time.perf_counter() - began)
        numbers = await some_claims(NEW)
        found = await ratio(*_one_by_one(numbers, clock))
        sys.stdout.write(f"{claims} claims, {intervals} attendance intervals\n")
    return {
        "doubts": at_most(statistics.median(seconds), MOST_SECONDS, unit="seconds"),
        "doubts_incremental": at_most(found.processor, 0.5, wall=found.wall),
    }


def _one_by_one(numbers: list[str], clock: FixedClock) -> tuple[Callable[[], Awaitable[None]], Callable[[], Awaitable[None]]]:
    async def doubts() -> None:
        for number in numbers:
            async with write_transaction():
                await search_cases([number], clock=clock)

    async def assessments() -> None:
        for number in numbers:
            await assess_claim(DEMO, number, cause="bench", clock=clock)

    return doubts, assessments
