"""How well the checks found what was labelled: recall of each, precision of the statistical ones, clean lines that are blocked."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from tests.audit.recall_seed import Label, Seeded

# Checks that weigh figures; all others follow from what is stored.
STATISTICAL = frozenset(
    {
        *("AU-022", "AU-033", "AU-041", "AU-042", "AU-045", "AU-047", "AU-054"),
        *("AU-055", "AU-064", "AU-067", "AU-082", "AU-087", "AU-088"),
    }
)
BLOCK = "BLOCK"
# Subject as labels tell it, class, rows, check, severity.
DoubtRow = tuple[int | str, str, tuple[int, ...], str, str]


class Score(msgspec.Struct, frozen=True):
    """Counts by check: labels, labels found, what was found in all (statistical checks only); labels missed; clean lines blocked."""

    labelled: Counter[str]
    found: Counter[str]
    raised: Counter[str]
    right: Counter[str]
    missed: tuple[Label, ...]
    blocked: tuple[DoubtRow, ...]

    def recall_bp(self, check: str) -> int:
        """Share of the labels that were found."""
        return self.found[check] * 10_000 // self.labelled[check]

    def precision_bp(self, check: str) -> int:
        """Share of what a check raised that is labelled."""
        return self.right[check] * 10_000 // self.raised[check]

    def told(self) -> list[str]:
        """A line for each check: labels, labels found, and for a statistical check how much of what it raised is labelled."""
        return [
            f"{check} {self.found[check]}/{self.labelled[check]}"
            + (f" precision {self.right[check]}/{self.raised[check]}" if check in STATISTICAL else "")
            for check in sorted(self.labelled)
        ]


def score(seeded: Seeded, doubts: Sequence[DoubtRow], refused: set[tuple[int, int]]) -> Score:
    """Labels against doubts; a doubt with rows is as many findings, one without is one about its class, claim or other subject."""
    rows = {(subject, row, check) for subject, _class_no, found, check, _severity in doubts for row in found}
    whole = {(subject, check) for subject, _class_no, _rows, check, _severity in doubts}
    classes = {(subject, class_no, check) for subject, class_no, _rows, check, _severity in doubts}
    labels = list(dict.fromkeys(seeded.labels))

    def is_found(each: Label) -> bool:
        if each.row:
            return (each.subject, each.row, each.check) in rows
        return (each.subject, each.class_no, each.check) in classes if each.class_no else (each.subject, each.check) in whole

    told = {(each.subject, each.row, each.check) if each.row else (each.subject, each.class_no, each.check) for each in labels}
    raised = [(subject, unit, check) for subject, class_no, found, check, _severity in doubts if check in STATISTICAL
              for unit in (found or (class_no,))]  # fmt: skip
    return Score(
        labelled=Counter(each.check for each in labels),
        found=Counter(each.check for each in labels if is_found(each)),
        raised=Counter(check for _subject, _unit, check in raised),
        right=Counter(check for subject, unit, check in raised if (subject, unit, check) in told),
        missed=tuple(each for each in labels if not is_found(each)),
        blocked=tuple(_blocked(seeded, doubts, refused)),
    )


def _blocked(seeded: Seeded, doubts: Sequence[DoubtRow], refused: set[tuple[int, int]]) -> Iterable[DoubtRow]:
    """Made-up people may be too old by chance; a clean line is one without a label that is paid."""
    dirty, faulty = seeded.dirty_rows | refused, seeded.dirty_classes
    for subject, class_no, found, check, severity in doubts:
        if severity != BLOCK:
            continue
        clean = tuple(row for row in found if (subject, row) not in dirty)
        if clean or (not found and not {(subject, class_no), (subject, "")} & faulty):
            yield subject, class_no, clean, check, severity
