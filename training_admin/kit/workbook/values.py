"""From a cell to a value: dates in all usual spellings, amounts, hours, words. None means that it cannot be read."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from training_admin.kit.identifiers import halfwidth
from training_admin.kit.money import decimal_from_text, fen_from_decimal, fen_from_text
from training_admin.kit.workbook.sheet import Cell, Kind

DAY_ZERO_1900 = date(1899, 12, 30)
DAY_ZERO_1904 = date(1904, 1, 1)
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
NOISE = Decimal("0.000001")
HUNDREDTH = Decimal("0.01")
MOST_HOURS = 100_000
FIRST_YEAR, LAST_YEAR = 2000, 2099
MONTHS = 12
MOST_PERIODS = 240
_DATE = re.compile(r"(\d{4})[-/.年—–](\d{1,2})[-/.月—–](\d{1,2})[日号]?(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
_DATE_EIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?|(\d{4})(\d{2})")
_MONTH_AS_NUMBER = re.compile(r"\d{6}")
_YEAR = re.compile(r"(\d{4})(?:年度?)?")
_RANGE = re.compile(r"\s*[至到~]\s*")
_NEXT = re.compile(r"[、,;\s]+")
_MONEY_WORDS = re.compile(r"^(?:人民币|RMB|CNY|[¥￥])+|元$", re.IGNORECASE)
_HOUR_WORDS = re.compile(r"(?:个)?(?:课时|学时)$|人$")
_SCIENTIFIC = re.compile(r"\d\.\d+[Ee]\+?\d+|\d[Ee]\+\d+")
_PLAIN_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_WHOLE_NUMBER = re.compile(r"(\d+)\.0+")
# Asking an enumeration for its member costs more than looking into a set.
_NUMBERS = frozenset({Kind.NUMBER, Kind.DATE})
YES, NO = frozenset({"是", "有", "√", "Y", "YES", "1", "TRUE"}), frozenset({"否", "无", "×", "N", "NO", "0", "FALSE"})


def plain(cell: Cell) -> str:
    """The text of a cell, half-width, trimmed, inner line breaks as spaces; whole numbers without `.0`."""
    text = cell.text
    if text.isascii() and text.isalnum():  # identity and phone numbers: nothing to tidy, and each is another
        return text
    text = _tidy(text)
    if cell.kind is Kind.NUMBER:
        whole = _WHOLE_NUMBER.fullmatch(text)
        return whole[1] if whole else text
    return text


@lru_cache(maxsize=4096)
def _tidy(text: str) -> str:
    return " ".join(halfwidth(text).split())


def compact(cell: Cell) -> str:
    """The text of a cell without any space: class numbers, words of lists."""
    text = plain(cell)
    return text.replace(" ", "") if " " in text else text


def is_lost_number(cell: Cell) -> bool:
    """Whether a long number was stored as a number or in scientific notation, so that digits may be lost."""
    text = cell.text
    if cell.kind in _NUMBERS:
        return True
    if text.isascii() and text.isalnum():  # neither point nor plus
        return False
    return _SCIENTIFIC.fullmatch(compact(cell)) is not None


def to_date(cell: Cell, *, from_1904: bool) -> date | None:
    """A day from a real date or from 2026-3-1, 2026/3/1, 2026.3.1, 2026年3月1日, 20260301."""
    if cell.kind is Kind.DATE:
        return _from_serial(cell.text, DAY_ZERO_1904 if from_1904 else DAY_ZERO_1900)
    if cell.kind not in {Kind.TEXT, Kind.NUMBER}:
        return None
    text = plain(cell)
    found = _DATE.fullmatch(text) or _DATE.fullmatch(text.replace(" ", "")) or _DATE_EIGHT.fullmatch(text)
    if found is None:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    return day if EARLIEST <= day < LATEST else None


@lru_cache(maxsize=4096)
def _from_serial(text: str, zero: date) -> date | None:
    serial = decimal_from_text(text)
    if serial is None or not 1 <= serial < (LATEST - zero).days:
        return None
    return zero + timedelta(days=int(serial))


def to_month(cell: Cell, *, from_1904: bool) -> str | None:
    """A month as `2026-03` from a real date or from 2026-3, 2026/3, 2026.3, 2026年3月, 202603.

    2026.10 stored as a number has lost its last digit, so a number must have six.
    """
    text = compact(cell)
    found = _MONTH.fullmatch(text) if cell.kind is Kind.TEXT or (cell.kind is Kind.NUMBER and _MONTH_AS_NUMBER.fullmatch(text)) else None
    if found is None:
        day = to_date(cell, from_1904=from_1904)
        return None if day is None else _month_text(day.year, day.month)
    return _month_text(int(found[1] or found[3]), int(found[2] or found[4]))


def _month_text(year: int, month: int) -> str | None:
    return f"{year:04d}-{month:02d}" if FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= MONTHS else None


def to_year(cell: Cell) -> int | None:
    """A year from 2025, 2025年, 2025年度."""
    found = _YEAR.fullmatch(compact(cell)) if cell.kind in {Kind.TEXT, Kind.NUMBER} else None
    return int(found[1]) if found and FIRST_YEAR <= int(found[1]) <= LAST_YEAR else None


def to_months(cell: Cell, *, from_1904: bool) -> tuple[str, ...] | None:
    """Months in the order written, from a list with stretches such as 2026-01至2026-03、2026-06."""

    def number(piece: Cell) -> int | None:
        month = to_month(piece, from_1904=from_1904)
        return None if month is None else int(month[:4]) * MONTHS + int(month[5:]) - 1

    places = _listed(cell, number)
    return None if places is None else tuple(f"{place // MONTHS:04d}-{place % MONTHS + 1:02d}" for place in places)


def to_years(cell: Cell) -> tuple[str, ...] | None:
    """Years in the order written, from a list with stretches such as 2023至2025."""
    years = _listed(cell, to_year)
    return None if years is None else tuple(map(str, years))


def _listed(cell: Cell, read: Callable[[Cell], int | None]) -> tuple[int, ...] | None:
    """The numbers of a list, each once; None when a piece cannot be read or a stretch goes backwards."""
    if cell.kind is not Kind.TEXT:
        only = read(cell)
        return None if only is None else (only,)
    numbers: dict[int, None] = {}
    for piece in _NEXT.split(_RANGE.sub("至", plain(cell)).strip("、,; ")):
        ends = [read(Cell(cell.column, Kind.TEXT, end, formula=False)) for end in piece.split("至")]
        first, last = ends[0], ends[-1]
        if first is None or last is None or len(ends) > 2 or not 0 <= last - first < MOST_PERIODS:  # noqa: PLR2004 - from and to
            return None
        numbers.update(dict.fromkeys(range(first, last + 1)))
    return tuple(numbers)


def to_fen(cell: Cell) -> int | None:
    """An amount with at most two decimals, not negative, in fen: `35000`, `￥31,920.00`, `1,200元`."""
    if cell.kind is Kind.NUMBER:
        value = _without_noise(cell.text)
        fen = None if value is None else fen_from_decimal(value)
    elif cell.kind is Kind.TEXT:
        fen = fen_from_text(_MONEY_WORDS.sub("", compact(cell)))
    else:
        fen = None
    return fen if fen is not None and fen >= 0 else None


def to_centihours(cell: Cell) -> int | None:
    """Training hours with at most two decimals, not negative, in hundredths."""
    if cell.kind is Kind.NUMBER:
        value = _without_noise(cell.text)
    elif cell.kind is Kind.TEXT:
        text = _HOUR_WORDS.sub("", compact(cell))
        value = decimal_from_text(text.replace(",", "")) if _PLAIN_NUMBER.fullmatch(text) else None
    else:
        value = None
    if value is None or not 0 <= value <= MOST_HOURS:
        return None
    scaled = value * 100
    return int(scaled) if scaled == scaled.to_integral_value() else None


def to_count(cell: Cell) -> int | None:
    """A whole number, not negative."""
    centi = to_centihours(cell)
    return None if centi is None or centi % 100 else centi // 100


def to_switch(cell: Cell) -> bool | None:
    """是 or 否 in their usual spellings."""
    word = compact(cell).upper()
    if word in YES:
        return True
    return False if word in NO else None


@lru_cache(maxsize=4096)
def _without_noise(text: str) -> Decimal | None:
    """A stored number, freed of binary noise such as 35000.000000000004."""
    value = decimal_from_text(text)
    if value is None or abs(value) > 10**15:
        return None
    rounded = value.quantize(HUNDREDTH)
    return rounded if abs(rounded - value) < NOISE else value
