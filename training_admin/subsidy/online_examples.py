"""Examples of online training: P-ENT-ONL, and online classes inside a claim."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from training_admin.catalog.facts import STREAM_GENERAL
from training_admin.kit.dated import Policy
from training_admin.kit.money import yuan
from training_admin.kit.rulebook import Effect
from training_admin.kit.steps import FailedRule
from training_admin.policy.examples import Evaluator, ExampleContext, Got, InputProblem, answer, read_inputs
from training_admin.subsidy.class_examples import (
    FULL_CENTIHOURS,
    ONLINE,
    ClassInputs,
    ExampleClass,
    assess_class,
    outcome_of,
    reason_of,
    relation_of,
)
from training_admin.subsidy.online import OnlineProject, limit_times, online_failures
from training_admin.subsidy.record import AssessmentRecord, LineOutcome

ASKED_ONLINE = ("ENT-04", "EXAM-01", "VER-01")
FREQUENCY, TIMES = "FREQ-01", "ONL-02"


class ProjectInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One project among several: cost per head in yuan, first and last day."""

    cost_per_head: Decimal | None = None
    start: date | None = None
    end: date | None = None


class OnlineInputs(ClassInputs, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One online project, several one after the other (`projects`), or a second one after a first."""

    projects: tuple[ProjectInputs | Decimal, ...] = ()
    first: ProjectInputs | None = None
    second: ProjectInputs | None = None
    filing_approved: date | None = None
    training_start: date | None = None
    training_end: date | None = None
    claimed_on: date | None = None


class Decided(msgspec.Struct, frozen=True):
    """What becomes of one project: outcome, payable fen, price per head, the rule that refuses."""

    outcome: str
    payable_fen: int
    per_head_fen: int
    reason: str | None


def online_class(given: ClassInputs, name: str = ONLINE) -> ExampleClass:
    """An online class, priced by the share of its cost up to the cap."""
    return ExampleClass(given, STREAM_GENERAL, ONLINE, FULL_CENTIHOURS, name=name, asked=ASKED_ONLINE)


def assess_online(each: ExampleClass, policy: Policy, context: ExampleContext) -> AssessmentRecord:
    """The assessment of an online class: by its own formula, and with the programme's times a year (ONL-02)."""
    return assess_class(each, msgspec.structs.replace(limit_times(policy), formulas={}), context)


def refusing_rule(record: AssessmentRecord, outcome: LineOutcome) -> str | None:
    """The rule that refuses a class; for an online class the frequency rule goes by the programme's id."""
    reason = reason_of(record, outcome)
    return TIMES if reason == FREQUENCY and record.classes[0].stream == STREAM_GENERAL else reason


def online_example(inputs: Mapping[str, Any], context: ExampleContext) -> Got:
    """P-ENT-ONL: ONL-01 … ONL-05, ENT-04."""
    given = read_inputs(inputs, OnlineInputs)
    decided = _decide_all(given, _projects(given), context)
    payable_fen = sum(each.payable_fen for each in decided)
    paying = [each for each in decided if each.outcome == LineOutcome.PAY.value]
    worst = paying[0] if paying else max(decided, key=lambda each: Effect[each.outcome])
    got = answer(worst.outcome, payable_fen, reason=worst.reason, per_head=worst.per_head_fen)
    got["lines"] = [yuan(each.payable_fen) for each in decided]
    return got


def _projects(given: OnlineInputs) -> list[ProjectInputs]:
    """The projects claimed, in order; a first one without cost only says when it ended."""
    several = [each if isinstance(each, ProjectInputs) else ProjectInputs(each) for each in given.projects]
    pair = [each for each in (given.first, given.second) if each is not None]
    if several and pair:
        raise InputProblem("projects", "不能同时给出 first、second")
    if several or pair:
        return several or pair
    return [ProjectInputs(given.cost_per_head, given.training_start, given.training_end)]


def _decide_all(given: OnlineInputs, projects: Sequence[ProjectInputs], context: ExampleContext) -> list[Decided]:
    decided: list[Decided] = []
    used, previous_end = given.used_this_year, None
    for each in projects:
        if each.cost_per_head is not None or each is not given.first:
            found = _decide(given, each, used, previous_end, context)
            decided.append(found)
            used += found.outcome == LineOutcome.PAY.value
        if each.end is not None:
            previous_end = each.end if previous_end is None else max(previous_end, each.end)
    if not decided:
        raise InputProblem("second", "缺少这个键")
    return decided


def _decide(given: OnlineInputs, each: ProjectInputs, used: int, previous_end: date | None, context: ExampleContext) -> Decided:
    cost = given.cost_per_head if each.cost_per_head is None else each.cost_per_head
    priced = msgspec.structs.replace(given, cost_per_head=cost, used_this_year=used)
    record = assess_online(online_class(priced), context.policy, context)
    project = OnlineProject(
        day=context.day,
        start=each.start,
        end=given.training_end if each.end is None else each.end,
        previous_end=previous_end,
        filing_approved=given.filing_approved,
        claimed_on=given.claimed_on,
        relation=relation_of(given),
        claimant_kind=given.claimant_type,
    )
    return _decided(record, online_failures(project, context.policy, context.calendar))


def _decided(record: AssessmentRecord, failures: Sequence[FailedRule]) -> Decided:
    """The strongest effect of the rules of claims and of the programme; the rules of claims are read first."""
    outcome = outcome_of(record)
    per_head_fen = record.classes[0].per_head_fen
    payable_fen = sum(line.payable_fen for line in record.lines)
    strongest = max((each.effect for each in failures), default=None)
    if strongest is None or (outcome is not LineOutcome.PAY and Effect[outcome.value] >= strongest):
        return Decided(outcome.value, payable_fen, per_head_fen, refusing_rule(record, outcome))
    reason = next(each.rule for each in failures if each.effect is strongest)
    return Decided(strongest.name, 0, per_head_fen, reason)


PRODUCTS: dict[str, Evaluator] = {"P-ENT-ONL": online_example}
