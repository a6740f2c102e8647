"""Claims from submission to record: stored once, assessed as expected, assessed again when registers arrive, replayed."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from tests.policy.deciding import record
from tests.subsidy.conftest import sample
from training_admin.database import counted_queries, read_transaction
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.clock import FixedClock
from training_admin.kit.dated import Standing
from training_admin.policy.adoption import NewFigure
from training_admin.subsidy import store
from training_admin.subsidy.assessing import assess_claim, load_claim_facts
from training_admin.subsidy.claims import (
    RowsClaimedLater,
    UnreadableRows,
    claim_detail,
    claim_record,
    list_claims,
    precheck,
    submit_claim,
)
from training_admin.subsidy.deliveries import receive_registers
from training_admin.subsidy.printed import printed
from training_admin.subsidy.recomputing import replay_record
from training_admin.subsidy.store import ClaimNotFound

pytestmark = pytest.mark.measured


def assert_as_expected(document: Any, letter: str) -> None:
    """The printed document against the expected file of a sample claim."""
    expected = json.loads(sample(f"expected_{letter}.json"))
    got = msgspec.json.decode(msgspec.json.encode(document))
    keys: tuple[str, ...] = ("row", "class_no", "outcome", "rules", "computed", "payable")
    assert [{key: line[key] for key in keys} for line in got["lines"]] == [{key: line[key] for key in keys} for line in expected["lines"]]
    keys = ("class_no", "per_head", "payable_people", "computed")
    assert [{key: each[key] for key in keys} for each in got["classes"]] == [
        {key: each[key] for key in keys} for each in expected["classes"]
    ]
    assert got["ceiling"] == expected["ceiling"]
    keys = ("sheet", "cell", "code")
    assert [{key: cell[key] for key in keys} for cell in got["cells"]] == expected["cells"]


async def submitted(letter: str, clock: FixedClock) -> str:
    """The number of a submitted and assessed sample claim."""
    receipt = await submit_claim(DEMO, sample(f"claim_{letter}.xlsx"), readable_only=True, clock=clock)
    await assess_claim(COMMAND_LINE, receipt.number, cause="首次核验", clock=clock)
    return receipt.number


@pytest.mark.usefixtures("district")
async def test_a_stored_claim_is_decided_as_expected(letter: str, clock: FixedClock) -> None:
    number = await submitted(letter, clock)
    detail = await claim_detail(DEMO, number)
    assert detail.record is not None
    problems = detail.problems[: len(detail.problems) - len(detail.record.cells)]
    assert_as_expected(printed(detail.record, problems), letter)


@pytest.mark.usefixtures("district")
async def test_a_precheck_says_the_same_and_stores_no_claim(letter: str, clock: FixedClock) -> None:
    checked = await precheck(DEMO, sample(f"claim_{letter}.xlsx"), clock=clock)
    assert checked.record is not None
    assert_as_expected(printed(checked.record, checked.problems), letter)
    assert await list_claims(DEMO, cursor=None, limit=10, state=None) == ([], None)


@pytest.mark.usefixtures("district")
async def test_the_same_workbook_is_one_claim(clock: FixedClock) -> None:
    first = await submit_claim(DEMO, sample("claim_A.xlsx"), readable_only=False, clock=clock)
    again = await submit_claim(DEMO, sample("claim_A.xlsx"), readable_only=False, clock=clock)
    assert again == first


@pytest.mark.usefixtures("district")
async def test_rows_that_were_left_out_are_not_lost_when_the_same_workbook_comes_for_them(clock: FixedClock) -> None:
    content = sample("claim_A.xlsx")
    left_out = frozenset({4, 5, 9})
    first = await submit_claim(DEMO, content, readable_only=False, left_out=left_out, clock=clock)
    assert await submit_claim(DEMO, content, readable_only=False, left_out=left_out, clock=clock) == first
    with pytest.raises(RowsClaimedLater, match="4-5、9 行没有提交"):
        await submit_claim(DEMO, content, readable_only=False, clock=clock)


@pytest.mark.usefixtures("district")
async def test_unreadable_rows_ask_for_a_choice(clock: FixedClock) -> None:
    with pytest.raises(UnreadableRows) as refused:
        await submit_claim(DEMO, sample("claim_B.xlsx"), readable_only=False, clock=clock)
    assert refused.value.extra == {"count": 3}


@pytest.mark.usefixtures("district")
async def test_a_record_replays_byte_for_byte_although_a_figure_became_known_later(letter: str, clock: FixedClock) -> None:
    number = await submitted(letter, clock)
    clock.move(timedelta(days=30))
    figure = NewFigure(
        key="att.person_min",
        value="0.99",
        start=date(2020, 1, 1),
        end=None,
        paper="后来的文件",
        standing=Standing.FOUND,
        local_standing=Standing.FOUND,
    )
    await record(figure, clock=clock)
    async with read_transaction():
        stored, *more = await store.every_record(0, 10)
    key = stored.key
    assert more == []
    replayed = await replay_record(key)
    assert replayed.equal
    assert replayed.claim_number == number
    before = await claim_record(DEMO, number, None)
    await assess_claim(COMMAND_LINE, number, cause="政策数值更正", clock=clock)
    after = await claim_record(DEMO, number, None)
    assert sum(line.outcome == "PAY" for line in after.lines) < sum(line.outcome == "PAY" for line in before.lines)
    assert (await replay_record(key)).equal


def without_month(document: dict[str, Any], month: str) -> bytes:
    """Registers in which a month has not been delivered."""
    document["coverage"]["insurance"].remove(month)
    document["insurance"] = [row for row in document["insurance"] if row["month"] != month]
    return json.dumps(document).encode()


@pytest.mark.usefixtures("catalog")
async def test_a_month_not_delivered_holds_the_line_and_is_decided_when_it_arrives(clock: FixedClock) -> None:
    registers = json.loads(sample("registers_A.json"))
    await receive_registers(DEMO, without_month(registers, "2026-04"), source="一月至三月", clock=clock)
    number = await submitted("A", clock)
    first = await claim_record(DEMO, number, None)
    assert {line.outcome.value for line in first.lines} == {"HOLD", "REJECT_LINE"}
    unknown = {finding.rule for line in first.lines for finding in line.findings if finding.answer == "unknown"}
    assert unknown == {"TR-01"}
    clock.move(timedelta(days=1))
    receipt = await receive_registers(DEMO, sample("registers_A.json"), source="补齐四月", clock=clock)
    assert receipt.claims == (number,)
    await assess_claim(COMMAND_LINE, number, cause="登记数据更新", clock=clock)
    detail = await claim_detail(DEMO, number)
    assert [head.place for head in detail.records] == [1, 2]
    assert detail.record is not None
    assert_as_expected(printed(detail.record, ()), "A")
    assert await claim_record(DEMO, number, 1) == first


@pytest.mark.usefixtures("district")
async def test_facts_are_loaded_in_a_constant_number_of_queries(clock: FixedClock) -> None:
    counts = []
    for letter in "AB":
        number = await submitted(letter, clock)
        async with read_transaction():
            claim_id, *_rest = await store.claim_summary(number)
        with counted_queries() as queries:
            async with read_transaction():
                await load_claim_facts(claim_id, known_at=clock.now())
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert 0 < counts[0] <= 12


@pytest.mark.usefixtures("district")
async def test_an_unknown_claim_is_not_found(clock: FixedClock) -> None:
    with pytest.raises(ClaimNotFound):
        await claim_detail(DEMO, "SJ2026999999")
    number = (await submit_claim(DEMO, sample("claim_A.xlsx"), readable_only=False, clock=clock)).number
    with pytest.raises(ClaimNotFound):
        await claim_record(DEMO, number, None)


@pytest.mark.usefixtures("district")
async def test_claims_are_listed_newest_first_by_pages(clock: FixedClock) -> None:
    numbers = [await submitted(letter, clock) for letter in "AB"]
    page, cursor = await list_claims(DEMO, cursor=None, limit=1, state=None)
    assert [claim.number for claim in page] == [numbers[1]]
    page, end = await list_claims(DEMO, cursor=cursor, limit=1, state="submitted")
    assert [claim.number for claim in page] == [numbers[0]]
    assert end is None


@pytest.fixture(autouse=True)
def _no_personal_numbers_in_output(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Nothing printed or logged while claims are handled names a person."""
    yield
    written = "".join(capfd.readouterr())
    assert "310100" not in written
