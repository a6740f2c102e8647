"""Apprenticeship amounts: plain arithmetic per person, every outcome, advance and settlement, and what is refused."""

import json
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training_admin.apprenticeship.amounts import LEVELS, certified_grant, mentor_grant, paid_level, settle
from training_admin.apprenticeship.facts import Completion, Programme
from training_admin.policy.examples import ExamplesUnreadable, run_file
from training_admin.policy.packs import load_pack
from training_admin.wiring import workbench

POLICY = load_pack("sj-default-2026")
TIANJIN = load_pack("tianjin-2022")
PROGRAMME = Programme(day=date(2026, 3, 2), level="4", months=12, filed=4, contract_months=12)
COMPLETION = Completion(certified=4, completed_only=0, obtained_level="4", wage_ok=4)
STANDARDS = {"5": 5000, "4": 6000, "3": 8000, "2": 8500, "1": 8500}


def half_up(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


@settings(deadline=None)
@given(
    level=st.sampled_from(LEVELS),
    obtained=st.sampled_from(LEVELS),
    months=st.integers(min_value=12, max_value=36),
    certified=st.integers(min_value=0, max_value=30),
    completed=st.integers(min_value=0, max_value=30),
    dropped=st.integers(min_value=0, max_value=30),
)
def test_every_combination_of_outcomes_follows_the_plain_arithmetic(
    level: str, obtained: str, months: int, certified: int, completed: int, dropped: int
) -> None:
    filed = certified + completed + dropped
    programme = Programme(PROGRAMME.day, level, months, filed, months)
    completion = Completion(certified, completed, obtained, wage_ok=filed)
    decision = settle(programme, completion, POLICY)
    filed_each = Decimal(STANDARDS[level] * 100 * months) / 12
    paid = level if int(obtained) < int(level) else obtained
    certified_each = Decimal(STANDARDS[paid] * 100 * months) / 12
    entitled = certified * half_up(certified_each) + completed * half_up(filed_each * Decimal("0.8"))
    advance = int((half_up(filed_each) * filed * Decimal("0.5")).quantize(Decimal(1), ROUND_DOWN))
    assert decision.settlement.entitled_fen == entitled == decision.entitlement.payable_fen
    assert decision.settlement.advance_fen == advance
    assert decision.settlement.final_fen == entitled - advance
    assert decision.settlement.clawback_fen == max(0, advance - entitled)
    assert decision.outcome == ("CLAWBACK" if entitled < advance else "PAY")
    assert decision.entitlement.steps[-1].result_fen == decision.settlement.final_fen


@pytest.mark.parametrize(
    ("filed", "obtained", "paid"),
    [
        pytest.param("3", "4", "4", id="lower level obtained"),
        pytest.param("3", "3", "3", id="the level filed"),
        pytest.param("3", "2", "3", id="higher level obtained"),
        pytest.param("5", "1", "5", id="much higher"),
    ],
)
def test_a_lower_level_replaces_the_filed_one(filed: str, obtained: str, paid: str) -> None:
    assert paid_level(filed, obtained) == paid


@pytest.mark.parametrize(
    ("changes", "reason", "outcome"),
    [
        pytest.param({"contract_months": 11}, "APP-02", "REJECT_LINE", id="contract one month short"),
        pytest.param({"months": 11, "contract_months": 12}, "APP-10", "REJECT_CLASS", id="term too short"),
        pytest.param({"months": 11, "contract_months": 11}, "APP-10", "REJECT_CLASS", id="class before line"),
        pytest.param({"months": 36}, None, "PAY", id="longest term"),
        pytest.param({"months": 37}, "APP-10", "REJECT_CLASS", id="one month too long"),
        pytest.param({"months": 24, "reason_recorded": False}, None, "PAY", id="no reason needed"),
        pytest.param({"months": 25, "reason_recorded": False}, "APP-10", "REJECT_CLASS", id="reason missing"),
    ],
)
def test_what_is_refused_at_filing_was_never_advanced(changes: dict[str, Any], reason: str | None, outcome: str) -> None:
    decision = settle(msgspec.structs.replace(PROGRAMME, **changes), COMPLETION, POLICY)
    assert (decision.outcome, decision.entitlement.reason) == (outcome, reason)
    assert (decision.settlement.advance_fen > 0) == (reason is None)


@pytest.mark.parametrize(
    ("months", "taught", "refused"),
    [
        pytest.param(12, 50_000, False, id="exactly a year's minimum"),
        pytest.param(12, 49_999, True, id="just below"),
        pytest.param(18, 75_000, False, id="minimum grows with the term"),
        pytest.param(18, 74_999, True, id="just below for eighteen months"),
        pytest.param(13, 54_166, True, id="minimum between two hundredths"),
        pytest.param(13, 54_167, False, id="first hundredth above it"),
    ],
)
def test_too_few_hours_take_the_advance_back(months: int, taught: int, *, refused: bool) -> None:
    programme = msgspec.structs.replace(PROGRAMME, months=months)
    decision = settle(programme, msgspec.structs.replace(COMPLETION, taught_centihours=taught), POLICY)
    assert (decision.entitlement.reason == "APP-12") == refused
    if refused:
        assert decision.outcome == "REJECT_CLASS"
        assert decision.settlement.clawback_fen == decision.settlement.advance_fen


@pytest.mark.parametrize(
    ("certified", "completed", "wage_ok", "entitled"),
    [
        pytest.param(4, 0, 3, 1_800_000, id="one certified apprentice paid too little"),
        pytest.param(3, 1, 3, 1_800_000, id="better outcomes first"),
        pytest.param(1, 3, 2, 1_080_000, id="one certified, one completed left"),
        pytest.param(2, 0, 4, 1_200_000, id="wages in order, two dropped"),
    ],
)
def test_low_wages_leave_apprentices_out(certified: int, completed: int, wage_ok: int, entitled: int) -> None:
    decision = settle(PROGRAMME, Completion(certified, completed, "4", wage_ok), POLICY)
    assert decision.settlement.entitled_fen == entitled


def test_when_nobodys_wage_was_in_order_every_line_is_refused() -> None:
    decision = settle(PROGRAMME, msgspec.structs.replace(COMPLETION, wage_ok=0), POLICY)
    assert (decision.outcome, decision.entitlement.reason) == ("REJECT_LINE", "APP-05")
    assert decision.settlement.clawback_fen == 1_200_000


def test_what_was_really_advanced_is_settled() -> None:
    decision = settle(PROGRAMME, msgspec.structs.replace(COMPLETION, advance_paid_fen=100), POLICY)
    assert decision.settlement.final_fen == 2_399_900


def test_tianjin_pays_certified_apprentices_and_mentors() -> None:
    programme = Programme(date(2023, 3, 1), "3", 18, 3, 18)
    assert certified_grant(programme, 2, TIANJIN).payable_fen == 2 * 825_000
    for months, people, amount in ((11, 1, 0), (12, 1, 400_000), (36, 3, 2_400_000), (48, 2, 2_400_000)):
        mentor = Programme(date(2023, 3, 1), "5", months, people, months)
        assert mentor_grant(mentor, TIANJIN).payable_fen == amount


def run(inputs: dict[str, Any], product: str = "P-APP") -> dict[str, Any]:
    example = {"id": "X", "product": product, "on": "2026-03-02", "inputs": {"level": 4, "months": 12, **inputs}}
    return run_file(json.dumps([example]).encode(), workbench())[0].got


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
    ],
)
def test_examples_fill_in_what_is_not_told(inputs: dict[str, Any], amount: str) -> None:
    assert run(inputs)["amount"] == amount


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
