"""What words add to a determination: never above the rules' price of a row, never above what the ceiling leaves, never a refused row."""

from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training_admin.subsidy.causes import cause_groups
from training_admin.subsidy.determination import Cleared, LineSaid, LineWord, cleared_rows, determined, newest
from training_admin.subsidy.record import (
    PAYING,
    AssessmentRecord,
    CeilingResult,
    ClassResult,
    Finding,
    LineOutcome,
    LineResult,
)

TODAY = date(2026, 6, 1)
UNKNOWN = Finding("TR-01", 1, "unknown", "HOLD", missing="社保缴费月份")
FAILED = Finding("TR-02", 1, "failed", "HOLD", figures={"age_months": 800, "min_months": 192, "max_months": 720})


def line(row: int, outcome: LineOutcome, *findings: Finding, fen: int = 1000, person: str = "") -> LineResult:
    computed = 0 if outcome.value.startswith("REJECT") else fen
    payable = computed if outcome in PAYING else 0
    return LineResult(row, person or f"p{row}", "B1", outcome, computed, payable, findings, (), None)


def record(*lines: LineResult, left: int | None = 100_000, of_class: tuple[Finding, ...] = (), known: bool = True) -> AssessmentRecord:
    payable = sum(each.payable_fen for each in lines)
    klass = ClassResult(
        *("B1", "职业技能培训", None, TODAY, TODAY, 10, 0, 0, 0, 1000, 1, payable, of_class, (), ("TR-01", "TR-02", "ATT-01"), (), ())
    )
    ceiling = CeilingResult(left, left, payable, payable if known else None, 0)
    return AssessmentRecord(
        *("1", "SJ", "X", 2026, TODAY, "", "sj", "1", "", (), (), (), tuple(lines), (klass,), ceiling),
    )


def said(row: int, word: LineWord, rule: str = "TR-01", until: date | None = None) -> LineSaid:
    return LineSaid(row, word, rule, "已核", until, "某人")


def fen_of(found: AssessmentRecord, *words: LineSaid, today: date = TODAY) -> int:
    return determined(found, newest(words), cleared_rows(words, today=today)).fen


WAITS = record(line(10, LineOutcome.HOLD, UNKNOWN), line(11, LineOutcome.PAY))


def test_evidence_for_every_missing_fact_adds_the_row_at_the_rules_price() -> None:
    assert fen_of(WAITS) == 1000
    found = determined(WAITS, {}, cleared_rows([said(10, LineWord.EVIDENCE)], today=TODAY))
    assert (found.fen, found.rows, found.added, found.fen_of_added) == (2000, (10, 11), (10,), 1000)
    assert fen_of(WAITS, said(10, LineWord.EVIDENCE, "ATT-01")) == 1000, "evidence for another rule clears nothing"
    assert fen_of(WAITS, said(10, LineWord.OVERRIDE, until=TODAY)) == 1000, "an exception does not prove a missing fact"


def test_all_that_holds_a_row_must_be_cleared_also_what_holds_its_class() -> None:
    both = record(line(10, LineOutcome.HOLD, UNKNOWN, FAILED))
    assert fen_of(both, said(10, LineWord.EVIDENCE)) == 0
    assert fen_of(both, said(10, LineWord.EVIDENCE), said(10, LineWord.OVERRIDE, "TR-02", TODAY)) == 1000
    held_class = record(line(10, LineOutcome.HOLD, UNKNOWN), of_class=(FAILED,))
    assert fen_of(held_class, said(10, LineWord.EVIDENCE)) == 0
    assert fen_of(held_class, said(10, LineWord.EVIDENCE), said(10, LineWord.OVERRIDE, "TR-02", TODAY)) == 1000


def test_an_exception_counts_to_its_last_day_and_a_later_word_ends_it() -> None:
    held = record(line(10, LineOutcome.HOLD, FAILED))
    word = said(10, LineWord.OVERRIDE, "TR-02", TODAY)
    assert fen_of(held, word) == 1000
    assert fen_of(held, word, today=date(2026, 6, 2)) == 0
    assert fen_of(held, said(10, LineWord.OVERRIDE, "TR-02")) == 0, "without a last day it is none"
    for later in (LineWord.CLEARED, LineWord.REFUSE, LineWord.HOLD):
        assert fen_of(held, word, said(10, later)) == 0
    assert fen_of(held, said(10, LineWord.REFUSE), word) == 1000


def test_a_row_that_is_left_out_is_not_added_whatever_was_cleared() -> None:
    cleared = {10: Cleared(frozenset({"TR-01"}), frozenset())}
    assert determined(WAITS, {10: said(10, LineWord.REFUSE)}, cleared).fen == 1000


@pytest.mark.parametrize("outcome", [LineOutcome.REJECT_LINE, LineOutcome.REJECT_CLASS, LineOutcome.REJECT_CLAIM, LineOutcome.CELL])
def test_what_the_rules_refuse_no_word_pays(outcome: LineOutcome) -> None:
    refused = record(line(10, outcome, UNKNOWN))
    assert fen_of(refused, said(10, LineWord.EVIDENCE)) == 0


def test_a_person_is_added_once_and_not_beside_a_paid_row() -> None:
    twice = record(line(10, LineOutcome.HOLD, UNKNOWN, person="x"), line(11, LineOutcome.HOLD, UNKNOWN, person="x"))
    assert fen_of(twice, said(10, LineWord.EVIDENCE), said(11, LineWord.EVIDENCE)) == 1000
    paid = record(line(10, LineOutcome.HOLD, UNKNOWN, person="x"), line(11, LineOutcome.PAY, person="x"))
    assert fen_of(paid, said(10, LineWord.EVIDENCE)) == 1000
    nobody = record(msgspec.structs.replace(line(10, LineOutcome.HOLD, UNKNOWN), person=""))
    assert fen_of(nobody, said(10, LineWord.EVIDENCE)) == 0


def test_the_ceiling_bounds_what_is_added() -> None:
    lines = (line(10, LineOutcome.HOLD, UNKNOWN), line(11, LineOutcome.PAY), line(12, LineOutcome.HOLD, UNKNOWN))
    words = (said(10, LineWord.EVIDENCE), said(12, LineWord.EVIDENCE))
    assert fen_of(record(*lines, left=2300), *words) == 2300
    assert fen_of(record(*lines, left=2000), *words) == 2000
    assert fen_of(record(*lines, left=1000), *words) == 1000
    assert fen_of(record(*lines, left=None), *words) == 3000
    unknown = determined(record(*lines, known=False), {}, cleared_rows(words, today=TODAY))
    assert unknown.added == ()


LINES = st.lists(
    st.tuples(
        st.sampled_from([LineOutcome.PAY, LineOutcome.HOLD, LineOutcome.REJECT_LINE, LineOutcome.CELL]),
        st.lists(st.sampled_from([UNKNOWN, FAILED]), max_size=2),
        st.integers(1, 5000),
        st.sampled_from(["a", "b", "c", ""]),
    ),
    max_size=8,
)
SAID = st.lists(
    st.tuples(st.integers(10, 18), st.sampled_from(list(LineWord)), st.sampled_from(["TR-01", "TR-02"]), st.sampled_from([None, TODAY])),
    max_size=12,
)


@settings(max_examples=300, deadline=None)
@given(LINES, SAID, st.one_of(st.none(), st.integers(0, 20_000)))
def test_no_words_ever_pay_more_than_the_rules_price_or_the_ceiling(
    lines: list[tuple[LineOutcome, list[Finding], int, str]], words: list[tuple[int, LineWord, str, date | None]], more: int | None
) -> None:
    made = [line(10 + place, outcome, *found, fen=fen, person=person) for place, (outcome, found, fen, person) in enumerate(lines)]
    payable = sum(each.payable_fen for each in made)
    left = None if more is None else payable + more
    spoken = [said(*each) for each in words]
    found = determined(record(*made, left=left), newest(spoken), cleared_rows(spoken, today=TODAY))
    assert found.fen <= sum(each.computed_fen for each in made if each.outcome in {LineOutcome.PAY, LineOutcome.HOLD})
    assert left is None or found.fen <= left
    assert not set(found.rows) & (set(found.refused) | set(found.held))
    assert found.fen == sum(each.payable_fen for each in made if each.row in set(found.rows) - set(found.added)) + found.fen_of_added


def test_findings_are_grouped_by_cause_with_what_is_at_stake() -> None:
    warned = Finding("TR-02", 1, "failed", "WARN", figures=FAILED.figures)
    found = record(
        line(10, LineOutcome.HOLD, UNKNOWN),
        line(11, LineOutcome.HOLD, UNKNOWN),
        line(12, LineOutcome.PAY, warned),
        line(13, LineOutcome.CELL),
        of_class=(Finding("ENT-06", 1, "unknown", "", missing="类别"),),
    )
    groups = cause_groups(found)
    assert [(each.rule, each.rows, each.waits) for each in groups[:1]] == [("TR-01", (10, 11), True)]
    assert groups[0].fen == 2000
    assert "社保缴费月份" in groups[0].sentence
    assert {each.effect_words for each in groups} == {"暂缓", "提示", "不影响本次核验"}
    claim_wide = msgspec.structs.replace(
        record(line(10, LineOutcome.PAY)), findings=(Finding("CEIL-01", 1, "unknown", "HOLD", missing="实缴"),)
    )
    assert cause_groups(claim_wide)[0].rows == (10,)
    assert Cleared(frozenset({"TR-01"}), frozenset()).clears(UNKNOWN)
