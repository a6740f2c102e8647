"""A fresh proof of who acts over the API.

A token alone proves nothing: X-Second-Factor carries the present code of the second factor, which counts once and for this request only.
"""

from typing import Annotated, Any

from litestar import Request
from litestar.params import HeaderParameter

from training_admin.accounts.sign_in_pages import address_of
from training_admin.accounts.signing_in import proven_now
from training_admin.kit.actor import Actor
from training_admin.office.request_keys import KEY_WORDS
from training_admin.web import clock_of, current_actor

FRESH_PROOF = (
    "须在请求头 X-Second-Factor 中给出本人当前的动态码，每个动态码只能用一次；"
    "没有给出时答复 403（step-up-needed），不正确或已用过时答复 401（step-up-refused）。"
)
PROOF_WORDS = f"{KEY_WORDS}{FRESH_PROOF}"
CodeHeader = Annotated[str, HeaderParameter(name="X-Second-Factor", max_length=12)]


async def proven(request: Request[Any, Any, Any], code: str) -> Actor:
    """Who acts, stepped up for this request by the code of its header; as he is without one. Raises StepUpRefused."""
    return await proven_now(current_actor(request), code, address=address_of(request), clock=clock_of(request))
