"""Examples of the fund side: BUDGET and RECOVERY."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from training_admin.fund.amounts import cover_by_budget, recovery_of
from training_admin.policy.examples import Evaluator, ExampleContext, Got, answer, fen_of, read_inputs


class BudgetInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An approved claim and what is left of the budget, in yuan."""

    approved: Decimal
    budget_left: Decimal


class RecoveryInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People who were not there and what was paid for each, in yuan."""

    fictitious: Annotated[int, msgspec.Meta(ge=0)]
    paid_each: Decimal


def budget(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """FUND-03: the whole claim or nothing."""
    del context
    given = read_inputs(inputs, BudgetInputs)
    covered = cover_by_budget(approved_fen=fen_of(given.approved, "approved"), budget_left_fen=fen_of(given.budget_left, "budget_left"))
    if covered.deferred_fen:
        return answer("HOLD", 0, reason="FUND-03", deferred=covered.deferred_fen)
    return answer("PAY", covered.payable_fen, deferred=0)


def recovery(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """PEN-01, PEN-02: what is returned, and the fine range on it."""
    given = read_inputs(inputs, RecoveryInputs)
    found = recovery_of(context.policy, context.day, people=given.fictitious, paid_each_fen=fen_of(given.paid_each, "paid_each"))
    amounts = {"clawback": found.returned_fen, "fine_min": found.fine_min_fen, "fine_max": found.fine_max_fen}
    return answer("CLAWBACK", found.returned_fen, reason="PEN-01", **amounts)


PRODUCTS: dict[str, Evaluator] = {"BUDGET": budget, "RECOVERY": recovery}
