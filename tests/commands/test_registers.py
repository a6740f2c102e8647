"""The commands `registers` and `template`: JSON on stdout, a problem document listing every wrong cell, templates never overwritten."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import open_folder, remove_when_stopped
from tests.subsidy.register_books import INSURANCE, changed, document, register_book

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def folder() -> Iterator[Path]:
    place = open_folder()
    yield place
    remove_when_stopped(place / "var")
    shutil.rmtree(place, ignore_errors=True)


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    own = {key: value for key, value in os.environ.items() if not key.startswith("TRAINING_ADMIN_") and key != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "training_admin", *words],
        env={**own, "TRAINING_ADMIN_DATA": str(folder / "var"), "PYTHONPATH": str(DATA.parents[1])},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def wrong_book() -> bytes:
    """A delivery with two wrong cells."""

    def change(tables: dict[str, Any]) -> None:
        tables[INSURANCE][4][1] = 310100197811200031
        tables[INSURANCE][6][0] = "四月"

    return changed(document("B"), change)


def test_a_delivery_is_received_once_and_told_in_json(folder: Path) -> None:
    assert run(folder, "upgrade").returncode == 0
    (folder / "登记.xlsx").write_bytes(register_book(document("A")))
    first = run(folder, "registers", "登记.xlsx", "--source", "区社保中心")
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout) == {"delivery": 1, "rows": document("A").row_count, "claims": [], "already_there": False}
    again = json.loads(run(folder, "registers", "登记.xlsx").stdout)
    assert (again["delivery"], again["already_there"]) == (1, True)
    sourceless = run(folder, "registers", str(DATA / "registers_B.json"), "--json")
    assert (sourceless.returncode, json.loads(sourceless.stdout)["code"]) == (2, "registers-unreadable")


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["plain", "json"])
def test_a_refusal_lists_every_wrong_cell_in_one_problem_document(folder: Path, options: tuple[str, ...]) -> None:
    assert run(folder, "upgrade").returncode == 0
    (folder / "登记.xlsx").write_bytes(wrong_book())
    told = run(folder, "registers", "登记.xlsx", *options)
    assert told.returncode == 2
    problem = json.loads(told.stdout)
    assert problem["code"] == "registers-incomplete"
    assert [(cell["sheet"], cell["cell"], cell["code"]) for cell in problem["cells"]] == [
        (INSURANCE, "B5", "ID_AS_NUMBER"),
        (INSURANCE, "A7", "DATE"),
    ]
    assert "310100" not in told.stdout + told.stderr
    assert ("登记数据有误" in told.stderr) is not bool(options)


def test_a_file_that_is_not_there_is_a_problem_document(folder: Path) -> None:
    told = run(folder, "registers", "没有.xlsx")
    assert (told.returncode, json.loads(told.stdout)["code"]) == (2, "file-unreadable")


def test_assess_takes_registers_as_a_workbook(folder: Path) -> None:
    (folder / "登记.xlsx").write_bytes(register_book(document("A")))
    words = ("assess", str(DATA / "claim_A.xlsx"), "--as-of", "2026-06-01", "--json", "--registers")
    by_workbook, by_json = run(folder, *words, "登记.xlsx"), run(folder, *words, str(DATA / "registers_A.json"))
    assert by_workbook.returncode == 0, by_workbook.stdout
    assert by_workbook.stdout == by_json.stdout
    (folder / "登记.xlsx").write_bytes(wrong_book())
    refused = run(folder, *words, "登记.xlsx")
    assert (refused.returncode, json.loads(refused.stdout)["count"]) == (2, 2)


@pytest.mark.parametrize(("name", "file"), [("registers", "登记数据模板.xlsx"), ("claim", "培训补贴申报模板.xlsx")])
def test_a_template_is_written_and_what_is_there_is_never_replaced(folder: Path, name: str, file: str) -> None:
    told = run(folder, "template", name, "--json")
    assert (told.returncode, json.loads(told.stdout)) == (0, {"file": file})
    assert (folder / file).read_bytes().startswith(b"PK")
    (folder / file).write_bytes(b"filled in")
    again = run(folder, "template", name)
    assert again.returncode == 2
    assert "没有覆盖" in again.stderr
    assert (folder / file).read_bytes() == b"filled in"
    elsewhere = run(folder, "template", name, "--out", "没有的文件夹/模板.xlsx")
    assert (elsewhere.returncode, "不能保存" in elsewhere.stderr) == (2, True)
    assert "已保存 模板.xlsx" in run(folder, "template", name, "--out", "模板.xlsx").stderr
