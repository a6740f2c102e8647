"""An identity provider inside the process, for the demo and for tests only: whoever names himself is believed.

It speaks the same protocol as a real one; its answers to programs go through a transport and never over the network.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import msgspec
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import ECKey
from litestar import Request, Response, Router, get, post
from litestar.params import URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.accounts.sso_provider import METADATA, Provider
from training_admin.kit.refusals import NotFound, Unreadable
from training_admin.web import page

ISSUER = "https://mock-sso.example"
CLIENT = "training-admin-demo"
AUTHORIZE = "/mock-sso/authorize"
RETURN_PATH = "/sign-in/sso/return"
CODE_LIFE = timedelta(minutes=1)
TOKEN_LIFE = timedelta(minutes=5)
SEE_OTHER: Final = 303
MOST_CODES = 1000
LONGEST_SUBJECT = 60


class AskedWrongly(Unreadable):
    """The request for a sign-in is not one that this provider takes."""

    code = "mock-sso-refused"
    title = "演示身份认证不接受这次请求"


class NoMock(NotFound):
    """The demo provider is not switched on."""

    code = "mock-sso-off"
    title = "没有启用演示身份认证"


class Given(msgspec.Struct, frozen=True):
    """A code that was given out."""

    subject: str
    nonce: str
    challenge: str
    redirect_uri: str
    at: datetime


class Wish(msgspec.Struct, frozen=True):
    """What the application asks for, carried through the form."""

    client_id: str = ""
    redirect_uri: str = ""
    response_type: str = ""
    state: str = ""
    nonce: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""
    subject: str = ""


class MockProvider:
    """Keys, codes that are good once, and the answers to programs."""

    def __init__(self, wall: Callable[[], datetime]) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": "demo", "use": "sig"}, auto_kid=False)
        self.secret = secrets.token_urlsafe(32)
        self.wall = wall
        self.codes: dict[str, Given] = {}

    def provider(self, second_factor: str) -> Provider:
        """The provider as the application sees it."""
        return Provider(ISSUER, CLIENT, self.secret, second_factor, httpx.MockTransport(self.answer))

    def give_code(self, wish: Wish) -> str:
        """A code for a person who named himself; raises AskedWrongly."""
        assert_possible(wish)
        if not 0 < len(wish.subject.strip()) <= LONGEST_SUBJECT:
            raise AskedWrongly("请填写演示身份，至多 60 个字符。")
        while len(self.codes) >= MOST_CODES:
            self.codes.pop(next(iter(self.codes)))
        code = secrets.token_urlsafe(32)
        self.codes[code] = Given(wish.subject.strip(), wish.nonce, wish.code_challenge, wish.redirect_uri, self.wall())
        return code

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """What a program is told: metadata, keys, and a token for a code."""
        path = request.url.path
        if path == METADATA:
            return httpx.Response(
                200,
                json={
                    "issuer": ISSUER,
                    "authorization_endpoint": AUTHORIZE,
                    "token_endpoint": f"{ISSUER}/token",
                    "jwks_uri": f"{ISSUER}/keys",
                },
            )
        if path == "/keys":
            return httpx.Response(200, json={"keys": [self.key.as_dict(private=False)]})
        if path == "/token":
            return self._token(request)
        return httpx.Response(404)

    def _token(self, request: httpx.Request) -> httpx.Response:
        form = {key: values[0] for key, values in parse_qs(request.content.decode()).items()}
        known = httpx.BasicAuth(CLIENT, self.secret)
        if request.headers.get("authorization") != known._auth_header:  # noqa: SLF001 - the value a right client sends
            return httpx.Response(401, json={"error": "invalid_client"})
        given = self.codes.pop(form.get("code", ""), None)
        fits = (
            given is not None
            and self.wall() - given.at < CODE_LIFE
            and form.get("redirect_uri") == given.redirect_uri
            and create_s256_code_challenge(form.get("code_verifier", "")) == given.challenge
        )
        if given is None or not fits:
            return httpx.Response(400, json={"error": "invalid_grant"})
        return httpx.Response(200, json={"token_type": "Bearer", "id_token": self.id_token(given.subject, given.nonce)})

    def id_token(self, subject: str, nonce: str, **changes: Any) -> str:
        """A signed ID token; `changes` are other claims."""
        now = int(self.wall().timestamp())
        ends = now + int(TOKEN_LIFE.total_seconds())
        claims = {"iss": ISSUER, "aud": CLIENT, "sub": subject, "nonce": nonce, "iat": now, "exp": ends, **changes}
        return jwt.encode({"alg": "ES256", "kid": "demo"}, claims, self.key)


def assert_possible(wish: Wish) -> None:
    """Raises AskedWrongly for another client, another flow, or an address to return to that is not ours."""
    parts = urlsplit(wish.redirect_uri)
    right = (
        wish.client_id == CLIENT
        and wish.response_type == "code"
        and wish.code_challenge_method == "S256"
        and bool(wish.code_challenge and wish.state and wish.nonce)
        and parts.path == RETURN_PATH
        and not parts.query
    )
    if not right:
        raise AskedWrongly("请求中的参数不完整，或返回地址不是本系统。")


def _mock(request: Request[Any, Any, Any]) -> MockProvider:
    mock: MockProvider | None = request.app.state.mock_sso
    if mock is None:
        raise NoMock("没有启用演示身份认证。")
    return mock


def _wish(request: Request[Any, Any, Any]) -> Wish:
    given = {name: str(request.query_params.get(name, "")) for name in Wish.__struct_fields__}
    return msgspec.structs.replace(Wish(**given), subject="")


def _assert_own_host(request: Request[Any, Any, Any], wish: Wish) -> None:
    if urlsplit(wish.redirect_uri).netloc != request.headers.get("host") and not request.app.state.settings.is_secure:
        raise AskedWrongly("返回地址不是本系统。")


@get(AUTHORIZE, include_in_schema=False, public=True, sync_to_thread=False)
def mock_page(request: Request[Any, Any, Any]) -> Template:
    _mock(request)
    wish = _wish(request)
    assert_possible(wish)
    _assert_own_host(request, wish)
    return page("accounts/mock_sso.html", wish=msgspec.structs.asdict(wish))


@post(AUTHORIZE, include_in_schema=False, public=True, sync_to_thread=False)
def mock_act(request: Request[Any, Any, Any], data: URLEncodedBody[Wish]) -> Response[Any]:
    mock = _mock(request)
    _assert_own_host(request, data)
    code = mock.give_code(data)
    query = urlencode({"code": code, "state": data.state, "iss": ISSUER})
    return Redirect(f"{data.redirect_uri}?{query}", status_code=SEE_OTHER)


def mock_sso_pages() -> Router:
    """The demo provider's own pages; without it they do not exist."""
    return Router("/", route_handlers=[mock_page, mock_act])
