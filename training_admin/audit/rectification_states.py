"""The life of something to be put right (整改) as one table: 发出 → 答复 → 验收（复核）→ 销号, and what depends on a date.

Where money or a finding of 阻断 or 高 is concerned, one person proposes the end and another confirms it. Overdue is computed, not stored.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from training_admin.kit.refusals import Refusal
from training_admin.kit.workdays import Calendar, NoCalendar


class RectificationState(StrEnum):
    """Where it stands."""

    OPEN = "open"
    ANSWERED = "answered"
    RETURNED = "returned"
    ENDING = "ending"
    ENDED = "ended"


class Act(StrEnum):
    """What is done with it; the last three change nothing about where it stands."""

    ASK = "ask"
    ANSWER = "answer"
    SEND_BACK = "send_back"
    EXTEND = "extend"
    CLOSE = "close"
    REFER = "refer"
    WITHDRAW = "withdraw"
    CONFIRM = "confirm"
    REFUSE = "refuse"
    HOLD = "hold"
    RECOVER = "recover"
    REMIND = "remind"


class Ending(StrEnum):
    """How it ends: accepted as put right (销号), handed to another authority (移送), or taken back."""

    CLOSED = "closed"
    REFERRED = "referred"
    WITHDRAWN = "withdrawn"


class Source(StrEnum):
    """What it comes from."""

    DOUBT = "doubt"
    VISIT = "visit"
    EVIDENCE = "evidence"
    ENTERED = "entered"


STATE_WORDS: Mapping[RectificationState, str] = {
    RectificationState.OPEN: "待整改",
    RectificationState.ANSWERED: "待验收",
    RectificationState.RETURNED: "退回整改",
    RectificationState.ENDING: "待复核",
    RectificationState.ENDED: "已办结",
}
ENDING_WORDS: Mapping[Ending, str] = {Ending.CLOSED: "已销号", Ending.REFERRED: "已移送", Ending.WITHDRAWN: "已撤销"}
SOURCE_WORDS: Mapping[Source, str] = {
    Source.DOUBT: "审计疑点（属实）",
    Source.VISIT: "检查记录（不合格）",
    Source.EVIDENCE: "审计取证单",
    Source.ENTERED: "审计人员录入",
}
ACT_WORDS: Mapping[Act, str] = {
    Act.ASK: "发出整改要求",
    Act.ANSWER: "单位答复",
    Act.SEND_BACK: "退回整改",
    Act.EXTEND: "调整期限",
    Act.CLOSE: "验收合格",
    Act.REFER: "移送",
    Act.WITHDRAW: "撤销",
    Act.CONFIRM: "复核同意",
    Act.REFUSE: "复核不同意",
    Act.HOLD: "暂缓拨付",
    Act.RECOVER: "提出追回",
    Act.REMIND: "提醒",
}
ENDING_OF: Mapping[Act, Ending] = {Act.CLOSE: Ending.CLOSED, Act.REFER: Ending.REFERRED, Act.WITHDRAW: Ending.WITHDRAWN}
_ORGANISATION_ACTS = frozenset({RectificationState.OPEN, RectificationState.RETURNED})
_RUNNING = _ORGANISATION_ACTS | {RectificationState.ANSWERED}
_FROM: Mapping[Act, frozenset[RectificationState]] = {
    Act.ANSWER: _ORGANISATION_ACTS,
    Act.SEND_BACK: frozenset({RectificationState.ANSWERED}),
    Act.EXTEND: _ORGANISATION_ACTS,
    Act.CLOSE: frozenset({RectificationState.ANSWERED}),
    Act.REFER: _RUNNING,
    Act.WITHDRAW: _RUNNING,
    Act.CONFIRM: frozenset({RectificationState.ENDING}),
    Act.REFUSE: frozenset({RectificationState.ENDING}),
    Act.HOLD: _RUNNING,
    Act.RECOVER: _RUNNING,
    Act.REMIND: _ORGANISATION_ACTS,
}
_TO: Mapping[Act, RectificationState] = {
    Act.ANSWER: RectificationState.ANSWERED,
    Act.SEND_BACK: RectificationState.RETURNED,
    Act.CONFIRM: RectificationState.ENDED,
}
HEAVY_SEVERITIES = frozenset({"BLOCK", "HIGH"})


class RectificationMoved(Refusal):
    """The act does not fit where it stands."""

    code = "rectification-moved"
    title = "整改事项已有新的办理"


def next_state(state: RectificationState, act: Act, *, heavy: bool, answered: bool) -> RectificationState:
    """Where an act leads; raises RectificationMoved. `heavy` needs a second person to end it, `answered`: there is an answer.

    Refused, a closing goes back to the organisation; what had never been answered is open again.
    """
    if state not in _FROM[act]:
        raise RectificationMoved(f"这项整改目前为“{STATE_WORDS[state]}”，不能办理“{ACT_WORDS[act]}”。请刷新页面查看。")
    if act in ENDING_OF:
        return RectificationState.ENDING if heavy else RectificationState.ENDED
    if act is Act.REFUSE:
        return RectificationState.RETURNED if answered else RectificationState.OPEN
    return _TO.get(act, state)


def acts_now(state: RectificationState) -> frozenset[Act]:
    """The acts that fit where it stands, so that a page offers nothing else."""
    return frozenset(act for act, fitting in _FROM.items() if state in fitting)


def is_heavy(severity: str, amount_fen: int, *, held: bool, recovery: str) -> bool:
    """Whether ending it takes two persons: 阻断 or 高, or money is concerned."""
    return severity in HEAVY_SEVERITIES or amount_fen > 0 or held or bool(recovery)


def is_overdue(state: RectificationState, deadline: date, today: date) -> bool:
    """Whether the organisation should have answered by now."""
    return state in _ORGANISATION_ACTS and today > deadline


def workdays_left(deadline: date, today: date, calendar: Calendar) -> int | None:
    """Working days from today (not counted) to the deadline, below zero those since; None where no calendar reaches."""
    first, last, sign = (today, deadline, 1) if today <= deadline else (deadline, today, -1)
    count, day = 0, first
    try:
        while day < last:
            day = calendar.add_workdays(day, 1)
            count += day <= last
    except NoCalendar:
        return None
    return sign * count


def reminder_round(left: int | None, before: int) -> int | None:
    """Which reminder is due: 0 within `before` working days of the deadline, then 1, 2, … each `before` working days after it."""
    if left is None or left > before:
        return None
    return 0 if left >= 0 else 1 + (-left - 1) // before
