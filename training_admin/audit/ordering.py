"""Ordering audit workbooks and data packages: a worker makes the file with progress to be seen, the asker takes it out once more proven.

The file is kept sealed and taken away after a month; that it was ordered, made and taken out stays in the trail.
"""

import tempfile
from datetime import date, timedelta

from training_admin.audit import file_store
from training_admin.audit.file_store import FILE_WORDS, FileKind, Ordered
from training_admin.audit.making import made_apart
from training_admin.audit.store import NothingToExport
from training_admin.audit.workbooks import Wanted, WorkbookReceipt, chosen
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may, assert_stepped_up, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.files import erase_file, keep_file, load_file
from training_admin.office.idempotency import once
from training_admin.office.jobs import JobRun, enqueue
from training_admin.office.messages import Letter, send, to_account
from training_admin.office.numbers import next_number

MAKE_AUDIT_FILE, EXPIRE_AUDIT_FILES = "make_audit_file", "expire_audit_files"
NUMBER_KIND = "audit-file"
# Our own choices: how long a made file is kept, how many a person may wait for, how many are shown.
KEPT = timedelta(days=30)
MOST_WAITING, MOST_SHOWN = 3, 100
# From this status on a refusal is about the moment, not about what is asked: the job is tried again.
LATER = 500
_WAIT = "文件还没有生成，请稍候刷新。"
NOT_THERE = {"waiting": _WAIT, "running": _WAIT, "expired": f"文件生成满 {KEPT.days} 天，已经删除。需要时请重新导出。"}
TYPES = {
    FileKind.WORKBOOK: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.PACKAGE: "application/zip",
}


class OrderRefused(Unreadable):
    """What is ordered is not clear, or too much is ordered at once."""

    code = "audit-file-refused"
    title = "不能导出"


class NotMadeYet(Refusal):
    """The file is not there, not yet or no more."""

    code = "audit-file-not-there"
    title = "文件不能下载"


async def order_file(actor: Actor, kind: FileKind, wanted: Wanted, *, clock: Clock) -> str:
    """Order a workbook or a data package; returns the number of the order.

    Raises NotAllowed, StepUpNeeded for what shows identity numbers, OrderRefused, PeriodBackwards, NothingToExport.
    """
    assert_may(actor, Right.AUDIT_EXPORT)
    if kind is FileKind.PACKAGE and wanted.public:
        raise OrderRefused("审计数据包只供审计使用，没有公示版。请选择审计工作簿。")
    if not wanted.public:
        assert_stepped_up(actor)
    return await _order(actor, kind, wanted, clock=clock)


@once
async def _order(actor: Actor, kind: FileKind, wanted: Wanted, *, clock: Clock) -> str:
    year = clock.today().year
    if await file_store.waiting_of(actor.key) >= MOST_WAITING:
        raise OrderRefused(f"您已有 {MOST_WAITING} 份文件正在生成，请等其中一份完成后再导出。")
    heads = await chosen(actor, wanted)
    number = f"SJWJ{year}{await next_number(NUMBER_KIND, year):06d}"
    await file_store.add_order(actor, number, kind, wanted, asker=shown_name(actor), at=clock.now())
    detail = {"kind": kind.value, "conditions": wanted.conditions, "claims": len(heads)}
    await trail.record(actor, "audit:file:ordered", number, detail, at=clock.now())
    await enqueue(MAKE_AUDIT_FILE, number)
    return number


async def list_orders(actor: Actor) -> list[Ordered]:
    """One's own orders, newest first; raises NotAllowed."""
    assert_may(actor, Right.AUDIT_EXPORT)
    async with read_transaction():
        return await file_store.orders_of(actor.key, most=MOST_SHOWN)


async def show_order(actor: Actor, number: str) -> Ordered:
    """One's own order; raises NotAllowed, OrderNotFound."""
    assert_may(actor, Right.AUDIT_EXPORT)
    async with read_transaction():
        return await file_store.order_by_number(number, actor.key)


@retried
async def take_out(actor: Actor, number: str, *, clock: Clock) -> tuple[Ordered, bytes]:
    """The file of one's own order; that it was taken out is recorded.

    Raises NotAllowed, OrderNotFound, StepUpNeeded, NotMadeYet, and NothingToExport when its claims are out of reach by now.
    """
    assert_may(actor, Right.AUDIT_EXPORT)
    async with write_transaction():
        found = await file_store.order_by_number(number, actor.key)
        if not found.wanted.public:
            assert_stepped_up(actor)
        if found.sha256 is None or found.state != "done":
            raise NotMadeYet(NOT_THERE.get(found.state, found.words))
        await _assert_in_reach(actor, found)
        content = await load_file(found.sha256)
        await trail.record(actor, "audit:file:opened", number, {"sha256": found.sha256}, at=clock.now())
    return found, content


async def _assert_in_reach(actor: Actor, found: Ordered) -> None:
    """Raises NothingToExport when the actor may not see every claim that he might when he ordered the file."""
    now = {head.id for head in await chosen(actor, found.wanted)}
    if not now.issuperset(head.id for head in await chosen(found.orderer, found.wanted)):
        raise NothingToExport("文件中有的申报已不在您现在的审计范围内，不能下载。请按现在的范围重新导出。")


async def make_ordered(run: JobRun) -> None:
    """The job staged by `order_file`; its key is the order's number. A refusal ends the order; a busy database is asked again."""
    async with read_transaction():
        there = await file_store.order_by_number(run.key, None)
    with tempfile.TemporaryFile() as target:
        try:
            receipt = await made_apart(
                there.orderer,
                there.wanted,
                target,
                clock=run.clock,
                package=there.kind is FileKind.PACKAGE,
                hear=lambda done, total: _note(run.key, done, total),
            )
        except Refusal as refusal:
            if refusal.status >= LATER:
                raise
            await _refused(run, there, refusal.sentence)
            return
        target.seek(0)
        await _made(run, there, receipt, target.read())


@retried
async def _note(number: str, done: int, total: int) -> None:
    async with write_transaction():
        await file_store.note_progress(number, done=done, total=total)


@retried
async def _made(run: JobRun, there: Ordered, receipt: WorkbookReceipt, content: bytes) -> None:
    async with write_transaction():
        if await run.first_time():
            kept = await keep_file(content, media_type=TYPES[there.kind], at=run.clock.now())
            await file_store.keep_made(there.number, receipt, file=kept.id, size=kept.size, at=run.clock.now())
            await _tell(
                run, there, f"{there.title}已生成", f"{there.conditions}：文件号 {receipt.file_number}，请在 {KEPT.days} 天内下载。"
            )


@retried
async def _refused(run: JobRun, there: Ordered, words: str) -> None:
    async with write_transaction():
        if await run.first_time():
            await file_store.refuse(there.number, words, at=run.clock.now())
            await _tell(run, there, f"{there.title}未能生成", words)


async def _tell(run: JobRun, there: Ordered, title: str, words: str) -> None:
    await send(to_account(there.asked_by), Letter(there.number, title, words, f"/audit/files/{there.number}"), clock=run.clock)


@retried
async def expire_tonight(run: JobRun) -> None:
    """The nightly job: files made more than a month ago are taken away; its key is the day."""
    async with write_transaction():
        if await run.first_time():
            for sha256 in await file_store.expired(run.clock.now() - KEPT):
                await erase_file(sha256)


def wanted_of(*, start: date | None, end: date | None, organisation: str, number: str, public: bool, people: bool, address: str) -> Wanted:
    """What a form or a request asks for: a claim by its number, or a period; raises OrderRefused."""
    if number:
        return Wanted(number=number, public=public, people=people, address=address)
    if start is None or end is None:
        raise OrderRefused("请填写申报编号，或申报日期的起止。")
    return Wanted(start=start, end=end, public=public, organisation=organisation or None, people=people, address=address)


def filed_under(kind: str) -> FileKind:
    """The kind as typed; raises OrderRefused."""
    try:
        return FileKind(kind)
    except ValueError:
        words = "、".join(FILE_WORDS.values())
        raise OrderRefused(f"请选择要导出的文件：{words}。") from None
