"""Files, business numbers, working calendar and key proof."""

import asyncio
from datetime import date

import pytest

from training_admin.database import fetch_tuples, read_transaction, retried, write_transaction
from training_admin.kit.clock import FixedClock
from training_admin.kit.vault import KeysRefused, Vault, use_vault, vault
from training_admin.kit.workdays import NoCalendar
from training_admin.office.files import FileNotStored, KeptFile, keep_file, load_file
from training_admin.office.keys import assert_keys_fit
from training_admin.office.numbers import next_number
from training_admin.office.workdays import load_calendar

pytestmark = pytest.mark.usefixtures("database")

CONTENT = "身份证号 310100199001011234".encode()


@retried
async def keep(clock: FixedClock, content: bytes) -> KeptFile:
    async with write_transaction():
        return await keep_file(content, media_type="text/plain", at=clock.now())


async def test_a_kept_file_comes_back_and_is_not_readable_in_the_database(clock: FixedClock) -> None:
    kept = await keep(clock, CONTENT)
    async with read_transaction():
        assert await load_file(kept.sha256) == CONTENT
        stored = (await fetch_tuples("SELECT sealed FROM stored_file"))[0][0]
    assert b"310100199001011234" not in stored
    assert kept.size == len(CONTENT)


async def test_the_same_content_is_kept_once_even_in_parallel(clock: FixedClock) -> None:
    kept = await asyncio.gather(*(keep(clock, CONTENT) for _ in range(8)))
    assert len({each.id for each in kept}) == 1


async def test_a_file_nobody_uploaded_is_not_found() -> None:
    async with read_transaction():
        with pytest.raises(FileNotStored):
            await load_file("0" * 64)


async def test_numbers_have_no_gap_and_no_twin_under_parallel_acts() -> None:
    @retried
    async def take(fail: bool) -> int:
        async with write_transaction():
            number = await next_number("claim", 2026)
            if fail:
                raise ValueError
            return number

    outcomes = await asyncio.gather(*(take(each % 4 == 0) for each in range(24)), return_exceptions=True)
    given = sorted(each for each in outcomes if isinstance(each, int))
    assert given == list(range(1, 19))


async def test_numbers_of_another_year_and_kind_start_again() -> None:
    async with write_transaction():
        assert [await next_number("claim", 2026), await next_number("claim", 2026)] == [1, 2]
        assert [await next_number("claim", 2027), await next_number("notice", 2026)] == [1, 1]


async def test_the_published_calendar_knows_swapped_days() -> None:
    async with read_transaction():
        calendar = await load_calendar()
    assert calendar.is_workday(date(2026, 10, 10))
    assert not calendar.is_workday(date(2026, 10, 1))
    assert calendar.years == frozenset(range(2020, 2027))


async def test_a_year_not_published_by_then_is_an_error() -> None:
    async with read_transaction():
        calendar = await load_calendar(known_at=date(2025, 6, 1))
    assert calendar.is_workday(date(2025, 6, 3))
    with pytest.raises(NoCalendar):
        calendar.is_workday(date(2026, 1, 5))


async def test_keys_of_another_database_are_refused() -> None:
    own = vault()
    await assert_keys_fit()
    await assert_keys_fit()
    use_vault(Vault.fresh())
    try:
        with pytest.raises(KeysRefused, match="不是同一套"):
            await assert_keys_fit()
    finally:
        use_vault(own)
