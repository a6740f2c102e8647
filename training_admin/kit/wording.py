"""Numbers and days as people here read them: yuan, percent, training hours, ages, rows, Chinese dates. Nothing is rounded."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from training_admin.kit.clock import SHANGHAI
from training_admin.kit.workdays import MONTHS_PER_YEAR

NOTHING = "无"
PER_CENT = 100


def hundredths(value: int) -> str:
    """A whole number of hundredths as a plain decimal without trailing zeros: 12050 is `120.5`."""
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), PER_CENT)
    return f"{sign}{whole:,}.{rest:02d}".rstrip("0").rstrip(".")


def percent(share_bp: int) -> str:
    """Basis points as a percentage with two decimals: 8000 is `80.00%`."""
    return f"{share_bp // PER_CENT}.{share_bp % PER_CENT:02d}%"


def factor(share_bp: int) -> str:
    """Basis points as a plain factor: 8000 is `0.8`."""
    whole, rest = divmod(share_bp, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".")


def age(months: int) -> str:
    """Full months of life as years and months: 195 is `16岁3个月`."""
    years, rest = divmod(months, MONTHS_PER_YEAR)
    return f"{years}岁{rest}个月" if rest else f"{years}岁"


def row_ranges(rows: Iterable[int]) -> str:
    """Rows as people write them: 10-14、18."""
    spans: list[list[int]] = []
    for row in sorted(set(rows)):
        if spans and spans[-1][1] == row - 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return "、".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


def day(value: date | None) -> str:
    """A policy day: `2026年3月9日`; nothing is `无`."""
    return NOTHING if value is None else f"{value.year}年{value.month}月{value.day}日"


def day_of_year(text: str) -> str:
    """`05-31` as `5月31日`."""
    month, number = text.split("-")
    return f"{int(month)}月{int(number)}日"


def moment(at: datetime) -> str:
    """An instant as the clock on the wall in Shanghai shows it: `2026年6月1日 09:30`."""
    assert at.tzinfo is not None
    local = at.astimezone(UTC).astimezone(SHANGHAI)
    return f"{day(local.date())} {local:%H:%M}"


def period(start: date, end: date | None) -> str:
    """A stretch of days in force; without end it goes on."""
    return f"{day(start)}起" if end is None else f"{day(start)}至{day(end)}"


def yes_no(value: bool) -> str:
    """A switch in words."""
    return "是" if value else "否"
