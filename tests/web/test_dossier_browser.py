"""`verify.html` in Debian's chromium with the network off: the whole dossier is accepted, changed bytes and amounts are found."""

import base64
import json
import random
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from tests.audit.dossiers import dossier_of, files_of, forgeries, lived, settled, smuggled, undecided, verifier
from tests.web.test_browser import DESK, browser, installed
from training_admin import audit
from training_admin.kit.clock import FixedClock
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.settings import Settings

__all__ = ["browser", "installed"]
pytestmark = pytest.mark.browser
VERIFIER = Path(audit.__file__).parent / "data" / "verify.html"
# How many changed bytes and amounts are asked about: a few of every file.
BYTES, AMOUNTS = 70, 80
ASK_BYTES = """async ([archive, changes]) => {
    const whole = Uint8Array.from(atob(archive), (each) => each.charCodeAt(0)), missed = [];
    for (const [place, mask] of changes) {
        whole[place] ^= mask;
        if (!(await verify(whole)).report.differences.length) missed.push(place);
        whole[place] ^= mask;
    }
    return [(await verify(whole)).report.differences, missed];
}"""
ASK_AMOUNTS = """async ([files, variants]) => {
    const encoder = new TextEncoder(), missed = [];
    for (const [what, changed] of variants) {
        const map = new Map(Object.entries({ ...files, ...changed }).map(([name, words]) => [name, encoder.encode(words)]));
        const report = new Report();
        await checkContents(map, JSON.parse(files["manifest.json"]), report);
        if (!report.differences.length) missed.push(what);
    }
    return missed;
}"""
ASK_HASH = "(words) => ownSha256(new TextEncoder().encode(words))"


async def opened(browser: Browser) -> Page:
    """The verifier as a file of a folder, without any network."""
    context = await browser.new_context(viewport=DESK, locale="zh-CN", offline=True)
    page = await context.new_page()
    await page.goto(VERIFIER.as_uri())
    return page


async def verdict(page: Page, archive: bytes, code: str = "") -> tuple[str, str]:
    """What the page says of an archive."""
    await page.fill("#code", code)
    await page.set_input_files("#file", {"name": "案卷.zip", "mimeType": "application/zip", "buffer": archive})
    await page.wait_for_selector("#verdict[data-done]")
    return await page.get_attribute("#verdict", "data-done") or "", await page.inner_text("main")


def sampled(files: dict[str, bytes], archive: bytes, chance: random.Random) -> list[tuple[int, int]]:
    """Places over the whole archive and in every file, each with a change."""
    places = {chance.randrange(len(archive)) for _ in range(BYTES - 2 * len(files))}
    for content in files.values():
        start = archive.index(content)
        places |= {start + chance.randrange(len(content)), start + len(content) - 1}
    return [(place, chance.randrange(1, 256)) for place in sorted(places)]


async def amounts_missed(page: Page, files: dict[str, bytes], chance: random.Random) -> list[str]:
    """Which of some forged amounts the page does not find."""
    texts = {name: content.decode() for name, content in files.items() if name.endswith(".json")}
    variants: list[Any] = [
        (what, {name: forged[name].decode() for name in texts if forged[name] != files[name]})
        for what, forged in forgeries(files, canonical_json)
    ]
    missed: list[str] = await page.evaluate(ASK_AMOUNTS, [texts, chance.sample(variants, min(AMOUNTS, len(variants)))])
    return missed


async def consistent_missed(page: Page, files: dict[str, bytes]) -> list[str]:
    """Which forgeries that fit together in every file, but not with the trail, the page does not find."""
    texts = {name: content.decode() for name, content in files.items() if name.endswith(".json")}
    forged = {"smuggled": smuggled(files, verifier()), "undecided": undecided(files)}
    variants = [(what, {name: each[name].decode() for name in texts if each[name] != files[name]}) for what, each in forged.items()]
    missed: list[str] = await page.evaluate(ASK_AMOUNTS, [texts, variants])
    return missed


async def test_the_offline_page_knows_the_money_of_programmes(browser: Browser, database: Settings, clock: FixedClock) -> None:
    settlement = await settled(clock)
    archive = await dossier_of(settlement, clock)
    page = await opened(browser)
    said, words = await verdict(page, archive)
    assert said == "whole", words
    assert await amounts_missed(page, files_of(archive), random.Random(7)) == []  # noqa: S311 - the same amounts each time
    await page.context.close()


async def test_the_offline_page_accepts_the_whole_and_finds_every_change(browser: Browser, database: Settings, clock: FixedClock) -> None:
    number = await lived(clock)
    archive = await dossier_of(number, clock)
    files = files_of(archive)
    page = await opened(browser)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    head = json.loads(files["manifest.json"])["head"][:16].upper()
    code = "-".join(head[at : at + 4] for at in range(0, 16, 4))
    said, words = await verdict(page, archive, code)
    assert said == "whole", words
    assert code in words
    assert number in words
    assert (await verdict(page, archive, "0000-0000-0000-0000"))[0] == "different"
    touched = bytearray(archive)
    at = archive.index(b'"payable_fen":', archive.index(files["records/001.json"])) + 14
    touched[at] = ord("7") if touched[at] != ord("7") else ord("8")
    said, words = await verdict(page, bytes(touched))
    assert (said, "重算" in words) == ("different", True)
    assert (await verdict(page, b"no archive at all"))[0] == "different"
    chance = random.Random(20260601)  # noqa: S311 - the same places each time
    changes = sampled(files, archive, chance)
    differences, missed = await page.evaluate(ASK_BYTES, [base64.b64encode(archive).decode(), changes])
    assert (differences, missed) == ([], [])
    assert await amounts_missed(page, files, chance) == []
    assert await consistent_missed(page, files) == []
    for text in ("", "abc", "松江" * 1000):
        assert await page.evaluate(ASK_HASH, text) == sha256_hex(text.encode())
    assert [each for each in asked if not each.startswith("file:")] == []
    await page.context.close()
