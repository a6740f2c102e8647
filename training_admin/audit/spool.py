"""Rows that are found before their sheet's turn has come: kept in a nameless file, so that memory stays flat."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from types import TracebackType
from typing import Any, Self

import msgspec

from training_admin.kit.workbook.sheets import Column, Kind

_LINKED = frozenset({Kind.LINK, Kind.PLACE, Kind.SUM})


class Spool:
    """Rows of one table, written at once and read back in their order; leaving the block forgets them."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = tuple(columns)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the block

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Keep rows."""
        self._file.writelines(msgspec.json.encode(row) + b"\n" for row in rows)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The rows as they were given."""
        self._file.seek(0)
        for line in self._file:
            yield tuple(_typed(column.kind, value) for column, value in zip(self._columns, msgspec.json.decode(line), strict=True))


def _typed(kind: Kind, value: Any) -> Any:
    if value is None:
        return None
    if kind is Kind.DATE:
        return date.fromisoformat(value)
    return tuple(value) if kind in _LINKED and isinstance(value, list) else value
