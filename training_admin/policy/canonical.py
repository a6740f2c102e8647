"""How a figure as written in a paper becomes a canonical value: fen, basis points, whole numbers, words, switches."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from training_admin.kit.dated import Figure, Unit
from training_admin.kit.money import WHOLE_BP, decimal_from_text, fen_from_decimal

LARGEST_WHOLE = 1_000_000
LARGEST_SHARE = 10
RANGE_ENDS = 2
LEAP_YEAR = 2024
_WORD = re.compile(r"[0-9A-Z_]{1,40}")
CHOICES: dict[str, tuple[str, ...]] = {
    "version.class_pick_date": ("CLASS_START",),
    "version.certificate_pick_date": ("CERT_ISSUE",),
    "version.apprentice_pick_date": ("FILING_APPROVED",),
    "money.rounding.standard": ("HALF_UP", "DOWN"),
    "money.rounding.cost": ("DOWN", "HALF_UP"),
    "calendar.missing_year": ("ERROR",),
    "ent.plan.approved_by": ("WORKERS_CONGRESS",),
    "ent.line.mode": ("STD_ONLY", "COST_ONLY", "LOWER_OF"),
    "ent.cost.denominator": ("ENROLLED", "PASSED"),
    "ceil.basis": ("PREV_CALENDAR_YEAR",),
    "ceil.alloc": ("PRO_RATA_LARGEST_REMAINDER",),
    "tr.age_max": ("TABLE",),
}


class NotAFigure(ValueError):
    """A value that does not fit its unit; the text is a Chinese sentence saying what is expected."""


def decimal_of(value: Any) -> Decimal | None:
    """A number as written (JSON number or decimal string) as an exact decimal, or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return Decimal(value)
    return decimal_from_text(value) if isinstance(value, str) else None


def _fen(value: Any) -> int:
    number = decimal_of(value)
    fen = None if number is None else fen_from_decimal(number)
    if fen is None or fen < 0:
        raise NotAFigure("应为不小于0、至多两位小数的金额（元）")
    return fen


def _basis_points(value: Any) -> int:
    number = decimal_of(value)
    if number is None or not 0 <= number <= LARGEST_SHARE or number * WHOLE_BP != (number * WHOLE_BP).to_integral_value():
        raise NotAFigure("应为0至10之间、至多四位小数的比例")
    return int(number * WHOLE_BP)


def _whole(value: Any) -> int:
    number = decimal_of(value)
    if number is None or not 0 <= number <= LARGEST_WHOLE or number != number.to_integral_value():
        raise NotAFigure("应为不小于0的整数")
    return int(number)


def _word(value: Any) -> str:
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise NotAFigure("应为大写代码")
    return value


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise NotAFigure("应为 true 或 false")
    return value


def _day_of_year(value: Any) -> str:
    try:
        date.fromisoformat(f"{LEAP_YEAR}-{value}")
    except ValueError:
        raise NotAFigure("应为“月-日”，如 05-31") from None
    return str(value)


def _share_range(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list | tuple) or len(value) != RANGE_ENDS:
        raise NotAFigure("应为下限、上限两个比例")
    low, high = (_basis_points(end) for end in value)
    if low > high:
        raise NotAFigure("下限不得高于上限")
    return (low, high)


def _grades(value: Any) -> dict[str, int]:
    if not isinstance(value, dict) or not value:
        raise NotAFigure("应为“等级：分数线”")
    return {str(grade): _whole(points) for grade, points in value.items()}


_BY_UNIT: dict[Unit, Callable[[Any], Figure]] = {
    Unit.FEN: _fen,
    Unit.FEN_PER_HOUR: _fen,
    Unit.SHARE_BP: _basis_points,
    Unit.FACTOR_BP: _basis_points,
    Unit.CODE: _word,
    Unit.CHOICE: _word,
    Unit.SWITCH: _switch,
    Unit.DAY_OF_YEAR: _day_of_year,
    Unit.SHARE_RANGE_BP: _share_range,
    Unit.GRADES: _grades,
}


def canonical(key: str, unit: Unit, value: Any) -> Figure:
    """The canonical value of a figure as written (yuan to fen, shares to basis points); raises NotAFigure."""
    found = _BY_UNIT.get(unit, _whole)(value)
    options = CHOICES.get(key)
    if options is not None and found not in options:
        raise NotAFigure(f"应为 {'、'.join(options)} 之一")
    return found
