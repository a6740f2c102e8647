"""Course registration (课程备案) as frozen facts: what a course says, its moves, its checks (CLS-01 … CLS-04), and classes that name it.

A course is the curriculum of a catalog item or of an occupation and level. Minutes are taught minutes, prices fen a head.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

import msgspec

from training_admin.catalog.class_facts import ClassPlan
from training_admin.catalog.facts import CENTIHOURS_PER_HOUR
from training_admin.kit import wording
from training_admin.kit.money import WHOLE_BP
from training_admin.kit.refusals import Refusal
from training_admin.parties.institution_facts import InstitutionFacts, blocks_on, licence_on, may_teach, may_train, room_on, teacher_on


class CourseState(StrEnum):
    """Where a course stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    CHANGING = "changing"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class CourseAct(StrEnum):
    """What is done with a course."""

    SAVE = "save"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    RETURN = "return"
    CHANGE = "change"
    END = "end"


STATE_WORDS: Mapping[CourseState, str] = {
    CourseState.DRAFT: "草稿",
    CourseState.SUBMITTED: "待审核",
    CourseState.RETURNED: "退回补正",
    CourseState.APPROVED: "已备案",
    CourseState.CHANGING: "变更待审核",
    CourseState.ENDED: "已停用",
    CourseState.WITHDRAWN: "已撤回",
}
# A change that is not approved leaves the course as it was approved before.
MOVES: Mapping[CourseState, Mapping[CourseAct, CourseState]] = {
    CourseState.DRAFT: {
        CourseAct.SAVE: CourseState.DRAFT,
        CourseAct.SUBMIT: CourseState.SUBMITTED,
        CourseAct.WITHDRAW: CourseState.WITHDRAWN,
    },
    CourseState.SUBMITTED: {
        CourseAct.APPROVE: CourseState.APPROVED,
        CourseAct.RETURN: CourseState.RETURNED,
        CourseAct.WITHDRAW: CourseState.WITHDRAWN,
    },
    CourseState.RETURNED: {
        CourseAct.SAVE: CourseState.RETURNED,
        CourseAct.SUBMIT: CourseState.SUBMITTED,
        CourseAct.WITHDRAW: CourseState.WITHDRAWN,
    },
    CourseState.APPROVED: {CourseAct.CHANGE: CourseState.CHANGING, CourseAct.END: CourseState.ENDED},
    CourseState.CHANGING: {CourseAct.APPROVE: CourseState.APPROVED, CourseAct.RETURN: CourseState.APPROVED},
    CourseState.ENDED: {},
    CourseState.WITHDRAWN: {},
}
WAITING = frozenset({CourseState.SUBMITTED, CourseState.CHANGING})


class CourseMoveRefused(Refusal):
    """The act does not fit the state of the course."""

    code = "course-illegal-move"
    title = "当前状态不能办理"


def next_state(state: CourseState, act: CourseAct) -> CourseState:
    """The state after an act; raises CourseMoveRefused."""
    target = MOVES[state].get(act)
    if target is None:
        raise CourseMoveRefused(f"课程目前为“{STATE_WORDS[state]}”，不能办理这一步。请刷新页面查看最新状态。")
    return target


class CourseModule(msgspec.Struct, frozen=True):
    """A module of a course; online and safety minutes are part of theory and practice."""

    name: str
    theory_minutes: int
    practice_minutes: int
    online_minutes: int = 0
    safety_minutes: int = 0
    content: str = ""

    @property
    def minutes(self) -> int:
        """Taught minutes."""
        return self.theory_minutes + self.practice_minutes


class CourseContent(msgspec.Struct, frozen=True, kw_only=True):
    """What a version of a course says: for which item, or occupation and level; modules; teachers by their keys in the register.

    `enterprise` is the credit code of the firm an order-based course (订单式) is made for. The price is in fen a head.
    """

    title: str
    item: str | None
    occupation: str | None
    level: str | None
    modules: tuple[CourseModule, ...]
    textbooks: str = ""
    price_fen: int = 0
    teachers: tuple[int, ...] = ()
    equipment: str = ""
    enterprise: str | None = None

    @property
    def theory_minutes(self) -> int:
        """Theory of all modules."""
        return sum(each.theory_minutes for each in self.modules)

    @property
    def practice_minutes(self) -> int:
        """Practice of all modules."""
        return sum(each.practice_minutes for each in self.modules)

    @property
    def online_minutes(self) -> int:
        """What is taught online of all modules."""
        return sum(each.online_minutes for each in self.modules)

    @property
    def safety_minutes(self) -> int:
        """Safety lessons of all modules."""
        return sum(each.safety_minutes for each in self.modules)

    @property
    def minutes(self) -> int:
        """Taught minutes of the whole course."""
        return self.theory_minutes + self.practice_minutes


class CourseFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures a course is checked against: minutes of a training hour, hours, people, basis points."""

    hour_minutes: int
    size_min: int
    theory_min_bp: int
    practice_min_bp: int
    safety_hours_min: int
    online_max_bp: int


class CourseFault(msgspec.Struct, frozen=True):
    """What is found in a course: the rule or matter, words, and whether the course cannot be submitted with it."""

    rule: str
    words: str
    hinders: bool = True


class CourseFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the checks read beside the course: the day, figures, what is registered, and the item's standard hours in hundredths.

    `std_centihours` is None where no item is named, or none is in force on the day. `own` tells an enterprise's own course.
    """

    day: date
    figures: CourseFigures
    training: InstitutionFacts
    std_centihours: int | None
    own: bool


def check_course(course: CourseContent, facts: CourseFacts) -> tuple[CourseFault, ...]:
    """Everything found about a course on a day, in the order in which it would be mended."""
    if not course.modules or not course.minutes:
        return (CourseFault("CLS-01", "课程还没有模块和课时，请至少填写一个模块。"),)
    return (*_modules(course), *_mix(course, facts.figures), *_hours(course, facts), *_scope(course, facts), *_means(course, facts))


def _modules(course: CourseContent) -> Iterator[CourseFault]:
    for number, each in enumerate(course.modules, start=1):
        where = f"第 {number} 个模块“{each.name}”"
        if not each.minutes:
            yield CourseFault("CLS-01", f"{where}没有课时，请填写理论或实操课时。")
        elif max(each.online_minutes, each.safety_minutes) > each.minutes:
            yield CourseFault("CLS-01", f"{where}的线上或安全教育课时多于理论和实操课时之和，请核对。")


def _mix(course: CourseContent, figures: CourseFigures) -> Iterator[CourseFault]:
    total = course.minutes
    if course.theory_minutes * WHOLE_BP < total * figures.theory_min_bp:
        yield CourseFault("CLS-03", f"理论课时占比低于 {wording.percent(figures.theory_min_bp)}，请调整模块。")
    if course.practice_minutes * WHOLE_BP < total * figures.practice_min_bp:
        yield CourseFault("CLS-03", f"实操课时占比低于 {wording.percent(figures.practice_min_bp)}，请调整模块。")
    if course.safety_minutes < figures.safety_hours_min * figures.hour_minutes:
        safety = hours_words(course.safety_minutes, figures.hour_minutes)
        yield CourseFault("CLS-03", f"安全教育 {safety} 课时，至少 {figures.safety_hours_min} 课时，请补充。")
    if course.online_minutes * WHOLE_BP > total * figures.online_max_bp:
        words = f"线上课时占比超过 {wording.percent(figures.online_max_bp)}，超过部分不计入补贴课时。"
        yield CourseFault("CLS-04", words, hinders=False)


def _hours(course: CourseContent, facts: CourseFacts) -> Iterator[CourseFault]:
    if course.item is None:
        yield CourseFault("CAT-01", "课程不对应补贴目录项目，没有标准课时可核对。", hinders=False)
    elif facts.std_centihours is None:
        yield CourseFault("CAT-01", f"目录项目 {course.item} 在{wording.day(facts.day)}没有生效的版本，请改选项目。")
    elif course.minutes * CENTIHOURS_PER_HOUR < facts.std_centihours * facts.figures.hour_minutes:
        told = hours_words(course.minutes, facts.figures.hour_minutes)
        words = f"课程共 {told} 课时，少于项目标准课时 {wording.hundredths(facts.std_centihours)}，基本价将按课时折算或不予补贴。"
        yield CourseFault("ENT-12", words, hinders=False)


def _scope(course: CourseContent, facts: CourseFacts) -> Iterator[CourseFault]:
    for block in blocks_on(facts.training, facts.day):
        yield CourseFault("PEN-03", f"违规处理 {block.number} 尚在期限内，目前不受理课程备案。")
    if facts.own:
        return
    if licence_on(facts.training, facts.day) is None:
        yield CourseFault("CLS-01", "本机构没有有效的办学许可证，请先登记并经核定。")
    if course.occupation is not None and not may_train(facts.training, course.occupation, course.level, facts.day):
        yield CourseFault("CLS-01", f"职业编码 {course.occupation} 及等级不在本机构登记的培训范围内，请先登记或改选项目。")


def _means(course: CourseContent, facts: CourseFacts) -> Iterator[CourseFault]:
    if not course.teachers:
        yield CourseFault("FILE-02", "课程没有教师，请从已核定的教师中选择。")
    for key in course.teachers:
        teacher = teacher_on(facts.training, key, facts.day)
        if teacher is None:
            yield CourseFault("FILE-02", "有教师没有登记或已停用，请重新选择已核定的教师。")
        elif course.occupation is not None and not may_teach(teacher, course.occupation, course.level, facts.day):
            yield CourseFault("FILE-02", f"{teacher.name}没有登记这一职业和等级的任教资格。", hinders=False)
    rooms = (room_on(facts.training, each.id, facts.day) for each in facts.training.rooms)
    if not any(room is not None and room.capacity >= facts.figures.size_min for room in rooms):
        words = f"没有已核定的、能容纳 {facts.figures.size_min} 人的教室或实训场地，开班前请先登记。"
        yield CourseFault("CLS-02", words, hinders=False)


def hours_words(minutes: int, hour_minutes: int) -> str:
    """Taught minutes in training hours, cut to two decimals."""
    return wording.hundredths(minutes * CENTIHOURS_PER_HOUR // hour_minutes)


_FIELDS: tuple[tuple[str, str], ...] = (
    ("title", "名称"),
    ("item", "目录项目"),
    ("occupation", "职业编码"),
    ("level", "技能等级"),
    ("textbooks", "教材"),
    ("price_fen", "价格"),
    ("teachers", "教师"),
    ("equipment", "设备"),
    ("enterprise", "订单企业"),
)


def changed_words(before: CourseContent, after: CourseContent) -> str:
    """What one version changed against the one before, in words; modules are named."""
    words = [f"{name}变动" for field, name in _FIELDS if getattr(before, field) != getattr(after, field)]
    old, new = ({each.name: each for each in one.modules} for one in (before, after))
    words += [f"删去模块“{name}”" for name in old if name not in new]
    words += [f"增加模块“{name}”" for name in new if name not in old]
    words += [f"修改模块“{name}”" for name in new if name in old and old[name] != new[name]]
    if not words and before.modules != after.modules:
        words.append("模块顺序变动")
    return "；".join(words) or "没有变动"


class NamedCourse(msgspec.Struct, frozen=True):
    """A course that a class names, as approved last; without an approved version the content is None."""

    course_no: str
    organisation: str
    state: CourseState
    content: CourseContent | None


class ClassFaultKind(StrEnum):
    """What is wrong between a class and the course it names; the values are those of the checks of a class."""

    COURSE = "course"
    COURSE_MINUTES = "course_minutes"
    COURSE_TEACHER = "course_teacher"
    COURSE_ORDER = "course_order"
    COURSE_ENDED = "course_ended"


def class_faults(plan: ClassPlan, course: NamedCourse | None, names: Mapping[int, str], hour_minutes: int) -> Iterator[tuple[str, str]]:
    """Kind and words of everything in which a class does not fit the course it names; `names` are those of teachers."""
    if plan.course is None:
        return
    own = plan.institution or plan.enterprise
    if course is None or course.organisation != own or course.content is None:
        yield ClassFaultKind.COURSE, f"课程 {plan.course} 不是本单位已备案的课程，请先备案课程或更正课程编号。"
        return
    if course.state is CourseState.ENDED:
        yield ClassFaultKind.COURSE_ENDED, f"课程 {plan.course} 已停用，请改用其他课程。"
    yield from _same_matter(plan, course.content)
    yield from _same_minutes(plan, course.content, hour_minutes)
    others = {each.teacher for each in plan.sessions if each.teacher is not None} - set(course.content.teachers)
    if others:
        told = "、".join(names.get(each, "未登记的教师") for each in sorted(others))
        yield ClassFaultKind.COURSE_TEACHER, f"{told}不在课程 {plan.course} 备案的教师中，请变更课程或改派教师。"
    firm = course.content.enterprise
    strangers = sum(each.enterprise != firm for each in plan.trainees)
    if firm is not None and (plan.enterprise != firm or strangers):
        yield ClassFaultKind.COURSE_ORDER, f"课程 {plan.course} 是为企业 {firm} 开发的订单式课程，班级中有 {strangers} 人不属于该企业。"


def _same_matter(plan: ClassPlan, course: CourseContent) -> Iterator[tuple[str, str]]:
    if (plan.item, plan.occupation, plan.level) != (course.item, course.occupation, course.level):
        matter = course.item or f"{course.occupation or '不限职业'} {course.level or ''}".strip()
        yield ClassFaultKind.COURSE, f"课程 {plan.course} 对应的是 {matter}，与班级的项目、职业或等级不一致。"


def _same_minutes(plan: ClassPlan, course: CourseContent, hour_minutes: int) -> Iterator[tuple[str, str]]:
    safety = sum(each.minutes for each in plan.sessions if each.safety)
    theory, practice = (sum(getattr(each, name) for each in plan.sessions) for name in ("theory_minutes", "practice_minutes"))
    for words, planned, needed in (
        ("理论", theory, course.theory_minutes),
        ("实操", practice, course.practice_minutes),
        ("安全教育", safety, course.safety_minutes),
    ):
        if planned < needed:
            told, most = hours_words(planned, hour_minutes), hours_words(needed, hour_minutes)
            yield ClassFaultKind.COURSE_MINUTES, f"教学计划的{words}课时 {told}，少于课程备案的 {most}，请补足或变更课程。"
    if plan.online_minutes > course.online_minutes:
        told, most = hours_words(plan.online_minutes, hour_minutes), hours_words(course.online_minutes, hour_minutes)
        yield ClassFaultKind.COURSE_MINUTES, f"教学计划的线上课时 {told}，多于课程备案的 {most}，请改为线下或变更课程。"
