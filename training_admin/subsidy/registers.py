"""What other offices and earlier work deliver about a claim: enterprises, filings, insurance months, earlier payments.

The same structs come from a JSON document (command line) and from the database; persons are opaque keys in both.
"""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import TypeVar

import msgspec

from training_admin.catalog.facts import CENTIHOURS_PER_HOUR, Filing
from training_admin.fund.facts import LES, PaidTraining
from training_admin.kit.identifiers import clean_number
from training_admin.kit.money import decimal_from_text, fen_from_decimal
from training_admin.kit.refusals import Unreadable
from training_admin.parties.facts import Coverage, Enterprise, Institution, InsuredMonth

PersonOf = Callable[[str], str]
NumberText = int | float | str
Row = TypeVar("Row")


class Registers(msgspec.Struct, frozen=True):
    """The registers as known at one instant, indexed for one pass over a claim."""

    coverage: Coverage
    enterprises: dict[str, Enterprise]
    institutions: dict[str, Institution]
    filings: dict[str, Filing]
    insurance: dict[str, tuple[InsuredMonth, ...]]
    payments: dict[str, tuple[PaidTraining, ...]]


class CoverageDocument(msgspec.Struct, frozen=True):
    """The JSON shape of `coverage`."""

    insurance: tuple[str, ...] = ()
    surcharge: tuple[str, ...] = ()


class EnterpriseDocument(msgspec.Struct, frozen=True):
    """The JSON shape of one enterprise; amounts in yuan as strings."""

    uscc: str
    name: str
    size: str | None = None
    tax_district: str | int | None = None
    status: str | None = None
    surcharge_paid: dict[str, NumberText] = {}
    subsidy_paid: dict[str, NumberText] = {}
    insured_headcount: int | None = None
    kind: str = "ENTERPRISE"


class InstitutionDocument(msgspec.Struct, frozen=True):
    """The JSON shape of one institution."""

    uscc: str
    name: str
    licence_to: date | None = None
    occupations: tuple[str, ...] = ()


class FilingDocument(msgspec.Struct, frozen=True):
    """The JSON shape of one filing; hours of 45 minutes."""

    class_no: str
    enterprise: str
    stream: str
    start: date
    end: date
    planned_hours: NumberText
    delivered_hours: NumberText
    enrolled: int
    institution: str | None = None
    item: str | None = None
    mode: str = "MIXED"
    filed_at: date | None = None
    approved_at: date | None = None
    theory_test: bool | None = None
    practical_test: bool | None = None
    online_hours: NumberText | None = None


class InsuranceDocument(msgspec.Struct, frozen=True):
    """The JSON shape of one insured month."""

    id_no: str
    month: str
    payer: str


class PaymentDocument(msgspec.Struct, frozen=True):
    """The JSON shape of one earlier payment; the amount in yuan."""

    id_no: str
    paid_on: date
    amount: NumberText
    occupation: str | None = None
    level: NumberText | None = None
    fund: str = LES
    stream: str | None = None


class RegistersDocument(msgspec.Struct, frozen=True):
    """A whole delivery in one JSON document, as in the sample registers."""

    as_of: date
    coverage: CoverageDocument
    enterprises: tuple[EnterpriseDocument, ...] = ()
    institutions: tuple[InstitutionDocument, ...] = ()
    filings: tuple[FilingDocument, ...] = ()
    insurance: tuple[InsuranceDocument, ...] = ()
    payments: tuple[PaymentDocument, ...] = ()
    district: str | int | None = None
    source: str = ""


def decode_registers(content: bytes) -> RegistersDocument:
    """Decode a registers document; raises Unreadable `registers-unreadable` naming the place, never a value."""
    try:
        return msgspec.json.decode(content, type=RegistersDocument)
    except msgspec.ValidationError as error:
        place = str(error).rpartition(" - at ")[2].strip("`") or "$"
        raise _unreadable(f"登记数据第 {place} 处的类型或取值不符合约定，请按交换格式修改后重新导入。") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _unreadable("登记数据不是有效的 JSON 文件，请重新导出后再导入。") from None


def registers_from_document(document: RegistersDocument, person_of: PersonOf) -> Registers:
    """Registers with canonical units and opaque persons; raises Unreadable for an amount or hour that is no number."""
    return Registers(
        coverage=Coverage(frozenset(document.coverage.insurance), frozenset(document.coverage.surcharge)),
        enterprises={each.uscc: enterprise_of(each) for each in document.enterprises},
        institutions={each.uscc: Institution(each.uscc, each.name, each.licence_to, each.occupations) for each in document.institutions},
        filings={each.class_no: filing_of(each) for each in document.filings},
        insurance=by_person(InsuredMonth(person_of(clean_number(each.id_no)), each.month, each.payer) for each in document.insurance),
        payments=by_person(payment_of(each, person_of(clean_number(each.id_no))) for each in document.payments),
    )


def by_person(rows: Iterable[Row]) -> dict[str, tuple[Row, ...]]:
    """Rows grouped by their person."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.person, []).append(row)  # type: ignore[attr-defined] # InsuredMonth and PaidTraining have it
    return {person: tuple(found) for person, found in grouped.items()}


def enterprise_of(document: EnterpriseDocument) -> Enterprise:
    """One enterprise in fen."""
    return Enterprise(
        uscc=document.uscc,
        name=document.name,
        size=document.size,
        tax_district=None if document.tax_district is None else str(document.tax_district),
        status=document.status,
        surcharge_paid_fen={year: fen_of(amount) for year, amount in sorted(document.surcharge_paid.items())},
        subsidy_paid_fen={year: fen_of(amount) for year, amount in sorted(document.subsidy_paid.items())},
        insured_headcount=document.insured_headcount,
        kind=document.kind,
    )


def filing_of(document: FilingDocument) -> Filing:
    """One filing in hundredths of an hour."""
    return Filing(
        class_no=document.class_no,
        enterprise=document.enterprise,
        institution=document.institution,
        stream=document.stream,
        item=document.item,
        start=document.start,
        end=document.end,
        planned_centihours=centihours_of(document.planned_hours),
        delivered_centihours=centihours_of(document.delivered_hours),
        enrolled=document.enrolled,
        mode=document.mode,
        filed_at=document.filed_at,
        approved_at=document.approved_at,
        theory_test=document.theory_test,
        practical_test=document.practical_test,
        online_centihours=None if document.online_hours is None else centihours_of(document.online_hours),
    )


def payment_of(document: PaymentDocument, person: str) -> PaidTraining:
    """One earlier payment in fen."""
    return PaidTraining(
        person=person,
        occupation=document.occupation,
        level=None if document.level is None else str(document.level),
        paid_on=document.paid_on,
        fund=document.fund,
        amount_fen=fen_of(document.amount),
        stream=document.stream,
    )


def fen_of(amount: NumberText) -> int:
    """Fen of an amount in yuan given as text or number; raises Unreadable."""
    value = decimal_from_text(str(amount))
    fen = None if value is None else fen_from_decimal(value)
    if fen is None:
        raise _unreadable("登记数据中有金额不是最多两位小数的数字，请核对后重新导入。")
    return fen


def centihours_of(hours: NumberText) -> int:
    """Hundredths of a training hour; raises Unreadable."""
    value = decimal_from_text(str(hours))
    scaled = Decimal(-1) if value is None else value * CENTIHOURS_PER_HOUR
    if scaled < 0 or scaled != scaled.to_integral_value():
        raise _unreadable("登记数据中有课时不是最多两位小数的非负数字，请核对后重新导入。")
    return int(scaled)


class RegistersUnreadable(Unreadable):
    """A delivery of registers cannot be read."""

    code = "registers-unreadable"
    title = "登记数据无法识别"


def _unreadable(sentence: str) -> RegistersUnreadable:
    return RegistersUnreadable(sentence)
