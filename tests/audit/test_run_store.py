"""Facts of classes as they were run and of claims as they were handled: loaded from what is stored, found by the checks."""

from datetime import date, datetime, timedelta

import pytest_asyncio

from tests.subsidy import running
from tests.subsidy.running import to
from tests.subsidy.test_dry_run import claimed
from training_admin.audit import doubt_store, store
from training_admin.audit.doubt_facts import HOLDING
from training_admin.audit.papers import load_surroundings, with_facts
from training_admin.audit.run_store import load_runs
from training_admin.audit.searching import search_period
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.database import counted_queries, fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.clock import SHANGHAI, FixedClock
from training_admin.settings import Settings

DAY = date(2026, 7, 7)
OTHER_NUMBER = "Y000031000000264000009"


@pytest_asyncio.fixture(autouse=True)
async def catalog(database: Settings, clock: FixedClock) -> None:
    """The sample catalog, published."""
    del database
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)


async def closed(clock: FixedClock) -> tuple[str, str]:
    """A class that was run, closed and claimed; its number and that of the claim."""
    await running.registers(clock)
    number = await running.approved(clock)
    to(clock, running.LAST_EVENING)
    await running.hold(number, clock, days=10)
    await running.examine(number, clock)
    await running.close(number, clock)
    record = await claimed(clock, (number, "10000.00"))
    return number, record.claim_number


async def found(case: str, clock: FixedClock) -> dict[str, str]:
    """The rules that raise a doubt, with their evidence."""
    await search_period(COMMAND_LINE, clock.today() - timedelta(days=30), clock.today(), clock=clock)
    async with read_transaction():
        return {
            each.rule: "；".join(f"{name}={value}" for name, value in each.evidence)
            for each in await doubt_store.of_claim(case)
            if each.gone_at is None
        }


async def test_a_class_as_it_should_be_holds_nothing(clock: FixedClock) -> None:
    number, case = await closed(clock)
    await found(case, clock)
    async with read_transaction():
        held = [each for each in await doubt_store.of_claim(case) if each.severity in HOLDING and each.class_no in ("", number)]
    assert [(each.rule, each.amount_fen) for each in held if each.amount_fen] == []


async def clashing(klass: int, other: int) -> None:
    """Another class takes the first trainee, the teacher and the room on two days; the teacher is put into the roster's intervals."""
    await fetch_tuples(
        """INSERT INTO class_interval (training_class, taken, key, day, starts, ends)
           SELECT $2, taken, CASE taken WHEN 'room' THEN key ELSE key END, day, starts, ends FROM class_interval i
           WHERE training_class = $1 AND day = $3 AND (taken IN ('teacher') OR key IN (
               SELECT min(key) FROM class_interval WHERE training_class = $1 AND taken = 'trainee')) RETURNING id""",
        *(klass, other, DAY),
    )
    await fetch_tuples(
        """INSERT INTO class_interval (training_class, taken, key, day, starts, ends)
           SELECT $2, taken, key, day + 1, starts, ends FROM class_interval WHERE training_class = $1 AND day = $3 AND taken = 'room'
           RETURNING id""",
        *(klass, other, DAY),
    )
    await fetch_tuples(
        """INSERT INTO class_interval (training_class, taken, key, day, starts, ends)
           SELECT training_class, 'trainee', key, day, 0, 1 FROM class_interval WHERE training_class = $1 AND day = $2
           AND taken = 'teacher' RETURNING id""",
        *(klass, DAY),
    )


async def happened(klass: int, other: int, number: str, later: datetime) -> None:
    """A session, a visit, results, signing in by one device, and online records that do not fit the class."""
    await fetch_tuples(
        """INSERT INTO class_session_held (training_class, day, starts, minutes, way, note, confirmer, confirmed_by, confirmed_at)
           VALUES ($1, $2, 1200, 90, 'page', '', 't', 't', $3) RETURNING id""",
        *(klass, DAY, later),
    )
    await fetch_tuples(
        """INSERT INTO class_visit (class_no, visited_on, starts, way, inspectors, expected, present, teacher_fits, plan_fits,
               textbooks, order_kept, safe, passed, words, teller, told_at)
           VALUES ($1, $2, 600, 'onsite', '{a,b}', 6, 6, false, true, true, true, true, false, '换人', 't', $3) RETURNING id""",
        *(number, DAY, later),
    )
    await fetch_tuples(
        """INSERT INTO class_result (training_class, person, theory, practice, outcome, certificate_no, certified_on, told_by, told_at)
           SELECT c, key, '', '', 'passed', $3, $4, 't', $5 FROM (SELECT DISTINCT key FROM class_interval
               WHERE training_class = $1 AND taken = 'trainee' ORDER BY key LIMIT 2) AS two, unnest(ARRAY[$1, $2]::bigint[]) AS c
           RETURNING id""",
        *(klass, other, OTHER_NUMBER, DAY, later),
    )
    await fetch_tuples(
        """INSERT INTO class_attendance (training_class, day, starts, person, mark, minutes, way, device, told_by, told_at)
           SELECT DISTINCT $1::bigint, day, starts, key, 'present', 100, 'code', 'device', 't', $3::timestamptz FROM class_interval
           WHERE training_class = $1 AND day = $2 AND taken = 'trainee' AND starts > 1 RETURNING id""",
        *(klass, DAY, later),
    )
    await fetch_tuples(
        """INSERT INTO class_online_record (training_class, platform, record_no, person, day, starts, began_at, minutes, real_name,
               tutored, tested, told_by, told_at)
           SELECT $1, (SELECT min(id) FROM resource), 'R' || n, (SELECT min(key) FROM class_interval WHERE training_class = $1
               AND taken = 'trainee' AND starts > 1), $2, 540, $3, 45, true, true, true, 't', $3 FROM generate_series(1, 2) AS n
           RETURNING id""",
        *(klass, DAY, later),
    )


async def test_what_was_stored_is_found(clock: FixedClock) -> None:
    number, case = await closed(clock)
    before = await found(case, clock)
    klass = await running.of_number(number)
    later = clock.now() + timedelta(hours=1)
    async with write_transaction():
        other = (
            await fetch_tuples(
                """INSERT INTO training_class (class_no, organisation, organisation_name, state, version, moved)
                   VALUES ('D1', 'X', 'X', 'approved', 1, 0) RETURNING id"""
            )
        )[0][0]
        await clashing(klass.id, other)
        await happened(klass.id, other, number, later)
    raised = await found(case, clock)
    assert set(raised) - set(before) == {
        *("AU-030", "AU-031", "AU-032", "AU-039", "AU-040", "AU-041", "AU-043", "AU-046", "AU-050", "AU-053", "AU-056"),
    }
    assert "另一班级=D1" in raised["AU-031"]
    async with read_transaction():
        rows = await fetch_tuples("SELECT count(*) FROM audit_doubt WHERE rule = 'AU-039'")
    assert rows == [(2,)]


async def test_signing_in_is_summed_by_session_and_the_first_time_counts(clock: FixedClock) -> None:
    number, _case = await closed(clock)
    klass = await running.of_number(number)
    nine = datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=SHANGHAI)
    told = [(1, "a", 10), (2, "a", 14), (3, "b", 21), (4, "", 21), (5, "", 30), (1, "c", 999)]
    async with write_transaction():
        for person, device, second in told:
            await fetch_tuples(
                """INSERT INTO class_attendance (training_class, day, starts, person, mark, minutes, way, device, told_by, told_at)
                   VALUES ($1, $2, 1100, $3, 'present', 100, 'code', $4, 't', $5) RETURNING id""",
                *(klass.id, DAY, bytes([person]), device, nine + timedelta(seconds=second)),
            )
        signed = [each for each in (await load_runs([number]))[number].signed if each.starts == 1100]
    assert [(each.day, each.people, each.together) for each in signed] == [(DAY, 5, (("01", "02"),))]
    seconds = [10, 14, 21, 21, 30]
    spread = len(seconds) * sum(each * each for each in seconds) - sum(seconds) ** 2
    assert signed[0].people * signed[0].squares - signed[0].seconds ** 2 == spread


async def test_facts_are_loaded_by_a_constant_number_of_queries(clock: FixedClock) -> None:
    _number, case = await closed(clock)
    async with read_transaction():
        heads = await store.heads_of([case])
    with counted_queries() as count:
        async with read_transaction():
            around = await load_surroundings(heads, clock.now())
            assert [facts.number async for _paper, facts in with_facts(heads, around)] == [case]
    assert len(count) <= 40
