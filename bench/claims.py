"""Benchmarks of a claim: the whole path, rules, queries, storing."""

import io
from collections.abc import Callable, Iterable
from typing import Any

import openpyxl

from bench.district import bench_database, large_claim
from bench.inlined import found_rows, inlined_classes
from bench.measuring import ROUNDS, Result, at_most, ratio
from training_admin.database import copy_rows, counted_queries, current_connection, fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.kit.vault import vault
from training_admin.office.knowledge import knowledge_transaction, still_known_at
from training_admin.subsidy import store
from training_admin.subsidy.assess import ask_lines, class_works
from training_admin.subsidy.assessing import assess_claim, load_claim_facts
from training_admin.subsidy.claims import person_of, submit_claim
from training_admin.subsidy.facts import ClaimFacts
from training_admin.subsidy.gather import key_claim
from training_admin.subsidy.workbooks import read_claim

RULE_PASSES = 5


def parse_alone(content: bytes) -> int:
    """What openpyxl needs to walk through every cell, dimensions not believed."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    cells = 0
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        for row in sheet.iter_rows(values_only=True):
            cells += len(row)
    return cells


async def claim_total(clock: FixedClock) -> Result:
    """Guard, parse, type, look up, assess, store with decision record ÷ openpyxl read_only parsing the same file alone."""
    waiting = [await large_claim(clock, seed=seed) for seed in range(ROUNDS + 1)]
    contents = [claim.content for claim in waiting]

    async def whole() -> None:
        receipt = await submit_claim(DEMO, contents.pop(0), readable_only=True, clock=clock)
        await assess_claim(DEMO, receipt.number, cause="bench", clock=clock)

    async def alone() -> None:
        parse_alone(waiting[0].content)

    found = await ratio(whole, alone)
    return at_most(found.wall, 1.0, wall=found.wall)


async def stored_facts(clock: FixedClock, *, seed: int, classes: int, people: int) -> tuple[int, ClaimFacts, int]:
    """A submitted claim: its key, its facts, and the number of queries that loaded them."""
    claim = await large_claim(clock, seed=seed, classes=classes, people=people)
    receipt = await submit_claim(DEMO, claim.content, readable_only=True, clock=clock)
    async with read_transaction():
        claim_id, *_rest = await store.claim_summary(receipt.number)
    async with knowledge_transaction():
        known_at = await still_known_at(clock)
    with counted_queries() as queries:
        async with read_transaction():
            facts = await load_claim_facts(claim_id, known_at=known_at)
    assert isinstance(facts, ClaimFacts), "a claim of classes"
    assert all(klass.filed for klass in facts.classes), "the registers just delivered must be known"
    return claim_id, facts, len(queries)


async def queries(clock: FixedClock) -> dict[str, Result]:
    """SELECTs that load the facts of 10 lines and of 10 000 lines."""
    _key, _facts, few = await stored_facts(clock, seed=101, classes=1, people=10)
    _key, _facts, many = await stored_facts(clock, seed=102, classes=200, people=50)
    return {
        "queries": Result(many, "equal for 10 and 10 000 lines, <= 12", "SELECTs", few == many <= 12),
        "queries_10_lines": Result(few, "equal for 10 and 10 000 lines, <= 12", "SELECTs", few == many <= 12),
    }


async def rules(clock: FixedClock) -> Result:
    """All line rules over 10 000 lines, findings with figures included ÷ the same conditions inlined in one function."""
    _key, facts, _queries = await stored_facts(clock, seed=103, classes=200, people=50)
    works = class_works(facts, {})
    classes = inlined_classes(facts)
    lines = [line for line in facts.lines if line.readable]

    async def by_rulebook() -> None:
        for _ in range(RULE_PASSES):
            ask_lines(lines, works)

    async def inlined() -> None:
        for _ in range(RULE_PASSES):
            found_rows(lines, classes)

    found_by_rulebook = {row: [finding.rule for finding in answers.findings] for row, answers in ask_lines(lines, works).items()}
    assert {row: ids for row, ids in found_by_rulebook.items() if ids} == found_rows(lines, classes)
    found = await ratio(by_rulebook, inlined, rounds=9)
    return at_most(found.processor, 2.2, wall=found.wall)


async def bulk_store(clock: FixedClock) -> Result:
    """Storing 10 000 lines, numbers sealed ÷ COPY of the same rows made ready before."""
    claim_id, _facts, _queries = await stored_facts(clock, seed=104, classes=1, people=5)
    made = await large_claim(clock, seed=105)
    form = read_claim(made.content, today=clock.today())
    keyed = key_claim(form, claim_number="bench", as_of=clock.today(), person_of=person_of)
    new = store.NewClaim("bench", keyed, form, 0, readable_only=True, submitted_at=clock.now(), submitted_by="bench", state="submitted")
    async with write_transaction():
        await fetch_tuples("DELETE FROM claim_line WHERE claim = $1", claim_id)
    ready = list(store.line_records(claim_id, new, vault()))

    async def stored(rows: Callable[[], Iterable[Any]], copy: Callable[[Iterable[Any]], Any]) -> None:
        async with write_transaction():
            await copy(rows())
        async with write_transaction():
            await fetch_tuples("DELETE FROM claim_line WHERE claim = $1", claim_id)

    async def ours() -> None:
        await stored(lambda: store.line_records(claim_id, new, vault()), lambda rows: copy_rows("claim_line", store.LINE_COLUMNS, rows))

    async def raw() -> None:
        await stored(
            lambda: ready,
            lambda rows: current_connection().copy_records_to_table("claim_line", columns=list(store.LINE_COLUMNS), records=rows),
        )

    found = await ratio(ours, raw, rounds=5)
    return at_most(found.wall, 2.0, wall=found.wall)


async def measured() -> dict[str, Result]:
    """All figures of this file."""
    async with bench_database() as clock:
        return {
            "rules": await rules(clock),
            "bulk_store": await bulk_store(clock),
            **await queries(clock),
            "claim_total": await claim_total(clock),
        }
