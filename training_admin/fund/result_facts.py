"""What the bank said of payments, judged against the batch as a pure function: everything wrong is named at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from training_admin.fund.batch_plan import ItemState
from training_admin.kit.money import yuan

CODE, AMOUNT, OUTCOME, REFERENCE, PAID_ON, FAILURE = "业务编号", "金额（元）", "结果", "支付凭证号", "支付日期", "失败原因"
PAID_WORDS, FAILED_WORDS = ("成功", "已支付", "支付成功"), ("失败", "退票", "支付失败")
LONGEST_REFERENCE, LONGEST_FAILURE = 60, 200


class BankResult(msgspec.Struct, frozen=True):
    """One row of the bank's answer; `fen` is None where the bank does not repeat the amount. `row` is where it was read."""

    code: str
    fen: int | None
    paid: bool
    reference: str = ""
    paid_on: date | None = None
    failure: str = ""
    row: int = 0


class KnownItem(msgspec.Struct, frozen=True):
    """A payment of the batch as it stands."""

    id: int
    fen: int
    state: ItemState
    reference: str | None


class Wrong(msgspec.Struct, frozen=True):
    """What is wrong with a row: the column, a code, and a sentence."""

    row: int
    column: str
    code: str
    sentence: str


class Judged(msgspec.Struct, frozen=True):
    """What is to be recorded, what was recorded before, and everything that is wrong."""

    fresh: tuple[BankResult, ...]
    repeated: int
    wrong: tuple[Wrong, ...]


def judge(results: Sequence[BankResult], items: Mapping[str, KnownItem], taken: Mapping[str, int], today: date, *, sent_on: date) -> Judged:
    """The bank's answer against the payments by their code; `taken` are references with the key of the payment that has them.

    Nothing was paid before the batch was sent (`sent_on`): a day before it would change a month that was reconciled long ago.
    """
    wrong: list[Wrong] = []
    fresh: list[BankResult] = []
    seen_codes: set[str] = set()
    seen_references: set[str] = set()
    for each in results:
        item = items.get(each.code)
        if item is None:
            wrong.append(Wrong(each.row, CODE, "UNKNOWN_VALUE", "这一批次中没有这个业务编号，请核对。"))
            continue
        found = list(_faults(each, item, taken, sent_on, today))
        if each.code in seen_codes:
            found.append(Wrong(each.row, CODE, "DUPLICATE_ROW", "这个业务编号出现了两次，请只保留一行。"))
        if each.paid and each.reference in seen_references:
            found.append(Wrong(each.row, REFERENCE, "DUPLICATE_ROW", "这个支付凭证号出现了两次，请核对。"))
        seen_codes.add(each.code)
        seen_references |= {each.reference} if each.reference else set()
        wrong += found
        if not found and not is_repeated(each, item):
            fresh.append(each)
    return Judged(tuple(fresh), len(results) - len(fresh), tuple(wrong))


def is_repeated(result: BankResult, item: KnownItem) -> bool:
    """Whether a payment stands as the bank says already."""
    return item.state is (ItemState.PAID if result.paid else ItemState.FAILED)


def _faults(result: BankResult, item: KnownItem, taken: Mapping[str, int], sent_on: date, today: date) -> Iterable[Wrong]:
    if result.fen is not None and result.fen != item.fen:
        yield Wrong(result.row, AMOUNT, "MONEY", f"与批次中的金额不一致，批次中为 {yuan(item.fen)} 元。")
    if item.fen == 0:
        yield Wrong(result.row, CODE, "UNKNOWN_VALUE", "这笔款项已全额抵扣，没有送银行，不能登记银行结果。")
    elif item.state is ItemState.VOIDED:
        yield Wrong(result.row, CODE, "UNKNOWN_VALUE", "这笔支付已作废，不能登记结果。")
    elif result.paid:
        yield from _faults_of_paid(result, item, taken, sent_on, today)
    elif not result.failure or len(result.failure) > LONGEST_FAILURE or not result.failure.isprintable():
        yield Wrong(result.row, FAILURE, "MISSING", f"支付失败须填写原因（不超过 {LONGEST_FAILURE} 字）。")


def _faults_of_paid(result: BankResult, item: KnownItem, taken: Mapping[str, int], sent_on: date, today: date) -> Iterable[Wrong]:
    if item.state is ItemState.FAILED:
        yield Wrong(result.row, OUTCOME, "UNKNOWN_VALUE", "这笔支付已登记为失败，须由企业确认账户后重新列入批次。")
    if item.state is ItemState.PAID and item.reference != result.reference:
        yield Wrong(result.row, REFERENCE, "DUPLICATE_ROW", "这笔支付已登记为成功，支付凭证号与此不同，请核对。")
    if not result.reference or len(result.reference) > LONGEST_REFERENCE or not result.reference.isprintable():
        yield Wrong(result.row, REFERENCE, "MISSING", f"支付成功须填写支付凭证号（不超过 {LONGEST_REFERENCE} 字）。")
    elif taken.get(result.reference, item.id) != item.id:
        yield Wrong(result.row, REFERENCE, "DUPLICATE_ROW", "这个支付凭证号已用于另一笔支付，请核对。")
    if result.paid_on is None or not sent_on <= result.paid_on <= today:
        yield Wrong(result.row, PAID_ON, "DATE", "请填写支付日期，不能早于批次送国库的日期，不能晚于今天。")
