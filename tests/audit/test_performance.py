"""Evaluation of fund, institutions and enterprises, the next budget, 应享未享 and workload against small data counted by hand."""

from datetime import timedelta

import msgspec
import pytest

from tests.audit.steering_world import actor_of, small_year
from tests.catalog.running import started
from tests.catalog.test_plans import written
from tests.people import ENTERPRISE_A
from tests.web.conftest import sample
from training_admin.audit import reaching
from training_admin.audit.performance import YearEvaluated, show_evaluation
from training_admin.audit.performance_papers import goals_declared, self_evaluation, workbook_of
from training_admin.catalog.plans import decide_plan, submit_plan
from training_admin.database import counted_queries, fetch_tuples, write_transaction
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.actor import DEMO, NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.subsidy.deliveries import receive_registers

pytestmark = pytest.mark.usefixtures("database")


async def evaluated(clock: FixedClock) -> YearEvaluated:
    return await show_evaluation(await actor_of("fenguan", clock), 2026, clock=clock)


async def test_the_evaluation_of_a_small_year_is_that_computed_by_hand(clock: FixedClock) -> None:
    await small_year(clock, money=True)
    await actor_of("fenguan", clock)
    with counted_queries() as queries:
        found = await evaluated(clock)
    assert len(queries) < 35
    scores = {line.asked.name: (line.points, line.score) for line in found.fund.lines}
    assert scores == {
        "预算执行率": (1000, 300),
        "培训人数": (834, 0),
        "学徒人数": (834, 0),
        "考核合格率": (833, 771),
        "取证率": (833, 0),
        "按期拨付率": (833, 438),
        "人均补贴": (833, 0),
        "高技能占比": (1000, 0),
        "半年后仍就业": (1000, 0),
        "受益企业": (1000, 1),
        "学员满意度": (500, 0),
        "企业满意度": (500, 0),
    }
    assert (found.fund.total, found.fund.grade) == (1510, "差")
    assert found.fund.unknown == 834 + 834 + 833 + 1000 + 1000 + 500 + 500
    (school,), (firm,) = found.institutions, found.enterprises
    assert (school.counted.code, firm.counted.code) == (INSTITUTION, ENTERPRISE_A)
    assert (school.counted.enrolled, school.counted.passed, school.counted.people, school.counted.levelled) == (6, 5, 5, 5)
    assert {line.asked.name: line.asked.done for line in firm.evaluation.lines}["考核合格率"] == 8333
    assert len(workbook_of(found)) > 5000
    assert "15.1 分" in self_evaluation(found).blocks[0].text


async def test_employment_half_a_year_later_counts_only_months_that_were_delivered(clock: FixedClock) -> None:
    await small_year(clock)
    async with write_transaction():
        people = await fetch_tuples("SELECT person FROM class_trainee ORDER BY place LIMIT 2")
        ((delivery,),) = await fetch_tuples(
            """INSERT INTO delivery (source, as_of, received_at, sha256, rows) VALUES ('社保', '2027-02-01', $1, $2, 2) RETURNING id""",
            *(clock.now(), "0" * 64),
        )
        await fetch_tuples("INSERT INTO covered (delivery, kind, period) VALUES ($1, 'insurance', '2027-01') RETURNING id", delivery)
        for (person,) in people:
            await fetch_tuples(
                "INSERT INTO insured_month (delivery, person, month, payer) VALUES ($1, $2, 202701, $3) RETURNING id",
                *(delivery, person, ENTERPRISE_A),
            )
    rest = (await evaluated(clock)).found.rest
    assert (rest.followed, rest.still_employed) == (5, 2)
    (school,) = (await evaluated(clock)).institutions
    assert (school.counted.followed, school.counted.employed) == (rest.followed, rest.still_employed)


async def test_the_next_budget_comes_from_plans_without_a_class(clock: FixedClock) -> None:
    plan = await written(clock)
    await submit_plan(await actor_of("jingban-a", clock), plan, clock=clock)
    assert (await evaluated(clock)).wanted == ()
    await decide_plan(await actor_of("chushen", clock), plan, approve=True, reason="", clock=clock)
    wanted = (await evaluated(clock)).wanted
    assert {each.source for each in wanted} == {"plans"}
    async with write_transaction():
        ((people, fen),) = await fetch_tuples("SELECT sum(people), sum(budget_fen) FROM training_plan_line")
    assert (sum(each.people for each in wanted), sum(each.fen for each in wanted)) == (people, fen)
    assert goals_declared(await evaluated(clock)).blocks[1].text.startswith("测算合计")


async def test_a_firm_that_paid_and_never_claimed_is_listed_with_its_ceiling(clock: FixedClock) -> None:
    for letter in "AB":
        await receive_registers(DEMO, sample(f"registers_{letter}.json"), source="测试交付", clock=clock)
    officer = await actor_of("chushen", clock)
    with pytest.raises(NotAllowed):
        await reaching.show_untouched(await actor_of("jingban-a", clock), 2026, clock=clock)
    (firm,) = await reaching.show_untouched(officer, 2026, skilled=False, clock=clock)
    assert (firm.firm.uscc, firm.firm.surcharge_fen, firm.firm.insured) == (ENTERPRISE_A, 30_000_000, 400)
    assert firm.left_fen == 18_000_000
    listed = await reaching.show_untouched(officer, 2026, clock=clock)
    assert [each.firm.uscc for each in listed] == ([ENTERPRISE_A] if firm.firm.skilled else [])
    assert await reaching.show_untouched(officer, 2025, skilled=False, clock=clock) == []


async def test_workload_is_counted_by_office_and_step(clock: FixedClock) -> None:
    await started(clock)
    clock.move(timedelta(days=1))
    found = await reaching.show_workload(await actor_of("chushen", clock), 2026)
    klass = next(each for each in found if each.kind == "class")
    assert msgspec.structs.astuple(klass)[1:] == ("class", "approved", 1, 1, 6, 0)
    assert klass.organisation == "样例区人力资源和社会保障局"
    assert await reaching.show_workload(await actor_of("chushen", clock), 2025) == []
