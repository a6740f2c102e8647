"""Stored doubts as pure data: which are the same, in which state one is, which hold money, in which order they are looked at."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from training_admin.audit.check import Found, Severity
from training_admin.kit.digest import canonical_json, sha256_hex


class Subject(StrEnum):
    """What a doubt is about."""

    CLAIM = "claim"
    BATCH = "batch"
    INSTITUTION = "institution"
    ENTERPRISE = "enterprise"
    PERIOD = "period"


SUBJECT_WORDS = {
    Subject.CLAIM: "申报",
    Subject.BATCH: "拨付批次",
    Subject.INSTITUTION: "培训机构",
    Subject.ENTERPRISE: "企业",
    Subject.PERIOD: "期间",
}


class DoubtState(StrEnum):
    """Where a doubt stands."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    FALSE = "false"
    GONE = "gone"


DOUBT_WORDS = {
    DoubtState.OPEN: "待核查",
    DoubtState.CONFIRMED: "属实",
    DoubtState.FALSE: "误报",
    DoubtState.GONE: "已消除",
}
# What an officer may decide.
DECISIONS = (DoubtState.CONFIRMED, DoubtState.FALSE)
HOLDING = frozenset({Severity.BLOCK, Severity.HIGH})


def fingerprint(rule: str, found: Found) -> str:
    """Tells one finding of a subject from another: what was decided counts for these rows and this evidence, not for others."""
    return sha256_hex(canonical_json([rule, found.class_no, list(found.rows), [list(each) for each in found.evidence]]))


def state_of(decision: str, *, gone: bool) -> DoubtState:
    """The state of a stored doubt: what is decided stays decided, what nobody decided may have gone."""
    if decision:
        return DoubtState(decision)
    return DoubtState.GONE if gone else DoubtState.OPEN


def holds_money(severity: Severity, state: DoubtState) -> bool:
    """Whether a doubt stops a payment: 阻断 and 高 until they are decided (policy.md part 15), and whatever was confirmed as true."""
    return state is DoubtState.CONFIRMED or (state is DoubtState.OPEN and severity in HOLDING)


class HoldingDoubt(msgspec.Struct, frozen=True):
    """A doubt that stops money: which rows, or with none of them a class, or with no class either the whole claim."""

    number: str
    rule: str
    title: str
    severity: Severity
    class_no: str
    rows: tuple[int, ...]
    confirmed: bool

    @property
    def words(self) -> str:
        """The doubt as the payment's pages name it; what it rests on stands on its own page."""
        return f"审计疑点 {self.number}（{self.rule} {self.title}，{self.severity.value}{'，属实' if self.confirmed else ''}）"


def held_rows(doubts: Iterable[HoldingDoubt], classes: Mapping[int, str]) -> dict[int, str]:
    """Which of the paid rows are held and by what, `classes` telling the class of each; several doubts are named one after the other."""
    words: dict[int, list[str]] = {}
    for doubt in doubts:
        for row, class_no in classes.items():
            if row in doubt.rows if doubt.rows else doubt.class_no in ("", class_no):
                words.setdefault(row, []).append(doubt.words)
    return {row: "；".join(said) for row, said in words.items()}
