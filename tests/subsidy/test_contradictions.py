"""A claim that contradicts what was filed is answered with both values; what decides stays what part 15 says."""

from datetime import date

import httpx
import msgspec
import pytest

from tests.people import ENTERPRISE_A, ENTERPRISE_B, enter, sign_in_as
from tests.subsidy import running
from tests.subsidy.running import to
from tests.web.test_pages import table
from training_admin.catalog.run_facts import ClosedClass, ClosedTrainee, Outcome
from training_admin.database import counted_queries, read_transaction
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import FixedClock
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim
from training_admin.subsidy.claim_contradictions import load_filed
from training_admin.subsidy.claim_drafts import draft_claim
from training_admin.subsidy.claims import claim_record, precheck, submit_claim
from training_admin.subsidy.contradictions import Filed, people_contradictions
from training_admin.subsidy.form import ClassRow
from training_admin.subsidy.gather import KeyedLine
from training_admin.subsidy.views import Contradiction

LINE = KeyedLine(4, True, "C1", "p", "E_EMPLOYEE", None, None, None, None, 800, "合格")
CLOSED = ClosedClass(
    class_no="C1",
    version=1,
    enterprise="F",
    institution=None,
    start=date(2026, 7, 6),
    end=date(2026, 7, 17),
    delivered_centihours=1000,
    online_centihours=0,
    enrolled=1,
    trainees=(ClosedTrainee("p", 800, "passed", ""),),
)
FILED = Filed({"C1": {"p": "甲"}}, {"C1": CLOSED})


def line(**changes: object) -> KeyedLine:
    return msgspec.structs.replace(LINE, **changes)


def test_what_agrees_or_is_not_known_or_cannot_be_read_is_no_contradiction() -> None:
    assert people_contradictions((LINE,), FILED) == ()
    assert people_contradictions((line(attended_centihours=1),), Filed({"C1": {"p": "甲"}}, {})) == ()
    assert people_contradictions((line(class_no="C2"), LINE), FILED) == ()
    assert people_contradictions((line(attended_centihours=1, readable=False),), FILED) == ()


def test_attendance_and_result_are_told_with_both_values() -> None:
    (attended, result) = people_contradictions((line(attended_centihours=950, exam_result="缺考"),), FILED)
    assert attended == Contradiction("C1", "第 4 行 出勤课时", "9.5", "8", "申报表")
    assert result == Contradiction("C1", "第 4 行 考核结果", "缺考", "合格", "申报表")
    untold = msgspec.structs.replace(CLOSED, trainees=(ClosedTrainee("p", 800, "", ""),))
    assert people_contradictions((LINE,), Filed(FILED.enrolled, {"C1": untold}))[0].registered == "没有登记"


def test_strangers_and_missing_people_are_told() -> None:
    enrolled = {"C1": {str(place): f"学员{place}" for place in range(7)}}
    (stranger, missing) = people_contradictions((LINE,), Filed(enrolled, {}))
    assert (stranger.field, stranger.registered) == ("第 4 行 参训人员", "备案的花名册中没有此人")
    assert (missing.claimed, missing.registered) == ("缺 7 人", "备案有学员0、学员1、学员2、学员3、学员4等 7 人")
    (one,) = people_contradictions((line(person="0"),), Filed({"C1": {"0": "甲", "1": "乙"}}, {}))
    assert one.registered == "备案有乙"
    assert people_contradictions((line(person=""),), Filed({"C1": {}}, {})) == ()


@pytest.mark.usefixtures("catalog")
async def test_a_draft_that_was_altered_is_answered_with_both_values_and_the_workbook_decides(
    visitor: httpx.AsyncClient, clock: FixedClock
) -> None:
    await running.registers(clock)
    number = await running.approved(clock)
    to(clock, running.LAST_EVENING)
    await running.hold(number, clock, days=10, missing={0: 3})
    await running.examine(number, clock, {1: Outcome.FAILED})
    await running.close(number, clock)
    clerk = (await sign_in_as("jingban-a", clock, stepped_up=True)).actor
    draft = await draft_claim(clerk, [number], way="download", clock=clock)
    assert (await precheck(clerk, draft, clock=clock)).contradictions == ()
    altered = running.with_cost(draft, (number, "10000.00"), J4=80, K5="合格", **dict.fromkeys([f"{letter}9" for letter in "ABCDEFGHJK"]))
    found = (await precheck(clerk, altered, clock=clock)).contradictions
    assert [(each.field, each.claimed, each.registered, each.decides) for each in found] == [
        ("第 4 行 出勤课时", "80", "56", "申报表"),
        ("第 5 行 考核结果", "合格", "不合格", "申报表"),
        ("参训人员", "缺 1 人", "备案有学员6", "申报表"),
    ]
    receipt = await submit_claim(clerk, altered, readable_only=True, clock=clock)
    await assess_claim(COMMAND_LINE, receipt.number, cause=FIRST_TIME, clock=clock)
    record = await claim_record(COMMAND_LINE, receipt.number, None)
    assert [each.outcome.value for each in record.lines] == ["PAY"] * 5
    await enter(visitor, "chushen", clock)
    page = (await visitor.get(f"/claims/{receipt.number}")).text
    assert "第 4 行 出勤课时" in page
    rows = table(await visitor.get(f"/claims/{receipt.number}/contradictions.csv"))
    assert rows[1] == [number, "第 4 行 出勤课时", "80", "56", "申报表"]
    assert len(rows) == 4


@pytest.mark.usefixtures("catalog")
async def test_filed_facts_are_loaded_in_a_constant_number_of_queries(clock: FixedClock) -> None:
    number = await running.approved(clock)
    with counted_queries() as queries:
        async with read_transaction():
            filed = await load_filed([ClassRow(4, number), ClassRow(5, "X")], ENTERPRISE_A, clock.now())
    assert len(queries) == 4
    async with read_transaction():
        other = await load_filed([ClassRow(4, number)], ENTERPRISE_B, clock.now())
    assert sorted(filed.enrolled[number].values()) == [f"学员{place}" for place in range(1, 7)]
    assert other == Filed({}, {})
