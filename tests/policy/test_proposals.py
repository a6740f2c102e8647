"""Policy changes in two acts by two persons; what was proposed is what is carried out, and only once."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from tests.policy.deciding import APPROVER, OFFICER, adopt
from tests.policy.test_store import new_figure
from training_admin.catalog.parameters import ATT_PERSON_MIN
from training_admin.database import DatabaseFault, fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import COMMAND_LINE, Actor, ActorKind, NotAllowed, SamePersonTwice
from training_admin.kit.clock import FixedClock
from training_admin.kit.dated import Standing, Unit
from training_admin.kit.digest import canonical_json
from training_admin.kit.rights import Role
from training_admin.policy.adoption import CasesFail, FigureRefused
from training_admin.policy.figure_forms import value_from_text
from training_admin.policy.packs import DEFAULT_PACK, PackUnreadable, open_pack, shipped_packs
from training_admin.policy.proposal_store import ProposalNotFound, ProposalState
from training_admin.policy.proposals import (
    ProposalDecided,
    ProposalOutdated,
    ProposalRefused,
    decide_proposal,
    list_proposals,
    propose_figure,
    propose_pack,
    show_proposal,
)
from training_admin.policy.store import PackNotAdopted, load_policy
from training_admin.wiring import EXAMINER

pytestmark = [pytest.mark.usefixtures("database"), pytest.mark.measured]
LULIANG = canonical_json(open_pack("luliang-2021").file)


async def proposed(clock: FixedClock, actor: Actor = OFFICER) -> str:
    return await propose_pack(actor, LULIANG, why="新区县", examiner=EXAMINER, clock=clock)


async def decided(actor: Actor, number: str, clock: FixedClock, *, approve: bool = True, reason: str = "") -> None:
    await decide_proposal(actor, number, approve=approve, reason=reason, examiner=EXAMINER, clock=clock)


async def trail_events() -> list[Any]:
    async with read_transaction():
        return await fetch_tuples("SELECT actor, event, subject FROM trail ORDER BY number")


async def test_a_proposal_alone_changes_nothing(clock: FixedClock) -> None:
    number = await proposed(clock)
    async with read_transaction():
        with pytest.raises(PackNotAdopted):
            await load_policy("luliang-2021", known_at=clock.now() + timedelta(days=1))
    shown = await show_proposal(APPROVER, number, examiner=EXAMINER)
    assert (shown.proposal.state, shown.proposal.proposer, shown.cases > 0, shown.failing) == (ProposalState.OPEN, "政策管理员", True, ())
    assert len(shown.changes) == len(open_pack("luliang-2021").policy.values)
    assert await trail_events() == [("officer-1", "policy:proposal:made", number)]


BOTH = Actor(kind=ActorKind.PERSON, key="officer-9", name="兼任", roles=frozenset({Role.POLICY_OFFICER, Role.POLICY_APPROVER}))
STANDS_IN = msgspec.structs.replace(APPROVER, acts_for=OFFICER.key, acts_for_name="政策管理员")
PROPOSES_FOR_APPROVER = msgspec.structs.replace(OFFICER, acts_for=APPROVER.key, acts_for_name="政策审批人")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(BOTH, BOTH, id="one person with both roles"),
        pytest.param(OFFICER, STANDS_IN, id="the approver stands in for the proposer"),
        pytest.param(PROPOSES_FOR_APPROVER, APPROVER, id="the proposer stood in for the approver"),
        pytest.param(COMMAND_LINE, COMMAND_LINE, id="the operator of the machine twice"),
    ],
)
async def test_one_person_never_does_both(clock: FixedClock, first: Actor, second: Actor) -> None:
    number = await proposed(clock, first)
    with pytest.raises(SamePersonTwice):
        await decided(second, number, clock)
    with pytest.raises(SamePersonTwice):
        await decided(second, number, clock, approve=False, reason="不妥")
    assert (await show_proposal(second, number, examiner=EXAMINER)).same_person


async def test_each_act_needs_its_own_right(clock: FixedClock) -> None:
    with pytest.raises(NotAllowed):
        await proposed(clock, APPROVER)
    number = await proposed(clock)
    with pytest.raises(NotAllowed):
        await decided(OFFICER, number, clock)
    clerk = Actor(kind=ActorKind.PERSON, key="clerk", name="经办人", roles=frozenset({Role.CLAIM_CLERK}))
    with pytest.raises(NotAllowed):
        await show_proposal(clerk, number, examiner=EXAMINER)


async def test_a_refusal_needs_a_reason_and_changes_nothing(clock: FixedClock) -> None:
    number = await proposed(clock)
    with pytest.raises(ProposalRefused):
        await decided(APPROVER, number, clock, approve=False, reason="  ")
    await decided(APPROVER, number, clock, approve=False, reason="文件尚未印发")
    shown = await show_proposal(OFFICER, number, examiner=EXAMINER)
    assert (shown.proposal.state, shown.proposal.reason) == (ProposalState.REFUSED, "文件尚未印发")
    async with read_transaction():
        assert await fetch_tuples("SELECT count(*) FROM policy_adoption") == [(1,)]
    assert (await trail_events())[-1] == ("officer-2", "policy:proposal:refused", number)


async def test_a_proposal_is_decided_once(clock: FixedClock) -> None:
    number = await proposed(clock)
    await decided(APPROVER, number, clock)
    with pytest.raises(ProposalDecided):
        await decided(APPROVER, number, clock)
    with pytest.raises(ProposalDecided):
        await decided(APPROVER, number, clock, approve=False, reason="反悔")
    with pytest.raises(ProposalNotFound):
        await decided(APPROVER, "ZC20269999", clock)


async def test_a_pack_whose_cases_fail_is_neither_proposed_nor_approved(clock: FixedClock) -> None:
    file = open_pack("luliang-2021").file
    wrong = msgspec.structs.replace(file, cases=({**file.cases[0], "expected": {"amount": "1.00"}},))
    with pytest.raises(CasesFail) as refused:
        await propose_pack(OFFICER, canonical_json(wrong), why="试", examiner=EXAMINER, clock=clock)
    assert refused.value.extra["cases"] == ("H02",)
    number = await proposed(clock)
    now_failing = msgspec.structs.replace(
        EXAMINER, check=lambda pack: msgspec.structs.replace(EXAMINER.check(pack), problems=(), cases=_failed(EXAMINER.check(pack)))
    )
    with pytest.raises(CasesFail):
        await decide_proposal(APPROVER, number, approve=True, reason="", examiner=now_failing, clock=clock)


def _failed(check: Any) -> Any:
    return tuple(msgspec.structs.replace(case, holds=False) for case in check.cases)


@pytest.mark.parametrize("name", shipped_packs())
async def test_every_shipped_pack_comes_out_of_the_database_as_it_went_in(clock: FixedClock, name: str) -> None:
    content = canonical_json(open_pack(name).file)
    number = await propose_pack(OFFICER, content, why="核对", examiner=EXAMINER, clock=clock)
    shown = await show_proposal(APPROVER, number, examiner=EXAMINER)
    assert (shown.failing, shown.problems) == ((), ())
    if name == DEFAULT_PACK:
        assert shown.changes == ()


async def test_a_figure_is_shown_beside_what_it_replaces_and_an_assumption_is_marked(clock: FixedClock) -> None:
    figure = new_figure(standing=Standing.ASSUMED, value="0.85")
    number = await propose_figure(OFFICER, DEFAULT_PACK, figure, why="征求意见", clock=clock)
    shown = await show_proposal(APPROVER, number, examiner=EXAMINER)
    (change,) = shown.changes
    assert [(old.value, old.assumed) for old in change.old] == [("80.00%", True)]
    assert [(new.value, new.assumed, new.paper) for new in change.new] == [("85.00%", True, "测试文件〔2026〕1号")]
    assert shown.cases > 0


async def test_cases_that_would_come_out_otherwise_are_named(clock: FixedClock) -> None:
    figure = new_figure(value="0.99", start=date(2020, 1, 1))
    number = await propose_figure(OFFICER, DEFAULT_PACK, figure, why="试算", clock=clock)
    assert (await show_proposal(APPROVER, number, examiner=EXAMINER)).failing


async def test_a_figure_proposed_under_an_older_version_is_not_recorded(clock: FixedClock) -> None:
    number = await propose_figure(OFFICER, DEFAULT_PACK, new_figure(), why="试", clock=clock)
    pack = open_pack(DEFAULT_PACK)
    await adopt(msgspec.structs.replace(pack, file=msgspec.structs.replace(pack.file, version="9")), clock=clock)
    with pytest.raises(ProposalOutdated):
        await decided(APPROVER, number, clock)
    assert (await show_proposal(OFFICER, number, examiner=EXAMINER)).proposal.state is ProposalState.OPEN


@pytest.mark.parametrize(
    ("changes", "why", "refusal"),
    [
        pytest.param({}, " ", ProposalRefused, id="no reason"),
        pytest.param({"paper": " "}, "试", ProposalRefused, id="no paper"),
        pytest.param({"note": "长" * 1001}, "试", ProposalRefused, id="long note"),
        pytest.param({"paper": "a\0b"}, "试", ProposalRefused, id="a NUL"),
        pytest.param({"key": "no.such"}, "试", FigureRefused, id="unknown key"),
    ],
)
async def test_what_cannot_be_proposed_is_refused(clock: FixedClock, changes: dict[str, Any], why: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        await propose_figure(OFFICER, DEFAULT_PACK, new_figure(**changes), why=why, clock=clock)
    with pytest.raises(PackNotAdopted):
        await propose_figure(OFFICER, "luliang-2021", new_figure(), why="试", clock=clock)


async def test_what_is_no_pack_is_refused(clock: FixedClock) -> None:
    for content in (b"", b"[]", b"\xff", b" " * 4_000_001):
        with pytest.raises(PackUnreadable):
            await propose_pack(OFFICER, content, why="试", examiner=EXAMINER, clock=clock)


async def test_proposals_are_listed_newest_first_page_by_page(clock: FixedClock) -> None:
    numbers = [await propose_figure(OFFICER, DEFAULT_PACK, new_figure(), why="试", clock=clock) for _ in range(3)]
    first, following = await list_proposals(APPROVER, before=None, limit=2)
    assert ([each.number for each in first], first[0].what) == (numbers[:0:-1], ATT_PERSON_MIN.key)
    rest, end = await list_proposals(APPROVER, before=following, limit=2)
    assert ([each.number for each in rest], end) == (numbers[:1], None)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM policy_proposal",
        "TRUNCATE policy_proposal",
        "UPDATE policy_proposal SET why = 'another'",
        "UPDATE policy_proposal SET state = 'approved', decided_at = now(), decided_by = 'officer-1'",
        "UPDATE policy_proposal SET state = 'approved', decided_at = now(), decided_by = 'x', hands = '{}'",
    ],
)
async def test_the_database_keeps_what_was_proposed(clock: FixedClock, statement: str) -> None:
    await proposed(clock)
    with pytest.raises(DatabaseFault):
        async with write_transaction():
            await fetch_tuples(statement)


@pytest.mark.parametrize(
    ("unit", "text", "value"),
    [
        pytest.param(Unit.SHARE_BP, "85%", "0.8500", id="percent"),
        pytest.param(Unit.SHARE_BP, "33.33 %", "0.3333", id="percent with decimals"),
        pytest.param(Unit.FACTOR_BP, " 1.2 ", "1.2", id="factor"),
        pytest.param(Unit.SHARE_RANGE_BP, "10% 至 0.3", ["0.1000", "0.3"], id="range"),
        pytest.param(Unit.SWITCH, "是", True, id="yes"),
        pytest.param(Unit.SWITCH, "maybe", "maybe", id="neither"),
        pytest.param(Unit.GRADES, '{"A": 90}', {"A": 90}, id="grades"),
        pytest.param(Unit.GRADES, "A 90", "A 90", id="no grades"),
        pytest.param(Unit.FEN, "1,500.00", "1500.00", id="grouped amount"),
    ],
)
def test_a_typed_value_is_read_by_its_unit(unit: Unit, text: str, value: object) -> None:
    assert value_from_text(unit, text) == value
