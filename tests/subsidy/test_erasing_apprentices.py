"""Erasure reaches programmes of apprentices: past the floor nothing names the person, money and replay stand, before it all does."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.fund.ledger_world import assert_sound
from tests.people import sign_in_as
from tests.subsidy.programme_world import END, NUMBER, filed, identity, key_of, trained
from tests.subsidy.test_apprentice_register import book_of, rows_of, settled_with_clawback
from training_admin.apprenticeship.own_store import own_programmes
from training_admin.apprenticeship.persons import ERASED_NAME
from training_admin.apprenticeship.sealing import TUTOR_PLACE, VOICE_PLACE
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import FixedClock
from training_admin.kit.vault import vault
from training_admin.subsidy import apprentice_register as register
from training_admin.subsidy.erasing import PersonNotKept, WithinRetention, erase_person
from training_admin.subsidy.persons import erase_for_request
from training_admin.subsidy.recomputing import replay_record

pytestmark = pytest.mark.usefixtures("database")
# The programme of these tests ends on 28 February 2026; ten years later its file may go.
LATER = datetime(2036, 2, 29, 2, tzinfo=UTC)


async def told_of(place: int) -> tuple[object, ...]:
    async with read_transaction():
        return (
            await fetch_tuples(
                """SELECT name, post, prior_level, joined_on, contract_start, contract_end, agreement_on, certificate_no, certified_on,
                          sealed_phone FROM apprentice WHERE place = $1""",
                place,
            )
        )[0]


async def spoken(person: bytes) -> None:
    """A complaint of the person, and a change that concerns him."""
    words = vault().encrypt_text("师傅没有带教", place=VOICE_PLACE)
    async with write_transaction():
        (key,) = (await fetch_tuples("SELECT id FROM apprentice WHERE person = $1", person))[0]
        await fetch_tuples(
            """INSERT INTO apprentice_voice (apprentice, kind, sealed_words, said_at, answered_by, answered_at, answer)
               VALUES ($1, 'complaint', $2, now(), '初审员', now(), '已与本人核实')""",
            *(key, words),
        )
        await fetch_tuples(
            """INSERT INTO programme_change (programme, apprentice, kind, content, happened_on, reason, asker, hands, asked_at, opinion)
               SELECT programme, id, 'results', '{"outcome": "certified", "certificate_no": "S1"}', $2, '本人成绩', '经办人甲', '{}', now(),
                      ''
               FROM apprentice WHERE id = $1""",
            *(key, END),
        )


async def test_past_the_floor_a_programme_forgets_the_person_and_its_money_stands(clock: FixedClock) -> None:
    await settled_with_clawback(clock)
    person = key_of(identity(1))
    await spoken(person)
    before = rows_of(await book_of(COMMAND_LINE, clock), register.REGISTER, 10)
    async with read_transaction():
        assert len(await own_programmes(person.hex())) == 1
    clock.move(LATER - clock.now())
    done = await erase_person(COMMAND_LINE, person.hex(), clock=clock)
    assert (done.apprentice_rows, done.apprentice_rows_kept, done.lines, done.kept, done.kept_until) == (1, 0, 2, 0, None)
    assert await told_of(1) == (ERASED_NAME, "", "", *(None,) * 4, "", None, None)
    assert (await told_of(2))[0] == "学徒2"
    async with read_transaction():
        assert await own_programmes(person.hex()) == []
        assert await fetch_tuples("SELECT sealed_words, answer FROM apprentice_voice") == [(None, "")]
        told = await fetch_tuples("SELECT reason, content::text FROM programme_change")
        assert [tuple(row) for row in told] == [(ERASED_NAME, '{"outcome": "certified"}')]
        keys = await fetch_tuples("SELECT id FROM assessment ORDER BY id")
    assert all([(await replay_record(key)).equal for (key,) in keys])
    after = rows_of(await book_of(COMMAND_LINE, clock), register.REGISTER, 10)
    assert (after[0]["学徒"], after[0]["证件"]) == (ERASED_NAME, None)
    for word in ("预拨", "应得", "结算", "追回", "通用素质课时", "结果"):
        assert [row[word] for row in after] == [row[word] for row in before]
    await assert_sound()
    with pytest.raises(PersonNotKept):
        await erase_person(COMMAND_LINE, person.hex(), clock=clock)
    assert (await sign_in_as("chushen", clock)).actor is not None


async def test_before_the_floor_nothing_is_touched(clock: FixedClock) -> None:
    await filed(2, clock)
    await trained(clock)
    person = key_of(identity(1))
    before = await told_of(1)
    clock.move(LATER - timedelta(days=1) - clock.now())
    with pytest.raises(WithinRetention, match="2036年2月28日") as refused:
        await erase_person(COMMAND_LINE, person.hex(), clock=clock)
    assert refused.value.extra["until"] == "2036-02-28"
    assert await told_of(1) == before


async def test_a_programme_that_was_ended_later_is_kept_longer_and_said_so(clock: FixedClock) -> None:
    await filed(1, clock)
    await filed(1, clock, number="XT20260002", state="ended", ended_on=datetime(2026, 6, 1, tzinfo=UTC).date())
    person = key_of(identity(1))
    clock.move(LATER - clock.now())
    async with write_transaction():
        words = await erase_for_request(COMMAND_LINE, person.hex(), clock=clock)
    assert words == "已删除 1 条学徒台账中的个人信息，另有 1 条尚在保存期内，保存至 2036年6月1日"
    async with read_transaction():
        left = await fetch_tuples(
            "SELECT p.number FROM apprentice a JOIN programme p ON p.id = a.programme WHERE a.name <> $1", ERASED_NAME
        )
    assert [number for (number,) in left] == ["XT20260002"] != [NUMBER]


async def test_a_mentor_is_forgotten_as_well(clock: FixedClock) -> None:
    await filed(2, clock)
    async with read_transaction():
        ((person, name, level),) = await fetch_tuples("SELECT person, name, level FROM programme_tutor WHERE kind = 'mentor'")
    with pytest.raises(WithinRetention):
        await erase_person(COMMAND_LINE, person.hex(), clock=clock)
    clock.move(LATER - clock.now())
    async with write_transaction():
        words = await erase_for_request(COMMAND_LINE, person.hex(), clock=clock)
    assert words == "已删除 1 条导师登记中的个人信息"
    async with read_transaction():
        ((erased, sealed, kept),) = await fetch_tuples("SELECT name, sealed, level FROM programme_tutor WHERE person = $1", person)
        assert (await fetch_tuples("SELECT name FROM apprentice WHERE place = 1"))[0][0] == "学徒1"
    assert (erased, vault().decrypt_text(sealed, place=TUTOR_PLACE), kept) == (ERASED_NAME, "", level)
    assert name != ERASED_NAME
    with pytest.raises(PersonNotKept):
        await erase_person(COMMAND_LINE, person.hex(), clock=clock)
