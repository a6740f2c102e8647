"""What the checks of the audit look at: one stored claim with its newest record, the registers, and other claims' shared things.

Persons, names and phones are opaque keys; hours are hundredths of 45 minutes, amounts fen.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import cached_property

import msgspec

from training_admin.apprenticeship.facts import ApprenticeFacts, ProgrammeFacts
from training_admin.audit.match_facts import MatchEntry, MatchKind
from training_admin.audit.run_facts import Handled, IssuingBody, RunAudit
from training_admin.catalog.facts import CatalogItem, Filing
from training_admin.fund.facts import LES, PaidTraining
from training_admin.kit.dated import Policy
from training_admin.kit.workdays import Calendar, months_touched
from training_admin.parties.facts import Coverage, Enterprise, Institution, InsuredMonth
from training_admin.subsidy.form import ClassRow

EMPLOYEE_GROUP, DISPATCHED_GROUP, UNEMPLOYED_GROUP = "E_EMPLOYEE", "E_DISPATCHED_HERE", "U_UNEMPLOYED"


class AuditLine(msgspec.Struct, frozen=True):
    """One stored roster row with what was decided about it; keys are "" where the cell is empty or cannot be trusted.

    `number_valid` says whether the stored identity number passes its check today.
    """

    row: int
    readable: bool
    class_no: str
    person: str
    name_key: str
    phone_key: str
    number_valid: bool
    group: str
    birth: date | None
    sex: str | None
    contract_start: date | None
    contract_end: date | None
    attended_centihours: int
    exam_result: str
    outcome: str = ""
    payable_fen: int = 0


class AuditClass(msgspec.Struct, frozen=True, dict=True):
    """One class: what the form says, the filing of record (None where there is none), its catalog item, and what was decided.

    `cost_share_bp` is the share of actual cost that the record used, None where the price has no such step.
    """

    row: ClassRow
    filing: Filing | None
    item: CatalogItem | None
    eligible_cost_fen: int = 0
    cost_share_bp: int | None = None

    @property
    def class_no(self) -> str:
        """The class number."""
        return self.row.class_no

    @property
    def start(self) -> date | None:
        """The first day, from the filing where there is one: the register decides."""
        return self.row.start if self.filing is None else self.filing.start

    @property
    def end(self) -> date | None:
        """The last day, from the filing where there is one."""
        return (self.row.end or self.row.start) if self.filing is None else self.filing.end

    @property
    def delivered_centihours(self) -> int:
        """Hours delivered, from the filing where there is one."""
        return (self.row.delivered_centihours or 0) if self.filing is None else self.filing.delivered_centihours

    @property
    def enrolled(self) -> int:
        """People filed for the class."""
        return (self.row.enrolled or 0) if self.filing is None else self.filing.enrolled

    @property
    def occupation(self) -> str | None:
        """The occupation taught, from the catalog item."""
        return None if self.item is None else self.item.occupation

    @property
    def level(self) -> str | None:
        """The level taught, from the catalog item."""
        return None if self.item is None else self.item.level

    @property
    def fund(self) -> str:
        """The fund that pays the class."""
        return LES if self.item is None else self.item.fund

    @cached_property
    def months(self) -> tuple[str, ...]:
        """Every calendar month that the class touches."""
        return () if self.start is None or self.end is None else months_touched(self.start, self.end)


class AuditCost(msgspec.Struct, frozen=True):
    """One voucher; `elsewhere` names the rows of other claims that carry the same invoice number."""

    row: int
    readable: bool
    class_no: str
    category: str
    invoice_no: str
    issuer_name: str
    issuer: str
    invoiced_on: date | None
    amount_fen: int | None
    voucher_no: str
    elsewhere: tuple[tuple[str, int], ...] = ()


class OtherTraining(msgspec.Struct, frozen=True):
    """The same person in another claim. `earlier` says that it was submitted before; `paying` that its line pays."""

    person: str
    name_key: str
    claim_number: str
    uscc: str
    class_no: str
    start: date | None
    end: date | None
    occupation: str | None
    level: str | None
    fund: str
    earlier: bool
    paying: bool


class ClaimAudit(msgspec.Struct, frozen=True, dict=True):
    """Everything that the checks of one claim look at, as known when the audit began.

    `other_payable_fen` is what the other claims of the firm in the same year are to be paid; `paid_fen` is what the register
    says was paid; `ceiling_fen` None where the record has none. `denied` are class and person of those who deny to have taken part.
    `runs` are the classes that were run in this system, by number, `bodies` those that issued their certificates; `programme` marks an
    advance or settlement for apprentices, and `apprenticed` is the programme as it is known now.
    """

    number: str
    uscc: str
    enterprise_name: str
    claim_year: int
    as_of: date
    account_holder: str
    enterprise: Enterprise | None
    classes: tuple[AuditClass, ...]
    lines: tuple[AuditLine, ...]
    costs: tuple[AuditCost, ...]
    institutions: Mapping[str, Institution]
    insurance: Mapping[str, tuple[InsuredMonth, ...]]
    coverage: Coverage
    payments: Mapping[str, tuple[PaidTraining, ...]]
    others: Mapping[str, tuple[OtherTraining, ...]]
    policy: Policy
    calendar: Calendar
    ceiling_fen: int | None = None
    payable_fen: int | None = None
    other_payable_fen: int = 0
    denied: frozenset[tuple[str, str]] = frozenset()
    runs: Mapping[str, RunAudit] = {}
    bodies: Mapping[str, IssuingBody] = {}
    handled: Handled = Handled()
    programme: bool = False
    apprenticed: ProgrammeFacts | None = None
    said: Mapping[str, tuple[tuple[MatchKind, MatchEntry], ...]] = {}

    @property
    def paid_fen(self) -> int:
        """Already paid to the firm in the claim year, all streams."""
        return 0 if self.enterprise is None else self.enterprise.subsidy_paid_fen.get(str(self.claim_year), 0)

    @cached_property
    def class_of(self) -> dict[str, AuditClass]:
        """Classes by number."""
        return {each.class_no: each for each in self.classes}

    @cached_property
    def lines_of(self) -> dict[str, list[AuditLine]]:
        """Readable rows by class, in sheet order."""
        grouped: dict[str, list[AuditLine]] = {}
        for line in self.lines:
            if line.readable:
                grouped.setdefault(line.class_no, []).append(line)
        return grouped

    def apprenticed_lines(self) -> Iterator[tuple[ProgrammeFacts, ApprenticeFacts, AuditLine]]:
        """The apprentices of the programme with their rows of the claim; nothing where it is about filed classes."""
        if self.apprenticed is not None:
            rows = {line.row: line for line in self.lines if line.readable}
            for each in self.apprenticed.apprentices:
                if each.row in rows:
                    yield self.apprenticed, each, rows[each.row]

    def said_of(self, line: AuditLine, kind: MatchKind) -> Iterator[MatchEntry]:
        """What lists of a kind say of the person of a row; nothing where no list speaks of him."""
        return (entry for each, entry in self.said.get(line.person, ()) if each is kind)

    def days_of(self, klass: AuditClass) -> tuple[date, ...]:
        """The days on which a class was taught: those of its sessions where it was run here, else its first and last day."""
        run = self.runs.get(klass.class_no)
        if run is not None and run.sessions:
            return tuple(sorted({each.day for each in run.sessions}))
        return tuple(each for each in (klass.start, klass.end) if each is not None)

    def run(self) -> Iterator[tuple[AuditClass, RunAudit]]:
        """Each class that was run in this system."""
        for klass in self.classes:
            if klass.class_no in self.runs:
                yield klass, self.runs[klass.class_no]

    def lines_with(self, klass: AuditClass, persons: Collection[str]) -> list[AuditLine]:
        """The readable rows of some persons in a class."""
        return [line for line in self.lines_of.get(klass.class_no, ()) if line.person and line.person in persons]

    def placed(self) -> Iterator[tuple[AuditClass, AuditLine]]:
        """Each readable row of a known person with its class, which must have a first and a last day."""
        for klass in self.classes:
            if klass.start is None or klass.end is None:
                continue
            for line in self.lines_of.get(klass.class_no, ()):
                if line.person:
                    yield klass, line
