"""Pages of inspections by lot: the published list, the draw and its results for everybody; publishing and drawing for inspectors."""

from datetime import date
from importlib.resources import files
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.audit import inspecting
from training_admin.audit.inspecting import InspectionRefused
from training_admin.kit.actor import may
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import moment, percent
from training_admin.web import clock_of, csv_download, current_actor, download, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
WHOLE_BP = 10_000
JSON_TYPE, PYTHON_TYPE = "application/json", "text/x-python"
LIST = ("抽查编号", "名称", "名单发布时间", "班级总数", "抽取数", "抽签时间", "种子")
DRAWN = ("抽查编号", "班级编号", "检查人员", "检查日期", "结论")
LOTS = ("班级编号", "签数", "依据（暂定）", "是否抽中")


class PlanForm(msgspec.Struct, frozen=True):
    """A plan as the form sends it."""

    title: str = ""
    start: str = ""
    end: str = ""
    classes: str = ""
    inspectors: str = ""

    def days(self) -> tuple[date, date]:
        """The stretch of days; raises InspectionRefused."""
        try:
            return date.fromisoformat(self.start.strip()), date.fromisoformat(self.end.strip())
        except ValueError:
            raise InspectionRefused("请填写日期，如 2026-03-05。") from None

    def count(self) -> int:
        """How many classes are drawn; raises InspectionRefused."""
        text = self.classes.strip()
        if not text.isascii() or not text.isdecimal() or len(text) > 4:  # noqa: PLR2004 - beyond any plan
            raise InspectionRefused("抽取班级数应为整数。")
        return int(text)


async def _list(request: Asked, *, form: PlanForm | None = None, refusal: Refusal | None = None) -> Template:
    actor, year = current_actor(request), clock_of(request).today().year
    plans = may(actor, Right.CLASS_VISIT)
    ended, visited = await inspecting.coverage_of(year)
    return page(
        "inspections/list.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        found=await inspecting.list_plans(),
        plans=plans,
        inspectors="\n".join(await inspecting.inspectors_now(actor)) if plans else "",
        form=form or PlanForm(),
        year=year,
        ended=ended,
        visited=visited,
        share=percent(visited * WHOLE_BP // ended) if ended else "—",
    )


@get("/inspections", include_in_schema=False, public=True)
async def inspections_page(request: Asked) -> Template:
    return await _list(request)


@get("/inspections.csv", include_in_schema=False, public=True)
async def inspections_csv() -> Response[bytes]:
    rows = [
        (
            *(each.number, each.title, moment(each.published_at), len(each.lots), each.classes),
            *(moment(each.drawn_at) if each.drawn_at else "", each.seed),
        )
        for each in await inspecting.list_plans()
    ]
    return csv_download(LIST, rows, filename="随机抽查.csv")


@post("/inspections", include_in_schema=False, right=Right.CLASS_VISIT)
async def publish_act(request: Asked, data: URLEncodedBody[PlanForm]) -> Redirect | Template:
    """Publish a list; a refusal is told above the form."""
    try:
        start, end = data.days()
        number = await inspecting.publish_plan(
            current_actor(request),
            title=data.title,
            start=start,
            end=end,
            classes=data.count(),
            inspectors=data.inspectors,
            clock=clock_of(request),
        )
    except InspectionRefused as refusal:
        return await _list(request, form=data, refusal=refusal)
    return Redirect(f"/inspections/{number}", status_code=SEE_OTHER)


@get("/inspections/{number:str}", include_in_schema=False, public=True)
async def inspection_page(request: Asked, number: FromPath[str]) -> Template:
    plan, drawn = await inspecting.show_plan(number)
    return page("inspections/plan.html", plan=plan, drawn=drawn, draws=may(current_actor(request), Right.CLASS_VISIT) and not plan.seed)


@get("/inspections/{number:str}/lots.csv", include_in_schema=False, public=True)
async def lots_csv(number: FromPath[str]) -> Response[bytes]:
    plan, _drawn = await inspecting.show_plan(number)
    keys = {each.key for each in plan.drawn}
    rows = [(each.key, each.weight, each.why, "是" if each.key in keys else "") for each in plan.lots]
    return csv_download(LOTS, rows, filename=f"{number}-名单.csv")


@get("/inspections/{number:str}/drawn.csv", include_in_schema=False, public=True)
async def drawn_csv(number: FromPath[str]) -> Response[bytes]:
    plan, drawn = await inspecting.show_plan(number)
    words = {None: "", True: "合格", False: "不合格"}
    rows = [(plan.number, each.drawn.key, "、".join(each.drawn.inspectors), each.visited_on, words[each.passed]) for each in drawn]
    return csv_download(DRAWN, rows, filename=f"{number}-抽查结果.csv")


@get("/inspections/{number:str}/list.json", include_in_schema=False, public=True)
async def published_json(number: FromPath[str]) -> Response[bytes]:
    plan, _drawn = await inspecting.show_plan(number)
    return download(inspecting.published_file(plan), filename=f"{number}.json", media_type=JSON_TYPE)


@get("/verify_draw.py", include_in_schema=False, public=True)
async def verifier() -> Response[bytes]:
    content = files("training_admin.audit").joinpath("data", "verify_draw.py").read_bytes()
    return download(content, filename="verify_draw.py", media_type=PYTHON_TYPE)


@post("/inspections/{number:str}/draw", include_in_schema=False, right=Right.CLASS_VISIT)
async def draw_act(request: Asked, number: FromPath[str]) -> Redirect:
    await inspecting.draw_plan(current_actor(request), number, clock=clock_of(request))
    return Redirect(f"/inspections/{number}", status_code=SEE_OTHER)


def inspection_pages() -> Router:
    """The pages of this file."""
    return Router(
        "/",
        route_handlers=[
            *(inspections_page, inspections_csv, publish_act, inspection_page, lots_csv, drawn_csv, published_json, verifier, draw_act),
        ],
    )
