"""Large rosters for tests: sound ones, and the kinds of faults that clerks make, seeded so that every wrong cell is known."""

import io
import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import openpyxl

from tests.people import ENTERPRISE_A
from training_admin.catalog.filing_workbook import SHEET_ROSTER
from training_admin.kit.identifiers import mod_11_2

FIRST_ROW = 4
NAME, IDENTITY, GROUP, ENTERPRISE, POST, START, END, PRIOR, PHONE = "B", "D", "E", "F", "G", "H", "I", "L", "M"
Row = dict[str, Any]
Fault = tuple[str, Callable[[Row, Row], Any]]


def identity(number: int) -> str:
    """A valid made-up number."""
    body = f"310100{date(1970, 1, 1) + timedelta(days=number % 9000):%Y%m%d}{number // 9000 + 1:03d}"
    return body + mod_11_2(body)


def sound_rows(count: int) -> list[Row]:
    """People with everything that sheet 5 asks for."""
    return [
        {
            NAME: f"学员{number}",
            IDENTITY: identity(number),
            GROUP: "在职从业人员",
            ENTERPRISE: ENTERPRISE_A,
            POST: "焊工",
            START: date(2024, 1, 1),
            END: date(2027, 12, 31) if number % 2 else None,
            PRIOR: "五级/S000000000000" if number % 7 == 0 else None,
            PHONE: f"139{number:08d}",
        }
        for number in range(count)
    ]


def _other_check(row: Row, _before: Row) -> str:
    number: str = row[IDENTITY]
    body, last = number[:17], number[17]
    return body + ("1" if last != "1" else "2")


FAULTS: dict[str, Fault] = {
    "check digit": (IDENTITY, _other_check),
    "impossible birth": (IDENTITY, lambda row, _: row[IDENTITY][:10] + "1332" + row[IDENTITY][14:]),
    "a digit short": (IDENTITY, lambda row, _: row[IDENTITY][:17]),
    "number as float": (IDENTITY, lambda row, _: float(row[IDENTITY][:17] + "0")),
    "scientific text": (IDENTITY, lambda _row, _: "3.10100E+17"),
    "no number": (IDENTITY, lambda _row, _: None),
    "formula as number": (IDENTITY, lambda _row, _: '=CONCATENATE("310100","1990")'),
    "twice": (IDENTITY, lambda _row, before: before[IDENTITY]),
    "no name": (NAME, lambda _row, _: None),
    "name as formula": (NAME, lambda _row, _: "=B4"),
    "name too long": (NAME, lambda _row, _: "长" * 101),
    "unknown group": (GROUP, lambda _row, _: "外星人"),
    "wrong credit code": (ENTERPRISE, lambda row, _: row[ENTERPRISE][:17] + ("1" if row[ENTERPRISE][17] != "1" else "2")),
    "credit code as number": (ENTERPRISE, lambda _row, _: 913101170000000000),
    "post too long": (POST, lambda _row, _: "岗" * 101),
    "contract that ends before it begins": (END, lambda row, _: row[START] - timedelta(days=1)),
    "day that is none": (START, lambda _row, _: "2024-02-30"),
    "end that is no day": (END, lambda _row, _: "长期"),
    "certificate too long": (PRIOR, lambda _row, _: "9" * 61),
    "phone too short": (PHONE, lambda row, _: row[PHONE][:10]),
    "landline": (PHONE, lambda _row, _: "021-57700000"),
}


def seed_faults(rows: list[Row], count: int, seed: int) -> dict[str, Any]:
    """Make so many rows wrong in one cell each, every kind in turn; returns what stood in each wrong cell before."""
    chosen = sorted(random.Random(seed).sample(range(1, len(rows)), count))  # noqa: S311 - faults that can be seeded again
    sound = [row for place, row in enumerate(rows) if place not in set(chosen)]
    kinds = list(FAULTS.values())
    before: dict[str, Any] = {}
    for turn, place in enumerate(chosen):
        column, spoil = kinds[turn % len(kinds)]
        before[f"{column}{place + FIRST_ROW}"] = rows[place][column]
        rows[place][column] = spoil(rows[place], sound[0])
    return before


def with_roster(workbook: bytes, rows: list[Row]) -> bytes:
    """A filled workbook with these people instead of its own."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet = book[SHEET_ROSTER]
    for place, row in enumerate(rows, start=FIRST_ROW):
        for column, value in row.items():
            sheet[f"{column}{place}"] = value
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
