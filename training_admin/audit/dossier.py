"""A claim's dossier 案卷 as one archive: the printed whole, every record and figure as JSON, the chain of hashes, two verifiers.

The verifiers need nothing of this system. The archive has one possible spelling (stored, without times), so that no byte of it is idle.
"""

import asyncio
import zipfile
from datetime import datetime
from importlib.resources import files
from typing import IO

import msgspec

from training_admin.audit import dossier_store
from training_admin.audit.dossier_facts import Manifest
from training_admin.audit.dossier_print import Printed
from training_admin.audit.dossier_telling import MadeOf, claim_told, costs_told, determination_told, doubts_told, payments_told
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.papers import Paper, Surroundings, load_surroundings, with_facts
from training_admin.audit.store import LARGE, ClaimHead, head_of
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, scope_of, shown_name
from training_admin.kit.child import MEGABYTE, ChildLimits, run_in_child
from training_admin.kit.clock import Clock
from training_admin.kit.digest import canonical_json
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.office import trail
from training_admin.office.anchors import anchor_head
from training_admin.office.knowledge import knowledge_transaction, still_known_at
from training_admin.office.numbers import next_number
from training_admin.subsidy import handling_store, review_store
from training_admin.subsidy.handling import NOTE_KINDS
from training_admin.subsidy.review_store import NOTE_PLACE
from training_admin.web import shanghai_iso

FILE_KIND = "audit-dossier"
PRINTING = "training_admin.audit.dossier_print:printed_in_child"
# Ten thousand people are some thousand pages.
PRINTING_LIMITS = ChildLimits(memory=4096 * MEGABYTE, processor_seconds=800, seconds=900.0)
PDF, MANIFEST, WORDS_NAME = "案卷.pdf", "manifest.json", "说明.txt"
VERIFIERS = ("verify.html", "verify.py")
WORDS = """案卷：一份申报的全部材料

案卷.pdf             全部内容，可打印；证件号码只显示首四位和末二位
claim.json           申报、办理经过、文书、附件（校验值）、异议、留痕
records/             每次自动核验的记录：逐人逐条结论、参数、计算步骤
costs.json           费用凭证和认定金额
determination.json   审定依据的记录、审核意见和审定结果
payments.json        公示、应付、支付、追回
doubts.json          生成案卷时的审计疑点
manifest.json        以上每个文件的 SHA-256，前后相接成链
verify.html          离线验证页：用浏览器打开，选择本压缩包
verify.py            独立验证程序，只需要 Python 3.10 以上：python3 verify.py 案卷.zip

人员在数据文件中以代号出现，与“案卷.pdf”花名册的行号对应。金额单位为分。
两个验证程序都不联网、不需要本系统：核对每一个字节，并重算每一笔金额。
请将显示的案卷校验码与操作留痕“生成案卷”一行所载的校验码核对。
"""


class DossierReceipt(msgspec.Struct, frozen=True):
    """What was made: file number, check code of the chain, and the last link itself."""

    file_number: str
    code: str
    head: str


async def write_dossier(actor: Actor, number: str, target: IO[bytes], *, clock: Clock) -> DossierReceipt:
    """Write the dossier of a claim into a file and record the act; raises NotAllowed, NothingToExport, RecordDamaged."""
    file_number = await _begun(actor, number, clock)
    head = await anchor_head(clock)
    made = MadeOf(file_number, shanghai_iso(clock.now()), shown_name(actor), head)
    contents = await _contents(number, made, clock)
    manifest = Manifest(file_number=file_number, claim_number=number, made_at=made.made_at, made_by=made.made_by).listing(contents)
    contents.append((MANIFEST, canonical_json(msgspec.to_builtins(manifest))))
    await asyncio.to_thread(write_archive, contents, target)
    await _made(actor, number, manifest, clock)
    return DossierReceipt(file_number, manifest.code, manifest.head)


@retried
async def _begun(actor: Actor, number: str, clock: Clock) -> str:
    """Number the dossier and record that it is being made: names are about to be read in clear."""
    async with write_transaction():
        await head_of(number, organisations=scope_of(actor, Right.AUDIT_EXPORT).codes)
        year = clock.today().year
        file_number = f"SJAJ{year}{await next_number(FILE_KIND, year):06d}"
        await trail.record(actor, "audit:dossier:opened", number, {"file_number": file_number}, at=clock.now())
        return file_number


@retried
async def _made(actor: Actor, number: str, manifest: Manifest, clock: Clock) -> None:
    detail = {"file_number": manifest.file_number, "code": manifest.code, "head": manifest.head, "files": len(manifest.files)}
    async with write_transaction():
        await trail.record(actor, dossier_store.DOSSIER_MADE, number, detail, at=clock.now())


async def is_large(actor: Actor, number: str) -> bool:
    """Whether the dossier is worth a process of its own; raises NotAllowed, NothingToExport."""
    codes = scope_of(actor, Right.AUDIT_EXPORT).codes
    async with read_transaction():
        return (await head_of(number, organisations=codes))[0].lines > LARGE


class MadeBefore(msgspec.Struct, frozen=True):
    """A dossier that was made: when, by whom (key of the trail), number and check code."""

    at: datetime
    actor: str
    file_number: str
    code: str


async def list_dossiers(actor: Actor, number: str) -> list[MadeBefore]:
    """The dossiers made of a claim in the actor's scope, newest first; raises NotAllowed, NothingToExport."""
    codes = scope_of(actor, Right.AUDIT_EXPORT).codes
    async with read_transaction():
        await head_of(number, organisations=codes)
        found = await dossier_store.dossiers_of(number)
    return [MadeBefore(at, by, detail["file_number"], detail["code"]) for at, by, detail in found]


async def _contents(number: str, made: MadeOf, clock: Clock) -> list[tuple[str, bytes]]:
    """The files in their order, but the manifest."""
    async with knowledge_transaction():
        known_at = await still_known_at(clock)
    async with read_transaction():
        heads = await head_of(number, organisations=None)
        around = await load_surroundings(heads, known_at)
        paper, facts = await _opened(heads, around)
        doubts = await asyncio.to_thread(doubts_told, paper, facts)
        claim = await review_store.claim_by_number(number, None)
        told = await claim_told(claim, made)
        determination, payments = await determination_told(claim), await payments_told(claim)
        records = [(f"records/{place:03d}.json", content) for place, content in await dossier_store.records_of(claim.id)]
        notes = await _notes(claim.id)
    printed = Printed(told, paper, determination, payments, costs_told(facts), doubts, tuple(notes))
    pdf = await run_in_child(PRINTING, await asyncio.to_thread(msgspec.msgpack.encode, printed), limits=PRINTING_LIMITS)
    return [
        (WORDS_NAME, WORDS.encode()),
        *((name, verifier(name)) for name in VERIFIERS),
        (PDF, pdf),
        ("claim.json", canonical_json(told)),
        *records,
        ("costs.json", canonical_json(printed.costs)),
        ("determination.json", canonical_json(determination)),
        ("payments.json", canonical_json(payments)),
        ("doubts.json", canonical_json(doubts)),
    ]


async def _opened(heads: list[ClaimHead], around: Surroundings) -> tuple[Paper, ClaimAudit]:
    """The one claim opened, with the facts about it."""
    async for opened in with_facts(heads, around):
        return opened
    raise AssertionError("a claim that was found is opened")


async def _notes(claim: int) -> list[tuple[str, str, str, str]]:
    """Internal notes and calls, oldest first: kind, words, writer, instant. They are printed and stand in no data file."""
    keys = vault()
    return [
        (NOTE_KINDS[each.kind], keys.decrypt_text(each.sealed, place=NOTE_PLACE), each.writer, shanghai_iso(each.written_at))
        for each in reversed(await handling_store.notes_of(claim))
    ]


def verifier(name: str) -> bytes:
    """A stand-alone verifier as it is handed out."""
    assert name in VERIFIERS
    return (files("training_admin.audit") / "data" / name).read_bytes()


def write_archive(contents: list[tuple[str, bytes]], target: IO[bytes]) -> None:
    """The archive in its only spelling: nothing compressed, no times, nobody's rights."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=False) as archive:
        for name, content in contents:
            archive.writestr(zipfile.ZipInfo(name), content)
