"""The program's own claim template: what enterprises download, fill in and upload."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

import msgspec
from openpyxl import Workbook

from training_admin.kit.identifiers import ID_TYPES
from training_admin.kit.workbook.table import Column
from training_admin.subsidy.form import SHEET_CLASSES, SHEET_COSTS, SHEET_HEAD, SHEET_ROSTER
from training_admin.subsidy.form_sheets import (
    COUNT,
    DAY,
    FIRST_ROW,
    HOURS,
    MONEY,
    PLAIN,
    TEXT,
    FormColumn,
    FormSheet,
    add_options,
    add_table,
    form_bytes,
    new_form,
)
from training_admin.subsidy.form_texts import FormHeading, FormLabel, add_guide, add_labels
from training_admin.subsidy.head import REQUIRED
from training_admin.subsidy.layout import CLASS_COLUMNS, COST_COLUMNS, ROSTER_COLUMNS

TEMPLATE_VERSION = "2026.1"
TITLE = "企业职工职业培训补贴申报表"
CLASS_ROWS, PEOPLE_ROWS = 300, 2_000
LEVELS = ("五级/初级工", "四级/中级工", "三级/高级工", "二级/技师", "一级/高级技师")
CLASS_NUMBERS = (
    f"OFFSET({SHEET_CLASSES}!$B${FIRST_ROW},0,0,MAX(1,COUNTA({SHEET_CLASSES}!$B${FIRST_ROW}:$B${FIRST_ROW + CLASS_ROWS - 1})),1)"
)
DAY_PROMPT = "写法如 2026-03-05。"
CODE_PROMPT = "18 位统一社会信用代码，按文本填写。"
# Number format, width, prompt, list – for headers that are the same on every sheet.
KNOWN = {
    "序号": (COUNT, 7, "", ""),
    "备注": (PLAIN, 24, "", ""),
    "班级编号": (TEXT, 17, "与“培训班级”表一致的班级编号（开班备案时取得）。", ""),
    "培训类别": (PLAIN, 13, "请从下拉列表中选择，与备案一致。", "培训类别"),
    "培训项目": (PLAIN, 28, "备案的培训项目名称。", ""),
    "项目编码": (TEXT, 15, "补贴目录中的项目编码；不在目录内的培训留空。", ""),
    "职业编码": (TEXT, 14, "国家职业分类编码，如 6-18-02-04。", ""),
    "技能等级": (PLAIN, 14, "请从下拉列表中选择；无等级的培训留空。", "技能等级"),
    "培训机构名称": (PLAIN, 28, "企业自主培训的填本企业名称。", ""),
    "培训机构信用代码": (TEXT, 22, CODE_PROMPT, ""),
    "开班日期": (DAY, 13, DAY_PROMPT, ""),
    "结业日期": (DAY, 13, DAY_PROMPT, ""),
    "计划课时": (HOURS, 11, "每课时 45 分钟，最多两位小数。", ""),
    "实际课时": (HOURS, 11, "实际授课的课时，最多两位小数。", ""),
    "线上课时": (HOURS, 11, "其中线上授课的课时；没有填 0。", ""),
    "备案人数": (COUNT, 11, "开班备案的人数。", ""),
    "理论考核": (PLAIN, 11, "是否组织理论考核。", "是否"),
    "操作考核": (PLAIN, 11, "是否组织操作考核。", "是否"),
    "姓名": (TEXT, 12, "与证件一致，不要填公式。", ""),
    "证件类型": (PLAIN, 20, "请从下拉列表中选择。", "证件类型"),
    "证件号码": (TEXT, 23, "本列已设为文本，请完整填写；居民身份证为 18 位，末位为 X 的照填。", ""),
    "人员类别": (PLAIN, 24, "请从下拉列表中选择。", "人员类别"),
    "手机号码": (TEXT, 15, "11 位手机号码，按文本填写。", ""),
    "劳动合同起始": (DAY, 14, DAY_PROMPT, ""),
    "劳动合同终止": (DAY, 14, "写法如 2027-12-31；无固定期限合同留空。", ""),
    "出勤课时": (HOURS, 11, "本人实际出勤的课时，最多两位小数。", ""),
    "考核结果": (PLAIN, 11, "请从下拉列表中选择。", "考核结果"),
    "费用类别": (PLAIN, 14, "请从下拉列表中选择。", "费用类别"),
    "发票号码": (TEXT, 24, "数电票为 20 位号码，按文本填写；没有发票的费用不予计入。", ""),
    "开票单位": (PLAIN, 28, "", ""),
    "开票单位信用代码": (TEXT, 22, CODE_PROMPT, ""),
    "开票日期": (DAY, 13, DAY_PROMPT, ""),
    "金额（元）": (MONEY, 15, "只填数字，最多两位小数，如 31920.00。", ""),
    "付款凭证号": (TEXT, 16, "", ""),
}
HEAD_FORMS = {
    "申报单位名称": (PLAIN, "与营业执照一致的全称。", ""),
    "统一社会信用代码": (TEXT, CODE_PROMPT, ""),
    "申报年度": (COUNT, "四位年份，如 2026。", ""),
    "企业规模": (PLAIN, "请从下拉列表中选择；以登记数据为准。", "企业规模"),
    "开户银行": (PLAIN, "写到支行。", ""),
    "银行账号": (TEXT, "单位账户，按文本填写。", ""),
    "账户名称": (PLAIN, "须与申报单位名称一致。", ""),
    "联系人": (PLAIN, "", ""),
    "联系电话": (TEXT, "手机或区号-座机。", ""),
    "申报日期": (DAY, DAY_PROMPT, ""),
}
GUIDE = (
    "一、依次填写“申报表”“培训班级”“参训人员花名册”“费用明细”四张表，保存为 .xlsx 后在系统上传；可先预检，次数不限。",
    "二、表头为深红底色并带＊的为必填列。请勿删除或改动表头；列的先后次序可以调整，可以增加自用的列。",
    "三、证件号码、手机号码、账号、发票号码所在列已设为“文本”格式，粘贴时请选择“选择性粘贴→数值”，避免长号码变成科学记数。",
    "四、日期写法如 2026-03-05；金额只填数字，最多两位小数；课时每课时 45 分钟，最多两位小数。",
    "五、花名册和费用明细中的班级编号须先在“培训班级”表中填写，再从下拉列表中选择。",
    "六、单元格有误时，系统把您的原文件标红并附“错误清单”退回；在原处更正后直接重新上传，不必删除标记。",
    "七、一份申报每张表最多 20000 行；人数更多时请按班级分几份申报。",
)


@cache
def first_prompts() -> Mapping[tuple[str, str], str]:
    """What every field of the form asks as the form came, by sheet and field."""
    tables = ((SHEET_CLASSES, CLASS_COLUMNS), (SHEET_ROSTER, ROSTER_COLUMNS), (SHEET_COSTS, COST_COLUMNS))
    heads = {(SHEET_HEAD, label): prompt for label, (_form, prompt, _options) in HEAD_FORMS.items()}
    return heads | {(sheet, each.header): KNOWN[each.header][2] for sheet, columns in tables for each in columns}


def new_claim_book(better: Mapping[tuple[str, str], str], changes: int) -> tuple[Workbook, tuple[FormSheet, ...]]:
    """The template as a workbook whose tables have one prepared row each, and its tables.

    `better` is what officers have written in place of the first prompts, `changes` how often they have; it is part of the version.
    """
    version = f"{TEMPLATE_VERSION}-{changes}" if changes else TEMPLATE_VERSION
    heading, prompts = FormHeading(TITLE, version), {**first_prompts(), **better}
    book = new_form(title=TITLE, version=version)
    classes = _columns(SHEET_CLASSES, CLASS_COLUMNS, prompts)
    people = _columns(SHEET_ROSTER, ROSTER_COLUMNS, prompts, CLASS_NUMBERS)
    costs = _columns(SHEET_COSTS, COST_COLUMNS, prompts, CLASS_NUMBERS)
    forms = (
        FormSheet(SHEET_CLASSES, "培训班级明细", "每班一行；带＊的列必填。", classes, CLASS_ROWS),
        FormSheet(SHEET_ROSTER, "参训人员花名册", "每人每班一行；带＊的列必填。", people, PEOPLE_ROWS),
        FormSheet(SHEET_COSTS, "培训费用明细", "每张发票或凭证一行；带＊的列必填。", costs, PEOPLE_ROWS),
    )
    ranges = add_options(book, _words())
    add_labels(book, SHEET_HEAD, heading, _labels(prompts), ranges)
    for form in forms:
        add_table(book, form, ranges)
    add_guide(book, heading, GUIDE, forms)
    book.move_sheet(book["选项"], offset=len(book.sheetnames))
    book.active = 0
    return book, forms


@lru_cache(maxsize=4)
def claim_template(better: tuple[tuple[str, str, str], ...] = (), changes: int = 0) -> bytes:
    """The claim template as .xlsx with prompts by sheet and field; the same version always gives the same bytes."""
    return form_bytes(*new_claim_book({(sheet, field): text for sheet, field, text in better}, changes))


def _labels(prompts: Mapping[tuple[str, str], str]) -> tuple[FormLabel, ...]:
    return tuple(
        FormLabel(label, form, label in REQUIRED, prompts[SHEET_HEAD, label], options)
        for label, (form, _prompt, options) in HEAD_FORMS.items()
    )


def _columns(
    sheet: str, columns: Sequence[Column], prompts: Mapping[tuple[str, str], str], class_numbers: str = ""
) -> tuple[FormColumn, ...]:
    found = []
    for column in columns:
        form, width, _prompt, options = KNOWN[column.header]
        listed = class_numbers if column.header == "班级编号" else options
        found.append(FormColumn(column.header, form, width, required=column.required, prompt=prompts[sheet, column.header], options=listed))
    return tuple(found)


def _words() -> dict[str, Sequence[str]]:
    """The words of all lists, in the order of the code lists."""
    content = msgspec.json.decode(files("training_admin.subsidy").joinpath("data", "code_lists.json").read_bytes())
    return {
        "培训类别": content["streams"],
        "技能等级": LEVELS,
        "证件类型": ID_TYPES,
        "人员类别": [word for word, _code in content["trainee_groups"]],
        "考核结果": content["exam_results"],
        "费用类别": [word for word, _eligible in content["cost_categories"]],
        "企业规模": list(content["sizes"]),
        "是否": ("是", "否"),
    }
