"""What pages and API refuse in the same words: no file chosen, no such row, no such rule, not assessed yet."""

import asyncio
from typing import Any

from litestar.datastructures import UploadFile

from training_admin.kit.refusals import NotFound, Unreadable
from training_admin.kit.rulebook import Rule
from training_admin.subsidy.record import AssessmentRecord, LineResult
from training_admin.subsidy.register_template import register_template
from training_admin.subsidy.rules import RULES_BY_ID
from training_admin.subsidy.screens import line_of


class NoFile(Unreadable):
    """The form came without a file."""

    code = "file-missing"
    title = "没有选择文件"


class LineNotFound(NotFound):
    """The claim has no such roster row, or has not been assessed."""

    code = "line-not-found"


class RuleNotFound(NotFound):
    """There is no rule of this id."""

    code = "rule-not-found"


async def read_upload(file: UploadFile | None, *, what: str = "申报表（.xlsx）") -> bytes:
    """The bytes of an uploaded file; raises NoFile."""
    content = b"" if file is None else await file.read()
    if not content:
        raise NoFile(f"请先选择填写好的{what}，再点击上传。")
    return content


async def empty_register_template() -> bytes:
    """The empty register workbook, made off the event loop."""
    return await asyncio.to_thread(register_template)


def the_line(record: AssessmentRecord | None, row: int) -> tuple[AssessmentRecord, LineResult]:
    """The result of one roster row and the record it stands in; raises LineNotFound."""
    line = None if record is None else line_of(record, row)
    if record is None or line is None:
        raise LineNotFound("这份申报的花名册没有这一行，或尚未核验完成。请返回申报页面查看。")
    return record, line


def rule_of(rule_id: str) -> Rule[Any, Any]:
    """A rule by its id, upper or lower case; raises RuleNotFound."""
    found = RULES_BY_ID.get(rule_id.upper())
    if found is None:
        raise RuleNotFound("没有这个编号的规则，请在规则列表中查找。")
    return found
