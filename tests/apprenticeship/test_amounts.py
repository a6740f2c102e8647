"""Prices of apprentices: plain arithmetic of every group, the order of groups, the advance, the settlement, Tianjin's grants."""

from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.apprenticeship.ordinary import APPRENTICE, DAY, POLICY, PROGRAMME
from training_admin.apprenticeship.amounts import (
    LEVELS,
    NOTHING,
    Kind,
    PriceGroup,
    advance_step,
    certified_grant,
    group_of,
    head_price,
    mentor_grant,
    paid_level,
    settlement_step,
)
from training_admin.apprenticeship.facts import PersonOutcome, Stage
from training_admin.kit.dated import FiguresOn, NotInForce
from training_admin.policy.packs import load_pack

TIANJIN = load_pack("tianjin-2022")
FIGURES = FiguresOn(POLICY, DAY)
STANDARDS = {"5": 5000, "4": 6000, "3": 8000, "2": 8500, "1": 8500}


def half_up(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


@settings(deadline=None)
@given(
    level=st.sampled_from(LEVELS),
    months=st.integers(min_value=0, max_value=60),
    kind=st.sampled_from([Kind.PLANNED, Kind.CERTIFIED, Kind.LOWER, Kind.COMPLETED, Kind.EXCUSED]),
    planned=st.integers(min_value=0, max_value=10**9),
)
def test_every_price_follows_the_plain_arithmetic(level: str, months: int, kind: Kind, planned: int) -> None:
    factor = Decimal("0.8") if kind is Kind.COMPLETED else Decimal(1)
    price = head_price(FIGURES, PriceGroup(kind, level, months))
    assert price.fen == half_up(Decimal(STANDARDS[level] * 100 * months) / 12 * factor)
    assert price.steps[0].result_fen == STANDARDS[level] * 100
    assert price.steps[-1].result_fen == price.fen
    assert advance_step(planned, 5000).result_fen == int((planned * Decimal("0.5")).quantize(Decimal(1), ROUND_DOWN))
    assert settlement_step(planned, price.fen).result_fen == planned - price.fen


@pytest.mark.parametrize(
    ("kind", "rules"),
    [
        (Kind.PLANNED, ["APP-20", "APP-22"]),
        (Kind.CERTIFIED, ["APP-20", "APP-22"]),
        (Kind.LOWER, ["APP-25", "APP-22"]),
        (Kind.COMPLETED, ["APP-20", "APP-23"]),
        (Kind.EXCUSED, ["APP-20", "APP-26"]),
        (Kind.OTHERS, ["APP-23"]),
    ],
)
def test_every_step_names_its_rule(kind: Kind, rules: list[str]) -> None:
    group = PriceGroup(kind, "4", 12)
    assert [step.rule for step in head_price(FIGURES, group).steps] == rules
    assert group.words


@pytest.mark.parametrize(
    ("changes", "group"),
    [
        pytest.param({}, PriceGroup(Kind.CERTIFIED, "4", 12), id="certified"),
        pytest.param({"obtained_level": "3"}, PriceGroup(Kind.CERTIFIED, "4", 12), id="a higher level is paid as filed"),
        pytest.param({"obtained_level": "5"}, PriceGroup(Kind.LOWER, "5", 12), id="lower level"),
        pytest.param({"obtained_level": ""}, NOTHING, id="level not told"),
        pytest.param({"outcome": PersonOutcome.COMPLETED}, PriceGroup(Kind.COMPLETED, "4", 12), id="completed only"),
        pytest.param({"outcome": PersonOutcome.FAILED}, NOTHING, id="failed"),
        pytest.param({"outcome": PersonOutcome.OPEN}, NOTHING, id="open"),
        pytest.param({"outcome": PersonOutcome.LEFT, "months_done": 5}, NOTHING, id="left"),
        pytest.param({"outcome": PersonOutcome.LEFT, "excused": True}, NOTHING, id="months not told"),
        pytest.param(
            {"outcome": PersonOutcome.LEFT, "excused": True, "months_done": 5}, PriceGroup(Kind.EXCUSED, "4", 5), id="work injury"
        ),
        pytest.param(
            {"outcome": PersonOutcome.LEFT, "excused": True, "months_done": 15},
            PriceGroup(Kind.EXCUSED, "4", 12),
            id="never beyond the term",
        ),
    ],
)
def test_the_outcome_of_an_apprentice_picks_his_price(changes: dict[str, Any], group: PriceGroup) -> None:
    apprentice = msgspec.structs.replace(APPRENTICE, **changes)
    assert group_of(PROGRAMME, apprentice, Stage.SETTLEMENT) == group
    assert group_of(PROGRAMME, apprentice, Stage.ADVANCE) == PriceGroup(Kind.PLANNED, "4", 12)
    assert group_of(msgspec.structs.replace(PROGRAMME, level="0"), apprentice, Stage.ADVANCE) == NOTHING


def test_groups_stand_in_their_order() -> None:
    order = [
        PriceGroup(Kind.CERTIFIED, "3", 12),
        PriceGroup(Kind.LOWER, "4", 12),
        PriceGroup(Kind.LOWER, "5", 12),
        PriceGroup(Kind.COMPLETED, "3", 12),
        PriceGroup(Kind.EXCUSED, "3", 9),
        PriceGroup(Kind.EXCUSED, "3", 2),
        NOTHING,
    ]
    places = [each.place for each in order]
    assert places == sorted(set(places))


@pytest.mark.parametrize(
    ("filed", "obtained", "paid"),
    [
        pytest.param("3", "4", "4", id="lower level obtained"),
        pytest.param("3", "3", "3", id="the level filed"),
        pytest.param("3", "2", "3", id="higher level obtained"),
        pytest.param("5", "1", "5", id="much higher"),
    ],
)
def test_a_lower_level_replaces_the_filed_one(filed: str, obtained: str, paid: str) -> None:
    assert paid_level(filed, obtained) == paid


def test_tianjin_pays_certified_apprentices_and_mentors() -> None:
    day = date(2023, 3, 1)
    grant = certified_grant(TIANJIN, day, level="3", months=18, certified=2)
    assert grant.payable_fen == 2 * 825_000
    assert [step.rule for step in grant.steps] == ["APP-20", "APP-22", "TJ-21"]
    for months, people, amount in ((11, 1, 0), (12, 1, 400_000), (36, 3, 2_400_000), (48, 2, 2_400_000)):
        assert mentor_grant(TIANJIN, day, apprentices=people, months=months).payable_fen == amount
    with pytest.raises(NotInForce):
        certified_grant(TIANJIN, date(2020, 3, 1), level="3", months=18, certified=2)
