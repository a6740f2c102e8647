"""Everything an assessment needs, loaded before any rule runs. Frozen, without identity numbers, in canonical units."""

from datetime import date

import msgspec

from training_admin.catalog.facts import CatalogItem
from training_admin.fund.facts import PaidTraining
from training_admin.kit.dated import Policy
from training_admin.kit.workdays import Calendar
from training_admin.parties.facts import Enterprise
from training_admin.subsidy.form import CellProblem

OWN_EMPLOYEE = "OWN"
DISPATCHED_HERE = "DISPATCHED_HERE"
DISPATCHED_TO_OTHER = "DISPATCHED_TO_OTHER"
PLATFORM_WORKER = "PLATFORM_WORKER"
CARE_PLATFORM_GROUP = "P_CARE_PLATFORM"


class LineFacts(msgspec.Struct, frozen=True, gc=False):
    """One roster row. `person` is a keyed hash ("" when the row has no number); hours are hundredths of 45 minutes.

    `insured_here` and `insured_elsewhere` are the months paid by the claimant and by others; `payments` are all
    trainings paid before; `first_row` is the earlier row of the same person in the same class (CLAIM-04).
    """

    row: int
    readable: bool
    class_no: str
    person: str
    group: str
    relation: str
    birth: date | None
    sex: str | None
    contract_start: date | None
    contract_end: date | None
    attended_centihours: int
    exam_result: str
    insured_here: tuple[str, ...] = ()
    insured_elsewhere: tuple[str, ...] = ()
    payments: tuple[PaidTraining, ...] = ()
    first_row: int | None = None


class PaidLine(LineFacts, frozen=True, gc=False, kw_only=True):
    """A row whose person an earlier claim was paid for in the same class; `first_row` is the row of that claim (CLAIM-04)."""

    paid_in: str
    paid_on: date


class ClassFacts(msgspec.Struct, frozen=True):
    """One class of the claim. Without any filing (`registered` False) only number and costs are sure.

    `eligible_cost_fen` leaves out refused categories and vouchers without invoice number (ENT-15), which are kept in
    `refused_cost_fen`. `online_centihours` comes from the workbook while filings have none.
    """

    class_no: str
    filed: bool
    filed_by_other: bool
    stream: str
    item_code: str | None
    item: CatalogItem | None
    start: date
    end: date
    planned_centihours: int
    delivered_centihours: int
    online_centihours: int
    enrolled: int
    mode: str
    theory_test: bool
    practical_test: bool
    filed_at: date | None
    approved_at: date | None
    institution: str | None
    eligible_cost_fen: int
    refused_cost_fen: int

    @property
    def registered(self) -> bool:
        """Whether the register knows the class, even if another enterprise filed it: then the register decides its facts."""
        return self.filed or self.filed_by_other


class ClaimFacts(msgspec.Struct, frozen=True):
    """A claim with all outside knowledge as known at `known_at` (ISO instant, "" when assessed from files).

    `cells` are problems that only the registers show (ATTENDANCE).
    `surcharge_year` is the year before the claim year; `insurance_months` and `surcharge_years` say what was delivered.
    """

    claim_number: str
    uscc: str
    claim_year: int
    as_of: date
    known_at: str
    enterprise: Enterprise | None
    classes: tuple[ClassFacts, ...]
    lines: tuple[LineFacts, ...]
    insurance_months: frozenset[str]
    surcharge_years: frozenset[str]
    policy: Policy
    calendar: Calendar
    cells: tuple[CellProblem, ...] = ()

    @property
    def surcharge_year(self) -> str:
        """The year whose surcharge makes the ceiling (CEIL-01, previous calendar year)."""
        return str(self.claim_year - 1)

    @property
    def surcharge_paid_fen(self) -> int | None:
        """Surcharge paid in that year; 0 when delivered without the firm, None when not delivered."""
        if self.surcharge_year not in self.surcharge_years or self.enterprise is None:
            return None
        return self.enterprise.surcharge_paid_fen.get(self.surcharge_year, 0)

    @property
    def subsidy_paid_fen(self) -> int:
        """Already paid to the firm in the claim year, all streams (CEIL-02)."""
        return 0 if self.enterprise is None else self.enterprise.subsidy_paid_fen.get(str(self.claim_year), 0)
