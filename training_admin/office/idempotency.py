"""Requests that may be repeated: the same key of the same person has one effect and one answer, whatever is cut in between.

The key is stored in the transaction of the act itself: it is there exactly when the act is. Who sends the same request at the same
time waits for the first one and gets its answer; another request under the same key is refused.
"""

import functools
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar, get_type_hints

import msgspec

from training_admin.database import fetch_tuples, retried, write_transaction
from training_admin.kit.actor import Actor
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.kit.refusals import Refusal, Unreadable

P = ParamSpec("P")
T = TypeVar("T")
SHORTEST_KEY, LONGEST_KEY = 8, 80
DONE = 200


class KeyRefused(Unreadable):
    """The key of a request is too short, too long, or holds what no key holds."""

    code = "idempotency-key-refused"
    title = "提交编号无法使用"


class KeyReused(Refusal):
    """Another request was sent under the same key."""

    status = 422
    code = "idempotency-key-reused"
    title = "提交编号重复使用"


class RequestKey(msgspec.Struct, frozen=True):
    """The key of the request that is under way and the digest of what it asks for."""

    key: str
    sha256: str


_under: ContextVar[RequestKey | None] = ContextVar("_under", default=None)


def new_key() -> str:
    """A key for a form: whoever sends the form twice sends the same key."""
    return secrets.token_urlsafe(18)


@contextmanager
def under_key(key: str, request: Any) -> Iterator[None]:
    """What is done inside is done once for this key; without a key (an empty one) it is simply done. Raises KeyRefused."""
    if not key:
        yield
        return
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise KeyRefused(f"提交编号应为 {SHORTEST_KEY} 到 {LONGEST_KEY} 个可显示的 ASCII 字符。请从页面重新进入后再办理。")
    token = _under.set(RequestKey(key, sha256_hex(canonical_json(request))))
    try:
        yield
    finally:
        _under.reset(token)


def once(function: Callable[Concatenate[Actor, P], Awaitable[T]]) -> Callable[Concatenate[Actor, P], Coroutine[Any, Any, T]]:
    """One act in one write transaction, repeated when PostgreSQL asks for it; under a key it is done once and answered the same again.

    The function takes the actor first and `clock` by keyword; what it returns is kept as JSON. Raises KeyReused beside its own refusals.
    """

    @retried
    @functools.wraps(function)
    async def wrapper(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> T:
        asked = _under.get()
        async with write_transaction():
            if asked is None:
                return await function(actor, *args, **kwargs)
            clock: Any = kwargs["clock"]
            digest = sha256_hex(f"{function.__module__}.{function.__qualname__} {asked.sha256}".encode())
            kept = await _taken(actor.trail_key, asked.key, digest, at=clock.now())
            if kept is not None:
                answer: T = msgspec.json.decode(kept, type=get_type_hints(function)["return"])
                return answer
            result = await function(actor, *args, **kwargs)
            await fetch_tuples(
                "UPDATE idempotency_key SET status = $3, answer = $4 WHERE owner = $1 AND key = $2 RETURNING id",
                *(actor.trail_key, asked.key, DONE, msgspec.json.encode(result)),
            )
            return result

    return wrapper


async def _taken(owner: str, key: str, digest: str, *, at: datetime) -> bytes | None:
    """Take a key, or the answer that was given under it before; whoever takes it at the same time waits. Raises KeyReused."""
    taken = await fetch_tuples(
        """INSERT INTO idempotency_key (owner, key, request_sha256, at) VALUES ($1, $2, $3, $4)
           ON CONFLICT (owner, key) DO NOTHING RETURNING id""",
        *(owner, key, digest, at),
    )
    if taken:
        return None
    earlier, answer = (await fetch_tuples("SELECT request_sha256, answer FROM idempotency_key WHERE owner = $1 AND key = $2", owner, key))[
        0
    ]
    if earlier != digest:
        raise KeyReused("这个提交编号已用于另一次办理，本次没有办理。请刷新页面后重新提交；程序调用请换一个 Idempotency-Key。")
    assert answer is not None, "a key and its answer are stored by one transaction"
    kept: bytes = answer
    return kept
