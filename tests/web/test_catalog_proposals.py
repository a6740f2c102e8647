"""Pages of catalog proposals: the way of one proposal in the browser of everybody who has a hand in it."""

import re
from datetime import timedelta

import httpx
import pytest

from tests.people import ENTERPRISE_A, account, enter
from tests.web.conftest import assert_problem, form_token
from training_admin.accounts.middleware import COOKIE
from training_admin.kit.clock import FixedClock

FORM = {
    "name": "焊接机器人操作",
    "category": "E",
    "hours": "80",
    "theory_hours": "30",
    "practice_hours": "50",
    "standard": "1800",
    "fund": "LES",
    "groups": "E",
    "valid_from": "2026-08-01",
    "partner": ENTERPRISE_A,
    "why": "园区企业急需",
}
POINTS = {"need": "28", "content": "27", "price": "18", "conditions": "18", "remark": "同意"}
pytestmark = pytest.mark.usefixtures("database")


class Desk:
    """One browser in which people sign in one after the other."""

    def __init__(self, client: httpx.AsyncClient, clock: FixedClock) -> None:
        self.client, self.clock, self.address = client, clock, ""

    async def sit(self, login: str) -> None:
        await enter(self.client, login, self.clock)

    def leave(self) -> None:
        self.client.cookies.delete(COOKIE)
        self.client.headers.pop("authorization", None)

    async def post(self, path: str, *, page: str | None = None, **data: str) -> httpx.Response:
        token = await form_token(self.client, page or self.address)
        return await self.client.post(path if path.startswith("/") else f"{self.address}/{path}", data={**data, **token})

    async def does(self, path: str, *, page: str | None = None, **data: str) -> None:
        answer = await self.post(path, page=page, **data)
        assert answer.status_code == 303, answer.text


async def proposed(desk: Desk) -> None:
    await account("qianzi-a", desk.clock)
    await desk.sit("jiaowu")
    made = await desk.post("/catalog/proposals/new", page="/catalog/proposals/new", **FORM)
    assert made.status_code == 303, made.text
    desk.address = made.headers["location"]


async def drawn(desk: Desk) -> None:
    await proposed(desk)
    await desk.sit("qianzi-a")
    await desk.does("consent")
    await desk.sit("zhengce")
    for number in range(4):
        await desk.does("/catalog/experts", page="/catalog/experts", name=f"专家{number}", organisation=f"单位{number}", field="焊接")
    await desk.does("draw")


async def test_a_proposal_goes_its_whole_way(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    desk = Desk(visitor, clock)
    await drawn(desk)
    linked = await desk.post("seats/1/link")
    link = re.search(r"/catalog/score/[\w-]+", linked.text)
    assert link
    for place in (2, 3):
        await desk.does(f"seats/{place}/sheet", paper="评审档案1", **POINTS)
    desk.leave()
    assert "焊接机器人操作" in (await visitor.get(link[0])).text
    assert_problem(await desk.post(link[0], page=link[0], **{**POINTS, "need": "many"}), 422, "catalog-proposal-refused")
    assert "评分已提交" in (await desk.post(link[0], page=link[0], **POINTS)).text
    assert_problem(await visitor.get(link[0]), 404, "catalog-link-not-found")
    assert_problem(await visitor.get(desk.address), 404, "catalog-proposal-not-found")

    await desk.sit("zhengce")
    assert "平均 91 分" in (await visitor.get(desk.address)).text
    await desk.does("ask")
    desk.leave()
    assert "焊接机器人操作" in (await visitor.get("/catalog/proposals")).text
    await desk.does("voices", name="王某", text="建议增加安全课时")
    public = (await visitor.get(desk.address)).text
    assert "已收到，待答复" in public
    assert "王某" not in public
    assert "专家0" not in public

    clock.move(timedelta(days=8))
    await desk.sit("zhengce")
    voice = re.search(r"/voices/(\d+)", (await visitor.get(desk.address)).text)
    assert voice
    assert_problem(await desk.post("notice"), 422, "catalog-proposal-refused")
    await desk.does(f"voices/{voice[1]}", outcome="partly", text="增加 4 课时")
    await desk.does("notice")
    clock.move(timedelta(days=13))
    await desk.sit("zhengce")
    assert_problem(await desk.post("prepare", paper="文件1号", valid_from="2026-06-22"), 422, "catalog-version-refused")
    assert_problem(await desk.post("prepare", paper="文件1号", valid_from="soon"), 422, "catalog-proposal-refused")
    await desk.does("prepare", paper="松人社〔2026〕9号", valid_from="2026-07-01")
    await desk.sit("zhengshen")
    assert_problem(await desk.post("decide"), 422, "catalog-proposal-refused")
    await desk.does("decide", act="publish")
    desk.leave()
    assert "松人社〔2026〕9号" in (await visitor.get(desk.address)).text
    listed = (await visitor.get("/catalog", params={"day": "2026-07-01", "word": "hjjqr"})).text
    assert "焊接机器人操作" in listed
    assert "增加 4 课时" in (await visitor.get(desk.address)).text


async def test_a_wrong_form_names_every_field_and_keeps_what_was_typed(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    desk = Desk(visitor, clock)
    await desk.sit("jiaowu")
    wrong = {**FORM, "category": "Z", "hours": "0", "practice_hours": "5o", "standard": "lots", "valid_from": "soon", "fund": ""}
    answer = await desk.post("/catalog/proposals/new", page="/catalog/proposals/new", **wrong)
    assert_problem(answer, 422, "catalog-proposal-refused")
    for field in ("类别", "标准课时", "实操课时", "补贴标准", "有效期起", "资金渠道"):
        assert field in answer.text
    assert 'value="焊接机器人操作"' in answer.text
    apart = await desk.post(
        "/catalog/proposals/new", page="/catalog/proposals/new", **{**FORM, "theory_hours": "10", "valid_to": "2026-07-01"}
    )
    assert "之和应等于标准课时" in apart.text
    assert "早于有效期起" in apart.text


async def test_acts_that_end_a_proposal_or_come_too_early(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    desk = Desk(visitor, clock)
    await proposed(desk)
    await desk.does("withdraw")
    assert_problem(await desk.post("withdraw", page="/catalog/proposals/new"), 409, "catalog-illegal-move")
    await desk.sit("jiaowu")
    made = await desk.post("/catalog/proposals/new", page="/catalog/proposals/new", **{**FORM, "partner": "", "partner_name": "行业协会"})
    desk.address = made.headers["location"]
    await desk.sit("zhengce")
    await desk.does("letter", letter="同意函1号")
    assert_problem(await desk.post("draw"), 409, "catalog-too-few-experts")
    assert_problem(await desk.post("seats/1/link"), 404, "catalog-proposal-not-found")
    await desk.does("refuse", reason="重复建设")
    await desk.sit("jiaowu")
    assert "重复建设" in (await visitor.get(desk.address)).text
    told = (await visitor.get("/messages")).text
    assert "合作方已同意，待抽取评审专家" in told
    assert "不予列入补贴目录。重复建设" in told


async def test_the_pool_of_experts_is_kept_by_officers(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    desk = Desk(visitor, clock)
    await desk.sit("zhengce")
    assert_problem(await desk.post("/catalog/experts", page="/catalog/experts", name="甲"), 422, "catalog-proposal-refused")
    await desk.does("/catalog/experts", page="/catalog/experts", name="甲", organisation="某校", field="焊接")
    number = re.search(r"ZJ\d+", (await visitor.get("/catalog/experts")).text)
    assert number
    await desk.does("/catalog/experts", page="/catalog/experts", drop=number[0])
    assert "还没有专家" in (await visitor.get("/catalog/experts")).text
    await desk.sit("jingban-b")
    assert_problem(await visitor.get("/catalog/experts"), 403, "not-allowed")


async def test_nobody_floods_the_opinions(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    token = await form_token(visitor, "/sign-in")
    answers = [await visitor.post("/catalog/proposals/ML20269999/voices", data={"text": "意见", **token}) for _ in range(22)]
    assert [answer.status_code for answer in answers][-1] == 429
    assert answers[0].status_code == 404
