"""What was decided of a claim: the record and the words that were there at its determination or refusal, and what they came to.

Notices, papers, second reviews and what is asked before payment all rest on this one reading, whatever is said of the claim later.
"""

import msgspec

from training_admin.kit.clock import shanghai_day
from training_admin.subsidy import review_store
from training_admin.subsidy.assessing import decoded_record
from training_admin.subsidy.determination import Determined, LineSaid, cleared_rows, determined, newest
from training_admin.subsidy.record import AssessmentRecord
from training_admin.subsidy.review_states import Act


class Decided(msgspec.Struct, frozen=True):
    """The record decided on, the words on its rows, and what is paid of it."""

    record: AssessmentRecord
    said: dict[int, LineSaid]
    found: Determined


async def decided(claim: int) -> Decided | None:
    """What was decided of a claim last; None when nothing was, or its amount is not known. In the open transaction."""
    place = await review_store.determined_place(claim)
    record = None if place is None else await decoded_record(claim, place)
    if record is None or record.ceiling.payable_fen is None:
        return None
    words = await review_store.words_decided_on(claim)
    steps = await review_store.steps_of(claim)
    day = next(shanghai_day(each.done_at) for each in reversed(steps) if each.act in {Act.DETERMINE, Act.REFUSE})
    said = newest(words)
    return Decided(record, said, determined(record, said, cleared_rows(words, today=day)))
