"""The policy figures in words, as adopted now: what the list of figures shows."""

from datetime import datetime

import msgspec

from training_admin.database import read_transaction
from training_admin.kit import wording
from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock
from training_admin.kit.dated import DatedValue, Unit
from training_admin.policy import store
from training_admin.policy.packs import DEFAULT_PACK, PolicyPack, open_pack, shipped_packs
from training_admin.policy.wording import is_assumed, unit_words, value_words


class FigureRow(msgspec.Struct, frozen=True):
    """One dated value of one figure; `assumed` marks what is no law here (暂定)."""

    key: str
    name: str
    value: str
    unit: str
    period: str
    paper: str
    standing: str
    local_standing: str
    assumed: bool
    note: str


class PackShown(msgspec.Struct, frozen=True):
    """A policy pack and its figures; `adopted_at` is None while the shipped file has not been adopted here."""

    pack: str
    version: str
    title: str
    basis: str
    adopted_at: datetime | None
    figures: tuple[FigureRow, ...]


class FigureFilter(msgspec.Struct, frozen=True):
    """Which figures a list shows: a word in key, name or paper, and whether only assumed ones."""

    word: str = ""
    assumed_only: bool = False


async def show_figures(actor: Actor, *, clock: Clock, pack: str = DEFAULT_PACK) -> PackShown:
    """The figures of a pack as adopted now, or as shipped where it has not been adopted; raises PackNotAdopted."""
    del actor
    async with read_transaction():
        try:
            adopted = await store.load_adopted(pack, known_at=clock.now())
        except store.PackNotAdopted:
            # A name from outside must never become a path: only shipped packs are opened.
            if pack not in shipped_packs():
                raise
            return shipped(open_pack(pack))
        figures = await store.load_figures(adopted.id, known_at=clock.now())
    return PackShown(
        pack=adopted.name,
        version=adopted.version,
        title=adopted.head.title,
        basis=adopted.head.basis,
        adopted_at=adopted.known_since,
        figures=tuple(figure_row(figure.name, Unit[figure.unit], figure.value) for figure in figures),
    )


def shipped(pack: PolicyPack) -> PackShown:
    """The figures of a pack file."""
    units = {figure.key: Unit[figure.unit] for figure in pack.file.figures}
    return PackShown(
        pack=pack.file.pack,
        version=pack.file.version,
        title=pack.file.title,
        basis=pack.file.basis,
        adopted_at=None,
        figures=tuple(
            figure_row(pack.names[key], units[key], value)
            for key in dict.fromkeys(figure.key for figure in pack.file.figures)
            for value in pack.policy.values[key]
        ),
    )


def figure_row(name: str, unit: Unit, value: DatedValue) -> FigureRow:
    """One dated value in words."""
    return FigureRow(
        key=value.key,
        name=name,
        value=value_words(unit, value.value),
        unit=unit_words(unit),
        period=wording.period(value.period.start, value.period.end),
        paper=value.paper,
        standing=value.standing.words,
        local_standing=value.local_standing.words,
        assumed=is_assumed(value.standing, value.local_standing),
        note=value.note,
    )


def chosen_figures(shown: PackShown, wanted: FigureFilter) -> tuple[FigureRow, ...]:
    """The figures a filter lets through."""
    word = wanted.word.strip().casefold()
    return tuple(
        row
        for row in shown.figures
        if (not wanted.assumed_only or row.assumed) and (not word or word in f"{row.key} {row.name} {row.paper}".casefold())
    )
