"""Queries of the ledger: budgets with their balances, entries, and the one statement that moves fen."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from training_admin.database import fetch_tuples
from training_admin.fund.ledger_facts import ACCOUNT_WORDS, Account, Budget, LedgerAct, Side, SubFund
from training_admin.kit.refusals import NotFound, Refusal

_BUDGETS = """SELECT b.id, b.year, b.sub_fund, b.stream, b.subject_code, b.paper, b.closed, a.kind, a.balance_fen
    FROM fund_budget b JOIN fund_account a ON a.budget = b.id"""


class BudgetNotFound(NotFound):
    """There is no such budget."""

    code = "budget-not-found"


class BudgetShort(Refusal):
    """An account does not hold what an act would take from it: nothing was moved."""

    code = "budget-short"
    title = "余额不足"


class LedgerEntry(msgspec.Struct, frozen=True):
    """One side of an entry as lists show it."""

    id: int
    business_id: str
    act: LedgerAct
    subject: str
    words: str
    actor: str
    at: datetime
    budget: int
    account: Account
    amount_fen: int
    balance_after_fen: int


def _budgets(rows: Sequence[tuple[Any, ...]]) -> list[Budget]:
    found: dict[int, Budget] = {}
    for key, year, sub_fund, stream, code, paper, closed, kind, fen in rows:
        budget = found.setdefault(key, Budget(key, year, SubFund(sub_fund), stream, code, paper, closed, {}))
        budget.balances[Account(kind)] = fen
    return list(found.values())


async def load_budgets(*, year: int | None = None) -> list[Budget]:
    """Budgets with their balances, of one year or of all."""
    return _budgets(await fetch_tuples(f"{_BUDGETS} WHERE $1::int IS NULL OR b.year = $1 ORDER BY b.year DESC, b.id", year))


async def load_budget(budget: int) -> Budget:
    """One budget with its balances; raises BudgetNotFound."""
    found = _budgets(await fetch_tuples(f"{_BUDGETS} WHERE b.id = $1", budget))
    if not found:
        raise BudgetNotFound("没有找到这条预算指标，请从列表重新进入。")
    return found[0]


async def find_budget(year: int, sub_fund: SubFund, stream: str) -> Budget | None:
    """The budget of a year, sub-fund and stream, or None."""
    query = f"{_BUDGETS} WHERE b.year = $1 AND b.sub_fund = $2 AND b.stream = $3"
    found = _budgets(await fetch_tuples(query, year, sub_fund.value, stream))
    return found[0] if found else None


async def open_year(year: int) -> int:
    """A year itself, or the first later one that was not carried over."""
    done = {each for (each,) in await fetch_tuples("SELECT from_year FROM carry_over WHERE state = 'done' AND from_year >= $1", year)}
    while year in done:
        year += 1
    return year


async def times_posted(act: LedgerAct, subject: str) -> str:
    """What tells one more entry of an act for something to be paid from those there are: nothing for the first."""
    found = await fetch_tuples(
        "SELECT count(*)::int FROM fund_entry WHERE business_id = $1 OR starts_with(business_id, $1 || '/')", f"{act.value}:{subject}"
    )
    return f"/{found[0][0]}" if found[0][0] else ""


async def add_budget(year: int, sub_fund: SubFund, stream: str, *, subject_code: str, paper: str) -> int:
    """A budget with empty accounts."""
    found = await fetch_tuples(
        """WITH made AS (
               INSERT INTO fund_budget (year, sub_fund, stream, subject_code, paper, closed) VALUES ($1, $2, $3, $4, $5, false) RETURNING id
           )
           INSERT INTO fund_account (budget, kind, balance_fen)
           SELECT made.id, kind, 0 FROM made, unnest($6::text[]) AS kind RETURNING budget""",
        *(year, sub_fund.value, stream, subject_code, paper, [each.value for each in Account]),
    )
    key: int = found[0][0]
    return key


async def close_budgets(year: int) -> None:
    """Nothing is committed from the budgets of a year any more."""
    await fetch_tuples("UPDATE fund_budget SET closed = true WHERE year = $1 RETURNING id", year)


async def post(act: LedgerAct, business_id: str, sides: Sequence[Side], *, subject: str, words: str, actor: str, at: datetime) -> bool:
    """Move fen by one entry in the open transaction; False when the act of this business id is there already, then nothing moves.

    Raises BudgetShort when an account does not hold what is taken from it.
    """
    entry = await fetch_tuples(
        """INSERT INTO fund_entry (business_id, act, subject, words, actor, at) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (business_id) DO NOTHING RETURNING id""",
        *(business_id, act.value, subject, words, actor, at),
    )
    if not entry:
        return False
    posted = await fetch_tuples(
        """WITH moved AS (
               UPDATE fund_account a SET balance_fen = a.balance_fen + side.fen
               FROM unnest($2::bigint[], $3::text[], $4::bigint[]) AS side (budget, kind, fen)
               WHERE a.budget = side.budget AND a.kind = side.kind
                 AND CASE a.kind WHEN 'granted' THEN a.balance_fen + side.fen <= 0 ELSE a.balance_fen + side.fen >= 0 END
               RETURNING a.id, side.fen, a.balance_fen
           )
           INSERT INTO fund_posting (entry, account, amount_fen, balance_after_fen)
           SELECT $1, id, fen, balance_fen FROM moved RETURNING account""",
        *(entry[0][0], [side.budget for side in sides], [side.account.value for side in sides], [side.fen for side in sides]),
    )
    if len(posted) != len(sides):
        raise BudgetShort("余额不足以办理这一步，没有作任何变动。请核对预算指标和余额。")
    return True


async def list_entries(*, budget: int | None, subject: str | None, before: int | None, most: int) -> list[LedgerEntry]:
    """Sides of entries, newest first, of a budget or a case."""
    found = await fetch_tuples(
        """SELECT p.id, e.business_id, e.act, e.subject, e.words, e.actor, e.at, a.budget, a.kind, p.amount_fen, p.balance_after_fen
           FROM fund_posting p JOIN fund_entry e ON e.id = p.entry JOIN fund_account a ON a.id = p.account
           WHERE ($1::bigint IS NULL OR a.budget = $1) AND ($2::text IS NULL OR e.subject = $2) AND ($3::bigint IS NULL OR p.id < $3)
           ORDER BY p.id DESC LIMIT $4""",
        *(budget, subject, before, most),
    )
    return [_entry(row) for row in found]


def _entry(row: tuple[Any, ...]) -> LedgerEntry:
    key, business_id, act, subject, words, actor, at, budget, kind, amount_fen, after_fen = row
    return LedgerEntry(key, business_id, LedgerAct(act), subject, words, actor, at, budget, Account(kind), amount_fen, after_fen)


async def unbalanced() -> list[str]:
    """Balances that are not those of their postings or of what is to be paid, budgets not summing to zero; in words for the operator."""
    accounts = await fetch_tuples(
        """SELECT a.budget, a.kind FROM fund_account a LEFT JOIN fund_posting p ON p.account = a.id
           GROUP BY a.id HAVING a.balance_fen <> coalesce(sum(p.amount_fen), 0) ORDER BY a.id"""
    )
    budgets = await fetch_tuples("SELECT budget FROM fund_account GROUP BY budget HAVING sum(balance_fen) <> 0 ORDER BY budget")
    cases = await fetch_tuples(
        """WITH waiting AS (
               SELECT pp.budget, CASE p.state WHEN 'committed' THEN 'committed' ELSE 'payable' END AS kind, sum(pp.fen) AS fen
               FROM payable_part pp JOIN payable p ON p.id = pp.payable
               WHERE pp.budget IS NOT NULL AND p.state IN ('committed', 'due', 'batched', 'failed') GROUP BY 1, 2
           )
           SELECT a.budget, a.kind FROM fund_account a LEFT JOIN waiting w ON w.budget = a.budget AND w.kind = a.kind
           WHERE a.kind IN ('committed', 'payable') AND a.balance_fen <> coalesce(w.fen, 0) ORDER BY a.id"""
    )
    return [
        *(f"预算指标 {budget} 的“{ACCOUNT_WORDS[Account(kind)]}”余额与分录合计不符" for budget, kind in accounts),
        *(f"预算指标 {budget} 各科目合计不为零" for (budget,) in budgets),
        *(f"预算指标 {budget} 的“{ACCOUNT_WORDS[Account(kind)]}”余额与各笔应付款合计不符" for budget, kind in cases),
    ]
