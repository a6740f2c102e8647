"""Print runs: many certificates in one file, made by the worker in a process of its own, with its progress to be seen."""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from typing import IO

import msgspec
import structlog

from training_admin.certificates import store
from training_admin.certificates.orders import Order
from training_admin.certificates.papers import order_of
from training_admin.certificates.store import Run, RunNotFound, Sought
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_approved, assert_may, scope_of, shown_name
from training_admin.kit.child import ChildFailed, answer_of, ended, followed
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.files import keep_file, load_file
from training_admin.office.jobs import JobRun, enqueue
from training_admin.office.messages import Letter, send, to_organisation
from training_admin.office.numbers import next_number
from training_admin.settings import Settings

PRINT_CERTIFICATES = "print_certificates"
NUMBER_KIND = "certificate-print"
MOST_PAGES = 5000
MOST_LISTED = 200
LONGEST_SECONDS = 900
PDF = "application/pdf"
ASKED, OPENED = "certificates:print:asked", "certificates:print:opened"

log = structlog.get_logger()


class NothingToPrint(Refusal):
    """No valid certificate is among those asked for, or too many are."""

    code = "certificate-nothing-to-print"
    title = "无法打印"


class PrintedBefore(Refusal):
    """A certificate in the file of the run counts no longer."""

    code = "certificate-print-out-of-date"
    title = "打印文件已经过时"


class NotPrintedYet(Refusal):
    """The file of the run is not there yet."""

    code = "certificate-not-printed-yet"
    title = "打印文件尚未生成"


@retried
async def ask_run(actor: Actor, sought: Sought, *, clock: Clock) -> str:
    """Have the valid certificates of one's own that are sought printed in one file; returns the run's number.

    Raises NotAllowed, NotYetApproved, NothingToPrint.
    """
    assert_may(actor, Right.CERTIFICATE_ISSUE)
    assert_approved(actor)
    sought = msgspec.structs.replace(sought, state="valid")
    async with write_transaction():
        found = await store.found(scope_of(actor, Right.CERTIFICATE_ISSUE).codes, sought, most=MOST_PAGES + 1)
        if not found:
            raise NothingToPrint("所选范围内没有有效的证书。")
        if len(found) > MOST_PAGES:
            raise NothingToPrint(f"所选范围超过 {MOST_PAGES} 张，请按班级或年度分次打印。")
        number = f"DY{clock.today().year}{await next_number(NUMBER_KIND, clock.today().year):05d}"
        title = f"{sought.wanted or '全部'}{'' if sought.year is None else f' {sought.year} 年'}培训证书"
        organisation = actor.organisation or found[0][0].organisation
        numbers = [certificate.number for certificate, _holder in found]
        await store.add_run(number, organisation=organisation, title=title, wanted=numbers, asker=shown_name(actor), at=clock.now())
        await enqueue(PRINT_CERTIFICATES, number)
        await trail.record(actor, ASKED, number, {"count": len(numbers)}, at=clock.now())
    return number


async def list_runs(actor: Actor) -> list[Run]:
    """The print runs of one's own, newest first; raises NotAllowed."""
    scope = scope_of(actor, Right.CERTIFICATE_ISSUE)
    async with read_transaction():
        return await store.runs(scope.codes, most=MOST_LISTED)


async def show_run(actor: Actor, number: str) -> Run:
    """One print run; raises NotAllowed, RunNotFound."""
    scope = scope_of(actor, Right.CERTIFICATE_ISSUE)
    async with read_transaction():
        return await store.run_by_number(number, scope.codes)


@retried
async def run_file(actor: Actor, number: str, *, clock: Clock) -> bytes:
    """The file of a print run; that it was taken out is recorded, for it holds identity numbers.

    Raises NotAllowed, RunNotFound, NotPrintedYet, PrintedBefore.
    """
    scope = scope_of(actor, Right.CERTIFICATE_ISSUE)
    async with write_transaction():
        run = await store.run_by_number(number, scope.codes)
        if run.sha256 is None:
            raise NotPrintedYet("打印文件还没有生成，请稍候刷新。")
        valid = len(await store.by_numbers(await store.wanted_of(number)))
        if valid < run.done:
            raise PrintedBefore(f"文件中有 {run.done - valid} 张证书在生成之后已撤销或换发，请重新打印。")
        content = await load_file(run.sha256)
        await trail.record(actor, OPENED, number, {"count": run.done}, at=clock.now())
    return content


async def make_run(run: JobRun, *, settings: Settings) -> None:
    """The job staged by `ask_run`; its key is the run's number. What was revoked meanwhile is left out; a refusal ends the run."""
    async with read_transaction():
        try:
            there = await store.run_by_number(run.key, None)
        except RunNotFound:
            return
        found = await store.by_numbers(await store.wanted_of(run.key))
    await _tell(run.key, 0)
    try:
        if not found:
            raise NothingToPrint("所选证书都已失效。")
        order = await asyncio.to_thread(order_of, found, settings, title=there.title)
        with tempfile.TemporaryFile() as target:
            await printed_apart(order, target, tell=lambda done: _tell(run.key, done))
            target.seek(0)
            content = target.read()
    except Refusal as refusal:
        log.warning("print run failed", number=run.key, fault=refusal.code)
        await _end(run, there, content=None, pages=0, words=refusal.sentence)
        return
    await _end(run, there, content=content, pages=len(order.pages), words=f"{len(order.pages)} 张证书已生成打印文件，请下载打印。")


@retried
async def _tell(number: str, done: int) -> None:
    async with write_transaction():
        await store.move_run(number, state="running", done=done)


@retried
async def _end(run: JobRun, there: Run, *, content: bytes | None, pages: int, words: str) -> None:
    async with write_transaction():
        if not await run.first_time():
            return
        at = run.clock.now()
        if content is None:
            await store.finish_run(run.key, state="failed", done=0, at=at)
        else:
            kept = await keep_file(content, media_type=PDF, at=at)
            await store.finish_run(run.key, state="done", done=pages, at=at, size=kept.size, file=kept.id)
        title = "证书打印文件未能生成" if content is None else "证书打印文件已生成"
        letter = Letter(run.key, title, words, f"/certificates/runs/{run.key}")
        await send(to_organisation(there.organisation, Right.CERTIFICATE_ISSUE), letter, clock=run.clock)


async def printed_apart(order: Order, target: IO[bytes], *, tell: Callable[[int], Awaitable[None]]) -> None:
    """Write the file of an order in a child process; `tell` hears how many pages are made. Raises TemplateUnusable, ChildFailed."""

    async def told(line: bytes) -> None:
        if line.isdigit():
            await tell(int(line))

    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "training_admin.certificates.tasks", str(target.fileno())),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        pass_fds=(target.fileno(),),
    )
    try:
        answer = await asyncio.wait_for(followed(process, msgspec.json.encode(order), told), timeout=LONGEST_SECONDS)
    except TimeoutError:
        raise ChildFailed("生成打印文件超时，请分次打印。") from None
    finally:
        await ended(process)
    answer_of(process, answer, failed="生成打印文件没有成功，请稍后重试；如一直如此，请联系系统管理员。")
