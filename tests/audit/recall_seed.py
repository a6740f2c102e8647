"""One seed's made-up district-year with room for faults: places that are still clean, and the labels of what was put into them."""

from collections.abc import Callable, Iterator
from datetime import date
from random import Random
from typing import Any, NamedTuple

import msgspec

from training_admin.audit.match_facts import MatchKind
from training_admin.catalog.facts import CatalogItem
from training_admin.catalog.sample import sample_catalog
from training_admin.demo.district import District, MadeClaim, MadeClass, Voucher
from training_admin.demo.faults import Course, Row
from training_admin.demo.writing import FIRST_ROW
from training_admin.parties.facts import SIZES
from training_admin.subsidy.registers import EnterpriseDocument, InstitutionDocument, PaymentDocument

PEOPLE = 2600
SMALLEST, LARGEST = 11, 16
# Whoever was born later is not near the retirement age.
BORN_SINCE = 1975
DEAR_CODE = "SJ2026-A-900"
DEAR_PEOPLE, DEAR_COST_YUAN = 12, 50_500
# A row that must raise nothing: it stands just on the right side of a statistical check.
DECOY = "旁证"
Wanted = Callable[[MadeClass], bool]


class Label(NamedTuple):
    """A fault: what it is about (the place of a claim, or the number or code of something else), class, row (0: none), check."""

    subject: int | str
    class_no: str
    row: int
    check: str


class At(NamedTuple):
    """Where a class stands: place of its claim, its place in it, and its first row in the sheet."""

    claim: int
    number: int
    first: int


class SmallClasses(District):
    """Classes of a dozen people, so that there are many; `faultless` ones have no faults of their own and nobody near retirement."""

    faultless = False

    def _class(self, uscc: str, most: int, *, exactly: int | None = None) -> MadeClass:
        return super()._class(uscc, most, exactly=exactly or max(1, min(most, self.random.randrange(SMALLEST, LARGEST + 1))))

    def _row(self, course: Course) -> Row:
        row = super()._row(course)
        while self.faultless and (row.label or not young(row)):
            row = super()._row(course)
        return row

    def another_class(self, uscc: str, people: int) -> MadeClass:
        """A class without any fault."""
        self.faultless = True
        try:
            while (klass := self._class(uscc, people, exactly=people)).label:
                pass
        finally:
            self.faultless = False
        return klass

    def another_firm(self, surcharge: str) -> EnterpriseDocument:
        """A firm that paid so much surcharge."""
        name, size = self.people.firm_name(), self.random.choice(SIZES)
        code = self.people.credit_code()
        return EnterpriseDocument(code, name, size, "310117", "存续", {"2025": surcharge}, insured_headcount=500)

    def another_claim(self, firm: EnterpriseDocument, *classes: MadeClass) -> MadeClaim:
        """A claim of classes with their vouchers."""
        return MadeClaim(firm, classes, tuple(voucher for klass in classes for voucher in self._vouchers(klass)))

    def dear_claim(self, firm: EnterpriseDocument) -> MadeClaim:
        """A claim of a costly class, just below the amount that a higher office approves."""
        klass = self.another_class(firm.uscc, DEAR_PEOPLE)
        item = dear_item()
        hours = item.std_centihours // 100
        filing = msgspec.structs.replace(
            klass.filing, stream="职业技能类", item=item.item_code, planned_hours=hours, delivered_hours=hours,
            theory_test=None, practical_test=None,
        )  # fmt: skip
        for row in klass.rows:
            row.attended = hours
        dear = msgspec.structs.replace(klass, filing=filing, item=item)
        claim = self.another_claim(firm, dear)
        share = DEAR_PEOPLE * DEAR_COST_YUAN // len(claim.vouchers)
        priced = tuple(msgspec.structs.replace(each, category="培训费", amount_yuan=share) for each in claim.vouchers)
        return msgspec.structs.replace(claim, vouchers=priced)

    def another_institution(self, name: str, licence_to: date, occupations: tuple[str, ...]) -> InstitutionDocument:
        """One more institution of the register."""
        return InstitutionDocument(self.people.credit_code("52"), name, licence_to, occupations)


def dear_item() -> CatalogItem:
    """An item whose standard never binds, so that the cost decides."""
    item = next(each for each in sample_catalog() if each.level == "4" and each.occupation and each.fund == "LES")
    return msgspec.structs.replace(item, item_code=DEAR_CODE, std_fen=20_000_000, std_centihours=4_000, base_fen=None, pilot=False)


def young(row: Row) -> bool:
    """Whether a person is far from retirement."""
    return int(str(row.id_no)[6:10]) >= BORN_SINCE


class Seeded:
    """The claims of one seed; faults are put into places that nothing else has touched, drawn from the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311 - made-up faults, the same for the same seed
        self.district = SmallClasses(seed)
        self.claims = list(self.district.claims(PEOPLE))
        self.institutions = list(self.district.institutions)
        self.labels: list[Label] = []
        self.lists: dict[MatchKind, list[str]] = {}
        self.later: list[PaymentDocument] = []
        # Institutions that have their first licence since a day of this year or the one before.
        self.licensed: dict[str, date] = {}
        self.touched = {klass.filing.class_no for at in self.places() if (klass := self.klass(at)).label or self.claims[at.claim].label}

    def places(self) -> Iterator[At]:
        """Every class."""
        for place, claim in enumerate(self.claims):
            first = FIRST_ROW
            for number, klass in enumerate(claim.classes):
                yield At(place, number, first)
                first += len(klass.rows)

    def klass(self, at: At) -> MadeClass:
        """The class of a place."""
        return self.claims[at.claim].classes[at.number]

    def label(self, subject: int | str, check: str, class_no: str = "", row: int = 0) -> None:
        """Say what is wrong with what."""
        self.labels.append(Label(subject, class_no, row, check))

    def clean_class(self, wanted: Wanted = lambda _klass: True) -> At:
        """A class that nothing has touched yet, which counts as touched from now on."""
        free = [at for at in self.places() if self.klass(at).filing.class_no not in self.touched and wanted(self.klass(at))]
        at = self.chance.choice(free)
        self.touched.add(self.klass(at).filing.class_no)
        return at

    def clean_claim(self) -> int:
        """A claim of which nothing has been touched yet; all its classes count as touched from now on."""
        of_claim: dict[int, list[str]] = {}
        for at in self.places():
            of_claim.setdefault(at.claim, []).append(self.klass(at).filing.class_no)
        place = self.chance.choice([place for place, numbers in of_claim.items() if not self.touched & set(numbers)])
        self.touched |= set(of_claim[place])
        return place

    def clean_rows(self, count: int, check: str, wanted: Wanted = lambda _klass: True) -> tuple[At, list[Row]]:
        """So many rows without a fault of one class without a fault; a check labels them, `DECOY` does not."""
        while True:
            at = self.chance.choice([at for at in self.places() if self.klass(at).filing.class_no not in self.touched])
            klass = self.klass(at)
            free = [number for number, row in enumerate(klass.rows) if not row.label and young(row)]
            if len(free) >= count and wanted(klass):
                return at, self.labelled(at, sorted(self.chance.sample(free, count)), check)

    def labelled(self, at: At, numbers: list[int], check: str) -> list[Row]:
        """Rows of a class by their places, labelled with a check."""
        klass = self.klass(at)
        for number in numbers:
            klass.rows[number].label = check
            if check != DECOY:
                self.label(at.claim, check, klass.filing.class_no, at.first + number)
        return [klass.rows[number] for number in numbers]

    def refile(self, at: At, **changes: Any) -> None:
        """Change the filing of a class."""
        klass = self.klass(at)
        self.put(at, msgspec.structs.replace(klass, filing=msgspec.structs.replace(klass.filing, **changes)))

    def put(self, at: At, klass: MadeClass) -> None:
        """Another class in this place."""
        classes = list(self.claims[at.claim].classes)
        classes[at.number] = klass
        self.change(at.claim, classes=tuple(classes))

    def change(self, place: int, **changes: Any) -> None:
        """Change a claim."""
        self.claims[place] = msgspec.structs.replace(self.claims[place], **changes)

    def firm(self, place: int, **changes: Any) -> None:
        """Change what the registers say of a claim's firm."""
        self.change(place, firm=msgspec.structs.replace(self.claims[place].firm, **changes))

    def vouchers(self, at: At, changes: Callable[[Voucher], dict[str, Any]]) -> None:
        """Change every voucher of a class."""
        class_no = self.klass(at).filing.class_no
        self.change(
            at.claim,
            vouchers=tuple(
                msgspec.structs.replace(each, **changes(each)) if each.class_no == class_no else each
                for each in self.claims[at.claim].vouchers
            ),
        )

    @property
    def dirty_rows(self) -> set[tuple[int | str, int]]:
        """Claim and row of every line that has a fault or stands in a class or claim that has one."""
        whole = {(each.subject, each.class_no) for each in self.labels if each.row == 0}
        found = {(each.subject, each.row) for each in self.labels if each.row}
        for at in self.places():
            claim, klass = self.claims[at.claim], self.klass(at)
            faulty = claim.label or klass.label or {(at.claim, klass.filing.class_no), (at.claim, "")} & whole
            found |= {(at.claim, at.first + n) for n, row in enumerate(klass.rows) if faulty or row.label}
        return found

    @property
    def dirty_classes(self) -> set[tuple[int | str, str]]:
        """Claim and class of every class with a fault of its own, "" for a whole claim."""
        found = {(each.subject, each.class_no) for each in self.labels}
        for at in self.places():
            if self.klass(at).label:
                found.add((at.claim, self.klass(at).filing.class_no))
            if self.claims[at.claim].label:
                found.add((at.claim, ""))
        return found
