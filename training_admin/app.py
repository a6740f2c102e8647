"""The web application: the only place where rooms, faces, errors and safety headers are put together."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import jinja2
from litestar import Litestar, Request, Router, get
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import CacheControlHeader, MutableScopeHeaders, State
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.middleware.rate_limit import RateLimitConfig
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import Components, Contact, SecurityScheme, Tag
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from training_admin import __version__
from training_admin.accounts.contacts import phone_of_organisation
from training_admin.accounts.middleware import KnowActor, declared_right
from training_admin.accounts.person_sign_in import SEND_CODE, send_code
from training_admin.accounts.sso_pages import providers_of
from training_admin.apprenticeship.record_reminders import REMIND_SIDE, REMIND_TONIGHT, remind_side, remind_tonight
from training_admin.audit.asking import ASK_DEPARTMENT, ask_staged
from training_admin.audit.department_stub import departments_of
from training_admin.audit.doubt_store import open_counts
from training_admin.audit.matching import PURGE_LISTS, purge_staged
from training_admin.audit.ordering import EXPIRE_AUDIT_FILES, MAKE_AUDIT_FILE, expire_tonight, make_ordered
from training_admin.audit.rectification_reminders import REMIND_RECTIFICATIONS
from training_admin.audit.rectification_reminders import remind_tonight as remind_rectifications_tonight
from training_admin.audit.searching import SEARCH_TONIGHT, search_after_assessment, search_tonight
from training_admin.audit.targets import RAISE_ALARMS, raise_tonight
from training_admin.audit.trying import RUN_TRIAL, run_trial
from training_admin.catalog.filing import FILING_KNOWN
from training_admin.catalog.forecast_store import FORECAST_CLASS
from training_admin.catalog.witness import ASK_TONIGHT, SEND_LINK, ask_class, ask_tonight, send_link
from training_admin.catalog.witness_facts import ASK_CLASS
from training_admin.certificates.printing import PRINT_CERTIFICATES, make_run
from training_admin.clocks import clock_of
from training_admin.database import close_database, engine, open_database, opened_vault, read_transaction
from training_admin.errors import EXCEPTION_HANDLERS
from training_admin.kit.actor import WORKER
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import Refusal
from training_admin.kit.workbook.box import WorkbookBox
from training_admin.office.channels import channel_of
from training_admin.office.idempotency import new_key
from training_admin.office.jobs import Handler, JobRun
from training_admin.office.message_pages import CountUnread
from training_admin.office.messages import DELIVER_MESSAGE, RecipientKind, deliver
from training_admin.routers import api_router, page_routers
from training_admin.settings import MEGABYTE, Settings, read_settings
from training_admin.subsidy.archiving import ARCHIVE_CLAIMS, archive_tonight
from training_admin.subsidy.assessing import ASSESS_CLAIM, CLAIM_ASSESSED, assess_staged
from training_admin.subsidy.claims import person_of
from training_admin.subsidy.deliveries import assess_after_filing
from training_admin.subsidy.drafts import DraftBox
from training_admin.subsidy.dry_run import FORECAST_ALL, forecast_every_class, forecast_staged_class
from training_admin.subsidy.notices import CLOSE_NOTICES, close_tonight
from training_admin.subsidy.own_payments import PAYMENTS_KNOWN, TELL_UNTOLD, payments_become_known, tell_untold_tonight
from training_admin.subsidy.papers import RENDER_PAPER, render_staged
from training_admin.subsidy.persons import erase_for_request, phone_of_person
from training_admin.subsidy.screens import cause_words, state_words
from training_admin.web import API_PREFIX, CROWD, PUBLIC, STATIC, jinja_environment
from training_admin.wiring import EXAMINER, follow_claim, lines_of_claims, missing_of_claim, settled_programmes

BODY_LIMIT = 10 * MEGABYTE
FORM_MARGIN = 64 * 1024
STATIC_SECONDS = 31_536_000
# Acts that need no sign-in may be tried by an address this many times less often than pages may be asked for: 30 a minute.
STRANGERS_SHARE = 20
# What is done every night, whichever worker stages it.
NIGHTLY = (
    *(FORECAST_ALL, ASK_TONIGHT, CLOSE_NOTICES, ARCHIVE_CLAIMS, PURGE_LISTS, REMIND_TONIGHT, SEARCH_TONIGHT, RAISE_ALARMS),
    *(EXPIRE_AUDIT_FILES, REMIND_RECTIFICATIONS, TELL_UNTOLD),
)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    # Bootstrap draws its form marks as pictures inside the style sheet.
    "img-src 'self' data:; frame-ancestors 'none'"
)
SAFETY_HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
API_WORDS = """申报、核验、审核、公示、资金和信用的 JSON 接口，与网页调用同样的服务。

- 一律使用令牌：在“本人账户”中建立，写入请求头 `Authorization: Bearer …`；网页的登录状态对接口无效。
- 出错时答复 `application/problem+json`，`code` 稳定不变，`detail` 说明位置和更正办法。
- 金额以分为单位的整数给出（`amount_fen`），并附显示用的元；时间为 ISO 8601，时区 +08:00。
- 列表用 `cursor`、`limit`（至多 200）翻页；同一份申报表重复提交得到同一张回执。
- 新建和资金办理写入 `Idempotency-Key`：网络中断后以同一编号重发，只办理一次，答复相同；改动先读取 `ETag`，再写入 `If-Match`。
- 复核、审批、送国库、签署等另须写入 `X-Second-Factor`（本人当前的动态码，只能用一次）；签字、查看完整证件号码只能由本人在页面办理。
"""


def is_act_of_a_stranger(request: Request[Any, Any, Any]) -> bool:
    """Whether anybody may try this act: signing in, registering, having a code sent, using a link. A class that signs in may not wait."""
    told = request.route_handler.opt
    return request.method not in SAFE_METHODS and bool(told.get(PUBLIC)) and not told.get(CROWD)


class ForeignRequest(Refusal):
    """The request comes from another site's page, or asks for a host name that is not ours."""

    status = 403
    code = "foreign-request"
    title = "请求来源不明"


class BadAddress(Refusal):
    """The address holds a NUL, which no name of ours has and PostgreSQL cannot store."""

    status = 400
    code = "bad-address"
    title = "地址无法识别"


class OnlyOurAddress(ASGIMiddleware):
    """Refuses other host names (rebinding) and acts started by other sites: a second lock beside form tokens."""

    def __init__(self, hosts: frozenset[str]) -> None:
        self.hosts = hosts

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] == ScopeType.HTTP:
            if "\0" in scope["path"] or b"%00" in scope["query_string"]:
                raise BadAddress("地址中有无法识别的字符，请从页面上的链接重新进入。")
            refuse_foreign({key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}, scope["method"], self.hosts)
        await next_app(scope, receive, send)


class SwaggerPage(OpenAPIRenderPlugin):
    """The description of the API as a page of ours: vendored script, nothing inline, nothing from outside."""

    def __init__(self, templates: jinja2.Environment) -> None:
        super().__init__(path="/swagger")
        self.template = templates.get_template("schema.html")

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        del request, openapi_schema
        return self.template.render().encode()


def refuse_foreign(headers: Mapping[str, str], method: str, hosts: frozenset[str]) -> None:
    """Raises ForeignRequest for a host name that is not ours, or an act that another site's page has started."""
    host = urlsplit(f"//{headers.get('host', '')}").hostname or ""
    if host not in hosts:
        raise ForeignRequest("请从本系统公布的网址进入。")
    if method in SAFE_METHODS:
        return
    origin = headers.get("origin")
    foreign_origin = origin is not None and urlsplit(origin).netloc != headers.get("host")
    if foreign_origin or headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise ForeignRequest("这次操作来自其他网站的页面，为安全起见没有办理。请在本系统的页面上操作。")


@get("/healthz", include_in_schema=False, public=True)
async def health() -> dict[str, str]:
    """Whether the service and its database answer; raises DatabaseGone."""
    async with read_transaction():
        pass
    return {"status": "ok"}


async def add_safety_headers(message: Message, scope: Scope) -> None:
    """Safety headers on every answer, also on refusals, files and pages that do not exist."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in SAFETY_HEADERS.items():
        headers[name] = value
    if not scope["path"].startswith("/static/"):
        headers["cache-control"] = "no-store"


async def assess_staged_claim(run: JobRun) -> None:
    """The job staged by a submission or a delivery, done by the worker."""
    await assess_staged(WORKER, run)


async def contact_of(kind: RecipientKind, key: str) -> str | None:
    """Where a message's recipient can be reached outside of the inbox; accounts have no phone of their own here."""
    if kind is RecipientKind.ORGANISATION:
        return await phone_of_organisation(key)
    return await phone_of_person(bytes.fromhex(key)) if kind is RecipientKind.PERSON else None


def job_handlers(settings: Settings) -> Mapping[str, Handler]:
    """What a worker can do, by the names under which services stage jobs."""
    channel = channel_of(settings)

    async def deliver_message(run: JobRun) -> None:
        await deliver(run, channel=channel, contact_of=contact_of)

    async def send_staged_code(run: JobRun) -> None:
        await send_code(run, phone_of=phone_of_person, channel=channel)

    async def send_witness_link(run: JobRun) -> None:
        await send_link(run, phone_of=phone_of_person, channel=channel, public_address=settings.public_address or "")

    async def print_certificates(run: JobRun) -> None:
        await make_run(run, settings=settings)

    async def ask_department(run: JobRun) -> None:
        await ask_staged(run, departments_of(settings, run.clock))

    return {
        ASK_DEPARTMENT: ask_department,
        PRINT_CERTIFICATES: print_certificates,
        ASSESS_CLAIM: assess_staged_claim,
        CLAIM_ASSESSED: search_after_assessment,
        SEARCH_TONIGHT: search_tonight,
        DELIVER_MESSAGE: deliver_message,
        SEND_CODE: send_staged_code,
        FILING_KNOWN: assess_after_filing,
        PAYMENTS_KNOWN: payments_become_known,
        TELL_UNTOLD: tell_untold_tonight,
        FORECAST_ALL: forecast_every_class,
        FORECAST_CLASS: forecast_staged_class,
        ASK_CLASS: ask_class,
        ASK_TONIGHT: ask_tonight,
        SEND_LINK: send_witness_link,
        CLOSE_NOTICES: close_tonight,
        ARCHIVE_CLAIMS: archive_tonight,
        RAISE_ALARMS: raise_tonight,
        REMIND_RECTIFICATIONS: remind_rectifications_tonight,
        RENDER_PAPER: render_staged,
        REMIND_TONIGHT: remind_tonight,
        REMIND_SIDE: remind_side,
        PURGE_LISTS: purge_staged,
        MAKE_AUDIT_FILE: make_ordered,
        EXPIRE_AUDIT_FILES: expire_tonight,
        RUN_TRIAL: partial(run_trial, examiner=EXAMINER),
    }


def database_open_while_serving(settings: Settings) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """Open the database for the time of serving, unless whoever made the application holds it open."""

    @asynccontextmanager
    async def serving(_app: Litestar) -> AsyncIterator[None]:
        if engine.pool is not None:
            yield
            return
        await open_database(settings)
        try:
            yield
        finally:
            await close_database()

    return serving


def form_tokens(settings: Settings) -> CSRFConfig:
    """A token in every form of the pages; the API knows no cookie and needs none."""
    return CSRFConfig(
        secret=settings.secret or opened_vault(settings).derived_secret("csrf"),
        cookie_name="csrf",
        cookie_httponly=True,
        cookie_samesite="strict",
        cookie_secure=settings.is_secure,
        exclude=[f"^{API_PREFIX}"],
    )


def handed_in(settings: Settings, clock: Clock) -> dict[str, object]:
    """What handlers find in the application's state: settings, clock, boxes of workbooks, and what rooms to the right do for them."""
    sso, mock_sso = providers_of(settings, clock)
    return {
        "settings": settings,
        "clock": clock,
        "drafts": DraftBox(),
        "examiner": EXAMINER,
        "refused_workbooks": WorkbookBox(),
        "person_of": person_of,
        "erase_person": erase_for_request,
        "follow_case": follow_claim,
        "missing_before_payment": missing_of_claim,
        "programmes_settled": settled_programmes,
        "lines_before_payment": lines_of_claims,
        "open_doubts": open_counts,
        "departments": departments_of(settings, clock),
        "sso": sso,
        "mock_sso": mock_sso,
    }


def create_app(settings: Settings, *, clock: Clock | None = None) -> Litestar:
    """The application for one set of settings; it opens the database when it starts."""
    upload_limit = settings.upload_limit + FORM_MARGIN
    clock = clock or clock_of(settings)
    templates = jinja_environment({"state_words": state_words, "cause_words": cause_words})
    templates.globals["new_key"] = new_key
    return Litestar(
        route_handlers=[
            *page_routers(upload_limit),
            api_router(upload_limit),
            health,
            create_static_files_router(
                path="/static",
                directories=[STATIC],
                include_in_schema=False,
                opt={"public": True},
                cache_control=CacheControlHeader(max_age=STATIC_SECONDS, immutable=True),
            ),
        ],
        csrf_config=form_tokens(settings),
        template_config=TemplateConfig(engine=JinjaTemplateEngine.from_environment(templates)),
        exception_handlers=EXCEPTION_HANDLERS,
        middleware=[
            OnlyOurAddress(settings.hosts),
            RateLimitConfig(rate_limit=("minute", settings.rate_limit), exclude=["^/static/"]).middleware,
            RateLimitConfig(
                rate_limit=("minute", max(1, settings.rate_limit // STRANGERS_SHARE)),
                check_throttle_handler=is_act_of_a_stranger,
                store="rate_limit_of_strangers",
            ).middleware,
            KnowActor(),
            CountUnread(),
        ],
        guards=[declared_right],
        before_send=[add_safety_headers],
        lifespan=[database_open_while_serving(settings)],
        openapi_config=openapi_config(templates),
        request_max_body_size=BODY_LIMIT,
        state=State(handed_in(settings, clock)),
        logging_config=None,  # `logs` configures what is written; a queue of its own would outlive the streams of tests
        debug=False,
    )


def openapi_config(templates: jinja2.Environment) -> OpenAPIConfig:
    """The description of the API, OpenAPI 3.1, at /schema."""
    return OpenAPIConfig(
        title="培训补贴管理 API",
        version=__version__,
        description=API_WORDS,
        contact=Contact(name="系统管理员"),
        tags=[
            Tag(name="申报", description="预检、提交、查看申报和逐条核验结果"),
            Tag(name="审核", description="待办、办理、人员意见、备注、复核申请和办理过程；以 ETag 和 If-Match 防止覆盖他人的办理"),
            Tag(name="登记数据", description="其他部门交付的登记数据"),
            Tag(name="规则", description="规则与政策参数"),
            Tag(name="补贴目录", description="公开的补贴目录"),
            Tag(name="审计", description="审计工作簿"),
            Tag(name="资金", description="预算指标、资金明细账、拨付批次、银行回单、暂缓、追回、年终结转和对账"),
            Tag(name="公示", description="公示和异议：任何人可以读取、提出"),
            Tag(name="文书", description="官方文书的制作、下载和送达"),
            Tag(name="质量", description="二次审核和好差评"),
            Tag(name="违规处理和信用", description="告知、陈述申辩、决定、异议、整改或修复、移出"),
            Tag(name="整改", description="审计整改台账：发出、答复、验收、复核、暂缓拨付和追回"),
            Tag(name="资金", description="预算指标、资金明细账、拨付批次和银行回单"),
        ],
        components=Components(
            security_schemes={"token": SecurityScheme(type="http", scheme="bearer", description="在“本人账户”中建立的令牌")}
        ),
        security=[{"token": []}],
        path="/schema",
        openapi_router=Router("/schema", route_handlers=[], opt={"public": True}, include_in_schema=False),
        render_plugins=[SwaggerPage(templates), JsonRenderPlugin()],
        use_handler_docstrings=False,
    )


def create_app_from_environment() -> Litestar:
    """The application for this process's environment, for `uvicorn --factory`."""
    return create_app(read_settings())
