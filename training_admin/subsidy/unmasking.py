"""Full identity and phone numbers of one person, shown once to who has the right, has proved who he is and says why.

The trail remembers who looked at which row and why, never the numbers (policy.md part 15, Masks).
"""

import msgspec

from training_admin.database import retried, write_transaction
from training_admin.kit.actor import Actor, assert_stepped_up, scope_of
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import holds_personal_number
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.subsidy import roster_store

SHORTEST_REASON, LONGEST_REASON = 2, 200


class RowNotFound(NotFound):
    """The claim has no such row, or not for this actor."""

    code = "line-not-found"


class PersonErased(Refusal):
    """What is asked for was erased at the person's request."""

    status = 410
    code = "person-erased"
    title = "个人信息已删除"


class ReasonRefused(Refusal):
    """The reason is missing, too long, or holds a number that names a person."""

    status = 422
    code = "reason-refused"
    title = "请填写查看原因"


class PersonInFull(msgspec.Struct, frozen=True):
    """A person with his numbers unmasked."""

    name: str
    id_type: str
    id_no: str
    mobile: str

    def __repr__(self) -> str:
        """Without the person: a repr ends up in logs."""
        return "PersonInFull()"


@retried
async def unmask_person(actor: Actor, number: str, row: int, *, reason: str, clock: Clock) -> PersonInFull:
    """The numbers of one roster row in full; raises NotAllowed, StepUpNeeded, ReasonRefused, RowNotFound, PersonErased."""
    organisations = scope_of(actor, Right.CLAIM_UNMASK).codes
    assert_stepped_up(actor)
    words = _assert_reason(reason)
    async with write_transaction():
        line = await roster_store.line_in_clear(number, row, organisations=organisations)
        if line is None:
            raise RowNotFound("没有找到这份申报中的这一行，请返回申报页面查看。")
        if line == roster_store.ERASED:
            raise PersonErased("这名人员的个人信息已按本人申请删除，不能再查看。")
        await trail.record(actor, "subsidy:person:unmasked", number, {"row": row, "reason": words}, at=clock.now())
    return PersonInFull(line.name, line.id_type, line.id_no, line.mobile)


def _assert_reason(reason: str) -> str:
    words = reason.strip()
    if not SHORTEST_REASON <= len(words) <= LONGEST_REASON:
        raise ReasonRefused(f"请写明查看完整号码的原因，{SHORTEST_REASON} 到 {LONGEST_REASON} 个字。")
    if holds_personal_number(words):
        raise ReasonRefused("原因会记入操作留痕，不要写证件号码、手机号码或银行账号。请改写后再查看。")
    return words
