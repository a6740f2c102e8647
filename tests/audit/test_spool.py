"""Rows that wait for their sheet come back as they were given."""

from datetime import date

from training_admin.audit.spool import Spool
from training_admin.kit.workbook.sheets import Column, Kind

COLUMNS = tuple(Column(kind.value, kind, 10) for kind in (Kind.TEXT, Kind.MONEY, Kind.DATE, Kind.LINK))
ROWS = [
    ("=1+1\n二", 5, date(2026, 6, 1), ('HYPERLINK("x","y")', "y")),
    ("", None, None, "无链接"),
    ("2026-06-01", -3, date(2020, 2, 29), None),
]


def test_rows_come_back_in_their_order_and_kind() -> None:
    with Spool(COLUMNS) as spool:
        spool.add(ROWS[:1])
        spool.add(ROWS[1:])
        assert list(spool.rows()) == ROWS
        assert list(spool.rows()) == ROWS


def test_nothing_kept_gives_nothing() -> None:
    with Spool(COLUMNS) as spool:
        assert list(spool.rows()) == []
