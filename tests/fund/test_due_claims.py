"""Claims that are due: what they miss is asked for all of them at once."""

from tests.fund.payment_world import no_lines
from tests.fund.web_world import payable_claim
from tests.people import sign_in_as
from training_admin.database import counted_queries, read_transaction
from training_admin.fund import batches
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings
from training_admin.wiring import missing_of_claim


async def test_a_page_of_due_claims_is_asked_in_as_many_queries_as_one(database: Settings, clock: FixedClock) -> None:
    clerk = (await sign_in_as("caijing", clock, stepped_up=True)).actor
    counts: list[int] = []
    known: list[str] = []
    for letter in "AB":
        known.append(await payable_claim(clock, letter))
        with counted_queries() as queries:
            found = await batches.candidates(clerk, missing=missing_of_claim, lines=no_lines, clock=clock)
        counts.append(len(queries))
        assert sorted(due.case_no for item in found.items for due in item.dues) == sorted(known)
        assert found.left_out == ()
        async with read_transaction():
            with counted_queries() as asked:
                assert await missing_of_claim([*known, "XT20260001"], clock) == {case: [] for case in known}
        counts.append(len(asked))
    assert counts[:2] == counts[2:]
    assert counts[1] <= 12
