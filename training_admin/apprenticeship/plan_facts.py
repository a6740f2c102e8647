"""The plan of a programme (培养方案) with its people as it is drawn up, and what is wrong with it; numbers in clear stay in memory."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from training_admin.apprenticeship.facts import Hours
from training_admin.catalog.facts import LEVEL_WORDS
from training_admin.kit.wording import day, hundredths

JOINED_WORDS: Mapping[str, str] = {"hired": "新招用", "transferred": "转岗", "in_service": "在职"}
MENTOR, TEACHER = "mentor", "teacher"
TUTOR_WORDS: Mapping[str, str] = {MENTOR: "企业导师", TEACHER: "培训机构指导教师"}
OUTCOME_WORDS: Mapping[str, str] = {"open": "在培", "certified": "取得证书", "completed": "仅结业", "failed": "未通过", "left": "已退出"}
BLOCK_WORDS = ("通用素质", "专业基础", "操作技能", "其中线上")
LONGEST_NAME, LONGEST_WORDS = 100, 500
MOST_MONTHS, MOST_CENTIHOURS = 60, 1_000_000
FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_PEOPLE, MOST_TUTORS = 2000, 500


class ProgrammePlan(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a programme's plan beside its head; fees in fen, hours of the whole term in hundredths of 45 minutes.

    `cooperation_*` are the agreement (合作协议) of enterprise and institution (职业教育法 art. 30), `reason` why the term is longer
    than 24 months.
    """

    planned: Hours = Hours()
    cooperation_on: date | None = None
    cooperation_mode: str = ""
    cooperation_content: str = ""
    cooperation_duties: str = ""
    fees_fen: int = 0
    reason: str = ""
    credit_system: bool = False
    student_status: bool = False
    video_centihours: int | None = None
    exam_on: date | None = None


class ChangeContent(msgspec.Struct, frozen=True, kw_only=True):
    """What a change asks for, by kind: another tutor by key, a term in months, a result with level and certificate.

    `planned` are the hours of the whole longer term, None where those of the plan suffice.
    """

    tutor: int | None = None
    months: int | None = None
    planned: Hours | None = None
    outcome: str = ""
    level: str = ""
    certificate_no: str = ""
    certified_on: date | None = None


class Tutor(msgspec.Struct, frozen=True):
    """A mentor or teacher as named by the enterprise; `allowance_fen` is what the firm pays a mentor a month."""

    kind: str
    name: str
    identity: str
    level: str = ""
    qualification: str = ""
    allowance_fen: int = 0

    def __repr__(self) -> str:
        """Without the number: a repr ends up in logs."""
        return f"Tutor(kind={self.kind!r})"


class Entrant(msgspec.Struct, frozen=True):
    """An apprentice as entered; mentor and teacher by name, as the people of the programme have them."""

    name: str
    identity: str
    phone: str
    joined_as: str
    joined_on: date | None
    contract_start: date | None
    contract_end: date | None
    agreement_on: date | None
    post: str
    skilled_post: bool | None
    mentor: str
    teacher: str
    prior_level: str = ""

    def __repr__(self) -> str:
        """Without the number: a repr ends up in logs."""
        return "Entrant()"


class ProgrammeHeadDraft(msgspec.Struct, frozen=True, kw_only=True):
    """The head of a programme as drawn up: with whom, for what, from when and how long."""

    institution: str
    occupation: str
    occupation_name: str
    level: str
    starts: date
    months: int


def faults_of(head: ProgrammeHeadDraft, plan: ProgrammePlan) -> list[str]:
    """What is wrong with head and plan as typed, in words; rules of the policy are asked apart."""
    found = []
    if head.level not in {"1", "2", "3", "4", "5"}:
        found.append("请选择培养目标等级")
    if not head.institution:
        found.append("请选择合作培训机构")
    if not head.occupation or not head.occupation_name:
        found.append("请填写职业编码和职业名称")
    if not 1 <= head.months <= MOST_MONTHS:
        found.append(f"培养期限应为 1 至 {MOST_MONTHS} 个月")
    if not FIRST_YEAR <= head.starts.year <= LAST_YEAR:
        found.append(f"开班日期应在 {FIRST_YEAR} 年至 {LAST_YEAR} 年之间")
    found += hours_faults(plan.planned)
    if plan.cooperation_on is not None and plan.cooperation_on > head.starts:
        found.append("合作协议的签订日期不能晚于开班日期")
    return found


def hours_faults(hours: Hours) -> list[str]:
    """What is wrong with the hours of a plan, in words."""
    found = []
    if min(hours.general, hours.basics, hours.practice, hours.online) < 0 or hours.total > MOST_CENTIHOURS:
        found.append("课时不能为负，合计不超过 10000 课时")
    if hours.online > hours.classroom:
        found.append("线上课时不能多于通用素质与专业基础课时之和")
    return found


def change_words(content: ChangeContent, tutor: str) -> str:
    """What a change asks for, in words: whoever decides it reads them. `tutor` is the name of another mentor or teacher."""
    words = []
    if tutor:
        words.append(f"更换为{tutor}")
    if content.months is not None:
        words.append(f"期限延长至{content.months}个月")
    if content.planned is not None:
        hours = content.planned
        told = zip(BLOCK_WORDS, (hours.general, hours.basics, hours.practice, hours.online), strict=True)
        words.append("计划课时改为" + "、".join(f"{block}{hundredths(part)}" for block, part in told))
    if content.outcome:
        words.append(OUTCOME_WORDS.get(content.outcome, content.outcome))
    if content.certified_on is not None:
        words.append(f"{LEVEL_WORDS.get(content.level, content.level)}，证书编号{content.certificate_no}，{day(content.certified_on)}发证")
    return "；".join(words)


def people_faults(tutors: Sequence[Tutor], people: Sequence[Entrant]) -> list[str]:
    """What is missing before a programme can be offered for signature."""
    found = []
    if not people:
        found.append("请先导入学徒名单")
    if not any(each.kind == MENTOR for each in tutors):
        found.append("请先登记企业导师")
    if not any(each.kind == TEACHER for each in tutors):
        found.append("请先登记培训机构指导教师")
    return found
