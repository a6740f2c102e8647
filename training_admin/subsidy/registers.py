"""What other offices and earlier work deliver about a claim: enterprises, filings, insurance months, earlier payments.

The same structs come from a JSON document (command line) and from the database; persons are opaque keys in both.
"""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, TypeVar

import msgspec

from training_admin.catalog.facts import CENTIHOURS_PER_HOUR, Filing
from training_admin.fund.facts import LES, OwnPayment, PaidTraining
from training_admin.kit.identifiers import clean_number
from training_admin.kit.money import decimal_from_text, fen_from_decimal
from training_admin.kit.refusals import Unreadable
from training_admin.parties.facts import Coverage, Enterprise, Institution, InsuredMonth, YearAmounts

PersonOf = Callable[[str], str]
NumberText = int | float | str
Row = TypeVar("Row")
# What the tables can hold, told at the border with the place: a text without NUL, codes of their length, months and years that exist.
Text = Annotated[str, msgspec.Meta(pattern=r"\A[^\x00]*\Z", max_length=200)]
Code = Annotated[str, msgspec.Meta(pattern=r"\A[^\x00]*\Z", max_length=18)]
Word = Annotated[str, msgspec.Meta(pattern=r"\A[^\x00]*\Z", max_length=20)]
LongCode = Annotated[str, msgspec.Meta(pattern=r"\A[^\x00]*\Z", max_length=40)]
Fund = Annotated[str, msgspec.Meta(pattern=r"\A[^\x00]*\Z", max_length=12)]
Mode = Annotated[str, msgspec.Meta(pattern=r"\A(THEORY|MIXED)\Z")]
Size = Annotated[str, msgspec.Meta(pattern=r"\A(L|M|S|MICRO)\Z")]
Month = Annotated[str, msgspec.Meta(pattern=r"\A20[0-9]{2}-(0[1-9]|1[0-2])\Z")]
Year = Annotated[str, msgspec.Meta(pattern=r"\A20[0-9]{2}\Z")]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
MOST_HOURS = 100_000
MOST_OF_A_PERSON = 1_000


class Registers(msgspec.Struct, frozen=True):
    """The registers as known at one instant, indexed for one pass over a claim."""

    coverage: Coverage
    enterprises: dict[str, Enterprise]
    institutions: dict[str, Institution]
    filings: dict[str, Filing]
    insurance: dict[str, tuple[InsuredMonth, ...]]
    payments: dict[str, tuple[PaidTraining, ...]]
    year_amounts: tuple[YearAmounts, ...] = ()
    own_payments: dict[str, tuple[OwnPayment, ...]] = {}


class CoverageDocument(msgspec.Struct, frozen=True):
    """The JSON shape of `coverage`."""

    insurance: tuple[Month, ...] = ()
    surcharge: tuple[Year, ...] = ()


class EnterpriseDocument(msgspec.Struct, frozen=True):
    """The JSON shape of one enterprise; amounts in yuan as strings."""

    uscc: Code
    name: Text
    size: Size | None = None
    tax_district: Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{1,6}\Z")] | Annotated[int, msgspec.Meta(ge=0, le=999_999)] | None = None
    status: Word | None = None
    surcharge_paid: dict[Year, NumberText] = {}
    subsidy_paid: dict[Year, NumberText] = {}
    insured_headcount: Count | None = None
    kind: Word = "ENTERPRISE"


class YearAmountsDocument(msgspec.Struct, frozen=True):
    """What one enterprise paid and received by year, where the delivery does not describe the enterprise itself."""

    uscc: Code
    surcharge_paid: dict[Year, NumberText] = {}
    subsidy_paid: dict[Year, NumberText] = {}


class InstitutionDocument(msgspec.Struct, frozen=True):
    """The JSON shape of one institution."""

    uscc: Code
    name: Text
    licence_to: date | None = None
    occupations: tuple[Word, ...] = ()


class FilingDocument(msgspec.Struct, frozen=True):
    """The JSON shape of one filing; hours of 45 minutes."""

    class_no: LongCode
    enterprise: Code
    stream: Word
    start: date
    end: date
    planned_hours: NumberText
    delivered_hours: NumberText
    enrolled: Count
    institution: Code | None = None
    item: LongCode | None = None
    mode: Mode = "MIXED"
    filed_at: date | None = None
    approved_at: date | None = None
    theory_test: bool | None = None
    practical_test: bool | None = None
    online_hours: NumberText | None = None


class InsuranceDocument(msgspec.Struct, frozen=True):
    """The JSON shape of one insured month."""

    id_no: LongCode
    month: Month
    payer: Code


class PaymentDocument(msgspec.Struct, frozen=True):
    """The JSON shape of one earlier payment; the amount in yuan."""

    id_no: LongCode
    paid_on: date
    amount: NumberText
    occupation: Word | None = None
    level: Annotated[str, msgspec.Meta(pattern=r"\A[^\x00]*\Z", max_length=8)] | Annotated[int, msgspec.Meta(ge=0, le=99)] | None = None
    fund: Fund = LES
    stream: Word | None = None


class RegistersDocument(msgspec.Struct, frozen=True):
    """A whole delivery in one JSON document, as in the sample registers; a workbook is read into the same."""

    as_of: date
    coverage: CoverageDocument
    enterprises: tuple[EnterpriseDocument, ...] = ()
    institutions: tuple[InstitutionDocument, ...] = ()
    filings: tuple[FilingDocument, ...] = ()
    insurance: tuple[InsuranceDocument, ...] = ()
    payments: tuple[PaymentDocument, ...] = ()
    year_amounts: tuple[YearAmountsDocument, ...] = ()
    district: str | int | None = None
    source: Text = ""

    @property
    def row_count(self) -> int:
        """How many rows the delivery brings."""
        return sum(map(len, (self.enterprises, self.institutions, self.filings, self.insurance, self.payments, self.year_amounts)))


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
    """Registers with canonical units and opaque persons; raises Unreadable for an amount, an hour or days that cannot be."""
    payments = by_person(payment_of(each, person_of(clean_number(each.id_no))) for each in document.payments)
    if any(len(found) > MOST_OF_A_PERSON for found in payments.values()):
        raise _unreadable(f"登记数据中同一人员的已领补贴超过 {MOST_OF_A_PERSON} 笔，请核对是否重复后重新导入。")
    return Registers(
        coverage=Coverage(frozenset(document.coverage.insurance), frozenset(document.coverage.surcharge)),
        enterprises={each.uscc: enterprise_of(each) for each in document.enterprises},
        institutions={each.uscc: Institution(each.uscc, each.name, each.licence_to, each.occupations) for each in document.institutions},
        filings={each.class_no: filing_of(each) for each in document.filings},
        insurance=by_person(InsuredMonth(person_of(clean_number(each.id_no)), each.month, each.payer) for each in document.insurance),
        payments=payments,
        year_amounts=tuple(
            YearAmounts(each.uscc, fen_by_year(each.surcharge_paid), fen_by_year(each.subsidy_paid)) for each in document.year_amounts
        ),
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
        surcharge_paid_fen=fen_by_year(document.surcharge_paid),
        subsidy_paid_fen=fen_by_year(document.subsidy_paid),
        insured_headcount=document.insured_headcount,
        kind=document.kind,
    )


def filing_of(document: FilingDocument) -> Filing:
    """One filing in hundredths of an hour; raises Unreadable for a class that ends before it starts."""
    if document.end < document.start:
        raise _unreadable(f"登记数据中班级 {document.class_no} 的结业日期早于开班日期，请核对后重新导入。")
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


def fen_by_year(amounts: dict[Year, NumberText]) -> dict[str, int]:
    """Fen of each year, years in order; raises Unreadable."""
    return {year: fen_of(amount) for year, amount in sorted(amounts.items())}


def fen_of(amount: NumberText) -> int:
    """Fen of an amount in yuan given as text or number; raises Unreadable."""
    value = decimal_from_text(str(amount))
    fen = None if value is None else fen_from_decimal(value)
    if fen is None or fen < 0:
        raise _unreadable("登记数据中有金额不是最多两位小数的非负数字，请核对后重新导入。")
    return fen


def centihours_of(hours: NumberText) -> int:
    """Hundredths of a training hour; raises Unreadable."""
    value = decimal_from_text(str(hours))
    scaled = Decimal(-1) if value is None or value > MOST_HOURS else value * CENTIHOURS_PER_HOUR
    if scaled < 0 or scaled != scaled.to_integral_value():
        raise _unreadable("登记数据中有课时不是最多两位小数的非负数字，请核对后重新导入。")
    return int(scaled)


class RegistersUnreadable(Unreadable):
    """A delivery of registers cannot be read."""

    code = "registers-unreadable"
    title = "登记数据无法识别"


def _unreadable(sentence: str) -> RegistersUnreadable:
    return RegistersUnreadable(sentence)
