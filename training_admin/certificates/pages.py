"""Pages of 培训证书 for staff: lists, one certificate with its acts, the certificates of a class, print runs."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.certificates import ending, issuing, printing, reading
from training_admin.certificates.facts import KIND_WORDS, STATE_WORDS
from training_admin.certificates.store import Sought
from training_admin.kit.actor import may
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import hundredths
from training_admin.office.trail_words import event_words
from training_admin.web import StateQuery, clock_of, csv_download, current_actor, download, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
YEAR_DIGITS = 4
HEADER = (
    *("证书编号", "证书", "姓名", "证件号码", "培训项目", "班级编号", "起", "止", "课时", "颁发单位", "颁发日期", "状态"),
    *("失效日期", "失效原因", "换发编号", "补证次数"),
)
RUN_HEADER = ("打印编号", "内容", "张数", "已生成", "状态", "申请人", "申请时间", "完成时间", "大小（字节）")
RUN_WORDS = {"waiting": "等待生成", "running": "正在生成", "done": "已生成", "failed": "未能生成"}


class ActForm(msgspec.Struct, frozen=True):
    """An act about one certificate: the reason, and the corrected name of a replacement."""

    reason: str = ""
    name: str = ""


class RunForm(msgspec.Struct, frozen=True):
    """Which certificates are to be printed."""

    wanted: str = ""
    year: str = ""


def sought_of(wanted: str, state: str, year: str) -> Sought:
    """What a list is asked for; what is no year is none."""
    text = year.strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) == YEAR_DIGITS else None
    return Sought("".join(wanted.split()).upper()[:40], state if state in set(STATE_WORDS) else "", number)


async def _list(request: Asked, sought: Sought, *, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    return page(
        "certificates/list.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        found=await reading.list_certificates(actor, sought),
        sought=sought,
        states=STATE_WORDS,
        kinds=KIND_WORDS,
        most=reading.MOST_LISTED,
        issues=may(actor, Right.CERTIFICATE_ISSUE),
    )


@get("/certificates", include_in_schema=False, right=Right.CERTIFICATE_READ)
async def certificates_page(request: Asked, wanted: FromQuery[str] = "", chosen: StateQuery = "", year: FromQuery[str] = "") -> Template:
    return await _list(request, sought_of(wanted, chosen, year))


@get("/certificates.csv", include_in_schema=False, right=Right.CERTIFICATE_READ)
async def certificates_csv(
    request: Asked, wanted: FromQuery[str] = "", chosen: StateQuery = "", year: FromQuery[str] = ""
) -> Response[bytes]:
    found = await reading.list_certificates(current_actor(request), sought_of(wanted, chosen, year), most=reading.MOST_EXPORTED)
    rows = (
        (
            *(one.number, KIND_WORDS[one.kind], each.name, each.masked, one.content.item, one.class_no, one.content.start),
            *(one.content.end, hundredths(one.content.centihours), one.content.institution, one.issued_on, STATE_WORDS[one.state]),
            *(one.ended_on, one.why_ended, one.replaced_by, one.copies),
        )
        for each in found
        for one in (each.certificate,)
    )
    return csv_download(HEADER, rows, filename="培训证书.csv")


async def _one(request: Asked, number: str, *, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    shown, history = await reading.show_certificate(actor, number)
    return page(
        "certificates/certificate.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        shown=shown,
        one=shown.certificate,
        history=[(at, event_words(event), reason) for at, event, reason in history],
        states=STATE_WORDS,
        kinds=KIND_WORDS,
        issues=may(actor, Right.CERTIFICATE_ISSUE),
        revokes=may(actor, Right.CERTIFICATE_REVOKE),
    )


@get("/certificates/{number:str}", include_in_schema=False, right=Right.CERTIFICATE_READ)
async def certificate_page(request: Asked, number: FromPath[str]) -> Template:
    return await _one(request, number)


def file_answer(content: bytes, number: str, *, picture: bool) -> Response[bytes]:
    """A certificate to keep."""
    kind, media_type = ("png", reading.PNG) if picture else ("pdf", reading.PDF)
    return download(content, filename=f"培训证书-{number}.{kind}", media_type=media_type)


async def _file(request: Asked, number: str, *, picture: bool) -> Response[bytes] | Template:
    try:
        found = await reading.taken_out(current_actor(request), number, clock=clock_of(request))
        content = await reading.file_of(found, request.app.state.settings, picture=picture)
    except NotFound:
        raise
    except Refusal as refusal:
        return await _one(request, number, refusal=refusal)
    return file_answer(content, number, picture=picture)


@get("/certificates/{number:str}/certificate.pdf", include_in_schema=False, right=Right.CERTIFICATE_ISSUE)
async def certificate_pdf(request: Asked, number: FromPath[str]) -> Response[bytes] | Template:
    return await _file(request, number, picture=False)


@get("/certificates/{number:str}/certificate.png", include_in_schema=False, right=Right.CERTIFICATE_ISSUE)
async def certificate_png(request: Asked, number: FromPath[str]) -> Response[bytes] | Template:
    return await _file(request, number, picture=True)


async def _acted(request: Asked, number: str, act: Callable[[], Awaitable[object]]) -> Template | Redirect:
    """Do an act and show the certificate again; a refusal is told on its page."""
    try:
        await act()
    except NotFound:
        raise
    except Refusal as refusal:
        return await _one(request, number, refusal=refusal)
    return Redirect(f"/certificates/{number}", status_code=SEE_OTHER)


@post("/certificates/{number:str}/revoke", include_in_schema=False, right=Right.CERTIFICATE_REVOKE)
async def revoke_act(request: Asked, number: FromPath[str], data: URLEncodedBody[ActForm]) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)
    return await _acted(request, number, lambda: ending.revoke(actor, number, reason=data.reason, clock=clock))


@post("/certificates/{number:str}/reprint", include_in_schema=False, right=Right.CERTIFICATE_ISSUE)
async def reprint_act(request: Asked, number: FromPath[str], data: URLEncodedBody[ActForm]) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)
    return await _acted(request, number, lambda: ending.reprint(actor, number, reason=data.reason, clock=clock))


@post("/certificates/{number:str}/replace", include_in_schema=False, right=Right.CERTIFICATE_ISSUE)
async def replace_act(request: Asked, number: FromPath[str], data: URLEncodedBody[ActForm]) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)
    return await _acted(request, number, lambda: ending.replace(actor, number, name=data.name, reason=data.reason, clock=clock))


async def _class(request: Asked, class_no: str, *, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    return page(
        "certificates/class.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        shown=await issuing.class_certificates(actor, class_no, clock=clock_of(request)),
        issues=may(actor, Right.CERTIFICATE_ISSUE),
    )


@get("/classes/{class_no:str}/certificates", include_in_schema=False, right=Right.CERTIFICATE_READ)
async def class_certificates_page(request: Asked, class_no: FromPath[str]) -> Template:
    return await _class(request, class_no)


@get("/classes/{class_no:str}/certificates.csv", include_in_schema=False, right=Right.CERTIFICATE_READ)
async def class_certificates_csv(request: Asked, class_no: FromPath[str]) -> Response[bytes]:
    shown = await issuing.class_certificates(current_actor(request), class_no, clock=clock_of(request))
    rows = ((each.name, each.why or "可以颁发", "".join(each.missing)) for each in shown.candidates)
    return csv_download(("姓名", "颁证情况", "字库中没有的字"), rows, filename=f"颁证情况-{class_no}.csv")


@post("/classes/{class_no:str}/certificates", include_in_schema=False, right=Right.CERTIFICATE_ISSUE)
async def issue_act(request: Asked, class_no: FromPath[str]) -> Template | Redirect:
    try:
        await issuing.issue_class(current_actor(request), class_no, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _class(request, class_no, refusal=refusal)
    return Redirect(f"/certificates?wanted={class_no}", status_code=SEE_OTHER)


@post("/certificates/runs", include_in_schema=False, right=Right.CERTIFICATE_ISSUE)
async def run_act(request: Asked, data: URLEncodedBody[RunForm]) -> Template | Redirect:
    sought = sought_of(data.wanted, "", data.year)
    try:
        number = await printing.ask_run(current_actor(request), sought, clock=clock_of(request))
    except Refusal as refusal:
        return await _list(request, sought, refusal=refusal)
    return Redirect(f"/certificates/runs/{number}", status_code=SEE_OTHER)


@get("/certificates/runs", include_in_schema=False, right=Right.CERTIFICATE_ISSUE)
async def runs_page(request: Asked) -> Template:
    return page("certificates/runs.html", runs=await printing.list_runs(current_actor(request)), words=RUN_WORDS, most=printing.MOST_LISTED)


@get("/certificates/runs.csv", include_in_schema=False, right=Right.CERTIFICATE_ISSUE)
async def runs_csv(request: Asked) -> Response[bytes]:
    rows = (
        (
            *(each.number, each.title, each.total, each.done, RUN_WORDS[each.state], each.asker),
            *(each.asked_at.isoformat(timespec="seconds"), each.finished_at and each.finished_at.isoformat(timespec="seconds"), each.size),
        )
        for each in await printing.list_runs(current_actor(request))
    )
    return csv_download(RUN_HEADER, rows, filename="证书打印.csv")


async def _run(request: Asked, number: str) -> Template:
    run = await printing.show_run(current_actor(request), number)
    return page("certificates/run.html", run=run, words=RUN_WORDS)


@get("/certificates/runs/{number:str}", include_in_schema=False, right=Right.CERTIFICATE_ISSUE)
async def run_page(request: Asked, number: FromPath[str]) -> Template:
    return await _run(request, number)


@get("/certificates/runs/{number:str}/progress", include_in_schema=False, right=Right.CERTIFICATE_ISSUE)
async def run_progress(request: Asked, number: FromPath[str]) -> Template:
    run = await printing.show_run(current_actor(request), number)
    return page("certificates/_progress.html", run=run, words=RUN_WORDS)


@get("/certificates/runs/{number:str}/certificates.pdf", include_in_schema=False, right=Right.CERTIFICATE_ISSUE)
async def run_pdf(request: Asked, number: FromPath[str]) -> Response[bytes] | Template:
    try:
        content = await printing.run_file(current_actor(request), number, clock=clock_of(request))
    except printing.NotPrintedYet:
        return await _run(request, number)
    return download(content, filename=f"培训证书-{number}.pdf", media_type=printing.PDF)


def certificate_pages() -> Router:
    """The pages of this file."""
    return Router(
        "/",
        route_handlers=[
            *(certificates_page, certificates_csv, certificate_page, certificate_pdf, certificate_png, revoke_act, reprint_act),
            *(replace_act, class_certificates_page, class_certificates_csv, issue_act, run_act, runs_page, runs_csv, run_page),
            *(run_progress, run_pdf),
        ],
    )
