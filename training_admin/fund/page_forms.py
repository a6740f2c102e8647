"""What the fund's pages share: amounts and days as typed, the key of a form, who follows, the tables as CSV."""

from datetime import date
from typing import Any, Final

import msgspec
from litestar import Request

from training_admin.fund.follow import Follow, Lines, Missing
from training_admin.kit.money import fen_from_text
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.office.marked_pages import problem_of_upload

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
WORKBOOK_MAGIC = b"PK"


class FieldRefused(Unreadable):
    """An amount or a day that cannot be read."""

    code = "field-refused"
    title = "内容无法识别"


def typed_fen(text: str, *, what: str = "金额") -> int:
    """An amount in yuan as typed, in fen; raises FieldRefused."""
    fen = fen_from_text("".join(text.split()))
    if fen is None:
        raise FieldRefused(f"{what}应为最多两位小数的数字，如 31920.00。")
    return fen


def typed_day(text: str, *, what: str = "日期") -> date:
    """A day as typed; raises FieldRefused."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise FieldRefused(f"请填写{what}，如 2026-06-01。") from None


def typed_count(text: str, *, what: str) -> int:
    """A whole number as typed; raises FieldRefused."""
    words = text.strip()
    if not words.isascii() or not words.isdecimal() or len(words) > 9:  # noqa: PLR2004 - more than there are people
        raise FieldRefused(f"{what}应为整数。")
    return int(words)


def follow_of(request: Asked) -> Follow:
    """Who follows when money moves; handed in by the application."""
    follow: Follow = request.app.state.follow_case
    return follow


def missing_of(request: Asked) -> Missing:
    """Who knows what a case misses before it may be paid; handed in by the application."""
    missing: Missing = request.app.state.missing_before_payment
    return missing


def lines_of(request: Asked) -> Lines:
    """Who knows which lines of a case must not be paid now; handed in by the application."""
    lines: Lines = request.app.state.lines_before_payment
    return lines


def asked(request: Asked, data: msgspec.Struct | None) -> list[Any]:
    """What a form asks for, so that another request under its key is known."""
    return [request.url.path, msgspec.to_builtins(data)]


def told(request: Asked, refusal: Refusal | None, *, content: bytes = b"", filename: str = "") -> dict[str, Any]:
    """How a page tells a refusal; a refused workbook is handed back with its wrong cells marked."""
    if refusal is None:
        return {"status_code": 200, "problem": None}
    book = content if content.startswith(WORKBOOK_MAGIC) else b""
    return {"status_code": refusal.status, "problem": problem_of_upload(request, refusal, book, filename=filename)}
