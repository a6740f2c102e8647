"""Pictures of steering as plain numbers for SVG: bars whose data always stand in a table beside them."""

from collections.abc import Sequence

import msgspec

WIDTH, HEIGHT, GAP = 360, 120, 4
METER = 1000


class Bar(msgspec.Struct, frozen=True):
    """One bar: its place and size, the middle of its label, label and value in words."""

    x: int
    y: int
    width: int
    height: int
    middle: int
    label: str
    words: str


def bars(values: Sequence[tuple[str, int, str]]) -> list[Bar]:
    """Bars of label, value and value in words, the largest as high as the picture; nothing is lower than its true share by a pixel."""
    if not values:
        return []
    most = max(1, *(value for _label, value, _words in values))
    step = WIDTH // len(values)
    found = []
    for place, (label, value, words) in enumerate(values):
        height = value * HEIGHT // most
        found.append(Bar(place * step + GAP // 2, HEIGHT - height, step - GAP, height, place * step + step // 2, label, words))
    return found


def meter(done: int | None, target: int) -> int:
    """How much of a meter is filled, of METER, never over it."""
    return 0 if done is None or target <= 0 else min(METER, done * METER // target)
