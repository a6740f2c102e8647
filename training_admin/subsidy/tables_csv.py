"""The tables of a claim as CSV: people, classes, wrong cells, contradictions, claims."""

from collections.abc import Iterable, Mapping

from litestar import Response

from training_admin.kit.money import yuan
from training_admin.kit.wording import day, hundredths, moment
from training_admin.subsidy.form import CellProblem
from training_admin.subsidy.record import AssessmentRecord
from training_admin.subsidy.screens import LineFilter, chosen_lines, line_row, state_words
from training_admin.subsidy.views import ClaimSummary, Contradiction, PersonShown
from training_admin.web import csv_download

LINES = ("行号", "班级编号", "姓名", "证件类型", "证件号码（已隐去）", "结果", "相关规则", "说明", "测算金额（元）", "应发金额（元）")
CLASSES = (
    "班级编号",
    "培训类别",
    "目录项目",
    "开班日",
    "结业日",
    "备案人数",
    "实际课时",
    "认定费用（元）",
    "人均补贴（元）",
    "可补人数",
    "测算合计（元）",
)
CELLS = ("工作表", "单元格", "代码", "说明与更正办法")
CONTRADICTIONS = ("班级编号", "项目", "申报表填写", "登记数据", "采用")
CLAIMS = ("申报编号", "企业名称", "统一社会信用代码", "年度", "状态", "提交时间", "申报人数", "测算金额（元）", "应发金额（元）")


def lines_csv(record: AssessmentRecord | None, people: Mapping[int, PersonShown], wanted: LineFilter, *, filename: str) -> Response[bytes]:
    """Roster rows with outcome, reasons and amounts."""
    shown = [] if record is None else [line_row(record, line, people) for line in chosen_lines(record, wanted)]
    rows = (
        (
            each.row,
            each.class_no,
            each.person.name,
            each.person.id_type,
            each.person.masked_number,
            each.outcome_words,
            "、".join(dict.fromkeys(rule for rule, _ in each.reasons)),
            "；".join(text.rstrip("。") for _, text in each.reasons),
            yuan(each.computed_fen),
            yuan(each.payable_fen),
        )
        for each in shown
    )
    return csv_download(LINES, rows, filename=filename)


def classes_csv(record: AssessmentRecord | None, *, filename: str) -> Response[bytes]:
    """Classes with price per head and sums."""
    rows = (
        (
            each.class_no,
            each.stream,
            each.item_code,
            day(each.start),
            day(each.end),
            each.enrolled,
            hundredths(each.delivered_centihours),
            yuan(each.eligible_cost_fen),
            yuan(each.per_head_fen),
            each.payable_people,
            yuan(each.computed_fen),
        )
        for each in (() if record is None else record.classes)
    )
    return csv_download(CLASSES, rows, filename=filename)


def cells_csv(problems: Iterable[CellProblem], *, filename: str) -> Response[bytes]:
    """Wrong cells with how to mend them."""
    return csv_download(CELLS, ((each.sheet, each.cell, each.code, each.message) for each in problems), filename=filename)


def contradictions_csv(found: Iterable[Contradiction], *, filename: str) -> Response[bytes]:
    """Values of the workbook that differ from the register."""
    return csv_download(
        CONTRADICTIONS, ((each.class_no, each.field, each.claimed, each.registered, each.decides) for each in found), filename=filename
    )


def claims_csv(found: Iterable[ClaimSummary], *, filename: str) -> Response[bytes]:
    """Claims of a list."""
    rows = (
        (
            each.number,
            each.enterprise_name,
            each.uscc,
            each.claim_year,
            state_words(each.state),
            moment(each.submitted_at),
            each.lines,
            None if each.computed_fen is None else yuan(each.computed_fen),
            None if each.payable_fen is None else yuan(each.payable_fen),
        )
        for each in found
    )
    return csv_download(CLAIMS, rows, filename=filename)
