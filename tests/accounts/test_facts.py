"""Assignments that are in force on a day, put together."""

from datetime import date

from training_admin.accounts.facts import AssignmentFacts, assigned_organisations

MARCH = (date(2026, 3, 1), date(2026, 3, 31))
TODAY = date(2026, 3, 15)


def test_assignments_in_force_are_put_together() -> None:
    one = AssignmentFacts(frozenset({"A"}), *MARCH)
    over = AssignmentFacts(frozenset({"B"}), date(2026, 1, 1), date(2026, 2, 28))
    other = AssignmentFacts(frozenset({"C"}), TODAY, TODAY)
    assert assigned_organisations((one, over, other), TODAY) == frozenset({"A", "C"})
    assert assigned_organisations((over,), TODAY) == frozenset()


def test_an_assignment_to_the_district_leaves_nothing_out() -> None:
    assert assigned_organisations((AssignmentFacts(None, *MARCH), AssignmentFacts(frozenset({"A"}), *MARCH)), TODAY) is None
