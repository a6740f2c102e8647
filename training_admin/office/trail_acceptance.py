"""Going on after a roll-back that an operator can explain: the trail itself says what was lost, why, and who says so."""

import asyncio
import re

import msgspec

from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.office import trail
from training_admin.office.anchors import SUBJECT, anchor_file, keep, read_anchors
from training_admin.office.heads import SignedHead, signed_head
from training_admin.office.trail_check import Walk, check_trail, first_fault
from training_admin.office.trail_faults import EXPLICABLE, Fault, Kind

ROLLED_BACK = "office:trail:rolled_back"
SHORTEST, LONGEST = 5, 500
NUMBER_OF_A_PERSON = re.compile(r"\d{11}")


class NothingToExplain(Refusal):
    """The trail agrees with its anchors."""

    code = "trail-whole"
    title = "操作留痕完好"


class Inexplicable(Refusal):
    """Rows were changed: no reason makes that good."""

    code = "trail-broken"
    title = "操作留痕被改动"


class BadReason(Unreadable):
    """A reason that says nothing or too much."""

    code = "reason"
    title = "原因有误"


class Accepted(msgspec.Struct, frozen=True):
    """What the trail keeps of it: the rows above `kept` up to `anchored` are lost or were written anew."""

    kind: Kind
    row: int
    kept: int
    anchored: int
    reason: str


async def accept_rollback(actor: Actor, reason: str, *, clock: Clock) -> Accepted:
    """Record the reason and anchor the trail anew from here; raises BadReason, NothingToExplain, Inexplicable."""
    told = reason.strip()
    if not SHORTEST <= len(told) <= LONGEST or NUMBER_OF_A_PERSON.search(told):
        raise BadReason(f"原因应为 {SHORTEST} 到 {LONGEST} 字，不要写证件号码、电话等个人信息。")
    report = await check_trail()
    if report.whole:
        raise NothingToExplain("操作留痕与锚定文件相符，没有需要说明的回退。")
    fault = next((each for each in report.faults if each.kind in EXPLICABLE), None)
    if fault is None or not await _still_one_chain():
        raise Inexplicable("操作留痕中有行被改动，不能作为回退接受。请停止使用并保留现场，从备份恢复。")
    anchors = await asyncio.to_thread(read_anchors, anchor_file())
    accepted = Accepted(fault.kind, fault.row, fault.kept or 0, anchors.highest, told)
    await keep(await _recorded(actor, accepted, clock))
    return accepted


async def _still_one_chain() -> bool:
    """Whether the rows lead from the first to the head without a fault, whatever the anchors say."""
    async with read_transaction():
        return await first_fault(Walk({})) is None


@retried
async def _recorded(actor: Actor, accepted: Accepted, clock: Clock) -> SignedHead:
    async with write_transaction():
        await trail.record(actor, ROLLED_BACK, SUBJECT, accepted, at=clock.now())
        found = await trail.head()
        assert found is not None
        return signed_head(*found, at=clock.now(), kept=accepted.kept)


def is_explicable(faults: tuple[Fault, ...]) -> bool:
    """Whether a reason may be given."""
    return bool(faults) and all(each.kind in EXPLICABLE for each in faults)
