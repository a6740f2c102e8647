"""应享未享: firms that could have claimed and never did, with the ceiling that is left for them; and the workload sheet."""

import msgspec

from training_admin.audit import reach_store
from training_admin.audit.reach_store import Untouched, Work
from training_admin.database import read_transaction
from training_admin.kit.actor import Actor, assert_may
from training_admin.kit.clock import Clock
from training_admin.kit.dated import NotInForce, Policy
from training_admin.kit.rights import Right
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy
from training_admin.subsidy.ceiling import ceiling_of


class Reachable(msgspec.Struct, frozen=True):
    """A firm with the ceiling it has left, all of it as nothing was paid; None where size or ratio is not known."""

    firm: Untouched
    left_fen: int | None


def _left(policy: Policy, firm: Untouched, year: int) -> int | None:
    if firm.size is None:
        return None
    try:
        return ceiling_of(policy, claim_year=year, size=firm.size, surcharge_fen=firm.surcharge_fen, paid_fen=0).left_fen
    except NotInForce:
        return None


async def show_untouched(actor: Actor, year: int, *, skilled: bool = True, clock: Clock) -> list[Reachable]:
    """The firms of 应享未享 for a claim year, by default those with skilled people; raises NotAllowed."""
    assert_may(actor, Right.DELIVERY_READ)
    async with read_transaction():
        policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
        found = await reach_store.untouched(year)
    return [Reachable(each, _left(policy, each, year)) for each in found if each.skilled or not skilled]


async def show_workload(actor: Actor, year: int) -> list[Work]:
    """What each office did in a year by step, without the names of its people; raises NotAllowed."""
    assert_may(actor, Right.DELIVERY_READ)
    async with read_transaction():
        return await reach_store.workload(year)
