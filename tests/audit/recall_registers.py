"""Faults that registers, rosters, vouchers and lists of other offices can show, put into one seed's district."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import msgspec

from tests.audit.recall_seed import DECOY, At, Seeded, young
from training_admin.audit.match_facts import MatchKind
from training_admin.demo.district import CLAIM_DAY, MadeClass
from training_admin.demo.faults import CATALOG_FAULTS, LINE_FAULTS, Course, Row
from training_admin.kit.workdays import months_touched
from training_admin.subsidy.registers import PaymentDocument

# Faults of the made-up district that a check can see.
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
TIMES = 2


def _known(seeded: Seeded) -> None:
    """What the district has of its own."""
    for place, claim in enumerate(seeded.claims):
        if claim.label in OF_FIRMS:
            seeded.label(place, OF_FIRMS[claim.label])
    for at in seeded.places():
        klass = seeded.klass(at)
        if klass.label in OF_CLASSES:
            seeded.label(at.claim, OF_CLASSES[klass.label], klass.filing.class_no)
        for number, row in enumerate(klass.rows, at.first):
            if row.label in OF_LINES:
                seeded.label(at.claim, OF_LINES[row.label], klass.filing.class_no, number)


def _course(seeded: Seeded, at: At) -> Course:
    klass = seeded.klass(at)
    filing, item = klass.filing, klass.item
    occupation, level = (None, None) if item is None else (item.occupation, item.level)
    return Course(filing.start, filing.end, int(filing.delivered_hours), occupation, level, filing.enterprise)


def _of_line(seeded: Seeded, label: str, check: str) -> None:
    def fits(klass: MadeClass) -> bool:
        return label in LINE_FAULTS or (klass.item is not None and klass.item.level in {"5", "4", "3"})

    at, (row,) = seeded.clean_rows(1, check, fits)
    _rule, fault = (LINE_FAULTS | CATALOG_FAULTS)[label]
    fault(row, _course(seeded, at), seeded.district.people)


def _too_few_insured(seeded: Seeded) -> None:
    place = seeded.clean_claim()
    seeded.firm(place, insured_headcount=seeded.claims[place].people // 2)
    seeded.label(place, "AU-027")


def _other_holder(seeded: Seeded) -> None:
    place = seeded.clean_claim()
    seeded.change(place, holder="松江样例个体经营部")
    seeded.label(place, "AU-066")


def _not_operating(seeded: Seeded) -> None:
    place = seeded.clean_claim()
    seeded.firm(place, status=seeded.chance.choice(("注销", "吊销", "非正常户", "歇业")))
    seeded.label(place, "AU-089")


def _above_ceiling(seeded: Seeded) -> None:
    """Two claims of one firm, each within the ceiling alone."""
    firm = seeded.district.another_firm("6000.00")
    for _ in range(2):
        klass = seeded.district.another_class(firm.uscc, 12)
        seeded.touched.add(klass.filing.class_no)
        seeded.claims.append(seeded.district.another_claim(firm, klass))
        seeded.label(len(seeded.claims) - 1, "AU-073")


def _dear(seeded: Seeded, claims: int) -> str:
    firm = seeded.district.another_firm("9000000.00")
    for _ in range(claims):
        claim = seeded.district.dear_claim(firm)
        seeded.touched.add(claim.classes[0].filing.class_no)
        seeded.claims.append(claim)
    return firm.uscc


def _split(seeded: Seeded) -> None:
    seeded.label(_dear(seeded, 3), "AU-067")


def _two_dear_ones(seeded: Seeded) -> None:
    _dear(seeded, 2)


def _class_label(seeded: Seeded, at: At, check: str) -> None:
    seeded.label(at.claim, check, seeded.klass(at).filing.class_no)


def _before_approval(seeded: Seeded) -> None:
    at = seeded.clean_class()
    seeded.refile(at, approved_at=seeded.klass(at).filing.start + timedelta(days=seeded.chance.randrange(1, 4)))
    _class_label(seeded, at, "AU-038")


def _too_large(seeded: Seeded) -> None:
    at = seeded.clean_class()
    seeded.refile(at, enrolled=seeded.chance.randrange(51, 60))
    _class_label(seeded, at, "AU-084")


def _too_many_hours(seeded: Seeded) -> None:
    at = seeded.clean_class()
    filing = seeded.klass(at).filing
    seeded.refile(at, delivered_hours=((filing.end - filing.start).days + 1) * 8 + 1)
    _class_label(seeded, at, "AU-034")


def _on_holiday(seeded: Seeded) -> None:
    def days(klass: MadeClass) -> list[date]:
        return sorted(day for day in seeded.district.calendar.off_days if klass.filing.end <= day < date(2026, 5, 28))

    at = seeded.clean_class(lambda klass: bool(days(klass)))
    seeded.refile(at, end=seeded.chance.choice(days(seeded.klass(at))))
    _class_label(seeded, at, "AU-036")


def _near(seeded: Seeded, at: At, check: str, *, share: int) -> None:
    """A share (%) of a class attends a little more than four fifths."""
    klass = seeded.klass(at)
    free = [number for number, row in enumerate(klass.rows) if not row.label]
    count = len(klass.rows) * share // 100 + 1
    for row in seeded.labelled(at, sorted(seeded.chance.sample(free, count)), check):
        row.attended = int(klass.filing.delivered_hours) * seeded.chance.choice((80, 81, 82)) / 100


def _at_threshold(seeded: Seeded) -> None:
    at = seeded.clean_class(lambda klass: sum(not row.label for row in klass.rows) * 3 > len(klass.rows) * 2)
    _near(seeded, at, "AU-047", share=60)


def _few_at_threshold(seeded: Seeded) -> None:
    at = seeded.clean_class(lambda klass: sum(not row.label for row in klass.rows) * 2 > len(klass.rows))
    _near(seeded, at, DECOY, share=30)


def _moved(seeded: Seeded, at: At, licence_to: date, occupations: tuple[str, ...]) -> str:
    """The class is taught by an institution of its own; its code."""
    school = seeded.district.another_institution(f"松江样例第{len(seeded.institutions) + 1}职业技能培训学校", licence_to, occupations)
    seeded.institutions.append(school)
    seeded.refile(at, institution=school.uscc)
    seeded.put(at, msgspec.structs.replace(seeded.klass(at), institution_name=school.name))
    seeded.vouchers(at, lambda _voucher: {"issuer": school.uscc, "issuer_name": school.name})
    return school.uscc


def _not_registered(seeded: Seeded) -> None:
    at = seeded.clean_class(lambda klass: klass.item is not None)
    _moved(seeded, at, date(2028, 12, 31), ("4-08-05-01",))
    _class_label(seeded, at, "AU-080")


def _expired(seeded: Seeded) -> None:
    at = seeded.clean_class()
    klass = seeded.klass(at)
    licence_to = klass.filing.end - timedelta(days=seeded.chance.randrange(1, 60))
    occupations = () if klass.item is None or klass.item.occupation is None else (klass.item.occupation,)
    _moved(seeded, at, licence_to, occupations)
    _class_label(seeded, at, "AU-081")


def _new_school(seeded: Seeded, *, yuan: int, check: str) -> None:
    """An institution that was licensed some months before its first class, with costly or with few classes."""
    at = seeded.clean_class()
    klass = seeded.klass(at)
    occupations = () if klass.item is None or klass.item.occupation is None else (klass.item.occupation,)
    school = _moved(seeded, at, date(2030, 12, 31), occupations)
    seeded.licensed[school] = klass.filing.start - timedelta(days=seeded.chance.randrange(1, 180))
    if yuan:
        seeded.vouchers(at, lambda _voucher: {"amount_yuan": yuan})
    if check:
        seeded.label(school, check)


def _above_cost(seeded: Seeded) -> None:
    """Fewer people filed than paid, and little cost: the share of each is that of few, the sum is above the cost."""
    at = seeded.clean_class(lambda klass: len([row for row in klass.rows if not row.label and young(row)]) >= 7)
    seeded.refile(at, enrolled=3)
    seeded.vouchers(at, lambda _voucher: {"amount_yuan": 75})
    seeded.firm(at.claim, surcharge_paid={"2025": "9000000.00"})
    _class_label(seeded, at, "AU-068")


def _with_vouchers(seeded: Seeded, check: str) -> At:
    at = seeded.clean_class()
    _class_label(seeded, at, check)
    return at


def _other_issuer(seeded: Seeded) -> None:
    seeded.vouchers(_with_vouchers(seeded, "AU-070"), lambda _voucher: {"issuer": OTHER_FIRM, "issuer_name": "另一单位"})


def _before_filing(seeded: Seeded) -> None:
    at = _with_vouchers(seeded, "AU-071")
    filed = seeded.klass(at).filing.filed_at
    assert filed is not None
    seeded.vouchers(at, lambda _voucher: {"invoiced_on": filed - timedelta(days=seeded.chance.randrange(1, 99))})


def _after_claim(seeded: Seeded) -> None:
    seeded.vouchers(_with_vouchers(seeded, "AU-071"), lambda _voucher: {"invoiced_on": CLAIM_DAY + timedelta(days=1)})


def _invoice_twice(seeded: Seeded) -> None:
    one = _with_vouchers(seeded, "AU-069")
    other = seeded.clean_class(lambda klass: klass.filing.enterprise != seeded.claims[one.claim].firm.uscc)
    _class_label(seeded, other, "AU-069")
    number = seeded.klass(other).filing.class_no
    used = next(each.invoice_no for each in seeded.claims[other.claim].vouchers if each.class_no == number)
    first = next(each.invoice_no for each in seeded.claims[one.claim].vouchers if each.class_no == seeded.klass(one).filing.class_no)
    seeded.vouchers(one, lambda voucher: {"invoice_no": used} if voucher.invoice_no == first else {})


def _told(seeded: Seeded, kind: MatchKind) -> None:
    at, (row,) = seeded.clean_rows(1, LISTS[kind])
    filing = seeded.klass(at).filing
    starts = filing.start - timedelta(days=seeded.chance.randrange(1, 300))
    ends = "" if kind in UNENDING else (filing.end + timedelta(days=seeded.chance.randrange(1, 300))).isoformat()
    seeded.lists.setdefault(kind, []).append(f"{row.id_no},{starts.isoformat()},{ends},")


def _same_person(seeded: Seeded, check: str) -> tuple[Row, Row]:
    """One row of a class and one of another firm's class that overlaps, both with one number."""
    while True:
        at = seeded.chance.choice([each for each in seeded.places() if seeded.klass(each).filing.class_no not in seeded.touched])
        filing = seeded.klass(at).filing
        if any(_meets(seeded, each, at) for each in seeded.places()):
            break
    other = seeded.chance.choice([each for each in seeded.places() if _meets(seeded, each, at)])
    found = []
    for each in (at, other):
        free = [number for number, row in enumerate(seeded.klass(each).rows) if not row.label and young(row)]
        found += seeded.labelled(each, [seeded.chance.choice(free)], check)
    assert filing.start <= seeded.klass(other).filing.end
    found[1].id_no, found[1].insurance = found[0].id_no, []
    return found[0], found[1]


def _meets(seeded: Seeded, other: At, at: At) -> bool:
    one, two = seeded.klass(at), seeded.klass(other)
    return (
        two.filing.class_no not in seeded.touched
        and two.filing.enterprise != one.filing.enterprise
        and two.filing.start <= one.filing.end
        and one.filing.start <= two.filing.end
        and all(any(not row.label and young(row) for row in klass.rows) for klass in (one, two))
    )


def _two_names(seeded: Seeded) -> None:
    one, two = _same_person(seeded, "AU-002")
    two.name = one.name + "某"


def _one_name(seeded: Seeded) -> None:
    _at, (one, two) = seeded.clean_rows(2, "AU-002")
    two.name, two.mobile = one.name, one.mobile


def _two_claimants(seeded: Seeded) -> None:
    one, two = _same_person(seeded, "AU-025")
    two.name, two.mobile = one.name, one.mobile


def _group(seeded: Seeded) -> None:
    _at, (row,) = seeded.clean_rows(1, "AU-011")
    row.group = "失业人员"


def _not_insured(seeded: Seeded) -> None:
    at, (row,) = seeded.clean_rows(1, "AU-011")
    month = f"{seeded.klass(at).filing.start:%Y-%m}"
    row.insurance = [each for each in row.insurance if each.month != month]


def _status_later(seeded: Seeded) -> None:
    at, (row,) = seeded.clean_rows(1, "AU-012")
    row.group = seeded.chance.choice(("残疾人", "退役军人"))
    since = seeded.klass(at).filing.start + timedelta(days=seeded.chance.randrange(1, 90))
    seeded.lists.setdefault(MatchKind.STATUS, []).append(f"{row.id_no},{since.isoformat()},,")


def _insured_elsewhere(seeded: Seeded) -> None:
    at, (row,) = seeded.clean_rows(1, "AU-020")
    month = f"{seeded.klass(at).filing.start:%Y-%m}"
    row.insurance = [msgspec.structs.replace(each, payer=OTHER_FIRM) if each.month == month else each for each in row.insurance]


def _insurance_ended(seeded: Seeded) -> None:
    """Somebody who had been employed for long has left."""
    at, (row,) = seeded.clean_rows(1, "AU-021")
    last = f"{seeded.klass(at).filing.end:%Y-%m}"
    before = [msgspec.structs.replace(row.insurance[0], month=month) for month in ("2025-11", "2025-12")]
    row.insurance = [*before, *(each for each in row.insurance if each.month < last)]


def _months(seeded: Seeded, at: At) -> tuple[str, ...]:
    filing = seeded.klass(at).filing
    return tuple(month for month in months_touched(filing.start, filing.end) if month > "2026-01")


def _short(seeded: Seeded) -> None:
    at, (row,) = seeded.clean_rows(1, "AU-022")
    here = _months(seeded, at)[-seeded.chance.choice((1, 2)) :]
    row.insurance = [each for each in row.insurance if each.month in here]


def _not_so_short(seeded: Seeded) -> None:
    """Three months around the class."""
    at, (row,) = seeded.clean_rows(1, DECOY)
    first = max(1, int(_months(seeded, at)[-1][-2:]) - 2)
    row.insurance = [each for each in row.insurance if first <= int(each.month[-2:]) <= first + 2]


def _phone_of_three(seeded: Seeded) -> None:
    _at, rows = seeded.clean_rows(3, "AU-064")
    for row in rows:
        row.mobile = rows[0].mobile


def _phone_of_two(seeded: Seeded) -> None:
    _at, rows = seeded.clean_rows(2, DECOY)
    for row in rows:
        row.mobile = rows[0].mobile


def _fourth_time(seeded: Seeded) -> None:
    """Three payments of the year become known after the claim was assessed: what was refused at once is no subsidised training."""
    _at, (row,) = seeded.clean_rows(1, "AU-061")
    seeded.later += [PaymentDocument(str(row.id_no), date(2026, month, 20), "900.00") for month in (1, 2, 3)]


# In this order: faults of firms and classes first, rows are put into what is left.
FAULTS: tuple[Callable[[Seeded], None], ...] = (
    *(_too_few_insured, _other_holder, _not_operating, _above_ceiling, _split, _two_dear_ones),
    *(_before_approval, _too_large, _too_many_hours, _on_holiday, _at_threshold, _few_at_threshold, _not_registered, _expired),
    partial(_new_school, yuan=0, check=""),
    *(_above_cost, _other_issuer, _before_filing, _after_claim, _invoice_twice),
    *(partial(_of_line, label=label, check=check) for label, check in OF_LINES.items()),
    *(partial(_told, kind=kind) for kind in LISTS),
    *(_two_names, _one_name, _two_claimants, _group, _not_insured, _status_later, _insured_elsewhere, _insurance_ended),
    *(_short, _not_so_short, _phone_of_three, _phone_of_two, _fourth_time),
)


def put_faults(seeded: Seeded) -> None:
    """Every fault twice, beside what the district has of its own."""
    _known(seeded)
    _new_school(seeded, yuan=9_000_000, check="AU-087")
    for fault in FAULTS:
        for _ in range(TIMES):
            fault(seeded)
