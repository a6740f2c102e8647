"""What the pages of a running class show: sessions with their stage, people with their tally, what is lacking before it is closed."""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from training_admin.catalog import parameters, run_store
from training_admin.catalog.checking import figures_on
from training_admin.catalog.class_facts import PlannedSession, Trainee
from training_admin.catalog.class_store import ClassHead
from training_admin.catalog.filing import ClassShown
from training_admin.catalog.run_checks import (
    Lacking,
    RunFigures,
    SessionStage,
    hinders_closing,
    lacking,
    shortfall,
    slug_of,
    stage_of,
    told_lacking,
)
from training_admin.catalog.run_facts import Attended, Held, Mark, Tally, delivered_minutes, key_of, tallies
from training_admin.catalog.run_intake import masked_numbers
from training_admin.catalog.running import TOLD, Running, load_running, running_of
from training_admin.catalog.sign_codes import minute_of_day
from training_admin.catalog.states import ClassState
from training_admin.database import read_transaction
from training_admin.kit.actor import Actor, scope_of
from training_admin.kit.clock import Clock
from training_admin.kit.rights import Right
from training_admin.parties.institution_facts import InstitutionFacts
from training_admin.parties.institution_store import load_institution_facts
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy


class SessionShown(msgspec.Struct, frozen=True):
    """A session with its stage, and how many have which mark."""

    session: PlannedSession
    stage: SessionStage
    held: Held | None
    marks: dict[Mark, int]
    unmarked: int

    @property
    def slug(self) -> str:
        """The session in an address."""
        return slug_of(key_of(self.session))


class PersonShown(msgspec.Struct, frozen=True):
    """Somebody with his tally; `missing_minutes` is what lacks to the least attendance, 0 for nothing."""

    number: int
    trainee: Trainee
    masked: str
    tally: Tally
    missing_minutes: int


class RunShown(msgspec.Struct, frozen=True, kw_only=True):
    """A running class as its page shows it; `closing` is digest, closer and instant."""

    running: Running
    training: InstitutionFacts
    figures: RunFigures
    sessions: tuple[SessionShown, ...]
    people: tuple[PersonShown, ...]
    lacks: Lacking
    hinders: tuple[str, ...]
    closing: tuple[str, str, datetime] | None

    @property
    def delivered(self) -> int:
        """Taught minutes so far."""
        return delivered_minutes(self.running.plan, self.running.run)

    @property
    def confirmed(self) -> int:
        """How many sessions are confirmed, held or not."""
        return sum(each.held is not None for each in self.sessions)

    @property
    def assessed(self) -> int:
        """How many people have a result."""
        return sum(each.tally.result is not None for each in self.people)

    @property
    def missing(self) -> list[tuple[str, str]]:
        """What is lacking, each as a mark and words; nothing when nothing more can be told."""
        return told_lacking(self.lacks, self.figures) if self.running.is_open else []


async def run_figures(day: date, *, known_at: datetime) -> RunFigures:
    """The figures of running on a day, inside an open transaction; raises PackNotAdopted, NotInForce."""
    policy = await load_policy(DEFAULT_PACK, known_at=known_at)
    return RunFigures(figures_on(policy, day).hour_minutes, policy.at(parameters.ATT_PERSON_MIN, day))


async def show_run(actor: Actor, class_no: str, *, right: Right = Right.CLASS_READ, clock: Clock) -> RunShown:
    """A running class; raises NotAllowed, ClassNotFound, NotRunning. The number of queries does not depend on its size."""
    scope = scope_of(actor, right)
    async with read_transaction():
        return await _shown(await load_running(class_no, scope.codes), clock=clock)


async def run_of_class(shown: ClassShown, *, clock: Clock) -> RunShown | None:
    """The same for the page of a class that was loaded already; None before it was approved."""
    if not has_run(shown.head):
        return None
    async with read_transaction():
        return await _shown(await running_of(shown.head), clock=clock)


def has_run(head: ClassHead) -> bool:
    """Whether anything may have been told of a class."""
    return head.approved_version is not None and ClassState(head.state) in TOLD


async def _shown(running: Running, *, clock: Clock) -> RunShown:
    plan, run, today, minute = running.plan, running.run, clock.today(), minute_of_day(clock.now())
    assert plan.start is not None, "an approved class has sessions"
    figures = await run_figures(plan.start, known_at=clock.now())
    found = tallies(plan, run)
    masked = await asyncio.to_thread(masked_numbers, running)
    return RunShown(
        running=running,
        training=await load_institution_facts(running.head.organisation, today, known_at=clock.now()),
        figures=figures,
        sessions=tuple(_session(running, each, today, minute) for each in plan.sessions),
        people=tuple(
            PersonShown(number, one, hidden, found[one.person], _missing(found[one.person], figures))
            for number, (one, hidden) in enumerate(zip(plan.trainees, masked, strict=True), start=1)
        ),
        lacks=lacking(plan, run, figures, today=today, minute=minute),
        hinders=tuple(hinders_closing(plan, run, today=today)),
        closing=await run_store.closing_of(running.head.id),
    )


def _missing(tally: Tally, figures: RunFigures) -> int:
    short = shortfall("", tally, minimum_bp=figures.person_min_bp, left_minutes=0)
    return 0 if short is None else short.missing_minutes


def _session(running: Running, session: PlannedSession, today: date, minute: int) -> SessionShown:
    held = running.run.held.get(key_of(session))
    told = attended_of(running, session)
    marks = {mark: sum(each.mark is mark for each in told.values()) for mark in Mark}
    stage = stage_of(session, held, today=today, minute=minute)
    return SessionShown(session, stage, held, marks, len(running.plan.trainees) - len(told))


def attended_of(running: Running, session: PlannedSession) -> Mapping[str, Attended]:
    """What was told of one session of people on the roster."""
    key = key_of(session)
    found = ((one.person, running.run.attended.get((*key, one.person))) for one in running.plan.trainees)
    return {person: told for person, told in found if told is not None}
