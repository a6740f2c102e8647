"""Asking rules: run each rule on a subject and keep what did not simply pass."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from training_admin.kit.dated import NotInForce, Policy
from training_admin.kit.rulebook import PASSED, Effect, Failed, Outcome, Rule, Unknown
from training_admin.kit.workdays import NoCalendar
from training_admin.subsidy.record import Finding
from training_admin.subsidy.rules.ver_01_version_in_force import ver_01

AT_ASSESSMENT = "ASSESSMENT"


class Answers:
    """Findings, rules that do not apply, and the strongest effect (0 when nothing failed)."""

    __slots__ = ("effect", "findings", "not_applicable")

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.not_applicable: list[str] = []
        self.effect = 0


def in_force(rule: Rule[Any, Any], day: date, policy: Policy) -> bool:
    """Whether the rule speaks on the day and the pack has not left it out."""
    return rule.period.covers(day) and rule.id not in policy.rules_off


def ask(rules: Iterable[Rule[Any, Any]], subject: object, surroundings: object, policy: Policy) -> Answers:
    """The answers of the rules on one subject.

    A figure that is not in force makes VER-01 fail with its key; a missing calendar is reported by WD-02 alone.
    """
    answers = Answers()
    for rule in rules:
        try:
            outcome = rule.check(subject, surroundings)
        except NotInForce as gap:
            note_gap(answers, gap, policy)
            continue
        except NoCalendar:
            answers.not_applicable.append(rule.id)
            continue
        if outcome is not PASSED:
            _note(answers, rule, outcome, policy)
    return answers


def note_gap(answers: Answers, gap: NotInForce, policy: Policy) -> None:
    """Record a figure that is not in force as one VER-01 finding per figure."""
    if all(finding.figures.get("key") != gap.key for finding in answers.findings):
        _note(answers, ver_01, Failed({"key": gap.key, "day": gap.day.isoformat()}), policy)


def _note(answers: Answers, rule: Rule[Any, Any], outcome: Outcome, policy: Policy) -> None:
    if isinstance(outcome, Failed):
        effect = outcome.effect or _effect_of(rule, policy)
        answers.findings.append(Finding(rule.id, rule.version, "failed", effect.name, outcome.figures))
        answers.effect = max(answers.effect, effect)
    elif isinstance(outcome, Unknown):
        held = policy.holds.get(f"{rule.id}/{outcome.fact}") == AT_ASSESSMENT
        name = Effect.HOLD.name if held else ""
        finding = Finding(rule.id, rule.version, "unknown", name, fact=outcome.fact, missing=outcome.missing)
        answers.findings.append(finding)
        answers.effect = max(answers.effect, Effect.HOLD if held else 0)
    else:
        answers.not_applicable.append(rule.id)


def _effect_of(rule: Rule[Any, Any], policy: Policy) -> Effect:
    name = policy.effects.get(rule.id)
    return rule.effect if name is None else Effect[name]
