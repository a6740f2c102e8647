"""Asking other departments: a person orders it, a job asks in parts, keeps the answer sealed as evidence and makes a list of it.

Three tries that come to nothing end a query as failed; nothing is compared then, and whoever has no answer is neither clean nor found.
"""

import asyncio
from datetime import date

from training_admin.audit import asking_store as store
from training_admin.audit import match_store
from training_admin.audit.asking_facts import MOST_ASKED, Answer, DepartmentAway, answer_to, questions
from training_admin.audit.asking_store import MatchQuery
from training_admin.audit.departments import Departments
from training_admin.audit.match_facts import ListTold, MatchEntry
from training_admin.audit.match_store import NewList
from training_admin.audit.matching import LIST_NUMBERS
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import WORKER, Actor, assert_may, assert_stepped_up, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.digest import sha256_hex
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.kit.workdays import add_months
from training_admin.office import trail
from training_admin.office.files import keep_file, load_file
from training_admin.office.idempotency import once
from training_admin.office.jobs import STARTS_BEFORE_PARKING, JobRun, enqueue
from training_admin.office.numbers import next_number
from training_admin.parties.institution_store import PERSON_PLACE
from training_admin.subsidy.roster_store import opened_line

ASK_DEPARTMENT = "ask_department"
NUMBER_KIND = "match_query"
EVIDENCE_TYPE = "application/json"
MOST_SHOWN = 200
STATE_WORDS = {"waiting": "查询中", "answered": "已答复", "failed": "没有答复"}


class QueryRefused(Unreadable):
    """A field of the query is missing or out of bounds, or there is nobody to ask about."""

    code = "match-query-refused"
    title = "不能查询"


class QueryWaits(Refusal):
    """The same is being asked already."""

    code = "match-query-waits"
    title = "正在查询"


class NoEvidence(Refusal):
    """The query has no answer, or its evidence was purged."""

    code = "match-query-no-evidence"
    title = "没有答复原件"


@once
async def order_query(actor: Actor, departments: Departments, kind: str, first: date, last: date, *, clock: Clock) -> str:
    """Order that a department be asked about everybody trained between two days; returns the number of the query.

    Raises NotAllowed, StepUpNeeded, QueryRefused, QueryWaits.
    """
    assert_may(actor, Right.DELIVERY_RECEIVE)
    assert_stepped_up(actor)
    wanted = next((each for each in departments.by_kind if each.value == kind), None)
    if wanted is None:
        raise QueryRefused("请选择已配置接口的名单。")
    if last < first or first > clock.today() or last > add_months(first, 12):
        raise QueryRefused("起止日期应由先到后，不晚于今天开始，且不超过 12 个月。")
    asked = await store.persons_between(first, last)
    if not 0 < asked <= MOST_ASKED:
        words = "这段时间没有申报中的参训人员。" if asked == 0 else f"这段时间有 {asked} 人，一次最多查询 {MOST_ASKED} 人，请缩短时间。"
        raise QueryRefused(words)
    if number := await store.waiting_for(wanted, first, last):
        raise QueryWaits(f"同一内容正在查询（{number}），请等待答复。")
    year = clock.today().year
    number = f"CX{year}{await next_number(NUMBER_KIND, year):04d}"
    await store.add_query(number, wanted, first, last, asked=asked, asker=shown_name(actor), at=clock.now())
    await enqueue(ASK_DEPARTMENT, number)
    detail = {"kind": wanted.value, "first": first.isoformat(), "last": last.isoformat(), "asked": asked}
    await trail.record(actor, "audit:query:ordered", number, detail, at=clock.now())
    return number


async def ask_staged(run: JobRun, departments: Departments) -> None:
    """The job of a query: one try; raises DepartmentAway to be tried again, the third time the query has failed."""
    async with read_transaction():
        query = await store.query_by_number(run.key)
        sealed = await store.sealed_persons(query.first, query.last)
    if query.state != "waiting":
        return
    today = run.clock.today()
    try:
        persons = await asyncio.to_thread(_opened, sealed)
        bodies: list[bytes] = []
        answers: list[Answer] = []
        for question in questions(query.number, query.kind, query.first, query.last, persons):
            bodies.append(await departments.ask(question))
            answers.append(answer_to(question, bodies[-1], today=today))
    except DepartmentAway as away:
        failed = query.tries + 1 >= STARTS_BEFORE_PARKING
        await _note_fault(query, away.code, failed=failed, clock=run.clock)
        if failed:
            return
        raise
    entries = await asyncio.to_thread(_keyed, answers)
    await _keep(run, query, departments, bodies, answers, entries)


def _opened(sealed: list[bytes]) -> list[str]:
    """Identity numbers in clear, each once; erased rows have none."""
    return list(dict.fromkeys(number for each in sealed if (number := opened_line(each).id_no)))


def _keyed(answers: list[Answer]) -> list[MatchEntry]:
    keys = vault()
    return [
        MatchEntry(keys.keyed_hash(each.id_no, place=PERSON_PLACE).hex(), each.starts, each.ends, each.word)
        for answer in answers
        for each in answer.entries
    ]


@retried
async def _note_fault(query: MatchQuery, fault: str, *, failed: bool, clock: Clock) -> None:
    async with write_transaction():
        await store.note_fault(query.id, fault, failed=failed)
        if failed:
            detail = {"kind": query.kind.value, "fault": fault, "tries": query.tries + 1}
            await trail.record(WORKER, "audit:query:failed", query.number, detail, at=clock.now())


@retried
async def _keep(
    run: JobRun, query: MatchQuery, departments: Departments, bodies: list[bytes], answers: list[Answer], entries: list[MatchEntry]
) -> None:
    """The evidence, the list and the end of the query in one transaction."""
    department, clock, today = departments.by_kind[query.kind], run.clock, run.clock.today()
    content = b"[" + b",\n".join(bodies) + b"]"
    told = ListTold(
        kind=query.kind,
        source=department.source,
        basis=department.basis,
        as_of=min((each.as_of for each in answers), default=today),
        covers_from=query.first,
        covers_to=query.last,
        purge_on=add_months(today, department.keep_months),
    )
    async with write_transaction():
        if not await run.first_time():
            return
        file = await keep_file(content, media_type=EVIDENCE_TYPE, at=clock.now())
        number = f"BD{today.year}{await next_number(LIST_NUMBERS, today.year):04d}"
        await match_store.add_list(NewList(number, told, sha256_hex(content), f"接口查询 {query.number}", clock.now()), entries)
        unanswered = sum(len(set(each.unanswered)) for each in answers)
        await store.note_answer(query.id, unanswered=unanswered, sha256=file.sha256, list_number=number, at=clock.now())
        detail = {"kind": query.kind.value, "list": number, "rows": len(entries), "unanswered": unanswered, "sha256": file.sha256}
        await trail.record(WORKER, "audit:query:answered", query.number, detail, at=clock.now())


async def list_queries(actor: Actor) -> list[MatchQuery]:
    """The queries there were, newest first; raises NotAllowed."""
    assert_may(actor, Right.DELIVERY_READ)
    async with read_transaction():
        return await store.queries(most=MOST_SHOWN)


@retried
async def evidence(actor: Actor, number: str, *, clock: Clock) -> bytes:
    """The answer as it came, whole numbers and all; who takes it is noted. Raises NotAllowed, StepUpNeeded, QueryNotFound, NoEvidence."""
    assert_may(actor, Right.DELIVERY_RECEIVE)
    assert_stepped_up(actor)
    async with write_transaction():
        query = await store.query_by_number(number)
        if query.sha256 is None:
            raise NoEvidence("这次查询还没有答复。")
        content = await load_file(query.sha256)
        await trail.record(actor, "audit:query:evidence", number, {"sha256": query.sha256}, at=clock.now())
    return content


def asked_words(query: MatchQuery) -> str:
    """How the query went, as a user reads it."""
    if query.state == "answered":
        return f"查询 {query.asked} 人" + (f"，{query.unanswered} 人没有答复（不作判断）" if query.unanswered else "")
    return f"查询 {query.asked} 人，已尝试 {query.tries} 次"
