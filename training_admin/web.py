"""What every page and every API answer shares: templates, downloads, keyset pages, who acts and what time it is."""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

import jinja2
import msgspec
from litestar import Request, Response
from litestar.openapi import ResponseSpec
from litestar.params import PathParameter, QueryParameter
from litestar.response import Template

from training_admin import __version__
from training_admin.kit import wording
from training_admin.kit.actor import VISITOR, Actor, may
from training_admin.kit.clock import SHANGHAI, Clock
from training_admin.kit.money import yuan_grouped
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.kit.role_words import ROLE_WORDS

STATIC = Path(str(files("training_admin") / "static"))
API_PREFIX = "/api/"
PROBLEM_TYPE = "application/problem+json"
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a handler says about itself: the right it needs, or that everybody may see it.
RIGHT, PUBLIC = "right", "public"
# A public act that a whole class does within a minute behind one address; it counts wrong tries by itself.
CROWD = "crowd"
MOST_ROWS = 200
# The place of a record is a smallint.
MOST_RECORDS = 32_767
# `state` is a reserved word of Litestar's handlers.
StateQuery = Annotated[str, QueryParameter(name="state")]
PlaceQuery = Annotated[int | None, QueryParameter(ge=1, le=MOST_RECORDS)]
# A row by its key: what no row can have is refused before the database is asked.
RowKey = Annotated[int, PathParameter(ge=1, le=2**53)]
PROBLEM_WORDS = {
    400: "请求无法识别：逐项列出有误的字段",
    401: "没有令牌，或令牌已失效",
    403: "令牌没有这项权限",
    404: "没有这个对象，或无权查看",
    409: "与现状冲突，不能办理",
    412: "对象已有新的版本：先重新读取，再以新的 ETag 办理",
    413: "文件过大",
    429: "请求过于频繁",
    428: "缺少 If-Match：先读取对象，把它的 ETag 放进请求头",
    422: "文件或内容无法识别：说明位置和更正办法",
    500: "系统内部出错：给出查询编号",
    503: "系统繁忙，可以重试",
}
T = TypeVar("T")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_PLAIN_NUMBER = re.compile(r"-?[\d,]+(\.\d+)?%?")


class FieldError(msgspec.Struct, frozen=True):
    """One wrong field: where it stands in the request, and what is expected. The value itself is never repeated."""

    pointer: str
    message: str


class Problem(msgspec.Struct, frozen=True):
    """The stable head of every problem document (RFC 9457); `errors` names wrong fields, a code may add members of its own."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: tuple[FieldError, ...] = ()


class BadCursor(Refusal):
    """The cursor of a page was not given out by this service."""

    status = 400
    code = "bad-cursor"
    title = "翻页位置无法识别"


def templates_folder() -> Path:
    """The page templates: inside the package of a wheel, at the top of the work tree otherwise."""
    inside = Path(str(files("training_admin") / "templates"))
    return inside if inside.is_dir() else inside.parent.parent / "templates"


@cache
def static_url(path: str) -> str:
    """The address of a shipped file; it changes with the content, so browsers may keep it."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()
    return f"/static/{path}?v={digest[:12]}"


def jinja_environment(filters: Mapping[str, Callable[..., object]]) -> jinja2.Environment:
    """Strict templates: an unknown name is an error, everything is escaped. `filters` are the words of the rooms."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_folder()),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "yuan": _optional(yuan_grouped),
        "hours": _optional(wording.hundredths),
        "day": wording.day,
        "moment": wording.moment,
        "role": ROLE_WORDS.__getitem__,
        **filters,
    }
    environment.globals |= {
        "static_url": static_url,
        "version": __version__,
        "actor_of": current_actor,
        "unread_of": unread_of,
        "may": lambda actor, right: may(actor, Right(right)),
    }
    return environment


def _optional(words: Any) -> Any:
    def shown(value: Any) -> str:
        return "—" if value is None else words(value)

    return shown


def page(name: str, *, status_code: int = 200, **context: Any) -> Template:
    """A page from its template."""
    return Template(template_name=name, context=context, status_code=status_code)


def is_partial(request: Request[Any, Any, Any]) -> bool:
    """Whether htmx asks for a part of the page only; a whole page is asked for when one goes back in history."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-history-restore-request") != "true"


def download(content: bytes, *, filename: str, media_type: str = WORKBOOK_TYPE) -> Response[bytes]:
    """A file to keep; its name never holds personal data."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", filename).strip("-") or "download"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename)}"
    return Response(content, media_type=media_type, headers={"content-disposition": disposition})


def csv_download(header: Sequence[str], rows: Iterable[Sequence[object]], *, filename: str) -> Response[bytes]:
    """A table as CSV that WPS and Excel open with Chinese intact; text that looks like a formula stays text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_csv_cell(value) for value in row] for row in rows)
    return download(text.getvalue().encode("utf-8-sig"), filename=filename, media_type="text/csv")


def _csv_cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) and not _PLAIN_NUMBER.fullmatch(text) else text


def page_size(limit: int) -> int:
    """The rows of one page, within bounds."""
    return max(1, min(limit, MOST_ROWS))


def row_cursor(cursor: str | None) -> int:
    """The row after which a page of rows begins, 0 for the first page; raises BadCursor."""
    if not cursor:
        return 0
    if not cursor.isascii() or not cursor.isdecimal() or len(cursor) > 9:  # noqa: PLR2004 - far more rows than any sheet
        raise BadCursor("翻页位置无法识别，请从第一页重新开始。")
    return int(cursor)


def list_page(found: Sequence[T], cursor: str | None, limit: int) -> tuple[Sequence[T], str | None]:
    """A page of a short list that is at hand whole, and the cursor of the next page (None on the last one); raises BadCursor."""
    after, most = row_cursor(cursor), page_size(limit)
    return found[after : after + most], str(after + most) if len(found) > after + most else None


def several(sent: list[T] | T) -> list[T]:
    """The values of a field that can be sent several times: a form that holds it once sends no list."""
    return sent if isinstance(sent, list) else [sent]


def current_actor(request: Request[Any, Any, Any]) -> Actor:
    """Who is behind a request; a visitor where nobody could be known yet."""
    actor: Actor = request.scope.get("user") or VISITOR
    return actor


def unread_of(request: Request[Any, Any, Any]) -> int:
    """How many messages wait to be read by whoever is behind a request, for the head of a page."""
    count: int = request.scope["state"].get("unread", 0)
    return count


def clock_of(request: Request[Any, Any, Any]) -> Clock:
    """The clock the application was made with."""
    clock: Clock = request.app.state.clock
    return clock


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """The problem answers of an API operation, for its description."""
    return {
        status: ResponseSpec(Problem, generate_examples=False, description=PROBLEM_WORDS[status], media_type=PROBLEM_TYPE)
        for status in sorted({*statuses, 400, 401, 403, 429, 500, 503})
    }


def shanghai_iso(at: datetime) -> str:
    """An instant for the API: ISO 8601 with +08:00, to the second."""
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds")
