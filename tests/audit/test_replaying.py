"""Replay over page and API: the same bytes for the decision's own instant, the rows that differ for another day."""

import json
from datetime import timedelta

import httpx
import msgspec

from tests.people import assign_all, enter
from tests.subsidy.conftest import sample
from tests.subsidy.test_determination import line, record
from training_admin.audit.record_changes import compared, line_changes, shares
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.subsidy.deliveries import receive_registers
from training_admin.subsidy.record import LineOutcome


async def test_an_auditor_replays_a_decision_and_any_later_day(
    visitor: httpx.AsyncClient, claims: dict[str, str], clock: FixedClock
) -> None:
    await assign_all(clock)
    number = claims["A"]
    clock.move(timedelta(hours=1))
    before = clock.today()
    clock.move(timedelta(days=2))
    registers = json.loads(sample("registers_A.json"))
    registers["enterprises"][0]["surcharge_paid"]["2025"] = "100000.00"
    await receive_registers(DEMO, json.dumps(registers).encode(), source="更正", clock=clock)
    await assign_all(clock)
    person = await enter(visitor, "shenji", clock)
    headers = {"authorization": visitor.headers["authorization"]} if "authorization" in visitor.headers else {}
    del person
    address = f"/claims/{number}/replay"
    assert "逐字节一致" in (await visitor.get(address)).text
    assert "逐字节一致" not in (await visitor.get(address, params={"on": before.isoformat()})).text
    later = await visitor.get(address, params={"on": clock.today().isoformat()})
    assert "71 行不同" in later.text
    assert "60,000.00" in later.text
    rows = (await visitor.get(f"{address}.csv", params={"on": clock.today().isoformat()})).text.splitlines()
    assert len(rows) == 72
    assert (await visitor.get(address, params={"on": "soon"})).status_code == 422
    assert (await visitor.get(address, params={"place": "x"})).status_code == 422
    assert (await visitor.get(address, params={"place": "7"})).status_code == 404
    assert (await visitor.get(address, params={"on": "2030-01-01"})).status_code == 422
    told = (await visitor.get(f"/api/v1{address}", headers=headers)).json()
    assert (told["equal"], told["stored_sha256"] == told["computed_sha256"], told["lines"]) == (True, True, [])
    told = (await visitor.get(f"/api/v1{address}", params={"on": clock.today().isoformat()}, headers=headers)).json()
    assert (told["equal"], told["computed_fen"], len(told["lines"])) == (False, 6_000_000, 71)


def test_differences_are_told_by_row_and_summed() -> None:
    one = record(line(10, LineOutcome.PAY), line(11, LineOutcome.PAY), line(12, LineOutcome.HOLD))
    other = msgspec.structs.replace(record(line(10, LineOutcome.REDUCE, fen=900), line(12, LineOutcome.HOLD)), classes=())
    changes = line_changes(one, other)
    assert [(each.row, each.before_fen, each.after_fen, each.after) for each in changes] == [(10, 1000, 900, "REDUCE"), (11, 1000, 0, "")]
    assert {(each.stream, each.month) for each in changes} == {("职业技能培训", "2026-06")}
    assert [each.before for each in line_changes(other, one)] == ["REDUCE", ""]
    assert line_changes(other, other) == line_changes(one, one) == ()
    same = compared(one, one, number="1", enterprise_name="甲")
    assert not same.change.differs
    assert [(each.name, each.before_fen, each.difference_fen) for each in shares([same], lambda _one, part: part[0])] == [
        ("职业技能培训", 2000, 0)
    ]
    different = compared(one, other, number="2", enterprise_name="乙")
    assert different.change.differs
    found = shares([same, different], lambda tally, _part: tally.change.enterprise_name)
    assert [(each.name, each.difference_fen) for each in found] == [("乙", -1100), ("甲", 0)]
