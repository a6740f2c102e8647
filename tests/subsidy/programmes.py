"""Claims for programmes of apprentices, built from the ordinary one."""

from collections.abc import Sequence
from typing import Any

import msgspec

from tests.apprenticeship.ordinary import APPRENTICE, POLICY, PROGRAMME
from training_admin.apprenticeship.facts import ApprenticeFacts, Stage
from training_admin.office.calendar_data import published_calendar
from training_admin.subsidy.programme_facts import ProgrammeClaimFacts


def apprentice(row: int, **changes: Any) -> ApprenticeFacts:
    """The ordinary apprentice in a row, with some facts changed."""
    return msgspec.structs.replace(APPRENTICE, row=row, person=f"p{row}", **changes)


def claim_of(people: Sequence[ApprenticeFacts], stage: Stage = Stage.SETTLEMENT, **changes: Any) -> ProgrammeClaimFacts:
    """A claim for the ordinary programme with these apprentices; changes are those of the programme, `policy` aside."""
    policy = changes.pop("policy", POLICY)
    return ProgrammeClaimFacts(
        claim_number="SJ2027000001",
        uscc=PROGRAMME.uscc,
        claim_year=2027,
        as_of=PROGRAMME.as_of,
        known_at="",
        stage=stage,
        programme=msgspec.structs.replace(PROGRAMME, apprentices=tuple(people), **changes),
        policy=policy,
        calendar=published_calendar(),
    )
