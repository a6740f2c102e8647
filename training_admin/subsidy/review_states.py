"""The life of a claim as one table: which act leads from which state to which, who may do it, and what it asks for.

What depends on a date (overdue, notice over) is computed from dates, never stored. Names follow policy.md part 15.
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right


class ClaimState(StrEnum):
    """Where a claim stands: the last step that was done."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    FIRST_REVIEW = "first_review"
    SECOND_REVIEW = "second_review"
    JOINT_REVIEW = "joint_review"
    DETERMINED = "determined"
    ON_NOTICE = "on_notice"
    PAYABLE = "payable"
    BATCHED = "batched"
    PAID = "paid"
    ARCHIVED = "archived"
    RETURNED = "returned"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    NOT_ACCEPTED = "not_accepted"
    REFUSED = "refused"
    PAYMENT_FAILED = "payment_failed"
    RECOVERING = "recovering"
    RECOVERED = "recovered"


STATE_WORDS = {
    ClaimState.SUBMITTED: "已提交，待受理",
    ClaimState.ACCEPTED: "已受理，待初审",
    ClaimState.FIRST_REVIEW: "初审通过，待复审",
    ClaimState.SECOND_REVIEW: "复审通过，待审定",
    ClaimState.JOINT_REVIEW: "会审中",
    ClaimState.DETERMINED: "已审定，待公示",
    ClaimState.ON_NOTICE: "公示中",
    ClaimState.PAYABLE: "待拨付",
    ClaimState.BATCHED: "已列入拨付批次",
    ClaimState.PAID: "已拨付",
    ClaimState.ARCHIVED: "已归档",
    ClaimState.RETURNED: "待补正",
    ClaimState.REPLACED: "已由补正后的申报替代",
    ClaimState.WITHDRAWN: "已撤回",
    ClaimState.NOT_ACCEPTED: "不予受理",
    ClaimState.REFUSED: "不予补贴",
    ClaimState.PAYMENT_FAILED: "支付失败",
    ClaimState.RECOVERING: "追回中",
    ClaimState.RECOVERED: "已追回",
}


class Act(StrEnum):
    """What is done with a claim."""

    ACCEPT = "accept"
    NOT_ACCEPT = "not_accept"
    RETURN = "return"
    RESUBMIT = "resubmit"
    WITHDRAW = "withdraw"
    FIRST = "first"
    SECOND = "second"
    SEND_BACK = "send_back"
    JOIN = "join"
    DETERMINE = "determine"
    REFUSE = "refuse"
    REOPEN = "reopen"
    POST = "post"
    STOP_NOTICE = "stop_notice"
    NOTICE_OVER = "notice_over"
    BATCH = "batch"
    UNBATCH = "unbatch"
    PAY = "pay"
    FAIL = "fail"
    ARCHIVE = "archive"
    RECOVER = "recover"
    RECOVERED = "recovered"
    FORGIVE = "forgive"
    BALANCE = "balance"


ACT_WORDS = {
    Act.ACCEPT: "受理",
    Act.NOT_ACCEPT: "不予受理",
    Act.RETURN: "一次性补正",
    Act.RESUBMIT: "补正后重新提交",
    Act.WITHDRAW: "撤回",
    Act.FIRST: "初审通过",
    Act.SECOND: "复审通过",
    Act.SEND_BACK: "退回初审",
    Act.JOIN: "提请会审",
    Act.DETERMINE: "审定",
    Act.REFUSE: "不予补贴",
    Act.REOPEN: "重新审核",
    Act.POST: "公示",
    Act.STOP_NOTICE: "异议成立，停止公示",
    Act.NOTICE_OVER: "公示期满",
    Act.BATCH: "列入拨付批次",
    Act.UNBATCH: "移出拨付批次",
    Act.PAY: "拨付",
    Act.FAIL: "支付失败",
    Act.ARCHIVE: "归档",
    Act.RECOVER: "决定追回",
    Act.RECOVERED: "追回完毕",
    Act.FORGIVE: "撤销追回",
    Act.BALANCE: "结清，无需拨付",
}
_S = ClaimState
MOVES: Mapping[ClaimState, Mapping[Act, ClaimState]] = {
    _S.SUBMITTED: {
        Act.ACCEPT: _S.ACCEPTED,
        Act.NOT_ACCEPT: _S.NOT_ACCEPTED,
        Act.RETURN: _S.RETURNED,
        Act.WITHDRAW: _S.WITHDRAWN,
    },
    _S.RETURNED: {Act.RESUBMIT: _S.REPLACED, Act.WITHDRAW: _S.WITHDRAWN},
    _S.ACCEPTED: {Act.FIRST: _S.FIRST_REVIEW, Act.RETURN: _S.RETURNED, Act.WITHDRAW: _S.WITHDRAWN},
    _S.FIRST_REVIEW: {Act.SECOND: _S.SECOND_REVIEW, Act.SEND_BACK: _S.ACCEPTED, Act.WITHDRAW: _S.WITHDRAWN},
    _S.SECOND_REVIEW: {
        Act.JOIN: _S.JOINT_REVIEW,
        Act.DETERMINE: _S.DETERMINED,
        Act.REFUSE: _S.REFUSED,
        Act.SEND_BACK: _S.ACCEPTED,
        Act.WITHDRAW: _S.WITHDRAWN,
    },
    _S.JOINT_REVIEW: {Act.DETERMINE: _S.DETERMINED, Act.REFUSE: _S.REFUSED, Act.SEND_BACK: _S.ACCEPTED},
    # A settlement that leaves nothing to be paid (预拨已足或须退回) ends with its determination.
    _S.DETERMINED: {Act.POST: _S.ON_NOTICE, Act.REOPEN: _S.ACCEPTED, Act.BALANCE: _S.ARCHIVED},
    _S.ON_NOTICE: {Act.NOTICE_OVER: _S.PAYABLE, Act.STOP_NOTICE: _S.ACCEPTED, Act.REOPEN: _S.ACCEPTED},
    _S.PAYABLE: {Act.BATCH: _S.BATCHED, Act.REOPEN: _S.ACCEPTED},
    _S.BATCHED: {Act.PAY: _S.PAID, Act.FAIL: _S.PAYMENT_FAILED, Act.UNBATCH: _S.PAYABLE},
    _S.PAYMENT_FAILED: {Act.BATCH: _S.BATCHED},
    _S.PAID: {Act.FAIL: _S.PAYMENT_FAILED, Act.ARCHIVE: _S.ARCHIVED, Act.RECOVER: _S.RECOVERING},
    # Only a settlement that ended without payment is looked at again (复核); a payment may come back from the bank late.
    _S.ARCHIVED: {Act.FAIL: _S.PAYMENT_FAILED, Act.RECOVER: _S.RECOVERING, Act.REOPEN: _S.ACCEPTED},
    _S.RECOVERING: {Act.RECOVERED: _S.RECOVERED, Act.FORGIVE: _S.PAID},
    _S.RECOVERED: {Act.ARCHIVE: _S.ARCHIVED, Act.RECOVER: _S.RECOVERING},
    _S.REFUSED: {Act.REOPEN: _S.ACCEPTED},
    _S.NOT_ACCEPTED: {},
    _S.WITHDRAWN: {},
    _S.REPLACED: {},
}
# Who may do an act that a person does on the claim itself; the others follow from notices, batches, bank results and recoveries.
RIGHT_OF: Mapping[Act, Right] = {
    Act.ACCEPT: Right.CLAIM_ACCEPT,
    Act.NOT_ACCEPT: Right.CLAIM_ACCEPT,
    Act.RETURN: Right.CLAIM_REVIEW,
    Act.RESUBMIT: Right.CLAIM_SUBMIT,
    Act.WITHDRAW: Right.CLAIM_SUBMIT,
    Act.FIRST: Right.CLAIM_REVIEW,
    Act.SECOND: Right.CLAIM_SECOND_REVIEW,
    Act.SEND_BACK: Right.CLAIM_SECOND_REVIEW,
    Act.JOIN: Right.CLAIM_SECOND_REVIEW,
    Act.DETERMINE: Right.CLAIM_DETERMINE,
    Act.REFUSE: Right.CLAIM_DETERMINE,
}
# Acts that decide: each by somebody who has decided nothing of this round before (two-person rule, 财社〔2023〕181号 art. 25).
DECIDING = (Act.FIRST, Act.SECOND, Act.DETERMINE, Act.REFUSE)
NEEDS_OPINION = frozenset({Act.NOT_ACCEPT, Act.RETURN, Act.SEND_BACK, Act.REFUSE, Act.JOIN, Act.STOP_NOTICE, Act.REOPEN})
NEEDS_MINUTES = frozenset({Act.DETERMINE, Act.REFUSE})
# Where the office has to act, and a clock runs against it.
WAITING_FOR_OFFICE = (_S.SUBMITTED, _S.ACCEPTED, _S.FIRST_REVIEW, _S.SECOND_REVIEW, _S.JOINT_REVIEW, _S.DETERMINED)
# States in which facts may still change the result: a delivery that concerns the claim has it assessed again.
REASSESSED = (_S.SUBMITTED, _S.ACCEPTED, _S.FIRST_REVIEW, _S.SECOND_REVIEW, _S.JOINT_REVIEW, _S.RETURNED)


class IllegalMove(Refusal):
    """The act does not fit the state of the claim."""

    code = "claim-illegal-move"
    title = "当前状态不能办理"


class Step(msgspec.Struct, frozen=True):
    """One step of the timeline of a claim: what was done, by whom with whose hands, and with what opinion."""

    place: int
    act: Act
    doer: str
    hands: frozenset[str]


def next_state(state: ClaimState, act: Act) -> ClaimState:
    """The state after an act; raises IllegalMove."""
    target = MOVES[state].get(act)
    if target is None:
        raise IllegalMove(f"这份申报目前为“{STATE_WORDS[state]}”，不能办理“{ACT_WORDS[act]}”。请刷新页面查看最新状态。")
    return target


def acts_in(state: ClaimState) -> tuple[Act, ...]:
    """What can be done in a state, in the order of the table."""
    return tuple(MOVES[state])


def deciders(steps: tuple[Step, ...]) -> frozenset[str]:
    """The hands that have decided since the claim was last reopened, sent back or returned: none of them decides again."""
    hands: set[str] = set()
    for step in steps:
        if step.act in {Act.SEND_BACK, Act.REOPEN, Act.STOP_NOTICE}:
            hands.clear()
        elif step.act in DECIDING:
            hands |= step.hands
    return frozenset(hands)
