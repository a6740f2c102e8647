"""What a person reads of a decision: answers of rules, steps of amounts, figures with their standing, all in words."""

import msgspec


class ClauseShown(msgspec.Struct, frozen=True):
    """A clause in words with both standings; `assumed` marks what is no law here."""

    paper: str
    article: str
    text: str
    standing: str
    local_standing: str
    assumed: bool


class FigureShown(msgspec.Struct, frozen=True):
    """A policy figure as it stood when it was used."""

    key: str
    name: str
    value: str
    unit: str
    period: str
    paper: str
    standing: str
    local_standing: str
    assumed: bool


class StepShown(msgspec.Struct, frozen=True):
    """One step of an amount: the formula with its numbers; `result_fen` is what the record holds."""

    rule: str
    label: str
    formula: str
    result_fen: int
    figures: tuple[str, ...]


class RuleAnswer(msgspec.Struct, frozen=True):
    """What one rule answered; `sentence` gives the recorded numbers, `would_pass` is empty unless it failed or is unknown."""

    rule: str
    title: str
    scope: str
    scope_words: str
    answer: str
    answer_words: str
    effect: str
    effect_words: str
    sentence: str
    would_pass: str
    clause: ClauseShown
    figures: tuple[FigureShown, ...]


class LineShown(msgspec.Struct, frozen=True):
    """The decision on one roster row, clause by clause in reading order, those of class and claim included."""

    row: int
    class_no: str
    outcome: str
    outcome_words: str
    computed_fen: int
    payable_fen: int
    note: str
    reasons: tuple[RuleAnswer, ...]
    answers: tuple[RuleAnswer, ...]
    steps: tuple[StepShown, ...]
    figures: tuple[FigureShown, ...]


class ClassShown(msgspec.Struct, frozen=True):
    """The decision on one class: its answers, and how the price per head comes about."""

    class_no: str
    answers: tuple[RuleAnswer, ...]
    steps: tuple[StepShown, ...]
    figures: tuple[FigureShown, ...]


class ClaimShown(msgspec.Struct, frozen=True):
    """What concerns the claim as a whole: its answers and the ceiling."""

    answers: tuple[RuleAnswer, ...]
    steps: tuple[StepShown, ...]
    figures: tuple[FigureShown, ...]
    ceiling_words: str


class RuleShown(msgspec.Struct, frozen=True):
    """A rule as an officer reads it in the list, with the cases it must answer."""

    rule: str
    version: int
    title: str
    scope_words: str
    effect: str
    effect_words: str
    period: str
    clause: ClauseShown
    reason: str
    would_pass: str
    unknown: str
    figures: tuple[tuple[str, str], ...]
    cases: tuple[tuple[str, str], ...]
