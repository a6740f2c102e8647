"""Erasure of a person (个人信息保护法 art. 47): his sealed content gives way to a mark where the retention floor has passed.

Amounts, records and replay do not change, because they only know the person's key. See docs/decisions/erasure.md for what stays.
"""

from datetime import date

import msgspec

from training_admin.apprenticeship import persons as apprentice_persons
from training_admin.catalog import class_persons
from training_admin.database import retried, write_transaction
from training_admin.kit.actor import Actor, assert_may
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import day as day_words
from training_admin.kit.workdays import add_months
from training_admin.office import trail
from training_admin.office.files import erase_file
from training_admin.office.parameters import REC_CLASS_FILE_YEARS
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy
from training_admin.subsidy import roster_store
from training_admin.subsidy.roster_store import PersonLine

MONTHS_A_YEAR = 12
KEY_SHOWN = 16


class PersonNotKept(NotFound):
    """No roster row belongs to this person, or all are erased already."""

    code = "person-not-kept"


class WithinRetention(Refusal):
    """Records of classes must still be kept; `until` is the last of the days that hold the first deletable row back."""

    code = "within-retention"
    title = "尚在保存期内"


class Erasure(msgspec.Struct, frozen=True):
    """What an erasure did: rows of claims erased, rows that must be kept, workbooks erased whole and workbooks that stay locked.

    `class_rows` are rows of filed rosters, `apprentice_rows` and `tutor_rows` those of programmes. `kept_until` is the last day that
    holds any row back.
    """

    lines: int
    kept: int
    kept_until: date | None
    files: int
    files_locked: int
    class_rows: int = 0
    class_rows_kept: int = 0
    apprentice_rows: int = 0
    apprentice_rows_kept: int = 0
    tutor_rows: int = 0
    tutor_rows_kept: int = 0


@retried
async def erase_person(actor: Actor, person_key: str, *, clock: Clock) -> Erasure:
    """Erase a person wherever the retention floor allows; raises NotAllowed, PersonNotKept, WithinRetention when it allows nothing."""
    async with write_transaction():
        return await erase_in_transaction(actor, person_key, clock=clock)


async def erase_in_transaction(actor: Actor, person_key: str, *, clock: Clock) -> Erasure:
    """The same inside the open transaction of a decision on a request."""
    assert_may(actor, Right.PERSONAL_REQUEST_DECIDE)
    policy, today = await load_policy(DEFAULT_PACK, known_at=clock.now()), clock.today()
    months = policy.at(REC_CLASS_FILE_YEARS, today) * MONTHS_A_YEAR
    lines = [line for line in await roster_store.lines_of_person(bytes.fromhex(person_key)) if not line.erased]
    places = [place for place in await class_persons.places_of_person(bytes.fromhex(person_key)) if not place.erased]
    terms = [term for term in await apprentice_persons.apprenticeships_of_person(bytes.fromhex(person_key)) if not term.erased]
    tutored = [term for term in await apprentice_persons.tutorships_of_person(bytes.fromhex(person_key)) if not term.erased]
    ends = [*(line.ends for line in lines), *(place.ends for place in places), *(term.ends for term in (*terms, *tutored))]
    if not ends:
        raise PersonNotKept("没有找到这个人的申报明细、班级花名册和学徒台账，或其个人信息已经删除。")
    free = [line for line in lines if _is_past(line.ends, months, today)]
    free_places = [place for place in places if _is_past(place.ends, months, today)]
    free_terms = [term for term in terms if _is_past(term.ends, months, today)]
    free_tutored = [term for term in tutored if _is_past(term.ends, months, today)]
    days = [add_months(each, months) for each in ends]
    kept_until = max((day for day in days if day >= today), default=None)
    if not any((free, free_places, free_terms, free_tutored)):
        first = min(days)
        kept = f"班期档案在结业后须保存 {months // MONTHS_A_YEAR} 年（暂定）"
        raise WithinRetention(f"{kept}，这个人的记录最早可在 {day_words(first)} 之后删除。到期后可再次申请。", until=first.isoformat())
    await roster_store.erase_lines([line.id for line in free])
    files = await _erase_files(free, months, today)
    claims = sorted({line.number for line in free})
    await class_persons.erase_places([place.id for place in free_places])
    await apprentice_persons.erase_apprenticeships([term.id for term in free_terms])
    await apprentice_persons.erase_tutorships([term.id for term in free_tutored])
    done = Erasure(
        *(len(free), len(lines) - len(free), kept_until, files, len(claims) - files),
        *(len(free_places), len(places) - len(free_places), len(free_terms), len(terms) - len(free_terms)),
        *(len(free_tutored), len(tutored) - len(free_tutored)),
    )
    subject = f"person-{person_key[:KEY_SHOWN]}"
    classes, programmes = sorted({place.class_no for place in free_places}), sorted({term.number for term in (*free_terms, *free_tutored)})
    detail = {**msgspec.to_builtins(done), "claims": claims, "classes": classes, "programmes": programmes}
    await trail.record(actor, "subsidy:person:erased", subject, detail, at=clock.now())
    return done


def _is_past(ends: date, months: int, today: date) -> bool:
    return today > add_months(ends, months)


async def _erase_files(lines: list[PersonLine], months: int, today: date) -> int:
    """Erase the workbooks of claims all of whose classes are past the floor; a file cannot lose a single row."""
    claims = {line.claim for line in lines if _is_past(line.file_ends, months, today)}
    for claim in sorted(claims):
        await erase_file(await roster_store.file_of_claim(claim))
    return len(claims)
