"""The assessment record: codes and numbers only, immutable, with everything that is needed to explain and to replay it.

Sentences are rendered from it (subsidy.explain); its digest is taken over canonical JSON before compression. What there is
of for every line cannot refer back to itself and is left out of the search for such cycles (`gc=False`).
"""

from datetime import date
from enum import StrEnum

import msgspec

from training_admin.apprenticeship.amounts import ADVANCE_RULE, SETTLEMENT_RULE
from training_admin.kit.dated import Figure
from training_admin.kit.rulebook import Number
from training_admin.kit.steps import Step
from training_admin.subsidy.form import CellProblem

ENGINE_VERSION = "1"


class LineOutcome(StrEnum):
    """What becomes of one line; CELL means that its cells could not be read."""

    PAY = "PAY"
    REDUCE = "REDUCE"
    HOLD = "HOLD"
    REJECT_LINE = "REJECT_LINE"
    REJECT_CLASS = "REJECT_CLASS"
    REJECT_CLAIM = "REJECT_CLAIM"
    CELL = "CELL"


PAYING = frozenset({LineOutcome.PAY, LineOutcome.REDUCE})


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One rule that did not simply pass: failed with figures and effect, or unknown with the fact that is missing.

    `effect` is the name of the effect in force for this finding; "" when an unknown fact has none.
    """

    rule: str
    version: int
    answer: str
    effect: str
    figures: dict[str, Number] = {}
    fact: str = ""
    missing: str = ""


class FigureUsed(msgspec.Struct, frozen=True):
    """A policy figure as it stood on the day that picked it, with its paper and both standings."""

    key: str
    value: Figure
    start: date
    end: date | None
    paper: str
    standing: str
    local_standing: str


class LineBasis(msgspec.Struct, frozen=True, gc=False):
    """The person's own facts that the rules looked at, so that passed clauses can be shown with numbers too."""

    attended_centihours: int
    exam_result: str
    group: str
    contract_start: date | None
    contract_end: date | None
    insured_months: tuple[str, ...]
    age_months: int | None
    paid_before: int


class LineResult(msgspec.Struct, frozen=True, gc=False):
    """The decision on one roster row. `computed_fen` is the price before the ceiling, `payable_fen` after it.

    `not_applicable` names the rules that do not speak about the line; every other rule of its class passed or is a finding.
    """

    row: int
    person: str
    class_no: str
    outcome: LineOutcome
    computed_fen: int
    payable_fen: int
    findings: tuple[Finding, ...]
    not_applicable: tuple[str, ...]
    basis: LineBasis | None
    cap_left_fen: int | None = None


class ClassResult(msgspec.Struct, frozen=True):
    """The decision on one class: price per head with steps, figures in force on its start, findings of class scope.

    `rules` names every rule that ran for its lines and for itself; `computed_fen` sums the lines that pay.
    """

    class_no: str
    stream: str
    item_code: str | None
    start: date
    end: date
    enrolled: int
    delivered_centihours: int
    eligible_cost_fen: int
    refused_cost_fen: int
    per_head_fen: int
    payable_people: int
    computed_fen: int
    findings: tuple[Finding, ...]
    not_applicable: tuple[str, ...]
    rules: tuple[str, ...]
    steps: tuple[Step, ...]
    figures: tuple[FigureUsed, ...]


class CeilingResult(msgspec.Struct, frozen=True):
    """The enterprise ceiling of the claim year; None where the surcharge has not been delivered or there is no ceiling."""

    ceiling_fen: int | None
    left_fen: int | None
    computed_fen: int
    payable_fen: int | None
    cut_fen: int | None
    steps: tuple[Step, ...] = ()
    figures: tuple[FigureUsed, ...] = ()


def programme_step(ceiling: CeilingResult) -> Step | None:
    """The step that makes an advance (APP-21) or a settlement (APP-24) out of the lines; None unless apprentices were assessed.

    A programme of apprentices takes no part of the enterprise ceiling (CEIL-02): `left_fen` is what the stage pays at most.
    """
    return next((each for each in ceiling.steps if each.rule in {ADVANCE_RULE, SETTLEMENT_RULE}), None)


class AssessmentRecord(msgspec.Struct, frozen=True):
    """One assessment of one claim under the rules and facts as known at `known_at`; never rewritten."""

    engine: str
    claim_number: str
    uscc: str
    claim_year: int
    as_of: date
    known_at: str
    pack: str
    pack_version: str
    facts_sha256: str
    findings: tuple[Finding, ...]
    not_applicable: tuple[str, ...]
    rules: tuple[str, ...]
    lines: tuple[LineResult, ...]
    classes: tuple[ClassResult, ...]
    ceiling: CeilingResult
    cells: tuple[CellProblem, ...] = ()
