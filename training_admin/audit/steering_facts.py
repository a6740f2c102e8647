"""Indicators of steering as pure functions: what is reached, against which target, and which colour that has (policy.md parts 1 and 10).

Figures are computed from counted facts and never typed. Shares are basis points, money is fen; None says that nobody has delivered
what the figure needs.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

import msgspec

from training_admin.kit.dated import NotInForce, Parameter, Policy, Standing, Unit
from training_admin.kit.money import WHOLE_BP, yuan_grouped
from training_admin.kit.wording import percent


class Department(StrEnum):
    """Whose work a stream is (policy.md part 1 no. 4, after the Songjiang news of 2018-04-10)."""

    LABOUR = "labour"
    EDUCATION = "education"
    UNION = "union"


DEPARTMENT_WORDS = {Department.LABOUR: "人社部门", Department.EDUCATION: "教育部门", Department.UNION: "总工会"}
DEPARTMENT_OF: Mapping[str, Department] = {
    "职业技能类": Department.LABOUR,
    "专业技术类": Department.LABOUR,
    "岗位能力类": Department.EDUCATION,
    "综合素质类": Department.UNION,
}


class Indicator(StrEnum):
    """What is measured."""

    TRAINED = "trained"
    APPRENTICES = "apprentices"
    PASS_RATE = "pass_rate"  # noqa: S105 - a share of people
    CERTIFICATE_RATE = "certificate_rate"
    PAID_IN_TIME = "paid_in_time"
    AVERAGE = "average"
    HIGH_SKILLED = "high_skilled"
    STILL_EMPLOYED = "still_employed"
    FIRMS = "firms"
    TRAINEES_SATISFIED = "trainees_satisfied"
    FIRMS_SATISFIED = "firms_satisfied"
    EXECUTION = "execution"
    TOP_TALENT = "top_talent"


class Meaning(msgspec.Struct, frozen=True):
    """Name and unit of an indicator, how it is computed, whether it adds up over the year (a month's share is then expected).

    `least` says that the target is a floor; `parameter` is where the policy's own target stands, None: there is none.
    """

    name: str
    unit: Unit
    formula: str
    adds_up: bool = False
    least: bool = True
    parameter: Parameter[int] | None = None


class Counted(msgspec.Struct, frozen=True):
    """What was counted for a stretch of time, a department or a street: seats in classes and people; all channels, ours, others'.

    `levelled` are passed seats of our closed classes that lead to a level, `certified` those of them with a certificate,
    `high` those whose level is the third or above.
    """

    enrolled: int = 0
    passed: int = 0
    people: int = 0
    own: int = 0
    others: int = 0
    levelled: int = 0
    certified: int = 0
    high: int = 0

    @property
    def both(self) -> int:
        """People trained through us and through another channel, counted once among `people`."""
        return self.own + self.others - self.people


class Paid(msgspec.Struct, frozen=True):
    """Payments of a stretch of time, a department or a street: fen, firms, cases whose last day counts, and those paid by it."""

    fen: int = 0
    firms: int = 0
    due: int = 0
    in_time: int = 0


class Money(msgspec.Struct, frozen=True):
    """The fund in fen as the ledger has it (paid: of the year's budgets), and how its payments went."""

    granted_fen: int = 0
    committed_fen: int = 0
    paid_fen: int = 0
    firms: int = 0
    due: int = 0
    in_time: int = 0


class Rest(msgspec.Struct, frozen=True):
    """What else is counted in a year: apprentices, people looked up half a year later, points given of points possible."""

    apprentices: int = 0
    followed: int = 0
    still_employed: int = 0
    trainee_points: int = 0
    trainee_possible: int = 0
    firm_points: int = 0
    firm_possible: int = 0


class Figure(msgspec.Struct, frozen=True):
    """One indicator: what was reached (None: no data), and the numbers that the formula was filled with."""

    indicator: Indicator
    done: int | None
    data: str


class Target(msgspec.Struct, frozen=True):
    """A target with its paper, standing and who answers for it; `account` is the key under which he signs in, if he does."""

    indicator: Indicator
    value: int
    paper: str
    standing: Standing
    responsible: str = ""
    account: str | None = None
    department: str = ""
    street: str = ""


class Colour(StrEnum):
    """How far a target is behind."""

    GREEN = "green"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


COLOUR_WORDS = {Colour.GREEN: "正常", Colour.YELLOW: "黄色预警", Colour.ORANGE: "橙色预警", Colour.RED: "红色预警"}


class Lines(msgspec.Struct, frozen=True):
    """Below which share of what is expected an alarm begins, in basis points."""

    yellow_bp: int
    orange_bp: int
    red_bp: int


def ratio_bp(part: int, whole: int) -> int | None:
    """A share in basis points, rounded down; None of nothing."""
    return part * WHOLE_BP // whole if whole else None


def figures_of(counted: Counted, money: Money, rest: Rest) -> tuple[Figure, ...]:
    """Every indicator of a year from what was counted, in the order of the table of policy.md part 10."""
    average = money.paid_fen // counted.own if counted.own else None
    return (
        Figure(
            Indicator.TRAINED,
            counted.people,
            f"本系统 {counted.own} 人＋其他渠道 {counted.others} 人－重复 {counted.both} 人",
        ),
        Figure(Indicator.APPRENTICES, rest.apprentices, f"已备案并在年度内在册 {rest.apprentices} 人"),
        _share(Indicator.PASS_RATE, counted.passed, counted.enrolled, "考核合格", "备案人次"),
        _share(Indicator.CERTIFICATE_RATE, counted.certified, counted.levelled, "取得证书", "等级班合格人次"),
        _share(Indicator.PAID_IN_TIME, money.in_time, money.due, "按期拨付", "到期应拨付笔数"),
        Figure(Indicator.AVERAGE, average, f"已拨付 {yuan_grouped(money.paid_fen)} 元 ÷ 本系统培训 {counted.own} 人"),
        _share(Indicator.HIGH_SKILLED, counted.high, counted.certified, "高级工以上证书", "本年取得等级证书"),
        _share(Indicator.STILL_EMPLOYED, rest.still_employed, rest.followed, "仍在参保", "结业满 6 个月且当月已交付社保数据"),
        Figure(Indicator.FIRMS, money.firms, f"本年收到拨付的企业 {money.firms} 家"),
        _share(Indicator.TRAINEES_SATISFIED, rest.trainee_points, rest.trainee_possible, "学员评分合计", "满分合计"),
        _share(Indicator.FIRMS_SATISFIED, rest.firm_points, rest.firm_possible, "企业评分合计", "满分合计"),
        Figure(
            Indicator.EXECUTION,
            ratio_bp(money.paid_fen, money.granted_fen),
            f"已拨付 {yuan_grouped(money.paid_fen)} 元 ÷ 预算指标 {yuan_grouped(money.granted_fen)} 元",
        ),
        Figure(Indicator.TOP_TALENT, None, "尚无部门交付领军人才名单，不能计算"),
    )


def _share(indicator: Indicator, part: int, whole: int, part_words: str, whole_words: str) -> Figure:
    return Figure(indicator, ratio_bp(part, whole), f"{part_words} {part} ÷ {whole_words} {whole}")


def shown(value: int | None, unit: Unit) -> str:
    """A figure in its unit as people read it; nothing for no data."""
    if value is None:
        return "—"
    if unit is Unit.SHARE_BP:
        return percent(value)
    return yuan_grouped(value) if unit is Unit.FEN else f"{value:,}"


def expected(value: int, meaning: Meaning, today: date, year: int) -> int:
    """What should be reached by a day: of what adds up over the year the share of its days that are over, of anything else the whole."""
    if not meaning.adds_up or today.year > year:
        return value
    if today.year < year:
        return 0
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    return value * ((today - first).days + 1) // (after - first).days


def colour_of(done: int | None, due: int, *, least: bool, lines: Lines) -> Colour | None:
    """The colour of what was reached against what is expected; None where there is no data.

    A ceiling is kept as far as the expected is of what was reached.
    """
    if done is None:
        return None
    part, whole = (done, due) if least else (due, done)
    if part >= whole:
        return Colour.GREEN
    reached = part * WHOLE_BP // whole
    if reached < lines.red_bp:
        return Colour.RED
    if reached < lines.orange_bp:
        return Colour.ORANGE
    return Colour.YELLOW if reached < lines.yellow_bp else Colour.GREEN


def own_target(indicator: Indicator, meaning: Meaning, policy: Policy, year: int) -> tuple[Target | None, date | None]:
    """The target that the policy itself gives on 1 January of a year, or None and the last day of the plan that has ended."""
    if meaning.parameter is None:
        return None, None
    try:
        found = policy.dated(meaning.parameter, date(year, 1, 1))
    except NotInForce:
        ends = [each.period.end for each in policy.values.get(meaning.parameter.key, ()) if each.period.end is not None]
        over = [each for each in ends if each < date(year, 1, 1)]
        return None, max(over) if over else None
    assert isinstance(found.value, int)
    return Target(indicator, found.value, found.paper, found.local_standing), None


def newest_targets(entered: Iterable[tuple[Target, bool]]) -> dict[tuple[Indicator, str, str], Target]:
    """What counts of targets in the order in which they were entered: the last one of an indicator, department and street.

    The second of a pair says whether the target was taken back.
    """
    found: dict[tuple[Indicator, str, str], Target] = {}
    for target, taken_back in entered:
        key = (target.indicator, target.department, target.street)
        if taken_back:
            found.pop(key, None)
        else:
            found[key] = target
    return found
