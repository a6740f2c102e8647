"""Fen, basis points and their roundings; capital amounts by the vectors of policy.md part 8."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training_admin.kit.money import (
    LARGEST_FEN,
    capital_amount,
    decimal_from_text,
    fen_from_decimal,
    fen_from_text,
    ratio_half_up,
    share_down,
    share_half_up,
    spread,
    yuan,
    yuan_grouped,
)

VECTORS: dict[str, Any] = msgspec.json.decode((Path(__file__).parents[1] / "data" / "id_test_vectors.json").read_bytes())
FEN = st.integers(min_value=0, max_value=LARGEST_FEN)


@pytest.mark.parametrize("vector", [pytest.param(each, id=each["amount"]) for each in VECTORS["capital_amounts"]])
def test_a_capital_amount_has_a_form_that_banks_accept(vector: dict[str, Any]) -> None:
    fen = fen_from_text(vector["amount"])
    assert fen is not None
    assert capital_amount(fen) in vector["accepted"]


@pytest.mark.parametrize(
    ("fen", "down", "half_up"),
    [pytest.param(29, 14, 15, id="恰为半分"), pytest.param(28, 14, 14, id="整分"), pytest.param(0, 0, 0, id="零")],
)
def test_half_of_an_amount_is_rounded_as_its_name_says(fen: int, down: int, half_up: int) -> None:
    assert (share_down(fen, 5_000), share_half_up(fen, 5_000)) == (down, half_up)


def test_a_third_is_rounded_half_up_at_the_half() -> None:
    assert [ratio_half_up(amount, 1, 3) for amount in (1, 2, 3, 4, 5)] == [0, 1, 1, 1, 2]


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        pytest.param(10, [1, 1, 1], [4, 3, 3], id="余数相同，先者多一分"),
        pytest.param(10, [1, 0, 2], [3, 0, 7], id="零不参加"),
        pytest.param(5, [3, 3, 1], [2, 2, 1], id="余数大者多一分"),
        pytest.param(0, [0, 0], [0, 0], id="都是零"),
        pytest.param(0, [], [], id="没有人"),
    ],
)
def test_a_cut_is_spread_by_largest_remainders(total: int, weights: list[int], parts: list[int]) -> None:
    assert spread(total, weights) == parts


@given(FEN, st.lists(st.integers(min_value=0, max_value=10**9), min_size=1).filter(any))
def test_whatever_is_spread_sums_to_the_total_and_nobody_is_a_fen_off(total: int, weights: list[int]) -> None:
    parts = spread(total, weights)
    assert sum(parts) == total
    assert all(
        0 <= part * sum(weights) - total * weight + sum(weights) <= 2 * sum(weights) for part, weight in zip(parts, weights, strict=True)
    )
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


def test_nothing_can_be_spread_over_nobody() -> None:
    with pytest.raises(AssertionError, match="nothing to spread over"):
        spread(1, [0, 0])


@pytest.mark.parametrize(
    ("fen", "plain", "grouped"),
    [(0, "0.00", "0.00"), (5, "0.05", "0.05"), (123_450, "1234.50", "1,234.50"), (-123_450, "-1234.50", "-1,234.50")],
)
def test_fen_are_written_as_yuan_with_two_decimals(fen: int, plain: str, grouped: str) -> None:
    assert (yuan(fen), yuan_grouped(fen)) == (plain, grouped)


@given(FEN)
def test_yuan_as_written_are_read_back_to_the_fen(fen: int) -> None:
    assert fen_from_text(yuan(fen)) == fen_from_text(yuan_grouped(fen)) == fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("31,920.00", 3_192_000),
        ("1409.5", 140_950),
        ("-3", -300),
        ("1.005", None),
        ("1,2345", None),
        ("一百", None),
        ("", None),
        ("1e3", None),
        ("10000000000000.00", LARGEST_FEN),
        ("10000000000000.01", None),
    ],
)
def test_only_a_plain_amount_with_at_most_two_decimals_is_money(text: str, fen: int | None) -> None:
    assert fen_from_text(text) == fen


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_no_money(value: str) -> None:
    assert fen_from_decimal(Decimal(value)) is None
    assert decimal_from_text(value) is None


@pytest.mark.parametrize(("text", "value"), [("0.80", Decimal("0.80")), ("一", None)])
def test_a_decimal_is_read_exactly_or_not_at_all(text: str, value: Decimal | None) -> None:
    assert decimal_from_text(text) == value
