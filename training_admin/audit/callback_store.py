"""Queries of call-backs: the roster that is drawn from, samples, calls, and who contradicted."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from training_admin.audit.lots import Lot
from training_admin.catalog.pooling import plain_number
from training_admin.database import fetch_tuples
from training_admin.kit.refusals import NotFound

_SAMPLE = """SELECT s.id, s.number, s.class_no, c.organisation, c.organisation_name, s.places::text, s.list_sha256, s.seed,
    s.maker, s.made_at
    FROM callback_sample s JOIN class_version v ON v.id = s.class_version JOIN training_class c ON c.id = v.training_class"""


class CallResult(StrEnum):
    """What came of a call."""

    AGREES = "agrees"
    MISSED = "missed"
    CONTRADICTS = "contradicts"


RESULT_WORDS = {CallResult.AGREES: "接通，与记录相符", CallResult.MISSED: "未接通", CallResult.CONTRADICTS: "接通，与记录不符"}


class SampleNotFound(NotFound):
    """There is no such sample, or nobody of this turn in it."""

    code = "callback-sample-not-found"


class Sample(msgspec.Struct, frozen=True):
    """A sample as stored; every place of the roster has one lot."""

    id: int
    number: str
    class_no: str
    organisation: str
    organisation_name: str
    places: tuple[Lot, ...]
    list_sha256: str
    seed: str
    maker: str
    made_at: datetime


class Called(msgspec.Struct, frozen=True):
    """One call."""

    result: CallResult
    words: str
    recording: str
    caller: str
    called_at: datetime


class Drawn(msgspec.Struct, frozen=True):
    """Somebody who was drawn, with his calls, oldest first; the phone is sealed."""

    id: int
    turn: int
    place: int
    name: str
    sealed_phone: bytes | None
    calls: tuple[Called, ...] = ()

    @property
    def result(self) -> CallResult | None:
        """What the newest call came to; None before the first."""
        return self.calls[-1].result if self.calls else None


async def roster_of(class_no: str) -> tuple[int, list[tuple[int, bytes]]] | None:
    """The approved version of a class and its roster: place and person, each person once; None for a class that is not approved."""
    found = await fetch_tuples(
        """SELECT v.id, t.place, t.person FROM training_class c
           JOIN class_version v ON v.training_class = c.id AND v.version = c.approved_version
           JOIN class_trainee t ON t.class_version = v.id WHERE c.class_no = $1 AND c.state <> 'withdrawn' ORDER BY t.place""",
        class_no,
    )
    once: dict[bytes, int] = {}
    for _version, place, person in found:
        once.setdefault(person, place)
    return (found[0][0], [(place, person) for person, place in once.items()]) if found else None


async def number_of(class_version: int) -> str | None:
    """The number of the sample of a version; None when there is none."""
    found = await fetch_tuples("SELECT number FROM callback_sample WHERE class_version = $1", class_version)
    return found[0][0] if found else None


async def add(new: Sample, class_version: int, drawn: Sequence[tuple[int, bytes]], *, by: str) -> None:
    """Keep a sample and who was drawn, in the order of the draw."""
    found = await fetch_tuples(
        """INSERT INTO callback_sample (number, class_version, class_no, places, list_sha256, seed, maker, made_by, made_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id""",
        *(new.number, class_version, new.class_no, msgspec.json.encode(new.places).decode(), new.list_sha256, new.seed),
        *(new.maker, by, new.made_at),
    )
    await fetch_tuples(
        """INSERT INTO callback_person (sample, turn, place, person)
           SELECT $1, n.turn, n.place, n.person FROM unnest($2::int[], $3::int[], $4::bytea[]) AS n (turn, place, person) RETURNING id""",
        *(found[0][0], list(range(1, len(drawn) + 1)), [place for place, _person in drawn], [person for _place, person in drawn]),
    )


async def samples(*, most: int) -> list[tuple[Sample, int, int, int]]:
    """Samples, newest first, with how many were drawn, were reached, and contradicted."""
    found = await fetch_tuples(
        f"""SELECT m.*, count(p.id)::int, count(*) FILTER (WHERE k.result IN ('agrees', 'contradicts'))::int,
                   count(*) FILTER (WHERE k.result = 'contradicts')::int
            FROM ({_SAMPLE}) m (id, number, class_no, organisation, organisation_name, places, list_sha256, seed, maker, made_at)
            JOIN callback_person p ON p.sample = m.id
            LEFT JOIN LATERAL (SELECT result FROM callback_call WHERE callback_person = p.id ORDER BY id DESC LIMIT 1) k ON true
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 ORDER BY m.id DESC LIMIT $1""",  # noqa: S608 - our own words
        most,
    )
    return [(_sample(row[:10]), row[10], row[11], row[12]) for row in found]


def _sample(row: Sequence[object]) -> Sample:
    key, number, class_no, code, name, places, *rest = row
    return Sample(key, number, class_no, code, name, msgspec.json.decode(str(places), type=tuple[Lot, ...]), *rest)  # type: ignore[arg-type] # columns as selected


async def by_number(number: str) -> Sample:
    """One sample; raises SampleNotFound."""
    found = await fetch_tuples(f"{_SAMPLE} WHERE s.number = $1", number)
    if not found:
        raise SampleNotFound("没有找到这次电话回访，请从列表重新进入。")
    return _sample(found[0])


async def drawn_of(sample: int) -> list[Drawn]:
    """Who was drawn, in the order of the draw, with the calls."""
    found = await fetch_tuples(
        """SELECT p.id, p.turn, p.place, t.name, t.sealed_phone FROM callback_person p JOIN callback_sample s ON s.id = p.sample
           JOIN class_trainee t ON t.class_version = s.class_version AND t.place = p.place WHERE p.sample = $1 ORDER BY p.turn""",
        sample,
    )
    calls: dict[int, list[Called]] = {}
    for person, result, *rest in await fetch_tuples(
        """SELECT k.callback_person, k.result, k.words, k.recording, k.caller, k.called_at FROM callback_call k
           JOIN callback_person p ON p.id = k.callback_person WHERE p.sample = $1 ORDER BY k.id""",
        sample,
    ):
        calls.setdefault(person, []).append(Called(CallResult(result), *rest))
    return [Drawn(key, turn, place, name, phone, tuple(calls.get(key, ()))) for key, turn, place, name, phone in found]


async def add_call(person: int, result: CallResult, *, words: str, recording: str, caller: str, by: str, at: datetime) -> None:
    """Keep a call."""
    await fetch_tuples(
        """INSERT INTO callback_call (callback_person, result, words, recording, caller, called_by, called_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id""",
        *(person, result.value, words, recording, caller, by, at),
    )


async def contradicted(class_nos: Sequence[str], known_at: datetime) -> frozenset[tuple[str, str]]:
    """Class number and person of everybody whose newest call by an instant contradicts the records; numbers are those of claims."""
    named: dict[str, list[str]] = {}
    for class_no in class_nos:
        named.setdefault(plain_number(class_no), []).append(class_no)
    found = await fetch_tuples(
        """SELECT class_no, encode(person, 'hex') FROM (
               SELECT DISTINCT ON (p.id) s.class_no, p.person, k.result FROM callback_sample s JOIN callback_person p ON p.sample = s.id
               JOIN callback_call k ON k.callback_person = p.id WHERE s.class_no = ANY($1) AND k.called_at <= $2
               ORDER BY p.id, k.id DESC) newest WHERE result = 'contradicts'""",
        *(list(named), known_at),
    )
    return frozenset((class_no, person) for plain, person in found for class_no in named[plain])


async def claims_of(class_no: str) -> list[str]:
    """The claims in which a class stands."""
    found = await fetch_tuples(
        """SELECT DISTINCT c.number FROM claim c JOIN claim_class k ON k.claim = c.id
           WHERE k.class_no = $1 OR k.class_no LIKE $1 || '-%' ORDER BY 1""",
        class_no,
    )
    return [row[0] for row in found]
