"""Totals of the district by claim year: what leaders, finance and policy officers see without a single name."""

import msgspec

from training_admin.database import read_transaction
from training_admin.kit.actor import Actor, assert_may
from training_admin.kit.rights import Right
from training_admin.subsidy.store import year_totals


class YearTotal(msgspec.Struct, frozen=True):
    """One claim year: enterprises, claims, roster rows, people who are paid, amounts in fen; those still unknown are left out."""

    year: int
    enterprises: int
    claims: int
    lines: int
    paying: int
    computed_fen: int
    payable_fen: int


async def district_totals(actor: Actor) -> list[YearTotal]:
    """All claim years, newest first; raises NotAllowed."""
    assert_may(actor, Right.TOTALS_READ)
    async with read_transaction():
        return [YearTotal(*row) for row in await year_totals()]
