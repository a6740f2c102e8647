"""A district-year of made-up claims from one seed: firms, classes, people, vouchers, registers, and labelled faults."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import msgspec

from training_admin.catalog.facts import STREAM_GENERAL, STREAM_POST, STREAM_PROFESSIONAL, STREAM_SKILL, CatalogItem
from training_admin.catalog.sample import sample_catalog
from training_admin.demo.faults import CATALOG_FAULTS, CLASS_FAULTS, FIRM_FAULTS, LINE_FAULTS, Course, Row
from training_admin.demo.people import People
from training_admin.kit.workdays import Calendar
from training_admin.office.calendar_data import published_calendar
from training_admin.subsidy.registers import (
    CoverageDocument,
    EnterpriseDocument,
    FilingDocument,
    InstitutionDocument,
    InsuranceDocument,
    RegistersDocument,
)

CLAIM_DAY = date(2026, 6, 1)
FIRST_START, LAST_END = date(2026, 1, 26), date(2026, 5, 28)
LATEST_END_OUT_OF_TIME = date(2026, 2, 27)
MONTHS = tuple(f"2026-{month:02d}" for month in range(1, 7))
LARGEST_CLASS = 50
MEAN_CLASS = 30
LINE_FAULT_SHARE, CLASS_FAULT_SHARE, FIRM_FAULT_SHARE = 0.06, 0.05, 0.02
POST_TITLES = ("智能产线岗位技能（理论+实操）", "班组长管理能力提升", "安全生产岗位培训（理论+实操）", "质量管理岗位培训")
CATEGORY_SHARES = (("培训费", 60), ("师资费", 20), ("教材耗材", 15), ("场地费", 5))


class Voucher(msgspec.Struct, frozen=True):
    """One cost row."""

    class_no: str
    category: str
    invoice_no: str
    issuer_name: str
    issuer: str
    invoiced_on: date
    amount_yuan: int
    voucher_no: str


class MadeClass(msgspec.Struct, frozen=True):
    """One class with its filing and its roster."""

    filing: FilingDocument
    title: str
    item: CatalogItem | None
    institution_name: str
    rows: tuple[Row, ...]
    label: str = ""
    finds: str = ""


class MadeClaim(msgspec.Struct, frozen=True):
    """One firm's claim; `label` names a fault of the firm, `finds` the rule that must see it.

    `holder` is the account holder where that is not the firm.
    """

    firm: EnterpriseDocument
    classes: tuple[MadeClass, ...]
    vouchers: tuple[Voucher, ...]
    label: str = ""
    finds: str = ""
    holder: str = ""

    @property
    def people(self) -> int:
        """How many roster rows the claim has."""
        return sum(len(klass.rows) for klass in self.classes)


class District:
    """Draws claims one after the other from a seed; the same seed gives the same district."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - made-up data, the same for the same seed
        self.people = People(self.random)
        self.calendar: Calendar = published_calendar()
        self.items = [item for item in sample_catalog() if item.level is not None and item.occupation is not None]
        self.institutions = [self._institution(place) for place in range(12)]
        self._classes = 0
        self._invoices = 0

    def _institution(self, place: int) -> InstitutionDocument:
        name = f"松江样例第{place + 1}职业技能培训学校"
        occupations = tuple(sorted({item.occupation for item in self.items if item.occupation}))
        return InstitutionDocument(self.people.credit_code("52"), name, date(2028, 12, 31), occupations)

    def claims(self, trainees: int) -> Iterator[MadeClaim]:
        """Claims until at least so many people are on their rosters."""
        made = 0
        while made < trainees:
            claim = self._claim(trainees - made)
            made += claim.people
            yield claim

    def large_claim(self, *, classes: int, size: int) -> MadeClaim:
        """One firm's claim of many full classes, faults included: what benchmarks measure."""
        uscc = self.people.credit_code()
        made = tuple(self._class(uscc, size, exactly=size) for _ in range(classes))
        firm = EnterpriseDocument(
            uscc=uscc,
            name=self.people.firm_name(),
            size="L",
            tax_district="310117",
            status="存续",
            surcharge_paid={"2025": "9000000.00"},
            insured_headcount=2 * classes * size,
        )
        return MadeClaim(firm, made, tuple(voucher for klass in made for voucher in self._vouchers(klass)))

    def _claim(self, left: int) -> MadeClaim:
        draw = self.random
        label = draw.choice(tuple(FIRM_FAULTS)) if draw.random() < FIRM_FAULT_SHARE else ""
        uscc, name = self.people.credit_code(), self.people.firm_name()
        count = draw.choice((1, 1, 1, 2, 2, 3))
        classes, people = [], 0
        for _ in range(count):
            if people >= left:
                break
            classes.append(self._class(uscc, min(LARGEST_CLASS, max(1, left - people))))
            people += len(classes[-1].rows)
        firm = EnterpriseDocument(
            uscc=uscc,
            name=name,
            size=draw.choice(("L", "M", "M", "S", "S", "S", "MICRO")),
            tax_district="310115" if label == "税收不在本区" else "310117",
            status="非正常户" if label == "非正常户" else "存续",
            surcharge_paid={"2025": f"{draw.choice((5, 20, 60, 200, 900)) * 1000 + draw.randrange(1000)}.{draw.randrange(100):02d}"},
            subsidy_paid={},
            insured_headcount=people + draw.randrange(20, 400),
        )
        vouchers = [voucher for klass in classes for voucher in self._vouchers(klass)]
        return MadeClaim(firm, tuple(classes), tuple(vouchers), label, FIRM_FAULTS.get(label, ""))

    def _class(self, uscc: str, most: int, *, exactly: int | None = None) -> MadeClass:
        draw = self.random
        self._classes += 1
        stream = draw.choices((STREAM_SKILL, STREAM_POST, STREAM_GENERAL, STREAM_PROFESSIONAL), (65, 20, 10, 5))[0]
        item = draw.choice(self.items) if stream == STREAM_SKILL else None
        hours = item.std_centihours // 100 if item else draw.choice((16, 24, 40))
        size = exactly or min(most, max(5, min(LARGEST_CLASS, round(draw.gauss(MEAN_CLASS, 8)))))
        faults = [label for label in CLASS_FAULTS if item is not None or label != "课时不足"]
        label = draw.choice(faults) if draw.random() < CLASS_FAULT_SHARE else ""
        institution = draw.choice(self.institutions)
        filing = self._filing(uscc, stream, item, hours, size, institution, label)
        course = Course(
            filing.start, filing.end, int(filing.delivered_hours), item.occupation if item else None, item.level if item else None, uscc
        )
        title = item.name if item else draw.choice(POST_TITLES)
        rows = tuple(self._row(course) for _ in range(size))
        return MadeClass(filing, title, item, institution.name, rows, label, CLASS_FAULTS.get(label, ""))

    def _filing(
        self, uscc: str, stream: str, item: CatalogItem | None, hours: int, size: int, institution: InstitutionDocument, label: str
    ) -> FilingDocument:
        draw = self.random
        last = LATEST_END_OUT_OF_TIME if label == "超过申请期限" else LAST_END
        length = timedelta(days=max(4, hours // 4))
        earliest = date(2026, 1, 5) if label == "超过申请期限" else max(FIRST_START, date(2026, 3, 3) - length)
        span = max(1, (last - length - earliest).days)
        start = self._workday(earliest + timedelta(days=draw.randrange(span)))
        end = max(start + length, date(2026, 3, 2)) if label != "超过申请期限" else min(start + length, last)
        days_before = draw.randrange(1, 4) if label == "备案过晚" else draw.randrange(5, 15)
        filed_at = self.calendar.latest_before(start, days_before)
        approved = start + timedelta(days=2) if label == "审核晚于开班" else self.calendar.add_workdays(filed_at, min(3, days_before))
        post = stream in {STREAM_POST, STREAM_GENERAL}
        return FilingDocument(
            class_no=f"YX2026-{self._classes:05d}",
            enterprise=uscc,
            institution=institution.uscc,
            stream=stream,
            item=item.item_code if item else None,
            start=start,
            end=end,
            planned_hours=hours,
            delivered_hours=int(hours * 0.6) if label == "课时不足" else hours,
            enrolled=LARGEST_CLASS + 3 if label == "班级超员" else size,
            mode="MIXED",
            filed_at=filed_at,
            approved_at=approved,
            theory_test=True if post else None,
            practical_test=True if post else None,
        )

    def _workday(self, day: date) -> date:
        while not self.calendar.is_workday(day):
            day += timedelta(days=1)
        return day

    def _row(self, course: Course) -> Row:
        draw = self.random
        person = self.people.person()
        row = Row(
            name=person.name,
            id_no=person.id_no,
            mobile=person.mobile,
            contract_start=date(draw.randrange(2016, 2026), draw.randrange(1, 13), 1),
            contract_end=None if draw.random() < 0.3 else date(2027, 12, 31),  # noqa: PLR2004 - three in ten are open-ended
            attended=course.hours - draw.randrange(max(1, course.hours // 6)),
            result="合格",
            insurance=[InsuranceDocument(person.id_no, month, course.uscc) for month in MONTHS],
        )
        if draw.random() < LINE_FAULT_SHARE:
            faults = LINE_FAULTS | (CATALOG_FAULTS if course.level in {"5", "4", "3"} else {})
            row.label = draw.choice(tuple(faults))
            row.finds, fault = faults[row.label]
            fault(row, course, self.people)
        return row

    def _vouchers(self, klass: MadeClass) -> Iterator[Voucher]:
        draw = self.random
        per_head = draw.randrange(900, 3800, 50) if klass.item else draw.randrange(300, 1200, 50)
        total = per_head * len(klass.rows)
        for category, share in CATEGORY_SHARES:
            self._invoices += 1
            yield Voucher(
                class_no=klass.filing.class_no,
                category=category,
                invoice_no=f"2631{self._invoices:016d}",
                issuer_name=klass.institution_name,
                issuer=klass.filing.institution or "",
                invoiced_on=klass.filing.end,
                amount_yuan=total * share // 100,
                voucher_no=f"PZ{self._invoices:07d}",
            )


def registers_of(claims: list[MadeClaim], institutions: list[InstitutionDocument]) -> RegistersDocument:
    """What the registers say about some claims, as one delivery."""
    classes = [klass for claim in claims for klass in claim.classes]
    rows = [row for klass in classes for row in klass.rows]
    return RegistersDocument(
        as_of=CLAIM_DAY,
        coverage=CoverageDocument(MONTHS, ("2025",)),
        enterprises=tuple(claim.firm for claim in claims),
        institutions=tuple(institutions),
        filings=tuple(klass.filing for klass in classes),
        insurance=tuple(month for row in rows for month in row.insurance),
        payments=tuple(payment for row in rows for payment in row.payments),
        district="310117",
        source="演示数据",
    )
