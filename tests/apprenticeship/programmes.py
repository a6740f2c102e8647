"""Programmes for tests of monthly records: rows put in as filing and approving them would."""

from datetime import date
from typing import Any

import msgspec

from tests.people import ENTERPRISE_A
from training_admin.apprenticeship.facts import Hours, MonthDone
from training_admin.apprenticeship.record_facts import Side
from training_admin.apprenticeship.record_store import ApprenticeHead, NewMonth, ProgrammeHead, add_months_done, apprentices, programmes
from training_admin.apprenticeship.sealing import APPRENTICE_PLACE, PHONE_PLACE, TUTOR_PLACE
from training_admin.database import copy_rows, fetch_tuples, read_transaction, write_transaction
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.clock import FixedClock
from training_admin.kit.identifiers import mod_11_2
from training_admin.kit.vault import vault
from training_admin.parties.institution_store import PERSON_PLACE

START = date(2025, 6, 1)
PLANNED = {"general": 7500, "basics": 12500, "practice": 30000, "online": 2000}


def identity(place: int, area: str = "310100") -> str:
    """A made-up identity number."""
    body = f"{area}1998{1 + place // 27 % 12:02d}{1 + place % 27:02d}{place:03d}"
    return body + mod_11_2(body)


def person_key(number: str) -> bytes:
    """The keyed hash under which a person is found."""
    return vault().keyed_hash(number, place=PERSON_PLACE)


async def add_programme(
    number: str,
    people: int,
    clock: FixedClock,
    *,
    first: int = 1,
    left: dict[int, date] | None = None,
    person: bytes | None = None,
    **changes: Any,
) -> None:
    """An approved programme of enterprise A with the sample institution, its apprentices numbered from `first` on.

    `person` takes the place of the first one's key.
    """
    columns: dict[str, Any] = {
        "number": number,
        "uscc": ENTERPRISE_A,
        "enterprise_name": "上海松江样例精密机械有限公司（A）",
        "institution": INSTITUTION,
        "institution_name": "松江样例职业技能培训学校",
        "state": "approved",
        "occupation": "6-18-02-04",
        "occupation_name": "焊工",
        "level": "4",
        "starts": START,
        "months": 12,
        "content": msgspec.json.encode({"planned": PLANNED}).decode(),
        "enterer": "经办人甲",
        "entered_at": clock.now(),
        "hands": [],
        "approved_on": START,
        "opinion": "",
        "moved": 0,
        **changes,
    }
    async with write_transaction():
        await copy_rows("programme", list(columns), [tuple(columns.values())])
        programme = (await fetch_tuples("SELECT id FROM programme WHERE number = $1", number))[0][0]
        mentor, teacher = await add_tutors(programme, number)
        await add_apprentices(programme, people, (mentor, teacher), first=first, left=left or {}, person=person)


async def add_tutors(programme: int, number: str) -> tuple[int, int]:
    """One mentor and one teacher; their ids."""
    sealed = vault().encrypt_text("310100197001010018", place=TUTOR_PLACE)
    tutors = [
        (programme, kind, 1, name, person_key(f"{kind} {number}"), sealed, "3", words, 0)
        for kind, name, words in (("mentor", "周师傅", ""), ("teacher", "吴老师", "讲师"))
    ]
    columns = ("programme", "kind", "place", "name", "person", "sealed", "level", "qualification", "allowance_fen")
    await copy_rows("programme_tutor", columns, tutors)
    found = await fetch_tuples("SELECT id FROM programme_tutor WHERE programme = $1 ORDER BY kind", programme)
    return found[0][0], found[1][0]


async def add_apprentices(
    programme: int, people: int, tutors: tuple[int, int], *, first: int, left: dict[int, date], person: bytes | None
) -> None:
    """Apprentices numbered from `first` on; `left` tells by place who left, and when."""
    keys, rows = vault(), []
    for place in range(1, people + 1):
        number_of, gone = identity(first + place - 1), left.get(place)
        key = person if person is not None and place == 1 else person_key(number_of)
        rows.append(
            (
                *(programme, place, key, keys.encrypt_text(number_of, place=APPRENTICE_PLACE)),
                *(keys.encrypt_text(f"139{first + place - 1:08d}", place=PHONE_PLACE), f"学徒{first + place - 1}", "hired"),
                *(START, START, date(2027, 5, 31), START, "焊接岗位", *tutors),
                *("left" if gone else "open", gone, "own" if gone else ""),
            )
        )
    columns = (
        *("programme", "place", "person", "sealed", "sealed_phone", "name", "joined_as", "joined_on", "contract_start"),
        *("contract_end", "agreement_on", "post", "mentor", "teacher", "outcome", "left_on", "left_cause"),
    )
    await copy_rows("apprentice", columns, rows)


async def head_of(number: str) -> tuple[ProgrammeHead, list[ApprenticeHead]]:
    """A programme and its people."""
    async with read_transaction():
        head = (await programmes(None, number=number))[0]
        return head, (await apprentices([head]))[head.id]


def done(month: str, *, wage: int | None = 500_000, practice: int = 2500, mentor: int = 1000, theory: int = 1500) -> MonthDone:
    """A month as both sides tell it."""
    return MonthDone(month, Hours(theory // 3, theory - theory // 3, practice, min(200, theory)), mentor, wage)


async def tell(number: str, month: MonthDone, clock: FixedClock, *, serials: range | None = None) -> None:
    """Put in a first record of a month by both sides, of some or of everybody."""
    _head, people = await head_of(number)
    chosen = [each for each in people if serials is None or each.serial in serials]
    async with write_transaction():
        rows = [NewMonth(each.id, 1, month) for each in chosen]
        await add_months_done(rows, sides={each.id: tuple(Side) for each in chosen}, way="api", name="测试", at=clock.now())
