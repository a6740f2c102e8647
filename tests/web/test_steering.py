"""Steering over its pages: targets, alarms, files of other channels, the leader's page, reports, the public budget."""

import io
import re

import docx
import httpx

from tests.audit.steering_world import STREET, csv_of, small_year
from tests.catalog.classes import roster
from tests.people import enter
from tests.web.conftest import assert_problem, form_token
from tests.web.test_pages import table
from training_admin.audit.targets import raise_alarms
from training_admin.kit.clock import FixedClock

TARGET = {
    "year": "2026",
    "indicator": "trained",
    "department": "",
    "street": "",
    "value": "365",
    "paper": "区政府工作要点",
    "standing": "S",
    "responsible": "就业促进科",
    "why": "年度任务",
    "act": "enter",
}


async def test_a_target_goes_from_form_to_history_and_its_alarm_is_disposed_of(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "zhengce", clock)
    token = await form_token(visitor, "/steering")
    assert "规划目标已到期" in (await visitor.get("/steering")).text
    for wrong in ({"value": "many"}, {"year": "20"}, {"indicator": "luck"}, {"indicator": "pass_rate", "value": "101"}):
        assert_problem(await visitor.post("/steering/targets", data={**TARGET, **wrong, **token}), 422, "target-refused")
    assert (await visitor.post("/steering/targets", data={**TARGET, **token})).status_code == 303
    shown = (await visitor.get("/steering?year=2026")).text
    assert "区政府工作要点" in shown
    assert table(await visitor.get("/steering.csv"))[1][:8] == ["培训人数", "全区", "全区", "0", "365", "152", "人", "红色预警"]
    assert table(await visitor.get("/steering/targets.csv"))[1][3:6] == ["365", "区政府工作要点", "有据"]
    taken = await visitor.post("/steering/targets", data={**TARGET, "value": "", "act": "take_back", **token})
    assert taken.status_code == 303
    assert table(await visitor.get("/steering/targets.csv"))[1][3] == "撤回"
    await visitor.post("/steering/targets", data={**TARGET, **token})
    await raise_alarms(clock=clock)
    token = await form_token(visitor, "/steering/alarms")
    found = re.search(r'action="(/steering/alarms/[0-9]+/dispose)"', (await visitor.get("/steering/alarms")).text)
    assert found
    act = found[1]
    rows = table(await visitor.get("/steering/alarms.csv"))
    place = next(n for n, row in enumerate(rows) if row[0] == "培训人数")
    assert rows[place][3:6] == ["红色预警", "0", "152"]
    assert_problem(await visitor.post("/steering/alarms/999999/dispose", data={"words": "x", **token}), 404, "alarm-not-found")
    assert_problem(await visitor.post(act, data={"words": "", **token}), 422, "target-refused")
    assert (await visitor.post(act, data={"words": "下月补开两个班", **token})).status_code == 303
    assert "下月补开两个班" in (await visitor.get("/steering/alarms")).text
    assert_problem(await visitor.post(act, data={"words": "再写", **token}), 409, "alarm-disposed")


async def test_a_file_of_another_channel_goes_in_over_the_page(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "chushen", clock)
    number = roster(1)[0].identity
    token = await form_token(visitor, "/steering/channels")
    form = {"kind": "people", "channel": "区总工会职工学校", "department": "union", "year": "2026", **token}
    content = csv_of([(number, clock.today(), "合格")])
    wrong = {"file": ("人员.csv", content.replace(b"0101", b"0199"), "text/csv")}
    assert_problem(await visitor.post("/steering/channels", data=form, files=wrong), 422, "channel-refused")
    right = {"file": ("人员.csv", content, "text/csv")}
    assert_problem(await visitor.post("/steering/channels", data={**form, "department": ""}, files=right), 422, "channel-refused")
    made = await visitor.post("/steering/channels", data=form, files=right)
    assert made.status_code == 303, made.text
    page = (await visitor.get(made.headers["location"])).text
    assert "已导入 1 行" in page
    assert number not in page
    assert table(await visitor.get("/steering/channels.csv"))[1][1:6] == ["其他渠道培训人员", "区总工会职工学校", "总工会", "2026", "1"]
    assert table(await visitor.get("/steering/channels/template.csv?kind=streets")) == [["统一社会信用代码", "街镇", "注册地街镇"]]


async def test_the_leader_reads_one_page_and_reports_with_the_same_figures(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await small_year(clock, money=True)
    await enter(visitor, "fenguan", clock)
    page = (await visitor.get("/leader")).text
    for words in ("7<span", "目标已到期", "60.00<span", "7月", STREET, "暂缓拨付"):
        assert words in page
    assert "学员1" not in page
    answer = await visitor.get("/leader/report.docx?quarter=3")
    paper = docx.Document(io.BytesIO(answer.content))
    text = "\n".join(each.text for each in paper.paragraphs)
    assert "2026年第三季度" in text
    assert "全区培训 7 人（本系统 5 人，其他渠道 3 人，重复 1 人只计一次）" in text
    assert "已拨付 60.00 元" in text
    assert [[cell.text for cell in row.cells] for row in paper.tables[0].rows][1:] == [
        ["7月", "5", "6", "5", "0.00", "0.00"],
        ["8月", "3", "0", "0", "0.00", "0.00"],
        ["9月", "0", "0", "0", "100.00", "60.00"],
    ]
    people = table(await visitor.get("/steering/people.csv"))
    assert people[1][:10] == ["全区", "2026年", "6", "5", "7", "5", "3", "1", "0", "0"]
    assert people[1][10:] == ["83.33%", "0.00%", "0", "60.00", "1", "50.00%", "12.00"]
    visitor.cookies.clear()
    public = await visitor.get("/budget?year=2026")
    assert public.status_code == 200
    for words in ("200.00", "60.00", "执行率 30.00%", "职业技能类"):
        assert words in public.text
    assert "样例一厂" not in public.text
    rows = table(await visitor.get("/budget.csv?year=2026"))
    assert ["按类别", "", "职业技能类", "0.00", "100.00", "60.00", ""] in rows
    assert ["按月", "9月", "", "", "100.00", "60.00", "0.00"] in rows
