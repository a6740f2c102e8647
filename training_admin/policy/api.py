"""The JSON API of policy figures, under `/api/v1`."""

from typing import Any

from litestar import Request, Router, get
from litestar.params import FromQuery

from training_admin.policy.figures import FigureFilter, PackShown, chosen_figures, show_figures
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.schemas import FiguresAnswer, figures_answer
from training_admin.web import clock_of, current_actor, problems


@get(
    "/figures",
    operation_id="list_figures",
    summary="政策参数",
    description="每个数值的适用期间、出处和两种效力；assumed 为 true 的是暂定值，不是政策规定。",
    tags=["规则"],
    responses=problems(400, 404),
    public=True,
)
async def list_figures(
    request: Request[Any, Any, Any],
    pack: FromQuery[str] = DEFAULT_PACK,
    word: FromQuery[str] = "",
    assumed_only: FromQuery[bool] = False,
) -> FiguresAnswer:
    shown: PackShown = await show_figures(current_actor(request), clock=clock_of(request), pack=pack)
    return figures_answer(shown, chosen_figures(shown, FigureFilter(word, assumed_only)))


def policy_api() -> Router:
    """The operations of this room."""
    return Router("/", route_handlers=[list_figures])
