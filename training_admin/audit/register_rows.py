"""Rows of the registers of an audit workbook: what was recorded, in the columns of register_layouts; empty where nothing was told."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from training_admin.audit.callback_store import CallResult
from training_admin.audit.register_layouts import MOST_LESSONS
from training_admin.catalog.changes import Change
from training_admin.catalog.class_facts import ClassContent, ClassPlan, PlannedSession, Trainee, clock_text
from training_admin.catalog.facts import LEVEL_WORDS, Filing
from training_admin.catalog.run_facts import (
    MARK_SIGNS,
    Attended,
    ClassRun,
    Held,
    Mark,
    Tally,
    Way,
    attended_in,
    centihours,
    is_held,
    key_of,
)
from training_admin.catalog.visit_facts import WAY_WORDS, VisitWay
from training_admin.catalog.witness_facts import ANSWER_WORDS, MOMENT_WORDS, Answer, Moment
from training_admin.fund.ledger_facts import SUB_FUND_WORDS, SubFund
from training_admin.fund.payable_store import PAYABLE_WORDS, PayableState
from training_admin.fund.payee_account import opened_account
from training_admin.fund.recoveries import STATE_WORDS
from training_admin.kit.clock import shanghai_day
from training_admin.kit.identifiers import IdReading, likely_id_type, read_identity
from training_admin.kit.vault import Vault
from training_admin.kit.wording import day, hundredths, moment, yes_no
from training_admin.kit.workbook.formulas import address_of, link
from training_admin.parties.institution_facts import Teacher
from training_admin.parties.resource_forms import FULL_TIME_WORDS

Row = tuple[Any, ...]
PHONE_TAIL = 4
SEX_WORDS = {"M": "男", "F": "女"}


class Ceilings(msgspec.Struct):
    """What a firm may still receive in its claim year: the ceiling less what the register shows as paid so far."""

    ceiling_fen: dict[tuple[str, int], int | None]
    paid_fen: dict[tuple[str, int], int]


class FiledClass(msgspec.Struct, frozen=True):
    """A class filed here with its approved plan."""

    key: int
    class_no: str
    organisation_name: str
    filed_on: date | None
    content: ClassContent
    decider: str | None
    people: int


def filed_class(row: Row, key: int) -> FiledClass:
    """A class from its stored row, without the key."""
    number, name, filed_on, content, decider, people = row
    return FiledClass(key, number, name, filed_on, msgspec.json.decode(content, type=ClassContent), decider, people)


def claim_link(base: str, number: str) -> tuple[str, str]:
    """The claim's number, leading to its page where the installation has an address."""
    return link(address_of(base, "claims", number), number)


def class_link(base: str, class_no: str) -> tuple[str, str]:
    """The class's number, leading to its page; what was typed in a claim is only ever a text there."""
    return link(address_of(base, "classes", class_no), class_no)


def batch_rows(found: Iterable[Row], people: Mapping[tuple[str, str], tuple[int, int]], ceilings: Ceilings, *, base: str) -> Iterator[Row]:
    """资金拨付台账: one row for each payable and stream; running sums in the order of the register."""
    for row in found:
        case_no, payee, name, year, state, stream, fen, sub_fund, subject, paper, available = row[:11]
        batch, approver, approved_at, reference, paid_on, sealed, posted_on, ends_on, failed = row[11:]
        classes, persons = people.get((case_no, stream), (None, None))
        paid = fen if state == PayableState.PAID else 0
        firm = (payee, year)
        ceilings.paid_fen[firm] = ceilings.paid_fen.get(firm, 0) + paid
        ceiling = ceilings.ceiling_fen.get(firm)
        approved = None if approved_at is None else f"{approver} {day(shanghai_day(approved_at))}"
        yield (
            *(batch, None if sub_fund is None else SUB_FUND_WORDS[SubFund(sub_fund)], subject, paper, name, stream, classes, persons, fen),
            *(None if ends_on is None else f"{'' if posted_on is None else posted_on.isoformat()} 至 {ends_on.isoformat()}", approved),
            *(paid_on, reference, _account(sealed), yes_no(failed), paid_on if failed and paid else None),
            *(paid, ceilings.paid_fen[firm], None if ceiling is None else ceiling - ceilings.paid_fen[firm], available),
            *(PAYABLE_WORDS[PayableState(state)], claim_link(base, case_no)),
        )


def _account(sealed: bytes) -> str:
    account = opened_account(sealed)
    return f"{account.holder} / {account.account} / {account.bank}"


def recovery_rows(found: Iterable[Row], *, base: str) -> Iterator[Row]:
    """追回台账: one row for each decided recovery."""
    for number, case_no, name, reason, fen, settled, decided_on, referred, state, references in found:
        yield (
            *(number, name, reason, fen, settled, decided_on, references, fen - settled, referred or None, STATE_WORDS[state]),
            claim_link(base, case_no),
        )


def visit_rows(found: Iterable[Row], *, base: str) -> Iterator[Row]:
    """检(抽)查记录表: one row for each visit; both signatures stand on the paper."""
    for class_no, visited_on, starts, inspectors, way, expected, present, rate, mean, lowest, *findings, passed, words in found:
        told = [yes_no(each) for each in findings]
        yield (
            *(
                class_link(base, class_no),
                f"{visited_on.isoformat()} {clock_text(starts)}",
                "、".join(inspectors),
                WAY_WORDS[VisitWay(way)],
            ),
            *(expected, present, rate, mean, lowest, *told, "合格" if passed else "不合格", words or None, None),
        )


def call_rows(class_no: str, found: Iterable[Row], secret: Vault, *, phone_place: str) -> Iterator[Row]:
    """电话回访记录 from what trainees answered themselves; who called, fees and recordings are told by nobody and stay empty."""
    for name, sealed_phone, when, answer, channel, scores, answered_at, _asked_at in found:
        phone = secret.decrypt_text(sealed_phone, place=phone_place)[-PHONE_TAIL:] if sealed_phone else None
        given = msgspec.json.decode(scores, type=dict[str, int]) if scores else {}
        mean = f"{hundredths(sum(given.values()) * 100 // len(given))} 分" if given else None
        yield (
            *(class_no, name, phone, "已答复" if answer else "未答复", ANSWER_WORDS[Answer(answer)] if answer else None, None, None, mean),
            *({"link": "本人短信链接", "own": "本人登录后"}.get(channel), None if answered_at is None else moment(answered_at), None),
            MOMENT_WORDS[Moment(when)],
        )


def callback_rows(class_no: str, found: Iterable[Row], secret: Vault, *, phone_place: str) -> Iterator[Row]:
    """电话回访记录 of calls by sample."""
    for name, sealed_phone, result, caller, called_at, recording in found:
        phone = secret.decrypt_text(sealed_phone, place=phone_place)[-PHONE_TAIL:] if sealed_phone else None
        reached = CallResult(result) is not CallResult.MISSED
        took_part = ("否，与记录不符" if CallResult(result) is CallResult.CONTRADICTS else "是") if reached else None
        yield (
            *(class_no, name, phone, "接通" if reached else "未接通", took_part, None, None, None, caller, moment(called_at)),
            *(recording or None, "抽样回访"),
        )


def filing_row(klass: FiledClass, rooms: Mapping[int, str], hour_minutes: int, *, base: str) -> Row:
    """开班备案表: a class filed here."""
    content = klass.content
    sessions = content.sessions
    online = sum(each.online for each in sessions)
    form = None if not sessions else "线下" if not online else "线上" if online == len(sessions) else "线上线下结合"
    theory, practice = (
        centihours(sum(getattr(each, f"{kind}_minutes") for each in sessions), hour_minutes) for kind in ("theory", "practice")
    )
    places = dict.fromkeys(rooms.get(each.room or 0, "") for each in sessions if not each.online)
    return (
        *(content.title, content.occupation, LEVEL_WORDS.get(content.level or ""), klass.people, None, None, form),
        *("、".join(each for each in places if each) or None, min((each.day for each in sessions), default=None)),
        *(max((each.day for each in sessions), default=None), theory, practice, class_link(base, klass.class_no), klass.filed_on),
        klass.decider,
    )


def delivered_row(filing: Filing, title: str | None) -> Row:
    """开班备案表: a class of a delivered register, with what the register tells of it."""
    form = "线下" if not filing.online_centihours else "线上线下结合"
    return (
        *(title, None, None, filing.enrolled, None, None, None if filing.online_centihours is None else form, None, filing.start),
        *(filing.end, None, None, link("", filing.class_no), filing.filed_at, None),
    )


def plan_rows(klass: FiledClass, teachers: Mapping[int, str], rooms: Mapping[int, str], hour_minutes: int) -> Iterator[Row]:
    """教学计划表: every lesson of a class with its number, by which the attendance sheet names it."""
    for number, each in enumerate(klass.content.sessions, 1):
        room = "线上" if each.online else rooms.get(each.room or 0)
        yield (
            *(klass.class_no, number, each.day, f"{clock_text(each.starts)}-{clock_text(each.ends)}", each.topic),
            *(centihours(each.theory_minutes, hour_minutes), centihours(each.practice_minutes, hour_minutes)),
            *(teachers.get(each.teacher or 0), room, each.textbook or None),
        )


def teacher_row(number: int, teacher: Teacher, identity: str, classes: Sequence[str], today: date) -> Row:
    """教师花名册: a teacher of the chosen classes; sex and age as his number tells."""
    read = read_identity(likely_id_type(identity), identity, today)
    sex, age = None, None
    if isinstance(read, IdReading) and read.birth is not None:
        sex = SEX_WORDS.get(read.sex or "")
        age = today.year - read.birth.year - ((today.month, today.day) < (read.birth.month, read.birth.day))
    held = "；".join(f"{each.title} {LEVEL_WORDS.get(each.level or '', '')}".strip() for each in teacher.qualifications)
    return (
        *(number, teacher.name, sex, age, teacher.education, teacher.major, teacher.rank, held or None, "、".join(classes) or None),
        FULL_TIME_WORDS["yes" if teacher.full_time else "no"],
    )


def run_of(held: Iterable[Row], attended: Iterable[Row]) -> ClassRun:
    """What counts of a class from its stored rows."""
    lessons = [Held(each[0], each[1], each[2], Way(each[3]), *each[4:]) for each in held]
    told = [Attended(each[0], each[1], each[2], Mark(each[3]), each[4], Way(each[5]), *each[6:]) for each in attended]
    return ClassRun({(each.day, each.starts): each for each in lessons}, {(each.day, each.starts, each.person): each for each in told}, {})


def with_roster(klass: FiledClass, roster: Iterable[Row]) -> ClassPlan:
    """The plan of a class with its people, known by key and name alone."""
    people = tuple(Trainee(name, person, "", "") for person, name in roster)
    fields = {name: getattr(klass.content, name) for name in ClassContent.__struct_fields__}
    return ClassPlan(class_no=klass.class_no, trainees=people, **fields)


def attendance_rows(plan: ClassPlan, run: ClassRun, tallied: Mapping[str, Tally], hour_minutes: int, *, lessons: int) -> Iterator[Row]:
    """考勤表: one row for each trainee; a sign and the hours for each lesson that was held."""
    columns = min(lessons, MOST_LESSONS)
    for number, one in enumerate(plan.trainees, 1):
        cells = [_cell(run, each, one.person, hour_minutes) for each in plan.sessions[:columns]]
        tally = tallied[one.person]
        yield (
            *(plan.class_no, number, one.name, *cells, *(None,) * (columns - len(cells))),
            *(centihours(tally.attended_minutes, hour_minutes), centihours(tally.delivered_minutes, hour_minutes), tally.rate_bp),
            *(tally.marks.get(mark, 0) for mark in Mark),
            tally.unmarked,
        )


def _cell(run: ClassRun, session: PlannedSession, person: str, hour_minutes: int) -> str | None:
    found = run.attended.get((session.day, session.starts, person))
    if not is_held(run, session) or found is None:
        return None
    return f"{MARK_SIGNS[found.mark]} {hundredths(centihours(attended_in(run, session, person), hour_minutes))}"


def way_rows(plan: ClassPlan, run: ClassRun) -> Iterator[Row]:
    """考勤标记表: by lesson in which way attendance was told, and by how many devices; places and faces are not asked for."""
    for number, session in enumerate(plan.sessions, 1):
        told = [found for one in plan.trainees if (found := run.attended.get((session.day, session.starts, one.person)))]
        lesson = run.held.get(key_of(session))
        if not told and lesson is None:
            continue
        devices: dict[str, int] = {}
        for each in told:
            if each.device:
                devices[each.device] = devices.get(each.device, 0) + 1
        ways = [sum(each.way is way for each in told) for way in Way]
        yield (
            *(plan.class_no, number, session.day, f"{clock_text(session.starts)}-{clock_text(session.ends)}"),
            *(None if lesson is None else lesson.minutes, len(told), *ways, len(devices), sum(count > 1 for count in devices.values())),
            None if lesson is None else lesson.confirmer,
        )


def change_rows(found: Iterable[Change], items: frozenset[str]) -> Iterator[Row]:
    """目录变更表: what publications changed of the items that the chosen classes belong to."""
    for each in found:
        if each.item_code in items:
            yield (f"{each.item_code} {each.name}", each.field, each.old, each.new, each.effective, each.paper, each.by)
