"""Queries that write and list programmes; loading one whole for rules and claims is `loading`."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.apprenticeship.plan_facts import MENTOR, TEACHER, Entrant, ProgrammeHeadDraft, ProgrammePlan, Tutor
from training_admin.apprenticeship.sealing import APPRENTICE_PLACE, PHONE_PLACE, TUTOR_PLACE
from training_admin.apprenticeship.states import ProgrammeState
from training_admin.database import copy_rows, fetch_tuples
from training_admin.kit.identifiers import IdReading, likely_id_type, read_identity
from training_admin.kit.vault import vault
from training_admin.parties.institution_store import PERSON_PLACE

_LISTED = """SELECT p.number, p.enterprise_name, p.institution_name, p.state, p.occupation_name, p.level, p.starts, p.months, p.decide_by,
    (SELECT count(*) FROM apprentice a WHERE a.programme = p.id)::int,
    (SELECT count(*) FROM apprentice a WHERE a.programme = p.id AND a.outcome = 'open')::int, p.id FROM programme p"""
_SIGNED = """SELECT content::text, enterer, entered_at, hands, enterprise_signer, enterprise_signed_at, institution_signer,
    institution_signed_at, signed_sha256, filed_on, decide_by, decider, decided_at, approved_on, ended_on, opinion
    FROM programme WHERE id = $1"""


class ListedProgramme(msgspec.Struct, frozen=True):
    """A programme in a list; `running` counts the apprentices of whom nothing final is known."""

    number: str
    enterprise_name: str
    institution_name: str
    state: ProgrammeState
    occupation_name: str
    level: str
    starts: date
    months: int
    decide_by: date | None
    people: int
    running: int
    id: int


class Filing(msgspec.Struct, frozen=True):
    """Everything of a programme's filing beside its head: plan, who entered and signed it, and how it was decided."""

    plan: ProgrammePlan
    enterer: str
    entered_at: datetime
    hands: frozenset[str]
    enterprise_signer: str | None
    enterprise_signed_at: datetime | None
    institution_signer: str | None
    institution_signed_at: datetime | None
    signed_sha256: str | None
    filed_on: date | None
    decide_by: date | None
    decider: str | None
    decided_at: datetime | None
    approved_on: date | None
    ended_on: date | None
    opinion: str

    @property
    def signed(self) -> bool:
        """Whether both sides have signed what stands there now."""
        return self.enterprise_signer is not None and self.institution_signer is not None


class ShownTutor(msgspec.Struct, frozen=True):
    """A mentor or teacher as pages show him; `heads` counts his apprentices here and `all_heads` in all programmes that run."""

    id: int
    kind: str
    name: str
    level: str
    qualification: str
    allowance_fen: int
    heads: int
    all_heads: int


class ShownApprentice(msgspec.Struct, frozen=True):
    """An apprentice as pages show him; the number is sealed and masked by whoever shows it."""

    id: int
    row: int
    name: str
    sealed: bytes
    joined_as: str
    joined_on: date | None
    contract_start: date | None
    contract_end: date | None
    agreement_on: date | None
    post: str
    skilled_post: bool | None
    mentor: str
    teacher: str
    outcome: str
    left_on: date | None
    obtained_level: str
    certificate_no: str
    months_told: int
    lowest_wage_fen: int | None
    centihours: tuple[int, int, int]


class Entered(msgspec.Struct, frozen=True):
    """Who draws up a programme for which enterprise, with which institution, and when."""

    uscc: str
    enterprise_name: str
    institution_name: str
    enterer: str
    hands: frozenset[str]
    at: datetime


async def add_programme(number: str, head: ProgrammeHeadDraft, plan: ProgrammePlan, by: Entered) -> int:
    """A new draft; returns its key."""
    found = await fetch_tuples(
        """INSERT INTO programme (number, uscc, enterprise_name, institution, institution_name, state, occupation, occupation_name, level,
               starts, months, content, enterer, entered_at, hands, opinion, moved)
           VALUES ($1, $2, $3, $4, $5, 'draft', $6, $7, $8, $9, $10, $11, $12, $13, $14, '', 0) RETURNING id""",
        *(number, by.uscc, by.enterprise_name, head.institution, by.institution_name, head.occupation, head.occupation_name),
        *(head.level, head.starts, head.months, msgspec.json.encode(plan).decode(), by.enterer, by.at, sorted(by.hands)),
    )
    key: int = found[0][0]
    return key


async def change_plan(key: int, head: ProgrammeHeadDraft, plan: ProgrammePlan, *, institution: str, hands: frozenset[str]) -> None:
    """Another plan for a programme that is not filed; signatures are taken off."""
    await fetch_tuples(
        """UPDATE programme SET institution = $2, institution_name = $3, occupation = $4, occupation_name = $5, level = $6, starts = $7,
               months = $8, content = $9, hands = $10, enterprise_signer = NULL, enterprise_signed_at = NULL, institution_signer = NULL,
               institution_signed_at = NULL, signed_sha256 = NULL WHERE id = $1 RETURNING id""",
        *(key, head.institution, institution, head.occupation, head.occupation_name, head.level, head.starts, head.months),
        *(msgspec.json.encode(plan).decode(), sorted(hands)),
    )


async def set_plan(key: int, plan: ProgrammePlan, *, months: int) -> None:
    """The plan of a running programme after a change that was approved."""
    await fetch_tuples(
        "UPDATE programme SET content = $2, months = $3 WHERE id = $1 RETURNING id", *(key, msgspec.json.encode(plan).decode(), months)
    )


async def move(key: int, moved: int, to: ProgrammeState, **columns: Any) -> bool:
    """Move a programme that nobody has moved since it was read; False otherwise. `columns` are set beside the state."""
    assert all(name.isidentifier() for name in columns), "columns are our own names"
    more = "".join(f", {name} = ${place}" for place, name in enumerate(columns, start=4))
    return bool(
        await fetch_tuples(
            f"UPDATE programme SET state = $3, moved = moved + 1{more} WHERE id = $1 AND moved = $2 RETURNING id",  # noqa: S608 - our own names
            *(key, moved, to.value, *columns.values()),
        )
    )


async def replace_people(key: int, tutors: Sequence[Tutor], people: Sequence[Entrant], *, today: date) -> None:
    """The people of a programme that is not filed, in place of those there were; signatures are taken off."""
    await fetch_tuples("DELETE FROM apprentice WHERE programme = $1 RETURNING id", key)
    await fetch_tuples("DELETE FROM programme_tutor WHERE programme = $1 RETURNING id", key)
    await fetch_tuples(
        """UPDATE programme SET enterprise_signer = NULL, enterprise_signed_at = NULL, institution_signer = NULL,
               institution_signed_at = NULL, signed_sha256 = NULL WHERE id = $1 RETURNING id""",
        key,
    )
    keys = vault()
    places = {MENTOR: 0, TEACHER: 0}
    rows = []
    for each in tutors:
        places[each.kind] += 1
        person, sealed = keys.keyed_hash(each.identity, place=PERSON_PLACE), keys.encrypt_text(each.identity, place=TUTOR_PLACE)
        rows.append((key, each.kind, places[each.kind], each.name, person, sealed, each.level, each.qualification, each.allowance_fen))
    columns = ("programme", "kind", "place", "name", "person", "sealed", "level", "qualification", "allowance_fen")
    await copy_rows("programme_tutor", columns, rows)
    found = await fetch_tuples("SELECT id, kind, name FROM programme_tutor WHERE programme = $1", key)
    tutor_of = {(kind, name): tutor for tutor, kind, name in found}
    await copy_rows(
        "apprentice",
        (
            *("programme", "place", "person", "sealed", "sealed_phone", "name", "birth", "sex", "joined_as", "joined_on", "contract_start"),
            *("contract_end", "agreement_on", "post", "skilled_post", "prior_level", "mentor", "teacher"),
        ),
        [_record(key, place, each, tutor_of, today) for place, each in enumerate(people, start=1)],
    )


def _record(key: int, place: int, each: Entrant, tutor_of: dict[tuple[str, str], int], today: date) -> tuple[Any, ...]:
    keys = vault()
    read = read_identity(likely_id_type(each.identity), each.identity, today)
    birth, sex = (read.birth, read.sex) if isinstance(read, IdReading) else (None, None)
    phone = keys.encrypt_text(each.phone, place=PHONE_PLACE) if each.phone else None
    return (
        *(key, place, keys.keyed_hash(each.identity, place=PERSON_PLACE), keys.encrypt_text(each.identity, place=APPRENTICE_PLACE), phone),
        *(each.name, birth, sex, each.joined_as, each.joined_on, each.contract_start, each.contract_end, each.agreement_on),
        *(each.post, each.skilled_post, each.prior_level, tutor_of.get((MENTOR, each.mentor)), tutor_of.get((TEACHER, each.teacher))),
    )


async def people_of(key: int) -> tuple[list[Tutor], list[Entrant]]:
    """The people of a programme with their numbers in clear, for the workbook of its own enterprise."""
    keys = vault()
    tutors = [
        Tutor(kind, name, keys.decrypt_text(sealed, place=TUTOR_PLACE), level, qualification, allowance)
        for kind, name, sealed, level, qualification, allowance in await fetch_tuples(
            "SELECT kind, name, sealed, level, qualification, allowance_fen FROM programme_tutor WHERE programme = $1 ORDER BY kind, place",
            key,
        )
    ]
    found = await fetch_tuples(
        """SELECT a.name, a.sealed, a.sealed_phone, a.joined_as, a.joined_on, a.contract_start, a.contract_end, a.agreement_on, a.post,
                  a.skilled_post, coalesce(m.name, ''), coalesce(t.name, ''), a.prior_level
           FROM apprentice a LEFT JOIN programme_tutor m ON m.id = a.mentor LEFT JOIN programme_tutor t ON t.id = a.teacher
           WHERE a.programme = $1 ORDER BY a.place""",
        key,
    )
    return tutors, [
        Entrant(
            name,
            keys.decrypt_text(sealed, place=APPRENTICE_PLACE),
            "" if phone is None else keys.decrypt_text(phone, place=PHONE_PLACE),
            *rest,
        )
        for name, sealed, phone, *rest in found
    ]


async def filing_of(key: int) -> Filing:
    """The filing of a programme."""
    content, enterer, entered_at, hands, *rest = (await fetch_tuples(_SIGNED, key))[0]
    return Filing(msgspec.json.decode(content, type=ProgrammePlan), enterer, entered_at, frozenset(hands), *rest)


async def list_programmes(codes: Sequence[str] | None, *, state: str, before: int | None, most: int) -> list[ListedProgramme]:
    """Programmes of a scope, newest first, only those in a state when one is given."""
    found = await fetch_tuples(
        f"""{_LISTED} WHERE ($1::text[] IS NULL OR p.uscc = ANY($1) OR p.institution = ANY($1)) AND ($2 = '' OR p.state = $2)
            AND ($3::bigint IS NULL OR p.id < $3) ORDER BY p.id DESC LIMIT $4""",
        *(codes, state, before, most),
    )
    return [_listed(row) for row in found]


def _listed(row: Sequence[Any]) -> ListedProgramme:
    number, enterprise, institution, state, *rest = row
    return ListedProgramme(number, enterprise, institution, ProgrammeState(state), *rest)


async def tutors_shown(key: int) -> list[ShownTutor]:
    """Mentors and teachers of a programme with the number of their apprentices (APP-07)."""
    found = await fetch_tuples(
        """SELECT t.id, t.kind, t.name, t.level, t.qualification, t.allowance_fen,
                  (SELECT count(*) FROM apprentice a WHERE (a.mentor = t.id OR a.teacher = t.id) AND a.left_on IS NULL)::int,
                  (SELECT count(*) FROM apprentice a JOIN programme_tutor o ON o.id = a.mentor JOIN programme p ON p.id = o.programme
                   WHERE o.person = t.person AND a.left_on IS NULL AND p.state IN ('submitted', 'approved'))::int
           FROM programme_tutor t WHERE t.programme = $1 ORDER BY t.kind, t.place""",
        key,
    )
    return [ShownTutor(*row) for row in found]


async def apprentices_shown(key: int) -> list[ShownApprentice]:
    """Apprentices of a programme with what was recorded of them, in order; one query."""
    found = await fetch_tuples(
        """SELECT a.id, a.place, a.name, a.sealed, a.joined_as, a.joined_on, a.contract_start, a.contract_end, a.agreement_on, a.post,
                  a.skilled_post, coalesce(m.name, ''), coalesce(t.name, ''), a.outcome, a.left_on, a.obtained_level, a.certificate_no,
                  coalesce(r.months, 0)::int, r.lowest, coalesce(r.general, 0)::int, coalesce(r.basics, 0)::int,
                  coalesce(r.practice, 0)::int
           FROM apprentice a LEFT JOIN programme_tutor m ON m.id = a.mentor LEFT JOIN programme_tutor t ON t.id = a.teacher
           LEFT JOIN (
               SELECT apprentice, count(*) AS months, min(net_wage_fen) AS lowest, sum(general_centihours) AS general,
                      sum(basics_centihours) AS basics, sum(practice_centihours) AS practice
               FROM (SELECT x.*, row_number() OVER (PARTITION BY x.apprentice, x.month ORDER BY x.place DESC) AS age
                     FROM apprentice_month x JOIN apprentice o ON o.id = x.apprentice WHERE o.programme = $1) newest
               WHERE age = 1 GROUP BY apprentice
           ) r ON r.apprentice = a.id
           WHERE a.programme = $1 ORDER BY a.place""",
        key,
    )
    return [_shown(*row) for row in found]


def _shown(*row: Any) -> ShownApprentice:
    *rest, general, basics, practice = row
    told: list[Any] = [*rest, (general, basics, practice)]
    return ShownApprentice(*told)


async def institutions() -> list[tuple[str, str]]:
    """Code and name of every approved training institution, by name."""
    found = await fetch_tuples("SELECT code, name FROM organisation WHERE kind = 'institution' AND state = 'approved' ORDER BY name")
    return [(code, name) for code, name in found]
