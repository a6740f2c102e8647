"""What has to be put right and waits for whoever looks at the workbench: to answer, to accept, to confirm."""

from training_admin.audit import rectification_store
from training_admin.audit.rectification_states import RectificationState
from training_admin.database import read_transaction
from training_admin.desk.waiting import Waiting
from training_admin.kit.actor import Actor, may, scope_of
from training_admin.kit.clock import Clock
from training_admin.kit.rights import Right

_STEPS = (
    (Right.RECTIFICATION_ANSWER, "待答复的整改要求", (RectificationState.OPEN, RectificationState.RETURNED)),
    (Right.RECTIFICATION_ASK, "待验收的整改", (RectificationState.ANSWERED,)),
    (Right.RECTIFICATION_CONFIRM, "待复核的整改办结", (RectificationState.ENDING,)),
)


async def rectifications_waiting(actor: Actor, *, clock: Clock) -> list[Waiting]:
    """A line for each step that is the actor's; nothing where he has none."""
    mine = [step for step in _STEPS if may(actor, step[0])]
    if not mine:
        return []
    async with read_transaction():
        counts = await rectification_store.counted(scope_of(actor, Right.RECTIFICATION_READ).codes, clock.today())
    lines = []
    for right, words, states in mine:
        count = sum(counts.get(state, 0) for state in states)
        if count:
            overdue = counts["overdue"] if right is Right.RECTIFICATION_ANSWER else 0
            link = f"/rectifications?state={states[0].value}" if len(states) == 1 else "/rectifications"
            lines.append(Waiting(words, "项", count, link, overdue))
    return lines
