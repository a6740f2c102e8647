"""The yearly plan of an enterprise (年度培训项目申报; ENT-02, ENT-03, ENT-05) as frozen facts, its moves, and what is found in it.

Money is fen, shares are basis points. Findings are values: they are shown to the enterprise and to the officer, who decides.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

import msgspec

from training_admin.catalog.class_facts import ClassPlan, Split
from training_admin.kit.dated import Standing
from training_admin.kit.money import share_half_up

WHOLE_BP = 10_000
PER_CENT_BP = 100
# The plan of a year may be handed in from this day of the year before to this day of the year itself. No paper of this district is known.
WINDOW_FROM, WINDOW_TO = (11, 1), (6, 30)
WINDOW_WORDS = "上年11月1日至当年6月30日"
WINDOW_STANDING = Standing.ASSUMED


class PlanFigures(msgspec.Struct, frozen=True):
    """The figures of the firm's own training levy on a day, in basis points: both rates, and the least share for front-line staff."""

    rate_base_bp: int
    rate_high_bp: int
    front_line_min_bp: int

    @property
    def rates_bp(self) -> tuple[int, int]:
        """The rates that can be chosen."""
        return self.rate_base_bp, self.rate_high_bp


class PlanState(StrEnum):
    """Where a plan stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"


MOVES: Mapping[PlanState, Mapping[str, PlanState]] = {
    PlanState.DRAFT: {"submit": PlanState.SUBMITTED},
    PlanState.RETURNED: {"submit": PlanState.SUBMITTED},
    PlanState.SUBMITTED: {"approve": PlanState.APPROVED, "return": PlanState.RETURNED},
    PlanState.APPROVED: {},
}
# In which states the enterprise may change what the plan says.
OPEN_STATES = frozenset({PlanState.DRAFT, PlanState.RETURNED})
STATE_WORDS = {
    PlanState.DRAFT: "草稿",
    PlanState.SUBMITTED: "待审核",
    PlanState.APPROVED: "已通过",
    PlanState.RETURNED: "已退回补正",
}


class Way(StrEnum):
    """Who trains."""

    SELF = "self"
    COMMISSIONED = "commissioned"
    JOINT = "joint"


WAY_WORDS = {Way.SELF: "自主培训", Way.COMMISSIONED: "委托培训", Way.JOINT: "联合培训"}


class Approval(StrEnum):
    """Which body of the firm agreed to the plan (ENT-03)."""

    CONGRESS = "congress"
    NOTICE = "notice"


APPROVAL_WORDS = {Approval.CONGRESS: "职工代表大会审议", Approval.NOTICE: "企业内部公示（工会筹建中）"}


class PlanLine(msgspec.Struct, frozen=True):
    """One project of a plan: `place` counts from 1 and is never given twice; `item` a catalog item, `institution` a code.

    `business` says how the content belongs to the firm's business or post (ENT-07). `split` is there for pooled classes only.
    """

    place: int
    title: str
    stream: str
    people: int
    budget_fen: int
    way: Way
    business: str
    item: str | None = None
    institution: str | None = None
    contract: str = ""
    pooled: bool = False
    split: Split | None = None


class Levy(msgspec.Struct, frozen=True):
    """The sheet of the firm's own training levy of the year before (职工教育经费), in fen."""

    rate_bp: int
    wages_fen: int
    set_aside_fen: int
    used_fen: int
    front_line_fen: int
    separate: bool
    reported: bool

    @property
    def due_fen(self) -> int:
        """What was to be set aside, rounded half up to fen."""
        return share_half_up(self.wages_fen, self.rate_bp)


class PlanContent(msgspec.Struct, frozen=True):
    """What a plan says: whether training rules exist, who agreed to it, the levy sheet, and the projects."""

    rules: bool = False
    approval: Approval | None = None
    levy: Levy | None = None
    lines: tuple[PlanLine, ...] = ()
    last_place: int = 0


class Means(msgspec.Struct, frozen=True):
    """With what the training can be done on the day: own rooms and teachers, and institutions with a licence and no block."""

    rooms: int
    teachers: int
    able: frozenset[str]


class Finding(msgspec.Struct, frozen=True):
    """What is found in a plan: rule, effect (MISSING keeps it from being submitted, HOLD and WARN are for the officer), sentence."""

    rule: str
    effect: str
    sentence: str


MISSING, HOLD, WARN = "MISSING", "HOLD", "WARN"
EFFECT_WORDS = {MISSING: "须先补齐", HOLD: "暂缓", WARN: "提示"}


def next_state(state: PlanState, act: str) -> PlanState | None:
    """Where an act leads; None when it cannot be done."""
    return MOVES[state].get(act)


def window_of(year: int) -> tuple[date, date]:
    """First and last day on which the plan of a year is taken, both included."""
    return date(year - 1, *WINDOW_FROM), date(year, *WINDOW_TO)


def total_fen(content: PlanContent) -> int:
    """The budget of all projects."""
    return sum(line.budget_fen for line in content.lines)


def findings(content: PlanContent, *, year: int, paper: bool, means: Means, figures: PlanFigures, day: date) -> tuple[Finding, ...]:
    """Everything to be said about a plan on a day; `paper` tells whether the minutes or the notice are there."""
    found = [*_of_head(content, year=year, paper=paper, day=day), *_of_levy(content.levy, figures)]
    for line in content.lines:
        found += _of_line(line, means)
    return tuple(found)


def _of_head(content: PlanContent, *, year: int, paper: bool, day: date) -> list[Finding]:
    first, last = window_of(year)
    found = []
    if not first <= day <= last:
        found.append(Finding("申报期间", MISSING, f"{year}年度的申报期间为{_day(first)}至{_day(last)}（暂定），今天不在期间内。"))
    if not content.rules:
        found.append(Finding("ENT-02", MISSING, "请确认已建立职工培训制度。"))
    if not content.lines:
        found.append(Finding("ENT-02", MISSING, "计划中还没有培训项目，请至少填写一项。"))
    if content.approval is None or not paper:
        found.append(Finding("ENT-03", MISSING, "请选择审议方式，并附职工代表大会决议；工会筹建中的，附企业内部公示。"))
    return found


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _of_levy(levy: Levy | None, figures: PlanFigures) -> list[Finding]:
    if levy is None:
        return [Finding("ENT-05", MISSING, "请填写上年度职工教育经费情况。")]
    found = []
    if levy.set_aside_fen < levy.due_fen:
        found.append(Finding("ENT-05", HOLD, "职工教育经费的提取额低于工资总额的规定比例，请说明并补提。"))
    if levy.front_line_fen * WHOLE_BP < levy.used_fen * figures.front_line_min_bp:
        found.append(Finding("ENT-05", HOLD, f"用于一线职工的经费低于已使用经费的{figures.front_line_min_bp // PER_CENT_BP}%，请说明。"))
    if not levy.separate:
        found.append(Finding("ENT-05", WARN, "职工教育经费应当单独核算。"))
    if not levy.reported:
        found.append(Finding("ENT-05", WARN, "职工教育经费的使用情况应当每年向职工代表大会报告。"))
    return found


def _of_line(line: PlanLine, means: Means) -> list[Finding]:
    found = []
    where = f"第{line.place}项“{line.title}”："
    if line.way is not Way.COMMISSIONED and not (means.rooms and means.teachers):
        found.append(Finding("ENT-02", HOLD, where + "自主或联合培训须有本单位已核定的场地和教师，请先在“办学条件”中登记。"))
    if line.way is not Way.SELF and line.institution not in means.able:
        found.append(Finding("ENT-02", HOLD, where + "所选培训机构目前没有有效的办学许可证，或暂不受理其开班备案。"))
    if line.way is not Way.SELF and not line.contract:
        found.append(Finding("ENT-02", WARN, where + "尚未填写与培训机构的合作协议编号。"))
    return found


class NamedProject(msgspec.Struct, frozen=True):
    """An approved project that a class names: its plan's number and year, whose it is, and how many people its other classes have."""

    number: str
    enterprise: str
    year: int
    line: PlanLine
    people: int

    @property
    def label(self) -> str:
        """How workbooks name it: number of the plan and place."""
        return project_label(self.number, self.line.place)


def project_label(number: str, place: int) -> str:
    """How workbooks name an approved project: `NJ202600001/1`."""
    return f"{number}/{place}"


def people_of(plan: ClassPlan, project: NamedProject) -> int:
    """How many people of a class count for a project: of a pooled one only those of its enterprise."""
    return sum(not project.line.pooled or each.enterprise == project.enterprise for each in plan.trainees)


def project_faults(plan: ClassPlan, start: date, project: NamedProject | None) -> Iterator[tuple[bool, str]]:
    """In what a class does not fit the project it names (ENT-02): whether it hinders, and words."""
    if plan.project is None:
        return
    if project is None:
        yield True, "所填的年度培训项目不存在或尚未通过审核，请核对年度项目编号。"
        return
    label, line = project.label, project.line
    if plan.enterprise != project.enterprise and not line.pooled:
        yield True, f"年度培训项目 {label} 属于其他企业，且不是集中培训项目。"
    if (plan.institution or plan.enterprise) not in {project.enterprise, line.institution}:
        yield True, f"年度培训项目 {label} 没有安排由本单位培训。"
    if line.stream != plan.stream or (line.item is not None and line.item != plan.item):
        yield True, f"年度培训项目 {label} 的培训类别或目录项目与班级不一致。"
    if start.year != project.year:
        yield True, f"年度培训项目 {label} 属于 {project.year} 年度，班级于 {start.year} 年开班。"
    people = project.people + people_of(plan, project)
    if people > line.people:
        yield False, f"年度培训项目 {label} 计划 {line.people} 人次，连同本班已有 {people} 人次，超出部分请另行申报增加。"
