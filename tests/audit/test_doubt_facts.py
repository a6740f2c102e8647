"""Stored doubts as pure data: what is the same doubt, what holds money, which rows it holds."""

import pytest

from training_admin.audit.check import Found, Severity
from training_admin.audit.doubt_facts import DoubtState, HoldingDoubt, fingerprint, held_rows, holds_money, state_of

FOUND = Found("C1", (4, 5), 100, (("社保月份", "2026-04"),))


def test_a_doubt_is_the_same_while_rule_rows_and_evidence_are() -> None:
    assert fingerprint("AU-020", FOUND) == fingerprint("AU-020", Found("C1", (4, 5), 999, FOUND.evidence))
    others = {
        fingerprint("AU-021", FOUND),
        fingerprint("AU-020", Found("C2", (4, 5), 100, FOUND.evidence)),
        fingerprint("AU-020", Found("C1", (4,), 100, FOUND.evidence)),
        fingerprint("AU-020", Found("C1", (4, 5), 100, ())),
    }
    assert len(others - {fingerprint("AU-020", FOUND)}) == 4


@pytest.mark.parametrize(
    ("severity", "decision", "gone", "holds"),
    [
        (Severity.BLOCK, "", False, True),
        (Severity.HIGH, "", False, True),
        (Severity.MEDIUM, "", False, False),
        (Severity.HIGH, "", True, False),
        (Severity.HIGH, "false", False, False),
        (Severity.MEDIUM, "confirmed", False, True),
        (Severity.HIGH, "confirmed", True, True),
    ],
)
def test_what_holds_money(severity: Severity, decision: str, *, gone: bool, holds: bool) -> None:
    assert holds_money(severity, state_of(decision, gone=gone)) is holds


def test_a_doubt_holds_its_rows_its_class_or_its_claim() -> None:
    def doubt(number: str, class_no: str = "", rows: tuple[int, ...] = (), *, confirmed: bool = False) -> HoldingDoubt:
        return HoldingDoubt(number, "AU-020", "社保不在申报企业", Severity.HIGH, class_no, rows, confirmed)

    classes = {4: "C1", 5: "C1", 6: "C2"}
    assert list(held_rows([doubt("a", "C1", (5, 99))], classes)) == [5]
    assert list(held_rows([doubt("a", "C1")], classes)) == [4, 5]
    both = held_rows([doubt("a"), doubt("b", "C2", confirmed=True)], classes)
    assert both[4] == "审计疑点 a（AU-020 社保不在申报企业，高）"
    assert both[6].endswith("审计疑点 b（AU-020 社保不在申报企业，高，属实）")
    assert state_of("", gone=True) is DoubtState.GONE
