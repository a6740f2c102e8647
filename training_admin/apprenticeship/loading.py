"""Queries that load a programme whole, as its rules and its claims need it, in a constant number of statements."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from training_admin.apprenticeship.facts import ApprenticeFacts, Hours, MonthDone, PersonOutcome, ProgrammeFacts
from training_admin.apprenticeship.sealing import APPRENTICE_PLACE, PHONE_PLACE
from training_admin.database import fetch_tuples
from training_admin.kit.refusals import NotFound
from training_admin.kit.vault import vault

EXCUSED = frozenset({"injury", "closure"})
HIGH_SKILLED = frozenset({"1", "2", "3"})
_HEAD = """SELECT id, number, uscc, enterprise_name, institution, institution_name, state, occupation, occupation_name, level, starts,
    months, approved_on, moved FROM programme WHERE number = $1 AND ($2::text[] IS NULL OR uscc = ANY($2) OR institution = ANY($2))"""

# Every apprentice of a mentor with the days from and until which he is his; counted on the first day and whenever one was given to him.
_MENTOR_HEADS = """
    WITH head AS (
        SELECT t.person, p.id = $3 AS own, coalesce(c.since, p.approved_on, $2) AS since, least(a.left_on, p.ended_on) AS until
        FROM programme_tutor t JOIN apprentice a ON a.mentor = t.id JOIN programme p ON p.id = t.programme
        LEFT JOIN (
            SELECT apprentice, max(happened_on) AS since FROM programme_change
            WHERE kind = 'mentor' AND decision = 'approved' GROUP BY apprentice
        ) c ON c.apprentice = a.id
        WHERE t.person = ANY($1) AND (p.id = $3 OR p.state IN ('submitted', 'approved', 'ended'))
    ), counted AS (
        SELECT d.person, d.day, count(*) FILTER (WHERE h.since <= d.day AND (h.until IS NULL OR h.until > d.day)) AS heads
        FROM (SELECT person, greatest(since, $2) AS day FROM head WHERE own UNION SELECT person, $2 FROM head) d
        JOIN head h ON h.person = d.person GROUP BY d.person, d.day
    )
    SELECT encode(person, 'hex'), max(heads)::int FROM counted GROUP BY person ORDER BY 1"""


class ProgrammeNotFound(NotFound):
    """There is no such programme, or not for this actor."""

    code = "programme-not-found"


class ProgrammeHead(msgspec.Struct, frozen=True):
    """A programme without its plan and people."""

    id: int
    number: str
    uscc: str
    enterprise_name: str
    institution: str
    institution_name: str
    state: str
    occupation: str
    occupation_name: str
    level: str
    starts: date
    months: int
    approved_on: date | None
    moved: int


class PlannedContent(msgspec.Struct, frozen=True):
    """What of a programme's plan its rules look at; the rest of the plan is for people."""

    planned: Hours = Hours()
    cooperation_on: date | None = None
    reason: str = ""
    credit_system: bool = False
    student_status: bool = False
    video_centihours: int | None = None


class NamedApprentice(msgspec.Struct, frozen=True):
    """An apprentice as a claim's roster names him."""

    row: int
    name: str
    identity: str
    phone: str

    def __repr__(self) -> str:
        """Without the number: a repr ends up in logs."""
        return f"NamedApprentice(row={self.row})"


async def programme_head(number: str, codes: Sequence[str] | None, *, lock: bool = False) -> ProgrammeHead:
    """A programme of a scope, which covers its enterprise or its institution; raises ProgrammeNotFound."""
    found = await fetch_tuples(f"{_HEAD}{' FOR UPDATE' if lock else ''}", number, codes)
    if not found:
        raise ProgrammeNotFound("没有找到这个学徒班，请核对编号，或从列表重新进入。")
    return ProgrammeHead(*found[0])


async def load_programme(number: str, *, as_of: date) -> ProgrammeFacts:
    """A programme as its rules see it, without what registers and the apprentices themselves say; raises ProgrammeNotFound."""
    head = await programme_head(number, None)
    content, filed_on = (await fetch_tuples("SELECT content::text, filed_on FROM programme WHERE id = $1", head.id))[0]
    plan = msgspec.json.decode(content, type=PlannedContent)
    months = await _months(head.id)
    people = await _apprentices(head.id, months)
    tutors = await fetch_tuples(
        "SELECT encode(person, 'hex'), level FROM programme_tutor WHERE programme = $1 AND kind = 'mentor' ORDER BY place", head.id
    )
    day = head.approved_on or as_of
    return ProgrammeFacts(
        number=head.number,
        uscc=head.uscc,
        institution=head.institution,
        day=day,
        filed_on=filed_on or as_of,
        level=head.level,
        start=head.starts,
        months=head.months,
        cooperation_on=plan.cooperation_on,
        reason_recorded=bool(plan.reason),
        credit_system=plan.credit_system,
        student_status=plan.student_status,
        planned=plan.planned,
        taught=_taught(people),
        video_centihours=plan.video_centihours,
        apprentices=people,
        mentor_heads=await _mentor_heads([person for person, _level in tutors], head.id, day),
        high_skilled=tuple(person for person, level in tutors if level in HIGH_SKILLED),
        insurance_months=(),
        as_of=as_of,
    )


def _taught(people: Sequence[ApprenticeFacts]) -> Hours | None:
    """The hours of the class: those of whoever had the most, because one class is taught together; None before any was told."""
    told = [
        Hours(*(sum(getattr(month.hours, block) for month in each.months) for block in ("general", "basics", "practice", "online")))
        for each in people
        if each.months
    ]
    return max(told, key=lambda each: each.total, default=None)


async def _months(programme: int) -> dict[int, list[MonthDone]]:
    """The newest record of each month, by apprentice, in order."""
    found = await fetch_tuples(
        """SELECT apprentice, to_char(month, 'YYYY-MM'), general_centihours, basics_centihours, practice_centihours, online_centihours,
                  mentor_centihours, net_wage_fen FROM (
               SELECT m.*, row_number() OVER (PARTITION BY m.apprentice, m.month ORDER BY m.place DESC) AS age
               FROM apprentice a JOIN apprentice_month m ON m.apprentice = a.id WHERE a.programme = $1
           ) newest WHERE age = 1 ORDER BY apprentice, month""",
        programme,
    )
    months: dict[int, list[MonthDone]] = {}
    for apprentice, month, general, basics, practice, online, mentor, wage in found:
        months.setdefault(apprentice, []).append(MonthDone(month, Hours(general, basics, practice, online), mentor, wage))
    return months


async def _apprentices(programme: int, months: dict[int, list[MonthDone]]) -> tuple[ApprenticeFacts, ...]:
    found = await fetch_tuples(
        """SELECT a.id, a.place, encode(a.person, 'hex'), a.birth, a.joined_as, a.joined_on, a.contract_start, a.contract_end,
                  a.agreement_on, a.skilled_post, coalesce(encode(m.person, 'hex'), ''), coalesce(encode(t.person, 'hex'), ''),
                  a.outcome, a.obtained_level, a.left_on, a.left_cause, a.months_done
           FROM apprentice a LEFT JOIN programme_tutor m ON m.id = a.mentor LEFT JOIN programme_tutor t ON t.id = a.teacher
           WHERE a.programme = $1 ORDER BY a.place""",
        programme,
    )
    return tuple(_apprentice(row, tuple(months.get(row[0], ()))) for row in found)


def _apprentice(row: Sequence[Any], months: tuple[MonthDone, ...]) -> ApprenticeFacts:
    _key, place, person, birth, joined_as, joined_on, start, end, agreement, skilled, mentor, teacher, *rest = row
    outcome, obtained, left_on, cause, done = rest
    return ApprenticeFacts(
        row=place,
        person=person,
        birth=birth,
        joined_as=joined_as,
        joined_on=joined_on,
        contract_start=start,
        contract_end=end,
        agreement_on=agreement,
        skilled_post=skilled,
        mentor=mentor,
        teacher=teacher,
        outcome=PersonOutcome(outcome),
        obtained_level=obtained,
        left_on=left_on,
        excused=cause in EXCUSED,
        months_done=done,
        months=months,
    )


async def _mentor_heads(mentors: Sequence[str], programme: int, day: date) -> dict[str, int]:
    """How many apprentices each mentor has at most in this programme and in those that run beside it (APP-07).

    Counted on a day and, of those who were given to him later, on the day on which he got them: who had left by then counts no more.
    """
    found = await fetch_tuples(_MENTOR_HEADS, *([bytes.fromhex(each) for each in mentors], day, programme))
    return dict(found)


async def named_apprentices(number: str) -> list[NamedApprentice]:
    """The apprentices of a programme with name, number and phone in clear, for the roster of a claim."""
    found = await fetch_tuples(
        """SELECT a.place, a.name, a.sealed, a.sealed_phone FROM apprentice a JOIN programme p ON p.id = a.programme
           WHERE p.number = $1 ORDER BY a.place""",
        number,
    )
    keys = vault()
    return [
        NamedApprentice(
            place,
            name,
            keys.decrypt_text(sealed, place=APPRENTICE_PLACE),
            "" if phone is None else keys.decrypt_text(phone, place=PHONE_PLACE),
        )
        for place, name, sealed, phone in found
    ]


async def names_of(number: str) -> dict[int, str]:
    """The names of the apprentices of a programme, by row."""
    found = await fetch_tuples(
        "SELECT a.place, a.name FROM apprentice a JOIN programme p ON p.id = a.programme WHERE p.number = $1", number
    )
    return dict(found)


async def tutor_names(number: str) -> dict[int, tuple[str, str]]:
    """The names of mentor and teacher of each apprentice of a programme, by row."""
    found = await fetch_tuples(
        """SELECT a.place, coalesce(m.name, ''), coalesce(t.name, '') FROM apprentice a JOIN programme p ON p.id = a.programme
           LEFT JOIN programme_tutor m ON m.id = a.mentor LEFT JOIN programme_tutor t ON t.id = a.teacher WHERE p.number = $1""",
        number,
    )
    return {row: (mentor, teacher) for row, mentor, teacher in found}
