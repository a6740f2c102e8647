"""Payment batches 拨付批次 as pure functions: what goes into one, what is left out and why, its content and its rows for the treasury."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum

import msgspec

from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.kit.money import capital_amount
from training_admin.kit.refusals import Unreadable


class BatchState(StrEnum):
    """Where a batch stands."""

    DRAFT = "draft"
    CHECKED = "checked"
    APPROVED = "approved"
    SENT = "sent"
    SETTLED = "settled"
    VOIDED = "voided"


BATCH_WORDS = {
    BatchState.DRAFT: "待复核",
    BatchState.CHECKED: "待审批",
    BatchState.APPROVED: "已审批，待送国库",
    BatchState.SENT: "已送国库，待回单",
    BatchState.SETTLED: "已办结",
    BatchState.VOIDED: "已作废",
}


class ItemState(StrEnum):
    """What the bank said of a payment."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    VOIDED = "voided"


ITEM_WORDS = {ItemState.PENDING: "待支付", ItemState.PAID: "已支付", ItemState.FAILED: "支付失败", ItemState.VOIDED: "已作废"}
REASONS_TOLD = 3
PURPOSE = "职工职业培训补贴"
NUMBER, HOLDER, ACCOUNT, BANK, AMOUNT, CAPITAL, USE, CODE = (
    *("序号", "收款户名", "账号", "开户行", "金额（元）", "金额大写", "用途", "业务编号"),
)
TREASURY_COLUMNS = (NUMBER, HOLDER, ACCOUNT, BANK, AMOUNT, CAPITAL, USE, CODE)
# Without these a bank cannot pay, or we could not tell what it has paid.
NEEDED_COLUMNS = (HOLDER, ACCOUNT, BANK, AMOUNT, CODE)


class ColumnsRefused(Unreadable):
    """The columns of the treasury file are not a sensible choice."""

    code = "treasury-columns-refused"
    title = "列的安排有误"


class Due(msgspec.Struct, frozen=True):
    """Something that may be paid now; `account` is the keyed hash of the account, `holds` the words of its holds.

    `rest` marks lines that were set apart from an earlier payment of the case.
    """

    id: int
    subject: str
    case_no: str
    payee: str
    payee_name: str
    fen: int
    since: datetime
    notice_ends: date | None
    account: bytes
    changed: bool
    called_back: str | None
    holds: tuple[str, ...] = ()
    rest: bool = False


class LeftOut(msgspec.Struct, frozen=True):
    """What is not paid now, and why."""

    due: Due
    reason: str


class PlannedItem(msgspec.Struct, frozen=True):
    """One payment to one payee: all that is due to him, less what he owes (抵扣); amounts are fen."""

    dues: tuple[Due, ...]
    netted_fen: int

    @property
    def payee(self) -> str:
        """Who is paid."""
        return self.dues[0].payee

    @property
    def total_fen(self) -> int:
        """What is due to him."""
        return sum(due.fen for due in self.dues)

    @property
    def fen(self) -> int:
        """What the bank pays."""
        return self.total_fen - self.netted_fen


def nothing_words(left_out: Sequence[LeftOut]) -> str:
    """Why nothing of what was chosen is paid: the first reasons, each with its business number, and how many more there are."""
    told = "；".join(f"{each.due.subject} {each.reason}" for each in left_out[:REASONS_TOLD])
    more = f"；另有 {len(left_out) - REASONS_TOLD} 笔" if len(left_out) > REASONS_TOLD else ""
    return f"所选款项目前都不能拨付：{told}{more}。" if told else "所选款项目前都不能拨付，请刷新页面后重新选择。"


def hands_of(trail_key: str) -> frozenset[str]:
    """Everybody whose hand is in something, from the key in which the trail names him and whom he stands in for."""
    return frozenset(trail_key.split(" for "))


def reason_against(due: Due, *, today: date, maker: frozenset[str]) -> str:
    """Why something is not paid today by this person, "" when nothing stands against it."""
    if due.holds:
        return f"已暂缓拨付：{'；'.join(due.holds)}"
    if due.notice_ends is None or due.notice_ends >= today:
        return "公示期未满"
    if due.changed and due.called_back is None:
        return "收款账户已变更，须由财务复核回拨核实"
    if due.called_back is not None and hands_of(due.called_back) & maker:
        return "收款账户由您本人回拨核实，须由另一名人员列入批次"
    return ""


def planned(
    dues: Iterable[Due], owed: Mapping[str, int], *, today: date, maker: frozenset[str]
) -> tuple[tuple[PlannedItem, ...], tuple[LeftOut, ...]]:
    """What is paid and what is left out; claims of one payee are one payment to the account of the first of them.

    `owed` is what each payee has to return and is not kept back by another payment yet: it is kept back here, never more than is due.
    """
    groups: dict[str, list[Due]] = {}
    left_out: list[LeftOut] = []
    for due in sorted(dues, key=lambda each: (each.since, each.id)):
        reason = reason_against(due, today=today, maker=maker)
        others = groups.get(due.payee, [])
        if not reason and others and others[0].account != due.account:
            reason = "同一单位有不同的收款账户，请分批拨付"
        if reason:
            left_out.append(LeftOut(due, reason))
        else:
            groups.setdefault(due.payee, []).append(due)
    items = (PlannedItem(tuple(group), min(sum(due.fen for due in group), owed.get(payee, 0))) for payee, group in groups.items())
    return tuple(items), tuple(left_out)


class FrozenCase(msgspec.Struct, frozen=True):
    """A case in the content of a batch."""

    subject: str
    case_no: str
    fen: int


class FrozenItem(msgspec.Struct, frozen=True):
    """A payment in the content of a batch; `account` is the keyed hash in hexadecimal, so that no number stands in the content."""

    code: str
    payee: str
    payee_name: str
    fen: int
    netted_fen: int
    account: str
    cases: tuple[FrozenCase, ...]


class BatchContent(msgspec.Struct, frozen=True):
    """What is checked, approved and sent: the batch's number and its payments in order."""

    number: str
    items: tuple[FrozenItem, ...]

    @property
    def sha256(self) -> str:
        """The digest by which the content is frozen: SHA-256 of its canonical JSON."""
        return sha256_hex(canonical_json(self))


def item_code(batch: str, place: int) -> str:
    """The 业务编号 of a payment: the batch's number and its place, counted from 1."""
    return f"{batch}-{place:04d}"


class TreasuryRow(msgspec.Struct, frozen=True):
    """A payment as the treasury is told it, with the account in full."""

    code: str
    holder: str
    account: str
    bank: str
    fen: int

    def __repr__(self) -> str:
        """Without the account: a repr ends up in logs."""
        return f"TreasuryRow({self.code})"


def arranged(columns: Sequence[str]) -> tuple[str, ...]:
    """The columns of the treasury file as the officer arranges them, all in their usual order when he does not; raises ColumnsRefused."""
    chosen = tuple(column for column in columns if column) or TREASURY_COLUMNS
    if set(chosen) - set(TREASURY_COLUMNS) or len(set(chosen)) != len(chosen):
        raise ColumnsRefused("每一列只能选一次，请重新安排。")
    if missing := [column for column in NEEDED_COLUMNS if column not in chosen]:
        raise ColumnsRefused(f"缺少必需的列：{'、'.join(missing)}。")
    return chosen


def treasury_values(rows: Sequence[TreasuryRow], columns: Sequence[str]) -> list[list[object]]:
    """The rows of the treasury file in the given columns; amounts are fen. What is wholly netted is no payment and left out."""
    table: list[list[object]] = []
    for place, row in enumerate((row for row in rows if row.fen), 1):
        values: dict[str, object] = {
            NUMBER: place,
            HOLDER: row.holder,
            ACCOUNT: row.account,
            BANK: row.bank,
            AMOUNT: row.fen,
            CAPITAL: capital_amount(row.fen),
            USE: PURPOSE,
            CODE: row.code,
        }
        table.append([values[column] for column in columns])
    return table
