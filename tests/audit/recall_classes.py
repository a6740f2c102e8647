"""Classes of one seed's district as they were run here: plan, sign-ins, results, visits and answers as the rooms of classes leave them."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from random import Random

import msgspec

from tests.audit.recall_seed import At, Seeded
from training_admin.catalog.class_facts import PlannedSession
from training_admin.database import copy_rows, fetch_tuples, write_transaction
from training_admin.demo.district import MadeClass
from training_admin.kit.clock import SHANGHAI
from training_admin.kit.workdays import ONE_DAY

MORNING, NOON, AFTERNOON, EVENING = 540, 720, 780, 960
TAUGHT_MINUTES, MINUTES_PER_HOUR, HOURS_PER_SESSION = 180, 60, 4
SIGNED_SESSIONS = 2
CLOSED_AFTER, TOLD_AFTER = timedelta(days=5), timedelta(days=3)
BODIES = 60
PASSED_IN_TEN = 9
# The last class of a district is what is left of its people: so few prove nothing.
FEWEST = 8


class SignedIn(msgspec.Struct):
    """Somebody's attendance at a session; `device` is "" where it was not told by code."""

    key: bytes
    day: date
    starts: int
    at: datetime
    device: str = ""
    mark: str = "present"


class Visit(msgspec.Struct):
    """What a visit found."""

    day: date
    teacher_fits: bool = True
    plan_fits: bool = True
    passed: bool = True


class Run(msgspec.Struct):
    """One class as it was run, about to be stored; people are roster rows with their keys."""

    at: At
    klass: MadeClass
    people: list[tuple[int, bytes]]
    teacher: bytes
    room: bytes
    body: str
    sessions: list[PlannedSession]
    signed: list[SignedIn]
    results: dict[bytes, tuple[str, date]]
    failed: list[bytes]
    unplanned: list[PlannedSession] = []
    clashes: list[tuple[str, bytes, PlannedSession]] = []
    guests: list[tuple[bytes, PlannedSession]] = []
    online: list[tuple[bytes, datetime, int]] = []
    changed: list[bytes] = []
    denied: list[bytes] = []
    visits: list[Visit] = []

    @property
    def class_no(self) -> str:
        """The class number."""
        return self.klass.filing.class_no

    @property
    def level(self) -> str | None:
        """The level taught."""
        return None if self.klass.item is None else self.klass.item.level


def planned(day: date, starts: int, ends: int) -> PlannedSession:
    """A session of four hours."""
    return PlannedSession(day, starts, ends, "课程", 60, TAUGHT_MINUTES - 60, None, None)


def instant(day: date, minute: int, second: int = 0) -> datetime:
    """A moment of a day in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=minute, seconds=second)


def number_of(body: str, level: str | None, serial: int, *, year: int = 26) -> str:
    """A certificate number by the coding rule."""
    return f"{body}{year:02d}{level}{serial:06d}"


def body_code(number: int) -> str:
    """An evaluation body filed with Shanghai."""
    return f"S000031{number:06d}"


async def held_here(seeded: Seeded, numbers: list[str]) -> list[Run]:
    """Every class that nothing has touched, as it would be run in order; the people by what was stored of them."""
    people: dict[tuple[str, str], list[tuple[int, bytes]]] = {}
    async with write_transaction():
        stored = await fetch_tuples(
            """SELECT c.number, l.class_no, l.row, l.person FROM claim_line l JOIN claim c ON c.id = l.claim
               WHERE c.number = ANY($1) AND l.readable AND length(l.person) > 0 ORDER BY c.id, l.row""",
            numbers,
        )
    for number, class_no, row, key in stored:
        people.setdefault((number, class_no), []).append((row, key))
    places = [at for at in seeded.places() if seeded.klass(at).filing.class_no not in seeded.touched]
    return [run for serial, at in enumerate(places) if (run := _run(seeded, at, people[numbers[at.claim], _no(seeded, at)], serial))]


def _no(seeded: Seeded, at: At) -> str:
    return seeded.klass(at).filing.class_no


def _run(seeded: Seeded, at: At, people: list[tuple[int, bytes]], serial: int) -> Run | None:
    draw, klass = seeded.chance, seeded.klass(at)
    sessions = _sessions(seeded, klass)
    if not sessions or len(people) < FEWEST:
        return None
    run = Run(
        at=at,
        klass=klass,
        people=people,
        teacher=draw.randbytes(32),
        room=draw.randbytes(32),
        body=body_code(1 + serial % BODIES),
        sessions=sessions,
        signed=[],
        results={},
        failed=[],
        visits=[Visit(sessions[-1].day)],
    )
    for each in sessions[:SIGNED_SESSIONS]:
        run.signed += [
            SignedIn(
                key, each.day, each.starts, instant(each.day, each.starts - 10, draw.randrange(1200)), f"{klass.filing.class_no}/{row}"
            )
            for row, key in people
        ]
    examined(run, serial, draw)
    return run


def examined(run: Run, serial: int, draw: Random) -> None:
    """Nine of ten pass, but never all; who passes at a level has a certificate of the class's body."""
    day = run.klass.filing.end + timedelta(days=draw.randrange(3))
    fails = draw.randrange(len(run.people))
    for place, (_row, key) in enumerate(run.people):
        if place == fails or draw.randrange(10) >= PASSED_IN_TEN:
            run.failed.append(key)
        elif run.level is not None:
            run.results[key] = (number_of(run.body, run.level, 1 + serial * 100 + place), day)


def _sessions(seeded: Seeded, klass: MadeClass) -> list[PlannedSession]:
    """Half days spread over the working days of the class, none where they do not fit."""
    day, slots = klass.filing.start, []
    while day <= klass.filing.end:
        if seeded.district.calendar.is_workday(day):
            slots += [planned(day, MORNING, NOON), planned(day, AFTERNOON, EVENING)]
        day += ONE_DAY
    count = -(-int(klass.filing.delivered_hours) // HOURS_PER_SESSION)
    return [slots[place * len(slots) // count] for place in range(count)] if count <= len(slots) else []


async def keep(runs: list[Run]) -> None:
    """Store the classes, in one transaction."""
    async with write_transaction():
        keys = dict(
            await fetch_tuples(
                """INSERT INTO training_class (class_no, organisation, organisation_name, state, version, approved_version, filed_on,
                       approved_on, moved)
                   SELECT n, o, o, 'closed', 1, 1, f, f, 0 FROM unnest($1::text[], $2::text[], $3::date[]) AS c (n, o, f)
                   RETURNING class_no, id""",
                [run.class_no for run in runs],
                [run.klass.filing.institution for run in runs],
                [run.klass.filing.filed_at for run in runs],
            )
        )
        others = {
            run.class_no: (
                await fetch_tuples(
                    """INSERT INTO training_class (class_no, organisation, organisation_name, state, version, moved)
                       VALUES ($1, 'X', 'X', 'approved', 1, 0) RETURNING id""",
                    f"另-{run.class_no}",
                )
            )[0][0]
            for run in runs
            if run.clashes
        }
        platform = (
            await fetch_tuples("INSERT INTO resource (organisation, owner, kind) VALUES ('X', 'institution', 'platform') RETURNING id")
        )[0][0]
        for run in runs:
            await _keep(run, keys[run.class_no], others.get(run.class_no), platform)


async def _keep(run: Run, key: int, other: int | None, platform: int) -> None:
    told = instant(run.klass.filing.end, EVENING) + TOLD_AFTER
    await _add(
        "class_version",
        ("training_class", "version", "content", "cause", "enterer", "entered_by", "hands", "entered_at", "decision", "decided_at"),
        [(key, 1, msgspec.json.encode({"sessions": run.sessions}).decode(), "filed", "t", "t", ["t"], told, "approved", told)],
    )
    await _intervals(run, key, other)
    await _add(
        "class_session_held",
        ("training_class", "day", "starts", "minutes", "way", "confirmer", "confirmed_by", "confirmed_at"),
        [(key, each.day, each.starts, each.minutes, "page", "t", "t", told) for each in (*run.sessions, *run.unplanned)],
    )
    await _add(
        "class_attendance",
        ("training_class", "day", "starts", "person", "mark", "minutes", "way", "device", "told_by", "told_at"),
        [
            (key, each.day, each.starts, each.key, each.mark, 0, "code" if each.device else "page", each.device, "t", each.at)
            for each in run.signed
        ],
    )
    await _add(
        "class_online_record",
        (
            *("training_class", "platform", "record_no", "person", "day", "starts", "began_at", "minutes"),
            *("real_name", "tutored", "tested", "told_by", "told_at"),
        ),
        [
            (key, platform, f"{run.class_no}/{n}", person, began.date(), MORNING, began, minutes, True, True, True, "t", told)
            for n, (person, began, minutes) in enumerate(run.online)
        ],
    )
    await _results(run, key, told)
    await _answers(run, key, told)


async def _intervals(run: Run, key: int, other: int | None) -> None:
    rows = [
        (key, taken, person, each.day, each.starts, each.ends)
        for each in run.sessions
        for taken, person in (
            ("teacher", run.teacher),
            ("room", run.room),
            *(("trainee", found) for found in dict.fromkeys(person for _row, person in run.people)),
        )
    ]
    rows += [(key, "trainee", person, each.day, each.starts, each.ends) for person, each in run.guests]
    rows += [(other, taken, person, each.day, each.starts, each.ends) for taken, person, each in run.clashes if other is not None]
    await _add("class_interval", ("training_class", "taken", "key", "day", "starts", "ends"), dict.fromkeys(rows))


async def _results(run: Run, key: int, told: datetime) -> None:
    closed = instant(run.klass.filing.end, EVENING) + CLOSED_AFTER
    columns = ("training_class", "person", "outcome", "certificate_no", "certified_on", "told_by", "told_at")
    rows = [
        (key, person, "passed", *run.results.get(person, ("", None)), "t", told) for _row, person in run.people if person not in run.failed
    ]
    rows += [(key, person, "failed", "", None, "t", told) for person in run.failed]
    rows += [(key, person, "passed", *run.results.get(person, ("", None)), "t", closed + ONE_DAY) for person in run.changed]
    await _add("class_result", columns, rows)
    await _add(
        "class_closing",
        ("training_class", "version", "content", "sha256", "closer", "closed_by", "closed_at"),
        [(key, 1, b"{}", "0" * 64, "t", "t", closed)],
    )


async def _answers(run: Run, key: int, told: datetime) -> None:
    await _add(
        "class_visit",
        (
            *("class_no", "visited_on", "starts", "way", "inspectors", "expected", "present", "teacher_fits", "plan_fits"),
            *("textbooks", "order_kept", "safe", "passed", "teller", "told_at"),
        ),
        [
            (
                *(run.class_no, each.day, MORNING, "onsite", ["甲", "乙"], len(run.people), len(run.people), each.teacher_fits),
                *(each.plan_fits, True, True, True, each.passed, "t", told),
            )
            for each in run.visits
        ],
    )
    await _add(
        "class_witness",
        ("training_class", "person", "moment", "token_hash", "asked_at", "answer_by", "answer", "answered_at", "channel"),
        [
            (
                key,
                person,
                "end",
                sha256(person + run.class_no.encode()).digest(),
                told,
                told.date(),
                "not_me" if person in run.denied else "me",
                told,
                "link",
            )
            for person in dict.fromkeys(person for _row, person in run.people)
        ],
    )


async def _add(table: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    await copy_rows(table, columns, list(rows))
