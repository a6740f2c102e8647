"""One ordinary claim about which no check has a doubt; tests change one thing at a time."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import msgspec

from training_admin.audit.facts import AuditClass, AuditCost, AuditLine, ClaimAudit, OtherTraining
from training_admin.catalog.facts import CatalogItem, Filing
from training_admin.fund.facts import PaidTraining
from training_admin.kit.dated import Policy
from training_admin.office.calendar_data import published_calendar
from training_admin.parties.facts import Coverage, Enterprise, Institution, InsuredMonth
from training_admin.policy.packs import DEFAULT_PACK, load_pack
from training_admin.subsidy.form import ClassRow

FIRM, OTHER_FIRM, SCHOOL = "91310117X11000017X", "91310117X110000282", "91310117X110000370"
MONTHS = ("2026-02", "2026-03", "2026-04", "2026-05")
PEOPLE = tuple(f"p{number}" for number in range(6))


@cache
def policy() -> Policy:
    """The default pack."""
    return load_pack(DEFAULT_PACK)


def changed(thing: Any, **changes: Any) -> Any:
    """A struct with some fields replaced."""
    return msgspec.structs.replace(thing, **changes)


def line(number: int, **changes: Any) -> AuditLine:
    """A roster row of an employee who is paid 1 600 yuan; persons differ by number."""
    ordinary = AuditLine(
        row=4 + number,
        readable=True,
        class_no="C1",
        person=f"p{number}",
        name_key=f"n{number}",
        phone_key=f"t{number}",
        number_valid=True,
        group="E_EMPLOYEE",
        birth=date(1990, 1, 1),
        sex="M",
        contract_start=date(2020, 1, 1),
        contract_end=date(2027, 12, 31),
        attended_centihours=12_000,
        exam_result="合格",
        outcome="PAY",
        payable_fen=160_000,
    )
    return changed(ordinary, **changes)  # type: ignore[no-any-return] # it is a line


FILING = Filing(
    class_no="C1",
    enterprise=FIRM,
    institution=SCHOOL,
    stream="职业技能类",
    item="I1",
    start=date(2026, 3, 9),
    end=date(2026, 4, 24),
    planned_centihours=12_000,
    delivered_centihours=12_000,
    enrolled=6,
    mode="MIXED",
    filed_at=date(2026, 2, 10),
    approved_at=date(2026, 2, 14),
)
ITEM = CatalogItem(
    item_code="I1",
    name="焊工（四级）",
    category="A",
    occupation="6-18-02-04",
    level="4",
    std_centihours=12_000,
    std_fen=200_000,
    base_fen=None,
    urgent=True,
    pilot=False,
    fund="LES",
    valid_from=date(2026, 1, 1),
    valid_to=None,
)
KLASS = AuditClass(
    row=ClassRow(4, "C1", start=date(2026, 3, 9), end=date(2026, 4, 24)), filing=FILING, item=ITEM, eligible_cost_fen=2_000_000
)
COST = AuditCost(4, True, "C1", "培训费", "12345678901234567890", "学校", SCHOOL, date(2026, 4, 24), 2_000_000, "PZ1")
ENTERPRISE = Enterprise(FIRM, "样例精密机械有限公司", "L", "310117", "存续", {"2025": 30_000_000}, {"2026": 0}, insured_headcount=400)
PAID = PaidTraining(person="p0", occupation="6-18-02-04", level="4", paid_on=date(2025, 11, 20), fund="LES", amount_fen=100_000)
OTHER = OtherTraining(
    person="p0",
    name_key="n0",
    claim_number="SJ2",
    uscc=OTHER_FIRM,
    class_no="D1",
    start=date(2026, 4, 24),
    end=date(2026, 5, 1),
    occupation=None,
    level=None,
    fund="LES",
    earlier=True,
    paying=True,
)


def insured(person: str, *months: str, payer: str = FIRM) -> tuple[InsuredMonth, ...]:
    """Insured months of one person."""
    return tuple(InsuredMonth(person, month, payer) for month in months)


INSURANCE: Mapping[str, tuple[InsuredMonth, ...]] = {person: insured(person, *MONTHS) for person in PEOPLE}


def claim(**changes: Any) -> ClaimAudit:
    """The ordinary claim with some facts replaced."""
    ordinary = ClaimAudit(
        number="SJ1",
        uscc=FIRM,
        enterprise_name="样例精密机械有限公司",
        claim_year=2026,
        as_of=date(2026, 6, 1),
        account_holder="样例精密机械有限公司",
        enterprise=ENTERPRISE,
        classes=(KLASS,),
        lines=tuple(line(number) for number in range(6)),
        costs=(COST,),
        institutions={SCHOOL: Institution(SCHOOL, "样例学校", date(2028, 12, 31), ("6-18-02-04",))},
        insurance=INSURANCE,
        coverage=Coverage(frozenset({"2026-01", *MONTHS, "2026-06"}), frozenset({"2025"})),
        payments={},
        others={},
        policy=policy(),
        calendar=published_calendar(),
        ceiling_fen=18_000_000,
        payable_fen=960_000,
    )
    return changed(ordinary, **changes)  # type: ignore[no-any-return] # it is a claim


def with_line(**changes: Any) -> ClaimAudit:
    """The ordinary claim whose first row differs."""
    return claim(lines=(line(0, **changes), *(line(number) for number in range(1, 6))))


def with_class(**changes: Any) -> ClaimAudit:
    """The ordinary claim whose class differs; `filing` fields by `filing_…`."""
    filing = {name.removeprefix("filing_"): value for name, value in changes.items() if name.startswith("filing_")}
    own = {name: value for name, value in changes.items() if not name.startswith("filing_")}
    klass = changed(KLASS, **own)
    return claim(classes=(changed(klass, filing=changed(FILING, **filing)) if filing else klass,))


def with_insurance(person: str, months: tuple[InsuredMonth, ...], **changes: Any) -> ClaimAudit:
    """The ordinary claim with other insured months of one person."""
    return claim(insurance={**INSURANCE, person: months}, **changes)
