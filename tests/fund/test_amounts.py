"""A budget covers a claim whole or not at all; what was obtained by fraud is returned, with the legal range of a fine."""

from datetime import date

import pytest

from training_admin.fund.amounts import cover_by_budget, recovery_of
from training_admin.policy.packs import load_pack

POLICY = load_pack("sj-default-2026")


@pytest.mark.parametrize(
    ("approved", "left", "payable", "deferred"),
    [
        pytest.param(100, 100, 100, 0, id="exactly enough"),
        pytest.param(101, 100, 0, 101, id="one fen short"),
        pytest.param(0, 0, 0, 0, id="nothing asked"),
    ],
)
def test_no_claim_is_paid_in_part(approved: int, left: int, payable: int, deferred: int) -> None:
    found = cover_by_budget(approved_fen=approved, budget_left_fen=left)
    assert (found.payable_fen, found.deferred_fen) == (payable, deferred)


def test_every_fine_of_the_range_stays_inside_the_law() -> None:
    found = recovery_of(POLICY, date(2026, 3, 2), people=3, paid_each_fen=33_331)
    assert (found.returned_fen, found.fine_min_fen, found.fine_max_fen) == (99_993, 10_000, 49_996)
    assert found.fine_min_fen * 10 >= found.returned_fen
    assert found.fine_max_fen * 2 <= found.returned_fen
