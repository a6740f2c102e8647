"""The port to other departments: which of them can be asked, as configured, and one request over HTTPS.

The agreed form stands in `asking_facts`; whoever operates an interface of another form puts a translating service between. The file of
departments is TOML, a table for each kind of list: address, token, source, basis, keep_months.
"""

import asyncio
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import httpx
import msgspec

from training_admin.audit.asking_facts import LARGEST_ANSWER, DepartmentAway, Question
from training_admin.audit.match_facts import MatchKind
from training_admin.kit.refusals import Refusal

# How long one step of the network may take, and a request with its whole answer.
WAIT_SECONDS, LONGEST_SECONDS = 20.0, 120.0
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


class DepartmentsRefused(Refusal):
    """The file of departments cannot be used."""

    status = 500
    code = "departments-file"
    title = "部门接口配置有误"


class Department(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A department that can be asked: where, with which token, on what legal basis, and how many months its answers are kept."""

    address: Text
    token: Annotated[str, msgspec.Meta(pattern="^[!-~]{1,300}$")]
    source: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    basis: Text
    keep_months: Annotated[int, msgspec.Meta(ge=1, le=36)]

    def __repr__(self) -> str:
        """Without address and token."""
        return f"Department({self.source!r})"


class Departments(msgspec.Struct, frozen=True):
    """All departments that can be asked, by kind; `transport` replaces the network in the demo and in tests."""

    by_kind: Mapping[MatchKind, Department]
    transport: httpx.AsyncBaseTransport | None = None

    async def ask(self, question: Question) -> bytes:
        """The body of the answer to one request; raises DepartmentAway for whatever else comes back, or nothing."""
        department = self.by_kind.get(question.kind)
        if department is None:
            raise DepartmentAway("这一类名单没有配置部门接口。")
        headers = {
            "authorization": f"Bearer {department.token}",
            "content-type": "application/json",
            "accept-encoding": "identity",
            "idempotency-key": f"{question.query}-{question.part}",
        }
        try:
            async with (
                asyncio.timeout(LONGEST_SECONDS),
                httpx.AsyncClient(transport=self.transport, timeout=WAIT_SECONDS, follow_redirects=False) as client,
                client.stream("POST", department.address, content=msgspec.json.encode(question), headers=headers) as answer,
            ):
                if answer.status_code != httpx.codes.OK:
                    raise DepartmentAway(f"部门接口答复异常（HTTP {answer.status_code}）。")
                return await _within_limit(answer)
        except (httpx.HTTPError, TimeoutError):
            raise DepartmentAway("部门接口没有连通或超时。") from None


async def _within_limit(answer: httpx.Response) -> bytes:
    """The body as it comes, never more of it in memory than may be believed; raises DepartmentAway for a larger one."""
    content = bytearray()
    async for piece in answer.aiter_raw():
        content += piece
        if len(content) > LARGEST_ANSWER:
            raise DepartmentAway("部门接口的答复超出约定的大小。")
    return bytes(content)


def departments_in(path: Path) -> Departments:
    """The departments of a file; raises DepartmentsRefused, naming the table but never what stands in it."""
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise DepartmentsRefused("部门接口配置文件无法读取，应为 TOML 文件。") from None
    found: dict[MatchKind, Department] = {}
    for name, table in tables.items():
        try:
            kind, department = MatchKind(name), msgspec.convert(table, Department)
        except (ValueError, msgspec.ValidationError):
            wanted = "、".join(MatchKind)
            raise DepartmentsRefused(f"部门接口配置文件的 [{name}] 有误：名称应为 {wanted} 之一，字段应齐全且在限度内。") from None
        try:
            parts = urlsplit(department.address)
        except ValueError:
            raise DepartmentsRefused(f"部门接口配置文件的 [{name}]：地址不是网址。") from None
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise DepartmentsRefused(f"部门接口配置文件的 [{name}]：地址应以 https:// 开头，证件号码不能明文传送。")
        found[kind] = department
    return Departments(found)
