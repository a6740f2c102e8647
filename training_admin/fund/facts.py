"""Subsidies already paid, from this fund (LES, the local education surcharge) or another."""

from datetime import date

import msgspec

LES = "LES"
EMPLOYMENT_FUND = "EMP"


class PaidTraining(msgspec.Struct, frozen=True, gc=False):
    """One paid training of one person: occupation and level (None where the training has none), day paid, fund, fen, stream."""

    person: str
    occupation: str | None
    level: str | None
    paid_on: date
    fund: str
    amount_fen: int
    stream: str | None = None
