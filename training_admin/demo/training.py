"""What the demo's people have filed beside what they train with: a course, two classes, and what an enterprise needs that has no item."""

import msgspec

from training_admin.catalog.course_facts import CourseContent, CourseModule
from training_admin.catalog.courses import decide_course, list_courses, save_course, submit_course
from training_admin.catalog.demands import Wanted, enter_demand
from training_admin.catalog.facts import CENTIHOURS_PER_HOUR
from training_admin.catalog.store import load_published
from training_admin.database import read_transaction
from training_admin.demo.classes import course_of, found_classes
from training_admin.demo.institution import OFFICER, REGISTRAR
from training_admin.demo.offices import ENTERPRISE_A, INSTITUTION, ORGANISATIONS
from training_admin.kit.actor import Actor
from training_admin.kit.clock import FixedClock
from training_admin.parties.institution_store import load_institution_facts

WELDER, LEVELS = "6-18-02-04", ("5", "4", "3")
HOUR_MINUTES, SAFETY_HOURS = 45, 4


def _of(actor: Actor, organisation: str) -> Actor:
    name = next(title for code, title, _kind in ORGANISATIONS if code == organisation)
    return msgspec.structs.replace(actor, organisation=organisation, organisation_name=name)


async def found_training(clock: FixedClock) -> None:
    """File and approve it once, at a time that moves on with it; a second start finds it there."""
    if await list_courses(OFFICER):
        return
    async with read_transaction():
        items = [each.item for each in await load_published()]
        facts = await load_institution_facts(INSTITUTION, clock.today(), known_at=clock.now())
    item = next(each for each in items if each.occupation == WELDER and each.level in LEVELS)
    hours = item.std_centihours // CENTIHOURS_PER_HOUR
    theory = hours * 3 // 10
    modules = (
        CourseModule("安全教育", SAFETY_HOURS * HOUR_MINUTES, 0, 0, SAFETY_HOURS * HOUR_MINUTES, "安全操作规程、防护用品、应急处置"),
        CourseModule("焊接基础", (theory - SAFETY_HOURS) * HOUR_MINUTES, 0, 0, 0, "识图、材料、设备、工艺"),
        CourseModule("焊接操作", 0, (hours - theory) * HOUR_MINUTES, 0, 0, "平焊、立焊、横焊，焊缝检验"),
    )
    course = CourseContent(
        title=f"{item.name}课程",
        item=item.item_code,
        occupation=None,
        level=None,
        modules=modules,
        textbooks="焊工（国家职业技能等级认定培训教材）",
        price_fen=item.std_fen,
        teachers=tuple(each.id for each in facts.teachers if any(one.occupation == WELDER for one in each.qualifications)),
        equipment="焊机15台、砂轮机4台",
    )
    registrar = _of(REGISTRAR, INSTITUTION)
    number = await save_course(registrar, course, clock=clock)
    await submit_course(registrar, number, clock=clock)
    await decide_course(OFFICER, number, version=1, approve=True, opinion="", clock=clock)
    wanted = Wanted(title="工业机器人系统运维", people=30, occupation="6-31-01-10", level="4", words="新建装配线，计划三季度投产")
    await enter_demand(_of(REGISTRAR, ENTERPRISE_A), wanted, clock=clock)
    await found_classes(registrar, course_of(item, number, facts, course.textbooks), clock)
