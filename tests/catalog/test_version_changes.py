"""What a version changed: lessons moved, added, dropped, teachers, rooms, people and fields, each named."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.catalog.classes import content, furnished, roster, session, sessions
from tests.catalog.test_filing import decide, registrar, shown
from training_admin.catalog.class_changes import change_class
from training_admin.catalog.class_facts import ClassContent
from training_admin.catalog.class_screens import changes_of
from training_admin.catalog.filing import save_class, submit_class
from training_admin.catalog.version_changes import SAME, Named, Standing, changes_between
from training_admin.kit.clock import FixedClock

WHOLE: ClassContent = content(200, 100)
TEACHERS, ROOMS = {200: "教师甲", 201: "教师乙"}, {100: "101", 101: "102"}
PEOPLE = tuple(Named(f"{number:02x}", f"学员{number}") for number in range(12))


def told(people: tuple[Named, ...] = PEOPLE, **changes: Any) -> tuple[str, ...]:
    after = Standing(msgspec.structs.replace(WHOLE, **changes), people)
    return changes_between(Standing(WHOLE, PEOPLE), after, teachers=TEACHERS, rooms=ROOMS)


def at(place: int, **changes: Any) -> tuple[Any, ...]:
    """The sessions with one of them changed."""
    return tuple(msgspec.structs.replace(each, **changes) if number == place else each for number, each in enumerate(WHOLE.sessions))


def test_nothing_changed_is_said() -> None:
    assert told() == (SAME,)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"teacher": 201}, "教师由教师甲改为教师乙（1 次课）。"),
        ({"teacher": None}, "教师由教师甲改为未登记（1 次课）。"),
        ({"room": 101}, "地点由101改为102（1 次课）。"),
        ({"room": None, "online": True}, "地点由101改为线上（1 次课）。"),
        ({"room": 999}, "地点由101改为未登记（1 次课）。"),
        ({"starts": 780, "ends": 930}, "移动 1 次课：2026年7月6日 09:00改到2026年7月6日 13:00。"),
        ({"ends": 700}, "1 次课的内容、课时、教材或时长有改动。"),
        ({"topic": "安全"}, "1 次课的内容、课时、教材或时长有改动。"),
    ],
)
def test_a_changed_lesson_is_told_by_what_changed(changes: dict[str, Any], words: str) -> None:
    found = told(sessions=at(0, **changes))
    assert words in found
    assert len(found) == 1


def test_lessons_come_and_go() -> None:
    last = WHOLE.sessions[-1].day + timedelta(days=3)
    assert told(sessions=(*WHOLE.sessions, session(last, teacher=200, room=100))) == ("增加 1 次课：2026年7月20日 09:00。",)
    assert told(sessions=WHOLE.sessions[1:]) == ("减少 1 次课：2026年7月6日 09:00。",)
    later = sessions(WHOLE.sessions[-1].day + timedelta(days=3), 10, teacher=201, room=100)
    moved = told(sessions=later)
    assert moved[0].startswith("移动 10 次课：2026年7月6日 09:00改到2026年7月20日 09:00；")
    assert moved[0].endswith("等。")
    assert moved[1] == "教师由教师甲改为教师乙（10 次课）。"


def test_people_come_and_go_by_name_and_fields_by_theirs() -> None:
    assert told(people=(*PEOPLE[1:], Named("ff", "新学员"))) == ("增加 1 人：新学员。", "减少 1 人：学员0。")
    assert told(people=())[0] == "减少 12 人：" + "、".join(f"学员{number}" for number in range(8)) + "等。"
    assert told(title="新名", budget_fen=1) == ("改动：班期名称、费用预算。",)
    # Somebody whose name was mended is the same person.
    assert told(people=(Named("00", "学员〇"), *PEOPLE[1:])) == (SAME,)


@pytest.mark.usefixtures("database")
async def test_versions_are_compared_with_what_stood_before(clock: FixedClock) -> None:
    actor = await registrar(clock)
    filed = content(*await furnished(clock))
    number = await save_class(actor, filed, roster(), clock=clock)
    await submit_class(actor, number, clock=clock)
    await decide(clock, number, version=1)
    others = [*roster()[1:], *roster(1, first=500)]
    await change_class(actor, number, filed, others, reason="换人", clock=clock)
    await decide(clock, number, version=2, approve=False, opinion="名单不全")
    moved = (msgspec.structs.replace(filed.sessions[0], starts=780, ends=930), *filed.sessions[1:])
    await change_class(actor, number, msgspec.structs.replace(filed, sessions=moved), None, reason="改时间", clock=clock)
    found = await changes_of(await shown(clock, number))
    assert found == {
        2: ("增加 1 人：学员1。", "减少 1 人：学员1。"),
        # The change that was returned does not stand: its people are no change of the next version.
        3: ("移动 1 次课：2026年7月6日 09:00改到2026年7月6日 13:00。",),
    }
