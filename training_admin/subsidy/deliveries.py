"""Registers delivered by other offices: kept append only with source and as-of day; affected claims are assessed again."""

import asyncio
from collections.abc import Sequence

import msgspec

from training_admin.catalog.store import add_filings
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.fund.store import add_paid_trainings
from training_admin.kit.actor import Actor, assert_may
from training_admin.kit.clock import Clock
from training_admin.kit.digest import sha256_hex
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.jobs import JobRun
from training_admin.office.knowledge import becomes_known_at
from training_admin.parties import store as parties
from training_admin.parties.facts import DeliveryHead
from training_admin.subsidy.assessing import BY_DELIVERY, enqueue_assessment
from training_admin.subsidy.claims import person_of
from training_admin.subsidy.intake import read_registers
from training_admin.subsidy.registers import RegistersDocument, RegistersUnreadable, registers_from_document
from training_admin.subsidy.review_states import REASSESSED
from training_admin.subsidy.store import claims_touched

LONGEST_SOURCE = 100


class DeliveryReceipt(msgspec.Struct, frozen=True):
    """The answer to a delivery: its key, how many rows it brought and which claims are assessed again."""

    delivery: int
    rows: int
    claims: tuple[str, ...]
    already_there: bool


async def receive_registers(actor: Actor, content: bytes, *, source: str = "", clock: Clock) -> DeliveryReceipt:
    """Take in delivered registers, JSON or an Excel workbook; the same content again changes nothing.

    `source` goes before the one the document names. Raises RegistersUnreadable, RegistersIncomplete, NotAllowed and what intake raises.
    """
    assert_may(actor, Right.DELIVERY_RECEIVE)
    sha256 = await asyncio.to_thread(sha256_hex, content)
    async with read_transaction():
        known = await parties.delivery_of(sha256)
    if known is not None:
        return DeliveryReceipt(*known, (), already_there=True)
    document = await read_registers(content, today=clock.today())
    named = clean_source(source) or clean_source(document.source)
    if not named:
        raise RegistersUnreadable("没有写明登记数据的来源，请填写交付单位后重新导入。")
    return await receive_document(actor, document, sha256=sha256, source=named, clock=clock)


def clean_source(source: str) -> str:
    """The name of a delivering office in one line; raises RegistersUnreadable for one that is no name."""
    named = " ".join(source.split())
    if len(named) > LONGEST_SOURCE or not named.isprintable():
        raise RegistersUnreadable(f"来源应为不超过 {LONGEST_SOURCE} 字的单位名称，请修改后重新导入。")
    return named


async def list_deliveries(actor: Actor, *, before: int | None, limit: int) -> tuple[list[DeliveryHead], int | None]:
    """A page of deliveries, newest first, and where the next page begins (None at the end)."""
    assert_may(actor, Right.DELIVERY_READ)
    async with read_transaction():
        found = await parties.delivery_heads(before=before, limit=limit + 1)
    page = found[:limit]
    return page, page[-1].id if len(found) > limit else None


@retried
async def receive_document(actor: Actor, document: RegistersDocument, *, sha256: str, source: str, clock: Clock) -> DeliveryReceipt:
    """Store a decoded delivery in one transaction and stage the assessments it calls for."""
    registers = await asyncio.to_thread(registers_from_document, document, person_of)
    rows = document.row_count
    async with write_transaction():
        known = await parties.delivery_of(sha256)
        if known is not None:
            return DeliveryReceipt(*known, (), already_there=True)
        received_at = await becomes_known_at(clock)
        delivery = await parties.add_delivery(source=source, as_of=document.as_of, received_at=received_at, sha256=sha256, rows=rows)
        await parties.add_coverage(delivery, registers.coverage)
        await parties.add_enterprises(delivery, registers.enterprises.values())
        await parties.add_year_amounts(delivery, registers.year_amounts)
        await parties.add_institutions(delivery, registers.institutions.values())
        await parties.add_insured_months(delivery, (m for months in registers.insurance.values() for m in months))
        await add_filings(delivery, registers.filings.values())
        await add_paid_trainings(delivery, (p for payments in registers.payments.values() for p in payments))
        touched = await assess_touched(delivery)
        detail = {"rows": rows, "source": source, "sha256": sha256, "claims": len(touched)}
        await trail.record(actor, "parties:delivery:received", str(delivery), detail, at=clock.now())
    return DeliveryReceipt(delivery, rows, tuple(number for _key, number in touched), already_there=False)


async def assess_touched(delivery: int, *, told_by: Sequence[int] = ()) -> list[tuple[int, str]]:
    """Stage the assessment of every open claim that a delivery says something about, or what earlier ones told and is gone by it."""
    touched = {each for one in (delivery, *told_by) for each in await claims_touched(one, REASSESSED)}
    for _key, number in sorted(touched):
        await enqueue_assessment(number, round_key=f"{BY_DELIVERY}{delivery}")
    return sorted(touched)


@retried
async def assess_after_filing(run: JobRun) -> None:
    """The job staged by an approved filing; its key is the delivery by which the filing became known."""
    async with write_transaction():
        if await run.first_time():
            await assess_touched(int(run.key))
