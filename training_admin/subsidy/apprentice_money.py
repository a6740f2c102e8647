"""What each apprentice of a programme came to: a programme's money spread over its people, so that the sums are those of the ledger.

What was paid is spread over the rows that a payable pays as the record priced them; what must come back is spread over those for whom
more was paid than their outcome is worth. Money is fen.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from training_admin.apprenticeship.facts import Stage
from training_admin.kit.money import spread


class PaidPart(msgspec.Struct, frozen=True):
    """One payable of a claim that was paid: for which rows, how much, what of it was decided to come back and what came back."""

    rows: frozenset[int]
    fen: int
    asked_back_fen: int = 0
    returned_fen: int = 0


class StageMoney(msgspec.Struct, frozen=True):
    """A claim for a stage's money: the price of each row that pays, its share of what the stage pays, and what was paid of it."""

    stage: Stage
    prices: Mapping[int, int]
    shares: Mapping[int, int]
    parts: tuple[PaidPart, ...] = ()


class PersonMoney(msgspec.Struct, frozen=True):
    """An apprentice's money: entitled by the settlement (None before it), paid as advance and settlement, asked back, returned."""

    entitled_fen: int | None = None
    advance_fen: int = 0
    settled_fen: int = 0
    asked_back_fen: int = 0
    returned_fen: int = 0


def rows_of_payables(
    payables: Iterable[int], splits: Sequence[tuple[int, int, Iterable[int]]], everybody: Iterable[int]
) -> dict[int, set[int]]:
    """The rows that each payable of a claim pays; a split (origin, rest, rows) takes rows out of its origin, in the order given."""
    rests = {rest for _origin, rest, _rows in splits}
    found = {key: set() if key in rests else set(everybody) for key in payables}
    for origin, rest, rows in splits:
        found[rest] = set(rows)
        found[origin] -= found[rest]
    return found


def people_money(rows: Iterable[int], claims: Sequence[StageMoney]) -> dict[int, PersonMoney]:
    """The money of each row; sums over the rows are exactly those of the claims' parts."""
    everybody = sorted(rows)
    settlement = next((each for each in reversed(claims) if each.stage is Stage.SETTLEMENT), None)
    paid = {stage: dict.fromkeys(everybody, 0) for stage in Stage}
    for claim in claims:
        for part in claim.parts:
            _add(paid[claim.stage], part.fen, part.rows, claim.shares)
    asked, returned = dict.fromkeys(everybody, 0), dict.fromkeys(everybody, 0)
    for claim in claims:
        for part in claim.parts:
            had = {row: paid[Stage.ADVANCE][row] + paid[Stage.SETTLEMENT][row] for row in part.rows}
            worth: Mapping[int, int] = {} if settlement is None else settlement.prices
            over = {row: max(0, fen - worth.get(row, 0)) for row, fen in had.items()}
            weights = over if any(over.values()) else had
            _add(asked, part.asked_back_fen, part.rows, weights)
            _add(returned, part.returned_fen, part.rows, weights)
    return {
        row: PersonMoney(
            entitled_fen=None if settlement is None else settlement.prices.get(row, 0),
            advance_fen=paid[Stage.ADVANCE][row],
            settled_fen=paid[Stage.SETTLEMENT][row],
            asked_back_fen=asked[row],
            returned_fen=returned[row],
        )
        for row in everybody
    }


def _add(to: dict[int, int], fen: int, rows: Iterable[int], weights: Mapping[int, int]) -> None:
    """Spread fen over rows by weight, evenly where nothing weighs."""
    places = sorted(rows)
    weighed = [weights.get(row, 0) for row in places]
    for row, part in zip(places, spread(fen, weighed if any(weighed) else [1] * len(places)), strict=True):
        to[row] += part
