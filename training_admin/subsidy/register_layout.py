"""The workbook of delivered registers: sheets and columns by their header names, the words it may use, and what its reading gives.

Every sheet but 交付说明 may be left out; a delivery of the tax bureau holds one sheet, a whole sample district all of them.
"""

from collections.abc import Mapping

import msgspec

from training_admin.catalog.facts import FUND_WORDS, LEVEL_WORDS, PAID_STREAMS, STREAMS
from training_admin.kit.identifiers import ID_TYPES
from training_admin.kit.workbook.limits import Limits
from training_admin.kit.workbook.table import Column, sheet_key
from training_admin.parties.facts import SIZE_WORDS
from training_admin.subsidy.form import CellProblem
from training_admin.subsidy.phrases import CLAIMANT_WORDS, CODE_WORDS
from training_admin.subsidy.registers import RegistersDocument

SHEET_ABOUT = "交付说明"
SOURCE, AS_OF = "来源", "截止日"
COVERED_MONTHS, COVERED_YEARS, DISTRICT = "社保缴费月份", "地方教育附加年度", "行政区划代码"
ABOUT_LABELS = (SOURCE, AS_OF, COVERED_MONTHS, COVERED_YEARS, DISTRICT)
ABOUT_REQUIRED = (SOURCE, AS_OF)

SHEET_ENTERPRISES = "企业登记"
SHEET_SURCHARGE = "实缴地方教育附加"
SHEET_SUBSIDY = "已拨补贴"
SHEET_INSTITUTIONS = "培训机构"
SHEET_FILINGS = "开班备案"
SHEET_INSURANCE = "社保缴费"
SHEET_PAYMENTS = "已领补贴"
USCC, ID_NUMBER, ID_TYPE = "统一社会信用代码", "证件号码", "证件类型"
SERIAL = Column("序号", required=False, idle=True)
NOTE = Column("备注", required=False, idle=True)
COLUMNS: Mapping[str, tuple[Column, ...]] = {
    SHEET_ENTERPRISES: (
        SERIAL,
        Column(USCC),
        Column("企业名称"),
        Column("企业规模", required=False),
        Column("税收征管区划", required=False),
        Column("登记状态", required=False),
        Column("单位类型", required=False),
        Column("参保人数", required=False),
        NOTE,
    ),
    SHEET_SURCHARGE: (SERIAL, Column(USCC), Column("年度"), Column("实缴金额（元）"), NOTE),
    SHEET_SUBSIDY: (SERIAL, Column(USCC), Column("年度"), Column("已拨金额（元）"), NOTE),
    SHEET_INSTITUTIONS: (
        SERIAL,
        Column(USCC),
        Column("机构名称"),
        Column("办学许可有效期至", required=False),
        Column("培训职业编码", required=False),
        NOTE,
    ),
    SHEET_FILINGS: (
        SERIAL,
        Column("班级编号"),
        Column("企业信用代码"),
        Column("培训机构信用代码", required=False),
        Column("培训类别"),
        Column("项目编码", required=False),
        Column("开班日期"),
        Column("结业日期"),
        Column("计划课时"),
        Column("实际课时"),
        Column("线上课时", required=False),
        Column("备案人数"),
        Column("培训方式", required=False),
        Column("备案日期", required=False),
        Column("审核通过日期", required=False),
        Column("理论考核", required=False),
        Column("操作考核", required=False),
        NOTE,
    ),
    SHEET_INSURANCE: (SERIAL, Column(ID_TYPE, required=False), Column(ID_NUMBER), Column("缴费月份"), Column("缴费单位信用代码"), NOTE),
    SHEET_PAYMENTS: (
        SERIAL,
        Column(ID_TYPE, required=False),
        Column(ID_NUMBER),
        Column("发放日期"),
        Column("金额（元）"),
        Column("职业编码", required=False),
        Column("技能等级", required=False),
        Column("资金来源", required=False),
        Column("培训类别", required=False),
        NOTE,
    ),
}
MOST_ROWS = 200_000
MOST_PROBLEMS = 1_000
# 200 000 rows of the widest long sheet, 已领补贴, hold 2 000 000 cells; each is three elements of XML.
LIMITS = Limits(rows=MOST_ROWS, cells=2_000_000, elements=7_000_000, shared_strings=500_000)


class Words(msgspec.Struct, frozen=True):
    """The words a register may use, each with its code; the codes themselves are read as well."""

    sizes: dict[str, str]
    kinds: dict[str, str]
    modes: dict[str, str]
    funds: dict[str, str]
    streams: dict[str, str]
    paid_streams: dict[str, str]
    levels: dict[str, str]
    id_types: dict[str, str]


def _by_word(words: Mapping[str, str]) -> dict[str, str]:
    """Codes by their word and by themselves."""
    return {code: code for code in words} | {sheet_key(word): code for code, word in words.items()}


def _levels() -> dict[str, str]:
    """Level codes by 五级/初级工, by either half of it, and by themselves."""
    halves = {half: code for code, word in LEVEL_WORDS.items() for half in word.split("/")}
    return halves | _by_word(LEVEL_WORDS)


WORDS = Words(
    sizes=_by_word(SIZE_WORDS),
    kinds=_by_word(CLAIMANT_WORDS),
    modes=_by_word(CODE_WORDS["mode"]),
    funds=_by_word(FUND_WORDS),
    streams={stream: stream for stream in STREAMS},
    paid_streams={stream: stream for stream in PAID_STREAMS},
    levels=_levels(),
    id_types={sheet_key(word): word for word in ID_TYPES},
)


class RegistersRead(msgspec.Struct, frozen=True):
    """A delivery as read: the document when every cell is right, otherwise the first wrong cells and how many there are."""

    document: RegistersDocument | None
    problems: tuple[CellProblem, ...]
    problem_count: int
