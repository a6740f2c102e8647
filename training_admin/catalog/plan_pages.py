"""Pages of 年度培训项目: an enterprise writes and submits its plan, an officer approves or returns it."""

from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, MultipartBody, PathParameter, QueryParameter, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.catalog import plans
from training_admin.catalog.class_facts import SPLIT_WORDS, Split
from training_admin.catalog.facts import STREAMS
from training_admin.catalog.plan_facts import (
    APPROVAL_WORDS,
    EFFECT_WORDS,
    OPEN_STATES,
    STATE_WORDS,
    WAY_WORDS,
    WINDOW_STANDING,
    WINDOW_WORDS,
    Approval,
    Levy,
    PlanLine,
    Way,
    total_fen,
    window_of,
)
from training_admin.catalog.plans import Head, PlanRefused
from training_admin.catalog.states import STATE_WORDS as CLASS_STATE_WORDS
from training_admin.kit.actor import Scope, may, scope_of
from training_admin.kit.money import fen_from_text, yuan
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import percent
from training_admin.office.papers import LARGEST
from training_admin.web import MOST_ROWS, clock_of, csv_download, current_actor, download, page, row_cursor, shanghai_iso

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
SHOWN = 25
FORM_MARGIN = 64 * 1024
LONGEST_TITLE, LONGEST_BUSINESS, LONGEST_CODE = 200, 500, 40
MOST_PEOPLE = 100_000
CursorQuery = Annotated[str | None, QueryParameter(max_length=9)]
Place = Annotated[int, PathParameter(ge=1, le=32_767)]
LIST_HEADER = (
    "编号",
    "企业",
    "统一社会信用代码",
    "年度",
    "状态",
    "项目数",
    "计划人次",
    "预算（元）",
    "提交人",
    "提交时间",
    "审核人",
    "审核时间",
    "意见",
)
LINE_HEADER = (
    "序号",
    "项目",
    "培训类别",
    "目录项目编码",
    "人次",
    "预算（元）",
    "培训方式",
    "培训机构",
    "合作协议",
    "集中培训",
    "费用分摊",
    "与主营业务或岗位的关系",
)


class YearForm(msgspec.Struct, frozen=True):
    """For which year a plan is begun."""

    year: int = 0


class HeadForm(msgspec.Struct, frozen=True):
    """The sheet of the levy, the declaration and the paper, as typed; amounts in yuan."""

    rules: bool = False
    approval: str = ""
    rate_bp: int = 0
    wages: str = ""
    set_aside: str = ""
    used: str = ""
    front_line: str = ""
    separate: bool = False
    reported: bool = False
    file: UploadFile | None = None


class LineForm(msgspec.Struct, frozen=True):
    """A project, as typed; the budget in yuan."""

    title: str = ""
    stream: str = ""
    item: str = ""
    people: str = ""
    budget: str = ""
    way: str = ""
    institution: str = ""
    contract: str = ""
    split: str = ""
    business: str = ""


class DecisionForm(msgspec.Struct, frozen=True):
    """The decision: `approve` or `return`, with what is to be mended."""

    act: str = ""
    reason: str = ""


def head_of(data: HeadForm, paper: bytes) -> Head:
    """The head of a form; raises PlanRefused naming every wrong field."""
    amounts = {
        words: fen_from_text(text.strip())
        for words, text in (
            ("工资总额", data.wages),
            ("提取额", data.set_aside),
            ("已使用额", data.used),
            ("用于一线职工", data.front_line),
        )
    }
    wrong = [f"{words}应为不小于0、至多两位小数的金额（元）" for words, fen in amounts.items() if fen is None or fen < 0]
    if data.approval not in {"", *Approval}:
        wrong.append("请选择审议方式")
    wages, set_aside, used, front_line = (fen or 0 for fen in amounts.values())
    if not wrong and (front_line > used):
        wrong.append("用于一线职工的金额不能大于已使用额")
    if wrong:
        raise PlanRefused("；".join(wrong) + "。")
    levy = Levy(data.rate_bp, wages, set_aside, used, front_line, separate=data.separate, reported=data.reported)
    return Head(data.rules, Approval(data.approval) if data.approval else None, levy, paper)


def line_of(data: LineForm) -> PlanLine:
    """The project of a form, without its place; raises PlanRefused naming every wrong field."""
    wrong = []
    title, business = " ".join(data.title.split()), " ".join(data.business.split())
    item, contract = data.item.strip() or None, " ".join(data.contract.split())
    for words, text, longest in (("项目名称", title, LONGEST_TITLE), ("与主营业务或岗位的关系", business, LONGEST_BUSINESS)):
        if not text or len(text) > longest or not text.isprintable():
            wrong.append(f"{words}必填，不超过 {longest} 字")
    if len(contract) > LONGEST_TITLE or len(item or "") > LONGEST_CODE or not f"{contract}{item or ''}".isprintable():
        wrong.append("合作协议编号或目录项目编码过长，或有无法显示的字符")
    people = int(data.people) if data.people.isascii() and data.people.isdecimal() and len(data.people) <= len(str(MOST_PEOPLE)) else 0
    if not 0 < people <= MOST_PEOPLE:
        wrong.append(f"人次应为 1 至 {MOST_PEOPLE} 的整数")
    budget = fen_from_text(data.budget.strip())
    if budget is None or budget < 0:
        wrong.append("预算应为不小于0、至多两位小数的金额（元）")
    if data.stream not in STREAMS or data.way not in set(Way) or data.split not in {"", *Split}:
        wrong.append("请从列表中选择培训类别、培训方式和费用分摊")
    if wrong:
        raise PlanRefused("；".join(wrong) + "。")
    assert budget is not None, "a budget that is none was refused"
    way = Way(data.way)
    split = Split(data.split) if data.split else None
    return PlanLine(
        place=0,
        title=title,
        stream=data.stream,
        people=people,
        budget_fen=budget,
        way=way,
        business=business,
        item=item,
        institution=None if way is Way.SELF else data.institution,
        contract="" if way is Way.SELF else contract,
        pooled=split is not None,
        split=split,
    )


@get("/plans", include_in_schema=False, right=Right.PLAN_READ)
async def plans_page(request: Asked, cursor: CursorQuery = None) -> Template:
    return await _list(request, cursor=cursor)


async def _list(request: Asked, *, cursor: str | None = None, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    found, following = await plans.list_plans(actor, before=row_cursor(cursor) or None, limit=SHOWN)
    this_year = clock_of(request).today().year
    return page(
        "plans/list.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        found=[(each, sum(line.people for line in each.content.lines), total_fen(each.content)) for each in found],
        following=following,
        cursor=cursor,
        states=STATE_WORDS,
        years=[(year, window_of(year)) for year in (this_year, this_year + plans.YEARS_AHEAD)],
        figures=[
            ("年度培训项目申报期间", WINDOW_WORDS, "未见规定", WINDOW_STANDING.words, WINDOW_STANDING.words),
            *(
                (name, percent(int(str(each.value))), each.paper, each.standing.words, each.local_standing.words)
                for name, each in await plans.levy_figures(actor, clock=clock_of(request))
            ),
        ],
    )


@get("/plans.csv", include_in_schema=False, right=Right.PLAN_READ)
async def plans_csv(request: Asked, cursor: CursorQuery = None) -> Response[bytes]:
    found, _ = await plans.list_plans(current_actor(request), before=row_cursor(cursor) or None, limit=MOST_ROWS)
    rows = (
        (
            *(each.number, each.enterprise_name, each.enterprise, each.year, STATE_WORDS[each.state], len(each.content.lines)),
            *(sum(line.people for line in each.content.lines), yuan(total_fen(each.content)), each.submitter),
            *(None if each.submitted_at is None else shanghai_iso(each.submitted_at), each.decider),
            *(None if each.decided_at is None else shanghai_iso(each.decided_at), each.reason),
        )
        for each in found
    )
    return csv_download(LIST_HEADER, rows, filename="年度培训项目.csv")


@post("/plans", include_in_schema=False, right=Right.PLAN_EDIT)
async def begin_act(request: Asked, data: URLEncodedBody[YearForm]) -> Template | Redirect:
    try:
        number = await plans.begin_plan(current_actor(request), data.year, clock=clock_of(request))
    except Refusal as refusal:
        return await _list(request, refusal=refusal)
    return Redirect(f"/plans/{number}", status_code=SEE_OTHER)


async def _one(
    request: Asked, number: str, *, refusal: Refusal | None = None, line: LineForm | None = None, head: HeadForm | None = None
) -> Template:
    actor = current_actor(request)
    shown = await plans.show_plan(actor, number, clock=clock_of(request))
    return page(
        "plans/plan.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        plan=shown.plan,
        content=shown.plan.content,
        levy=shown.plan.content.levy,
        findings=shown.findings,
        effects=EFFECT_WORDS,
        institutions=shown.institutions,
        states=STATE_WORDS,
        ways=WAY_WORDS,
        splits=SPLIT_WORDS,
        approvals=APPROVAL_WORDS,
        streams=STREAMS,
        rate_words="" if shown.plan.content.levy is None else percent(shown.plan.content.levy.rate_bp),
        rates=[(rate, percent(rate)) for rate in shown.figures.rates_bp],
        window=window_of(shown.plan.year),
        total=total_fen(shown.plan.content),
        typed=line or LineForm(),
        head=head or _head_form(shown.plan.content.levy, rules=shown.plan.content.rules, approval=shown.plan.content.approval or ""),
        may_edit=may(actor, Right.PLAN_EDIT) and actor.organisation == shown.plan.enterprise and shown.plan.state in OPEN_STATES,
        may_decide=may(actor, Right.PLAN_DECIDE) and shown.plan.state == "submitted",
        same_person=shown.same_person,
        classes={line.place: [each for each in shown.classes if each.place == line.place] for line in shown.plan.content.lines},
        class_states=CLASS_STATE_WORDS,
        class_scope=scope_of(actor, Right.CLASS_READ) if may(actor, Right.CLASS_READ) else Scope(frozenset()),
        limit_mb=LARGEST // 2**20,
    )


def _head_form(levy: Levy | None, *, rules: bool, approval: str) -> HeadForm:
    if levy is None:
        return HeadForm(rules=rules, approval=approval)
    return HeadForm(
        rules=rules,
        approval=approval,
        rate_bp=levy.rate_bp,
        wages=yuan(levy.wages_fen),
        set_aside=yuan(levy.set_aside_fen),
        used=yuan(levy.used_fen),
        front_line=yuan(levy.front_line_fen),
        separate=levy.separate,
        reported=levy.reported,
    )


@get("/plans/{number:str}", include_in_schema=False, right=Right.PLAN_READ)
async def plan_page(request: Asked, number: FromPath[str]) -> Template:
    return await _one(request, number)


@get("/plans/{number:str}/lines.csv", include_in_schema=False, right=Right.PLAN_READ)
async def lines_csv(request: Asked, number: FromPath[str]) -> Response[bytes]:
    shown = await plans.show_plan(current_actor(request), number, clock=clock_of(request))
    rows = (
        (
            *(line.place, line.title, line.stream, line.item, line.people, yuan(line.budget_fen), WAY_WORDS[line.way]),
            *(shown.institutions.get(line.institution or "", line.institution), line.contract, "是" if line.pooled else "否"),
            *(SPLIT_WORDS[line.split] if line.split else None, line.business),
        )
        for line in shown.plan.content.lines
    )
    return csv_download(LINE_HEADER, rows, filename=f"年度培训项目-{number}.csv")


@post("/plans/{number:str}/head", include_in_schema=False, right=Right.PLAN_EDIT)
async def head_act(request: Asked, number: FromPath[str], data: MultipartBody[HeadForm]) -> Template | Redirect:
    try:
        head = head_of(data, b"" if data.file is None else await data.file.read())
        await plans.save_head(current_actor(request), number, head, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _one(request, number, refusal=refusal, head=data)
    return Redirect(f"/plans/{number}", status_code=SEE_OTHER)


@post("/plans/{number:str}/lines", include_in_schema=False, right=Right.PLAN_EDIT)
async def line_act(request: Asked, number: FromPath[str], data: URLEncodedBody[LineForm]) -> Template | Redirect:
    try:
        await plans.add_line(current_actor(request), number, line_of(data), clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _one(request, number, refusal=refusal, line=data)
    return Redirect(f"/plans/{number}#lines", status_code=SEE_OTHER)


@post("/plans/{number:str}/lines/{place:int}/remove", include_in_schema=False, right=Right.PLAN_EDIT)
async def remove_act(request: Asked, number: FromPath[str], place: Place) -> Template | Redirect:
    try:
        await plans.remove_line(current_actor(request), number, place, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _one(request, number, refusal=refusal)
    return Redirect(f"/plans/{number}#lines", status_code=SEE_OTHER)


@post("/plans/{number:str}/submit", include_in_schema=False, right=Right.PLAN_EDIT)
async def submit_act(request: Asked, number: FromPath[str]) -> Template | Redirect:
    try:
        await plans.submit_plan(current_actor(request), number, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _one(request, number, refusal=refusal)
    return Redirect(f"/plans/{number}", status_code=SEE_OTHER)


@post("/plans/{number:str}/decide", include_in_schema=False, right=Right.PLAN_DECIDE)
async def decide_act(request: Asked, number: FromPath[str], data: URLEncodedBody[DecisionForm]) -> Template | Redirect:
    try:
        await plans.decide_plan(current_actor(request), number, approve=data.act == "approve", reason=data.reason, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _one(request, number, refusal=refusal)
    return Redirect(f"/plans/{number}", status_code=SEE_OTHER)


@post("/plans/{number:str}/paper", include_in_schema=False, right=Right.PLAN_READ)
async def paper_act(request: Asked, number: FromPath[str]) -> Response[bytes]:
    content, filename, media_type = await plans.read_paper(current_actor(request), number, clock=clock_of(request))
    return download(content, filename=filename, media_type=media_type)


def plan_pages() -> Router:
    """The pages of this file; only the sheet with the paper may be large."""
    upload = Router("/", route_handlers=[head_act], request_max_body_size=LARGEST + FORM_MARGIN)
    return Router(
        "/",
        route_handlers=[
            *(
                upload,
                plans_page,
                plans_csv,
                begin_act,
                plan_page,
                lines_csv,
                line_act,
                remove_act,
                submit_act,
                decide_act,
                paper_act,
            ),
        ],
    )
