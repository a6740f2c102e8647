"""The claims whose lives the demo shows: which people of which class each one asks for, its workbook, and what the registers know."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from training_admin.catalog.facts import STREAM_POST
from training_admin.demo.apprentices import CLERK
from training_admin.demo.district import CATEGORY_SHARES, MadeClaim, MadeClass, Voucher
from training_admin.demo.faults import Row
from training_admin.demo.filling import sample_file
from training_admin.demo.life_classes import HIRED, Taught
from training_admin.demo.offices import ENTERPRISE_A, ENTERPRISE_B, INSTITUTION, ORGANISATIONS
from training_admin.demo.writing import claim_workbook
from training_admin.kit.actor import Actor
from training_admin.kit.digest import canonical_json
from training_admin.subsidy.registers import (
    CoverageDocument,
    EnterpriseDocument,
    FilingDocument,
    InsuranceDocument,
    RegistersDocument,
    decode_registers,
)

MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04")
COST_YUAN = 900
CONTRACT_END = date(2027, 12, 31)
# Each claim by a name of its own: enterprise, how many people of its class, in the order of the roster.
CLAIMS: Mapping[str, tuple[str, int]] = {
    "held": (ENTERPRISE_A, 5),
    "paid": (ENTERPRISE_A, 4),
    "recovering": (ENTERPRISE_A, 3),
    "recovered": (ENTERPRISE_A, 3),
    "payable": (ENTERPRISE_A, 3),
    "changed": (ENTERPRISE_A, 3),
    "noticed": (ENTERPRISE_A, 3),
    "determined": (ENTERPRISE_A, 2),
    "second": (ENTERPRISE_A, 2),
    "joint": (ENTERPRISE_A, 2),
    "refused": (ENTERPRISE_A, 2),
    "appealed": (ENTERPRISE_A, 2),
    "mended": (ENTERPRISE_A, 3),
    "withdrawn": (ENTERPRISE_A, 2),
    "submitted": (ENTERPRISE_A, 4),
    "sharing": (ENTERPRISE_B, 4),
    "failed": (ENTERPRISE_B, 3),
    "batched": (ENTERPRISE_B, 3),
    "checked": (ENTERPRISE_B, 3),
    "noticed_too": (ENTERPRISE_B, 3),
    "returned": (ENTERPRISE_B, 3),
    "not_accepted": (ENTERPRISE_B, 2),
    "waiting": (ENTERPRISE_B, 4),
}


class LifeClaim(msgspec.Struct, frozen=True):
    """A claim that is about to be submitted: by whom, and what its workbook tells."""

    clerk: Actor
    made: MadeClaim

    def workbook(self, day: date) -> bytes:
        """The workbook dated on a day."""
        return claim_workbook(self.made, day)

    def mended(self, day: date) -> bytes:
        """The same after what was asked for: everybody attended one hour less than was told at first."""
        (klass,) = self.made.classes
        rows = tuple(msgspec.structs.replace(each, attended=each.attended - 1) for each in klass.rows)
        return claim_workbook(msgspec.structs.replace(self.made, classes=(msgspec.structs.replace(klass, rows=rows),)), day)


def life_claims(taught: Sequence[Taught]) -> dict[str, LifeClaim]:
    """Every claim by its name."""
    firms, found = _firms(), {}
    taken = dict.fromkeys((ENTERPRISE_A, ENTERPRISE_B), 0)
    for place, (name, (code, count)) in enumerate(CLAIMS.items(), start=1):
        klass = next(each for each in taught if each.klass.enterprise == code)
        first = taken[code]
        taken[code] = first + count
        found[name] = LifeClaim(_clerk(code), _made(klass, firms[code], range(first, first + count), place))
    return found


def _clerk(code: str) -> Actor:
    if code == ENTERPRISE_A:
        return CLERK
    name = next(title for each, title, _kind in ORGANISATIONS if each == code)
    return msgspec.structs.replace(CLERK, key="demo-clerk-b", organisation=code, organisation_name=name)


def _firms() -> dict[str, EnterpriseDocument]:
    """Both enterprises as the sample registers describe them."""
    documents = [decode_registers(sample_file(f"registers_{letter}.json")) for letter in "AB"]
    return {each.uscc: each for document in documents for each in document.enterprises if each.uscc in {ENTERPRISE_A, ENTERPRISE_B}}


def _made(taught: Taught, firm: EnterpriseDocument, places: range, number: int) -> MadeClaim:
    filing = FilingDocument(
        class_no=taught.number,
        enterprise=firm.uscc,
        institution=INSTITUTION,
        stream=STREAM_POST,
        start=taught.klass.days[0],
        end=taught.klass.days[-1],
        planned_hours=taught.hours,
        delivered_hours=taught.hours,
        enrolled=taught.klass.size,
        theory_test=True,
        practical_test=True,
    )
    rows = tuple(
        Row(
            name=each.name,
            id_no=each.id_no,
            mobile=each.mobile,
            contract_start=HIRED,
            contract_end=CONTRACT_END,
            attended=taught.hours,
            result="合格",
        )
        for each in (taught.people[place] for place in places)
    )
    institution = next(title for code, title, _kind in ORGANISATIONS if code == INSTITUTION)
    vouchers = tuple(
        Voucher(
            class_no=taught.number,
            category=category,
            invoice_no=f"2632{number * 10 + place:016d}",
            issuer_name=institution,
            issuer=INSTITUTION,
            invoiced_on=taught.klass.days[-1],
            amount_yuan=COST_YUAN * taught.klass.size * share // 100,
            voucher_no=f"PZ26{number * 10 + place:05d}",
        )
        for place, (category, share) in enumerate(CATEGORY_SHARES)
    )
    return MadeClaim(firm, (MadeClass(filing, taught.klass.title, None, institution, rows),), vouchers)


def life_registers(taught: Sequence[Taught], day: date) -> bytes:
    """What other offices deliver before the claims come in: both enterprises, and who was insured where in the months so far."""
    document = RegistersDocument(
        as_of=day,
        coverage=CoverageDocument(MONTHS, ("2025",)),
        enterprises=tuple(_firms().values()),
        insurance=tuple(
            InsuranceDocument(person.id_no, month, each.klass.enterprise) for each in taught for person in each.people for month in MONTHS
        ),
        district="310117",
        source="演示数据（春季班级）",
    )
    return canonical_json(document)
