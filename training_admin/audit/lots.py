"""Drawing classes by lot with weights so that anybody can repeat it from the published list and the seed (双随机抽查).

Whole numbers only: each turn takes SHA-256 over seed, turn and attempt as a number, refuses what would favour anybody, and walks along
the weights in the order of the keys. The seed is the hash of the trail's row about the publication of the list, which nobody can choose.
"""

from collections.abc import Sequence

import msgspec

from training_admin.kit.digest import canonical_json, sha256_hex

SPACE = 1 << 256


class Lot(msgspec.Struct, frozen=True):
    """Something that may be drawn, and how many lots it has; `why` tells what the lots are for."""

    key: str
    weight: int
    why: str = ""


def digest_of(lots: Sequence[Lot], inspectors: Sequence[str]) -> str:
    """The digest that is published with the list before the draw: SHA-256 over canonical JSON of lots and inspectors."""
    return sha256_hex(canonical_json({"lots": [msgspec.to_builtins(each) for each in lots], "inspectors": list(inspectors)}))


def number_below(seed: str, turn: int, limit: int) -> int:
    """An even number below a limit for one turn of a draw."""
    attempt = 0
    while True:
        value = int(sha256_hex(f"{seed}:{turn}:{attempt}".encode()), 16)
        if value < SPACE - SPACE % limit:
            return value % limit
        attempt += 1


def drawn(seed: str, lots: Sequence[Lot], count: int) -> tuple[str, ...]:
    """The keys drawn, in their order, each once; the same seed and lots always give the same."""
    left = sorted(lots, key=lambda each: each.key)
    assert all(each.weight > 0 for each in left), "everybody has a lot"
    found: list[str] = []
    for turn in range(min(count, len(left))):
        rest = number_below(seed, turn, sum(each.weight for each in left))
        place = 0
        while rest >= left[place].weight:
            rest -= left[place].weight
            place += 1
        found.append(left.pop(place).key)
    return tuple(found)


def inspectors_for(seed: str, key: str, inspectors: Sequence[str], count: int) -> tuple[str, ...]:
    """Who inspects what was drawn: drawn evenly, from a seed of its own for each."""
    return drawn(f"{seed}:{key}", [Lot(each, 1) for each in inspectors], count)
