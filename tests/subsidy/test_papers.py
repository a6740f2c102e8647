"""Official papers: made with their acts, numbered without gaps, drawn as PDF and .docx, delivered once, seen by whom they concern."""

import io
import re
from datetime import date, timedelta

import docx
import httpx
import pikepdf
import pytest

from tests.fund.ledger_world import granted
from tests.people import ENTERPRISE_A, enter, sign_in_as
from tests.subsidy.test_notices import BUDGET, officer, posted
from tests.subsidy.test_reviewing import LIFE, do, submitted
from tests.web.conftest import form_token
from training_admin.database import fetch_tuples, read_transaction, retried, write_transaction
from training_admin.kit.actor import DEMO, WORKER, NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.kit.money import capital_amount, yuan_grouped
from training_admin.office import paper_store
from training_admin.office.jobs import JobRun
from training_admin.office.paper_facts import Block, PaperContent, PaperKind, paper_number
from training_admin.office.paper_rendering import docx_of, pdf_of
from training_admin.office.paper_store import OfficialPaper, PaperNotFound
from training_admin.settings import Settings
from training_admin.subsidy import notices, paper_texts, papers, review_store
from training_admin.subsidy.assessing import decoded_record
from training_admin.subsidy.determination import Determined, determined
from training_admin.subsidy.papers import RENDER_PAPER, DeliveredBefore, PaperRefused
from training_admin.subsidy.review_states import Act
from training_admin.subsidy.reviewing import follow
from training_admin.subsidy.signing import sign_claim
from training_admin.subsidy.store import ClaimNotFound

PERSONAL = re.compile(r"\d{17}[\dX]|1[3-9]\d{9}")


async def papers_of(case: str) -> dict[PaperKind, OfficialPaper]:
    async with read_transaction():
        return {each.kind: each for each in await paper_store.papers_of(case)}


def said(paper: OfficialPaper) -> str:
    return "\n".join(block.text + "\n".join("|".join(row) for row in block.rows) for block in paper.content.blocks)


@retried
async def moved(case: str, act: Act, clock: FixedClock) -> None:
    async with write_transaction():
        await follow(WORKER, await review_store.claim_by_number(case, None), act, clock=clock)


async def test_each_act_makes_its_papers(database: Settings, clock: FixedClock) -> None:
    case, _number = await posted(clock)
    clock.move(timedelta(days=8))
    await notices.close_over(DEMO, clock=clock)
    await moved(case, Act.BATCH, clock)
    await moved(case, Act.PAY, clock)
    found = await papers_of(case)
    assert set(found) == {
        *(PaperKind.APPLICATION, PaperKind.UNDERTAKING, PaperKind.ACCEPTED, PaperKind.OPINIONS, PaperKind.GRANTED, PaperKind.PAID)
    }
    assert found[PaperKind.ACCEPTED].number == "松培补受〔2026〕1号"
    async with read_transaction():
        fen = (await fetch_tuples("SELECT fen FROM payable"))[0][0]
    for kind in (PaperKind.OPINIONS, PaperKind.GRANTED, PaperKind.PAID):
        assert capital_amount(fen) in said(found[kind]), kind
    granted_paper = said(found[PaperKind.GRANTED])
    assert "60日" in granted_paper
    assert "6个月" in granted_paper
    assert "未予补贴的人员" in granted_paper
    assert "ATT-01" in granted_paper
    assert "纪要1号" in said(found[PaperKind.OPINIONS])
    assert "尚未签字" in said(found[PaperKind.UNDERTAKING])
    stored = "".join(said(each) for each in found.values())
    assert not PERSONAL.search(stored.replace(case, "").replace(ENTERPRISE_A, ""))


async def test_a_signature_and_a_recovery_are_told(database: Settings, clock: FixedClock) -> None:
    await granted(BUDGET, clock)
    case = await submitted(clock)
    await sign_claim((await sign_in_as("qianzi-a", clock)).actor, case, clock=clock)
    for act, login in LIFE:
        await do(login, case, act, clock)
    assert "签字人甲" in said((await papers_of(case))[PaperKind.UNDERTAKING])
    await notices.post_notice(await officer(clock), [case], clock=clock)
    clock.move(timedelta(days=8))
    await notices.close_over(DEMO, clock=clock)
    for act in (Act.BATCH, Act.PAY):
        await moved(case, act, clock)
    async with write_transaction():
        await fetch_tuples(
            """INSERT INTO recovery (number, case_no, payable, payee, payee_name, reason, fen, settled_fen, fine_min_fen, fine_max_fen,
                   state, proposer, hands, proposed_at, return_by, referred)
               SELECT 'ZH20260001', case_no, id, payee, payee_name, '班级未实际开展培训', 12345, 0, 0, 0,
                   'decided', '某人', '{}', $2, '2026-09-30', ''
               FROM payable WHERE case_no = $1 RETURNING id""",
            *(case, clock.now()),
        )
    await moved(case, Act.RECOVER, clock)
    recovery = said((await papers_of(case))[PaperKind.RECOVERY])
    assert "班级未实际开展培训。" in recovery
    assert "人民币壹佰贰拾叁元肆角伍分" in recovery
    assert "请于2026年9月30日前按" in recovery
    assert paper_texts.REMEDIES in recovery


async def test_amounts_added_by_words_stand_apart(database: Settings, clock: FixedClock) -> None:
    case = await submitted(clock)
    async with read_transaction():
        record = await decoded_record((await review_store.claim_by_number(case, None)).id, None)
    assert record is not None
    found = determined(record, {})
    table = paper_texts.classes_table(record, frozenset(found.rows), found.fen + 100)
    assert table.rows[-2] == ("其中人工佐证或例外通过", "", "", "", "1.00")
    assert table.rows[-1][-1] == yuan_grouped(found.fen + 100)
    left = paper_texts.refused_table(record, {})
    everybody = Determined(tuple(line.row for line in record.lines), (), (), {})
    assert left is not None
    assert paper_texts.refused_table(record, {}, everybody) is None


async def test_a_return_tells_everything_at_once(database: Settings, clock: FixedClock) -> None:
    case = await submitted(clock, "B")
    await do("chushen", case, Act.RETURN, clock, opinion="请补发票")
    paper = (await papers_of(case))[PaperKind.MENDING]
    assert "请补发票" in said(paper)
    assert "需要更正的单元格" in said(paper)
    assert "花名册" in said(paper)


async def test_a_return_tells_the_list_of_the_officer_where_there_is_one(database: Settings, clock: FixedClock) -> None:
    case = await submitted(clock, "B")
    async with write_transaction():
        claim = await review_store.claim_by_number(case, None)
        await follow(DEMO, claim, Act.RETURN, opinion="请补正", detail={"asked": ["补发票", "补合同"]}, clock=clock)
    paper = (await papers_of(case))[PaperKind.MENDING]
    assert [block.rows for block in paper.content.blocks if block.is_table] == [(("1", "补发票"), ("2", "补合同"))]


async def test_a_refusal_names_its_reasons_and_remedies(database: Settings, clock: FixedClock) -> None:
    case = await submitted(clock)
    for act, login in (*LIFE[:3], (Act.REFUSE, "shending")):
        await do(login, case, act, clock, opinion="培训未实际开展")
    found = await papers_of(case)
    assert "培训未实际开展" in said(found[PaperKind.REFUSED])
    assert paper_texts.REMEDIES in said(found[PaperKind.REFUSED])
    other = await submitted(clock, "B")
    await do("chushen", other, Act.NOT_ACCEPT, clock, opinion="不属本区")
    assert "不予受理" in said((await papers_of(other))[PaperKind.NOT_ACCEPTED])


async def test_a_paper_is_drawn_once_kept_sealed_and_readable(database: Settings, clock: FixedClock) -> None:
    case, number = await posted(clock)
    paper = (await papers_of(case))[PaperKind.ACCEPTED]
    assert paper.sha256 is None
    for _ in range(2):
        await papers.render_staged(JobRun(RENDER_PAPER, str(paper.id), clock))
    enterprise = (await sign_in_as("jingban-a", clock)).actor
    kept, content = await papers.pdf_content(enterprise, paper.id)
    assert kept.sha256 is not None
    assert len(pikepdf.open(io.BytesIO(content)).pages) == 1
    notice = (await papers_of(number))[PaperKind.NOTICE]
    _paper, drawn = await papers.docx_content(await officer(clock), notice.id)
    rows = [[cell.text for cell in row.cells] for row in docx.Document(io.BytesIO(drawn)).tables[1].rows]
    assert rows[0] == ["序号", "姓名", "证件号码", "企业"]
    assert "*" in rows[1][2]
    _paper, drawn = await papers.pdf_content(await officer(clock), notice.id)
    assert drawn.startswith(b"%PDF")


async def test_papers_are_seen_by_whom_they_concern(database: Settings, clock: FixedClock) -> None:
    case, number = await posted(clock)
    found = await papers_of(case)
    own, other = (await sign_in_as("jingban-a", clock)).actor, (await sign_in_as("jingban-b", clock)).actor
    assert {each.kind for each in await papers.papers_of_claim(own, case)} == set(found) - {PaperKind.OPINIONS}
    with pytest.raises(ClaimNotFound):
        await papers.papers_of_claim(other, case)
    for actor, kind in ((other, PaperKind.ACCEPTED), (own, PaperKind.OPINIONS)):
        with pytest.raises(PaperNotFound):
            await papers.show_paper(actor, found[kind].id)
    with pytest.raises(PaperNotFound):
        await papers.show_paper(own, (await papers_of(number))[PaperKind.NOTICE].id)
    with pytest.raises(NotAllowed):
        await papers.docx_content(own, found[PaperKind.ACCEPTED].id)
    with pytest.raises(NotAllowed):
        await papers.list_papers(own)
    assert len(await papers.list_papers(await officer(clock))) == len(found) + 1
    assert [each.kind for each in await papers.list_papers(await officer(clock), kind="notice")] == [PaperKind.NOTICE]


async def test_a_paper_by_hand_is_made_once_for_the_same_content(database: Settings, clock: FixedClock) -> None:
    case = await submitted(clock)
    own = (await sign_in_as("jingban-a", clock)).actor
    first = await papers.make_paper(own, case, "application", maker="经办人甲", clock=clock)
    clock.move(timedelta(days=1))
    assert await papers.make_paper(own, case, "application", maker="经办人甲", clock=clock) == first
    for kind in ("granted", "notice", "nothing"):
        with pytest.raises(PaperRefused):
            await papers.make_paper(await officer(clock), case, kind, maker="初审员", clock=clock)
    with pytest.raises(NotAllowed):
        await papers.make_paper(own, case, "accepted", maker="经办人甲", clock=clock)
    await do("chushen", case, Act.NOT_ACCEPT, clock, opinion="不属本区")
    again = await papers.make_paper(await officer(clock), case, "not_accepted", maker="初审员", clock=clock)
    assert again == (await papers_of(case))[PaperKind.NOT_ACCEPTED].id


async def test_a_delivery_is_recorded_once_and_not_before_the_paper(database: Settings, clock: FixedClock) -> None:
    case = await submitted(clock)
    await do("chushen", case, Act.ACCEPT, clock)
    key = (await papers_of(case))[PaperKind.ACCEPTED].id
    day = clock.today()
    for way, when in (("", day), ("post", day - timedelta(days=1)), ("post", day + timedelta(days=1))):
        with pytest.raises(PaperRefused):
            await papers.record_delivery(await officer(clock), key, way=way, day=when, deliverer="初审员", clock=clock)
    await papers.record_delivery(await officer(clock), key, way="post", day=day, deliverer="初审员", clock=clock)
    with pytest.raises(DeliveredBefore):
        await papers.record_delivery(await officer(clock), key, way="post", day=day, deliverer="初审员", clock=clock)
    found = (await papers_of(case))[PaperKind.ACCEPTED]
    assert (found.delivery_way, found.delivered_on, found.deliverer) == ("post", day, "初审员")


async def test_the_pages_of_papers(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await granted(BUDGET, clock)
    case = await submitted(clock)
    await enter(visitor, "chushen", clock)
    await do("chushen", case, Act.ACCEPT, clock)
    page = await visitor.get(f"/claims/{case}/papers")
    assert "松培补受〔2026〕1号" in page.text
    key = (await papers_of(case))[PaperKind.ACCEPTED].id
    token = await form_token(visitor, f"/papers/{key}")
    assert (await visitor.post(f"/papers/{key}/delivery", data={**token, "way": "post", "day": "x"})).status_code == 422
    told = {**token, "way": "post", "day": clock.today().isoformat()}
    assert (await visitor.post(f"/papers/{key}/delivery", data=told)).status_code == 303
    assert "邮寄送达" in (await visitor.get(f"/papers/{key}")).text
    assert "邮寄送达" in (await visitor.get("/papers.csv")).text
    assert "松培补受〔2026〕1号" not in (await visitor.get("/papers?undelivered=true")).text
    assert (await visitor.get(f"/papers/{key}/paper.docx")).content.startswith(b"PK")
    assert (await visitor.get(f"/papers/{key}/paper.pdf")).content.startswith(b"%PDF")
    assert (await visitor.post(f"/claims/{case}/papers", data={**token, "kind": "paid"})).status_code == 422
    assert (await visitor.post(f"/claims/{case}/papers", data={**token, "kind": "undertaking"})).status_code == 303
    await enter(visitor, "jingban-a", clock)
    token = await form_token(visitor, f"/claims/{case}/papers")
    assert (await visitor.post(f"/claims/{case}/own-papers", data={**token, "kind": "application"})).status_code == 303


def test_numbers_rows_and_markup() -> None:
    assert paper_number(PaperKind.REFUSED, 2026, 12) == "松培补不决〔2026〕12号"
    assert paper_texts.rows_words([14, 10, 11, 12]) == "第10至12、14行"
    content = PaperContent("<b>题", "某企业", (Block("<i>正文"), Block("头", heading=True)), "某企业", date(2026, 6, 1))
    assert pdf_of("1号", content).startswith(b"%PDF")
    assert "<i>正文" in [line.text for line in docx.Document(io.BytesIO(docx_of("1号", content))).paragraphs]
