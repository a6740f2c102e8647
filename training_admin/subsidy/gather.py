"""From what a claim says and what the registers know to facts: the register decides (policy.md part 15, Facts)."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec

from training_admin.catalog.facts import CatalogItem, Filing, item_on
from training_admin.fund.facts import KnownPayments, OwnPayment, PaidTraining
from training_admin.kit.dated import Policy
from training_admin.kit.identifiers import IdReading, read_identity
from training_admin.kit.workdays import Calendar, months_touched
from training_admin.subsidy.facts import DISPATCHED_HERE, OWN_EMPLOYEE, ClaimFacts, ClassFacts, LineFacts, PaidLine
from training_admin.subsidy.form import SHEET_ROSTER, CellProblem, ClaimForm, ClassRow, CostRow, RosterRow
from training_admin.subsidy.registers import PersonOf, Registers

DISPATCHED_GROUP = "E_DISPATCHED_HERE"
ATTENDED_HEADER = "出勤课时"


class KeyedLine(msgspec.Struct, frozen=True, gc=False):
    """A roster row without name and numbers: the person is an opaque key, "" when the number cannot be trusted."""

    row: int
    readable: bool
    class_no: str
    person: str
    group: str
    birth: date | None
    sex: str | None
    contract_start: date | None
    contract_end: date | None
    attended_centihours: int
    exam_result: str


class KeyedClaim(msgspec.Struct, frozen=True):
    """A claim as stored: who, which year, classes, keyed lines and costs in sheet order."""

    claim_number: str
    uscc: str
    claim_year: int
    as_of: date
    classes: tuple[ClassRow, ...]
    lines: tuple[KeyedLine, ...]
    costs: tuple[CostRow, ...]
    attended_column: str = ""


class World(msgspec.Struct, frozen=True):
    """All outside knowledge of one assessment, as known at one instant ("" when it comes from files)."""

    registers: Registers
    catalog: tuple[CatalogItem, ...]
    policy: Policy
    calendar: Calendar
    known_at: str = ""


def key_line(row: RosterRow, person_of: PersonOf, today: date) -> KeyedLine:
    """A roster row with its identity number replaced by the person key; a number that fails its check has no key."""
    reading = read_identity(row.id_type, row.id_no, today) if row.id_no else None
    trusted = isinstance(reading, IdReading)
    return KeyedLine(
        row=row.row,
        readable=row.readable,
        class_no=row.class_no,
        person=person_of(row.id_no) if trusted else "",
        group=row.group,
        birth=reading.birth if isinstance(reading, IdReading) else None,
        sex=reading.sex if isinstance(reading, IdReading) else None,
        contract_start=row.contract_start,
        contract_end=row.contract_end,
        attended_centihours=row.attended_centihours or 0,
        exam_result=row.exam_result,
    )


def key_claim(form: ClaimForm, *, claim_number: str, as_of: date, person_of: PersonOf) -> KeyedClaim:
    """A claim form with persons keyed; the form must have a head."""
    assert form.head is not None, "a form without head is refused before"
    return KeyedClaim(
        claim_number=claim_number,
        uscc=form.head.uscc,
        claim_year=form.head.claim_year,
        as_of=as_of,
        classes=form.classes,
        lines=tuple(key_line(row, person_of, as_of) for row in form.lines),
        costs=form.costs,
        attended_column=form.columns.get(SHEET_ROSTER, {}).get(ATTENDED_HEADER, ""),
    )


def gather(claim: KeyedClaim, world: World) -> ClaimFacts:
    """Facts of a claim, with the cells that only the registers show to be wrong (ATTENDANCE)."""
    registers = _before(claim, world.registers)
    costs = _costs(claim.costs)
    classes = tuple(_class_facts(claim, row, world, costs.get(row.class_no, (0, 0))) for row in _first_rows(claim.classes))
    by_number = {klass.class_no: klass for klass in classes}
    lines, problems = _line_facts(claim, by_number, registers)
    return ClaimFacts(
        claim_number=claim.claim_number,
        uscc=claim.uscc,
        claim_year=claim.claim_year,
        as_of=claim.as_of,
        known_at=world.known_at,
        enterprise=registers.enterprises.get(claim.uscc),
        classes=classes,
        lines=lines,
        insurance_months=registers.coverage.insurance,
        surcharge_years=registers.coverage.surcharge,
        policy=world.policy,
        calendar=world.calendar,
        cells=problems,
    )


def _before(claim: KeyedClaim, registers: Registers) -> Registers:
    """The registers as this claim sees them: what was paid here before it counts like what others paid."""
    if not registers.own_payments:
        return registers
    known = KnownPayments(registers.payments, registers.own_payments).before(claim.claim_number)
    return msgspec.structs.replace(registers, payments=known.all(), own_payments=known.own)


def _first_rows(rows: Sequence[ClassRow]) -> list[ClassRow]:
    return list({row.class_no: row for row in reversed(rows) if row.class_no}.values())[::-1]


@cache
def eligible_categories() -> Mapping[str, bool]:
    """Cost categories and whether they count (ENT-15, code lists)."""
    content = files("training_admin.subsidy").joinpath("data", "code_lists.json").read_bytes()
    return dict(msgspec.json.decode(content)["cost_categories"])


def is_eligible(cost: CostRow) -> bool:
    """Whether a voucher counts: an eligible category and an invoice number (policy.md part 15, Facts)."""
    return cost.readable and bool(cost.invoice_no) and eligible_categories().get(cost.category, False)


def _costs(costs: Sequence[CostRow]) -> dict[str, tuple[int, int]]:
    """Fen that count and fen that do not, by class."""
    sums: dict[str, tuple[int, int]] = {}
    for cost in costs:
        if cost.amount_fen is not None:
            eligible, refused = sums.get(cost.class_no, (0, 0))
            counts = is_eligible(cost)
            sums[cost.class_no] = (eligible + cost.amount_fen, refused) if counts else (eligible, refused + cost.amount_fen)
    return sums


def _class_facts(claim: KeyedClaim, row: ClassRow, world: World, costs_fen: tuple[int, int]) -> ClassFacts:
    """A class from its filing; one that is absent or filed by another keeps only what the form can say (FILE-01)."""
    filing = world.registers.filings.get(row.class_no)
    filed = filing is not None and filing.enterprise == claim.uscc
    source: Filing | ClassRow = row if filing is None else filing
    start = source.start or claim.as_of
    eligible_fen, refused_fen = costs_fen
    online = row.online_centihours or 0
    if filing is not None and filing.online_centihours is not None:
        online = filing.online_centihours
    return ClassFacts(
        class_no=row.class_no,
        filed=filed,
        filed_by_other=filing is not None and not filed,
        stream=source.stream or "",
        item_code=source.item,
        item=None if source.item is None else item_on(world.catalog, source.item, start),
        start=start,
        end=source.end or start,
        planned_centihours=source.planned_centihours or 0,
        delivered_centihours=source.delivered_centihours or 0,
        online_centihours=online,
        enrolled=source.enrolled or 0,
        mode=filing.mode if filing is not None else "MIXED",
        theory_test=bool(source.theory_test),
        practical_test=bool(source.practical_test),
        filed_at=None if filing is None else filing.filed_at,
        approved_at=None if filing is None else filing.approved_at,
        institution=source.institution,
        eligible_cost_fen=eligible_fen,
        refused_cost_fen=refused_fen,
    )


def _line_facts(
    claim: KeyedClaim, classes: Mapping[str, ClassFacts], registers: Registers
) -> tuple[tuple[LineFacts, ...], tuple[CellProblem, ...]]:
    first_rows: dict[tuple[str, str], int] = {}
    months = {class_no: set(months_touched(klass.start, klass.end)) for class_no, klass in classes.items()}
    lines, problems = [], []
    for line in claim.lines:
        klass = classes.get(line.class_no)
        readable = line.readable and klass is not None
        if klass is not None and readable and _attended_more(line, klass):
            readable = False
            problems.append(_attendance_problem(claim, line, klass))
        first_row = first_rows.setdefault((line.class_no, line.person), line.row) if line.person else line.row
        repeated = None if first_row == line.row else first_row
        made = _one_line(line, readable, repeated, claim.uscc, registers, months.get(line.class_no, set()))
        paid = None if repeated else _paid_here(line, klass, registers)
        lines.append(made if paid is None else _paid_line(made, paid))
    return tuple(lines), tuple(problems)


def _paid_here(line: KeyedLine, klass: ClassFacts | None, registers: Registers) -> OwnPayment | None:
    """The payment of an earlier claim for the same person in the same class; of another firm's class nothing is told."""
    if klass is None or klass.filed_by_other:
        return None
    return next((each for each in registers.own_payments.get(line.person, ()) if each.class_no == line.class_no), None)


def _paid_line(line: LineFacts, paid: OwnPayment) -> PaidLine:
    repeated = msgspec.structs.replace(line, first_row=paid.row)
    return PaidLine(*msgspec.structs.astuple(repeated), paid_in=paid.case_no, paid_on=paid.training.paid_on)


def _attended_more(line: KeyedLine, klass: ClassFacts) -> bool:
    """Whether more hours were attended than held, where it is known how many were held."""
    known = klass.registered or klass.delivered_centihours > 0
    return known and klass.delivered_centihours < line.attended_centihours


def _attendance_problem(claim: KeyedClaim, line: KeyedLine, klass: ClassFacts) -> CellProblem:
    delivered = f"{klass.delivered_centihours / 100:g}"
    return CellProblem(
        sheet=SHEET_ROSTER,
        cell=f"{claim.attended_column}{line.row}",
        code="ATTENDANCE",
        message=f"出勤课时多于该班实际授课的 {delivered} 课时，请按签到记录更正。",
    )


def _one_line(
    line: KeyedLine,
    readable: bool,
    first_row: int | None,
    uscc: str,
    registers: Registers,
    months: set[str],
) -> LineFacts:
    here: list[str] = []
    elsewhere: list[str] = []
    for each in registers.insurance.get(line.person, ()):
        if each.month in months:
            (here if each.payer == uscc else elsewhere).append(each.month)
    return LineFacts(
        row=line.row,
        readable=readable,
        class_no=line.class_no,
        person=line.person,
        group=line.group,
        relation=DISPATCHED_HERE if line.group == DISPATCHED_GROUP else OWN_EMPLOYEE,
        birth=line.birth,
        sex=line.sex,
        contract_start=line.contract_start,
        contract_end=line.contract_end,
        attended_centihours=line.attended_centihours,
        exam_result=line.exam_result,
        insured_here=_each_once(here),
        insured_elsewhere=_each_once(elsewhere),
        payments=_in_order(registers.payments.get(line.person, ())),
        first_row=first_row,
    )


def _each_once(months: list[str]) -> tuple[str, ...]:
    return tuple(sorted(set(months)) if len(months) > 1 else months)


def _in_order(payments: tuple[PaidTraining, ...]) -> tuple[PaidTraining, ...]:
    if len(payments) < 2:  # noqa: PLR2004 - nothing to put in order
        return payments
    return tuple(sorted(payments, key=lambda each: (each.paid_on, each.fund, each.occupation or "", each.level or "")))
