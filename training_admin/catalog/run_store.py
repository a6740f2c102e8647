"""Queries of running classes: what was held, attended and assessed, the newest row of each; and the frozen facts of closed ones."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.catalog.class_store import ClassContent, ClassHead
from training_admin.catalog.run_facts import Attended, ClassRun, ClosedClass, Held, Mark, Outcome, Result, Way
from training_admin.database import copy_rows, fetch_tuples
from training_admin.kit.digest import canonical_json, sha256_hex

_HELD = ("training_class", "day", "starts", "minutes", "way", "note", "confirmer", "confirmed_by", "confirmed_at")
_ATTENDED = ("training_class", "day", "starts", "person", "mark", "minutes", "way", "device", "told_by", "told_at")
_RESULT = ("training_class", "person", "theory", "practice", "outcome", "certificate_no", "certified_on", "told_by", "told_at")


async def load_run(training_class: int) -> ClassRun:
    """What counts of a class now, in three queries whatever was entered."""
    held = await fetch_tuples(
        """SELECT DISTINCT ON (day, starts) day, starts, minutes, way, note, confirmer, confirmed_at FROM class_session_held
           WHERE training_class = $1 ORDER BY day, starts, id DESC""",
        training_class,
    )
    attended = await fetch_tuples(
        """SELECT DISTINCT ON (day, starts, person) day, starts, encode(person, 'hex'), mark, minutes, way, device, told_by, told_at
           FROM class_attendance WHERE training_class = $1 ORDER BY day, starts, person, id DESC""",
        training_class,
    )
    results = await fetch_tuples(
        """SELECT DISTINCT ON (person) encode(person, 'hex'), theory, practice, outcome, certificate_no, certified_on, told_by, told_at
           FROM class_result WHERE training_class = $1 ORDER BY person, id DESC""",
        training_class,
    )
    return ClassRun(
        held={(row[0], row[1]): _held(row) for row in held},
        attended={(row[0], row[1], row[2]): _attended(row) for row in attended},
        results={row[0]: _result(row) for row in results},
    )


def _held(row: tuple[Any, ...]) -> Held:
    day, starts, minutes, way, *rest = row
    return Held(day, starts, minutes, Way(way), *rest)


def _attended(row: tuple[Any, ...]) -> Attended:
    day, starts, person, mark, minutes, way, *rest = row
    return Attended(day, starts, person, Mark(mark), minutes, Way(way), *rest)


def _result(row: tuple[Any, ...]) -> Result:
    person, theory, practice, outcome, *rest = row
    return Result(person, Outcome(theory) if theory else None, Outcome(practice) if practice else None, Outcome(outcome), *rest)


async def add_held(training_class: int, held: Iterable[Held], *, by: str) -> None:
    """Sessions as confirmed; what was said of them before stays below."""
    rows = [
        (training_class, each.day, each.starts, each.minutes, each.way.value, each.note, each.confirmer, by, each.confirmed_at)
        for each in held
    ]
    await copy_rows("class_session_held", _HELD, rows)


async def add_attended(training_class: int, attended: Iterable[Attended]) -> None:
    """Attendance as told; what was said before stays below."""
    rows = [
        (
            *(training_class, each.day, each.starts, bytes.fromhex(each.person), each.mark.value, each.minutes),
            *(each.way.value, each.device, each.told_by, each.told_at),
        )
        for each in attended
    ]
    await copy_rows("class_attendance", _ATTENDED, rows)


async def add_results(training_class: int, results: Iterable[Result]) -> None:
    """Results as told; what was said before stays below."""
    rows = [
        (
            *(training_class, bytes.fromhex(each.person), each.theory or "", each.practice or "", each.outcome.value),
            *(each.certificate_no, each.certified_on, each.told_by, each.told_at),
        )
        for each in results
    ]
    await copy_rows("class_result", _RESULT, rows)


async def add_closing(training_class: int, closed: ClosedClass, *, closer: str, by: str, at: datetime) -> str:
    """Freeze the facts of a class; returns their digest. Raises the database's fault when it is frozen already."""
    content = canonical_json(closed)
    sha256 = sha256_hex(content)
    await fetch_tuples(
        """INSERT INTO class_closing (training_class, version, content, sha256, closer, closed_by, closed_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id""",
        *(training_class, closed.version, content, sha256, closer, by, at),
    )
    return sha256


async def load_closed(class_nos: Sequence[str], known_at: datetime) -> dict[str, ClosedClass]:
    """The frozen facts of the named classes that were closed by an instant."""
    found = await fetch_tuples(
        """SELECT c.class_no, f.content FROM class_closing f JOIN training_class c ON c.id = f.training_class
           WHERE c.class_no = ANY($1) AND f.closed_at <= $2""",
        *(list(class_nos), known_at),
    )
    return {class_no: msgspec.json.decode(content, type=ClosedClass) for class_no, content in found}


async def classes_on(codes: Sequence[str] | None, day: date, states: Sequence[str]) -> list[tuple[ClassHead, ClassContent]]:
    """Classes of a scope (None: of anybody) with a session of their approved version on a day, by number; one query."""
    found = await fetch_tuples(
        """SELECT c.id, c.class_no, c.organisation, c.organisation_name, c.state, c.version, c.approved_version, c.filed_on,
                  c.approved_on, c.decide_by, c.moved, v.content
           FROM training_class c JOIN class_version v ON v.training_class = c.id AND v.version = c.approved_version
           WHERE ($1::text[] IS NULL OR c.organisation = ANY($1)) AND c.state = ANY($2)
             AND v.content -> 'sessions' @> jsonb_build_array(jsonb_build_object('day', $3::text))
           ORDER BY c.class_no""",
        *(codes, list(states), day.isoformat()),
    )
    return [(ClassHead(*row[:-1]), msgspec.json.decode(row[-1], type=ClassContent)) for row in found]


async def held_on(training_classes: Sequence[int], day: date) -> dict[tuple[int, int], int]:
    """Taught minutes of the confirmed sessions of a day, by class and beginning."""
    found = await fetch_tuples(
        """SELECT DISTINCT ON (training_class, starts) training_class, starts, minutes FROM class_session_held
           WHERE training_class = ANY($1) AND day = $2 ORDER BY training_class, starts, id DESC""",
        *(list(training_classes), day),
    )
    return {(key, starts): minutes for key, starts, minutes in found}


async def present_on(training_classes: Sequence[int], day: date) -> dict[tuple[int, int], int]:
    """How many people are told as present or late in the sessions of a day, by class and beginning."""
    found = await fetch_tuples(
        """SELECT training_class, starts, count(*) FROM (
               SELECT DISTINCT ON (training_class, starts, person) training_class, starts, mark FROM class_attendance
               WHERE training_class = ANY($1) AND day = $2 ORDER BY training_class, starts, person, id DESC
           ) AS newest WHERE mark IN ('present', 'late') GROUP BY training_class, starts""",
        *(list(training_classes), day),
    )
    return {(key, starts): count for key, starts, count in found}


class OnlineRecord(msgspec.Struct, frozen=True):
    """A learning record of an online platform: of which session, when it began, learned minutes, tutoring and test."""

    platform: int
    record_no: str
    person: str
    day: date
    starts: int
    began_at: datetime
    minutes: int
    tutored: bool
    tested: bool


async def add_online(training_class: int, records: Iterable[OnlineRecord], *, told_by: str, at: datetime) -> None:
    """Learning records, all of them under a real name; raises the database's fault for a number that is there."""
    columns = (
        *("training_class", "platform", "record_no", "person", "day", "starts", "began_at", "minutes", "real_name", "tutored", "tested"),
        *("told_by", "told_at"),
    )
    rows = [
        (
            *(
                training_class,
                each.platform,
                each.record_no,
                bytes.fromhex(each.person),
                each.day,
                each.starts,
                each.began_at,
                each.minutes,
            ),
            *(True, each.tutored, each.tested, told_by, at),
        )
        for each in records
    ]
    await copy_rows("class_online_record", columns, rows)


async def load_online(training_class: int) -> list[OnlineRecord]:
    """Every learning record of a class, by beginning."""
    found = await fetch_tuples(
        """SELECT platform, record_no, encode(person, 'hex'), day, starts, began_at, minutes, tutored, tested FROM class_online_record
           WHERE training_class = $1 ORDER BY began_at, record_no""",
        training_class,
    )
    return [OnlineRecord(*row) for row in found]


async def known_records(records: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    """Which of the numbers of platforms are there already, in whichever class."""
    wanted = list(records)
    found = await fetch_tuples(
        """SELECT r.platform, r.record_no FROM unnest($1::bigint[], $2::text[]) AS wanted (platform, record_no)
           JOIN class_online_record r ON r.platform = wanted.platform AND r.record_no = wanted.record_no""",
        *([platform for platform, _number in wanted], [number for _platform, number in wanted]),
    )
    return {(platform, number) for platform, number in found}


async def closing_of(training_class: int) -> tuple[str, str, datetime] | None:
    """Digest, closer and instant of a closed class; None while it is not closed."""
    found = await fetch_tuples("SELECT sha256, closer, closed_at FROM class_closing WHERE training_class = $1", training_class)
    return (found[0][0], found[0][1], found[0][2]) if found else None
