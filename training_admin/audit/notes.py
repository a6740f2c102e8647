"""The last sheet 口径说明: what the workbook shows, as of when, by which pack, and how its sums are made."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import msgspec

from training_admin import __version__
from training_admin.audit.doubts import CHECKS_BY_ID, LISTED
from training_admin.audit.rulebook import audit_rules
from training_admin.audit.store import ClaimHead
from training_admin.kit.clock import shanghai_day
from training_admin.kit.wording import day, moment
from training_admin.office.heads import SignedHead
from training_admin.parties.facts import Coverage
from training_admin.subsidy.explain import describe_rule, explain_claim, explain_class
from training_admin.subsidy.explained import FigureShown
from training_admin.subsidy.record import ENGINE_VERSION, AssessmentRecord
from training_admin.subsidy.rules import ALL_RULES

HOW = (
    (
        "补贴人员明细表",
        "只列核验结果为“可补”“核减”的人员。应发为补贴限额核减前的金额，扣减为因补贴限额不足按比例核减的金额，实发＝应发－扣减。",
        "CEIL-03",
    ),
    (
        "补贴标准、比例",
        "补贴标准为按课时核定并含上浮后的标准额；应发取“标准×比例”与“人均认定费用×费用比例”中较低者，不一定等于补贴标准×比例。",
        "ENT-10、ENT-11、POST-01",
    ),
    ("课时、出勤率", "课时为登记的实际授课课时（45分钟）；出勤率＝出勤课时÷实际授课课时，舍去万分之一以下。", "ATT-01"),
    (
        "企业补贴汇总表",
        "按企业和申报年度汇总；班级、人次只计实际获补的；占补贴限额%＝合计÷补贴限额，不含本年度已拨付的其他补贴。",
        "CEIL-01",
    ),
    ("班级花名册", "列出交来的全部行；一张表列全部班级，因此加列班级编号；备注中注明未获补贴的核验结果和规则编号。", ""),
    ("费用明细表", "认定金额为可补贴类别且有发票号码的金额；其余认定为 0 并注明核减原因；无法识别的金额留空。", "ENT-15"),
    (
        "审计疑点清单",
        "疑点由规则比对产生，不改变核验结果；阻断、高两级在核查销号前暂缓拨付。同一原因只列一条，注明涉及的花名册行。",
        "AU",
    ),
    (
        "资金拨付台账",
        "按申报和培训类别列出进入拨付的款项；累计拨付、补贴限额余额按表中顺序累加，不含本次未选中的申报；预算余额为导出时可用指标。",
        "财社〔2023〕181号",
    ),
    (
        "开班备案表、教学计划表",
        "按已核准的最新一版列出在本系统备案的班级；由登记部门交付的班级只列交付的内容。课时为45分钟课时。",
        "FILE-02",
    ),
    (
        "考勤表、考勤标记表",
        "第n次对应教学计划表的课次；√出勤 △迟到 ○请假 ×缺勤，后为计入课时。标记表按课次列登记方式和签到设备，不采集定位和人脸。",
        "ATT-01",
    ),
    ("检(抽)查记录表", "逐次列出；平均、最低出勤率按同一班级的各次检查计算；双方签字见纸质记录。", "INSP-01"),
    (
        "电话回访记录",
        "由参训人员本人经短信链接或登录后答复，没有电话通话和录音，相应栏目留空；满意度为各项评分（1至5分）的平均。",
        "CONF-01",
    ),
    ("追回台账", "列出已决定的追回；余额＝应追回－已追回。已撤销的只列撤销前收回的部分。", ""),
    ("目录变更表", "列出所选班级所属项目历次公布的变更。", "CAT-03"),
    ("勾稽表", "列出必须相等的合计，甲数、乙数、差额均为公式，文件中同时存有计算好的值；点击出处可到达该合计。", ""),
    ("溯源", "序号链接到该人员的核验结果页面，“溯源”链接到明细或申报；打开页面须有相应权限。", ""),
    ("合计", "合计行为 SUM 公式，文件中同时存有计算好的值；金额以分为单位计算，没有浮点误差。大写金额由同一合计数生成。", ""),
    ("空白栏", "没有交付的数据一律留空或注明“待比对”，不推测、不补造。", ""),
)
PUBLIC_SHEETS = frozenset(
    {
        *("补贴人员明细表", "企业补贴汇总表", "补贴标准、比例", "合计", "空白栏", "资金拨付台账", "开班备案表、教学计划表"),
        *("检(抽)查记录表", "追回台账", "目录变更表", "勾稽表"),
    }
)
PUBLIC_HOW = (
    "脱敏",
    "公示版对个人只列姓名和隐去部分字符的证件号码，不列花名册、教师、考勤、回访、费用明细和疑点，也不列账户、凭证和经办人。",
    "个人信息保护法；财社〔2023〕181号第二十八条",
)
Row = tuple[str, str | None, str | None, str | None]


class Told(msgspec.Struct, frozen=True):
    """What is known before the rows are written: the conditions, the clocks and the head of the trail."""

    conditions: str
    public: bool
    file_number: str
    check_code: str
    made_at: datetime
    trail: SignedHead
    deliveries: tuple[tuple[str, date, datetime, int], ...]
    coverage: Coverage


class FiguresSeen:
    """Figures of all records exported, each value once, in the order met; and which packs decided."""

    def __init__(self) -> None:
        self.figures: dict[tuple[str, str, str], FigureShown] = {}
        self.packs: dict[str, None] = {}

    def add(self, record: AssessmentRecord) -> None:
        """Note the figures one record used."""
        self.packs[f"{record.pack} {record.pack_version}"] = None
        shown = [*explain_claim(record).figures, *(figure for klass in record.classes for figure in explain_class(klass).figures)]
        for figure in shown:
            self.figures.setdefault((figure.key, figure.value, figure.period), figure)


def note_rows(told: Told, heads: Sequence[ClaimHead], seen: FiguresSeen, unasked: Sequence[tuple[str, str]]) -> Iterator[Row]:
    """All rows of 口径说明."""
    yield from _basics(told, seen)
    yield from _sources(told)
    how = (*(row for row in HOW if row[0] in PUBLIC_SHEETS), PUBLIC_HOW) if told.public else HOW
    yield from (("统计口径", *row) for row in how)
    for head in heads:
        detail = f"第 {head.place} 次核验，事实截至 {moment(head.known_at)}，摘要 {head.sha256}"
        yield ("核验记录", f"{head.number} {head.enterprise_name}", detail, None)
    for figure in sorted(seen.figures.values(), key=lambda each: each.key):
        standing = f"{figure.paper or '无文件'}；数值{figure.standing}；在本区{figure.local_standing}"
        yield ("政策数值", figure.name, f"{figure.value} {figure.unit}".strip() + f"（{figure.period}）", standing)
    for rule in map(describe_rule, ALL_RULES):
        clause = f"{rule.clause.paper} {rule.clause.article}；{rule.clause.standing}；在本区{rule.clause.local_standing}"
        yield ("核验规则", f"{rule.rule} {rule.title}", f"{rule.reason}不符合时：{rule.effect_words}", clause)
    if not told.public:
        yield from _checks(unasked)


def _basics(told: Told, seen: FiguresSeen) -> Iterator[Row]:
    for name, text in (
        ("文件号", told.file_number),
        ("校验码", told.check_code),
        ("版本", "公示版（脱敏）" if told.public else "内部版（含完整证件号码，请妥善保管）"),
        ("查询条件", told.conditions),
        ("数据截至", moment(told.made_at)),
        ("编制日期", day(shanghai_day(told.made_at))),
        ("政策包及版本", "、".join(seen.packs)),
        ("程序版本", f"{__version__}，核验引擎 {ENGINE_VERSION}"),
        ("操作留痕末行", told.trail.words),
        ("操作留痕验签公钥", told.trail.public_key),
    ):
        yield ("基本信息", name, text, None)


def _sources(told: Told) -> Iterator[Row]:
    coverage = told.coverage
    yield ("数据来源", "已交付的社保缴费月份", "、".join(sorted(coverage.insurance)) or "无", None)
    yield ("数据来源", "已交付的地方教育附加年度", "、".join(sorted(coverage.surcharge)) or "无", None)
    for source, as_of, received_at, rows in told.deliveries:
        yield ("数据来源", source, f"数据日期 {as_of.isoformat()}，收到于 {moment(received_at)}，{rows} 行", None)


def _checks(unasked: Sequence[tuple[str, str]]) -> Iterator[Row]:
    for each in CHECKS_BY_ID.values():
        rule = audit_rules()[each.id]
        yield (
            "疑点规则（已查）",
            f"{each.id} {rule.name_zh}",
            f"{each.why}。需要：{each.needs}。比对：{each.against}",
            f"{rule.level.value}；{_seen_in(rule.seen_in)}",
        )
    for rule in audit_rules().values():
        if rule.id in LISTED and rule.id not in CHECKS_BY_ID:
            words = "按期间、批次或机构检查，不属于一份申报，见审计疑点页面"
            yield ("疑点规则（另查）", f"{rule.id} {rule.name_zh}", words, f"{rule.level.value}；{_seen_in(rule.seen_in)}")
    for rule in audit_rules().values():
        if rule.id not in LISTED:
            yield (
                "疑点规则（待数据）",
                f"{rule.id} {rule.name_zh}",
                "所需数据尚未交付，本次未查",
                f"{rule.level.value}；{_seen_in(rule.seen_in)}",
            )
    for number, each_id in unasked:
        yield ("疑点规则（未能检查）", each_id, f"申报 {number}：检查所需的政策数值在培训期间没有生效值", "VER-01")


def _seen_in(text: str) -> str:
    """Where the thing was seen; the list's short words in Chinese."""
    return {"standard": "国家标准", "usual cross-check": "常用比对", "-": "暂定", "public fraud pattern": "公开案例"}.get(
        text, f"来源 {text}"
    )
