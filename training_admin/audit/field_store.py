"""Queries of visits told from a phone: what was drawn and is held on a day, which key was seen, photos by digest."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from training_admin.catalog.visit_facts import VisitWay
from training_admin.database import fetch_tuples


class FieldSession(msgspec.Struct, frozen=True):
    """A session of the day: minutes of the day, topic, teacher, room, textbook; "" where nothing is laid down."""

    starts: int
    ends: int
    topic: str
    teacher: str
    room: str
    textbook: str


class FieldClass(msgspec.Struct, frozen=True):
    """A drawn class with its inspectors and its sessions of a day; of the roster only how many people there are."""

    plan: str
    class_no: str
    title: str
    organisation_name: str
    inspectors: tuple[str, ...]
    expected: int
    sessions: tuple[FieldSession, ...]


class Sent(msgspec.Struct, frozen=True):
    """A visit that has arrived, and the digest of what was told under its key."""

    id: int
    sha256: str
    visit: int
    class_no: str


class Earlier(msgspec.Struct, frozen=True):
    """A visit of the same class and day that somebody has told before."""

    teller: str
    told_at: datetime
    starts: int
    expected: int
    present: int
    passed: bool
    words: str


class Photo(msgspec.Struct, frozen=True):
    """A photo as the phone told it; `arrived` once its file is kept."""

    id: int
    sha256: str
    size: int
    taken_at: datetime
    arrived: bool
    media_type: str


async def drawn_on(day: date, *, most: int) -> list[FieldClass]:
    """Classes that a plan has drawn and that are held on a day, each once for the newest plan, by number."""
    found = await fetch_tuples(
        """SELECT * FROM (
               SELECT DISTINCT ON (c.class_no) p.number, c.class_no, x.content ->> 'title', c.organisation_name,
                   ARRAY(SELECT jsonb_array_elements_text(d -> 'inspectors')), (SELECT count(*) FROM class_trainee t
                       WHERE t.class_version = x.id)::int,
                   (SELECT jsonb_agg(jsonb_build_object('starts', s -> 'starts', 'ends', s -> 'ends', 'topic', s -> 'topic',
                        'textbook', coalesce(s ->> 'textbook', ''),
                        'teacher', coalesce((SELECT v.content ->> 'name' FROM resource_version v WHERE v.state = 'approved'
                            AND v.resource = (s ->> 'teacher')::bigint ORDER BY v.version DESC LIMIT 1), ''),
                        'room', coalesce((SELECT v.content ->> 'name' FROM resource_version v WHERE v.resource = (s ->> 'room')::bigint
                            AND v.state = 'approved' ORDER BY v.version DESC LIMIT 1), '')) ORDER BY (s ->> 'starts')::int)
                    FROM jsonb_array_elements(x.content -> 'sessions') s WHERE (s ->> 'day')::date = $1)::text AS held
               FROM inspection_plan p CROSS JOIN LATERAL jsonb_array_elements(p.drawn) d
               JOIN training_class c ON c.class_no = d ->> 'key' AND c.state <> 'withdrawn'
               JOIN class_version x ON x.training_class = c.id AND x.version = c.approved_version
               WHERE p.seed <> '' ORDER BY c.class_no, p.id DESC) drawn
           WHERE held IS NOT NULL ORDER BY 2 LIMIT $2""",
        *(day, most),
    )
    return [
        FieldClass(plan, class_no, title, name, tuple(people), expected, msgspec.json.decode(held, type=tuple[FieldSession, ...]))
        for plan, class_no, title, name, people, expected, held in found
    ]


async def is_drawn(plan: str, class_no: str) -> bool:
    """Whether a plan has drawn a class."""
    found = await fetch_tuples(
        """SELECT 1 FROM inspection_plan
           WHERE number = $1 AND seed <> '' AND drawn @> jsonb_build_array(jsonb_build_object('key', $2::text))""",
        *(plan, class_no),
    )
    return bool(found)


async def by_key(key: str) -> Sent | None:
    """What arrived under a key, or None."""
    found = await fetch_tuples(
        """SELECT f.id, f.sha256, f.visit, v.class_no FROM field_visit f JOIN class_visit v ON v.id = f.visit WHERE f.key = $1""", key
    )
    return Sent(*found[0]) if found else None


async def add(key: str, sha256: str, *, plan: str, visit: int, opened_at: datetime, by: str, at: datetime) -> int:
    """Keep that a visit arrived under a key; returns its key here. Whoever sends the same at the same time is asked to try again."""
    found = await fetch_tuples(
        """INSERT INTO field_visit (key, sha256, plan, visit, opened_at, sent_by, sent_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
           RETURNING id""",
        *(key, sha256, plan, visit, opened_at, by, at),
    )
    row: int = found[0][0]
    return row


async def add_photo(field_visit: int, *, sha256: str, size: int, taken_at: datetime) -> None:
    """Keep that a photo was told; its file arrives later."""
    await fetch_tuples(
        """INSERT INTO field_photo (field_visit, sha256, size, taken_at) VALUES ($1, $2, $3, $4)
           ON CONFLICT (field_visit, sha256) DO NOTHING RETURNING id""",
        *(field_visit, sha256, size, taken_at),
    )


async def photos_of(field_visit: int) -> list[Photo]:
    """The photos of a visit in the order in which they were taken."""
    found = await fetch_tuples(
        """SELECT p.id, p.sha256, p.size, p.taken_at, p.file IS NOT NULL, coalesce(s.media_type, '') FROM field_photo p
           LEFT JOIN stored_file s ON s.id = p.file WHERE p.field_visit = $1 ORDER BY p.taken_at, p.id""",
        field_visit,
    )
    return [Photo(*row) for row in found]


async def keep_photo(photo: int, file: int) -> None:
    """Join the file to its photo, once."""
    await fetch_tuples("UPDATE field_photo SET file = $2 WHERE id = $1 AND file IS NULL RETURNING id", photo, file)


async def earlier(class_no: str, day: date) -> Earlier | None:
    """The newest visit on the spot that was told of a class and day; None when there is none."""
    found = await fetch_tuples(
        """SELECT teller, told_at, starts, expected, present, passed, words FROM class_visit
           WHERE class_no = $1 AND visited_on = $2 AND way = $3 ORDER BY id DESC LIMIT 1""",
        *(class_no, day, VisitWay.ONSITE.value),
    )
    return Earlier(*found[0]) if found else None


async def of_visit(visit: int, organisations: Sequence[str] | None) -> tuple[int, str, str, str] | None:
    """A visit told from a phone, of a scope: its key here, its plan, class and key as made on the phone; None when there is none."""
    found = await fetch_tuples(
        """SELECT f.id, f.plan, v.class_no, f.key FROM field_visit f JOIN class_visit v ON v.id = f.visit
           LEFT JOIN training_class c ON c.class_no = v.class_no
           WHERE f.visit = $1 AND ($2::text[] IS NULL OR c.organisation = ANY($2))""",
        *(visit, organisations),
    )
    return (found[0][0], found[0][1], found[0][2], found[0][3]) if found else None


async def with_photos(visits: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many photos each visit has, and how many of them have arrived."""
    found = await fetch_tuples(
        """SELECT f.visit, count(p.id)::int, count(p.file)::int FROM field_visit f LEFT JOIN field_photo p ON p.field_visit = f.id
           WHERE f.visit = ANY($1) GROUP BY 1""",
        list(visits),
    )
    return {visit: (told, arrived) for visit, told, arrived in found}
