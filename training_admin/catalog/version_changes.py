"""What a version of a class changed against the one that stood before, in words, as pure functions."""

from collections.abc import Mapping, Sequence

import msgspec

from training_admin.catalog.class_facts import ClassContent, PlannedSession, clock_text
from training_admin.kit import wording

MOST_NAMED = 8
# Fields of the head that are told by name when they differ.
HEAD_WORDS = {
    "title": "班期名称",
    "enterprise": "委托企业",
    "stream": "培训类别",
    "item": "目录项目",
    "occupation": "职业",
    "level": "等级",
    "assessment_plan": "考核方案",
    "budget_fen": "费用预算",
    "theory_test": "理论考核",
    "practical_test": "操作考核",
    "course": "课程",
    "project": "年度项目",
    "pool": "集中培训席位和分摊",
}
SAME = "内容不变"


class Named(msgspec.Struct, frozen=True):
    """Somebody of a roster: his key, by which he is found again, and his name."""

    person: str
    name: str


class Standing(msgspec.Struct, frozen=True):
    """One version as it is compared: content and people."""

    content: ClassContent
    people: tuple[Named, ...]


def changes_between(before: Standing, after: Standing, *, teachers: Mapping[int, str], rooms: Mapping[int, str]) -> tuple[str, ...]:
    """One sentence for each kind of change: lessons moved, added or dropped, teachers, rooms, people, other fields."""
    told = [
        *_lessons(before.content.sessions, after.content.sessions, teachers, rooms),
        *_people(before.people, after.people),
    ]
    fields = [words for name, words in HEAD_WORDS.items() if getattr(before.content, name) != getattr(after.content, name)]
    if fields:
        told.append(f"改动：{'、'.join(fields)}。")
    return tuple(told) or (SAME,)


def _lessons(
    before: Sequence[PlannedSession], after: Sequence[PlannedSession], teachers: Mapping[int, str], rooms: Mapping[int, str]
) -> list[str]:
    old, new = ({(each.day, each.starts): each for each in sessions} for sessions in (before, after))
    stayed = [(old[key], new[key]) for key in sorted(old.keys() & new.keys())]
    gone, come = [old[key] for key in sorted(old.keys() - new.keys())], [new[key] for key in sorted(new.keys() - old.keys())]
    moved = list(zip(gone, come, strict=False))
    told = []
    if moved:
        told.append(f"移动 {len(moved)} 次课：{_listed([f'{_at(a)}改到{_at(b)}' for a, b in moved], '；')}。")
    told += (
        [f"增加 {len(come) - len(moved)} 次课：{_listed([_at(each) for each in come[len(moved) :]])}。"] if len(come) > len(moved) else []
    )
    told += (
        [f"减少 {len(gone) - len(moved)} 次课：{_listed([_at(each) for each in gone[len(moved) :]])}。"] if len(gone) > len(moved) else []
    )
    pairs = [*stayed, *moved]
    told += _replaced("教师", [(teachers.get(a.teacher or 0, "未登记"), teachers.get(b.teacher or 0, "未登记")) for a, b in pairs])
    told += _replaced("地点", [(_room(a, rooms), _room(b, rooms)) for a, b in pairs])
    rest = sum(1 for a, b in pairs if _lesson(a) != _lesson(b))
    if rest:
        told.append(f"{rest} 次课的内容、课时、教材或时长有改动。")
    return told


def _lesson(each: PlannedSession) -> tuple[object, ...]:
    """What is taught and for how long, wherever, whenever and by whom."""
    return each.ends - each.starts, each.topic, each.theory_minutes, each.practice_minutes, each.safety, each.textbook


def _replaced(what: str, pairs: Sequence[tuple[str, str]]) -> list[str]:
    counted: dict[tuple[str, str], int] = {}
    for pair in pairs:
        if pair[0] != pair[1]:
            counted[pair] = counted.get(pair, 0) + 1
    return [f"{what}由{old}改为{new}（{count} 次课）。" for (old, new), count in counted.items()]


def _people(before: Sequence[Named], after: Sequence[Named]) -> list[str]:
    old, new = {each.person for each in before}, {each.person for each in after}
    come, left = [each.name for each in after if each.person not in old], [each.name for each in before if each.person not in new]
    return [f"{words} {len(names)} 人：{_listed(names)}。" for words, names in (("增加", come), ("减少", left)) if names]


def _listed(words: Sequence[str], between: str = "、") -> str:
    shown = between.join(words[:MOST_NAMED])
    return shown if len(words) <= MOST_NAMED else f"{shown}等"


def _at(each: PlannedSession) -> str:
    return f"{wording.day(each.day)} {clock_text(each.starts)}"


def _room(each: PlannedSession, rooms: Mapping[int, str]) -> str:
    return "线上" if each.online else rooms.get(each.room or 0, "未登记")
