"""Who is behind a request, and whether he may: pages know a cookie, the API a bearer token, and neither believes the other's."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.enums import ScopeType
from litestar.handlers.base import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from training_admin.accounts.sessions import actor_of_token
from training_admin.accounts.tokens import actor_of_api_token
from training_admin.kit.actor import VISITOR, Actor, assert_may
from training_admin.kit.clock import Clock
from training_admin.kit.rights import Right
from training_admin.web import API_PREFIX, PUBLIC, RIGHT

COOKIE = "session"
Known = Callable[..., Awaitable[Actor | None]]
Connection = ASGIConnection[Any, Any, Any, Any]


class KnowActor(ASGIMiddleware):
    """Puts the actor into `scope["user"]`: whoever a good cookie (pages) or bearer token (API) belongs to, otherwise a visitor."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        connection: Connection = ASGIConnection(scope)
        clock: Clock = connection.app.state.clock
        actor: Actor | None = None
        if scope["path"].startswith(API_PREFIX):
            scheme, _, token = connection.headers.get("authorization", "").partition(" ")
            if scheme.lower() == "bearer" and token:
                actor = await actor_of_api_token(token.strip(), clock=clock)
        elif not scope["path"].startswith("/static/") and (cookie := connection.cookies.get(COOKIE)):
            actor = await actor_of_token(cookie, clock=clock)
        scope["user"] = actor or VISITOR
        await next_app(scope, receive, send)


def declared_right(connection: Connection, handler: BaseRouteHandler) -> None:
    """The guard of the whole application: every handler names its right or says that it is public; raises NotSignedIn, NotAllowed."""
    if handler.opt.get(PUBLIC) or connection.scope.get("method") == "OPTIONS":  # which only tells the methods of an address
        return
    right = handler.opt.get(RIGHT)
    assert isinstance(right, Right), f"{handler} names no right and is not public"
    assert_may(connection.scope["user"], right)


def session_cookie(token: str, *, secure: bool) -> Cookie:
    """The cookie of a session; it dies with the browser and no script reads it."""
    return Cookie(key=COOKIE, value=token, path="/", httponly=True, samesite="lax", secure=secure)


def no_session_cookie(*, secure: bool) -> Cookie:
    """What takes the cookie away again."""
    return Cookie(key=COOKIE, value="", path="/", httponly=True, samesite="lax", secure=secure, max_age=0)
