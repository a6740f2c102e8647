"""Filling the demo district: through the same services as real claims, with progress, and once only per seed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from importlib.resources import files

import msgspec

from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog, sample_details
from training_admin.catalog.store import load_items
from training_admin.database import read_transaction
from training_admin.demo.district import CLAIM_DAY, District, MadeClaim, registers_of
from training_admin.demo.writing import FIRST_ROW, claim_workbook
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import Clock
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.office.jobs import JobRun
from training_admin.subsidy.assessing import ASSESS_CLAIM, FIRST_TIME, assess_claim
from training_admin.subsidy.claims import claim_record, store_claim, submit_claim
from training_admin.subsidy.deliveries import receive_document, receive_registers
from training_admin.subsidy.form import ClaimForm
from training_admin.subsidy.printed import failed_rules
from training_admin.subsidy.record import AssessmentRecord
from training_admin.subsidy.workbooks import read_claim

BATCH_PEOPLE = 1500
SAMPLES = ("A", "B")
PAPER = "样例目录（演示，不是政策）"
Progress = Callable[[int], None]


class LabelledFault(msgspec.Struct, frozen=True):
    """A fault put in on purpose, and whether the program found it: `row` 0 for faults of a class or firm."""

    claim_number: str
    class_no: str
    row: int
    label: str
    finds: str
    found: bool


def sample_file(name: str) -> bytes:
    """A file of the two sample claims."""
    return files("training_admin.demo").joinpath("data", name).read_bytes()


async def found_catalog(clock: Clock, *, past: Clock | None = None) -> None:
    """Publish the sample catalog once, in the past if one is given."""
    items = sample_catalog()
    async with read_transaction():
        known = await load_items([items[0].item_code], clock.now())
    if not known:
        await publish_items(DEMO, items, details=sample_details(), paper=PAPER, clock=past or clock)


async def found_district(clock: Clock) -> None:
    """Publish the sample catalog and take in the registers of the sample claims, once."""
    await found_catalog(clock)
    for letter in SAMPLES:
        await receive_registers(DEMO, sample_file(f"registers_{letter}.json"), source="演示数据", clock=clock)


async def main_job(clock: Clock) -> list[tuple[str, AssessmentRecord]]:
    """Submit and assess the two sample claims; a second time they are simply shown again."""
    done = []
    for letter in SAMPLES:
        receipt = await submit_claim(DEMO, sample_file(f"claim_{letter}.xlsx"), readable_only=True, clock=clock)
        await assess_first(receipt.number, clock)
        done.append((receipt.number, await claim_record(DEMO, receipt.number, None)))
    return done


def sample_person() -> str:
    """The made-up identity number of somebody in claim B, with which one can sign in as a trainee."""
    form = read_claim(sample_file("claim_B.xlsx"), today=CLAIM_DAY)
    return next(line.id_no for line in form.lines if line.readable and line.mobile)


async def assess_first(number: str, clock: Clock) -> None:
    """What the worker's job of a submitted claim does; the job finds it done."""
    run = JobRun(ASSESS_CLAIM, f"{number}/{FIRST_TIME}", clock)
    await assess_claim(DEMO, number, cause=FIRST_TIME, clock=clock, run=run)


async def fill_district(*, trainees: int, seed: int, clock: Clock, progress: Progress) -> list[LabelledFault]:
    """Submit and assess made-up claims for so many people; `progress` is told the people done after each claim.

    A batch that was filled before is passed over, so the same seed may be given again after an interruption.
    """
    district = District(seed)
    faults: list[LabelledFault] = []
    with ProcessPoolExecutor(max_workers=1) as pool:
        for batch in _batches(district.claims(trainees)):
            document = registers_of(batch, district.institutions)
            digest = sha256_hex(canonical_json(document))
            receipt = await receive_document(DEMO, document, sha256=digest, source=f"演示数据（种子 {seed}）", clock=clock)
            if receipt.already_there:
                progress(sum(claim.people for claim in batch))
                continue
            async for claim, content, form in _prepared(pool, batch):
                stored = await store_claim(DEMO, content, form, readable_only=True, clock=clock)
                await assess_first(stored.number, clock)
                faults.extend(_scored(claim, stored.number, form, await claim_record(DEMO, stored.number, None)))
                progress(claim.people)
    return faults


def _batches(claims: Iterable[MadeClaim]) -> Iterable[list[MadeClaim]]:
    batch: list[MadeClaim] = []
    for claim in claims:
        batch.append(claim)
        if sum(each.people for each in batch) >= BATCH_PEOPLE:
            yield batch
            batch = []
    if batch:
        yield batch


async def _prepared(pool: ProcessPoolExecutor, batch: list[MadeClaim]) -> AsyncIterator[tuple[MadeClaim, bytes, ClaimForm]]:
    """Workbooks written and read in another process while the claims before them are stored."""
    loop = asyncio.get_running_loop()
    waiting = [loop.run_in_executor(pool, prepare, claim) for claim in batch]
    for claim, future in zip(batch, waiting, strict=True):
        content, form = await future
        yield claim, content, form


def prepare(claim: MadeClaim) -> tuple[bytes, ClaimForm]:
    """The workbook of a claim and what intake reads from it."""
    content = claim_workbook(claim)
    return content, read_claim(content, today=CLAIM_DAY)


def _scored(claim: MadeClaim, number: str, form: ClaimForm, record: AssessmentRecord) -> list[LabelledFault]:
    """Each labelled fault of a claim against what the record and the cells say."""
    of_claim = set(failed_rules(record.findings, warnings=False))
    of_class = {each.class_no: set(failed_rules(each.findings, warnings=False)) for each in record.classes}
    of_row = {line.row: set(failed_rules(line.findings, warnings=False)) for line in record.lines}
    for problem in form.problems:
        number_of_row = int("".join(letter for letter in problem.cell if letter.isdigit()) or 0)
        of_row.setdefault(number_of_row, set()).add(problem.code)
    scored = []
    if claim.label:
        scored.append(LabelledFault(number, "", 0, claim.label, claim.finds, claim.finds in of_claim))
    row_number = FIRST_ROW
    for klass in claim.classes:
        class_no = klass.filing.class_no
        if klass.label:
            scored.append(LabelledFault(number, class_no, 0, klass.label, klass.finds, klass.finds in of_class[class_no]))
        for row in klass.rows:
            if row.label:
                found = row.finds in of_row.get(row_number, set())
                scored.append(LabelledFault(number, class_no, row_number, row.label, row.finds, found))
            row_number += 1
    return scored
