"""Hundreds of ways to change the trail behind the program's back: each is found, and the first row concerned named."""

import random
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from training_admin.database import engine, execute_script, fetch_tuples, write_transaction
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import FixedClock
from training_admin.kit.digest import canonical_json
from training_admin.office import trail
from training_admin.office.trail import COLUMNS, GENESIS, TrailRow
from training_admin.office.trail_check import Walk, first_fault
from training_admin.office.trail_faults import Fault, Kind

pytestmark = pytest.mark.usefixtures("database")
ROWS, ANCHORED, TAMPERS = 40, (0, 9, 23, 31, 40), 500
# What somebody can do who owns the tables: triggers asleep, no constraint left that would refuse a forged row.
OWNER = """SET LOCAL session_replication_role = replica;
ALTER TABLE trail DROP CONSTRAINT trail_hash_key, DROP CONSTRAINT trail_previous_hash_key"""
# The first row concerned, and whether only the anchors can tell (then it lies between two of them).
Done = tuple[int, bool]
Tamper = Callable[[random.Random], Awaitable[Done]]


async def filled(clock: FixedClock, rows: int = ROWS) -> None:
    async with write_transaction():
        for number in range(rows):
            await trail.record(COMMAND_LINE, "subsidy:claim:submitted", f"2026-{number}", {"lines": number, "班级": "甲"}, at=clock.now())


async def anchored(numbers: tuple[int, ...] = ANCHORED) -> dict[int, str]:
    return {0: GENESIS} | dict(await fetch_tuples("SELECT number, hash FROM trail WHERE number = ANY($1)", list(numbers)))


async def stored(number: int) -> list[Any]:
    return list((await fetch_tuples(f"SELECT {', '.join(COLUMNS)} FROM trail WHERE number = $1", number))[0])


async def put(row: list[Any]) -> None:
    places = ", ".join(f"${place}" for place in range(1, len(COLUMNS) + 1))
    await fetch_tuples(f"INSERT INTO trail ({', '.join(COLUMNS)}) VALUES ({places})", *row)


def rehashed(row: list[Any]) -> list[Any]:
    number, at, actor, event, subject, detail, previous, _hash = row
    return [*row[:7], TrailRow(number, at, actor, event, subject, msgspec.json.decode(detail), previous).hash()]


def forged(row: list[Any], chance: random.Random) -> list[Any]:
    return [*row[:5], canonical_json({"lines": chance.randrange(10**6)}).decode(), *row[6:]]


async def shift(number: int, by: int) -> None:
    await fetch_tuples("UPDATE trail SET number = number + 10000 WHERE number >= $1", number)
    await fetch_tuples("UPDATE trail SET number = number - 10000 + $1 WHERE number >= 10000", by)


async def rewrite_from(number: int, chance: random.Random, *, until: int = ROWS) -> None:
    """Write rows anew as the program would, hashes and head included."""
    rows = [await stored(each) for each in range(number, until + 1)]
    previous = rows[0][6]
    await fetch_tuples("DELETE FROM trail WHERE number >= $1", number)
    for row in rows:
        fresh = rehashed([*forged(row, chance)[:6], previous, ""])
        await put(fresh)
        previous = fresh[7]
    await fetch_tuples("UPDATE trail_head SET number = $1, hash = $2", until, previous)


async def edit(chance: random.Random) -> Done:
    row = chance.randint(1, ROWS)
    column, change = chance.choice(
        [
            ("number", f"{ROWS + chance.randint(1, 99)}"),
            ("at", f"at + interval '{chance.randint(1, 10**6)} microseconds'"),
            ("at", "'infinity'"),
            ("actor", "actor || 'x'"),
            ("event", "'audit:workbook:opened'"),
            ("subject", "reverse(subject) || '0'"),
            ("detail", "detail || '{\"lines\": 999}'"),
            ("detail", chance.choice(["'[]'", "'1e400'", "'{}'", "'0.5'"])),
            ("previous_hash", "encode(sha256(hash::bytea), 'hex')"),
            ("hash", "encode(sha256(hash::bytea), 'hex')"),
        ]
    )
    await fetch_tuples(f"UPDATE trail SET {column} = {change} WHERE number = $1", row)
    return row, False


async def edit_with_its_hash(chance: random.Random) -> Done:
    number = chance.randint(1, ROWS)
    row = forged(await stored(number), chance)
    if chance.random() < 0.3:
        row[6] = f"{chance.getrandbits(256):064x}"
    await fetch_tuples("DELETE FROM trail WHERE number = $1", number)
    await put(rehashed(row))
    return number, False


async def delete(chance: random.Random) -> Done:
    row = chance.randint(1, ROWS)
    await fetch_tuples("DELETE FROM trail WHERE number = $1", row)
    if chance.random() < 0.5:
        await shift(row, -1)
    return row, False


async def insert(chance: random.Random) -> Done:
    number = chance.randint(1, ROWS)
    row = forged(await stored(number), chance)
    await shift(number, 1)
    await put(rehashed(row) if chance.random() < 0.5 else [*row[:6], f"{chance.getrandbits(256):064x}", f"{chance.getrandbits(256):064x}"])
    return number, False


async def insert_after_the_end(chance: random.Random) -> Done:
    row = forged(await stored(ROWS), chance)
    await put(rehashed([ROWS + 1, *row[1:6], row[7], ""]))
    return ROWS + 1, False


async def swap(chance: random.Random) -> Done:
    first, second = sorted(chance.sample(range(1, ROWS + 1), 2))
    if chance.random() < 0.5:
        second = min(first + 1, ROWS) if first < ROWS else first
        first = second - 1
    await fetch_tuples("UPDATE trail SET number = 10000 WHERE number = $1", first)
    await fetch_tuples("UPDATE trail SET number = $1 WHERE number = $2", first, second)
    await fetch_tuples("UPDATE trail SET number = $1 WHERE number = 10000", second)
    return first, False


async def truncate(chance: random.Random) -> Done:
    left = chance.randint(0, ROWS - 1)
    await fetch_tuples("DELETE FROM trail WHERE number > $1", left)
    return left + 1, False


async def roll_back(chance: random.Random) -> Done:
    left = chance.randint(1, ROWS - 1)
    digest = (await stored(left))[7]
    await fetch_tuples("DELETE FROM trail WHERE number > $1", left)
    await fetch_tuples("UPDATE trail_head SET number = $1, hash = $2", left, digest)
    return left + 1, False


async def rewrite(chance: random.Random) -> Done:
    """From some row on, as after a roll-back with which people went on working."""
    row = chance.randint(1, ROWS)
    await rewrite_from(row, chance)
    return row, True


async def rewrite_and_end_earlier(chance: random.Random) -> Done:
    row = chance.randint(1, ROWS - 1)
    await rewrite_from(row, chance, until=chance.randint(row, ROWS - 1))
    return row, True


async def change_the_head(chance: random.Random) -> Done:
    by = chance.randint(1, 3)
    sql, row = chance.choice(
        [
            (f"UPDATE trail_head SET number = number + {by}", ROWS + 1),
            (f"UPDATE trail_head SET number = number - {by}", ROWS - by + 1),
            ("UPDATE trail_head SET hash = encode(sha256(hash::bytea), 'hex')", ROWS),
            ("DELETE FROM trail_head", ROWS),
        ]
    )
    await execute_script(sql)
    return row, False


WAYS: tuple[Tamper, ...] = (
    *(edit, edit, edit, edit_with_its_hash, delete, insert, insert_after_the_end, swap),
    *(truncate, roll_back, rewrite, rewrite_and_end_earlier, change_the_head),
)


async def test_each_of_five_hundred_random_tampers_is_found_and_the_first_row_named(clock: FixedClock) -> None:
    await filled(clock)
    chance = random.Random(20260601)  # noqa: S311 - the same tampers each time
    missed = []
    for number in range(TAMPERS):
        way = WAYS[number % len(WAYS)]
        async with engine.transaction() as transaction:
            hashes = await anchored()
            assert await first_fault(Walk(hashes)) is None
            await execute_script(OWNER)
            row, between = await way(chance)
            fault = await first_fault(Walk(hashes))
            await transaction.rollback()  # type: ignore[no-untyped-call] # piccolo's
        if not named(fault, row, between=between):
            missed.append((number, way.__name__, row, fault))
    assert missed == []


def named(fault: Fault | None, row: int, *, between: bool) -> bool:
    if fault is None or str(fault.row) not in fault.sentence:
        return False
    if not between:
        return fault.row == row
    # A chain that is whole in itself: the row lies after the last anchor that agrees and not after the first that does not.
    return fault.kept is not None and fault.kept < row <= fault.row


@pytest.mark.parametrize(
    ("sql", "kind", "row"),
    [
        pytest.param("DELETE FROM trail WHERE number = 3", Kind.MISSING, 3, id="gap"),
        pytest.param("UPDATE trail SET subject = 'other' WHERE number = 3", Kind.EDITED, 3, id="edited"),
        pytest.param("DELETE FROM trail WHERE number > 3", Kind.TRUNCATED, 4, id="truncated"),
        pytest.param("DELETE FROM trail", Kind.TRUNCATED, 1, id="emptied"),
        pytest.param("UPDATE trail_head SET hash = repeat('1', 64)", Kind.HEAD, 5, id="head"),
        pytest.param("UPDATE trail_head SET number = 4", Kind.ADDED, 5, id="beside the head"),
        pytest.param("UPDATE trail SET number = number + 1 WHERE number = 5", Kind.MISSING, 5, id="renumbered"),
    ],
)
async def test_what_was_done_is_told(clock: FixedClock, sql: str, kind: Kind, row: int) -> None:
    await filled(clock, 5)
    async with engine.transaction():
        await execute_script(f"SET LOCAL session_replication_role = replica; {sql}")
        fault = await first_fault(Walk({}))
    assert fault is not None
    assert (fault.kind, fault.row) == (kind, row)


async def test_without_anchors_a_trail_cut_together_with_its_head_looks_whole(clock: FixedClock) -> None:
    await filled(clock, 5)
    async with engine.transaction():
        hashes = await anchored((3, 5))
        await execute_script(
            "SET LOCAL session_replication_role = replica; DELETE FROM trail WHERE number > 3;"
            "UPDATE trail_head SET number = 3, hash = (SELECT hash FROM trail WHERE number = 3)"
        )
        assert await first_fault(Walk({})) is None
        fault = await first_fault(Walk(hashes))
    assert fault is not None
    assert (fault.kind, fault.row) == (Kind.ROLLED_BACK, 4)


async def test_a_trail_longer_than_one_batch_is_followed_to_its_end(clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "BATCH", 7)
    await filled(clock, 30)
    async with engine.transaction():
        walk = Walk({})
        assert await first_fault(walk) is None
        assert walk.number == 30
