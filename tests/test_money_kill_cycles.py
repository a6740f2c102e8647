"""Whatever is killed with -9 while claims are approved and paid: acknowledged acts are there once, nothing is paid twice."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import open_folder, remove_when_stopped
from tests.test_kill_cycles import SAMPLE, heard, kill
from training_admin.kit.private_postgres import PrivateServer

CYCLES = int(os.environ.get("KILL_CYCLES", "20"))
# Determines claims and pays them batch by batch, every act under a key; first it goes on with what an earlier life has left.
PROGRAM = """
import asyncio, io, sys, zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from training_admin.database import close_database, fetch_tuples, open_database, read_transaction, retried, write_transaction
from training_admin.fund import bank_results, batches, ledger
from training_admin.fund.batch_store import batch_by_number, due_rows, items_of, list_batches
from training_admin.fund.batch_plan import BatchState
from training_admin.fund.ledger_facts import SubFund
from training_admin.fund.payable_store import NewPayable, payables_of
from training_admin.fund.payee_account import PayeeAccount
from training_admin.fund.result_facts import BankResult
from training_admin.kit.actor import COMMAND_LINE, Actor, ActorKind
from training_admin.kit.clock import FixedClock
from training_admin.kit.refusals import OutcomeUnknown
from training_admin.office.idempotency import once, under_key
from training_admin.office.keys import assert_keys_fit
from training_admin.office.trail_check import first_broken_row
from training_admin.settings import Settings
from training_admin.subsidy.claims import submit_claim
from training_admin.subsidy.review_states import Act
from training_admin.subsidy.review_store import claim_by_number
from training_admin.subsidy.reviewing import follow, payable_subject
from training_admin.upgrade import upgrade
from training_admin.wiring import follow_claim

async def none(case_nos, clock):
    return {}

clock = FixedClock(datetime(2026, 6, 1, 1, tzinfo=UTC))
SAMPLE = Path(sys.argv[3]).read_bytes()
MAKER, CHECKER, LEADER = (Actor(kind=ActorKind.COMMAND, key=key, name=key) for key in ("maker", "checker", "leader"))
async def no_lines(cases, clock, *, fresh):
    return {}

BOTH = {"follow": follow_claim, "missing": none, "lines": no_lines}
ACCOUNT = PayeeAccount("bank", "31000001234", "firm")

def workbook(name):
    target = io.BytesIO(SAMPLE)
    with zipfile.ZipFile(target, "a") as package:
        package.comment = name.encode()
    return target.getvalue()

async def surely(what, key, act):
    '''An act whose outcome is not known is sent again under its key; only what was answered is told as done.'''
    while True:
        try:
            with under_key(f"{what}/{key}", [what, key]):
                answer = await act()
        except OutcomeUnknown:
            continue
        print("done", what, key, flush=True)
        return answer

@once
async def determine(actor: Actor, number: str, *, clock: FixedClock) -> None:
    '''The money's part of a determination, with the claim's state, as the reviewers' room does it in one transaction.'''
    claim = await claim_by_number(number, None)
    await ledger.enter_payable(actor, NewPayable(
        subject=payable_subject(claim), case_no=number, year=2026, payee=claim.uscc, payee_name=claim.enterprise_name,
        fen_by_stream={"a": 70_001, "b": 299}, since=clock.now(), sealed_account=ACCOUNT.sealed(), account_hash=ACCOUNT.hash,
    ), clock=clock)
    await follow(actor, claim, Act.DETERMINE, minutes="1", clock=clock)

@once
async def notice_over(actor: Actor, number: str, *, clock: FixedClock) -> None:
    for act in (Act.POST, Act.NOTICE_OVER):
        await follow(actor, await claim_by_number(number, None), act, clock=clock)
    subject = (await payables_of(number))[-1].subject
    await ledger.make_due(actor, subject, notice_ends=date(2026, 5, 29), pay_by=date(2026, 6, 30), clock=clock)

@retried
async def reviewed(number):
    async with write_transaction():
        await fetch_tuples("UPDATE claim SET state = 'second_review' WHERE number = $1 AND state = 'submitted' RETURNING id", number)

async def go_on(number):
    '''Take a batch from where it stands to paid.'''
    while True:
        async with read_transaction():
            batch = await batch_by_number(number)
            items = await items_of(batch)
        if batch.state is BatchState.DRAFT:
            await surely("checked", number, lambda: batches.check_batch(CHECKER, number, missing=none, lines=no_lines, clock=clock))
        elif batch.state is BatchState.CHECKED:
            await surely("approved", number, lambda: batches.approve_batch(LEADER, number, missing=none, lines=no_lines, clock=clock))
        elif batch.state is BatchState.APPROVED:
            await surely("sent", number, lambda: batches.send_batch(MAKER, number, **BOTH, clock=clock))
        elif batch.state is BatchState.SENT:
            results = [BankResult(item.code, item.fen, True, f"R{item.code}", clock.today()) for item in items]
            await surely("paid", number, lambda: bank_results.record_results(
                MAKER, number, results, places={}, sheet="", follow=follow_claim, clock=clock))
        else:
            return

async def act_all():
    await ledger.grant(COMMAND_LINE, 2026, SubFund.ENTERPRISE, "", subject_code="205", paper="p", fen=10**12, business_id="g", clock=clock)
    print("begun", flush=True)
    async with read_transaction():
        left = [batch.number for batch in await list_batches(before=None, most=200)][::-1]
        states = dict(await fetch_tuples("SELECT number, state FROM claim ORDER BY id"))
    for number in left:
        await go_on(number)
    for count in range(100_000):
        waiting = [number for number, state in states.items() if state in {"submitted", "second_review", "determined"}]
        states = {}
        try:
            receipt = await submit_claim(COMMAND_LINE, workbook(f"{sys.argv[2]}/{count}"), readable_only=True, clock=clock)
            waiting.append(receipt.number)
        except OutcomeUnknown:
            pass
        for number in waiting:
            await reviewed(number)
            await surely("determined", number, lambda: determine(COMMAND_LINE, number, clock=clock))
            await surely("due", number, lambda: notice_over(COMMAND_LINE, number, clock=clock))
        async with read_transaction():
            subjects = [row.due.subject for row in await due_rows()]
        if not subjects:
            continue
        key = f"{sys.argv[2]}/{count}"
        number = await surely("made", key.replace(" ", "-"), lambda: batches.make_batch(MAKER, subjects, **BOTH, clock=clock))
        await go_on(number)

async def check():
    async with read_transaction():
        print("broken", await first_broken_row(), flush=True)
        for query in (
            "SELECT 'determined', c.number, count(*) FROM claim_act a JOIN claim c ON c.id = a.claim WHERE act = 'determine' GROUP BY 2",
            "SELECT 'due', subject, count(*) FROM fund_entry WHERE act = 'due' GROUP BY 2",
            "SELECT event, subject, count(*) FROM trail WHERE event LIKE 'fund:batch:%' GROUP BY 1, 2",
            "SELECT 'paying', subject, count(*) FROM fund_entry WHERE act = 'pay' GROUP BY 2",
            "SELECT 'claim-paid', c.number, count(*) FROM claim_act a JOIN claim c ON c.id = a.claim WHERE act = 'pay' GROUP BY 2",
        ):
            for row in await fetch_tuples(query):
                print("there", *row, flush=True)
        for row in await fetch_tuples(
            "SELECT c.number, c.state, p.state, count(*) FROM claim c JOIN payable p ON p.case_no = c.number GROUP BY 1, 2, 3"
        ):
            print("states", *row, flush=True)
        sums = (
            "SELECT (SELECT balance_fen FROM fund_account WHERE kind = 'paid'),"
            " (SELECT coalesce(sum(fen), 0)::bigint FROM payable WHERE state = 'paid'),"
            " (SELECT coalesce(sum(fen), 0)::bigint FROM payment_item WHERE state = 'paid')"
        )
        print("sums", *(await fetch_tuples(sums))[0], flush=True)
    print("faults", len(await ledger.ledger_faults()), flush=True)

async def run():
    await open_database(Settings(data=Path(sys.argv[1])))
    await upgrade()
    await assert_keys_fit()
    print("ready", flush=True)
    await (check() if sys.argv[2] == "check" else act_all())
    await close_database()

asyncio.run(run())
"""
# In which state a claim is while its money is in which.
TOGETHER = {"determined": "committed", "payable": "due", "batched": "batched", "paid": "paid"}
EVENTS = {"made": "made", "checked": "checked", "approved": "approved", "sent": "sent", "paid": "results"}


@pytest.fixture
def folder() -> Iterator[Path]:
    place = open_folder()
    yield place
    remove_when_stopped(place)
    shutil.rmtree(place, ignore_errors=True)


def program(folder: Path, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", PROGRAM, folder, name, SAMPLE], stdout=subprocess.PIPE, text=True)


def test_kills_during_approving_and_paying_lose_nothing_and_pay_nothing_twice(folder: Path) -> None:
    chance = random.Random(5)  # noqa: S311 - the same kills each time
    server = PrivateServer(folder)
    acknowledged: set[tuple[str, str]] = set()
    for cycle in range(CYCLES):
        process = program(folder, f"cycle-{cycle}")
        lines = heard(process, seconds=chance.uniform(0.05, 1.2), first="begun" if cycle % 5 else None)
        victim = ("program", "keeper", "database", "all")[cycle % 4]
        kill(victim, process, server)
        if victim in {"keeper", "database"}:  # the program must go on by itself
            lines += heard(process, seconds=0.2, first="done")
            process.kill()
        rest, _ = process.communicate(timeout=60)
        lines += [line.split() for line in rest.splitlines()]
        acknowledged |= {(words[1], words[2]) for words in lines if words[0] == "done" and len(words) == 3}
    assert len(acknowledged) >= 2 * CYCLES

    checked, _ = program(folder, "check").communicate(timeout=120)
    words = [line.split() for line in checked.splitlines()]
    there = {(line[1], line[2]): int(line[3]) for line in words if line[0] == "there"}
    assert ["broken", "None"] in words
    assert ["faults", "0"] in words
    # Each act is there once, also the ones that nobody was told of.
    assert set(there.values()) == {1}
    for what, key in acknowledged:
        if what in {"determined", "due"}:
            assert (what, key) in there, (what, key)
        elif what != "made":  # whose number is the answer, not the key
            assert (f"fund:batch:{EVENTS[what]}", key) in there, (what, key)
    assert sum(1 for what, _key in there if what == "fund:batch:made") >= sum(1 for what, _key in acknowledged if what == "made")
    assert {key for what, key in there if what == "paying"} == {key for what, key in there if what == "claim-paid"}
    for _states, _number, claim, payable, count in (line for line in words if line[0] == "states"):
        assert (TOGETHER[claim], count) == (payable, "1")
    paid = next(line[1:] for line in words if line[0] == "sums")
    assert len(set(paid)) == 1
    assert int(paid[0]) > 0
