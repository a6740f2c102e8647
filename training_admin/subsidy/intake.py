"""Reading workbooks in a child process: whatever a file does, the server goes on."""

import asyncio
from datetime import date

import msgspec

from training_admin.kit.child import MEGABYTE, ChildLimits, run_in_child
from training_admin.kit.refusals import Unreadable
from training_admin.subsidy.form import SHEET_ROSTER, ClaimForm
from training_admin.subsidy.intake_tasks import Reading
from training_admin.subsidy.register_layout import RegistersRead
from training_admin.subsidy.registers import RegistersDocument, decode_registers

READ_TASK = "training_admin.subsidy.intake_tasks:read_task"
REGISTERS_TASK = "training_admin.subsidy.intake_tasks:registers_task"
JSON_STARTS = (b"{", b"[")
PEEK = 64
LIMITS = ChildLimits()
# Two full sheets of 200 000 rows took 0.7 GB and 15 seconds; one such reading at a time keeps the server's memory bounded.
REGISTER_LIMITS = ChildLimits(memory=1024 * MEGABYTE, processor_seconds=60, seconds=120.0)
_ONE_AT_A_TIME = asyncio.Semaphore(1)
STRUCTURAL = frozenset({"MISSING_SHEET", "MISSING_COLUMN"})


class FormIncomplete(Unreadable):
    """The workbook can be opened, but a sheet, a column or the firm cannot be found in it; `cells` lists all problems."""

    code = "form-incomplete"
    title = "申报表不完整"


class RegistersIncomplete(Unreadable):
    """The register workbook can be opened, but cells of it are wrong: nothing of it is taken in. `cells` lists the first ones."""

    code = "registers-incomplete"
    title = "登记数据有误"


async def read_registers(content: bytes, *, today: date) -> RegistersDocument:
    """Delivered registers from JSON, or from an Excel workbook read in a child process.

    Raises RegistersUnreadable, RegistersIncomplete naming the wrong cells, the refusals of kit.workbook and ChildFailed.
    """
    if content[:PEEK].lstrip().startswith(JSON_STARTS):
        return await asyncio.to_thread(decode_registers, content)
    async with _ONE_AT_A_TIME:
        answer = await run_in_child(REGISTERS_TASK, msgspec.msgpack.encode(Reading(content, today)), limits=REGISTER_LIMITS)
        read = await asyncio.to_thread(msgspec.msgpack.decode, answer, type=RegistersRead)
    if read.document is None:
        shown = len(read.problems)
        first = "" if shown == read.problem_count else f"（列出前 {shown} 处）"
        raise RegistersIncomplete(
            f"工作簿中有 {read.problem_count} 处有误{first}，没有导入任何数据。请按列出的问题更正后重新导入。",
            count=read.problem_count,
            cells=[msgspec.to_builtins(problem) for problem in read.problems],
        )
    return read.document


async def read_form(content: bytes, *, today: date) -> ClaimForm:
    """A claim workbook as read in a child process; raises the refusals of kit.workbook and ChildFailed."""
    answer = await run_in_child(READ_TASK, msgspec.msgpack.encode(Reading(content, today)), limits=LIMITS)
    return msgspec.msgpack.decode(answer, type=ClaimForm)


async def read_workbook(content: bytes, *, today: date) -> ClaimForm:
    """A claim that can be assessed; raises FormIncomplete when sheets, columns or the firm are missing."""
    form = await read_form(content, today=today)
    broken = any(problem.code in STRUCTURAL and problem.sheet != SHEET_ROSTER for problem in form.problems)
    without_roster = any(problem.code in STRUCTURAL and not problem.cell for problem in form.problems)
    if form.head is None or broken or without_roster or not form.lines:
        raise FormIncomplete(
            "申报表缺少必要的工作表、表头、单位信息或人员，无法核验。请按列出的问题更正，或下载申报模板重新填写。",
            cells=[msgspec.to_builtins(problem) for problem in form.problems],
        )
    return form
