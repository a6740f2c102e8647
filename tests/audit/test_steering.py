"""Figures of a year against what was counted by hand, imports of other channels, targets and alarms."""

from datetime import date

import pytest

from tests.audit.steering_world import STREET, actor_of, csv_of, imported, small_year
from tests.catalog.classes import roster
from tests.people import ENTERPRISE_A
from tests.web.conftest import sample
from training_admin.audit.channels import ChannelRefused, ImportedBefore, list_imports
from training_admin.audit.steering import YearShown, show_year
from training_admin.audit.steering_facts import Colour, Counted, Indicator, Paid, Target
from training_admin.audit.targets import (
    AlarmDisposed,
    TargetRefused,
    dispose_alarm,
    enter_target,
    raise_alarms,
    show_alarms,
    show_targets,
)
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.database import counted_queries, fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import COMMAND_LINE, DEMO, NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.kit.dated import Standing
from training_admin.subsidy.claims import submit_claim
from training_admin.subsidy.deliveries import receive_registers

pytestmark = pytest.mark.usefixtures("database")


async def year(clock: FixedClock) -> YearShown:
    return await show_year(await actor_of("fenguan", clock), 2026, clock=clock)


def reached(shown: YearShown) -> dict[str, int | None]:
    return {each.figure.indicator.value: each.figure.done for each in shown.whole}


async def test_the_figures_of_a_small_year_are_those_counted_by_hand(clock: FixedClock) -> None:
    await small_year(clock, money=True)
    with counted_queries() as queries:
        shown = await year(clock)
    assert len(queries) < 30
    assert reached(shown) == {
        "trained": 7,
        "apprentices": 0,
        "pass_rate": 8333,
        "certificate_rate": 0,
        "paid_in_time": 5000,
        "average": 1200,
        "high_skilled": None,
        "still_employed": None,
        "firms": 1,
        "trainees_satisfied": None,
        "firms_satisfied": None,
        "execution": 3000,
        "top_talent": None,
    }
    assert shown.counted.whole == Counted(enrolled=6, passed=5, people=7, own=5, others=3, levelled=5, certified=0, high=0)
    assert shown.counted.whole.both == 1
    assert {month: shown.counted.of(month=month).people for month in (6, 7, 8)} == {6: 0, 7: 5, 8: 3}
    assert shown.counted.of(department="labour").people == 5
    assert shown.counted.of(department="union").people == 3
    assert shown.counted.streets == [STREET, "方松街道", ""]
    assert (shown.counted.of(street="方松街道").people, shown.counted.of(street=STREET).people) == (5, 3)
    assert shown.counted.of(department="union", street=STREET).people == 3
    assert shown.counted.paid() == Paid(6_000, 1, 2, 1)
    assert shown.counted.paid(month=9) == Paid(6_000, 1, 2, 1)
    assert shown.counted.paid(street="方松街道") == Paid(6_000, 1, 1, 1)
    assert shown.counted.paid(street="") == Paid(0, 0, 1, 0)
    assert shown.counted.paid(department="labour", street="方松街道") == Paid(6_000, 1, 1, 1)
    assert (shown.money.granted_fen, shown.money.committed_fen, shown.money.paid_fen) == (20_000, 4_000, 6_000)
    assert sum(paid for _month, _committed, paid in shown.spending) == shown.money.paid_fen
    assert sum(committed for _month, committed, _paid in shown.spending) == shown.money.committed_fen + shown.money.paid_fen
    assert shown.streams == [("职业技能类", 0, 10_000, 6_000), ("", 20_000, 0, 0)]


async def test_the_number_of_queries_does_not_grow_with_the_people(clock: FixedClock) -> None:
    await actor_of("fenguan", clock)
    with counted_queries() as few:
        await year(clock)
    await small_year(clock)
    with counted_queries() as many:
        await year(clock)
    assert len(many) == len(few)


async def test_an_ended_plan_says_so_until_a_target_is_entered(clock: FixedClock) -> None:
    row = (await year(clock)).row(Indicator.TRAINED)
    assert (row.target, row.plan_over) == (None, date(2025, 12, 31))
    leader = await actor_of("fenguan", clock)
    before = (await show_year(leader, 2025, clock=clock)).row(Indicator.TRAINED)
    assert before.target is not None
    assert (before.target.value, before.expected, before.colour) == (30_000, 30_000, Colour.RED)
    target = Target(Indicator.TRAINED, 365, "区政府工作要点", Standing.FOUND, "就业促进科")
    officer = await actor_of("zhengce", clock)
    await enter_target(officer, 2026, target, taken_back=False, why="年度任务分解", clock=clock)
    row = (await year(clock)).row(Indicator.TRAINED)
    assert row.target is not None
    assert (row.target.paper, row.expected, row.colour, row.plan_over) == ("区政府工作要点", 152, Colour.RED, None)
    await enter_target(officer, 2026, target, taken_back=True, why="重新分解", clock=clock)
    assert (await year(clock)).row(Indicator.TRAINED).target is None
    assert [each.taken_back for each in (await show_targets(leader, 2026)).entries] == [True, False]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"value": 0}, id="nothing"),
        pytest.param({"department": "army"}, id="unknown department"),
        pytest.param({"indicator": Indicator.EXECUTION, "street": STREET}, id="not counted by street"),
        pytest.param({"responsible": "张三 13812345678"}, id="a personal number"),
        pytest.param({"paper": ""}, id="no paper"),
        pytest.param({"account": "A999999"}, id="nobody"),
    ],
)
async def test_a_target_that_means_nothing_is_refused(clock: FixedClock, changes: dict[str, object]) -> None:
    given = {"indicator": Indicator.TRAINED, "value": 1, "paper": "文件", "standing": Standing.FOUND, "responsible": "科长", **changes}
    with pytest.raises(TargetRefused):
        await enter_target(await actor_of("zhengce", clock), 2026, Target(**given), taken_back=False, why="任务", clock=clock)  # type: ignore[arg-type]


async def test_an_alarm_is_raised_once_told_and_disposed_of_with_words(clock: FixedClock) -> None:
    leader, officer = await actor_of("fenguan", clock), await actor_of("zhengce", clock)
    assert leader.key
    target = Target(Indicator.TRAINED, 100, "要点", Standing.FOUND, "分管领导", leader.key, "union", STREET)
    await enter_target(officer, 2026, target, taken_back=False, why="任务", clock=clock)
    with pytest.raises(NotAllowed):
        await enter_target(await actor_of("chushen", clock), 2026, target, taken_back=False, why="任务", clock=clock)
    count = await raise_alarms(clock=clock)
    assert (count > 0, await raise_alarms(clock=clock)) == (True, 0)
    alarms = await show_alarms(leader, 2026)
    alarm = next(each for each in alarms if each.street == STREET)
    assert (alarm.colour, alarm.done, alarm.expected, alarm.responsible) == (Colour.RED, 0, 41, "分管领导")
    async with read_transaction():
        told = await fetch_tuples("SELECT title FROM message WHERE subject = $1", f"YJ{alarm.id}")
    assert told == [("指标红色预警：培训人数",)]
    await dispose_alarm(leader, alarm.id, "已约谈街道，下月补开两个班", clock=clock)
    with pytest.raises(AlarmDisposed):
        await dispose_alarm(leader, alarm.id, "再写一次", clock=clock)
    assert next(each for each in await show_alarms(leader, 2026) if each.id == alarm.id).disposal == "已约谈街道，下月补开两个班"


async def test_a_file_of_another_channel_is_refused_whole_and_never_twice(clock: FixedClock) -> None:
    number = roster(1)[0].identity
    wrong = csv_of([(number[:-1] + "0", date(2026, 8, 5), "合格"), (number, date(2025, 8, 5), "优秀")])
    with pytest.raises(ChannelRefused) as refused:
        await imported(clock, wrong)
    cells = [(each["cell"], each["code"]) for each in refused.value.extra["cells"]]
    assert cells == [("A2", "ID_CHECK"), ("B3", "DATE"), ("F3", "UNKNOWN_VALUE")]
    assert number[:12] not in str(refused.value.extra)
    right = csv_of([(number, date(2026, 8, 5), "合格"), (number, date(2026, 8, 9), "合格")])
    assert await imported(clock, right) == (2, 1)
    with pytest.raises(ImportedBefore):
        await imported(clock, right)
    async with read_transaction():
        kept = await fetch_tuples("SELECT t::text FROM channel_trained t")
    assert number not in str(kept)
    assert [each.rows for each in await list_imports(await actor_of("chushen", clock))] == [2]


async def test_people_of_claims_whose_classes_were_never_closed_here_count_once(clock: FixedClock) -> None:
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    await receive_registers(DEMO, sample("registers_A.json"), source="测试交付", clock=clock)
    receipt = await submit_claim(COMMAND_LINE, sample("claim_A.xlsx"), readable_only=True, clock=clock)
    async with read_transaction():
        rows = await fetch_tuples("SELECT person, exam_result FROM claim_line WHERE readable AND length(person) > 0")
    passed = {person for person, result in rows if result == "合格"}
    whole = (await year(clock)).counted.whole
    assert whole.people == whole.own == len(passed) > 50
    assert whole.enrolled <= len(rows)
    async with write_transaction():
        await fetch_tuples("UPDATE claim SET state = 'withdrawn' WHERE number = $1 RETURNING id", receipt.number)
    assert (await year(clock)).counted.whole == Counted()


async def test_apprentices_count_in_the_months_of_their_term(clock: FixedClock) -> None:
    programme = """INSERT INTO programme (number, uscc, enterprise_name, institution, institution_name, state, occupation, occupation_name,
            level, starts, months, content, enterer, entered_at, hands, approved_on, opinion, moved)
        VALUES ($1, $2, '甲', 'X', '乙', $3, '6-18-02-04', '焊工', '4', $4, 12, '{}', '某人', now(), '{}', $5, '', 0) RETURNING id"""
    apprentice = """INSERT INTO apprentice (programme, place, person, sealed, name, joined_as, post, prior_level, outcome, left_on,
            left_cause, obtained_level, certificate_no) VALUES ($1, $2, $3, 'x', '某', 'hired', '', '', $4, $5, '', '', '') RETURNING id"""
    async with write_transaction():
        ((running,),) = await fetch_tuples(programme, "XT1", ENTERPRISE_A, "approved", date(2026, 3, 1), date(2026, 2, 1))
        ((ended,),) = await fetch_tuples(programme, "XT2", ENTERPRISE_A, "approved", date(2024, 12, 1), date(2024, 11, 1))
        ((draft,),) = await fetch_tuples(programme, "XT3", ENTERPRISE_A, "draft", date(2026, 3, 1), None)
        rows = ((running, 1, b"a", None), (running, 2, b"b", date(2026, 4, 15)), (ended, 1, b"c", None), (draft, 1, b"d", None))
        for key, place, person, left in rows:
            await fetch_tuples(apprentice, key, place, person, "open" if left is None else "left", left)
    counted = (await year(clock)).counted
    assert counted.apprentices() == 2
    assert [counted.apprentices(month=month) for month in (2, 3, 4, 5)] == [0, 2, 2, 1]
    assert (counted.apprentices(department="labour"), counted.apprentices(department="union")) == (2, 0)
    assert (await year(clock)).row(Indicator.APPRENTICES).figure.done == 2
