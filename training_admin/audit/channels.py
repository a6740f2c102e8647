"""Importing what other channels have trained, and the streets of enterprises: persons by keyed hash only, a file once."""

from datetime import datetime

import msgspec

from training_admin.audit.channel_workbooks import FILE_WORDS, FileKind, FileRead, FileReading, read_file
from training_admin.audit.claim_streets import note_streets
from training_admin.audit.steering import FIRST_YEAR
from training_admin.audit.steering_facts import Department
from training_admin.audit.targets import LAST_YEAR
from training_admin.database import copy_rows, fetch_tuples, read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.digest import sha256_hex
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.office import trail
from training_admin.parties.institution_store import PERSON_PLACE

LONGEST_CHANNEL = 100


class ChannelRefused(Unreadable):
    """The file cannot be imported as it is; `cells` names wrong cells."""

    code = "channel-refused"
    title = "文件无法导入"


class ImportedBefore(Refusal):
    """The very same file was imported before."""

    code = "channel-imported-before"
    title = "文件已经导入"


class Imported(msgspec.Struct, frozen=True):
    """A file that was imported."""

    id: int
    kind: FileKind
    channel: str
    department: str
    year: int
    rows: int
    importer: str
    imported_at: datetime


async def import_file(
    actor: Actor, content: bytes, *, kind: FileKind, channel: str, department: str, year: int, clock: Clock
) -> tuple[int, int]:
    """Import a file of another channel; returns how many rows it had and how many different people or enterprises.

    Raises NotAllowed, ChannelRefused, ImportedBefore, TableUnreadable, the refusals of kit.workbook and ChildFailed.
    """
    assert_may(actor, Right.DELIVERY_RECEIVE)
    words = one_line(channel, ChannelRefused, what="来源", most=LONGEST_CHANNEL)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ChannelRefused(f"年度应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间。")
    if kind is FileKind.PEOPLE and department not in set(Department):
        raise ChannelRefused("请选择负责这一渠道的部门。")
    if not content:
        raise ChannelRefused("请先选择文件（.xlsx 或 .csv），再点击导入。")
    read = await read_file(FileReading(content, kind, year, clock.today()))
    if read.count:
        raise ChannelRefused(
            f"“{FILE_WORDS[kind]}”中有 {read.count} 处需要更正，没有导入任何一行。请按列出的问题更正后重新上传。",
            cells=[msgspec.to_builtins(each) for each in read.problems],
            count=read.count,
        )
    return await _keep(actor, read, sha256_hex(content), kind=kind, channel=words, department=department, year=year, clock=clock)


@retried
async def _keep(
    actor: Actor, read: FileRead, sha256: str, *, kind: FileKind, channel: str, department: str, year: int, clock: Clock
) -> tuple[int, int]:
    keys = vault()
    hashed = [keys.keyed_hash(each.number, place=PERSON_PLACE) for each in read.people]
    count = len(read.people) or len(read.streets)
    async with write_transaction():
        found = await fetch_tuples(
            """INSERT INTO channel_delivery (kind, channel, department, year, sha256, rows, imported_by, importer, imported_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (sha256) DO NOTHING RETURNING id""",
            *(kind.value, channel, department if kind is FileKind.PEOPLE else "", year, sha256, count, actor.trail_key),
            *(shown_name(actor), clock.now()),
        )
        if not found:
            raise ImportedBefore("这份文件已经导入过，没有重复导入。需要补充时，请只上传新增的行。")
        delivery = found[0][0]
        await copy_rows(
            "channel_trained",
            ("delivery", "person", "day", "uscc", "street", "level", "passed"),
            [
                (delivery, person, each.day, each.uscc, each.street, each.level, each.passed)
                for person, each in zip(hashed, read.people, strict=True)
            ],
        )
        await copy_rows("enterprise_street", ("delivery", "uscc", "street", "registered"), [(delivery, *each) for each in read.streets])
        if read.streets:
            await note_streets(None, clock=clock)
        detail = {"kind": kind.value, "channel": channel, "rows": count, "sha256": sha256}
        await trail.record(actor, "audit:channel:imported", str(year), detail, at=clock.now())
    return count, len(set(hashed)) or count


async def list_imports(actor: Actor) -> list[Imported]:
    """What was imported, the newest first; raises NotAllowed."""
    assert_may(actor, Right.DELIVERY_READ)
    async with read_transaction():
        rows = await fetch_tuples(
            """SELECT id, kind, channel, department, year, rows, importer, imported_at FROM channel_delivery ORDER BY id DESC LIMIT 500"""
        )
    return [Imported(key, FileKind(kind), *rest) for key, kind, *rest in rows]
