"""The interfaces of other departments as the demo district has them: an application that answers in the agreed form, without a network.

Whether a made-up person is in a list follows from his number alone: about one in a hundred, so that there is something to look at.
"""

from datetime import timedelta
from hashlib import sha256
from typing import Any, cast

import httpx
import msgspec
from litestar import Litestar, Request, Response, post
from litestar.params import FromPath

from training_admin.audit.asking_facts import Answer, Entry, Question
from training_admin.audit.departments import Department, Departments, departments_in
from training_admin.audit.match_facts import KINDS, MatchKind
from training_admin.kit.clock import Clock
from training_admin.settings import Settings

TOKEN = "demo"  # noqa: S105 - guards made-up answers only
ONE_IN, SILENT_IN = 101, 53
BASIS = "演示数据，不是真实的部门答复"


def known_of(question: Question) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """What the stub says of the persons asked about, and of whom it says nothing."""
    entries, silent = [], []
    for number in question.persons:
        turn = int.from_bytes(sha256(f"{question.kind}{number}".encode()).digest()[:4])
        if turn % SILENT_IN == 0:
            silent.append(number)
        elif turn % ONE_IN == 0:
            ends = question.first + timedelta(days=9) if KINDS[question.kind].last else None
            entries.append(Entry(number, question.first, ends, "演示"))
    return tuple(entries), tuple(silent)


def department_stub(clock: Clock) -> Litestar:
    """The application; it answers whoever knows the token."""

    @post("/{kind:str}", status_code=200)
    async def answered(request: Request[Any, Any, Any], kind: FromPath[str]) -> Response[bytes]:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Response(b"", status_code=401)
        question = msgspec.json.decode(await request.body(), type=Question)
        if question.kind.value != kind:
            return Response(b"", status_code=400)
        entries, silent = known_of(question)
        answer = Answer(question.query, question.part, clock.today(), entries, silent)
        return Response(msgspec.json.encode(answer), media_type="application/json")

    return Litestar(route_handlers=[answered], openapi_config=None)


def stubbed_departments(clock: Clock) -> Departments:
    """Every kind of list, asked of the stub inside this process."""
    return Departments(
        {kind: Department(f"http://127.0.0.1/{kind}", TOKEN, f"{KINDS[kind].keeper}（演示接口）", BASIS, 12) for kind in MatchKind},
        transport=httpx.ASGITransport(app=cast("Any", department_stub(clock))),
    )


def departments_of(settings: Settings, clock: Clock) -> Departments:
    """Those of the configured file; without one the stub in the demo, and nobody elsewhere. Raises DepartmentsRefused."""
    if settings.departments is not None:
        return departments_in(settings.departments)
    return stubbed_departments(clock) if settings.demo else Departments({})
