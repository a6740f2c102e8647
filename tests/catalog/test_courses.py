"""A course is registered by two persons, changed with all its versions kept, and used by classes; plans give their classes a project."""

import io
from datetime import timedelta
from typing import Any

import msgspec
import openpyxl
import pytest

from tests.catalog.classes import FIRST_DAY, WELDER, content, furnished, roster, sessions
from tests.catalog.test_course_facts import MODULES
from tests.catalog.test_filing import decide as decide_filed
from tests.catalog.test_filing import officer, registrar
from tests.catalog.test_filing_workbook import PATTERN, filled
from tests.catalog.test_plans import HEAD
from tests.people import ENTERPRISE_A, ENTERPRISE_B, sign_in_as
from training_admin.catalog import courses, plan_store
from training_admin.catalog.course_facts import CourseContent, CourseModule, CourseMoveRefused, CourseState
from training_admin.catalog.course_store import CourseNotFound, named_course
from training_admin.catalog.courses import CourseHindered, CourseMoved, CourseRefused, CourseShown
from training_admin.catalog.facts import STREAM_SKILL
from training_admin.catalog.filing import FilingHindered, save_class, show_class, submit_class
from training_admin.catalog.filing_checks import FindingKind
from training_admin.catalog.filing_intake import FilingIncomplete, exported, laid_out, read_upload
from training_admin.catalog.filing_workbook import SHEET_FILING
from training_admin.catalog.plan_facts import PlanLine, Way
from training_admin.catalog.plans import add_line, begin_plan, decide_plan, save_head, show_plan, submit_plan
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.database import counted_queries, read_transaction
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.actor import DEMO, NotAllowed, SamePersonTwice
from training_admin.kit.clock import FixedClock
from training_admin.office.messages import my_messages

pytestmark = pytest.mark.usefixtures("database")


def course(teacher: int, **changes: Any) -> CourseContent:
    whole = CourseContent(title="焊工五级", item=None, occupation=WELDER, level="5", modules=MODULES, teachers=(teacher,))
    return msgspec.structs.replace(whole, **changes)


async def shown(clock: FixedClock, number: str) -> CourseShown:
    return await courses.show_course(await registrar(clock), number, clock=clock)


async def decide(clock: FixedClock, number: str, *, version: int, approve: bool = True, opinion: str = "") -> None:
    await courses.decide_course(await officer(clock), number, version=version, approve=approve, opinion=opinion, clock=clock)


async def approved(clock: FixedClock, teacher: int, **changes: Any) -> str:
    actor = await registrar(clock)
    number = await courses.save_course(actor, course(teacher, **changes), clock=clock)
    await courses.submit_course(actor, number, clock=clock)
    await decide(clock, number, version=1)
    return number


async def test_a_course_goes_from_draft_to_approval_and_the_organisation_is_told(clock: FixedClock) -> None:
    teacher, _room = await furnished(clock)
    actor = await registrar(clock)
    number = await courses.save_course(actor, course(teacher, teachers=()), clock=clock)
    assert number == "KC202600001"
    with pytest.raises(CourseHindered, match="没有教师"):
        await courses.submit_course(actor, number, clock=clock)
    await courses.save_course(actor, course(teacher), course_no=number, clock=clock)
    await courses.submit_course(actor, number, clock=clock)
    head = (await shown(clock, number)).head
    assert head.decide_by is not None
    assert (head.state, head.version, head.decide_by.isoformat()) == (CourseState.SUBMITTED, 2, "2026-06-08")
    with pytest.raises(CourseMoved):
        await decide(clock, number, version=1)
    with pytest.raises(CourseRefused, match="请填写原因或意见"):
        await decide(clock, number, version=2, approve=False)
    stands_in = msgspec.structs.replace(await officer(clock), acts_for=actor.key)
    with pytest.raises(SamePersonTwice):
        await courses.decide_course(stands_in, number, version=2, approve=True, opinion="", clock=clock)
    await decide(clock, number, version=2)
    whole = await shown(clock, number)
    assert (whole.head.approved_version, whole.head.decide_by) == (2, None)
    assert [each.decision for each in whole.versions] == ["approved", None]
    messages, _next = await my_messages(actor, before=None, limit=5)
    assert (messages[0].subject, messages[0].title) == (number, "课程备案已通过")


async def test_a_returned_course_is_mended_or_withdrawn(clock: FixedClock) -> None:
    teacher, _room = await furnished(clock)
    actor = await registrar(clock)
    number = await courses.save_course(actor, course(teacher), clock=clock)
    await courses.submit_course(actor, number, clock=clock)
    with pytest.raises(CourseMoveRefused):
        await courses.save_course(actor, course(teacher), course_no=number, clock=clock)
    await decide(clock, number, version=1, approve=False, opinion="缺教材")
    assert (await shown(clock, number)).versions[0].opinion == "缺教材"
    await courses.withdraw_course(actor, number, clock=clock)
    with pytest.raises(CourseMoveRefused, match="已撤回"):
        await courses.submit_course(actor, number, clock=clock)


async def test_a_change_counts_when_it_is_approved_and_an_ended_course_is_closed(clock: FixedClock) -> None:
    teacher, _room = await furnished(clock)
    actor = await registrar(clock)
    number = await approved(clock, teacher)
    with pytest.raises(CourseHindered):
        await courses.change_course(actor, number, course(teacher, modules=MODULES[:1]), clock=clock)
    await courses.change_course(actor, number, course(teacher, price_fen=5), clock=clock)
    async with read_transaction():
        before = await named_course(number)
    assert before is not None
    assert before.content is not None
    assert (before.state, before.content.price_fen) == (CourseState.CHANGING, 0)
    await decide(clock, number, version=2)
    async with read_transaction():
        after = await named_course(number)
    assert after is not None
    assert after.content is not None
    assert after.content.price_fen == 5
    assert [each.content.price_fen for each in (await shown(clock, number)).versions] == [5, 0]
    with pytest.raises(CourseRefused):
        await courses.end_course(actor, number, reason=" ", clock=clock)
    await courses.end_course(actor, number, reason="不再开设", clock=clock)
    assert (await shown(clock, number)).head.state is CourseState.ENDED


async def test_what_a_course_names_must_be_there(clock: FixedClock) -> None:
    teacher, _room = await furnished(clock)
    actor = await registrar(clock)
    for wrong in ({"item": "X-1"}, {"occupation": None}, {"enterprise": "91"}, {"modules": MODULES * 31}):
        with pytest.raises(CourseRefused):
            await courses.save_course(actor, course(teacher, **wrong), clock=clock)
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    item = next(each for each in sample_catalog() if each.occupation == WELDER)
    number = await courses.save_course(actor, course(teacher, item=item.item_code, occupation=None, level=None), clock=clock)
    kept = (await shown(clock, number)).versions[0].content
    assert (kept.occupation, kept.level) == (item.occupation, item.level)


async def test_a_course_is_its_organisations(clock: FixedClock) -> None:
    teacher, _room = await furnished(clock)
    number = await courses.save_course(await registrar(clock), course(teacher), clock=clock)
    clerk = (await sign_in_as("jingban-a", clock)).actor
    with pytest.raises(CourseNotFound):
        await courses.show_course(clerk, number, clock=clock)
    with pytest.raises(CourseNotFound):
        await courses.submit_course(clerk, number, clock=clock)
    assert await courses.list_courses(clerk) == []
    assert [head.course_no for head, _content in await courses.list_courses(await officer(clock), wanted="焊工")] == [number]
    with pytest.raises(NotAllowed):
        await courses.decide_course(clerk, number, version=1, approve=True, opinion="", clock=clock)
    with pytest.raises(CourseRefused, match="只能为本单位"):
        await courses.save_course(clerk, course(teacher, enterprise=ENTERPRISE_B), clock=clock)
    own = await courses.save_course(clerk, course(teacher, enterprise=ENTERPRISE_A), clock=clock)
    faults = (await courses.show_course(clerk, own, clock=clock)).faults
    assert "办学许可证" not in "".join(each.words for each in faults)


async def test_classes_use_a_course_and_keep_to_it(clock: FixedClock) -> None:
    teacher, room = await furnished(clock)
    actor = await registrar(clock)
    number = await approved(clock, teacher)
    good = content(teacher, room, course=number)
    first = await save_class(actor, good, roster(), clock=clock)
    await submit_class(actor, first, clock=clock)
    await decide_filed(clock, first, version=1)
    assert (await shown(clock, number)).classes == ((first, good.title, "approved"),)
    few = content(teacher, room, course=number, sessions=sessions(good.sessions[0].day, 9, teacher=teacher, room=room))
    second = await save_class(actor, few, roster(first=20), clock=clock)
    with pytest.raises(FilingHindered, match="少于课程备案的"):
        await submit_class(actor, second, clock=clock)
    messages, _next = await my_messages(actor, before=None, limit=5)
    assert (messages[0].subject, messages[0].title) == (first, "开班备案已通过")


async def test_naming_a_course_and_a_project_costs_two_queries_more(clock: FixedClock) -> None:
    teacher, room = await furnished(clock)
    actor = await registrar(clock)
    counts = []
    for one in (content(teacher, room), content(teacher, room, course="KC1", project=1)):
        number = await save_class(actor, one, roster(), clock=clock)
        with counted_queries() as count:
            await show_class(actor, number, clock=clock)
        counts.append(len(count))
    assert counts[1] == counts[0] + 2


def column(content: bytes, header: str) -> str:
    """Under which letter a header of the filing's sheet stands."""
    sheet = openpyxl.load_workbook(io.BytesIO(content))[SHEET_FILING]
    return next(cell.column_letter for cell in sheet[3] if cell.value == header)


async def test_the_sheet_names_course_and_project_and_refuses_what_is_not_there(clock: FixedClock) -> None:
    teacher, _room = await furnished(clock)
    actor = await registrar(clock)
    plan, project = await planned(clock)
    draft = await courses.save_course(actor, course(teacher), clock=clock)
    number = await approved(clock, teacher, modules=(CourseModule("全部", 270, 900, 0, 180),))
    blank = await laid_out(actor, PATTERN, clock=clock)
    at, by = f"filing_{column(blank, '课程编号')}4", f"filing_{column(blank, '年度项目编号')}4"
    read = await read_upload(actor, filled(blank, people=True, **{at: number.lower(), by: f"{plan}/1"}), clock=clock)
    assert read.content is not None
    assert (read.content.course, read.content.project) == (number, project)
    with pytest.raises(FilingIncomplete) as refused:
        await read_upload(actor, filled(blank, people=True, **{at: draft, by: "NJ202600001/9"}), clock=clock)
    assert [each["cell"] for each in refused.value.extra["cells"]] == [at.partition("_")[2], by.partition("_")[2]]
    klass = await save_class(actor, read.content, read.roster, clock=clock)
    again = await exported(actor, klass, clock=clock)
    assert (await read_upload(actor, filled(again), clock=clock)).content == read.content


async def planned(clock: FixedClock, **changes: Any) -> tuple[str, int]:
    """An approved plan of enterprise A with one project that the institution trains; number and the project's key."""
    clerk, decider = (await sign_in_as("jingban-a", clock)).actor, await officer(clock)
    number = await begin_plan(clerk, 2026, clock=clock)
    await save_head(clerk, number, HEAD, clock=clock)
    line = PlanLine(0, "焊工", STREAM_SKILL, 10, 0, Way.COMMISSIONED, "主营", institution=INSTITUTION, contract="HT-1")
    await add_line(clerk, number, msgspec.structs.replace(line, **changes), clock=clock)
    await submit_plan(clerk, number, clock=clock)
    await decide_plan(decider, number, approve=True, reason="", clock=clock)
    async with read_transaction():
        return number, (await plan_store.approved_lines(ENTERPRISE_A, 2026))[0].id


async def test_a_project_counts_the_people_of_its_classes(clock: FixedClock) -> None:
    teacher, room = await furnished(clock)
    actor = await registrar(clock)
    number, project = await planned(clock)
    first = await save_class(actor, content(teacher, room, project=project), roster(), clock=clock)
    assert await submit_class(actor, first, clock=clock) == ()
    after = sessions(FIRST_DAY + timedelta(days=21), 10, teacher=teacher, room=room)
    later = content(teacher, room, project=project, sessions=after)
    second = await save_class(actor, later, roster(first=20), clock=clock)
    assert [each.kind for each in await submit_class(actor, second, clock=clock)] == [FindingKind.PROJECT_PEOPLE]
    clerk = (await sign_in_as("jingban-a", clock)).actor
    assert [(each.class_no, each.people, each.state) for each in (await show_plan(clerk, number, clock=clock)).classes] == [
        (first, 6, "submitted"),
        (second, 6, "submitted"),
    ]
    other = content(teacher, room, project=project, enterprise=ENTERPRISE_B)
    third = await save_class(actor, other, roster(first=40), clock=clock)
    kinds = {each.kind for each in (await show_class(actor, third, clock=clock)).findings}
    assert FindingKind.PROJECT in kinds
