"""What of a payable is held by its lines: part of it, all of it, nothing; and which lines are left after parts were set apart."""

from training_admin.fund.line_facts import CaseLines, Cut, SetApart, cut_of, rows_of

PAID = {5: ("甲", 100), 6: ("甲", 200), 7: ("乙", 50), 8: ("乙", 0)}
PARTS = {"甲": 300, "乙": 50}


def lines(**held: str) -> CaseLines:
    return CaseLines(PAID, {int(row[1:]): words for row, words in held.items()})


def test_held_lines_are_cut_out_with_their_streams() -> None:
    cut = cut_of(1, PARTS, (), lines(r6="疑点一", r7="疑点二"))
    assert cut == Cut((6, 7), {"甲": 200, "乙": 50}, "疑点一；疑点二", whole=False)
    assert cut.fen == 250
    assert cut_of(1, PARTS, (), lines(r5="同一", r6="同一")) == Cut((5, 6), {"甲": 300}, "同一", whole=False)
    assert cut_of(1, PARTS, (), lines()) is None


def test_a_payable_pays_what_was_not_set_apart() -> None:
    apart = (SetApart(1, 2, (6, 7)), SetApart(2, 3, (7,)), SetApart(8, 9, (5,)))
    assert [sorted(rows_of(payable, apart, lines())) for payable in (1, 2, 3)] == [[5, 8], [6], [7]]
    assert cut_of(1, {"甲": 100}, apart, lines(r6="疑点")) is None
    assert cut_of(2, {"甲": 200}, apart, lines(r6="疑点")) == Cut((6,), {"甲": 200}, "疑点", whole=True)


def test_lines_that_are_paid_nothing_hold_nothing() -> None:
    assert cut_of(1, PARTS, (), lines(r8="疑点")) is None
    rest = cut_of(1, PARTS, (), lines(r5="一", r6="一", r7="一"))
    assert rest is not None
    assert rest.whole


def test_everything_held_and_what_does_not_add_up_are_held_whole() -> None:
    everything = cut_of(1, PARTS, (), lines(r5="一", r6="一", r7="一", r8="一"))
    assert everything is not None
    assert (everything.whole, everything.fen) == (True, 350)
    other = cut_of(1, {"甲": 299}, (), lines(r5="一", r99="二"))
    assert other == Cut((5, 99), {"甲": 299}, "一；二", whole=True)


def test_a_cut_is_confirmed_when_what_holds_each_line_was_found_true() -> None:
    held = {5: "一", 6: "二"}
    found = [cut_of(1, PARTS, (), CaseLines(PAID, held, frozenset(true))) for true in ((), (5,), (5, 6))]
    assert [cut is not None and cut.confirmed for cut in found] == [False, False, True]
