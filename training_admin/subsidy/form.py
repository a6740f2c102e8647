"""What a claim workbook says, read and typed, before any register has been asked: rows, and what is wrong with cells.

Hours are hundredths of a training hour (`centihours`, 45 minutes each hundred) so that half hours stay whole numbers.
"""

from datetime import date

import msgspec

from training_admin.kit.workbook.problems import CellProblem as CellProblem  # noqa: PLC0414 - what is wrong with a form is read with the form

SHEET_HEAD = "申报表"
SHEET_CLASSES = "培训班级"
SHEET_ROSTER = "参训人员花名册"
SHEET_COSTS = "费用明细"


class FormHead(msgspec.Struct, frozen=True):
    """The sheet 申报表: who claims, for which year, to which account. `claim_date` is the day written on the form."""

    enterprise_name: str
    uscc: str
    claim_year: int
    size: str = ""
    bank: str = ""
    account: str = ""
    account_holder: str = ""
    contact: str = ""
    contact_phone: str = ""
    claim_date: date | None = None


class ClassRow(msgspec.Struct, frozen=True):
    """One row of 培训班级. Only `class_no` is sure: everything else may be empty or have been unreadable (None)."""

    row: int
    class_no: str
    stream: str | None = None
    title: str | None = None
    item: str | None = None
    occupation: str | None = None
    level: str | None = None
    institution_name: str | None = None
    institution: str | None = None
    start: date | None = None
    end: date | None = None
    planned_centihours: int | None = None
    delivered_centihours: int | None = None
    online_centihours: int | None = None
    enrolled: int | None = None
    theory_test: bool | None = None
    practical_test: bool | None = None


class RosterRow(msgspec.Struct, frozen=True, gc=False):
    """One person of 参训人员花名册; `readable` is False when any of its cells has a problem (outcome CELL).

    `id_no` is cleaned; it may be a wrong number when the row is not readable, and "" when there is none.
    `group` is the code of the trainee groups, `exam_result` one of 合格 不合格 缺考. `contract_end` None is open-ended.
    """

    row: int
    readable: bool
    class_no: str = ""
    name: str = ""
    id_type: str = ""
    id_no: str = ""
    group: str = ""
    mobile: str = ""
    contract_start: date | None = None
    contract_end: date | None = None
    attended_centihours: int | None = None
    exam_result: str = ""
    note: str = ""


class CostRow(msgspec.Struct, frozen=True):
    """One voucher of 费用明细; `readable` is False when a cell that decides the amount has a problem."""

    row: int
    readable: bool
    class_no: str = ""
    category: str = ""
    invoice_no: str = ""
    issuer_name: str = ""
    issuer: str = ""
    invoiced_on: date | None = None
    amount_fen: int | None = None
    voucher_no: str = ""


class ClaimForm(msgspec.Struct, frozen=True):
    """A claim workbook as read: head, rows in sheet order, and every cell problem at once in reading order.

    `columns` maps a sheet to the column letter of each known header, so that later checks can name a cell.
    `cells_read` counts the cells that were asked for (the base of 填报失误率).
    """

    head: FormHead | None
    classes: tuple[ClassRow, ...]
    lines: tuple[RosterRow, ...]
    costs: tuple[CostRow, ...]
    problems: tuple[CellProblem, ...]
    columns: dict[str, dict[str, str]]
    cells_read: int = 0
