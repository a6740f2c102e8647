"""The template of register deliveries: what other offices download, fill in and hand over."""

from collections.abc import Sequence
from functools import cache

from training_admin.catalog.facts import FUND_WORDS, LEVEL_WORDS, PAID_STREAMS, STREAMS
from training_admin.kit.identifiers import ID_TYPES
from training_admin.parties.facts import SIZE_WORDS
from training_admin.subsidy.form_sheets import (
    COUNT,
    DAY,
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
from training_admin.subsidy.phrases import CLAIMANT_WORDS, CODE_WORDS
from training_admin.subsidy.register_layout import (
    ABOUT_REQUIRED,
    AS_OF,
    COLUMNS,
    COVERED_MONTHS,
    COVERED_YEARS,
    DISTRICT,
    ID_NUMBER,
    ID_TYPE,
    MOST_ROWS,
    SHEET_ABOUT,
    SHEET_ENTERPRISES,
    SHEET_FILINGS,
    SHEET_INSTITUTIONS,
    SHEET_INSURANCE,
    SHEET_PAYMENTS,
    SHEET_SUBSIDY,
    SHEET_SURCHARGE,
    SOURCE,
    USCC,
)

TEMPLATE_VERSION = "2026.1"
HEADING = FormHeading("登记数据交付表", TEMPLATE_VERSION)
FEW_ROWS, MANY_ROWS = 500, 2_000
DAY_PROMPT = "写法如 2026-03-05。"
CODE_PROMPT = "18 位统一社会信用代码，按文本填写。"
YEAR_PROMPT = "四位年份，如 2025。"
MONEY_PROMPT = "只填数字，最多两位小数，如 60000.00。"
ID_PROMPT = "本列已设为文本，请完整填写；居民身份证为 18 位，末位为 X 的照填。"
LIST_PROMPT = "请从下拉列表中选择。"
# Number format, width, prompt, list – for headers that are the same on every sheet.
KNOWN = {
    "序号": (COUNT, 7, "", ""),
    "备注": (PLAIN, 24, "不读取，供填写说明。", ""),
    USCC: (TEXT, 22, CODE_PROMPT, ""),
    "企业名称": (PLAIN, 32, "与营业执照一致的全称。", ""),
    "企业规模": (PLAIN, 11, LIST_PROMPT, "企业规模"),
    "税收征管区划": (TEXT, 14, "税收征管所在区的 6 位行政区划代码，如 310117。", ""),
    "登记状态": (PLAIN, 12, "登记机关的状态，如 存续、注销、非正常户。", ""),
    "单位类型": (PLAIN, 16, "不填的按“企业”。", "单位类型"),
    "参保人数": (COUNT, 11, "截止日的职工参保人数。", ""),
    "年度": (COUNT, 9, YEAR_PROMPT, ""),
    "实缴金额（元）": (MONEY, 16, MONEY_PROMPT, ""),
    "已拨金额（元）": (MONEY, 16, MONEY_PROMPT, ""),
    "机构名称": (PLAIN, 32, "与办学许可证一致的全称。", ""),
    "办学许可有效期至": (DAY, 18, DAY_PROMPT, ""),
    "培训职业编码": (TEXT, 40, "多个编码用顿号隔开，如 6-18-01-01、6-31-01-03。", ""),
    "班级编号": (TEXT, 17, "开班备案时取得的编号。", ""),
    "企业信用代码": (TEXT, 22, CODE_PROMPT, ""),
    "培训机构信用代码": (TEXT, 22, "企业自主培训的填本企业代码或留空。", ""),
    "培训类别": (PLAIN, 13, LIST_PROMPT, "培训类别"),
    "项目编码": (TEXT, 15, "补贴目录中的项目编码；不在目录内的培训留空。", ""),
    "开班日期": (DAY, 13, DAY_PROMPT, ""),
    "结业日期": (DAY, 13, DAY_PROMPT, ""),
    "计划课时": (HOURS, 11, "每课时 45 分钟，最多两位小数。", ""),
    "实际课时": (HOURS, 11, "实际授课的课时，最多两位小数。", ""),
    "线上课时": (HOURS, 11, "其中线上授课的课时；没有登记的留空。", ""),
    "备案人数": (COUNT, 11, "开班备案的人数。", ""),
    "培训方式": (PLAIN, 16, "不填的按“综合（含实操）”。", "培训方式"),
    "备案日期": (DAY, 13, DAY_PROMPT, ""),
    "审核通过日期": (DAY, 14, "尚未审核通过的留空。", ""),
    "理论考核": (PLAIN, 11, "是否已组织理论考核。", "是否"),
    "操作考核": (PLAIN, 11, "是否已组织操作考核。", "是否"),
    ID_TYPE: (PLAIN, 20, "不填的按证件号码的样式识别。", "证件类型"),
    ID_NUMBER: (TEXT, 23, ID_PROMPT, ""),
    "缴费月份": (TEXT, 12, "写法如 2026-03，一人一月一行。", ""),
    "缴费单位信用代码": (TEXT, 22, CODE_PROMPT, ""),
    "发放日期": (DAY, 13, DAY_PROMPT, ""),
    "金额（元）": (MONEY, 15, MONEY_PROMPT, ""),
    "职业编码": (TEXT, 14, "国家职业分类编码，如 6-18-02-04；没有的留空。", ""),
    "技能等级": (PLAIN, 15, "无等级的培训留空。", "技能等级"),
    "资金来源": (PLAIN, 22, "不填的按“地方教育附加专项资金”。", "资金来源"),
}
# Money was paid for apprentices too, for whom no class is filed.
OWN_LISTS = {(SHEET_PAYMENTS, "培训类别"): "补贴类别"}
LABELS = {
    SOURCE: (PLAIN, "交付登记数据的单位，如 区税务局。", ""),
    AS_OF: (DAY, "数据反映到哪一天为止，写法如 2026-06-01。", ""),
    COVERED_MONTHS: (TEXT, "已完整交付的月份，如 2026-01至2026-03、2026-05；未交付社保缴费的留空。", ""),
    COVERED_YEARS: (TEXT, "已完整交付的年度，如 2024、2025；未交付实缴地方教育附加的留空。", ""),
    DISTRICT: (TEXT, "6 位行政区划代码，如 310117。", ""),
}
TITLES = {
    SHEET_ENTERPRISES: ("企业登记信息", "每户企业一行；带＊的列必填。", FEW_ROWS),
    SHEET_SURCHARGE: ("企业实缴地方教育附加", "每户企业每年度一行；年度须列入“交付说明”。", FEW_ROWS),
    SHEET_SUBSIDY: ("企业已拨补贴", "每户企业每年度一行；带＊的列必填。", FEW_ROWS),
    SHEET_INSTITUTIONS: ("培训机构", "每家机构一行；带＊的列必填。", FEW_ROWS),
    SHEET_FILINGS: ("开班备案", "每班一行；带＊的列必填。", FEW_ROWS),
    SHEET_INSURANCE: ("职工社会保险缴费", "每人每月一行；月份须列入“交付说明”。", MANY_ROWS),
    SHEET_PAYMENTS: ("个人已领补贴", "每人每笔一行；带＊的列必填。", MANY_ROWS),
}
GUIDE = (
    "一、先填“交付说明”：来源和截止日必填；“社保缴费月份”“地方教育附加年度”只写已完整交付的期间，未写明的按“尚未交付”处理，不当作零。",
    "二、七张数据表可以只填其中几张，用不到的可留空或删除。只交付一个部门的数据是通常的做法。",
    "三、表头为深红底色并带＊的为必填列。请勿删除或改动表头；列的先后次序可以调整，可以增加自用的列。",
    "四、证件号码、统一社会信用代码所在列已设为“文本”格式，粘贴时请选择“选择性粘贴→数值”，避免长号码变成科学记数。",
    "五、日期写法如 2026-03-05，月份如 2026-03；金额只填数字，最多两位小数；课时每课时 45 分钟。",
    f"六、每张表最多 {MOST_ROWS} 行；社保缴费较多时请按月份分几份交付，分几次交付与一次交付结果相同。",
    "七、有一处单元格有误时整份不导入，系统逐一列出工作表、单元格和更正办法；更正后重新上传即可，同一份文件重复上传不会重复导入。",
)


@cache
def register_template() -> bytes:
    """The register template as .xlsx; the same version always gives the same bytes."""
    book = new_form(title=HEADING.title, version=HEADING.version)
    forms = tuple(FormSheet(name, title, hint, _columns(name), rows) for name, (title, hint, rows) in TITLES.items())
    ranges = add_options(book, _words())
    labels = [FormLabel(label, form, label in ABOUT_REQUIRED, prompt, options) for label, (form, prompt, options) in LABELS.items()]
    add_labels(book, SHEET_ABOUT, HEADING, labels, ranges)
    for form in forms:
        add_table(book, form, ranges)
    add_guide(book, HEADING, GUIDE, forms)
    book.move_sheet(book["选项"], offset=len(book.sheetnames))
    book.active = 0
    return form_bytes(book, forms)


def _columns(name: str) -> tuple[FormColumn, ...]:
    found = []
    for column in COLUMNS[name]:
        form, width, prompt, options = KNOWN[column.header]
        options = OWN_LISTS.get((name, column.header), options)
        found.append(FormColumn(column.header, form, width, required=column.required, prompt=prompt, options=options))
    return tuple(found)


def _words() -> dict[str, Sequence[str]]:
    """The words of all lists."""
    return {
        "企业规模": list(SIZE_WORDS.values()),
        "单位类型": list(CLAIMANT_WORDS.values()),
        "培训类别": STREAMS,
        "补贴类别": PAID_STREAMS,
        "培训方式": list(CODE_WORDS["mode"].values()),
        "技能等级": list(LEVEL_WORDS.values()),
        "资金来源": list(FUND_WORDS.values()),
        "证件类型": ID_TYPES,
        "是否": ("是", "否"),
    }
