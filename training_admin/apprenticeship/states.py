"""States of an apprentice programme and the acts that move it: whatever is not in the table is not done."""

from collections.abc import Mapping
from enum import StrEnum

from training_admin.kit.refusals import Refusal


class ProgrammeState(StrEnum):
    """Where a programme stands; whether it runs or is over by date is computed, never stored."""

    DRAFT = "draft"
    SIGNING = "signing"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REFUSED = "refused"
    APPROVED = "approved"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class ProgrammeAct(StrEnum):
    """What is done with a programme."""

    SAVE = "save"
    OFFER = "offer"
    SIGN = "sign"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    RETURN = "return"
    REFUSE = "refuse"
    END = "end"


STATE_WORDS: Mapping[ProgrammeState, str] = {
    ProgrammeState.DRAFT: "草稿",
    ProgrammeState.SIGNING: "待双方签署",
    ProgrammeState.SUBMITTED: "待审核",
    ProgrammeState.RETURNED: "退回补正",
    ProgrammeState.REFUSED: "不予备案",
    ProgrammeState.APPROVED: "已备案",
    ProgrammeState.ENDED: "已结束",
    ProgrammeState.WITHDRAWN: "已撤回",
}
ACT_WORDS: Mapping[ProgrammeAct, str] = {
    ProgrammeAct.SAVE: "修改",
    ProgrammeAct.OFFER: "提请双方签署",
    ProgrammeAct.SIGN: "签署",
    ProgrammeAct.SUBMIT: "提交备案",
    ProgrammeAct.WITHDRAW: "撤回",
    ProgrammeAct.APPROVE: "审核通过",
    ProgrammeAct.RETURN: "退回补正",
    ProgrammeAct.REFUSE: "不予备案",
    ProgrammeAct.END: "结束",
}
_P, _A = ProgrammeState, ProgrammeAct
# Whoever changes the plan while it is signed takes both signatures off.
MOVES: Mapping[ProgrammeState, Mapping[ProgrammeAct, ProgrammeState]] = {
    _P.DRAFT: {_A.SAVE: _P.DRAFT, _A.OFFER: _P.SIGNING, _A.WITHDRAW: _P.WITHDRAWN},
    _P.SIGNING: {_A.SAVE: _P.DRAFT, _A.SIGN: _P.SIGNING, _A.SUBMIT: _P.SUBMITTED, _A.WITHDRAW: _P.WITHDRAWN},
    _P.SUBMITTED: {_A.APPROVE: _P.APPROVED, _A.RETURN: _P.RETURNED, _A.REFUSE: _P.REFUSED, _A.WITHDRAW: _P.WITHDRAWN},
    _P.RETURNED: {_A.SAVE: _P.DRAFT, _A.WITHDRAW: _P.WITHDRAWN},
    _P.APPROVED: {_A.END: _P.ENDED},
    _P.REFUSED: {},
    _P.ENDED: {},
    _P.WITHDRAWN: {},
}


class ProgrammeIllegalMove(Refusal):
    """The act does not fit the state of the programme."""

    code = "programme-illegal-move"
    title = "当前状态不能办理"


def next_state(state: ProgrammeState, act: ProgrammeAct) -> ProgrammeState:
    """The state after an act; raises ProgrammeIllegalMove."""
    target = MOVES[state].get(act)
    if target is None:
        raise ProgrammeIllegalMove(f"这个学徒班目前为“{STATE_WORDS[state]}”，不能办理“{ACT_WORDS[act]}”。请刷新页面查看最新状态。")
    return target


class ChangeKind(StrEnum):
    """What may change while a programme runs."""

    LEFT = "left"
    INJURY = "injury"
    CLOSURE = "closure"
    MENTOR = "mentor"
    TEACHER = "teacher"
    EXTENSION = "extension"
    RESULTS = "results"


CHANGE_WORDS: Mapping[ChangeKind, str] = {
    ChangeKind.LEFT: "学徒离职",
    ChangeKind.INJURY: "因工伤退出",
    ChangeKind.CLOSURE: "企业关闭",
    ChangeKind.MENTOR: "更换企业导师",
    ChangeKind.TEACHER: "更换指导教师",
    ChangeKind.EXTENSION: "延长培养期限",
    ChangeKind.RESULTS: "登记考核结果",
}
# Whoever leaves by these is not to blame: the months he did are paid (APP-26).
EXCUSED = frozenset({ChangeKind.INJURY, ChangeKind.CLOSURE})
LEAVING = frozenset({ChangeKind.LEFT, *EXCUSED})
