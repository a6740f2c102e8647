"""What has to be put right (审计整改台账): asked of an organisation with a deadline in working days, listed, shown with its history.

The acts that follow stand in `rectification_acts`.
"""

from datetime import date, timedelta

import msgspec

from training_admin.audit import rectification_store as store
from training_admin.audit.parameters import (
    AUDIT_ACCEPT_WORKDAYS,
    AUDIT_FIX_WORKDAYS,
    AUDIT_FIX_WORKDAYS_MEDIUM,
    AUDIT_REMIND_WORKDAYS,
)
from training_admin.audit.rectification_origins import Known, RectificationRefused, known_of
from training_admin.audit.rectification_states import (
    HEAVY_SEVERITIES,
    Act,
    RectificationMoved,
    RectificationState,
    Source,
    acts_now,
    workdays_left,
)
from training_admin.audit.rectification_store import Done, Paper, Rectification, RegisterFilter
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.actor import Actor, assert_may, scope_of, shown_name
from training_admin.kit.clock import Clock, shanghai_day
from training_admin.kit.dated import DatedValue, NotInForce, Parameter, Policy
from training_admin.kit.identifiers import clean_number
from training_admin.kit.kept_words import one_line
from training_admin.kit.rights import Right
from training_admin.kit.wording import day
from training_admin.kit.workdays import Calendar, NoCalendar
from training_admin.office import trail
from training_admin.office.idempotency import once
from training_admin.office.messages import Letter, send, to_organisation
from training_admin.office.numbers import next_number
from training_admin.office.workdays import load_calendar
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy

NUMBER_KIND = "rectification"
LONGEST_PROBLEM, LONGEST_MEASURE, LONGEST_EVIDENCE, LONGEST_CODE = 1000, 1000, 1000, 40
LARGEST_FEN, LONGEST_DAYS = 10**14, 730
SEVERITIES = ("BLOCK", "HIGH", "MEDIUM")
FIGURES = (AUDIT_FIX_WORKDAYS, AUDIT_FIX_WORKDAYS_MEDIUM, AUDIT_ACCEPT_WORKDAYS, AUDIT_REMIND_WORKDAYS)


class AskedFor(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked: from where, of whom, what and by when. What an origin tells by itself may be left empty; amounts are fen.

    Without `deadline` it follows from the figure; `severity` BLOCK, HIGH or MEDIUM.
    """

    source: Source
    origin: str = ""
    organisation: str = ""
    class_no: str = ""
    case_no: str = ""
    amount_fen: int = 0
    severity: str = ""
    problem: str = ""
    evidence: str = ""
    measure: str = ""
    deadline: date | None = None


class RectificationShown(msgspec.Struct, frozen=True):
    """An entry with its history and papers; `left` are working days to the deadline, `accept_by` the last day to accept an answer."""

    entry: Rectification
    history: tuple[Done, ...]
    papers: tuple[Paper, ...]
    overdue: bool
    left: int | None
    accept_by: date | None
    acts: frozenset[Act]
    same_person: bool


@once
async def ask_rectification(actor: Actor, asked: AskedFor, *, clock: Clock) -> str:
    """Ask an organisation to put something right; returns the number. It is told in the same transaction.

    Raises NotAllowed, RectificationRefused, RectificationMoved (asked already), DoubtNotFound.
    """
    assert_may(actor, Right.RECTIFICATION_ASK)
    scope = scope_of(actor, Right.RECTIFICATION_ASK)
    origin = "" if asked.source is Source.ENTERED else asked.origin.strip()
    known = await known_of(asked.source, origin, clean_number(asked.organisation), scope=scope.codes)
    if not known.organisation:
        raise RectificationRefused("请填写责任单位的统一社会信用代码。")
    if not scope.covers(known.organisation):
        raise RectificationRefused("责任单位不在您的查阅授权范围内，请联系安全管理员。")
    if running := await store.running_of(asked.source, origin, known.organisation):
        raise RectificationMoved(f"同一事项已有正在办理的整改（{running}），请在其中办理。")
    entry = await _entry(actor, asked, origin, known, clock)
    if entry.case_no and not await _is_case(entry.case_no, scope.codes):
        raise RectificationRefused("没有找到这份申报，请核对申报编号；没有涉及申报的，请留空。")
    key = await store.add(entry)
    await store.note(key, 1, Act.ASK, words=entry.measure, deadline=entry.deadline, doer=entry.asker, by=entry.asked_by, at=entry.asked_at)
    text = f"{entry.problem[:200]}。请在{day(entry.deadline)}前完成整改并在系统中答复，附证明材料。"
    await tell(entry, "整改要求", text, clock=clock)
    detail = {
        "organisation": entry.organisation,
        "source": entry.source.value,
        "origin": entry.origin,
        "severity": entry.severity,
        "deadline": entry.deadline.isoformat(),
        "case": entry.case_no,
        "fen": entry.amount_fen,
    }
    await trail.record(actor, "audit:rectification:asked", entry.number, detail, at=clock.now())
    return entry.number


async def _entry(actor: Actor, asked: AskedFor, origin: str, known: Known, clock: Clock) -> Rectification:
    """The new entry, every field checked; raises RectificationRefused."""
    severity = known.severity if asked.source is Source.DOUBT else asked.severity or known.severity
    if severity not in SEVERITIES:
        raise RectificationRefused("请选择严重程度：阻断、高或中。")
    if not 0 <= asked.amount_fen <= LARGEST_FEN:
        raise RectificationRefused("涉及金额应不小于零。")
    deadline, basis = await _deadline(asked.deadline, severity, clock)
    year = clock.today().year
    return Rectification(
        number=f"ZG{year}{await next_number(NUMBER_KIND, year):05d}",
        source=asked.source,
        origin=origin,
        organisation=known.organisation,
        organisation_name=known.organisation_name,
        class_no=known.class_no or _code(asked.class_no, "班级编号"),
        case_no=known.case_no or _code(asked.case_no, "申报编号"),
        amount_fen=known.amount_fen or asked.amount_fen,
        severity=severity,
        problem=one_line(asked.problem or known.problem, RectificationRefused, what="存在的问题", most=LONGEST_PROBLEM),
        evidence=one_line(asked.evidence or known.evidence, RectificationRefused, what="证据", most=LONGEST_EVIDENCE, needed=False),
        measure=one_line(asked.measure, RectificationRefused, what="整改要求", most=LONGEST_MEASURE),
        deadline=deadline,
        deadline_basis=basis,
        asker=shown_name(actor),
        asked_by=actor.trail_key,
        asked_at=clock.now(),
    )


def _code(text: str, what: str) -> str:
    return one_line(text, RectificationRefused, what=what, most=LONGEST_CODE, needed=False)


async def _is_case(case_no: str, scope: list[str] | None) -> bool:
    found = await fetch_tuples("SELECT 1 FROM claim WHERE number = $1 AND ($2::text[] IS NULL OR uscc = ANY($2))", case_no, scope)
    return bool(found)


async def _deadline(wanted: date | None, severity: str, clock: Clock) -> tuple[date, str]:
    """The deadline and what it rests on; raises RectificationRefused."""
    if wanted is not None:
        return checked_deadline(wanted, clock), "由发出整改要求的人员指定"
    parameter = AUDIT_FIX_WORKDAYS if severity in HEAVY_SEVERITIES else AUDIT_FIX_WORKDAYS_MEDIUM
    try:
        value = (await load_policy(DEFAULT_PACK, known_at=clock.now())).dated(parameter, clock.today())
        count = whole(value)
        due = (await load_calendar()).add_workdays(clock.today(), count)
    except NotInForce:
        raise RectificationRefused("当前采用的政策包没有整改期限的数值，请填写整改期限，或由政策管理员登记后再办理。") from None
    except NoCalendar as missing:
        raise RectificationRefused(f"{missing.year}年的工作日历尚未公布，请填写整改期限。") from None
    return due, f"{parameter.meaning}：{count} 个工作日，{value.local_standing.words}"


def whole(value: DatedValue) -> int:
    """The bare number of a figure."""
    assert isinstance(value.value, int)
    return value.value


def checked_deadline(wanted: date, clock: Clock) -> date:
    """A deadline as typed; raises RectificationRefused for one that is over or too far away."""
    if not clock.today() < wanted <= clock.today() + timedelta(days=LONGEST_DAYS):
        raise RectificationRefused(f"整改期限应晚于今天，且不超过 {LONGEST_DAYS} 天。")
    return wanted


async def tell(entry: Rectification, title: str, text: str, *, clock: Clock) -> None:
    """Write to the organisation, in the open transaction of the act."""
    letter = Letter(entry.number, f"{title}：{entry.number}", text, f"/rectifications/{entry.number}")
    await send(to_organisation(entry.organisation, Right.RECTIFICATION_READ), letter, clock=clock)


async def list_rectifications(
    actor: Actor, wanted: RegisterFilter, *, after: int, most: int, clock: Clock
) -> tuple[list[Rectification], dict[str, int]]:
    """A page of the register in the actor's scope with its counts by state and of overdue ones; raises NotAllowed."""
    codes = scope_of(actor, Right.RECTIFICATION_READ).codes
    async with read_transaction():
        return await store.listed(codes, wanted, after=after, most=most), await store.counted(codes, clock.today())


async def show_rectification(actor: Actor, number: str, *, clock: Clock) -> RectificationShown:
    """One entry of the actor's scope; raises NotAllowed, RectificationNotFound."""
    codes = scope_of(actor, Right.RECTIFICATION_READ).codes
    async with read_transaction():
        entry = await store.by_number(number, codes)
        history, papers = await store.history_of(entry.id), await store.papers_of(entry.id)
        calendar, policy = await load_calendar(), await load_policy(DEFAULT_PACK, known_at=clock.now())
    today = clock.today()
    return RectificationShown(
        entry,
        tuple(history),
        tuple(papers),
        entry.overdue(today),
        None if entry.state is RectificationState.ENDED else workdays_left(entry.deadline, today, calendar),
        _accept_by(entry, policy, calendar),
        acts_now(entry.state),
        bool(entry.end_hands & actor.hands),
    )


def _accept_by(entry: Rectification, policy: Policy, calendar: Calendar) -> date | None:
    """The last day to accept the answer that waits; None where none waits, or no figure or calendar reaches."""
    if entry.state is not RectificationState.ANSWERED or entry.replied_at is None:
        return None
    start = shanghai_day(entry.replied_at)
    try:
        return calendar.add_workdays(start, policy.at(AUDIT_ACCEPT_WORKDAYS, start))
    except (NotInForce, NoCalendar):
        return None


async def figures_now(*, clock: Clock) -> list[tuple[Parameter[int], DatedValue]]:
    """The clocks as they stand today with paper and standings; those that the adopted pack does not have are left out."""
    async with read_transaction():
        policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
    found = []
    for parameter in FIGURES:
        try:
            found.append((parameter, policy.dated(parameter, clock.today())))
        except NotInForce:
            continue
    return found


async def known_origin(actor: Actor, source: Source, origin: str) -> Known:
    """What an origin tells, to begin a form with; raises NotAllowed, RectificationRefused, DoubtNotFound."""
    codes = scope_of(actor, Right.RECTIFICATION_ASK).codes
    async with read_transaction():
        return await known_of(source, origin, "", scope=codes)
