"""Certificates of an apprentice programme that is over: 学徒制培训证书 for whoever was certified, 结业证书 for whoever completed only."""

import asyncio

import msgspec

from training_admin.apprenticeship import loading
from training_admin.apprenticeship.facts import ApprenticeFacts, Hours, PersonOutcome, ProgrammeFacts
from training_admin.apprenticeship.loading import NamedApprentice, ProgrammeHead
from training_admin.catalog.facts import LEVEL_WORDS
from training_admin.certificates import store
from training_admin.certificates.facts import KIND_WORDS, WHY_WORDS, Content, Holder, Kind, State, Why, uncarried
from training_admin.certificates.fonts import carried_characters
from training_admin.certificates.issuing import Candidate, ClassNotClosed, Granted, NobodyEntitled, issue
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_approved, assert_may, scope_of
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import clean_name, likely_id_type
from training_admin.kit.rights import Right
from training_admin.kit.wording import hundredths

ENDED = "ended"
KIND_OF = {PersonOutcome.CERTIFIED: Kind.APPRENTICESHIP, PersonOutcome.COMPLETED: Kind.COMPLETION}


class ProgrammeCertificates(msgspec.Struct, frozen=True):
    """A programme as the page of its certificates shows it; `candidates` are empty before it has ended."""

    head: ProgrammeHead
    facts: ProgrammeFacts
    candidates: tuple[tuple[Candidate, str], ...]

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self.head.state == ENDED

    @property
    def ready(self) -> int:
        """How many may get a certificate now."""
        return sum(not each.why for each, _kind in self.candidates)


def why_not(apprentice: ApprenticeFacts, states: set[State]) -> str:
    """Why an apprentice gets no certificate now, in words; "" when he may get one."""
    if State.VALID in states:
        return WHY_WORDS[Why.HAS_ONE]
    if State.REVOKED in states:
        return WHY_WORDS[Why.REVOKED]
    return "" if apprentice.outcome in KIND_OF else "没有取得证书也没有结业，不颁发证书"


async def programme_certificates(actor: Actor, number: str, *, clock: Clock) -> ProgrammeCertificates:
    """Who of a programme may get which certificate, who not and why; raises NotAllowed, ProgrammeNotFound."""
    scope = scope_of(actor, Right.CERTIFICATE_READ)
    carried = await asyncio.to_thread(carried_characters)
    async with read_transaction():
        head = await loading.programme_head(number, scope.codes)
        facts = await loading.load_programme(number, as_of=clock.today())
        names = await loading.names_of(number)
        states = await store.states_of_class(number)
    candidates = []
    for each in facts.apprentices if head.state == ENDED else ():
        name = names[each.row]
        kind = KIND_OF.get(each.outcome)
        told = Candidate(name, why_not(each, set(states.get(each.person, ()))), tuple(uncarried(name, carried)))
        candidates.append((told, "" if kind is None else KIND_WORDS[kind]))
    return ProgrammeCertificates(head, facts, tuple(candidates))


@retried
async def issue_programme(actor: Actor, number: str, *, clock: Clock) -> tuple[str, ...]:
    """A certificate for everybody of an ended programme who may get one and has none; returns their numbers.

    Raises NotAllowed, NotYetApproved, ProgrammeNotFound, ClassNotClosed, NobodyEntitled, FontMissing, NumbersUsedUp.
    """
    assert_may(actor, Right.CERTIFICATE_ISSUE)
    assert_approved(actor)
    await asyncio.to_thread(carried_characters)  # read outside of the transaction, which must be short
    async with write_transaction():
        head = await loading.programme_head(number, scope_of(actor, Right.CERTIFICATE_ISSUE).codes, lock=True)
        if head.state != ENDED:
            raise ClassNotClosed("学徒班结束后才能颁发证书。请先登记全部学徒的结果并结束学徒班。")
        facts = await loading.load_programme(number, as_of=clock.today())
        states = await store.states_of_class(number)
        people = {each.row: each for each in await loading.named_apprentices(number)}
        tutors = await loading.tutor_names(number)
        numbers: tuple[str, ...] = ()
        for outcome, kind in KIND_OF.items():
            chosen = [each for each in facts.apprentices if each.outcome is outcome and not why_not(each, set(states.get(each.person, ())))]
            granted = [_granted(head, facts, each, people[each.row], tutors.get(each.row, ("", ""))) for each in chosen]
            if granted:
                numbers += await issue(actor, head.institution, kind, number, granted, clock=clock)
        if not numbers:
            raise NobodyEntitled("这个学徒班没有应当颁证而尚未领证的学徒。")
    return numbers


def _granted(
    head: ProgrammeHead, facts: ProgrammeFacts, apprentice: ApprenticeFacts, named: NamedApprentice, tutors: tuple[str, str]
) -> Granted:
    hours = _hours(apprentice)
    return Granted(
        person=apprentice.person,
        holder=Holder(
            name=clean_name(named.name),
            id_type=likely_id_type(named.identity),
            identity=named.identity,
            mentor=tutors[0],
            teacher=tutors[1],
            blocks=f"通用素质{hundredths(hours.general)}、专业基础{hundredths(hours.basics)}、操作技能{hundredths(hours.practice)}",
        ),
        content=Content(
            item=head.occupation_name,
            institution=head.institution_name,
            start=facts.start,
            end=facts.end,
            centihours=hours.total,
            result="合格" if apprentice.outcome is PersonOutcome.CERTIFIED else "结业",
            enterprise=head.enterprise_name,
            level=LEVEL_WORDS.get(facts.level, ""),
            term=f"{facts.months}个月",
        ),
    )


def _hours(apprentice: ApprenticeFacts) -> Hours:
    """The hours of an apprentice over all his months, by block."""
    blocks = [(month.hours.general, month.hours.basics, month.hours.practice, month.hours.online) for month in apprentice.months]
    return Hours(*(sum(column) for column in zip(*blocks, strict=True))) if blocks else Hours()
