"""Line rules asked class by class say of each line what each rule says of it alone."""

from datetime import date
from typing import Any

import msgspec
import pytest

from tests.subsidy.ordinary import CLASS, ENTERPRISE, ITEM, LINE, claim_of
from training_admin.catalog.parameters import ATT_PERSON_MIN, FILE_BEFORE_START_WORKDAYS
from training_admin.fund.facts import EMPLOYMENT_FUND, PaidTraining
from training_admin.kit.dated import NotInForce, Parameter
from training_admin.kit.rulebook import PASSED, Failed, Unknown
from training_admin.subsidy.assess import ask_lines, assess, class_works
from training_admin.subsidy.facts import ClaimFacts, LineFacts
from training_admin.subsidy.parameters import (
    ENT_DISPATCH_ONLY_EXCLUDED,
    FREQ_MAX_LIFETIME_EMPFUND,
    FREQ_MAX_PER_YEAR,
    TR_AGE_MIN,
)
from training_admin.subsidy.record import Finding, LineOutcome
from training_admin.subsidy.rules import LINE_RULES
from training_admin.subsidy.rules.claim_04_repeated_person import claim_04

OCCUPATION_PAID = PaidTraining(person="", occupation="6-18-02-04", level="4", paid_on=date(2026, 1, 20), fund="LES", amount_fen=90_000)
OTHER_FUND_PAID = msgspec.structs.replace(OCCUPATION_PAID, fund="UI")
DIFFERENT: tuple[dict[str, Any], ...] = (
    {},
    {"relation": "DISPATCHED_HERE"},
    {"relation": "DISPATCHED_TO_OTHER", "exam_result": "缺考"},
    {"relation": "PLATFORM_WORKER"},
    {"insured_here": ("2026-03",)},
    {"birth": None, "sex": None},
    {"birth": None, "sex": None, "attended_centihours": 1},
    {"birth": date(1973, 6, 15), "sex": "F"},
    {"birth": date(2010, 3, 10), "attended_centihours": 1},
    {"payments": (OCCUPATION_PAID,)},
    {"payments": (OTHER_FUND_PAID,), "exam_result": "不合格"},
    {"payments": (msgspec.structs.replace(OCCUPATION_PAID, occupation=None, level=None),)},
    {"payments": (OCCUPATION_PAID,) * 3},
    {"first_row": 5},
)
LINES: tuple[LineFacts, ...] = tuple(
    msgspec.structs.replace(LINE, row=5 + number, person=f"p{number}", **changes) for number, changes in enumerate(DIFFERENT)
)
AGENCY = msgspec.structs.replace(ENTERPRISE, kind="DISPATCH_AGENCY")


def without(facts: ClaimFacts, parameter: Parameter[Any]) -> ClaimFacts:
    """The claim under a policy that never had the figure."""
    values = {key: value for key, value in facts.policy.values.items() if key != parameter.key}
    return msgspec.structs.replace(facts, policy=msgspec.structs.replace(facts.policy, values=values))


def said_alone(facts: ClaimFacts, line: LineFacts) -> tuple[list[str], list[str]]:
    """Rules with findings and rules that do not apply, each rule asked about the line alone; a missing figure is VER-01, once."""
    context = class_works(facts, {})[line.class_no].context
    findings: list[str] = []
    not_applicable: list[str] = []
    for rule in LINE_RULES if line.first_row is None else (claim_04,):
        try:
            outcome = rule.check(line, context)
        except NotInForce as gap:
            findings += [name for name in [f"VER-01 {gap.key}"] if name not in findings]
            continue
        if isinstance(outcome, Failed | Unknown):
            findings.append(rule.id)
        elif outcome is not PASSED:
            not_applicable.append(rule.id)
    return findings, not_applicable


def named(finding: Finding) -> str:
    return f"VER-01 {finding.figures['key']}" if finding.rule == "VER-01" else finding.rule


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(claim_of(LINES), id="各不相同的行"),
        pytest.param(claim_of(LINES[::-1]), id="特殊的行在先"),
        pytest.param(claim_of(LINES, (msgspec.structs.replace(CLASS, end=date(2026, 6, 30)),)), id="全班缺少社保月份"),
        pytest.param(claim_of(LINES, (msgspec.structs.replace(CLASS, item=None),)), id="没有目录项目"),
        pytest.param(
            claim_of(LINES, (msgspec.structs.replace(CLASS, item=msgspec.structs.replace(ITEM, fund=EMPLOYMENT_FUND)),)),
            id="就业补助资金",
        ),
        pytest.param(claim_of(()), id="没有行"),
    ],
)
@pytest.mark.parametrize(
    "missing",
    [None, ATT_PERSON_MIN, TR_AGE_MIN, ENT_DISPATCH_ONLY_EXCLUDED, FREQ_MAX_PER_YEAR, FREQ_MAX_LIFETIME_EMPFUND],
    ids=lambda parameter: "数值齐全" if parameter is None else f"缺 {parameter.key}",
)
def test_lines_asked_together_get_the_answers_of_each_rule_asked_alone(facts: ClaimFacts, missing: Parameter[Any] | None) -> None:
    facts = msgspec.structs.replace(facts, enterprise=AGENCY)
    if missing is not None:
        facts = without(facts, missing)
    asked = ask_lines(facts.lines, class_works(facts, {}))
    assert asked.keys() == {line.row for line in facts.lines}
    for line in facts.lines:
        answers = asked[line.row]
        assert ([named(finding) for finding in answers.findings], list(answers.not_applicable)) == said_alone(facts, line)


def test_a_person_whom_an_earlier_class_of_the_claim_pays_is_asked_again() -> None:
    second = msgspec.structs.replace(CLASS, class_no="SY2026-A02", start=date(2026, 3, 10))
    again = msgspec.structs.replace(LINE, row=6, class_no=second.class_no, birth=None)
    record = assess(claim_of((LINE, again), (CLASS, second)))
    assert [[finding.rule for finding in line.findings] for line in record.lines] == [[], ["TR-02", "FREQ-02"]]
    assert [finding.answer for finding in record.lines[1].findings] == ["unknown", "failed"]


@pytest.mark.parametrize("years", [3000, 100_000])
def test_a_minimum_age_beyond_the_calendar_refuses_everyone(years: int) -> None:
    facts = claim_of()
    before = facts.policy.values[TR_AGE_MIN.key][-1]
    values = {**facts.policy.values, TR_AGE_MIN.key: (msgspec.structs.replace(before, value=years),)}
    record = assess(msgspec.structs.replace(facts, policy=msgspec.structs.replace(facts.policy, values=values)))
    assert [finding.rule for finding in record.lines[0].findings] == ["TR-02"]


def test_a_figure_that_two_rules_of_a_class_need_and_the_policy_lacks_is_told_once_and_holds_the_class() -> None:
    record = assess(without(claim_of(), FILE_BEFORE_START_WORKDAYS))
    assert [named(finding) for finding in record.classes[0].findings] == [f"VER-01 {FILE_BEFORE_START_WORKDAYS.key}"]
    assert record.lines[0].outcome is LineOutcome.HOLD
