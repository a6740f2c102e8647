"""What of the money waits for whoever looks at the workbench: batches at each of their steps, recoveries and withholdings to decide."""

from training_admin.database import read_transaction
from training_admin.desk.waiting import Waiting
from training_admin.fund import withholding_store
from training_admin.fund.batch_plan import BatchState
from training_admin.fund.batch_store import open_batches
from training_admin.fund.recovery_store import proposed_recoveries
from training_admin.kit.actor import Actor, may
from training_admin.kit.rights import Right

# Who takes a batch on from each state; checking and approving asks for somebody who has had no part in it.
_STEPS = (
    (Right.PAYMENT_CHECK, BatchState.DRAFT, "待复核的拨付批次", True),
    (Right.PAYMENT_APPROVE, BatchState.CHECKED, "待审批的拨付批次", True),
    (Right.PAYMENT_MAKE, BatchState.APPROVED, "待送国库的拨付批次", False),
    (Right.PAYMENT_MAKE, BatchState.SENT, "待登记银行回单的拨付批次", False),
)


async def payments_waiting(actor: Actor) -> list[Waiting]:
    """A line for each step of batches and recoveries that is the actor's; nothing where he has none."""
    steps = [step for step in _STEPS if may(actor, step[0])]
    decides = may(actor, Right.RECOVERY_DECIDE)
    if not steps and not decides:
        return []
    async with read_transaction():
        batches = await open_batches() if steps else []
        proposed = await proposed_recoveries() if decides else []
        withheld = await withholding_store.proposed() if decides else []
    lines = []
    for _right, state, words, another in steps:
        mine = [each for each in batches if each.state is state and not (another and each.hands & actor.hands)]
        if mine:
            link = f"/payments/{mine[0].number}" if len(mine) == 1 else "/payments"
            lines.append(Waiting(words, "个", len(mine), link))
    for words, link, found in (("待决定的追回", "/recoveries", proposed), ("待决定的不予拨付", "/withholdings", withheld)):
        if count := sum(1 for hands in found if not hands & actor.hands):
            lines.append(Waiting(words, "项", count, link))
    return lines
