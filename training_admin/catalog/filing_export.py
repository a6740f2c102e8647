"""A class as workbook: 开班备案表, 班级花名册 (numbers masked), 教学计划表; the same workbook without people is what is filled in."""

import io
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from training_admin.catalog import filing_roster as r
from training_admin.catalog.class_facts import ClassPlan, clock_text
from training_admin.catalog.facts import GROUP_WORDS, LEVEL_WORDS
from training_admin.catalog.filing_workbook import SEATS, SHEET_FILING, SHEET_PLAN, SHEET_ROSTER, SPLIT
from training_admin.catalog.pooling import split_text
from training_admin.kit.wording import yes_no
from training_admin.kit.workbook.sheets import Column, Kind, Sheet, Stamp, write_workbook

CENTI = 100
FILING = Sheet(
    name=SHEET_FILING,
    title="开班备案表",
    lines=(
        "每份工作簿备案一个班级；“人数”及其右侧各列由系统计算。集中培训班填席位和费用分摊（按人数分摊，或 按合同约定；代码 60%；代码 40%）",
    ),
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
        Column(SEATS, Kind.INTEGER, 10),
        Column(SPLIT, Kind.WORDS, 30),
        Column("人数", Kind.INTEGER, 8),
        Column("开班日期", Kind.DATE, 13),
        Column("结业日期", Kind.DATE, 13),
        Column("理论课时", Kind.HOURS, 10),
        Column("实训课时", Kind.HOURS, 10),
        Column("学习形式", Kind.TEXT, 14),
        Column("培训地点", Kind.WORDS, 24),
        Column("备案号", Kind.TEXT, 14),
        Column("备案时间", Kind.DATE, 13),
        Column("审核人", Kind.TEXT, 12),
        Column("课程编号", Kind.TEXT, 15),
        Column("年度项目编号", Kind.TEXT, 18),
    ),
)
ROSTER = Sheet(
    name=SHEET_ROSTER,
    title="班级花名册",
    lines=("号码和手机按文本填写，性别和参保情况不需填写；导出时隐去的号码可原样保留。花名册不变的，可删去本工作表后上传。",),
    columns=(
        Column("序号", Kind.INTEGER, 7),
        Column(r.NAME, Kind.TEXT, 14),
        Column("性别", Kind.TEXT, 7),
        Column(r.IDENTITY, Kind.TEXT, 24),
        Column(r.GROUP, Kind.TEXT, 30),
        Column(r.ENTERPRISE, Kind.TEXT, 24),
        Column(r.POST, Kind.WORDS, 16),
        Column(r.CONTRACT_START, Kind.DATE, 13),
        Column(r.CONTRACT_END, Kind.DATE, 13),
        Column("参保单位", Kind.TEXT, 24),
        Column("参保月份", Kind.WORDS, 20),
        Column(r.PRIOR, Kind.TEXT, 24),
        Column(r.PHONE, Kind.TEXT, 15),
        Column(r.NOTE, Kind.WORDS, 20),
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


class ShownTrainee(msgspec.Struct, frozen=True):
    """What is shown of a person beside the roster: number and phone masked, sex as the number tells, who insured him in which months."""

    identity: str
    phone: str = ""
    sex: str = ""
    payer: str = ""
    months: str = ""


def filing_workbook(
    plan: ClassPlan,
    *,
    people: Sequence[ShownTrainee],
    teachers: Mapping[int, str],
    rooms: Mapping[int, str],
    hour_minutes: int,
    filed_on: date | None = None,
    reviewer: str = "",
    project: str | None = None,
) -> bytes:
    """The three sheets of a class; `people` belong to its trainees in their order, without people the roster is empty."""
    theory, practice = (sum(getattr(each, kind) for each in plan.sessions) for kind in ("theory_minutes", "practice_minutes"))
    places = dict.fromkeys(rooms.get(each.room or 0, "") for each in plan.sessions if not each.online)
    filing: list[object] = [
        *(plan.title or None, plan.enterprise, plan.stream, plan.item, plan.occupation, LEVEL_WORDS.get(plan.level or "")),
        *(plan.assessment_plan or None, plan.budget_fen, yes_no(plan.theory_test), yes_no(plan.practical_test)),
        *((None, None) if plan.pool is None else (plan.pool.seats, split_text(plan.pool))),
        *(len(plan.trainees), plan.start, plan.end, theory * CENTI // hour_minutes, practice * CENTI // hour_minutes),
        *(_form_of_learning(plan), "、".join(each for each in places if each) or None, plan.class_no, filed_on, reviewer or None),
        *(plan.course, project),
    ]
    roster: list[list[object]] = [
        [
            *(number, each.name, shown.sex or None, shown.identity, GROUP_WORDS[each.group], each.enterprise or None, each.post or None),
            *(each.contract_start, each.contract_end, shown.payer or None, shown.months or None, each.prior or None),
            *(shown.phone or None, each.note or None),
        ]
        for number, (each, shown) in enumerate(zip(plan.trainees, people, strict=True), start=1)
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


def _form_of_learning(plan: ClassPlan) -> str | None:
    if not plan.sessions:
        return None
    online = sum(1 for each in plan.sessions if each.online)
    return "线下" if not online else "线上" if online == len(plan.sessions) else "线上线下结合"
