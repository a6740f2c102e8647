"""Lines of a case that must not be paid now, as pure functions: what of something to be paid goes on, and what waits for itself.

A line is known by its row; amounts are fen. A part that is set apart (其余款项) is paid by a later batch, when nothing holds its lines.
"""

from collections.abc import Iterable, Mapping

import msgspec


class CaseLines(msgspec.Struct, frozen=True):
    """What a case pays line by line (stream and fen), and which lines are held now, each with the words of what holds it.

    `confirmed` are those of them that something found true (属实) holds.
    """

    paid: Mapping[int, tuple[str, int]]
    held: Mapping[int, str]
    confirmed: frozenset[int] = frozenset()


class SetApart(msgspec.Struct, frozen=True):
    """Lines that were taken out of one payable into another, both by their keys."""

    origin: int
    rest: int
    rows: tuple[int, ...]


class Cut(msgspec.Struct, frozen=True):
    """What of a payable must not be paid: its lines, their fen by stream, why; `whole` when nothing of it may be.

    `confirmed` when what holds each of its lines was found true.
    """

    rows: tuple[int, ...]
    fen_by_stream: Mapping[str, int]
    words: str
    whole: bool
    confirmed: bool = False

    @property
    def fen(self) -> int:
        """The amount that waits."""
        return sum(self.fen_by_stream.values())


def rows_of(payable: int, apart: Iterable[SetApart], case: CaseLines) -> frozenset[int]:
    """The lines that a payable pays: those it was made for, all of the case for the first one, without those taken out of it later."""
    own, taken = set(case.paid), set[int]()
    for each in apart:
        if each.rest == payable:
            own = set(each.rows)
        if each.origin == payable:
            taken.update(each.rows)
    return frozenset(own - taken)


def cut_of(payable: int, parts: Mapping[str, int], apart: Iterable[SetApart], case: CaseLines) -> Cut | None:
    """What of a payable is held; None when nothing is. What does not add up to its lines is held whole as soon as a line is."""
    if not case.held:
        return None
    rows = rows_of(payable, apart, case)
    adds_up = _sums(rows, case) == {stream: fen for stream, fen in parts.items() if fen}
    held = sorted(rows & set(case.held)) if adds_up else sorted(case.held)
    if not held:
        return None
    words = "；".join(dict.fromkeys(case.held[row] for row in held))
    fen = _sums(held, case)
    whole = not adds_up or fen == _sums(rows, case)
    # Lines that are paid nothing hold nothing.
    return Cut(tuple(held), dict(parts) if whole else fen, words, whole, set(held) <= case.confirmed) if whole or fen else None


def _sums(rows: Iterable[int], case: CaseLines) -> dict[str, int]:
    fen: dict[str, int] = {}
    for row in rows:
        stream, amount = case.paid.get(row, ("", 0))
        fen[stream] = fen.get(stream, 0) + amount
    return {stream: amount for stream, amount in fen.items() if amount}
