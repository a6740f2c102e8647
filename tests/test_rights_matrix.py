"""Role × address × own and foreign object: every cell of the matrix is asked over the real application and asserted.

The addresses come from the router, the expectations from `docs/rights.md`, which is written for people: a right that changes anywhere
without being written down there fails here.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import msgspec
import pytest

from scripts.rights_document import DOCUMENT, declared_routes, document
from tests.conftest import ADDRESS, CELLS
from tests.matrix_bodies import body_of
from tests.matrix_objects import FIXED, Objects, founded
from tests.people import PEOPLE, assign_all, enter, trainee_enters
from training_admin.accounts.tokens import TOKEN_RIGHTS
from training_admin.app import create_app
from training_admin.kit.actor import VISITOR as NOBODY
from training_admin.kit.clock import FixedClock
from training_admin.kit.role_words import ROLE_WORDS
from training_admin.settings import Settings
from training_admin.web import API_PREFIX

VISITOR, TRAINEE = "visitor", "trainee"
LOGINS = (VISITOR, TRAINEE, *(login for login, _name, _organisation, _roles in PEOPLE))
PARAMETER = re.compile(r"\{(\w+):\w+\}")
OPEN, SIGN_IN, FORBIDDEN, MISSING = "open", "sign-in", "forbidden", "missing"
# What ends sessions is asked last, the own one at the very end.
# Public pages of things that are not public before their stage.
UNKNOWN = {
    *("/open-classes/{class_no:str}", "/catalog/proposals/{number:str}", "/catalog/proposals/{number:str}/voices"),
    *("/notices/{number:str}", "/notices/{number:str}/notice.csv", "/notices/{number:str}/objections"),
    *("/api/v1/notices/{number:str}", "/api/v1/notices/{number:str}/objections", "/api/v1/objections"),
    *("/inspections/{number:str}", "/inspections/{number:str}/lots.csv"),
    *("/inspections/{number:str}/drawn.csv", "/inspections/{number:str}/list.json"),
}
NO_SSO = {("POST", "/me/sso"), ("POST", "/me/sso/remove")}
LATE = ("/me/sessions/close-others", "/sign-out")
# The public version needs no fresh proof of identity, which a token never has; a form is about something.
QUERIES = {
    "/api/v1/claims/{number:str}/audit-workbook": "?public=true",
    "/resources/new": "?kind=room",
    "/api/v1/objections": "?number=YY20269999-00000000",
    "/quality/prompt": "?sheet=参训人员花名册&field=姓名",
}
# Whoever has no link gets nothing, signed in or not; nor does anybody where single sign-on is not set up.
LINKS = (
    *("/sign-in/sso", "/sign-in-code/", "/catalog/score/", "/invitations/", "/resets/", "/signatures/", "/mock-sso/"),
    *("/witness/", "/marked/"),
)


class Cell(msgspec.Struct, frozen=True):
    """One question: who asks for which address with what in it, and what must come of it."""

    login: str
    method: str
    path: str
    values: dict[str, str]
    expected: str

    @property
    def address(self) -> str:
        return PARAMETER.sub(lambda found: self.values[found[1]], self.path) + QUERIES.get(self.path, "")


class Written(msgspec.Struct, frozen=True):
    """What `docs/rights.md` says: who has a right, and which right an address asks for (None is public)."""

    holders: dict[str, frozenset[str]]
    routes: dict[tuple[str, str], str | None]


def written() -> Written:
    holders: dict[str, frozenset[str]] = {}
    routes: dict[tuple[str, str], str | None] = {}
    by_words = {words: role.value for role, words in ROLE_WORDS.items()}
    for line in DOCUMENT.read_text("utf-8").splitlines():
        cells = [cell.strip().strip("`") for cell in line.strip("|").split(" | ")]
        if line.startswith("| `"):
            holders[cells[0]] = frozenset(by_words[word] for cell in cells[2:] for word in cell.split("、") if word)
        elif line.startswith(("| GET", "| POST")):
            routes[cells[0], cells[1]] = None if cells[2] == "public" else cells[2]
    return Written(holders, routes)


def test_the_page_of_rights_is_what_the_program_declares(database: Settings) -> None:
    app = create_app(database)
    assert DOCUMENT.read_text("utf-8") == document(app), "run scripts/rights_document.py and read the difference"
    assert {(method, path) for method, path, _right in declared_routes(app)} == set(written().routes)


async def cells(login: str, objects: Objects | None, known: Written) -> list[Cell]:
    """Every question for one person (None: nobody is signed in), the ones with foreign objects included."""
    roles = {role.value for role in objects.person.actor.roles} if objects else set()
    tokens = {right.value for right in TOKEN_RIGHTS}
    made = []
    for (method, path), right in sorted(
        known.routes.items(), key=lambda each: (LATE.index(each[0][1]) if each[0][1] in LATE else -1, each[0])
    ):
        api = path.startswith(API_PREFIX)
        holds = right is not None and bool(known.holders[right] & roles) and (not api or right in tokens)
        names = PARAMETER.findall(path)
        if right is not None and not holds:
            has_token = api and any(known.holders[each] & roles for each in tokens)
            nobody = objects is None or (api and not has_token)
            made.append(Cell(login, method, path, dict.fromkeys(names, "1"), SIGN_IN if nobody else FORBIDDEN))
            continue
        if objects is None or not names or path.startswith(LINKS) or (right is None and path in UNKNOWN):
            nothing = path.startswith(LINKS) or (method, path) in NO_SSO or (right is None and path in UNKNOWN)
            expected = MISSING if nothing else OPEN
            made.append(Cell(login, method, path, {name: FIXED.get(name, "1") for name in names}, expected))
            continue
        pairs = {name: await objects.pair(path, name) for name in names}
        foreign = {name: pair[1] or pair[0] for name, pair in pairs.items()}
        own = {name: pair[0] for name, pair in pairs.items()}
        if foreign != own:
            made.append(Cell(login, method, path, foreign, MISSING))
        if "0" not in own.values():
            made.append(Cell(login, method, path, own, OPEN))
    return made


def outcome(answer: httpx.Response) -> str:
    """What came of a question, by status and code."""
    location = answer.headers.get("location", "")
    if (answer.status_code == 401 and "not-signed-in" in answer.text) or location.startswith("/sign-in?") or location == "/sign-in":
        return SIGN_IN
    if answer.status_code == 403 and "not-allowed" in answer.text:
        return FORBIDDEN
    if answer.status_code == 404:
        return MISSING
    assert answer.status_code < 500, answer.text
    assert "<code>forbidden</code>" not in answer.text, "a form token is missing"
    return OPEN


def told(cell: Cell, answer: httpx.Response) -> str:
    return f"{cell.login} {cell.method} {cell.address}: expected {cell.expected}, got {answer.status_code} {answer.text[:200]!r}"


def shares() -> Iterator[tuple[str, ...]]:
    """The people in four shares, so that workers divide them."""
    for start in range(4):
        yield LOGINS[start::4]


@pytest.mark.parametrize("logins", list(shares()), ids=lambda logins: f"{logins[0]} and others")
async def test_every_cell_of_the_matrix(
    visitor: httpx.AsyncClient, clock: FixedClock, logins: tuple[str, ...], record_property: Callable[[str, object], None]
) -> None:
    known, district = written(), await founded(clock)
    await assign_all(clock)
    wrong: list[str] = []
    asked = 0
    for login in logins:
        visitor.cookies.clear()
        visitor.headers.pop("authorization", None)
        objects = None
        if login != VISITOR:
            person = await (trainee_enters(visitor, clock) if login == TRAINEE else enter(visitor, login, clock))
            objects = Objects(district, person, visitor, clock)
        await visitor.get("/sign-in")
        visitor.headers["x-csrftoken"] = visitor.cookies["csrf"]
        visitor.headers["idempotency-key"] = f"matrix-{login}"
        for cell in await cells(login, objects, known):
            form = await objects.form(cell.path) if objects and cell.method == "POST" else None
            # Forms that take a paper are sent in parts, all others as fields.
            sent: dict[str, Any] = (
                {"files": {name: (None, value) for name, value in form.items()}} if form and "/resources" in cell.path else {"data": form}
            )
            body = body_of(cell.path, objects.actor if objects else NOBODY) if cell.method == "POST" else {}
            sent = {**body, "headers": {"if-match": '"99"'}} if body else sent if form else {}
            answer = await visitor.request(cell.method, f"{ADDRESS}{cell.address}", **sent)
            asked += 1
            signed_out = cell.path == LATE[-1]  # which leads to the sign-in page, as it should
            if outcome(answer) != (SIGN_IN if signed_out else cell.expected):
                wrong.append(told(cell, answer))
    record_property(CELLS, asked)
    assert not wrong, "\n".join(wrong)
    assert asked >= len(known.routes) * len(logins)
