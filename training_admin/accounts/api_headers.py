"""What operations of the API ask for in headers: the key under which an act is done once, and a fresh proof of who acts.

A token alone proves nothing: X-Second-Factor carries the present code of the second factor, which counts once and for this request only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import msgspec
from litestar import Request
from litestar.params import HeaderParameter

from training_admin.accounts.sign_in_pages import address_of
from training_admin.accounts.signing_in import proven_now
from training_admin.kit.actor import Actor
from training_admin.office.idempotency import under_key
from training_admin.web import clock_of, current_actor

KEY_WORDS = "写入请求头 Idempotency-Key；同一编号重复提交只办理一次，答复相同，用于另一请求时答复 422。"
FRESH_PROOF = (
    "须在请求头 X-Second-Factor 中给出本人当前的动态码，每个动态码只能用一次；"
    "没有给出时答复 403（step-up-needed），不正确或已用过时答复 401（step-up-refused）。"
)
PROOF_WORDS = f"{KEY_WORDS}{FRESH_PROOF}"
KeyHeader = Annotated[str, HeaderParameter(name="Idempotency-Key", min_length=8, max_length=80)]
KeyIfAny = Annotated[str | None, HeaderParameter(name="Idempotency-Key", min_length=8, max_length=80)]
CodeHeader = Annotated[str, HeaderParameter(name="X-Second-Factor", max_length=12)]


async def proven(request: Request[Any, Any, Any], code: str) -> Actor:
    """Who acts, stepped up for this request by the code of its header; as he is without one. Raises StepUpRefused."""
    return await proven_now(current_actor(request), code, address=address_of(request), clock=clock_of(request))


@contextmanager
def under_header(request: Request[Any, Any, Any], key: str, body: msgspec.Struct | str | None = None) -> Iterator[None]:
    """What is done inside is done once for the key of the header: the same address with the same body is the same request."""
    with under_key(key, [request.url.path, msgspec.to_builtins(body)]):
        yield
