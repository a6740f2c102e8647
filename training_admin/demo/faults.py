"""Faults that the made-up district contains on purpose, each with the rule or cell code that must find it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import msgspec

from training_admin.demo.people import People
from training_admin.subsidy.registers import InsuranceDocument, PaymentDocument

UI_FUND = "UI"


class Row(msgspec.Struct):
    """A roster row about to be written, with what the registers say of the person."""

    name: str
    id_no: Any
    mobile: str
    contract_start: date
    contract_end: date | None
    attended: float
    result: str
    group: str = "在职职工"
    label: str = ""
    finds: str = ""
    insurance: list[InsuranceDocument] = []
    payments: list[PaymentDocument] = []


class Course(msgspec.Struct, frozen=True):
    """What a fault needs to know of the class."""

    start: date
    end: date
    hours: int
    occupation: str | None
    level: str | None
    uscc: str


Fault = Callable[[Row, Course, People], None]


def _exam_failed(row: Row, _course: Course, people: People) -> None:
    row.result = people.random.choice(("不合格", "缺考"))


def _absent(row: Row, course: Course, people: People) -> None:
    row.attended = int(course.hours * people.random.uniform(0.3, 0.78))


def _contract_short(row: Row, course: Course, _people: People) -> None:
    row.contract_end = course.end - timedelta(days=5)


def _contract_late(row: Row, course: Course, _people: People) -> None:
    row.contract_start = course.start + timedelta(days=3)


def _not_insured(row: Row, course: Course, _people: People) -> None:
    month = f"{course.end:%Y-%m}"
    row.insurance = [each for each in row.insurance if each.month != month]


def _too_old(row: Row, _course: Course, people: People) -> None:
    _renumber(row, people.id_number(date(1955, 1, 1), date(1960, 12, 31)))


def _too_young(row: Row, _course: Course, people: People) -> None:
    _renumber(row, people.id_number(date(2011, 1, 1), date(2012, 12, 31)))


def _renumber(row: Row, number: str) -> None:
    row.id_no = number
    row.insurance = [msgspec.structs.replace(each, id_no=number) for each in row.insurance]


def _bad_check(row: Row, _course: Course, _people: People) -> None:
    number = str(row.id_no)
    row.id_no = number[:17] + ("1" if number[17] != "1" else "2")


def _id_as_number(row: Row, _course: Course, _people: People) -> None:
    row.id_no = float(str(row.id_no)[:17] + "0")


def _formula_name(row: Row, _course: Course, _people: People) -> None:
    row.name = f'="{row.name}"'


def _paid(row: Row, course: Course, level: str | None, paid_on: date, fund: str = "LES") -> None:
    row.payments.append(PaymentDocument(str(row.id_no), paid_on, "1200.00", occupation=course.occupation, level=level, fund=fund))


def _paid_same(row: Row, course: Course, _people: People) -> None:
    _paid(row, course, course.level, date(2024, 11, 20))


def _paid_higher(row: Row, course: Course, _people: People) -> None:
    _paid(row, course, str(int(course.level or 5) - 1), date(2024, 6, 30))


def _paid_elsewhere(row: Row, course: Course, _people: People) -> None:
    _paid(row, course, course.level, date(2025, 3, 14), fund=UI_FUND)


def _paid_three_times(row: Row, _course: Course, _people: People) -> None:
    for month in (1, 2, 3):
        row.payments.append(PaymentDocument(str(row.id_no), date(2026, month, 20), "900.00"))


LINE_FAULTS: dict[str, tuple[str, Fault]] = {
    "考核未通过": ("EXAM-01", _exam_failed),
    "出勤不足": ("ATT-01", _absent),
    "合同提前终止": ("TR-01", _contract_short),
    "合同晚于开班": ("TR-01", _contract_late),
    "缺一个月社保": ("TR-01", _not_insured),
    "超过退休年龄": ("TR-02", _too_old),
    "不满十六周岁": ("TR-02", _too_young),
    "校验位错误": ("ID_CHECK", _bad_check),
    "证件号码存为数字": ("ID_AS_NUMBER", _id_as_number),
    "姓名是公式": ("FORMULA", _formula_name),
    "当年已补贴三次": ("FREQ-01", _paid_three_times),
}
CATALOG_FAULTS: dict[str, tuple[str, Fault]] = {
    "同等级已补贴": ("FREQ-02", _paid_same),
    "较高等级已补贴": ("FREQ-03", _paid_higher),
    "其他资金已补贴": ("DUP-01", _paid_elsewhere),
}
CLASS_FAULTS = {"备案过晚": "FILE-01", "审核晚于开班": "FILE-01", "班级超员": "CLS-02", "课时不足": "ENT-12", "超过申请期限": "CLAIM-01"}
FIRM_FAULTS = {"税收不在本区": "ENT-01", "非正常户": "ENT-01"}
