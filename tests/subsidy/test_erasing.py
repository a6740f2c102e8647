"""Erasure after ten years: the person is gone, amounts, records and replay stay byte for byte; before, it is refused."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from tests.people import sign_in_as
from tests.subsidy.conftest import sample
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import COMMAND_LINE, NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.office.files import FileErased, load_file
from training_admin.subsidy import claims
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim
from training_admin.subsidy.erasing import Erasure, PersonNotKept, WithinRetention, erase_person
from training_admin.subsidy.recomputing import replay_record
from training_admin.subsidy.roster_store import ERASED
from training_admin.subsidy.unmasking import PersonErased

pytestmark = pytest.mark.usefixtures("district")
LATER = datetime(2037, 1, 1, 2, tzinfo=UTC)


async def assessed(letter: str, clock: FixedClock) -> str:
    receipt = await claims.submit_claim(COMMAND_LINE, sample(f"claim_{letter}.xlsx"), readable_only=True, clock=clock)
    await assess_claim(COMMAND_LINE, receipt.number, cause=FIRST_TIME, clock=clock)
    return receipt.number


async def person_at(number: str, row: int) -> str:
    async with read_transaction():
        found = await fetch_tuples(
            "SELECT encode(l.person, 'hex') FROM claim_line l JOIN claim c ON c.id = l.claim WHERE c.number = $1 AND l.row = $2",
            number,
            row,
        )
    person: str = found[0][0]
    return person


async def stored() -> list[tuple[object, ...]]:
    """Everything of claims but the sealed parts."""
    async with read_transaction():
        return [
            *await fetch_tuples("SELECT sha256, content, computed_fen, payable_fen FROM assessment ORDER BY id"),
            *await fetch_tuples("SELECT claim, row, person, class_no, birth, sex, attended_centihours FROM claim_line ORDER BY id"),
            *await fetch_tuples("SELECT rule, scope, answer, effect, rows FROM finding ORDER BY id"),
        ]


async def test_after_the_floor_the_person_is_gone_and_nothing_else_changes(clock: FixedClock) -> None:
    number = await assessed("B", clock)
    before, person = await stored(), await person_at(number, 10)
    rows = sum(1 for row in before if bytes.fromhex(person) in tuple(row))
    clock.move(LATER - clock.now())
    done = await erase_person(COMMAND_LINE, person, clock=clock)
    assert done == Erasure(lines=rows, kept=0, kept_until=None, files=1, files_locked=0)
    assert await stored() == before
    detail = await claims.claim_detail(COMMAND_LINE, number)
    assert detail.people[10].name == ERASED.name
    assert detail.people[10].masked_number == ""
    assert detail.people[11].name != ERASED.name
    async with read_transaction():
        key = (await fetch_tuples("SELECT id FROM assessment"))[0][0]
        sha256 = (await fetch_tuples("SELECT sha256 FROM stored_file"))[0][0]
        with pytest.raises(FileErased):
            await load_file(sha256)
        event, subject, told = (await fetch_tuples("SELECT event, subject, detail FROM trail ORDER BY number DESC LIMIT 1"))[0]
    assert (await replay_record(key)).equal
    assert (event, subject) == ("subsidy:person:erased", f"person-{person[:16]}")
    assert msgspec.json.decode(told)["claims"] == [number]
    with pytest.raises(PersonNotKept):
        await erase_person(COMMAND_LINE, person, clock=clock)
    # The very same workbook handed in again is the same claim, and brings nothing back.
    again = await claims.submit_claim(COMMAND_LINE, sample("claim_B.xlsx"), readable_only=True, clock=clock)
    assert again.number == number
    assert (await claims.claim_detail(COMMAND_LINE, number)).people[10].name == ERASED.name


async def test_inside_the_floor_nothing_is_erased(clock: FixedClock) -> None:
    number = await assessed("B", clock)
    person = await person_at(number, 10)
    with pytest.raises(WithinRetention, match=r"须保存 10 年（暂定）.*之后删除") as refused:
        await erase_person(COMMAND_LINE, person, clock=clock)
    first = date.fromisoformat(refused.value.extra["until"])
    clock.move(datetime(first.year, first.month, first.day, 2, tzinfo=UTC) - clock.now())
    with pytest.raises(WithinRetention):
        await erase_person(COMMAND_LINE, person, clock=clock)
    assert (await claims.claim_detail(COMMAND_LINE, number)).people[10].name != ERASED.name
    clock.move(datetime(first.year, first.month, first.day + 1, 2, tzinfo=UTC) - clock.now())
    assert (await erase_person(COMMAND_LINE, person, clock=clock)).lines >= 1


async def test_a_workbook_with_a_younger_class_stays_locked_until_its_day(clock: FixedClock) -> None:
    number = await assessed("B", clock)
    person = await person_at(number, 10)
    async with write_transaction():  # another class of the claim ended long after this person's
        await fetch_tuples(
            "UPDATE filing_version SET \"end\" = '2030-01-01' WHERE class_no = "
            "(SELECT max(class_no) FROM claim_line WHERE class_no NOT IN (SELECT class_no FROM claim_line WHERE person = $1))",
            bytes.fromhex(person),
        )
    clock.move(LATER - clock.now())
    done = await erase_person(COMMAND_LINE, person, clock=clock)
    assert (done.files, done.files_locked) == (0, 1)
    async with read_transaction():
        assert await load_file((await fetch_tuples("SELECT sha256 FROM stored_file"))[0][0]) == sample("claim_B.xlsx")
    with pytest.raises(PersonErased):
        await claims.claim_marked(COMMAND_LINE, number, clock=clock)


async def test_of_a_person_with_a_younger_class_only_the_old_rows_go(clock: FixedClock) -> None:
    number = await assessed("B", clock)
    person = await person_at(number, 10)
    async with write_transaction():
        young = (await fetch_tuples("SELECT max(class_no) FROM claim_line WHERE person <> $1", bytes.fromhex(person)))[0][0]
        await fetch_tuples("UPDATE filing_version SET \"end\" = '2030-01-01' WHERE class_no = $1", young)
        await fetch_tuples(
            "UPDATE claim_line SET person = $1 WHERE id = (SELECT max(id) FROM claim_line WHERE class_no = $2)",
            bytes.fromhex(person),
            young,
        )
    clock.move(LATER - clock.now())
    done = await erase_person(COMMAND_LINE, person, clock=clock)
    assert (done.kept, done.kept_until) == (1, date(2040, 1, 1))
    assert done.lines >= 1


async def test_only_who_decides_such_requests_may_erase(clock: FixedClock) -> None:
    reviewer = (await sign_in_as("chushen", clock, stepped_up=True)).actor
    with pytest.raises(NotAllowed):
        await erase_person(reviewer, "00" * 32, clock=clock)
    with pytest.raises(PersonNotKept):
        await erase_person((await sign_in_as("anquan", clock)).actor, "00" * 32, clock=clock)
