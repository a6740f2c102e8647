"""Every rule: its own cases, its words, its file, and the order of the registry."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.subsidy.ordinary import answer_of, case_of, claim_of
from training_admin.kit.rulebook import Case, Rule, Unknown
from training_admin.policy.packs import DEFAULT_PACK, load_pack
from training_admin.subsidy import rules
from training_admin.subsidy.assess import assess
from training_admin.subsidy.record import LineOutcome
from training_admin.subsidy.rules import RULES

FOLDER = Path(rules.__file__).parent
READING_ORDER = (
    "ENT-01 ENT-04 ENT-06 FILE-01 TR-01 TR-02 CLS-02 CLS-04 ATT-01 EXAM-01 CLAIM-01 CLAIM-04 "
    "ENT-12 VER-01 DUP-01 FREQ-01 FREQ-02 FREQ-03 FREQ-04 WD-02 CEIL-01 CEIL-04"
)
CASES = [pytest.param(rule, case, id=f"{rule.id} {case.label}") for rule in RULES for case in rule.cases]


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_a_case_gives_the_answer_it_says(rule: Rule[Any, Any], case: Case) -> None:
    assert answer_of(rule, case_of(case.given)) == case.answer


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_cases_for_every_answer_it_can_give(rule: Rule[Any, Any]) -> None:
    answers = {case.answer.partition(":")[0] for case in rule.cases}
    source = next(FOLDER.glob(f"{rule.id.lower().replace('-', '_')}_*.py")).read_text("utf-8")
    can_answer = {"passed"} if "PASSED" in source else set()
    can_answer |= {
        tag for tag, name in (("not_applicable", "NotApplicable("), ("unknown", "Unknown("), ("failed", "Failed(")) if name in source
    }
    assert answers == can_answer


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_sentences_of_a_rule_use_only_recorded_figures(rule: Rule[Any, Any]) -> None:
    failed = [case for case in rule.cases if case.answer.startswith("failed")]
    for case in failed:
        facts = case_of(case.given)
        record = assess(facts)
        found = [
            finding
            for finding in (*record.findings, *record.classes[0].findings, *record.lines[0].findings)
            if finding.rule == rule.id and finding.answer == "failed"
        ]
        words = set(re.findall(r"\{(\w+)\}", rule.reason + rule.would_pass))
        assert found, case.label
        assert words <= found[0].figures.keys(), case.label


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_that_can_be_unknown_says_so(rule: Rule[Any, Any]) -> None:
    can_be_unknown = any(case.answer == Unknown.__struct_config__.tag for case in rule.cases)
    assert bool(rule.unknown) is can_be_unknown
    assert not can_be_unknown or "{missing}" in rule.unknown


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_figures_of_a_rule_stand_in_the_default_pack(rule: Rule[Any, Any]) -> None:
    assert set(rule.figures) <= load_pack(DEFAULT_PACK).values.keys()


def test_the_registry_stands_in_reading_order_and_equals_the_folder() -> None:
    assert [rule.id for rule in RULES] == READING_ORDER.split()
    files = {re.sub(r"^([a-z]+)_(\d\d)_.*", r"\1-\2", file.stem).upper() for file in FOLDER.glob("*_*.py") if file.stem != "__init__"}
    assert files == {rule.id for rule in RULES}


def test_an_ordinary_claim_passes_every_rule() -> None:
    record = assess(claim_of())
    assert [line.outcome for line in record.lines] == [LineOutcome.PAY]
    assert not record.findings
    assert not record.classes[0].findings
    assert not record.lines[0].findings
