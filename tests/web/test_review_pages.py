"""The reviewers' queue and the review on a claim's page, as officers and enterprises see and use them."""

import re
from datetime import timedelta

import httpx

from tests.fund.ledger_world import granted
from tests.people import enter
from tests.subsidy.test_reviewing import do
from tests.web.conftest import assert_problem, form_token, sample
from training_admin.kit.clock import FixedClock
from training_admin.subsidy.review_states import Act
from training_admin.web import WORKBOOK_TYPE

PDF = b"%PDF-1.7\nsome paper\n%%EOF"


async def shown(client: httpx.AsyncClient, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


async def sent(client: httpx.AsyncClient, path: str, page: str, fields: dict[str, str], **files: tuple[str, bytes, str]) -> httpx.Response:
    token = await form_token(client, page)
    if files:
        return await client.post(path, data={**token, **fields}, files=files)
    return await client.post(path, data={**token, **fields})


def version_on(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


async def test_a_claim_goes_through_the_queue_to_its_determination(visitor: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    await granted(10**9, clock)
    at = f"/claims/{number}"
    await enter(visitor, "chushen", clock)
    queue = await shown(visitor, "/review")
    assert number in queue
    assert "剩余" in queue
    assert "disabled" in queue
    answer = await sent(visitor, f"{at}/hand", "/review", {})
    assert answer.headers["location"] == f"{at}#review"
    page = await shown(visitor, at)
    assert "您已打开这份申报" in page
    assert "受理时限" in page
    assert "mark-assumed" in page or "暂定" in page
    answer = await sent(visitor, f"{at}/acts", at, {"act": "accept", "version": version_on(page)})
    assert answer.status_code == 303
    assert "您已打开" not in await shown(visitor, at), "what was opened before it moved is to be opened anew"
    stale = await sent(visitor, f"{at}/acts", at, {"act": "first", "version": "1"})
    assert_problem(stale, 409, "claim-moved")
    await sent(visitor, f"{at}/hand", at, {})
    answer = await sent(visitor, "/review/batch", "/review", {"chosen": f"{number}:2", "act": "first", "opinion": "同意"})
    assert "已办理" in answer.text
    await enter(visitor, "fushen", clock)
    answer = await sent(visitor, "/review/batch", "/review", {"chosen": f"{number}:3", "act": "second"})
    assert "您还没有打开过这份申报" in answer.text
    answer = await sent(visitor, f"{at}/acts", at, {"act": "second", "version": "3"})
    assert answer.status_code == 303
    await enter(visitor, "shending", clock)
    missing = await sent(visitor, f"{at}/acts", at, {"act": "determine", "version": "4"})
    assert_problem(missing, 422, "review-refused")
    answer = await sent(visitor, f"{at}/acts", at, {"act": "determine", "version": "4", "minutes": "纪要〔2026〕1号"})
    assert answer.status_code == 303
    page = await shown(visitor, at)
    assert "已审定，待公示" in page
    assert "纪要〔2026〕1号" in page
    assert (await visitor.get(f"{at}/timeline.csv")).text.count("\r\n") == 5


async def test_what_one_works_on_others_are_told(visitor: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    at = f"/claims/{number}"
    await enter(visitor, "chushen", clock)
    await sent(visitor, f"{at}/hand", "/review", {})
    await do("chushen", number, Act.ACCEPT, clock)
    await do("chushen", number, Act.FIRST, clock)
    await enter(visitor, "fushen", clock)
    assert "正在办理" in await shown(visitor, "/review")
    assert_problem(await sent(visitor, f"{at}/hand", at, {}), 409, "claim-hand-taken")
    assert (await sent(visitor, f"{at}/hand", at, {"over": "true"})).status_code == 303


async def test_notes_and_causes_are_for_the_office_only(visitor: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    at = f"/claims/{number}"
    await enter(visitor, "chushen", clock)
    for _twice in range(2):
        answer = await sent(visitor, f"{at}/notes", at, {"kind": "call", "words": "已电话联系经办人", "idempotency_key": "form-000001"})
        assert answer.status_code == 303
    assert (await shown(visitor, at)).count("已电话联系经办人") == 1
    assert_problem(await sent(visitor, f"{at}/notes", at, {"kind": "call", "words": " "}), 422, "review-refused")
    await do("chushen", number, Act.ACCEPT, clock)
    refused = await sent(
        visitor, f"{at}/words", at, {"rows": "10", "word": "refuse", "reason": "冒名", "version": "2"}, paper=("", b"", "")
    )
    assert refused.status_code == 303, refused.text
    assert "冒名" in await shown(visitor, at)
    await enter(visitor, "jingban-b", clock)
    page = await shown(visitor, at)
    assert "已电话联系经办人" not in page
    assert "冒名" not in page
    assert "审核办理" not in page
    assert "已受理，待初审" in page


async def test_a_returned_claim_is_mended_and_shows_what_changed(client: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    at = f"/claims/{number}"
    await enter(client, "chushen", clock)
    page = await shown(client, at)
    assert "一次性补正事项" in page
    answer = await sent(client, f"{at}/acts", at, {"act": "return", "version": "1", "opinion": "请补正", "asked": "补发票\n\n更正第 11 行"})
    assert answer.status_code == 303
    await enter(client, "jingban-b", clock)
    page = await shown(client, at)
    assert "一次性补正事项（2）" in page
    assert "更正第 11 行" in page
    same = await sent(
        client, f"{at}/resubmit", at, {"version": "2", "readable_only": "true"}, file=("a.xlsx", sample("claim_B.xlsx"), WORKBOOK_TYPE)
    )
    assert_problem(same, 409, "workbook-unchanged")
    none = await sent(client, f"{at}/resubmit", at, {"version": "2"}, file=("", b"", WORKBOOK_TYPE))
    assert_problem(none, 422, "file-missing")
    assert (await client.get(f"{at}/changes")).status_code == 200


async def test_papers_are_attached_listed_and_handed_out(client: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    at = f"/claims/{number}"
    answer = await sent(client, f"{at}/attachments", at, {"kind": "contract", "title": "培训协议"}, file=("a.pdf", PDF, "application/pdf"))
    assert answer.status_code == 303
    page = await shown(client, at)
    found = re.search(rf'href="({at}/attachments/\d+)"', page)
    assert found
    handed = await client.get(found[1])
    assert handed.content == PDF
    assert handed.headers["content-disposition"].startswith("attachment")
    assert "培训协议" in (await client.get(f"{at}/attachments.csv")).text
    refused = await sent(client, f"{at}/attachments", at, {"kind": "contract"}, file=("a.pdf", b"MZ", "application/pdf"))
    assert_problem(refused, 422, "paper-refused")
    await enter(client, "jingban-a", clock)
    assert (await client.get(found[1])).status_code == 404


async def test_a_refusal_is_appealed_and_answered_by_somebody_else(client: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    at = f"/claims/{number}"
    for act, login in ((Act.ACCEPT, "chushen"), (Act.FIRST, "chushen"), (Act.SECOND, "fushen"), (Act.REFUSE, "shending")):
        await do(login, number, act, clock)
    assert "申请复核" in await shown(client, at)
    answer = await sent(client, f"{at}/appeals", at, {"words": "发票已补齐"})
    assert answer.status_code == 303
    await enter(client, "shending", clock)
    listed = await shown(client, "/review/appeals")
    number_of_appeal = re.search(r"FH2026\d{5}", listed)
    assert number_of_appeal
    assert "发票已补齐" in (await client.get("/review/appeals.csv")).text
    fields = {"appeal": number_of_appeal[0], "uphold": "true", "answer": "事实有出入"}
    assert_problem(await sent(client, f"{at}/appeals/answer", at, fields), 403, "same-person-twice")


async def test_withdrawing_ends_a_claim(client: httpx.AsyncClient, number: str) -> None:
    at = f"/claims/{number}"
    page = await shown(client, at)
    answer = await sent(client, f"{at}/withdraw", at, {"version": version_on(page)})
    assert answer.status_code == 303
    assert "已撤回" in await shown(client, at)


async def test_bad_fields_are_answered_in_words(visitor: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    at = f"/claims/{number}"
    await enter(visitor, "chushen", clock)
    await do("chushen", number, Act.ACCEPT, clock)
    for fields in ({"word": "pay", "rows": "10"}, {"word": "hold", "rows": "x"}, {"word": "hold", "rows": "9-3"}, {"word": "hold"}):
        answer = await sent(visitor, f"{at}/words", at, {"reason": "查", "version": "2", **fields}, paper=("", b"", ""))
        assert_problem(answer, 422, "review-refused")
    late = {"word": "override", "rows": "10", "reason": "查", "version": "2", "expires_on": "明天"}
    assert_problem(await sent(visitor, f"{at}/words", at, late, paper=("", b"", "")), 422, "review-refused")
    assert_problem(await sent(visitor, f"{at}/acts", at, {"act": "resubmit", "version": "2"}), 422, "review-refused")
    long = {"act": "return", "version": "2", "opinion": "补", "asked": "长" * 301}
    assert_problem(await sent(visitor, f"{at}/acts", at, long), 422, "review-refused")
    assert_problem(await sent(visitor, "/review/batch", "/review", {"act": "first"}), 422, "review-batch-refused")
    assert_problem(await sent(visitor, "/review/batch", "/review", {"act": "refuse", "chosen": f"{number}:2"}), 422, "review-batch-refused")


async def test_lists_can_be_filtered_and_exported(visitor: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    await enter(visitor, "chushen", clock)
    assert number in await shown(visitor, "/review?state=submitted&wanted=SJ2026")
    assert number not in await shown(visitor, "/review?lane=passed")
    assert number not in await shown(visitor, "/review?overdue=true")
    assert number in (await visitor.get("/review.csv")).text
    assert "没有例外通过" in await shown(visitor, "/review/exceptions")
    assert (await visitor.get("/review/exceptions.csv")).status_code == 200
    clock.move(timedelta(days=30))
    await enter(visitor, "chushen", clock)
    page = await shown(visitor, "/review?overdue=true")
    assert number in page
    assert "视为受理" in page
    assert "《行政许可法》第三十二条" in await shown(visitor, f"/claims/{number}")
