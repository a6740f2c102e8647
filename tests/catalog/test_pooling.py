"""Firms of a pooled class: their parts of the budget, their numbers, how a split is written and read, what hinders filing."""

import msgspec
import pytest

from tests.catalog.classes import FIRM, facts, plan, trainees
from tests.people import ENTERPRISE_A, ENTERPRISE_B
from training_admin.catalog.class_facts import ClassPlan, Pool, Split
from training_admin.catalog.filing_checks import FindingKind, check_class
from training_admin.catalog.pooling import (
    FirmPart,
    firms_of,
    numbers_of_firms,
    parts_of,
    plain_number,
    share_problems,
    split_from_text,
    split_text,
)


def pooled(pool: Pool, *, budget: int = 1_000_000, heads: tuple[tuple[str, int], ...] = ((FIRM, 7), (ENTERPRISE_A, 3))) -> ClassPlan:
    people = trainees(1, sum(count for _firm, count in heads))
    firms = [firm for firm, count in heads for _ in range(count)]
    named = tuple(msgspec.structs.replace(each, enterprise=firm) for each, firm in zip(people, firms, strict=True))
    return plan(trainees=named, pool=pool, budget_fen=budget)


def test_a_class_without_pool_has_one_firm_and_no_parts() -> None:
    assert firms_of(plan()) == (FIRM,)
    assert parts_of(plan()) == ()


def test_cost_is_split_by_heads_with_missing_fen_to_the_largest_remainders() -> None:
    heads = ((FIRM, 1), (ENTERPRISE_A, 1), (ENTERPRISE_B, 1))
    assert [each.share_fen for each in parts_of(pooled(Pool(9, Split.PER_HEAD), budget=100, heads=heads))] == [34, 33, 33]
    assert parts_of(pooled(Pool(20, Split.PER_HEAD))) == (FirmPart(FIRM, 7, 700_000), FirmPart(ENTERPRISE_A, 3, 300_000))


def test_cost_is_split_by_contract_and_never_loses_a_fen() -> None:
    pool = Pool(20, Split.CONTRACT, {FIRM: 3333, ENTERPRISE_A: 6667})
    assert [each.share_fen for each in parts_of(pooled(pool, budget=1001))] == [334, 667]
    assert [each.share_fen for each in parts_of(pooled(Pool(20, Split.CONTRACT, {ENTERPRISE_B: 10_000})))] == [0, 0]


def test_a_firm_keeps_its_number_in_the_order_of_first_appearance() -> None:
    numbers = numbers_of_firms("BJ202600001", [FIRM, ENTERPRISE_A, FIRM])
    assert numbers == {FIRM: "BJ202600001-1", ENTERPRISE_A: "BJ202600001-2"}
    assert {plain_number(each) for each in numbers.values()} == {"BJ202600001"} == {plain_number("BJ202600001")}


@pytest.mark.parametrize("foreign", ["SY2026-01", "SY2026-A01", "BJ2026-1", "BJ202600001-1-2", "BJ202600001-", ""])
def test_a_number_of_another_register_is_itself(foreign: str) -> None:
    assert plain_number(foreign) == foreign


@pytest.mark.parametrize(
    ("pool", "told"),
    [
        (Pool(20, Split.PER_HEAD), 0),
        (Pool(20, Split.CONTRACT, {FIRM: 6000, ENTERPRISE_A: 4000}), 0),
        (Pool(20, Split.CONTRACT, {FIRM: 6000, ENTERPRISE_A: 3000}), 1),
        (Pool(20, Split.CONTRACT, {FIRM: 10_000}), 1),
        (Pool(20, Split.CONTRACT, {FIRM: 6000, ENTERPRISE_A: 3000, ENTERPRISE_B: 1000}), 1),
        (Pool(9, Split.PER_HEAD), 1),
        (Pool(9, Split.CONTRACT, {ENTERPRISE_B: 9000}), 5),
    ],
)
def test_seats_and_shares_that_do_not_fit_hinder(pool: Pool, told: int) -> None:
    found = check_class(pooled(pool), facts())
    assert [each.kind for each in found] == [FindingKind.POOL] * told
    assert all(each.hinders for each in found)
    assert len(share_problems(pool, (FIRM, ENTERPRISE_A))) == told - (pool.seats < 10)


def test_everybody_of_a_pooled_class_belongs_to_a_firm() -> None:
    found = check_class(pooled(Pool(20, Split.PER_HEAD), heads=((FIRM, 8), ("", 2))), facts())
    assert [each.kind for each in found] == [FindingKind.POOL]
    assert "2 名学员没有填写所在单位（首名为学员9）" in found[0].words


@pytest.mark.parametrize("pool", [Pool(20, Split.PER_HEAD), Pool(20, Split.CONTRACT, {ENTERPRISE_A: 3333, ENTERPRISE_B: 6667})])
def test_a_split_is_read_as_it_is_written(pool: Pool) -> None:
    assert split_from_text(split_text(pool)) == (pool.split, pool.shares_bp)


@pytest.mark.parametrize(
    "text",
    [
        "平均",
        "按合同约定",
        f"按合同约定；{ENTERPRISE_A} 60%",
        f"{ENTERPRISE_A} 60%；{ENTERPRISE_A} 40%",
        f"{ENTERPRISE_A} 0%；{ENTERPRISE_B} 100%",
        f"{ENTERPRISE_A[:-1]}0 60%；{ENTERPRISE_B} 40%",
        f"{ENTERPRISE_A} 60；{ENTERPRISE_B} 40",
    ],
)
def test_a_split_that_cannot_be_read_or_is_not_the_whole_is_none(text: str) -> None:
    assert split_from_text(text) is None


def test_other_spellings_are_read() -> None:
    assert split_from_text(" 按人数 ") == split_from_text("") == (Split.PER_HEAD, {})
    assert split_from_text(f"按合同约定：{ENTERPRISE_A}＝60%,{ENTERPRISE_B}：40%") == (
        Split.CONTRACT,
        {ENTERPRISE_A: 6000, ENTERPRISE_B: 4000},
    )
