"""What the checks know of the classes themselves and of how a claim was handled, beside the claim: sessions, sign-ins, results, steps.

A class that was not run in this system has none of it: its checks are silent. Minutes of a day count from midnight in Shanghai; persons
are opaque keys; seconds are those of an instant, counted from the same beginning in one session or one class.
"""

from collections.abc import Mapping
from datetime import date

import msgspec

TRAINEE, TEACHER, ROOM = "trainee", "teacher", "room"


class RunSession(msgspec.Struct, frozen=True):
    """A session of the approved plan, with the taught minutes as the plan has them."""

    day: date
    starts: int
    ends: int
    theory_minutes: int = 0
    practice_minutes: int = 0

    @property
    def minutes(self) -> int:
        """Taught minutes, which breaks are no part of."""
        return self.theory_minutes + self.practice_minutes


class Clash(msgspec.Struct, frozen=True):
    """An interval in which a trainee, a teacher or a room of the class is taken by another class as well."""

    taken: str
    key: str
    day: date
    starts: int
    ends: int
    other_class: str


class FullDay(msgspec.Struct, frozen=True):
    """A day on which a trainee of the class was taught in other classes as well: the minutes of all of them together."""

    person: str
    day: date
    minutes: int
    other_classes: str


class SignedSession(msgspec.Struct, frozen=True):
    """Who signed in by code for a session, put together: how many, the sums of their seconds and of the squares of these.

    `together` are the persons of each device on which several signed in.
    """

    day: date
    starts: int
    people: int
    seconds: int
    squares: int
    together: tuple[tuple[str, ...], ...] = ()


class OnlineStudy(msgspec.Struct, frozen=True):
    """A record of an online platform: from which second on how many minutes were credited."""

    person: str
    record_no: str
    second: int
    minutes: int


class RunResult(msgspec.Struct, frozen=True):
    """The newest result of a person; `shared_with` names classes in which another person has the same certificate number.

    `changed_after` is the day on which it was changed although the class was closed before.
    """

    certificate_no: str
    certified_on: date | None
    shared_with: tuple[str, ...] = ()
    changed_after: date | None = None


class RunAudit(msgspec.Struct, frozen=True):
    """One class as it was run: plan, what clashes with other classes, what was held beside the plan, visits that found otherwise."""

    sessions: tuple[RunSession, ...] = ()
    clashes: tuple[Clash, ...] = ()
    full_days: tuple[FullDay, ...] = ()
    unplanned: tuple[RunSession, ...] = ()
    unfit_visits: tuple[tuple[date, str], ...] = ()
    signed: tuple[SignedSession, ...] = ()
    online: tuple[OnlineStudy, ...] = ()
    results: Mapping[str, RunResult] = {}
    teaching_trainees: tuple[str, ...] = ()


class IssuingBody(msgspec.Struct, frozen=True):
    """An evaluation body by its code, with how many people it examined and passed.

    `issued` counts its certificates in the sixty days from `since` on in which they were most, `median` is that over all bodies.
    """

    code: str
    since: date
    issued: int
    median: int
    examined: int
    passed: int


class PaidOut(msgspec.Struct, frozen=True):
    """A payment of the claim: when, the last day of its notice, objections to it that nobody had answered by then."""

    paid_on: date
    notice_ends: date | None
    open_objections: int
    fen: int


class Handled(msgspec.Struct, frozen=True):
    """How a claim was handled: the hands of each step by its act, payments, and other firms that are paid to the same account."""

    hands: tuple[tuple[str, frozenset[str]], ...] = ()
    payments: tuple[PaidOut, ...] = ()
    same_account: tuple[str, ...] = ()
