"""Other departments are asked over HTTP: tried again, kept as evidence, made a list of; no answer is neither pass nor fail."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pgqueuer
import pytest
import uvicorn
from litestar import Litestar, Request, Response, post

from tests.applications import application
from tests.conftest import ADDRESS
from tests.fund.payment_world import person, rows
from tests.people import enter
from tests.subsidy.test_reviewing import submitted
from tests.web.conftest import form_token
from training_admin.audit import asking, match_store
from training_admin.audit import departments as port
from training_admin.audit.asking import ASK_DEPARTMENT, NoEvidence, QueryRefused, QueryWaits, ask_staged
from training_admin.audit.asking_facts import Answer, DepartmentAway, Entry, Question
from training_admin.audit.asking_store import MatchQuery, QueryNotFound
from training_admin.audit.department_stub import departments_of, known_of, stubbed_departments
from training_admin.audit.departments import Department, Departments, DepartmentsRefused, departments_in
from training_admin.audit.match_facts import MatchKind
from training_admin.audit.matching import PURGE_LISTS, purge_staged
from training_admin.database import read_transaction
from training_admin.kit.actor import DEMO, NotAllowed, StepUpNeeded
from training_admin.kit.clock import FixedClock
from training_admin.office.files import FileErased
from training_admin.office.jobs import JobRun, is_done, run_job
from training_admin.settings import Settings

FIRST, LAST = date(2026, 3, 1), date(2026, 5, 31)
KIND = MatchKind.ABROAD


class Registry:
    """A department that misbehaves as often as it is told, and then answers of the first person only."""

    def __init__(self, *faults: str) -> None:
        self.faults = list(faults)
        self.asked: list[Question] = []
        self.keys: list[str] = []

    def application(self) -> Litestar:
        """The department as it stands in the network."""

        @post("/query", status_code=200)
        async def answered(request: Request[Any, Any, Any]) -> Response[bytes]:
            assert request.headers["authorization"] == "Bearer geheim"
            self.keys.append(request.headers["idempotency-key"])
            question = msgspec.json.decode(await request.body(), type=Question)
            fault = self.faults.pop(0) if self.faults else ""
            if fault == "busy":
                return Response(b"later", status_code=503)
            if fault == "moved":
                return Response(b"", status_code=302, headers={"location": "/elsewhere"})
            if fault == "other":
                return Response(msgspec.json.encode(Answer(question.query, question.part, FIRST, (Entry("310100190001010000"),))))
            if fault == "large":
                return Response(b" " * 5_000_000)
            self.asked.append(question)
            entries = (Entry(question.persons[0], FIRST, LAST, "境外"),)
            answer = Answer(question.query, question.part, LAST, entries, question.persons[1:3])
            return Response(msgspec.json.encode(answer), media_type="application/json")

        return Litestar(route_handlers=[answered], openapi_config=None)


@asynccontextmanager
async def asked_of(registry: Registry) -> AsyncIterator[Departments]:
    """The departments while the registry listens on a free port."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(registry.application(), log_level="warning", ws="none", http="h11", lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/query"
    try:
        yield Departments({KIND: Department(address, "geheim", "出入境管理部门", "数据共享协议（测试）", 12)})
    finally:
        server.should_exit = True
        await task
        listening.close()


async def ordered(departments: Departments, clock: FixedClock) -> str:
    return await asking.order_query(DEMO, departments, KIND.value, FIRST, LAST, clock=clock)


async def tried(number: str, departments: Departments, clock: FixedClock) -> None:
    """One start of the job, as the worker does it."""

    async def handler(run: JobRun) -> None:
        await ask_staged(run, departments)

    await run_job(JobRun(ASK_DEPARTMENT, number, clock), handler)


async def query_of(number: str) -> MatchQuery:
    return next(each for each in await asking.list_queries(DEMO) if each.number == number)


async def test_an_answer_becomes_a_list_with_its_evidence(database: Settings, clock: FixedClock) -> None:
    await submitted(clock)
    registry = Registry()
    async with asked_of(registry) as departments:
        number = await ordered(departments, clock)
        with pytest.raises(QueryWaits, match=number):
            await ordered(departments, clock)
        await tried(number, departments, clock)
        await tried(number, departments, clock)
    (question,) = registry.asked
    query = await query_of(number)
    assert (query.state, query.asked, query.unanswered) == ("answered", len(question.persons), 2)
    assert registry.keys == [f"{number}-0"]
    async with read_transaction():
        (head,) = (await match_store.coverage())[KIND]
        assert (head.number, head.rows, head.source, head.covers_from, head.covers_to) == (
            query.list_number,
            1,
            "出入境管理部门",
            FIRST,
            LAST,
        )
    assert await rows("SELECT count(*) FROM match_entry e JOIN claim_line l ON l.person = e.person") == [(1,)]
    content = await asking.evidence(await stepped(clock), number, clock=clock)
    assert msgspec.json.decode(content)[0]["entries"][0]["id_no"] == question.persons[0]
    told = await rows("SELECT detail::text FROM trail WHERE subject = $1", number)
    assert not any(person_no in str(line) for (line,) in told for person_no in question.persons)


async def stepped(clock: FixedClock) -> Any:
    return await person("chushen", clock)


async def test_what_comes_to_nothing_is_tried_again_and_the_third_time_it_has_failed(database: Settings, clock: FixedClock) -> None:
    await submitted(clock)
    registry = Registry("busy", "other", "large", "moved", "busy")
    async with asked_of(registry) as departments:
        number = await ordered(departments, clock)
        for fault in ("department-away", "department-answer-wrong"):
            with pytest.raises(pgqueuer.RetryRequested, match=fault):
                await tried(number, departments, clock)
            assert (await query_of(number)).fault == fault
        await tried(number, departments, clock)
        query = await query_of(number)
        assert (query.state, query.tries, query.list_number) == ("failed", 3, None)
        async with read_transaction():
            assert await match_store.coverage() == {}
            assert not await is_done(ASK_DEPARTMENT, number)
        with pytest.raises(NoEvidence):
            await asking.evidence(await stepped(clock), number, clock=clock)
        again = await ordered(departments, clock)
        for _ in range(2):
            with pytest.raises(pgqueuer.RetryRequested):
                await tried(again, departments, clock)
        await tried(again, departments, clock)
    assert (await query_of(again)).state == "answered"
    assert registry.keys == [f"{number}-0"] * 3 + [f"{again}-0"] * 3


async def test_a_department_that_is_not_there_is_told_as_away(database: Settings, clock: FixedClock) -> None:
    await submitted(clock)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    departments = Departments({KIND: Department(f"http://127.0.0.1:{port}/", "x", "无人应答", "测试", 1)})
    number = await ordered(departments, clock)
    with pytest.raises(pgqueuer.RetryRequested, match="department-away"):
        await tried(number, departments, clock)
    nobody = Departments({})
    with pytest.raises(pgqueuer.RetryRequested, match="department-away"):
        await tried(number, nobody, clock)


async def test_of_two_who_order_the_same_at_once_one_waits(database: Settings, clock: FixedClock) -> None:
    await submitted(clock)
    departments = stubbed_departments(clock)
    answers = await asyncio.gather(*(ordered(departments, clock) for _ in range(3)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in answers) == ["QueryWaits", "QueryWaits", "str"]


class Pouring(httpx.AsyncBaseTransport, httpx.AsyncByteStream):
    """A department whose answer is a gigabyte, or takes its time."""

    def __init__(self, pause: float) -> None:
        self.pause, self.megabytes = pause, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=self, request=request)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(1024):
            self.megabytes += 1
            yield b" " * 2**20
            await asyncio.sleep(self.pause)


async def test_an_answer_without_end_is_cut_off(database: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    await submitted(clock)
    monkeypatch.setattr(port, "LONGEST_SECONDS", 0.5)
    asked = Departments({KIND: Department("https://data.example.cn/", "x", "测试", "测试", 1)})
    number = await ordered(asked, clock)
    for pause, most in ((0.0, 5), (0.3, 2)):
        department = Pouring(pause)
        with pytest.raises(pgqueuer.RetryRequested, match="department-away"):
            await tried(number, msgspec.structs.replace(asked, transport=department), clock)
        assert department.megabytes <= most


async def test_the_evidence_goes_with_its_list(database: Settings, clock: FixedClock) -> None:
    await submitted(clock)
    async with asked_of(Registry()) as departments:
        number = await ordered(departments, clock)
        await tried(number, departments, clock)
    clock.move(timedelta(days=400))
    await purge_staged(JobRun(PURGE_LISTS, "later", clock))
    with pytest.raises(FileErased):
        await asking.evidence(await stepped(clock), number, clock=clock)


async def test_what_may_be_asked_and_by_whom(database: Settings, clock: FixedClock) -> None:
    departments = stubbed_departments(clock)
    with pytest.raises(QueryRefused, match="没有申报中的参训人员"):
        await ordered(departments, clock)
    for kind, first, last in (("?", FIRST, LAST), ("death", LAST, FIRST), ("death", FIRST, date(2027, 4, 1)), ("death", LAST, LAST)):
        with pytest.raises(QueryRefused):
            await asking.order_query(DEMO, departments, kind, first, last, clock=clock)
    with pytest.raises(NotAllowed):
        await asking.order_query(await person("fushen", clock), departments, "death", FIRST, LAST, clock=clock)
    plain = msgspec.structs.replace(await stepped(clock), stepped_up=False)
    with pytest.raises(StepUpNeeded):
        await asking.order_query(plain, departments, "death", FIRST, LAST, clock=clock)
    with pytest.raises(QueryNotFound):
        await asking.evidence(await stepped(clock), "CX20269999", clock=clock)


async def test_the_demo_asks_a_stub_that_speaks_the_same_form(database: Settings, clock: FixedClock) -> None:
    await submitted(clock)
    departments = departments_of(msgspec.structs.replace(database, demo=True), clock)
    number = await ordered(departments, clock)
    await tried(number, departments, clock)
    assert (await query_of(number)).state == "answered"
    many = Question("CX1", 0, KIND, FIRST, LAST, tuple(str(number) for number in range(2000)))
    entries, silent = known_of(many)
    assert 5 < len(entries) < 60
    assert 10 < len(silent) < 90
    assert all(each.ends is None for each in known_of(msgspec.structs.replace(many, kind=MatchKind.DEATH))[0])
    for kind, token in ((MatchKind.DEATH, "demo"), (KIND, "wrong")):
        department = Department(f"http://127.0.0.1/{KIND}", token, "演示", "测试", 1)
        wrong = Departments({kind: department}, transport=departments.transport)
        with pytest.raises(DepartmentAway):
            await wrong.ask(Question("CX1", 0, kind, FIRST, LAST, ("1",)))


def test_departments_are_read_from_a_file(tmp_path: Path, database: Settings, clock: FixedClock) -> None:
    file = tmp_path / "departments.toml"
    table = '[death]\naddress = "{}"\ntoken = "geheim"\nsource = "民政"\nbasis = "协议"\nkeep_months = {}\n'
    file.write_text(table.format("https://data.example.cn/death", 12), "utf-8")
    found = departments_of(msgspec.structs.replace(database, departments=file), clock)
    assert list(found.by_kind) == [MatchKind.DEATH]
    assert "geheim" not in repr(found)
    assert departments_of(database, clock).by_kind == {}
    for words in (
        table.format("http://data.example.cn/death", 12),
        table.format("https://data.example.cn/death", 99),
        table.format("https://[data", 12),
        table.format("https://data.example.cn/death", 12).replace("geheim", "geheim密"),
        '[nobody]\naddress = "https://data.example.cn"\n',
        "[death",
    ):
        file.write_text(words, "utf-8")
        with pytest.raises(DepartmentsRefused) as refused:
            departments_in(file)
        assert "geheim" not in str(refused.value)
    with pytest.raises(DepartmentsRefused):
        departments_in(tmp_path / "missing.toml")


@pytest.fixture
async def officer(database: Settings, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    """The browser of an officer of the demo district, whose departments are the stub."""
    demo = msgspec.structs.replace(database, rate_limit=1_000_000, demo=True)
    transport = httpx.ASGITransport(app=application(demo, clock), raise_app_exceptions=False)  # type: ignore[arg-type] # Litestar types its scope more narrowly
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as browser:
        await enter(browser, "chushen", clock)
        yield browser


async def test_the_page_orders_a_query_once_and_hands_out_what_came(officer: httpx.AsyncClient, clock: FixedClock) -> None:
    await submitted(clock)
    form = {
        **await form_token(officer, "/match-lists"),
        "kind": "abroad",
        "first": "2026-03-01",
        "last": "2026-05-31",
        "idempotency_key": "query-0001",
    }
    for _ in range(2):
        answer = await officer.post("/match-queries", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/match-lists")
    ((number, asked),) = await rows("SELECT number, asked FROM match_query")
    await tried(str(number), stubbed_departments(clock), clock)
    shown = (await officer.get("/match-lists")).text
    assert f"查询 {asked} 人" in shown
    assert "已答复" in shown
    table = (await officer.get("/match-queries.csv")).text
    assert f"{number},出境期间,2026-03-01,2026-05-31,已答复,{asked}" in table
    token = await form_token(officer, "/match-lists")
    evidence = await officer.post(f"/match-queries/{number}/evidence", data=token)
    assert msgspec.json.decode(evidence.content)[0]["query"] == number
    wrong = await officer.post("/match-queries", data={**form, "last": "2026-02-01", "idempotency_key": "query-0002"})
    assert "起止日期应由先到后" in wrong.text


async def test_without_departments_the_page_says_so(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "chushen", clock)
    assert "没有配置部门接口" in (await visitor.get("/match-lists")).text
    form = {**await form_token(visitor, "/match-lists"), "kind": "death", "first": "2026-03-01", "last": "2026-05-31"}
    refused = await visitor.post("/match-queries", data={**form, "idempotency_key": "query-0001"})
    assert "请选择已配置接口的名单" in refused.text
    assert await rows("SELECT 1 FROM match_query") == []
