"""Issuing, reprinting, replacing, revoking, checking and printing certificates over a real database."""

import asyncio
import io
from datetime import date, timedelta

import msgspec
import pikepdf
import pytest

from tests.catalog.running import held_all, passed_all, started
from tests.certificates.closed import (
    DOTTED,
    FAILED,
    NAMES,
    RARE,
    close,
    closed_class,
    filed_class,
    identity,
    issued,
    person_key,
    registrar,
)
from tests.people import sign_in_as
from training_admin.accounts.rates import TooOften
from training_admin.catalog.class_store import ClassNotFound
from training_admin.catalog.closing import close_class
from training_admin.certificates import ending, printing, reading, store
from training_admin.certificates.ending import CertificateEnded, CertificateRefused
from training_admin.certificates.facts import Kind, State
from training_admin.certificates.issuing import (
    ClassNotClosed,
    FontMissing,
    NobodyEntitled,
    class_certificates,
    issue_class,
)
from training_admin.certificates.numbers import Parts, number_of, parts_of
from training_admin.certificates.printing import PRINT_CERTIFICATES, NothingToPrint, NotPrintedYet, PrintedBefore, make_run
from training_admin.certificates.store import CertificateNotFound, NumbersUsedUp, RunNotFound, Sought
from training_admin.certificates.tags import check_address, is_tag, tag_of
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import WORKER, Actor, NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.office.jobs import JobRun, run_job
from training_admin.settings import Settings


async def officer(clock: FixedClock) -> Actor:
    return (await sign_in_as("chushen", clock)).actor


async def clerk(clock: FixedClock) -> Actor:
    """The clerk of another organisation."""
    return (await sign_in_as("jingban-a", clock)).actor


async def work(number: str, clock: FixedClock, settings: Settings) -> None:
    """What the worker does with a staged run."""
    await run_job(JobRun(PRINT_CERTIFICATES, number, clock), lambda run: make_run(run, settings=settings))


async def test_everybody_who_passed_gets_one_and_nobody_two(database: Settings, clock: FixedClock) -> None:
    class_no, numbers = await issued(clock)
    assert len(numbers) == len(NAMES) - 1
    assert [parts_of(each) for each in numbers] == [Parts(2026, Kind.TRAINING, 1, serial) for serial in range(1, len(NAMES))]
    with pytest.raises(NobodyEntitled):
        await issue_class(await registrar(clock), class_no, clock=clock)
    shown = await class_certificates(await officer(clock), class_no, clock=clock)
    assert [each.why for each in shown.candidates] == ["已颁发"] * FAILED + ["考核未合格，不颁发培训合格证书"]
    found = await reading.list_certificates(await registrar(clock), Sought(wanted=class_no))
    assert {each.name for each in found} == set(NAMES) - {NAMES[FAILED]}
    assert all(each.masked == identity(0)[:4] + "*" * 12 + each.masked[-2:] for each in found)


async def test_two_who_issue_at_once_issue_once(database: Settings, clock: FixedClock) -> None:
    class_no = await closed_class(clock)
    actor = await registrar(clock)
    outcomes = await asyncio.gather(*(issue_class(actor, class_no, clock=clock) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(each, tuple) for each in outcomes) == 1, outcomes
    assert sum(isinstance(each, NobodyEntitled) for each in outcomes) == 3, outcomes
    assert len(await reading.list_certificates(actor, Sought())) == len(NAMES) - 1


async def test_serials_go_on_in_the_next_class(database: Settings, clock: FixedClock) -> None:
    _class, first = await issued(clock)
    async with write_transaction():
        more = await store.numbers("91310117X110000370", Kind.TRAINING, 2026, 2)
        other = await store.numbers("91310117X11000017X", Kind.TRAINING, 2026, 1)
        year = await store.numbers("91310117X110000370", Kind.TRAINING, 2027, 1)
    assert parts_of(more[1]) == Parts(2026, Kind.TRAINING, 1, len(first) + 2)
    assert parts_of(other[0]) == Parts(2026, Kind.TRAINING, 2, 1)
    assert parts_of(year[0]) == Parts(2027, Kind.TRAINING, 1, 1)


async def test_numbers_that_are_used_up_are_refused(database: Settings, clock: FixedClock) -> None:
    await issued(clock)
    with pytest.raises(NumbersUsedUp):
        async with write_transaction():
            await store.numbers("91310117X110000370", Kind.TRAINING, 2026, 99_999)
    async with write_transaction():
        await fetch_tuples("UPDATE business_number SET last = 9999 WHERE kind = 'certificate-institution'")
    with pytest.raises(NumbersUsedUp):
        async with write_transaction():
            await store.numbers("another", Kind.TRAINING, 2026, 1)


async def test_before_the_class_is_closed_nobody_gets_one(database: Settings, clock: FixedClock) -> None:
    class_no = await filed_class(clock)
    with pytest.raises(ClassNotClosed):
        await issue_class(await registrar(clock), class_no, clock=clock)
    assert (await class_certificates(await registrar(clock), class_no, clock=clock)).closed is None
    await close(class_no, clock)
    with pytest.raises(ClassNotFound):
        await issue_class(await clerk(clock), class_no, clock=clock)
    with pytest.raises(NotAllowed):
        await issue_class(await officer(clock), class_no, clock=clock)


async def test_a_name_that_cannot_be_printed_is_refused_with_its_characters(database: Settings, clock: FixedClock) -> None:
    class_no = await closed_class(clock, (*NAMES[:4], "\U00020bb7野", "赵五"))
    with pytest.raises(FontMissing, match=r"“\U00020bb7野”中的“\U00020bb7”（U\+20BB7）"):
        await issue_class(await registrar(clock), class_no, clock=clock)
    shown = await class_certificates(await registrar(clock), class_no, clock=clock)
    assert [each.missing for each in shown.candidates][4] == ("\U00020bb7",)
    assert await reading.list_certificates(await registrar(clock), Sought()) == []


async def test_a_revoked_certificate_stays_and_is_not_issued_again(database: Settings, clock: FixedClock) -> None:
    class_no, numbers = await issued(clock)
    for words in ("", "证件 310100199001010011", "x" * 501):
        with pytest.raises(CertificateRefused):
            await ending.revoke(await officer(clock), numbers[0], reason=words, clock=clock)
    with pytest.raises(NotAllowed):
        await ending.revoke(await registrar(clock), numbers[0], reason="替考", clock=clock)
    await ending.revoke(await officer(clock), numbers[0], reason="查实 替考", clock=clock)
    shown, history = await reading.show_certificate(await registrar(clock), numbers[0])
    assert (shown.certificate.state, shown.certificate.why_ended, shown.certificate.ender) == (State.REVOKED, "查实 替考", "初审员")
    assert [(event, why) for _at, event, why in history] == [("certificates:certificate:revoked", "查实 替考")]
    with pytest.raises(NobodyEntitled):
        await issue_class(await registrar(clock), class_no, clock=clock)
    for act in (
        ending.revoke(await officer(clock), numbers[0], reason="再次", clock=clock),
        ending.reprint(await registrar(clock), numbers[0], reason="遗失", clock=clock),
        ending.replace(await registrar(clock), numbers[0], name="张四", reason="误", clock=clock),
        reading.taken_out(await registrar(clock), numbers[0], clock=clock),
    ):
        with pytest.raises(CertificateEnded):
            await act
    async with read_transaction():
        told = {row[0] for row in await fetch_tuples("SELECT recipient_kind FROM message WHERE subject = $1", numbers[0])}
    assert told == {"organisation", "person"}


async def test_a_reprint_keeps_the_number_and_is_counted(database: Settings, clock: FixedClock) -> None:
    _class, numbers = await issued(clock)
    actor = await registrar(clock)
    assert [await ending.reprint(actor, numbers[0], reason="遗失", clock=clock) for _ in range(2)] == [1, 2]
    found = await reading.taken_out(actor, numbers[0], clock=clock)
    assert (found[0].copies, found[0].state, found[1].name) == (2, State.VALID, "张三")
    assert [event for _at, event, _why in (await reading.show_certificate(actor, numbers[0]))[1]] == [
        *["certificates:certificate:reprinted"] * 2,
        "certificates:certificate:opened",
    ]
    with pytest.raises(CertificateNotFound):
        await ending.reprint(await clerk(clock), numbers[0], reason="遗失", clock=clock)
    async with write_transaction():
        await fetch_tuples("UPDATE certificate SET copies = 99 WHERE number = $1", numbers[0])
    with pytest.raises(CertificateRefused, match="99"):
        await ending.reprint(actor, numbers[0], reason="遗失", clock=clock)


async def test_a_replacement_has_a_new_number_and_the_old_one_leads_to_it(database: Settings, clock: FixedClock) -> None:
    class_no, numbers = await issued(clock)
    actor = await registrar(clock)
    for name in ("", "张三", "张\x07", "张" * 101):
        with pytest.raises(CertificateRefused):
            await ending.replace(actor, numbers[0], name=name, reason="姓名有误", clock=clock)
    with pytest.raises(FontMissing):
        await ending.replace(actor, numbers[0], name="\U00020bb7", reason="姓名有误", clock=clock)
    fresh = await ending.replace(actor, numbers[0], name=f"张 {RARE}", reason="姓名有误", clock=clock)
    old, _history = await reading.show_certificate(actor, numbers[0])
    new, _history = await reading.show_certificate(actor, fresh)
    assert (old.certificate.state, old.certificate.replaced_by, old.name) == (State.REPLACED, fresh, "张三")
    assert (new.certificate.state, new.name, new.certificate.person) == (State.VALID, f"张{RARE}", old.certificate.person)
    assert parts_of(fresh) == Parts(2026, Kind.TRAINING, 1, len(numbers) + 1)
    with pytest.raises(NobodyEntitled):
        await issue_class(actor, class_no, clock=clock)


async def test_what_a_qr_code_says_is_checked_before_anything_is_looked_up(database: Settings, clock: FixedClock) -> None:
    _class, numbers = await issued(clock)
    number = numbers[1]
    found = await reading.check_scanned(number, tag_of(number).lower())
    assert (found.name, found.certificate.number) == ("阿***·***", number)
    assert len(tag_of(number)) == 16
    wrong = ("A" if tag_of(number)[0] != "A" else "B") + tag_of(number)[1:]
    for no, tag in ((number, wrong), (number, ""), (number, "é"), (numbers[2], tag_of(number)), (number[:-1] + "X", tag_of(number))):
        with pytest.raises(CertificateRefused):
            await reading.check_scanned(no, tag)
    unknown = number_of(Parts(2026, Kind.TRAINING, 77, 1))
    with pytest.raises(CertificateNotFound):
        await reading.check_scanned(unknown, tag_of(unknown))
    address = check_address("https://x.example", number)
    assert address == f"https://x.example/certificates/check?no={number}&t={tag_of(number)}"
    assert is_tag(number, tag_of(number))


async def test_numbers_can_be_typed_but_not_tried_in_a_row(database: Settings, clock: FixedClock) -> None:
    _class, numbers = await issued(clock)
    typed = f"{numbers[0][:6]} {numbers[0][6:]}"
    assert (await reading.check_typed(typed, address="a", clock=clock)).certificate.number == numbers[0]
    for wrong in ("", "310117202610001000018", "1" * 300):
        with pytest.raises(CertificateRefused):
            await reading.check_typed(wrong, address="a", clock=clock)
    unknown = number_of(Parts(2026, Kind.TRAINING, 77, 1))
    for _ in range(reading.MOST_CHECKS - 1):
        with pytest.raises(CertificateNotFound):
            await reading.check_typed(unknown, address="a", clock=clock)
    with pytest.raises(TooOften):
        await reading.check_typed(numbers[0], address="a", clock=clock)
    assert (await reading.check_typed(numbers[0], address="b", clock=clock)).name == "张*"


async def test_one_certificate_as_file_and_picture(database: Settings, clock: FixedClock) -> None:
    _class, numbers = await issued(clock)
    found = await reading.taken_out(await registrar(clock), numbers[1], clock=clock)
    assert found[1].name == DOTTED
    pdf = await reading.file_of(found, database, picture=False)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.pages) == 1
    png = await reading.file_of(found, database, picture=True)
    assert png.startswith(b"\x89PNG")


async def test_ones_own_certificates_and_no_others(database: Settings, clock: FixedClock) -> None:
    _class, numbers = await issued(clock)
    person = (await person_key(numbers[0])).hex()
    trainee = msgspec.structs.replace(
        await clerk(clock),
        roles=frozenset({"trainee"}),
        person=person,
        key=f"person {person}",
    )
    assert [each.number for each in await reading.my_certificates(trainee)] == [numbers[0]]
    assert (await reading.my_certificate(trainee, numbers[0]))[1].name == "张三"
    with pytest.raises(CertificateNotFound):
        await reading.my_certificate(trainee, numbers[1])
    with pytest.raises(NotAllowed):
        await reading.my_certificates(await registrar(clock))
    await ending.revoke(await officer(clock), numbers[0], reason="替考", clock=clock)
    with pytest.raises(CertificateEnded):
        await reading.my_certificate(trainee, numbers[0])


async def test_a_print_run_is_made_by_the_worker(database: Settings, clock: FixedClock) -> None:
    class_no, numbers = await issued(clock)
    actor = await registrar(clock)
    number = await printing.ask_run(actor, Sought(wanted=class_no, year=2026), clock=clock)
    assert (await printing.show_run(actor, number)).state == "waiting"
    with pytest.raises(NotPrintedYet):
        await printing.run_file(actor, number, clock=clock)
    await ending.revoke(await officer(clock), numbers[0], reason="替考", clock=clock)
    await work(number, clock, database)
    run = await printing.show_run(actor, number)
    assert (run.state, run.total, run.done) == ("done", len(numbers), len(numbers) - 1)
    content = await printing.run_file(actor, number, clock=clock)
    assert len(content) == run.size
    with pikepdf.open(io.BytesIO(content)) as opened:
        assert len(opened.pages) == run.done
    await work(number, clock, database)
    assert (await printing.show_run(actor, number)).finished_at == run.finished_at, "done once"
    await ending.revoke(await officer(clock), numbers[1], reason="替考", clock=clock)
    with pytest.raises(PrintedBefore, match="有 1 张证书"):
        await printing.run_file(actor, number, clock=clock)
    assert [each.number for each in await printing.list_runs(actor)] == [number]
    assert (await printing.show_run(WORKER, number)).number == number
    with pytest.raises(RunNotFound):
        await printing.show_run(await clerk(clock), number)
    with pytest.raises(NotAllowed):
        await printing.run_file(await officer(clock), number, clock=clock)


async def test_a_run_of_nothing_is_refused_or_ends_as_failed(
    database: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class_no, numbers = await issued(clock, NAMES)
    actor = await registrar(clock)
    with pytest.raises(NothingToPrint):
        await printing.ask_run(actor, Sought(wanted="BJ202699999"), clock=clock)
    monkeypatch.setattr(printing, "MOST_PAGES", 2)
    with pytest.raises(NothingToPrint, match="超过 2 张"):
        await printing.ask_run(actor, Sought(wanted=class_no), clock=clock)
    number = await printing.ask_run(actor, Sought(wanted=numbers[0]), clock=clock)
    await ending.revoke(await officer(clock), numbers[0], reason="替考", clock=clock)
    await work(number, clock, database)
    assert (await printing.show_run(actor, number)).state == "failed"
    await work("DY202699999", clock, database)


async def test_a_class_that_was_really_run_and_closed(database: Settings, clock: FixedClock) -> None:
    class_no = await started(clock)
    actor = await registrar(clock)
    await held_all(clock, class_no, absent=1)
    await passed_all(clock, class_no, actor)
    with pytest.raises(ClassNotClosed):
        await issue_class(actor, class_no, clock=clock)
    await close_class(actor, class_no, clock=clock)
    clock.move(timedelta(seconds=1))
    numbers = await issue_class(actor, class_no, clock=clock)
    assert len(numbers) == 6
    content = (await reading.show_certificate(actor, numbers[0]))[0].certificate.content
    assert (content.start, content.end, content.centihours) == (date(2026, 7, 6), date(2026, 7, 17), 3000)
    assert content.institution == "松江样例职业技能培训学校"


async def test_a_run_whose_process_had_to_be_ended_is_told_as_failed(
    database: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class_no, _numbers = await issued(clock)
    actor = await registrar(clock)
    number = await printing.ask_run(actor, Sought(wanted=class_no), clock=clock)
    monkeypatch.setattr(printing, "LONGEST_SECONDS", 0.01)
    await work(number, clock, database)
    assert (await printing.show_run(actor, number)).state == "failed"
    async with read_transaction():
        told = await fetch_tuples("SELECT text FROM message WHERE subject = $1", number)
    assert "超时" in told[0][0]
