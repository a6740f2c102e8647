"""Queries of policy: packs as adopted and figures as known at an instant; everything is append only."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.database import copy_rows, fetch_tuples
from training_admin.kit.dated import DatedValue, Figure, Period, Policy, Standing, group_values
from training_admin.kit.digest import canonical_json
from training_admin.kit.refusals import NotFound

_FIGURE_COLUMNS = ("pack", "key", "name", "unit", "value", "start", "end", "paper", "standing", "local_standing", "note", "known_since")


class PackNotAdopted(NotFound):
    """No version of the pack was in use at the instant."""

    code = "policy-pack-not-adopted"
    title = "政策包尚未采用"


class PackHead(msgspec.Struct, frozen=True):
    """A pack as stored, without figures: who, where, since when, and its choices."""

    title: str
    district: str
    district_name: str
    start: date
    end: date | None
    basis: str
    formulas: dict[str, str]
    ceiling_mode: str
    effects: dict[str, str]
    rules_off: tuple[str, ...]
    holds: dict[str, str]
    cases: tuple[dict[str, Any], ...]


class StoredFigure(msgspec.Struct, frozen=True):
    """A dated value with its Chinese name and unit, as it is stored and listed."""

    name: str
    unit: str
    value: DatedValue


class AdoptedPack(msgspec.Struct, frozen=True):
    """The version of a pack that was in use at an instant, and since when."""

    id: int
    name: str
    version: str
    head: PackHead
    proposed_by: str
    approved_by: str
    known_since: datetime


async def load_policy(pack: str, *, known_at: datetime) -> Policy:
    """The policy of a pack as known at an instant, in two queries, inside an open transaction; raises PackNotAdopted."""
    adopted = await load_adopted(pack, known_at=known_at)
    figures = await load_figures(adopted.id, known_at=known_at)
    return Policy(
        pack=adopted.name,
        version=adopted.version,
        values=group_values(figure.value for figure in figures),
        formulas=adopted.head.formulas,
        effects=adopted.head.effects,
        rules_off=adopted.head.rules_off,
        holds=adopted.head.holds,
        ceiling_mode=adopted.head.ceiling_mode,
    )


async def load_adopted(pack: str, *, known_at: datetime) -> AdoptedPack:
    """The version of a pack in use at an instant: the one adopted last by then; raises PackNotAdopted."""
    found = await fetch_tuples(
        """SELECT p.id, p.name, p.version, p.head, a.proposed_by, a.approved_by, a.known_since
           FROM policy_adoption a JOIN policy_pack p ON p.id = a.pack
           WHERE p.name = $1 AND a.known_since <= $2 ORDER BY a.known_since DESC, a.id DESC LIMIT 1""",
        pack,
        known_at,
    )
    if not found:
        raise PackNotAdopted(f"政策包 {pack} 在该时点尚未采用，请先由两名人员完成采用。", pack=pack)
    key, name, version, head, *rest = found[0]
    return AdoptedPack(key, name, version, msgspec.json.decode(head, type=PackHead), *rest)


async def load_figures(pack: int, *, known_at: datetime) -> list[StoredFigure]:
    """All values of one version of a pack known by an instant, in the order in which they were stored."""
    found = await fetch_tuples(
        """SELECT f.name, f.unit, f.key, f.value, f.start, f."end", p.title, f.standing, f.local_standing, f.note, f.known_since
           FROM policy_figure f JOIN policy_paper p ON p.id = f.paper
           WHERE f.pack = $1 AND (f.known_since IS NULL OR f.known_since <= $2) ORDER BY f.id""",
        pack,
        known_at,
    )
    return [
        StoredFigure(
            name=name,
            unit=unit,
            value=DatedValue(
                key=key,
                value=_figure(value),
                period=Period(start, end),
                paper=paper,
                standing=Standing(standing),
                local_standing=Standing(local),
                note=note,
                known_since=known_since,
            ),
        )
        for name, unit, key, value, start, end, paper, standing, local, note, known_since in found
    ]


def _figure(content: str) -> Figure:
    value = msgspec.json.decode(content)
    return tuple(value) if isinstance(value, list) else value


async def version_stored(name: str, version: str) -> tuple[int, str] | None:
    """Key and digest of a stored version of a pack, or None."""
    found = await fetch_tuples("SELECT id, sha256 FROM policy_pack WHERE name = $1 AND version = $2", name, version)
    return None if not found else (found[0][0], found[0][1])


async def add_version(name: str, version: str, *, head: PackHead, sha256: str) -> int:
    """Store a version of a pack without its figures and return its key."""
    found = await fetch_tuples(
        "INSERT INTO policy_pack (name, version, head, sha256) VALUES ($1, $2, $3, $4) RETURNING id",
        name,
        version,
        canonical_json(head).decode(),
        sha256,
    )
    key: int = found[0][0]
    return key


async def add_figures(pack: int, figures: Iterable[StoredFigure]) -> None:
    """Store dated values of a version of a pack; their papers are kept once each."""
    rows = list(figures)
    papers = await _paper_keys({figure.value.paper for figure in rows})
    await copy_rows("policy_figure", _FIGURE_COLUMNS, [_row(pack, figure, papers) for figure in rows])


def _row(pack: int, figure: StoredFigure, papers: dict[str, int]) -> tuple[Any, ...]:
    value = figure.value
    return (
        pack,
        value.key,
        figure.name,
        figure.unit,
        canonical_json(value.value).decode(),
        value.period.start,
        value.period.end,
        papers[value.paper],
        value.standing.value,
        value.local_standing.value,
        value.note,
        value.known_since,
    )


async def _paper_keys(titles: set[str]) -> dict[str, int]:
    """The keys of papers, new ones stored; a title that is there already keeps its key."""
    wanted = sorted(titles)
    await fetch_tuples("INSERT INTO policy_paper (title) SELECT unnest($1::text[]) ON CONFLICT (title) DO NOTHING", wanted)
    found = await fetch_tuples("SELECT title, id FROM policy_paper WHERE title = ANY($1)", wanted)
    return {row[0]: row[1] for row in found}


async def add_adoption(pack: int, *, proposed_by: str, approved_by: str, known_since: datetime) -> None:
    """Record that a version of a pack is in use from an instant on."""
    row = (pack, proposed_by, approved_by, known_since)
    await copy_rows("policy_adoption", ("pack", "proposed_by", "approved_by", "known_since"), [row])
