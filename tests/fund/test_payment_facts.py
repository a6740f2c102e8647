"""What a batch holds and what the bank says, as pure functions: the corners that the services' tests do not come to."""

from datetime import UTC, date, datetime, timedelta

import pytest

from training_admin.fund.batch_plan import ColumnsRefused, Due, ItemState, LeftOut, TreasuryRow, arranged, nothing_words, planned
from training_admin.fund.closing_facts import carried_lines
from training_admin.fund.ledger_facts import Account, Budget, SubFund
from training_admin.fund.result_facts import BankResult, KnownItem, judge

TODAY = date(2026, 9, 10)


def due(number: int, *, account: bytes = b"a") -> Due:
    at = datetime(2026, 9, number, tzinfo=UTC)
    return Due(number, f"S{number}", f"C{number}", "firm", "Firm", 100, at, date(2026, 9, 9), account, changed=False, called_back=None)


def test_two_accounts_of_one_firm_are_two_batches() -> None:
    items, left_out = planned([due(2, account=b"b"), due(1)], {"firm": 1000}, today=TODAY, maker=frozenset({"m"}))
    assert [(item.payee, item.total_fen, item.netted_fen, item.fen) for item in items] == [("firm", 100, 100, 0)]
    assert [(each.due.id, "分批" in each.reason) for each in left_out] == [(2, True)]


def test_a_treasury_file_without_what_a_bank_needs_is_refused_and_tells_no_account() -> None:
    with pytest.raises(ColumnsRefused, match="账号"):
        arranged(["收款户名", "开户行", "金额（元）", "业务编号"])
    assert "6222" not in repr(TreasuryRow("PC-1", "Firm", "6222", "Bank", 1))


def test_a_voided_payment_has_no_result() -> None:
    known = {"P": KnownItem(1, 5, ItemState.VOIDED, None)}
    judged = judge([BankResult("P", 5, True, "R", TODAY, row=2)], known, {}, TODAY, sent_on=TODAY)
    assert (judged.fresh, judged.repeated, [each.row for each in judged.wrong]) == ((), 1, [2])


def test_nothing_is_paid_before_it_was_sent_or_after_today_and_nothing_that_was_kept_back_whole() -> None:
    sent_on = TODAY - timedelta(days=2)
    days = (TODAY - timedelta(days=3), sent_on, TODAY, TODAY + timedelta(days=1))
    known = {f"P{place}": KnownItem(place, 5, ItemState.PENDING, None) for place in range(4)} | {"N": KnownItem(9, 0, ItemState.PAID, None)}
    answer = [BankResult(f"P{place}", 5, True, f"R{place}", day, row=place) for place, day in enumerate(days)]
    judged = judge([*answer, BankResult("N", 0, False, failure="退票", row=9)], known, {}, TODAY, sent_on=sent_on)
    assert [(each.row, each.column) for each in judged.wrong] == [(0, "支付日期"), (3, "支付日期"), (9, "业务编号")]


def test_a_line_of_a_carry_over_names_its_account() -> None:
    balances = dict.fromkeys(Account, 0) | {Account.AVAILABLE: 5, Account.GRANTED: -5}
    (line,) = carried_lines([Budget(1, 2026, SubFund.ENTERPRISE, "类", "205", "文", closed=False, balances=balances)])
    assert (line.account_words, line.to_words) == ("可用", "2027年历年结余（类）")


def test_why_nothing_is_paid_is_told_for_three_and_counted_for_the_rest() -> None:
    left_out = tuple(LeftOut(due(number), "公示期未满") for number in range(1, 6))
    assert nothing_words(left_out[:1]) == "所选款项目前都不能拨付：S1 公示期未满。"
    assert nothing_words(left_out) == "所选款项目前都不能拨付：S1 公示期未满；S2 公示期未满；S3 公示期未满；另有 2 笔。"
    assert nothing_words(()) == "所选款项目前都不能拨付，请刷新页面后重新选择。"
