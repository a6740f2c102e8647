"""What of the training waits for whoever looks at the workbench: decisions for officers, returned and waiting things for those who file."""

from datetime import date, timedelta

import msgspec

from training_admin.apprenticeship import own_store
from training_admin.apprenticeship.own_facts import TO_ANSWER
from training_admin.apprenticeship.own_voices import LIST_PAGE
from training_admin.database import read_transaction
from training_admin.desk import waiting_store
from training_admin.kit.actor import Actor, may
from training_admin.kit.clock import Clock
from training_admin.kit.rights import Right

# For how many days a refused entry of a register is told; whatever is returned is told until it is handed in again.
TOLD_DAYS = 30


class Kind(msgspec.Struct, frozen=True):
    """A kind of filing: the rights to decide and to hand in, words, unit, and where it is listed, for officers and for those who file."""

    key: str
    decide: Right
    hand_in: Right
    words: str
    unit: str
    link: str
    own_link: str
    returned: str = "退回补正"


KINDS = (
    Kind(
        *("resource", Right.INSTITUTION_DECIDE, Right.INSTITUTION_EDIT, "办学条件", "项", "/institutions", "/institutions/{code}"),
        returned=f"近 {TOLD_DAYS} 日不予核定",
    ),
    Kind("plan", Right.PLAN_DECIDE, Right.PLAN_EDIT, "年度培训项目", "份", "/plans", "/plans"),
    Kind("course", Right.CLASS_DECIDE, Right.CLASS_FILE, "课程备案", "门", "/courses", "/courses"),
    Kind("class", Right.CLASS_DECIDE, Right.CLASS_FILE, "开班备案", "个", "/classes", "/classes"),
)


class Waiting(msgspec.Struct, frozen=True):
    """A line of the workbench: what, how many, where, how many of them are overdue, and the next deadline."""

    words: str
    unit: str
    count: int
    link: str
    overdue: int = 0
    next_day: date | None = None


async def _proposals(actor: Actor, today: date) -> list[Waiting]:
    """The catalog proposals whose next step is the actor's, by right."""
    rights = (Right.CATALOG_CONSENT, Right.POLICY_PROPOSE, Right.POLICY_APPROVE)
    if not any(may(actor, each) for each in rights):
        return []
    counts = await waiting_store.proposal_counts(actor.organisation, today)
    words = ("待贵单位同意的目录项目建议", "待办理的目录项目建议", "待批准公布的目录项目建议")
    link = "/catalog/proposals"
    told = zip(rights, words, counts, strict=True)
    return [Waiting(said, "项", count, link) for right, said, count in told if count and may(actor, right)]


async def _voices(actor: Actor) -> list[Waiting]:
    """What apprentices said and nobody has answered yet, for who answers."""
    count = await own_store.waiting(sorted(TO_ANSWER)) if may(actor, Right.PROGRAMME_DECIDE) else 0
    return [Waiting("待答复的学徒异议和投诉", "件", count, LIST_PAGE)] if count else []


async def waiting_for(actor: Actor, *, clock: Clock) -> list[Waiting]:
    """What waits for the actor's decision; what came back to his organisation or waits there. Nothing where he has neither to do."""
    decides = [kind for kind in KINDS if may(actor, kind.decide)]
    own = [actor.organisation] if actor.organisation is not None else []
    files = [kind for kind in KINDS if own and may(actor, kind.hand_in) and kind not in decides]
    lines: list[Waiting] = []
    async with read_transaction():
        for kinds, codes, words in ((decides, None, "待审核"), (files, own, "正在审核")):
            counted = await waiting_store.waiting_counts(codes, clock.today()) if kinds else {}
            for kind in kinds:
                found, link = counted[kind.key], (kind.link if codes is None else kind.own_link.format(code=actor.organisation))
                if found.count:
                    lines.append(Waiting(f"{words}的{kind.words}", kind.unit, found.count, link, found.overdue, found.next_day))
        lines += [*await _proposals(actor, clock.today()), *await _voices(actor)]
        returned = await waiting_store.returned_counts(own, clock.now() - timedelta(days=TOLD_DAYS)) if files else {}
    back = [
        Waiting(f"{kind.returned}的{kind.words}", kind.unit, returned[kind.key], kind.own_link.format(code=actor.organisation))
        for kind in files
        if returned[kind.key]
    ]
    return back + lines
