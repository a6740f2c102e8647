"""Subsidies already paid, from this fund (LES, the local education surcharge) or another."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

LES = "LES"
EMPLOYMENT_FUND = "EMP"
# Between the number of a case and its later rounds.
ROUND_MARK = "-"
# The source of what is told of own payments.
OF_OWN_PAYMENTS = "本系统拨付结果"


class PaidTraining(msgspec.Struct, frozen=True, gc=False):
    """One paid training of one person: occupation and level (None where the training has none), day paid, fund, fen, stream."""

    person: str
    occupation: str | None
    level: str | None
    paid_on: date
    fund: str
    amount_fen: int
    stream: str | None = None


class OwnPayment(msgspec.Struct, frozen=True, gc=False):
    """A training that was paid here for a row of a case; `known_at` is since when assessments may know of it."""

    case_no: str
    class_no: str
    row: int
    known_at: datetime
    training: PaidTraining


class KnownPayments(msgspec.Struct, frozen=True):
    """What persons were paid for, by person: as others told, and here."""

    delivered: dict[str, tuple[PaidTraining, ...]] = {}
    own: dict[str, tuple[OwnPayment, ...]] = {}

    def before(self, case_no: str) -> "KnownPayments":
        """What was known before a case was paid, without its own money."""
        if not self.own:
            return self
        root = root_of(case_no)
        paid_at = min((each.known_at for found in self.own.values() for each in found if root_of(each.case_no) == root), default=None)
        own = {
            person: tuple(each for each in found if root_of(each.case_no) != root and (paid_at is None or each.known_at < paid_at))
            for person, found in self.own.items()
        }
        # What is left out is left out as well where somebody else delivers it.
        delivered = dict(self.delivered)
        for person, found in self.own.items():
            if person in delivered:
                delivered[person] = _without(delivered[person], [each.training for each in found if each not in own[person]])
        return KnownPayments(delivered, own)

    def all(self) -> dict[str, tuple[PaidTraining, ...]]:
        """What persons were paid for by anybody; what was paid here and is delivered too counts once."""
        found = dict(self.delivered)
        for person, here in self.own.items():
            trainings = [each.training for each in here]
            found[person] = (*_without(found.get(person, ()), trainings), *trainings)
        return found


def _without(told: Sequence[PaidTraining], here: Sequence[PaidTraining]) -> tuple[PaidTraining, ...]:
    """What others told, without what was paid here: each once, also where they do not name the stream."""
    left = list(told)
    for each in here:
        for same in (each, msgspec.structs.replace(each, stream=None)):
            if same in left:
                left.remove(same)
                break
    return tuple(left)


def root_of(case_no: str) -> str:
    """The number under which a case was begun; later rounds of a claim add to it."""
    return case_no.partition(ROUND_MARK)[0]
