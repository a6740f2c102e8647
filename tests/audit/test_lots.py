"""A draw by lot: anybody repeats it from the published list and the seed; weights are kept; nobody is drawn twice."""

import subprocess
import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training_admin.audit.lots import SPACE, Lot, digest_of, drawn, inspectors_for, number_below

SCRIPT = str(files("training_admin.audit").joinpath("data", "verify_draw.py"))
LOTS = [Lot(f"BJ2026{place:04d}", 1 + place % 4, "风险权重") for place in range(30)]
PEOPLE = ["甲", "乙", "丙", "丁", "戊"]


def told(seed: str) -> dict[str, Any]:
    keys = drawn(seed, LOTS, 6)
    return {
        "lots": [msgspec.to_builtins(each) for each in LOTS],
        "inspectors": PEOPLE,
        "list_sha256": digest_of(LOTS, PEOPLE),
        "seed": seed,
        "classes": 6,
        "people": 2,
        "drawn": [{"key": key, "inspectors": list(inspectors_for(seed, key, PEOPLE, 2))} for key in keys],
    }


def verified(folder: Path, content: object) -> subprocess.CompletedProcess[str]:
    file = folder / "list.json"
    file.write_bytes(msgspec.json.encode(content))
    return subprocess.run([sys.executable, "-I", SCRIPT, str(file)], capture_output=True, text=True, check=False, cwd=folder)


def test_a_script_that_knows_list_and_seed_only_draws_the_same(tmp_path: Path) -> None:
    good = told("a" * 64)
    done = verified(tmp_path, good)
    assert (done.returncode, "核验通过：6 个班级" in done.stdout) == (0, True)
    for wrong in ({"seed": "b" * 64}, {"drawn": good["drawn"][::-1]}, {"lots": good["lots"][1:]}, {"inspectors": PEOPLE[::-1]}):
        assert verified(tmp_path, {**good, **wrong}).returncode == 1, wrong


def test_ten_thousand_draws_fit_the_weights() -> None:
    lots = [Lot("A", 1), Lot("B", 2), Lot("C", 3), Lot("D", 4)]
    rounds = 10_000
    first = Counter(drawn(f"seed {turn}", lots, 1)[0] for turn in range(rounds))
    expected = {each.key: rounds * each.weight / 10 for each in lots}
    chi_square = sum((first[key] - wanted) ** 2 / wanted for key, wanted in expected.items())
    # Three degrees of freedom: above 16.27 once in a thousand; the seeds are fixed, so that this is no chance.
    assert chi_square < 16.27, first
    second = Counter(drawn(f"seed {turn}", lots, 2)[1] for turn in range(rounds))
    share = sum(w / 10 * 1 / (10 - w) for w in (2, 3, 4)) * rounds
    assert abs(second["A"] - share) < 4 * (share * (1 - share / rounds)) ** 0.5


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=25),
    st.integers(0, 30),
    st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1, max_size=20),
    st.randoms(use_true_random=False),
)
def test_everybody_is_drawn_at_most_once_and_the_order_of_the_list_does_not_matter(
    weights: list[int], count: int, seed: str, shuffle: Random
) -> None:
    lots = [Lot(f"{place:03d}", weight) for place, weight in enumerate(weights)]
    found = drawn(seed, lots, count)
    assert len(set(found)) == len(found) == min(count, len(lots))
    mixed = lots[:]
    shuffle.shuffle(mixed)
    assert drawn(seed, mixed, count) == found


def test_a_lot_of_nothing_is_a_mistake() -> None:
    with pytest.raises(AssertionError):
        drawn("seed", [Lot("A", 0)], 1)


def test_a_number_that_would_favour_low_ones_is_drawn_again() -> None:
    limit = SPACE // 2 + 1
    assert all(number_below("seed", turn, limit) < limit for turn in range(16))
