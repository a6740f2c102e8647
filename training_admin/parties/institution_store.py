"""Queries of registered things: versions as entered and decided, and what of them counts at an instant."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.database import fetch_tuples
from training_admin.kit.refusals import NotFound
from training_admin.parties import ladder, sanction_store
from training_admin.parties.institution_facts import (
    InstitutionFacts,
    Licence,
    Occupation,
    Platform,
    Qualification,
    Resource,
    ResourceKind,
    Room,
    Site,
    Teacher,
)
from training_admin.parties.parameters import PEN_CREDIT_YEARS
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy

# One place for all rooms, so that a teacher who is also a trainee is found as the same person.
PERSON_PLACE = "person"
IDENTITY_PLACE = "resource_version.sealed"
TYPES: dict[ResourceKind, type[Resource]] = {
    ResourceKind.LICENCE: Licence,
    ResourceKind.OCCUPATION: Occupation,
    ResourceKind.SITE: Site,
    ResourceKind.ROOM: Room,
    ResourceKind.TEACHER: Teacher,
    ResourceKind.QUALIFICATION: Qualification,
    ResourceKind.PLATFORM: Platform,
}
_COLUMNS = """r.id, r.organisation, r.owner, r.kind, v.id, v.version, v.organisation_name, v.content, v.ended, encode(v.person, 'hex'),
    v.file, v.enterer, v.hands, v.entered_at, v.state, v.decider, v.decided_at, v.reason"""


class ResourceNotFound(NotFound):
    """There is no registered thing of this key, or not for this actor."""

    code = "resource-not-found"


class Version(msgspec.Struct, frozen=True):
    """One version of a registered thing with who entered and decided it."""

    resource: int
    organisation: str
    owner: str
    kind: ResourceKind
    id: int
    version: int
    organisation_name: str
    fact: Resource
    ended: bool
    file: int | None
    enterer: str
    hands: frozenset[str]
    entered_at: datetime
    state: str
    decider: str | None
    decided_at: datetime | None
    reason: str


class Registered(msgspec.Struct, frozen=True):
    """An organisation with registered things: how many count, and how many versions wait for a decision."""

    organisation: str
    name: str
    owner: str
    approved: int
    waiting: int
    licence_to: date | None


def fact_of(kind: ResourceKind, key: int, content: str, person: str | None) -> Resource:
    """A stored content as fact."""
    plain: dict[str, Any] = msgspec.json.decode(content)
    plain["id"] = key
    if kind is ResourceKind.TEACHER:
        plain["person"] = person or ""
    return msgspec.convert(plain, TYPES[kind], strict=True)


def _version(row: tuple[Any, ...]) -> Version:
    resource, organisation, owner, kind, key, number, name, content, ended, person, file, enterer, hands, *rest = row
    word = ResourceKind(kind)
    fact = fact_of(word, resource, content, person)
    return Version(resource, organisation, owner, word, key, number, name, fact, ended, file, enterer, frozenset(hands), *rest)


async def add_resource(organisation: str, owner: str, kind: ResourceKind) -> int:
    """A new registered thing; its versions carry its key."""
    found = await fetch_tuples(
        "INSERT INTO resource (organisation, owner, kind) VALUES ($1, $2, $3) RETURNING id", organisation, owner, kind.value
    )
    key: int = found[0][0]
    return key


async def add_version(version: Version, *, content: str, entered_by: str, sealed: bytes | None, person: bytes | None) -> None:
    """A version that waits for its decision; `content` is the fact as JSON, without key and person."""
    await fetch_tuples(
        """INSERT INTO resource_version
               (resource, version, organisation_name, content, ended, sealed, person, file, entered_by, enterer, hands, entered_at, state,
                reason)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'waiting', '')""",
        *(version.resource, version.version, version.organisation_name, content, version.ended, sealed, person, version.file),
        *(entered_by, version.enterer, sorted(version.hands), version.entered_at),
    )


async def decide_version(key: int, *, state: str, by: str, decider: str, at: datetime, reason: str) -> bool:
    """Keep the decision; False when somebody has decided meanwhile."""
    return bool(
        await fetch_tuples(
            """UPDATE resource_version SET state = $2, decided_by = $3, decider = $4, decided_at = $5, reason = $6
               WHERE id = $1 AND state = 'waiting' RETURNING id""",
            *(key, state, by, decider, at, reason),
        )
    )


async def versions_of(resource: int) -> list[Version]:
    """Every version of a thing, newest first; raises ResourceNotFound."""
    found = await fetch_tuples(
        f"SELECT {_COLUMNS} FROM resource r JOIN resource_version v ON v.resource = r.id WHERE r.id = $1 "  # noqa: S608 - our own words
        "ORDER BY v.version DESC",
        resource,
    )
    if not found:
        raise ResourceNotFound("没有找到这项登记，请从列表重新进入。")
    return [_version(row) for row in found]


async def sealed_identity(version: int) -> tuple[bytes, bytes] | None:
    """The sealed identity number and the person key of a version; None where there is none."""
    found = await fetch_tuples("SELECT sealed, person FROM resource_version WHERE id = $1 AND sealed IS NOT NULL", version)
    return (found[0][0], found[0][1]) if found else None


async def sealed_identities(versions: Sequence[int]) -> dict[int, bytes]:
    """The sealed identity numbers of several versions."""
    found = await fetch_tuples("SELECT id, sealed FROM resource_version WHERE id = ANY($1) AND sealed IS NOT NULL", list(versions))
    return dict(found)


async def file_of(version: int) -> tuple[str, str] | None:
    """SHA-256 and type of the paper of a version."""
    found = await fetch_tuples(
        "SELECT f.sha256, f.media_type FROM resource_version v JOIN stored_file f ON f.id = v.file WHERE v.id = $1", version
    )
    return (found[0][0], found[0][1]) if found else None


async def newest_versions(organisation: str, *, known_at: datetime | None = None, state: str | None = None) -> list[Version]:
    """The newest version of each thing of an organisation, optionally only of one state and decided by an instant."""
    found = await fetch_tuples(
        f"""SELECT DISTINCT ON (r.id) {_COLUMNS} FROM resource r JOIN resource_version v ON v.resource = r.id
            WHERE r.organisation = $1 AND ($2::text IS NULL OR v.state = $2)
              AND ($3::timestamptz IS NULL OR v.decided_at <= $3)
            ORDER BY r.id, v.version DESC""",  # noqa: S608 - our own words
        *(organisation, state, known_at),
    )
    return [_version(row) for row in found]


async def organisations(codes: list[str] | None, *, wanted: str, today: date, most: int) -> list[Registered]:
    """Organisations of a scope with registered things, those with most waiting versions first; found by name or code."""
    found = await fetch_tuples(
        """WITH newest AS (
               SELECT DISTINCT ON (r.id) r.organisation, r.owner, r.kind, v.content, v.ended
               FROM resource r JOIN resource_version v ON v.resource = r.id
               WHERE v.state = 'approved' ORDER BY r.id, v.version DESC
           ), named AS (
               SELECT DISTINCT ON (r.organisation) r.organisation, r.owner, v.organisation_name AS name
               FROM resource r JOIN resource_version v ON v.resource = r.id
               WHERE $1::text[] IS NULL OR r.organisation = ANY($1) ORDER BY r.organisation, v.id DESC
           )
           SELECT n.organisation, n.name, n.owner,
               (SELECT count(*) FROM newest a WHERE a.organisation = n.organisation AND NOT a.ended),
               (SELECT count(*) FROM resource r JOIN resource_version v ON v.resource = r.id
                WHERE r.organisation = n.organisation AND v.state = 'waiting') AS waiting,
               (SELECT max((a.content ->> 'valid_to')::date) FROM newest a
                WHERE a.organisation = n.organisation AND a.kind = 'licence' AND NOT a.ended
                  AND (a.content ->> 'valid_from')::date <= $3)
           FROM named n WHERE strpos(n.name, $2) > 0 OR strpos(n.organisation, upper($2)) > 0
           ORDER BY waiting DESC, n.organisation LIMIT $4""",
        *(codes, wanted, today, most),
    )
    return [Registered(*row) for row in found]


async def platforms(codes: list[str] | None, *, most: int) -> list[Version]:
    """The newest approved version of every online platform of a scope that was not ended."""
    found = await fetch_tuples(
        f"""SELECT * FROM (SELECT DISTINCT ON (r.id) {_COLUMNS} FROM resource r JOIN resource_version v ON v.resource = r.id
            WHERE r.kind = 'platform' AND v.state = 'approved' AND ($1::text[] IS NULL OR r.organisation = ANY($1))
            ORDER BY r.id, v.version DESC) AS newest(resource, organisation, owner, kind, id, version, name, content, ended, person, file,
                enterer, hands, entered_at, state, decider, decided_at, reason)
            WHERE NOT ended ORDER BY resource LIMIT $2""",  # noqa: S608 - our own words
        *(codes, most),
    )
    return [_version(row) for row in found]


async def credit_years(day: date, *, known_at: datetime) -> int:
    """How long a credit record counts, in years, by the policy in use (PEN-04); raises PackNotAdopted, NotInForce."""
    policy = await load_policy(DEFAULT_PACK, known_at=known_at)
    return policy.at(PEN_CREDIT_YEARS, day)


async def load_institution_facts(organisation: str, day: date, *, known_at: datetime) -> InstitutionFacts:
    """Everything approved of an organisation as known at an instant, inside an open transaction; five queries whatever there is."""
    newest = await newest_versions(organisation, known_at=known_at, state="approved")
    facts = [each.fact for each in newest if not each.ended]
    qualifications = [each for each in facts if isinstance(each, Qualification)]
    sanctions = await sanction_store.confirmed(organisation, known_at=known_at)
    return InstitutionFacts(
        organisation=organisation,
        day=day,
        licences=tuple(each for each in facts if isinstance(each, Licence)),
        occupations=tuple(each for each in facts if isinstance(each, Occupation)),
        sites=tuple(each for each in facts if isinstance(each, Site)),
        rooms=tuple(each for each in facts if isinstance(each, Room)),
        teachers=tuple(
            msgspec.structs.replace(each, qualifications=tuple(one for one in qualifications if one.teacher == each.id))
            for each in facts
            if isinstance(each, Teacher)
        ),
        platforms=tuple(each for each in facts if isinstance(each, Platform)),
        blocks=ladder.blocks_of(sanctions, ladder.LadderFigures(), await credit_years(day, known_at=known_at)),
    )


async def able_to_train(organisations: Sequence[str], day: date, *, known_at: datetime) -> frozenset[str]:
    """Which of the organisations have a licence in force on a day and no block, as known at an instant, inside an open transaction."""
    licensed = await fetch_tuples(
        """SELECT DISTINCT organisation FROM (
               SELECT DISTINCT ON (r.id) r.organisation, v.content, v.ended FROM resource r JOIN resource_version v ON v.resource = r.id
               WHERE r.organisation = ANY($1) AND r.kind = 'licence' AND v.state = 'approved' AND v.decided_at <= $3
               ORDER BY r.id, v.version DESC
           ) newest WHERE NOT ended AND $2 BETWEEN (content ->> 'valid_from')::date AND (content ->> 'valid_to')::date""",
        *(list(organisations), day, known_at),
    )
    years = await credit_years(day, known_at=known_at)
    sanctions = await sanction_store.confirmed_of(organisations, known_at=known_at)
    blocked = {
        code
        for code, measures in sanctions.items()
        if any(block.covers(day) for block in ladder.blocks_of(measures, ladder.LadderFigures(), years))
    }
    return frozenset(row[0] for row in licensed) - blocked
