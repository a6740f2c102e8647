"""The registers behind an audit workbook (policy.md 7.2, sheets 2, 4, 6 to 10, 12, 14 and 16) with their columns, and what the public sees.

Sheets of persons (teachers, attendance, call-backs) are internal. In the public variant columns that name a person, an account or a
voucher are left out (财社〔2023〕181号 art. 28; personal data law).
"""

import msgspec

from training_admin.kit.workbook.sheets import Column, Kind
from training_admin.subsidy import apprentice_register

FILINGS, PLANS, TEACHERS, ATTENDANCE, WAYS = "开班备案表", "教学计划表", "教师花名册", "考勤表", "考勤标记表"
BATCHES, VISITS, CALLS, RECOVERIES, CHANGES, TIES = "资金拨付台账", "检(抽)查记录表", "电话回访记录", "追回台账", "目录变更表", "勾稽表"
DECIDED, PAID, ASKED_BACK, CAME_BACK, LEFT = "审定金额", "已拨付", "应追回", "已追回", "余额"
APPRENTICES = apprentice_register.REGISTER
MOST_LESSONS = 120

FILING_COLUMNS = (
    *(Column("班期名称", Kind.WORDS, 36), Column("职业", Kind.TEXT, 13), Column("等级", Kind.TEXT, 14)),
    *(Column("人数", Kind.INTEGER, 7, total=True), Column("负责人", Kind.TEXT, 10), Column("电话", Kind.TEXT, 13)),
    *(Column("学习形式", Kind.TEXT, 12), Column("培训地点", Kind.WORDS, 24), Column("开班时间", Kind.DATE, 12)),
    *(Column("结课时间", Kind.DATE, 12), Column("理论课时", Kind.HOURS, 9, total=True), Column("实训课时", Kind.HOURS, 9, total=True)),
    *(Column("备案号", Kind.LINK, 16), Column("备案时间", Kind.DATE, 12), Column("审核人", Kind.TEXT, 10)),
)
PLAN_COLUMNS = (
    *(Column("班级编号", Kind.TEXT, 14), Column("课次", Kind.INTEGER, 6), Column("日期", Kind.DATE, 12), Column("时段", Kind.TEXT, 13)),
    *(Column("内容", Kind.WORDS, 30), Column("理论课时", Kind.HOURS, 9, total=True), Column("实操课时", Kind.HOURS, 9, total=True)),
    *(Column("教师", Kind.TEXT, 11), Column("地点", Kind.TEXT, 18), Column("教材", Kind.WORDS, 22)),
)
TEACHER_COLUMNS = (
    *(Column("序号", Kind.INTEGER, 6), Column("姓名", Kind.TEXT, 11), Column("性别", Kind.TEXT, 6), Column("年龄", Kind.INTEGER, 6)),
    *(Column("学历", Kind.TEXT, 10), Column("专业", Kind.WORDS, 16), Column("职称", Kind.TEXT, 12)),
    *(Column("职业资格名称/等级", Kind.WORDS, 24), Column("担任课程", Kind.WORDS, 36), Column("专/兼职", Kind.TEXT, 8)),
)
ATTENDANCE_HEAD = (Column("班级编号", Kind.TEXT, 14), Column("序号", Kind.INTEGER, 6), Column("姓名", Kind.TEXT, 10))
ATTENDANCE_TAIL = (
    *(Column("出勤课时", Kind.HOURS, 9, total=True), Column("授课课时", Kind.HOURS, 9), Column("出勤率", Kind.PERCENT, 9)),
    *(Column(f"{word}次数", Kind.INTEGER, 7, total=True) for word in ("出勤", "迟到", "请假", "缺勤", "未登记")),
)
WAY_COLUMNS = (
    *(Column("班级编号", Kind.TEXT, 14), Column("课次", Kind.INTEGER, 6), Column("日期", Kind.DATE, 12), Column("时段", Kind.TEXT, 13)),
    *(Column("实际授课分钟", Kind.INTEGER, 9, total=True), Column("登记人次", Kind.INTEGER, 9, total=True)),
    *(Column(word, Kind.INTEGER, 9, total=True) for word in ("扫码签到", "页面登记", "考勤表导入", "纸质签到表补录", "线上学习记录")),
    *(Column("签到设备数", Kind.INTEGER, 9), Column("一机多人的设备数", Kind.INTEGER, 10), Column("确认人", Kind.TEXT, 11)),
)
BATCH_COLUMNS = (
    *(Column("批次号", Kind.TEXT, 14), Column("资金渠道", Kind.TEXT, 10), Column("预算科目", Kind.TEXT, 12)),
    *(Column("指标文号", Kind.WORDS, 20), Column("申请单位", Kind.WORDS, 24), Column("培训类别", Kind.TEXT, 11)),
    *(Column("班级数", Kind.INTEGER, 7, total=True), Column("人次", Kind.INTEGER, 7, total=True)),
    *(Column(DECIDED, Kind.MONEY, 14, total=True), Column("公示起止", Kind.TEXT, 24), Column("审批人/日期", Kind.WORDS, 20)),
    *(Column("拨付日期", Kind.DATE, 12), Column("支付凭证号", Kind.TEXT, 16), Column("收款户名/账号/开户行", Kind.WORDS, 34)),
    *(Column("退票标志", Kind.TEXT, 8), Column("重拨日期", Kind.DATE, 12), Column(PAID, Kind.MONEY, 14, total=True)),
    *(Column("累计拨付", Kind.MONEY, 14), Column("补贴限额余额", Kind.MONEY, 14), Column("预算余额", Kind.MONEY, 15)),
    *(Column("状态", Kind.TEXT, 9), Column("申报编号", Kind.LINK, 15)),
)
VISIT_COLUMNS = (
    *(Column("班级", Kind.LINK, 15), Column("检查日期时间", Kind.TEXT, 17), Column("检查人", Kind.WORDS, 18)),
    *(Column("方式", Kind.TEXT, 7), Column("应到", Kind.INTEGER, 6, total=True), Column("实到", Kind.INTEGER, 6, total=True)),
    *(Column("出勤率", Kind.PERCENT, 9), Column("平均出勤率", Kind.PERCENT, 9), Column("最低出勤率", Kind.PERCENT, 9)),
    *(Column(word, Kind.TEXT, 9) for word in ("教师相符", "计划相符", "教材人手一册", "秩序", "安全", "结论")),
    *(Column("意见", Kind.WORDS, 28), Column("双方签字", Kind.TEXT, 12)),
)
CALL_COLUMNS = (
    *(Column("班级编号", Kind.TEXT, 14), Column("姓名", Kind.TEXT, 10), Column("电话尾号", Kind.TEXT, 9), Column("接通", Kind.TEXT, 8)),
    *(Column("是否参训", Kind.TEXT, 16), Column("课时", Kind.HOURS, 8), Column("收费情况", Kind.TEXT, 9)),
    *(Column("满意度", Kind.TEXT, 9), Column("回访人", Kind.TEXT, 12), Column("时间", Kind.TEXT, 18), Column("录音编号", Kind.TEXT, 10)),
    Column("询问时点", Kind.TEXT, 9),
)
RECOVERY_COLUMNS = (
    *(Column("决定书号", Kind.TEXT, 15), Column("对象", Kind.WORDS, 26), Column("原因", Kind.WORDS, 34)),
    *(Column(word, Kind.MONEY, 14, total=True) for word in (ASKED_BACK, CAME_BACK)),
    *(Column("日期", Kind.DATE, 12), Column("凭证", Kind.WORDS, 28), Column(LEFT, Kind.MONEY, 14, total=True)),
    *(Column("移送", Kind.WORDS, 22), Column("状态", Kind.TEXT, 9), Column("申报编号", Kind.LINK, 15)),
)
CHANGE_COLUMNS = (
    *(Column("项目", Kind.WORDS, 32), Column("字段", Kind.TEXT, 14), Column("旧值", Kind.WORDS, 26), Column("新值", Kind.WORDS, 26)),
    *(Column("生效日", Kind.DATE, 12), Column("依据文号", Kind.WORDS, 26), Column("操作人", Kind.TEXT, 14)),
)
TIE_COLUMNS = (
    *(Column("序号", Kind.INTEGER, 6), Column("应当相等的两个数", Kind.WORDS, 50), Column("甲数出处", Kind.LINK, 34)),
    *(Column("甲数", Kind.SUM, 17), Column("乙数出处", Kind.LINK, 34), Column("乙数", Kind.SUM, 17)),
    *(Column("差额", Kind.SUM, 14), Column("结论", Kind.LINK, 9)),
)


class Register(msgspec.Struct, frozen=True):
    """One sheet: number in policy.md 7.2, name, columns; `hidden` columns are left out in public, None: the whole sheet is."""

    number: int
    name: str
    columns: tuple[Column, ...]
    hidden: frozenset[str] | None = None
    capital: str = ""
    frozen: int = 1

    def shown(self, *, public: bool) -> tuple[int, ...]:
        """The places of the columns that a variant shows."""
        hidden = self.hidden if public and self.hidden is not None else frozenset()
        return tuple(place for place, column in enumerate(self.columns) if column.header not in hidden)


def attendance_columns(lessons: int) -> tuple[Column, ...]:
    """The columns of the attendance sheet for classes of at most so many lessons; the plan tells which lesson is which."""
    return (*ATTENDANCE_HEAD, *(Column(f"第{n}次", Kind.TEXT, 8) for n in range(1, min(lessons, MOST_LESSONS) + 1)), *ATTENDANCE_TAIL)


def registers(lessons: int, *, public: bool) -> tuple[Register, ...]:
    """The registers in their order, after the five sheets of the claims. 17 belongs to the room that makes it."""
    every = (
        Register(2, BATCHES, BATCH_COLUMNS, frozenset({"收款户名/账号/开户行", "支付凭证号", "审批人/日期"}), capital=DECIDED),
        Register(4, FILINGS, FILING_COLUMNS, frozenset({"负责人", "电话", "审核人"})),
        Register(6, PLANS, PLAN_COLUMNS, frozenset({"教师"}), frozen=2),
        Register(7, TEACHERS, TEACHER_COLUMNS, frozen=2),
        Register(8, ATTENDANCE, attendance_columns(lessons), frozen=3),
        Register(8, WAYS, WAY_COLUMNS, frozen=2),
        Register(9, VISITS, VISIT_COLUMNS, frozenset({"检查人", "意见", "双方签字"})),
        Register(10, CALLS, CALL_COLUMNS, frozen=2),
        Register(12, APPRENTICES, apprentice_register.COLUMNS, frozen=3),
        Register(14, RECOVERIES, RECOVERY_COLUMNS, frozenset({"原因", "凭证", "移送"}), capital=ASKED_BACK),
        Register(16, CHANGES, CHANGE_COLUMNS, frozenset({"操作人"})),
    )
    return tuple(each for each in every if not public or each.hidden is not None)
