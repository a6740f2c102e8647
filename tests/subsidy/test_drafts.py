"""Pre-checked workbooks wait in memory for half an hour, within bounds."""

from datetime import UTC, datetime, timedelta

import pytest

from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.subsidy import drafts
from training_admin.subsidy.drafts import KEPT, MOST_DRAFTS, DraftBox, DraftGone
from training_admin.subsidy.views import Precheck

CHECKED = Precheck(record=None, problems=(), people={}, readable_lines=0, unreadable_lines=0)
AT = datetime(2026, 6, 1, 1, 30, tzinfo=UTC)


def test_a_draft_is_found_by_its_token_until_it_expires() -> None:
    clock, box = FixedClock(AT), DraftBox()
    token = box.put(DEMO, b"workbook", CHECKED, clock=clock)
    clock.move(KEPT - timedelta(seconds=1))
    assert box.get(DEMO, token, clock=clock).content == b"workbook"
    clock.move(timedelta(seconds=1))
    with pytest.raises(DraftGone):
        box.get(DEMO, token, clock=clock)


def test_tokens_differ_and_unknown_ones_are_refused() -> None:
    clock, box = FixedClock(AT), DraftBox()
    assert box.put(DEMO, b"one", CHECKED, clock=clock) != box.put(DEMO, b"one", CHECKED, clock=clock)
    with pytest.raises(DraftGone):
        box.get(DEMO, "guess", clock=clock)


def test_the_oldest_draft_makes_room() -> None:
    clock, box = FixedClock(AT), DraftBox()
    tokens = [box.put(DEMO, b"workbook", CHECKED, clock=clock) for _ in range(MOST_DRAFTS + 1)]
    with pytest.raises(DraftGone):
        box.get(DEMO, tokens[0], clock=clock)
    assert box.get(DEMO, tokens[1], clock=clock).content == b"workbook"


def test_many_large_drafts_make_room_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_BYTES", 10)
    clock, box = FixedClock(AT), DraftBox()
    first = box.put(DEMO, b"x" * 6, CHECKED, clock=clock)
    second = box.put(DEMO, b"x" * 12, CHECKED, clock=clock)
    with pytest.raises(DraftGone):
        box.get(DEMO, first, clock=clock)
    assert len(box.get(DEMO, second, clock=clock).content) == 12
