"""What filed classes hold of one person: the classes whose rosters name him, and what an erasure leaves of the rows.

Any version counts, drafts too: what is kept about somebody is kept, whether anybody stands for it or not.
"""

from collections.abc import Sequence
from datetime import date

import msgspec

from training_admin.catalog.sealing import ROSTER_PLACE
from training_admin.database import fetch_tuples
from training_admin.kit.vault import vault

# What stands where a name stood; sealed number and phone, post, note, contract and earlier level give way as well.
ERASED_NAME = "（个人信息已删除）"
# The last lesson that any version of the class ever planned; a class without lessons is over when its last version was entered.
_ENDS = """
    coalesce((SELECT max((s ->> 'day')::date) FROM class_version w, jsonb_array_elements(w.content -> 'sessions') s
              WHERE w.training_class = c.id),
             (SELECT max((w.entered_at AT TIME ZONE 'Asia/Shanghai')::date) FROM class_version w WHERE w.training_class = c.id))
"""
MOST_CLASSES = 500


class RosterPlace(msgspec.Struct, frozen=True):
    """One row of a roster that names a person, and when the class ends."""

    id: int
    class_no: str
    ends: date
    erased: bool


class OwnClass(msgspec.Struct, frozen=True):
    """A class whose roster names a person: who runs it, as whose employee he is named, its days, and how it stands."""

    class_no: str
    title: str
    organisation_name: str
    enterprise: str
    state: str
    start: date | None
    ends: date


async def places_of_person(person: bytes) -> list[RosterPlace]:
    """Every roster row of a person, locked until the transaction ends; one query."""
    found = await fetch_tuples(
        f"""SELECT t.id, c.class_no, {_ENDS}, t.name = $2
            FROM class_trainee t JOIN class_version v ON v.id = t.class_version JOIN training_class c ON c.id = v.training_class
            WHERE t.person = $1 ORDER BY t.id FOR UPDATE OF t""",  # noqa: S608 - our own words
        *(person, ERASED_NAME),
    )
    return [RosterPlace(*row) for row in found]


async def erase_places(rows: Sequence[int]) -> None:
    """Exchange what names a person in roster rows by the mark; his key, group and employer stay for what was decided; one query."""
    sealed = [vault().encrypt_text("", place=ROSTER_PLACE) for _ in rows]
    await fetch_tuples(
        """UPDATE class_trainee t SET sealed = d.sealed, sealed_phone = NULL, name = $3, post = '', note = '', prior = '',
               contract_start = NULL, contract_end = NULL
           FROM unnest($1::bigint[], $2::bytea[]) d(id, sealed) WHERE t.id = d.id""",
        *(list(rows), sealed, ERASED_NAME),
    )


async def classes_of_person(person: bytes) -> list[OwnClass]:
    """Every class that names a person, newest first, as its newest version that does; one query."""
    found = await fetch_tuples(
        f"""SELECT DISTINCT ON (c.id) c.class_no, v.content ->> 'title', c.organisation_name, t.enterprise, c.state,
                   (SELECT min((s ->> 'day')::date) FROM jsonb_array_elements(v.content -> 'sessions') s), {_ENDS}
            FROM class_trainee t JOIN class_version v ON v.id = t.class_version JOIN training_class c ON c.id = v.training_class
            WHERE t.person = $1 AND t.name <> $2 ORDER BY c.id DESC, v.version DESC LIMIT $3""",  # noqa: S608 - our own words
        *(person, ERASED_NAME, MOST_CLASSES),
    )
    return [OwnClass(*row) for row in found]
