"""Visits of classes as pure data (INSP-01): what is told, what is wrong with it, whether it was told in time, which classes are cleared."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from training_admin.kit.money import WHOLE_BP, ratio_down

LONGEST_NAME, LONGEST_WORDS, LAST_MINUTE = 60, 1000, 24 * 60 - 1
MOST_PEOPLE = 10_000


class VisitWay(StrEnum):
    """How a class was visited; only a visit on the spot clears it."""

    ONSITE = "onsite"
    VIDEO = "video"
    PHONE = "phone"


WAY_WORDS = {VisitWay.ONSITE: "现场", VisitWay.VIDEO: "视频", VisitWay.PHONE: "电话"}
# The findings of annex 6 of the manual, in its order.
FINDINGS: tuple[tuple[str, str], ...] = (
    ("teacher_fits", "教师相符"),
    ("plan_fits", "计划相符"),
    ("textbooks", "教材人手一册"),
    ("order_kept", "秩序良好"),
    ("safe", "安全措施到位"),
)


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One visit: `starts` in minutes of the day, who was expected and present, what was found, and the conclusion."""

    class_no: str
    visited_on: date
    starts: int
    way: VisitWay
    inspectors: tuple[str, ...]
    expected: int
    present: int
    teacher_fits: bool
    plan_fits: bool
    textbooks: bool
    order_kept: bool
    safe: bool
    passed: bool
    words: str = ""

    @property
    def attendance_bp(self) -> int:
        """Who was present of those expected; 0 where nobody was."""
        return ratio_down(WHOLE_BP, self.present, self.expected) if self.expected else 0


def faults_of(visit: Visit, today: date, people_min: int) -> list[str]:
    """What is wrong with a visit as told, in words."""
    names = [" ".join(each.split()) for each in visit.inspectors]
    found = []
    if not visit.class_no or len(visit.class_no) > 40 or not visit.class_no.isprintable():  # noqa: PLR2004 - the column
        found.append("请填写班级编号（不超过 40 字）")
    if visit.visited_on > today:
        found.append("检查日期不能晚于今天")
    if not 0 <= visit.starts <= LAST_MINUTE:
        found.append("检查时间应在 00:00 至 23:59 之间")
    if len(set(names)) < people_min or any(not each or len(each) > LONGEST_NAME or not each.isprintable() for each in names):
        found.append(f"检查人不少于 {people_min} 人，姓名不能重复、不能空白")
    if not 0 <= visit.present <= visit.expected <= MOST_PEOPLE:
        found.append("实到人数不能多于应到人数，人数不能为负")
    if len(visit.words) > LONGEST_WORDS:
        found.append(f"意见不超过 {LONGEST_WORDS} 字")
    if not visit.passed and not visit.words.strip():
        found.append("结论为不合格的，请写明意见")
    return found


def is_late(visited_on: date, told_on: date, within_days: int) -> bool:
    """Whether a visit was told later than the figure allows (检查录入)."""
    return told_on > visited_on + timedelta(days=within_days)


def cleared_classes(visits: Iterable[tuple[str, VisitWay, bool]], onsite_per_class: int) -> frozenset[str]:
    """Classes with enough passed visits on the spot, the newest of which passed; `visits` are oldest first."""
    passed: dict[str, int] = {}
    newest: dict[str, bool] = {}
    for class_no, way, good in visits:
        if way is VisitWay.ONSITE:
            passed[class_no] = passed.get(class_no, 0) + good
            newest[class_no] = good
    return frozenset(each for each, good in newest.items() if good and passed[each] >= onsite_per_class)
