"""The grammar of a doubt 审计疑点: what a check is, and what it finds. A doubt never changes an assessment."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum

import msgspec

from training_admin.audit.facts import AuditClass, AuditLine, ClaimAudit

WHOLE_BP = 10_000
PER_CENT = 100


class Severity(StrEnum):
    """How grave a doubt is: 阻断 and 高 hold the payment until an officer decides, 中 is listed for sampling (policy.md part 15)."""

    BLOCK = "阻断"
    HIGH = "高"
    MEDIUM = "中"


class Found(msgspec.Struct, frozen=True):
    """One cause with every row it touches: roster rows (none where it concerns the class or the claim as a whole).

    `amount_fen` is what those rows are to be paid; `evidence` are field and value in words, never a personal number.
    """

    class_no: str
    rows: tuple[int, ...]
    amount_fen: int
    evidence: tuple[tuple[str, str], ...]


Find = Callable[[ClaimAudit], Iterable[Found]]


class Check(msgspec.Struct, frozen=True):
    """One check: its number in the list of audit rules, the data it needs, what it compares with, and the pure search."""

    id: str
    why: str
    needs: str
    against: str
    find: Find


def check(*, id: str, why: str, needs: str, against: str) -> Callable[[Find], Check]:  # noqa: A002 - the word of the field
    """Declare the decorated search as a check."""

    def declare(find: Find) -> Check:
        return Check(id=id, why=why, needs=needs, against=against, find=find)

    return declare


def of_lines(class_no: str, lines: Sequence[AuditLine], **evidence: str) -> Found:
    """A cause that touches roster rows of one class; the words of evidence are the names of the arguments."""
    return Found(class_no, tuple(line.row for line in lines), sum(line.payable_fen for line in lines), tuple(evidence.items()))


def of_class(claim: ClaimAudit, klass: AuditClass, **evidence: str) -> Found:
    """A cause that concerns a class as a whole."""
    amount_fen = sum(line.payable_fen for line in claim.lines_of.get(klass.class_no, ()))
    return Found(klass.class_no, (), amount_fen, tuple(evidence.items()))


def of_claim(claim: ClaimAudit, **evidence: str) -> Found:
    """A cause that concerns the claim as a whole."""
    return Found("", (), claim.payable_fen or 0, tuple(evidence.items()))


def by_cause(found: Iterable[tuple[AuditClass, AuditLine, str]]) -> Iterator[tuple[AuditClass, str, list[AuditLine]]]:
    """Rows of one class with the same cause put together: one cause is one doubt, however many rows it touches."""
    causes: dict[tuple[str, str], tuple[AuditClass, list[AuditLine]]] = {}
    for klass, line, cause in found:
        causes.setdefault((klass.class_no, cause), (klass, []))[1].append(line)
    for (_class_no, cause), (klass, lines) in causes.items():
        yield klass, cause, lines


def day_text(value: date | None) -> str:
    """A day as it stands in the sheets, or 无."""
    return "无" if value is None else value.isoformat()


def months_text(months: Iterable[str]) -> str:
    """Months in order, or 无."""
    return "、".join(sorted(months)) or "无"


def percent_text(share_bp: int) -> str:
    """A share with two decimals."""
    return f"{share_bp // PER_CENT}.{share_bp % PER_CENT:02d}%"
