"""A seeded season of classes that nothing is wrong with, and the same classes with one labelled fault each.

Teachers and rooms are used one class after the other, and some people go from one class straight to the next: touching is no conflict.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from tests.catalog.classes import FIRST_DAY, WELDER, facts, institution, plan, sessions, trainees
from training_admin.catalog.class_facts import ClassPlan
from training_admin.catalog.filing_checks import FilingFacts, FindingKind

SLOTS, DAYS, SIZE, SHARED = 60, 6, 12, 3
MORNING, SECOND = 540, 690
TRAINING = institution(teachers=SLOTS // 2, rooms=SLOTS // 2)
HOLIDAY = date(2026, 9, 25)


class Faulty(msgspec.Struct, frozen=True):
    """A class with one fault: its kind, and the class on the other side where there is one."""

    klass: ClassPlan
    given: FilingFacts
    kind: FindingKind
    other: str | None = None


def clean(count: int) -> list[ClassPlan]:
    """Classes in five blocks of two weeks, two to a room and teacher and day, one after the other."""
    return [_class(number) for number in range(count)]


def _class(number: int) -> ClassPlan:
    block, slot = divmod(number, SLOTS)
    pair, second = divmod(slot, 2)
    people = trainees(number * 100, SIZE)
    if second:
        people = (*trainees((number - 1) * 100, SHARED), *people[SHARED:])
    when = {"starts": SECOND, "ends": SECOND + 150} if second else {"starts": MORNING, "ends": SECOND}
    first = FIRST_DAY + timedelta(days=14 * block)
    return plan(
        class_no=f"BJ2026{number:04d}",
        sessions=sessions(first, DAYS, teacher=200 + pair, room=100 + pair, **when),
        trainees=people,
    )


def given(**changes: object) -> FilingFacts:
    """What the checks of the season read; filed in time."""
    return facts(training=TRAINING, **changes)


def faults(classes: list[ClassPlan], *, seed: int, of_each: int) -> Iterator[Faulty]:
    """Classes with one fault each, drawn by a seed."""
    draw = random.Random(seed)  # noqa: S311 - a drawing that can be repeated
    for _ in range(of_each):
        klass = draw.choice(classes)
        # Another pair of the same block at the same time of the day.
        place = classes.index(klass)
        block, slot = divmod(place, SLOTS)
        other = classes[block * SLOTS + draw.choice([each for each in range(slot % 2, SLOTS, 2) if each != slot])]
        number = draw.randrange(DAYS)
        yield Faulty(_with(klass, number, teacher=other.sessions[0].teacher), given(), FindingKind.TEACHER_TWICE, other.class_no)
        yield Faulty(_with(klass, number, room=other.sessions[0].room), given(), FindingKind.ROOM_TWICE, other.class_no)
        # One that goes to no second class, so that there is one other side only.
        people = (*klass.trainees[:-1], other.trainees[-1])
        yield Faulty(msgspec.structs.replace(klass, trainees=people), given(), FindingKind.TRAINEE_TWICE, other.class_no)
        yield Faulty(_with(klass, DAYS - 1, day=HOLIDAY), given(), FindingKind.HOLIDAY)
        yield Faulty(
            _with(klass, number, starts=850, ends=850 + 361, theory_minutes=120, practice_minutes=241), given(), FindingKind.DAY_HOURS
        )
        assert klass.start is not None
        late = given().calendar.latest_before(klass.start, draw.randrange(5))
        yield Faulty(klass, given(filed_on=late), FindingKind.LATE)
        wrong = draw.choice([("4-10-01-06", "5"), (WELDER, "3")])
        yield Faulty(msgspec.structs.replace(klass, occupation=wrong[0], level=wrong[1]), given(), FindingKind.SCOPE)


def _with(klass: ClassPlan, number: int, **changes: object) -> ClassPlan:
    changed = msgspec.structs.replace(klass.sessions[number], **changes)
    return msgspec.structs.replace(klass, sessions=(*klass.sessions[:number], changed, *klass.sessions[number + 1 :]))
