"""Queries of official papers."""

from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.database import fetch_tuples
from training_admin.kit.refusals import NotFound
from training_admin.office.paper_facts import PaperContent, PaperKind

_PAPER = """SELECT p.id, p.number, p.kind, p.case_no, p.content, f.sha256, p.maker, p.made_at, p.delivery_way, p.delivered_on, p.deliverer
    FROM official_paper p LEFT JOIN stored_file f ON f.id = p.file"""


class PaperNotFound(NotFound):
    """There is no such paper, or not for this actor."""

    code = "paper-not-found"


class OfficialPaper(msgspec.Struct, frozen=True):
    """A paper as stored; `sha256` is that of its PDF, None until it was made."""

    id: int
    number: str
    kind: PaperKind
    case_no: str
    content: PaperContent
    sha256: str | None
    maker: str
    made_at: datetime
    delivery_way: str
    delivered_on: date | None
    deliverer: str | None


def _paper(row: tuple[Any, ...]) -> OfficialPaper:
    key, number, kind, case_no, content, *rest = row
    return OfficialPaper(key, number, PaperKind(kind), case_no, msgspec.json.decode(content, type=PaperContent), *rest)


async def add_paper(number: str, kind: PaperKind, case_no: str, content: PaperContent, *, maker: str, at: datetime) -> int:
    """A paper whose PDF is not made yet."""
    found = await fetch_tuples(
        """INSERT INTO official_paper (number, kind, case_no, content, maker, made_at, delivery_way) VALUES ($1, $2, $3, $4, $5, $6, '')
           RETURNING id""",
        *(number, kind.value, case_no, msgspec.json.encode(content).decode(), maker, at),
    )
    key: int = found[0][0]
    return key


async def paper_by_key(paper: int) -> OfficialPaper:
    """One paper; raises PaperNotFound."""
    found = await fetch_tuples(f"{_PAPER} WHERE p.id = $1", paper)
    if not found:
        raise PaperNotFound("没有找到这份文书，请从列表重新进入。")
    return _paper(found[0])


async def papers_of(case_no: str) -> list[OfficialPaper]:
    """The papers of a case in the order in which they were made."""
    return [_paper(row) for row in await fetch_tuples(f"{_PAPER} WHERE p.case_no = $1 ORDER BY p.id", case_no)]


async def list_papers(*, kind: str, undelivered_only: bool, most: int) -> list[OfficialPaper]:
    """Papers, newest first; of one kind when it is given."""
    found = await fetch_tuples(
        f"{_PAPER} WHERE ($1 = '' OR p.kind = $1) AND (NOT $2 OR p.delivered_on IS NULL) ORDER BY p.id DESC LIMIT $3",
        *(kind, undelivered_only, most),
    )
    return [_paper(row) for row in found]


async def set_file(paper: int, file: int) -> None:
    """Keep which stored file is the PDF of a paper."""
    await fetch_tuples("UPDATE official_paper SET file = $2 WHERE id = $1 RETURNING id", paper, file)


async def set_delivery(paper: int, way: str, day: date, deliverer: str) -> bool:
    """Record a delivery once; False when one was recorded before."""
    return bool(
        await fetch_tuples(
            """UPDATE official_paper SET delivery_way = $2, delivered_on = $3, deliverer = $4
               WHERE id = $1 AND delivered_on IS NULL RETURNING id""",
            *(paper, way, day, deliverer),
        )
    )
