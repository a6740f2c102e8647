"""Closing the books as pure functions: what a year-end carry-over (年终结转) moves where, and where two statements differ (对账)."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from training_admin.fund.ledger_facts import ACCOUNT_WORDS, CARRIED, SUB_FUND_WORDS, Account, Budget, SubFund


class CarriedLine(msgspec.Struct, frozen=True):
    """One line of a carry-over: what is left in an account of a budget, and where in the next year it goes; fen."""

    budget: int
    account: Account
    fen: int
    sub_fund: SubFund
    stream: str
    subject_code: str
    words: str
    to_words: str

    @property
    def account_words(self) -> str:
        """The account in words."""
        return ACCOUNT_WORDS[self.account]


def carried_lines(budgets: Iterable[Budget]) -> tuple[CarriedLine, ...]:
    """What is carried over of budgets: money somebody waits for stays in its sub-fund, what is free becomes surplus of earlier years.

    The district's own part stays its own. That free money becomes surplus is assumed (暂定): no paper of this district says it.
    """
    lines = []
    for budget in budgets:
        for account in CARRIED:
            fen = budget.balances[account]
            if not fen:
                continue
            free = account is Account.AVAILABLE and budget.sub_fund is not SubFund.DISTRICT
            target = SubFund.SURPLUS if free else budget.sub_fund
            stream = f"（{budget.stream}）" if budget.stream else ""
            to_words = f"{budget.year + 1}年{SUB_FUND_WORDS[target]}{stream}"
            lines.append(CarriedLine(budget.id, account, fen, target, budget.stream, budget.subject_code, budget.words, to_words))
    return tuple(lines)


class Difference(msgspec.Struct, frozen=True):
    """A reference whose amount in our books is not the treasury's; 0 where one of them does not know it. Fen."""

    reference: str
    books_fen: int
    treasury_fen: int


def differences(books: Mapping[str, int], treasury: Mapping[str, int]) -> tuple[Difference, ...]:
    """Every reference on which books and treasury do not agree, in order."""
    return tuple(
        Difference(reference, books.get(reference, 0), treasury.get(reference, 0))
        for reference in sorted({*books, *treasury})
        if books.get(reference, 0) != treasury.get(reference, 0)
    )


def summed(rows: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Amounts by reference; a payment and its return under one reference cancel each other."""
    found: dict[str, int] = {}
    for reference, fen in rows:
        found[reference] = found.get(reference, 0) + fen
    return {reference: fen for reference, fen in found.items() if fen}
