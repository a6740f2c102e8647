"""Registering several teachers with their qualifications in one act: each thing a version that waits, as the form makes it."""

from collections.abc import Sequence

import msgspec

from training_admin.database import copy_rows, fetch_tuples, retried, write_transaction
from training_admin.kit.actor import Actor, assert_approved, assert_may, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.digest import canonical_json
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.office import trail
from training_admin.parties import institution_store as store
from training_admin.parties.institution_facts import ResourceKind
from training_admin.parties.institution_store import IDENTITY_PLACE, PERSON_PLACE
from training_admin.parties.institutions import MOST_RESOURCES, owner_of
from training_admin.parties.resource_forms import ResourceRefused

_COLUMNS = (
    *("resource", "version", "organisation_name", "content", "ended", "sealed", "person", "entered_by", "enterer", "hands", "entered_at"),
    *("state", "reason"),
)


class NewQualification(msgspec.Struct, frozen=True):
    """A qualification to register, as content of its kind without the teacher."""

    content: dict[str, object]


class NewTeacher(msgspec.Struct, frozen=True):
    """A teacher to register: content without the number, the cleaned identity number, qualifications, and where the row stands."""

    content: dict[str, object]
    identity: str
    qualifications: tuple[NewQualification, ...]
    row: int


class AlreadyThere(ResourceRefused):
    """Some of the teachers are registered already; `rows` tells where they stand."""

    def __init__(self, rows: Sequence[int]) -> None:
        super().__init__("有教师已经登记，变更或增加资格请逐项办理。")
        self.rows = tuple(rows)


@retried
async def register_teachers(actor: Actor, teachers: Sequence[NewTeacher], *, clock: Clock) -> int:
    """Hand in several teachers with qualifications for the actor's own organisation, or none of them; returns how many things wait now.

    Raises NotAllowed, NotYetApproved, ResourceRefused, AlreadyThere.
    """
    assert_may(actor, Right.INSTITUTION_EDIT)
    assert_approved(actor)
    if actor.organisation is None:
        raise ResourceRefused("教师由培训机构或自办培训的企业登记。")
    keys = vault()
    persons = [keys.keyed_hash(each.identity, place=PERSON_PLACE) for each in teachers]
    sealed = [keys.encrypt_text(each.identity, place=IDENTITY_PLACE) for each in teachers]
    qualifications = [(place, one) for place, each in enumerate(teachers) for one in each.qualifications]
    async with write_transaction():
        newest = await store.newest_versions(actor.organisation)
        known = {getattr(each.fact, "person", "") for each in newest if each.kind is ResourceKind.TEACHER and not _gone(each)}
        there = [each.row for each, person in zip(teachers, persons, strict=True) if person.hex() in known]
        if there:
            raise AlreadyThere(there)
        if len(newest) + len(teachers) + len(qualifications) > MOST_RESOURCES:
            raise ResourceRefused(f"一家单位至多登记 {MOST_RESOURCES} 项，请先停用不再使用的。")
        teacher_keys = await _new_keys(actor, ResourceKind.TEACHER, len(teachers))
        qualification_keys = await _new_keys(actor, ResourceKind.QUALIFICATION, len(qualifications))
        rows = [
            _row(actor, key, each.content, clock, sealed=number, person=person)
            for key, each, number, person in zip(teacher_keys, teachers, sealed, persons, strict=True)
        ]
        rows += [
            _row(actor, key, {**one.content, "teacher": teacher_keys[place]}, clock)
            for key, (place, one) in zip(qualification_keys, qualifications, strict=True)
        ]
        await copy_rows("resource_version", _COLUMNS, rows)
        detail = {"organisation": actor.organisation, "teachers": teacher_keys, "qualifications": qualification_keys}
        await trail.record(actor, "parties:teachers:entered", actor.organisation, detail, at=clock.now())
    return len(rows)


def _gone(version: store.Version) -> bool:
    """Whether a thing was ended for good, or never came to count."""
    return (version.ended and version.state == "approved") or (version.version == 1 and version.state == "refused")


async def _new_keys(actor: Actor, kind: ResourceKind, count: int) -> list[int]:
    found = await fetch_tuples(
        "INSERT INTO resource (organisation, owner, kind) SELECT $1, $2, $3 FROM generate_series(1, $4::int) RETURNING id",
        *(actor.organisation, owner_of(actor), kind.value, count),
    )
    return sorted(row[0] for row in found)


def _row(
    actor: Actor, key: int, content: dict[str, object], clock: Clock, *, sealed: bytes | None = None, person: bytes | None = None
) -> tuple[object, ...]:
    return (
        *(key, 1, actor.organisation_name, canonical_json(content).decode(), False, sealed, person, actor.trail_key, shown_name(actor)),
        *(sorted(actor.hands), clock.now(), "waiting", ""),
    )
