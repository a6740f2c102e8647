"""Filing a class 开班备案: saved as draft, checked at once, submitted, approved or returned (FILE-01, FILE-02).

What is approved becomes a fact of the filing register through a delivery of our own, known from that instant on; claims read only that.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from training_admin.catalog import class_store as store
from training_admin.catalog.checking import load_filing_facts
from training_admin.catalog.class_facts import ClassPlan, Occupied, occupied_by
from training_admin.catalog.class_facts import NamedTrainee as NamedTrainee  # noqa: PLC0414 - read with what seals it
from training_admin.catalog.class_store import ClassContent, ClassHead, ClassVersion, ListedClass, SealedTrainee
from training_admin.catalog.facts import CENTIHOURS_PER_HOUR, Filing
from training_admin.catalog.filing_checks import Finding, check_class, hindering
from training_admin.catalog.plan_facts import NamedProject
from training_admin.catalog.pooling import firms_of, numbers_of_firms
from training_admin.catalog.sealing import opened_roster
from training_admin.catalog.sealing import sealed_roster as sealed_roster  # noqa: PLC0414 - saved with what seals
from training_admin.catalog.states import WAITING, ClassAct, ClassState, next_state
from training_admin.catalog.store import add_filings
from training_admin.catalog.witness_facts import ASK_CLASS, Moment
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_approved, assert_may, assert_two_persons, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.kit.identifiers import (
    IdProblem,
    likely_id_type,
    mask_identity,
    mask_phone,
    read_identity,
)
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.workdays import Calendar, NoCalendar
from training_admin.office import trail
from training_admin.office.jobs import enqueue
from training_admin.office.knowledge import becomes_known_at
from training_admin.office.messages import Letter, send, to_organisation
from training_admin.office.numbers import next_number
from training_admin.parties import store as parties
from training_admin.parties.institution_facts import InstitutionFacts
from training_admin.parties.institution_store import load_institution_facts

NUMBER_KIND = "class"
SOURCE = "开班备案"
MOST_LISTED = 200
LONGEST_WORDS = 500
SEX_WORDS = {"M": "男", "F": "女"}
# The job by which the room to the right learns that a class is in the register; its key is the delivery's.
FILING_KNOWN = "filing_known"


class FilingHindered(Refusal):
    """The class cannot be filed as it is; `findings` lists everything at once."""

    code = "class-hindered"
    title = "开班备案尚有问题"


class FilingRefused(Unreadable):
    """A field of the act is missing or too long, or days of it do not fit."""

    code = "class-refused"
    title = "无法办理"


class ClassMoved(Refusal):
    """Somebody has done something with the class since the page was opened."""

    code = "class-moved"
    title = "班级已有新的办理"


class ClassShown(msgspec.Struct, frozen=True):
    """A class with its versions, newest first, the roster of the newest with masked numbers, and what is found about it today."""

    head: ClassHead
    versions: tuple[ClassVersion, ...]
    plan: ClassPlan
    masked: tuple[str, ...]
    phones: tuple[str, ...]
    sexes: tuple[str, ...]
    training: InstitutionFacts
    findings: tuple[Finding, ...]
    project: NamedProject | None = None


@retried
async def save_class(
    actor: Actor, content: ClassContent, roster: Sequence[NamedTrainee] | None, *, class_no: str | None = None, clock: Clock
) -> str:
    """Keep a draft, new or with its next version; returns the class number. The plan is filed for the actor's own organisation.

    Without a roster that of the version before stays.

    Raises NotAllowed, NotYetApproved, ClassNotFound, IllegalMove, FilingRefused.
    """
    assert_may(actor, Right.CLASS_FILE)
    assert_approved(actor)
    if actor.organisation is None or actor.organisation != (content.institution or content.enterprise):
        raise FilingRefused("开班备案由办班的机构或自办培训的企业办理，请核对“办班单位”。")
    entered = sealed_roster(roster or ())
    async with write_transaction():
        if class_no is None:
            number = await next_number(NUMBER_KIND, clock.today().year)
            class_no = f"BJ{clock.today().year}{number:05d}"
            await store.add_class(class_no, organisation=actor.organisation, organisation_name=actor.organisation_name)
        head = await _own(actor, class_no)
        state = next_state(ClassState(head.state), ClassAct.SAVE)
        sealed = entered if roster is not None or head.version == 0 else (await version_plan(head, head.version))[2]
        await add_version(actor, head, content, sealed, cause="filed", clock=clock)
        await move(head, msgspec.structs.replace(head, state=state.value, version=head.version + 1))
        detail = {"version": head.version + 1, "trainees": len(sealed), "sessions": len(content.sessions)}
        await trail.record(actor, "catalog:class:saved", class_no, detail, at=clock.now())
    return class_no


async def _own(actor: Actor, class_no: str) -> ClassHead:
    return await store.class_by_number(class_no, scope_of(actor, Right.CLASS_FILE).codes)


async def move(head: ClassHead, moved: ClassHead) -> None:
    """Write what has changed of a class; raises ClassMoved."""
    if not await store.move_class(head, moved):
        raise ClassMoved("这个班级刚刚有新的办理，请刷新页面后再办理。")


async def add_version(
    actor: Actor,
    head: ClassHead,
    content: ClassContent,
    roster: Sequence[SealedTrainee],
    *,
    cause: str,
    reason: str = "",
    urgent: bool = False,
    clock: Clock,
) -> None:
    """The next version of a class with its roster, inside the open transaction."""
    key = await store.add_version(
        head.id,
        head.version + 1,
        content,
        cause=cause,
        reason=reason,
        urgent=urgent,
        enterer=shown_name(actor),
        entered_by=actor.trail_key,
        hands=actor.hands,
        at=clock.now(),
    )
    await store.add_trainees(key, roster)


async def version_plan(head: ClassHead, number: int) -> tuple[ClassVersion, ClassPlan, list[SealedTrainee]]:
    """One version of a class as a plan, inside an open transaction."""
    version = next(each for each in await store.versions_of(head.id) if each.version == number)
    roster = await store.roster_of(version.id)
    return version, store.plan_of(head.class_no, version.content, [each.trainee for each in roster]), roster


@retried
async def submit_class(actor: Actor, class_no: str, *, clock: Clock) -> tuple[Finding, ...]:
    """Hand a draft in: nothing may hinder it; the people and rooms are taken from now on. Returns what is only to be known.

    Raises NotAllowed, NotYetApproved, ClassNotFound, IllegalMove, FilingHindered with every finding.
    """
    assert_may(actor, Right.CLASS_FILE)
    assert_approved(actor)
    today = clock.today()
    async with write_transaction():
        head = await _own(actor, class_no)
        state = next_state(ClassState(head.state), ClassAct.SUBMIT)
        _version, plan, _roster = await version_plan(head, head.version)
        facts = await load_filing_facts(plan, filed_on=today, known_at=clock.now())
        findings = check_class(plan, facts)
        assert_unhindered(findings)
        decide_by = deadline(facts.calendar, today, facts.figures.review_workdays)
        moved = msgspec.structs.replace(head, state=state.value, filed_on=today, decide_by=decide_by)
        await take_what_counts(moved, clock=clock)
        await move(head, moved)
        detail = {"version": head.version, "decide_by": decide_by.isoformat()}
        await trail.record(actor, "catalog:class:submitted", class_no, detail, at=clock.now())
    return findings


def assert_unhindered(findings: Sequence[Finding]) -> None:
    """Raises FilingHindered listing everything that hinders."""
    wrong = hindering(findings)
    if wrong:
        sentences = [each.words for each in wrong]
        raise FilingHindered(f"有 {len(wrong)} 处问题，更正后才能提交：" + "".join(sentences), findings=sentences)


def deadline(calendar: Calendar, day: date, workdays: int) -> date:
    """The last day for a decision; raises FilingRefused for a year without calendar."""
    try:
        return calendar.add_workdays(day, workdays)
    except NoCalendar as error:
        raise FilingRefused(f"{error.year} 年的工作日历尚未公布，暂不能计算审核期限。") from None


@retried
async def withdraw_class(actor: Actor, class_no: str, *, clock: Clock) -> None:
    """Take a class back that was not approved; people and rooms are free again. Raises NotAllowed, ClassNotFound, IllegalMove."""
    assert_may(actor, Right.CLASS_FILE)
    async with write_transaction():
        head = await _own(actor, class_no)
        state = next_state(ClassState(head.state), ClassAct.WITHDRAW)
        moved = msgspec.structs.replace(head, state=state.value, decide_by=None)
        await take_what_counts(moved, clock=clock)
        await move(head, moved)
        await trail.record(actor, "catalog:class:withdrawn", class_no, {"version": head.version}, at=clock.now())


@retried
async def decide_class(actor: Actor, class_no: str, *, version: int, approve: bool, opinion: str, clock: Clock) -> None:
    """Approve or return (with an opinion) the version that was read; what is approved is checked once more and enters the register.

    Raises NotAllowed, ClassNotFound, IllegalMove, ClassMoved, SamePersonTwice, FilingHindered, FilingRefused without opinion.
    """
    assert_may(actor, Right.CLASS_DECIDE)
    words = words_of(opinion, needed=not approve)
    async with write_transaction():
        known_at = await becomes_known_at(clock)
        head = await store.class_by_number(class_no, scope_of(actor, Right.CLASS_DECIDE).codes)
        state = next_state(ClassState(head.state), ClassAct.APPROVE if approve else ClassAct.RETURN)
        if version != head.version:
            raise ClassMoved("办班单位已提交新的版本，请刷新页面查看后再审核。")
        entered, plan, _roster = await version_plan(head, head.version)
        assert_two_persons(entered.hands, actor)
        decision = "approved" if approve else "returned"
        decided = await store.decide_version(
            entered.id, decision=decision, decider=shown_name(actor), by=actor.trail_key, at=clock.now(), opinion=words
        )
        assert decided, "a version that waits was decided by nobody"
        moved = msgspec.structs.replace(head, state=state.value, decide_by=None)
        if approve:
            moved = msgspec.structs.replace(moved, approved_version=head.version, approved_on=head.approved_on or clock.today())
            await _enter_register(moved, plan, known_at=known_at, clock=clock)
            await enqueue(ASK_CLASS, f"{class_no}/{Moment.ENROLMENT.value}/{head.version}")
        await take_what_counts(moved, clock=clock)
        await move(head, moved)
        detail = {"version": head.version, "cause": entered.cause, "opinion": words}
        await send(to_organisation(head.organisation, Right.CLASS_READ), _letter(head, words, approve=approve), clock=clock)
        await trail.record(actor, f"catalog:class:{decision}", class_no, detail, at=clock.now())


def _letter(head: ClassHead, words: str, *, approve: bool) -> Letter:
    link = f"/classes/{head.class_no}"
    if approve:
        return Letter(head.class_no, "开班备案已通过", f"班级 {head.class_no}（第 {head.version} 版）已通过审核。", link)
    return Letter(head.class_no, "开班备案已退回", f"班级 {head.class_no}（第 {head.version} 版）已退回：{words}", link)


def words_of(text: str, *, needed: bool) -> str:
    """An opinion or a reason; raises FilingRefused when it is missing or cannot be kept."""
    return one_line(text, FilingRefused, what="原因或意见", most=LONGEST_WORDS, needed=needed)


async def _enter_register(head: ClassHead, plan: ClassPlan, *, known_at: datetime, clock: Clock) -> None:
    """The approved class as a delivery of our own; claims that name it are assessed again by the job staged here."""
    facts = await load_filing_facts(plan, filed_on=head.filed_on or clock.today(), known_at=clock.now())
    assert_unhindered(check_class(plan, facts))
    filings = await filings_of_class(head, plan, hour_minutes=facts.figures.hour_minutes)
    await enter_filings(head, filings, known_at=known_at, clock=clock)


async def filings_of_class(head: ClassHead, plan: ClassPlan, *, hour_minutes: int) -> list[Filing]:
    """What claims read of a class, of a pooled one once for each firm that any approved version named; inside the open transaction."""
    firms = [] if plan.pool is None else await store.firms_of_class(head.id)
    return filings_of(head, plan, firms, hour_minutes=hour_minutes)


async def enter_filings(head: ClassHead, filings: Sequence[Filing], *, known_at: datetime, clock: Clock) -> None:
    """What claims read of a class from an instant on, inside the open transaction."""
    sha256 = sha256_hex(canonical_json({"version": head.version, "filings": filings}))
    delivery = await parties.add_delivery(source=SOURCE, as_of=clock.today(), received_at=known_at, sha256=sha256, rows=len(filings))
    await add_filings(delivery, filings)
    await enqueue(FILING_KNOWN, str(delivery))


def filings_of(head: ClassHead, plan: ClassPlan, firms: Sequence[str], *, hour_minutes: int) -> list[Filing]:
    """What the register says of an approved class: one filing, or of a pooled class one for each firm under its own number.

    `firms` are those that approved versions ever named, in that order. Each is filed with its own people, by whom its own cost is
    divided (ENT-14). A firm that has left is filed no longer, so that nobody can claim with its number.
    """
    whole = filing_of(head, plan, hour_minutes=hour_minutes)
    if plan.pool is None:
        return [whole]
    there = firms_of(plan)
    numbers = numbers_of_firms(head.class_no, firms)
    left = {"filed_at": None, "approved_at": None}
    heads = Counter(each.enterprise for each in plan.trainees)
    return [
        msgspec.structs.replace(whole, class_no=number, enterprise=firm, enrolled=heads[firm], **({} if firm in there else left))
        for firm, number in numbers.items()
    ]


def filing_of(head: ClassHead, plan: ClassPlan, *, hour_minutes: int) -> Filing:
    """What claims read of an approved class. Nothing has been delivered yet: that is told when the class is over."""
    assert plan.start is not None
    assert plan.end is not None
    return Filing(
        class_no=head.class_no,
        enterprise=plan.enterprise,
        institution=plan.institution,
        stream=plan.stream,
        item=plan.item,
        start=plan.start,
        end=plan.end,
        planned_centihours=plan.minutes * CENTIHOURS_PER_HOUR // hour_minutes,
        delivered_centihours=0,
        enrolled=len(plan.trainees),
        mode="MIXED" if any(each.practice_minutes for each in plan.sessions) else "THEORY",
        filed_at=head.filed_on,
        approved_at=head.approved_on,
        theory_test=plan.theory_test,
        practical_test=plan.practical_test,
        online_centihours=plan.online_minutes * CENTIHOURS_PER_HOUR // hour_minutes,
    )


async def take_what_counts(head: ClassHead, *, clock: Clock) -> None:
    """Write anew which people and rooms a class takes: by its approved version, and by one that waits."""
    counting = {head.approved_version} | ({head.version} if ClassState(head.state) in WAITING else set())
    taken: dict[Occupied, None] = {}
    for number in sorted(each for each in counting if each is not None):
        _version, plan, _roster = await version_plan(head, number)
        training = await load_institution_facts(head.organisation, clock.today(), known_at=clock.now())
        taken |= dict.fromkeys(occupied_by(plan, {each.id: each.person for each in training.teachers}))
    await store.take_intervals(head.id, taken)


async def show_class(actor: Actor, class_no: str, *, clock: Clock) -> ClassShown:
    """A class with its history and what is found about it; raises NotAllowed, ClassNotFound for another's."""
    scope = scope_of(actor, Right.CLASS_READ)
    async with read_transaction():
        head = await store.class_by_number(class_no, scope.codes)
        versions = await store.versions_of(head.id)
        _version, plan, roster = await version_plan(head, head.version)
        facts = await load_filing_facts(plan, filed_on=head.filed_on or clock.today(), known_at=clock.now())
    named = opened_roster(roster)
    masked, phones = tuple(mask_identity(each.identity) for each in named), tuple(mask_phone(each.phone) for each in named)
    sexes = tuple(_sex(each.identity, clock.today()) for each in named)
    return ClassShown(head, tuple(versions), plan, masked, phones, sexes, facts.training, check_class(plan, facts), facts.project)


def _sex(identity: str, today: date) -> str:
    read = read_identity(likely_id_type(identity), identity, today)
    return SEX_WORDS.get((None if isinstance(read, IdProblem) else read.sex) or "", "")


async def named_roster(actor: Actor, class_no: str) -> tuple[NamedTrainee, ...]:
    """The newest roster of the actor's own class in clear, for what is read beside it; raises NotAllowed, ClassNotFound."""
    assert_may(actor, Right.CLASS_FILE)
    async with read_transaction():
        head = await _own(actor, class_no)
        return opened_roster((await version_plan(head, head.version))[2])


async def list_classes(actor: Actor, *, wanted: str = "", state: str = "") -> list[ListedClass]:
    """Classes of the actor's scope, what waits for a decision first; raises NotAllowed."""
    scope = scope_of(actor, Right.CLASS_READ)
    async with read_transaction():
        return await store.list_classes(scope.codes, wanted=wanted.strip(), state=state, most=MOST_LISTED)
