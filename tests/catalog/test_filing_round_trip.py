"""A class given out as workbook is handed in again: everything of sheets 4 to 6 comes back, masked numbers and phones included."""

import io
from datetime import date

import msgspec
import openpyxl
import pytest

from tests.catalog.classes import content, furnished, roster
from tests.catalog.rosters import saved
from tests.catalog.test_filing import registrar, shown
from tests.people import ENTERPRISE_A, ENTERPRISE_B
from training_admin.catalog.class_facts import Pool, Split
from training_admin.catalog.filing import NamedTrainee, named_roster, save_class
from training_admin.catalog.filing_intake import FilingIncomplete, exported, read_upload
from training_admin.catalog.filing_workbook import SHEET_FILING, SHEET_PLAN, SHEET_ROSTER
from training_admin.database import write_transaction
from training_admin.kit.actor import COMMAND_LINE, Actor
from training_admin.kit.clock import FixedClock
from training_admin.parties import store as parties
from training_admin.parties.facts import InsuredMonth

pytestmark = pytest.mark.usefixtures("database")
SPLIT = {ENTERPRISE_A: 6000, ENTERPRISE_B: 4000}


def people() -> list[NamedTrainee]:
    """Six people of two firms with everything that sheet 5 keeps."""
    return [
        msgspec.structs.replace(
            each,
            enterprise=(ENTERPRISE_A, ENTERPRISE_B)[place % 2],
            post="焊工",
            note="无",
            phone=f"1390000000{place}",
            contract_start=date(2024, 1, 1),
            contract_end=date(2027, 1, 1) if place else None,
            prior="五级",
        )
        for place, each in enumerate(roster())
    ]


async def drafted(clock: FixedClock, named: list[NamedTrainee]) -> tuple[str, Actor]:
    actor = await registrar(clock)
    filed = content(*await furnished(clock), pool=Pool(20, Split.CONTRACT, SPLIT), enterprise=ENTERPRISE_A)
    return await save_class(actor, filed, named, clock=clock), actor


async def test_what_is_given_out_is_read_back_the_same(clock: FixedClock) -> None:
    number, actor = await drafted(clock, people())
    out = await exported(actor, number, clock=clock)
    sheets = openpyxl.load_workbook(io.BytesIO(out))
    assert [cell.value for cell in sheets[SHEET_ROSTER][3]] == [
        *("序号", "姓名", "性别", "证件号码", "人员类别", "所在单位信用代码", "岗位", "合同起始", "合同终止"),
        *("参保单位", "参保月份", "培训前等级/证书号", "手机", "备注"),
    ]
    assert {sheets[SHEET_ROSTER][f"C{row}"].value for row in range(4, 10)} == {"男", "女"}
    assert sheets[SHEET_ROSTER]["M4"].value == "139****0000"
    assert people()[0].identity not in {cell.value for row in sheets[SHEET_ROSTER].iter_rows() for cell in row}
    filing = {head.value: cell.value for head, cell in zip(sheets[SHEET_FILING][3], sheets[SHEET_FILING][4], strict=True)}
    assert (filing["人数"], filing["学习形式"], filing["培训地点"], filing["备案号"]) == (6, "线下", "101", number)
    assert (filing["理论课时"], filing["实训课时"]) == (10, 20)
    again = await read_upload(actor, out, class_no=number, clock=clock)
    assert again.content == (await shown(clock, number)).versions[0].content
    assert again.roster == tuple(people()) == await named_roster(actor, number)


async def test_a_mask_stands_for_nobody_else(clock: FixedClock) -> None:
    number, actor = await drafted(clock, people())
    out = await exported(actor, number, clock=clock)
    other = await save_class(actor, (await shown(clock, number)).versions[0].content, roster(first=500), clock=clock)
    for class_no in (None, other):
        with pytest.raises(FilingIncomplete) as refused:
            await read_upload(actor, out, class_no=class_no, clock=clock)
        assert {each["cell"][0] for each in refused.value.extra["cells"]} == {"D", "M"}
    book = openpyxl.load_workbook(io.BytesIO(out))
    book[SHEET_ROSTER]["B5"] = "别人"
    with pytest.raises(FilingIncomplete) as refused:
        await read_upload(actor, saved(book), class_no=number, clock=clock)
    assert [each["cell"] for each in refused.value.extra["cells"]] == ["D5", "M5"]


async def test_two_who_look_alike_are_not_guessed(clock: FixedClock) -> None:
    twins = [msgspec.structs.replace(each, name="学员", phone="13900000000") for each in people()]
    number, actor = await drafted(clock, twins)
    with pytest.raises(FilingIncomplete) as refused:
        await read_upload(actor, await exported(actor, number, clock=clock), class_no=number, clock=clock)
    wrong = {each["cell"] for each in refused.value.extra["cells"]}
    assert {f"M{row}" for row in range(4, 10)} <= wrong
    assert all(each["message"].startswith("“") for each in refused.value.extra["cells"])


async def test_only_officers_see_who_insured_the_people(clock: FixedClock) -> None:
    number, actor = await drafted(clock, people())
    first = (await shown(clock, number)).plan.trainees[0].person
    async with write_transaction():
        delivery = await parties.add_delivery(source="社保", as_of=clock.today(), received_at=clock.now(), sha256="0" * 64, rows=1)
        await parties.add_insured_months(delivery, [InsuredMonth(first, month, ENTERPRISE_A) for month in ("2026-06", "2026-07")])
    for who, expected in ((actor, (None, None)), (COMMAND_LINE, (ENTERPRISE_A, "2026-07"))):
        sheet = openpyxl.load_workbook(io.BytesIO(await exported(who, number, clock=clock)))[SHEET_ROSTER]
        assert (sheet["J4"].value, sheet["K4"].value) == expected
        assert sheet["J5"].value is None
    assert openpyxl.load_workbook(io.BytesIO(await exported(actor, number, clock=clock)))[SHEET_PLAN]["G4"].value == "教师甲"
