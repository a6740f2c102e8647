"""The double-entry ledger (资金明细账) as pure functions: where the fen of a budget are, and what each act moves.

Every fen that was granted is in exactly one account of its budget; what was granted stands against them as a negative balance, so that
every budget sums to zero after every act. Amounts are fen.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import msgspec

from training_admin.kit.money import spread


class SubFund(StrEnum):
    """The parts of the fund: for enterprises, for the district's own use, and what was left of earlier years."""

    ENTERPRISE = "enterprise"
    DISTRICT = "district"
    SURPLUS = "surplus"


SUB_FUND_WORDS = {SubFund.ENTERPRISE: "企业补贴", SubFund.DISTRICT: "区统筹", SubFund.SURPLUS: "历年结余"}


class Account(StrEnum):
    """Where fen of a budget are."""

    GRANTED = "granted"
    AVAILABLE = "available"
    COMMITTED = "committed"
    PAYABLE = "payable"
    PAID = "paid"
    RECEIVABLE = "receivable"
    RECOVERED = "recovered"


ACCOUNT_WORDS = {
    Account.GRANTED: "预算指标",
    Account.AVAILABLE: "可用",
    Account.COMMITTED: "已审定（占用）",
    Account.PAYABLE: "应付",
    Account.PAID: "已付",
    Account.RECEIVABLE: "应收（追回）",
    Account.RECOVERED: "已追回",
}


class LedgerAct(StrEnum):
    """What can be done on the ledger."""

    GRANT = "grant"
    CUT = "cut"
    COMMIT = "commit"
    RELEASE = "release"
    DUE = "due"
    VOID = "void"
    PAY = "pay"
    FAIL = "fail"
    RECOVER = "recover"
    FORGIVE = "forgive"
    RETURN = "return"
    UNDO = "undo"
    REUSE = "reuse"
    CARRY = "carry"


ACT_WORDS = {
    LedgerAct.GRANT: "下达指标",
    LedgerAct.CUT: "调减指标",
    LedgerAct.COMMIT: "审定占用",
    LedgerAct.RELEASE: "释放占用",
    LedgerAct.DUE: "列为应付",
    LedgerAct.VOID: "作废应付",
    LedgerAct.PAY: "支付",
    LedgerAct.FAIL: "支付失败退回",
    LedgerAct.RECOVER: "追回决定",
    LedgerAct.FORGIVE: "撤销追回",
    LedgerAct.RETURN: "收到退款",
    LedgerAct.UNDO: "抵扣冲回",
    LedgerAct.REUSE: "退款转为可用",
    LedgerAct.CARRY: "年终结转",
}
# From where to where each act moves fen inside one budget; carrying over moves between budgets.
MOVES: Mapping[LedgerAct, tuple[Account, Account]] = {
    LedgerAct.GRANT: (Account.GRANTED, Account.AVAILABLE),
    LedgerAct.CUT: (Account.AVAILABLE, Account.GRANTED),
    LedgerAct.COMMIT: (Account.AVAILABLE, Account.COMMITTED),
    LedgerAct.RELEASE: (Account.COMMITTED, Account.AVAILABLE),
    LedgerAct.DUE: (Account.COMMITTED, Account.PAYABLE),
    LedgerAct.VOID: (Account.PAYABLE, Account.AVAILABLE),
    LedgerAct.PAY: (Account.PAYABLE, Account.PAID),
    LedgerAct.FAIL: (Account.PAID, Account.PAYABLE),
    LedgerAct.RECOVER: (Account.PAID, Account.RECEIVABLE),
    LedgerAct.FORGIVE: (Account.RECEIVABLE, Account.PAID),
    LedgerAct.RETURN: (Account.RECEIVABLE, Account.RECOVERED),
    LedgerAct.UNDO: (Account.RECOVERED, Account.RECEIVABLE),
    LedgerAct.REUSE: (Account.RECOVERED, Account.AVAILABLE),
}
# What of a year is carried into the next one: money not spent yet, whether somebody waits for it or not.
CARRIED = (Account.AVAILABLE, Account.COMMITTED, Account.PAYABLE)


class Part(msgspec.Struct, frozen=True, order=True):
    """An amount of one budget."""

    budget: int
    fen: int


class Side(msgspec.Struct, frozen=True, order=True):
    """One side of an entry: an account of a budget gains (or, negative, loses) fen."""

    budget: int
    account: Account
    fen: int


def sides_of(act: LedgerAct, parts: Iterable[Part]) -> tuple[Side, ...]:
    """Both sides of an act for every budget it touches, in the order in which accounts are locked; parts of one budget are one."""
    source, target = MOVES[act]
    fen_of: dict[int, int] = {}
    for part in parts:
        assert part.fen > 0, "an act moves something"
        fen_of[part.budget] = fen_of.get(part.budget, 0) + part.fen
    return merged(side for budget, fen in fen_of.items() for side in (Side(budget, source, -fen), Side(budget, target, fen)))


def shared(parts: Sequence[Part], fen: int) -> list[Part]:
    """An amount spread over parts in proportion, the missing fen to the largest remainders (as CEIL-03); parts of nothing fall out."""
    amounts = spread(fen, [part.fen for part in parts])
    return [Part(part.budget, amount) for part, amount in zip(parts, amounts, strict=True) if amount]


def carried_sides(moves: Iterable[tuple[int, int, Account, int]]) -> tuple[Side, ...]:
    """Both sides of a carry-over: from budget, to budget, account, fen; each budget sums to zero by what was granted."""
    sides: list[Side] = []
    for source, target, account, fen in moves:
        assert account in CARRIED, "only what was not spent is carried over"
        assert fen > 0, "an act moves something"
        sides += [Side(source, account, -fen), Side(source, Account.GRANTED, fen)]
        sides += [Side(target, Account.GRANTED, -fen), Side(target, account, fen)]
    return merged(sides)


def merged(sides: Iterable[Side]) -> tuple[Side, ...]:
    """Sides with one row for each account, without those that do not move, in one fixed order."""
    sums: dict[tuple[int, Account], int] = {}
    for side in sides:
        key = (side.budget, side.account)
        sums[key] = sums.get(key, 0) + side.fen
    return tuple(sorted(Side(budget, account, fen) for (budget, account), fen in sums.items() if fen))


class Budget(msgspec.Struct, frozen=True):
    """A budget line with its balances by account (fen; what was granted as a positive amount)."""

    id: int
    year: int
    sub_fund: SubFund
    stream: str
    subject_code: str
    paper: str
    closed: bool
    balances: dict[Account, int]

    @property
    def granted_fen(self) -> int:
        """What was granted in all."""
        return -self.balances[Account.GRANTED]

    @property
    def available_fen(self) -> int:
        """What nobody has a claim on."""
        return self.balances[Account.AVAILABLE]

    @property
    def words(self) -> str:
        """Year, sub-fund and stream."""
        return f"{self.year}年{SUB_FUND_WORDS[self.sub_fund]}{f'（{self.stream}）' if self.stream else ''}"


def chosen_parts(wanted: Mapping[str, int], budgets: Sequence[Budget]) -> tuple[tuple[str, Part], ...] | None:
    """From which budget each stream's amount is taken, whole or not at all (FUND-03); None when it is short.

    A budget of the stream itself goes before one for any stream, the fund for enterprises before surplus of earlier years (assumed);
    the district's own part is never taken.
    """
    left = {each.id: each.available_fen for each in budgets}
    order = sorted(
        (each for each in budgets if not each.closed and each.sub_fund is not SubFund.DISTRICT),
        key=lambda each: (each.stream == "", each.sub_fund is SubFund.SURPLUS, each.id),
    )
    found = []
    for stream, fen in sorted(wanted.items()):
        fitting = next((each for each in order if each.stream in {"", stream} and left[each.id] >= fen), None)
        if fitting is None:
            return None
        left[fitting.id] -= fen
        found.append((stream, Part(fitting.id, fen)))
    return tuple(found)


def faults_of(budgets: Iterable[Budget]) -> list[str]:
    """What is wrong with the balances of budgets, in words; nothing for a sound ledger."""
    found = []
    for each in budgets:
        if sum(each.balances.values()) != 0:
            found.append(f"{each.words}：各科目合计不为零。")
        found += [
            f"{each.words}：{ACCOUNT_WORDS[account]}为负数。"
            for account, fen in each.balances.items()
            if account is not Account.GRANTED and fen < 0
        ]
    return found
