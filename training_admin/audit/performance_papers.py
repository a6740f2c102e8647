"""Papers of performance: 绩效指标完成表 (sheet 17), 绩效目标申报表, 项目支出预算测算表, as workbooks and as .docx of the same figures."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from training_admin.audit.performance import Evaluated, YearEvaluated
from training_admin.audit.performance_facts import BLOCK_WORDS, Evaluation, Scored
from training_admin.kit.money import FEN_PER_YUAN, yuan_grouped
from training_admin.kit.wording import hundredths, percent
from training_admin.kit.workbook.sheets import Column, Kind, Sheet, Stamp, write_workbook
from training_admin.office.paper_facts import OFFICE, Block, PaperContent

SOURCE_WORDS = {"plans": "已批准、尚未开班的年度培训项目", "classes": "在办班级测算", "waiting": "已审定、等待预算"}
CLOSING = ("制表人：", "复核人：", "负责人：", "（公章）")
LINE_COLUMNS = (
    *(Column("一级指标", Kind.TEXT, 13), Column("二级指标", Kind.TEXT, 15), Column("三级指标", Kind.WORDS, 20)),
    *(Column("目标值", Kind.TEXT, 13), Column("完成值", Kind.TEXT, 13), Column("分值", Kind.HOURS, 8, total=True)),
    *(Column("得分", Kind.HOURS, 8, total=True), Column("偏差原因", Kind.WORDS, 22), Column("计算数据", Kind.WORDS, 34)),
    Column("算式", Kind.WORDS, 30),
)
ORGANISATION_COLUMNS = (
    *(Column("名称", Kind.WORDS, 28), Column("代码", Kind.TEXT, 21), Column("备案人次", Kind.INTEGER, 9, total=True)),
    *(Column("合格人次", Kind.INTEGER, 9, total=True), Column("培训人数", Kind.INTEGER, 9), Column("课时完成率", Kind.TEXT, 11)),
    *(Column("考核合格率", Kind.TEXT, 11), Column("取证率", Kind.TEXT, 11), Column("半年后仍就业", Kind.TEXT, 12)),
    *(
        Column("学员满意度", Kind.TEXT, 11),
        Column("得分", Kind.HOURS, 8),
        Column("等级", Kind.TEXT, 7),
        Column("尚无数据的分值", Kind.HOURS, 12),
    ),
)
WANTED_COLUMNS = (
    *(Column("类别", Kind.TEXT, 15), Column("测算依据", Kind.WORDS, 24), Column("项目（班级）数", Kind.INTEGER, 12, total=True)),
    *(Column("人数", Kind.INTEGER, 9, total=True), Column("金额", Kind.MONEY, 16, total=True), Column("人均", Kind.MONEY, 12)),
)


def value_words(line: Scored, value: int | None) -> str:
    """A target or what was reached in the unit of its line."""
    if value is None:
        return "—"
    if line.asked.unit == "%":
        return percent(value)
    return f"{yuan_grouped(value)}元" if line.asked.unit == "元" else f"{value}{line.asked.unit}"


def line_rows(found: Evaluation) -> Iterable[tuple[Any, ...]]:
    """The rows of 绩效指标完成表."""
    for line in found.lines:
        asked = line.asked
        yield (
            *(BLOCK_WORDS[asked.block], asked.level, asked.name, value_words(line, asked.target), value_words(line, asked.done)),
            *(line.points, line.score, line.reason, asked.data, line.formula),
        )


def organisation_rows(found: Sequence[Evaluated]) -> Iterable[tuple[Any, ...]]:
    """The rows of institutions or enterprises."""
    for each in found:
        one, lines = each.counted, each.evaluation.lines
        yield (
            *(one.name, one.code, one.enrolled, one.passed, one.people, *(value_words(line, line.asked.done) for line in lines)),
            *(each.evaluation.total, each.evaluation.grade, each.evaluation.unknown),
        )


def wanted_rows(found: YearEvaluated) -> Iterable[tuple[Any, ...]]:
    """The rows of 项目支出预算测算表."""
    for each in found.wanted:
        yield each.stream, SOURCE_WORDS[each.source], each.count, each.people, each.fen, each.fen // each.people if each.people else None


def workbook_of(found: YearEvaluated) -> bytes:
    """All tables of a year in one workbook."""
    year, day = found.found.year, found.found.today.isoformat()
    lines = (
        f"单位：{OFFICE}　　年度：{year}　　编制日期：{day}",
        "分值、得分单位：分；金额单位：元。得分由系统计算；各指标平均分配本组分值为暂定做法。",
    )
    grade = f"总分 {hundredths(found.fund.total)} 分，等级“{found.fund.grade}”，其中尚无数据或未设目标 {hundredths(found.fund.unknown)} 分"
    tables = [
        (Sheet("绩效指标完成表", f"{year}年绩效指标完成表", (*lines, grade), LINE_COLUMNS, CLOSING), list(line_rows(found.fund))),
        (Sheet("培训机构", f"{year}年培训机构绩效评价", lines, ORGANISATION_COLUMNS, CLOSING), list(organisation_rows(found.institutions))),
        (Sheet("企业", f"{year}年企业绩效评价", lines, ORGANISATION_COLUMNS, CLOSING), list(organisation_rows(found.enterprises))),
        (Sheet("项目支出预算测算表", f"{year}年项目支出预算测算表", lines, WANTED_COLUMNS, CLOSING), list(wanted_rows(found))),
    ]
    out = io.BytesIO()
    write_workbook(out, tables, Stamp(f"绩效-{year}", day, f"政策包 {found.found.policy.pack} {found.found.policy.version}"))
    return out.getvalue()


def self_evaluation(found: YearEvaluated) -> PaperContent:
    """项目绩效自评表."""
    year, fund = found.found.year, found.fund
    rows = tuple(
        (
            *(BLOCK_WORDS[line.asked.block], line.asked.name, value_words(line, line.asked.target), value_words(line, line.asked.done)),
            *(hundredths(line.points), hundredths(line.score), line.reason),
        )
        for line in fund.lines
    )
    unknown = f"其中 {hundredths(fund.unknown)} 分尚无数据或未设目标，按不得分计，等级为暂评。" if fund.unknown else ""
    return PaperContent(
        title=f"{year}年职业培训补贴项目绩效自评表",
        addressee="",
        blocks=(
            Block(f"总分 {hundredths(fund.total)} 分，等级“{fund.grade}”。{unknown}"),
            Block(header=("一级指标", "三级指标", "目标值", "完成值", "分值", "得分", "偏差原因"), rows=rows),
            Block("得分＝分值×完成率（不超过百分之百）。各组分值依据绩效自评的规定，组内平均分配为系统暂定。"),
        ),
        signed_by=OFFICE,
        day=found.found.today,
    )


def goals_declared(found: YearEvaluated) -> PaperContent:
    """项目支出绩效目标申报表, with 项目支出预算测算表 joined to it."""
    year = found.found.year
    goals = tuple(
        (BLOCK_WORDS[line.asked.block], line.asked.level, line.asked.name, value_words(line, line.asked.target))
        for line in found.fund.lines
    )
    total = sum(each.fen for each in found.wanted)
    wanted = tuple(
        (each.stream, SOURCE_WORDS[each.source], str(each.count), str(each.people), yuan_grouped(each.fen)) for each in found.wanted
    )
    sources = tuple((row.meaning.name, row.target.paper, row.target.standing.words) for row in found.found.whole if row.target is not None)
    return PaperContent(
        title=f"{year}年职业培训补贴项目支出绩效目标申报表",
        addressee="",
        blocks=(
            Block("一、项目资金", heading=True),
            Block(f"测算合计 {yuan_grouped(total)} 元（{total // FEN_PER_YUAN // 10_000} 万元），明细见项目支出预算测算表。"),
            Block("二、绩效目标", heading=True),
            Block(header=("一级指标", "二级指标", "三级指标", "目标值"), rows=goals),
            Block("三、目标依据", heading=True),
            Block(header=("指标", "依据", "效力"), rows=sources or (("—",) * 3,)),
            Block("四、项目支出预算测算表", heading=True),
            Block(header=("类别", "测算依据", "项目（班级）数", "人数", "金额（元）"), rows=wanted or (("—",) * 5,)),
            Block("尚未开班的年度培训项目按批准的预算计，已开班未申报的按最近一次补贴测算计，每个项目只计一处。"),
        ),
        signed_by=OFFICE,
        day=found.found.today,
    )
