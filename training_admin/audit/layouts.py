"""The sheets of an audit workbook with the columns of policy.md 7.2, in the words of part 15; 溯源 leads on to the source.

A column whose data nobody has delivered stays empty and is never made up. The roster carries the class number too, because
one sheet holds all classes. The public variant keeps of a person only the name and the masked number (part 15, Masks).
"""

from collections.abc import Sequence

from training_admin.audit.register_layouts import TIE_COLUMNS, TIES, Register
from training_admin.catalog.facts import PAID_STREAMS
from training_admin.kit.workbook.sheets import Column, Kind, Sheet

PEOPLE, FIRMS, ROSTER, COSTS, DOUBTS, NOTES = "补贴人员明细表", "企业补贴汇总表", "班级花名册", "费用明细表", "审计疑点清单", "口径说明"
CLOSING = ("制表人：", "复核人：", "负责人：", "（公章）")
PAYABLE = "实发"
TOTAL_OF_FIRM = "合计"
RECOGNISED = "认定金额"

SOURCE = "溯源"

PEOPLE_COLUMNS = (
    Column("序号", Kind.PLACE, 5.5),
    Column("姓名", Kind.TEXT, 9),
    Column("证件类型", Kind.TEXT, 11),
    Column("证件号码", Kind.TEXT, 20),
    Column("人员类别", Kind.TEXT, 11),
    Column("单位", Kind.WORDS, 22),
    Column("统一社会信用代码", Kind.TEXT, 20),
    Column("班级编号", Kind.TEXT, 12.5),
    Column("项目", Kind.WORDS, 19),
    Column("职业编码", Kind.TEXT, 11.5),
    Column("等级", Kind.TEXT, 12),
    Column("课时", Kind.HOURS, 6.5),
    Column("出勤率", Kind.PERCENT, 9),
    Column("考核结果", Kind.TEXT, 9),
    Column("证书编号", Kind.TEXT, 10),
    Column("补贴标准", Kind.MONEY, 11),
    Column("比例", Kind.PERCENT, 8.5),
    Column("应发", Kind.MONEY, 12.5, total=True),
    Column("扣减", Kind.MONEY, 12.5, total=True),
    Column(PAYABLE, Kind.MONEY, 12.5, total=True),
    Column("收款户名", Kind.WORDS, 22),
    Column("账号", Kind.TEXT, 21),
    Column("签收", Kind.TEXT, 7),
)
# Of the person nothing but name and masked number; what concerns the training and the money of the firm stays.
PUBLIC_COLUMNS = tuple(
    column
    for column in PEOPLE_COLUMNS
    if column.header not in {"证件类型", "人员类别", "出勤率", "考核结果", "证书编号", "收款户名", "账号", "签收"}
)
PUBLIC_PLACES = tuple(place for place, column in enumerate(PEOPLE_COLUMNS) if column in PUBLIC_COLUMNS)

FIRM_COLUMNS = (
    Column("企业", Kind.WORDS, 26),
    Column("信用代码", Kind.TEXT, 20),
    Column("规模", Kind.TEXT, 6.5),
    Column("上年度实缴地方教育附加", Kind.MONEY, 15, total=True),
    Column("补贴限额", Kind.MONEY, 15, total=True),
    *(
        column
        for stream in PAID_STREAMS
        for column in (
            Column(f"{stream}班级", Kind.INTEGER, 8.5, total=True),
            Column(f"{stream}人次", Kind.INTEGER, 8.5, total=True),
            Column(f"{stream}金额", Kind.MONEY, 13.5, total=True),
        )
    ),
    Column(TOTAL_OF_FIRM, Kind.MONEY, 14.5, total=True),
    Column("占补贴限额%", Kind.PERCENT, 11),
    Column(SOURCE, Kind.LINK, 16),
)
ROSTER_COLUMNS = (
    Column("序号", Kind.PLACE, 5.5),
    Column("班级编号", Kind.TEXT, 12.5),
    Column("姓名", Kind.TEXT, 9),
    Column("性别", Kind.TEXT, 5.5),
    Column("证件号码", Kind.TEXT, 20),
    Column("人员类别", Kind.TEXT, 11),
    Column("所在单位", Kind.WORDS, 22),
    Column("岗位", Kind.TEXT, 7),
    Column("合同起止", Kind.TEXT, 25),
    Column("参保单位", Kind.WORDS, 22),
    Column("参保月份", Kind.WORDS, 17),
    Column("培训前等级/证书号", Kind.TEXT, 11),
    Column("手机", Kind.TEXT, 13),
    Column("备注", Kind.WORDS, 30),
)
COST_COLUMNS = (
    Column("班级", Kind.TEXT, 13),
    Column("费用类别", Kind.TEXT, 12),
    Column("发票号码", Kind.TEXT, 23),
    Column("发票代码", Kind.TEXT, 12),
    Column("开票方", Kind.WORDS, 26),
    Column("日期", Kind.DATE, 12),
    Column("金额", Kind.MONEY, 14, total=True),
    Column("付款凭证", Kind.TEXT, 14),
    Column(RECOGNISED, Kind.MONEY, 14, total=True),
    Column("核减原因", Kind.WORDS, 30),
    Column(SOURCE, Kind.LINK, 15),
)
DOUBT_COLUMNS = (
    Column("疑点编号", Kind.TEXT, 18),
    Column("规则号", Kind.TEXT, 8.5),
    Column("类型", Kind.WORDS, 19),
    Column("严重度", Kind.TEXT, 7.5),
    Column("单位", Kind.WORDS, 20),
    Column("班级", Kind.TEXT, 12.5),
    Column("人员(脱敏)", Kind.WORDS, 26),
    Column("涉及金额", Kind.MONEY, 12.5),
    Column("证据字段=值", Kind.WORDS, 38),
    Column("比对来源", Kind.WORDS, 16),
    Column("发现时间", Kind.DATE, 11.5),
    Column("核查人/方式", Kind.TEXT, 9),
    Column("结论", Kind.TEXT, 7),
    Column("处理", Kind.TEXT, 7),
    Column("追回金额", Kind.MONEY, 9),
    Column("整改期限", Kind.DATE, 9),
    Column("销号日期", Kind.DATE, 9),
    Column(SOURCE, Kind.LINK, 15),
)
NOTE_COLUMNS = (
    Column("类别", Kind.TEXT, 14),
    Column("项目", Kind.WORDS, 34),
    Column("内容", Kind.WORDS, 78),
    Column("依据与效力", Kind.WORDS, 50),
)


def sheets_of(title: str, lines: tuple[str, ...], registers: Sequence[Register], *, public: bool) -> tuple[Sheet, ...]:
    """The sheets in their order; roster, vouchers and doubts are nobody's business in public."""
    mark = "（公示）" if public else ""
    people = PUBLIC_COLUMNS if public else PEOPLE_COLUMNS
    inner = (
        Sheet(ROSTER, f"{title}{ROSTER}", lines, ROSTER_COLUMNS, CLOSING, frozen=3),
        Sheet(COSTS, f"{title}{COSTS}", lines, COST_COLUMNS, CLOSING, capital=RECOGNISED),
        Sheet(DOUBTS, f"{title}{DOUBTS}", lines, DOUBT_COLUMNS, CLOSING, frozen=2),
    )
    return (
        Sheet(PEOPLE, f"{title}{PEOPLE}{mark}", lines, people, CLOSING, capital=PAYABLE, frozen=2),
        Sheet(FIRMS, f"{title}{FIRMS}{mark}", lines, FIRM_COLUMNS, CLOSING, capital=TOTAL_OF_FIRM, frozen=1),
        *(() if public else inner),
        *(_register(each, title, lines, mark, public=public) for each in registers),
        Sheet(TIES, f"{title}{TIES}{mark}", lines, TIE_COLUMNS, CLOSING),
        Sheet(NOTES, NOTES, lines, NOTE_COLUMNS),
    )


def _register(each: Register, title: str, lines: tuple[str, ...], mark: str, *, public: bool) -> Sheet:
    columns = tuple(each.columns[place] for place in each.shown(public=public))
    return Sheet(each.name, f"{title}{each.name}{mark}", lines, columns, CLOSING, capital=each.capital, frozen=each.frozen)
