"""What an institution, or an enterprise that runs its own class, may train with: licence, occupations, sites, rooms, teachers, blocks.

Facts are what was approved and known; whether they hold on a day is asked of them, never stored, so expiry acts by itself.
"""

from datetime import date
from enum import StrEnum

import msgspec

from training_admin.parties.ladder import Block
from training_admin.parties.levels import reaches


class ResourceKind(StrEnum):
    """What is registered."""

    LICENCE = "licence"
    OCCUPATION = "occupation"
    SITE = "site"
    ROOM = "room"
    TEACHER = "teacher"
    QUALIFICATION = "qualification"
    PLATFORM = "platform"


class RoomUse(StrEnum):
    """What a room is fit for."""

    THEORY = "theory"
    PRACTICE = "practice"
    BOTH = "both"


class Licence(msgspec.Struct, frozen=True):
    """A licence to run training (办学许可证); both days included."""

    id: int
    number: str
    issuer: str
    valid_from: date
    valid_to: date


class Occupation(msgspec.Struct, frozen=True):
    """A registered occupation with its level codes; no last day means as long as the licence."""

    id: int
    code: str
    name: str
    levels: tuple[str, ...]
    valid_to: date | None


class Site(msgspec.Struct, frozen=True):
    """A place of training; `district` is its six-digit area code, the last day that of the lease."""

    id: int
    name: str
    address: str
    district: str
    valid_to: date | None


class Room(msgspec.Struct, frozen=True):
    """A room of a site: how many trainees it holds, what for, with what equipment."""

    id: int
    site: int
    name: str
    capacity: int
    use: RoomUse
    equipment: str


class Qualification(msgspec.Struct, frozen=True):
    """A teacher's qualification: certificate, the occupation it lets him teach and up to which level (None: any)."""

    id: int
    teacher: int
    title: str
    number: str
    occupation: str | None
    level: str | None
    valid_to: date | None


class Teacher(msgspec.Struct, frozen=True):
    """A teacher; `person` is the keyed hash of his identity number, never the number. The last day is that of his contract.

    Education, major and professional title stand in the roster of teachers (sheet 7) and decide nothing.
    """

    id: int
    person: str
    name: str
    full_time: bool
    valid_to: date | None
    qualifications: tuple[Qualification, ...] = ()
    education: str | None = None
    major: str | None = None
    rank: str | None = None


class Platform(msgspec.Struct, frozen=True):
    """An online platform: own or of a third party, who runs it, when it was tested, until when the report counts."""

    id: int
    name: str
    address: str
    own: bool
    provider: str
    tested_on: date
    valid_to: date | None


Resource = Licence | Occupation | Site | Room | Teacher | Qualification | Platform


class InstitutionFacts(msgspec.Struct, frozen=True):
    """Everything approved of one organisation as known at an instant, for questions about `day` and other days."""

    organisation: str
    day: date
    licences: tuple[Licence, ...] = ()
    occupations: tuple[Occupation, ...] = ()
    sites: tuple[Site, ...] = ()
    rooms: tuple[Room, ...] = ()
    teachers: tuple[Teacher, ...] = ()
    platforms: tuple[Platform, ...] = ()
    blocks: tuple[Block, ...] = ()


def holds_on(valid_to: date | None, day: date) -> bool:
    """Whether something with a last day still holds; the last day itself counts."""
    return valid_to is None or day <= valid_to


def licence_on(facts: InstitutionFacts, day: date) -> Licence | None:
    """The licence in force on a day, the one that lasts longest; None when there is none."""
    valid = [each for each in facts.licences if each.valid_from <= day <= each.valid_to]
    return max(valid, key=lambda each: each.valid_to) if valid else None


def may_train(facts: InstitutionFacts, occupation: str, level: str | None, day: date) -> bool:
    """Whether an occupation and level (None: any level) is registered on a day."""
    return any(
        each.code == occupation and (level is None or level in each.levels) and holds_on(each.valid_to, day) for each in facts.occupations
    )


def room_on(facts: InstitutionFacts, room: int, day: date) -> Room | None:
    """A room that may be used on a day: its site must be there still; None otherwise."""
    sites = {each.id for each in facts.sites if holds_on(each.valid_to, day)}
    return next((each for each in facts.rooms if each.id == room and each.site in sites), None)


def teacher_on(facts: InstitutionFacts, teacher: int, day: date) -> Teacher | None:
    """A teacher whose contract still runs on a day; None otherwise."""
    return next((each for each in facts.teachers if each.id == teacher and holds_on(each.valid_to, day)), None)


def may_teach(teacher: Teacher, occupation: str | None, level: str | None, day: date) -> bool:
    """Whether one of the teacher's qualifications holds on a day for an occupation and reaches a level (None: any)."""
    return any(
        holds_on(each.valid_to, day)
        and (occupation is None or each.occupation in {None, occupation})
        and (level is None or each.level is None or reaches(each.level, level))
        for each in teacher.qualifications
    )


def blocks_on(facts: InstitutionFacts, day: date) -> tuple[Block, ...]:
    """What keeps the institution from filing classes on a day."""
    return tuple(each for each in facts.blocks if each.covers(day))


def last_day_of(resource: Resource) -> date | None:
    """The last day of a registered thing; None where it has none of its own (a room lasts as long as its site)."""
    return None if isinstance(resource, Room) else resource.valid_to
