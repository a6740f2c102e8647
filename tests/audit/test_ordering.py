"""Audit files by order: a worker makes them with progress, only who ordered takes them out, proven; after a month they are gone."""

import io
import os
import zipfile
from datetime import date, timedelta

import httpx
import msgspec
import openpyxl
import pytest

from tests.people import assign_all, code_of, enter, sign_in_as
from tests.subsidy.test_reviewing import submitted as claim_of
from tests.web.conftest import assert_problem, district, form_token, number, submitted
from training_admin.audit import file_store, ordering
from training_admin.audit.file_store import FileKind
from training_admin.audit.layouts import PEOPLE
from training_admin.audit.ordering import EXPIRE_AUDIT_FILES, MAKE_AUDIT_FILE, expire_tonight, make_ordered
from training_admin.audit.store import NothingToExport
from training_admin.audit.workbooks import Wanted
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.demo.offices import ENTERPRISE_A
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import FixedClock
from training_admin.kit.refusals import Refusal
from training_admin.office.jobs import JobRun
from training_admin.settings import Settings

__all__ = ["district", "number", "submitted"]


@pytest.fixture
def apart(database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Children find the database of the test."""
    for key in [key for key in os.environ if key.startswith("TRAINING_ADMIN_")]:
        monkeypatch.delenv(key)
    assert database.database_url is not None
    monkeypatch.setenv("DATABASE_URL", database.database_url)
    monkeypatch.setenv("TRAINING_ADMIN_DATA", str(database.data))


async def _made(order: str, clock: FixedClock) -> None:
    await make_ordered(JobRun(MAKE_AUDIT_FILE, order, clock))


async def test_an_auditor_orders_a_period_and_takes_the_file_out(
    visitor: httpx.AsyncClient, number: str, apart: None, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = []
    note = file_store.note_progress

    async def listening(order: str, *, done: int, total: int) -> None:
        heard.append((done, total))
        await note(order, done=done, total=total)

    monkeypatch.setattr(file_store, "note_progress", listening)
    await assign_all(clock)
    await enter(visitor, "shenji", clock)
    form = await form_token(visitor, "/audit/files") | {"kind": "workbook", "start": "2026-01-01", "end": "2026-12-31"}
    asked = await visitor.post("/audit/files", data=form)
    path = asked.headers["location"]
    order = path.removeprefix("/audit/files/")
    assert "等待生成" in (await visitor.get(path)).text
    early = await visitor.post(f"{path}/content", data=await form_token(visitor, "/audit/files"))
    assert early.status_code == 409
    assert "文件还没有生成" in early.text
    await _made(order, clock)
    assert heard[-1][0] == heard[-1][1] == len(heard) > 5
    shown = (await visitor.get(path)).text
    assert "可下载" in shown
    assert PEOPLE in shown
    taken = await visitor.post(f"{path}/content", data=await form_token(visitor, path))
    assert openpyxl.load_workbook(io.BytesIO(taken.content)).sheetnames[0] == PEOPLE
    async with read_transaction():
        events = await fetch_tuples("SELECT event FROM trail WHERE subject = $1 ORDER BY number", order)
        (letter,) = await fetch_tuples("SELECT title, link FROM message WHERE subject = $1", order)
    assert [row[0] for row in events] == ["audit:file:ordered", "audit:file:opened"]
    assert tuple(letter) == ("审计工作簿已生成", path)
    await _made(order, clock)  # the worker died after its work and begins again
    async with read_transaction():
        assert (await fetch_tuples("SELECT count(*) FROM message WHERE subject = $1", order))[0][0] == 1


async def test_a_package_over_the_api_is_ordered_once_and_proven(
    visitor: httpx.AsyncClient, number: str, apart: None, clock: FixedClock
) -> None:
    await assign_all(clock)
    auditor = await enter(visitor, "shenji", clock, stepped_up=False)
    body = {"kind": "package", "number": number, "people": True}
    keyed = {"Idempotency-Key": "package-0001"}
    assert_problem(await visitor.post("/api/v1/audit-files", json=body, headers=keyed), 403, "step-up-needed")
    proven = keyed | {"X-Second-Factor": code_of(auditor, clock)}
    first = (await visitor.post("/api/v1/audit-files", json=body, headers=proven)).json()
    clock.move(timedelta(minutes=2))
    again = (await visitor.post("/api/v1/audit-files", json=body, headers=keyed | {"X-Second-Factor": code_of(auditor, clock)})).json()
    assert first["number"] == again["number"]
    path = f"/api/v1/audit-files/{first['number']}"
    assert_problem(await visitor.post(f"{path}/content"), 403, "step-up-needed")
    await _made(first["number"], clock)
    told = (await visitor.get(path)).json()
    assert (told["state"], told["rows"]["申报"]) == ("done", 1)
    clock.move(timedelta(minutes=2))
    taken = await visitor.post(f"{path}/content", headers={"X-Second-Factor": code_of(auditor, clock)})
    assert "数据.sqlite" in zipfile.ZipFile(io.BytesIO(taken.content)).namelist()
    clock.move(ordering.KEPT + timedelta(minutes=1))
    await expire_tonight(JobRun(EXPIRE_AUDIT_FILES, clock.today().isoformat(), clock))
    await expire_tonight(JobRun(EXPIRE_AUDIT_FILES, clock.today().isoformat(), clock))
    async with read_transaction():
        gone = await file_store.order_by_number(first["number"], None)
        (kept,) = await fetch_tuples("SELECT media_type FROM stored_file WHERE sha256 = $1", told["sha256"])
    assert (gone.state, kept[0]) == ("expired", "application/x-erased")
    with pytest.raises(ordering.NotMadeYet) as late:
        await ordering.take_out(gone.orderer, gone.number, clock=clock)
    assert "已经删除" in late.value.sentence


async def test_what_others_ordered_does_not_exist_and_unclear_wishes_are_refused(
    visitor: httpx.AsyncClient, number: str, apart: None, clock: FixedClock
) -> None:
    await assign_all(clock)
    order = await ordering.order_file(COMMAND_LINE, FileKind.WORKBOOK, Wanted(number=number, public=True), clock=clock)
    signed_in = await enter(visitor, "shenji", clock)
    auditor = signed_in.actor
    assert_problem(await visitor.get(f"/api/v1/audit-files/{order}"), 404, "audit-file-not-found")
    path = "/api/v1/audit-files"

    async def refused(body: dict[str, object], status: int, code: str) -> None:
        clock.move(timedelta(minutes=2))
        headers = {"Idempotency-Key": f"key-{clock.now():%d%H%M%S}", "X-Second-Factor": code_of(signed_in, clock)}
        assert_problem(await visitor.post(path, json=body, headers=headers), status, code)

    await refused({"kind": "workbook"}, 422, "audit-file-refused")
    await refused({"kind": "zip", "number": number}, 422, "audit-file-refused")
    await refused({"kind": "package", "number": number, "public": True}, 422, "audit-file-refused")
    narrow = msgspec.structs.replace(auditor, organisations=frozenset({ENTERPRISE_A}))
    with pytest.raises(NothingToExport):
        await ordering.order_file(narrow, FileKind.WORKBOOK, Wanted(number=number, public=True), clock=clock)
    for _ in range(ordering.MOST_WAITING):
        await ordering.order_file(auditor, FileKind.WORKBOOK, Wanted(number=number, public=True), clock=clock)
    with pytest.raises(ordering.OrderRefused) as many:
        await ordering.order_file(auditor, FileKind.WORKBOOK, Wanted(number=number, public=True), clock=clock)
    assert "请等其中一份完成" in many.value.sentence
    # What can no longer be made ends with its sentence.
    async with write_transaction():
        await fetch_tuples("UPDATE claim SET state = 'withdrawn' RETURNING id")
        await fetch_tuples(
            """UPDATE audit_file SET wanted = '{"start": "2026-01-01", "end": "2026-12-31"}'::jsonb WHERE number = $1 RETURNING id""", order
        )
    await _made(order, clock)
    ended = await ordering.show_order(COMMAND_LINE, order)
    assert (ended.state, ended.words) == ("refused", "这段时间内没有已核验的申报。请换一段申报日期后重试。")
    with pytest.raises(ordering.NotMadeYet):
        await ordering.take_out(COMMAND_LINE, order, clock=clock)
    bad = await visitor.post("/audit/files", data=await form_token(visitor, "/audit/files") | {"start": "去年", "end": "2026-12-31"})
    assert bad.status_code == 422
    assert "申报日期起应为年-月-日" in bad.text


async def test_a_file_with_claims_that_are_out_of_reach_by_now_stays_closed(apart: None, clock: FixedClock) -> None:
    for letter in "AB":
        await claim_of(clock, letter)
    await assign_all(clock)
    auditor = (await sign_in_as("shenji", clock, stepped_up=True)).actor
    wanted = Wanted(start=date(2026, 1, 1), end=date(2026, 12, 31))
    order = await ordering.order_file(auditor, FileKind.WORKBOOK, wanted, clock=clock)
    await _made(order, clock)
    narrow = msgspec.structs.replace(auditor, organisations=frozenset({ENTERPRISE_A}))
    with pytest.raises(NothingToExport, match="审计范围"):
        await ordering.take_out(narrow, order, clock=clock)
    found, _content = await ordering.take_out(auditor, order, clock=clock)
    assert found.receipt is not None


async def test_a_database_that_is_away_for_a_moment_does_not_end_the_order(
    number: str, apart: None, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await ordering.order_file(COMMAND_LINE, FileKind.WORKBOOK, Wanted(number=number, public=True), clock=clock)
    there = os.environ["DATABASE_URL"]
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(Refusal) as away:
        await _made(order, clock)
    assert away.value.status == 503
    assert (await ordering.show_order(COMMAND_LINE, order)).state == "waiting"
    monkeypatch.setenv("DATABASE_URL", there)
    await _made(order, clock)
    assert (await ordering.show_order(COMMAND_LINE, order)).state == "done"
