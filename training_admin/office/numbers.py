"""Business numbers: counted per kind and year in the act's own transaction, so none is missing and none is given twice."""

from training_admin.database import fetch_tuples

NEXT = """
INSERT INTO business_number AS given (kind, year, last) VALUES ($1, $2, 1)
ON CONFLICT (kind, year) DO UPDATE SET last = given.last + 1 RETURNING last
"""


async def next_number(kind: str, year: int) -> int:
    """The next number of a kind in a year, counted from 1; an act that fails gives it back."""
    return int((await fetch_tuples(NEXT, kind, year))[0][0])
