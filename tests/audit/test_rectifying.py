"""审计整改台账 over services: asked, answered, sent back, ended by two, money held and asked back, reminded, never rewritten."""

import io
from datetime import date, datetime, timedelta

import pytest
from openpyxl import load_workbook

from tests.accounts.registrations import JPEG, PDF
from tests.audit.test_holding import carried_on, due, insured_elsewhere, made, only_doubt
from tests.catalog.classes import content, furnished, roster, sessions
from tests.catalog.test_visits import visit
from tests.fund.payment_world import rows
from tests.fund.web_world import payable_claim
from tests.people import ENTERPRISE_A, account, assign_all, sign_in_as
from training_admin.audit import deciding, rectification_acts, rectifying
from training_admin.audit.rectification_acts import Attached
from training_admin.audit.rectification_origins import RectificationRefused
from training_admin.audit.rectification_reminders import remind_rectifications
from training_admin.audit.rectification_states import Act, Ending, RectificationMoved, RectificationState, Source
from training_admin.audit.rectification_store import RectificationFileNotFound, RectificationNotFound, RegisterFilter
from training_admin.audit.rectifying import AskedFor, ask_rectification
from training_admin.audit.searching import search_period
from training_admin.audit.workbooks import claim_workbook
from training_admin.catalog.filing import decide_class, save_class, submit_class
from training_admin.catalog.visits import record_visit
from training_admin.database import DatabaseFault, execute_script, write_transaction
from training_admin.fund.batches import NothingDue
from training_admin.fund.recoveries import NothingPaid
from training_admin.kit.actor import COMMAND_LINE, DEMO, Actor, NotAllowed, SamePersonTwice
from training_admin.kit.clock import FixedClock
from training_admin.office.idempotency import under_key
from training_admin.office.papers import PaperRefused
from training_admin.settings import Settings

MEASURE = "补齐签到原件，说明代签原因"


async def known(clock: FixedClock) -> None:
    """Everybody who takes part, with the audit office's assignment."""
    await account("jingban-a", clock)
    await assign_all(clock)


async def actor(login: str, clock: FixedClock) -> Actor:
    return (await sign_in_as(login, clock)).actor


def entered(**changes: object) -> AskedFor:
    """A light finding that an auditor enters against enterprise A."""
    plain = {"source": Source.ENTERED, "organisation": ENTERPRISE_A, "severity": "MEDIUM", "problem": "签到表有代签", "measure": MEASURE}
    return AskedFor(**{**plain, **changes})  # type: ignore[arg-type] # the caller names fields


async def messages(number: str) -> list[str]:
    return [str(title) for (title,) in await rows("SELECT title FROM message WHERE subject = $1 ORDER BY id", number)]


async def test_a_light_finding_is_answered_sent_back_and_closed_by_one(database: Settings, clock: FixedClock) -> None:
    await known(clock)
    auditor, firm = await actor("shenji", clock), await actor("jingban-a", clock)
    number = await ask_rectification(auditor, entered(), clock=clock)
    asked = (await rectifying.show_rectification(firm, number, clock=clock)).entry
    assert (asked.deadline, asked.deadline_basis) == (date(2026, 6, 30), "整改期限（中）：20 个工作日，暂定（非政策规定）")
    answer = rectification_acts.answer_rectification
    await answer(firm, number, "已补齐", files=[Attached("签到表", PDF), Attached("", JPEG)], clock=clock)
    with pytest.raises(RectificationMoved):
        await answer(firm, number, "再答一次", clock=clock)
    shown = await rectifying.show_rectification(auditor, number, clock=clock)
    assert (shown.entry.state, [each.title for each in shown.papers]) == (RectificationState.ANSWERED, ["签到表", "附件2"])
    assert shown.accept_by == date(2026, 6, 8)
    await rectification_acts.send_back(auditor, number, "缺少原件", deadline=date(2026, 7, 10), clock=clock)
    await answer(firm, number, "原件已交", clock=clock)
    assert await rectification_acts.end_rectification(auditor, number, Act.CLOSE, "合格", clock=clock) == "ended"
    shown = await rectifying.show_rectification(firm, number, clock=clock)
    assert (shown.entry.ending, shown.acts, shown.left) == (Ending.CLOSED, frozenset(), None)
    assert [each.act for each in shown.history] == [Act.ASK, Act.ANSWER, Act.SEND_BACK, Act.ANSWER, Act.CLOSE]
    assert [title.partition("：")[0] for title in await messages(number)] == ["整改要求", "整改答复被退回", "整改已销号"]
    name, media_type, content = await rectification_acts.open_file(auditor, number, shown.papers[0].id, clock=clock)
    assert (name, media_type, content) == (f"{number}-附件1.pdf", "application/pdf", PDF)
    with pytest.raises(RectificationFileNotFound):
        await rectification_acts.open_file(auditor, number, 999_999, clock=clock)
    sealed = await rows("SELECT 1 FROM stored_file WHERE position($1::bytea IN sealed) > 0", PDF)
    assert sealed == []


async def test_what_is_high_ends_by_two_persons(database: Settings, clock: FixedClock) -> None:
    await known(clock)
    auditor, inspector, firm = await actor("shenji", clock), await actor("dudao", clock), await actor("jingban-a", clock)
    number = await ask_rectification(auditor, entered(severity="HIGH"), clock=clock)
    assert (await rectifying.show_rectification(firm, number, clock=clock)).entry.deadline == date(2026, 6, 8)
    await rectification_acts.answer_rectification(firm, number, "已整改", clock=clock)
    assert await rectification_acts.end_rectification(auditor, number, Act.CLOSE, "合格", clock=clock) == "ending"
    with pytest.raises(SamePersonTwice):
        await rectification_acts.confirm_end(auditor, number, agree=True, words="", deadline=None, clock=clock)
    with pytest.raises(NotAllowed):
        await rectification_acts.confirm_end(firm, number, agree=True, words="", deadline=None, clock=clock)
    clock.move(timedelta(days=10))
    await assign_all(clock)
    with pytest.raises(RectificationRefused, match="新的整改期限"):
        await rectification_acts.confirm_end(inspector, number, agree=False, words="材料不全", deadline=None, clock=clock)
    later = clock.today() + timedelta(days=7)
    await rectification_acts.confirm_end(inspector, number, agree=False, words="材料不全", deadline=later, clock=clock)
    await rectification_acts.answer_rectification(firm, number, "已补", clock=clock)
    await rectification_acts.end_rectification(inspector, number, Act.CLOSE, "合格", clock=clock)
    decider = await actor("shending", clock)
    assert await rectification_acts.confirm_end(decider, number, agree=True, words="", deadline=None, clock=clock) == "ended"
    with pytest.raises(RectificationMoved):
        await rectification_acts.extend(auditor, number, "晚了", deadline=later, clock=clock)


async def test_a_confirmed_doubt_holds_money_until_it_is_put_right(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    await known(clock)
    await insured_elsewhere(clock, "310100200011020037")
    await search_period(COMMAND_LINE, clock.today(), clock.today(), clock=clock)
    doubt = await only_doubt(case)
    asked = AskedFor(source=Source.DOUBT, origin=doubt.number, measure=MEASURE)
    auditor, inspector = await actor("shenji", clock), await actor("dudao", clock)
    with pytest.raises(RectificationRefused, match="属实"):
        await ask_rectification(auditor, asked, clock=clock)
    await deciding.decide_doubt(DEMO, doubt.number, "confirmed", reason="社保不在本单位", before="", clock=clock)
    number = await ask_rectification(auditor, asked, clock=clock)
    one = (await rectifying.show_rectification(auditor, number, clock=clock)).entry
    assert (one.organisation, one.case_no, one.amount_fen, one.severity) == (doubt.organisation, case, doubt.amount_fen, "HIGH")
    assert doubt.evidence[0][1] not in one.evidence
    with pytest.raises(RectificationMoved, match=number):
        await ask_rectification(inspector, asked, clock=clock)
    await rectification_acts.hold_money(auditor, number, "整改前不付", clock=clock)
    with pytest.raises(RectificationMoved):
        await rectification_acts.hold_money(auditor, number, "再来一次", clock=clock)
    with pytest.raises(NothingDue):
        await made(case, clock)
    with pytest.raises(NothingPaid):
        await rectification_acts.recover_money(auditor, number, "冒名", people=1, fen=100, clock=clock)
    firm = await actor("jingban-a", clock)
    await rectification_acts.answer_rectification(firm, number, "已说明", clock=clock)
    await rectification_acts.end_rectification(inspector, number, Act.CLOSE, "合格", clock=clock)
    with pytest.raises(SamePersonTwice):
        await rectification_acts.confirm_end(auditor, number, agree=True, words="", deadline=None, clock=clock)
    await rectification_acts.confirm_end(await actor("shending", clock), number, agree=True, words="", deadline=None, clock=clock)
    assert await rows("SELECT 1 FROM fund_hold WHERE lifted_at IS NULL") == []
    book = load_workbook(io.BytesIO(await claim_workbook(DEMO, case, clock=clock)), data_only=True)
    (told,) = [row for row in book["审计疑点清单"].iter_rows(values_only=True) if row[0] == doubt.number]
    assert told[-5:-1] == (f"整改 {number}", None, datetime(2026, 6, 8), datetime(2026, 6, 1))  # noqa: DTZ001 - days of a workbook


async def test_what_was_paid_is_asked_back_from_it(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    await known(clock)
    paid = sum(fen for _subject, fen in await due(case))
    await carried_on(await made(case, clock), clock)
    auditor, firm = await actor("shenji", clock), await actor("jingban-a", clock)
    number = await ask_rectification(auditor, entered(case_no=case), clock=clock)
    recovery = await rectification_acts.recover_money(auditor, number, "冒名参训", people=1, fen=paid, clock=clock)
    one = (await rectifying.show_rectification(auditor, number, clock=clock)).entry
    assert (one.recovery, one.heavy) == (recovery, True)
    assert await rows("SELECT fen, state FROM recovery WHERE number = $1", recovery) == [(paid, "proposed")]
    light = await ask_rectification(auditor, entered(problem="另一问题"), clock=clock)
    with pytest.raises(RectificationRefused, match="申报编号"):
        await rectification_acts.hold_money(auditor, light, "无申报", clock=clock)
    await rectification_acts.answer_rectification(firm, number, "同意退还", clock=clock)
    assert await rectification_acts.end_rectification(auditor, number, Act.REFER, "移送区公安分局", clock=clock) == "ending"


async def test_a_failed_visit_and_a_sheet_of_evidence_are_origins(database: Settings, clock: FixedClock) -> None:
    await known(clock)
    teacher, room = await furnished(clock)
    clerk, start = await actor("jiaowu", clock), clock.today() + timedelta(days=21)
    filed = content(teacher, room, sessions=sessions(start, 2, teacher=teacher, room=room))
    class_no = await save_class(clerk, filed, roster(first=10), clock=clock)
    await submit_class(clerk, class_no, clock=clock)
    await decide_class(COMMAND_LINE, class_no, version=1, approve=True, opinion="", clock=clock)
    clock.move(timedelta(days=30))
    await assign_all(clock)
    for passed in (True, False):
        told = visit(class_no=class_no, visited_on=clock.today(), passed=passed, safe=passed, words="" if passed else "未见学员")
        await record_visit(COMMAND_LINE, told, clock=clock)
    good, bad = [str(key) for (key,) in await rows("SELECT id FROM class_visit ORDER BY id")]
    inspector = await actor("dudao", clock)
    for wrong in (good, "0", "x"):
        with pytest.raises(RectificationRefused):
            await ask_rectification(inspector, AskedFor(source=Source.VISIT, origin=wrong, measure=MEASURE), clock=clock)
    number = await ask_rectification(inspector, AskedFor(source=Source.VISIT, origin=bad, measure=MEASURE), clock=clock)
    one = (await rectifying.show_rectification(clerk, number, clock=clock)).entry
    assert (one.class_no, one.severity, "未见学员" in one.problem, "安全措施到位" in one.evidence) == (class_no, "HIGH", True, True)
    with pytest.raises(RectificationRefused, match="取证单"):
        await ask_rectification(inspector, AskedFor(source=Source.EVIDENCE, origin="SJQZ2026999999", measure=MEASURE), clock=clock)


async def test_others_see_nothing_and_ask_nothing(database: Settings, clock: FixedClock) -> None:
    await known(clock)
    auditor, other, leader = await actor("shenji", clock), await actor("jingban-b", clock), await actor("fenguan", clock)
    number = await ask_rectification(auditor, entered(), clock=clock)
    for act in (
        rectifying.show_rectification(other, number, clock=clock),
        rectification_acts.answer_rectification(other, number, "不是我的", clock=clock),
        rectification_acts.open_file(other, number, 1, clock=clock),
    ):
        with pytest.raises(RectificationNotFound):
            await act
    found, counts = await rectifying.list_rectifications(other, RegisterFilter(), after=0, most=10, clock=clock)
    assert (found, counts) == ([], {"overdue": 0})
    for nobody in (leader, other):
        with pytest.raises(NotAllowed):
            await ask_rectification(nobody, entered(), clock=clock)
    with pytest.raises(NotAllowed):
        await rectifying.show_rectification(leader, number, clock=clock)
    narrow = await sign_in_as("shenji", clock)
    limited = Actor(**{name: getattr(narrow.actor, name) for name in narrow.actor.__struct_fields__} | {"organisations": frozenset({"X"})})
    with pytest.raises(RectificationRefused, match="授权范围"):
        await ask_rectification(limited, entered(problem="别的"), clock=clock)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"organisation": "91310117XXXXXXXXXX"}, id="nobody knows it"),
        pytest.param({"severity": ""}, id="no severity"),
        pytest.param({"measure": " "}, id="no measure"),
        pytest.param({"problem": "身份证 310100199001010027"}, id="an identity number"),
        pytest.param({"deadline": date(2026, 6, 1)}, id="today"),
        pytest.param({"deadline": date(2030, 1, 1)}, id="far away"),
        pytest.param({"amount_fen": -1}, id="below zero"),
        pytest.param({"case_no": "SJ2026999999"}, id="no such claim"),
    ],
)
async def test_a_wrong_request_is_refused(database: Settings, clock: FixedClock, wrong: dict[str, object]) -> None:
    await known(clock)
    with pytest.raises(RectificationRefused):
        await ask_rectification(await actor("shenji", clock), entered(**wrong), clock=clock)


async def test_an_answer_takes_ten_good_papers_at_once_and_twice_is_once(database: Settings, clock: FixedClock) -> None:
    await known(clock)
    auditor, firm = await actor("shenji", clock), await actor("jingban-a", clock)
    with under_key("ask-once-1", ["a"]):
        number = await ask_rectification(auditor, entered(), clock=clock)
        assert await ask_rectification(auditor, entered(), clock=clock) == number
    with pytest.raises(RectificationRefused, match="10"):
        await rectification_acts.answer_rectification(firm, number, "多", files=[Attached("", PDF)] * 11, clock=clock)
    with pytest.raises(PaperRefused):
        await rectification_acts.answer_rectification(firm, number, "坏", files=[Attached("", b"MZ program")], clock=clock)
    with pytest.raises(RectificationMoved, match="打开页面之后"):
        await rectification_acts.answer_rectification(firm, number, "旧", version=9, clock=clock)
    await rectification_acts.extend(auditor, number, "材料在外地", deadline=date(2026, 8, 1), clock=clock)
    assert (await rectifying.show_rectification(firm, number, clock=clock)).entry.deadline == date(2026, 8, 1)
    assert await rectification_acts.end_rectification(auditor, number, Act.WITHDRAW, "发错单位", clock=clock) == "ended"


async def test_the_organisation_is_reminded_and_the_asker_hears_of_what_is_late(database: Settings, clock: FixedClock) -> None:
    await known(clock)
    auditor = await actor("shenji", clock)
    number = await ask_rectification(auditor, entered(severity="HIGH"), clock=clock)
    assert await remind_rectifications(clock) == 0
    clock.move(timedelta(days=4))
    assert [await remind_rectifications(clock) for _again in range(2)] == [1, 0]
    clock.move(timedelta(days=4))
    assert [await remind_rectifications(clock) for _again in range(2)] == [1, 0]
    clock.move(timedelta(days=1))
    assert await remind_rectifications(clock) == 0
    told = await rows("SELECT title, recipient FROM message WHERE subject = $1 ORDER BY id", number)
    assert [str(title).partition("：")[0] for title, _to in told] == ["整改要求", "整改即将到期", "整改逾期", "整改逾期"]
    assert [to for _title, to in told][-2:] == [ENTERPRISE_A, auditor.key]
    await assign_all(clock)
    found, counts = await rectifying.list_rectifications(
        await actor("shenji", clock), RegisterFilter(overdue_on=clock.today()), after=0, most=10, clock=clock
    )
    assert ([each.number for each in found], counts["overdue"]) == ([number], 1)


async def test_the_history_cannot_be_rewritten(database: Settings, clock: FixedClock) -> None:
    await known(clock)
    await ask_rectification(await actor("shenji", clock), entered(), clock=clock)
    for statement in (
        "UPDATE rectification_act SET words = 'x'",
        "DELETE FROM rectification_act",
        "TRUNCATE rectification_act CASCADE",
        "UPDATE rectification SET problem = 'x'",
        "DELETE FROM rectification",
    ):
        with pytest.raises(DatabaseFault):
            async with write_transaction():
                await execute_script(statement)
