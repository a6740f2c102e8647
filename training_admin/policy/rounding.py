"""The two roundings of money as policy figures: standard-based amounts (MONEY-01), costs, ceilings and advances (MONEY-02)."""

from datetime import date

from training_admin.kit.dated import Policy
from training_admin.kit.money import ratio_down, ratio_half_up
from training_admin.policy.parameters import MONEY_ROUNDING_COST, MONEY_ROUNDING_STANDARD

HALF_UP = "HALF_UP"


def standard_part(policy: Policy, day: date, amount_fen: int, numerator: int, denominator: int) -> int:
    """A part of a standard-based amount, rounded as the policy says for standards (half up by default)."""
    half_up = policy.at(MONEY_ROUNDING_STANDARD, day) == HALF_UP
    return (ratio_half_up if half_up else ratio_down)(amount_fen, numerator, denominator)


def cost_part(policy: Policy, day: date, amount_fen: int, numerator: int, denominator: int) -> int:
    """A part of a cost, ceiling or advance, rounded as the policy says for costs (down by default)."""
    half_up = policy.at(MONEY_ROUNDING_COST, day) == HALF_UP
    return (ratio_half_up if half_up else ratio_down)(amount_fen, numerator, denominator)
