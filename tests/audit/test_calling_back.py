"""Call-backs by sample: drawn once and verified by a script, phones masked, calls recorded, a contradiction stops money as a doubt."""

import asyncio
import io
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from openpyxl import load_workbook

from tests.audit.field_world import drawn_today
from tests.audit.test_lots import verified
from tests.fund.payment_world import rows
from tests.people import enter, sign_in_as
from tests.subsidy import running
from tests.subsidy.running import to
from tests.subsidy.test_dry_run import claimed
from tests.web.test_fund import post
from training_admin.audit import calling_back, doubt_store
from training_admin.audit.callback_store import CallResult, SampleNotFound
from training_admin.audit.calling_back import CallbackRefused, CallMade, SampledBefore, needed_of
from training_admin.audit.workbooks import claim_workbook
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.database import DatabaseFault, execute_script, read_transaction, write_transaction
from training_admin.kit.actor import COMMAND_LINE, DEMO, NotAllowed, StepUpNeeded
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings


@pytest.mark.parametrize(("people", "needed"), [(1, 1), (9, 1), (10, 1), (11, 2), (20, 2), (21, 3)])
def test_a_tenth_is_rounded_up(people: int, needed: int) -> None:
    assert needed_of(people, 1000) == needed


async def test_a_sample_is_drawn_once_and_repeated_by_a_script(database: Settings, clock: FixedClock, tmp_path: Path) -> None:
    _plan, class_no = await drawn_today(clock)
    inspector = (await sign_in_as("dudao", clock)).actor
    number = await calling_back.draw_sample(inspector, class_no, clock=clock)
    with pytest.raises(SampledBefore, match=number):
        await calling_back.draw_sample(inspector, class_no, clock=clock)
    with pytest.raises(CallbackRefused):
        await calling_back.draw_sample(inspector, "BJ209900001", clock=clock)
    with pytest.raises(NotAllowed):
        await calling_back.draw_sample((await sign_in_as("jiaowu", clock)).actor, class_no, clock=clock)
    auditor = (await sign_in_as("shenji", clock)).actor
    assert [each[0].number for each in await calling_back.list_samples(auditor)] == [number]
    with pytest.raises(NotAllowed):
        await calling_back.draw_sample(auditor, class_no, clock=clock)
    sample, people = await calling_back.show_sample(auditor, number)
    told = calling_back.published_file(sample, people)
    assert people[0].drawn.name not in told.decode()
    done = await asyncio.to_thread(verified, tmp_path, msgspec.json.decode(told))
    assert done.returncode == 0, done.stdout
    forged = msgspec.json.decode(told)
    forged["drawn"] = [{"key": next(each["key"] for each in forged["lots"] if each["key"] != forged["drawn"][0]["key"]), "inspectors": []}]
    assert (await asyncio.to_thread(verified, tmp_path, forged)).returncode == 1
    for statement in ("UPDATE callback_sample SET seed = ''", "DELETE FROM callback_person"):
        with pytest.raises(DatabaseFault, match="callback_append_only"):
            async with write_transaction():
                await execute_script(statement)


async def test_a_contradiction_is_a_doubt_at_once(database: Settings, clock: FixedClock) -> None:
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    await running.registers(clock)
    class_no = await running.approved(clock)
    to(clock, running.LAST_EVENING)
    await running.hold(class_no, clock, days=10)
    await running.examine(class_no, clock, {})
    await running.close(class_no, clock)
    record = await claimed(clock, (class_no, "10000.00"))
    inspector = (await sign_in_as("dudao", clock)).actor
    number = await calling_back.draw_sample(inspector, class_no, clock=clock)

    async def call(result: str, words: str = "", recording: str = "") -> list[str]:
        return await calling_back.record_call(inspector, number, 1, result, words=words, recording=recording, clock=clock)

    assert await call("missed") == []
    for wrong in (("perhaps", ""), ("contradicts", ""), ("agrees", "电话 13912345678")):
        with pytest.raises(CallbackRefused):
            await call(*wrong)
    clock.move(timedelta(hours=1))
    new = await call("contradicts", "本人称未参加过培训", "LY-1")
    async with read_transaction():
        found = [await doubt_store.by_number(each, None) for each in new]
    assert [(each.rule, each.severity.name, len(each.rows), each.class_no) for each in found] == [("AU-090", "HIGH", 1, class_no)]
    with pytest.raises(CallMade):
        await call("agrees")
    with pytest.raises(SampleNotFound):
        await calling_back.record_call(inspector, number, 99, "agrees", words="", recording="", clock=clock)
    _sample, people = await calling_back.show_sample(inspector, number)
    assert [each.result for each in people[0].drawn.calls] == [CallResult.MISSED, CallResult.CONTRADICTS]
    assert len(record.lines) == await _roster(class_no)
    book = load_workbook(io.BytesIO(await claim_workbook(COMMAND_LINE, found[0].subject, clock=clock)), data_only=True)
    told = [row for row in book["电话回访记录"].iter_rows(values_only=True) if row[-1] == "抽样回访"]
    assert [(row[0], row[3], row[4], row[8], row[10]) for row in told] == [
        (class_no, "未接通", None, "督导检查员", None),
        (class_no, "接通", "否，与记录不符", "督导检查员", "LY-1"),
    ]


async def _roster(class_no: str) -> int:
    ((count,),) = await rows(
        "SELECT count(*)::int FROM class_trainee t JOIN class_version v ON v.id = t.class_version "
        "JOIN training_class c ON c.id = v.training_class AND c.approved_version = v.version WHERE c.class_no = $1",
        class_no,
    )
    return int(str(count))


async def test_the_pages_mask_phones_and_tell_each_look_in_the_trail(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    _plan, class_no = await drawn_today(clock)
    await enter(visitor, "dudao", clock, stepped_up=False)
    refused = await post(visitor, "/callbacks", "/callbacks", class_no="X")
    assert (refused.status_code, "班级编号" in refused.text) == (422, True)
    at = (await post(visitor, "/callbacks", "/callbacks", class_no=class_no)).headers["location"]
    number = at.rpartition("/")[2]
    ((sealed,),) = await rows("SELECT t.sealed_phone IS NOT NULL FROM callback_person p JOIN callback_sample s ON s.id = p.sample "
                              "JOIN class_trainee t ON t.class_version = s.class_version AND t.place = p.place")  # fmt: skip
    assert sealed
    with pytest.raises(StepUpNeeded):
        await calling_back.unmask_phone((await sign_in_as("dudao", clock)).actor, number, 1, reason="回访", clock=clock)
    phone = await calling_back.unmask_phone(COMMAND_LINE, number, 1, reason="回访", clock=clock)
    assert phone not in (await visitor.get(at)).text
    assert (await post(visitor, at, f"{at}/people/1/phone", reason="回访")).status_code == 403
    await enter(visitor, "dudao", clock)
    assert phone in (await post(visitor, at, f"{at}/people/1/phone", reason="回访")).text
    told = await rows("SELECT detail ->> 'reason' FROM trail WHERE event = 'audit:callback:unmasked' AND subject = $1", number)
    assert told == [("回访",), ("回访",)]
    assert (await post(visitor, at, f"{at}/people/1/call", result="agrees", words="参加了", recording="LY1")).status_code == 303
    assert (await post(visitor, "/callbacks", f"{at}/people/1/call", result="agrees")).status_code == 409
    assert "LY1" in (await visitor.get(f"{at}/people.csv")).content.decode("utf-8-sig")
    assert phone not in (await visitor.get(f"{at}/people.csv")).content.decode("utf-8-sig")
    assert class_no in (await visitor.get("/callbacks.csv")).content.decode("utf-8-sig")
    assert (await visitor.get(f"{at}/list.json")).json()["classes"] == 1
