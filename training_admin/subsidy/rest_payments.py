"""What an enterprise is told of lines that were held when its claim was paid (其余款项): of a person nothing.

What holds them is never told; when they are not paid after all, the paper tells the reason.
"""

from training_admin.fund.follow import FollowEvent
from training_admin.kit.clock import Clock
from training_admin.kit.rights import Right
from training_admin.office import messages
from training_admin.office.messages import Letter
from training_admin.subsidy.review_store import ReviewedClaim

_TOLD = {
    FollowEvent.REST_HELD: ("部分人员暂缓拨付", "本次先拨付其余人员的补贴，另有部分人员须进一步核查，核查后另行办理。"),
    FollowEvent.REST_PAID: ("暂缓部分已拨付", "此前暂缓拨付的部分已经拨付。"),
    FollowEvent.REST_WITHHELD: ("暂缓部分不予拨付", "此前暂缓拨付的部分经核查决定不予拨付，理由和救济途径见申报页面的决定书。"),
    FollowEvent.REST_REINSTATED: ("不予拨付已撤销", "此前对暂缓部分作出的不予拨付决定已经撤销，该部分另行办理。"),
    FollowEvent.REST_FAILED: ("暂缓部分支付失败", "此前暂缓拨付的部分支付失败，请核对收款账户后再申请。"),
}


async def tell_of_rest(claim: ReviewedClaim, event: FollowEvent, *, clock: Clock) -> None:
    """Tell the enterprise what happened to the held lines of its claim; in the open transaction."""
    title, words = _TOLD[event]
    letter = Letter(claim.number, title, f"申报 {claim.number}：{words}各笔金额和状态见申报页面。", f"/claims/{claim.number}")
    await messages.send(messages.to_organisation(claim.uscc, Right.CLAIM_READ), letter, clock=clock)
