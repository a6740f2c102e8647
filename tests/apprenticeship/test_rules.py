"""Every rule of an apprenticeship: its own cases, its words, its file, its figures."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from training_admin.apprenticeship import rules
from training_admin.apprenticeship.facts import Completion, Programme, ProgrammeContext
from training_admin.apprenticeship.rules import COMPLETION_RULES, FILING_RULES, RULES
from training_admin.kit.dated import FiguresOn
from training_admin.kit.rulebook import Case, Failed, Outcome, Rule
from training_admin.policy.packs import DEFAULT_PACK, load_pack

POLICY = load_pack(DEFAULT_PACK)
DAY = date(2026, 3, 2)
PROGRAMME = Programme(day=DAY, level="4", months=12, filed=4, contract_months=12)
COMPLETION = Completion(certified=4, completed_only=0, obtained_level="4", wage_ok=4)
CASES = [pytest.param(rule, case, id=f"{rule.id} {case.label}") for rule in RULES for case in rule.cases]
AnyRule = Rule[Programme, ProgrammeContext]


def part(given: dict[str, Any], name: str) -> dict[str, Any]:
    return {key.partition(".")[2]: value for key, value in given.items() if key.startswith(f"{name}.")}


def answer(rule: AnyRule, case: Case) -> Outcome:
    programme = msgspec.structs.replace(PROGRAMME, **part(case.given, "programme"))
    completion = msgspec.structs.replace(COMPLETION, **part(case.given, "completion"))
    return rule.check(programme, ProgrammeContext(completion, FiguresOn(POLICY, DAY)))


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_a_case_gives_the_answer_it_says(rule: AnyRule, case: Case) -> None:
    outcome = answer(rule, case)
    assert outcome.__struct_config__.tag == case.answer
    if isinstance(outcome, Failed):
        assert set(re.findall(r"\{(\w+)\}", rule.reason + rule.would_pass)) <= outcome.figures.keys()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_passing_and_failing_cases_and_known_figures(rule: AnyRule) -> None:
    assert {"passed", "failed"} <= {case.answer for case in rule.cases}
    assert set(rule.figures) <= POLICY.values.keys()


def test_the_registry_equals_the_folder() -> None:
    files = {re.sub(r"^([a-z]+)_(\d\d)_.*", r"\1-\2", file.stem).upper() for file in Path(rules.__file__).parent.glob("app_*.py")}
    assert files == {rule.id for rule in RULES}
    assert sorted(rule.id for rule in (*FILING_RULES, *COMPLETION_RULES)) == [rule.id for rule in RULES]
