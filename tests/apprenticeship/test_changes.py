"""Changes of a running programme that do not fit: told in words, at the asking and again at the decision."""

from datetime import date, timedelta

import httpx
import msgspec
import pytest

from tests.apprenticeship.drafts import approved, head, plan
from tests.people import ENTERPRISE_A, enter, sign_in_as
from tests.web.conftest import form_token
from training_admin.apprenticeship import programme_changes, programmes
from training_admin.apprenticeship.facts import Hours
from training_admin.apprenticeship.plan_facts import ChangeContent
from training_admin.apprenticeship.programmes import ProgrammeRefused
from training_admin.apprenticeship.states import ChangeKind
from training_admin.database import fetch_tuples, write_transaction
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings

CERTIFICATE = "S000031010001264000001"


async def asked(number: str, kind: ChangeKind, row: int | None, clock: FixedClock, **content: object) -> int:
    """A change asked for by the institution, of today."""
    teacher, whole = (await sign_in_as("jiaowu", clock)).actor, msgspec.convert(content, ChangeContent)
    return await programme_changes.ask_change(
        teacher, number, kind, row=row, content=whole, day=clock.today(), reason="情况属实", clock=clock
    )


async def decided(number: str, change: int, clock: FixedClock) -> None:
    """The office approves it."""
    officer = (await sign_in_as("chushen", clock)).actor
    await programme_changes.decide_change(officer, number, change, approve=True, opinion="", clock=clock)


async def running(clock: FixedClock, people: int = 4) -> str:
    """A programme in its third month."""
    number = await approved(clock, people)
    clock.move(timedelta(days=120))
    return number


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"outcome": "completed", "certified_on": date(2026, 9, 1)}, "不填写"),
        ({"outcome": "certified", "level": "4", "certificate_no": CERTIFICATE, "certified_on": date(2026, 12, 31)}, "不晚于今天"),
        ({"outcome": "certified", "level": "4", "certificate_no": CERTIFICATE, "certified_on": date(2026, 1, 1)}, "开班之后"),
    ],
)
async def test_a_result_with_a_date_that_cannot_be_is_refused(
    database: Settings, clock: FixedClock, content: dict[str, object], words: str
) -> None:
    number = await running(clock)
    with pytest.raises(ProgrammeRefused, match=words):
        await asked(number, ChangeKind.RESULTS, 1, clock, **content)


async def test_of_two_extensions_the_second_never_shortens_the_term(database: Settings, clock: FixedClock) -> None:
    number = await running(clock)
    hours = Hours(15_000, 21_000, 64_000)
    longer, shorter = [await asked(number, ChangeKind.EXTENSION, None, clock, months=months, planned=hours) for months in (24, 14)]
    await decided(number, longer, clock)
    with pytest.raises(ProgrammeRefused, match="长于目前的 24 个月"):
        await decided(number, shorter, clock)
    officer = (await sign_in_as("chushen", clock)).actor
    assert (await programmes.show_programme(officer, number, clock=clock)).head.months == 24
    await programme_changes.decide_change(officer, number, shorter, approve=False, opinion="已延长", clock=clock)


async def test_a_programme_of_which_everybody_left_ends_early(database: Settings, clock: FixedClock) -> None:
    number = await running(clock, 1)
    await decided(number, await asked(number, ChangeKind.CLOSURE, 1, clock), clock)
    clerk = (await sign_in_as("jingban-a", clock)).actor
    await programme_changes.end_programme(clerk, number, clock=clock)
    assert (await programmes.show_programme(clerk, number, clock=clock)).state_words == "已结束"


async def test_an_apprentice_that_there_cannot_be_is_told_on_the_page(
    database: Settings, visitor: httpx.AsyncClient, clock: FixedClock
) -> None:
    number = await running(clock)
    await enter(visitor, "jiaowu", clock)
    typed = {**await form_token(visitor, f"/programmes/{number}"), "kind": "left", "day": clock.today().isoformat(), "reason": "离职"}
    answer = await visitor.post(f"/programmes/{number}/changes", data={**typed, "row": "99999"})
    assert (answer.status_code, "请选择一名仍在培养中" in answer.text) == (422, True)


@pytest.mark.parametrize("code", [ENTERPRISE_A, "RS-001"])
async def test_only_an_approved_institution_is_the_institution_of_a_programme(database: Settings, clock: FixedClock, code: str) -> None:
    for login in ("jiaowu", "chushen"):
        await sign_in_as(login, clock)
    clerk = (await sign_in_as("jingban-a", clock)).actor
    with pytest.raises(ProgrammeRefused, match="没有找到所选的培训机构"):
        await programmes.save_programme(clerk, head(institution=code), plan(), clock=clock)


async def test_an_extension_needs_the_hours_of_the_longer_term_and_says_what_it_asks_for(database: Settings, clock: FixedClock) -> None:
    number = await running(clock)
    bare = await asked(number, ChangeKind.EXTENSION, None, clock, months=18)
    with pytest.raises(ProgrammeRefused, match=r"APP-12.*延长后的总课时"):
        await decided(number, bare, clock)
    officer = (await sign_in_as("chushen", clock)).actor
    assert (await programmes.show_programme(officer, number, clock=clock)).head.months == 12
    await programme_changes.decide_change(officer, number, bare, approve=False, opinion="请填写总课时", clock=clock)
    with pytest.raises(ProgrammeRefused, match="线上课时"):
        await asked(number, ChangeKind.EXTENSION, None, clock, months=18, planned=Hours(0, 0, 0, 1))
    await decided(number, await asked(number, ChangeKind.EXTENSION, None, clock, months=18, planned=Hours(11_300, 15_700, 48_000)), clock)
    shown = await programmes.show_programme(officer, number, clock=clock)
    assert (shown.head.months, shown.filing.plan.planned, [each.rule for each in shown.failed if each.hinders]) == (
        *(18, Hours(11_300, 15_700, 48_000)),
        [],
    )
    words = [each.words for each in await programme_changes.changes_of(officer, number)]
    assert words == ["期限延长至18个月；计划课时改为通用素质113、专业基础157、操作技能480、其中线上0", "期限延长至18个月"]


async def test_whoever_decides_a_change_reads_what_it_asks_for(database: Settings, visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await running(clock)
    await enter(visitor, "jiaowu", clock)
    typed = {**await form_token(visitor, f"/programmes/{number}"), "day": clock.today().isoformat(), "reason": "情况属实"}
    result = {"row": "1", "outcome": "certified", "level": "4", "certificate_no": CERTIFICATE, "certified_on": "2026-09-01"}
    longer = {"months": "18", "general": "113", "basics": "157", "practice": "480"}
    for kind, told in (("results", result), ("extension", longer)):
        assert (await visitor.post(f"/programmes/{number}/changes", data={**typed, "kind": kind, **told})).status_code == 303
    await enter(visitor, "chushen", clock)
    page = (await visitor.get(f"/programmes/{number}")).text
    assert f"取得证书；四级/中级工，证书编号{CERTIFICATE}，2026年9月1日发证" in page
    assert "期限延长至18个月；计划课时改为通用素质113" in page
    assert "期限延长至18个月" in (await visitor.get(f"/programmes/{number}/changes.csv")).text


async def test_another_mentor_who_is_not_high_skilled_is_not_approved(database: Settings, clock: FixedClock) -> None:
    number = await running(clock)
    officer = (await sign_in_as("chushen", clock)).actor
    async with write_transaction():
        key = (
            await fetch_tuples(
                """INSERT INTO programme_tutor (programme, kind, place, name, person, sealed, level,
                       qualification, allowance_fen)
                   SELECT programme, kind, 2, '李师傅', '\\x01', sealed, '5', '', 0 FROM programme_tutor
                   WHERE kind = 'mentor' RETURNING id"""
            )
        )[0][0]
    change = await asked(number, ChangeKind.MENTOR, 2, clock, tutor=key)
    assert [each.words for each in await programme_changes.changes_of(officer, number)] == ["更换为李师傅"]
    with pytest.raises(ProgrammeRefused, match=r"APP-06.*另选人员"):
        await decided(number, change, clock)


@pytest.mark.parametrize("change", [{"occupation_name": "焊\u202e工"}, {"occupation_name": "焊" * 101}, {"occupation": "6" * 21}])
async def test_an_occupation_is_kept_as_it_can_be_read(database: Settings, clock: FixedClock, change: dict[str, object]) -> None:
    await sign_in_as("jiaowu", clock)
    clerk = (await sign_in_as("jingban-a", clock)).actor
    with pytest.raises(ProgrammeRefused, match="职业"):
        await programmes.save_programme(clerk, head(**change), plan(), clock=clock)
