"""取证单: chosen rows of a claim as one paper for the audited unit, with the facts found and its opinion, to be signed by both sides.

It is printed and signed, not stored: what was printed of whom, and the digest of the file, stand in the trail.
"""

import asyncio
import re
from collections.abc import Sequence

import msgspec

from training_admin.audit.papers import Paper, opened
from training_admin.audit.store import ClaimHead, head_of
from training_admin.audit.table_rows import conclusion
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.digest import sha256_hex
from training_admin.kit.identifiers import mask_identity
from training_admin.kit.kept_words import one_line
from training_admin.kit.money import yuan_grouped
from training_admin.kit.refusals import Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.wording import row_ranges
from training_admin.office import trail
from training_admin.office.numbers import next_number
from training_admin.office.paper_facts import Block, PaperContent
from training_admin.office.paper_rendering import docx_of, pdf_of
from training_admin.subsidy.explain import OUTCOME_WORDS

FILE_KIND = "audit-evidence"
MADE = "audit:evidence:made"
MOST_ROWS, LONGEST_WORDS = 200, 1000
_SPAN = re.compile(r"(\d{1,6})(?:[-－—~～](\d{1,6}))?")
_SEPARATORS = re.compile(r"[、,，;；\s]+")
BLANK = "（由被取证单位填写）"


class EvidenceRefused(Unreadable):
    """The rows or the words cannot be put on a paper."""

    code = "evidence-refused"
    title = "取证单无法生成"


class EvidenceAsked(msgspec.Struct, frozen=True):
    """What an auditor wrote: rows as people write them (`10-14、18`), the facts, the other side's opinion ("" leaves room for it)."""

    rows: str
    facts: str
    opinion: str = ""


class EvidenceSheet(msgspec.Struct, frozen=True):
    """The paper: its number, and the file as PDF or .docx."""

    number: str
    content: bytes


def rows_of(text: str) -> tuple[int, ...]:
    """Rows as people write them, in order; raises EvidenceRefused."""
    rows: set[int] = set()
    for piece in filter(None, _SEPARATORS.split(text)):
        found = _SPAN.fullmatch(piece)
        first, last = (int(found[1]), int(found[2] or found[1])) if found and piece.isascii() else (1, 0)
        if not first <= last < first + MOST_ROWS:
            raise EvidenceRefused(f"“{piece[:20]}”不是花名册的行，请按 10-14、18 的写法填写，一次最多 {MOST_ROWS} 行。")
        rows.update(range(first, last + 1))
    if not 0 < len(rows) <= MOST_ROWS:
        raise EvidenceRefused(f"请填写花名册的行，如 10-14、18，一次最多 {MOST_ROWS} 行。")
    return tuple(sorted(rows))


async def make_evidence(actor: Actor, number: str, asked: EvidenceAsked, *, as_docx: bool, clock: Clock) -> EvidenceSheet:
    """A numbered 取证单 of a claim; the act is told in the trail. Raises NotAllowed, NothingToExport, EvidenceRefused."""
    codes = scope_of(actor, Right.AUDIT_EXPORT).codes
    rows = rows_of(asked.rows)
    facts = one_line(asked.facts, EvidenceRefused, what="查明的事实", most=LONGEST_WORDS)
    opinion = one_line(asked.opinion, EvidenceRefused, what="对方意见", most=LONGEST_WORDS, needed=False)
    async with read_transaction():
        heads = await head_of(number, organisations=codes)
        paper = await _opened(heads)
    content = evidence_content(paper, rows, facts=facts, opinion=opinion, actor=actor, clock=clock)
    file_number = await _numbered(clock)
    file = await asyncio.to_thread(docx_of if as_docx else pdf_of, file_number, content)
    await _told(actor, number, {"file_number": file_number, "rows": row_ranges(rows), "sha256": sha256_hex(file)}, clock)
    return EvidenceSheet(file_number, file)


async def _opened(heads: Sequence[ClaimHead]) -> Paper:
    async for paper in opened(heads):
        return paper
    raise AssertionError("a claim that was found is opened")


@retried
async def _numbered(clock: Clock) -> str:
    async with write_transaction():
        year = clock.today().year
        return f"SJQZ{year}{await next_number(FILE_KIND, year):06d}"


@retried
async def _told(actor: Actor, number: str, detail: dict[str, str], clock: Clock) -> None:
    async with write_transaction():
        await trail.record(actor, MADE, number, detail, at=clock.now())


def evidence_content(paper: Paper, rows: Sequence[int], *, facts: str, opinion: str, actor: Actor, clock: Clock) -> PaperContent:
    """What stands on the paper; raises EvidenceRefused for a row that the claim does not have."""
    record = paper.record
    named = {line.row: person for line, person in zip(paper.lines, paper.people, strict=True)}
    missing = [row for row in rows if row not in named]
    if missing:
        raise EvidenceRefused(f"花名册没有第 {row_ranges(missing)} 行，请对照申报页面更正。")
    classes = {klass.class_no: klass for klass in record.classes}
    results = [paper.results[row] for row in rows]
    table = tuple(
        (
            *(str(line.row), named[line.row].name, mask_identity(named[line.row].id_no), line.class_no),
            conclusion(record, classes.get(line.class_no), line).removeprefix("核验结果：") or OUTCOME_WORDS[line.outcome],
            yuan_grouped(line.payable_fen),
        )
        for line in results
    )
    head = (
        ("被取证单位", f"{paper.head.enterprise_name}（{paper.head.uscc}）"),
        ("申报编号", paper.head.number),
        (
            "取证内容",
            f"花名册第 {row_ranges(rows)} 行，{len(rows)} 人次，应发 {yuan_grouped(sum(each.payable_fen for each in results))} 元",
        ),
        ("资料来源", f"申报系统第 {paper.head.place} 次核验记录，校验值 {paper.head.sha256}"),
    )
    return PaperContent(
        title="审计取证单",
        addressee="",
        blocks=(
            Block(rows=head),
            Block(text="一、有关人员", heading=True),
            Block(header=("行", "姓名", "证件号码", "班级", "核验结论", "应发（元）"), rows=table),
            Block(text="二、查明的事实", heading=True),
            Block(text=facts),
            Block(text="三、被取证单位意见", heading=True),
            Block(text=opinion or BLANK),
            Block(rows=(("被取证单位负责人签字", ""), ("签字日期", ""), ("取证人签字", shown_name(actor)), ("审核人签字", ""))),
        ),
        signed_by=actor.organisation_name or "审计组",
        day=clock.today(),
    )
