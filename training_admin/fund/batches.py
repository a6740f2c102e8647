"""Payment batches 拨付批次: made by one person, checked by another, approved and frozen by a third, sent once.

What is sent is what was approved: the content is hashed with the approval and hashed again before it leaves.
"""

import asyncio
from collections.abc import Sequence
from datetime import date

import msgspec

from training_admin.database import read_transaction
from training_admin.fund import batch_store as store
from training_admin.fund import payable_store, recovery_store, treasury_files
from training_admin.fund.batch_plan import (
    BATCH_WORDS,
    BatchContent,
    BatchState,
    ItemState,
    LeftOut,
    PlannedItem,
    hands_of,
    nothing_words,
    planned,
    reason_against,
)
from training_admin.fund.batch_store import Batch, DueRow, Item
from training_admin.fund.follow import Follow, FollowEvent, Lines, Missing
from training_admin.fund.holds import LONGEST_WORDS, HoldRefused
from training_admin.fund.ledger import PayableMoved
from training_admin.fund.line_holds import cuts_of, kept_rows, shown_cut
from training_admin.fund.payee_account import for_item
from training_admin.fund.settling import pay_item
from training_admin.kit.actor import Actor, assert_may, assert_stepped_up, assert_two_persons, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.digest import canonical_json
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.files import keep_file, load_file
from training_admin.office.idempotency import once
from training_admin.office.numbers import next_number
from training_admin.web import WORKBOOK_TYPE

NUMBER_KIND = "payment-batch"
MOST_SHOWN = 200
VOIDABLE = (BatchState.DRAFT, BatchState.CHECKED, BatchState.APPROVED, BatchState.SENT)


class NothingDue(Refusal):
    """Nothing of what was chosen may be paid now."""

    code = "nothing-due"
    title = "没有可拨付的款项"


class BatchMoved(Refusal):
    """The batch is not where the act needs it to be."""

    code = "batch-moved"
    title = "批次已有新的办理"


class BatchBlocked(Refusal):
    """Something of the batch must not be paid: it is held, its notice is not over, or its account was not called back."""

    code = "batch-blocked"
    title = "批次中有不能拨付的款项"


class BatchChanged(Refusal):
    """The content is not what was approved."""

    status = 500
    code = "batch-changed"
    title = "批次内容与审批时不符"


class Candidates(msgspec.Struct, frozen=True):
    """What may be paid now, in payments, what is left out and why, and by when each is to be paid."""

    items: tuple[PlannedItem, ...]
    left_out: tuple[LeftOut, ...]
    pay_by: dict[str, date | None]

    @property
    def fen(self) -> int:
        """What the bank would pay."""
        return sum(item.fen for item in self.items)


class BatchShown(msgspec.Struct, frozen=True):
    """A batch with its payments, what goes into each (subject, case, fen), and whether the actor has had a part in it."""

    batch: Batch
    items: tuple[Item, ...]
    cases: dict[str, list[tuple[str, str, int]]]
    same_person: bool
    made_it: bool
    blocked: tuple[str, ...]


async def _held(rows: Sequence[DueRow], missing: Missing, clock: Clock) -> list[DueRow]:
    """The rows with what their cases still miss beside their holds."""
    words = await missing(sorted({row.due.case_no for row in rows}), clock)
    return [
        msgspec.structs.replace(row, due=msgspec.structs.replace(row.due, holds=(*row.due.holds, *words.get(row.due.case_no, ()))))
        for row in rows
    ]


async def _planned(rows: Sequence[DueRow], actor: Actor, today: date) -> tuple[tuple[PlannedItem, ...], tuple[LeftOut, ...]]:
    payees = sorted({row.due.payee for row in rows})
    owed, kept = await recovery_store.owed_by(payees), await store.kept_back(payees)
    left = {payee: fen - kept.get(payee, 0) for payee, fen in owed.items()}
    return planned([row.due for row in rows], left, today=today, maker=actor.hands)


async def candidates(actor: Actor, *, missing: Missing, lines: Lines, clock: Clock) -> Candidates:
    """What could go into a batch now, held lines told apart; raises NotAllowed."""
    assert_may(actor, Right.FUND_READ)
    async with read_transaction():
        found = await _held(await store.due_rows(), missing, clock)
        cuts = await cuts_of(found, lines, fresh=False, clock=clock)
        rows = [each for row in found for each in shown_cut(row, cuts.get(row.due.id))]
        items, left_out = await _planned(rows, actor, clock.today())
    return Candidates(items, left_out, {row.due.subject: row.pay_by for row in rows})


@once
async def make_batch(actor: Actor, subjects: Sequence[str], *, follow: Follow, missing: Missing, lines: Lines, clock: Clock) -> str:
    """Make a batch of what is chosen; what must not be paid is left out, held lines become a payable of their own. Returns its number.

    Raises NotAllowed, NothingDue, PayableMoved.
    """
    assert_may(actor, Right.PAYMENT_MAKE)
    today = clock.today()
    found = await _held(await store.due_rows(subjects=subjects), missing, clock)
    cuts = await cuts_of(found, lines, fresh=True, clock=clock)
    may_go = {row.due.id: not reason_against(row.due, today=today, maker=actor.hands) for row in found}
    rows = await kept_rows(actor, found, cuts, may_go, follow=follow, clock=clock)
    items, left_out = await _planned(rows, actor, today)
    if not items:
        raise NothingDue(nothing_words(left_out))
    sealed = {row.due.subject: row.sealed_account for row in rows}
    number = f"PC{today.year}{await next_number(NUMBER_KIND, today.year):04d}"
    batch = await store.add_batch(
        number, today.year, items, maker=shown_name(actor), made_by=actor.trail_key, hands=actor.hands, at=clock.now()
    )
    taken = await store.add_items(batch, items, [for_item(sealed[item.dues[0].subject]) for item in items])
    if taken != sum(len(item.dues) for item in items):
        raise PayableMoved("所选款项刚刚有新的办理，请刷新页面后重新选择。")
    for item in items:
        for due in item.dues:
            if not due.rest:
                await follow(actor, due.case_no, FollowEvent.BATCH, clock)
    detail = {
        "items": len(items),
        "fen": sum(item.fen for item in items),
        "netted_fen": sum(item.netted_fen for item in items),
        "subjects": [due.subject for item in items for due in item.dues],
    }
    await trail.record(actor, "fund:batch:made", number, detail, at=clock.now())
    return number


def _moved(batch: Batch) -> BatchMoved:
    return BatchMoved(f"拨付批次 {batch.number} 目前为“{BATCH_WORDS[batch.state]}”，不能办理这一步。请刷新页面查看。")


async def _blocked(batch: Batch, missing: Missing, lines: Lines, clock: Clock, *, fresh: bool = False) -> list[str]:
    """Cases of a batch that must not be paid, each with its reason; a line that is held now stops its case until it is batched anew."""
    maker, found = hands_of(batch.made_by), await _held(await store.rows_of_batch(batch.id), missing, clock)
    cuts = await cuts_of(found, lines, fresh=fresh, clock=clock)
    rows = [shown_cut(row, cuts.get(row.due.id))[-1] for row in found]
    return [f"{row.due.case_no}：{reason}" for row in rows if (reason := reason_against(row.due, today=clock.today(), maker=maker))]


async def _assert_payable(batch: Batch, missing: Missing, lines: Lines, clock: Clock, *, fresh: bool = False) -> None:
    if blocked := await _blocked(batch, missing, lines, clock, fresh=fresh):
        raise BatchBlocked(f"{'；'.join(blocked)}。请作废批次，重新列入其余款项。")


@once
async def check_batch(actor: Actor, number: str, *, missing: Missing, lines: Lines, clock: Clock) -> None:
    """Check a draft: by another person than its maker. Raises NotAllowed, StepUpNeeded, BatchMoved, SamePersonTwice, BatchBlocked."""
    assert_may(actor, Right.PAYMENT_CHECK)
    assert_stepped_up(actor)
    batch = await store.batch_by_number(number)
    if batch.state is not BatchState.DRAFT:
        raise _moved(batch)
    assert_two_persons(batch.hands, actor)
    await _assert_payable(batch, missing, lines, clock)
    if not await store.note_check(batch, checker=shown_name(actor), hands=actor.hands, at=clock.now()):
        raise _moved(batch)
    await trail.record(actor, "fund:batch:checked", number, {"fen": batch.total_fen, "items": batch.item_count}, at=clock.now())


@once
async def approve_batch(actor: Actor, number: str, *, missing: Missing, lines: Lines, clock: Clock) -> None:
    """Approve a checked batch by a third person: its content and its treasury file are frozen.

    Raises NotAllowed, StepUpNeeded, BatchMoved, SamePersonTwice, BatchBlocked.
    """
    assert_may(actor, Right.PAYMENT_APPROVE)
    assert_stepped_up(actor)
    batch = await store.batch_by_number(number)
    if batch.state is not BatchState.CHECKED:
        raise _moved(batch)
    assert_two_persons(batch.hands, actor)
    await _assert_payable(batch, missing, lines, clock)
    content = await store.content_of(batch)
    await keep_file(canonical_json(content), media_type="application/json", at=clock.now())
    rows = treasury_files.treasury_rows(await store.items_of(batch))
    book = await asyncio.to_thread(treasury_files.treasury_workbook, batch.number, rows, treasury_files.ALL_COLUMNS, content.sha256)
    file = await keep_file(book, media_type=WORKBOOK_TYPE, at=clock.now())
    frozen = await store.note_approval(
        batch, approver=shown_name(actor), hands=actor.hands, at=clock.now(), sha256=content.sha256, file=file.id
    )
    if not frozen:
        raise _moved(batch)
    detail = {"fen": batch.total_fen, "items": batch.item_count, "content": content.sha256, "file": file.sha256}
    await trail.record(actor, "fund:batch:approved", number, detail, at=clock.now())


@once
async def send_batch(actor: Actor, number: str, *, follow: Follow, missing: Missing, lines: Lines, clock: Clock) -> None:
    """Send an approved batch to the treasury, once; what is wholly netted needs no bank and is paid with it.

    Raises NotAllowed, StepUpNeeded, BatchMoved, BatchBlocked, BatchChanged.
    """
    assert_may(actor, Right.PAYMENT_MAKE)
    assert_stepped_up(actor)
    batch = await store.batch_by_number(number)
    if batch.state is not BatchState.APPROVED:
        raise _moved(batch)
    await _assert_payable(batch, missing, lines, clock, fresh=True)
    if (await store.content_of(batch)).sha256 != batch.content_sha256:
        raise BatchChanged("批次内容与审批时的摘要不符，没有发送。请停止办理，保留现场并通知审计管理员。")
    if not await store.note_sent(batch, at=clock.now()):
        raise _moved(batch)
    for item in await store.items_of(batch):
        if item.fen == 0:
            await pay_item(actor, item, reference=None, paid_on=clock.today(), follow=follow, clock=clock)
    await store.note_settled(batch.id, at=clock.now())
    await trail.record(actor, "fund:batch:sent", number, {"fen": batch.total_fen, "content": batch.content_sha256}, at=clock.now())


@once
async def void_batch(actor: Actor, number: str, *, reason: str, follow: Follow, clock: Clock) -> None:
    """Void a batch of which nothing was paid, with a reason, by another person than its maker: what was in it is due again.

    Raises NotAllowed, StepUpNeeded, BatchMoved, SamePersonTwice, HoldRefused for the reason.
    """
    assert_may(actor, Right.PAYMENT_CHECK)
    assert_stepped_up(actor)
    words = one_line(reason, HoldRefused, most=LONGEST_WORDS, what="作废原因")
    batch = await store.batch_by_number(number)
    if batch.state not in VOIDABLE or any(item.state is not ItemState.PENDING for item in await store.items_of(batch)):
        raise _moved(batch)
    assert_two_persons(hands_of(batch.made_by), actor)
    cases = await store.void_batch(batch, reason=words)
    if cases is None:
        raise _moved(batch)
    for case in cases:
        await follow(actor, case, FollowEvent.UNBATCH, clock)
    await trail.record(actor, "fund:batch:voided", number, {"reason": words, "fen": batch.total_fen}, at=clock.now())


async def list_batches(actor: Actor, *, before: int | None = None, limit: int = 25) -> tuple[list[Batch], str | None]:
    """A page of batches, newest first, and the cursor of the next page; raises NotAllowed."""
    assert_may(actor, Right.FUND_READ)
    async with read_transaction():
        found = await store.list_batches(before=before, most=min(limit, MOST_SHOWN) + 1)
    page = found[: min(limit, MOST_SHOWN)]
    return page, str(page[-1].id) if len(found) > len(page) else None


async def show_batch(actor: Actor, number: str, *, missing: Missing, lines: Lines, clock: Clock) -> BatchShown:
    """A batch with its payments; raises NotAllowed, BatchNotFound."""
    assert_may(actor, Right.FUND_READ)
    async with read_transaction():
        batch = await store.batch_by_number(number)
        items = await store.items_of(batch)
        waiting = batch.state in {BatchState.DRAFT, BatchState.CHECKED, BatchState.APPROVED}
        blocked = await _blocked(batch, missing, lines, clock) if waiting else []
        if batch.content_sha256 is None:
            content = await store.content_of(batch)
        else:
            content = msgspec.json.decode(await load_file(batch.content_sha256), type=BatchContent)
    cases = {item.code: [(case.subject, case.case_no, case.fen) for case in item.cases] for item in content.items}
    hands = actor.hands
    return BatchShown(batch, tuple(items), cases, bool(batch.hands & hands), bool(hands_of(batch.made_by) & hands), tuple(blocked))


@once
async def treasury_file(actor: Actor, number: str, columns: Sequence[str], *, as_csv: bool, clock: Clock) -> bytes:
    """The treasury file of an approved batch with accounts in full, as workbook or CSV; the download is told in the trail.

    Raises NotAllowed, StepUpNeeded, BatchNotFound, BatchMoved, ColumnsRefused.
    """
    assert_may(actor, Right.PAYMENT_MAKE)
    assert_stepped_up(actor)
    chosen = treasury_files.arranged(columns)
    batch = await store.batch_by_number(number)
    if batch.state not in {BatchState.APPROVED, BatchState.SENT, BatchState.SETTLED} or batch.content_sha256 is None:
        raise _moved(batch)
    rows = treasury_files.treasury_rows(await store.items_of(batch))
    if as_csv:
        content = treasury_files.treasury_csv(rows, chosen)
    elif chosen == treasury_files.ALL_COLUMNS and batch.file_sha256 is not None:
        content = await load_file(batch.file_sha256)
    else:
        content = await asyncio.to_thread(treasury_files.treasury_workbook, batch.number, rows, chosen, batch.content_sha256)
    await trail.record(actor, "fund:batch:file_read", number, {"format": "csv" if as_csv else "xlsx"}, at=clock.now())
    return content


@once
async def call_back(actor: Actor, subject: str, *, clock: Clock) -> None:
    """Note that the payee was called back about his changed account, by a person of the checking side.

    Raises NotAllowed, PayableMoved.
    """
    assert_may(actor, Right.PAYMENT_CHECK)
    case = await store.note_call_back(subject, by=actor.trail_key, at=clock.now())
    if case is None:
        raise PayableMoved("这笔款项没有待核实的账户变更，可能已经核实。请刷新页面查看。")
    await trail.record(actor, "fund:account:called_back", case, {"subject": subject}, at=clock.now())


async def late_payments(actor: Actor, *, clock: Clock) -> list[tuple[DueRow, str]]:
    """What should have been paid by today's eve and is not; raises NotAllowed."""
    assert_may(actor, Right.FUND_READ)
    async with read_transaction():
        return [
            (row, payable_store.PAYABLE_WORDS[payable_store.PayableState(state)])
            for row, state in await store.late_rows(clock.today(), most=500)
        ]
