"""Queries of ordered audit files."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from training_admin.audit.workbooks import Wanted, WorkbookReceipt
from training_admin.database import fetch_tuples
from training_admin.kit.actor import Actor
from training_admin.kit.refusals import NotFound

_FILE = """SELECT a.number, a.kind, a.wanted::text, a.conditions, a.asker, a.asked_by, a.orderer::text, a.asked_at, a.state, a.done,
    a.total, a.words, a.receipt, a.size, f.sha256, a.ended_at FROM audit_file a LEFT JOIN stored_file f ON f.id = a.file"""


class OrderNotFound(NotFound):
    """Nobody ordered a file under this number, or somebody else did."""

    code = "audit-file-not-found"


class FileKind(StrEnum):
    """What is made."""

    WORKBOOK = "workbook"
    PACKAGE = "package"


FILE_WORDS = {FileKind.WORKBOOK: "审计工作簿", FileKind.PACKAGE: "审计数据包"}


class Ordered(msgspec.Struct, frozen=True):
    """An ordered file as stored; `size` in bytes, `sha256` of the kept file, None before it is made."""

    number: str
    kind: FileKind
    wanted: Wanted
    conditions: str
    asker: str
    asked_by: str
    orderer: Actor
    asked_at: datetime
    state: str
    done: int
    total: int
    words: str
    receipt: WorkbookReceipt | None
    size: int | None
    sha256: str | None
    ended_at: datetime | None

    @property
    def title(self) -> str:
        """What it is, in words."""
        return f"{FILE_WORDS[self.kind]}{'（公示版）' if self.wanted.public else ''}"

    @property
    def filename(self) -> str:
        """The name under which it is saved; nothing of a person in it."""
        ending = "zip" if self.kind is FileKind.PACKAGE else "xlsx"
        number = self.number if self.receipt is None else self.receipt.file_number
        return f"{FILE_WORDS[self.kind]}-{number}.{ending}"


def _ordered(row: tuple[Any, ...]) -> Ordered:
    number, kind, wanted, conditions, asker, asked_by, orderer, asked_at, state, done, total, words, receipt, size, sha256, ended_at = row
    return Ordered(
        number=number,
        kind=FileKind(kind),
        wanted=msgspec.json.decode(wanted, type=Wanted),
        conditions=conditions,
        asker=asker,
        asked_by=asked_by,
        orderer=msgspec.json.decode(orderer, type=Actor),
        asked_at=asked_at,
        state=state,
        done=done,
        total=total,
        words=words,
        receipt=None if receipt is None else msgspec.json.decode(receipt, type=WorkbookReceipt),
        size=size,
        sha256=sha256,
        ended_at=ended_at,
    )


async def add_order(actor: Actor, number: str, kind: FileKind, wanted: Wanted, *, asker: str, at: datetime) -> None:
    """Keep an order that waits."""
    await fetch_tuples(
        """INSERT INTO audit_file (number, kind, wanted, conditions, asker, asked_by, orderer, asked_at, state)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting') RETURNING id""",
        *(number, kind.value, msgspec.json.encode(wanted).decode(), wanted.conditions, asker, actor.key),
        *(msgspec.json.encode(actor).decode(), at),
    )


async def waiting_of(asked_by: str) -> int:
    """How many files somebody waits for."""
    found = await fetch_tuples("SELECT count(*) FROM audit_file WHERE asked_by = $1 AND state IN ('waiting', 'running')", asked_by)
    return int(found[0][0])


async def orders_of(asked_by: str, *, most: int) -> list[Ordered]:
    """Somebody's orders, newest first."""
    return [_ordered(row) for row in await fetch_tuples(f"{_FILE} WHERE a.asked_by = $1 ORDER BY a.id DESC LIMIT $2", asked_by, most)]


async def order_by_number(number: str, asked_by: str | None) -> Ordered:
    """One order; raises OrderNotFound for another's."""
    found = await fetch_tuples(f"{_FILE} WHERE a.number = $1 AND ($2::text IS NULL OR a.asked_by = $2)", number, asked_by)
    if not found:
        raise OrderNotFound("没有找到这份文件的导出记录，请从列表重新进入。")
    return _ordered(found[0])


async def note_progress(number: str, *, done: int, total: int) -> None:
    """How many of how many tables are written."""
    await fetch_tuples(
        "UPDATE audit_file SET state = 'running', done = $2, total = $3 WHERE number = $1 AND state IN ('waiting', 'running') RETURNING id",
        *(number, done, total),
    )


async def keep_made(number: str, receipt: WorkbookReceipt, *, file: int, size: int, at: datetime) -> None:
    """The file is made."""
    await fetch_tuples(
        """UPDATE audit_file SET state = 'done', done = total, receipt = $2, file = $3, size = $4, ended_at = $5
           WHERE number = $1 RETURNING id""",
        *(number, msgspec.json.encode(receipt).decode(), file, size, at),
    )


async def refuse(number: str, words: str, *, at: datetime) -> None:
    """The file cannot be made, and why."""
    await fetch_tuples(
        "UPDATE audit_file SET state = 'refused', words = $2, ended_at = $3 WHERE number = $1 RETURNING id", number, words, at
    )


async def expired(before: datetime) -> list[str]:
    """Mark the files made before an instant as expired; returns the SHA-256 of each."""
    found = await fetch_tuples(
        """UPDATE audit_file a SET state = 'expired' FROM stored_file f
           WHERE f.id = a.file AND a.state = 'done' AND a.ended_at < $1 RETURNING f.sha256""",
        before,
    )
    return [row[0] for row in found]
