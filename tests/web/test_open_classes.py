"""Open seats of pooled classes: seen by everybody, asked for by a firm, answered by the institution, with messages both ways."""

import re
from datetime import timedelta

import httpx
import pytest

from tests.catalog.classes import content, furnished
from tests.catalog.test_filing import registrar
from tests.catalog.test_pooled_classes import people, pooled
from tests.people import ENTERPRISE_A, ENTERPRISE_B, enter, sign_in_as
from tests.web.conftest import assert_problem, form_token
from tests.web.test_pages import table
from training_admin.catalog.class_facts import Pool, Split
from training_admin.catalog.filing import FilingRefused, save_class
from training_admin.catalog.seats import ask_for_seats, list_open
from training_admin.kit.actor import NotAllowed
from training_admin.kit.clock import FixedClock


async def asked(client: httpx.AsyncClient, number: str, people: str, words: str = "") -> httpx.Response:
    token = await form_token(client, f"/open-classes/{number}")
    return await client.post("/open-classes", data={"class_no": number, "people": people, "words": words, **token})


async def answered(client: httpx.AsyncClient, number: str, act: str, reason: str = "", firm: str = ENTERPRISE_B) -> httpx.Response:
    token = await form_token(client, f"/classes/{number}")
    return await client.post(f"/classes/{number}/seats", data={"enterprise": firm, "act": act, "reason": reason, **token})


async def test_open_seats_are_public_until_the_class_starts(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    actor = await registrar(clock)
    means = await furnished(clock)
    await save_class(actor, content(*means, pool=Pool(10, Split.PER_HEAD), title="草稿班"), people(*[ENTERPRISE_A] * 6), clock=clock)
    assert "目前没有尚未开班" in (await visitor.get("/open-classes")).text
    number = await pooled(clock, *[ENTERPRISE_A] * 6)
    listed = await visitor.get("/open-classes")
    assert "草稿班" not in listed.text
    assert f'href="/open-classes/{number}"' in listed.text
    assert table(await visitor.get("/open-classes.csv"))[1][-2:] == ["10", "4"]
    page = await visitor.get(f"/open-classes/{number}")
    assert "剩余 4 个席位（共 10 个）" in page.text
    assert "学员" not in re.sub(r"<footer.*", "", page.text.split("课次", 1)[1], flags=re.DOTALL)
    assert "登录后可在此申请" in page.text
    clock.move(timedelta(days=35))
    assert "目前没有尚未开班" in (await visitor.get("/open-classes")).text
    assert_problem(await visitor.get(f"/open-classes/{number}"), 404, "class-not-found")


async def test_a_firm_asks_and_the_institution_agrees_with_messages_both_ways(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await pooled(clock, *[ENTERPRISE_A] * 6)
    await enter(visitor, "jingban-b", clock)
    for wrong in ("", "0", "x", "²", "5"):
        refused = await asked(visitor, number, wrong, "周末班")
        assert_problem(refused, 422, "class-refused")
        assert "周末班" in refused.text
    assert_problem(await asked(visitor, number, "2", "联系 13912345678"), 422, "class-refused")
    assert (await asked(visitor, number, "3", "两名焊工")).status_code == 303
    assert (await asked(visitor, number, "4", "四名焊工")).status_code == 303
    assert "待答复" in (await visitor.get(f"/open-classes/{number}")).text

    await enter(visitor, "jiaowu", clock)
    assert "集中培训席位申请" in (await visitor.get("/messages")).text
    page = (await visitor.get(f"/classes/{number}")).text
    assert "四名焊工" in page
    assert "两名焊工" not in page
    assert_problem(await answered(visitor, number, "refuse"), 422, "class-refused")
    assert (await answered(visitor, number, "agree")).status_code == 303
    assert_problem(await answered(visitor, number, "agree"), 422, "class-refused")
    assert table(await visitor.get("/open-classes.csv"))[1][-1] == "0"
    assert table(await visitor.get(f"/classes/{number}/pool.csv"))[1:] == [
        [ENTERPRISE_A, f"{number}-1", "6", "10000.00", "", ""],
        [ENTERPRISE_B, "", "", "", "4", "已同意"],
    ]

    await enter(visitor, "jingban-b", clock)
    assert "同意 4 个席位" in (await visitor.get("/messages")).text
    assert "已同意" in (await visitor.get(f"/open-classes/{number}")).text
    assert "四名焊工" not in (await visitor.get(f"/open-classes/{number}")).text
    firm = (await sign_in_as("jingban-b", clock)).actor
    with pytest.raises(FilingRefused, match="直接与培训机构联系"):
        await ask_for_seats(firm, number, people=1, words="", clock=clock)


async def test_a_firm_that_was_refused_asks_again(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await pooled(clock, *[ENTERPRISE_A] * 4, *[ENTERPRISE_B] * 2)
    await enter(visitor, "jingban-b", clock)
    # Its two people of the roster count: six of ten are taken, so it may have two and four.
    assert_problem(await asked(visitor, number, "7"), 422, "class-refused")
    assert (await asked(visitor, number, "6")).status_code == 303
    await enter(visitor, "jiaowu", clock)
    assert (await answered(visitor, number, "refuse", "设备只够两人")).status_code == 303
    await enter(visitor, "jingban-b", clock)
    assert "设备只够两人" in (await visitor.get("/messages")).text
    assert (await asked(visitor, number, "4")).status_code == 303
    await enter(visitor, "jiaowu", clock)
    assert (await answered(visitor, number, "agree")).status_code == 303
    assert [(each.seats, each.left) for each in await list_open(clock=clock)] == [(10, 2)]


async def test_seats_that_are_gone_are_not_agreed_to(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await pooled(clock, *[ENTERPRISE_A] * 6)
    for login in ("jingban-a", "jingban-b"):
        firm = (await sign_in_as(login, clock)).actor
        await ask_for_seats(firm, number, people=10 if login == "jingban-a" else 4, words="", clock=clock)
    await enter(visitor, "jiaowu", clock)
    assert (await answered(visitor, number, "agree", firm=ENTERPRISE_A)).status_code == 303
    refused = await answered(visitor, number, "agree")
    assert_problem(refused, 422, "class-refused")
    assert "剩余席位不足" in refused.text
    # Nothing was promised by the refused act.
    assert 'value="agree"' in (await visitor.get(f"/classes/{number}")).text


async def test_a_class_that_has_begun_takes_nobody_in(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await pooled(clock, *[ENTERPRISE_A] * 6)
    await ask_for_seats((await sign_in_as("jingban-b", clock)).actor, number, people=2, words="", clock=clock)
    clock.move(timedelta(days=35))
    await enter(visitor, "jiaowu", clock)
    refused = await answered(visitor, number, "agree")
    assert_problem(refused, 422, "class-refused")
    assert "已经开班" in refused.text
    assert (await answered(visitor, number, "refuse", "已开班")).status_code == 303


async def test_only_firms_ask_and_only_for_what_is_open(clock: FixedClock, visitor: httpx.AsyncClient) -> None:
    number = await pooled(clock, *[ENTERPRISE_A] * 6)
    with pytest.raises(NotAllowed):
        await ask_for_seats(await registrar(clock), number, people=1, words="", clock=clock)
    await enter(visitor, "jingban-b", clock)
    token = await form_token(visitor, f"/open-classes/{number}")
    assert_problem(await visitor.post("/open-classes", data=token), 422, "class-refused")
    assert_problem(await visitor.post("/open-classes", data={"class_no": "BJ202699999", "people": "1", **token}), 404, "class-not-found")
