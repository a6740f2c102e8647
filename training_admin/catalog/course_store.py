"""Queries of registered courses: heads, versions, and the one that a class names."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.catalog.course_facts import CourseContent, CourseState, NamedCourse
from training_admin.database import fetch_tuples
from training_admin.kit.refusals import NotFound

_HEAD = "id, course_no, organisation, organisation_name, state, version, approved_version, submitted_on, approved_on, decide_by, moved"
_VERSION = "id, version, content, enterer, hands, entered_at, decision, decider, decided_at, opinion"


class CourseNotFound(NotFound):
    """There is no course of this number, or not for this actor."""

    code = "course-not-found"


class CourseHead(msgspec.Struct, frozen=True):
    """A course as lists show it; `decide_by` is the last day for the decision that is waited for, `content` its newest version."""

    id: int
    course_no: str
    organisation: str
    organisation_name: str
    state: CourseState
    version: int
    approved_version: int | None
    submitted_on: date | None
    approved_on: date | None
    decide_by: date | None
    moved: int


class CourseVersion(msgspec.Struct, frozen=True):
    """One version with who entered and who decided it."""

    id: int
    version: int
    content: CourseContent
    enterer: str
    hands: frozenset[str]
    entered_at: datetime
    decision: str | None
    decider: str | None
    decided_at: datetime | None
    opinion: str


def _head(row: Sequence[Any]) -> CourseHead:
    key, number, organisation, name, state, *rest = row
    return CourseHead(key, number, organisation, name, CourseState(state), *rest)


def _version(row: Sequence[Any]) -> CourseVersion:
    key, number, content, enterer, hands, *rest = row
    return CourseVersion(key, number, msgspec.json.decode(content, type=CourseContent), enterer, frozenset(hands), *rest)


async def add_course(course_no: str, *, organisation: str, organisation_name: str) -> None:
    """A new course as draft, without version yet."""
    await fetch_tuples(
        "INSERT INTO course (course_no, organisation, organisation_name, state, version, moved) VALUES ($1, $2, $3, 'draft', 0, 0)",
        *(course_no, organisation, organisation_name),
    )


async def add_version(
    head: CourseHead, content: CourseContent, *, enterer: str, entered_by: str, hands: frozenset[str], at: datetime
) -> None:
    """The next version of a course, that nobody has decided yet."""
    await fetch_tuples(
        """INSERT INTO course_version (course, version, content, enterer, entered_by, hands, entered_at, opinion)
           VALUES ($1, $2, $3, $4, $5, $6, $7, '')""",
        *(head.id, head.version + 1, msgspec.json.encode(content).decode(), enterer, entered_by, sorted(hands), at),
    )


async def course_by_number(course_no: str, codes: Sequence[str] | None) -> CourseHead:
    """A course of a scope (None: of anybody); raises CourseNotFound."""
    found = await fetch_tuples(
        f"SELECT {_HEAD} FROM course WHERE course_no = $1 AND ($2::text[] IS NULL OR organisation = ANY($2))",  # noqa: S608 - our own words
        *(course_no, codes),
    )
    if not found:
        raise CourseNotFound("没有找到这门课程，请从列表重新进入。")
    return _head(found[0])


async def versions_of(course: int) -> list[CourseVersion]:
    """Every version of a course, newest first."""
    found = await fetch_tuples(
        f"SELECT {_VERSION} FROM course_version WHERE course = $1 ORDER BY version DESC",  # noqa: S608 - our own words
        course,
    )
    return [_version(row) for row in found]


async def move_course(head: CourseHead, moved: CourseHead) -> bool:
    """Write a course as moved; False when somebody has moved it since it was read."""
    return bool(
        await fetch_tuples(
            """UPDATE course SET state = $3, version = $4, approved_version = $5, submitted_on = $6, approved_on = $7, decide_by = $8,
                   moved = moved + 1
               WHERE id = $1 AND moved = $2 RETURNING id""",
            *(head.id, head.moved, moved.state.value, moved.version, moved.approved_version, moved.submitted_on, moved.approved_on),
            moved.decide_by,
        )
    )


async def decide_version(version: int, *, decision: str, decider: str, by: str, at: datetime, opinion: str) -> bool:
    """Keep the decision about a version; False when it was decided before."""
    return bool(
        await fetch_tuples(
            """UPDATE course_version SET decision = $2, decider = $3, decided_by = $4, decided_at = $5, opinion = $6
               WHERE id = $1 AND decision IS NULL RETURNING id""",
            *(version, decision, decider, by, at, opinion),
        )
    )


async def list_courses(codes: Sequence[str] | None, *, wanted: str, state: str, most: int) -> list[tuple[CourseHead, CourseContent]]:
    """Courses of a scope with their newest content, what waits for a decision first, then the newest; by number, title or organisation."""
    names = ", ".join(f"c.{name.strip()}" for name in _HEAD.split(","))
    found = await fetch_tuples(
        f"""SELECT v.content, {names} FROM course c JOIN course_version v ON v.course = c.id AND v.version = c.version
            WHERE ($1::text[] IS NULL OR c.organisation = ANY($1)) AND ($3 = '' OR c.state = $3)
              AND (strpos(c.course_no, upper($2)) > 0 OR strpos(c.organisation_name, $2) > 0 OR strpos(v.content ->> 'title', $2) > 0)
            ORDER BY c.decide_by IS NULL, c.decide_by, c.id DESC LIMIT $4""",  # noqa: S608 - our own words
        *(codes, wanted, state, most),
    )
    return [(_head(row[1:]), msgspec.json.decode(row[0], type=CourseContent)) for row in found]


async def named_course(course_no: str) -> NamedCourse | None:
    """The course that a class names, as approved last; None when there is none of this number. One query."""
    found = await fetch_tuples(
        """SELECT c.course_no, c.organisation, c.state, v.content FROM course c
           LEFT JOIN course_version v ON v.course = c.id AND v.version = c.approved_version WHERE c.course_no = $1""",
        course_no,
    )
    if not found:
        return None
    number, organisation, state, content = found[0]
    kept = None if content is None else msgspec.json.decode(content, type=CourseContent)
    return NamedCourse(number, organisation, CourseState(state), kept)


async def usable_courses(organisation: str) -> dict[str, str]:
    """Number and title of an organisation's courses with which classes may be filed."""
    found = await fetch_tuples(
        """SELECT c.course_no, v.content ->> 'title'
           FROM course c JOIN course_version v ON v.course = c.id AND v.version = c.approved_version
           WHERE c.organisation = $1 AND c.state IN ('approved', 'changing') ORDER BY c.course_no""",
        organisation,
    )
    return {row[0]: row[1] for row in found}


async def classes_with(course_no: str, codes: Sequence[str] | None, *, most: int) -> list[tuple[str, str, str]]:
    """Number, title and state of the classes of a scope whose newest version names a course, newest first."""
    return [
        (row[0], row[1], row[2])
        for row in await fetch_tuples(
            """SELECT c.class_no, v.content ->> 'title', c.state
               FROM training_class c JOIN class_version v ON v.training_class = c.id AND v.version = c.version
               WHERE c.organisation = (SELECT organisation FROM course WHERE course_no = $1) AND v.content ->> 'course' = $1
                 AND ($2::text[] IS NULL OR c.organisation = ANY($2))
               ORDER BY c.id DESC LIMIT $3""",
            *(course_no, codes, most),
        )
    ]


async def taught_by(organisation: str) -> dict[int, list[str]]:
    """The titles of the approved courses of an organisation by the keys of their teachers."""
    found = await fetch_tuples(
        """SELECT v.content ->> 'title', v.content -> 'teachers' FROM course c
           JOIN course_version v ON v.course = c.id AND v.version = c.approved_version
           WHERE c.organisation = $1 AND c.state IN ('approved', 'changing') ORDER BY c.course_no""",
        organisation,
    )
    titles: dict[int, list[str]] = {}
    for title, teachers in found:
        for key in msgspec.json.decode(teachers, type=list[int]):
            titles.setdefault(key, []).append(title)
    return titles
