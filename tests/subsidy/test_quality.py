"""Filling in measured, decisions drawn and reviewed blind by other hands, services rated and answered."""

import io
from datetime import timedelta
from urllib.parse import urlencode

import httpx
import openpyxl
import pytest

from tests.fund.ledger_world import granted
from tests.people import enter, sign_in_as
from tests.subsidy.test_notices import BUDGET
from tests.subsidy.test_reviewing import LIFE, do, submitted
from tests.web.conftest import form_token, sample
from training_admin.database import fetch_tuples, read_transaction, retried, write_transaction
from training_admin.kit.actor import DEMO, Actor, NotAllowed, SamePersonTwice
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings
from training_admin.subsidy import claims, handling_store, prompts, quality, quality_store, review_store
from training_admin.subsidy.assessing import decoded_record
from training_admin.subsidy.determination import LineSaid, LineWord
from training_admin.subsidy.form import SHEET_ROSTER
from training_admin.subsidy.quality import QualityRefused, ReviewedBefore
from training_admin.subsidy.quality_facts import FirstOutcome, decided_lines, draw
from training_admin.subsidy.quality_pages import FIRST_WORDS
from training_admin.subsidy.quality_store import SecondReviewNotFound
from training_admin.subsidy.review_states import Act
from training_admin.subsidy.store import ClaimNotFound

pytestmark = pytest.mark.measured


async def one(login: str, clock: FixedClock) -> Actor:
    return (await sign_in_as(login, clock)).actor


@retried
async def said(case: str, word: LineWord, place: int, clock: FixedClock) -> int:
    """A reviewer's word on one of the rows that the rules would pay."""
    async with write_transaction():
        claim = await review_store.claim_by_number(case, None)
        record = await decoded_record(claim.id, None)
        assert record is not None
        row = [line.row for line in record.lines if line.payable_fen][place]
        await handling_store.add_words(
            claim.id, [row], LineSaid(row, word, "", "理由", None, "初审员"), by="A1", at=clock.now(), evidence=None
        )
    return row


async def decided(clock: FixedClock) -> tuple[str, dict[LineWord, int]]:
    """A determined claim without the second reviewer's hand, with rows that people decided."""
    case = await submitted(clock)
    rows = {word: await said(case, word, place, clock) for place, word in enumerate((LineWord.REFUSE, LineWord.HOLD, LineWord.EVIDENCE))}
    await do("chushen", case, Act.ACCEPT, clock)
    await do("chushen", case, Act.FIRST, clock)
    await do(DEMO, case, Act.SECOND, clock)
    await do("shending", case, Act.DETERMINE, clock)
    return case, rows


async def test_filling_in_is_measured(database: Settings, clock: FixedClock) -> None:
    case = await submitted(clock, "B")
    found, years = await quality.show_filling(await one("zhengce", clock), year=None)
    async with read_transaction():
        cells = (await fetch_tuples("SELECT cells_read FROM claim WHERE number = $1", case))[0][0]
    assert (found.whole.count, years) == (cells, [2026])
    assert found.whole.wrong > 0
    assert "证件号码" in [field for _sheet, field, _count in found.fields]
    assert (await quality.show_filling(await one("zhengce", clock), year=2020))[0].whole.count == 0
    with pytest.raises(NotAllowed):
        await quality.show_filling(await one("jingban-b", clock), year=None)


async def test_a_sample_is_drawn_by_the_trail_and_reviewed_by_other_hands(database: Settings, clock: FixedClock) -> None:
    case, rows = await decided(clock)
    second, today = await one("fushen", clock), clock.today()
    with pytest.raises(QualityRefused):
        await quality.draw_sample(second, today, today - timedelta(days=1), approvals=1, refusals=1, clock=clock)
    with pytest.raises(QualityRefused):
        await quality.draw_sample(second, today - timedelta(days=9), today - timedelta(days=1), approvals=1, refusals=1, clock=clock)
    number = await quality.draw_sample(second, today, today, approvals=400, refusals=100, clock=clock)
    shown = await quality.show_sample(second, number)
    first = {each.row: each.first_outcome for each in shown.rows}
    assert first[rows[LineWord.REFUSE]] is FirstOutcome.REFUSED_BY_HAND
    assert first[rows[LineWord.EVIDENCE]] is FirstOutcome.PAID_BY_HAND
    assert rows[LineWord.HOLD] not in first
    # Anybody draws the same again from the published seed and the record.
    async with read_transaction():
        claim = await review_store.claim_by_number(case, None)
        record = await decoded_record(claim.id, None)
        words = {each.row: each for each in await review_store.words_of(claim.id)}
    assert record is not None
    again = draw(shown.rows[0].seed, decided_lines(record, words, refused_whole=False), approvals=400, refusals=100)
    assert [each.row for each in again] == [each.row for each in shown.rows]
    assert shown.conditions["population"] == len(again)
    wrong = next(each for each in shown.rows if each.first_outcome is FirstOutcome.PAID)
    with pytest.raises(SamePersonTwice):
        await quality.review_again(await one("shending", clock), wrong.id, outcome="paid", rule="", clock=clock)
    for outcome, rule in (("", ""), ("refused", ""), ("paid", "NO-99")):
        with pytest.raises(QualityRefused):
            await quality.review_again(second, wrong.id, outcome=outcome, rule=rule, clock=clock)
    assert await quality.review_again(second, wrong.id, outcome="refused", rule="ATT-01", clock=clock) == number
    with pytest.raises(ReviewedBefore):
        await quality.review_again(second, wrong.id, outcome="paid", rule="", clock=clock)
    rates = {words: (rate.wrong, rate.count) for _kind, words, rate in await quality.show_errors(second)}
    assert rates["全部"] == (1, 1)
    assert rates["ATT-01"] == (1, 1)
    with pytest.raises(SecondReviewNotFound):
        await quality.show_sample(second, "FS20269999")


async def test_a_claim_refused_whole_is_drawn_as_refused(database: Settings, clock: FixedClock) -> None:
    case = await submitted(clock)
    for act, login in (*LIFE[:3], (Act.REFUSE, "shending")):
        await do(login, case, act, clock)
    number = await quality.draw_sample(DEMO, clock.today(), clock.today(), approvals=5, refusals=5, clock=clock)
    shown = await quality.show_sample(DEMO, number)
    assert {each.first_outcome for each in shown.rows} == {FirstOutcome.REFUSED_BY_HAND}


async def test_the_pages_of_quality_are_blind(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await granted(BUDGET, clock)
    await decided(clock)
    await enter(visitor, "fushen", clock)
    token = await form_token(visitor, "/second-reviews")
    day = clock.today().isoformat()
    for each in (
        {"first": "x", "last": day, "approvals": "2", "refusals": "1"},
        {"first": day, "last": day, "approvals": "-", "refusals": "1"},
    ):
        assert (await visitor.post("/second-reviews", data={**token, **each})).status_code == 422
    told = {"first": day, "last": day, "approvals": "2", "refusals": "1"}
    assert (await visitor.post("/second-reviews", data={**token, **told})).status_code == 303
    page = (await visitor.get("/second-reviews/FS20260001")).text
    assert "审核前不显示" in page
    assert not any(words in page for words in FIRST_WORDS.values())
    async with read_transaction():
        # Which of the drawn rows stands first, the seed decides: the outcome that is hidden and shown is that of this row.
        drawn = (await quality_store.drawn_rows("FS20260001"))[0]
    key, first = drawn.id, FIRST_WORDS[drawn.first_outcome]
    row = (await visitor.get(f"/second-review-rows/{key}")).text
    assert "出勤课时" in row
    assert "可补" not in row
    assert (await visitor.post(f"/second-review-rows/{key}", data={**token, "outcome": "refused"})).status_code == 422
    assert (await visitor.post(f"/second-review-rows/{key}", data={**token, "outcome": "paid"})).status_code == 303
    assert first in (await visitor.get("/second-reviews/FS20260001")).text
    assert "未审，不显示" in (await visitor.get("/second-reviews/FS20260001/sample.csv")).text
    assert "审核差错率" in (await visitor.get("/quality?year=2026")).text
    assert "填报失误率·企业" in (await visitor.get("/quality.csv")).text


async def test_services_are_rated_once_a_moment_and_answered(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    case = await submitted(clock)
    clerk = await one("jingban-a", clock)
    with pytest.raises(QualityRefused):  # nothing is decided yet
        await quality.give_rating(clerk, case, moment="decision", score=5, words="", clock=clock)
    await do("chushen", case, Act.NOT_ACCEPT, clock)
    for moment, score in (("decision", 6), ("decision", 0), ("other", 5), ("payment", 5)):
        with pytest.raises(QualityRefused):
            await quality.give_rating(clerk, case, moment=moment, score=score, words="", clock=clock)
    with pytest.raises(ClaimNotFound):
        await quality.give_rating(await one("jingban-b", clock), case, moment="decision", score=1, words="", clock=clock)
    await enter(visitor, "jingban-a", clock)
    token = await form_token(visitor, f"/claims/{case}/rating")
    answer = await visitor.post(f"/claims/{case}/rating", data={**token, "moment": "decision", "score": "好"})
    assert answer.status_code == 422
    told = {**token, "moment": "decision", "score": "2", "words": "太慢"}
    assert (await visitor.post(f"/claims/{case}/rating", data=told)).status_code == 303
    with pytest.raises(ReviewedBefore):
        await quality.give_rating(clerk, case, moment="decision", score=5, words="", clock=clock)
    assert "期限至2026年6月8日" in (await visitor.get(f"/claims/{case}/rating")).text
    await enter(visitor, "chushen", clock)
    token = await form_token(visitor, "/ratings")
    key = (await quality.list_ratings(await one("chushen", clock)))[0].id
    assert (await visitor.post(f"/ratings/{key}/reply", data=token)).status_code == 422
    assert (await visitor.post(f"/ratings/{key}/reply", data={**token, "reply": "已加快办理"})).status_code == 303
    assert (await visitor.post(f"/ratings/{key}/reply", data={**token, "reply": "再次"})).status_code == 409
    assert (await visitor.post("/ratings/999999/reply", data={**token, "reply": "再次"})).status_code == 404
    assert "已加快办理" in (await visitor.get("/ratings.csv")).text
    await enter(visitor, "jingban-a", clock)
    assert "已加快办理" in (await visitor.get(f"/claims/{case}/rating")).text


async def test_a_better_prompt_counts_in_template_help_and_errors_from_then_on(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    sheet, field, text = SHEET_ROSTER, "证件号码", "照身份证抄写十八位，先把单元格设为文本。"
    before = (await visitor.get("/template/claim.xlsx")).content
    await enter(visitor, "jingban-b", clock)
    first = await claims.precheck(await one("jingban-b", clock), sample("claim_B.xlsx"), clock=clock)
    assert not [each for each in first.problems if text in each.message]
    await submitted(clock, "B")
    await enter(visitor, "zhengce", clock)
    address = f"/quality/prompt?{urlencode({'sheet': sheet, 'field': field})}"
    assert "改进填写提示" in (await visitor.get("/quality")).text
    form = {**await form_token(visitor, address), "sheet": sheet, "field": field, "text": text}
    assert (await visitor.post("/quality/prompt", data=form)).status_code == 422
    clock.move(timedelta(days=1))
    await enter(visitor, "zhengce", clock)
    form |= await form_token(visitor, address)
    assert (await visitor.post("/quality/prompt", data={**form, "why": "最常见的失误"})).status_code == 303
    assert (await visitor.post("/quality/prompt", data={**form, "why": "再次"})).status_code == 422
    assert (await visitor.get("/quality/prompt?sheet=x&field=y")).status_code == 404
    shown = (await visitor.get("/quality")).text
    assert "填写提示改进的效果" in shown
    assert text in (await visitor.get("/quality/prompts.csv")).text
    assert text in (await visitor.get("/template")).text
    after = (await visitor.get("/template/claim.xlsx")).content
    assert after != before
    prompts_of = openpyxl.load_workbook(io.BytesIO(after))[sheet].data_validations.dataValidation
    assert text in [each.prompt for each in prompts_of]
    second = await claims.precheck(await one("jingban-b", clock), sample("claim_B.xlsx"), clock=clock)
    assert [each for each in second.problems if each.message.endswith(f"填写要求：{text}")]
    with pytest.raises(NotAllowed):
        await prompts.write_prompt(await one("jingban-b", clock), sheet, field, text="改", why="改", clock=clock)
