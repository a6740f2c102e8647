"""Enterprises, institutions and insurance months as other offices deliver them."""

from datetime import date, datetime

import msgspec

SIZES = ("L", "M", "S", "MICRO")
SIZE_WORDS = {"L": "大型", "M": "中型", "S": "小型", "MICRO": "微型"}


class Enterprise(msgspec.Struct, frozen=True):
    """An enterprise of record: size class, tax district, business status, surcharge paid and subsidy received by year (fen).

    `kind` is ENTERPRISE, DISPATCH_AGENCY or PLATFORM; `surcharge_paid_fen` and `subsidy_paid_fen` map a calendar year.
    """

    uscc: str
    name: str
    size: str | None
    tax_district: str | None
    status: str | None
    surcharge_paid_fen: dict[str, int]
    subsidy_paid_fen: dict[str, int]
    insured_headcount: int | None = None
    kind: str = "ENTERPRISE"


class YearAmounts(msgspec.Struct, frozen=True):
    """What an enterprise paid and received by year (fen), where a delivery says nothing else about it."""

    uscc: str
    surcharge_paid_fen: dict[str, int]
    subsidy_paid_fen: dict[str, int]


class Institution(msgspec.Struct, frozen=True):
    """A training institution of record: licence end and registered occupations."""

    uscc: str
    name: str
    licence_to: date | None
    occupations: tuple[str, ...]


class InsuredMonth(msgspec.Struct, frozen=True, gc=False):
    """One month of employee insurance of one person: who paid it. `person` is a keyed hash, never a number."""

    person: str
    month: str
    payer: str


class Coverage(msgspec.Struct, frozen=True):
    """Which insurance months (`2026-03`) and surcharge years (`2025`) have been delivered; others are unknown, not zero."""

    insurance: frozenset[str]
    surcharge: frozenset[str]


class DeliveryHead(msgspec.Struct, frozen=True):
    """A received delivery in a list: who sent it, the day it describes, when it became known here, and how many rows it brought."""

    id: int
    source: str
    as_of: date
    received_at: datetime
    rows: int
