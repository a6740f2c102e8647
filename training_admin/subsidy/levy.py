"""地方教育附加: an estimate of the surcharge for a preview; the tax bureau's figure decides (LEVY-01)."""

from datetime import date

from training_admin.kit.dated import Policy
from training_admin.kit.money import WHOLE_BP
from training_admin.kit.steps import Step
from training_admin.policy.rounding import cost_part
from training_admin.subsidy.parameters import ENT_LEVY_EXEMPT_MONTH_SALES, ENT_LEVY_RATE, ENT_LEVY_RELIEF


def estimate_levy(policy: Policy, day: date, *, taxes_fen: int, relief: bool, month_sales_fen: int | None = None) -> tuple[int, Step]:
    """Surcharge on VAT and consumption tax paid in a year, in fen, rounded down; nothing at or below the exempt monthly sales."""
    rate_bp = policy.at(ENT_LEVY_RATE, day)
    factor_bp = policy.at(ENT_LEVY_RELIEF, day) if relief else WHOLE_BP
    exempt = month_sales_fen is not None and month_sales_fen <= policy.at(ENT_LEVY_EXEMPT_MONTH_SALES, day)
    levy_fen = 0 if exempt else cost_part(policy, day, taxes_fen, rate_bp * factor_bp, WHOLE_BP * WHOLE_BP)
    figures = {"taxes_fen": taxes_fen, "rate_bp": rate_bp, "factor_bp": factor_bp, "exempt": exempt}
    keys = (ENT_LEVY_RATE.key, ENT_LEVY_RELIEF.key, ENT_LEVY_EXEMPT_MONTH_SALES.key)
    return levy_fen, Step("LEVY-01", "levy_estimate", {**figures}, levy_fen, keys)
