"""A class that is approved, runs, is closed and claimed: welders of enterprise A over ten days, with registers that know its people."""

import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec
import openpyxl

from tests.catalog.classes import content, furnished, roster, sessions
from tests.people import ENTERPRISE_A, sign_in_as
from training_admin.catalog.class_facts import Pool
from training_admin.catalog.class_store import roster_of
from training_admin.catalog.closing import close_class
from training_admin.catalog.filing import NamedTrainee, decide_class, save_class, submit_class
from training_admin.catalog.forecast_store import ApprovedClass, approved_classes
from training_admin.catalog.run_facts import (
    Attended,
    Held,
    Mark,
    Outcome,
    Result,
    Way,
)
from training_admin.catalog.run_store import add_attended, add_held, add_results
from training_admin.database import read_transaction, write_transaction
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.clock import SHANGHAI, FixedClock
from training_admin.subsidy.deliveries import receive_registers

HOURS = {"ends": 16 * 60, "theory_minutes": 120, "practice_minutes": 240}
LAST_EVENING = date(2026, 7, 17)
EVERY_MONTH = ("2026-06", "2026-07")


def to(clock: FixedClock, day: date, hour: int = 20) -> None:
    """Let time pass until an hour of a day in Shanghai, the evening if not told; nothing when it is later already."""
    wanted = datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)
    clock.move(max(wanted - clock.now(), timedelta()))


def people(count: int = 6) -> list[NamedTrainee]:
    """The roster with phones and contracts; the last one's contract begins too late."""
    found = [
        msgspec.structs.replace(each, phone=f"139000000{place:02d}", contract_start=date(2024, 1, 1))
        for place, each in enumerate(roster(count))
    ]
    return [*found[:-1], msgspec.structs.replace(found[-1], contract_start=date(2026, 7, 8))]


async def registers(
    clock: FixedClock, *, months: tuple[str, ...] = EVERY_MONTH, paid: str = "0.00", firms: Sequence[str] = (ENTERPRISE_A,) * 6
) -> None:
    """What other offices know of the firms and of their people, one firm a person: insured every delivered month."""
    named = list(zip(roster(len(firms)), firms, strict=True))
    document = {
        "as_of": clock.today().isoformat(),
        "district": "310117",
        "coverage": {"insurance": list(months), "surcharge": ["2025"]},
        "enterprises": [
            {
                "uscc": firm,
                "name": "样例",
                "size": "L",
                "tax_district": "310117",
                "status": "存续",
                "surcharge_paid": {"2025": "300000.00"},
                "subsidy_paid": {"2026": paid},
            }
            for firm in dict.fromkeys(firms)
        ],
        "institutions": [],
        "filings": [],
        "insurance": [{"id_no": each.identity, "month": month, "payer": firm} for each, firm in named for month in months],
        "payments": [],
    }
    await receive_registers(DEMO, json.dumps(document).encode(), source="测试交付", clock=clock)


async def approved(
    clock: FixedClock,
    *,
    named: list[NamedTrainee] | None = None,
    item: str | None = "SJ2026-A-007",
    budget_fen: int = 1_000_000,
    pool: Pool | None = None,
) -> str:
    """An approved class from 6 to 17 July 2026, eight hours a day; with `pool` for whatever firms its people name."""
    teacher, room = await furnished(clock)
    first = date(2026, 7, 6)
    planned = sessions(first, 10, teacher=teacher, room=room, **HOURS)
    enterprise = ENTERPRISE_A if pool is None else ""
    filed = content(teacher, room, item=item, budget_fen=budget_fen, sessions=planned, pool=pool, enterprise=enterprise)
    clerk = (await sign_in_as("jiaowu", clock)).actor
    number = await save_class(clerk, filed, people() if named is None else named, clock=clock)
    await submit_class(clerk, number, clock=clock)
    await decide_class(COMMAND_LINE, number, version=1, approve=True, opinion="", clock=clock)
    clock.move(timedelta(minutes=1))
    return number


async def of_number(number: str) -> ApprovedClass:
    """The class as approved."""
    async with read_transaction():
        return (await approved_classes([number]))[0]


async def hold(number: str, clock: FixedClock, *, days: int, missing: Mapping[int, int] | None = None) -> None:
    """Confirm the first sessions; `missing` tells by place in the roster how many of them somebody missed from the first on."""
    klass = await of_number(number)
    async with write_transaction():
        persons = [each.trainee.person for each in await roster_of(klass.version_key)]
        held = sorted(klass.content.sessions, key=lambda each: each.day)[:days]
        await add_held(
            klass.id, [Held(each.day, each.starts, each.minutes, Way.PAGE, "", "教师", clock.now()) for each in held], by="teacher"
        )
        await add_attended(
            klass.id,
            [
                Attended(
                    *(each.day, each.starts, person, Mark.ABSENT if gone else Mark.PRESENT, 0 if gone else each.minutes),
                    *(Way.PAGE, "", "teacher", clock.now()),
                )
                for place, person in enumerate(persons)
                for number_of_day, each in enumerate(held)
                for gone in (number_of_day < (missing or {}).get(place, 0),)
            ],
        )


async def examine(number: str, clock: FixedClock, outcomes: Mapping[int, Outcome] | None = None) -> None:
    """Everybody passes, but for those named by their place in the roster."""
    klass = await of_number(number)
    async with write_transaction():
        persons = [each.trainee.person for each in await roster_of(klass.version_key)]
        await add_results(
            klass.id,
            [
                Result(person, None, None, (outcomes or {}).get(place, Outcome.PASSED), "", None, "teacher", clock.now())
                for place, person in enumerate(persons)
            ],
        )


async def close(number: str, clock: FixedClock) -> None:
    """On the day after the last session the institution closes the class."""
    klass = await of_number(number)
    to(clock, max(each.day for each in klass.content.sessions) + timedelta(days=1), hour=9)
    await close_class((await sign_in_as("jiaowu", clock)).actor, number, clock=clock)
    clock.move(timedelta(minutes=1))


def with_cost(workbook: bytes, *costs: tuple[str, str], **cells: object) -> bytes:
    """A draft with one voucher of training fees for each class and amount, and cells of the roster (`L4=…`) written over."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    for row, (class_no, amount) in enumerate(costs, start=4):
        for place, value in ((2, class_no), (3, "培训费"), (4, f"2531{row:016d}"), (8, amount)):
            book["费用明细"].cell(row, place, value)
    for address, written in cells.items():
        book["参训人员花名册"][address].value = written
    found = io.BytesIO()
    book.save(found)
    return found.getvalue()
