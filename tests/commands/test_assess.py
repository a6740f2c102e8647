"""The command `assess` gives the expected decision of both sample claims, and a problem document when it cannot assess."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parents[1] / "data"


def run(*arguments: str) -> tuple[int, Any]:
    """Exit status and the JSON on standard output."""
    done = subprocess.run([sys.executable, "-m", "training_admin", *arguments], capture_output=True, check=False, text=True)
    return done.returncode, json.loads(done.stdout)


def assess(letter: str, *more: str) -> tuple[int, Any]:
    """The command on one sample claim."""
    registers = str(DATA / f"registers_{letter}.json")
    return run("assess", str(DATA / f"claim_{letter}.xlsx"), "--registers", registers, "--as-of", "2026-06-01", "--json", *more)


@pytest.mark.parametrize("letter", ["A", "B"])
def test_a_sample_claim_is_decided_as_expected(letter: str, tmp_path: Path) -> None:
    marked = tmp_path / "marked.xlsx"
    status, got = assess(letter, "--marked", str(marked))
    expected = json.loads((DATA / f"expected_{letter}.json").read_text("utf-8"))
    assert status == 0
    for part in ("lines", "classes", "cells"):
        assert len(got[part]) == len(expected[part])
        for one, other in zip(got[part], expected[part], strict=True):
            shared = one.keys() & other.keys()
            assert {key: one[key] for key in shared} == {key: other[key] for key in shared}
    assert got["ceiling"] == expected["ceiling"]
    assert marked.read_bytes().startswith(b"PK")


def test_a_file_that_is_no_workbook_is_a_problem_document(tmp_path: Path) -> None:
    text = tmp_path / "claim.csv"
    text.write_text("姓名,证件号码\n", "utf-8")
    status, problem = run("assess", str(text), "--registers", str(DATA / "registers_A.json"), "--as-of", "2026-06-01", "--json")
    assert (status, problem["code"]) == (2, "workbook-is-text")


def test_rules_are_listed_in_reading_order() -> None:
    status, rules = run("rules", "--json")
    assert status == 0
    assert rules[0]["rule"] == "ENT-01"


def test_a_marked_file_that_cannot_be_written_is_a_problem_document() -> None:
    status, problem = assess("B", "--marked", "/nowhere/marked.xlsx")
    assert (status, problem["code"]) == (2, "file-unwritable")
