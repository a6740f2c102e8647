"""A claim for the money of an apprenticeship programme with all outside knowledge, loaded before any rule runs."""

from datetime import date

import msgspec

from training_admin.apprenticeship.facts import ProgrammeFacts, Stage
from training_admin.kit.dated import Policy
from training_admin.kit.workdays import Calendar


class ProgrammeClaimFacts(msgspec.Struct, frozen=True):
    """A claim for the advance or the settlement of one programme as known at `known_at` (ISO instant, "" from files)."""

    claim_number: str
    uscc: str
    claim_year: int
    as_of: date
    known_at: str
    stage: Stage
    programme: ProgrammeFacts
    policy: Policy
    calendar: Calendar
