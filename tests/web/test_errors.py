"""Refusals, wrong input, HTTP errors and crashes: one shape, in Chinese, without stack and without personal data."""

import httpx
import pytest
from litestar import get
from structlog.testing import capture_logs

from tests.conftest import ADDRESS
from tests.people import enter
from tests.web.conftest import assert_problem, form_token, upload
from training_admin.app import BODY_LIMIT, create_app
from training_admin.kit.clock import FixedClock
from training_admin.kit.refusals import Unavailable
from training_admin.settings import Settings

SECRET_TEXT = "310100199403010147"


@get("/crash", include_in_schema=False, public=True)
async def crash() -> None:
    raise RuntimeError(SECRET_TEXT)


@get("/api/v1/crash", include_in_schema=False, public=True)
async def crash_of_the_api() -> None:
    raise RuntimeError(SECRET_TEXT)


@get("/api/v1/busy", include_in_schema=False, public=True)
async def busy() -> None:
    raise Unavailable("系统繁忙，请稍后再试。")


def breaking(database: Settings, clock: FixedClock) -> httpx.AsyncClient:
    """The application with three more routes that fail."""
    app = create_app(database, clock=clock)
    for handler in (crash, crash_of_the_api, busy):
        app.register(handler)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type] # Litestar types its scope more narrowly
    return httpx.AsyncClient(transport=transport, base_url=ADDRESS)


@pytest.mark.parametrize("address", ["/crash", "/api/v1/crash"])
async def test_a_crash_gives_a_number_and_nothing_else(database: Settings, clock: FixedClock, address: str) -> None:
    async with breaking(database, clock) as client:
        with capture_logs() as logs:
            answer = await client.get(address)
    assert_problem(answer, 500, "internal-error")
    (line,) = [entry for entry in logs if entry["event"] == "crash"]
    assert line["reference"] in answer.text
    assert line["kind"] == "RuntimeError"
    assert line["route"] == address
    assert SECRET_TEXT not in f"{logs}{answer.text}"


async def test_a_busy_service_says_when_to_come_back(database: Settings, clock: FixedClock) -> None:
    async with breaking(database, clock) as client:
        answer = await client.get("/api/v1/busy")
    assert_problem(answer, 503, "database-busy")
    assert answer.headers["retry-after"] == "5"


@pytest.mark.parametrize("address", ["/nothing", "/api/v1/nothing", "/claims/SJ2026999999/nothing"])
async def test_an_unknown_address_is_told(client: httpx.AsyncClient, address: str) -> None:
    assert_problem(await client.get(address), 404, "not-found")


@pytest.mark.parametrize("address", ["/claims/SJ2026999999", "/api/v1/claims/SJ2026999999"])
async def test_an_unknown_claim_is_told(client: httpx.AsyncClient, address: str) -> None:
    assert_problem(await client.get(address), 404, "claim-not-found")


async def test_a_wrong_method_is_told(client: httpx.AsyncClient) -> None:
    assert_problem(await client.delete("/api/v1/claims"), 405, "method-not-allowed")


async def test_every_wrong_field_is_named_at_once_but_never_repeated(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/figures", params={"assumed_only": SECRET_TEXT})
    document = assert_problem(answer, 400, "invalid-request")
    assert [error["pointer"] for error in document["errors"]] == ["query/assumed_only"]
    assert SECRET_TEXT not in answer.text
    page = await client.get("/figures", params={"assumed_only": SECRET_TEXT})
    assert_problem(page, 400, "invalid-request")
    assert SECRET_TEXT not in page.text


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        pytest.param("/claims/%00", 400, "bad-address", id="NUL in a number"),
        pytest.param("/claims?state=%00", 400, "bad-address", id="NUL in a filter"),
        pytest.param("/api/v1/figures?pack=%00", 400, "bad-address", id="NUL in a pack"),
        pytest.param("/static/%00", 400, "bad-address", id="NUL in a file"),
        pytest.param("/api/v1/claims/X/record?place=99999999999", 400, "invalid-request", id="a place beyond every record"),
        pytest.param("/claims/X?place=0", 400, "invalid-request", id="a place before the first"),
        pytest.param("/claims/X/lines/99999999999999999999999", 404, "claim-not-found", id="a row beyond every sheet"),
        pytest.param("/api/v1/claims?limit=x", 400, "invalid-request", id="a limit that is no number"),
        pytest.param(f"/claims/{'x' * 5000}", 404, "claim-not-found", id="a long number"),
        pytest.param("/api/v1/claims/%F0%9F%98%80", 404, "claim-not-found", id="a number that is none"),
    ],
)
async def test_an_odd_address_is_refused_and_never_a_crash(client: httpx.AsyncClient, address: str, status: int, code: str) -> None:
    assert_problem(await client.get(address), status, code)


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        pytest.param({"content-type": "multipart/form-data"}, b"x", 400, id="no boundary"),
        pytest.param({"content-type": "multipart/form-data; boundary=x"}, b"--x", 400, id="cut short"),
        pytest.param({"content-type": "application/json"}, b'{"file": 1}', 400, id="JSON for a form"),
        pytest.param({"content-type": "multipart/form-data; boundary=x"}, b"", 400, id="nothing"),
    ],
)
async def test_an_odd_body_is_refused_and_never_a_crash(
    client: httpx.AsyncClient, headers: dict[str, str], content: bytes, status: int
) -> None:
    answer = await client.post("/api/v1/claims", headers=headers, content=content)
    assert answer.status_code in {status, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_text_where_a_file_is_asked_is_told(client: httpx.AsyncClient) -> None:
    document = assert_problem(await client.post("/api/v1/prechecks", files={"file": (None, "abc")}), 400, "invalid-request")
    assert document["errors"] == [{"pointer": "body/file", "message": "应为一个上传的文件"}]


async def test_a_form_without_its_token_is_refused(client: httpx.AsyncClient) -> None:
    assert_problem(await client.post("/prechecks/none/submit", data={"readable_only": "true"}), 403, "forbidden")


async def test_too_large_a_file_is_refused_on_both_faces(database: Settings, clock: FixedClock) -> None:
    small = Settings(data=database.data, database_url=database.database_url, upload_limit=1024 * 1024)
    transport = httpx.ASGITransport(app=create_app(small, clock=clock), raise_app_exceptions=False)  # type: ignore[arg-type] # Litestar types its scope more narrowly
    big = {"file": ("申报表.xlsx", b"x" * (2 * 1024 * 1024), "application/octet-stream")}
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        await enter(client, "jingban-b", clock)
        token = await form_token(client, "/claims/new")
        assert_problem(await client.post("/api/v1/claims", files=big), 413, "too-large")
        assert_problem(await client.post("/prechecks", data=token, files=big), 413, "too-large")


async def test_other_routes_take_small_bodies_only(client: httpx.AsyncClient) -> None:
    token = await form_token(client, "/claims/new")
    big = {**token, "readable_only": "x" * (BODY_LIMIT + 1)}
    assert_problem(await client.post("/prechecks/none/submit", data=big), 413, "too-large")


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"host": "evil.example"}, id="another host name"),
        pytest.param({"host": "127.0.0.1.evil.example"}, id="a host name that begins alike"),
        pytest.param({"origin": "http://evil.example"}, id="another site's page"),
        pytest.param({"sec-fetch-site": "cross-site"}, id="another site, as the browser says"),
        pytest.param({"origin": "null"}, id="a page without address"),
    ],
)
async def test_acts_from_elsewhere_are_refused(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert_problem(await client.post("/api/v1/claims", files=upload("A"), headers=headers), 403, "foreign-request")


async def test_acts_from_our_own_pages_are_not(client: httpx.AsyncClient) -> None:
    headers = {"origin": ADDRESS, "sec-fetch-site": "same-origin"}
    assert_problem(await client.post("/api/v1/claims", files={"file": ("", b"")}, headers=headers), 422, "file-missing")
