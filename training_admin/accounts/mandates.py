"""Mandates: deputies (AB角) and leave, an enterprise's consent to a street office, what auditors and third parties may look at."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from training_admin.accounts import directory_store, mandate_store, store
from training_admin.accounts.facts import AccountFacts, AccountState, OrganisationFacts
from training_admin.accounts.opening import AccountNotFound, OrganisationNotFound
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, SamePersonTwice, assert_approved, assert_may
from training_admin.kit.clock import Clock
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import NotFound, Unreadable
from training_admin.kit.rights import OrganisationKind, Right, Role, clashing_roles
from training_admin.kit.role_words import ROLE_WORDS
from training_admin.office import trail

LONGEST_DAYS = 366
LONGEST_WORDS = 200
ASSIGNABLE = frozenset({OrganisationKind.AUDIT, OrganisationKind.THIRD_PARTY, OrganisationKind.STREET})


class MandateRefused(Unreadable):
    """The mandate cannot be given as asked."""

    code = "mandate-refused"
    title = "授权无法建立"


class MandateNotFound(NotFound):
    """There is no such mandate, it has ended, or it is another's."""

    code = "mandate-not-found"


class DelegationShown(msgspec.Struct, frozen=True):
    """A deputy I have named."""

    id: int
    name: str
    roles: tuple[Role, ...]
    starts: date
    ends: date
    reason: str


class ConsentShown(msgspec.Struct, frozen=True):
    """A street office that may act for my enterprise."""

    id: int
    office: str
    starts: date
    ends: date


class AssignmentShown(msgspec.Struct, frozen=True):
    """What an audit office or a third party may look at."""

    id: int
    organisation: str
    whole_district: bool
    enterprises: tuple[str, ...]
    purpose: str
    starts: date
    ends: date


def assert_days(starts: date, ends: date, *, today: date) -> None:
    """Raises MandateRefused for days that are backwards, past, or too many."""
    if not (today <= ends and starts <= ends and ends - starts <= timedelta(days=LONGEST_DAYS)):
        raise MandateRefused("起止日期有误：截止日不能早于起始日和今天，期限不超过一年。")


def assert_words(words: str, *, what: str) -> str:
    """A reason or purpose without blanks around; raises MandateRefused."""
    return one_line(words, MandateRefused, what=what, most=LONGEST_WORDS)


@retried
async def delegate(actor: Actor, *, receiver: str, starts: date, ends: date, reason: str, clock: Clock) -> int:
    """Name a colleague of one's own organisation as deputy with all one's roles; raises MandateRefused, AccountNotFound, SamePersonTwice.

    A deputy whose own roles clash with the giver's is refused: he would check his own work.
    """
    assert_may(actor, Right.OWN_ACCOUNT)
    assert actor.account is not None
    if actor.acts_for is not None:
        raise MandateRefused("代办期间不能再委托他人，请先恢复为本人。")
    assert_days(starts, ends, today=clock.today())
    words = assert_words(reason, what="委托原因")
    async with write_transaction():
        colleague = await store.account_by_key(receiver)
        if colleague is None or colleague.organisation.code != actor.organisation or colleague.state is not AccountState.ACTIVE:
            raise AccountNotFound("没有找到这名同事，只能委托本单位在用账户的人员。")
        if colleague.key == actor.key:
            raise SamePersonTwice("不能委托给自己。")
        if clash := clashing_roles(colleague.roles | actor.roles):
            raise SamePersonTwice(f"这名同事的岗位与您的不相容（{ROLE_WORDS[clash[0]]}与{ROLE_WORDS[clash[1]]}），请另选一人。")
        roles = [role.value for role in sorted(actor.roles)]
        key = await mandate_store.add_delegation(
            giver=actor.account, receiver=colleague.id, roles=roles, starts=starts, ends=ends, reason=words, at=clock.now()
        )
        detail = {"to": colleague.key, "starts": starts.isoformat(), "ends": ends.isoformat()}
        await trail.record(actor, "accounts:delegation:given", actor.key, detail, at=clock.now())
    return key


async def possible_deputies(actor: Actor, *, clock: Clock) -> list[AccountFacts]:
    """The colleagues whom one can name as deputy today; nobody while one stands in for somebody else."""
    assert_may(actor, Right.OWN_ACCOUNT)
    if actor.acts_for is not None or actor.organisation is None:
        return []
    async with read_transaction():
        found = await store.accounts_of((await _own(actor)).id)
    others = (each for each in found if each.key != actor.key and each.may_sign_in(clock.today()))
    return [each for each in others if clashing_roles(each.roles | actor.roles) is None]


async def my_delegations(actor: Actor, *, clock: Clock) -> list[DelegationShown]:
    """The deputies I have named."""
    assert actor.account is not None
    async with read_transaction():
        rows = await mandate_store.delegations_of(actor.account, clock.today())
    return [DelegationShown(row[0], row[1], tuple(Role(role) for role in row[2]), row[3], row[4], row[5]) for row in rows]


@retried
async def end_delegation(actor: Actor, delegation: int, *, clock: Clock) -> None:
    """Take a delegation back; raises MandateNotFound."""
    assert actor.account is not None
    async with write_transaction():
        if not await mandate_store.revoke_delegation(delegation, giver=actor.account, at=clock.now()):
            raise MandateNotFound("没有找到这项委托，可能已经收回。")
        await trail.record(actor, "accounts:delegation:ended", actor.key, {"delegation": delegation}, at=clock.now())


@retried
async def give_consent(actor: Actor, *, office: str, starts: date, ends: date, clock: Clock) -> int:
    """Let a street office act for one's enterprise; raises NotAllowed, MandateRefused, OrganisationNotFound."""
    assert_may(actor, Right.CONSENT)
    assert_approved(actor)
    assert_days(starts, ends, today=clock.today())
    async with write_transaction():
        street = await store.organisation_by_code(office)
        if street is None or street.kind is not OrganisationKind.STREET:
            raise OrganisationNotFound("没有找到这个街镇（经开区），请重新选择。")
        enterprise = await _own(actor)
        key = await mandate_store.add_consent(
            enterprise=enterprise.id, office=street.id, starts=starts, ends=ends, by=actor.trail_key, at=clock.now()
        )
        detail = {"office": office, "starts": starts.isoformat(), "ends": ends.isoformat()}
        await trail.record(actor, "accounts:consent:given", enterprise.code, detail, at=clock.now())
    return key


async def _own(actor: Actor) -> OrganisationFacts:
    assert actor.organisation is not None
    found = await store.organisation_by_code(actor.organisation)
    assert found is not None
    return found


async def street_offices(actor: Actor) -> list[tuple[str, str]]:
    """Code and name of the street offices that can be let act for one's enterprise; raises NotAllowed."""
    assert_may(actor, Right.CONSENT)
    async with read_transaction():
        rows = await directory_store.organisations({OrganisationKind.STREET})
    return [(row[0], row[1]) for row in rows]


async def my_consents(actor: Actor, *, clock: Clock) -> list[ConsentShown]:
    """The street offices that may act for one's enterprise; raises NotAllowed."""
    assert_may(actor, Right.CONSENT)
    async with read_transaction():
        rows = await mandate_store.consents_of((await _own(actor)).id, clock.today())
    return [ConsentShown(*row) for row in rows]


@retried
async def end_consent(actor: Actor, consent: int, *, clock: Clock) -> None:
    """Take a consent back; raises NotAllowed, MandateNotFound."""
    assert_may(actor, Right.CONSENT)
    async with write_transaction():
        enterprise = await _own(actor)
        if not await mandate_store.revoke_consent(consent, enterprise=enterprise.id, at=clock.now()):
            raise MandateNotFound("没有找到这项代办同意，可能已经收回。")
        await trail.record(actor, "accounts:consent:ended", enterprise.code, {"consent": consent}, at=clock.now())


@retried
async def give_assignment(
    actor: Actor, *, organisation: str, enterprises: Sequence[str], purpose: str, starts: date, ends: date, clock: Clock
) -> int:
    """Let an audit office or a third party look at enterprises, or with none named (audit only) at the whole district.

    Raises NotAllowed, MandateRefused, OrganisationNotFound.
    """
    assert_may(actor, Right.ASSIGNMENT_GIVE)
    days = LONGEST_DAYS * 3 if actor.is_program else LONGEST_DAYS
    if not (starts <= ends and ends >= clock.today() and (ends - starts).days <= days):
        raise MandateRefused("起止日期有误：截止日不能早于起始日和今天，期限不超过一年。")
    words = assert_words(purpose, what="查阅事由")
    async with write_transaction():
        found = await store.organisation_by_code(organisation)
        if found is None or found.kind not in ASSIGNABLE:
            raise OrganisationNotFound("没有找到这个审计部门、第三方单位或街镇，请重新选择。")
        if not enterprises and found.kind is not OrganisationKind.AUDIT:
            raise MandateRefused("受托第三方和街镇须逐一列明可查阅（受理）的企业。")
        key = await mandate_store.add_assignment(
            organisation=found.id, enterprises=enterprises, purpose=words, starts=starts, ends=ends, by=actor.trail_key, at=clock.now()
        )
        detail = {"enterprises": sorted(enterprises), "starts": starts.isoformat(), "ends": ends.isoformat(), "purpose": words}
        await trail.record(actor, "accounts:assignment:given", organisation, detail, at=clock.now())
    return key


async def assignments(actor: Actor, *, clock: Clock) -> list[AssignmentShown]:
    """All assignments in force; raises NotAllowed."""
    assert_may(actor, Right.ASSIGNMENT_GIVE)
    async with read_transaction():
        rows = await mandate_store.assignments_in_force(clock.today())
    return [AssignmentShown(row[0], row[1], row[2], tuple(row[3]), *row[4:]) for row in rows]


@retried
async def end_assignment(actor: Actor, assignment: int, *, clock: Clock) -> None:
    """End an assignment; raises NotAllowed, MandateNotFound."""
    assert_may(actor, Right.ASSIGNMENT_GIVE)
    async with write_transaction():
        if not await mandate_store.revoke_assignment(assignment, at=clock.now()):
            raise MandateNotFound("没有找到这项查阅授权，可能已经结束。")
        await trail.record(actor, "accounts:assignment:ended", str(assignment), {}, at=clock.now())
