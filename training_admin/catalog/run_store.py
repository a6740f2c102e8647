"""Queries of running classes: what was held, attended and assessed, the newest row of each; and the frozen facts of closed ones."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

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
