"""Queries of filed classes: heads, versions, rosters, and the intervals by which double bookings are found."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.catalog.class_facts import ClassContent as ClassContent  # noqa: PLC0414 - read with what keeps it
from training_admin.catalog.class_facts import ClassPlan, Occupied, Taken, Trainee
from training_admin.catalog.version_changes import Named
from training_admin.database import copy_rows, fetch_tuples
from training_admin.kit.refusals import NotFound

_HEAD = """id, class_no, organisation, organisation_name, state, version, approved_version, filed_on, approved_on, decide_by, moved"""
_VERSION = """id, version, content, cause, reason, urgent, enterer, hands, entered_at, decision, decider, decided_at, opinion"""


_DAYS = "jsonb_array_elements(v.content -> 'sessions') each"


class ClassNotFound(NotFound):
    """There is no class of this number, or not for this actor."""

    code = "class-not-found"


class ClassHead(msgspec.Struct, frozen=True):
    """A class as lists show it; `decide_by` is the last day for the decision that is waited for."""

    id: int
    class_no: str
    organisation: str
    organisation_name: str
    state: str
    version: int
    approved_version: int | None
    filed_on: date | None
    approved_on: date | None
    decide_by: date | None
    moved: int


class ListedClass(ClassHead, frozen=True):
    """The same with title, first and last day of the newest version; no days where nothing is laid out yet."""

    title: str
    starts: date | None
    ends: date | None


class ClassVersion(msgspec.Struct, frozen=True):
    """One version with who entered and who decided it."""

    id: int
    version: int
    content: ClassContent
    cause: str
    reason: str
    urgent: bool
    enterer: str
    hands: frozenset[str]
    entered_at: datetime
    decision: str | None
    decider: str | None
    decided_at: datetime | None
    opinion: str


class SealedTrainee(msgspec.Struct, frozen=True):
    """A person of a roster with the sealed identity number and, where it was told, the sealed phone."""

    trainee: Trainee
    sealed: bytes
    sealed_phone: bytes | None = None


def content_of(plan: ClassPlan) -> ClassContent:
    """What a version keeps of a plan."""
    return ClassContent(**{name: getattr(plan, name) for name in ClassContent.__struct_fields__})


def plan_of(class_no: str, content: ClassContent, trainees: Iterable[Trainee]) -> ClassPlan:
    """A plan from what is kept."""
    return ClassPlan(
        class_no=class_no,
        trainees=tuple(trainees),
        **{name: getattr(content, name) for name in ClassContent.__struct_fields__},
    )


async def add_class(class_no: str, *, organisation: str, organisation_name: str) -> int:
    """A new class as draft, without version yet."""
    found = await fetch_tuples(
        """INSERT INTO training_class (class_no, organisation, organisation_name, state, version, moved)
           VALUES ($1, $2, $3, 'draft', 0, 0) RETURNING id""",
        *(class_no, organisation, organisation_name),
    )
    key: int = found[0][0]
    return key


async def add_version(  # noqa: PLR0913 - the columns of one row
    training_class: int,
    version: int,
    content: ClassContent,
    *,
    cause: str,
    reason: str,
    urgent: bool,
    enterer: str,
    entered_by: str,
    hands: frozenset[str],
    at: datetime,
) -> int:
    """A version that nobody has decided yet."""
    found = await fetch_tuples(
        """INSERT INTO class_version
               (training_class, version, content, cause, reason, urgent, enterer, entered_by, hands, entered_at, opinion)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '') RETURNING id""",
        *(training_class, version, msgspec.json.encode(content).decode(), cause, reason, urgent, enterer, entered_by, sorted(hands), at),
    )
    key: int = found[0][0]
    return key


async def add_trainees(class_version: int, roster: Iterable[SealedTrainee]) -> None:
    """The roster of a version, in its order."""
    rows = [
        (
            *(class_version, place, bytes.fromhex(one.person), each.sealed, one.name, one.group, one.enterprise, one.post, one.note),
            *(one.contract_start, one.contract_end, one.prior, each.sealed_phone),
        )
        for place, each in enumerate(roster, start=1)
        for one in (each.trainee,)
    ]
    columns = (
        *("class_version", "place", "person", "sealed", "name", "target_group", "enterprise", "post", "note"),
        *("contract_start", "contract_end", "prior", "sealed_phone"),
    )
    await copy_rows("class_trainee", columns, rows)


async def roster_of(class_version: int) -> list[SealedTrainee]:
    """The roster of a version, in its order."""
    found = await fetch_tuples(
        """SELECT name, encode(person, 'hex'), target_group, enterprise, post, note, contract_start, contract_end, prior,
                  sealed, sealed_phone
           FROM class_trainee WHERE class_version = $1 ORDER BY place""",
        class_version,
    )
    return [SealedTrainee(Trainee(*row[:9]), *row[9:]) for row in found]


async def rosters_of(training_class: int) -> dict[int, list[Named]]:
    """Who stands in each version of a class, in the order of its roster; one query."""
    found = await fetch_tuples(
        """SELECT v.version, encode(t.person, 'hex'), t.name FROM class_version v JOIN class_trainee t ON t.class_version = v.id
           WHERE v.training_class = $1 ORDER BY v.version, t.place""",
        training_class,
    )
    rosters: dict[int, list[Named]] = {}
    for version, person, name in found:
        rosters.setdefault(version, []).append(Named(person, name))
    return rosters


async def firms_of_class(training_class: int) -> list[str]:
    """The employers that approved versions of a class name, in the order in which they first did; one query."""
    return (await firms_of_classes([training_class])).get(training_class, [])


async def firms_of_classes(training_classes: Sequence[int]) -> dict[int, list[str]]:
    """The same for several classes in one query."""
    found = await fetch_tuples(
        """SELECT v.training_class, t.enterprise FROM class_version v JOIN class_trainee t ON t.class_version = v.id
           WHERE v.training_class = ANY($1) AND v.decision = 'approved' AND t.enterprise <> ''
           GROUP BY v.training_class, t.enterprise ORDER BY v.training_class, min((v.version, t.place))""",
        list(training_classes),
    )
    firms: dict[int, list[str]] = {}
    for training_class, enterprise in found:
        firms.setdefault(training_class, []).append(enterprise)
    return firms


async def class_by_number(class_no: str, codes: Sequence[str] | None) -> ClassHead:
    """A class of a scope (None: of anybody); raises ClassNotFound."""
    found = await fetch_tuples(
        f"SELECT {_HEAD} FROM training_class WHERE class_no = $1 AND ($2::text[] IS NULL OR organisation = ANY($2))",  # noqa: S608 - our own words
        *(class_no, codes),
    )
    if not found:
        raise ClassNotFound("没有找到这个班级，请从列表重新进入。")
    return ClassHead(*found[0])


async def list_classes(codes: Sequence[str] | None, *, wanted: str, state: str, most: int) -> list[ListedClass]:
    """Classes of a scope, what waits for a decision first, then the newest; found by number, title or organisation."""
    names = ", ".join(f"c.{name.strip()}" for name in _HEAD.split(","))
    found = await fetch_tuples(
        f"""SELECT {names}, v.content ->> 'title',
                (SELECT min((each ->> 'day')::date) FROM {_DAYS}), (SELECT max((each ->> 'day')::date) FROM {_DAYS})
            FROM training_class c JOIN class_version v ON v.training_class = c.id AND v.version = c.version
            WHERE ($1::text[] IS NULL OR c.organisation = ANY($1)) AND ($3 = '' OR c.state = $3)
              AND (strpos(c.class_no, upper($2)) > 0 OR strpos(c.organisation_name, $2) > 0 OR strpos(v.content ->> 'title', $2) > 0)
            ORDER BY c.decide_by IS NULL, c.decide_by, c.id DESC LIMIT $4""",  # noqa: S608 - our own words
        *(codes, wanted, state, most),
    )
    return [ListedClass(*row) for row in found]


async def versions_of(training_class: int) -> list[ClassVersion]:
    """Every version of a class, newest first."""
    found = await fetch_tuples(
        f"SELECT {_VERSION} FROM class_version WHERE training_class = $1 ORDER BY version DESC",  # noqa: S608 - our own words
        training_class,
    )
    return [_version(row) for row in found]


def _version(row: tuple[Any, ...]) -> ClassVersion:
    key, number, content, cause, reason, urgent, enterer, hands, *rest = row
    plain = msgspec.json.decode(content, type=ClassContent)
    return ClassVersion(key, number, plain, cause, reason, urgent, enterer, frozenset(hands), *rest)


async def move_class(head: ClassHead, moved: ClassHead) -> bool:
    """Write a class as moved; False when somebody has moved it since it was read."""
    return bool(
        await fetch_tuples(
            """UPDATE training_class SET state = $3, version = $4, approved_version = $5, filed_on = $6, approved_on = $7, decide_by = $8,
                   moved = moved + 1
               WHERE id = $1 AND moved = $2 RETURNING id""",
            *(head.id, head.moved, moved.state, moved.version, moved.approved_version, moved.filed_on, moved.approved_on),
            moved.decide_by,
        )
    )


async def decide_version(class_version: int, *, decision: str, decider: str, by: str, at: datetime, opinion: str) -> bool:
    """Keep the decision about a version; False when it was decided before."""
    return bool(
        await fetch_tuples(
            """UPDATE class_version SET decision = $2, decider = $3, decided_by = $4, decided_at = $5, opinion = $6
               WHERE id = $1 AND decision IS NULL RETURNING id""",
            *(class_version, decision, decider, by, at, opinion),
        )
    )


async def take_intervals(training_class: int, taken: Iterable[Occupied]) -> None:
    """What a class takes from now on; what it took before is free again."""
    await fetch_tuples("DELETE FROM class_interval WHERE training_class = $1", training_class)
    rows = [(training_class, each.taken.value, bytes.fromhex(each.key), each.day, each.starts, each.ends) for each in taken]
    await copy_rows("class_interval", ("training_class", "taken", "key", "day", "starts", "ends"), rows)


async def occupied(keys: Sequence[str], *, first: date, last: date) -> tuple[Occupied, ...]:
    """Every interval of persons and rooms in a stretch of days, whichever class takes it; one query, one probe of the index a key."""
    found = await fetch_tuples(
        """SELECT c.class_no, i.taken, encode(i.key, 'hex'), i.day, i.starts, i.ends
           FROM unnest($1::bytea[]) AS wanted (key)
           CROSS JOIN LATERAL (
               SELECT * FROM class_interval WHERE key = wanted.key AND day BETWEEN $2 AND $3 OFFSET 0
           ) i
           JOIN training_class c ON c.id = i.training_class
           ORDER BY i.day, i.starts, c.class_no""",
        *([bytes.fromhex(key) for key in keys], first, last),
    )
    return tuple(Occupied(class_no, Taken(taken), key, day, starts, ends) for class_no, taken, key, day, starts, ends in found)


async def calendar_of(organisation: str, *, first: date, last: date, most: int) -> tuple[Occupied, ...]:
    """When the rooms and teachers of an organisation's classes are taken in a stretch of days, by day and time."""
    found = await fetch_tuples(
        """SELECT c.class_no, i.taken, encode(i.key, 'hex'), i.day, i.starts, i.ends
           FROM training_class c JOIN class_interval i ON i.training_class = c.id
           WHERE c.organisation = $1 AND i.taken IN ('room', 'teacher') AND i.day BETWEEN $2 AND $3
           ORDER BY i.day, i.starts, i.taken, c.class_no LIMIT $4""",
        *(organisation, first, last, most),
    )
    return tuple(Occupied(class_no, Taken(taken), key, day, starts, ends) for class_no, taken, key, day, starts, ends in found)
