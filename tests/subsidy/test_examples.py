"""Examples of classes, claims, ceilings and persons beyond the worked ones: defaults, combinations, refusals by name."""

import json
from typing import Any

import pytest

from training_admin.policy.examples import ExamplesUnreadable, run_file
from training_admin.wiring import workbench

ONLINE = {"profile": "sh-online-2020-2022", "on": "2022-03-01"}
TIANJIN = {"profile": "tianjin-2022", "on": "2023-03-01"}
FIRM = {"size": "L", "levy_prev_year": 100000}
CATALOG = {"id": "K1", "type": "CATALOG", "std_amount": 2000, "urgent": True, "enrolled": 25, "payable_people": 22, "allowable_cost": 50000}
POST = {"id": "K2", "type": "POST", "hours": 40, "enrolled": 30, "passed": 29, "total_cost": 24000}


def run(product: str, inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    example = {"id": "X", "product": product, "on": "2026-03-02", "inputs": inputs, **more}
    return run_file(json.dumps([example]).encode(), workbench())[0].got


def where(product: str, inputs: dict[str, Any], **more: Any) -> str:
    with pytest.raises(ExamplesUnreadable) as refusal:
        run(product, inputs, **more)
    place: str = refusal.value.extra["problems"][0]["where"]
    return place


def parts(got: dict[str, Any]) -> tuple[str, str, str | None]:
    return got["amount"], got["outcome"], got.get("reason")


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        pytest.param({}, ("1600.00", "PAY", None), id="one person, full hours"),
        pytest.param({"enrolled": 10, "passed": 9}, ("14400.00", "PAY", None), id="nine of ten pass"),
        pytest.param({"exam_passed": False}, ("0.00", "REJECT_LINE", "EXAM-01"), id="test failed"),
        pytest.param({"enrolled": 5, "passed": 0}, ("0.00", "REJECT_LINE", "EXAM-01"), id="nobody passes"),
        pytest.param({"used_this_year": 2}, ("1600.00", "PAY", None), id="third of the year"),
        pytest.param({"used_this_year": 3}, ("0.00", "REJECT_LINE", "FREQ-01"), id="fourth of the year"),
        pytest.param({"enrolled": 10, "passed": 9, "over_frequency": 2}, ("11200.00", "PAY", None), id="two too often"),
        pytest.param({"enrolled": 9, "passed": 9, "payable_people": 5, "over_frequency": 2}, ("8000.00", "PAY", None), id="five payable"),
        pytest.param({"delivered_hours": 60, "attended_hours": 10}, ("0.00", "REJECT_CLASS", "ENT-12"), id="class before line"),
        pytest.param({"online_hours": 61, "delivered_hours": 120}, ("1120.00", "PAY", None), id="too much online: base price"),
        pytest.param({"online_hours": 60, "planned_hours": 100, "delivered_hours": 120}, ("1120.00", "PAY", None), id="half of planned"),
        pytest.param({"delivered_hours": 90, "base_amount": 1500}, ("1200.00", "PAY", None), id="base amount of the item"),
        pytest.param({"worker_relation": "DISPATCHED_HERE"}, ("1600.00", "PAY", None), id="using unit claims"),
        pytest.param({"relation": "DISPATCHED_TO_OTHER"}, ("0.00", "REJECT_LINE", "ENT-04"), id="sent elsewhere"),
        pytest.param(
            {"relation": "DISPATCHED_HERE", "claimant_type": "DISPATCH_AGENCY"}, ("0.00", "REJECT_LINE", "ENT-04"), id="agency as user"
        ),
        pytest.param({"claimant_type": "DISPATCH_AGENCY"}, ("1600.00", "PAY", None), id="agency claims its own staff"),
    ],
)
def test_a_catalog_class(inputs: dict[str, Any], expected: tuple[str, str, str | None]) -> None:
    assert parts(run("P-ENT-CAT", {"std_amount": 2000, "std_hours": 120, "urgent": True, "cost_per_head": 3000, **inputs})) == expected


@pytest.mark.parametrize(
    ("costs", "per_head"),
    [
        pytest.param({"cost_per_head": 1000}, "800.00", id="per head"),
        pytest.param({"total_cost": 20000, "disallowed": [{"item": "gifts", "amount": 5000}, {"amount": "0.01"}]}, "599.99", id="total"),
        pytest.param({"total_cost": 100, "disallowed": [{"amount": 200}]}, "0.00", id="more refused than spent"),
        pytest.param({"allowable_cost": 20000}, "800.00", id="allowable"),
        pytest.param({"allowable_cost": 20000, "override": {"ent.cost.denominator": "PASSED"}}, "1000.00", id="divided by passed"),
        pytest.param({"cost_per_head": 1000, "override": {"ent.cost.denominator": "PASSED"}}, "800.00", id="per head stays"),
        pytest.param({"override": {"ent.line.mode": "STD_ONLY"}}, "1600.00", id="no cost needed"),
    ],
)
def test_costs_of_a_class(costs: dict[str, Any], per_head: str) -> None:
    got = run("P-ENT-CAT", {"std_amount": 2000, "urgent": True, "enrolled": 20, "passed": 16, **costs})
    assert got["per_head"] == per_head


def test_people_who_are_not_told_are_one_person() -> None:
    assert run("P-ENT-CAT", {"std_amount": 2000, "urgent": True, "enrolled": 20, "total_cost": 36000})["amount"] == "1440.00"
    assert run("P-ENT-CAT", {"std_amount": 2000, "urgent": True, "passed": 20, "total_cost": 36000})["amount"] == "28800.00"


def test_tests_are_held_unless_told_otherwise() -> None:
    assert run("P-ENT-POST", {"hours": 10, "cost_per_head": 1000})["amount"] == "225.00"
    assert run("P-ENT-POST", {"hours": "10.5", "mode": "THEORY", "practical_test": False, "cost_per_head": 1000})["amount"] == "136.00"
    assert where("P-ENT-POST", {"hours": 10, "mode": "OFFLINE", "cost_per_head": 1}) == "mode"


def test_a_professional_class_counts_what_was_paid_in_the_year() -> None:
    assert run("P-ENT-PRO", {"cost_per_head": 2000})["amount"] == "1000.00"
    assert run("P-ENT-PRO", {"cost_per_head": 2000, "paid_before": 700})["amount"] == "300.00"
    assert run("P-ENT-PRO", {"cost_per_head": 2000, "paid_before": 700, "hours": 8, "used_this_year": 2})["amount"] == "300.00"
    assert where("P-ENT-PRO", {}) == "cost_per_head"


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        pytest.param({"projects": [500, "700.50", {"cost_per_head": 640}, 100]}, ("1675.00", "PAY", None), id="fourth not paid"),
        pytest.param({"projects": [500, 700], "used_this_year": 2}, ("475.00", "PAY", None), id="only one left"),
        pytest.param({"projects": [500], "used_this_year": 3}, ("0.00", "REJECT_LINE", "ONL-02"), id="none left"),
        pytest.param({"projects": [100, 100], "passed": 3}, ("570.00", "PAY", None), id="three people, two projects"),
        pytest.param(
            {"projects": [{"cost_per_head": 100, "end": "2022-03-10"}, {"cost_per_head": 100, "start": "2022-03-10", "end": "2022-03-01"}]},
            ("95.00", "PAY", None),
            id="second overlaps",
        ),
        pytest.param(
            {"projects": [{"cost_per_head": 1, "end": "2022-05-01"}, {"cost_per_head": 1, "end": "2022-04-01"}]},
            ("1.90", "PAY", None),
            id="ends",
        ),
        pytest.param(
            {"first": {"end": "2022-06-20"}, "second": {"start": "2022-06-21", "cost_per_head": 400}}, ("380.00", "PAY", None), id="after"
        ),
        pytest.param(
            {"first": {"end": "2022-06-20", "cost_per_head": 100}, "second": {"start": "2022-06-20", "cost_per_head": 400}},
            ("95.00", "PAY", None),
            id="first is claimed too",
        ),
        pytest.param(
            {"cost_per_head": 100, "filing_approved": "2022-01-15", "training_end": "2022-04-16", "exam_passed": False},
            ("0.00", "REJECT_CLASS", "ONL-04"),
            id="class before line",
        ),
        pytest.param(
            {"cost_per_head": 100, "relation": "PLATFORM_WORKER", "exam_passed": False},
            ("0.00", "REJECT_LINE", "EXAM-01"),
            id="reading order",
        ),
        pytest.param({"cost_per_head": 100, "relation": "PLATFORM_WORKER"}, ("0.00", "REJECT_LINE", "ONL-05"), id="no platform"),
        pytest.param({"projects": [500, 500], "override": {"online.max_times_year": 1}}, ("475.00", "PAY", None), id="limit replaced"),
    ],
)
def test_online_projects(inputs: dict[str, Any], expected: tuple[str, str, str | None]) -> None:
    assert parts(run("P-ENT-ONL", inputs, **ONLINE)) == expected


def test_online_inputs_that_say_too_little_or_too_much() -> None:
    assert where("P-ENT-ONL", {}, **ONLINE) == "cost_per_head"
    assert where("P-ENT-ONL", {"first": {"end": "2022-06-20"}}, **ONLINE) == "second"
    assert where("P-ENT-ONL", {"projects": [1], "second": {"cost_per_head": 1}}, **ONLINE) == "projects"
    assert where("P-ENT-ONL", {"projects": ["much"]}, **ONLINE) == "projects[0]"


@pytest.mark.parametrize(
    ("inputs", "amount", "cut"),
    [
        pytest.param({"computed": 60000}, "60000.00", "0.00", id="exactly the ceiling"),
        pytest.param({"computed": "60000.01"}, "60000.00", "0.01", id="one fen above"),
        pytest.param({"computed": 1000, "paid_before": 70000}, "0.00", "1000.00", id="more paid than the ceiling"),
        pytest.param({"computed": 5000, "levy_prev_year": 0, "override": {"ceil.min_amount": 2000}}, "2000.00", "3000.00", id="floor"),
        pytest.param({"computed": 100, "levy_prev_year": "0.99"}, "0.59", "99.41", id="ceiling rounded down"),
    ],
)
def test_ceilings(inputs: dict[str, Any], amount: str, cut: str) -> None:
    got = run("CEILING", {**FIRM, **inputs})
    assert (got["amount"], got["cut"], got["outcome"]) == (amount, cut, "PAY" if cut == "0.00" else "REDUCE")


def test_ceilings_from_taxes_not_delivered_and_absent() -> None:
    taxes = {"size": "M", "vat": 100000, "consumption_tax": 50000, "computed": 5000}
    assert run("CEILING", taxes)["amount"] == "2400.00"
    assert run("CEILING", {**taxes, "month_sales": 100000})["amount"] == "0.00"
    assert parts(run("CEILING", {"size": "M", "levy_prev_year": None, "computed": 1})) == ("0.00", "HOLD", "CEIL-01")
    assert run("CEILING", {**FIRM, "computed": 99}, **TIANJIN)["amount"] == "99.00"
    assert where("CEILING", {"size": "M", "computed": 1}) == "levy_prev_year"
    assert where("CEILING", {**FIRM, "size": "XL", "computed": 1}) == "size"


def test_spreading_leaves_lines_at_zero_out_and_sums_up() -> None:
    got = run("CEILING-SPREAD", {"lines": [0, 100, 100, 100], "ceiling_left": 100})
    assert (got["lines"], got["amount"], got["outcome"]) == (["0.00", "33.34", "33.33", "33.33"], "100.00", "REDUCE")
    assert run("CEILING-SPREAD", {"lines": [1, 2], "ceiling_left": 3})["outcome"] == "PAY"
    assert run("CEILING-SPREAD", {"lines": [0], "ceiling_left": 3})["lines"] == ["0.00"]


def test_a_claim_adds_classes_of_every_kind() -> None:
    pro = {"id": "K4", "type": "PRO", "cost_per_head": 500, "passed": 2, "enrolled": 2}
    hour = {"id": "K5", "type": "HOUR", "hours": 10, "passed": 2, "enrolled": 2}
    rates = {"hour_rate.per_hour": 25, "hour_rate.cap_per_project": 600, "hour_rate.hours_min": 8}
    got = run("CLAIM", {**FIRM, "classes": [CATALOG, POST, pro, hour], "override": rates})
    assert got["class_totals"] == {"K1": "35200.00", "K2": "18560.00", "K4": "800.00", "K5": "500.00"}
    assert (got["amount"], got["computed"], got["cut"]) == ("55060.00", "55060.00", "0.00")


def test_a_claim_whose_classes_are_refused_names_the_strongest() -> None:
    short = {**CATALOG, "id": "short", "std_hours": 120, "delivered_hours": 60}
    failed = {**POST, "exam_passed": False}
    assert parts(run("CLAIM", {**FIRM, "classes": [failed, short]})) == ("0.00", "REJECT_CLASS", "ENT-12")
    assert parts(run("CLAIM", {**FIRM, "classes": [failed]})) == ("0.00", "REJECT_LINE", "EXAM-01")
    online = {"id": "O", "type": "ONLINE", "passed": 2, "over_frequency": 2, "cost_per_head": 9, "profile": "sh-online-2020-2022"}
    assert parts(run("CLAIM", {**FIRM, "classes": [online]})) == ("0.00", "REJECT_LINE", "ONL-02")
    assert parts(run("CLAIM", {**FIRM, "classes": [{**POST, "over_frequency": 29}]})) == ("0.00", "REJECT_LINE", "FREQ-01")


def test_a_claim_waits_for_a_surcharge_that_was_not_delivered() -> None:
    got = run("CLAIM", {"size": "L", "levy_prev_year": None, "classes": [CATALOG]})
    assert (*parts(got), got["computed"]) == ("0.00", "HOLD", "CEIL-01", "35200.00")


def test_a_claim_without_ceiling_is_paid_whole() -> None:
    inputs = {**FIRM, "classes": [{"id": "O", "type": "ONLINE", "passed": 2, "enrolled": 2, "cost_per_head": 100}]}
    assert run("CLAIM", inputs, **ONLINE)["amount"] == "190.00"


@pytest.mark.parametrize(
    ("classes", "place"),
    [
        pytest.param([], "classes", id="no class"),
        pytest.param([CATALOG, CATALOG], "classes", id="one number twice"),
        pytest.param([{**CATALOG, "type": "CLUB"}], "classes[0].type", id="unknown kind"),
        pytest.param([{**CATALOG, "id": 3}], "classes[0]", id="number for a name"),
        pytest.param([CATALOG, {**POST, "price": 3}], "classes[1].price", id="unknown key"),
    ],
)
def test_claims_that_cannot_be_understood(classes: list[dict[str, Any]], place: str) -> None:
    assert where("CLAIM", {**FIRM, "classes": classes}) == place


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        pytest.param({"level": "4"}, ("1600.00", "PAY", None), id="level as text"),
        pytest.param({"certificate_type": "UNGRADED"}, ("800.00", "PAY", None), id="ungraded by type"),
        pytest.param({"certificate_type": "SPECIAL_ABILITY"}, ("800.00", "PAY", None), id="special ability"),
        pytest.param(
            {"level": 4, "occupation_code": "1", "history": [{"occupation_code": "1", "level": 3, "paid": False}]},
            ("1600.00", "PAY", None),
            id="not paid before",
        ),
        pytest.param(
            {"level": 4, "occupation_code": "1", "history": [{"occupation_code": "1", "level": 4, "fund": "UI"}]},
            ("0.00", "REJECT_LINE", "DUP-01"),
            id="another fund",
        ),
        pytest.param({"level": 4, "used_this_year": 3}, ("0.00", "REJECT_LINE", "FREQ-01"), id="too often"),
    ],
)
def test_certificates(inputs: dict[str, Any], expected: tuple[str, str, str | None]) -> None:
    assert parts(run("P-CERT", {"group": "E_EMPLOYEE", **inputs})) == expected


@pytest.mark.parametrize(
    ("inputs", "place"),
    [
        pytest.param({}, "level", id="no level"),
        pytest.param({"level": 6}, "level", id="no such level"),
        pytest.param({"level": 4, "group": "KING"}, "group", id="no such group"),
        pytest.param({"level": 4, "registered_group": "KING"}, "registered_group", id="no such registered group"),
        pytest.param({"level": 4, "certificate_type": "PAPER"}, "certificate_type", id="no such certificate"),
    ],
)
def test_certificates_that_cannot_be_understood(inputs: dict[str, Any], place: str) -> None:
    assert where("P-CERT", {"group": "E_EMPLOYEE", **inputs}) == place


def test_other_products_and_what_they_refuse() -> None:
    assert run("TJ-PROJECT", {"hours": 40}, **TIANJIN)["amount"] == "1000.00"
    directed = {"amount_each": 3000, "employed_after_months": 6}
    assert run("P-DIR", directed, profile="sh-directed-2024")["amount"] == "1500.00"
    assert run("TJ-LIVING", {}, **TIANJIN)["amount"] == "1000.00"
    assert run("TJ-TRAINING", {"std_amount": 100, "level": 1}, **TIANJIN)["amount"] == "100.00"
    assert run("TJ-SAFETY", {"events": ["RECHECK"]}, **TIANJIN)["amount"] == "100.00"
    assert where("TJ-TRAINING", {"std_amount": 100, "level": 3}, **TIANJIN) == "urgency"
    assert where("TJ-ASSESSMENT-FEE", {"class": "D", "level": 3}, **TIANJIN) == "class"
    assert where("TJ-SAFETY", {"events": ["FIRST"]}, **TIANJIN) == "events[0]"
    assert run("FIXED-RATE", {"passed": 3, "trained": 3, "rate": "10.50"}, profile="luliang-2021")["amount"] == "31.50"
    assert where("FIXED-RATE", {}) == "passed"
    assert where("FIXED-RATE", {"passed": 3, "level3": 1}) == "passed"
    assert where("FIXED-RATE", {"passed": 3, "trained": 2}) == "passed"
