"""The workbook of delivered registers into the same document as JSON, or every wrong cell at once."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TypeVar

import msgspec

from training_admin.kit.identifiers import clean_number, likely_id_type
from training_admin.kit.money import yuan
from training_admin.kit.workbook.cells import LONGEST_TEXT, Problems, RowReader, table_reader
from training_admin.kit.workbook.package import Package
from training_admin.kit.workbook.parts import read_parts
from training_admin.kit.workbook.sheet import Cell, read_rows
from training_admin.kit.workbook.table import find_sheet
from training_admin.kit.workbook.values import (
    compact,
    plain,
    to_centihours,
    to_count,
    to_fen,
    to_month,
    to_months,
    to_switch,
    to_year,
    to_years,
)
from training_admin.subsidy.labels import LabelReader
from training_admin.subsidy.layout import TEXT_LIMITS
from training_admin.subsidy.register_layout import (
    ABOUT_LABELS,
    ABOUT_REQUIRED,
    AS_OF,
    COLUMNS,
    COVERED_MONTHS,
    COVERED_YEARS,
    DISTRICT,
    ID_NUMBER,
    ID_TYPE,
    LIMITS,
    MOST_PROBLEMS,
    SHEET_ABOUT,
    SHEET_ENTERPRISES,
    SHEET_FILINGS,
    SHEET_INSTITUTIONS,
    SHEET_INSURANCE,
    SHEET_PAYMENTS,
    SHEET_SUBSIDY,
    SHEET_SURCHARGE,
    SOURCE,
    USCC,
    WORDS,
    RegistersRead,
)
from training_admin.subsidy.registers import (
    CoverageDocument,
    EnterpriseDocument,
    FilingDocument,
    InstitutionDocument,
    InsuranceDocument,
    NumberText,
    PaymentDocument,
    RegistersDocument,
    YearAmountsDocument,
)

CENTI = 100
AREA_SENTENCE = "应为 6 位行政区划代码，如 310117。"
MONTH_SENTENCE = "无法识别为月份，请按 2026-03 的写法填写。"
YEAR_SENTENCE = "不是四位年份，请按 2025 的写法填写。"
_AREA = re.compile(r"\d{6}")
_NEXT = re.compile(r"[、,;\s]+")
T = TypeVar("T")
Amounts = dict[str, dict[str, NumberText]]


class About(msgspec.Struct, frozen=True):
    """The sheet 交付说明; months and years are None where the cell could not be read, so that no row is measured by them."""

    source: str
    as_of: date | None
    district: str
    months: tuple[str, ...] | None
    years: tuple[str, ...] | None


def read_register_workbook(content: bytes, *, today: date) -> RegistersRead:
    """Read a register workbook; raises the refusals of kit.workbook when it cannot be opened at all.

    `today` bounds dates of birth. Wrong cells never raise: they are listed in reading order.
    """
    book = _Book(content, today)
    about = book.about()
    described = tuple(book.rows(SHEET_ENTERPRISES, _enterprise, once=lambda each: each.uscc))
    paid = _by_year(book.rows(SHEET_SURCHARGE, _year_amount("实缴金额（元）", about.years), once=lambda each: each[:2]))
    granted = _by_year(book.rows(SHEET_SUBSIDY, _year_amount("已拨金额（元）", None), once=lambda each: each[:2]))
    enterprises = tuple(
        msgspec.structs.replace(each, surcharge_paid=paid.pop(each.uscc, {}), subsidy_paid=granted.pop(each.uscc, {})) for each in described
    )
    document = RegistersDocument(
        as_of=about.as_of or today,
        coverage=CoverageDocument(about.months or (), about.years or ()),
        enterprises=enterprises,
        institutions=tuple(book.rows(SHEET_INSTITUTIONS, _institution, once=lambda each: each.uscc)),
        filings=tuple(book.rows(SHEET_FILINGS, _filing, once=lambda each: each.class_no)),
        insurance=tuple(book.rows(SHEET_INSURANCE, _insured_month(about.months, today))),
        payments=tuple(book.rows(SHEET_PAYMENTS, _payment(today))),
        year_amounts=tuple(
            YearAmountsDocument(uscc, paid.get(uscc, {}), granted.get(uscc, {})) for uscc in dict.fromkeys((*paid, *granted))
        ),
        district=about.district or None,
        source=about.source,
    )
    if not book.problems.count:
        book.note_empty(about, document)
    count = book.problems.count
    return RegistersRead(None if count else document, tuple(book.problems.found), count)


class _Book:
    """An opened workbook, read sheet by sheet; the rows of one are let go before the next is read."""

    def __init__(self, content: bytes, today: date) -> None:
        self.package = Package(content, LIMITS)
        self.parts = read_parts(self.package)
        self.problems = Problems(MOST_PROBLEMS)
        self.today = today
        self.head: LabelReader | None = None

    def about(self) -> About:
        """The sheet 交付说明, which must be there."""
        entry = find_sheet(self.parts, SHEET_ABOUT)
        if entry is None:
            self.problems.note(SHEET_ABOUT, "", "MISSING_SHEET", SHEET_ABOUT)
            return About("", None, "", None, None)
        rows = read_rows(self.package, self.parts, entry.name)
        reader = self.head = LabelReader(rows, ABOUT_LABELS, SHEET_ABOUT, self.problems, from_1904=self.parts.from_1904)
        reader.require(ABOUT_REQUIRED)
        return About(
            source=reader.text(SOURCE, 100),
            as_of=reader.day(AS_OF),
            months=_covered(reader, COVERED_MONTHS, lambda cell: to_months(cell, from_1904=reader.from_1904), MONTH_SENTENCE),
            years=_covered(reader, COVERED_YEARS, to_years, YEAR_SENTENCE),
            district=reader.value(DISTRICT, _area, "UNKNOWN_VALUE", AREA_SENTENCE) or "",
        )

    def rows(self, name: str, read: Callable[[RowReader], T | None], *, once: Callable[[T], object] | None = None) -> Iterator[T]:
        """The rows of a sheet that are right; none when the sheet is not there. What `once` gives may stand only once."""
        entry = find_sheet(self.parts, name)
        if entry is None:
            return
        rows, from_1904 = read_rows(self.package, self.parts, entry.name), self.parts.from_1904
        reader = table_reader(rows, name, COLUMNS[name], self.problems, from_1904=from_1904, limits=TEXT_LIMITS)
        # The rows that are read are the table's; what the sheet held is let go.
        del rows
        if reader is None:
            return
        seen: set[object] = set()
        for number, cells in reader.table.rows:
            reader.turn_to(number, cells)
            row = read(reader)
            if row is None or not reader.sound:
                continue
            if once is not None:
                key = once(row)
                if key in seen:
                    reader.refuse(_first_required(name), "DUPLICATE_ROW")
                    continue
                seen.add(key)
            yield row

    def note_empty(self, about: About, document: RegistersDocument) -> None:
        """A period said to be covered without a single row would make everybody go without a record: it is refused."""
        if self.head is None:
            return
        named = {each.month for each in document.insurance}
        paid = (*(each.surcharge_paid for each in document.enterprises), *(each.surcharge_paid for each in document.year_amounts))
        years = {year for amounts in paid for year in amounts}
        if not set(about.months or ()) <= named:
            self.head.refuse(COVERED_MONTHS, "NO_ROWS")
        if not set(about.years or ()) <= years:
            self.head.refuse(COVERED_YEARS, "NO_ROWS")
        if not document.row_count:
            self.head.problems.note(SHEET_ABOUT, "", "MISSING", sentence="工作簿中没有任何登记数据，请至少填写一张数据表。")


def _covered(reader: LabelReader, label: str, read: Callable[[Cell], tuple[str, ...] | None], sentence: str) -> tuple[str, ...] | None:
    """Covered periods: () when none are named, None when the cell cannot be read."""
    return () if reader.cell(label) is None else reader.value(label, read, "UNKNOWN_VALUE", sentence)


def _first_required(name: str) -> str:
    return next(column.header for column in COLUMNS[name] if column.required)


def _name(reader: RowReader, header: str) -> str:
    """A name as written: compatibility forms such as （） are kept, only spaces are made one."""
    name = reader.value(header, lambda cell: " ".join(cell.text.split()) or None, "MISSING", required=True) or ""
    if len(name) > LONGEST_TEXT:
        reader.refuse(header, "TOO_LONG")
    return name


def _area(cell: Cell) -> str | None:
    text = compact(cell)
    return text if _AREA.fullmatch(text) else None


def _enterprise(reader: RowReader) -> EnterpriseDocument:
    return EnterpriseDocument(
        uscc=reader.uscc(USCC, required=True),
        name=_name(reader, "企业名称"),
        size=reader.word("企业规模", WORDS.sizes) or None,
        tax_district=reader.value("税收征管区划", _area, "UNKNOWN_VALUE", sentence=AREA_SENTENCE),
        status=reader.text("登记状态", spaced=False, limit=20) or None,
        kind=reader.word("单位类型", WORDS.kinds) or "ENTERPRISE",
        insured_headcount=reader.value("参保人数", to_count, "NUMBER"),
    )


def _year_amount(header: str, covered: tuple[str, ...] | None) -> Callable[[RowReader], tuple[str, str, str] | None]:
    """Reads credit code, year and yuan; a year outside what the delivery covers is refused."""

    def read(reader: RowReader) -> tuple[str, str, str] | None:
        uscc = reader.uscc(USCC, required=True)
        year = reader.value("年度", to_year, "NUMBER", required=True, sentence=YEAR_SENTENCE)
        fen = reader.value(header, to_fen, "MONEY", required=True)
        if covered is not None and year is not None and str(year) not in covered:
            reader.refuse("年度", "NOT_COVERED")
        return None if year is None or fen is None else (uscc, str(year), yuan(fen))

    return read


def _by_year(rows: Iterable[tuple[str, str, str]]) -> Amounts:
    amounts: Amounts = {}
    for uscc, year, amount in rows:
        amounts.setdefault(uscc, {})[year] = amount
    return amounts


def _institution(reader: RowReader) -> InstitutionDocument:
    return InstitutionDocument(
        uscc=reader.uscc(USCC, required=True),
        name=_name(reader, "机构名称"),
        licence_to=reader.day("办学许可有效期至"),
        occupations=reader.value("培训职业编码", _codes, "TOO_LONG") or (),
    )


def _codes(cell: Cell) -> tuple[str, ...] | None:
    codes = tuple(dict.fromkeys(code for code in _NEXT.split(plain(cell)) if code))
    return codes if all(len(code) <= 20 for code in codes) else None  # noqa: PLR2004 - as the filings have it


def _filing(reader: RowReader) -> FilingDocument | None:
    class_no = reader.text("班级编号", required=True, spaced=False)
    enterprise = reader.uscc("企业信用代码", required=True)
    institution = reader.uscc("培训机构信用代码") or None
    stream = reader.word("培训类别", WORDS.streams, required=True)
    item = reader.text("项目编码", spaced=False, limit=40) or None
    start, end = reader.day("开班日期", required=True), reader.day("结业日期", required=True)
    planned = reader.value("计划课时", to_centihours, "NUMBER", required=True)
    delivered = reader.value("实际课时", to_centihours, "NUMBER", required=True)
    online = reader.value("线上课时", to_centihours, "NUMBER")
    enrolled = reader.value("备案人数", to_count, "NUMBER", required=True)
    mode = reader.word("培训方式", WORDS.modes) or "MIXED"
    filed_at, approved_at = reader.day("备案日期"), reader.day("审核通过日期")
    theory = reader.value("理论考核", to_switch, "UNKNOWN_VALUE")
    practical = reader.value("操作考核", to_switch, "UNKNOWN_VALUE")
    if start is not None and end is not None and end < start:
        reader.refuse("结业日期", "DATE", "早于开班日期，请核对。")
    if start is None or end is None or planned is None or delivered is None or enrolled is None:
        return None
    return FilingDocument(
        class_no=class_no,
        enterprise=enterprise,
        institution=institution,
        stream=stream,
        item=item,
        start=start,
        end=end,
        planned_hours=_hours(planned),
        delivered_hours=_hours(delivered),
        online_hours=None if online is None else _hours(online),
        enrolled=enrolled,
        mode=mode,
        filed_at=filed_at,
        approved_at=approved_at,
        theory_test=theory,
        practical_test=practical,
    )


def _hours(centihours: int) -> int | str:
    """Whole hours as a number, others as decimal text: no float stands between the cell and the sum."""
    whole, rest = divmod(centihours, CENTI)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else whole


def _identity(reader: RowReader, today: date) -> str:
    """An identity number in the form of its document type or, without one, of what it must be."""
    id_type = reader.word(ID_TYPE, WORDS.id_types)
    cell = None if id_type else reader.cell(ID_NUMBER)
    likely = id_type if cell is None else likely_id_type(clean_number(compact(cell)))
    return reader.identity(ID_NUMBER, likely, today, checked=False)


def _insured_month(covered: tuple[str, ...] | None, today: date) -> Callable[[RowReader], InsuranceDocument | None]:
    """Reads one insured month; a month outside what the delivery covers is refused."""

    def month_of(reader: RowReader) -> str | None:
        return reader.value(
            "缴费月份", lambda cell: to_month(cell, from_1904=reader.from_1904), "DATE", required=True, sentence=MONTH_SENTENCE
        )

    def read(reader: RowReader) -> InsuranceDocument | None:
        id_no, month = _identity(reader, today), month_of(reader)
        payer = reader.uscc("缴费单位信用代码", required=True)
        if covered is not None and month is not None and month not in covered:
            reader.refuse("缴费月份", "NOT_COVERED")
        return None if month is None else InsuranceDocument(id_no, month, payer)

    return read


def _payment(today: date) -> Callable[[RowReader], PaymentDocument | None]:
    """Reads one earlier payment."""

    def read(reader: RowReader) -> PaymentDocument | None:
        id_no, paid_on = _identity(reader, today), reader.day("发放日期", required=True)
        fen = reader.value("金额（元）", to_fen, "MONEY", required=True)
        level = reader.word("技能等级", WORDS.levels)
        occupation = reader.text("职业编码", spaced=False, limit=20) or None
        fund = reader.word("资金来源", WORDS.funds)
        stream = reader.word("培训类别", WORDS.paid_streams) or None
        if paid_on is None or fen is None:
            return None
        payment = PaymentDocument(id_no, paid_on, yuan(fen), occupation, int(level) if level else None, stream=stream)
        return msgspec.structs.replace(payment, fund=fund) if fund else payment

    return read
