"""Every rule of an apprenticeship: its own cases, its words, its file, its figures, the stages at which it is asked."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.apprenticeship.ordinary import APPRENTICE, POLICY, PROGRAMME, answer_of, case_of
from training_admin.apprenticeship import rules
from training_admin.apprenticeship.facts import Stage
from training_admin.apprenticeship.rules import AT_SETTLEMENT_ONLY, RULES, rules_at
from training_admin.kit.rulebook import Case, Failed, Rule

FOLDER = Path(rules.__file__).parent
CASES = [pytest.param(rule, case, id=f"{rule.id} {case.label}") for rule in RULES for case in rule.cases]


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_a_case_gives_the_answer_it_says(rule: Rule[Any, Any], case: Case) -> None:
    outcome = answer_of(rule, case_of(case.given))
    assert msgspec.to_builtins(outcome)["type"] == case.answer
    if isinstance(outcome, Failed):
        assert set(re.findall(r"\{(\w+)\}", rule.reason + rule.would_pass)) <= outcome.figures.keys()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_cases_for_every_answer_it_can_give(rule: Rule[Any, Any]) -> None:
    source = next(FOLDER.glob(f"{rule.id.lower().replace('-', '_')}_*.py")).read_text("utf-8")
    names = {"passed": "PASSED", "not_applicable": "NotApplicable(", "unknown": "Unknown(", "failed": "Failed("}
    body = source[source.index("\ndef ") :]
    assert {case.answer for case in rule.cases} == {tag for tag, name in names.items() if name in body}
    assert bool(rule.unknown) is ("Unknown(" in body)
    assert not rule.unknown or "{missing}" in rule.unknown
    assert set(rule.figures) <= POLICY.values.keys()


def test_the_registry_equals_the_folder_and_stands_in_reading_order() -> None:
    files = {re.sub(r"^([a-z]+)_(\d\d)_.*", r"\1-\2", file.stem).upper() for file in FOLDER.glob("*_*.py") if file.stem != "__init__"}
    ids = [rule.id for rule in RULES]
    assert files == set(ids)
    assert ids == sorted(ids)
    assert {f"APP-{number:02}" for number in range(1, 18)} <= files


def test_the_advance_asks_what_the_filing_shows_and_the_settlement_asks_all() -> None:
    assert rules_at(Stage.SETTLEMENT) == RULES
    assert {rule.id for rule in RULES} - {rule.id for rule in rules_at(Stage.ADVANCE)} == AT_SETTLEMENT_ONLY
    assert {"APP-05", "APP-14", "APP-15", "APP-16", "APP-26"} == AT_SETTLEMENT_ONLY


def test_an_ordinary_programme_passes_every_rule_that_speaks() -> None:
    found = {rule.id: msgspec.to_builtins(answer_of(rule, case_of({})))["type"] for rule in RULES}
    assert set(found.values()) - {"passed"} == {"not_applicable"}
    assert [rule for rule, answer in found.items() if answer != "passed"] == ["APP-26"]


def test_each_month_has_its_own_minimum_wage() -> None:
    """A programme over 1 July 2025: 2,690 yuan before, 2,740 from then on."""
    months = [*(f"2025-{month:02}" for month in range(3, 13)), "2026-01", "2026-02"]
    wages = {month: 269_000 if month < "2025-07" else 274_000 for month in months}
    (wage,) = [rule for rule in RULES if rule.id == "APP-05"]
    for month, fen, answer in (("2025-06", 269_000, "passed"), ("2025-06", 268_999, "failed"), ("2025-07", 273_999, "failed")):
        done = tuple(
            msgspec.structs.replace(APPRENTICE.months[0], month=each, net_wage_fen=fen if each == month else wages[each]) for each in months
        )
        case = case_of({"programme.start": "2025-03-02", "programme.day": "2025-03-02", "apprentice.contract_start": "2025-01-01"})
        person = msgspec.structs.replace(case.programme.apprentices[0], months=done)
        outcome = answer_of(wage, msgspec.structs.replace(case, programme=msgspec.structs.replace(case.programme, apprentices=(person,))))
        assert msgspec.to_builtins(outcome)["type"] == answer


def test_a_term_has_as_many_months_as_it_has() -> None:
    assert PROGRAMME.term_months == APPRENTICE.insured_here
    assert len(PROGRAMME.term_months) == PROGRAMME.months
    assert PROGRAMME.end.isoformat() == "2027-03-01"
