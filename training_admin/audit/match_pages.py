"""Pages of lists from other departments: what there is to compare with, what there is not, and the form that takes a list in."""

from datetime import date
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, MultipartBody, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.audit import asking, matching
from training_admin.audit.departments import Departments
from training_admin.audit.match_facts import KINDS, ListTold, MatchKind
from training_admin.audit.match_reading import match_template
from training_admin.audit.matching import ListRefused
from training_admin.kit.actor import may
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.office.idempotency import under_key
from training_admin.office.marked_pages import problem_of_upload
from training_admin.subsidy.uploads import read_upload
from training_admin.web import clock_of, csv_download, current_actor, download, page, shanghai_iso

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
FILE_WORDS = "比对名单（.xlsx 或 .csv）"
HEADER = ("编号", "名单", "来源单位", "法律依据", "名单日期", "覆盖起", "覆盖止", "行数", "清除日期", "已清除", "导入人")


QUERY_HEADER = (
    *("编号", "名单", "查询起", "查询止", "状态", "查询人数", "未答复人数", "尝试次数", "故障代码", "名单编号", "答复校验值"),
    *("查询人", "查询时间", "答复时间"),
)


class KindUnknown(NotFound):
    """There is no such kind of list."""

    code = "match-kind-not-found"


class QueryForm(msgspec.Struct, frozen=True):
    """Which department is asked, and about which days."""

    kind: str = ""
    first: str = ""
    last: str = ""
    idempotency_key: str = ""


class ListForm(msgspec.Struct, frozen=True):
    """A list with what must be known of it."""

    kind: str = ""
    source: str = ""
    basis: str = ""
    as_of: str = ""
    covers_from: str = ""
    covers_to: str = ""
    purge_on: str = ""
    file: UploadFile | None = None

    def told(self) -> ListTold:
        """What is told of the list; raises KindUnknown, ListRefused."""
        return ListTold(
            kind=kind_named(self.kind),
            source=self.source,
            basis=self.basis,
            as_of=_day(self.as_of, "名单日期"),
            covers_from=_day(self.covers_from, "覆盖起始日"),
            covers_to=_day(self.covers_to, "覆盖截止日"),
            purge_on=_day(self.purge_on, "清除日期"),
        )


def kind_named(name: str) -> MatchKind:
    """The kind of an address; raises KindUnknown."""
    found = next((each for each in MatchKind if each.value == name), None)
    if found is None:
        raise KindUnknown("没有这一类比对名单，请从列表选择。")
    return found


def _day(text: str, what: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ListRefused(f"请填写{what}，如 2026-06-01。") from None


async def _list(
    request: Asked, *, form: ListForm | None = None, query: QueryForm | None = None, refusal: Refusal | None = None, content: bytes = b""
) -> Template:
    actor = current_actor(request)
    found, missing = await matching.list_heads(actor)
    departments: Departments = request.app.state.departments
    problem = None if refusal is None else problem_of_upload(request, refusal, content, filename="比对名单-标注.xlsx")
    return page(
        "matches/list.html",
        status_code=200 if refusal is None else refusal.status,
        problem=problem,
        found=found,
        missing=missing,
        kinds=KINDS,
        form=form or ListForm(),
        departments={kind: each.source for kind, each in departments.by_kind.items()},
        queries=await asking.list_queries(actor),
        query_states=asking.STATE_WORDS,
        asked_words=asking.asked_words,
        query=query or QueryForm(),
        takes=may(actor, Right.DELIVERY_RECEIVE),
        stepped_up=actor.stepped_up,
    )


@get("/match-lists", include_in_schema=False, right=Right.DELIVERY_READ)
async def lists_page(request: Asked) -> Template:
    return await _list(request)


@get("/match-lists.csv", include_in_schema=False, right=Right.DELIVERY_READ)
async def lists_csv(request: Asked) -> Response[bytes]:
    found, _missing = await matching.list_heads(current_actor(request))
    rows = [
        (
            *(each.number, KINDS[each.kind].words, each.source, each.basis, each.as_of, each.covers_from, each.covers_to, each.rows),
            *(each.purge_on, "是" if each.purged else "", each.importer),
        )
        for each in found
    ]
    return csv_download(HEADER, rows, filename="比对名单.csv")


@get("/match-lists/{kind:str}/template.xlsx", include_in_schema=False, right=Right.DELIVERY_READ)
async def template_file(kind: FromPath[str]) -> Response[bytes]:
    wanted = kind_named(kind)
    return download(match_template(wanted), filename=f"{KINDS[wanted].words}比对名单.xlsx")


@post("/match-lists", include_in_schema=False, right=Right.DELIVERY_RECEIVE)
async def import_act(request: Asked, data: MultipartBody[ListForm]) -> Redirect | Template:
    """Import a list; a refusal is told above the form, with the wrong cells marked in the file."""
    content = b""
    try:
        content = await read_upload(data.file, what=FILE_WORDS)
        await matching.import_list(current_actor(request), content, data.told(), clock=clock_of(request))
    except Refusal as refusal:
        return await _list(request, form=data, refusal=refusal, content=content if content.startswith(b"PK") else b"")
    return Redirect("/match-lists", status_code=SEE_OTHER)


@post("/match-queries", include_in_schema=False, right=Right.DELIVERY_RECEIVE)
async def query_act(request: Asked, data: URLEncodedBody[QueryForm]) -> Redirect | Template:
    """Order a query; the same form sent again orders nothing more."""
    departments: Departments = request.app.state.departments
    try:
        first, last = _day(data.first, "起始日"), _day(data.last, "截止日")
        with under_key(data.idempotency_key, [request.url.path, data.kind, data.first, data.last]):
            await asking.order_query(current_actor(request), departments, data.kind, first, last, clock=clock_of(request))
    except Refusal as refusal:
        return await _list(request, query=data, refusal=refusal)
    return Redirect("/match-lists", status_code=SEE_OTHER)


@get("/match-queries.csv", include_in_schema=False, right=Right.DELIVERY_READ)
async def queries_csv(request: Asked) -> Response[bytes]:
    rows = [
        (
            *(each.number, KINDS[each.kind].words, each.first, each.last, asking.STATE_WORDS[each.state], each.asked, each.unanswered),
            *(each.tries, each.fault, each.list_number, each.sha256, each.asker, shanghai_iso(each.asked_at)),
            each.answered_at and shanghai_iso(each.answered_at),
        )
        for each in await asking.list_queries(current_actor(request))
    ]
    return csv_download(QUERY_HEADER, rows, filename="部门接口查询.csv")


@post("/match-queries/{number:str}/evidence", include_in_schema=False, right=Right.DELIVERY_RECEIVE)
async def evidence_act(request: Asked, number: FromPath[str]) -> Response[bytes] | Template:
    """The answer as it came, to whoever has proved who he is; noted."""
    try:
        content = await asking.evidence(current_actor(request), number, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _list(request, refusal=refusal)
    return download(content, filename=f"部门答复-{number}.json")


def match_pages(*, upload_limit: int) -> Router:
    """The pages of this file; only the upload itself may be large."""
    upload = Router("/", route_handlers=[import_act], request_max_body_size=upload_limit)
    return Router("/", route_handlers=[upload, lists_page, lists_csv, template_file, query_act, queries_csv, evidence_act])
