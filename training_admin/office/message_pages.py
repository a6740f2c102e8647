"""Pages of 消息: the inbox with its read marks, and the number of unread messages in the head of every page."""

from typing import Any, Final

from litestar import Request, Response, Router, get, post
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ASGIApp, Receive, Scope, Send

from training_admin.kit.actor import Actor, ActorKind, may
from training_admin.kit.rights import Right
from training_admin.office import messages
from training_admin.web import API_PREFIX, MOST_ROWS, clock_of, csv_download, current_actor, page, row_cursor, shanghai_iso

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
SHOWN = 30
LARGEST_KEY = 2**62
HEADER = ("时间", "编号", "标题", "内容", "状态")


class CountUnread(ASGIMiddleware):
    """Puts the number of unread messages into the state of a page's request; part answers (htmx) and the API have no head."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        actor: Actor | None = scope.get("user")
        plain = not scope["path"].startswith((API_PREFIX, "/static/")) and (b"hx-request", b"true") not in scope["headers"]
        if plain and actor is not None and actor.kind is ActorKind.PERSON and may(actor, Right.INBOX):
            scope["state"]["unread"] = await messages.unread(actor)
        await next_app(scope, receive, send)


@get("/messages", include_in_schema=False)
async def messages_page(request: Asked, cursor: FromQuery[str | None] = None, unread_only: FromQuery[bool] = False) -> Template:
    actor = current_actor(request)
    found, following = await messages.my_messages(actor, before=row_cursor(cursor) or None, limit=SHOWN, unread_only=unread_only)
    return page("messages/list.html", found=found, following=following, cursor=cursor, unread_only=unread_only)


@get("/messages.csv", include_in_schema=False)
async def messages_csv(request: Asked, unread_only: FromQuery[bool] = False) -> Response[bytes]:
    found, _ = await messages.my_messages(current_actor(request), before=None, limit=MOST_ROWS, unread_only=unread_only)
    cells = ((shanghai_iso(each.at), each.subject, each.title, each.text, "已读" if each.read else "未读") for each in found)
    return csv_download(HEADER, cells, filename="消息.csv")


@post("/messages/{message:int}/read", include_in_schema=False)
async def read_act(request: Asked, message: FromPath[int]) -> Redirect:
    """Mark as read, and go on to what the message is about."""
    link = await messages.read_message(current_actor(request), max(0, min(message, LARGEST_KEY)), clock=clock_of(request))
    return Redirect(link or "/messages", status_code=SEE_OTHER)


@post("/messages/read-all", include_in_schema=False)
async def read_all_act(request: Asked) -> Redirect:
    await messages.read_all(current_actor(request), clock=clock_of(request))
    return Redirect("/messages", status_code=SEE_OTHER)


def message_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[messages_page, messages_csv, read_act, read_all_act], opt={"right": Right.INBOX})
