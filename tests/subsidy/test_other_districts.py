"""Other districts' formulas: Tianjin's full text, published fixed rates, directed training in two payments; the levy estimate."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from training_admin.policy.packs import load_pack
from training_admin.subsidy import other_districts as districts
from training_admin.subsidy.levy import estimate_levy

DAY = date(2023, 3, 1)
TIANJIN = load_pack("tianjin-2022")
SHARES = {"VERY_SHORT": "1", "SHORT": "0.9", "GENERAL": "0.8"}


def course(**changes: Any) -> districts.TianjinTraining:
    fields: dict[str, Any] = {"day": DAY, "standard_fen": 240_033, "level": "3", "urgency": "GENERAL"}
    return districts.TianjinTraining(**{**fields, **changes})


@pytest.mark.parametrize("level", ["5", "4", "3", "2", "1"])
@pytest.mark.parametrize("urgency", SHARES)
@pytest.mark.parametrize("blended", [False, True])
@pytest.mark.parametrize("base", [False, True])
def test_tianjin_shares_follow_the_plain_arithmetic(level: str, urgency: str, *, blended: bool, base: bool) -> None:
    amount = Decimal(240_033)
    if base:
        amount = (amount * Decimal("1.25")).quantize(Decimal(1), ROUND_HALF_UP)
    share = Decimal(1) if level in {"2", "1"} else Decimal(SHARES[urgency])
    each = int((amount * share * (Decimal("0.7") if blended else 1)).quantize(Decimal(1), ROUND_HALF_UP))
    found = districts.tianjin_training(course(level=level, urgency=urgency, blended=blended, public_base=base, people=3), TIANJIN)
    assert (found.payable_fen, found.outcome) == (3 * each, "PAY")


def test_the_third_training_of_a_year_is_refused_in_tianjin() -> None:
    assert districts.tianjin_training(course(used_this_year=1), TIANJIN).outcome == "PAY"
    assert districts.tianjin_training(course(used_this_year=2), TIANJIN).reason == "TJ-15"


@pytest.mark.parametrize(
    ("centihours", "directed", "project"),
    [pytest.param(4000, 100_000, 200_000, id="exactly the least hours"), pytest.param(3999, 0, 0, id="just below")],
)
def test_fixed_sums_begin_at_the_least_hours(centihours: int, directed: int, project: int) -> None:
    assert districts.directed_training(TIANJIN, DAY, people=2, centihours=centihours).payable_fen == directed
    found = districts.project_training(TIANJIN, DAY, people=2, centihours=centihours)
    assert found.payable_fen == project
    assert found.reason == (None if project else "TJ-19")


def test_fees_and_living_subsidies_are_paid_by_the_head() -> None:
    assert districts.assessment_fee(TIANJIN, DAY, kind="C", level="5", passed=4).payable_fen == 84_000
    assert districts.living_subsidy(TIANJIN, DAY, people=2).payable_fen == 200_000


@pytest.mark.parametrize(
    ("events", "same_year", "amount"),
    [
        pytest.param(["INITIAL", "RECHECK"], True, 30_000, id="first of the year is paid"),
        pytest.param(["RECHECK", "INITIAL"], True, 10_000, id="recheck first"),
        pytest.param(["INITIAL", "RECHECK"], False, 40_000, id="in different years"),
        pytest.param([], True, 0, id="none"),
    ],
)
def test_safety_certificates_are_paid_once_a_year(events: list[str], amount: int, *, same_year: bool) -> None:
    assert districts.safety_certificates(TIANJIN, DAY, events, same_year=same_year).payable_fen == amount


def test_fixed_rates_reproduce_published_totals() -> None:
    songjiang = load_pack("sj-g60-2018")
    assert districts.by_certificates(songjiang, date(2018, 6, 1), {"3": 37, "2": 14, "1": 2}).payable_fen == 7_100_000
    luliang = load_pack("luliang-2021")
    assert districts.by_passing(luliang, date(2021, 6, 1), passed=918).payable_fen == 238_680_000
    assert districts.by_passing(luliang, date(2021, 6, 1), passed=2, rate_fen=5).payable_fen == 10


@pytest.mark.parametrize(
    ("after", "stable", "amount"),
    [
        pytest.param(6, 6, 300_001, id="employed in time and stable"),
        pytest.param(6, 5, 150_001, id="not yet stable"),
        pytest.param(7, 12, 0, id="employed too late"),
        pytest.param(None, 0, 0, id="not employed"),
    ],
)
def test_directed_training_is_paid_in_two_parts(after: int | None, stable: int, amount: int) -> None:
    policy = load_pack("sh-directed-2024")
    found = districts.directed_in_two(policy, date(2026, 3, 2), each_fen=300_001, employed_after_months=after, stable_months=stable)
    assert found.payable_fen == amount


@pytest.mark.parametrize(
    ("relief", "sales", "levy"),
    [
        pytest.param(False, None, 2_000_000, id="full rate"),
        pytest.param(True, None, 1_000_000, id="half rate"),
        pytest.param(False, 10_000_000, 0, id="exempt at the limit"),
        pytest.param(False, 10_000_001, 2_000_000, id="above the limit"),
    ],
)
def test_the_levy_is_estimated_for_a_preview(sales: int | None, levy: int, *, relief: bool) -> None:
    policy = load_pack("sj-default-2026")
    found, step = estimate_levy(policy, date(2026, 1, 1), taxes_fen=100_000_049, relief=relief, month_sales_fen=sales)
    assert found == step.result_fen == levy
