"""Pages of 培训需求 and 目录与需求对照 without script."""

from datetime import timedelta

import httpx
import pytest

from tests.catalog.classes import content, furnished, roster
from tests.catalog.test_filing import registrar
from tests.people import enter
from tests.web.conftest import assert_problem, form_token
from tests.web.test_pages import table
from training_admin.catalog.filing import save_class, submit_class
from training_admin.kit.clock import FixedClock

ROBOT = {"title": "机器人运维", "occupation": "6-31-01-10", "level": "4", "people": "30", "wanted_by": "2026-12-01", "words": "新产线"}


async def asked(client: httpx.AsyncClient, **changes: str) -> httpx.Response:
    return await client.post("/demands", data={**ROBOT, **changes, **await form_token(client, "/demands")})


async def test_a_demand_is_entered_listed_reported_and_withdrawn(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await furnished(clock)
    await enter(visitor, "jingban-a", clock)
    assert (await asked(visitor)).status_code == 303
    page = (await visitor.get("/demands")).text
    for words in ("机器人运维", "XQ202600001", "希望 2026年12月1日前完成", "待满足"):
        assert words in page, words
    assert table(await visitor.get("/demands.csv"))[1][4:9] == ["机器人运维", "6-31-01-10", "四级/中级工", "", "30"]

    clock.move(timedelta(days=3))
    number = await save_class(await registrar(clock), content(*await furnished(clock)), roster(), clock=clock)
    await submit_class(await registrar(clock), number, clock=clock)
    await enter(visitor, "fenguan", clock)
    page = (await visitor.get("/catalog/lag")).text
    assert "机器人运维" in page
    assert '<rect class="bar-HOLD" x="0" y="0" width="1000"' in page
    rows = table(await visitor.get("/catalog/lag.csv"))
    assert [row[0] for row in rows[1:]] == ["6-31-01-10", "6-18-02-04"]
    assert rows[1][3:6] == ["30", "0", "3"]
    assert table(await visitor.get("/catalog/lag-industries.csv"))[1:] == []
    assert_problem(await visitor.post("/demands", data=await form_token(visitor, "/lists")), 403, "not-allowed")

    await enter(visitor, "jingban-a", clock)
    token = await form_token(visitor, "/demands")
    assert (await visitor.post("/demands/XQ202600001/withdraw", data=token)).status_code == 303
    assert_problem(await visitor.post("/demands/XQ202600001/withdraw", data=token), 409, "demand-closed")
    assert_problem(await visitor.post("/demands/XQ1/withdraw", data=token), 404, "demand-not-found")
    assert_problem(await visitor.get("/catalog/lag"), 403, "not-allowed")


@pytest.mark.parametrize("wrong", [{"people": "x"}, {"people": "9999999"}, {"wanted_by": "bald"}, {"occupation": ""}, {"title": ""}])
async def test_a_wrong_demand_is_told_and_what_was_typed_stays(
    visitor: httpx.AsyncClient, clock: FixedClock, wrong: dict[str, str]
) -> None:
    await enter(visitor, "jingban-a", clock)
    answer = await asked(visitor, **wrong)
    assert_problem(answer, 422, "demand-refused")
    assert "新产线" in answer.text


async def test_a_page_of_many_demands_turns(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "jingban-a", clock)
    for _ in range(26):
        assert (await asked(visitor)).status_code == 303
    page = (await visitor.get("/demands")).text
    assert "下一页" in page
    cursor = page.partition("/demands?cursor=")[2].partition('"')[0]
    turned = (await visitor.get(f"/demands?cursor={cursor}")).text
    assert "XQ202600001" in turned
    assert "回到第一页" in turned
