"""What the pages of a class show beside its facts: what is still missing, the calendar of rooms and teachers, what a version changed."""

from datetime import date, timedelta

import msgspec

from training_admin.catalog import class_store
from training_admin.catalog.class_facts import Taken, clock_text, room_key
from training_admin.catalog.class_store import ClassNotFound
from training_admin.catalog.filing import ClassShown
from training_admin.catalog.filing_checks import advice
from training_admin.catalog.filing_intake import labels
from training_admin.catalog.states import WAITING, ClassState
from training_admin.catalog.version_changes import Standing, changes_between
from training_admin.database import read_transaction
from training_admin.kit import wording
from training_admin.kit.actor import Actor, assert_own
from training_admin.kit.clock import Clock
from training_admin.kit.rights import Right
from training_admin.parties.institution_store import load_institution_facts

CALENDAR_DAYS = 14
MOST_INTERVALS = 2000
CAUSE_WORDS = {"filed": "备案", "changed": "变更", "suspended": "停课顺延", "resumed": "复课"}
DECISION_WORDS = {"approved": "通过", "returned": "退回"}


class CalendarRow(msgspec.Struct, frozen=True):
    """One interval that a room or a teacher is taken."""

    day: date
    time: str
    taken: Taken
    name: str
    class_no: str


def missing_of(shown: ClassShown, today: date) -> list[tuple[str, str]]:
    """What stands between a class and its subsidy now, each as a mark and words; of a closed class what comes next."""
    head, state = shown.head, ClassState(shown.head.state)
    told = (
        [("failed" if each.hinders else "HOLD", each.words) for each in (*shown.findings, *advice(shown.plan))]
        if state not in _DONE
        else []
    )
    if state is ClassState.DRAFT:
        told.append(("HOLD", "尚未提交备案。"))
    elif state is ClassState.RETURNED:
        told.append(("failed", "已退回补正，请更正后重新提交。"))
    elif state in WAITING:
        assert head.decide_by is not None, "what waits has a deadline"
        late = "，已超过期限" if today > head.decide_by else ""
        told.append(("HOLD", f"等待初审员审核，最晚{wording.day(head.decide_by)}办结{late}。"))
    elif state is ClassState.APPROVED and shown.plan.end is not None and today <= shown.plan.end:
        told.append(("passed", f"备案已通过。上课当天起登记出勤，{wording.day(shown.plan.end)}结业后登记考核结果并结班。"))
    elif state is ClassState.CLOSED:
        told.append(("passed", "已结班，出勤和考核结果已固定，委托企业可以从班级生成预填的申报表。"))
    return told


_DONE = frozenset({ClassState.APPROVED, ClassState.CLOSED, ClassState.ENDED, ClassState.WITHDRAWN})


async def changes_of(shown: ClassShown) -> dict[int, tuple[str, ...]]:
    """What each version of a class that was shown changed against the one that stood before it, in words; one query."""
    async with read_transaction():
        rosters = await class_store.rosters_of(shown.head.id)
    teachers, rooms = labels(shown.training.teachers), labels(shown.training.rooms)
    standings = {each.version: Standing(each.content, tuple(rosters.get(each.version, ()))) for each in shown.versions}
    approved = {each.version for each in shown.versions if each.decision == "approved"}
    told: dict[int, tuple[str, ...]] = {}
    for number in sorted(standings)[1:]:
        before = max((each for each in approved if each < number), default=number - 1)
        told[number] = changes_between(standings[before], standings[number], teachers=teachers, rooms=rooms)
    return told


async def calendar_shown(actor: Actor, organisation: str, first: date, *, clock: Clock) -> list[CalendarRow]:
    """The calendar of an organisation's rooms and teachers for two weeks; raises NotAllowed, ClassNotFound outside the scope."""
    assert_own(actor, Right.CLASS_READ, organisation, ClassNotFound("没有这个单位的课表，请从列表重新进入。"))
    async with read_transaction():
        last = first + timedelta(days=CALENDAR_DAYS - 1)
        found = await class_store.calendar_of(organisation, first=first, last=last, most=MOST_INTERVALS)
        facts = await load_institution_facts(organisation, first, known_at=clock.now())
    names = {room_key(each.id): each.name for each in facts.rooms} | {each.person: each.name for each in facts.teachers}
    return [
        CalendarRow(
            each.day, f"{clock_text(each.starts)}-{clock_text(each.ends)}", each.taken, names.get(each.key, "已停用"), each.class_no
        )
        for each in found
    ]
