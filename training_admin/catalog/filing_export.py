"""A class as workbook: 开班备案表, 班级花名册 (numbers masked), 教学计划表; the same workbook without people is what is filled in."""

import io
from collections.abc import Mapping, Sequence

from training_admin.catalog.class_facts import ClassPlan, clock_text
from training_admin.catalog.facts import GROUP_WORDS, LEVEL_WORDS
from training_admin.catalog.filing_workbook import SHEET_FILING, SHEET_PLAN, SHEET_ROSTER
from training_admin.kit.wording import yes_no
from training_admin.kit.workbook.sheets import Column, Kind, Sheet, Stamp, write_workbook

CENTI = 100
FILING = Sheet(
    name=SHEET_FILING,
    title="开班备案表",
    lines=("每份工作簿备案一个班级。人数、起止日期和课时合计由系统计算，不需填写。",),
    columns=(
        Column("班期名称", Kind.WORDS, 36),
        Column("委托企业信用代码", Kind.TEXT, 22),
        Column("培训类别", Kind.TEXT, 13),
        Column("项目编码", Kind.TEXT, 15),
        Column("职业编码", Kind.TEXT, 14),
        Column("技能等级", Kind.TEXT, 14),
        Column("考核方案", Kind.WORDS, 30),
        Column("费用预算（元）", Kind.MONEY, 15),
        Column("理论考核", Kind.TEXT, 10),
        Column("操作考核", Kind.TEXT, 10),
        Column("人数", Kind.INTEGER, 8),
        Column("开班日期", Kind.DATE, 13),
        Column("结业日期", Kind.DATE, 13),
        Column("备案号", Kind.TEXT, 14),
    ),
)
ROSTER = Sheet(
    name=SHEET_ROSTER,
    title="班级花名册",
    lines=("证件号码按文本填写。变更时花名册不变的，请删去本工作表后上传。",),
    columns=(
        Column("序号", Kind.INTEGER, 7),
        Column("姓名", Kind.TEXT, 14),
        Column("证件号码", Kind.TEXT, 24),
        Column("人员类别", Kind.TEXT, 30),
        Column("所在单位信用代码", Kind.TEXT, 24),
        Column("岗位", Kind.WORDS, 16),
        Column("备注", Kind.WORDS, 20),
    ),
)
PLAN = Sheet(
    name=SHEET_PLAN,
    title="教学计划表",
    lines=("时段按 09:00-11:30 填写；教师和地点须与“办学条件”中登记的名称一致；线上课次可不填地点。",),
    columns=(
        Column("序号", Kind.INTEGER, 7),
        Column("日期", Kind.DATE, 13),
        Column("时段", Kind.TEXT, 14),
        Column("内容", Kind.WORDS, 30),
        Column("理论课时", Kind.HOURS, 10, total=True),
        Column("实操课时", Kind.HOURS, 10, total=True),
        Column("教师", Kind.TEXT, 14),
        Column("地点", Kind.TEXT, 18),
        Column("教材", Kind.WORDS, 22),
        Column("线上", Kind.TEXT, 8),
        Column("安全教育", Kind.TEXT, 10),
    ),
)


def filing_workbook(
    plan: ClassPlan, *, masked: Sequence[str], teachers: Mapping[int, str], rooms: Mapping[int, str], hour_minutes: int
) -> bytes:
    """The three sheets of a class; `masked` are the numbers of its people in their order, without people the roster is empty."""
    filing: list[object] = [
        *(plan.title or None, plan.enterprise, plan.stream, plan.item, plan.occupation, LEVEL_WORDS.get(plan.level or "")),
        *(plan.assessment_plan or None, plan.budget_fen, yes_no(plan.theory_test), yes_no(plan.practical_test)),
        *(len(plan.trainees), plan.start, plan.end, plan.class_no),
    ]
    roster: list[list[object]] = [
        [number, each.name, shown, GROUP_WORDS[each.group], each.enterprise or None, each.post or None, each.note or None]
        for number, (each, shown) in enumerate(zip(plan.trainees, masked, strict=True), start=1)
    ]
    sessions: list[list[object]] = [
        [
            *(number, each.day, f"{clock_text(each.starts)}-{clock_text(each.ends)}", each.topic),
            *(each.theory_minutes * CENTI // hour_minutes, each.practice_minutes * CENTI // hour_minutes),
            *(teachers.get(each.teacher or 0), rooms.get(each.room or 0), each.textbook or None),
            *(yes_no(each.online), yes_no(each.safety)),
        ]
        for number, each in enumerate(plan.sessions, start=1)
    ]
    target = io.BytesIO()
    tables: list[tuple[Sheet, list[list[object]]]] = [
        (FILING, [filing]),
        (ROSTER, roster or [[None] * len(ROSTER.columns)]),
        (PLAN, sessions or [[None] * len(PLAN.columns)]),
    ]
    write_workbook(target, tables, Stamp(file_number=plan.class_no, check_code="", version="1"))
    return target.getvalue()
