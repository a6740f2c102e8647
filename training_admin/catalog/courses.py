"""Course registration 课程备案: saved as draft, checked at once, submitted, decided by another person; approved once, used by many classes.

The deadline of a decision counts like that of classes (file.review_workdays); no paper names one for courses, so it is an assumption.
"""

import msgspec

from training_admin.accounts.store import organisation_by_code
from training_admin.catalog import course_store as store
from training_admin.catalog.checking import figures_on
from training_admin.catalog.course_facts import (
    CourseAct,
    CourseContent,
    CourseFacts,
    CourseFault,
    CourseFigures,
    check_course,
    next_state,
)
from training_admin.catalog.course_store import CourseHead, CourseVersion
from training_admin.catalog.facts import item_on
from training_admin.catalog.filing import FilingRefused, deadline, words_of
from training_admin.catalog.filing_checks import FilingFigures
from training_admin.catalog.store import load_items
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_approved, assert_may, assert_two_persons, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import uscc_problem
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import OrganisationKind, Right, Role
from training_admin.kit.workdays import Calendar
from training_admin.office import trail
from training_admin.office.messages import Letter, send, to_organisation
from training_admin.office.numbers import next_number
from training_admin.office.workdays import load_calendar
from training_admin.parties.institution_store import load_institution_facts
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy

NUMBER_KIND = "course"
MOST_LISTED = 200
MOST_MODULES = 60


class CourseHindered(Refusal):
    """The course cannot be submitted as it is; `findings` lists everything at once."""

    code = "course-hindered"
    title = "课程备案尚有问题"


class CourseRefused(Unreadable):
    """A field of the course is missing, too long, or names something that is not there."""

    code = "course-refused"
    title = "课程内容需要更正"


class CourseMoved(Refusal):
    """Somebody has done something with the course since the page was opened."""

    code = "course-moved"
    title = "课程已有新的办理"


class CourseShown(msgspec.Struct, frozen=True):
    """A course with its versions, newest first, what is found about the newest today, and the classes that name it."""

    head: CourseHead
    versions: tuple[CourseVersion, ...]
    facts: CourseFacts
    faults: tuple[CourseFault, ...]
    classes: tuple[tuple[str, str, str], ...]


def course_figures(figures: FilingFigures) -> CourseFigures:
    """What of the figures of filing a course is checked against."""
    return CourseFigures(**{name: getattr(figures, name) for name in CourseFigures.__struct_fields__})


async def course_facts(
    organisation: str, content: CourseContent, *, own: bool, clock: Clock
) -> tuple[CourseFacts, FilingFigures, Calendar]:
    """What the checks of a course read today, inside an open transaction; raises PackNotAdopted, NotInForce."""
    today, now = clock.today(), clock.now()
    figures = figures_on(await load_policy(DEFAULT_PACK, known_at=now), today)
    item = None if content.item is None else item_on(await load_items([content.item], now), content.item, today)
    facts = CourseFacts(
        day=today,
        figures=course_figures(figures),
        training=await load_institution_facts(organisation, today, known_at=now),
        std_centihours=None if item is None else item.std_centihours,
        own=own,
    )
    return facts, figures, await load_calendar()


async def hour_minutes(actor: Actor, *, clock: Clock) -> int:
    """The minutes of a training hour today; raises NotAllowed, PackNotAdopted, NotInForce."""
    assert_may(actor, Right.CLASS_READ)
    async with read_transaction():
        return figures_on(await load_policy(DEFAULT_PACK, known_at=clock.now()), clock.today()).hour_minutes


async def _completed(actor: Actor, content: CourseContent, clock: Clock) -> CourseContent:
    """The content with occupation and level of its item; raises CourseRefused."""
    own = Role.REGISTRAR not in actor.roles
    if content.enterprise is not None and (uscc_problem(content.enterprise) or (own and content.enterprise != actor.organisation)):
        raise CourseRefused("订单企业应为有效的统一社会信用代码；企业自办的课程只能为本单位订制。")
    if len(content.modules) > MOST_MODULES:
        raise CourseRefused(f"一门课程至多 {MOST_MODULES} 个模块。")
    if content.item is None:
        if content.occupation is None:
            raise CourseRefused("请填写目录项目编码，或填写职业编码和等级。")
        return content
    periods = await load_items([content.item], clock.now())
    if not periods:
        raise CourseRefused("补贴目录中没有这个项目，请核对项目编码；不在目录内的留空并填写职业编码。")
    newest = item_on(periods, content.item, clock.today()) or periods[-1]
    return msgspec.structs.replace(content, occupation=newest.occupation, level=newest.level)


async def _own(actor: Actor, course_no: str) -> CourseHead:
    return await store.course_by_number(course_no, scope_of(actor, Right.CLASS_FILE).codes)


async def _move(head: CourseHead, moved: CourseHead) -> None:
    if not await store.move_course(head, moved):
        raise CourseMoved("这门课程刚刚有新的办理，请刷新页面后再办理。")


async def _add(actor: Actor, head: CourseHead, content: CourseContent, clock: Clock) -> None:
    await store.add_version(head, content, enterer=shown_name(actor), entered_by=actor.trail_key, hands=actor.hands, at=clock.now())


@retried
async def save_course(actor: Actor, content: CourseContent, *, course_no: str | None = None, clock: Clock) -> str:
    """Keep a draft, new or with its next version; returns the course's number.

    Raises NotAllowed, NotYetApproved, CourseNotFound, CourseMoveRefused, CourseRefused.
    """
    assert_may(actor, Right.CLASS_FILE)
    assert_approved(actor)
    if actor.organisation is None:
        raise CourseRefused("课程备案由培训机构或自办培训的企业办理。")
    async with write_transaction():
        whole = await _completed(actor, content, clock)
        if course_no is None:
            year = clock.today().year
            course_no = f"KC{year}{await next_number(NUMBER_KIND, year):05d}"
            await store.add_course(course_no, organisation=actor.organisation, organisation_name=actor.organisation_name)
        head = await _own(actor, course_no)
        state = next_state(head.state, CourseAct.SAVE)
        await _add(actor, head, whole, clock)
        await _move(head, msgspec.structs.replace(head, state=state, version=head.version + 1))
        detail = {"version": head.version + 1, "modules": len(whole.modules)}
        await trail.record(actor, "catalog:course:saved", course_no, detail, at=clock.now())
    return course_no


def _assert_unhindered(faults: tuple[CourseFault, ...]) -> None:
    sentences = [each.words for each in faults if each.hinders]
    if sentences:
        raise CourseHindered(f"有 {len(sentences)} 处问题，更正后才能提交：" + "".join(sentences), findings=sentences)


async def _checked(head: CourseHead, content: CourseContent, *, clock: Clock) -> tuple[FilingFigures, Calendar]:
    """Check a course as of today, inside an open transaction; raises CourseHindered."""
    facts, figures, calendar = await course_facts(head.organisation, content, own=await _is_own(head), clock=clock)
    _assert_unhindered(check_course(content, facts))
    return figures, calendar


@retried
async def submit_course(actor: Actor, course_no: str, *, clock: Clock) -> None:
    """Hand a draft in; nothing may hinder it.

    Raises NotAllowed, NotYetApproved, CourseNotFound, CourseMoveRefused, CourseHindered.
    """
    assert_may(actor, Right.CLASS_FILE)
    assert_approved(actor)
    today = clock.today()
    async with write_transaction():
        head = await _own(actor, course_no)
        state = next_state(head.state, CourseAct.SUBMIT)
        content = (await store.versions_of(head.id))[0].content
        figures, calendar = await _checked(head, content, clock=clock)
        decide_by = deadline(calendar, today, figures.review_workdays)
        await _move(head, msgspec.structs.replace(head, state=state, submitted_on=today, decide_by=decide_by))
        detail = {"version": head.version, "decide_by": decide_by.isoformat()}
        await trail.record(actor, "catalog:course:submitted", course_no, detail, at=clock.now())


@retried
async def withdraw_course(actor: Actor, course_no: str, *, clock: Clock) -> None:
    """Take a course back that was not approved; raises NotAllowed, CourseNotFound, CourseMoveRefused."""
    assert_may(actor, Right.CLASS_FILE)
    async with write_transaction():
        head = await _own(actor, course_no)
        state = next_state(head.state, CourseAct.WITHDRAW)
        await _move(head, msgspec.structs.replace(head, state=state, decide_by=None))
        await trail.record(actor, "catalog:course:withdrawn", course_no, {"version": head.version}, at=clock.now())


@retried
async def change_course(actor: Actor, course_no: str, content: CourseContent, *, clock: Clock) -> None:
    """Ask for a change of an approved course; until it is decided classes use the version approved before.

    Raises NotAllowed, NotYetApproved, CourseNotFound, CourseMoveRefused, CourseRefused, CourseHindered.
    """
    assert_may(actor, Right.CLASS_FILE)
    assert_approved(actor)
    async with write_transaction():
        head = await _own(actor, course_no)
        state = next_state(head.state, CourseAct.CHANGE)
        whole = await _completed(actor, content, clock)
        figures, calendar = await _checked(head, whole, clock=clock)
        decide_by = deadline(calendar, clock.today(), figures.review_workdays)
        await _add(actor, head, whole, clock)
        await _move(head, msgspec.structs.replace(head, state=state, version=head.version + 1, decide_by=decide_by))
        await trail.record(actor, "catalog:course:changed", course_no, {"version": head.version + 1}, at=clock.now())


@retried
async def end_course(actor: Actor, course_no: str, *, reason: str, clock: Clock) -> None:
    """End an approved course: no new class can name it.

    Raises NotAllowed, NotYetApproved, CourseNotFound, CourseMoveRefused, CourseRefused.
    """
    assert_may(actor, Right.CLASS_FILE)
    assert_approved(actor)
    words = _words(reason, needed=True)
    async with write_transaction():
        head = await _own(actor, course_no)
        state = next_state(head.state, CourseAct.END)
        await _move(head, msgspec.structs.replace(head, state=state, decide_by=None))
        await trail.record(actor, "catalog:course:ended", course_no, {"reason": words}, at=clock.now())


def _words(text: str, *, needed: bool) -> str:
    try:
        return words_of(text, needed=needed)
    except FilingRefused as refusal:
        raise CourseRefused(refusal.sentence) from None


@retried
async def decide_course(actor: Actor, course_no: str, *, version: int, approve: bool, opinion: str, clock: Clock) -> None:
    """Approve or return (with an opinion) the version that was read; what is approved is checked once more.

    Raises NotAllowed, CourseNotFound, CourseMoveRefused, CourseMoved, SamePersonTwice, CourseHindered, CourseRefused without opinion.
    """
    assert_may(actor, Right.CLASS_DECIDE)
    words = _words(opinion, needed=not approve)
    async with write_transaction():
        head = await store.course_by_number(course_no, scope_of(actor, Right.CLASS_DECIDE).codes)
        state = next_state(head.state, CourseAct.APPROVE if approve else CourseAct.RETURN)
        if version != head.version:
            raise CourseMoved("对方已提交新的版本，请刷新页面查看后再审核。")
        entered = (await store.versions_of(head.id))[0]
        assert_two_persons(entered.hands, actor)
        decision = "approved" if approve else "returned"
        decided = await store.decide_version(
            entered.id, decision=decision, decider=shown_name(actor), by=actor.trail_key, at=clock.now(), opinion=words
        )
        assert decided, "a version that waits was decided by nobody"
        moved = msgspec.structs.replace(head, state=state, decide_by=None)
        if approve:
            await _checked(head, entered.content, clock=clock)
            moved = msgspec.structs.replace(moved, approved_version=head.version, approved_on=head.approved_on or clock.today())
        await _move(head, moved)
        await send(to_organisation(head.organisation, Right.CLASS_READ), _letter(head, words, approve=approve), clock=clock)
        await trail.record(actor, f"catalog:course:{decision}", course_no, {"version": head.version, "opinion": words}, at=clock.now())


async def _is_own(head: CourseHead) -> bool:
    """Whether a course is an enterprise's own: only an institution has a licence and occupations."""
    found = await organisation_by_code(head.organisation)
    return found is None or found.kind is not OrganisationKind.INSTITUTION


def _letter(head: CourseHead, words: str, *, approve: bool) -> Letter:
    link = f"/courses/{head.course_no}"
    if approve:
        return Letter(head.course_no, "课程备案已通过", f"课程 {head.course_no}（第 {head.version} 版）已通过备案，开班时可以引用。", link)
    return Letter(head.course_no, "课程备案已退回", f"课程 {head.course_no}（第 {head.version} 版）已退回：{words}", link)


async def show_course(actor: Actor, course_no: str, *, clock: Clock) -> CourseShown:
    """A course with its history and what is found about it today; raises NotAllowed, CourseNotFound for another's."""
    scope = scope_of(actor, Right.CLASS_READ)
    async with read_transaction():
        head = await store.course_by_number(course_no, scope.codes)
        versions = await store.versions_of(head.id)
        content = versions[0].content
        facts, _figures, _calendar = await course_facts(head.organisation, content, own=await _is_own(head), clock=clock)
        classes = await store.classes_with(course_no, scope.codes, most=MOST_LISTED)
    return CourseShown(head, tuple(versions), facts, check_course(content, facts), tuple(classes))


async def list_courses(actor: Actor, *, wanted: str = "", state: str = "") -> list[tuple[CourseHead, CourseContent]]:
    """Courses of the actor's scope with their newest content, what waits for a decision first; raises NotAllowed."""
    scope = scope_of(actor, Right.CLASS_READ)
    async with read_transaction():
        return await store.list_courses(scope.codes, wanted=wanted.strip(), state=state, most=MOST_LISTED)


async def teachers_of(actor: Actor, *, clock: Clock) -> dict[int, str]:
    """The registered teachers of the actor's organisation by key, to choose from; raises NotAllowed."""
    assert_may(actor, Right.CLASS_FILE)
    async with read_transaction():
        facts = await load_institution_facts(actor.organisation or "", clock.today(), known_at=clock.now())
    return {each.id: each.name for each in facts.teachers}
