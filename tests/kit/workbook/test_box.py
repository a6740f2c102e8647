"""Refused workbooks wait in memory for half an hour, for their owner alone and within bounds."""

from datetime import UTC, datetime, timedelta

import pytest

from training_admin.kit.actor import DEMO, VISITOR
from training_admin.kit.clock import FixedClock
from training_admin.kit.workbook import box as module
from training_admin.kit.workbook.box import KEPT, MOST_WORKBOOKS, WorkbookBox, WorkbookGone
from training_admin.kit.workbook.problems import CellProblem

AT = datetime(2026, 6, 1, 1, 30, tzinfo=UTC)
WRONG = (CellProblem("花名册", "C4", "ID_CHECK", "请更正。"),)


def put(box: WorkbookBox, clock: FixedClock, content: bytes = b"workbook") -> str:
    return box.put(DEMO, content, WRONG, filename="标注.xlsx", clock=clock)


def test_a_workbook_is_found_by_its_token_until_it_expires() -> None:
    clock, box = FixedClock(AT), WorkbookBox()
    token = put(box, clock)
    clock.move(KEPT - timedelta(seconds=1))
    found = box.get(DEMO, token, clock=clock)
    assert (found.content, found.problems, found.filename) == (b"workbook", WRONG, "标注.xlsx")
    clock.move(timedelta(seconds=1))
    with pytest.raises(WorkbookGone):
        box.get(DEMO, token, clock=clock)


def test_another_does_not_find_it_and_tokens_cannot_be_guessed() -> None:
    clock, box = FixedClock(AT), WorkbookBox()
    token = put(box, clock)
    assert token != put(box, clock)
    for actor, asked in ((VISITOR, token), (DEMO, "guess")):
        with pytest.raises(WorkbookGone):
            box.get(actor, asked, clock=clock)


def test_the_oldest_makes_room_by_number_and_by_size(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, box = FixedClock(AT), WorkbookBox()
    tokens = [put(box, clock) for _ in range(MOST_WORKBOOKS + 1)]
    with pytest.raises(WorkbookGone):
        box.get(DEMO, tokens[0], clock=clock)
    assert box.get(DEMO, tokens[1], clock=clock).content == b"workbook"
    monkeypatch.setattr(module, "MOST_BYTES", 10)
    large = put(box, clock, b"x" * 12)
    with pytest.raises(WorkbookGone):
        box.get(DEMO, tokens[1], clock=clock)
    assert len(box.get(DEMO, large, clock=clock).content) == 12
