"""The fund over its pages: a claim of the sample enterprise from due to paid, failed, applied for again, recovered."""

import csv
import io
import re

import httpx
import openpyxl
import pytest

from tests.fund.ledger_world import assert_sound, granted
from tests.fund.web_world import payable_claim
from tests.people import enter
from tests.web.conftest import form_token
from training_admin.kit.clock import FixedClock
from training_admin.web import WORKBOOK_TYPE


async def post(client: httpx.AsyncClient, page: str, path: str, **fields: object) -> httpx.Response:
    """Send a form with the token and the key of the page it stands on."""
    shown = await client.get(page)
    found = re.search(r'name="idempotency_key" value="([^"]+)"', shown.text)
    token = re.search(r'name="_csrf_token" value="([^"]+)"', shown.text)
    assert token, shown.text[:2000]
    data = {"_csrf_token": token[1], **({"idempotency_key": found[1]} if found else {}), **fields}
    return await client.post(path, data=data)


async def as_(client: httpx.AsyncClient, login: str, clock: FixedClock) -> httpx.AsyncClient:
    client.cookies.delete("session")
    await enter(client, login, clock)
    return client


async def batch_sent(client: httpx.AsyncClient, clock: FixedClock) -> str:
    """Everything due in a batch that three people have sent; returns its number."""
    await as_(client, "caijing", clock)
    subjects = re.findall(r'name="subjects" value="([^"]+)"', (await client.get("/payments")).text)
    answer = await post(client, "/payments", "/payments", subjects=subjects)
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"]
    for login, act in (("caifu", "check"), ("fenguan", "approve"), ("caijing", "send")):
        await as_(client, login, clock)
        answer = await post(client, path, f"{path}/{act}")
        assert (answer.status_code, answer.headers.get("location")) == (303, path), answer.text
    return str(path.rpartition("/")[2])


async def state_of(client: httpx.AsyncClient, claim: str, clock: FixedClock) -> str:
    await as_(client, "jingban-a", clock)
    return (await client.get(f"/claims/{claim}")).text


async def test_a_claim_is_paid_and_its_voucher_is_seen_by_the_enterprise(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    claim = await payable_claim(clock)
    number = await batch_sent(visitor, clock)
    assert "已列入拨付批次" in await state_of(visitor, claim, clock)
    await as_(visitor, "caijing", clock)
    path = f"/payments/{number}"
    wrong = await post(visitor, path, f"{path}/results", code=f"{number}-0001", outcome="paid", reference="", paid_on="2026-06-01")
    assert wrong.status_code == 422
    assert "支付凭证号" in wrong.text
    for bad in ({"outcome": "perhaps"}, {"outcome": "paid", "paid_on": "gestern"}):
        assert (await post(visitor, path, f"{path}/results", code="1", **bad)).status_code == 422
    done = await post(visitor, path, f"{path}/results", code=f"{number}-0001", outcome="paid", reference="国库001", paid_on="2026-06-01")
    assert done.status_code == 303, done.text
    page = await state_of(visitor, claim, clock)
    assert "已拨付" in page
    assert "国库001，2026年6月1日" in page
    assert (await visitor.get("/payments")).status_code == 403
    rows = await csv_of(visitor, "caijing", f"{path}/items.csv", clock)
    assert rows[1][6:9] == ["已支付", "国库001", "2026-06-01"]
    await assert_sound()


async def csv_of(client: httpx.AsyncClient, login: str, path: str, clock: FixedClock) -> list[list[str]]:
    await as_(client, login, clock)
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_a_failed_payment_is_applied_for_again_with_another_account(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    claim = await payable_claim(clock)
    number = await batch_sent(visitor, clock)
    path = f"/payments/{number}"
    await as_(visitor, "caijing", clock)
    await post(visitor, path, f"{path}/results", code=f"{number}-0001", outcome="failed", failure="户名不符")
    page = await state_of(visitor, claim, clock)
    assert "户名不符" in page
    assert "支付失败" in page
    refused = await post(visitor, f"/claims/{claim}", f"/case-payments/{claim}/reapply", act="correct", bank="", account="1", holder="")
    assert refused.status_code == 422
    account = {"bank": "样例银行", "account": "6222000000009876", "holder": "上海松江样例精密机械有限公司"}
    again = await post(visitor, f"/claims/{claim}", f"/case-payments/{claim}/reapply", act="correct", **account)
    assert again.status_code == 303, again.text
    assert "************9876" in await state_of(visitor, claim, clock)
    await as_(visitor, "caifu", clock)
    page = (await visitor.get("/payments")).text
    assert "回拨核实" in page
    assert "6222000000009876" not in page
    subject = re.search(r'name="subject" value="([^"]+)"', page)
    assert subject
    assert (await post(visitor, "/payments", "/payments/call-back", subject=subject[1])).status_code == 303
    assert (await post(visitor, "/payments", "/payments/call-back", subject=subject[1])).status_code == 409
    number = await batch_sent(visitor, clock)
    await as_(visitor, "caijing", clock)
    path = f"/payments/{number}"
    await post(visitor, path, f"{path}/results", code=f"{number}-0001", outcome="paid", reference="R2", paid_on="2026-06-01")
    assert "已拨付" in await state_of(visitor, claim, clock)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_the_banks_answer_as_a_file_is_entered_whole_or_told_cell_by_cell(
    visitor: httpx.AsyncClient, clock: FixedClock, kind: str
) -> None:
    await payable_claim(clock)
    number = await batch_sent(visitor, clock)
    await as_(visitor, "caijing", clock)
    path = f"/payments/{number}"
    file = await visitor.post(f"{path}/treasury", data={**await form_token(visitor, path), "file_format": "csv"})
    assert file.status_code == 200, file.text
    sent = next(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    header = ("业务编号", "金额（元）", "结果", "支付凭证号", "支付日期", "失败原因")
    good = (sent["业务编号"], sent["金额（元）"], "成功", "Z1", "2026-06-01", "")
    wrong = await upload(
        visitor, path, kind, header, (good[0], "1.00", *good[2:]), ("PC-1", "", "失败", "", "", "退"), ("", "x", "?", "", "", "")
    )
    assert wrong.status_code == 422
    assert "B4" in wrong.text  # the unreadable cells are told first
    wrong = await upload(visitor, path, kind, header, (good[0], "1.00", *good[2:]), ("PC-1", "", "失败", "", "", "退"))
    assert wrong.status_code == 422
    assert "B2" in wrong.text
    assert "A3" in wrong.text
    marked = re.search(r'href="(/marked/[^"]+)"', wrong.text)
    assert (marked is not None) is (kind == "xlsx")
    if marked:
        assert (await visitor.get(marked[1])).content[:2] == b"PK"
    assert "待支付" in (await visitor.get(path)).text
    assert (await upload(visitor, path, kind, header)).status_code == 422
    assert (
        await visitor.post(f"{path}/import", files={"file": ("a", b"", "text/csv")}, data=await form_token(visitor, path))
    ).status_code == 422
    for _again in range(2):
        assert (await upload(visitor, path, kind, header, good)).status_code == 303
    assert "Z1" in (await visitor.get(path)).text


async def upload(client: httpx.AsyncClient, path: str, kind: str, *rows: tuple[str, ...]) -> httpx.Response:
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        file = ("回单.csv", text.getvalue().encode("gb18030"), "text/csv")
    else:
        book = openpyxl.Workbook()
        assert book.active is not None
        for row in rows:
            book.active.append([cell or None for cell in row])
        out = io.BytesIO()
        book.save(out)
        file = ("回单.xlsx", out.getvalue(), WORKBOOK_TYPE)
    return await client.post(f"{path}/import", files={"file": file}, data=await form_token(client, path))


async def test_budgets_entries_holds_and_what_waits_are_pages_and_tables(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    claim = await payable_claim(clock)
    await as_(visitor, "caijing", clock)
    fields = {"sub_fund": "enterprise", "stream": "", "subject_code": "2050803", "paper": "松财〔2026〕2号"}
    key = re.search(r'name="business_id" value="([^"]+)"', (await visitor.get("/fund")).text)
    assert key
    for _twice in range(2):
        done = await post(visitor, "/fund", "/fund/grants", year="2026", yuan="1,000.50", business_id=key[1], **fields)
        assert done.status_code == 303, done.text
    budget = done.headers["location"]
    page = (await visitor.get(budget)).text
    assert page.count("1,000.50") == 4  # both sides of one entry, each with its balance
    for bad in ({"yuan": "1.234"}, {"year": "x", "yuan": "1"}, {"yuan": "1", "sub_fund": "?"}, {"yuan": "0"}):
        refused = await post(visitor, "/fund", "/fund/grants", **({"year": "2026", "business_id": "x", **fields} | bad))
        assert refused.status_code == 422, bad
        assert "松财〔2026〕2号" in refused.text
    assert (await visitor.get("/fund?year=2026")).text.count("<rect") > 1
    assert len(await csv_of(visitor, "caizheng", "/fund.csv?year=2026", clock)) == 2
    assert len(await csv_of(visitor, "caizheng", f"{budget}/entries.csv", clock)) > 4
    assert len(await csv_of(visitor, "caizheng", f"/fund/cases/{claim}/entries.csv", clock)) == 5
    assert (await visitor.get("/fund/budgets/999999")).status_code == 404
    assert (await visitor.get("/fund/cases/SJ2026999999")).status_code == 404
    await as_(visitor, "caijing", clock)
    case = f"/fund/cases/{claim}"
    assert (await post(visitor, case, f"{case}/hold", words="")).status_code == 422
    assert (await post(visitor, case, f"{case}/hold", words="收到举报", cause="人工")).status_code == 303
    assert "收到举报" in (await visitor.get("/payments")).text
    assert (await csv_of(visitor, "fenguan", "/fund/holds.csv", clock))[1][2] == "收到举报"
    await as_(visitor, "caifu", clock)
    assert (await post(visitor, case, f"{case}/lift", words="查无实据", cause="人工")).status_code == 303
    assert (await post(visitor, "/fund", f"{case}/lift", words="查无实据", cause="人工")).status_code in {303, 409}
    assert (await csv_of(visitor, "fenguan", "/payments/due.csv", clock))[1][5] == "是"
    assert len(await csv_of(visitor, "fenguan", "/payments/late.csv", clock)) == 1


async def test_a_recovery_is_proposed_decided_returned_and_in_the_register(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    claim = await payable_claim(clock)
    number = await batch_sent(visitor, clock)
    await as_(visitor, "caijing", clock)
    path = f"/payments/{number}"
    await post(visitor, path, f"{path}/results", code=f"{number}-0001", outcome="paid", reference="R1", paid_on="2026-06-01")
    await as_(visitor, "dudao", clock)
    new = f"/recoveries/new?case_no={claim}"
    assert "已拨付未追回" in (await visitor.get(new)).text
    assert (await visitor.get("/recoveries/new?case_no=SJ2026999999")).status_code == 404
    assert (await post(visitor, new, "/recoveries", case_no=claim, people="x", yuan="1", reason="冒名")).status_code == 422
    proposed = await post(visitor, new, "/recoveries", case_no=claim, people="1", yuan="100.00", reason="冒名参训")
    assert proposed.status_code == 303, proposed.text
    one = proposed.headers["location"]
    await as_(visitor, "shending", clock)
    assert (await post(visitor, one, f"{one}/decide", act="confirm", return_by="")).status_code == 422
    assert (await post(visitor, one, f"{one}/decide", act="confirm", return_by="2026-07-01")).status_code == 303
    assert "追回中" in await state_of(visitor, claim, clock)
    assert "100.00" in (await visitor.get(f"/claims/{claim}")).text
    assert (await visitor.get(one)).status_code == 200
    await as_(visitor, "jingban-b", clock)
    assert (await visitor.get(one)).status_code == 404
    await as_(visitor, "caijing", clock)
    for yuan, status in (("1000", 422), ("40", 303), ("60", 303)):
        answer = await post(visitor, one, f"{one}/receipts", yuan=yuan, reference=f"T{yuan}", received_on="2026-06-01")
        assert answer.status_code == status, answer.text
    assert "已追回" in await state_of(visitor, claim, clock)
    await as_(visitor, "dudao", clock)
    assert (await post(visitor, one, f"{one}/refer", words="2026年6月移送区财政局")).status_code == 303
    register = await csv_of(visitor, "dudao", "/recoveries.csv", clock)
    assert register[0] == ["决定书号", "对象", "原因", "应追回", "已追回", "日期", "凭证", "余额", "移送"]
    assert register[1][3:] == ["100.00", "100.00", "2026-06-01", "T40、T60", "0.00", "2026年6月移送区财政局"]
    book = openpyxl.load_workbook(io.BytesIO((await visitor.get("/recoveries.xlsx")).content), data_only=True)
    assert [cell.value for cell in book["追回台账"][3]] == register[0]
    await as_(visitor, "shending", clock)
    assert (await post(visitor, one, f"{one}/void", words="误判")).status_code in {303, 409}
    await assert_sound()


async def test_a_recovery_that_is_voided_leaves_the_claim_paid(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    claim = await payable_claim(clock)
    number = await batch_sent(visitor, clock)
    await as_(visitor, "caijing", clock)
    path = f"/payments/{number}"
    await post(visitor, path, f"{path}/results", code=f"{number}-0001", outcome="paid", reference="R1", paid_on="2026-06-01")
    await as_(visitor, "dudao", clock)
    one = (await post(visitor, "/recoveries/new", "/recoveries", case_no=claim, people="1", yuan="100", reason="冒名")).headers["location"]
    await as_(visitor, "shending", clock)
    await post(visitor, one, f"{one}/decide", act="confirm", return_by="2026-07-01")
    assert (await post(visitor, one, f"{one}/void", words="误判")).status_code == 303
    assert "已拨付" in await state_of(visitor, claim, clock)
    await assert_sound()


async def test_the_books_are_closed_over_pages(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await granted(5_000, clock, year=2025, business_id="2025")
    await as_(visitor, "caijing", clock)
    page = "/fund/carry-overs/2025"
    assert (await visitor.get("/fund/carry-overs/1999")).status_code == 404
    assert "历年结余" in (await visitor.get(page)).text
    assert (await post(visitor, page, f"{page}/propose")).status_code == 303
    await as_(visitor, "caifu", clock)
    assert (await post(visitor, page, f"{page}/sign")).status_code == 303
    assert "已关闭" in (await visitor.get(page)).text
    assert (await csv_of(visitor, "caizheng", f"{page}/lines.csv", clock))[1][2:] == ["50.00", "2026年历年结余"]
    await as_(visitor, "caijing", clock)
    token = await form_token(visitor, "/fund/closing")
    for month, content, words, status in (
        ("2026-05", "支付凭证号,金额（元）\r\nZ1,5.00\r\n".encode(), "", 422),
        ("x", b"1", "", 422),
        ("2026-05", b"", "", 422),
        ("2026-05", "支付凭证号,金额（元）\r\n,abc\r\n".encode(), "", 422),
        ("2026-05", "支付凭证号,金额（元）\r\nZ1,5.00\r\nZ1,-1.00\r\n".encode(), "手续费", 303),
    ):
        sent = await visitor.post(
            "/fund/reconciliations", data={**token, "month": month, "words": words}, files={"file": ("国库.csv", content, "text/csv")}
        )
        assert sent.status_code == status, sent.text
    await as_(visitor, "caifu", clock)
    assert (await post(visitor, "/fund/closing", "/fund/reconciliations/2026-05/check")).status_code == 303
    assert (await csv_of(visitor, "caizheng", "/fund/closing.csv", clock))[1][:4] == ["2026-05", "0.00", "4.00", "1"]
    assert (await csv_of(visitor, "caizheng", "/fund/differences.csv", clock))[1] == ["2026-05", "Z1", "0.00", "4.00"]


async def test_a_batch_is_voided_over_its_page(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    claim = await payable_claim(clock)
    number = await batch_sent(visitor, clock)
    await as_(visitor, "caifu", clock)
    path = f"/payments/{number}"
    assert (await post(visitor, path, f"{path}/void", reason="")).status_code == 422
    assert (await post(visitor, path, f"{path}/void", reason="国库退回")).status_code == 303
    assert "已作废" in (await visitor.get(path)).text
    assert "待拨付" in await state_of(visitor, claim, clock)
    await as_(visitor, "caijing", clock)
    assert (await visitor.get("/payments/PC20269999")).status_code == 404
    assert (await csv_of(visitor, "caijing", "/payments.csv", clock))[1][1] == "已作废"


async def test_returned_money_is_made_available_on_pages(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    budget = await granted(10**6, clock, business_id="下达")
    path = f"/fund/budgets/{budget}/reuses"
    await as_(visitor, "caijing", clock)
    assert path in (await visitor.get(f"/fund/budgets/{budget}")).text
    wrong = await visitor.post(path, data={**await form_token(visitor, path), "yuan": "x", "ground": "财政意见"})
    assert wrong.status_code == 422
    more = await visitor.post(path, data={**await form_token(visitor, path), "yuan": "1.00", "ground": "财政意见"})
    assert (more.status_code, "已收回" in more.text) == (422, True)
    assert "编号" in (await visitor.get(f"{path}.csv")).text
    await as_(visitor, "caifu", clock)
    answer = await visitor.post(f"{path}/TK20269999/decide", data={**await form_token(visitor, path), "act": "sign"})
    assert answer.status_code == 404
