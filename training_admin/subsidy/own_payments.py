"""What was paid here becomes known: from then on it counts as earlier training of its person (FREQ-01 … FREQ-03, PRO-01, APP-17).

The bank's result is told as a delivery of our own, so that an assessment knows it from one instant on and replays with it. What the bank
gives back later, and what comes back whole by recoveries, is gone from then on. Open claims that name one of the persons are assessed anew.
"""

from collections.abc import Mapping, Sequence

from training_admin.catalog.facts import item_on
from training_admin.catalog.store import load_items
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.fund import payable_store
from training_admin.fund import store as fund
from training_admin.fund.facts import LES, OF_OWN_PAYMENTS, PaidTraining
from training_admin.fund.line_facts import CaseLines, rows_of
from training_admin.fund.store import OwnRow
from training_admin.kit.actor import WORKER
from training_admin.kit.clock import Clock
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.office import trail
from training_admin.office.jobs import JobRun, enqueue, is_done
from training_admin.office.knowledge import becomes_known_at
from training_admin.parties import store as parties
from training_admin.subsidy.decided import decided_of
from training_admin.subsidy.deliveries import assess_touched
from training_admin.subsidy.programme_store import claims_of_programmes, programmes_of
from training_admin.subsidy.record import ClassResult
from training_admin.subsidy.review_store import ReviewedClaim, claim_by_number

PAYMENTS_KNOWN = "payments_known"
TELL_UNTOLD = "tell_untold_payments"


async def stage_payments_known(case_no: str) -> None:
    """Have it told what is paid of a case now; in the transaction that moved its money."""
    await enqueue(PAYMENTS_KNOWN, await _key(case_no))


@retried
async def payments_become_known(run: JobRun) -> None:
    """The job staged by a bank's result: its key is the case and the length of its ledger."""
    case_no = run.key.rpartition("/")[0]
    async with write_transaction():
        if await run.first_time():
            await _tell(await claim_by_number(case_no, None), run.key, run.clock)


async def tell_untold_tonight(run: JobRun) -> None:
    """The night's job: what was paid before payments became known by themselves is told too."""
    async with read_transaction():
        untold = await fund.untold_cases()
    for case_no in untold:
        await _stage(case_no)
    await run.mark_done()


@retried
async def _stage(case_no: str) -> None:
    async with write_transaction():
        key = await _key(case_no)
        # What was looked at since the last entry is not told because another stage of its programme is.
        if not await is_done(PAYMENTS_KNOWN, key):
            await enqueue(PAYMENTS_KNOWN, key)


async def _key(case_no: str) -> str:
    return f"{case_no}/{await fund.entries_of(case_no)}"


async def _tell(claim: ReviewedClaim, key: str, clock: Clock) -> None:
    known_at = await becomes_known_at(clock)
    paid = await _paid_rows(claim, clock)
    stages = await _other_stages(claim)
    told, elsewhere = await _told(claim, stages)
    gone = [each for each in told if each.row not in paid or paid[each.row][1].paid_on != each.paid_on]
    kept = {each.row for each in told} - {each.row for each in gone}
    new = {row: each for row, each in paid.items() if row not in kept and each[1].person not in elsewhere}
    if not gone and not new:
        return
    digest = sha256_hex(canonical_json({"own": key}))
    delivery = await parties.add_delivery(source=OF_OWN_PAYMENTS, as_of=clock.today(), received_at=known_at, sha256=digest, rows=len(new))
    await fund.own_rows_gone([each.id for each in gone], known_at)
    await fund.add_own_payments(delivery, claim.number, new)
    touched = await assess_touched(delivery, told_by=sorted({each.delivery for each in gone}))
    detail = {"delivery": delivery, "rows": len(new), "gone": len(gone), "claims": len(touched)}
    await trail.record(WORKER, "fund:payment:known", claim.number, detail, at=clock.now())
    # What is told no longer may be told by another stage of the programme from now on.
    for number in stages if gone else ():
        await enqueue(PAYMENTS_KNOWN, f"{number}/after-{delivery}")


async def _other_stages(claim: ReviewedClaim) -> list[str]:
    """The other claims of the programme that a claim is about: advance and settlement are one training."""
    programme = (await programmes_of([claim.id])).get(claim.id)
    stages = [] if programme is None else (await claims_of_programmes([programme[0]]))[programme[0]]
    return sorted({each.number for each in stages} - {claim.number})


async def _told(claim: ReviewedClaim, stages: Sequence[str]) -> tuple[list[OwnRow], frozenset[str]]:
    """What is told of the claim, and whose apprenticeship another stage of the programme has told."""
    rows = await fund.own_rows([claim.number, *stages])
    return [each for each in rows if each.case_no == claim.number], frozenset(each.person for each in rows if each.case_no != claim.number)


async def _paid_rows(claim: ReviewedClaim, clock: Clock) -> dict[int, tuple[str, PaidTraining]]:
    """The rows of a claim for which money has left, with their class and what they were paid for."""
    what = (await decided_of([claim.id])).get(claim.id)
    days = await fund.paid_payables(claim.number)
    if what is None or not days:
        return {}
    lines = CaseLines(what.found.of_row, {})
    apart = await payable_store.set_apart_of(list(days))
    paid_on = {row: day for payable, day in days.items() for row in rows_of(payable, apart, lines)}
    classes = {each.class_no: each for each in what.record.classes}
    taught = await _taught(classes, clock)
    found = {}
    for line in what.record.lines:
        stream, fen = what.found.of_row.get(line.row, ("", 0))
        if fen and line.row in paid_on:
            occupation, level, source = taught[line.class_no]
            training = PaidTraining(line.person, occupation, level, paid_on[line.row], source, fen, stream)
            found[line.row] = (line.class_no, training)
    return found


async def _taught(classes: Mapping[str, ClassResult], clock: Clock) -> dict[str, tuple[str | None, str | None, str]]:
    """Occupation, level and fund of classes, from the catalog as it stands on their start."""
    items = await load_items(sorted({each.item_code for each in classes.values() if each.item_code}), clock.now())
    found: dict[str, tuple[str | None, str | None, str]] = {}
    for number, each in classes.items():
        item = item_on(items, each.item_code, each.start) if each.item_code else None
        found[number] = (None, None, LES) if item is None else (item.occupation, item.level, item.fund)
    return found
