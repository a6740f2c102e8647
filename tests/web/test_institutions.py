"""Pages of 办学条件 and 违规处理 without script: entered by the institution, decided by officers, listed, exported."""

import re
from datetime import timedelta

import httpx
import pytest

from tests.parties.resources import CARD, PDF, TYPED, entered
from tests.people import ENTERPRISE_A, enter
from tests.web.conftest import assert_problem, form_token
from tests.web.test_pages import table
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.clock import FixedClock
from training_admin.parties.institution_facts import ResourceKind

OWN = f"/institutions/{INSTITUTION}"


async def handed_in(client: httpx.AsyncClient, kind: ResourceKind, *, paper: bytes = b"", **changes: str) -> httpx.Response:
    token = await form_token(client, f"/resources/new?kind={kind}")
    fields = {**TYPED[kind], **changes, "kind": kind.value, **token}
    return await client.post("/resources", data=fields, files={"file": ("a.pdf", paper, "application/pdf")})


async def test_a_room_goes_from_the_form_to_the_register(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "jiaowu", clock)
    assert "尚未登记" in (await visitor.get(OWN)).text
    site = await handed_in(visitor, ResourceKind.SITE, paper=PDF)
    assert site.status_code == 303, site.text
    address = site.headers["location"]
    room = await handed_in(visitor, ResourceKind.ROOM, site=address.rpartition("/")[2])
    assert room.status_code == 303, room.text
    teacher = await handed_in(visitor, ResourceKind.TEACHER, identity=CARD)
    page = (await visitor.get(OWN)).text
    assert "待核定" in page
    assert CARD not in page
    assert CARD[:4] + "*" * 12 + CARD[-2:] in page

    await enter(visitor, "chushen", clock)
    waiting = (await visitor.get("/institutions")).text
    assert "松江样例职业技能培训学校" in waiting
    for each in (address, room.headers["location"], teacher.headers["location"]):
        token = await form_token(visitor, each)
        assert (await visitor.post(f"{each}/decide", data={"act": "approve", **token})).status_code == 303
    assert_problem(await visitor.post(f"{address}/decide", data={"act": "approve", **token}), 409, "resource-decided")
    paper = await visitor.post(f"{address}/paper", data=token)
    assert paper.content == PDF
    rows = table(await visitor.get(f"{OWN}/register.csv"))
    assert [(row[0], row[3]) for row in rows[1:]] == [("办学场所", "有效"), ("教室和实训场地", "有效"), ("教师", "有效")]
    assert CARD not in str(rows)
    listed = table(await visitor.get("/institutions.csv"))
    assert listed[1][3:5] == ["3", "0"]


async def test_a_wrong_form_is_shown_again_with_what_was_typed(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "jiaowu", clock)
    answer = await handed_in(visitor, ResourceKind.LICENCE, valid_to="")
    assert_problem(answer, 422, "resource-refused")
    assert 'value="松训001"' in answer.text
    levels = await handed_in(visitor, ResourceKind.OCCUPATION, code="")
    assert levels.text.count("checked") == 2
    assert_problem(await handed_in(visitor, ResourceKind.PLATFORM, paper=b"x"), 422, "paper-refused")


async def test_a_licence_is_changed_refused_and_ended(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    key = await entered(clock, ResourceKind.LICENCE)
    await entered(clock, ResourceKind.OCCUPATION)
    await enter(visitor, "jiaowu", clock)
    assert "焊工（五级/初级工、四级/中级工）" in (await visitor.get(OWN)).text
    form = await visitor.get(f"/resources/{key}/change")
    assert 'value="2026-12-31"' in form.text
    token = await form_token(visitor, f"/resources/{key}/change")
    changed = {**TYPED[ResourceKind.LICENCE], "kind": "licence", "valid_to": "2029-12-31", **token}
    assert (await visitor.post(f"/resources/{key}/change", data=changed, files={"file": ("", b"", "application/pdf")})).status_code == 303

    await enter(visitor, "chushen", clock)
    token = await form_token(visitor, f"/resources/{key}")
    assert_problem(await visitor.post(f"/resources/{key}/decide", data={"act": "refuse", **token}), 422, "resource-refused")
    assert (await visitor.post(f"/resources/{key}/decide", data={"act": "refuse", "reason": "缺页", **token})).status_code == 303

    await enter(visitor, "jiaowu", clock)
    assert "缺页" in (await visitor.get(f"/resources/{key}")).text
    token = await form_token(visitor, f"/resources/{key}/change")
    ended = await visitor.post(
        f"/resources/{key}/change", data={"kind": "licence", "act": "end", **token}, files={"file": ("", b"", "x/y")}
    )
    assert ended.status_code == 303
    assert "停用待核定" in (await visitor.get(OWN)).text


async def test_an_expired_platform_is_told_expired(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await entered(clock, ResourceKind.PLATFORM, valid_to="2026-05-31")
    await entered(clock, ResourceKind.PLATFORM, name="另一平台", own="yes")
    await enter(visitor, "dudao", clock)
    page = (await visitor.get("/platforms")).text
    assert "已过期" in page
    rows = table(await visitor.get("/platforms.csv"))
    assert [(row[2], row[-1]) for row in rows[1:]] == [("第三方", "已过期"), ("自有", "有效")]


@pytest.mark.parametrize("kind", ["licence", "nonsense"])
async def test_an_enterprise_registers_only_what_it_may(visitor: httpx.AsyncClient, clock: FixedClock, kind: str) -> None:
    await enter(visitor, "jingban-a", clock)
    assert_problem(await visitor.get(f"/resources/new?kind={kind}"), 404, "resource-not-found")
    assert "企业" in (await visitor.get(f"/institutions/{ENTERPRISE_A}")).text
    assert_problem(await visitor.get(OWN), 404, "resource-not-found")


async def test_a_measure_is_proposed_decided_followed_and_lifted_on_pages(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await entered(clock, ResourceKind.SITE)
    await enter(visitor, "dudao", clock)
    token = await form_token(visitor, f"/sanctions/new?organisation={INSTITUTION}")
    form = {"organisation": INSTITUTION, "step": "talk", "facts": "未按课表上课", "ground": "测试文件", "conduct_ended_on": "2026-05-20"}
    assert_problem(await visitor.post("/sanctions", data={**form, "step": "no", **token}), 422, "sanction-refused")
    made = await visitor.post("/sanctions", data={**form, **token})
    assert made.status_code == 303, made.text
    address = made.headers["location"]

    await enter(visitor, "shending", clock)
    token = await form_token(visitor, address)
    assert_problem(await visitor.post(f"{address}/decide", data=token), 422, "sanction-refused")
    assert (await visitor.post(f"{address}/decide", data={"act": "confirm", **token})).status_code == 303
    assert "至整改验收合格" in (await visitor.get(address)).text
    assert "目前不受理开班备案" in (await visitor.get(OWN)).text

    await enter(visitor, "dudao", clock)
    token = await form_token(visitor, address)
    assert_problem(await visitor.post(f"{address}/follow", data={"act": "tell", **token}), 409, "sanction-decided")
    assert_problem(await visitor.post(f"{address}/follow", data={"act": "plead", "kind": "no", **token}), 422, "sanction-refused")
    await enter(visitor, "jiaowu", clock)
    token = await form_token(visitor, address)
    said = {"kind": "objection", "words": "事实有误"}
    assert (await visitor.post(f"{address}/plead", data={**said, **token})).status_code == 303
    assert_problem(await visitor.post(f"{address}/plead", data={**said, **token}), 409, "sanction-plea-waits")
    await enter(visitor, "dudao", clock)
    shown = (await visitor.get(address)).text
    token = await form_token(visitor, address)
    plea = re.search(r"/pleas/(\d+)/mark", shown)
    assert plea is not None
    assert "事实有误" in shown
    assert (await visitor.post(f"{address}/pleas/{plea[1]}/mark", data=token)).status_code == 303
    await enter(visitor, "shending", clock)
    token = await form_token(visitor, address)
    answer = f"{address}/pleas/{plea[1]}/answer"
    assert_problem(await visitor.post(answer, data=token), 422, "sanction-refused")
    assert (await visitor.post(answer, data={"act": "deny", "answer": "事实清楚", **token})).status_code == 303
    assert "未同意" in (await visitor.get(address)).text
    await enter(visitor, "dudao", clock)
    token = await form_token(visitor, address)
    assert (await visitor.post(f"{address}/follow", data={"act": "fixed", "words": "合格", **token})).status_code == 303
    assert "整改验收合格" in (await visitor.get(address)).text
    await enter(visitor, "shending", clock)
    assert (await visitor.post(f"{address}/lift", data={"words": "复核撤销", **token})).status_code == 303
    listed = (await visitor.get("/sanctions")).text
    assert "已撤销" in listed
    assert "暂定" in listed
    assert "20.00%" in listed
    assert table(await visitor.get("/sanctions.csv"))[1][3] == "约谈"
    assert_problem(await visitor.get("/sanctions/WG20269999"), 404, "sanction-not-found")
    assert (await visitor.post("/sanctions/WG20269999/lift", data={"words": "x", **token})).status_code == 404
    assert (await visitor.post("/sanctions/WG20269999/decide", data={"act": "refuse", "reason": "x", **token})).status_code == 404


async def test_a_time_to_mend_without_calendar_is_no_guess(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await entered(clock, ResourceKind.SITE)
    clock.move(timedelta(days=211))  # 29 December 2026: the next year has no calendar yet
    await enter(visitor, "dudao", clock)
    token = await form_token(visitor, "/sanctions/new")
    form = {"organisation": INSTITUTION, "step": "talk", "facts": "事实", "ground": "测试文件", "conduct_ended_on": "2026-05-20"}
    address = (await visitor.post("/sanctions", data={**form, **token})).headers["location"]
    await enter(visitor, "shending", clock)
    token = await form_token(visitor, address)
    assert_problem(await visitor.post(f"{address}/decide", data={"act": "confirm", **token}), 422, "sanction-refused")
