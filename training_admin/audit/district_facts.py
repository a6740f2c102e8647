"""What the checks over more than one claim look at: the batches, claims, visits and classes of a period. Amounts are fen."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

import msgspec

from training_admin.audit.check import Found
from training_admin.audit.doubt_facts import Subject
from training_admin.kit.dated import Policy


class BatchSums(msgspec.Struct, frozen=True):
    """A batch that was not voided: what stands on it, what its payments come to, what the cases in them are owed less what is kept back."""

    number: str
    made_on: date
    total_fen: int
    items_fen: int
    cases_fen: int


class FailedPayment(msgspec.Struct, frozen=True):
    """A payment that the bank gave back and that nobody has applied for again; `sent_on` is when its batch was sent."""

    batch: str
    case_no: str
    payee: str
    fen: int
    sent_on: date


class FirmClaim(msgspec.Struct, frozen=True):
    """A claim of a firm with what it comes to."""

    number: str
    uscc: str
    as_of: date
    fen: int


class InstitutionVisits(msgspec.Struct, frozen=True):
    """How many classes of an institution were visited in the period, and how many of them the newest visit found wanting."""

    institution: str
    visited: int
    failed: int


class InstitutionVolume(msgspec.Struct, frozen=True):
    """What was claimed for an institution's classes in the period: their cost, the first day of the first; since when it has a licence."""

    institution: str
    first_class: date
    fen: int
    licensed_from: date | None


class DistrictAudit(msgspec.Struct, frozen=True):
    """Everything that the checks of a period look at; `unvisited` are claimed classes that nobody has visited on the spot.

    `people` are in the claimed classes, each once a class; `called` of them were reached when they were called back.
    """

    start: date
    end: date
    today: date
    policy: Policy
    batches: tuple[BatchSums, ...] = ()
    failed: tuple[FailedPayment, ...] = ()
    claims: tuple[FirmClaim, ...] = ()
    institutions: tuple[InstitutionVisits, ...] = ()
    classes: int = 0
    unvisited: tuple[str, ...] = ()
    people: int = 0
    called: int = 0
    volumes: tuple[InstitutionVolume, ...] = ()

    @property
    def period(self) -> str:
        """The period as the subject of a doubt."""
        return f"{self.start.isoformat()}至{self.end.isoformat()}"

    def subjects(self) -> Iterator[tuple[Subject, str]]:
        """Everything that was looked at."""
        yield from ((Subject.BATCH, each.number) for each in self.batches)
        yield from ((Subject.ENTERPRISE, each) for each in dict.fromkeys(each.uscc for each in self.claims))
        taught = dict.fromkeys([*(each.institution for each in self.institutions), *(each.institution for each in self.volumes)])
        yield from ((Subject.INSTITUTION, each) for each in taught)
        yield Subject.PERIOD, self.period


class WideFound(msgspec.Struct, frozen=True):
    """Something found about a batch, a firm, an institution or the period; `organisation` is "" where it is about none."""

    kind: Subject
    subject: str
    organisation: str
    found: Found


FindWide = Callable[[DistrictAudit], Iterable[WideFound]]


class WideCheck(msgspec.Struct, frozen=True):
    """One check over a period: as `Check`, over other facts."""

    id: str
    why: str
    needs: str
    against: str
    find: FindWide


def wide_check(*, id: str, why: str, needs: str, against: str) -> Callable[[FindWide], WideCheck]:  # noqa: A002 - the word of the field
    """Declare the decorated search as a check over a period."""

    def declare(find: FindWide) -> WideCheck:
        return WideCheck(id=id, why=why, needs=needs, against=against, find=find)

    return declare


def about(kind: Subject, subject: str, organisation: str, fen: int, **evidence: str) -> WideFound:
    """A finding about a subject; the words of evidence are the names of the arguments."""
    return WideFound(kind, subject, organisation, Found("", (), fen, tuple(evidence.items())))
