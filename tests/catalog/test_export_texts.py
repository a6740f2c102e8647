"""Whatever people typed stays text in every workbook we give out of a class, also where it begins like a formula."""

import io
import re
import zipfile
from collections.abc import Callable

import msgspec
import openpyxl
import pytest

from tests.catalog.classes import plan, session, trainees
from tests.catalog.running import AT, run_of, told
from training_admin.catalog.changes import Change
from training_admin.catalog.class_facts import ClassPlan, Trainee
from training_admin.catalog.filing_export import ShownTrainee, filing_workbook
from training_admin.catalog.run_facts import Outcome, Result
from training_admin.catalog.run_workbooks import attendance_workbook, online_workbook, results_workbook
from training_admin.catalog.teacher_workbook import LAYOUT, teachers_workbook
from training_admin.catalog.workbooks import changes_workbook
from training_admin.kit.workbook.sheets import Kind

STARTS = ("=1+1 ", "+1 ", "-1 ", "@SUM(A1) ", "=cmd|' /C calc'!A0 ", '=HYPERLINK("http://x") ')
_FORMULA = re.compile(r"<f[ >].*?</f>|<f/>")
_SUM = re.compile(r"<f>SUM\([A-Z]+\d+:[A-Z]+\d+\)</f>")
Typed = Callable[[str], str]


def typed_person(typed: Typed) -> Trainee:
    one = trainees(1, 1)[0]
    return msgspec.structs.replace(one, name=typed("姓名"), post=typed("岗位"), note=typed("备注"), prior=typed("证书"))


def typed_plan(typed: Typed, *, online: bool = False) -> ClassPlan:
    lesson = session(plan().sessions[0].day, topic=typed("内容"), textbook=typed("教材"), online=online)
    people = (typed_person(typed),)
    return plan(title=typed("班期"), assessment_plan=typed("考核"), sessions=(lesson,), trainees=people, course=typed("课程"))


def filing(typed: Typed) -> bytes:
    shown = ShownTrainee(typed("号码"), typed("手机"), typed("性别"), typed("参保单位"), typed("月份"))
    whole = typed_plan(typed)
    teachers, rooms = {whole.sessions[0].teacher or 0: typed("教师")}, {whole.sessions[0].room or 0: typed("地点")}
    return filing_workbook(
        whole, people=[shown], teachers=teachers, rooms=rooms, hour_minutes=45, reviewer=typed("审核人"), project=typed("项目")
    )


def attendance(typed: Typed) -> bytes:
    whole = typed_plan(typed)
    mark = msgspec.structs.replace(told(whole.sessions[0], whole.trainees[0].person), told_by=typed("登记人"), device=typed("")[:8])
    return attendance_workbook(whole, run_of(whole, 1, attended=[mark]), masked=[typed("号码")], hour_minutes=45)


def online(typed: Typed) -> bytes:
    whole = typed_plan(typed, online=True)
    return online_workbook(whole, run_of(whole, 0), masked=[typed("号码")])


def results(typed: Typed) -> bytes:
    whole = typed_plan(typed)
    result = Result(whole.trainees[0].person, None, None, Outcome.PASSED, typed("证书编号"), None, "", AT)
    return results_workbook(whole, run_of(whole, 1, results=[result]), masked=[typed("号码")])


def teachers(typed: Typed) -> bytes:
    row = [typed(each.header) if each.kind in {Kind.TEXT, Kind.WORDS} else None for each in LAYOUT.columns]
    return teachers_workbook([row], file_number="1")


def changes(typed: Typed) -> bytes:
    code, name, field, old, new = (typed(each) for each in ("编码", "名称", "字段", "旧", "新"))
    return changes_workbook([Change(code, name, field, old, new, AT.date(), typed("文件"), typed("操作人"), AT)], day=AT.date())


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize(("make", "least"), [(filing, 18), (attendance, 4), (online, 2), (results, 3), (teachers, 5), (changes, 6)])
def test_what_was_typed_stays_text(make: Callable[[Typed], bytes], least: int, start: str) -> None:
    content = make(lambda word: start + word)
    texts = [
        cell
        for sheet in openpyxl.load_workbook(io.BytesIO(content))
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith(start[:8])
    ]
    assert {cell.data_type for cell in texts} == {"s"}
    assert len(texts) >= least
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            if name.startswith("xl/worksheets/"):
                found = _FORMULA.findall(package.read(name).decode())
                assert all(_SUM.fullmatch(each) for each in found)
