"""The register of what has to be put right (审计整改台账) as rows: CSV and workbook."""

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from training_admin.audit.check import Severity
from training_admin.audit.rectification_states import ENDING_WORDS, SOURCE_WORDS, STATE_WORDS
from training_admin.audit.rectification_store import Rectification
from training_admin.kit.clock import shanghai_day
from training_admin.kit.workbook.sheets import Column, Kind, Sheet, Stamp, write_workbook

COLUMNS = (
    *(Column("整改编号", Kind.TEXT, 14), Column("来源", Kind.TEXT, 16), Column("来源编号", Kind.TEXT, 22), Column("严重度", Kind.TEXT, 7)),
    *(Column("责任单位", Kind.WORDS, 24), Column("统一社会信用代码", Kind.TEXT, 20), Column("班级", Kind.TEXT, 18)),
    *(Column("申报编号", Kind.TEXT, 16), Column("涉及金额", Kind.MONEY, 14, total=True), Column("存在的问题", Kind.WORDS, 36)),
    *(Column("证据", Kind.WORDS, 30), Column("整改要求", Kind.WORDS, 36), Column("发出日期", Kind.DATE, 11)),
    *(Column("整改期限", Kind.DATE, 11), Column("是否逾期", Kind.TEXT, 8), Column("整改措施和结果", Kind.WORDS, 36)),
    *(Column("答复日期", Kind.DATE, 11), Column("状态", Kind.TEXT, 9), Column("暂缓拨付", Kind.TEXT, 8), Column("追回编号", Kind.TEXT, 14)),
    *(Column("办结意见", Kind.WORDS, 26), Column("办结人", Kind.TEXT, 12), Column("销号日期", Kind.DATE, 11)),
)
HEADER = tuple(each.header for each in COLUMNS)
CLOSING = ("制表人：", "复核人：", "负责人：", "（公章）")


def state_words(entry: Rectification) -> str:
    """Where an entry stands in one word."""
    return STATE_WORDS[entry.state] if entry.ending is None else ENDING_WORDS[entry.ending]


def rows(found: Iterable[Rectification], today: date) -> Iterable[tuple[Any, ...]]:
    """The rows of the register; amounts in fen."""
    for each in found:
        yield (
            *(each.number, SOURCE_WORDS[each.source], each.origin, Severity[each.severity].value, each.organisation_name),
            *(each.organisation, each.class_no, each.case_no, each.amount_fen, each.problem, each.evidence, each.measure),
            *(shanghai_day(each.asked_at), each.deadline, "是" if each.overdue(today) else "否", each.reply),
            *(None if each.replied_at is None else shanghai_day(each.replied_at), state_words(each), "是" if each.held else "否"),
            *(each.recovery, each.words if each.ending else "", each.ender),
            None if each.ended_at is None else shanghai_day(each.ended_at),
        )


def workbook_of(found: Sequence[Rectification], today: date, conditions: str) -> bytes:
    """The register as a workbook with its conditions."""
    lines = (f"金额单位：元　　编制日期：{today.isoformat()}　　条件：{conditions or '全部'}",)
    target = io.BytesIO()
    sheet = Sheet("审计整改台账", "审计整改台账", lines, COLUMNS, CLOSING)
    write_workbook(target, [(sheet, list(rows(found, today)))], Stamp("审计整改台账", today.isoformat(), conditions or "全部"))
    return target.getvalue()
