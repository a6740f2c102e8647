"""Register documents written as workbooks, the way an office would fill them in."""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook

from tests.subsidy.conftest import sample
from training_admin.catalog.facts import FUND_WORDS, LEVEL_WORDS
from training_admin.parties.facts import SIZE_WORDS
from training_admin.subsidy.phrases import CLAIMANT_WORDS
from training_admin.subsidy.registers import EnterpriseDocument, RegistersDocument, YearAmountsDocument, decode_registers

SOURCE = "区人社局"
MODES = {"THEORY": "理论", "MIXED": "综合（含实操）"}
ENTERPRISES, SURCHARGE, SUBSIDY, INSTITUTIONS = "企业登记", "实缴地方教育附加", "已拨补贴", "培训机构"
FILINGS, INSURANCE, PAYMENTS, ABOUT = "开班备案", "社保缴费", "已领补贴", "交付说明"
FILING_HEADERS = (
    *("班级编号", "企业信用代码", "培训机构信用代码", "培训类别", "项目编码", "开班日期", "结业日期", "计划课时", "实际课时"),
    *("备案人数", "培训方式", "备案日期", "审核通过日期", "理论考核", "操作考核", "线上课时"),
)
Rows = list[list[Any]]


def document(letter: str) -> RegistersDocument:
    """A sample delivery as JSON gives it."""
    return decode_registers(sample(f"registers_{letter}.json"))


def yes_no(value: bool | None) -> str | None:
    return None if value is None else "是" if value else "否"


def tables_of(registers: RegistersDocument, *, source: str = SOURCE) -> dict[str, Rows]:
    """The rows of every sheet, headers first; the columns stand in another order than in the template."""
    coverage = registers.coverage
    firms: list[EnterpriseDocument | YearAmountsDocument] = [*registers.enterprises, *registers.year_amounts]
    amounts = [
        (each.uscc, kind, year, amount)
        for each in firms
        for kind, years in ((SURCHARGE, each.surcharge_paid), (SUBSIDY, each.subsidy_paid))
        for year, amount in years.items()
    ]
    return {
        ABOUT: [
            ["来源", source],
            ["截止日", registers.as_of],
            ["社保缴费月份", "、".join(coverage.insurance) or None],
            ["地方教育附加年度", "、".join(coverage.surcharge) or None],
            ["行政区划代码", registers.district],
        ],
        ENTERPRISES: [
            ["企业名称", "统一社会信用代码", "企业规模", "税收征管区划", "登记状态", "参保人数", "单位类型"],
            *(
                [e.name, e.uscc, SIZE_WORDS.get(e.size or ""), e.tax_district, e.status, e.insured_headcount, CLAIMANT_WORDS[e.kind]]
                for e in registers.enterprises
            ),
        ],
        SURCHARGE: [["统一社会信用代码", "年度", "实缴金额（元）"], *([u, int(y), a] for u, kind, y, a in amounts if kind == SURCHARGE)],
        SUBSIDY: [["年度", "统一社会信用代码", "已拨金额"], *([int(y), u, a] for u, kind, y, a in amounts if kind == SUBSIDY)],
        INSTITUTIONS: [
            ["统一社会信用代码", "机构名称", "办学许可有效期至", "培训职业编码"],
            *([i.uscc, i.name, i.licence_to, "、".join(i.occupations)] for i in registers.institutions),
        ],
        FILINGS: [
            list(FILING_HEADERS),
            *(
                [
                    *(f.class_no, f.enterprise, f.institution, f.stream, f.item, f.start, f.end, f.planned_hours, f.delivered_hours),
                    *(
                        f.enrolled,
                        MODES[f.mode],
                        f.filed_at,
                        f.approved_at,
                        yes_no(f.theory_test),
                        yes_no(f.practical_test),
                        f.online_hours,
                    ),
                ]
                for f in registers.filings
            ),
        ],
        INSURANCE: [["缴费月份", "证件号码", "缴费单位信用代码"], *([i.month, i.id_no, i.payer] for i in registers.insurance)],
        PAYMENTS: [
            ["证件号码", "发放日期", "金额（元）", "职业编码", "技能等级", "资金来源", "培训类别"],
            *(
                [p.id_no, p.paid_on, p.amount, p.occupation, LEVEL_WORDS.get(str(p.level)), FUND_WORDS[p.fund], p.stream]
                for p in registers.payments
            ),
        ],
    }


def written(tables: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """Sheets of rows as a workbook; texts are text, days are real dates."""
    book = Workbook()
    del book["Sheet"]
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def register_book(registers: RegistersDocument, *, source: str = SOURCE) -> bytes:
    """A delivery as a workbook."""
    return written(tables_of(registers, source=source))


def changed(registers: RegistersDocument, change: Callable[[dict[str, Rows]], object]) -> bytes:
    """A delivery as a workbook after its sheets were changed."""
    tables = tables_of(registers)
    change(tables)
    return written(tables)


def filled(template: bytes, tables: Mapping[str, Rows], *, first_row: int) -> bytes:
    """The template filled in by header names."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    for name, (headers, *rows) in tables.items():
        sheet = book[name]
        places = {str(cell.value).removesuffix("（元）"): cell.column for cell in sheet[first_row - 1] if cell.value}
        for number, row in enumerate(rows, first_row):
            for header, value in zip(headers, row, strict=True):
                sheet.cell(number, places[header.removesuffix("（元）")]).value = value
    return saved(book)
