"""What was decided of a claim: the record and the words that were there at its determination or refusal, and what they came to.

Notices, papers, second reviews and what is asked before payment all rest on this one reading, whatever is said of the claim later.
"""

from collections.abc import Sequence

import msgspec

from training_admin.kit.clock import shanghai_day
from training_admin.subsidy import review_store
from training_admin.subsidy.determination import Determined, LineSaid, cleared_rows, determined, newest
from training_admin.subsidy.handling_store import SETTLED
from training_admin.subsidy.record import AssessmentRecord


class Decided(msgspec.Struct, frozen=True):
    """The record decided on, the words on its rows, and what is paid of it."""

    record: AssessmentRecord
    said: dict[int, LineSaid]
    found: Determined

    @property
    def prices(self) -> dict[int, int]:
        """The price of each row that is paid, in fen: of the settlement of a programme what each apprentice is entitled to."""
        rows = frozenset(self.found.rows)
        return {line.row: line.computed_fen for line in self.record.lines if line.row in rows}

    @property
    def shares(self) -> dict[int, int]:
        """What each row that is paid gets, in fen."""
        return {row: fen for row, (_stream, fen) in self.found.of_row.items()}


async def decided(claim: int) -> Decided | None:
    """What was decided of a claim last; None when nothing was, or its amount is not known. In the open transaction."""
    return (await decided_of([claim])).get(claim)


async def decided_of(claims: Sequence[int]) -> dict[int, Decided]:
    """What was decided of each of some claims last, without those of which nothing was; two queries for any number of them."""
    words = await review_store.words_decided_on(claims)
    found = {}
    for claim, content, done_at in await review_store.records_decided_on(claims):
        record = msgspec.json.decode(content, type=AssessmentRecord)
        if record.ceiling.payable_fen is not None:
            spoken = words.get(claim, [])
            said = newest(spoken)
            cleared = cleared_rows(spoken, today=shanghai_day(done_at))
            found[claim] = Decided(record, said, determined(record, said, cleared))
    return found


async def spoken_of(claims: Sequence[tuple[int, str]]) -> dict[int, Decided]:
    """What was decided of those of some claims (key and state) that are determined and on whose rows reviewers have spoken.

    Of all others the newest record says itself what they come to. Three queries for any number of them.
    """
    standing = [claim for claim, state in claims if state in SETTLED]
    return await decided_of(await review_store.claims_spoken_on(standing))
