"""The key of a request of the API: the same request under the same key is done once and answered the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import msgspec
from litestar import Request
from litestar.params import HeaderParameter

from training_admin.office.idempotency import LONGEST_KEY, SHORTEST_KEY, under_key

KEY_WORDS = "写入请求头 Idempotency-Key；同一编号重复提交只办理一次，答复相同，用于另一请求时答复 422。"
KeyHeader = Annotated[str, HeaderParameter(name="Idempotency-Key", min_length=SHORTEST_KEY, max_length=LONGEST_KEY)]
KeyIfAny = Annotated[str | None, HeaderParameter(name="Idempotency-Key", min_length=SHORTEST_KEY, max_length=LONGEST_KEY)]


@contextmanager
def under_header(request: Request[Any, Any, Any], key: str, body: msgspec.Struct | None = None) -> Iterator[None]:
    """What is done inside is done once for the key of the header: the same address with the same body is the same request."""
    with under_key(key, [request.url.path, msgspec.to_builtins(body)]):
        yield
