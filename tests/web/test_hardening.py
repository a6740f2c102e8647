"""Looking changes nothing, acts need a form of ours, and too much of either is told to wait."""

import re
from collections import deque
from collections.abc import AsyncIterator
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
import msgspec
import pytest
import pytest_asyncio
from litestar import Litestar

from tests.applications import application
from tests.conftest import ADDRESS, OWN_TABLES
from tests.people import assign_all, enter
from tests.policy.deciding import OFFICER
from tests.policy.test_store import new_figure
from tests.web.conftest import assert_problem, form_token
from tests.web.test_safety import LINK
from training_admin.app import STRANGERS_SHARE, create_app
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.clock import FixedClock
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.proposals import propose_figure
from training_admin.settings import Settings

LOOKERS = ("jingban-b", "shouli", "chushen", "zhengce", "zhengshen", "shenji")
ADMINISTRATORS = ("xitong", "anquan", "shenguan")
# Using a session or a token leaves the time of use, and nothing else does.
MARKS_OF_USE = "'seen_at' - 'used_on'"
# Events that a look may leave in the trail: none. A reading that is recorded is asked for by a form.
AUDIT_READS: frozenset[str] = frozenset()
SAME_KIND = re.compile(r"\d+")
MOST_ALIKE = 3


async def digests() -> dict[str, str]:
    """A digest of each table, without the marks of use."""
    async with read_transaction():
        tables = [row[0] for row in await fetch_tuples(OWN_TABLES)]
        found = {}
        for table in tables:
            rows = await fetch_tuples(
                f"SELECT md5(coalesce(string_agg(row, '|' ORDER BY row), '')) FROM "
                f'(SELECT (to_jsonb(t) - {MARKS_OF_USE})::text AS row FROM "{table}" t) each'
            )
            found[table] = rows[0][0]
    return found


async def recorded_events() -> list[str]:
    async with read_transaction():
        return [row[0] for row in await fetch_tuples("SELECT event FROM trail ORDER BY number")]


def looks(app: Litestar, number: str, proposal: str) -> list[str]:
    """An address for every route that can be looked at, with values that are there and others that are not."""
    there = {"claim": number, "proposal": proposal, "row": "10", "rule": "FILE-01"}
    found = set()
    for route in app.routes:
        if "GET" in getattr(route, "methods", ()) or route.path_format.startswith("/static"):
            for value in (*there.values(), "1", "none"):
                found.add(re.sub(r"\{[^}]*\}", value, route.path_format))
    return sorted(found)


def acts(app: Litestar) -> list[str]:
    """An address for every route of the pages that acts."""
    found = {re.sub(r"\{[^}]*\}", "1", route.path_format) for route in app.routes if "POST" in getattr(route, "methods", ())}
    return sorted(path for path in found if not path.startswith("/api/"))


@pytest_asyncio.fixture
async def proposal(number: str, clock: FixedClock) -> str:
    await assign_all(clock)
    return await propose_figure(OFFICER, DEFAULT_PACK, new_figure(), why="测试", clock=clock)


@pytest.mark.parametrize("login", [*LOOKERS, *ADMINISTRATORS])
async def test_looking_changes_nothing(
    visitor: httpx.AsyncClient, database: Settings, clock: FixedClock, number: str, proposal: str, login: str
) -> None:
    await enter(visitor, login, clock)
    before, events = await digests(), await recorded_events()
    waiting, seen, alike = deque([*looks(application(database, clock), number, proposal), "/"]), set[str](), dict[str, int]()
    while waiting:
        address = waiting.popleft()
        kind = SAME_KIND.sub("#", urlsplit(address).path) + ("?" if "?" in address else "")
        if address in seen or alike.get(kind, 0) > MOST_ALIKE * 4:
            continue
        seen.add(address)
        alike[kind] = alike.get(kind, 0) + 1
        answer = await visitor.get(address)
        assert answer.status_code < 500, (address, answer.text)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        for link in LINK.findall(answer.text):
            target = urlsplit(urljoin(f"{ADDRESS}{address}", urldefrag(link.replace("&amp;", "&")).url))
            if target.netloc == urlsplit(ADDRESS).netloc and not target.path.startswith("/static/"):
                waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    assert len(seen) > 100
    new = set((await recorded_events())[len(events) :])
    assert new <= AUDIT_READS
    after = await digests()
    assert {table for table, digest in after.items() if digest != before[table]} <= ({"trail", "trail_head"} if new else set())


async def test_an_act_is_seen_by_the_digests(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    before = await digests()
    await enter(visitor, "jingban-b", clock)
    after = await digests()
    assert {"login_session", "trail", "trail_head"} <= {table for table in after if after[table] != before[table]}


@pytest.mark.parametrize("login", ["chushen", "zhengshen", "anquan"])
async def test_an_act_without_a_form_of_ours_is_refused_and_changes_nothing(
    visitor: httpx.AsyncClient, database: Settings, clock: FixedClock, login: str
) -> None:
    await enter(visitor, login, clock)
    await form_token(visitor, "/me")
    before = await digests()
    routes = acts(application(database, clock))
    assert len(routes) > 15
    for address in routes:
        for form in ({}, {"_csrf_token": "guessed"}):
            answer = await visitor.post(address, data=form)
            assert answer.status_code == 403, (address, answer.status_code)
            assert "<code>forbidden</code>" in answer.text, address
        foreign = await visitor.post(address, headers={"origin": "https://evil.example"})
        assert foreign.status_code == 403, address
    assert await digests() == before


async def test_every_form_that_acts_has_its_token(visitor: httpx.AsyncClient, clock: FixedClock, number: str, proposal: str) -> None:
    forms = 0
    for login in (*LOOKERS, *ADMINISTRATORS):
        await enter(visitor, login, clock)
        for address in (
            "/",
            "/me",
            "/me/sso",
            "/claims/new",
            "/deliveries",
            "/trail",
            "/policy/proposals/new",
            f"/policy/proposals/{proposal}",
        ):
            page = await visitor.get(address)
            for form in re.findall(r'<form[^>]*method="post".*?</form>', page.text, re.DOTALL):
                assert re.search(r'name="_csrf_token" value="[^"]+"', form), (address, form[:200])
                forms += 1
    assert forms > 30


@pytest_asyncio.fixture
async def hurried(database: Settings, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of an application that allows sixty pages a minute, and three acts of strangers."""
    app = create_app(msgspec.structs.replace(database, rate_limit=60), clock=clock)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type] # Litestar types its scope more narrowly
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        yield client


async def test_too_many_requests_are_told_when_to_come_back(hurried: httpx.AsyncClient) -> None:
    answers = [await hurried.get("/figures") for _ in range(61)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [429]
    assert_problem(answers[-1], 429, "too-many-requests")
    assert "操作过于频繁" in answers[-1].text
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    api = await hurried.get("/api/v1/rules")
    assert_problem(api, 429, "too-many-requests")
    assert 0 < int(api.headers["retry-after"]) <= 60
    assert (await hurried.get("/static/app.css")).status_code == 200


async def test_acts_that_anybody_may_try_are_limited_sooner(hurried: httpx.AsyncClient) -> None:
    token = await form_token(hurried, "/sign-in")
    allowed = 60 // STRANGERS_SHARE
    answers = [await hurried.post("/sign-in", data={**token, "login": f"nobody-{place}"}) for place in range(allowed + 1)]
    assert [answer.status_code for answer in answers] == [401] * allowed + [429]
    assert_problem(answers[-1], 429, "too-many-requests")
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    assert_problem(await hurried.post("/register", data=token), 429, "too-many-requests")
    assert (await hurried.get("/sign-in")).status_code == 200
