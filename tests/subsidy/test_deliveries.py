"""Deliveries as workbooks: taken in like JSON, once only, with their source; claims that wait for a month are assessed again."""

import asyncio
import json
from datetime import timedelta

import msgspec
import pytest

from tests.subsidy.conftest import sample
from tests.subsidy.register_books import (
    ENTERPRISES,
    INSURANCE,
    SOURCE,
    SURCHARGE,
    changed,
    document,
    register_book,
    tables_of,
    written,
)
from tests.subsidy.test_claims import assert_as_expected, submitted, without_month
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.clock import FixedClock
from training_admin.parties import store as parties
from training_admin.parties.facts import InsuredMonth
from training_admin.subsidy.assessing import assess_claim
from training_admin.subsidy.claims import claim_detail, claim_record
from training_admin.subsidy.deliveries import list_deliveries, receive_registers
from training_admin.subsidy.intake import RegistersIncomplete
from training_admin.subsidy.printed import printed
from training_admin.subsidy.registers import CoverageDocument, RegistersDocument, RegistersUnreadable

FIRM = "91310117X11000017X"


async def counts() -> dict[str, int]:
    """How many rows every table of registers holds."""
    names = (
        "delivery",
        "covered",
        "enterprise_version",
        "year_amount",
        "institution_version",
        "filing_version",
        "insured_month",
        "paid_training",
    )
    async with read_transaction():
        return {name: (await fetch_tuples(f'SELECT count(*) FROM "{name}"'))[0][0] for name in names}


@pytest.mark.usefixtures("catalog")
async def test_a_claim_is_decided_by_a_workbook_as_by_json(letter: str, clock: FixedClock) -> None:
    receipt = await receive_registers(DEMO, register_book(document(letter)), clock=clock)
    assert receipt.rows == document(letter).row_count
    detail = await claim_detail(DEMO, await submitted(letter, clock))
    assert detail.record is not None
    problems = detail.problems[: len(detail.problems) - len(detail.record.cells)]
    assert_as_expected(printed(detail.record, problems), letter)


async def test_the_same_workbook_twice_changes_nothing(database: object, clock: FixedClock) -> None:
    book = register_book(document("B"))
    first = await receive_registers(DEMO, book, clock=clock)
    before = await counts()
    again = await receive_registers(DEMO, book, source="别的来源", clock=clock)
    assert again == msgspec.structs.replace(first, already_there=True)
    assert await counts() == before


async def test_the_same_workbook_sent_by_several_at_once_is_one_delivery(database: object, clock: FixedClock) -> None:
    book = register_book(document("B"))
    receipts = await asyncio.gather(*(receive_registers(DEMO, book, clock=clock) for _ in range(4)))
    assert len({receipt.delivery for receipt in receipts}) == 1
    assert sorted(receipt.already_there for receipt in receipts) == [False, True, True, True]
    assert (await counts())["delivery"] == 1


async def test_workbook_and_json_store_the_same_rows(database: object, letter: str, clock: FixedClock) -> None:
    await receive_registers(DEMO, sample(f"registers_{letter}.json"), source="甲", clock=clock)
    once = await counts()
    await receive_registers(DEMO, register_book(document(letter)), clock=clock)
    assert await counts() == {name: 2 * count for name, count in once.items()}


@pytest.mark.usefixtures("catalog")
async def test_a_month_delivered_later_by_workbook_decides_the_waiting_claim(clock: FixedClock) -> None:
    await receive_registers(DEMO, without_month(json.loads(sample("registers_A.json")), "2026-04"), source="一月至三月", clock=clock)
    number = await submitted("A", clock)
    first = await claim_record(DEMO, number, None)
    assert {line.outcome.value for line in first.lines} == {"HOLD", "REJECT_LINE"}
    clock.move(timedelta(days=1))
    april = tuple(row for row in document("A").insurance if row.month == "2026-04")
    delivery = RegistersDocument(document("A").as_of, CoverageDocument(("2026-04",)), insurance=april)
    receipt = await receive_registers(DEMO, register_book(delivery, source="区社保中心"), clock=clock)
    assert receipt.claims == (number,)
    await assess_claim(COMMAND_LINE, number, cause="登记数据更新", clock=clock)
    detail = await claim_detail(DEMO, number)
    assert detail.record is not None
    assert_as_expected(printed(detail.record, ()), "A")
    assert await claim_record(DEMO, number, 1) == first


@pytest.mark.usefixtures("catalog")
async def test_amounts_of_the_tax_bureau_alone_leave_the_description_of_the_firm(clock: FixedClock) -> None:
    await receive_registers(DEMO, sample("registers_A.json"), source="测试", clock=clock)
    number = await submitted("A", clock)
    clock.move(timedelta(days=1))
    tables = {name: rows for name, rows in tables_of(document("A"), source="区税务局").items() if name in {"交付说明", SURCHARGE}}
    tables["交付说明"][2][1] = None
    tables[SURCHARGE][1:] = [[FIRM, 2025, "1.23"], ["91310117X110000282", 2025, "5"]]
    receipt = await receive_registers(DEMO, written(tables), clock=clock)
    assert (receipt.rows, receipt.claims) == (2, (number,))
    async with read_transaction():
        firm = (await parties.load_enterprises([FIRM], clock.now() + timedelta(seconds=1)))[FIRM]
    assert firm.surcharge_paid_fen == {"2025": 123}
    assert firm.size == "L"


async def test_each_month_of_a_person_is_told_by_the_newest_delivery_that_names_it(database: object, clock: FixedClock) -> None:
    person = "ab" * 32
    told = (
        (0, [("2026-01", "A"), ("2026-02", "A"), ("2026-02", "A"), ("2026-03", "A")]),
        (2, [("2026-02", "C"), ("2026-02", "B")]),
        (1, [("2026-02", "D"), ("2026-03", "B"), ("2026-05", "B")]),
    )
    async with write_transaction():
        for day, months in told:
            received = clock.now() + timedelta(days=day)
            key = await parties.add_delivery(
                source="测试", as_of=clock.today(), received_at=received, sha256=f"{day:064}", rows=len(months)
            )
            await parties.add_insured_months(key, [InsuredMonth(person, month, payer) for month, payer in months])

    async def known(day: int) -> list[tuple[str, str]]:
        async with read_transaction():
            found = await parties.load_insurance(
                [bytes.fromhex(person)], first="2026-01", last="2026-04", known_at=clock.now() + timedelta(days=day)
            )
        return [(each.payer, each.month) for each in found.get(person, ())]

    assert await known(-1) == []
    assert await known(0) == [("A", "2026-01"), ("A", "2026-02"), ("A", "2026-03")]
    assert await known(1) == [("A", "2026-01"), ("B", "2026-03"), ("D", "2026-02")]
    assert await known(2) == [("A", "2026-01"), ("B", "2026-02"), ("B", "2026-03"), ("C", "2026-02")]


async def test_nothing_is_stored_of_a_workbook_with_a_wrong_cell(database: object, clock: FixedClock) -> None:
    def wrong(tables: dict[str, list[list[object]]]) -> None:
        tables[INSURANCE][7][1] = 310100197811200031

    with pytest.raises(RegistersIncomplete):
        await receive_registers(DEMO, changed(document("B"), wrong), clock=clock)
    assert set((await counts()).values()) == {0}


async def test_a_source_is_needed_and_a_given_one_goes_first(database: object, clock: FixedClock) -> None:
    with pytest.raises(RegistersUnreadable, match="来源"):
        await receive_registers(DEMO, sample("registers_A.json"), clock=clock)
    with pytest.raises(RegistersUnreadable, match="100 字"):
        await receive_registers(DEMO, sample("registers_A.json"), source="长" * 101, clock=clock)
    with pytest.raises(RegistersUnreadable, match="来源"):
        await receive_registers(DEMO, sample("registers_A.json"), source="\0", clock=clock)
    await receive_registers(DEMO, register_book(document("A")), source=" 区社保中心　松江 ", clock=clock)
    await receive_registers(DEMO, register_book(document("B")), clock=clock)
    found, following = await list_deliveries(DEMO, before=None, limit=5)
    assert [head.source for head in found] == [SOURCE, "区社保中心 松江"]
    assert following is None


async def test_deliveries_are_listed_newest_first_by_pages(database: object, clock: FixedClock) -> None:
    for letter in "AB":
        await receive_registers(DEMO, register_book(document(letter)), clock=clock)
        clock.move(timedelta(hours=1))
    (newest,), following = await list_deliveries(DEMO, before=None, limit=1)
    assert newest.rows == document("B").row_count
    assert newest.as_of == document("B").as_of
    (older,), end = await list_deliveries(DEMO, before=following, limit=1)
    assert older.rows == document("A").row_count
    assert older.received_at < newest.received_at
    assert end is None


async def test_a_workbook_of_another_order_of_sheets_is_the_same_delivery(database: object, clock: FixedClock) -> None:
    tables = tables_of(document("A"))
    turned = written(dict(reversed(tables.items())))
    await receive_registers(DEMO, turned, clock=clock)
    assert (await counts())["enterprise_version"] == len(tables[ENTERPRISES]) - 1
