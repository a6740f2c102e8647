"""Queries of certificates and print runs, and the numbers they are given."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.certificates.facts import Certificate, Content, Holder, Kind, State
from training_admin.certificates.numbers import DIGITS_OF_KIND, LAST_INSTITUTION, LAST_SERIAL, Parts, number_of
from training_admin.database import copy_rows, fetch_tuples
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.vault import vault
from training_admin.office.numbers import next_number

# Where name and identity number of a certificate are sealed.
SEALED_PLACE = "certificate.sealed"
_COLUMNS = """number, kind, organisation, class_no, encode(person, 'hex'), content, issued_on, issuer, issued_at, state, why_ended,
              ended_on, ender, replaced_by, copies"""
_STORED = (
    *("number", "kind", "organisation", "class_no", "person", "sealed", "content", "issued_on", "issuer", "issued_at", "state"),
    "copies",
)
_SERIALS = """
INSERT INTO business_number AS given (kind, year, last) VALUES ($1, $2, $3)
ON CONFLICT (kind, year) DO UPDATE SET last = given.last + $3 RETURNING last
"""


class CertificateNotFound(NotFound):
    """There is no certificate of this number, or not for this actor."""

    code = "certificate-not-found"


class RunNotFound(NotFound):
    """There is no print run of this number, or not for this actor."""

    code = "certificate-run-not-found"


class NumbersUsedUp(Refusal):
    """The places of a number hold no more institutions or serials."""

    code = "certificate-numbers-used-up"
    title = "证书编号已用完"


class Sought(msgspec.Struct, frozen=True):
    """Which certificates: by a number or class number, state and year of issue; empty is all."""

    wanted: str = ""
    state: str = ""
    year: int | None = None


class Run(msgspec.Struct, frozen=True):
    """A print run as its page shows it."""

    number: str
    organisation: str
    title: str
    total: int
    done: int
    state: str
    asker: str
    asked_at: datetime
    finished_at: datetime | None
    size: int
    sha256: str | None


def _certificate(row: Sequence[Any]) -> Certificate:
    number, kind, organisation, class_no, person, content, issued_on, issuer, issued_at, state, *ended = row
    why_ended, ended_on, ender, replaced_by, copies = ended
    return Certificate(
        number=number,
        kind=Kind(kind),
        organisation=organisation,
        class_no=class_no,
        person=person,
        content=msgspec.json.decode(content, type=Content),
        issued_on=issued_on,
        issuer=issuer,
        issued_at=issued_at,
        state=State(state),
        why_ended=why_ended,
        ended_on=ended_on,
        ender=ender,
        replaced_by=replaced_by,
        copies=copies,
    )


def _opened(row: Sequence[Any]) -> tuple[Certificate, Holder]:
    """A certificate with its holder; the sealed part is the last column."""
    return _certificate(row[:-1]), msgspec.json.decode(vault().decrypt(row[-1], place=SEALED_PLACE), type=Holder)


async def numbers(organisation: str, kind: Kind, year: int, count: int) -> list[str]:
    """The next numbers of an institution, in the open transaction; raises NumbersUsedUp."""
    institution = await _institution(organisation)
    last = int((await fetch_tuples(_SERIALS, f"certificate-{DIGITS_OF_KIND[kind]}-{institution:04d}", year, count))[0][0])
    if last > LAST_SERIAL:
        raise NumbersUsedUp("这家单位本年度的证书编号已用完，请联系系统管理员。")
    return [number_of(Parts(year, kind, institution, serial)) for serial in range(last - count + 1, last + 1)]


async def _institution(organisation: str) -> int:
    """The four digits that stand for an organisation in its certificates' numbers; given with its first one."""
    await fetch_tuples("SELECT pg_advisory_xact_lock(hashtext('certificate institution'))::text")
    found = await fetch_tuples("SELECT substr(number, 12, 4) FROM certificate WHERE organisation = $1 LIMIT 1", organisation)
    if found:
        return int(found[0][0])
    given = await next_number("certificate-institution", 0)
    if given > LAST_INSTITUTION:
        raise NumbersUsedUp("证书编号中的机构代码已用完，请联系系统管理员。")
    return given


async def hold_class(class_no: str) -> None:
    """Let nobody else issue certificates of a class before the open transaction ends."""
    await fetch_tuples("SELECT pg_advisory_xact_lock(hashtext('certificates of ' || $1))::text", class_no)


async def add_certificates(issued: Iterable[tuple[Certificate, Holder]]) -> None:
    """New certificates, holders sealed."""
    seal = vault().encryption(place=SEALED_PLACE)
    rows = [
        (
            *(one.number, one.kind.value, one.organisation, one.class_no, bytes.fromhex(one.person), seal(msgspec.json.encode(holder))),
            *(msgspec.json.encode(one.content).decode(), one.issued_on, one.issuer, one.issued_at, one.state.value, one.copies),
        )
        for one, holder in issued
    ]
    await copy_rows("certificate", _STORED, rows)


async def states_of_class(class_no: str) -> dict[str, list[State]]:
    """The states of the certificates of a class, by person."""
    found: dict[str, list[State]] = {}
    for person, state in await fetch_tuples("SELECT encode(person, 'hex'), state FROM certificate WHERE class_no = $1", class_no):
        found.setdefault(person, []).append(State(state))
    return found


async def by_number(number: str, codes: Sequence[str] | None, *, lock: bool = False) -> tuple[Certificate, Holder]:
    """A certificate of a scope (None: of anybody) with its holder; raises CertificateNotFound."""
    held = "FOR UPDATE" if lock else ""
    found = await fetch_tuples(
        f"SELECT {_COLUMNS}, sealed FROM certificate WHERE number = $1 AND ($2::text[] IS NULL OR organisation = ANY($2)) {held}",  # noqa: S608 - our own words
        *(number, codes),
    )
    if not found:
        raise CertificateNotFound("没有找到这张证书，请从列表重新进入。")
    return _opened(found[0])


async def of_person(person: bytes) -> list[tuple[Certificate, Holder]]:
    """Every certificate of a person, newest first."""
    found = await fetch_tuples(
        f"SELECT {_COLUMNS}, sealed FROM certificate WHERE person = $1 ORDER BY issued_on DESC, id DESC",  # noqa: S608 - our own words
        person,
    )
    return [_opened(row) for row in found]


async def found(codes: Sequence[str] | None, sought: Sought, *, most: int) -> list[tuple[Certificate, Holder]]:
    """Certificates of a scope, newest first."""
    rows = await fetch_tuples(
        f"""SELECT {_COLUMNS}, sealed FROM certificate
            WHERE ($1::text[] IS NULL OR organisation = ANY($1)) AND ($2 = '' OR number = $2 OR class_no = $2) AND ($3 = '' OR state = $3)
              AND ($4::int IS NULL OR extract(year FROM issued_on) = $4)
            ORDER BY id DESC LIMIT $5""",  # noqa: S608 - our own words
        *(codes, sought.wanted, sought.state, sought.year, most),
    )
    return [_opened(row) for row in rows]


async def by_numbers(wanted: Sequence[str]) -> list[tuple[Certificate, Holder]]:
    """Valid certificates of a print run, by class and number."""
    rows = await fetch_tuples(
        f"SELECT {_COLUMNS}, sealed FROM certificate WHERE number = ANY($1) AND state = 'valid' ORDER BY class_no, number",  # noqa: S608 - our own words
        list(wanted),
    )
    return [_opened(row) for row in rows]


async def end_certificate(number: str, state: State, *, why: str, on: date, by: str, replaced_by: str | None = None) -> None:
    """A valid certificate counts no longer."""
    await fetch_tuples(
        """UPDATE certificate SET state = $2, why_ended = $3, ended_on = $4, ender = $5, replaced_by = $6
           WHERE number = $1 AND state = 'valid'""",
        *(number, state.value, why, on, by, replaced_by),
    )


async def count_copy(number: str) -> int:
    """One more reprint of a certificate; returns how many there are."""
    return int((await fetch_tuples("UPDATE certificate SET copies = copies + 1 WHERE number = $1 RETURNING copies", number))[0][0])


async def history_of(number: str) -> list[tuple[datetime, str, str]]:
    """What was done with a certificate since it was issued: when, which event, why."""
    rows = await fetch_tuples(
        """SELECT at, event, coalesce(detail::jsonb ->> 'reason', '') FROM trail
           WHERE subject = $1 AND event LIKE 'certificates:certificate:%' ORDER BY trail.number""",
        number,
    )
    return [(at, event, reason) for at, event, reason in rows]


async def add_run(number: str, *, organisation: str, title: str, wanted: Sequence[str], asker: str, at: datetime) -> None:
    """A print run that waits for the worker."""
    await fetch_tuples(
        """INSERT INTO certificate_print_run (number, organisation, title, wanted, total, done, state, asker, asked_at, size)
           VALUES ($1, $2, $3, $4, $5, 0, 'waiting', $6, $7, 0)""",
        *(number, organisation, title, msgspec.json.encode(list(wanted)).decode(), len(wanted), asker, at),
    )


_RUN = """r.number, r.organisation, r.title, r.total, r.done, r.state, r.asker, r.asked_at, r.finished_at, r.size, f.sha256
          FROM certificate_print_run r LEFT JOIN stored_file f ON f.id = r.file"""


async def run_by_number(number: str, codes: Sequence[str] | None) -> Run:
    """A print run of a scope; raises RunNotFound."""
    rows = await fetch_tuples(
        f"SELECT {_RUN} WHERE r.number = $1 AND ($2::text[] IS NULL OR r.organisation = ANY($2))",
        *(number, codes),
    )
    if not rows:
        raise RunNotFound("没有找到这次打印，请从列表重新进入。")
    return Run(*rows[0])


async def runs(codes: Sequence[str] | None, *, most: int) -> list[Run]:
    """Print runs of a scope, newest first."""
    rows = await fetch_tuples(
        f"SELECT {_RUN} WHERE ($1::text[] IS NULL OR r.organisation = ANY($1)) ORDER BY r.id DESC LIMIT $2",
        *(codes, most),
    )
    return [Run(*row) for row in rows]


async def wanted_of(number: str) -> list[str]:
    """The numbers of the certificates of a print run."""
    rows = await fetch_tuples("SELECT wanted FROM certificate_print_run WHERE number = $1", number)
    return msgspec.json.decode(rows[0][0], type=list[str])


async def move_run(number: str, *, state: str, done: int) -> None:
    """How far a print run is that has not ended."""
    await fetch_tuples("UPDATE certificate_print_run SET state = $2, done = least($3, total) WHERE number = $1", number, state, done)


async def finish_run(number: str, *, state: str, done: int, at: datetime, size: int = 0, file: int | None = None) -> None:
    """The end of a print run, with its file when it came to one."""
    await fetch_tuples(
        "UPDATE certificate_print_run SET state = $2, done = $3, finished_at = $4, size = $5, file = $6 WHERE number = $1",
        *(number, state, done, at, size, file),
    )
