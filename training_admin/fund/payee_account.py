"""The account to which somebody is paid: sealed where it is stored, four digits on screens, in full in the treasury file only."""

import re

import msgspec

from training_admin.fund.payable_store import ACCOUNT_PLACE, ITEM_ACCOUNT_PLACE
from training_admin.kit.identifiers import clean_number, mask_bank
from training_admin.kit.refusals import Unreadable
from training_admin.kit.vault import vault

# The place of the keyed hash: the same as where a determination enters what is to be paid.
ACCOUNT_HASH = "payable.account"
LONGEST_BANK, LONGEST_HOLDER = 100, 200
_ACCOUNT = re.compile(r"[0-9A-Z-]{5,40}")


class AccountRefused(Unreadable):
    """Bank, account or holder is missing or no such thing."""

    code = "account-refused"
    title = "收款账户有误"


class PayeeAccount(msgspec.Struct, frozen=True):
    """Bank, account number and holder."""

    bank: str
    account: str
    holder: str

    def __repr__(self) -> str:
        """Without the number: a repr ends up in logs."""
        return "PayeeAccount()"

    @property
    def text(self) -> str:
        """As it is sealed and hashed."""
        return f"{self.bank}\n{self.account}\n{self.holder}"

    @property
    def hash(self) -> bytes:
        """The keyed hash by which equal accounts are known."""
        return vault().keyed_hash(self.text, place=ACCOUNT_HASH)

    def sealed(self, *, place: str = ACCOUNT_PLACE) -> bytes:
        """Sealed for a column."""
        return vault().encrypt_text(self.text, place=place)

    @property
    def masked(self) -> str:
        """Bank, holder and the last four digits."""
        return f"{self.bank} {mask_bank(self.account)}（{self.holder}）"


def opened_account(sealed: bytes, *, place: str = ACCOUNT_PLACE) -> PayeeAccount:
    """The account of a sealed column."""
    bank, account, holder = vault().decrypt_text(sealed, place=place).split("\n")
    return PayeeAccount(bank, account, holder)


def for_item(sealed: bytes) -> bytes:
    """The account of a payable, sealed for the payment into which it goes."""
    return opened_account(sealed).sealed(place=ITEM_ACCOUNT_PLACE)


def typed_account(bank: str, account: str, holder: str) -> PayeeAccount:
    """An account as typed; raises AccountRefused."""
    words, number, name = " ".join(bank.split()), clean_number(account), " ".join(holder.split())
    if not words or len(words) > LONGEST_BANK or not words.isprintable():
        raise AccountRefused("请填写开户行全称（到支行）。")
    if not _ACCOUNT.fullmatch(number):
        raise AccountRefused("账号应为 5 到 40 位数字，请对照开户许可证或银行回单填写。")
    if not name or len(name) > LONGEST_HOLDER or not name.isprintable():
        raise AccountRefused("请填写收款户名，须与单位名称一致。")
    return PayeeAccount(words, number, name)
