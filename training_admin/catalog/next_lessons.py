"""The next lesson of one person: the earliest session to come of any approved class whose roster names him."""

from datetime import date

import msgspec

from training_admin.database import fetch_tuples


class NextLesson(msgspec.Struct, frozen=True):
    """A session to come: its class, its day, when it begins (minutes of the day), what is taught, whether it is online."""

    class_no: str
    title: str
    day: date
    starts: int
    topic: str
    online: bool


async def next_lesson(person: str, today: date) -> NextLesson | None:
    """The next session from a day on, inside an open transaction; None when none is planned."""
    found = await fetch_tuples(
        """SELECT c.class_no, v.content ->> 'title', (s ->> 'day')::date AS day, (s ->> 'starts')::int AS starts, s ->> 'topic',
               coalesce((s ->> 'online')::boolean, false)
           FROM class_trainee t JOIN class_version v ON v.id = t.class_version
           JOIN training_class c ON c.id = v.training_class AND c.approved_version = v.version,
               jsonb_array_elements(v.content -> 'sessions') s
           WHERE t.person = $1 AND c.state IN ('approved', 'changing') AND (s ->> 'day')::date >= $2 ORDER BY day, starts LIMIT 1""",
        *(bytes.fromhex(person), today),
    )
    return NextLesson(*found[0]) if found else None
