"""Findings of a record put together by cause, so that one decision can be taken for all the rows it touches. Reads, decides nothing."""

import msgspec

from training_admin.kit.rulebook import Effect
from training_admin.subsidy.explain import ANSWER_WORDS, EFFECT_WORDS, UNKNOWN, reason_of
from training_admin.subsidy.record import AssessmentRecord, Finding, LineResult
from training_admin.subsidy.rules import ORDER, RULES_BY_ID

HOLD = Effect.HOLD.name


class Cause(msgspec.Struct, frozen=True):
    """One rule that failed or is unknown for the same reason, with the rows it touches.

    `fen` is the rules' price of those rows; `waits` says that the finding holds them, so that evidence or an exception can clear it.
    """

    rule: str
    title: str
    class_no: str
    answer: str
    answer_words: str
    effect_words: str
    sentence: str
    rows: tuple[int, ...]
    fen: int
    waits: bool

    @property
    def unknown(self) -> bool:
        """Whether a fact is missing: evidence clears it, not an exception."""
        return self.answer == UNKNOWN


def cause_groups(record: AssessmentRecord) -> tuple[Cause, ...]:
    """All causes of a record, gravest effect first, then in the order of the rules; a sentence gives the numbers of the first row."""
    grouped: dict[tuple[str, ...], tuple[Finding, list[LineResult]]] = {}
    for line in record.lines:
        for finding in line.findings:
            key = (finding.rule, line.class_no, finding.answer, finding.effect, finding.missing, str(finding.figures.get("cause", "")))
            grouped.setdefault(key, (finding, []))[1].append(line)
    found = [_cause(finding, key[1], lines) for key, (finding, lines) in grouped.items()]
    for klass in record.classes:
        of_class = [line for line in record.lines if line.class_no == klass.class_no]
        found.extend(_cause(finding, klass.class_no, of_class) for finding in klass.findings)
    found.extend(_cause(finding, "", list(record.lines)) for finding in record.findings)
    return tuple(each for _order, each in sorted(found, key=lambda pair: pair[0]))


def _cause(finding: Finding, class_no: str, lines: list[LineResult]) -> tuple[tuple[int, int], Cause]:
    grave = Effect[finding.effect] if finding.effect else Effect.WARN
    cause = Cause(
        rule=finding.rule,
        title=RULES_BY_ID[finding.rule].title,
        class_no=class_no,
        answer=finding.answer,
        answer_words=ANSWER_WORDS[finding.answer],
        effect_words=EFFECT_WORDS[grave] if finding.effect else "不影响本次核验",
        sentence=reason_of(finding),
        rows=tuple(line.row for line in lines),
        fen=sum(line.computed_fen for line in lines),
        waits=finding.effect == HOLD,
    )
    return (-int(grave), ORDER[finding.rule]), cause
