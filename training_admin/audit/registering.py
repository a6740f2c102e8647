"""The registers of an audit workbook, loaded for the chosen claims and written sheet by sheet in the order of register_layouts.

Classes, rosters and attendance come through cursors in the order of the classes: memory holds one class at a time.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from training_admin.audit import register_layouts as layouts
from training_admin.audit import register_rows as rows
from training_admin.audit import register_store as store
from training_admin.audit.papers import Surroundings
from training_admin.audit.register_layouts import Register, registers
from training_admin.audit.register_rows import Ceilings, FiledClass, Row
from training_admin.audit.store import ClaimHead
from training_admin.catalog import parameters
from training_admin.catalog.changes import changes
from training_admin.catalog.pooling import plain_number
from training_admin.catalog.run_facts import tallies
from training_admin.catalog.sealing import PHONE_PLACE
from training_admin.catalog.store import load_history
from training_admin.kit.clock import shanghai_day
from training_admin.kit.vault import vault
from training_admin.kit.workbook.sheets import WorkbookWriter
from training_admin.parties.institution_facts import Qualification, ResourceKind, Room, Teacher
from training_admin.parties.institution_store import IDENTITY_PLACE, fact_of
from training_admin.subsidy.apprentice_register import NO_APPRENTICES, register_of_claims, register_rows

Batches = AsyncIterator[Sequence[Row]]


class Named(msgspec.Struct, frozen=True):
    """Teachers and rooms of the chosen classes by key, and the sealed numbers of the teachers."""

    teachers: Mapping[int, Teacher]
    rooms: Mapping[int, str]
    sealed: Mapping[int, bytes]


class Registers:
    """What stands behind the claims of one workbook; made by `load_registers` inside the open transaction."""

    def __init__(self, heads: Sequence[ClaimHead], around: Surroundings, *, public: bool, address: str) -> None:
        self.heads, self.around, self.public = heads, around, public
        self.base = "" if public else address
        self.numbers = sorted({plain_number(row.class_no) for own in around.classes.values() for row in own if row.class_no})
        self.keys: list[int] = []
        self.class_nos: list[str] = []
        self.lessons = 0
        self.named = Named({}, {}, {})
        self.people: dict[tuple[str, str], tuple[int, int]] = {}
        self.ceilings = Ceilings({}, {})
        self.titles = {row.class_no: row.title for own in around.classes.values() for row in own}
        self.in_payment: frozenset[str] = frozenset()
        self.apprentices = NO_APPRENTICES

    @property
    def sheets(self) -> tuple[Register, ...]:
        """The registers of this variant."""
        return registers(self.lessons, public=self.public)

    @property
    def cases(self) -> list[str]:
        """The chosen claims by number."""
        return [head.number for head in self.heads]

    def hour_minutes(self, day: date | None) -> int:
        """Minutes of a training hour on a day."""
        return self.around.policy.at(parameters.CLASS_HOUR_MINUTES, day or shanghai_day(self.around.known_at))

    async def write(self, writer: WorkbookWriter) -> None:
        """Write all registers, each into its sheet."""
        rows_of: dict[str, Callable[[], Batches]] = {
            layouts.BATCHES: self._batches,
            layouts.FILINGS: self._filings,
            layouts.PLANS: self._plans,
            layouts.TEACHERS: self._teachers,
            layouts.ATTENDANCE: self._attendance,
            layouts.WAYS: self._ways,
            layouts.VISITS: self._visits,
            layouts.CALLS: self._calls,
            layouts.APPRENTICES: self._apprentices,
            layouts.RECOVERIES: self._recoveries,
            layouts.CHANGES: self._changes,
        }
        for sheet in self.sheets:
            shown = sheet.shown(public=self.public)
            async for batch in rows_of[sheet.name]():
                await asyncio.to_thread(writer.write, [tuple([row[place] for place in shown]) for row in batch])
            writer.end_sheet()

    async def _batches(self) -> Batches:
        found = await store.payments(self.cases)
        self.in_payment = frozenset(row[0] for row in found)
        yield list(rows.batch_rows(found, self.people, self.ceilings, base=self.base))

    async def _recoveries(self) -> Batches:
        yield list(rows.recovery_rows(await store.recoveries(self.cases), base=self.base))

    async def _apprentices(self) -> Batches:
        yield await asyncio.to_thread(lambda: list(register_rows(self.apprentices, vault())))

    async def _visits(self) -> Batches:
        yield list(rows.visit_rows(await store.visits(self.numbers), base=self.base))

    async def _changes(self) -> Batches:
        items = frozenset(item.item_code for item in self.around.items)
        history = [each for each in await load_history() if each.known_since <= self.around.known_at]
        yield list(rows.change_rows(changes(history), items))

    async def _classes(self) -> AsyncIterator[FiledClass]:
        found = await store.classes(self.numbers)
        for key in self.keys:
            yield rows.filed_class((await found.of(key))[0], key)

    async def _filings(self) -> Batches:
        async for klass in self._classes():
            minutes = self.hour_minutes(_first_day(klass))
            yield [rows.filing_row(klass, self.named.rooms, minutes, base=self.base)]
        here = frozenset(self.class_nos)
        others = sorted(each for each in self.titles if each in self.around.filings and plain_number(each) not in here)
        for batch in _batched(others):
            yield [rows.delivered_row(self.around.filings[each], self.titles[each]) for each in batch]

    async def _plans(self) -> Batches:
        teachers = {key: each.name for key, each in self.named.teachers.items()}
        async for klass in self._classes():
            yield list(rows.plan_rows(klass, teachers, self.named.rooms, self.hour_minutes(_first_day(klass))))

    async def _teachers(self) -> Batches:
        taught: dict[int, dict[str, None]] = {}
        async for klass in self._classes():
            for each in klass.content.sessions:
                if each.teacher is not None:
                    taught.setdefault(each.teacher, {})[klass.content.title] = None
        today, secret = shanghai_day(self.around.known_at), vault()
        yield [
            rows.teacher_row(
                *(number, teacher, secret.decrypt_text(self.named.sealed[key], place=IDENTITY_PLACE)), list(taught.get(key, {})), today
            )
            for number, (key, teacher) in enumerate(self.named.teachers.items(), 1)
        ]

    async def _runs(self) -> AsyncIterator[tuple[Any, Any, int]]:
        known = self.around.known_at
        rosters, held = await store.rosters(self.numbers), await store.held(self.keys, known)
        attended = await store.attended(self.keys, known)
        async for klass in self._classes():
            plan = rows.with_roster(klass, await rosters.of(klass.key))
            run = rows.run_of(await held.of(klass.key), await attended.of(klass.key))
            yield plan, run, self.hour_minutes(plan.start)

    async def _attendance(self) -> Batches:
        async for plan, run, minutes in self._runs():
            yield list(rows.attendance_rows(plan, run, tallies(plan, run), minutes, lessons=self.lessons))

    async def _ways(self) -> Batches:
        async for plan, run, _minutes in self._runs():
            yield list(rows.way_rows(plan, run))

    async def _calls(self) -> Batches:
        found, secret = await store.answers(self.numbers, self.around.known_at), vault()
        calls = await store.callbacks(self.class_nos, self.around.known_at)
        for key, number in zip(self.keys, self.class_nos, strict=True):
            yield [
                *rows.call_rows(number, await found.of(key), secret, phone_place=PHONE_PLACE),
                *rows.callback_rows(number, calls.get(number, ()), secret, phone_place=PHONE_PLACE),
            ]


def _first_day(klass: FiledClass) -> date | None:
    return min((each.day for each in klass.content.sessions), default=None)


def _batched(values: Sequence[str], size: int = 500) -> Iterator[Iterable[str]]:
    for place in range(0, len(values), size):
        yield values[place : place + size]


async def load_registers(heads: Sequence[ClaimHead], around: Surroundings, *, public: bool, address: str) -> Registers:
    """The registers of claims with what their sheets need at once; inside an open transaction."""
    made = Registers(heads, around, public=public, address=address)
    made.keys, made.class_nos, made.lessons = await store.class_keys(made.numbers)
    teachers: dict[int, Teacher] = {}
    rooms: dict[int, str] = {}
    sealed: dict[int, bytes] = {}
    for key, kind, content, number in await store.names(made.numbers, around.known_at):
        fact = fact_of(ResourceKind(kind), key, content, None)
        if isinstance(fact, Teacher):
            teachers[key], sealed[key] = fact, number
        elif isinstance(fact, Room):
            rooms[key] = fact.name
    made.apprentices = await register_of_claims({head.id: head.number for head in heads})
    held: dict[int, list[Qualification]] = {}
    for key, content in await store.qualifications(list(teachers), around.known_at):
        fact = fact_of(ResourceKind.QUALIFICATION, key, content, None)
        assert isinstance(fact, Qualification)
        held.setdefault(fact.teacher, []).append(fact)
    whole = {key: msgspec.structs.replace(each, qualifications=tuple(held.get(key, ()))) for key, each in teachers.items()}
    made.named = Named(whole, rooms, sealed)
    return made
