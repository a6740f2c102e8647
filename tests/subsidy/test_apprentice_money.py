"""A programme's money spread over its people: every fen of the ledger stands with somebody, whatever was split, asked back or failed."""

import random

from training_admin.apprenticeship.facts import Stage
from training_admin.subsidy.apprentice_money import PaidPart, PersonMoney, StageMoney, people_money, rows_of_payables


def test_a_split_takes_its_rows_out_of_the_payable_it_was_cut_from() -> None:
    assert rows_of_payables([1], [], range(1, 4)) == {1: {1, 2, 3}}
    assert rows_of_payables([1, 2, 3], [(1, 2, [2, 3]), (2, 3, [3])], range(1, 4)) == {1: {1}, 2: {2}, 3: {3}}


def test_before_the_settlement_nobody_is_entitled_and_the_advance_is_shared() -> None:
    advance = StageMoney(Stage.ADVANCE, {1: 600, 2: 600}, {1: 300, 2: 300}, (PaidPart(frozenset({1, 2}), 600),))
    assert people_money([1, 2, 3], [advance]) == {
        1: PersonMoney(None, 300),
        2: PersonMoney(None, 300),
        3: PersonMoney(None, 0),
    }


def test_what_comes_back_stands_with_whom_too_much_was_paid_for() -> None:
    advance = StageMoney(Stage.ADVANCE, {}, {1: 300, 2: 300, 3: 300}, (PaidPart(frozenset({1, 2, 3}), 900, 300, 100),))
    settlement = StageMoney(Stage.SETTLEMENT, {1: 600}, {})
    money = people_money([1, 2, 3], [advance, settlement])
    assert [each.asked_back_fen for each in money.values()] == [0, 150, 150]
    assert [each.returned_fen for each in money.values()] == [0, 50, 50]
    assert [each.entitled_fen for each in money.values()] == [600, 0, 0]


def test_what_comes_back_before_a_settlement_stands_with_everybody_it_was_paid_for() -> None:
    advance = StageMoney(Stage.ADVANCE, {}, {1: 300, 2: 100}, (PaidPart(frozenset({1, 2}), 400, 40, 40),))
    assert [each.asked_back_fen for each in people_money([1, 2], [advance]).values()] == [30, 10]


def test_a_payment_for_rows_without_a_price_is_shared_evenly() -> None:
    settlement = StageMoney(Stage.SETTLEMENT, {1: 500, 2: 500}, {}, (PaidPart(frozenset({1, 2}), 5, 3),))
    money = people_money([1, 2], [settlement])
    assert [each.settled_fen for each in money.values()] == [3, 2]
    assert sum(each.asked_back_fen for each in money.values()) == 3


def test_sums_are_those_of_the_payments_whatever_the_numbers() -> None:
    chance = random.Random(12)  # noqa: S311 - made-up numbers
    for _ in range(300):
        people = range(1, chance.randint(2, 30))
        claims = []
        for stage in Stage:
            shares = {row: chance.randint(0, 10_000) for row in people}
            cut = frozenset(row for row in people if chance.random() < 0.4)
            parts = tuple(
                PaidPart(rows, fen, back := chance.randint(0, fen), chance.randint(0, back))
                for rows in (cut, frozenset(people) - cut)
                if rows
                for fen in (chance.randint(0, 100_000),)
            )
            claims.append(StageMoney(stage, {row: chance.randint(0, 20_000) for row in people}, shares, parts))
        money = list(people_money(people, claims).values())
        assert sum(each.advance_fen for each in money) == sum(part.fen for part in claims[0].parts)
        assert sum(each.settled_fen for each in money) == sum(part.fen for part in claims[1].parts)
        assert sum(each.asked_back_fen for each in money) == sum(part.asked_back_fen for claim in claims for part in claim.parts)
        assert sum(each.returned_fen for each in money) == sum(part.returned_fen for claim in claims for part in claim.parts)
