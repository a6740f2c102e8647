"""Safety headers on every route, no inline code in any page, links that all lead somewhere, vendored files as published."""

import hashlib
import json
import re
from collections import deque
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
import pytest
from litestar import Litestar

from tests.conftest import ADDRESS
from training_admin.app import SAFETY_HEADERS, create_app, create_app_from_environment
from training_admin.database import engine
from training_admin.settings import Settings
from training_admin.web import STATIC, templates_folder

TEMPLATES = sorted(templates_folder().rglob("*.html"))
LINK = re.compile(r'(?:href|src|hx-get)="([^"]+)"')


def addresses(app: Litestar) -> list[str]:
    """An address for every route of the application, with made-up values in it."""
    return sorted({re.sub(r"\{[^}]*\}", "1", route.path_format) for route in app.routes})


async def test_every_route_answers_with_safety_headers(client: httpx.AsyncClient, database: Settings) -> None:
    routes = addresses(create_app(database))
    assert len(routes) > 30
    for address in [*routes, "/no/such/page", "/api/v1/none"]:
        for method in ("GET", "POST"):
            answer = await client.request(method, address)
            assert answer.status_code < 500, (method, address, answer.text)
            for name, value in SAFETY_HEADERS.items():
                assert answer.headers.get(name) == value, (method, address, name)
            if not address.startswith("/static"):
                assert answer.headers["cache-control"] == "no-store", (method, address)


def test_the_policy_allows_nothing_unsafe_and_nothing_from_outside() -> None:
    policy = SAFETY_HEADERS["content-security-policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(templates_folder())))
def test_a_template_has_no_inline_code_and_names_no_other_host(file: Path) -> None:
    text = file.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    assert not re.search(r"https?://", text)
    assert "| safe" not in text.replace("csrf_input | safe", "")
    assert len(re.findall(r'method="post"', text)) == text.count("csrf_input | safe")


async def test_every_link_leads_somewhere(client: httpx.AsyncClient, number: str) -> None:
    waiting, seen = deque(["/", f"/claims/{number}"]), set[str]()
    while waiting:
        address = waiting.popleft()
        plain = urldefrag(address).url
        if plain in seen:
            continue
        seen.add(plain)
        answer = await client.get(plain)
        assert answer.status_code in {200, 303}, (plain, answer.status_code)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        for link in LINK.findall(answer.text):
            if link.startswith("data:image/"):
                continue
            target = urljoin(f"{ADDRESS}{plain}", link.replace("&amp;", "&"))
            assert target.startswith(ADDRESS), target
            parts = urlsplit(target)
            if not re.fullmatch(r"/claims/\w+/lines/\d+", parts.path) or parts.path.endswith("/10"):
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    assert len(seen) > 40


async def test_a_form_cookie_is_for_our_pages_only(client: httpx.AsyncClient) -> None:
    cookie = (await client.get("/claims/new")).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


async def test_health_is_told_by_the_database(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}


async def test_shipped_files_may_be_kept_by_browsers(client: httpx.AsyncClient) -> None:
    answer = await client.get("/static/app.css")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    for escape in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"):
        assert (await client.get(escape)).status_code == 404


def test_vendored_files_are_as_published() -> None:
    folder = STATIC / "vendor"
    packages = json.loads((folder / "manifest.json").read_text("utf-8"))["packages"]
    named = {f"{package['folder']}/{name}": digest for package in packages for name, digest in package["files"].items()}
    there = {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.glob("*/*")}
    assert named == there
    for package in packages:
        assert package["version"]
        assert package["licence"]
        assert any(name.startswith("LICENSE") for name in package["files"])


def channel(value: int) -> float:
    """The linear share of one colour channel, as WCAG 2.2 defines it."""
    share = value / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, as WCAG 2.2 defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue)


def test_every_pair_of_text_and_ground_can_be_read() -> None:
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", (STATIC / "tokens.css").read_text("utf-8")))
    pairs = [(name, f"{name}-tint") for name in ("pay", "reduce", "hold", "refuse", "cell", "calm")]
    pairs += [(name, ground) for name in ("ink", "ink-soft", "brand", "brand-deep") for ground in ("paper", "ground")]
    pairs += [("paper", "brand"), ("paper", "brand-deep"), ("paper", "seal"), ("ink-soft", "calm-tint"), ("brand-deep", "brand-tint")]
    for text, ground in pairs:
        assert contrast(tokens[text], tokens[ground]) >= 4.5, (text, ground)


def test_the_factory_reads_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRAINING_ADMIN_DATA", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    app = create_app_from_environment()
    assert app.state.settings.data == tmp_path


async def test_an_application_leaves_an_open_database_open(client: httpx.AsyncClient, database: Settings) -> None:
    app = create_app(database)
    async with app.lifespan():
        assert engine.pool is not None
    assert engine.pool is not None
