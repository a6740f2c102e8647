"""What programmes hold of one apprentice or tutor, and what an erasure leaves of it.

The key, birth, sex, outcome and level obtained, months with hours and wages stay: the money of the programme was decided on them.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from training_admin.apprenticeship.sealing import APPRENTICE_PLACE, TUTOR_PLACE
from training_admin.database import fetch_tuples
from training_admin.kit.vault import vault
from training_admin.kit.workdays import add_months

# What stands where a name or a reason stood.
ERASED_NAME = "（个人信息已删除）"


class ApprenticePlace(msgspec.Struct, frozen=True):
    """One row that names a person, and when his programme ends: the last day of its term, or the later day on which it was ended."""

    id: int
    number: str
    ends: date
    erased: bool


async def apprenticeships_of_person(person: bytes) -> list[ApprenticePlace]:
    """Every row of a person, locked until the transaction ends; one query."""
    found = await fetch_tuples(
        """SELECT a.id, p.number, p.starts, p.months, p.ended_on, a.name = $2 FROM apprentice a JOIN programme p ON p.id = a.programme
           WHERE a.person = $1 ORDER BY a.id FOR UPDATE OF a""",
        *(person, ERASED_NAME),
    )
    return [_place(*row) for row in found]


def _place(key: int, number: str, starts: date, months: int, ended_on: date | None, erased: bool) -> ApprenticePlace:
    return ApprenticePlace(key, number, max(add_months(starts, months) - timedelta(days=1), ended_on or starts), erased)


async def tutorships_of_person(person: bytes) -> list[ApprenticePlace]:
    """Every row that names a person as mentor or teacher, locked until the transaction ends; one query."""
    found = await fetch_tuples(
        """SELECT t.id, p.number, p.starts, p.months, p.ended_on, t.name = $2 FROM programme_tutor t JOIN programme p ON p.id = t.programme
           WHERE t.person = $1 ORDER BY t.id FOR UPDATE OF t""",
        *(person, ERASED_NAME),
    )
    return [_place(*row) for row in found]


async def erase_tutorships(rows: Sequence[int]) -> None:
    """Exchange name and number by the mark; key, level and allowance stay, on which the filing was decided."""
    keys = list(rows)
    sealed = [vault().encrypt_text("", place=TUTOR_PLACE) for _ in keys]
    await fetch_tuples(
        """UPDATE programme_tutor t SET sealed = d.sealed, name = $3, qualification = ''
           FROM unnest($1::bigint[], $2::bytea[]) d(id, sealed) WHERE t.id = d.id""",
        *(keys, sealed, ERASED_NAME),
    )


async def erase_apprenticeships(rows: Sequence[int]) -> None:
    """Exchange what names a person by the mark: the row itself, what he said, and the reasons of his changes; three queries."""
    keys = list(rows)
    sealed = [vault().encrypt_text("", place=APPRENTICE_PLACE) for _ in keys]
    await fetch_tuples(
        """UPDATE apprentice a SET sealed = d.sealed, sealed_phone = NULL, name = $3, post = '', prior_level = '', joined_on = NULL,
               contract_start = NULL, contract_end = NULL, agreement_on = NULL, certificate_no = '', certified_on = NULL
           FROM unnest($1::bigint[], $2::bytea[]) d(id, sealed) WHERE a.id = d.id""",
        *(keys, sealed, ERASED_NAME),
    )
    await fetch_tuples("UPDATE apprentice_voice SET sealed_words = NULL, answer = '' WHERE apprentice = ANY($1)", keys)
    await fetch_tuples(
        """UPDATE programme_change SET reason = $2, opinion = '', content = content - 'certificate_no' - 'certified_on'
           WHERE apprentice = ANY($1)""",
        *(keys, ERASED_NAME),
    )
