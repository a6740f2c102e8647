"""What the fund side computes: whether a budget covers a claim, and what is to be recovered with the fine range."""

from datetime import date

import msgspec

from training_admin.fund.parameters import PEN_FINE_MAX, PEN_FINE_MIN
from training_admin.kit.dated import Policy
from training_admin.kit.money import WHOLE_BP
from training_admin.kit.steps import Step


class BudgetAnswer(msgspec.Struct, frozen=True):
    """A claim that is paid whole or waits whole for the next allocation (FUND-03); fen."""

    payable_fen: int
    deferred_fen: int
    steps: tuple[Step, ...]


class RecoveryAmount(msgspec.Struct, frozen=True):
    """Money to be returned (PEN-01) and the statutory fine range on it (PEN-02); fen. The fine is decided elsewhere."""

    returned_fen: int
    fine_min_fen: int
    fine_max_fen: int
    steps: tuple[Step, ...]


def cover_by_budget(*, approved_fen: int, budget_left_fen: int) -> BudgetAnswer:
    """No partial payment: a claim above what is left of the budget waits as a whole (FUND-03)."""
    enough = approved_fen <= budget_left_fen
    payable_fen = approved_fen if enough else 0
    figures = {"approved_fen": approved_fen, "budget_left_fen": budget_left_fen}
    step = Step("FUND-03", "budget_covers" if enough else "budget_short", {**figures}, payable_fen)
    return BudgetAnswer(payable_fen=payable_fen, deferred_fen=approved_fen - payable_fen, steps=(step,))


def recovery_of(policy: Policy, day: date, *, people: int, paid_each_fen: int) -> RecoveryAmount:
    """Everything paid for people who were not there, with the fine range of 财政违法行为处罚处分条例 art. 14.

    The lower bound is rounded up and the upper bound down, so that every fine in the range stays inside the law.
    """
    returned_fen = people * paid_each_fen
    least_bp, most_bp = policy.at(PEN_FINE_MIN, day), policy.at(PEN_FINE_MAX, day)
    fine_min_fen = -(-returned_fen * least_bp // WHOLE_BP)
    fine_max_fen = returned_fen * most_bp // WHOLE_BP
    figures = {"people": people, "paid_each_fen": paid_each_fen}
    fine = {"returned_fen": returned_fen, "least_bp": least_bp, "most_bp": most_bp, "fine_min_fen": fine_min_fen}
    return RecoveryAmount(
        returned_fen=returned_fen,
        fine_min_fen=fine_min_fen,
        fine_max_fen=fine_max_fen,
        steps=(
            Step("PEN-01", "returned", {**figures}, returned_fen),
            Step("PEN-02", "fine_range", {**fine}, fine_max_fen, (PEN_FINE_MIN.key, PEN_FINE_MAX.key)),
        ),
    )
