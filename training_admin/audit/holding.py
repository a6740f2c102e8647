"""Which lines of claims doubts hold before money leaves: handed to the fund's batches, inside the transaction of their act."""

from collections.abc import Sequence

from training_admin.audit import doubt_store
from training_admin.audit.doubt_facts import held_rows
from training_admin.audit.searching import search_cases
from training_admin.fund.line_facts import CaseLines
from training_admin.kit.clock import Clock
from training_admin.subsidy import review_store
from training_admin.subsidy.decided import decided_of


async def held_lines(cases: Sequence[str], *, fresh: bool, clock: Clock) -> dict[str, CaseLines]:
    """The lines of claims with a held one, and why; `fresh` looks at the claims anew first, in the open write transaction.

    What nobody has determined pays nothing and has no lines.
    """
    if fresh:
        await search_cases(cases, clock=clock)
    doubts = await doubt_store.holding(cases)
    claims = await review_store.claims_by_numbers(sorted(doubts))
    decisions = await decided_of([each.id for each in claims])
    found: dict[str, CaseLines] = {}
    for claim in claims:
        what = decisions.get(claim.id)
        if what is None:
            continue
        paid = what.found.of_row
        classes = {line.row: line.class_no for line in what.record.lines if line.row in paid}
        held = held_rows(doubts[claim.number], classes)
        if held:
            true = held_rows((each for each in doubts[claim.number] if each.confirmed), classes)
            found[claim.number] = CaseLines(paid, held, frozenset(true))
    return found
