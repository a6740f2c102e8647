"""The JSON of policy figures."""

import msgspec

from training_admin.policy.figures import FigureRow, PackShown
from training_admin.web import shanghai_iso


class FiguresAnswer(msgspec.Struct, frozen=True):
    """Figures of a pack; `adopted_at` is null while the shipped pack has not been adopted."""

    pack: str
    version: str
    title: str
    basis: str
    adopted_at: str | None
    figures: tuple[FigureRow, ...]


def figures_answer(shown: PackShown, figures: tuple[FigureRow, ...]) -> FiguresAnswer:
    """Figures for the wire."""
    adopted = None if shown.adopted_at is None else shanghai_iso(shown.adopted_at)
    return FiguresAnswer(shown.pack, shown.version, shown.title, shown.basis, adopted, figures)
