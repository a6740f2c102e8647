"""Where the sessions of a running class stand and what it still lacks before it can be closed, as pure functions."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

import msgspec

from training_admin.catalog.class_facts import ClassPlan, PlannedSession, clock_text
from training_admin.catalog.run_facts import (
    Attended,
    ClassRun,
    ClosedClass,
    ClosedTrainee,
    Held,
    Outcome,
    Result,
    SessionKey,
    Tally,
    centihours,
    delivered_minutes,
    delivered_online_minutes,
    key_of,
    tallies,
)
from training_admin.kit import wording
from training_admin.kit.money import WHOLE_BP

_SLUG = re.compile(r"(\d{4}-\d{2}-\d{2})-([01]\d|2[0-3])([0-5]\d)", re.ASCII)
MOST_NAMED = 5


class SessionStage(StrEnum):
    """Where a session stands at an instant."""

    AHEAD = "ahead"
    NOW = "now"
    WAITING = "waiting"
    HELD = "held"
    NOT_HELD = "not_held"


STAGE_WORDS = {
    SessionStage.AHEAD: "未开始",
    SessionStage.NOW: "进行中",
    SessionStage.WAITING: "待确认",
    SessionStage.HELD: "已确认",
    SessionStage.NOT_HELD: "已确认未开展",
}
STAGE_MARKS = {
    SessionStage.AHEAD: "plain",
    SessionStage.NOW: "found",
    SessionStage.WAITING: "HOLD",
    SessionStage.HELD: "passed",
    SessionStage.NOT_HELD: "failed",
}


class RunFigures(msgspec.Struct, frozen=True):
    """The figures of running: minutes of a training hour, and the least attendance of a person (ATT-01) in basis points."""

    hour_minutes: int
    person_min_bp: int


class Shortfall(msgspec.Struct, frozen=True):
    """Somebody below the least attendance of what was delivered: by how many minutes, and whether the sessions left can mend it."""

    name: str
    rate_bp: int
    missing_minutes: int
    can_mend: bool


class Lacking(msgspec.Struct, frozen=True):
    """What a running class lacks; `unmarked` are persons without a mark in some confirmed session, by name and number of sessions."""

    unconfirmed: tuple[PlannedSession, ...]
    unmarked: tuple[tuple[str, int], ...]
    short: tuple[Shortfall, ...]
    without_result: tuple[str, ...]
    over: bool


def slug_of(key: SessionKey) -> str:
    """A session in an address: `2026-07-06-0900`."""
    return f"{key[0].isoformat()}-{clock_text(key[1]).replace(':', '')}"


def key_of_slug(text: str) -> SessionKey | None:
    """The session that an address names; None when it is not written exactly so."""
    found = _SLUG.fullmatch(text)
    if found is None:
        return None
    try:
        return date.fromisoformat(found[1]), int(found[2]) * 60 + int(found[3])
    except ValueError:
        return None


def stage_of(session: PlannedSession, held: Held | None, *, today: date, minute: int) -> SessionStage:
    """Where a session stands on a day and minute of the day."""
    if held is not None:
        return SessionStage.HELD if held.minutes else SessionStage.NOT_HELD
    if (session.day, session.starts) > (today, minute):
        return SessionStage.AHEAD
    return SessionStage.NOW if (session.day, session.ends) > (today, minute) else SessionStage.WAITING


def shared_devices(attended: Iterable[Attended]) -> dict[str, int]:
    """Devices by which several persons signed in to one session, with how many."""
    people: dict[tuple[SessionKey, str], set[str]] = {}
    for each in attended:
        if each.device:
            people.setdefault(((each.day, each.starts), each.device), set()).add(each.person)
    found: dict[str, int] = {}
    for (_session, device), persons in people.items():
        if len(persons) > 1:
            found[device] = max(found.get(device, 0), len(persons))
    return found


def lacking(plan: ClassPlan, run: ClassRun, figures: RunFigures, *, today: date, minute: int) -> Lacking:
    """What a class lacks at an instant."""
    found = tallies(plan, run)
    waiting = tuple(
        each
        for each in plan.sessions
        if stage_of(each, run.held.get(key_of(each)), today=today, minute=minute) in {SessionStage.NOW, SessionStage.WAITING}
    )
    left = sum(each.minutes for each in plan.sessions if key_of(each) not in run.held)
    over = plan.end is not None and today > plan.end
    return Lacking(
        unconfirmed=waiting,
        unmarked=tuple((one.name, found[one.person].unmarked) for one in plan.trainees if found[one.person].unmarked),
        short=tuple(
            short
            for one in plan.trainees
            if (short := shortfall(one.name, found[one.person], minimum_bp=figures.person_min_bp, left_minutes=left)) is not None
        ),
        without_result=tuple(one.name for one in plan.trainees if one.person not in run.results) if over else (),
        over=over,
    )


def shortfall(name: str, tally: Tally, *, minimum_bp: int, left_minutes: int) -> Shortfall | None:
    """By how much somebody is below the least attendance of what was delivered so far; None when he is not."""
    rate = tally.rate_bp
    if rate is None or tally.attended_minutes * WHOLE_BP >= tally.delivered_minutes * minimum_bp:
        return None
    missing = -(-tally.delivered_minutes * minimum_bp // WHOLE_BP) - tally.attended_minutes
    most = tally.attended_minutes + left_minutes
    can_mend = most * WHOLE_BP >= (tally.delivered_minutes + left_minutes) * minimum_bp
    return Shortfall(name, rate, missing, can_mend)


def session_words(session: PlannedSession) -> str:
    """A session in a sentence."""
    return f"{wording.day(session.day)} {clock_text(session.starts)}"


def some_names(names: Iterable[str]) -> str:
    """The first names of a list, and how many there are."""
    known = list(names)
    return "、".join(known[:MOST_NAMED]) + (f"等 {len(known)} 人" if len(known) > MOST_NAMED else "")


def told_lacking(found: Lacking, figures: RunFigures) -> list[tuple[str, str]]:
    """What a class lacks, each as a mark and words."""
    told: list[tuple[str, str]] = []
    if found.unconfirmed:
        told.append(("HOLD", f"有 {len(found.unconfirmed)} 个课次待确认：{session_words(found.unconfirmed[0])}起。"))
    if found.unmarked:
        told.append(("HOLD", f"已确认的课次中有人未登记出勤，按缺勤计算：{some_names(name for name, _count in found.unmarked)}。"))
    for each in found.short[:MOST_NAMED]:
        rest = "其余课次全部出勤可以补足。" if each.can_mend else "其余课次已不能补足，该学员将不能享受补贴。"
        least = wording.percent(figures.person_min_bp)
        words = f"{each.name}出勤率 {wording.percent(each.rate_bp)}，低于 {least}（ATT-01），尚差 {each.missing_minutes} 分钟。{rest}"
        told.append(("failed" if each.can_mend else "REJECT_LINE", words))
    if len(found.short) > MOST_NAMED:
        told.append(("failed", f"出勤率不足的共 {len(found.short)} 人，其余见“上课情况”。"))
    if found.without_result:
        told.append(("HOLD", f"尚无考核结果：{some_names(found.without_result)}。"))
    if found.over:
        told.append(("HOLD", "课程已结束，尚未办理结班。"))
    return told


def hinders_closing(plan: ClassPlan, run: ClassRun, *, today: date) -> list[str]:
    """What must still be done before a class can be closed, in words; nothing when it can be."""
    told: list[str] = []
    assert plan.end is not None, "an approved class has sessions"
    if today <= plan.end:
        told.append(f"{wording.day(plan.end)}最后一次课之后才能结班。")
    open_ = [each for each in plan.sessions if key_of(each) not in run.held]
    if open_:
        told.append(f"有 {len(open_)} 个课次未确认，最早为{session_words(open_[0])}。")
    without = [one.name for one in plan.trainees if one.person not in run.results]
    if without:
        told.append(f"尚无考核结果：{some_names(without)}。")
    return told


def closed_class(plan: ClassPlan, run: ClassRun, *, version: int, hour_minutes: int) -> ClosedClass:
    """The facts of a class as they are frozen."""
    found: Mapping[str, Tally] = tallies(plan, run)
    assert plan.start is not None
    assert plan.end is not None
    return ClosedClass(
        class_no=plan.class_no,
        version=version,
        enterprise=plan.enterprise,
        institution=plan.institution,
        start=plan.start,
        end=plan.end,
        delivered_centihours=centihours(delivered_minutes(plan, run), hour_minutes),
        online_centihours=centihours(delivered_online_minutes(plan, run), hour_minutes),
        enrolled=len(plan.trainees),
        trainees=tuple(_closed(found[one.person], hour_minutes) for one in plan.trainees),
    )


def _closed(tally: Tally, hour_minutes: int) -> ClosedTrainee:
    result: Result | None = tally.result
    outcome: Outcome | None = None if result is None else result.outcome
    return ClosedTrainee(
        tally.person,
        centihours(tally.attended_minutes, hour_minutes),
        "" if outcome is None else outcome.value,
        "" if result is None else result.certificate_no,
    )
