"""The two persons who change policy in tests, and both acts in one call."""

from training_admin.kit.actor import Actor, ActorKind
from training_admin.kit.clock import FixedClock
from training_admin.kit.digest import canonical_json
from training_admin.kit.rights import Role
from training_admin.policy.adoption import NewFigure
from training_admin.policy.packs import DEFAULT_PACK, PolicyPack
from training_admin.policy.proposals import Examiner, decide_proposal, propose_figure, propose_pack
from training_admin.wiring import EXAMINER

OFFICER = Actor(kind=ActorKind.PERSON, key="officer-1", name="政策管理员", roles=frozenset({Role.POLICY_OFFICER}))
APPROVER = Actor(kind=ActorKind.PERSON, key="officer-2", name="政策审批人", roles=frozenset({Role.POLICY_APPROVER}))


async def adopt(pack: PolicyPack, *, clock: FixedClock, examiner: Examiner = EXAMINER) -> str:
    """A pack proposed and approved; returns the proposal's number."""
    number = await propose_pack(OFFICER, canonical_json(pack.file), why="测试", examiner=examiner, clock=clock)
    await decide_proposal(APPROVER, number, approve=True, reason="", examiner=examiner, clock=clock)
    return number


async def record(figure: NewFigure, *, clock: FixedClock, pack: str = DEFAULT_PACK) -> str:
    """A figure proposed and approved; returns the proposal's number."""
    number = await propose_figure(OFFICER, pack, figure, why="测试", clock=clock)
    await decide_proposal(APPROVER, number, approve=True, reason="", examiner=EXAMINER, clock=clock)
    return number
