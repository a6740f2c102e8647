"""Examples of the apprenticeship with other numbers in the same format, computed person by person by the engine of real claims."""

import json
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training_admin.apprenticeship.amounts import LEVELS
from training_admin.policy.examples import ExamplesUnreadable, run_file
from training_admin.wiring import workbench

STANDARDS = {"5": 5000, "4": 6000, "3": 8000, "2": 8500, "1": 8500}


def run(inputs: dict[str, Any], *, on: str = "2026-03-02", **more: Any) -> dict[str, Any]:
    example = {"id": "X", "product": "P-APP", "on": on, "inputs": {"level": 4, "months": 12, **inputs}, **more}
    return run_file(json.dumps([example]).encode(), workbench())[0].got


def yuan(amount: Decimal) -> str:
    return f"{amount:.2f}"


@settings(deadline=None, max_examples=60)
@given(
    level=st.sampled_from(LEVELS),
    obtained=st.sampled_from(LEVELS),
    months=st.integers(min_value=12, max_value=36),
    certified=st.integers(min_value=0, max_value=12),
    completed=st.integers(min_value=0, max_value=12),
    dropped=st.integers(min_value=0, max_value=12),
)
def test_every_combination_of_outcomes_follows_the_plain_arithmetic(
    level: str, obtained: str, months: int, certified: int, completed: int, dropped: int
) -> None:
    filed = certified + completed + dropped
    people = {"filed": filed, "certified": certified, "completed_only": completed, "dropped": dropped}
    got = run({"level": level, "obtained_level": obtained, "months": months, **people})
    fen = Decimal("0.01")
    paid = level if int(obtained) < int(level) else obtained
    filed_each = (Decimal(STANDARDS[level] * months) / 12).quantize(fen, ROUND_HALF_UP)
    certified_each = (Decimal(STANDARDS[paid] * months) / 12).quantize(fen, ROUND_HALF_UP)
    completed_each = (Decimal(STANDARDS[level] * months) / 12 * Decimal("0.8")).quantize(fen, ROUND_HALF_UP)
    entitled = certified * certified_each + completed * completed_each
    advance = (filed_each * filed / 2).quantize(fen, ROUND_DOWN)
    assert got["amount"] == yuan(entitled)
    assert (got["advance"], got["final"]) == (yuan(advance), yuan(entitled - advance))
    assert got["clawback"] == yuan(max(Decimal(0), advance - entitled))
    assert got["outcome"] == ("CLAWBACK" if entitled < advance else "PAY")


@pytest.mark.parametrize(
    ("inputs", "amount"),
    [
        pytest.param({}, "6000.00", id="one apprentice, certified"),
        pytest.param({"certified": 3, "dropped": 1}, "18000.00", id="filed from the outcomes"),
        pytest.param({"filed": 10, "completed_only": 10}, "48000.00", id="nobody certified"),
        pytest.param({"filed": 10, "certified": 4}, "24000.00", id="the others did not complete"),
        pytest.param({"filed": 2, "lowest_net_wage": 2740}, "12000.00", id="wage exactly the minimum"),
        pytest.param({"filed": 2, "lowest_net_wage": "2739.99"}, "6000.00", id="one wage a fen short"),
        pytest.param({"filed": 2, "lowest_net_wage": 2700, "min_wage": 2690}, "12000.00", id="minimum as told"),
        pytest.param({"filed": 2, "advance_paid": 100}, "12000.00", id="advance as told"),
        pytest.param({"filed": 4, "wage_ok": 3}, "18000.00", id="one wage too low"),
        pytest.param({"certified": 3, "completed_only": 1, "wage_ok": 3}, "18000.00", id="better outcomes first"),
        pytest.param({"certified": 1, "completed_only": 3, "wage_ok": 2}, "10800.00", id="one certified, one completed left"),
        pytest.param({"certified": 2, "dropped": 2, "wage_ok": 4}, "12000.00", id="wages in order, two dropped"),
        pytest.param({"filed": 45, "certified": 45}, "270000.00", id="what an example does not tell is not asked"),
        pytest.param({"filed": 0, "certified": 0}, "0.00", id="nobody"),
    ],
)
def test_examples_fill_in_what_is_not_told(inputs: dict[str, Any], amount: str) -> None:
    got = run(inputs)
    assert (got["amount"], got["outcome"]) == (amount, "CLAWBACK" if got["final"].startswith("-") else "PAY")


@pytest.mark.parametrize(
    ("inputs", "reason", "outcome"),
    [
        pytest.param({"contract_months": 11}, "APP-02", "REJECT_LINE", id="contract one month short"),
        pytest.param({"contract_months": 11, "filed": 2, "dropped": 2}, "APP-02", "REJECT_LINE", id="though nobody completed"),
        pytest.param({"months": 11, "contract_months": 12}, "APP-10", "REJECT_CLASS", id="term too short"),
        pytest.param({"months": 11, "contract_months": 11}, "APP-10", "REJECT_CLASS", id="class before line"),
        pytest.param({"months": 36}, None, "PAY", id="longest term"),
        pytest.param({"months": 37}, "APP-10", "REJECT_CLASS", id="one month too long"),
        pytest.param({"months": 24, "reason_recorded": False}, None, "PAY", id="no reason needed"),
        pytest.param({"months": 25, "reason_recorded": False}, "APP-10", "REJECT_CLASS", id="reason missing"),
    ],
)
def test_what_is_refused_at_filing_was_never_advanced(inputs: dict[str, Any], reason: str | None, outcome: str) -> None:
    got = run({"filed": 4, **inputs})
    assert (got["outcome"], got.get("reason")) == (outcome, reason)
    assert (got["advance"] != "0.00") == (reason is None)


@pytest.mark.parametrize(
    ("months", "taught", "refused"),
    [
        pytest.param(12, "500", False, id="exactly a year's minimum"),
        pytest.param(12, "499.99", True, id="just below"),
        pytest.param(18, "750", False, id="minimum grows with the term"),
        pytest.param(18, "749.99", True, id="just below for eighteen months"),
        pytest.param(13, "541.66", True, id="minimum between two hundredths"),
        pytest.param(13, "541.67", False, id="first hundredth above it"),
    ],
)
def test_too_few_hours_take_the_advance_back(months: int, taught: str, *, refused: bool) -> None:
    got = run({"filed": 4, "months": months, "taught_hours": taught})
    assert (got.get("reason") == "APP-12") == refused
    if refused:
        assert (got["outcome"], got["amount"], got["clawback"]) == ("REJECT_CLASS", "0.00", got["advance"])


def test_when_nobodys_wage_was_in_order_every_line_is_refused() -> None:
    got = run({"filed": 4, "wage_ok": 0})
    assert (got["outcome"], got["reason"], got["clawback"]) == ("REJECT_LINE", "APP-05", "12000.00")
    left = run({"filed": 4, "certified": 0, "dropped": 4})
    assert (left["outcome"], left["reason"], left["clawback"]) == ("CLAWBACK", "APP-24", "12000.00")


def test_a_figure_not_in_force_holds_the_example() -> None:
    got = run({}, on="2019-03-01")
    assert (got["outcome"], got["amount"], got["reason"], got["missing"]) == ("HOLD", "0.00", "VER-01", "app.standard.L4")
    assert run({"filed": 2, "lowest_net_wage": 2600}, on="2022-03-01")["missing"] == "app.wage.min_month"
    assert run({"filed": 2, "wage_ok": 2}, on="2022-03-01")["amount"] == "12000.00"


@pytest.mark.parametrize(
    ("inputs", "place"),
    [
        pytest.param({"level": None}, "level", id="no level"),
        pytest.param({"level": "NONE"}, "level", id="no apprenticeship level"),
        pytest.param({"obtained_level": 6}, "obtained_level", id="no such level"),
        pytest.param({"filed": 2, "certified": 2, "dropped": 1}, "filed", id="more outcomes than people"),
        pytest.param({"filed": 2, "dropped": 3}, "filed", id="more dropped than filed"),
        pytest.param({"filed": 2, "wage_ok": 3}, "wage_ok", id="more wages than people"),
    ],
)
def test_examples_that_cannot_be_understood(inputs: dict[str, Any], place: str) -> None:
    with pytest.raises(ExamplesUnreadable) as refusal:
        run(inputs)
    assert refusal.value.extra["problems"][0]["where"] == place
