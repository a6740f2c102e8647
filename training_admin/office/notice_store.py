"""Queries of public notices and of objections to them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.database import copy_rows, fetch_tuples
from training_admin.kit.refusals import NotFound

OBJECTION_PLACE = "notice_objection.sealed_words"
_NOTICE = "SELECT id, number, kind, title, content, posted_on, ends_on, state, poster, posted_at, closed_at FROM public_notice"


class NoticeNotFound(NotFound):
    """There is no such notice, or it has been taken down."""

    code = "notice-not-found"


class ObjectionNotFound(NotFound):
    """There is no such objection."""

    code = "objection-not-found"


class Notice(msgspec.Struct, frozen=True):
    """A notice as stored; `content` is what is shown, masked already."""

    id: int
    number: str
    kind: str
    title: str
    content: Any
    posted_on: date
    ends_on: date
    state: str
    poster: str
    posted_at: datetime
    closed_at: datetime | None


class Objection(msgspec.Struct, frozen=True):
    """An objection with its words sealed; `upheld` is None until it is answered."""

    number: str
    notice: str
    case_no: str
    sealed_words: bytes
    at: datetime
    upheld: str | None
    reply: str
    replier: str | None
    replied_at: datetime | None


def _notice(row: tuple[Any, ...]) -> Notice:
    key, number, kind, title, content, *rest = row
    return Notice(key, number, kind, title, msgspec.json.decode(content), *rest)


async def add_notice(  # noqa: PLR0913 - the columns of one row
    number: str, kind: str, title: str, content: Any, *, cases: Sequence[str], posted_on: date, ends_on: date, poster: str, at: datetime
) -> int:
    """Post a notice about cases."""
    found = await fetch_tuples(
        """INSERT INTO public_notice (number, kind, title, content, posted_on, ends_on, state, poster, posted_at)
           VALUES ($1, $2, $3, $4, $5, $6, 'posted', $7, $8) RETURNING id""",
        *(number, kind, title, msgspec.json.encode(content).decode(), posted_on, ends_on, poster, at),
    )
    key: int = found[0][0]
    await copy_rows("notice_case", ("notice", "case_no"), [(key, case) for case in cases])
    return key


async def notice_by_number(number: str, *, public: bool) -> Notice:
    """A notice; to the public only while it is posted. Raises NoticeNotFound."""
    found = await fetch_tuples(f"{_NOTICE} WHERE number = $1 AND (NOT $2 OR state = 'posted')", number, public)
    if not found:
        raise NoticeNotFound("没有找到这则公示，可能已经期满撤下。")
    return _notice(found[0])


async def list_notices(*, public: bool, most: int) -> list[Notice]:
    """Notices, newest first; to the public only those posted now."""
    found = await fetch_tuples(f"{_NOTICE} WHERE NOT $1 OR state = 'posted' ORDER BY id DESC LIMIT $2", public, most)
    return [_notice(row) for row in found]


async def notices_over(day: date) -> list[Notice]:
    """Posted notices whose last day is over, and to which no objection is open."""
    found = await fetch_tuples(
        f"""{_NOTICE} n WHERE state = 'posted' AND ends_on < $1
            AND NOT EXISTS (SELECT 1 FROM notice_objection o WHERE o.notice = n.id AND o.upheld IS NULL) ORDER BY id""",  # noqa: S608 - our own words
        day,
    )
    return [_notice(row) for row in found]


async def posted_with(case_no: str) -> Notice | None:
    """The notice on which a case is posted now, the newest; None without one."""
    found = await fetch_tuples(
        f"{_NOTICE} WHERE state = 'posted' AND id IN (SELECT notice FROM notice_case WHERE case_no = $1) ORDER BY id DESC LIMIT 1",  # noqa: S608 - our own words
        case_no,
    )
    return _notice(found[0]) if found else None


async def cases_of(notice: int) -> list[str]:
    """The cases a notice is about."""
    return [case for (case,) in await fetch_tuples("SELECT case_no FROM notice_case WHERE notice = $1 ORDER BY id", notice)]


async def close_notice(notice: int, state: str, *, at: datetime) -> bool:
    """Take a posted notice down, as closed or stopped; False when it was taken down before."""
    return bool(
        await fetch_tuples(
            "UPDATE public_notice SET state = $2, closed_at = $3 WHERE id = $1 AND state = 'posted' RETURNING id", notice, state, at
        )
    )


async def set_content(notice: int, content: Any) -> None:
    """Exchange what a notice shows, after an objection took something out of it."""
    await fetch_tuples("UPDATE public_notice SET content = $2 WHERE id = $1 RETURNING id", notice, msgspec.json.encode(content).decode())


async def add_objection(number: str, notice: int, case_no: str, sealed_words: bytes, *, at: datetime) -> None:
    """Keep an objection that nobody has answered."""
    await fetch_tuples(
        "INSERT INTO notice_objection (number, notice, case_no, sealed_words, at, reply) VALUES ($1, $2, $3, $4, $5, '') RETURNING id",
        *(number, notice, case_no, sealed_words, at),
    )


async def objections(*, open_only: bool, notice: int | None = None) -> list[Objection]:
    """Objections, oldest first."""
    found = await fetch_tuples(
        """SELECT o.number, n.number, o.case_no, o.sealed_words, o.at, o.upheld, o.reply, o.replier, o.replied_at
           FROM notice_objection o JOIN public_notice n ON n.id = o.notice
           WHERE (NOT $1 OR o.upheld IS NULL) AND ($2::bigint IS NULL OR o.notice = $2) ORDER BY o.id""",
        *(open_only, notice),
    )
    return [Objection(*row) for row in found]


async def objection_by_number(number: str) -> Objection:
    """One objection; raises ObjectionNotFound."""
    found = await fetch_tuples(
        """SELECT o.number, n.number, o.case_no, o.sealed_words, o.at, o.upheld, o.reply, o.replier, o.replied_at
           FROM notice_objection o JOIN public_notice n ON n.id = o.notice WHERE o.number = $1""",
        number,
    )
    if not found:
        raise ObjectionNotFound("没有找到这条异议，请核对异议编号（须填写完整）。")
    return Objection(*found[0])


async def answer_objection(number: str, *, upheld: bool, reply: str, replier: str, at: datetime) -> bool:
    """Answer an objection once; False when it was answered before."""
    return bool(
        await fetch_tuples(
            """UPDATE notice_objection SET upheld = $2, reply = $3, replier = $4, replied_at = $5
               WHERE number = $1 AND upheld IS NULL RETURNING id""",
            *(number, "yes" if upheld else "no", reply, replier, at),
        )
    )
