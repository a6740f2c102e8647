"""Benchmark of growth: what a line costs in claims of 1 000 to 100 000 lines, and with 1 to 40 district-years in the database.

Two services with a database each run as processes of their own and are asked in turn, as for the pages. Steps are those below intake:
registers delivered, claim stored, assessed, doubts looked for, record replayed. More years than ten are made on command only:
`python -m bench.growth 1 40`.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import msgspec

from bench.class_runs import run_classes
from bench.district import bench_database
from bench.measuring import Result, at_most
from bench.years import SHARE, copy_parts, first_part
from training_admin.audit.searching import search_cases
from training_admin.commands.replay import replay_records
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.demo.district import District, MadeClaim, registers_of
from training_admin.demo.filling import prepare
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.subsidy.assessing import assess_claim
from training_admin.subsidy.claims import store_claim
from training_admin.subsidy.deliveries import receive_document
from training_admin.subsidy.form import ClaimForm

YEARS = (1, 10)
SIZE, PER_SHEET = 50, 20
LINES = (1_000, 10_000, 100_000)
ROUNDS, FLAT = 7, 1.3
SESSIONS = 10
FIRST_CLASS = 500_000


class Asked(msgspec.Struct, frozen=True):
    """A claim of so many lines from a seed of its own."""

    lines: int
    seed: int


def made_claim(asked: Asked) -> MadeClaim:
    """The claim, its classes numbered apart from those of any other."""
    district = District(asked.seed)
    district._classes = FIRST_CLASS + asked.seed * 10_000  # noqa: SLF001 - a claim of another seed would have the same class numbers
    return district.large_claim(classes=asked.lines // SIZE, size=SIZE)


def read_form(made: MadeClaim) -> ClaimForm:
    """What intake reads, sheet after sheet of a thousand rows put together: one workbook does not hold so many."""
    forms = [
        prepare(msgspec.structs.replace(made, classes=part, vouchers=tuple(v for v in made.vouchers if v.class_no in numbers)))[1]
        for part in (made.classes[place : place + PER_SHEET] for place in range(0, len(made.classes), PER_SHEET))
        for numbers in ({each.filing.class_no for each in part},)
    ]
    return msgspec.structs.replace(
        forms[0],
        classes=_renumbered(forms, "classes"),
        lines=_renumbered(forms, "lines"),
        costs=_renumbered(forms, "costs"),
        problems=(),
    )


def _renumbered(forms: list[ClaimForm], name: str) -> tuple[msgspec.Struct, ...]:
    rows = [row for form in forms for row in getattr(form, name)]
    return tuple(msgspec.structs.replace(row, row=place) for place, row in enumerate(rows, 4))


async def steps(asked: Asked, clock: FixedClock) -> dict[str, float]:
    """Microseconds of wall time a line by step."""
    made = made_claim(asked)
    form, document = read_form(made), registers_of([made], District(1).institutions)
    digest = sha256_hex(canonical_json(document))
    told: dict[str, float] = {}

    async def step(name: str, work: Callable[[], Awaitable[object]]) -> None:
        began = time.perf_counter()
        await work()
        told[name] = (time.perf_counter() - began) / len(form.lines) * 1e6

    await step("deliver", lambda: receive_document(DEMO, document, sha256=digest, source="bench", clock=clock))
    await step("store", lambda: store_claim(DEMO, digest.encode(), form, readable_only=True, clock=clock))
    async with read_transaction():
        ((key, number),) = await fetch_tuples("SELECT id, number FROM claim ORDER BY submitted_at DESC, id % 1000000000 DESC LIMIT 1")
    await run_classes([key], intervals=len(form.lines) * SESSIONS, analyse=False)

    async def doubts() -> None:
        async with write_transaction():
            await search_cases([number], clock=clock)

    await step("assess", lambda: assess_claim(DEMO, number, cause="bench", clock=clock))
    await step("doubts", doubts)
    await step("replay", lambda: replay_records(number))
    return told


async def serve(years: int) -> None:
    """Fill so many district-years, tell that it is done, and answer what is asked until standard input ends."""
    async with bench_database() as clock:
        await first_part(clock)
        if years * SHARE > 1:
            await copy_parts(1, years * SHARE - 1)
        _say({"ready": 1.0})
        while line := await asyncio.to_thread(sys.stdin.readline):
            _say(await steps(msgspec.json.decode(line, type=Asked), clock))


def _say(told: dict[str, float]) -> None:
    sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    sys.stdout.flush()


class Served:
    """A child that answers how long the steps of a claim took."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self._child = child

    async def heard(self) -> dict[str, float]:
        """What the child says next."""
        assert self._child.stdout is not None
        while not (line := await self._child.stdout.readline()).startswith(b"{"):
            assert line, "the child has ended"
        return msgspec.json.decode(line, type=dict[str, float])

    async def ask(self, asked: Asked) -> dict[str, float]:
        """The steps of one claim, microseconds a line."""
        assert self._child.stdin is not None
        self._child.stdin.write(msgspec.json.encode(asked) + b"\n")
        await self._child.stdin.drain()
        return await self.heard()


@asynccontextmanager
async def district_years(years: int) -> AsyncIterator[Served]:
    """A database of so many years in a process of its own."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.growth", "serve", str(years)), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    served = Served(child)
    await served.heard()
    try:
        yield served
    finally:
        assert child.stdin is not None
        child.stdin.close()
        await child.wait()


async def measured(years: tuple[int, int] = YEARS) -> dict[str, Result]:
    """Cost per line among many years ÷ among few, and of large claims ÷ small ones; each step is told."""
    async with AsyncExitStack() as stack:
        few, many = [await stack.enter_async_context(district_years(each)) for each in years]
        for seed in (1, 2):
            await few.ask(Asked(1_000, seed))
            await many.ask(Asked(1_000, seed))
        pairs = [(await few.ask(Asked(1_000, seed)), await many.ask(Asked(1_000, seed))) for seed in range(10, 10 + ROUNDS)]
        _tell(f"{years[0]} year", f"{years[1]} years", pairs)
        results = {"growth_years": at_most(_ratio(pairs), FLAT)}
        for lines in LINES[1:]:
            rounds = 3 if lines <= 10_000 else 1
            sizes = [(await few.ask(Asked(1_000, lines + seed)), await few.ask(Asked(lines, lines + 50 + seed))) for seed in range(rounds)]
            _tell("1000 lines", f"{lines} lines", sizes)
            results[f"growth_{lines}_lines"] = at_most(_ratio(sizes), FLAT)
    return results


def _ratio(pairs: list[tuple[dict[str, float], dict[str, float]]]) -> float:
    return statistics.median(sum(large.values()) / sum(small.values()) for small, large in pairs)


def _tell(first: str, second: str, pairs: list[tuple[dict[str, float], dict[str, float]]]) -> None:
    for name in pairs[0][0]:
        small, large = (statistics.median(pair[place][name] for pair in pairs) for place in (0, 1))
        sys.stdout.write(f"  {name:8} {first} {small:8.1f} µs a line, {second} {large:8.1f} µs a line {large / small:6.2f}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        asyncio.run(serve(int(sys.argv[2])))
    else:
        for each, result in asyncio.run(measured((int(sys.argv[1]), int(sys.argv[2])))).items():
            sys.stdout.write(f"{each} {result.value} {result.target} {result.holds}\n")
