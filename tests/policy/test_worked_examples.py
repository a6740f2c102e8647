"""Every worked example and date comes out as written, and what cannot be understood is refused by name."""

import json
from pathlib import Path
from typing import Any

import pytest

from training_admin.policy.examples import LARGEST_FILE_BYTES, ExamplesUnreadable, run_file
from training_admin.wiring import DECLARED, EVALUATORS, workbench

FILE = Path(__file__).parents[1] / "data" / "worked_examples.json"
CATALOG = {"std_amount": 2000, "std_hours": 120, "cost_per_head": 3000}


def run(product: str, inputs: dict[str, Any], *, on: str = "2026-03-02", **more: Any) -> dict[str, Any]:
    """What one example gives."""
    example = {"id": "X", "product": product, "on": on, "inputs": inputs, **more}
    results = run_file(json.dumps({"examples": [example]}).encode(), workbench())
    return results[0].got


def refused(example: dict[str, Any]) -> list[tuple[str, str]]:
    """Example and place of each problem."""
    with pytest.raises(ExamplesUnreadable) as refusal:
        run_file(json.dumps([{"id": "X", "product": "P-ENT-CAT", "on": "2026-03-02", **example}]).encode(), workbench())
    return [(problem["example"], problem["where"]) for problem in refusal.value.extra["problems"]]


@pytest.mark.parametrize("result", run_file(FILE.read_bytes(), workbench()), ids=lambda result: result.id)
def test_the_example_holds(result: Any) -> None:
    assert result.holds, result.got


def test_there_are_75_amounts_and_9_dates() -> None:
    assert len(run_file(FILE.read_bytes(), workbench())) == 84


def test_an_example_that_differs_does_not_hold() -> None:
    wrong = [
        {"id": "amount", "product": "P-ENT-CAT", "on": "2026-03-02", "inputs": CATALOG, "expected": {"amount": "1200.01"}},
        {"id": "key", "product": "P-ENT-CAT", "on": "2026-03-02", "inputs": CATALOG, "expected": {"surprise": "1"}},
        {"id": "none", "product": "P-ENT-CAT", "on": "2026-03-02", "inputs": CATALOG},
        {"id": "day", "inputs": {"fn": "add_months", "from": "2026-01-31", "n": 1}, "expected": "2026-03-01"},
        {"id": "right-day", "inputs": {"fn": "add_months", "from": "2026-01-31", "n": 1}, "expected": {"value": "2026-02-28"}},
    ]
    results = run_file(json.dumps(wrong).encode(), workbench())
    assert [result.holds for result in results] == [False, False, True, False, True]


@pytest.mark.parametrize(
    ("example", "where"),
    [
        pytest.param({"inputs": {**CATALOG, "discount": 1}}, "discount", id="unknown key"),
        pytest.param({"inputs": {"std_amount": 1, "override": {"no.such": 1}}}, "override.no.such", id="unknown figure"),
        pytest.param({"inputs": {**CATALOG, "override": {"att.person_min": "x"}}}, "override.att.person_min", id="figure unfit"),
        pytest.param({"inputs": {**CATALOG, "override": 3}}, "override", id="override no mapping"),
        pytest.param({"inputs": {"cost_per_head": 1}}, "std_amount", id="missing key"),
        pytest.param({"inputs": {**CATALOG, "urgent": "yes"}}, "urgent", id="text for a switch"),
        pytest.param({"inputs": {**CATALOG, "std_amount": "1.234"}}, "std_amount", id="amount too fine"),
        pytest.param({"inputs": {**CATALOG, "std_amount": -1}}, "std_amount", id="negative amount"),
        pytest.param({"inputs": {**CATALOG, "std_hours": "0.001"}}, "delivered_hours", id="hours too fine"),
        pytest.param({"inputs": {**CATALOG, "delivered_hours": 100, "attended_hours": 101}}, "attended_hours", id="attended more"),
        pytest.param({"inputs": {"std_amount": 1, "attended_hours": 1, "cost_per_head": 1}}, "delivered_hours", id="hours unknown"),
        pytest.param({"inputs": {**CATALOG, "total_cost": 1}}, "cost_per_head", id="two costs"),
        pytest.param({"inputs": {"std_amount": 2000}}, "cost_per_head", id="no cost"),
        pytest.param({"inputs": {**CATALOG, "enrolled": 2, "passed": 3}}, "passed", id="more pass than enrol"),
        pytest.param({"inputs": {**CATALOG, "passed": 3, "payable_people": 4}}, "payable_people", id="more payable than passed"),
        pytest.param({"inputs": {**CATALOG, "claimant_type": "CLUB"}}, "claimant_type", id="unknown claimant"),
        pytest.param({"inputs": {**CATALOG, "relation": "FRIEND"}}, "relation", id="unknown relation"),
        pytest.param({"inputs": {}, "product": "P-NONE"}, "product", id="unknown product"),
        pytest.param({"inputs": {}, "product": ""}, "product", id="no product"),
        pytest.param({"inputs": {}, "on": None}, "on", id="no day"),
        pytest.param({"inputs": {}, "on": "9999-12-31"}, "on", id="day too far"),
        pytest.param({"inputs": CATALOG, "profile": __file__}, "profile", id="a file is no profile"),
        pytest.param({"inputs": {"history": [{"issued": "0001-01-01"}]}}, "issued", id="day of history too far"),
        pytest.param({"inputs": {"fn": "tomorrow"}}, "fn", id="unknown function"),
        pytest.param({"inputs": {"fn": "add_workdays", "from": "2026-03-02", "n": -1}}, "n", id="days below zero"),
        pytest.param({"inputs": {"fn": "add_workdays", "from": "2026-03-02"}}, "n", id="no days"),
        pytest.param({"inputs": {"fn": "notice_ends", "posted": "soon", "n": 1}}, "posted", id="no date"),
        pytest.param(
            {"inputs": {"fn": "edition", "editions": {"2024": "2024-05-01"}, "class_start": "2024-04-30"}},
            "class_start",
            id="before every edition",
        ),
    ],
)
def test_what_cannot_be_understood_is_named(example: dict[str, Any], where: str) -> None:
    assert refused(example) == [("X", where)]


@pytest.mark.parametrize("content", [b"", b"\xff", b"3", b'{"examples": 1}', b'[{"id": "X"}]'])
def test_a_file_without_examples_is_refused(content: bytes) -> None:
    with pytest.raises(ExamplesUnreadable):
        run_file(content, workbench())


def test_a_file_beyond_its_limit_is_refused() -> None:
    with pytest.raises(ExamplesUnreadable):
        run_file(b" " * (LARGEST_FILE_BYTES + 1), workbench())


def test_every_unreadable_example_is_named_at_once() -> None:
    items = [{"id": name, "product": "P-ENT-CAT", "on": "2026-03-02", "inputs": {"x": 1}} for name in ("one", "two")]
    with pytest.raises(ExamplesUnreadable) as refusal:
        run_file(json.dumps(items).encode(), workbench())
    assert [problem["example"] for problem in refusal.value.extra["problems"]] == ["one", "two"]


def test_a_figure_that_is_not_in_force_holds_the_example() -> None:
    got = run("P-CERT", {"group": "E_EMPLOYEE", "level": 4}, on="2020-12-31")
    assert (got["outcome"], got["amount"], got["missing"]) == ("HOLD", "0.00", "cert.std.L4")
    assert run("P-ENT-CAT", CATALOG, on="2019-12-31")["outcome"] == "HOLD"
    assert run("P-ENT-CAT", {**CATALOG, "pilot_uplift": True}, on="2024-11-30")["reason"] == "VER-01"


def test_a_missing_calendar_holds_the_example() -> None:
    inputs = {"cost_per_head": 100, "training_end": "2027-03-01", "claimed_on": "2027-03-02"}
    got = run("P-ENT-ONL", inputs, on="2022-03-01", profile="sh-online-2020-2022")
    assert (got["reason"], got["missing"]) == ("WD-02", "2027")


def test_overrides_hold_for_every_day_and_may_stand_beside_the_inputs() -> None:
    assert run("P-ENT-CAT", CATALOG, override={"ent.share.catalog.other": 0.7})["amount"] == "1400.00"
    both = {**CATALOG, "override": {"ent.share.catalog.other": "0.5"}}
    assert run("P-ENT-CAT", both, override={"ent.share.catalog.other": 0.7})["amount"] == "1000.00"


def test_a_figure_the_pack_does_not_carry_can_be_set() -> None:
    inputs = {"hours": 30, "override": {"hour_rate.per_hour": 25, "hour_rate.cap_per_project": 600, "hour_rate.hours_min": 8}}
    assert run("P-ENT-HOUR", inputs)["amount"] == "600.00"
    assert run("P-ENT-HOUR", {**inputs, "hours": 20})["amount"] == "500.00"
    too_short = run("P-ENT-HOUR", {**inputs, "hours": "7.5"})
    assert (too_short["amount"], too_short["outcome"], too_short["reason"]) == ("0.00", "REJECT_CLASS", "HOUR-RATE")


def test_every_declared_figure_has_one_unit_in_all_packs() -> None:
    assert len(DECLARED) >= 142
    assert {"P-CERT", "P-APP", "P-ENT-CAT", "P-ENT-POST", "P-ENT-ONL", "CLAIM", "CEILING", "BUDGET"} <= set(EVALUATORS)
