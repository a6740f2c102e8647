"""One shape for everything that goes wrong: refusals, wrong input, HTTP errors, crashes.

The API answers problem+json (RFC 9457), pages answer in Chinese. Neither ever shows a stack or what the user had typed.
"""

import secrets
import traceback
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from training_admin.kit.actor import NotSignedIn
from training_admin.kit.refusals import Refusal
from training_admin.web import API_PREFIX, PROBLEM_TYPE, FieldError, page, templates_folder

SEE_OTHER: Final = 303
PACKAGE = Path(__file__).parent
INVALID_REQUEST = "invalid-request"
MINUTE = "60"
log = structlog.get_logger()

REFUSAL_HEADERS: Mapping[int, Mapping[str, str]] = {
    HTTPStatus.SERVICE_UNAVAILABLE: {"retry-after": "5"},
    HTTPStatus.UNAUTHORIZED: {"www-authenticate": "Bearer"},
    HTTPStatus.TOO_MANY_REQUESTS: {"retry-after": "900"},
}
# Status to code, title and what to do about it.
HTTP_WORDS: Mapping[int, tuple[str, str, str]] = {
    400: ("bad-request", "请求无法识别", "提交的内容不完整或格式不对，请返回上一页重新填写后再提交。"),
    401: ("not-signed-in", "尚未登录", "请登录后再办理。"),
    403: ("forbidden", "请求已被拒绝", "页面停留过久或来源不明，为安全起见没有办理。请刷新页面后重新提交。"),
    404: ("not-found", "没有找到这个页面", "地址可能有误，或内容已不存在。请从导航重新进入。"),
    405: ("method-not-allowed", "不支持这种访问方式", "请从页面上的按钮或链接进入。"),
    413: ("too-large", "文件过大", "上传内容超过大小上限。请删除多余的工作表或图片后另存，再重新上传。"),
    415: ("unsupported-media-type", "不支持这种内容类型", "请按接口说明提交内容。"),
    429: ("too-many-requests", "操作过于频繁", "请稍等片刻再试。"),
    503: ("unavailable", "系统繁忙", "请稍后再试。"),
}
UNKNOWN_STATUS = ("http-error", "请求未能完成", "请稍后再试；如一直如此，请联系管理员。")
FIELD_WORDS = (
    # Files are the only fields whose type is not one of the decoder's own.
    ("Unsupported type", "应为一个上传的文件"),
    ("required", "必填"),
    ("Missing", "必填"),
    ("Invalid enum", "不在可选范围内"),
    (">=", "太小"),
    ("<=", "太大"),
    ("length", "长度不符合要求"),
    ("`int`", "应为整数"),
    ("`bool`", "应为 true 或 false"),
    ("`date`", "应为日期，如 2026-06-01"),
)


def is_api(request: Request[Any, Any, Any]) -> bool:
    """Whether the answer goes to a program."""
    return request.url.path.startswith(API_PREFIX)


def answer(request: Request[Any, Any, Any], problem: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response[Any]:
    """A problem in the manner of the face that was asked."""
    status, kept = int(problem["status"]), dict(headers or {})
    if is_api(request):
        return Response(dict(problem), status_code=status, media_type=PROBLEM_TYPE, headers=kept)
    shown = page("problem.html", status_code=status, problem=problem)
    shown.headers.update(kept)
    return shown


def problem_document(status: int, code: str, title: str, detail: str, **extra: Any) -> dict[str, Any]:
    """A problem document of our own making."""
    return {"type": f"urn:training-admin:problem:{code}", "title": title, "status": status, "code": code, "detail": detail, **extra}


def on_refusal(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
    """A refusal speaks for itself; a busy service says when to come back."""
    if isinstance(refusal, NotSignedIn) and not is_api(request):
        if request.headers.get("hx-request") == "true":
            return Response(None, status_code=HTTPStatus.NO_CONTENT, headers={"hx-redirect": "/sign-in"})
        return Redirect(sign_in_address(request), status_code=SEE_OTHER)
    headers = REFUSAL_HEADERS.get(refusal.status)
    return answer(request, refusal.problem(), headers)


def sign_in_address(request: Request[Any, Any, Any]) -> str:
    """Where a page sends whoever is not signed in; what was only looked at is come back to afterwards."""
    if request.method != "GET":
        return "/sign-in"
    query = request.scope["query_string"].decode("latin-1")
    return f"/sign-in?next={quote(request.url.path + (f'?{query}' if query else ''), safe='')}"


def on_invalid(request: Request[Any, Any, Any], error: ValidationException) -> Response[Any]:
    """Every wrong field at once, by its place."""
    given = error.extra if isinstance(error.extra, list) else []
    fields = [_field_error(each) for each in given if isinstance(each, dict)]
    detail = f"{'；'.join(f'{each.pointer}：{each.message}' for each in fields)}。" if fields else HTTP_WORDS[400][2]
    document = problem_document(400, INVALID_REQUEST, "提交的内容有误", detail, errors=[msgspec.to_builtins(each) for each in fields])
    return answer(request, document)


def _field_error(found: Mapping[str, Any]) -> FieldError:
    text = str(found.get("message", ""))
    words = next((words for mark, words in FIELD_WORDS if mark in text), "无法识别")
    source = found.get("source", "body")
    return FieldError(f"{getattr(source, 'value', source)}/{found.get('key', '')}".rstrip("/"), words)


def on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """What the web server itself refuses, in Chinese."""
    code, title, detail = HTTP_WORDS.get(error.status_code, UNKNOWN_STATUS)
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return on_crash(request, error)
    given = {key.lower(): value for key, value in (error.headers or {}).items()}
    allowed: dict[str, str] = {key: given[key] for key in ("allow", "retry-after") if key in given}
    if error.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        allowed |= {"retry-after": given.get("ratelimit-reset", MINUTE)}
    return answer(request, problem_document(error.status_code, code, title, detail), allowed)


def on_undecodable(request: Request[Any, Any, Any], error: UnicodeDecodeError) -> Response[Any]:
    """A field of a form that is no text, met by the web server before any code of ours; anywhere else it is a crash."""
    if _where(error):
        return on_crash(request, error)
    return answer(request, problem_document(HTTPStatus.BAD_REQUEST, *HTTP_WORDS[HTTPStatus.BAD_REQUEST]))


def on_crash(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A fault of ours: a number to quote, and a log line that says where it happened but not with what."""
    reference = secrets.token_hex(4).upper()
    log.error("crash", reference=reference, kind=type(error).__name__, where=_where(error), method=request.method, route=_route(request))
    detail = f"系统内部出错，本次操作没有完成。请稍后再试；如一直如此，请把编号 {reference} 告诉管理员。"
    return answer(request, problem_document(500, "internal-error", "系统出错", detail, reference=reference))


def _where(error: Exception) -> list[str]:
    """Our own frames and templates, innermost last; texts of errors may hold personal data and are left out."""
    places = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    own = [(path, line) for path, line in places if path.is_relative_to(PACKAGE) or path.is_relative_to(templates_folder())]
    return [f"{path.parent.name}/{path.name}:{line}" for path, line in own]


def _route(request: Request[Any, Any, Any]) -> str:
    """The pattern of the route, without the values in it."""
    return str(request.scope.get("path_template", ""))


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    Refusal: on_refusal,
    ValidationException: on_invalid,
    HTTPException: on_http,
    UnicodeDecodeError: on_undecodable,
    Exception: on_crash,
}
