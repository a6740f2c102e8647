"""An apprentice programme for tests of its money: rows as filing, recording and ending it leave them, and registers that fit."""

from datetime import date
from typing import Any

import msgspec

from tests.people import ENTERPRISE_A
from training_admin.apprenticeship.sealing import APPRENTICE_PLACE, PHONE_PLACE, TUTOR_PLACE
from training_admin.database import copy_rows, fetch_tuples, write_transaction
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.clock import FixedClock
from training_admin.kit.identifiers import mod_11_2
from training_admin.kit.vault import vault
from training_admin.kit.workdays import add_months, months_touched
from training_admin.parties.institution_store import PERSON_PLACE

NUMBER = "XT20260001"
START = date(2025, 3, 1)
END = date(2026, 2, 28)
FILED, APPROVED = date(2025, 2, 3), date(2025, 2, 10)
HOUR = 100


def identity(place: int) -> str:
    """A made-up identity number of somebody in his twenties."""
    body = f"3101001999{1 + place // 27 % 12:02d}{1 + place % 27:02d}{place % 1000:03d}"
    return body + mod_11_2(body)


def key_of(number: str) -> bytes:
    return vault().keyed_hash(number, place=PERSON_PLACE)


async def filed(people: int, clock: FixedClock, *, level: str = "4", number: str = NUMBER, **changes: Any) -> None:
    """An approved programme of enterprise A of twelve months, everything in order."""
    hours = {"general": 90 * HOUR, "basics": 130 * HOUR, "practice": 400 * HOUR, "online": 0}
    content = {
        "planned": hours,
        "cooperation_on": "2025-02-01",
        "credit_system": True,
        "student_status": True,
        "video_centihours": 100 * HOUR,
    }
    columns: dict[str, Any] = {
        "number": number,
        "uscc": ENTERPRISE_A,
        "enterprise_name": "上海松江样例精密机械有限公司（A）",
        "institution": INSTITUTION,
        "institution_name": "松江样例职业技能培训学校",
        "state": "approved",
        "occupation": "6-18-02-04",
        "occupation_name": "焊工",
        "level": level,
        "starts": START,
        "months": 12,
        "content": msgspec.json.encode(content).decode(),
        "enterer": "经办人甲",
        "entered_at": clock.now(),
        "hands": [],
        "filed_on": FILED,
        "approved_on": APPROVED,
        "opinion": "",
        "moved": 0,
        **changes,
    }
    async with write_transaction():
        await copy_rows("programme", list(columns), [tuple(columns.values())])
        key = (await fetch_tuples("SELECT id FROM programme WHERE number = $1", number))[0][0]
        tutors = await tutored(key, number, -(-people // 8))
        await joined(key, people, tutors)


async def tutored(programme: int, number: str, mentors: int) -> dict[tuple[str, int], int]:
    """Mentors and one teacher; their ids by kind and place."""
    sealed = vault().encrypt_text(identity(900), place=TUTOR_PLACE)
    columns = ("programme", "kind", "place", "name", "person", "sealed", "level", "qualification", "allowance_fen")
    rows = [
        (programme, "mentor", place, f"师傅{place}", key_of(f"mentor {number} {place}"), sealed, "3", "", 0)
        for place in range(1, mentors + 1)
    ]
    teacher = (programme, "teacher", 1, "吴老师", key_of(f"teacher {number}"), sealed, "", "讲师", 0)
    await copy_rows("programme_tutor", columns, [*rows, teacher])
    found = await fetch_tuples("SELECT id, kind, place FROM programme_tutor WHERE programme = $1", programme)
    return {(kind, place): key for key, kind, place in found}


async def joined(programme: int, people: int, tutors: dict[tuple[str, int], int]) -> None:
    """Apprentices in skilled posts, eight to a mentor."""
    keys = vault()
    columns = (
        *("programme", "place", "person", "sealed", "sealed_phone", "name", "birth", "joined_as", "joined_on", "contract_start"),
        *("contract_end", "agreement_on", "post", "skilled_post", "mentor", "teacher"),
    )
    rows = [
        (
            *(programme, place, key_of(identity(place)), keys.encrypt_text(identity(place), place=APPRENTICE_PLACE)),
            *(keys.encrypt_text(f"139{place:08d}", place=PHONE_PLACE), f"学徒{place}", date(1999, 1, 1), "hired"),
            *(date(2025, 1, 6), date(2025, 1, 6), date(2028, 1, 5), date(2025, 2, 5), "焊接岗位", True),
            *(tutors["mentor", 1 + (place - 1) // 8], tutors["teacher", 1]),
        )
        for place in range(1, people + 1)
    ]
    await copy_rows("apprentice", columns, rows)


async def trained(
    clock: FixedClock, *, number: str = NUMBER, hours: int = 43 * HOUR, wage: int = 500_000, low: frozenset[int] = frozenset()
) -> None:
    """The months of the term as both sides tell them; `low` are places paid below the minimum wage in one month."""
    async with write_transaction():
        people = await fetch_tuples(
            """SELECT a.id, a.place, p.starts, p.months FROM apprentice a JOIN programme p ON p.id = a.programme
               WHERE p.number = $1 ORDER BY a.place""",
            number,
        )
        rows = []
        for key, place, starts, months in people:
            for turn, month in enumerate(months_touched(starts, add_months(starts, months - 1))):
                first = date.fromisoformat(f"{month}-01")
                paid = 200_000 if place in low and turn == 5 else wage
                rows.append(
                    (
                        key,
                        first,
                        1,
                        hours * 15 // 100,
                        hours * 20 // 100,
                        hours - hours * 35 // 100,
                        0,
                        10 * HOUR,
                        paid,
                        "api",
                        "测试",
                        clock.now(),
                    )
                )
        columns = ("apprentice", "month", "place", "general_centihours", "basics_centihours", "practice_centihours", "online_centihours")
        await copy_rows("apprentice_month", (*columns, "mentor_centihours", "net_wage_fen", "way", "recorder", "recorded_at"), rows)


async def ended(outcomes: dict[int, tuple[str, str]], *, number: str = NUMBER) -> None:
    """The programme is over: outcome and level obtained by place; everybody else has the certificate of the level filed."""
    async with write_transaction():
        key, level = (
            await fetch_tuples("UPDATE programme SET state = 'ended', ended_on = $2 WHERE number = $1 RETURNING id, level", number, END)
        )[0]
        for (place,) in await fetch_tuples("SELECT place FROM apprentice WHERE programme = $1", key):
            outcome, obtained = outcomes.get(place, ("certified", level))
            gone = date(2025, 9, 10) if outcome == "left" else None
            certificate, day = ("S000031010001260000001", END) if outcome == "certified" else ("", None)
            await fetch_tuples(
                """UPDATE apprentice SET outcome = $3, obtained_level = $4, left_on = $5, left_cause = $6, certificate_no = $7,
                       certified_on = $8 WHERE programme = $1 AND place = $2 RETURNING id""",
                *(key, place, outcome, obtained, gone, "own" if gone else "", certificate, day),
            )


def registers(people: int, *, first: str = "2024-12", last: str = "2026-03") -> bytes:
    """Registers that know every apprentice insured by enterprise A in every month."""
    months = months_touched(date.fromisoformat(f"{first}-01"), date.fromisoformat(f"{last}-01"))
    return msgspec.json.encode(
        {
            "as_of": "2026-04-01",
            "district": "310117",
            "enterprises": [],
            "institutions": [],
            "filings": [],
            "payments": [],
            "coverage": {"insurance": months, "surcharge": []},
            "insurance": [
                {"id_no": identity(place), "month": month, "payer": ENTERPRISE_A} for place in range(1, people + 1) for month in months
            ],
        }
    )
