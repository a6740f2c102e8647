"""What we depend on: a package that could not be asked about is never taken for a good one; every licence was read."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from scripts import supply_chain

GOOD = {"name": "Good-Package", "version": "1", "vulns": []}
BAD = {"name": "bad", "version": "1", "vulns": [{"id": "PYSEC-1"}, {"id": "CVE-2"}]}
SKIPPED = {"name": "bad", "skip_reason": "could not be asked"}
MAKEFILE = (Path(__file__).parents[1] / "Makefile").read_text("utf-8")


@pytest.mark.parametrize(
    ("dependencies", "status", "words"),
    [
        pytest.param([GOOD, {**BAD, "vulns": []}], supply_chain.NONE_KNOWN, "2 packages asked about", id="asked, none known"),
        pytest.param([GOOD, BAD], supply_chain.SOME_KNOWN, "bad: PYSEC-1, CVE-2", id="some known"),
        pytest.param([GOOD, SKIPPED], supply_chain.NOT_ASKED, "nothing is known about bad", id="one was skipped"),
        pytest.param([GOOD], supply_chain.NOT_ASKED, "nothing is known about bad", id="one is missing"),
        pytest.param([], supply_chain.NOT_ASKED, "could not be asked", id="an empty answer"),
    ],
)
def test_only_a_whole_answer_counts(dependencies: list[dict[str, Any]], status: int, words: str) -> None:
    told = supply_chain.judged(json.dumps({"dependencies": dependencies}), ["good-package", "bad"])
    assert told[0] == status
    assert words in told[1]


@pytest.mark.parametrize("answer", ["", "No known vulnerabilities found", "[]", "null", '{"dependencies": [{}]}'])
def test_an_answer_that_is_none_counts_as_not_asked(answer: str) -> None:
    assert supply_chain.judged(answer, ["good"])[0] == supply_chain.NOT_ASKED


def test_the_list_of_licences_is_what_is_installed() -> None:
    assert supply_chain.DOCUMENT.read_text("utf-8") == supply_chain.document()


def test_a_licence_that_nobody_has_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supply_chain, "ALLOWED", {**supply_chain.ALLOWED, "ISC License (ISCL)": None, "ISC": None})
    with pytest.raises(SystemExit, match="nobody has read"):
        supply_chain.document()


def test_both_are_part_of_the_check() -> None:
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert recipe is not None
    assert "supply_chain.py licences" in recipe[1]
    assert "supply_chain.py audit" in recipe[1]
