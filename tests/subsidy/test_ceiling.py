"""The ceiling cuts to the fen, and figures are shown only where they are in force."""

from datetime import date

import msgspec

from tests.subsidy.ordinary import ENTERPRISE, LINE, claim_of
from training_admin.catalog.parameters import ATT_PERSON_MIN
from training_admin.subsidy.assess import assess
from training_admin.subsidy.figures import figures_used
from training_admin.subsidy.record import LineOutcome


def test_a_line_that_loses_nothing_to_the_ceiling_is_paid_not_reduced() -> None:
    lines = (LINE, msgspec.structs.replace(LINE, row=6, person="q"))
    whole = assess(claim_of(lines))
    ceiling_fen = whole.ceiling.ceiling_fen
    assert ceiling_fen is not None
    one_fen_short = ceiling_fen - whole.ceiling.computed_fen + 1
    record = assess(claim_of(lines, enterprise=msgspec.structs.replace(ENTERPRISE, subsidy_paid_fen={"2026": one_fen_short})))
    price_fen = whole.lines[0].payable_fen
    assert [(line.outcome, line.payable_fen) for line in record.lines] == [
        (LineOutcome.PAY, price_fen),
        (LineOutcome.REDUCE, price_fen - 1),
    ]


def test_a_figure_not_in_force_on_the_day_is_not_shown_as_used() -> None:
    policy = claim_of().policy
    keys = [ATT_PERSON_MIN.key, "no.such.figure"]
    assert [used.key for used in figures_used(policy, keys, date(2026, 3, 9))] == [ATT_PERSON_MIN.key]
    assert figures_used(policy, keys, date(1900, 1, 1)) == ()
