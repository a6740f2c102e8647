"""Closed classes for tests: filed, approved, frozen with results; and the certificates of one."""

from datetime import date

import msgspec

from tests.catalog.classes import content, furnished
from tests.people import ENTERPRISE_A, sign_in_as
from training_admin.catalog.class_store import class_by_number
from training_admin.catalog.filing import NamedTrainee, decide_class, save_class, submit_class
from training_admin.catalog.run_facts import ClosedClass, ClosedTrainee, Outcome
from training_admin.catalog.run_store import add_closing
from training_admin.certificates.facts import Certificate, Content, Holder, Kind, State
from training_admin.certificates.issuing import issue_class
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.actor import COMMAND_LINE, Actor
from training_admin.kit.clock import FixedClock
from training_admin.kit.identifiers import mod_11_2

DOTTED = "阿依古丽·买买提"
RARE = "䶮㛃𬭊"
NAMES = ("张三", DOTTED, f"王{RARE}", "欧阳小明", "李四", "赵五")
FAILED = 5
"""The place of the one who has not passed."""


def identity(place: int) -> str:
    """A made-up identity number."""
    body = f"31010019900101{place:03d}"
    return body + mod_11_2(body)


def named(names: tuple[str, ...] = NAMES) -> list[NamedTrainee]:
    """A roster with these names."""
    return [NamedTrainee(name, identity(place), "E", ENTERPRISE_A) for place, name in enumerate(names)]


async def registrar(clock: FixedClock) -> Actor:
    """The sample institution's registrar."""
    return (await sign_in_as("jiaowu", clock)).actor


async def filed_class(clock: FixedClock, names: tuple[str, ...] = NAMES) -> str:
    """An approved class with these people."""
    actor = await registrar(clock)
    number = await save_class(actor, content(*await furnished(clock)), named(names), clock=clock)
    await submit_class(actor, number, clock=clock)
    await decide_class(COMMAND_LINE, number, version=1, approve=True, opinion="", clock=clock)
    return number


async def closed_class(clock: FixedClock, names: tuple[str, ...] = NAMES) -> str:
    """A class that is over; all but one have passed."""
    number = await filed_class(clock, names)
    await close(number, clock)
    return number


async def close(number: str, clock: FixedClock) -> None:
    """Freeze a class as closing it would."""
    async with write_transaction():
        head = await class_by_number(number, None)
        persons = await fetch_tuples(
            "SELECT encode(t.person, 'hex') FROM class_trainee t JOIN class_version v ON v.id = t.class_version "
            "WHERE v.training_class = $1 AND v.version = $2 ORDER BY place",
            *(head.id, head.approved_version),
        )
        trainees = tuple(
            ClosedTrainee(person, 3000, Outcome.FAILED if place == FAILED else Outcome.PASSED, "")
            for place, (person,) in enumerate(persons)
        )
        closed = ClosedClass(
            class_no=number,
            version=head.approved_version or 0,
            enterprise=ENTERPRISE_A,
            institution=INSTITUTION,
            start=date(2026, 7, 6),
            end=date(2026, 7, 17),
            delivered_centihours=3000,
            online_centihours=0,
            enrolled=len(trainees),
            trainees=trainees,
        )
        await add_closing(head.id, closed, closer="教务员", by="test", at=clock.now())


async def issued(clock: FixedClock, names: tuple[str, ...] = NAMES) -> tuple[str, tuple[str, ...]]:
    """A closed class and the numbers of its certificates."""
    class_no = await closed_class(clock, names)
    return class_no, await issue_class(await registrar(clock), class_no, clock=clock)


async def person_key(number: str) -> bytes:
    """The key of a certificate's holder."""
    async with read_transaction():
        found: bytes = (await fetch_tuples("SELECT person FROM certificate WHERE number = $1", number))[0][0]
    return found


def certificate(clock: FixedClock, **changes: object) -> Certificate:
    """A certificate that is in no database."""
    whole = Certificate(
        number="310117202610001000017",
        kind=Kind.TRAINING,
        organisation=INSTITUTION,
        class_no="BJ202600001",
        person="00" * 32,
        content=Content(
            item="焊接操作", institution="松江样例职业技能培训学校", start=date(2026, 7, 6), end=date(2026, 7, 17), centihours=3000
        ),
        issued_on=date(2026, 9, 1),
        issuer="教务员",
        issued_at=clock.now(),
        state=State.VALID,
        why_ended="",
        ended_on=None,
        ender=None,
        replaced_by=None,
        copies=0,
    )
    return msgspec.structs.replace(whole, **changes)


def holder(name: str = "张三") -> Holder:
    """Somebody."""
    return Holder(name=name, id_type="居民身份证", identity=identity(1))
