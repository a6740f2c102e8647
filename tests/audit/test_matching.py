"""Lists of other departments: read from workbook and CSV with every wrong cell named, kept as keyed hashes, purged on their day."""

from datetime import date, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from tests.catalog.rosters import identity
from tests.people import enter, sign_in_as
from tests.web.conftest import form_token
from training_admin.audit import match_store, matching
from training_admin.audit.match_facts import KINDS, ListTold, MatchEntry, MatchHead, MatchKind
from training_admin.audit.match_reading import match_template, read_match_file
from training_admin.audit.matching import PURGE_LISTS, ListKnown, ListRefused, ListWrong
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.actor import COMMAND_LINE, NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.kit.vault import vault
from training_admin.office.jobs import JobRun
from training_admin.parties.institution_store import PERSON_PLACE
from training_admin.settings import Settings

TODAY = date(2026, 6, 1)


def content(*rows: str) -> bytes:
    return ("证件号码,起始日期,截止日期,说明\n" + "\n".join(rows)).encode("utf-8-sig")


def told(**changes: object) -> ListTold:
    whole = ListTold(
        kind=MatchKind.ABROAD,
        source="出入境管理部门",
        basis="上海市公共数据共享协议（测试）",
        as_of=TODAY,
        covers_from=date(2026, 1, 1),
        covers_to=date(2026, 5, 31),
        purge_on=date(2026, 12, 31),
    )
    return msgspec.structs.replace(whole, **changes)


def test_every_wrong_cell_is_named() -> None:
    read = read_match_file(
        content(
            f"{identity(1)},2026-03-01,2026-03-09,",
            "123,2026-03-01,,",
            f"{identity(2)},,2026-01-01,",
            f"{identity(3)},2026-03-09,2026-03-01,",
        ),
        MatchKind.ABROAD,
        today=TODAY,
    )
    assert read.rows == ()
    assert [(each.cell, each.code) for each in read.problems] == [("A3", "ID_FORMAT"), ("B4", "MISSING"), ("C5", "DATE")]
    death = read_match_file(content(f"{identity(1)},2026-03-01,2026-03-02,"), MatchKind.DEATH, today=TODAY)
    assert [each.cell for each in death.problems] == ["C2"]
    assert read_match_file(content(), MatchKind.DEATH, today=TODAY).problems[0].code == "MISSING"
    assert read_match_file(content("x"), MatchKind.DEATH, today=TODAY).count == 2


def test_the_template_is_read_back_and_a_gbk_file_too() -> None:
    assert read_match_file(match_template(MatchKind.DEATH), MatchKind.DEATH, today=TODAY).problems[0].code == "MISSING"
    gbk = content(f"{identity(1)},2026/3/1,,境外").decode("utf-8-sig").encode("gb18030")
    read = read_match_file(gbk, MatchKind.ABROAD, today=TODAY)
    assert [(each.starts, each.word) for each in read.rows] == [(date(2026, 3, 1), "境外")]
    assert identity(1) not in repr(read.rows)


def test_a_stretch_covers_both_its_ends_and_an_open_end_has_not_come() -> None:
    stay = MatchEntry("p", date(2026, 3, 1), date(2026, 3, 9))
    assert [stay.covers(date(2026, 3, day)) for day in (1, 9, 10)] == [True, True, False]
    assert MatchEntry("p", None, None).covers(TODAY)


async def test_a_list_is_kept_keyed_found_and_purged(database: Settings, clock: FixedClock) -> None:
    rows = content(f"{identity(1)},2026-03-01,2026-03-09,", f"{identity(2)},2026-04-01,,")
    first = await matching.import_list(
        COMMAND_LINE, rows, told(as_of=clock.today(), purge_on=clock.today() + timedelta(days=90)), clock=clock
    )
    with pytest.raises(ListKnown, match=first):
        await matching.import_list(COMMAND_LINE, rows, told(as_of=clock.today(), purge_on=clock.today() + timedelta(days=90)), clock=clock)
    person = vault().keyed_hash(identity(1), place=PERSON_PLACE)
    async with read_transaction():
        said = await match_store.said_of([person, b"nobody"])
        head = (await match_store.coverage())[MatchKind.ABROAD][0]
    assert said == {person.hex(): {MatchKind.ABROAD: (MatchEntry(person.hex(), date(2026, 3, 1), date(2026, 3, 9)),)}}
    assert (head.covers(date(2026, 2, 1), date(2026, 5, 31)), head.covers(date(2026, 5, 1), date(2026, 6, 1))) == (True, False)
    clock.move(timedelta(days=90))
    await matching.purge_staged(JobRun(PURGE_LISTS, clock.today().isoformat(), clock))
    found, missing = await matching.list_heads(COMMAND_LINE)
    assert (found[0].purged, found[0].rows, KINDS[MatchKind.ABROAD].words in missing) == (True, 2, True)
    async with read_transaction():
        assert await fetch_tuples("SELECT count(*) FROM match_entry") == [(0,)]


async def test_a_list_says_where_it_is_from_and_when_it_ends(database: Settings, clock: FixedClock) -> None:
    day = clock.today()
    sound = told(as_of=day, purge_on=day + timedelta(days=30))
    clerk = (await sign_in_as("jingban-a", clock)).actor
    with pytest.raises(NotAllowed):
        await matching.import_list(clerk, content(), sound, clock=clock)
    wrong: list[dict[str, Any]] = [
        {"source": ""},
        {"basis": ""},
        {"as_of": day + timedelta(days=1)},
        {"purge_on": day},
        {"covers_to": date(2025, 1, 1)},
    ]
    for each in (*wrong, {"purge_on": day + timedelta(days=1200)}):
        with pytest.raises(ListRefused):
            await matching.import_list(COMMAND_LINE, content(), msgspec.structs.replace(sound, **each), clock=clock)
    with pytest.raises(ListWrong):
        await matching.import_list(COMMAND_LINE, content("1,2,3,4"), sound, clock=clock)


async def test_the_page_says_what_there_is_and_what_there_is_not(database: Settings, visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "chushen", clock)
    assert "暂无数据" in (await visitor.get("/match-lists")).text
    told_day = clock.today().isoformat()
    fields = {"kind": "abroad", "source": "出入境", "basis": "协议", "as_of": told_day, "covers_from": told_day, "covers_to": told_day}
    fields |= {"purge_on": (clock.today() + timedelta(days=9)).isoformat(), **await form_token(visitor, "/match-lists")}
    answer = await visitor.post("/match-lists", data=fields, files={"file": ("a.csv", content("1,,,"))})
    assert (answer.status_code, "待更正的单元格" in answer.text) == (422, True), answer.text[:500]
    sound = content(f"{identity(1)},2026-03-01,2026-03-09,")
    answer = await visitor.post("/match-lists", data=fields, files={"file": ("a.csv", sound)})
    assert answer.status_code == 303
    assert "出入境" in (await visitor.get("/match-lists")).text
    assert (await visitor.get("/match-lists/death/template.xlsx")).content.startswith(b"PK")
    assert "编号" in (await visitor.get("/match-lists.csv")).content.decode("utf-8-sig")


def test_a_list_covers_its_first_and_its_last_day_and_no_other() -> None:
    first, last = date(2026, 1, 2), date(2026, 1, 30)
    one = MatchHead("B1", next(iter(MatchKind)), "来源", "依据", last, first, last, last, 0, "导入人", purged=False)
    assert one.covers(first, last)
    assert not one.covers(date(2026, 1, 1), last)
    assert not one.covers(first, date(2026, 1, 31))
