"""A pooled class from approval to claim: each firm sees its own part, drafts under its own number, and gets what its forecast said."""

import io
from datetime import timedelta

import httpx
import msgspec
import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from tests.catalog.test_pooled_classes import BOTH
from tests.catalog.test_visits import visit
from tests.people import ENTERPRISE_A, ENTERPRISE_B, enter, sign_in_as
from tests.subsidy import running
from tests.subsidy.running import to
from tests.subsidy.test_dry_run import claimed, expected, forecast, kept, said, verdicts
from tests.web.conftest import assert_problem, form_token
from tests.web.test_pages import table
from training_admin.catalog.class_changes import change_class
from training_admin.catalog.class_facts import NamedTrainee, Pool, Split
from training_admin.catalog.class_store import ClassNotFound
from training_admin.catalog.filing import decide_class
from training_admin.catalog.firm_classes import claimable_classes, claimable_for, pooled_numbers
from training_admin.catalog.forecast_store import FORECAST_CLASS, ApprovedClass
from training_admin.catalog.run_facts import Outcome
from training_admin.catalog.run_store import load_closed
from training_admin.catalog.visits import list_visits, record_visit, visited_classes
from training_admin.catalog.witness_facts import Moment
from training_admin.catalog.witness_store import denials_of
from training_admin.database import counted_queries, fetch_tuples, read_transaction, write_transaction
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import FixedClock
from training_admin.office.jobs import JobRun
from training_admin.subsidy import before_payment, review_store
from training_admin.subsidy.assessing import decoded_record
from training_admin.subsidy.claim_contradictions import load_filed
from training_admin.subsidy.claim_drafts import draft_claim, my_class, my_classes
from training_admin.subsidy.claims import precheck
from training_admin.subsidy.dry_run import FORECAST_ALL, forecast_every_class, make_forecast
from training_admin.subsidy.form import ClassRow

pytestmark = pytest.mark.usefixtures("catalog")
LOGINS = {ENTERPRISE_A: "jingban-a", ENTERPRISE_B: "jingban-b"}
# The first firm that the roster names is B.
PLACES = {ENTERPRISE_B: 1, ENTERPRISE_A: 2}
COSTS = {ENTERPRISE_B: "6666.67", ENTERPRISE_A: "3333.33"}


def named(firms: tuple[str, ...] = BOTH) -> list[NamedTrainee]:
    return [msgspec.structs.replace(each, enterprise=firm) for each, firm in zip(running.people(len(firms)), firms, strict=True)]


async def pooled(clock: FixedClock, pool: Pool = Pool(10, Split.PER_HEAD)) -> str:  # noqa: B008 - a frozen value
    """An approved pooled class of four people of B and two of A; the last of B has a contract that begins too late."""
    await running.registers(clock, firms=BOTH)
    return await running.approved(clock, named=named(), pool=pool)


async def finished(clock: FixedClock, *, pool: Pool = Pool(10, Split.PER_HEAD)) -> str:  # noqa: B008 - a frozen value
    """The same on its last evening: the first of B missed too much, the first of A failed."""
    number = await pooled(clock, pool)
    to(clock, running.LAST_EVENING)
    await running.hold(number, clock, days=10, missing={0: 3, 2: 1})
    await running.examine(number, clock, {1: Outcome.FAILED})
    return number


@pytest.mark.parametrize(
    ("pool", "costs"),
    [
        pytest.param(Pool(10, Split.PER_HEAD), COSTS, id="by heads"),
        pytest.param(
            Pool(10, Split.CONTRACT, {ENTERPRISE_B: 2500, ENTERPRISE_A: 7500}),
            {ENTERPRISE_B: "2500.00", ENTERPRISE_A: "7500.00"},
            id="by contract",
        ),
    ],
)
async def test_each_firm_s_forecast_is_what_its_own_claim_says(clock: FixedClock, pool: Pool, costs: dict[str, str]) -> None:
    number = await finished(clock, pool=pool)
    whole = await forecast(number, clock)
    assert [(each.enterprise, each.class_no) for each in whole.firms] == [(ENTERPRISE_B, f"{number}-1"), (ENTERPRISE_A, f"{number}-2")]
    assert len(whole.people) == 6
    await running.close(number, clock)
    for firm, place in PLACES.items():
        own = whole.of_firm(firm)
        record = await claimed(clock, (f"{number}-{place}", costs[firm]), login=LOGINS[firm])
        assert said(record) == expected(own)
        assert (record.classes[0].class_no, record.classes[0].enrolled) == (f"{number}-{place}", BOTH.count(firm))
        assert (record.classes[0].per_head_fen, record.classes[0].eligible_cost_fen) == (own.per_head_fen, own.budget_fen)
        # A firm's own people may be fewer than a class must have: it is told so, and its cost is divided by them alone.
        assert [(each.rule, each.effect) for each in record.classes[0].findings] == [("CLS-02", "WARN")]
    assert verdicts(whole.of_firm(ENTERPRISE_B)) == ["refused", "payable", "payable", "refused"]
    assert verdicts(whole.of_firm(ENTERPRISE_A)) == ["refused", "payable"]
    # The closed class, whose facts are kept under the plain number, says the same once more.
    assert expected(await forecast(number, clock)) == expected(whole)
    async with read_transaction():
        assert set(await load_closed([number, f"{number}-1"], clock.now())) == {number}


async def test_a_draft_holds_the_firm_s_own_people_under_its_own_number(clock: FixedClock) -> None:
    number = await finished(clock)
    await running.close(number, clock)
    for firm, place in PLACES.items():
        clerk = (await sign_in_as(LOGINS[firm], clock, stepped_up=True)).actor
        book = openpyxl.load_workbook(io.BytesIO(await draft_claim(clerk, [f"{number}-{place}"], way="download", clock=clock)))
        rows = [row for row in book["参训人员花名册"].iter_rows(min_row=4, values_only=True) if row[2]]
        assert {row[1] for row in rows} == {f"{number}-{place}"}
        assert [row[2] for row in rows] == [f"学员{at}" for at, each in enumerate(BOTH, start=1) if each == firm]
        assert book["培训班级"]["B4"].value == f"{number}-{place}"
        for foreign in (number, f"{number}-{3 - place}", f"{number}-3"):
            with pytest.raises(ClassNotFound):
                await draft_claim(clerk, [foreign], way="download", clock=clock)


async def test_contradictions_are_told_against_the_frozen_facts_and_own_people(clock: FixedClock) -> None:
    number = await finished(clock)
    await running.close(number, clock)
    clerk = (await sign_in_as("jingban-b", clock, stepped_up=True)).actor
    draft = await draft_claim(clerk, [f"{number}-1"], way="download", clock=clock)
    cost = (f"{number}-1", COSTS[ENTERPRISE_B])
    assert (await precheck(clerk, running.with_cost(draft, cost), clock=clock)).contradictions == ()
    foreign = running.people()[1]
    book = openpyxl.load_workbook(io.BytesIO(draft))
    head = {cell.value: get_column_letter(cell.column or 0) for cell in book["参训人员花名册"][3]}
    cells = {f"{head['出勤课时']}4": 80, f"{head['姓名']}7": foreign.name, f"{head['证件号码']}7": foreign.identity}
    altered = running.with_cost(draft, cost, **cells)
    found = (await precheck(clerk, altered, clock=clock)).contradictions
    assert [(each.class_no, each.field, each.claimed, each.registered) for each in found] == [
        (f"{number}-1", "第 4 行 出勤课时", "80", "56"),
        (f"{number}-1", "第 7 行 参训人员", "列入", "备案的花名册中没有此人"),
        (f"{number}-1", "参训人员", "缺 1 人", "备案有学员6"),
    ]
    with counted_queries() as queries:
        async with read_transaction():
            filed = await load_filed([ClassRow(4, f"{number}-1"), ClassRow(5, f"{number}-2")], ENTERPRISE_B, clock.now())
    assert len(queries) == 5
    assert set(filed.enrolled) == set(filed.closed) == {f"{number}-1"}


async def test_each_firm_sees_its_own_part_on_its_pages(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await finished(clock)
    await make_forecast((await sign_in_as("jiaowu", clock)).actor, number, for_enterprise=False, clock=clock)
    for firm, place in PLACES.items():
        await enter(visitor, LOGINS[firm], clock)
        own, foreign = f"{number}-{place}", f"{number}-{3 - place}"
        listed = await visitor.get("/claims/classes")
        assert f'href="/claims/classes/{own}"' in listed.text
        assert foreign not in listed.text
        rows = table(await visitor.get("/claims/classes.csv"))
        assert [(row[0], row[6]) for row in rows[1:]] == [(own, str(BOTH.count(firm)))]
        page = (await visitor.get(f"/claims/classes/{own}")).text
        assert "本单位分摊的班级预算" in page
        assert "只列本单位人员" in page
        people = table(await visitor.get(f"/claims/classes/{own}/forecast.csv"))
        assert [row[0] for row in people[1:]] == [f"学员{at}" for at, each in enumerate(BOTH, start=1) if each == firm]
        for at, each in enumerate(BOTH, start=1):
            assert (f">学员{at}<" in page) == (each == firm)
        for other in (foreign, number, f"{number}-7"):
            assert_problem(await visitor.get(f"/claims/classes/{other}"), 404, "class-not-found")
            token = await form_token(visitor, f"/claims/classes/{own}")
            assert_problem(await visitor.post(f"/claims/classes/{other}/forecast", data=token), 404, "class-not-found")
        asked = await visitor.post(f"/claims/classes/{own}/forecast", data=await form_token(visitor, f"/claims/classes/{own}"))
        assert asked.status_code == 303
    assert len((await kept(number)).people) == 6
    async with read_transaction():
        told = await fetch_tuples("SELECT subject FROM trail WHERE event = 'subsidy:forecast:made' ORDER BY number")
    assert [row[0] for row in told] == [number, f"{number}-1", f"{number}-2"]
    await enter(visitor, "jiaowu", clock)
    page = (await visitor.get(f"/classes/{number}")).text
    for words in ("各企业测算", f"{number}-1", f"{number}-2", "6,666.67", "3,333.33"):
        assert words in page
    assert len(table(await visitor.get(f"/classes/{number}/forecast.csv"))) == 7
    await enter(visitor, "chushen", clock)
    everything = (await visitor.get("/claims/classes")).text
    assert f"{number}-1" in everything
    assert f"{number}-2" in everything


async def test_each_firm_is_told_of_its_own_people_only(clock: FixedClock) -> None:
    number = await pooled(clock)
    await forecast(number, clock)
    to(clock, running.LAST_EVENING)
    await running.hold(number, clock, days=10, missing={1: 5})
    await forecast(number, clock)
    async with read_transaction():
        told = await fetch_tuples("SELECT recipient, link FROM message WHERE title = '有学员将不可补' ORDER BY id")
    assert [tuple(row) for row in told] == [
        (INSTITUTION, f"/classes/{number}#forecast"),
        (ENTERPRISE_B, f"/claims/classes/{number}-1"),
        (INSTITUTION, f"/classes/{number}#forecast"),
        (ENTERPRISE_A, f"/claims/classes/{number}-2"),
    ]


async def test_every_night_until_all_firms_have_claimed(clock: FixedClock) -> None:
    number = await finished(clock)
    await running.close(number, clock)

    async def staged() -> int:
        async with read_transaction():
            found = await fetch_tuples("SELECT payload FROM pgqueuer WHERE entrypoint = $1", FORECAST_CLASS)
        return sum(1 for (payload,) in found if not payload.endswith(b"/closed"))

    await claimed(clock, (f"{number}-1", COSTS[ENTERPRISE_B]), login="jingban-b")
    await forecast_every_class(JobRun(FORECAST_ALL, "2026-07-18", clock))
    assert await staged() == 1
    await claimed(clock, (f"{number}-2", COSTS[ENTERPRISE_A]))
    await forecast_every_class(JobRun(FORECAST_ALL, "2026-07-19", clock))
    assert await staged() == 1
    clerk = (await sign_in_as("jingban-b", clock)).actor
    assert [len(each.claims) for each in await my_classes(clerk)] == [1]


async def test_a_firm_that_an_approved_change_left_without_people_has_no_class(clock: FixedClock) -> None:
    number = await pooled(clock)
    actor, filed = (await sign_in_as("jiaowu", clock)).actor, (await running.of_number(number)).content
    await change_class(actor, number, filed, named((ENTERPRISE_A,) * 6), reason="企业退出", clock=clock)
    await decide_class(COMMAND_LINE, number, version=2, approve=True, opinion="", clock=clock)
    async with read_transaction():
        assert await claimable_for([ENTERPRISE_B], most=10) == []
        (stays,) = await claimable_classes([f"{number}-1", f"{number}-2"], enterprises=None)
        assert await pooled_numbers([number, "BJ209900001"]) == {number: frozenset({f"{number}-2"})}
    assert (stays.class_no, stays.plain_no, stays.people, stays.content.budget_fen) == (f"{number}-2", number, 6, 1_000_000)
    with pytest.raises(ClassNotFound):
        await my_class((await sign_in_as("jingban-b", clock)).actor, f"{number}-1")


async def answered(klass: ApprovedClass, clock: FixedClock) -> None:
    """The first of the roster denies, the last says nothing, everybody else confirms."""
    async with write_transaction():
        await fetch_tuples(
            """INSERT INTO class_witness (training_class, person, moment, token_hash, asked_at, answer_by, answer, answered_at, channel)
               SELECT $1, person, 'end', person, $3::timestamptz, $4, CASE place WHEN 1 THEN 'not_me' WHEN 6 THEN NULL ELSE 'me' END,
                      CASE place WHEN 6 THEN NULL ELSE $3::timestamptz END, 'link'
               FROM class_trainee WHERE class_version = $2 RETURNING id""",
            *(klass.id, klass.version_key, clock.now(), clock.today() + timedelta(days=15)),
        )


async def test_answers_are_found_under_the_firm_s_number(clock: FixedClock) -> None:
    number = await pooled(clock)
    klass = await running.of_number(number)
    await answered(klass, clock)
    async with read_transaction():
        found = await denials_of([f"{number}-1", "X"], clock.now())
        assert await denials_of([number], clock.now()) == {(number, person) for _class_no, person in found}
    assert {class_no for class_no, _person in found} == {f"{number}-1"}
    assert len(found) == 1
    # The firm is told how many of its own people confirmed.
    for firm, place in PLACES.items():
        _shown, _named, counts = await my_class((await sign_in_as(LOGINS[firm], clock)).actor, f"{number}-{place}")
        assert [each.confirmed + each.unconfirmed for each in counts if each.moment is Moment.END] == [BOTH.count(firm)]


async def test_visits_and_confirmations_of_the_class_count_for_the_payment_of_each_firm(clock: FixedClock) -> None:
    number = await finished(clock)
    await running.close(number, clock)
    await claimed(clock, (f"{number}-1", COSTS[ENTERPRISE_B]), login="jingban-b")
    numbers = [f"{number}-1", f"{number}-2"]
    await record_visit((await sign_in_as("dudao", clock)).actor, visit(class_no=numbers[1], visited_on=clock.today()), clock=clock)
    await answered(await running.of_number(number), clock)
    async with read_transaction():
        assert await visited_classes([*numbers, "BJ209900001-1"], clock=clock) == frozenset(numbers)
        ((case,),) = await fetch_tuples("SELECT number FROM claim")
        claim = await review_store.claim_by_number(case, None)
        record = await decoded_record(claim.id, None)
        assert record is not None
        held = await before_payment._unconfirmed([before_payment.Held(claim, record, (4, 5, 6, 7), {})], clock.today())
    assert held[case] == [f"CONF-01：班级 {number}-1 有 1 人否认参加培训", f"CONF-01：班级 {number}-1 有 1 人尚未确认参训"]
    for login in ("jingban-a", "jingban-b", "jiaowu"):
        (seen,) = await list_visits((await sign_in_as(login, clock)).actor, class_no=numbers[0], clock=clock)
        assert seen.visit.class_no == number
    assert await list_visits((await sign_in_as("jingban-a", clock)).actor, class_no="BJ209900001", clock=clock) == []
