"""Audit workbooks 审计工作簿 of a claim or a period: everything that was decided, printable, adding up, told in the trail.

Large ones are made in a child process with a connection of its own, small ones in threads: nothing heavy runs on the event loop.
"""

import asyncio
import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import IO, Any

import msgspec

from training_admin.audit import register_store, store
from training_admin.audit.doubt_store import kept_of
from training_admin.audit.finding import search
from training_admin.audit.layouts import DOUBT_COLUMNS, FIRMS, PAYABLE, PEOPLE, TOTAL_OF_FIRM, sheets_of
from training_admin.audit.notes import FiguresSeen, Told, note_rows
from training_admin.audit.papers import RecordDamaged, costs_of, load_surroundings, opened, with_facts
from training_admin.audit.register_rows import claim_link
from training_admin.audit.registering import Registers, load_registers
from training_admin.audit.spool import Spool
from training_admin.audit.store import ClaimHead, NothingToExport
from training_admin.audit.table_rows import (
    FirmSums,
    add_to_firm,
    class_papers,
    cost_rows,
    doubt_rows,
    firm_rows,
    people_by_stream,
    people_rows,
    roster_rows,
)
from training_admin.audit.ties import Stored, Sums, tie_rows, ties_of
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_stepped_up, scope_of
from training_admin.kit.clock import Clock, shanghai_day
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.kit.refusals import Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.wording import day, moment
from training_admin.kit.workbook.sheets import SheetWritten, Stamp, Tell, WorkbookWriter, untold
from training_admin.office import trail
from training_admin.office.anchors import anchor_head
from training_admin.office.heads import SignedHead
from training_admin.office.knowledge import knowledge_transaction, still_known_at
from training_admin.office.numbers import next_number

FILE_KIND = "audit-workbook"
CODE_LENGTH = 16
CHUNK = 1024 * 1024
TITLE = "企业职工职业培训"


class PeriodBackwards(Unreadable):
    """A period ends before it begins."""

    code = "period-backwards"
    title = "起止日期有误"


class Wanted(msgspec.Struct, frozen=True):
    """What to export: one claim by its number, or the claims submitted from `start` to `end`; `public` masks (公示版).

    `organisation` narrows a period to one enterprise; `address` is where this installation is found, for the links to decisions;
    `people` adds names and identity numbers to a data package.
    """

    number: str | None = None
    start: date | None = None
    end: date | None = None
    public: bool = False
    organisation: str | None = None
    address: str = ""
    people: bool = False

    @property
    def conditions(self) -> str:
        """The conditions as they are printed."""
        if self.number is not None:
            return f"申报编号 {self.number}"
        firm = "" if self.organisation is None else f"，单位 {self.organisation}"
        return f"申报日期 {day(self.start)}至{day(self.end)}{firm}，已核验的申报"


class WorkbookReceipt(msgspec.Struct, frozen=True):
    """What was made: file number, digest of the file, check code printed at its foot; rows and sums of amounts (fen) by sheet."""

    file_number: str
    sha256: str
    check_code: str
    rows: dict[str, int]
    totals: dict[str, dict[str, int]]


async def claim_workbook(actor: Actor, number: str, *, clock: Clock, public: bool = False, address: str = "") -> bytes:
    """The audit workbook of one claim; raises NothingToExport, RecordDamaged, StepUpNeeded. The act is recorded in the trail."""
    return await workbook_bytes(actor, Wanted(number=number, public=public, address=address), clock)


async def period_workbook(actor: Actor, *, start: date, end: date, clock: Clock, public: bool = False) -> bytes:
    """The audit workbook of the claims submitted in a period, both days included; raises PeriodBackwards, NothingToExport."""
    return await workbook_bytes(actor, Wanted(start=start, end=end, public=public), clock)


async def workbook_bytes(actor: Actor, wanted: Wanted, clock: Clock) -> bytes:
    """An audit workbook as it is wanted; raises StepUpNeeded for the internal variant, and what `make_workbook` raises."""
    if not wanted.public:
        assert_stepped_up(actor)
    from training_admin.audit.making import made_apart  # it imports this module for its other end

    # Nameless at once: what stands in it is nobody else's business.
    with tempfile.TemporaryFile() as target:
        if await is_large(actor, wanted):
            await made_apart(actor, wanted, target, clock=clock)
        else:
            await make_workbook(actor, wanted, target, clock=clock)
        target.seek(0)
        return target.read()


async def chosen(actor: Actor, wanted: Wanted) -> list[ClaimHead]:
    """The claims that are wanted and the actor may export, in order of submission; inside an open transaction."""
    organisations = scope_of(actor, Right.AUDIT_EXPORT).codes
    if wanted.number is not None:
        return await store.head_of(wanted.number, organisations=organisations)
    assert wanted.start is not None
    assert wanted.end is not None
    if wanted.end < wanted.start:
        raise PeriodBackwards("结束日期早于开始日期，请更正后重试。")
    found = await store.heads_between(wanted.start, wanted.end, organisations=organisations)
    heads = [head for head in found if wanted.organisation in {None, head.uscc}]
    if not heads:
        raise NothingToExport("这段时间内没有这家单位已核验的申报。请核对统一社会信用代码，或换一段申报日期后重试。")
    return heads


async def is_large(actor: Actor, wanted: Wanted) -> bool:
    """Whether the workbook is worth a process of its own."""
    async with read_transaction():
        heads = await chosen(actor, wanted)
    return sum(head.lines for head in heads) > store.LARGE


async def make_workbook(actor: Actor, wanted: Wanted, target: IO[bytes], *, clock: Clock, tell: Tell = untold) -> WorkbookReceipt:
    """Write the workbook into an empty file opened for reading and writing, and record the act before and after.

    `tell` hears after each sheet how many of how many are written.
    """
    file_number = await _begun(actor, wanted, clock)
    head_of_trail = await anchor_head(clock)
    async with knowledge_transaction():
        made_at = await still_known_at(clock)
    async with read_transaction():
        heads = await chosen(actor, wanted)
        around = await load_surroundings(heads, made_at)
        behind = await load_registers(heads, around, public=wanted.public, address=wanted.address)
        maker = _Maker(wanted, heads, behind, target, marks_of(actor, file_number, head_of_trail, wanted, made_at), tell)
        with maker.writer:
            await maker.people()
            await maker.firms()
            if not wanted.public:
                await maker.roster_costs_and_doubts()
            await behind.write(maker.writer)
            await maker.ties()
            told = Told(
                conditions=wanted.conditions,
                public=wanted.public,
                file_number=file_number,
                check_code=maker.stamp.check_code,
                made_at=made_at,
                trail=head_of_trail,
                deliveries=tuple(await store.deliveries(made_at)),
                coverage=maker.around.coverage,
            )
            written = await asyncio.to_thread(maker.close, told)
    receipt = await asyncio.to_thread(_receipt, file_number, maker.stamp.check_code, written, target)
    await _made(actor, wanted, receipt, clock)
    return receipt


@retried
async def _begun(actor: Actor, wanted: Wanted, clock: Clock) -> str:
    """Number the file and record that it is being made: names and numbers are about to be read in clear."""
    async with write_transaction():
        heads = await chosen(actor, wanted)
        year = clock.today().year
        file_number = f"SJAW{year}{await next_number(FILE_KIND, year):06d}"
        detail = {
            "conditions": wanted.conditions,
            "public": wanted.public,
            "claims": len(heads),
            "full_identity_numbers": not wanted.public,
        }
        await trail.record(actor, "audit:workbook:opened", file_number, detail, at=clock.now())
        return file_number


@retried
async def _made(actor: Actor, wanted: Wanted, receipt: WorkbookReceipt, clock: Clock) -> None:
    detail = {"sha256": receipt.sha256, "check_code": receipt.check_code, "rows": receipt.rows, "public": wanted.public}
    async with write_transaction():
        await trail.record(actor, "audit:workbook:exported", receipt.file_number, detail, at=clock.now())


def _receipt(file_number: str, check_code: str, written: Sequence[SheetWritten], target: IO[bytes]) -> WorkbookReceipt:
    target.seek(0)
    digest = hashlib.sha256()
    while chunk := target.read(CHUNK):
        digest.update(chunk)
    return WorkbookReceipt(
        file_number=file_number,
        sha256=digest.hexdigest(),
        check_code=check_code,
        rows={sheet.name: sheet.rows for sheet in written},
        totals={sheet.name: sheet.sums for sheet in written if sheet.amounts},
    )


def marks_of(actor: Actor, file_number: str, head: SignedHead, wanted: Wanted, made_at: datetime) -> Stamp:
    """What stands on every page: who made the file when and with which conditions, and the signed end of the trail."""
    mark = "公示版" if wanted.public else "内部资料"
    return Stamp(
        file_number=file_number,
        check_code="",
        version="",
        watermark=f"{mark}　{actor.name} 于 {moment(made_at)} 导出　操作留痕第 {head.number} 行 {head.code}　{wanted.conditions}",
    )


class _Maker:
    """Writes the sheets of one workbook in their order."""

    def __init__(self, wanted: Wanted, heads: Sequence[ClaimHead], behind: Registers, target: IO[bytes], stamp: Stamp, tell: Tell) -> None:
        self.wanted, self.heads, self.around, self.behind = wanted, heads, behind.around, behind
        around = behind.around
        self.found_on = shanghai_day(around.known_at)
        self.seen = FiguresSeen()
        self.sums: dict[tuple[str, int], FirmSums] = {}
        self.unasked: list[tuple[str, str]] = []
        packs = "、".join(sorted({head.pack for head in heads}))
        version = f"政策包 {packs} {around.policy.version}"
        self.stamp = msgspec.structs.replace(stamp, check_code=_check_code(wanted, heads, around.known_at), version=version)
        self.places: dict[tuple[str, int], int] = {}
        self.recognised_fen = 0
        self.writer = WorkbookWriter(target, sheets_of(TITLE, self._lines(), behind.sheets, public=wanted.public), self.stamp, tell=tell)

    def _lines(self) -> tuple[str, ...]:
        names = {head.enterprise_name for head in self.heads}
        unit = f"申报单位：{names.pop()}" if len(names) == 1 else f"申报单位：{len({head.uscc for head in self.heads})} 家"
        compiled = f"单位：元　　编制日期：{self.found_on.isoformat()}　　文件号：{self.stamp.file_number}"
        return f"{unit}　　查询条件：{self.wanted.conditions}", compiled

    async def people(self) -> None:
        """补贴人员明细表, adding up for the firms on the way."""
        number = 1
        async for paper in opened(self.heads):
            classes = class_papers(paper, self.around)
            made = people_rows(paper, classes, number, public=self.wanted.public, base=self.wanted.address)
            rows = await asyncio.to_thread(_listed, made)
            if rows:
                self.places.setdefault((paper.head.uscc, paper.head.claim_year), self.writer.next_row)
            await asyncio.to_thread(self.writer.write, rows)
            number += len(rows)
            add_to_firm(self.sums, paper, self.around)
            self.behind.people |= people_by_stream(paper)
            self.recognised_fen += sum(klass.eligible_cost_fen for klass in paper.record.classes)
            self.seen.add(paper.record)
        written = self.writer.end_sheet()
        stored_fen = sum(head.payable_fen or 0 for head in self.heads)
        if written.totals[PAYABLE] != stored_fen:
            raise RecordDamaged(f"“{PEOPLE}”的合计与已存的核验结果不一致，已停止导出。请联系系统管理员。")

    async def firms(self) -> None:
        """企业补贴汇总表; its total is that of the people."""
        self.behind.ceilings.ceiling_fen.update({key: firm.ceiling_fen for key, firm in self.sums.items()})
        self.writer.write(firm_rows(self.sums, self.places))
        written = self.writer.end_sheet()
        if written.totals[TOTAL_OF_FIRM] != self.writer.written[0].totals[PAYABLE]:
            raise RecordDamaged(f"“{FIRMS}”的合计与人员明细不一致，已停止导出。请联系系统管理员。")

    async def roster_costs_and_doubts(self) -> None:
        """班级花名册, 费用明细表 and 审计疑点清单; the doubts are found while the rosters are written."""
        with Spool(DOUBT_COLUMNS) as doubts:
            await self._roster(doubts)
            async for head, costs in costs_of(self.heads):
                self.writer.write(cost_rows(costs, claim_link(self.behind.base, head.number)))
            self.writer.end_sheet()
            await asyncio.to_thread(self.writer.write, doubts.rows())
            self.writer.end_sheet()

    async def _roster(self, doubts: Spool) -> None:
        number = 1
        kept = await kept_of([head.id for head in self.heads])
        async for paper, facts in with_facts(self.heads, self.around):
            rows = await asyncio.to_thread(_listed, roster_rows(paper, facts, number, base=self.wanted.address))
            await asyncio.to_thread(self.writer.write, rows)
            number += len(rows)
            found = await asyncio.to_thread(search, facts)
            claim = claim_link(self.behind.base, paper.head.number)
            doubts.add(doubt_rows(found.doubts, paper, self.found_on, claim, kept))
            self.unasked += [(facts.number, each) for each in found.unasked]
        self.writer.end_sheet()

    async def ties(self) -> None:
        """勾稽表: what must be equal, and whether it is."""
        cases = self.behind.cases
        known = Stored(
            payable_fen=sum(head.payable_fen or 0 for head in self.heads),
            computed_fen=sum(head.computed_fen for head in self.heads if head.payable_fen is not None),
            recognised_fen=self.recognised_fen,
            people=self.writer.written[0].rows,
            decided_fen=sum(head.payable_fen or 0 for head in self.heads if head.number in self.behind.in_payment),
            paid_fen=await register_store.paid_in_ledger(cases),
            received_fen=await register_store.received(cases),
            apprentices_paid_fen=sum(each.paid_fen for each in self.behind.apprentices.ledger.values()),
            apprentices_asked_fen=sum(each.asked_back_fen for each in self.behind.apprentices.ledger.values()),
        )
        sums = Sums(self.writer.cells, {sheet.name: sheet.totals for sheet in self.writer.written})
        self.writer.write(tie_rows(ties_of(sums, known), self.writer.next_row))
        self.writer.end_sheet()

    def close(self, told: Told) -> tuple[SheetWritten, ...]:
        """口径说明, and the end of the file."""
        self.writer.write(note_rows(told, self.heads, self.seen, self.unasked))
        self.writer.end_sheet()
        return self.writer.close()


def _listed(rows: Iterator[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return list(rows)


def _check_code(wanted: Wanted, heads: Sequence[ClaimHead], known_at: datetime) -> str:
    """A code over conditions, instant and the digests of all records: two workbooks with one code show the same decisions."""
    content: dict[str, Any] = {
        "conditions": wanted.conditions,
        "public": wanted.public,
        "known_at": known_at.isoformat(),
        "records": [(head.number, head.place, head.sha256) for head in heads],
    }
    code = sha256_hex(canonical_json(content))[:CODE_LENGTH].upper()
    return "-".join(code[place : place + 4] for place in range(0, CODE_LENGTH, 4))
