"""Comparing with other departments: a list is imported with source, legal basis, coverage and purge date, and purged on its day."""

import asyncio
from datetime import date

import msgspec

from training_admin.audit import match_store as store
from training_admin.audit.asking_store import evidence_of
from training_admin.audit.match_facts import KINDS, ListTold, MatchEntry, MatchHead
from training_admin.audit.match_reading import MatchRead, read_list
from training_admin.audit.match_store import NewList
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import WORKER, Actor, assert_may, assert_stepped_up, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.digest import sha256_hex
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.kit.workdays import add_months
from training_admin.office import trail
from training_admin.office.files import erase_file
from training_admin.office.jobs import JobRun
from training_admin.office.numbers import next_number
from training_admin.parties.institution_store import PERSON_PLACE

PURGE_LISTS = "purge_match_lists"
LIST_NUMBERS = "match_list"
LONGEST_SOURCE, LONGEST_BASIS = 200, 300
MOST_TOLD, MOST_SHOWN = 1000, 500
# Kept no longer than a claim of the stretch can still be decided and looked at; ours, no paper tells it (assumed).
LONGEST_MONTHS = 36


class ListRefused(Unreadable):
    """A field of the list is missing or out of bounds."""

    code = "match-list-refused"
    title = "比对名单不能导入"


class ListWrong(Unreadable):
    """Cells of the list are wrong: nothing is kept. `cells` lists them."""

    code = "match-list-wrong"
    title = "比对名单有误"


class ListKnown(Refusal):
    """The very file was imported before."""

    code = "match-list-known"
    title = "已经导入"


async def import_list(actor: Actor, content: bytes, told: ListTold, *, clock: Clock) -> str:
    """Import a list; returns its number. Numbers become keyed hashes at once and are kept nowhere.

    Raises NotAllowed, StepUpNeeded, ListRefused, ListWrong, ListKnown, the refusals of kit.workbook.
    """
    assert_may(actor, Right.DELIVERY_RECEIVE)
    assert_stepped_up(actor)
    today = clock.today()
    sound = _sound(told, today)
    read = await read_list(content, told.kind, today=today)
    if read.count:
        raise ListWrong(
            f"名单中有 {read.count} 处有误，没有导入任何内容。请按列出的问题更正后重新上传。",
            count=read.count,
            cells=[msgspec.to_builtins(each) for each in read.problems[:MOST_TOLD]],
        )
    entries = await asyncio.to_thread(_keyed, read)
    new = NewList(number="", told=sound, sha256=sha256_hex(content), importer=shown_name(actor), at=clock.now())
    return await _keep(actor, entries, new, clock=clock)


def _sound(told: ListTold, today: date) -> ListTold:
    """What was told with its words cleaned; raises ListRefused."""
    source = one_line(told.source, ListRefused, needed=True, most=LONGEST_SOURCE, what="来源单位")
    basis = one_line(told.basis, ListRefused, needed=True, most=LONGEST_BASIS, what="法律依据")
    if told.covers_to < told.covers_from or told.as_of > today:
        raise ListRefused("覆盖期的截止日不能早于起始日，名单日期不能晚于今天。")
    if not today < told.purge_on <= add_months(today, LONGEST_MONTHS):
        raise ListRefused(f"清除日期须晚于今天，且不超过 {LONGEST_MONTHS} 个月（最短保存期限，个人信息保护法第十九条）。")
    return msgspec.structs.replace(told, source=source, basis=basis)


def _keyed(read: MatchRead) -> list[MatchEntry]:
    keys = vault()
    return [MatchEntry(keys.keyed_hash(each.identity, place=PERSON_PLACE).hex(), each.starts, each.ends, each.word) for each in read.rows]


@retried
async def _keep(actor: Actor, entries: list[MatchEntry], new: NewList, *, clock: Clock) -> str:
    year = clock.today().year
    async with write_transaction():
        if known := await store.number_of_file(new.sha256):
            raise ListKnown(f"这份名单已经导入（{known}），没有重复导入。")
        number = f"BD{year}{await next_number(LIST_NUMBERS, year):04d}"
        await store.add_list(msgspec.structs.replace(new, number=number), entries)
        detail = {"kind": new.told.kind.value, "rows": len(entries), "purge_on": new.told.purge_on.isoformat(), "sha256": new.sha256}
        await trail.record(actor, "audit:list:imported", number, detail, at=clock.now())
    return number


async def list_heads(actor: Actor) -> tuple[list[MatchHead], list[str]]:
    """The lists there are, newest first, and the kinds for which none can be compared with now; raises NotAllowed."""
    assert_may(actor, Right.DELIVERY_READ)
    async with read_transaction():
        found = await store.heads(most=MOST_SHOWN)
        there = await store.coverage()
    return found, [said.words for kind, said in KINDS.items() if kind not in there]


@retried
async def purge_staged(run: JobRun) -> None:
    """The nightly job: rows of lists whose purge date has come are deleted, the heads stay; its key is the day."""
    async with write_transaction():
        if not await run.first_time():
            return
        purged = await store.purge(run.clock.today(), at=run.clock.now())
        # The answers of departments hold whole numbers: they go with the lists that were made of them.
        for sha256 in await evidence_of([number for number, _rows in purged]):
            await erase_file(sha256)
        for number, rows in purged:
            await trail.record(WORKER, "audit:list:purged", number, {"rows": rows}, at=run.clock.now())
