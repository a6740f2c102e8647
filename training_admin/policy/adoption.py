"""Carrying out what two persons decided: a pack taken into use, a figure recorded that became known later.

Both happen inside the transaction of the decision (`proposals`), after every case of the pack held.
"""

from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock
from training_admin.kit.dated import DatedValue, Period, Standing, Unit
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.office import trail
from training_admin.office.knowledge import becomes_known_at
from training_admin.policy import store
from training_admin.policy.canonical import NotAFigure, canonical
from training_admin.policy.packs import PackFile, PolicyPack
from training_admin.policy.store import AdoptedPack, PackHead, StoredFigure


class CasesFail(Refusal):
    """Cases of the pack do not come out as they say, so it is not adopted."""

    code = "policy-cases-fail"
    title = "政策包自带案例未通过"


class VersionChanged(Refusal):
    """A version that is stored already has another content: what was decided under it must stay replayable."""

    code = "policy-version-changed"
    title = "同一版本号的政策包内容不同"


class FigureRefused(Unreadable):
    """A figure to be recorded does not fit the pack: unknown key, wrong value or period."""

    code = "policy-figure-refused"
    title = "政策数值无法登记"


class NewFigure(msgspec.Struct, frozen=True):
    """A figure as a person enters it: value as written in the paper (yuan, shares as decimals), both days included."""

    key: str
    value: Any
    start: date
    end: date | None
    paper: str
    standing: Standing
    local_standing: Standing
    note: str = ""


class Origin(msgspec.Struct, frozen=True):
    """The proposal that is carried out, and who made it."""

    number: str
    proposed_by: str


async def take_into_use(pack: PolicyPack, origin: Origin, approver: Actor, *, clock: Clock) -> datetime:
    """Take a pack into use from now on, in the open transaction; decisions taken before keep the pack they were taken under.

    Raises VersionChanged.
    """
    file, digest = pack.file, pack_digest(pack.file)
    known_since = await becomes_known_at(clock)
    await assert_same_content(file, digest)
    stored = await store.version_stored(file.pack, file.version)
    key = stored[0] if stored is not None else await _add_version(pack, digest)
    await store.add_adoption(key, proposed_by=origin.proposed_by, approved_by=approver.trail_key, known_since=known_since)
    detail = {"version": file.version, "sha256": digest, "proposed_by": origin.proposed_by, "proposal": origin.number}
    await trail.record(approver, "policy:pack:adopted", file.pack, detail, at=clock.now())
    return known_since


async def assert_same_content(file: PackFile, digest: str) -> None:
    """Raises VersionChanged when the version is stored with another content; inside an open transaction."""
    stored = await store.version_stored(file.pack, file.version)
    if stored is not None and stored[1] != digest:
        raise VersionChanged(f"{file.pack} 的版本 {file.version} 已登记且内容不同，请改用新的版本号。")


def pack_digest(file: PackFile) -> str:
    """SHA-256 of the content of a pack file, whatever its spacing."""
    return sha256_hex(canonical_json(file))


async def _add_version(pack: PolicyPack, digest: str) -> int:
    key = await store.add_version(pack.file.pack, pack.file.version, head=head_of(pack.file), sha256=digest)
    await store.add_figures(key, figures_of(pack))
    return key


def head_of(file: PackFile) -> PackHead:
    """What is stored of a pack beside its figures."""
    return PackHead(**{name: getattr(file, name) for name in PackHead.__struct_fields__})


def figures_of(pack: PolicyPack) -> list[StoredFigure]:
    """The dated values of a pack with names and units, for storing."""
    units = {figure.key: figure.unit for figure in pack.file.figures}
    values = [value for rows in pack.policy.values.values() for value in rows]
    return [StoredFigure(name=pack.names[value.key], unit=units[value.key], value=value) for value in values]


async def record_value(adopted: AdoptedPack, figure: NewFigure, origin: Origin, approver: Actor, *, clock: Clock) -> datetime:
    """Record a value that becomes known now, in the open transaction; assessments made before keep what was known to them.

    Where it overlaps earlier values the one known last counts. Raises FigureRefused.
    """
    known_since = await becomes_known_at(clock)
    known = await store.load_figures(adopted.id, known_at=known_since)
    await store.add_figures(adopted.id, [fitting(figure, known, known_since)])
    detail = {"key": figure.key, "start": figure.start.isoformat(), "paper": figure.paper, "proposed_by": origin.proposed_by}
    await trail.record(approver, "policy:figure:recorded", adopted.name, {**detail, "proposal": origin.number}, at=clock.now())
    return known_since


def fitting(figure: NewFigure, known: list[StoredFigure], known_since: datetime | None) -> StoredFigure:
    """A new figure as it would be stored beside those that are known; raises FigureRefused."""
    alike = next((each for each in known if each.value.key == figure.key), None)
    if alike is None:
        raise FigureRefused(f"政策包中没有数值 {figure.key}，请核对名称。", key=figure.key)
    if figure.end is not None and figure.end < figure.start:
        raise FigureRefused(f"{figure.key} 的截止日早于起始日，请更正。", key=figure.key)
    try:
        value = canonical(figure.key, Unit[alike.unit], figure.value)
    except NotAFigure as error:
        raise FigureRefused(f"{figure.key} {error}，请更正。", key=figure.key) from None
    dated = DatedValue(
        key=figure.key,
        value=value,
        period=Period(figure.start, figure.end),
        paper=figure.paper,
        standing=figure.standing,
        local_standing=figure.local_standing,
        note=figure.note,
        known_since=known_since,
    )
    return StoredFigure(name=alike.name, unit=alike.unit, value=dated)
