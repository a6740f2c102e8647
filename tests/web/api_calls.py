"""Acts over the API for tests: every act is sent twice under one key, has one effect, and answers the same."""

import itertools
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx

from tests.people import SignedIn, code_of, enter
from tests.web.conftest import assert_problem
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.clock import FixedClock

API = "/api/v1"
_keys = itertools.count(1)


async def counted(event: str) -> int:
    """How often something stands in the trail."""
    async with read_transaction():
        return int((await fetch_tuples("SELECT count(*) FROM trail WHERE event = $1", event))[0][0])


class Caller:
    """A program with somebody's token."""

    def __init__(self, client: httpx.AsyncClient, clock: FixedClock) -> None:
        self.client = client
        self.clock = clock
        self.person: SignedIn | None = None

    async def be(self, login: str) -> None:
        """Speak for somebody else from now on."""
        self.person = await enter(self.client, login, self.clock)
        self.client.cookies.delete("session")

    def proof(self) -> dict[str, str]:
        """A code of the second factor that has not been used yet."""
        assert self.person is not None
        self.clock.move(timedelta(seconds=30))
        return {"x-second-factor": code_of(self.person, self.clock)}

    async def read(self, path: str) -> Any:
        """What is there."""
        answer = await self.client.get(f"{API}{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def sent(self, path: str, body: object = None, *, key: str = "", files: Any = None, **headers: str) -> httpx.Response:
        """One request under a key, a new one unless one is given; a dictionary is sent as JSON, or as fields beside files."""
        named = {
            "idempotency-key": key or f"test-key-{next(_keys):06d}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        if files is not None:
            return await self.client.post(f"{API}{path}", data=body, files=files, headers=named)  # type: ignore[arg-type] # fields of a form
        return await self.client.post(f"{API}{path}", json=body, headers=named)

    async def done(
        self, path: str, body: object = None, *, event: str, status: int = 200, proof: bool = False, files: Any = None, if_match: str = ""
    ) -> Any:
        """Send an act twice under one key: it is in the trail once more than before, and the second answer is the first one."""
        key, before = f"test-key-{next(_keys):06d}", await counted(event)
        answers = []
        for _twice in range(2):
            headers = (self.proof() if proof else {}) | ({"if_match": if_match} if if_match else {})
            answers.append(await self.sent(path, body, key=key, files=files, **headers))
        assert [each.status_code for each in answers] == [status, status], [each.text for each in answers]
        assert answers[0].json() == answers[1].json()
        assert await counted(event) == before + 1, event
        return answers[0].json()

    async def refused(self, path: str, body: object, status: int, code: str, *, files: Any = None, **headers: str) -> Mapping[str, Any]:
        """Send an act that is refused with a status and a code."""
        return assert_problem(await self.sent(path, body, files=files, **headers), status, code)

    async def missing_key(self, path: str, body: object) -> None:
        """Without a key nothing is done."""
        assert_problem(await self.client.post(f"{API}{path}", json=body), 400, "invalid-request")
