"""What services hand to pages, API and command line: views over stored claims and records, persons masked."""

from datetime import date, datetime

import msgspec

from training_admin.subsidy.form import CellProblem
from training_admin.subsidy.record import AssessmentRecord


class PersonShown(msgspec.Struct, frozen=True):
    """A person as staff and the enterprise see him: full name, document type, masked number (policy.md part 15, Masks)."""

    name: str
    id_type: str
    masked_number: str


class ClaimReceipt(msgspec.Struct, frozen=True):
    """The answer to a submitted claim; a repeated submission of the same file gives the same receipt."""

    number: str
    state: str
    lines: int
    submitted_at: datetime


class ClaimSummary(msgspec.Struct, frozen=True):
    """One claim in a list; the amounts are None until it has been assessed or while its ceiling is unknown."""

    number: str
    uscc: str
    enterprise_name: str
    claim_year: int
    state: str
    as_of: date
    submitted_at: datetime
    lines: int
    computed_fen: int | None
    payable_fen: int | None


class RecordHead(msgspec.Struct, frozen=True):
    """One stored assessment of a claim: its place, when the facts were known, and the digest of its canonical JSON."""

    place: int
    known_at: datetime
    sha256: str
    cause: str
    payable_fen: int | None


class ClaimDetail(msgspec.Struct, frozen=True):
    """A claim with its newest record (None while 自动核验 is under way), all record heads, cell problems and people by row."""

    summary: ClaimSummary
    record: AssessmentRecord | None
    records: tuple[RecordHead, ...]
    problems: tuple[CellProblem, ...]
    people: dict[int, PersonShown]


class Precheck(msgspec.Struct, frozen=True):
    """The result of a pre-check: nothing is stored but the trail of the act. `record` is None when it could not be assessed."""

    record: AssessmentRecord | None
    problems: tuple[CellProblem, ...]
    people: dict[int, PersonShown]
    readable_lines: int
    unreadable_lines: int
    contradictions: tuple["Contradiction", ...] = ()


class Contradiction(msgspec.Struct, frozen=True):
    """A value of the workbook that differs from the register: both are shown, and `decides` says which is used (part 15, Facts)."""

    class_no: str
    field: str
    claimed: str
    registered: str
    decides: str = "登记数据"
