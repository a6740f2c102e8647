"""What the accounts room works on: who signs in, by what he may act, and the figures of sign-in."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from training_admin.kit.rights import WITHOUT_SECOND_FACTOR, OrganisationKind, Right, Role, clashing_roles

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
STEP_UP = timedelta(minutes=10)
FAILURES_BEFORE_LOCK = 5
ADDRESS_FAILURES_BEFORE_LOCK = 50
LOCKED = timedelta(minutes=15)
FORGOTTEN = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)
INVITED = timedelta(days=7)
RESET = timedelta(days=1)
# Which roles a person may give to colleagues and take back: never more than his own kind of work needs.
_GIVES: Mapping[Role, frozenset[Role]] = {
    Role.CLAIM_CLERK: frozenset({Role.CLAIM_CLERK, Role.MENTOR}),
    Role.SIGNATORY: frozenset({Role.CLAIM_CLERK, Role.SIGNATORY, Role.MENTOR}),
    Role.REGISTRAR: frozenset({Role.REGISTRAR, Role.TEACHER}),
    Role.ASSESSOR: frozenset({Role.ASSESSOR}),
}
# What a street clerk may do for an enterprise that gave consent: claims, and nothing about its people.
CONSENTED_RIGHTS = frozenset({Right.DESK, Right.OWN_ACCOUNT, Right.INBOX, Right.CLAIM_PRECHECK, Right.CLAIM_SUBMIT, Right.CLAIM_READ})


class OrganisationState(StrEnum):
    """What became of an organisation's registration."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    CLOSED = "closed"


class AccountState(StrEnum):
    """Whether an account may sign in."""

    ACTIVE = "active"
    DEACTIVATED = "deactivated"


class OrganisationFacts(msgspec.Struct, frozen=True):
    """An organisation as accounts need it."""

    id: int
    code: str
    name: str
    kind: OrganisationKind
    state: OrganisationState


class AccountFacts(msgspec.Struct, frozen=True):
    """An account with its organisation and the roles that are in force."""

    id: int
    key: str
    login: str
    name: str
    state: AccountState
    authorised_until: date | None
    organisation: OrganisationFacts
    roles: frozenset[Role]

    def may_sign_in(self, today: date) -> bool:
        """Active, authorised on the day, and of an organisation that is not refused or closed."""
        authorised = self.authorised_until is None or today <= self.authorised_until
        there = self.organisation.state in {OrganisationState.WAITING, OrganisationState.APPROVED}
        return self.state is AccountState.ACTIVE and authorised and there

    @property
    def needs_second_factor(self) -> bool:
        """Whether the account belongs to staff of the administration."""
        return self.organisation.kind not in WITHOUT_SECOND_FACTOR


class AssignmentFacts(msgspec.Struct, frozen=True):
    """What may be looked at under one assignment; None is the whole district."""

    enterprises: frozenset[str] | None
    starts: date
    ends: date


class StandInFacts(msgspec.Struct, frozen=True):
    """Whom the session stands in for: a colleague with some of his roles, or an enterprise that gave consent to some `rights`."""

    key: str
    name: str
    organisation: OrganisationFacts
    roles: frozenset[Role]
    starts: date
    ends: date
    rights: frozenset[Right] | None = None


class SessionFacts(msgspec.Struct, frozen=True):
    """A session as found by its token."""

    id: int
    opened_at: datetime
    seen_at: datetime
    ends_at: datetime
    stepped_up_at: datetime | None
    person: str | None
    account: AccountFacts | None
    stand_in: StandInFacts | None
    assignments: tuple[AssignmentFacts, ...]

    def is_live(self, now: datetime) -> bool:
        """Neither idle for half an hour nor older than twelve hours."""
        return now - self.seen_at < IDLE and now < self.ends_at


class SessionShown(msgspec.Struct, frozen=True):
    """One of my sessions, for the list."""

    id: int
    opened_at: datetime
    seen_at: datetime
    device: str
    mine: bool


def roles_to_give(roles: Iterable[Role]) -> frozenset[Role]:
    """The roles that somebody with these roles may give to colleagues of his own organisation, and take back."""
    return frozenset(given for role in roles for given in _GIVES.get(role, ()))


def stands_in_today(account: AccountFacts, stand_in: StandInFacts | None, today: date) -> StandInFacts | None:
    """The mandate of a session as long as it holds: on its days, by a clerk of a street, without roles that clash with the giver's."""
    if stand_in is None or not stand_in.starts <= today <= stand_in.ends:
        return None
    if stand_in.rights is not None:
        return stand_in if Role.STREET_ACCEPTOR in account.roles else None
    return None if clashing_roles(account.roles | stand_in.roles) else stand_in


def assigned_organisations(assignments: tuple[AssignmentFacts, ...], today: date) -> frozenset[str] | None:
    """The organisations of all assignments in force on a day; None when one of them is for the whole district."""
    now = [each for each in assignments if each.starts <= today <= each.ends]
    if any(each.enterprises is None for each in now):
        return None
    return frozenset(code for each in now for code in each.enterprises or ())
