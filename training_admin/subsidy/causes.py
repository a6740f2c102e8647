"""Findings of a record put together by cause, so that one decision can be taken for all the rows it touches. Reads, decides nothing."""

from collections.abc import Iterable

import msgspec

from training_admin.kit.rulebook import Effect
from training_admin.subsidy.explain import ANSWER_WORDS, EFFECT_WORDS, UNKNOWN, explain_line
from training_admin.subsidy.record import PAYING, AssessmentRecord, Finding, LineOutcome, LineResult
from training_admin.subsidy.rules import ORDER, RULES_BY_ID

WARN = Effect.WARN.name
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


def row_ranges(rows: Iterable[int]) -> str:
    """Rows as people write them: 10-14、18."""
    spans: list[list[int]] = []
    for row in sorted(set(rows)):
        if spans and spans[-1][1] == row - 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return "、".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


def cause_groups(record: AssessmentRecord) -> tuple[Cause, ...]:
    """All causes of a record, gravest effect first, then in the order of the rules."""
    grouped: dict[tuple[str, str, str, str, str], list[LineResult]] = {}
    for line in record.lines:
        for finding in line.findings:
            grouped.setdefault((finding.rule, line.class_no, finding.answer, finding.effect, finding.missing), []).append(line)
    found = [_cause(record, key, lines, key[0]) for key, lines in grouped.items()]
    for klass in record.classes:
        of_class = [line for line in record.lines if line.class_no == klass.class_no]
        found.extend(_cause(record, _key(finding, klass.class_no), of_class, finding.rule) for finding in klass.findings)
    found.extend(_cause(record, _key(finding, ""), list(record.lines), finding.rule) for finding in record.findings)
    return tuple(each for _order, each in sorted(found, key=lambda pair: pair[0]))


def _key(finding: Finding, class_no: str) -> tuple[str, str, str, str, str]:
    return finding.rule, class_no, finding.answer, finding.effect, finding.missing


def _cause(
    record: AssessmentRecord, key: tuple[str, str, str, str, str], lines: list[LineResult], rule: str
) -> tuple[tuple[int, int], Cause]:
    _rule, class_no, answer, effect, missing = key
    readable = [line for line in lines if line.outcome is not LineOutcome.CELL]
    sentence = next((each.sentence for each in explain_line(record, readable[0]).reasons if each.rule == rule), "") if readable else missing
    grave = Effect[effect] if effect else Effect.WARN
    cause = Cause(
        rule=rule,
        title=RULES_BY_ID[rule].title,
        class_no=class_no,
        answer=answer,
        answer_words=ANSWER_WORDS[answer],
        effect_words=EFFECT_WORDS[grave] if effect else "不影响本次核验",
        sentence=sentence,
        rows=tuple(line.row for line in lines),
        fen=sum(line.computed_fen for line in lines),
        waits=effect == HOLD,
    )
    return (-int(grave), ORDER[rule]), cause


def all_passed(record: AssessmentRecord) -> bool:
    """Whether every check of every row passed."""
    findings = (*record.findings, *(each for klass in record.classes for each in klass.findings))
    return not findings and not record.cells and all(line.outcome in PAYING and not line.findings for line in record.lines)
