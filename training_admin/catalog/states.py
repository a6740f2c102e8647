"""States of a filed class and the acts that move it: whatever is not in the table is not done."""

from collections.abc import Mapping
from enum import StrEnum

from training_admin.kit.refusals import Refusal


class ClassState(StrEnum):
    """Where a class stands; what depends on a date (running, over) is computed from its sessions, never stored."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    CHANGING = "changing"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class ClassAct(StrEnum):
    """What is done with a class."""

    SAVE = "save"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    RETURN = "return"
    CHANGE = "change"
    SUSPEND = "suspend"
    CLOSE = "close"
    END = "end"


STATE_WORDS: Mapping[ClassState, str] = {
    ClassState.DRAFT: "草稿",
    ClassState.SUBMITTED: "待审核",
    ClassState.RETURNED: "退回补正",
    ClassState.APPROVED: "已备案",
    ClassState.CHANGING: "变更待审核",
    ClassState.SUSPENDED: "停课待审核",
    ClassState.CLOSED: "已结班",
    ClassState.ENDED: "提前终止",
    ClassState.WITHDRAWN: "已撤回",
}
# A change or suspension that is not approved leaves the class as it was approved before.
MOVES: Mapping[ClassState, Mapping[ClassAct, ClassState]] = {
    ClassState.DRAFT: {
        ClassAct.SAVE: ClassState.DRAFT,
        ClassAct.SUBMIT: ClassState.SUBMITTED,
        ClassAct.WITHDRAW: ClassState.WITHDRAWN,
    },
    ClassState.SUBMITTED: {
        ClassAct.APPROVE: ClassState.APPROVED,
        ClassAct.RETURN: ClassState.RETURNED,
        ClassAct.WITHDRAW: ClassState.WITHDRAWN,
    },
    ClassState.RETURNED: {
        ClassAct.SAVE: ClassState.RETURNED,
        ClassAct.SUBMIT: ClassState.SUBMITTED,
        ClassAct.WITHDRAW: ClassState.WITHDRAWN,
    },
    ClassState.APPROVED: {
        ClassAct.CHANGE: ClassState.CHANGING,
        ClassAct.SUSPEND: ClassState.SUSPENDED,
        ClassAct.CLOSE: ClassState.CLOSED,
        ClassAct.END: ClassState.ENDED,
    },
    ClassState.CHANGING: {ClassAct.APPROVE: ClassState.APPROVED, ClassAct.RETURN: ClassState.APPROVED},
    ClassState.SUSPENDED: {ClassAct.APPROVE: ClassState.APPROVED, ClassAct.RETURN: ClassState.APPROVED},
    ClassState.CLOSED: {},
    ClassState.ENDED: {},
    ClassState.WITHDRAWN: {},
}
WAITING = frozenset({ClassState.SUBMITTED, ClassState.CHANGING, ClassState.SUSPENDED})


class IllegalMove(Refusal):
    """The act does not fit the state of the class."""

    code = "class-illegal-move"
    title = "当前状态不能办理"


def next_state(state: ClassState, act: ClassAct) -> ClassState:
    """The state after an act; raises IllegalMove."""
    target = MOVES[state].get(act)
    if target is None:
        raise IllegalMove(f"班级目前为“{STATE_WORDS[state]}”，不能办理这一步。请刷新页面查看最新状态。")
    return target
