"""A new-style apprenticeship as its amounts see it: what was filed, and what became of the apprentices."""

from datetime import date

import msgspec

from training_admin.kit.dated import FiguresOn


class Programme(msgspec.Struct, frozen=True):
    """An apprentice class as filed. `day` is the filing's approval and picks the figures (VER-01); months count whole.

    `reason_recorded` says that a term above the normal longest has its recorded reason (APP-10).
    """

    day: date
    level: str
    months: int
    filed: int
    contract_months: int
    reason_recorded: bool = True


class Completion(msgspec.Struct, frozen=True):
    """What became of the apprentices of a programme; whoever is in neither number did not complete (APP-23, APP-26).

    `obtained_level` is the level of the certificates, `taught_centihours` the hours taught over the whole term, None
    when they met the minimum. `wage_ok` counts apprentices whose wage reached the minimum in every month (APP-05).
    """

    certified: int
    completed_only: int
    obtained_level: str
    wage_ok: int
    taught_centihours: int | None = None
    advance_paid_fen: int | None = None


class ProgrammeContext(msgspec.Struct, frozen=True):
    """Surroundings of a rule of an apprenticeship: what became of the apprentices, and the figures of the filing's day."""

    completion: Completion
    figures: FiguresOn


class Settlement(msgspec.Struct, frozen=True):
    """Entitled, advanced and settled amounts of a programme in fen; a negative final amount is returned (APP-24)."""

    entitled_fen: int
    advance_fen: int
    final_fen: int

    @property
    def clawback_fen(self) -> int:
        """What the enterprise returns or what is deducted."""
        return max(0, -self.final_fen)
