"""Asking rules: run each rule on a subject and keep what did not simply pass."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from training_admin.kit.dated import NotInForce, Policy
from training_admin.kit.rulebook import PASSED, Effect, Failed, Outcome, Rule, Unknown
from training_admin.kit.workdays import NoCalendar
from training_admin.subsidy.context import NEVER_PAID, ClassContext, History, HistoryCheck, LineCheck
from training_admin.subsidy.facts import LineFacts
from training_admin.subsidy.record import Finding
from training_admin.subsidy.rules.claim_04_repeated_person import claim_04
from training_admin.subsidy.rules.ver_01_version_in_force import ver_01

AT_ASSESSMENT = "ASSESSMENT"
# By the number of the effect: asking a member for its name costs more than all else that is noted.
EFFECT_NAMES = ("", *(each.name for each in Effect))
LineRule = Rule[LineFacts, ClassContext]
FOUND = (Failed, Unknown)
Answer = Outcome | NotInForce
LinesAsked = Callable[[Sequence[LineFacts]], Sequence[Answer]]
HistoryAsked = Callable[[History], Answer]


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
    if isinstance(outcome, FOUND):
        finding, effect = _finding(rule, outcome, policy)
        answers.findings.append(finding)
        answers.effect = max(answers.effect, effect)
    else:
        answers.not_applicable.append(rule.id)


def _finding(rule: Rule[Any, Any], outcome: Failed | Unknown, policy: Policy) -> tuple[Finding, int]:
    """What is recorded of a rule that did not simply pass, and its effect."""
    effect: int
    if isinstance(outcome, Failed):
        effect = outcome.effect or _effect_of(rule, policy)
        return Finding(rule.id, rule.version, "failed", EFFECT_NAMES[effect], outcome.figures), effect
    held = policy.holds.get(f"{rule.id}/{outcome.fact}") == AT_ASSESSMENT
    effect = Effect.HOLD if held else 0
    return Finding(rule.id, rule.version, "unknown", EFFECT_NAMES[effect], fact=outcome.fact, missing=outcome.missing), effect


def _effect_of(rule: Rule[Any, Any], policy: Policy) -> Effect:
    name = policy.effects.get(rule.id)
    return rule.effect if name is None else Effect[name]


class LineAnswers(msgspec.Struct, frozen=True, gc=False):
    """The answers of all rules on one line; lines about which the rules say the same share one."""

    findings: tuple[Finding, ...]
    not_applicable: tuple[str, ...]
    effect: int


class LineRules:
    """The line rules of one class, made ready once: each check is bound to the class and asked about all lines in a row.

    The rules that look only at what a person was paid for are asked once for all persons who never were. A repeated row runs
    CLAIM-04 and no other rule (part 15); any other row passes it.
    """

    __slots__ = ("_context", "_history_checks", "_line_checks", "_never_paid", "_policy", "_rules")

    def __init__(self, rules: Iterable[LineRule], context: ClassContext) -> None:
        asked = [each for each in rules if each is not claim_04]
        checks = [each.check for each in asked]
        assert checks == sorted(checks, key=lambda check: isinstance(check, HistoryCheck)), "rules of the history close the list"
        self._rules = asked
        self._context = context
        self._policy = context.claim.policy
        self._line_checks = [_line_check(check, context) for check in checks if isinstance(check, LineCheck)]
        self._history_checks = [_history_check(check, context) for check in checks if isinstance(check, HistoryCheck)]
        self._never_paid = [check(NEVER_PAID) for check in self._history_checks]

    def ask(self, lines: Sequence[LineFacts]) -> list[LineAnswers]:
        """The answers on lines of the class, in their order.

        Nearly all lines get the same outcome from a rule, and were never paid: only the exceptions are looked at one by one.
        """
        if not lines:
            return []
        usual: list[Answer] = []
        exceptions: dict[int, dict[int, Answer]] = {}
        for place, check in enumerate(self._line_checks):
            outcomes = _asked(check, lines)
            common = outcomes[0]
            if outcomes.count(common) < len(outcomes):
                common = PASSED
                for number, outcome in enumerate(outcomes):
                    if outcome is not PASSED:
                        exceptions.setdefault(number, {})[place] = outcome
            usual.append(common)
        for number in [number for number, line in enumerate(lines) if line.payments]:
            if changes := self._changed_by_history(lines[number], len(usual)):
                exceptions.setdefault(number, {}).update(changes)
        usual += self._never_paid
        ordinary = self._collected(usual)
        answers = [ordinary] * len(lines)
        for number, changes in exceptions.items():
            answers[number] = self._exceptional(usual, ordinary, changes)
        return answers

    def _changed_by_history(self, line: LineFacts, first_place: int) -> dict[int, Answer]:
        history = self._context.history(line)
        outcomes = [_asked_history(check, history) for check in self._history_checks]
        pairs = enumerate(zip(outcomes, self._never_paid, strict=True), start=first_place)
        return {place: outcome for place, (outcome, usual) in pairs if outcome is not usual}

    def _exceptional(self, usual: Sequence[Answer], ordinary: LineAnswers, changes: Mapping[int, Answer]) -> LineAnswers:
        """The answers on a line for which some rules, that else pass, say something: `changes` by the rule's place."""
        findings, strongest = [], 0
        for place, outcome in changes.items():
            if ordinary.findings or not isinstance(outcome, FOUND):
                return self._collected([changes.get(place, each) for place, each in enumerate(usual)])
            finding, effect = _finding(self._rules[place], outcome, self._policy)
            findings.append(finding)
            strongest = max(strongest, effect)
        assert findings, "an exception is one"
        return LineAnswers(tuple(findings), ordinary.not_applicable, strongest)

    def repeated(self, line: LineFacts) -> LineAnswers:
        """The answer on a row whose person stands in the class already."""
        answers = Answers()
        _note(answers, claim_04, claim_04.check(line, self._context), self._policy)
        return LineAnswers(tuple(answers.findings), (), answers.effect)

    def ask_again(self, line: LineFacts) -> LineAnswers:
        """The answers on one line, once an earlier class of the claim pays for the person."""
        history = self._context.history(line)
        outcomes = [_asked(check, [line])[0] for check in self._line_checks]
        outcomes += [_asked_history(check, history) for check in self._history_checks]
        return self._collected(outcomes)

    def _collected(self, outcomes: Iterable[Answer]) -> LineAnswers:
        answers = Answers()
        for rule, outcome in zip(self._rules, outcomes, strict=True):
            if isinstance(outcome, NotInForce):
                note_gap(answers, outcome, self._policy)
            elif outcome is not PASSED:
                _note(answers, rule, outcome, self._policy)
        return LineAnswers(tuple(answers.findings), tuple(answers.not_applicable), answers.effect)


def _line_check(check: LineCheck, context: ClassContext) -> LinesAsked:
    """The check for the lines of one class; a figure that the class needs and lacks is the answer for each of them."""
    try:
        return check.bind(context)
    except NotInForce as gap:
        missing = gap
        return lambda lines: [missing] * len(lines)


def _history_check(check: HistoryCheck, context: ClassContext) -> HistoryAsked:
    try:
        return check.bind(context)
    except NotInForce as gap:
        missing = gap
        return lambda _history: missing


def _asked(check: LinesAsked, lines: Sequence[LineFacts]) -> Sequence[Answer]:
    """The answers on lines; one that needs a figure which is not there is told from the others."""
    try:
        return check(lines)
    except NotInForce as gap:
        return [gap] if len(lines) == 1 else [_asked(check, [line])[0] for line in lines]


def _asked_history(check: HistoryAsked, history: History) -> Answer:
    try:
        return check(history)
    except NotInForce as gap:
        return gap
