"""Every event that is recorded anywhere in the code can be named to its reader."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from training_admin.office.trail_words import EVENT_WORDS, ROOM_WORDS, event_words, events_by_room

PACKAGE = Path(__file__).parents[2] / "training_admin"
EVENT = re.compile(r"[a-z_]+:[a-z_]+:[a-z_]+")


def events_of(file: Path) -> Iterator[str]:
    """Events written in a file; of those put together from parts, the pattern with a hole for each part."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and EVENT.fullmatch(node.value):
            yield re.escape(node.value)
        elif isinstance(node, ast.JoinedStr):
            pattern = "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z_]+" for part in node.values)
            if re.fullmatch(r"[a-z_]+:[a-z_]+:.*", pattern.replace("[a-z_]+", "x")):
                yield pattern


CODE = sorted(file for file in PACKAGE.rglob("*.py") if file.name != "trail_words.py" and "piccolo_migrations" not in file.parts)
RECORDED = {(file.relative_to(PACKAGE).as_posix(), pattern) for file in CODE for pattern in events_of(file)}


@pytest.mark.parametrize(("file", "pattern"), sorted(RECORDED))
def test_an_event_in_the_code_has_words(file: str, pattern: str) -> None:
    assert any(re.fullmatch(pattern, event) for event in EVENT_WORDS), f"{file} records {pattern}: give it words in trail_words.py"


def test_events_are_found_in_the_code_at_all() -> None:
    assert len(RECORDED) > 30


def test_every_room_has_words_and_no_two_events_read_alike() -> None:
    assert {event.split(":")[0] for event in EVENT_WORDS} == set(ROOM_WORDS)
    assert len(set(EVENT_WORDS.values())) == len(EVENT_WORDS)
    assert sum(len(events) for _room, _words, events in events_by_room()) == len(EVENT_WORDS)


def test_an_unknown_event_is_shown_as_it_stands() -> None:
    assert event_words("later:room:acted") == "later:room:acted"
