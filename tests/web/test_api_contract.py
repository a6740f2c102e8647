"""The API against its own description: whatever schemathesis makes up, no crash and no answer that is not described.

A bounded number of calls here; `API_CALLS=1000` asks that many of each role (`make soak`).
"""

import asyncio
import os
from collections import Counter
from datetime import date
from typing import Any

import httpx
import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as drawn
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from tests.people import assign_all, enter, sign_in_as
from tests.web.conftest import assert_problem
from tests.web.serving import served
from training_admin.accounts.tokens import grantable, make_token
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings

CALLS = int(os.environ.get("API_CALLS", "330"))
# Workbooks are made while one waits; on a busy machine that takes its time.
PATIENCE = 60
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
LOGINS = ("jingban-b", "chushen", "shending", "caijing", "caifu", "shenji")


def ask_everything(address: str, token: str, number: str, calls: int) -> Counter[int]:
    """Ask each operation its share of the calls, good requests and bad ones; returns how often each status came."""
    schema: Any = schemathesis.openapi.from_url(f"{address}/schema/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    statuses: Counter[int] = Counter()
    asked = 0
    for place, operation in enumerate(operations):
        share = -(-(calls - asked) // (len(operations) - place))
        asked += ask_one(operation, token, number, share, statuses)
    return statuses


def ask_one(operation: Any, token: str, number: str, share: int, statuses: Counter[int]) -> int:
    """Ask one operation at least `share` times; every second call that names a claim names one that is there."""
    made = 0
    strategy = operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE) | operation.as_strategy(
        generation_mode=schemathesis.GenerationMode.NEGATIVE
    )

    @seed(20260601)
    @drawn(
        max_examples=share,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def call(case: Any) -> None:
        nonlocal made
        made += 1
        if made % 2 and "number" in (case.path_parameters or {}):
            case.path_parameters["number"] = number
        answer = case.call(headers={"authorization": f"Bearer {token}"}, timeout=PATIENCE)
        statuses[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    call()
    return made


@pytest.mark.parametrize("login", LOGINS)
async def test_whatever_is_asked_the_api_answers_as_described(database: Settings, clock: FixedClock, number: str, login: str) -> None:
    await assign_all(clock)
    person = await sign_in_as(login, clock)
    token = await make_token(
        person.actor, name="测试", rights=frozenset(grantable(person.actor)), expires_on=date(2026, 12, 31), clock=clock
    )
    async with served(msgspec.structs.replace(database, rate_limit=1_000_000), clock) as address:
        statuses = await asyncio.to_thread(ask_everything, address, token, number, CALLS)
    assert statuses.total() >= CALLS
    assert statuses[200] > 0
    print(login, dict(statuses))  # noqa: T201 - the figures of the long run


async def test_a_form_field_that_is_no_text_is_the_senders_fault(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "jingban-b", clock)
    body = b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n\xff\xfe\r\n--b--\r\n'
    answer = await visitor.post("/api/v1/prechecks", content=body, headers={"content-type": "multipart/form-data; boundary=b"})
    assert_problem(answer, 400, "bad-request")
