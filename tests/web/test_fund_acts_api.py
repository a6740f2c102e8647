"""The acts of the fund over the API: due and called back, held and lifted, recovered, carried over, reconciled; once under their key."""

from typing import Any

import httpx

from tests.fund.ledger_world import assert_sound, granted
from tests.fund.web_world import payable_claim
from tests.web.api_calls import Caller
from tests.web.conftest import assert_problem
from tests.web.test_offers_api import with_factor
from training_admin.kit.clock import FixedClock

FUND = "/fund"
NOBODY = "SJ2026999999"


async def sent_batch(caller: Caller) -> tuple[str, dict[str, Any]]:
    """Everything that is due in a batch that three people have sent; its number and its only payment."""
    await caller.be("caijing")
    subjects = [each["subject"] for each in (await caller.read(f"{FUND}/due"))["due"] if each["payable"]]
    number = (await caller.done(f"{FUND}/batches", {"subjects": subjects}, event="fund:batch:made", status=201))["number"]
    for login, act, event in (("caifu", "check", "checked"), ("fenguan", "approve", "approved"), ("caijing", "send", "sent")):
        await caller.be(login)
        await caller.done(f"{FUND}/batches/{number}/{act}", event=f"fund:batch:{event}", proof=True)
    return number, (await caller.read(f"{FUND}/batches/{number}"))["items"][0]


async def said(caller: Caller, number: str, item: dict[str, Any], **said_of_it: object) -> None:
    """The bank's answer about the only payment of a batch."""
    results = [{"code": item["code"], "amount_fen": item["amount"]["amount_fen"], **said_of_it}]
    await caller.done(f"{FUND}/bank-results", {"batch": number, "results": results}, event="fund:batch:results")


async def test_a_failed_payment_is_applied_for_again_and_called_back(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    claim, caller = await payable_claim(clock), Caller(visitor, clock)
    number, item = await sent_batch(caller)
    await said(caller, number, item, paid=False, failure="户名不符")
    await caller.be("jingban-b")
    case = f"{FUND}/cases/{claim}"
    await caller.refused(f"{case}/reapplication", {}, 404, "payment-not-found")
    assert_problem(await visitor.get(f"/api/v1{case}/payments"), 404, "payment-not-found")
    await caller.be("jingban-a")
    told = (await caller.read(f"{case}/payments"))["payments"][0]
    assert (told["failed"], told["failure"], told["state"]) == (True, "户名不符", "failed")
    account = {"bank": "样例银行", "account": "6222000000009876", "holder": "样例"}
    await caller.refused(f"{case}/reapplication", {"account": {**account, "account": "1"}}, 422, "account-refused")
    await caller.refused(f"{case}/reapplication", {"account": account}, 403, "step-up-needed")
    await with_factor("jingban-a", clock)
    again = await caller.done(f"{case}/reapplication", {"account": account}, event="fund:payment:reapplied", proof=True)
    assert again["payments"][0]["state"] == "due"
    assert again["payments"][0]["account"].count("9876") == 1
    assert "6222000000009876" not in str(again)
    await caller.refused(f"{case}/reapplication", {}, 409, "nothing-failed")
    await caller.refused(f"{FUND}/call-backs", {"subject": told["subject"]}, 403, "not-allowed")
    await caller.be("caifu")
    waiting = (await caller.read(f"{FUND}/due"))["due"]
    assert [(each["account_changed"], each["payable"]) for each in waiting] == [(True, False)]
    assert waiting[0]["reason"]
    await caller.missing_key(f"{FUND}/call-backs", {"subject": told["subject"]})
    await caller.done(f"{FUND}/call-backs", {"subject": told["subject"]}, event="fund:account:called_back")
    await caller.refused(f"{FUND}/call-backs", {"subject": told["subject"]}, 409, "payable-moved")
    number, item = await sent_batch(caller)
    await said(caller, number, item, paid=True, reference="Z1", paid_on=clock.today().isoformat())
    await caller.be("jingban-a")
    assert (await caller.read(f"{case}/payments"))["payments"][0]["voucher"] == "Z1"
    await assert_sound()


async def test_treasury_file_and_bank_file_over_the_api(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await payable_claim(clock)
    caller = Caller(visitor, clock)
    number, item = await sent_batch(caller)
    path = f"{FUND}/batches/{number}"
    await caller.refused(f"{path}/treasury-file", {}, 403, "step-up-needed")
    await caller.refused(f"{path}/treasury-file", {"columns": ["颜色"]}, 422, "treasury-columns-refused", **caller.proof())
    await caller.refused(f"{FUND}/batches/PC20269999/treasury-file", {}, 404, "batch-not-found")
    book = await caller.sent(f"{path}/treasury-file", {}, **caller.proof())
    assert (book.status_code, book.content[:2]) == (200, b"PK"), book.text
    file = await caller.sent(f"{path}/treasury-csv", {}, **caller.proof())
    assert item["code"] in file.content.decode("utf-8-sig")
    yuan = item["amount"]["display"].replace(",", "")
    for content, status, code in (
        (b"", 422, "field-refused"),
        (f"业务编号,结果,支付凭证号,支付日期\r\n{item['code']},?,Z1,2026-06-01\r\n".encode(), 422, "bank-results-refused"),
    ):
        await caller.refused(f"{path}/results-file", None, status, code, files={"file": ("回单.csv", content, "text/csv")})
    good = f"业务编号,金额（元）,结果,支付凭证号,支付日期\r\n{item['code']},{yuan},成功,Z1,2026-06-01\r\n".encode()
    upload = {"file": ("回单.csv", good, "text/csv")}
    assert await caller.done(f"{path}/results-file", None, event="fund:batch:results", files=upload) == {"recorded": 1}
    await caller.be("caifu")
    await caller.refused(f"{path}/results-file", None, 403, "not-allowed", files=upload)
    await caller.refused(f"{path}/treasury-file", {}, 403, "not-allowed")
    await assert_sound()


async def test_a_case_is_held_by_one_and_lifted_by_another(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    claim, caller = await payable_claim(clock), Caller(visitor, clock)
    case = f"{FUND}/cases/{claim}"
    await caller.be("caijing")
    await caller.missing_key(f"{case}/holds", {"words": "收到举报"})
    await caller.refused(f"{FUND}/cases/{NOBODY}/holds", {"words": "收到举报"}, 404, "payable-not-found")
    await caller.refused(f"{case}/holds", {"words": ""}, 422, "hold-refused")
    held = await caller.done(f"{case}/holds", {"words": "收到举报"}, event="fund:hold:placed")
    assert [(each["cause"], each["words"]) for each in held["holds"]] == [("人工", "收到举报")]
    assert [each["case_no"] for each in (await caller.read(f"{FUND}/holds?limit=1"))["holds"]] == [claim]
    assert "收到举报" in (await caller.read(f"{FUND}/due"))["due"][0]["reason"]
    await caller.refused(f"{case}/holds/lift", {"reason": "已查"}, 403, "not-allowed")
    await caller.be("caifu")
    await caller.refused(f"{case}/holds/lift", {"reason": "已查", "cause": "没有"}, 409, "nothing-held")
    lifted = await caller.done(f"{case}/holds/lift", {"reason": "已查"}, event="fund:hold:lifted")
    assert lifted["holds"] == []
    await caller.be("jingban-a")
    await caller.refused(f"{case}/holds", {"words": "x"}, 403, "not-allowed")
    await caller.be("caizheng")
    assert (await caller.read(case))["payables"][0]["state"] == "due"
    assert await caller.read(f"{FUND}/late") == []
    assert await caller.read(f"{FUND}/waiting") == {"waiting": [], "next_cursor": None}
    assert {"commit", "due"} <= {each["act"] for each in await caller.read(f"{case}/entries")}


async def test_a_recovery_is_proposed_decided_returned_voided_and_referred(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    claim, caller = await payable_claim(clock), Caller(visitor, clock)
    number, item = await sent_batch(caller)
    await said(caller, number, item, paid=True, reference="Z1", paid_on="2026-06-01")
    wanted = {"case_no": claim, "people": 1, "amount_fen": 10_000, "reason": "冒名参训"}
    path = f"{FUND}/recoveries"
    await caller.refused(path, wanted, 403, "not-allowed")
    await caller.be("dudao")
    left = (await caller.read(f"{FUND}/cases/{claim}/recoverable"))["left"]["amount_fen"]
    await caller.missing_key(path, wanted)
    for wrong, status, code in (
        ({"amount_fen": left + 1}, 422, "recovery-refused"),
        ({"amount_fen": 0}, 400, "invalid-request"),
        ({"people": 0}, 422, "recovery-refused"),
        ({"reason": ""}, 422, "hold-refused"),
        ({"case_no": NOBODY}, 404, "nothing-paid"),
    ):
        await caller.refused(path, wanted | wrong, status, code)
    for last in ("receipts", "void"):
        await caller.be("dudao")
        made = await caller.done(path, wanted, event="fund:recovery:proposed", status=201)
        one = f"{path}/{made['recovery']['number']}"
        await caller.refused(path, wanted, 409, "recovery-moved")
        await caller.refused(f"{one}/decision", {"confirm": True, "return_by": "2026-07-01"}, 403, "not-allowed")
        await caller.be("shending")
        await caller.refused(f"{one}/decision", {"confirm": True}, 422, "recovery-refused")
        await caller.refused(f"{path}/ZH20269999/decision", {"confirm": False}, 404, "recovery-not-found")
        await caller.done(f"{one}/decision", {"confirm": True, "return_by": "2026-07-01"}, event="fund:recovery:decided")
        await caller.refused(f"{one}/decision", {"confirm": False}, 409, "recovery-moved")
        if last == "void":
            voided = await caller.done(f"{one}/void", {"reason": "误判"}, event="fund:recovery:voided")
            assert voided["recovery"]["state"] == "voided"
            continue
        await caller.be("caijing")
        back = {"amount_fen": 4_000, "reference": "T1", "received_on": "2026-06-01"}
        part = await caller.done(f"{one}/receipts", back, event="fund:recovery:returned", status=201)
        assert part["recovery"]["left"]["amount_fen"] == 6_000
        await caller.refused(f"{one}/receipts", back, 422, "recovery-refused")
        await caller.done(f"{one}/receipts", back | {"amount_fen": 6_000, "reference": "T2"}, event="fund:recovery:returned", status=201)
        await caller.be("dudao")
        done = await caller.done(f"{one}/referral", {"words": "移送区财政局"}, event="fund:recovery:referred")
        assert (done["recovery"]["state"], done["recovery"]["referred"]) == ("settled", "移送区财政局")
        assert [(each["way"], each["reference"]) for each in done["receipts"]] == [("returned", "T1"), ("returned", "T2")]
    await caller.be("jingban-b")
    assert (await caller.read(path))["recoveries"] == []
    assert_problem(await visitor.get(f"/api/v1{one}"), 404, "recovery-not-found")
    await caller.be("jingban-a")
    assert len((await caller.read(path))["recoveries"]) == 2
    first = await caller.read(f"{path}?limit=1")
    assert (await caller.read(f"{path}?limit=1&cursor={first['next_cursor']}"))["next_cursor"] is None
    await assert_sound()


async def test_a_year_is_carried_over_by_two(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await granted(5_000, clock, year=2025, business_id="2025")
    caller, year = Caller(visitor, clock), f"{FUND}/carry-overs/2025"
    await caller.be("caifu")
    await caller.refused(f"{year}/proposal", None, 403, "not-allowed")
    await caller.refused(f"{year}/signature", None, 404, "carry-over-not-found", **caller.proof())
    await caller.be("caijing")
    assert (await caller.read(year))["state"] is None
    assert_problem(await visitor.get(f"/api/v1{FUND}/carry-overs/1999"), 404, "carry-over-not-found")
    await caller.refused(f"{FUND}/carry-overs/2026/proposal", None, 422, "closing-refused")
    proposed = await caller.done(f"{year}/proposal", event="fund:carry:proposed")
    assert [(each["account"], each["amount"]["amount_fen"]) for each in proposed["lines"]] == [("available", 5_000)]
    await granted(-1_000, clock, year=2025, business_id="调减")
    assert (await caller.read(year))["stale"]
    await caller.be("caifu")
    await caller.refused(f"{year}/signature", None, 403, "step-up-needed")
    await caller.refused(f"{year}/signature", None, 409, "closing-moved", **caller.proof())
    await caller.be("caijing")
    await caller.done(f"{year}/proposal", event="fund:carry:proposed")
    await caller.be("caifu")
    signed = await caller.done(f"{year}/signature", event="fund:carry:signed", proof=True)
    assert (signed["state"], signed["state_words"]) == ("done", "已结转")
    await caller.be("caijing")
    await caller.refused(f"{year}/proposal", None, 409, "closing-moved")
    await assert_sound()


async def test_a_month_is_reconciled_from_rows_or_a_file_and_checked_by_another(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    caller, path = Caller(visitor, clock), f"{FUND}/reconciliations"
    await caller.be("caijing")
    rows = {"month": "2026-05", "rows": [{"reference": "Z1", "amount_fen": 500}]}
    await caller.missing_key(path, rows)
    for wrong, status, code in (
        ({}, 422, "closing-refused"),
        ({"month": "2026-06", "words": "手续费"}, 422, "closing-refused"),
        ({"month": "五月"}, 422, "field-refused"),
        ({"rows": [{"reference": "", "amount_fen": 1}]}, 400, "invalid-request"),
    ):
        await caller.refused(path, rows | wrong, status, code)
    made = await caller.done(path, rows | {"words": "手续费"}, event="fund:month:reconciled")
    assert made["differences"][0]["treasury"]["amount_fen"] == 500
    for content, code in ((b"", "field-refused"), ("支付凭证号,金额（元）\r\n,abc\r\n".encode(), "bank-results-refused")):
        await caller.refused(f"{path}/file", {"month": "2026-05"}, 422, code, files={"file": ("对账单.csv", content, "text/csv")})
    good = {"file": ("对账单.csv", "支付凭证号,金额（元）\r\nZ1,5.00\r\nZ1,-1.00\r\n".encode(), "text/csv")}
    again = await caller.done(f"{path}/file", {"month": "2026-05", "words": "手续费"}, event="fund:month:reconciled", files=good)
    assert again["treasury"]["amount_fen"] == 400
    await caller.refused(f"{path}/2026-05/check", None, 403, "not-allowed")
    await caller.be("caifu")
    await caller.refused(path, rows, 403, "not-allowed")
    for month in ("2026-04", "x"):
        await caller.refused(f"{path}/{month}/check", None, 404, "reconciliation-not-found")
    await caller.done(f"{path}/2026-05/check", event="fund:month:checked")
    assert (await caller.read(path))["months"][0]["checked_at"]
    await caller.be("caijing")
    await caller.refused(path, rows | {"words": "手续费"}, 409, "closing-moved")
