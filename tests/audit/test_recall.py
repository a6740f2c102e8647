"""A seeded part of a district-year with labelled faults: every one is found by the check that can see it, and no clean line is blocked."""

import os
from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import msgspec
import pytest

from training_admin.audit.match_facts import ListTold, MatchKind
from training_admin.audit.matching import import_list
from training_admin.audit.searching import search_period
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.database import fetch_tuples, read_transaction
from training_admin.demo.district import CLAIM_DAY, District, MadeClaim, MadeClass, registers_of
from training_admin.demo.faults import Row
from training_admin.demo.filling import prepare
from training_admin.demo.writing import FIRST_ROW
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.settings import Settings
from training_admin.subsidy.assessing import assess_claim
from training_admin.subsidy.claims import claim_record, store_claim
from training_admin.subsidy.deliveries import receive_document
from training_admin.subsidy.record import PAYING

PEOPLE = 700
SEEDS = tuple(int(seed) for seed in os.environ.get("RECALL_SEEDS", "11 2026").split())
# Faults of the made-up district that a check can see: what was refused for its fourth time a year is no subsidised training (AU-061).
OF_LINES = {
    "校验位错误": "AU-001",
    "超过退休年龄": "AU-010",
    "不满十六周岁": "AU-010",
    "合同提前终止": "AU-021",
    "同等级已补贴": "AU-060",
    "其他资金已补贴": "AU-062",
    "较高等级已补贴": "AU-063",
}
OF_CLASSES = {"审核晚于开班": "AU-038", "班级超员": "AU-084"}
OF_FIRMS = {"非正常户": "AU-089"}
LISTS = {
    MatchKind.DEATH: "AU-003",
    MatchKind.ABROAD: "AU-004",
    MatchKind.HOSPITAL: "AU-005",
    MatchKind.DETENTION: "AU-006",
    MatchKind.PENSION: "AU-007",
    MatchKind.SCHOOL: "AU-008",
    MatchKind.PAYROLL: "AU-009",
}
UNENDING = frozenset({MatchKind.DEATH, MatchKind.PENSION})
OTHER_FIRM = "91310117X110000282"
Label = tuple[int, str, int, str]


class Seeded:
    """The claims of one seed with faults added to those they have; `labels` are claim, class, row (0: none) and check."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311 - made-up faults, the same for the same seed
        self.district = District(seed)
        self.claims = list(self.district.claims(PEOPLE))
        self.labels: list[Label] = []
        self.lists: dict[MatchKind, list[str]] = {kind: [] for kind in LISTS}
        for place, claim in enumerate(self.claims):
            self._known(place, claim)
        for fault in (self._phones, self._elsewhere, *(self._told(kind) for kind in LISTS)):
            for _ in range(2):
                fault()
        for voucher_fault in (self._other_issuer, self._before_filing, self._invoice_twice):
            voucher_fault()

    def _known(self, place: int, claim: MadeClaim) -> None:
        if claim.label in OF_FIRMS:
            self.labels.append((place, "", 0, OF_FIRMS[claim.label]))
        for klass, first in self._classes(claim):
            if klass.label in OF_CLASSES:
                self.labels.append((place, klass.filing.class_no, 0, OF_CLASSES[klass.label]))
            for number, row in enumerate(klass.rows, first):
                if row.label in OF_LINES:
                    self.labels.append((place, klass.filing.class_no, number, OF_LINES[row.label]))

    @staticmethod
    def _classes(claim: MadeClaim) -> list[tuple[MadeClass, int]]:
        """The classes of a claim with the first row of each in the sheet."""
        found, row = [], FIRST_ROW
        for klass in claim.classes:
            found.append((klass, row))
            row += len(klass.rows)
        return found

    def _clean(self, count: int, check: str) -> tuple[MadeClass, list[Row]]:
        """So many rows without a fault of one class, which are labelled with a check."""
        while True:
            place = self.chance.randrange(len(self.claims))
            klass, first = self.chance.choice(self._classes(self.claims[place]))
            rows = [number for number, row in enumerate(klass.rows) if not row.label]
            if len(rows) >= count and not klass.label and not self.claims[place].label:
                chosen = self.chance.sample(rows, count)
                for number in chosen:
                    klass.rows[number].label = check
                    self.labels.append((place, klass.filing.class_no, first + number, check))
                return klass, [klass.rows[number] for number in chosen]

    def _phones(self) -> None:
        _klass, rows = self._clean(3, "AU-064")
        for row in rows:
            row.mobile = rows[0].mobile

    def _elsewhere(self) -> None:
        klass, (row,) = self._clean(1, "AU-020")
        month = f"{klass.filing.start:%Y-%m}"
        row.insurance = [msgspec.structs.replace(each, payer=OTHER_FIRM) if each.month == month else each for each in row.insurance]

    def _told(self, kind: MatchKind) -> Callable[[], None]:
        def fault() -> None:
            klass, (row,) = self._clean(1, LISTS[kind])
            starts = klass.filing.start - timedelta(days=self.chance.randrange(1, 300))
            ends = "" if kind in UNENDING else (klass.filing.end + timedelta(days=self.chance.randrange(1, 300))).isoformat()
            self.lists[kind].append(f"{row.id_no},{starts.isoformat()},{ends},")

        return fault

    def _vouchers(self, check: str) -> tuple[int, int]:
        """A voucher of a claim without a fault: places of claim and voucher."""
        place = self.chance.choice([n for n, claim in enumerate(self.claims) if claim.vouchers and not claim.label])
        number = self.chance.randrange(len(self.claims[place].vouchers))
        self.labels.append((place, self.claims[place].vouchers[number].class_no, 0, check))
        return place, number

    def _change(self, place: int, number: int, **changes: object) -> None:
        vouchers = list(self.claims[place].vouchers)
        vouchers[number] = msgspec.structs.replace(vouchers[number], **changes)
        self.claims[place] = msgspec.structs.replace(self.claims[place], vouchers=tuple(vouchers))

    def _other_issuer(self) -> None:
        self._change(*self._vouchers("AU-070"), issuer=OTHER_FIRM, issuer_name="另一单位")

    def _before_filing(self) -> None:
        self._change(*self._vouchers("AU-071"), invoiced_on=date(2025, 7, 1))

    def _invoice_twice(self) -> None:
        place, number = self._vouchers("AU-069")
        other = next(n for n, claim in enumerate(self.claims) if n != place and claim.vouchers)
        used = self.claims[other].vouchers[0]
        self.labels.append((other, used.class_no, 0, "AU-069"))
        self._change(place, number, invoice_no=used.invoice_no)

    @property
    def labelled(self) -> set[tuple[int, str]]:
        """Claim and class of whatever the made-up district has labelled, "" for a whole claim."""
        found = {(place, "") for place, claim in enumerate(self.claims) if claim.label}
        return found | {(place, klass.filing.class_no) for place, claim in enumerate(self.claims) for klass in claim.classes if klass.label}

    @property
    def dirty(self) -> set[tuple[int, int]]:
        """Claim and row of every line that has a fault, or stands in a class or claim that has one."""
        found = set()
        faulty = {(place, class_no) for place, class_no, row, _check in self.labels if row == 0}
        for place, claim in enumerate(self.claims):
            for klass, first in self._classes(claim):
                whole = claim.label or klass.label or (place, klass.filing.class_no) in faulty or (place, "") in faulty
                found |= {(place, first + n) for n, row in enumerate(klass.rows) if whole or row.label}
        return found


async def stored(seeded: Seeded, clock: FixedClock) -> list[str]:
    """The claims stored and assessed with their registers and lists; their numbers in order."""
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    document = registers_of(seeded.claims, seeded.district.institutions)
    await receive_document(DEMO, document, sha256=sha256_hex(canonical_json(document)), source="测试", clock=clock)
    for kind, rows in seeded.lists.items():
        told = ListTold(
            kind=kind,
            source="测试",
            basis="测试",
            as_of=CLAIM_DAY,
            covers_from=date(2025, 1, 1),
            covers_to=CLAIM_DAY,
            purge_on=CLAIM_DAY + timedelta(days=300),
        )
        await import_list(DEMO, "\r\n".join(["证件号码,起始日期,截止日期,说明", *rows, ""]).encode(), told, clock=clock)
    numbers = []
    for claim in seeded.claims:
        content, form = prepare(claim)
        number = (await store_claim(DEMO, content, form, readable_only=True, clock=clock)).number
        await assess_claim(DEMO, number, cause="首次核验", clock=clock)
        numbers.append(number)
    return numbers


async def refused(numbers: list[str]) -> set[tuple[int, int]]:
    """Claim and row of every line that the assessment does not pay."""
    found = set()
    for place, number in enumerate(numbers):
        record = await claim_record(DEMO, number, None)
        found |= {(place, line.row) for line in record.lines if line.outcome not in PAYING}
    return found


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_labelled_fault_is_found_and_no_clean_line_is_blocked(database: Settings, clock: FixedClock, seed: int) -> None:
    seeded = Seeded(seed)
    numbers = await stored(seeded, clock)
    await search_period(DEMO, date(2026, 1, 1), date(2026, 12, 31), clock=clock)
    async with read_transaction():
        doubts = await fetch_tuples("SELECT subject, class_no, rows, rule, severity FROM audit_doubt WHERE kind = 'claim'")
    place_of = {number: place for place, number in enumerate(numbers)}
    found = {(place_of[subject], row, rule) for subject, _class_no, rows, rule, _severity in doubts for row in rows}
    whole = {(place_of[subject], rule) for subject, _class_no, _rows, rule, _severity in doubts}
    missed = [
        (place, class_no, row, check)
        for place, class_no, row, check in seeded.labels
        if ((place, row, check) not in found if row else (place, check) not in whole)
    ]
    assert missed == []
    assert len({check for *_rest, check in seeded.labels}) >= 12
    # Made-up people may be too old by chance; a clean line is one without a label that is paid.
    dirty, blocked = seeded.dirty | await refused(numbers), []
    for subject, class_no, rows, rule, severity in doubts:
        if severity == "BLOCK":
            place = place_of[subject]
            clean = [row for row in rows if (place, row) not in dirty]
            faulty = {(place, number) for place, number, _row, _check in seeded.labels} | seeded.labelled
            if clean or (not rows and not {(place, class_no), (place, "")} & faulty):
                blocked.append((place, class_no, clean, rule))
    assert blocked == []
