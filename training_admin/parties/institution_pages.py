"""Pages of 办学条件: who has registered, one register with what holds today, entering, changing, ending, and the officer's decision."""

from datetime import date
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, MultipartBody, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.kit.actor import may
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.office.papers import LARGEST
from training_admin.parties import institutions
from training_admin.parties.institution_facts import ResourceKind, blocks_on, licence_on
from training_admin.parties.institution_store import Registered, ResourceNotFound, Version
from training_admin.parties.institutions import KINDS_OF, OWNER_WORDS, STATE_WORDS, Entry, RegisterShown, owner_of
from training_admin.parties.ladder import STEP_WORDS
from training_admin.parties.levels import LEVEL_WORDS
from training_admin.parties.resource_forms import FIELDS, FILE_REQUIRED, FILE_WORDS, KIND_WORDS
from training_admin.parties.resource_words import fields_of, name_of, names_of, occupation_words, status_of
from training_admin.web import RowKey, clock_of, csv_download, current_actor, download, page, shanghai_iso

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
FORM_MARGIN = 64 * 1024
LIST_HEADER = ("统一社会信用代码", "单位名称", "类型", "已核定项数", "待核定项数", "办学许可证有效期至", "今日状态")
REGISTER_HEADER = ("类别", "名称", "内容", "状态", "版本", "登记人", "登记时间", "核定人", "核定时间", "意见")
PLATFORM_HEADER = ("平台名称", "网址", "自有或第三方", "运营单位", "测试报告日期", "测试报告有效期至", "登记单位", "今日状态")


class ResourceForm(msgspec.Struct, frozen=True):
    """The form of every kind: each uses the fields it has."""

    kind: str = ""
    number: str = ""
    issuer: str = ""
    valid_from: str = ""
    valid_to: str = ""
    code: str = ""
    name: str = ""
    levels: list[str] | str = ""
    address: str = ""
    district: str = ""
    site: str = ""
    capacity: str = ""
    use: str = ""
    equipment: str = ""
    identity: str = ""
    full_time: str = ""
    education: str = ""
    major: str = ""
    rank: str = ""
    teacher: str = ""
    title: str = ""
    occupation: str = ""
    level: str = ""
    own: str = ""
    provider: str = ""
    tested_on: str = ""
    act: str = ""
    file: UploadFile | None = None


class DecisionForm(msgspec.Struct, frozen=True):
    """The decision: `approve` or `refuse`, with a reason."""

    act: str = ""
    reason: str = ""


def kind_of(text: str) -> ResourceKind:
    """The kind of a form; raises ResourceNotFound."""
    if text not in set(ResourceKind):
        raise ResourceNotFound("没有这一类登记，请从本单位的登记页面进入。")
    return ResourceKind(text)


def licence_words(each: Registered, today: date) -> tuple[str, str]:
    """A mark and a word for the licence of an organisation in the list."""
    if each.owner == institutions.ENTERPRISE:
        return "plain", "企业自办"
    if each.licence_to is None:
        return "HOLD", "没有已核定的许可证"
    return ("passed", "有效") if today <= each.licence_to else ("failed", "已过期")


@get("/institutions", include_in_schema=False, right=Right.INSTITUTION_READ)
async def institutions_page(request: Asked, wanted: FromQuery[str] = "") -> Template:
    actor, clock = current_actor(request), clock_of(request)
    found = await institutions.list_institutions(actor, wanted=wanted, clock=clock)
    return page(
        "institutions/list.html",
        found=[(each, *licence_words(each, clock.today())) for each in found],
        wanted=wanted,
        owners=OWNER_WORDS,
        most=institutions.MOST_LISTED,
        own=actor.organisation if may(actor, Right.INSTITUTION_EDIT) else None,
    )


@get("/institutions.csv", include_in_schema=False, right=Right.INSTITUTION_READ)
async def institutions_csv(request: Asked, wanted: FromQuery[str] = "") -> Response[bytes]:
    clock = clock_of(request)
    found = await institutions.list_institutions(current_actor(request), wanted=wanted, clock=clock)
    rows = (
        (
            *(each.organisation, each.name, OWNER_WORDS[each.owner], each.approved, each.waiting, each.licence_to),
            licence_words(each, clock.today())[1],
        )
        for each in found
    )
    return csv_download(LIST_HEADER, rows, filename="办学条件.csv")


@get("/institutions/{code:str}", include_in_schema=False, right=Right.INSTITUTION_READ)
async def register_page(request: Asked, code: FromPath[str]) -> Template:
    actor = current_actor(request)
    shown = await institutions.show_register(actor, code, clock=clock_of(request))
    names, facts = names_of(shown.newest), shown.facts
    sections = [
        (
            kind,
            [
                (each, name_of(each.fact), fields_of(each, names, shown.masked), *status_of(each, facts))
                for each in shown.newest
                if each.kind is kind
            ],
        )
        for kind in KINDS_OF[shown.owner]
    ]
    return page(
        "institutions/register.html",
        shown=shown,
        sections=sections,
        kind_words=KIND_WORDS,
        owner_words=OWNER_WORDS[shown.owner],
        licence=licence_on(facts, facts.day),
        occupations=occupation_words(facts),
        blocks=blocks_on(facts, facts.day),
        step_words=STEP_WORDS,
        may_edit=may(actor, Right.INSTITUTION_EDIT) and actor.organisation == code,
    )


@get("/institutions/{code:str}/register.csv", include_in_schema=False, right=Right.INSTITUTION_READ)
async def register_csv(request: Asked, code: FromPath[str]) -> Response[bytes]:
    shown = await institutions.show_register(current_actor(request), code, clock=clock_of(request))
    names = names_of(shown.newest)
    return csv_download(REGISTER_HEADER, (_row(each, shown, names) for each in shown.newest), filename=f"办学条件-{code}.csv")


def _row(each: Version, shown: RegisterShown, names: dict[int, str]) -> tuple[object, ...]:
    content = "；".join(f"{words}：{value}" for words, value in fields_of(each, names, shown.masked))
    decided = None if each.decided_at is None else shanghai_iso(each.decided_at)
    return (
        *(KIND_WORDS[each.kind], name_of(each.fact), content, status_of(each, shown.facts)[1], each.version),
        *(each.enterer, shanghai_iso(each.entered_at), each.decider, decided, each.reason),
    )


async def _form(
    request: Asked, kind: ResourceKind, *, typed: dict[str, Any], change: int | None = None, refusal: Refusal | None = None
) -> Template:
    actor = current_actor(request)
    own = await institutions.show_register(actor, actor.organisation or "", clock=clock_of(request))
    usable = [each for each in own.newest if not each.ended and each.state != "refused"]
    return page(
        "institutions/form.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        kind=kind,
        kind_words=KIND_WORDS[kind],
        fields=FIELDS[kind],
        typed=typed,
        change=change,
        code=own.organisation,
        sites=[(each.resource, name_of(each.fact)) for each in usable if each.kind is ResourceKind.SITE],
        teachers=[(each.resource, name_of(each.fact)) for each in usable if each.kind is ResourceKind.TEACHER],
        levels=LEVEL_WORDS,
        file_words=FILE_WORDS[kind],
        file_required=kind in FILE_REQUIRED and change is None,
        limit_mb=LARGEST // 2**20,
    )


@get("/resources/new", include_in_schema=False, right=Right.INSTITUTION_EDIT)
async def new_resource_page(request: Asked, kind: FromQuery[str] = "") -> Template:
    word = kind_of(kind)
    if word not in KINDS_OF[owner_of(current_actor(request))]:
        raise ResourceNotFound("没有这一类登记，请从本单位的登记页面进入。")
    return await _form(request, word, typed={})


async def _enter(request: Asked, data: ResourceForm, resource: int | None) -> Template | Redirect:
    kind, typed = kind_of(data.kind), {name: getattr(data, name) for name in data.__struct_fields__ if name != "file"}
    content = b"" if data.file is None else await data.file.read()
    entry = Entry(kind, typed, content, resource, ended=resource is not None and data.act == "end")
    try:
        key = await institutions.enter_resource(current_actor(request), entry, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _form(request, kind, typed=typed, change=resource, refusal=refusal)
    return Redirect(f"/resources/{key}", status_code=SEE_OTHER)


@post("/resources", include_in_schema=False, right=Right.INSTITUTION_EDIT)
async def enter_act(request: Asked, data: MultipartBody[ResourceForm]) -> Template | Redirect:
    return await _enter(request, data, None)


@post("/resources/{resource:int}/change", include_in_schema=False, right=Right.INSTITUTION_EDIT)
async def change_act(request: Asked, resource: RowKey, data: MultipartBody[ResourceForm]) -> Template | Redirect:
    return await _enter(request, data, resource)


@get("/resources/{resource:int}/change", include_in_schema=False, right=Right.INSTITUTION_EDIT)
async def change_page(request: Asked, resource: RowKey) -> Template:
    newest = (await institutions.show_resource(current_actor(request), resource))[0]
    typed = {name: _typed(value) for name, value in msgspec.structs.asdict(newest.fact).items()}
    return await _form(request, newest.kind, typed=typed, change=resource)


def _typed(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return list(value) if isinstance(value, tuple) else "" if value is None else str(value)


async def _one(request: Asked, resource: int, *, refusal: Refusal | None = None, reason: str = "") -> Template:
    actor, clock = current_actor(request), clock_of(request)
    versions = await institutions.show_resource(actor, resource)
    newest = versions[0]
    register = await institutions.show_register(actor, newest.organisation, clock=clock)
    names = names_of(register.newest)
    mark, words = status_of(newest, register.facts)
    return page(
        "institutions/resource.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        newest=newest,
        title=name_of(newest.fact),
        fields=fields_of(newest, names, register.masked),
        history=[(each, fields_of(each, names, {})) for each in versions],
        mark=mark,
        words=words,
        kind_words=KIND_WORDS[newest.kind],
        file_words=FILE_WORDS[newest.kind],
        states=STATE_WORDS,
        register=register,
        reason=reason,
        may_edit=may(actor, Right.INSTITUTION_EDIT) and actor.organisation == newest.organisation and newest.state != "waiting",
        may_decide=may(actor, Right.INSTITUTION_DECIDE) and newest.state == "waiting",
        same_person=bool(newest.hands & actor.hands),
    )


@get("/resources/{resource:int}", include_in_schema=False, right=Right.INSTITUTION_READ)
async def resource_page(request: Asked, resource: RowKey) -> Template:
    return await _one(request, resource)


@post("/resources/{resource:int}/decide", include_in_schema=False, right=Right.INSTITUTION_DECIDE)
async def decide_act(request: Asked, resource: RowKey, data: URLEncodedBody[DecisionForm]) -> Template | Redirect:
    try:
        code = await institutions.decide_resource(
            current_actor(request), resource, approve=data.act == "approve", reason=data.reason, clock=clock_of(request)
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return await _one(request, resource, refusal=refusal, reason=data.reason)
    return Redirect(f"/institutions/{code}", status_code=SEE_OTHER)


@post("/resources/{resource:int}/paper", include_in_schema=False, right=Right.INSTITUTION_READ)
async def paper_act(request: Asked, resource: RowKey) -> Response[bytes]:
    content, filename, media_type = await institutions.read_paper(current_actor(request), resource, clock=clock_of(request))
    return download(content, filename=filename, media_type=media_type)


@get("/platforms", include_in_schema=False, right=Right.INSTITUTION_READ)
async def platforms_page(request: Asked) -> Template:
    found = await institutions.list_platforms(current_actor(request))
    today = clock_of(request).today()
    return page("institutions/platforms.html", found=[(each, each.fact, _platform_holds(each, today)) for each in found])


def _platform_holds(each: Version, today: date) -> bool:
    valid_to: date | None = getattr(each.fact, "valid_to", None)
    return valid_to is None or today <= valid_to


@get("/platforms.csv", include_in_schema=False, right=Right.INSTITUTION_READ)
async def platforms_csv(request: Asked) -> Response[bytes]:
    found = await institutions.list_platforms(current_actor(request))
    today = clock_of(request).today()
    rows = (
        (
            *(value for _words, value in fields_of(each, {}, {})),
            *(each.organisation_name, "有效" if _platform_holds(each, today) else "已过期"),
        )
        for each in found
    )
    return csv_download(PLATFORM_HEADER, rows, filename="线上培训平台.csv")


def institution_pages() -> Router:
    """The pages of this file; only what is handed in with a paper may be large."""
    upload = Router("/", route_handlers=[enter_act, change_act], request_max_body_size=LARGEST + FORM_MARGIN)
    return Router(
        "/",
        route_handlers=[
            *(upload, institutions_page, institutions_csv, register_page, register_csv, new_resource_page, change_page),
            *(resource_page, decide_act, paper_act, platforms_page, platforms_csv),
        ],
    )
