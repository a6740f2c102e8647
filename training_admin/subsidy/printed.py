"""The assessment as the stable JSON document of the command line: amounts as strings with two decimals."""

from collections.abc import Iterable

import msgspec

from training_admin.kit.money import yuan
from training_admin.kit.rulebook import Effect
from training_admin.subsidy.form import CellProblem
from training_admin.subsidy.record import AssessmentRecord, Finding, LineOutcome
from training_admin.subsidy.rules import ORDER


class PrintedLine(msgspec.Struct, frozen=True):
    """One roster row: `rules` are the failed rules that hold or refuse, in registry order, warnings apart."""

    row: int
    class_no: str
    outcome: str
    rules: tuple[str, ...]
    warnings: tuple[str, ...]
    computed: str
    payable: str


class PrintedClass(msgspec.Struct, frozen=True):
    """One class: price per head, people that pay, and their sum before the ceiling."""

    class_no: str
    per_head: str
    payable_people: int
    computed: str


class PrintedCeiling(msgspec.Struct, frozen=True):
    """The enterprise ceiling; None where it cannot be computed yet or there is none."""

    ceiling: str | None
    left: str | None
    computed: str
    payable: str | None
    cut: str | None


class PrintedUnknown(msgspec.Struct, frozen=True):
    """A fact that was not delivered: rule, scope (`claim`, `class:…`, `row:…`) and what is missing."""

    rule: str
    scope: str
    missing: str


class PrintedAssessment(msgspec.Struct, frozen=True):
    """The whole document."""

    lines: tuple[PrintedLine, ...]
    classes: tuple[PrintedClass, ...]
    ceiling: PrintedCeiling
    cells: tuple[CellProblem, ...]
    unknown: tuple[PrintedUnknown, ...]


REFUSING = frozenset({Effect.REJECT_LINE.name, Effect.REJECT_CLASS.name, Effect.REJECT_CLAIM.name})
HOLDING = frozenset({Effect.HOLD.name})


def failed_rules(findings: Iterable[Finding], *, warnings: bool) -> tuple[str, ...]:
    """Ids of failed rules in registry order, each once: those that warn, or those that refuse, or where none refuses those that hold."""
    failed = [finding for finding in findings if finding.answer == "failed"]
    if warnings:
        ids = {finding.rule for finding in failed if finding.effect == Effect.WARN.name}
    else:
        ids = {finding.rule for finding in failed if finding.effect in REFUSING}
        ids = ids or {finding.rule for finding in failed if finding.effect in HOLDING}
    return tuple(sorted(ids, key=ORDER.__getitem__))


def printed(record: AssessmentRecord, problems: Iterable[CellProblem]) -> PrintedAssessment:
    """The record as the document that scripts read."""
    of_class = {klass.class_no: klass.findings for klass in record.classes}
    lines = []
    for line in record.lines:
        found: tuple[Finding, ...] = ()
        if line.outcome is not LineOutcome.CELL:
            found = (*record.findings, *of_class[line.class_no], *line.findings)
        lines.append(
            PrintedLine(
                row=line.row,
                class_no=line.class_no,
                outcome=line.outcome.value,
                rules=failed_rules(found, warnings=False),
                warnings=failed_rules(found, warnings=True),
                computed=yuan(line.computed_fen),
                payable=yuan(line.payable_fen),
            )
        )
    ceiling = record.ceiling
    return PrintedAssessment(
        lines=tuple(lines),
        classes=tuple(
            PrintedClass(klass.class_no, yuan(klass.per_head_fen), klass.payable_people, yuan(klass.computed_fen))
            for klass in record.classes
        ),
        ceiling=PrintedCeiling(
            ceiling=_optional_yuan(ceiling.ceiling_fen),
            left=_optional_yuan(ceiling.left_fen),
            computed=yuan(ceiling.computed_fen),
            payable=_optional_yuan(ceiling.payable_fen),
            cut=_optional_yuan(ceiling.cut_fen),
        ),
        cells=(*problems, *record.cells),
        unknown=_unknown(record),
    )


def _unknown(record: AssessmentRecord) -> tuple[PrintedUnknown, ...]:
    scoped = [("claim", finding) for finding in record.findings]
    scoped += [(f"class:{klass.class_no}", finding) for klass in record.classes for finding in klass.findings]
    scoped += [(f"row:{line.row}", finding) for line in record.lines for finding in line.findings]
    return tuple(PrintedUnknown(finding.rule, scope, finding.missing) for scope, finding in scoped if finding.answer == "unknown")


def _optional_yuan(amount_fen: int | None) -> str | None:
    return None if amount_fen is None else yuan(amount_fen)
