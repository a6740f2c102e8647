"""Claims over the API beyond submitting and deciding: notices, hands, notes, appeals, mending, papers, ratings; once under their key."""

from datetime import timedelta

import httpx

from tests.accounts.registrations import PDF
from tests.fund.ledger_world import assert_sound, granted
from tests.subsidy.mended import mended
from tests.subsidy.test_quality import decided
from tests.subsidy.test_reviewing import LIFE, do
from tests.web.api_calls import API, Caller
from tests.web.conftest import assert_problem, sample
from training_admin.kit.clock import FixedClock
from training_admin.subsidy.review_states import Act
from training_admin.web import WORKBOOK_TYPE

NOBODY = "SJ2026999999"
BUDGET = 10**9


def workbook(content: bytes) -> dict[str, tuple[str, bytes, str]]:
    return {"file": ("申报表.xlsx", content, WORKBOOK_TYPE)}


async def test_a_notice_is_posted_objected_to_answered_and_closed(visitor: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    caller, office = Caller(visitor, clock), "/notice-office/notices"
    for act, login in LIFE:
        await do(login, number, act, clock)
    await caller.be("chushen")
    await caller.refused(office, {"claims": [number]}, 409, "notice-not-to-be-posted")
    await granted(BUDGET, clock)
    assert [(each["number"], each["money_words"]) for each in await caller.read("/notice-office/claims")] == [(number, "已占用预算")]
    await caller.missing_key(office, {"claims": [number]})
    await caller.refused(office, {"claims": []}, 422, "notice-refused")
    await caller.refused(office, {"claims": [NOBODY]}, 404, "claim-not-found")
    await caller.be("fushen")
    await caller.refused(office, {"claims": [number]}, 403, "not-allowed")
    await caller.be("chushen")
    posted = (await caller.done(office, {"claims": [number]}, event="subsidy:notice:posted", status=201))["notice"]["notice"]
    one = posted["number"]
    # Everybody reads and objects, without a token.
    visitor.headers.pop("authorization")
    assert [each["number"] for each in (await caller.read("/notices"))["notices"]] == [one]
    person = (await caller.read(f"/notices/{one}"))["claims"][0]["persons"][0]
    assert "*" in person["masked_number"]
    objections = f"/notices/{one}/objections"
    await caller.missing_key(objections, {"words": "不实"})
    await caller.refused(objections, {"words": " "}, 422, "notice-refused")
    await caller.refused("/notices/GS20269999/objections", {"words": "不实"}, 404, "notice-not-found")
    own = await caller.done(
        objections, {"words": "学员甲没有参加培训", "case_no": number, "contact": "某人"}, event="subsidy:notice:objected", status=201
    )
    assert await caller.read(f"/objections?number={own['number']}") == {
        "number": own["number"],
        "notice": one,
        "case_no": number,
        "answered": False,
        "upheld": None,
        "reply": "",
    }
    assert_problem(await visitor.get(f"{API}/objections?number=YY20260001-00000000"), 404, "objection-not-found")
    for _more in range(2):
        await caller.sent(objections, {"words": "不实", "case_no": number})
    await caller.refused(objections, {"words": "不实"}, 429, "too-many-requests")
    assert_problem(await visitor.get(f"{API}{office}"), 401, "not-signed-in")
    await caller.be("chushen")
    read = await caller.read(f"{office}/{one}")
    assert read["objections"][0]["words"] == "学员甲没有参加培训"
    answer = f"{office}/{one}/objections/{own['number']}/answer"
    await caller.refused(answer, {"upheld": False, "reply": ""}, 422, "notice-refused")
    await caller.refused(f"{office}/{one}/objections/YY1/answer", {"upheld": False, "reply": "已核"}, 404, "objection-not-found")
    await caller.done(answer, {"upheld": False, "reply": "已核实参训"}, event="subsidy:notice:answered")
    await caller.refused(answer, {"upheld": True, "reply": "已核实参训"}, 409, "objection-answered")
    for each in read["objections"][1:]:
        other = f"{office}/{one}/objections/{each['objection']['number']}/answer"
        await caller.done(other, {"upheld": False, "reply": "已核"}, event="subsidy:notice:answered")
    assert (await caller.sent("/notice-office/close")).json() == {"closed": []}
    clock.move(timedelta(days=8))
    assert (await caller.sent("/notice-office/close")).json() == {"closed": [one]}
    assert (await caller.sent("/notice-office/close")).json() == {"closed": []}
    assert (await caller.read(f"{office}?limit=1"))["notices"][0]["state"] == "closed"
    assert_problem(await visitor.get(f"{API}/notices/{one}"), 404, "notice-not-found")
    await assert_sound()


async def test_an_upheld_objection_takes_a_claim_out(visitor: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    caller, office = Caller(visitor, clock), "/notice-office/notices"
    await granted(BUDGET, clock)
    for act, login in LIFE:
        await do(login, number, act, clock)
    await caller.be("chushen")
    one = (await caller.done(office, {"claims": [number]}, event="subsidy:notice:posted", status=201))["notice"]["notice"]["number"]
    own = await caller.done(f"/notices/{one}/objections", {"words": "不实"}, event="subsidy:notice:objected", status=201)
    answer = f"{office}/{one}/objections/{own['number']}/answer"
    done = await caller.done(answer, {"upheld": True, "reply": "属实", "case_no": number}, event="subsidy:notice:answered")
    assert (done["taken_out"], done["notice"]["notice"]["state"]) == ([number], "stopped")
    assert (await caller.read(f"/objections?number={own['number']}"))["upheld"] is True
    await assert_sound()


async def test_reviewers_take_note_and_decide_several(visitor: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    caller, at = Caller(visitor, clock), f"/claims/{number}"
    await caller.be("chushen")
    batch = {"claims": [{"number": number, "version": 1}], "act": "accept"}
    await caller.refused("/review/batch", batch | {"act": "fly"}, 422, "review-refused")
    await caller.refused("/review/batch", batch | {"claims": []}, 422, "review-batch-refused")
    unopened = (await caller.sent("/review/batch", batch)).json()
    assert [(each["state"], bool(each["refused"])) for each in unopened] == [(None, True)]
    hand = await caller.done(f"{at}/hand", {}, event="subsidy:claim:opened")
    assert (hand["state"], hand["version"]) == ("submitted", 1)
    done = (await caller.sent("/review/batch", batch)).json()
    assert [each["state"] for each in done] == ["accepted"]
    assert (await caller.sent("/review/batch", batch)).json()[0]["refused"]
    await caller.missing_key(f"{at}/notes", {"kind": "call", "words": "已联系"})
    await caller.refused(f"{at}/notes", {"kind": "x", "words": "已联系"}, 422, "review-refused")
    await caller.refused(f"/claims/{NOBODY}/notes", {"kind": "call", "words": "已联系"}, 404, "claim-not-found")
    told = await caller.done(f"{at}/notes", {"kind": "call", "words": "已电话联系"}, event="subsidy:claim:noted", status=201)
    assert [(each["kind_words"], each["words"]) for each in told["notes"]] == [("电话记录", "已电话联系")]
    assert "accept" in await caller.read("/review/opinions")
    assert await caller.read("/review/exceptions") == {"exceptions": [], "next_cursor": None}
    await do("chushen", number, Act.FIRST, clock)
    await caller.be("fushen")
    await caller.refused(f"{at}/hand", {}, 409, "claim-hand-taken")
    assert (await caller.done(f"{at}/hand", {"over": True}, event="subsidy:claim:opened"))["state"] == "first_review"
    await caller.be("jingban-b")
    for path, body in ((f"{at}/notes", {"kind": "note", "words": "x"}), (f"{at}/hand", {}), ("/review/batch", batch)):
        await caller.refused(path, body, 403, "not-allowed")
    assert_problem(await visitor.get(f"{API}{at}/notes"), 403, "not-allowed")


async def test_an_appeal_is_asked_once_and_answered_by_other_hands(visitor: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    caller, at = Caller(visitor, clock), f"/claims/{number}"
    for act, login in (*LIFE[:3], (Act.REFUSE, "shending")):
        await do(login, number, act, clock)
    await caller.be("jingban-a")
    await caller.refused(f"{at}/appeals", {"words": "请复核"}, 404, "claim-not-found")
    await caller.be("jingban-b")
    await caller.refused(f"{at}/appeals", {"words": ""}, 422, "review-refused")
    own = await caller.done(f"{at}/appeals", {"words": "发票已补齐"}, event="subsidy:appeal:made", status=201)
    answer = f"{at}/appeals/{own['number']}/answer"
    await caller.refused(answer, {"uphold": True, "answer": "有理"}, 403, "not-allowed")
    await caller.be("shending")
    assert [each["state"] for each in (await caller.read("/appeals"))["appeals"]] == ["asked"]
    await caller.missing_key(answer, {"uphold": True, "answer": "有理"})
    await caller.refused(answer, {"uphold": True, "answer": "有理"}, 403, "same-person-twice")
    await caller.refused(f"{at}/appeals/FH202600000/answer", {"uphold": True, "answer": "有理"}, 404, "appeal-not-found")


async def test_another_hand_answers_an_appeal(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    case, _rows = await decided(clock)
    caller, at = Caller(visitor, clock), f"/claims/{case}"
    await caller.be("jingban-a")
    own = await caller.done(f"{at}/appeals", {"words": "金额算少了"}, event="subsidy:appeal:made", status=201)
    await caller.be("fushen")  # the second review was another's
    answer = f"{at}/appeals/{own['number']}/answer"
    await caller.refused(answer, {"uphold": True, "answer": ""}, 422, "review-refused")
    done = await caller.done(answer, {"uphold": True, "answer": "有理"}, event="subsidy:appeal:upheld")
    assert done == {"number": case, "state": "accepted", "state_words": "已受理，待初审"}
    await caller.refused(answer, {"uphold": False, "answer": "有理"}, 404, "appeal-not-found")
    await assert_sound()


async def test_a_returned_claim_is_handed_in_again_once(visitor: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    caller, at = Caller(visitor, clock), f"/claims/{number}"
    good = workbook(mended("B", {}, without=(40,)))
    fields = {"readable_only": "true"}
    await caller.be("jingban-b")
    tag = {"if_match": '"1"'}
    await caller.refused(f"{at}/resubmission", fields, 409, "claim-illegal-move", files=good, **tag)
    await do("chushen", number, Act.RETURN, clock, opinion="请补正")
    await caller.refused(f"{at}/resubmission", fields, 428, "version-required", files=good)
    await caller.refused(f"{at}/resubmission", fields, 412, "version-stale", files=good, **tag)
    tag = {"if_match": (await visitor.get(f"{API}{at}/timeline")).headers["etag"]}
    await caller.refused(f"{at}/resubmission", fields, 409, "workbook-unchanged", files=workbook(sample("claim_B.xlsx")), **tag)
    await caller.refused(f"{at}/resubmission", fields, 422, "file-missing", files=workbook(b""), **tag)
    receipt = await caller.done(
        f"{at}/resubmission", fields, event="subsidy:claim:submitted", status=201, files=good, if_match=tag["if_match"]
    )
    assert (receipt["number"], receipt["state"]) == (f"{number}-2", "submitted")
    changes = await caller.read(f"/claims/{number}-2/changes")
    assert {each["kind"] for each in changes} == {"删除"}
    await caller.be("jingban-a")
    await caller.refused(f"{at}/resubmission", fields, 404, "claim-not-found", files=good, **tag)
    await caller.be("chushen")
    await caller.refused(f"{at}/resubmission", fields, 403, "not-allowed", files=good, **tag)


async def test_papers_are_attached_and_official_ones_made_and_delivered(visitor: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    caller, at = Caller(visitor, clock), f"/claims/{number}"
    file = {"file": ("协议.pdf", PDF, "application/pdf")}
    await caller.be("jingban-b")
    fields = {"kind": "contract", "title": "培训协议"}
    await caller.refused(f"{at}/attachments", {"kind": "x"}, 422, "attachment-refused", files=file)
    told = await caller.done(f"{at}/attachments", fields, event="subsidy:attachment:added", status=201, files=file)
    assert [(each["kind_words"], each["title"]) for each in told["attachments"]] == [("培训协议", "培训协议")]
    assert len((await caller.read(f"{at}/attachments"))["attachments"]) == 1
    own = await caller.done(f"{at}/own-papers", {"kind": "application"}, event="subsidy:paper:made", status=201)
    assert own["kind_words"] == "申报表"
    await caller.refused(f"{at}/own-papers", {"kind": "accepted"}, 403, "not-allowed")
    await caller.refused(f"{at}/papers", {"kind": "accepted"}, 403, "not-allowed")
    await caller.be("jingban-a")
    await caller.refused(f"{at}/attachments", fields, 404, "claim-not-found", files=file)
    await caller.be("chushen")
    await caller.refused(f"{at}/papers", {"kind": "paid"}, 422, "official-paper-refused")
    await caller.refused(f"{at}/papers", {"kind": "x"}, 400, "invalid-request")
    await do("chushen", number, Act.ACCEPT, clock)
    accepted = next(each for each in await caller.read(f"{at}/papers") if each["kind"] == "accepted")
    path = f"/papers/{accepted['id']}"
    day = clock.today()
    for wrong in ({"day": (day + timedelta(days=1)).isoformat()}, {"day": (day - timedelta(days=9)).isoformat()}):
        await caller.refused(f"{path}/delivery", {"way": "post", **wrong}, 422, "official-paper-refused")
    done = await caller.done(f"{path}/delivery", {"way": "post", "day": day.isoformat()}, event="subsidy:paper:delivered")
    assert done["delivery_words"] == "邮寄送达"
    await caller.refused(f"{path}/delivery", {"way": "left", "day": day.isoformat()}, 409, "paper-delivered-before")
    await caller.refused("/papers/999999/delivery", {"way": "post", "day": day.isoformat()}, 404, "paper-not-found")
    assert accepted["id"] not in [each["id"] for each in (await caller.read("/papers?undelivered=true"))["papers"]]
    assert (await visitor.get(f"{API}{path}/pdf")).content.startswith(b"%PDF")
    assert (await visitor.get(f"{API}{path}/docx")).content.startswith(b"PK")
    await caller.be("jingban-b")
    assert (await caller.read(path))["number"] == accepted["number"]
    await caller.be("jingban-a")
    assert_problem(await visitor.get(f"{API}{path}/pdf"), 404, "paper-not-found")


async def test_rows_that_would_not_be_paid_are_left_out(visitor: httpx.AsyncClient, district: None, clock: FixedClock) -> None:
    caller = Caller(visitor, clock)
    await caller.be("jingban-b")
    fields = {"readable_only": "true", "leave_out": "true"}
    sent = await caller.sent("/claims", fields, files=workbook(sample("claim_B.xlsx")))
    whole = (await caller.sent("/prechecks", {}, files=workbook(sample("claim_B.xlsx")))).json()
    assert sent.status_code == 201, sent.text
    assert 0 < sent.json()["lines"] < whole["readable_lines"]
    again = await caller.sent("/claims", fields, files=workbook(sample("claim_B.xlsx")))
    assert again.json() == sent.json()


async def test_a_sample_is_reviewed_again_and_a_service_rated(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    case, _rows = await decided(clock)
    caller, today = Caller(visitor, clock), clock.today().isoformat()
    wanted = {"first": today, "last": today, "approvals": 3, "refusals": 0}
    await caller.be("jingban-a")
    await caller.refused("/second-reviews", wanted, 403, "not-allowed")
    await caller.refused(f"/claims/{case}/ratings", {"moment": "decision", "score": 5}, 422, "quality-refused")
    await caller.be("fushen")
    await caller.refused("/second-reviews", wanted | {"first": "2026-07-01"}, 422, "quality-refused")
    drawn = await caller.done("/second-reviews", wanted, event="subsidy:quality:drawn", status=201)
    assert [each["first_words"] for each in drawn["rows"]] == [None, None, None]
    row = f"/second-review-rows/{drawn['rows'][0]['id']}"
    await caller.refused(row, {"outcome": "refused"}, 422, "quality-refused")
    await caller.refused("/second-review-rows/999999", {"outcome": "paid"}, 404, "second-review-not-found")
    done = await caller.done(row, {"outcome": "paid"}, event="subsidy:quality:reviewed")
    assert [each["second_words"] for each in done["rows"]] == ["应予补贴", None, None]
    await caller.refused(row, {"outcome": "paid"}, 409, "quality-done-before")
    assert (await caller.read("/second-reviews"))["draws"][0]["done"] == 1
    await caller.be("shending")
    await caller.refused(row, {"outcome": "paid"}, 403, "same-person-twice")


async def test_a_rating_is_given_once_and_answered(visitor: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    caller, path = Caller(visitor, clock), f"/claims/{number}/ratings"
    await do("chushen", number, Act.NOT_ACCEPT, clock)
    await caller.be("jingban-b")
    assert (await caller.read(path))["moments"] == ["decision"]
    await caller.refused(path, {"moment": "decision", "score": 6}, 422, "quality-refused")
    given = await caller.done(path, {"moment": "decision", "score": 2, "words": "太慢"}, event="subsidy:rating:given", status=201)
    await caller.refused(path, {"moment": "decision", "score": 2}, 409, "quality-done-before")
    reply = f"/ratings/{given['ratings'][0]['id']}/reply"
    await caller.refused(reply, {"reply": "已改进"}, 403, "not-allowed")
    await caller.be("chushen")
    await caller.refused("/ratings/999999/reply", {"reply": "已改进"}, 404, "rating-not-found")
    assert (await caller.done(reply, {"reply": "已改进"}, event="subsidy:rating:replied"))["reply"] == "已改进"
    await caller.refused(reply, {"reply": "再次"}, 409, "quality-done-before")
    assert [each["reply"] for each in (await caller.read("/ratings"))["ratings"]] == ["已改进"]
