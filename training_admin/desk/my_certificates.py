"""Pages of 我的证书: a trainee's own certificates, to be kept as PDF or as a picture (WeChat's browser saves no PDF)."""

from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath
from litestar.response import Template

from training_admin.certificates import reading
from training_admin.certificates.ending import CertificateEnded
from training_admin.certificates.facts import KIND_WORDS, STATE_WORDS, Certificate
from training_admin.certificates.pages import file_answer
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import hundredths
from training_admin.web import csv_download, current_actor, page

Asked = Request[Any, Any, Any]
HEADER = ("证书编号", "证书", "培训项目", "颁发单位", "起", "止", "课时", "颁发日期", "状态", "失效原因")


async def _mine(request: Asked, *, refusal: Refusal | None = None) -> Template:
    return page(
        "desk/my_certificates.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        found=await reading.my_certificates(current_actor(request)),
        kinds=KIND_WORDS,
        states=STATE_WORDS,
    )


@get("/my-certificates", include_in_schema=False)
async def my_certificates_page(request: Asked) -> Template:
    return await _mine(request)


@get("/my-certificates.csv", include_in_schema=False)
async def my_certificates_csv(request: Asked) -> Response[bytes]:
    return csv_download(HEADER, map(_row, await reading.my_certificates(current_actor(request))), filename="我的证书.csv")


def _row(one: Certificate) -> tuple[object, ...]:
    return (
        *(one.number, KIND_WORDS[one.kind], one.content.item, one.content.institution, one.content.start, one.content.end),
        *(hundredths(one.content.centihours), one.issued_on, STATE_WORDS[one.state], one.why_ended),
    )


@get("/my-certificates/{number:str}", include_in_schema=False)
async def my_certificate_page(request: Asked, number: FromPath[str]) -> Template:
    """The certificate as a picture in a page: what WeChat's browser keeps by a long press."""
    try:
        certificate, _holder = await reading.my_certificate(current_actor(request), number)
    except CertificateEnded as refusal:
        return await _mine(request, refusal=refusal)
    return page("desk/my_certificate.html", one=certificate, kinds=KIND_WORDS)


async def _file(request: Asked, number: str, *, picture: bool) -> Response[bytes] | Template:
    try:
        found = await reading.my_certificate(current_actor(request), number)
        content = await reading.file_of(found, request.app.state.settings, picture=picture)
    except NotFound:
        raise
    except Refusal as refusal:
        return await _mine(request, refusal=refusal)
    return file_answer(content, number, picture=picture)


@get("/my-certificates/{number:str}/certificate.pdf", include_in_schema=False)
async def my_certificate_pdf(request: Asked, number: FromPath[str]) -> Response[bytes] | Template:
    return await _file(request, number, picture=False)


@get("/my-certificates/{number:str}/certificate.png", include_in_schema=False)
async def my_certificate_png(request: Asked, number: FromPath[str]) -> Response[bytes] | Template:
    return await _file(request, number, picture=True)


def my_certificate_pages() -> Router:
    """The pages of this file; all of them are about the person who asks."""
    return Router(
        "/",
        route_handlers=[my_certificates_page, my_certificates_csv, my_certificate_page, my_certificate_pdf, my_certificate_png],
        opt={"right": Right.OWN_RECORDS},
    )
