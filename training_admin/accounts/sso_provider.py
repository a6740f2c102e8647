"""The port to an outside identity provider (一网通办) by OpenID Connect: where to send the browser, and who came back.

Authorization code flow with PKCE; the ID token counts only when its signature, issuer, audience, time and nonce are right.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import msgspec
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from training_admin.kit.refusals import Refusal, Unavailable

METADATA = "/.well-known/openid-configuration"
ALGORITHMS = ("RS256", "PS256", "ES256")
LEEWAY_SECONDS = 60
WAIT_SECONDS = 10
LARGEST_ANSWER = 256 * 1024
LONGEST_SUBJECT = 255


class SsoRefused(Refusal):
    """The sign-in by the provider did not hold; the answer never tells which part of it was wrong."""

    status = 401
    code = "sso-refused"
    title = "统一身份认证未成功"


class SsoAway(Unavailable):
    """The provider does not answer, or not as it should."""

    code = "sso-unavailable"
    title = "统一身份认证暂时不可用"


REFUSED = "统一身份认证没有通过核对，可能已经超时或用过。请回到登录页重新开始；如一直如此，请用用户名登录并联系系统管理员。"
AWAY = "统一身份认证暂时没有应答，请稍后再试，或用用户名登录。"


class Identity(msgspec.Struct, frozen=True):
    """Who came back: the provider, its name for him, and whether it vouches for a second factor."""

    issuer: str
    subject: str
    second_factor: bool


class Provider(msgspec.Struct, frozen=True):
    """A provider as configured. `second_factor` is the acr or amr value by which it asserts one; empty never does."""

    issuer: str
    client_id: str
    client_secret: str
    second_factor: str = ""
    transport: httpx.AsyncBaseTransport | None = None

    def __repr__(self) -> str:
        """Without the secret."""
        return f"Provider(issuer={self.issuer!r}, client_id={self.client_id!r})"

    async def authorization_url(self, *, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Where the browser is sent; raises SsoAway."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        endpoint = str((await self._metadata()).get("authorization_endpoint", ""))
        if not endpoint:
            raise SsoAway(AWAY)
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(query)}"

    async def identity(self, *, code: str, redirect_uri: str, nonce: str, verifier: str, at: datetime) -> Identity:
        """Who a code stands for; raises SsoRefused, SsoAway."""
        metadata = await self._metadata()
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
        answer = await self._ask("POST", str(metadata.get("token_endpoint", "")), form)
        keys = await self._ask("GET", str(metadata.get("jwks_uri", "")))
        claims = self._verified(str(answer.get("id_token", "")), keys, nonce=nonce, at=at)
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
            raise SsoRefused(REFUSED)
        return Identity(self.issuer, subject, self._asserts_second_factor(claims))

    def _verified(self, token: str, keys: Mapping[str, Any], *, nonce: str, at: datetime) -> Mapping[str, Any]:
        """The claims of an ID token whose signature, issuer, audience, time and nonce are right."""
        registry = jwt.JWTClaimsRegistry(
            now=int(at.timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            claims = jwt.decode(token, KeySet.import_key_set(dict(keys)), algorithms=list(ALGORITHMS)).claims  # type: ignore[arg-type] # checked by it
            registry.validate(claims)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            raise SsoRefused(REFUSED) from None
        audience = claims["aud"]
        several = isinstance(audience, list) and len(audience) > 1
        if (several or "azp" in claims) and claims.get("azp") != self.client_id:
            raise SsoRefused(REFUSED)
        found: Mapping[str, Any] = claims
        return found

    def _asserts_second_factor(self, claims: Mapping[str, Any]) -> bool:
        methods = claims.get("amr")
        said = {claims.get("acr"), *(methods if isinstance(methods, list) else [])} if self.second_factor else set()
        return self.second_factor in {each for each in said if isinstance(each, str)}

    async def _metadata(self) -> Mapping[str, Any]:
        """The provider's description of itself, which must name the issuer that was configured."""
        found = await self._ask("GET", f"{self.issuer}{METADATA}")
        if found.get("issuer") != self.issuer:
            raise SsoAway(AWAY)
        return found

    async def _ask(self, method: str, url: str, form: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        """One answer as JSON. A code that is not taken is a refusal, everything else that goes wrong is the provider's absence."""
        if urlsplit(url).scheme != "https":
            raise SsoAway(AWAY)
        basic = None if form is None else httpx.BasicAuth(self.client_id, self.client_secret)
        try:
            async with httpx.AsyncClient(transport=self.transport, timeout=WAIT_SECONDS, follow_redirects=False) as client:
                answer = await client.request(method, url, data=form, auth=basic, headers={"accept": "application/json"})
        except httpx.HTTPError:
            raise SsoAway(AWAY) from None
        if form is not None and answer.status_code in {400, 401}:
            raise SsoRefused(REFUSED)
        if answer.status_code != httpx.codes.OK or len(answer.content) > LARGEST_ANSWER:
            raise SsoAway(AWAY)
        try:
            return msgspec.json.decode(answer.content, type=dict[str, Any])
        except msgspec.MsgspecError:
            raise SsoAway(AWAY) from None
