"""The watch over the whole run can fail: each kind of leak is found, and what looks like one is not."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.leaks import LeakWatch, error_text, personal_in, roster_names
from training_admin.kit.identifiers import mod_11_2

ROOT = Path(__file__).parents[1]
# Put together here, so that this file itself holds no number.
IDENTITY = "310100" + "19900101" + "123" + mod_11_2("310100" + "19900101" + "123")
PHONE = "138" + "00138000"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(IDENTITY, id="identity"),
        pytest.param(f"学员{IDENTITY}未参保", id="inside a sentence"),
        pytest.param(f"?id={IDENTITY}&next=/", id="in an address"),
        pytest.param(PHONE, id="phone"),
        pytest.param(f"{min(roster_names())}未通过核验", id="name of the rosters"),
    ],
)
def test_what_names_a_person_is_found_and_shown_masked(text: str) -> None:
    found = personal_in(text)
    assert len(found) == 1
    assert not personal_in(found[0])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{IDENTITY[:17]}{'0' if IDENTITY[17] != '0' else '1'}", id="wrong check character"),
        pytest.param(f"a{PHONE}", id="inside a hash"),
        pytest.param(f"{PHONE}7", id="twelve digits"),
        pytest.param("SJ2026000001 第 10 行 91310117MA00000000", id="business numbers"),
        pytest.param(f"{IDENTITY[:4]}{'*' * 12}{IDENTITY[-2:]}", id="masked"),
        pytest.param("经办人乙", id="somebody of the demo offices"),
    ],
)
def test_what_names_nobody_is_not(text: str) -> None:
    assert personal_in(text) == []


def test_of_a_page_only_its_alerts_are_an_error_text() -> None:
    request = httpx.Request("GET", "http://127.0.0.1/claims")
    html = {"content-type": "text/html"}
    page = f'<div class="note" role="alert"><p>{PHONE}</p></div><input value="{IDENTITY}">'
    assert personal_in(error_text(httpx.Response(422, headers=html, text=page, request=request))) == ["手机号码 138…"]
    assert error_text(httpx.Response(200, headers=html, text=page, request=request)) == ""
    assert IDENTITY in error_text(httpx.Response(422, json={"detail": IDENTITY}, request=request))


def test_addresses_and_names_of_files_are_looked_at(tmp_path: Path) -> None:
    watch = LeakWatch()
    headers = {"location": f"/claims?id={IDENTITY}", "content-disposition": f"attachment; filename*=UTF-8''{PHONE}.xlsx"}
    watch.note_answer(httpx.Response(303, headers=headers, request=httpx.Request("GET", f"http://127.0.0.1/people/{IDENTITY}")))
    assert [line.partition("：")[0] for line in watch.found] == ["地址", "location", "content-disposition"]
    watch.found.clear()
    leaking = tmp_path / f"{IDENTITY}.txt"
    leaking.touch()
    watch.note_names(tmp_path)
    leaking.unlink()
    assert len(watch.found) == 1


SUITE = f"""
import logging, subprocess, sys
import httpx
from training_admin.kit.refusals import Refusal

def answer(request):
    return httpx.Response(404, json={{"detail": "nothing"}})

def test_clean():
    print("nobody")

def test_printed():
    print("{IDENTITY}")

def test_logged():
    logging.getLogger("x").warning("row {PHONE}")

def test_refused():
    Refusal("没有找到 {IDENTITY}")

def test_refused_with_more():
    Refusal("没有找到", person="{PHONE}")

def test_address():
    httpx.Client(transport=httpx.MockTransport(answer)).get("http://127.0.0.1/?q={IDENTITY}")

def test_child():
    subprocess.run([sys.executable, "-c", "import sys; sys.stderr.write('{PHONE}')"], check=True, capture_output=True)
"""


@pytest.mark.parametrize("workers", ["0", "2"], ids=["alone", "in workers"])
def test_each_leaking_test_fails_and_the_clean_one_passes(tmp_path: Path, workers: str) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_suite.py").write_text(SUITE)
    own = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.leaks", "-n", workers, "-c", "pytest.ini", "--rootdir", "."]
    # Not by `run`: what it prints is full of leaks, and would be noticed by the watch over this very test.
    with subprocess.Popen(
        [*command, "test_suite.py"], cwd=tmp_path, env={**own, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE
    ) as process:
        told = process.communicate()[0].decode()
    summary = told.strip().splitlines()[-1]
    assert process.returncode == 1
    assert "6 errors" in summary, told
    assert "test_clean" not in summary
