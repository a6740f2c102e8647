"""The life of a measure (违规处理, 失信信息) as one table: 告知 → 陈述申辩 → 决定 → 异议 → 整改或修复 → 移出 (PEN-03, PEN-04).

What depends on a date (the time to state one's case, days blocked, the end of a record) is computed from dates, never stored.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from training_admin.kit.refusals import Refusal
from training_admin.parties.ladder import Block, Step


class MeasureState(StrEnum):
    """Where a measure stands."""

    PROPOSED = "proposed"
    TOLD = "told"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    REPAIRED = "repaired"
    LIFTED = "lifted"


class MeasureAct(StrEnum):
    """What is done with a measure."""

    TELL = "tell"
    STATE = "state"
    CONFIRM = "confirm"
    REFUSE = "refuse"
    OBJECT = "object"
    MARK = "mark"
    UPHOLD = "uphold"
    REJECT = "reject"
    ASK_REPAIR = "ask_repair"
    FIX = "fix"
    REPAIR = "repair"
    DENY = "deny"
    LIFT = "lift"


class PleaKind(StrEnum):
    """What whom a measure concerns says: his case before the decision, an objection, or that it is mended (整改验收, 信用修复)."""

    STATEMENT = "statement"
    OBJECTION = "objection"
    REPAIR = "repair"


class PleaState(StrEnum):
    """A statement is heard; an objection or a request waits until it is answered."""

    HEARD = "heard"
    OPEN = "open"
    GRANTED = "granted"
    DENIED = "denied"


STATE_WORDS = {
    MeasureState.PROPOSED: "已提出",
    MeasureState.TOLD: "已告知，待决定",
    MeasureState.CONFIRMED: "已作出",
    MeasureState.REFUSED: "不作处理",
    MeasureState.REPAIRED: "已修复并移出",
    MeasureState.LIFTED: "已撤销并移出",
}
ACT_WORDS = {
    MeasureAct.TELL: "告知",
    MeasureAct.STATE: "陈述申辩",
    MeasureAct.CONFIRM: "作出处理",
    MeasureAct.REFUSE: "不作处理",
    MeasureAct.OBJECT: "提出异议",
    MeasureAct.MARK: "标注异议",
    MeasureAct.UPHOLD: "异议成立",
    MeasureAct.REJECT: "异议不成立",
    MeasureAct.ASK_REPAIR: "申请整改验收或信用修复",
    MeasureAct.FIX: "整改验收合格",
    MeasureAct.REPAIR: "信用修复",
    MeasureAct.DENY: "不同意验收或修复",
    MeasureAct.LIFT: "撤销",
}
PLEA_WORDS = {PleaKind.STATEMENT: "陈述申辩", PleaKind.OBJECTION: "异议", PleaKind.REPAIR: "整改验收或信用修复申请"}
PLEA_STATE_WORDS = {PleaState.HEARD: "已收到", PleaState.OPEN: "待答复", PleaState.GRANTED: "已同意", PleaState.DENIED: "未同意"}
_S, _A = MeasureState, MeasureAct
MOVES: Mapping[MeasureState, Mapping[MeasureAct, MeasureState]] = {
    _S.PROPOSED: {_A.TELL: _S.TOLD, _A.CONFIRM: _S.CONFIRMED, _A.REFUSE: _S.REFUSED},
    _S.TOLD: {_A.STATE: _S.TOLD, _A.CONFIRM: _S.CONFIRMED, _A.REFUSE: _S.REFUSED},
    _S.CONFIRMED: {
        _A.OBJECT: _S.CONFIRMED,
        _A.MARK: _S.CONFIRMED,
        _A.UPHOLD: _S.LIFTED,
        _A.REJECT: _S.CONFIRMED,
        _A.ASK_REPAIR: _S.CONFIRMED,
        _A.FIX: _S.CONFIRMED,
        _A.REPAIR: _S.REPAIRED,
        _A.DENY: _S.CONFIRMED,
        _A.LIFT: _S.LIFTED,
    },
    _S.REFUSED: {},
    _S.REPAIRED: {},
    _S.LIFTED: {},
}
ACT_OF_PLEA = {PleaKind.STATEMENT: _A.STATE, PleaKind.OBJECTION: _A.OBJECT, PleaKind.REPAIR: _A.ASK_REPAIR}
# A talk is itself the hearing; whatever keeps an institution from filing, or is entered into a record, is told before it is decided.
TOLD_FIRST = frozenset({Step.LETTER, Step.CIRCULAR, Step.ENDED, Step.CREDIT})
DECIDED = frozenset({_S.CONFIRMED, _S.REPAIRED, _S.LIFTED})


class SanctionDecided(Refusal):
    """The act does not fit where the measure stands."""

    code = "sanction-decided"
    title = "现在不能办理"


class StatementTimeRuns(Refusal):
    """Whom it concerns has not been told, or may still state his case."""

    code = "sanction-statement-time"
    title = "须先告知并听取陈述申辩"


def next_state(state: MeasureState, act: MeasureAct) -> MeasureState:
    """The state after an act; raises SanctionDecided."""
    target = MOVES[state].get(act)
    if target is None:
        raise SanctionDecided(f"这项处理目前为“{STATE_WORDS[state]}”，不能办理“{ACT_WORDS[act]}”。请刷新页面查看最新状态。")
    return target


def assert_heard(step: Step, state_by: date | None, today: date, *, stated: bool) -> None:
    """Raises StatementTimeRuns for a measure that is told first: before the telling, and in the days to state the case without a word."""
    if step not in TOLD_FIRST:
        return
    if state_by is None:
        raise StatementTimeRuns("这项处理作出前须先告知单位事实、依据和陈述申辩的期限，请先办理告知。")
    if today <= state_by and not stated:
        raise StatementTimeRuns(f"单位可在{state_by:%Y年%m月%d日}前陈述申辩，目前尚未收到；期满或收到后再作出处理。")


def standing_words(state: MeasureState, step: Step, block: Block | None, today: date) -> str:
    """Where a measure stands on a day; a credit record whose days are over is taken out by itself (PEN-04)."""
    over = state is MeasureState.CONFIRMED and step is Step.CREDIT and (block is None or (block.last is not None and block.last < today))
    return "查询期满，已移出" if over else STATE_WORDS[state]
