"""Watches a whole run for personal data where there must be none: logs, addresses, file names, error texts.

A pytest plugin: a test during which an identity number of the district, a mobile number or a name of the sample rosters appears in any
of them fails, whatever it asserts. What it shows of the finding is masked.
"""

import functools
import io
import re
import subprocess
import zipfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import msgspec
import pytest

from training_admin.kit.identifiers import mod_11_2
from training_admin.kit.refusals import Refusal

DATA = Path(__file__).parent / "data"
IDENTITY = re.compile(r"(?<![0-9A-Za-z])310100\d{11}[0-9Xx](?![0-9A-Za-z])")
MOBILE = re.compile(r"(?<![0-9A-Za-z])1[3-9]\d{9}(?![0-9A-Za-z])")
ALERT = re.compile(r'role="alert">(.*?)</(?:section|div)>', re.DOTALL)
HEADER = "姓名"


@functools.cache
def roster_names() -> frozenset[str]:
    """The names of the people in the sample claims."""
    import openpyxl  # only a run that looks for names waits for it

    names: set[str] = set()
    for file in sorted(DATA.glob("claim_*.xlsx")):
        rows = openpyxl.load_workbook(io.BytesIO(file.read_bytes()))["参训人员花名册"].iter_rows(values_only=True)
        place = next(row.index(HEADER) for row in rows if HEADER in row)
        names.update(str(row[place]) for row in rows if row[place])
    assert len(names) > 50, "the samples have people"
    return frozenset(names)


@functools.cache
def _name_pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, roster_names()), key=len, reverse=True)))


def personal_in(text: str) -> list[str]:
    """What of a person a text holds, masked."""
    found = [f"证件号码 {number[:4]}…" for number in IDENTITY.findall(text) if mod_11_2(number[:17]) == number[17].upper()]
    found += [f"手机号码 {number[:3]}…" for number in MOBILE.findall(text)]
    return found + [f"姓名 {name[:1]}…" for name in _name_pattern().findall(text)]


def error_text(response: httpx.Response) -> str:
    """What an answer says of an error: the problem document, or the alerts of a page."""
    if response.is_success or response.is_redirect:
        return ""
    if "html" in response.headers.get("content-type", ""):
        return "\n".join(ALERT.findall(response.text))
    return response.text


class LeakWatch:
    """The plugin: notes texts while tests run, and fails the test in which one of them held personal data."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.noted = 0
        self._undo: list[Callable[[], None]] = []

    def note(self, where: str, text: str) -> None:
        """Look at a text that must not name anybody."""
        self.noted += 1
        self.found += [f"{where}：{what}" for what in personal_in(text)]

    def note_answer(self, response: httpx.Response) -> None:
        """Look at the address asked for, the names of files, where the answer leads, and what it says of an error."""
        self.note("地址", unquote(str(response.request.url)))
        for header in ("location", "content-disposition"):
            self.note(header, unquote(response.headers.get(header, "")))
        self.note("错误文本", error_text(response))

    def note_names(self, folder: Path) -> None:
        """Look at the names of all files below a folder, and at those inside packages."""
        for path in folder.rglob("*"):
            self.note("文件名", path.name)
            if path.suffix in {".zip", ".xlsx"} and path.is_file() and zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as package:
                    self.note("包内文件名", "\n".join(package.namelist()))

    def start(self) -> None:
        """Listen to answers, refusals and child processes."""
        watch, init, run = self, Refusal.__init__, subprocess.run
        send, send_async = httpx.Client.send, httpx.AsyncClient.send

        @functools.wraps(init)
        def noted_init(refusal: Refusal, sentence: str, **extra: Any) -> None:
            init(refusal, sentence, **extra)
            watch.note("错误文本", f"{sentence} {msgspec.json.encode(extra, enc_hook=str).decode()}")

        @functools.wraps(run)
        def noted_run(*given: Any, **named: Any) -> Any:
            done = run(*given, **named)
            for told in (done.stderr, done.stdout if done.returncode else None):
                watch.note("子进程输出", told.decode(errors="replace") if isinstance(told, bytes) else told or "")
            return done

        @functools.wraps(send)
        def noted_send(client: httpx.Client, *given: Any, **named: Any) -> httpx.Response:
            response = send(client, *given, **named)
            if not named.get("stream"):
                watch.note_answer(response)
            return response

        @functools.wraps(send_async)
        async def noted_send_async(client: httpx.AsyncClient, *given: Any, **named: Any) -> httpx.Response:
            response = await send_async(client, *given, **named)
            if not named.get("stream"):
                watch.note_answer(response)
            return response

        self._exchange(Refusal, "__init__", noted_init)
        self._exchange(subprocess, "run", noted_run)
        self._exchange(httpx.Client, "send", noted_send)
        self._exchange(httpx.AsyncClient, "send", noted_send_async)

    def _exchange(self, owner: Any, name: str, noted: Any) -> None:
        before = getattr(owner, name)
        self._undo.append(lambda: setattr(owner, name, before))
        setattr(owner, name, noted)

    def stop(self) -> None:
        """Give everything back as it was."""
        while self._undo:
            self._undo.pop()()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """A test is judged at its end, by all that was printed, logged and answered in it."""
        report = yield
        if report.when == "teardown":
            for title, text in report.sections:
                self.note(title, text)
            found, self.found = list(dict.fromkeys(self.found)), []
            if found:
                report.outcome = "failed"
                report.longrepr = "personal data where there must be none:\n" + "\n".join(found)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Files are looked at once, by the process that started the run."""
        self.stop()
        factory = getattr(session.config, "_tmp_path_factory", None)
        if hasattr(session.config, "workerinput") or factory is None or factory._basetemp is None:
            return
        self.note_names(factory._basetemp)
        if self.found:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        for line in self.found:
            terminalreporter.write_line(f"personal data in a file name: {line}", red=True)


def pytest_configure(config: pytest.Config) -> None:
    watch = LeakWatch()
    watch.start()
    config.pluginmanager.register(watch, "leak-watch")
