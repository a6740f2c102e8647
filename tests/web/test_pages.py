"""Pages without script: from upload to receipt, result, one person, rules, figures, tables as CSV."""

import csv
import io
import re
from datetime import timedelta

import httpx
import pytest

from tests.people import assign_all, enter
from tests.web.conftest import assert_problem, form_token, sample, upload
from training_admin.kit.clock import FixedClock
from training_admin.subsidy.drafts import KEPT

WORKBOOK_MAGIC = b"PK\x03\x04"


def table(response: httpx.Response) -> list[list[str]]:
    """The rows of a CSV answer, which begins with the mark that Excel needs."""
    assert response.status_code == 200
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in response.headers["content-disposition"]
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


async def prechecked(client: httpx.AsyncClient, letter: str) -> str:
    """The address of a fresh pre-check."""
    token = await form_token(client, "/claims/new")
    answer = await client.post("/prechecks", data=token, files=upload(letter))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


@pytest.mark.parametrize("address", ["/", "/claims", "/claims/new", "/template", "/rules", "/rules/ATT-01", "/figures"])
async def test_every_page_says_who_is_signed_in_and_marks_its_place(client: httpx.AsyncClient, address: str) -> None:
    page = await client.get(address)
    assert page.status_code == 200
    assert '<a href="/me">经办人乙</a>' in page.text
    assert page.text.count('aria-current="page"') == 1
    assert 'lang="zh-CN"' in page.text


@pytest.mark.usefixtures("district")
async def test_a_precheck_shows_wrong_cells_outcomes_and_amounts(client: httpx.AsyncClient) -> None:
    page = await client.get(await prechecked(client, "B"))
    assert page.status_code == 200
    for words in ("有 3 处单元格需要更正", "ID_CHECK", "ID_AS_NUMBER", "FORMULA", "34,560.00", "仅提交可识别的行", "不予补贴（整班）"):
        assert words in page.text


@pytest.mark.usefixtures("district")
async def test_a_precheck_gives_the_workbook_back_marked_and_its_tables_as_csv(client: httpx.AsyncClient) -> None:
    base = await prechecked(client, "B")
    marked = await client.get(f"{base}/marked.xlsx")
    assert marked.content.startswith(WORKBOOK_MAGIC)
    cells = table(await client.get(f"{base}/cells.csv"))
    assert [row[1] for row in cells[1:]] == ["C14", "D19", "C24"]
    rows = table(await client.get(f"{base}/lines.csv", params={"outcome": "REJECT_LINE"}))
    assert len(rows) == 11
    assert {row[5] for row in rows[1:]} == {"不予补贴（本人）"}
    assert table(await client.get(f"{base}/contradictions.csv"))[0][0] == "班级编号"


@pytest.mark.usefixtures("district")
async def test_a_prechecked_workbook_is_submitted_without_choosing_it_again(client: httpx.AsyncClient) -> None:
    base = await prechecked(client, "B")
    token = await form_token(client, base)
    receipt = await client.post(f"{base}/submit", data={**token, "readable_only": "true"})
    assert receipt.status_code == 303
    address = receipt.headers["location"]
    assert re.fullmatch(r"/claims/SJ2026\d{6}\?receipt=1", address)
    page = await client.get(address)
    assert "申报已提交" in page.text
    assert "正在自动核验" in page.text
    again = await client.post(f"{base}/submit", data={**token, "readable_only": "true"})
    assert again.headers["location"] == address


@pytest.mark.usefixtures("district")
async def test_unreadable_rows_are_not_submitted_without_the_choice(client: httpx.AsyncClient) -> None:
    base = await prechecked(client, "B")
    refused = await client.post(f"{base}/submit", data=await form_token(client, base))
    assert_problem(refused, 409, "unreadable-rows")


@pytest.mark.usefixtures("district")
async def test_a_line_of_a_precheck_is_shown_clause_by_clause(client: httpx.AsyncClient) -> None:
    base = await prechecked(client, "B")
    page = await client.get(f"{base}/lines/10")
    assert page.status_code == 200
    assert "当年补贴次数少于 3 次时可通过" in page.text


@pytest.mark.usefixtures("district")
async def test_a_precheck_expires(client: httpx.AsyncClient, clock: FixedClock) -> None:
    base = await prechecked(client, "B")
    clock.move(KEPT / 2)
    assert (await client.get(base)).status_code == 200  # and the session stays alive
    clock.move(KEPT / 2)
    assert_problem(await client.get(base), 404, "precheck-expired")
    clock.move(timedelta(seconds=1))
    assert_problem(await client.get(f"{base}/lines/4"), 404, "precheck-expired")


async def test_a_refused_workbook_is_told_on_the_upload_page(client: httpx.AsyncClient) -> None:
    token = await form_token(client, "/claims/new")
    refused = await client.post("/prechecks", data=token, files={"file": ("申报表.xlsx", b"no workbook", "application/octet-stream")})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert "上传并预检" in refused.text
    nothing = await client.post("/prechecks", data=token, files={"file": ("", b"", "application/octet-stream")})
    assert_problem(nothing, 422, "file-missing")
    assert (await client.get("/prechecks")).headers["location"] == "/claims/new"


async def test_a_result_shows_totals_ceiling_classes_and_records(client: httpx.AsyncClient, number: str) -> None:
    page = await client.get(f"/claims/{number}")
    assert page.status_code == 200
    for words in (
        "42,000.00",
        "34,560.00",
        "标准补贴 2,000.00 元 × 60.00% = 1,200.00 元",
        "上年度实缴地方教育附加 60,000.00 元 × 中型企业比例 80.00%",
        "SY2026-B03",
        "首次核验",
        "暂定（非政策规定）",
        "怎样可以通过",
    ):
        assert words in page.text
    earlier = await client.get(f"/claims/{number}", params={"place": 1})
    assert "您正在查看第 1 次核验的记录" in earlier.text
    assert_problem(await client.get(f"/claims/{number}", params={"place": 7}), 404, "claim-not-found")


async def test_people_are_filtered_by_outcome_and_class_and_htmx_gets_the_list_alone(client: httpx.AsyncClient, number: str) -> None:
    asked = {"outcome": "REJECT_CLASS", "class_no": "SY2026-B03"}
    part = await client.get(f"/claims/{number}", params=asked, headers={"hx-request": "true"})
    assert "<html" not in part.text
    assert part.text.count("/lines/") == 10
    nobody = await client.get(f"/claims/{number}", params={"outcome": "HOLD"})
    assert "没有符合条件的人员" in nobody.text
    last = await client.get(f"/claims/{number}", params={"cursor": "50"})
    assert "/lines/50" not in last.text
    assert "/lines/51" in last.text
    assert_problem(await client.get(f"/claims/{number}", params={"cursor": "x"}), 400, "bad-cursor")


async def test_one_person_is_decided_clause_by_clause(client: httpx.AsyncClient, number: str) -> None:
    page = await client.get(f"/claims/{number}/lines/10")
    for words in (
        "FREQ-01",
        "怎样可以通过",
        "当年补贴次数少于 3 次时可通过",
        "不予补贴（本人）",
        "freq.max_per_year",
        "同一人员每年享受补贴不超过3次",
    ):
        assert words in page.text
    assert "310100199403010" not in page.text
    wrong_cell = await client.get(f"/claims/{number}/lines/14")
    assert "本行有单元格待更正" in wrong_cell.text
    assert "ID_CHECK" in wrong_cell.text
    assert_problem(await client.get(f"/claims/{number}/lines/999"), 404, "line-not-found")


async def test_a_claim_can_be_taken_away(client: httpx.AsyncClient, number: str) -> None:
    marked = await client.post(f"/claims/{number}/marked.xlsx", data=await form_token(client, f"/claims/{number}"))
    assert marked.content.startswith(WORKBOOK_MAGIC)
    record = await client.get(f"/claims/{number}/record.json")
    assert record.json()["claim_number"] == number
    assert len(table(await client.get(f"/claims/{number}/lines.csv"))) == 54
    assert [row[0] for row in table(await client.get(f"/claims/{number}/classes.csv"))[1:]] == ["SY2026-B01", "SY2026-B02", "SY2026-B03"]
    assert len(table(await client.get(f"/claims/{number}/cells.csv"))) == 4
    listed = table(await client.get("/claims.csv"))
    assert listed[1][0] == number
    assert listed[1][8] == "34560.00"


async def test_an_audit_workbook_is_made_by_a_form_and_never_by_a_link(client: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    await assign_all(clock)
    await enter(client, "shenji", clock)
    token = await form_token(client, f"/claims/{number}")
    made = await client.post(f"/claims/{number}/audit.xlsx", data=token)
    assert made.status_code == 200
    assert made.content.startswith(WORKBOOK_MAGIC)
    assert number in made.headers["content-disposition"]
    assert_problem(await client.get(f"/claims/{number}/audit.xlsx"), 405, "method-not-allowed")


async def test_the_waiting_page_turns_into_the_result(client: httpx.AsyncClient, submitted: str) -> None:
    waiting = await client.get(f"/claims/{submitted}/progress")
    assert 'hx-trigger="every 2s"' in waiting.text
    assert "hx-refresh" not in waiting.headers
    assert_problem(await client.get(f"/claims/{submitted}/lines/10"), 404, "line-not-found")
    assert table(await client.get(f"/claims/{submitted}/lines.csv"))[1:] == []
    assert table(await client.get(f"/claims/{submitted}/classes.csv"))[1:] == []


async def test_progress_reloads_the_page_when_the_result_is_there(client: httpx.AsyncClient, number: str) -> None:
    assert (await client.get(f"/claims/{number}/progress")).headers["hx-refresh"] == "true"


async def test_claims_are_listed_by_state(client: httpx.AsyncClient, number: str) -> None:
    assert number in (await client.get("/claims")).text
    assert number in (await client.get("/claims", params={"state": "submitted"})).text
    assert "还没有申报" in (await client.get("/claims", params={"state": "paid"})).text
    assert_problem(await client.get("/claims", params={"cursor": "²"}), 400, "bad-cursor")


async def test_figures_are_found_by_word_and_by_standing(client: httpx.AsyncClient) -> None:
    page = await client.get("/figures", params={"word": "出勤率"})
    assert "att.person_min" in page.text
    assert "claim.accept_workdays" not in page.text
    everything = table(await client.get("/figures.csv"))
    assumed = table(await client.get("/figures.csv", params={"assumed_only": "true"}))
    assert len(everything) > len(assumed) > 1
    assert {row[8] for row in assumed[1:]} == {"暂定"}
    assert "没有符合条件的参数" in (await client.get("/figures", params={"word": "没有这样的词"})).text


async def test_rules_are_listed_in_registry_order_with_clause_and_cases(client: httpx.AsyncClient) -> None:
    rows = table(await client.get("/rules.csv"))
    assert [row[0] for row in rows[1:4]] == ["ENT-01", "ENT-04", "ENT-06"]
    page = await client.get("/rules/file-01")
    assert "晚一个工作日" in page.text
    assert_problem(await client.get("/rules/NONE-99"), 404, "rule-not-found")


async def test_a_user_s_text_never_becomes_markup_or_formula(client: httpx.AsyncClient) -> None:
    page = await client.get("/figures", params={"word": "<script>alert(1)</script>"})
    assert "<script>alert" not in page.text
    assert sample("claim_A.xlsx")
