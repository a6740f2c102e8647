"""审计整改台账 over pages and API: asked from a form, answered with papers, exported, read by nobody else; the API does the same."""

import base64
import csv
import io
import re
from datetime import timedelta

import httpx
import openpyxl
import pytest

from tests.accounts.registrations import PDF
from tests.audit.test_holding import FIRST, insured_elsewhere, only_doubt
from tests.people import ENTERPRISE_A, account, assign_all, enter, sign_in_as
from tests.subsidy.test_reviewing import submitted
from tests.web.test_fund import as_, post
from training_admin.audit import deciding
from training_admin.audit.evidence import EvidenceAsked, make_evidence
from training_admin.audit.searching import search_period
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.clock import FixedClock
from training_admin.web import WORKBOOK_TYPE

ASKED = {"organisation": ENTERPRISE_A, "severity": "HIGH", "problem": "=签到表有代签", "measure": "补齐原件"}


@pytest.fixture
async def office(visitor: httpx.AsyncClient, clock: FixedClock) -> httpx.AsyncClient:
    """The browser of an auditor, in a district with both enterprises."""
    for login in ("jingban-a", "jingban-b", "dudao"):
        await account(login, clock)
    await assign_all(clock)
    await enter(visitor, "shenji", clock)
    return visitor


async def asked(client: httpx.AsyncClient, **changes: str) -> str:
    answer = await post(client, "/rectifications/new", "/rectifications", **{**ASKED, **changes})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def form_of(client: httpx.AsyncClient, page: str) -> dict[str, str]:
    shown = (await client.get(page)).text
    names = ("_csrf_token", "idempotency_key", "version")
    return {name: found[1] for name in names if (found := re.search(rf'name="{name}" value="([^"]+)"', shown))}


async def test_a_finding_goes_its_way_over_the_pages(office: httpx.AsyncClient, clock: FixedClock) -> None:
    refused = await post(office, "/rectifications/new", "/rectifications", **{**ASKED, "measure": ""})
    assert (refused.status_code, "整改要求" in refused.text) == (422, True)
    at = await asked(office)
    await as_(office, "jingban-a", clock)
    page = (await office.get(at)).text
    assert "还有 5 个工作日" in page
    assert "验收" not in page.partition("<main")[2].partition("办理过程")[0].replace("验收后", "").replace("发出人验收", "")
    fields = await form_of(office, at)
    sent = {**fields, "words": "已补齐原件", "title_1": "签到表"}
    files = [("file_1", ("表.pdf", PDF, "application/pdf")), ("file_3", ("二.pdf", PDF + b"\n", "application/pdf"))]
    done = await office.post(f"{at}/answer", data=sent, files=files)
    assert done.status_code == 303, done.text
    paper = re.search(rf'href="({at}/files/\d+)"', (await office.get(at)).text)
    assert paper
    got = await office.get(paper[1])
    assert (got.content, got.headers["content-disposition"].startswith("attachment")) == (PDF, True)
    await as_(office, "jingban-b", clock)
    assert {(await office.get(path)).status_code for path in (at, paper[1])} == {404}
    assert at not in (await office.get("/rectifications")).text
    await as_(office, "shenji", clock)
    assert "签到表" in (await office.get(at)).text
    assert (await post(office, at, f"{at}/act", act="nothing", words="x")).status_code == 422
    assert (await post(office, at, f"{at}/act", act="send_back", words="x", deadline="morgen")).status_code == 422
    assert (await post(office, at, f"{at}/act", act="close", words="合格", version="2")).status_code == 303
    assert "请由另一人复核" in (await office.get(at)).text
    await as_(office, "dudao", clock)
    assert (await post(office, at, f"{at}/confirm", act="", words="")).status_code == 422
    assert (await post(office, at, f"{at}/confirm", act="agree", words="")).status_code == 303
    assert "已销号" in (await office.get(at)).text
    await as_(office, "fenguan", clock)
    assert {(await office.get(path)).status_code for path in ("/rectifications", at)} == {403}


async def test_the_register_is_filtered_and_exported(office: httpx.AsyncClient) -> None:
    at = await asked(office, yuan="1200.50")
    number = at.rpartition("/")[2]
    for query, there in (
        ("", True),
        ("?state=open&severity=HIGH&wanted=91", True),
        ("?state=ended", False),
        ("?overdue=yes", False),
        ("?wanted=%E6%97%A0", False),
    ):
        assert (number in (await office.get(f"/rectifications{query}")).text) is there, query
    rows = list(csv.reader(io.StringIO((await office.get("/rectifications.csv")).content.decode("utf-8-sig"))))
    found = dict(zip(rows[0], rows[1], strict=True))
    assert (found["整改编号"], found["涉及金额"], found["存在的问题"], found["是否逾期"]) == (number, "1200.50", "'=签到表有代签", "否")
    answer = await office.get("/rectifications.xlsx?severity=HIGH")
    assert answer.headers["content-type"] == WORKBOOK_TYPE
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["审计整改台账"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == "=签到表有代签"] == ["s"]
    assert "条件：高" in str(sheet["A2"].value)
    assert "参照津人社办发〔2022〕60号" in (await office.get("/rectifications")).text


async def test_a_confirmed_doubt_fills_the_form(office: httpx.AsyncClient, clock: FixedClock) -> None:
    case = await submitted(clock)
    await insured_elsewhere(clock, FIRST)
    await search_period(COMMAND_LINE, clock.today(), clock.today(), clock=clock)
    doubt = await only_doubt(case)
    at = f"/rectifications/new?source=doubt&origin={doubt.number}"
    assert (await office.get(at)).status_code == 422
    await deciding.decide_doubt(DEMO, doubt.number, "confirmed", reason="不在本单位", before="", clock=clock)
    assert at.replace("&", "&amp;") in (await office.get(f"/doubts/{doubt.number}")).text
    form = (await office.get(at)).text
    assert f'value="{doubt.organisation}"' in form
    answer = await post(office, at, "/rectifications", source="doubt", origin=doubt.number, measure="说明原因", problem="社保不符")
    assert answer.status_code == 303, answer.text
    one = answer.headers["location"]
    assert (await post(office, one, f"{one}/money", act="hold", words="整改前不付")).status_code == 303
    assert "因本项整改暂缓拨付" in (await office.get(one)).text
    for fields, words in (({"act": ""}, "请选择"), ({"act": "recover", "people": "1", "yuan": "1", "words": "退"}, "没有已拨付的款项")):
        refused = await post(office, one, f"{one}/money", **fields)
        assert (refused.status_code, words in refused.text) == (404 if "recover" in fields.values() else 422, True)


async def test_a_sheet_of_evidence_is_an_origin(office: httpx.AsyncClient, clock: FixedClock) -> None:
    case = await submitted(clock)
    auditor = (await sign_in_as("shenji", clock)).actor
    sheet = await make_evidence(auditor, case, EvidenceAsked("10-12", "三人签到笔迹相同"), as_docx=True, clock=clock)
    form = (await office.get(f"/rectifications/new?source=evidence&origin={sheet.number}")).text
    assert (f"申报 {case} 花名册第 10-12 行" in form, f'value="{case}"' in form) == (True, True)
    sent = {"source": "evidence", "origin": sheet.number, "severity": "MEDIUM", "problem": "笔迹相同", "measure": "补签"}
    at = (await post(office, "/rectifications/new", "/rectifications", **sent)).headers["location"]
    await as_(office, "jingban-a", clock)
    assert sheet.number in (await office.get(at)).text


async def test_the_api_does_the_same_once(office: httpx.AsyncClient, clock: FixedClock) -> None:
    base, key = "/api/v1/rectifications", {"Idempotency-Key": "rectification-1"}
    body = {"source": "entered", **ASKED}
    answers = [await office.post(base, json=body, headers=key) for _again in range(2)]
    assert [each.status_code for each in answers] == [201, 201], answers[0].text
    entry = answers[0].json()["entry"]
    assert entry["number"] == answers[1].json()["entry"]["number"]
    assert (entry["deadline"], entry["overdue"], entry["version"]) == ("2026-06-08", False, 1)
    at = f"{base}/{entry['number']}"
    listed = (await office.get(base, params={"limit": 1, "overdue": False, "severity": "HIGH"})).json()
    assert [each["number"] for each in listed["items"]] == [entry["number"]]
    await as_(office, "jingban-b", clock)
    assert (await office.get(at)).status_code == 404
    await as_(office, "jingban-a", clock)
    paper = {"title": "材料", "content": base64.b64encode(PDF).decode()}
    answered = await office.post(f"{at}/answers", json={"words": "已改", "files": [paper], "version": 1})
    assert (answered.status_code, answered.json()["papers"][0]["act"]) == (200, 2), answered.text
    assert (await office.post(f"{at}/acts", json={"act": "close", "words": "好"})).status_code == 403
    await as_(office, "shenji", clock)
    for wrong in ({"act": "extend", "words": "x"}, {"act": "confirm", "words": "x"}):
        assert (await office.post(f"{at}/acts", json=wrong)).status_code == 422
    back = await office.post(f"{at}/acts", json={"act": "send_back", "words": "补", "deadline": "2026-06-20", "version": 2})
    assert (back.status_code, back.json()["entry"]["state"]) == (200, "returned"), back.text
    assert (await office.post(f"{at}/holds", json={"words": "停"})).json()["code"] == "rectification-refused"
    assert (await office.post(f"{at}/recoveries", json={"words": "退", "people": 1, "amount_fen": 1})).status_code == 422
    ended = await office.post(f"{at}/acts", json={"act": "refer", "words": "移送公安"})
    assert ended.json()["possible"] == ["confirm", "refuse"]
    assert (await office.post(f"{at}/confirmations", json={"agree": True})).json()["code"] == "same-person-twice"
    await as_(office, "dudao", clock)
    closed = await office.post(f"{at}/confirmations", json={"agree": True})
    assert (closed.status_code, closed.json()["entry"]["ending"]) == (200, "referred")


async def test_the_workbench_tells_whose_turn_it_is_and_the_leader_sees_counts_only(office: httpx.AsyncClient, clock: FixedClock) -> None:
    at = await asked(office)
    await as_(office, "jingban-a", clock)
    assert "待答复的整改要求" in (await office.get("/")).text
    clock.move(timedelta(days=10))
    await as_(office, "fenguan", clock)
    page = (await office.get("/leader")).text
    figures = dict(re.findall(r"<dt>([^<]+)</dt><dd>(\d+)<span", page))
    assert (figures["待整改"], figures["待核查疑点"], "逾期 1 项" in page) == ("1", "0", True)
    assert ENTERPRISE_A not in page
    await as_(office, "jingban-a", clock)
    assert (
        await office.post(f"{at}/answer", data={**await form_of(office, at), "words": "已改"}, files={"title_1": (None, "")})
    ).status_code == 303
    await as_(office, "dudao", clock)
    assert "待验收的整改" in (await office.get("/")).text
