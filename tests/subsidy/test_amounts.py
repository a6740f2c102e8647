"""Prices per head against plain decimal arithmetic, and each boundary of the formulas."""

from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training_admin.kit.dated import Figure, NotInForce, Policy, with_overrides
from training_admin.policy.packs import load_pack
from training_admin.subsidy.amounts import FORMULAS, hours_factor
from training_admin.subsidy.pricing import ClassPrice, PricingCase

DAY = date(2026, 3, 2)
POLICY = load_pack("sj-default-2026")
ONLINE_POLICY = load_pack("sh-online-2020-2022")
ONLINE_DAY = date(2022, 3, 1)
CASE = PricingCase(
    day=DAY,
    heads=20,
    eligible_cost_fen=4_000_000,
    planned_centihours=12_000,
    delivered_centihours=12_000,
    online_centihours=0,
    mode="MIXED",
    theory_test=True,
    practical_test=True,
    std_centihours=12_000,
    std_fen=200_000,
    base_fen=140_000,
)
FEN = st.integers(min_value=0, max_value=10_000_000)
HEADS = st.integers(min_value=1, max_value=60)
CENTIHOURS = st.integers(min_value=1, max_value=40_000)


def price(formula: str, policy: Policy = POLICY, **changes: Any) -> ClassPrice:
    return FORMULAS[formula](msgspec.structs.replace(CASE, **changes), policy)


def overridden(**figures: Figure) -> Policy:
    return with_overrides(POLICY, {key.replace("__", "."): value for key, value in figures.items()}, DAY)


def half_up(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def down(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_DOWN))


@settings(deadline=None)
@given(
    std=FEN,
    base=st.none() | FEN,
    cost=FEN,
    heads=HEADS,
    standard=CENTIHOURS,
    delivered=CENTIHOURS,
    urgent=st.booleans(),
    pilot=st.booleans(),
)
def test_a_catalog_class_follows_the_plain_arithmetic(
    std: int, base: int | None, cost: int, heads: int, standard: int, delivered: int, *, urgent: bool, pilot: bool
) -> None:
    found = price(
        "CATALOG_LOWER_OF",
        std_fen=std,
        base_fen=base,
        eligible_cost_fen=cost,
        heads=heads,
        std_centihours=standard,
        planned_centihours=delivered,
        delivered_centihours=delivered,
        urgent=urgent,
        pilot=pilot,
    )
    if delivered * 10 < standard * 7:
        assert found.per_head_fen is None
        return
    full = delivered >= standard
    amount, factor = Decimal(std), Decimal(1)
    if not full and base is not None:
        amount = Decimal(base)
    elif not full:
        factor = Decimal("0.7")
    if pilot:
        amount = Decimal(half_up(amount * Decimal("1.3")))
    by_standard = half_up(amount * factor * (Decimal("0.8") if urgent else Decimal("0.6")))
    by_cost = down(Decimal(cost * 8) / (heads * 10))
    assert found.per_head_fen == min(by_standard, by_cost)
    assert found.steps[-1].result_fen == found.per_head_fen
    assert found.per_head_fen * heads * 10 <= cost * 8


@settings(deadline=None)
@given(hours=CENTIHOURS, cost=FEN, heads=HEADS, theory=st.booleans(), practical=st.booleans(), mode=st.sampled_from(["THEORY", "MIXED"]))
def test_a_post_class_follows_the_plain_arithmetic(hours: int, cost: int, heads: int, *, theory: bool, practical: bool, mode: str) -> None:
    found = price(
        "POST_HOURS",
        planned_centihours=hours,
        delivered_centihours=hours,
        eligible_cost_fen=cost,
        heads=heads,
        theory_test=theory,
        practical_test=practical,
        mode=mode,
    )
    by_hours = half_up(Decimal(min(hours, 4000)) * (12 if mode == "THEORY" else 15)) + 1000 * theory + 6500 * practical
    assert found.per_head_fen == min(by_hours, down(Decimal(cost * 8) / (heads * 10)))


@settings(deadline=None)
@given(cost=FEN, heads=HEADS)
def test_online_and_professional_classes_share_the_cost_up_to_their_caps(cost: int, heads: int) -> None:
    online = price("ONLINE_CAPPED", ONLINE_POLICY, day=ONLINE_DAY, eligible_cost_fen=cost, heads=heads)
    assert online.per_head_fen == min(60_000, cost * 95 // (heads * 100))
    professional = price("PRO_CAPPED", eligible_cost_fen=cost, heads=heads)
    assert professional.per_head_fen == min(100_000, cost * 8 // (heads * 10))
    assert professional.person_year_cap_fen == 100_000


def test_uplift_is_rounded_before_factor_and_share() -> None:
    found = price("CATALOG_LOWER_OF", std_fen=1, base_fen=None, pilot=True, urgent=True, delivered_centihours=8400)
    assert [step.result_fen for step in found.steps[:3]] == [1, 1, 1]
    odd = price("CATALOG_LOWER_OF", std_fen=333, base_fen=None, pilot=True, urgent=True, delivered_centihours=8400)
    assert [(step.rule, step.result_fen) for step in odd.steps] == [
        ("ENT-12", 333),
        ("ENT-13", 433),
        ("ENT-10", 242),
        ("ENT-14", 160_000),
        ("ENT-11", 242),
    ]


@pytest.mark.parametrize(
    ("delivered", "online", "counted", "factor"),
    [
        pytest.param(12_000, 0, 12_000, 10_000, id="full hours offline"),
        pytest.param(11_999, 0, 11_999, 7000, id="just below full hours"),
        pytest.param(8400, 0, 8400, 7000, id="exactly the least share"),
        pytest.param(8399, 0, 8399, None, id="just below the least share"),
        pytest.param(12_000, 6000, 12_000, 10_000, id="half online counts whole"),
        pytest.param(12_000, 6001, 11_999, 7000, id="above half online is cut"),
        pytest.param(12_000, 12_000, 6000, None, id="all online counts half"),
    ],
)
def test_hours_that_count_decide_the_price(delivered: int, online: int, counted: int, factor: int | None) -> None:
    case = msgspec.structs.replace(CASE, delivered_centihours=delivered, online_centihours=online, base_fen=None)
    found = hours_factor(case, POLICY)
    assert (found.counted_centihours, found.factor_bp, found.base) == (counted, factor, factor != 10_000)


def test_the_base_amount_of_the_item_comes_before_the_factor() -> None:
    assert price("CATALOG_LOWER_OF", delivered_centihours=9000, base_fen=150_000).per_head_fen == 90_000
    assert price("CATALOG_LOWER_OF", delivered_centihours=9000, base_fen=None).per_head_fen == 84_000


@pytest.mark.parametrize(
    ("mode", "per_head", "last"),
    [
        pytest.param("STD_ONLY", 120_000, "standard_only", id="standard only"),
        pytest.param("COST_ONLY", 80_000, "cost_only", id="cost only"),
        pytest.param("LOWER_OF", 80_000, "lower_of", id="lower of both"),
    ],
)
def test_the_line_mode_chooses_between_standard_and_cost(mode: str, per_head: int, last: str) -> None:
    found = price("CATALOG_LOWER_OF", overridden(ent__line__mode=mode), eligible_cost_fen=2_000_000)
    assert (found.per_head_fen, found.steps[-1].code) == (per_head, last)


def test_the_roundings_are_figures_too() -> None:
    odd: dict[str, Any] = {"eligible_cost_fen": 1_000_000, "heads": 7}
    assert price("CATALOG_LOWER_OF", **odd).per_head_fen == 114_285
    assert price("CATALOG_LOWER_OF", overridden(money__rounding__cost="HALF_UP"), **odd).per_head_fen == 114_286
    standard = overridden(money__rounding__standard="DOWN", ent__line__mode="STD_ONLY")
    assert price("CATALOG_LOWER_OF", standard, std_fen=99, base_fen=None).per_head_fen == 59
    assert price("CATALOG_LOWER_OF", overridden(ent__line__mode="STD_ONLY"), std_fen=99, base_fen=None).per_head_fen == 59
    assert price("CATALOG_LOWER_OF", overridden(ent__line__mode="STD_ONLY"), std_fen=98, base_fen=None).per_head_fen == 59


def test_a_class_without_catalog_item_has_no_catalog_price() -> None:
    assert price("CATALOG_LOWER_OF", std_fen=None, std_centihours=None) == ClassPrice(per_head_fen=None, steps=())


@pytest.mark.parametrize(
    ("hours", "per_head"),
    [
        pytest.param(799, None, id="just below the least hours"),
        pytest.param(800, 20_000, id="exactly the least hours"),
        pytest.param(2400, 60_000, id="exactly the cap"),
        pytest.param(2500, 60_000, id="above the cap"),
    ],
)
def test_a_rate_per_hour_has_a_cap_and_least_hours(hours: int, per_head: int | None) -> None:
    sample = POLICY.values["ent.pro.cap_per_person"][0]
    rates = {"hour_rate.per_hour": 2500, "hour_rate.cap_per_project": 60_000, "hour_rate.hours_min": 8}
    values = {key: (msgspec.structs.replace(sample, key=key, value=value),) for key, value in rates.items()}
    policy = msgspec.structs.replace(POLICY, values={**POLICY.values, **values})
    found = price("HOUR_RATE_CAPPED", policy, planned_centihours=hours, delivered_centihours=hours)
    assert found.per_head_fen == per_head


@pytest.mark.parametrize("formula", ["CATALOG_LOWER_OF", "POST_HOURS", "PRO_CAPPED", "HOUR_RATE_CAPPED"])
def test_a_figure_that_is_not_in_force_is_never_zero(formula: str) -> None:
    with pytest.raises(NotInForce):
        price(formula, day=date(2015, 1, 1))
