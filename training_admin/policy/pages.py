"""Pages of policy: the list of figures with value, period, paper and both standings."""

from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromQuery
from litestar.response import Template

from training_admin.policy.figures import FigureFilter, chosen_figures, show_figures
from training_admin.web import clock_of, csv_download, current_actor, page

Asked = Request[Any, Any, Any]
HEADER = ("参数", "名称", "数值", "单位", "适用期间", "文件", "出处效力", "本区效力", "暂定", "备注")


@get("/figures", include_in_schema=False, public=True)
async def figures_page(request: Asked, word: FromQuery[str] = "", assumed_only: FromQuery[bool] = False) -> Template:
    shown = await show_figures(current_actor(request), clock=clock_of(request))
    wanted = FigureFilter(word, assumed_only)
    assumed = sum(1 for figure in shown.figures if figure.assumed)
    return page("policy/figures.html", shown=shown, figures=chosen_figures(shown, wanted), wanted=wanted, assumed=assumed)


@get("/figures.csv", include_in_schema=False, public=True)
async def figures_csv(request: Asked, word: FromQuery[str] = "", assumed_only: FromQuery[bool] = False) -> Response[bytes]:
    shown = await show_figures(current_actor(request), clock=clock_of(request))
    rows = (
        (
            each.key,
            each.name,
            each.value,
            each.unit,
            each.period,
            each.paper,
            each.standing,
            each.local_standing,
            "暂定" if each.assumed else "",
            each.note,
        )
        for each in chosen_figures(shown, FigureFilter(word, assumed_only))
    )
    return csv_download(HEADER, rows, filename="政策参数.csv")


def policy_pages() -> Router:
    """The pages of this room."""
    return Router("/", route_handlers=[figures_page, figures_csv])
