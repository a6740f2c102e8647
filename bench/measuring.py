"""Measuring in turn: A B A B …, processor time of this process and its children, medians of the ratios pair by pair."""

import gc
import resource
import statistics
import time
from collections.abc import Awaitable, Callable

import msgspec

ROUNDS = 3


class Result(msgspec.Struct, frozen=True):
    """One figure: `holds` tells whether it keeps the promise of `target`."""

    value: float
    target: str
    unit: str
    holds: bool
    wall: float | None = None


class Spent(msgspec.Struct, frozen=True):
    """Seconds of processor time (children included) and of wall time."""

    processor: float
    wall: float


def at_most(value: float, limit: float, *, unit: str = "ratio", wall: float | None = None) -> Result:
    """A figure that must not be above a limit."""
    return Result(round(value, 3), f"<= {limit:g}", unit, value <= limit, None if wall is None else round(wall, 3))


def _processor() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


async def spent(work: Callable[[], Awaitable[object]]) -> Spent:
    """What one run costs."""
    gc.collect()
    processor, wall = _processor(), time.perf_counter()
    await work()
    return Spent(_processor() - processor, time.perf_counter() - wall)


async def ratio(first: Callable[[], Awaitable[object]], second: Callable[[], Awaitable[object]], *, rounds: int = ROUNDS) -> Spent:
    """Median of first / second over the rounds, measured in turn after one round that is not counted."""
    await first()
    await second()
    pairs = [(await spent(first), await spent(second)) for _ in range(rounds)]
    return Spent(
        statistics.median(one.processor / other.processor for one, other in pairs),
        statistics.median(one.wall / other.wall for one, other in pairs),
    )
