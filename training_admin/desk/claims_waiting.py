"""What of the claims waits for whoever looks at the workbench: the queue of his steps, and appeals where he decides them."""

from training_admin.desk.waiting import Waiting
from training_admin.kit.actor import Actor, may
from training_admin.kit.clock import Clock
from training_admin.kit.rights import Right
from training_admin.subsidy.appeals import list_appeals
from training_admin.subsidy.queue import QueueFilter, queue_of


async def claims_waiting(actor: Actor, *, clock: Clock) -> list[Waiting]:
    """Claims that wait for the actor, and appeals that nobody has answered; nothing where he has neither to do."""
    lines = []
    if may(actor, Right.CLAIM_HANDLE):
        queue = await queue_of(actor, QueueFilter(), after=0, limit=1, clock=clock)
        if queue.total:
            lines.append(Waiting("待审核的申报", "份", queue.total, "/review", queue.overdue))
    if may(actor, Right.APPEAL_DECIDE):
        asked = [each for each in await list_appeals(actor) if each.state == "asked"]
        overdue = sum(1 for each in asked if each.decide_by is not None and each.decide_by < clock.today())
        if asked:
            lines.append(Waiting("待答复的复核申请", "件", len(asked), "/review/appeals", overdue))
    return lines
