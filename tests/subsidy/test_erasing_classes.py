"""Erasure reaches rosters of filed classes: past the floor nothing names the person, before it nothing is touched; he sees his classes."""

from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest

from tests.accounts.test_personal_requests import trainee
from tests.catalog.classes import content, furnished, roster
from tests.catalog.test_filing import registrar, shown
from tests.web.test_pages import table
from training_admin.accounts.middleware import COOKIE
from training_admin.catalog.class_persons import ERASED_NAME, places_of_person
from training_admin.catalog.filing import NamedTrainee, named_roster, save_class, show_class
from training_admin.catalog.filing_intake import FilingIncomplete, exported, read_upload
from training_admin.database import counted_queries, fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import FixedClock
from training_admin.subsidy.erasing import PersonNotKept, WithinRetention, erase_person
from training_admin.subsidy.persons import erase_for_request, own_claims

pytestmark = pytest.mark.usefixtures("database")
# The class of these tests ends on 17 July 2026; ten years later its file may go.
LATER = datetime(2036, 7, 18, 2, tzinfo=UTC)


def people() -> list[NamedTrainee]:
    told = {"phone": "13900000000", "post": "焊工", "note": "夜班", "prior": "五级"}
    return [msgspec.structs.replace(each, **told, contract_start=datetime(2024, 1, 1, tzinfo=UTC).date()) for each in roster()]


async def drafted(clock: FixedClock) -> tuple[str, str]:
    """A class of two versions, and the key of its first person."""
    actor = await registrar(clock)
    filed = content(*await furnished(clock))
    number = await save_class(actor, filed, people(), clock=clock)
    await save_class(actor, filed, None, class_no=number, clock=clock)
    return number, (await shown(clock, number)).plan.trainees[0].person


async def told_of(person: str) -> list[tuple[object, ...]]:
    async with read_transaction():
        return await fetch_tuples(
            """SELECT name, post, note, prior, contract_start, contract_end, sealed_phone, target_group, enterprise
               FROM class_trainee WHERE person = $1 ORDER BY id""",
            bytes.fromhex(person),
        )


async def test_past_the_floor_every_version_forgets_the_person_and_nobody_else(clock: FixedClock) -> None:
    number, person = await drafted(clock)
    clock.move(LATER - clock.now())
    done = await erase_person(COMMAND_LINE, person, clock=clock)
    assert (done.lines, done.kept, done.class_rows, done.class_rows_kept, done.kept_until) == (0, 0, 2, 0, None)
    rows = await told_of(person)
    assert rows == [(ERASED_NAME, "", "", "", None, None, None, "E", people()[0].enterprise)] * 2
    actor = await registrar(clock)
    named = await named_roster(actor, number)
    assert (named[0].identity, named[0].phone) == ("", "")
    assert named[1:] == tuple(people()[1:])
    found = await show_class(actor, number, clock=clock)
    assert (found.masked[0], found.phones[0], found.sexes[0]) == ("", "", "")
    assert found.plan.trainees[0].person == person
    assert await exported(actor, number, clock=clock)
    with pytest.raises(PersonNotKept):
        await erase_person(COMMAND_LINE, person, clock=clock)
    async with read_transaction():
        told = (await fetch_tuples("SELECT detail FROM trail WHERE event = 'subsidy:person:erased'"))[0][0]
    assert msgspec.json.decode(told)["classes"] == [number]


async def test_before_the_floor_nothing_is_touched(clock: FixedClock) -> None:
    _number, person = await drafted(clock)
    clock.move(LATER - timedelta(days=1) - clock.now())
    before = await told_of(person)
    with pytest.raises(WithinRetention, match="2036年7月17日") as refused:
        await erase_person(COMMAND_LINE, person, clock=clock)
    assert refused.value.extra["until"] == "2036-07-17"
    assert await told_of(person) == before


async def test_a_younger_class_stays_and_is_said_to_stay(clock: FixedClock) -> None:
    number, person = await drafted(clock)
    async with write_transaction():
        await fetch_tuples("UPDATE class_version SET content = jsonb_set(content, '{sessions}', '[]') WHERE version = 1")
    clock.move(timedelta(days=2 * 365))
    actor = await registrar(clock)
    young = await save_class(
        actor, msgspec.structs.replace((await shown(clock, number)).versions[0].content, sessions=()), people(), clock=clock
    )
    clock.move(LATER - clock.now())
    async with write_transaction():
        words = await erase_for_request(COMMAND_LINE, person, clock=clock)
    # A class without lessons is over when it was entered.
    assert words == "已删除 2 条班级花名册中的个人信息，另有 1 条尚在保存期内，保存至 2038年5月31日"
    async with write_transaction():
        assert [(each.class_no, each.erased) for each in await places_of_person(bytes.fromhex(person))] == [
            (number, True),
            (number, True),
            (young, False),
        ]


async def test_the_queries_do_not_grow_with_the_versions(clock: FixedClock) -> None:
    number, person = await drafted(clock)
    actor = await registrar(clock)
    other = (await shown(clock, number)).plan.trainees[1].person
    clock.move(LATER - clock.now())
    with counted_queries() as few:
        await erase_person(COMMAND_LINE, person, clock=clock)
    filed = (await shown(clock, number)).versions[0].content
    for _ in range(5):
        await save_class(actor, filed, None, class_no=number, clock=clock)
    with counted_queries() as many:
        assert (await erase_person(COMMAND_LINE, other, clock=clock)).class_rows == 7
    assert len(many) == len(few)


async def test_the_person_sees_his_classes_and_nobody_elses(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number, _person = await drafted(clock)
    actor, token = await trainee(people()[0].identity, clock)
    found = (await own_claims(actor, clock=clock)).classes
    assert [(each.shown.class_no, each.shown.enterprise, each.state_words) for each in found] == [(number, people()[0].enterprise, "草稿")]
    visitor.cookies.set(COOKIE, token)
    page = (await visitor.get("/my-records")).text
    assert number in page
    assert "2026年7月6日至2026年7月17日" in page
    assert people()[1].name not in page
    assert table(await visitor.get("/my-classes.csv"))[1][:1] == [number]
    stranger, token = await trainee(roster(1, first=900)[0].identity, clock)
    assert (await own_claims(stranger, clock=clock)).classes == ()
    visitor.cookies.set(COOKIE, token)
    assert "没有培训班的名单中有您" in (await visitor.get("/my-records")).text


async def test_an_export_with_an_erased_row_is_told_where_it_cannot_be_read_back(clock: FixedClock) -> None:
    number, person = await drafted(clock)
    clock.move(LATER - clock.now())
    await erase_person(COMMAND_LINE, person, clock=clock)
    actor = await registrar(clock)
    with pytest.raises(FilingIncomplete) as refused:
        await read_upload(actor, await exported(actor, number, clock=clock), class_no=number, clock=clock)
    assert [each["cell"] for each in refused.value.extra["cells"] if each["sheet"] == "班级花名册"] == ["D4"]
