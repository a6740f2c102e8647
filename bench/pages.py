"""Benchmark of pages: the ten most used ones over a district-year, each against the same page over 1 % of it.

Two services with a database each run as processes of their own and are asked in turn. A claim that is not in the queue any more was
taken through its steps by the services: most are determined, some on notice, some due for payment, each a share of the district.
"""

import asyncio
import socket
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date

import httpx
import msgspec
import uvicorn

from bench.district import bench_service
from bench.measuring import Result, at_most
from training_admin.accounts import sessions
from training_admin.accounts.middleware import COOKIE
from training_admin.accounts.opening import add_account, open_organisation
from training_admin.accounts.passwords import generated, hashed
from training_admin.app import create_app
from training_admin.database import fetch_tuples, read_transaction, retried, write_transaction
from training_admin.demo.filling import fill_district, main_job
from training_admin.demo.offices import ENTERPRISE_A, ORGANISATIONS, PEOPLE
from training_admin.fund import ledger
from training_admin.fund.ledger_facts import SubFund
from training_admin.fund.payable_store import payables_of
from training_admin.kit.actor import DEMO, Actor
from training_admin.kit.clock import FixedClock
from training_admin.subsidy.review_states import Act
from training_admin.subsidy.review_store import claim_by_number
from training_admin.subsidy.reviewing import NothingToPay, act_on_claim, follow

TRAINEES, SHARE, QUEUE, DUE = 30_000, 100, 200, 100
ASKED, PATIENCE = 15, 60.0
STEPS = (Act.ACCEPT, Act.FIRST, Act.SECOND, Act.DETERMINE)
CLERK, REVIEWER, PAYER = "jingban-a", "chushen", "caijing"
ENDED = date(2026, 5, 29)
# Who opens what: enterprise, reviewer, finance, public.
PAGES: tuple[tuple[str, str], ...] = (
    *((CLERK, "/"), (CLERK, "/claims"), (CLERK, "/claims/{own}"), (CLERK, "/claims/classes")),
    *((REVIEWER, "/"), (REVIEWER, "/review"), (REVIEWER, "/claims"), (REVIEWER, "/claims/{own}")),
    *((PAYER, "/payments"), ("", "/notices")),
)


class Served(msgspec.Struct, frozen=True):
    """Where a district is served, the sessions of its people, and what stands in it."""

    address: str
    tokens: dict[str, str]
    own: str
    claims: int
    enterprises: int
    queue: int
    due: int


async def _account(login: str, clock: FixedClock, known: set[str], password_hash: str) -> str:
    """An account of the demo with an open session; returns its token."""
    name, code, roles = next((name, code, roles) for each, name, code, roles in PEOPLE if each == login)
    title, kind = next((title, kind) for each, title, kind in ORGANISATIONS if each == code)
    if code not in known:
        known.add(code)
        await open_organisation(DEMO, code=code, name=title, kind=kind, clock=clock)
    made = await add_account(
        *(DEMO,),
        login=login,
        name=name,
        organisation=code,
        roles=frozenset(roles),
        password_hash=password_hash,
        clock=clock,
        factor_secret=None,
        authorised_until=None,
    )
    async with write_transaction():
        token, _key = await sessions.open_session(account=made, person=None, device="bench", clock=clock, stepped_up=True)
    return token


async def _decide(number: str, clock: FixedClock) -> None:
    """Four persons take a claim to its determination, or to its refusal where nothing can be paid."""
    for place, act in enumerate(STEPS):
        try:
            await _act(place, number, act, clock)
        except NothingToPay:
            await _act(place, number, Act.REFUSE, clock)


async def _act(place: int, number: str, act: Act, clock: FixedClock) -> None:
    async with read_transaction():
        version = (await claim_by_number(number, None)).version
    actor = msgspec.structs.replace(DEMO, key=f"bench-{place}", name=f"办理人{place}")
    await act_on_claim(actor, number, act, version=version, opinion="按核验结果办理", minutes="纪要1号", clock=clock)


@retried
async def _make_due(actor: Actor, number: str, clock: FixedClock) -> None:
    """What the room of notices does when a notice has ended."""
    async with write_transaction():
        for act in (Act.POST, Act.NOTICE_OVER):
            await follow(actor, await claim_by_number(number, None), act, clock=clock)
        subject = (await payables_of(number))[-1].subject
        await ledger.make_due(actor, subject, notice_ends=ENDED, pay_by=date(2026, 6, 19), clock=clock)


async def _numbers() -> tuple[list[str], int]:
    """The claims of the made-up district in their order, and the number of its enterprises."""
    async with read_transaction():
        found = await fetch_tuples("SELECT number, uscc FROM claim WHERE uscc <> $1 ORDER BY id", ENTERPRISE_A)
    return [number for number, _uscc in found], len({uscc for _number, uscc in found})


async def _filled(trainees: int, clock: FixedClock) -> tuple[str, int, int, int, int]:
    """The district with its claims where they stand; `trainees` is its size. Returns own claim, claims, firms, queue, due."""
    (own, _record), *_rest = await main_job(clock)
    await fill_district(trainees=trainees, seed=1, clock=clock, progress=lambda _people: None)
    await ledger.grant(
        DEMO, 2026, SubFund.ENTERPRISE, "", subject_code="2050803", paper="松财〔2026〕1号", fen=10**12, business_id="下达", clock=clock
    )
    numbers, firms = await _numbers()
    queue, due = max(1, QUEUE * trainees // TRAINEES), max(1, DUE * trainees // TRAINEES)
    decided = numbers[: max(0, len(numbers) - queue)]
    for number in decided:
        await _decide(number, clock)
    async with read_transaction():
        payable = await fetch_tuples(
            "SELECT number FROM claim WHERE state = 'determined' AND number = ANY($1) ORDER BY id LIMIT $2", decided, due
        )
    for (number,) in payable:
        await _make_due(DEMO, number, clock)
    async with write_transaction():
        await fetch_tuples("ANALYZE")
    return own, len(numbers), firms, queue, len(payable)


async def serve(trainees: int) -> None:
    """Fill a district, serve it, tell where, and go on until standard input ends."""
    async with bench_service() as (settings, clock):
        own, claims, firms, queue, due = await _filled(trainees, clock)
        known: set[str] = set()
        password_hash = await hashed(generated())
        tokens = {login: await _account(login, clock, known, password_hash) for login in (CLERK, REVIEWER, PAYER)}
        listening = socket.create_server(("127.0.0.1", 0))
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as the loop of the service does it
        config = uvicorn.Config(create_app(settings, clock=clock), log_level="warning", ws="none", http="h11", lifespan="off")
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        told = Served(f"http://127.0.0.1:{listening.getsockname()[1]}", tokens, own, claims, firms, queue, due)
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)
        server.should_exit = True
        await task


@asynccontextmanager
async def _district(trainees: int) -> AsyncIterator[Served]:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.pages", str(trainees)), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdin is not None
    try:
        while not (line := await child.stdout.readline()).startswith(b"{"):
            assert line, "the service has ended"
        yield msgspec.json.decode(line, type=Served)
    finally:
        child.stdin.close()
        await child.wait()


async def _seconds(client: httpx.AsyncClient, district: Served, login: str, path: str) -> float:
    """How long one page takes, answer included."""
    cookies = {"Cookie": f"{COOKIE}={district.tokens[login]}"} if login else {}
    began = time.perf_counter()
    answer = await client.get(district.address + path.format(own=district.own), headers=cookies)
    spent = time.perf_counter() - began
    assert answer.status_code == httpx.codes.OK, f"{path}: {answer.status_code}"
    return spent


async def measured() -> dict[str, Result]:
    """The median of the ten pages' ratios, and the worst page's; each page's ratio is one of medians of answers asked in turn."""
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=PATIENCE))
        large = await stack.enter_async_context(_district(TRAINEES))
        small = await stack.enter_async_context(_district(TRAINEES // SHARE))
        sys.stdout.write(f"{large.claims} claims of {large.enterprises} enterprises, {large.queue} in the queue, {large.due} due\n")
        ratios = {}
        for login, path in PAGES:
            spent: dict[str, list[float]] = {"large": [], "small": []}
            for _ in range(ASKED):
                spent["large"].append(await _seconds(client, large, login, path))
                spent["small"].append(await _seconds(client, small, login, path))
            medians = {name: statistics.median(each[1:]) for name, each in spent.items()}
            ratios[f"{login} {path}"] = medians["large"] / medians["small"]
            sys.stdout.write(
                f"  {login:10} {path:18} {medians['small'] * 1000:8.1f} ms {medians['large'] * 1000:8.1f} ms "
                f"{ratios[f'{login} {path}']:6.2f}\n"
            )
    worst = max(ratios, key=lambda each: ratios[each])
    middle = statistics.median(ratios.values())
    return {
        "page": at_most(middle, 1.5, wall=middle),
        "page_worst": Result(round(ratios[worst], 3), f"told beside page: {worst}", "ratio", holds=True),
    }


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
