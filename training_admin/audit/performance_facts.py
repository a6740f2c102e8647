"""Performance evaluation (绩效自评) as pure functions: points of the fund, of institutions and enterprises, each with its formula.

The blocks 10/50/30/10 and the grades are figures of the pack (财预〔2020〕10号). No paper says how a block is shared by its indicators:
evenly (assumed). An indicator without data gives no points and is named. Points are hundredths of a point.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import msgspec

from training_admin.audit.steering_facts import Figure, Indicator, ratio_bp
from training_admin.kit.money import WHOLE_BP, spread

CENTI = 100
FULL = 100 * CENTI


class Block(StrEnum):
    """The parts of the evaluation."""

    EXECUTION = "execution"
    OUTPUT = "output"
    BENEFIT = "benefit"
    SATISFACTION = "satisfaction"


BLOCK_WORDS = {Block.EXECUTION: "预算执行率", Block.OUTPUT: "产出指标", Block.BENEFIT: "效益指标", Block.SATISFACTION: "满意度指标"}


class Asked(msgspec.Struct, frozen=True):
    """An indicator of the table: its block and second level, name, target (None: there is none), what was reached, and the numbers.

    `least` says that the target is a floor, otherwise it is not to be passed.
    """

    block: Block
    level: str
    name: str
    target: int | None
    done: int | None
    data: str
    unit: str
    least: bool = True


class Scored(msgspec.Struct, frozen=True):
    """The same with its points and how they were computed."""

    asked: Asked
    points: int
    score: int
    formula: str
    reason: str


class Evaluation(msgspec.Struct, frozen=True):
    """All lines with their sum, the grade, and the points that could not be given for want of data or of a target."""

    lines: tuple[Scored, ...]
    total: int
    grade: str
    unknown: int


def reached_bp(asked: Asked) -> int | None:
    """How far a target is reached in basis points, at most the whole; None without data or target."""
    if asked.done is None or asked.target is None:
        return None
    part, whole = (asked.done, asked.target) if asked.least else (asked.target, asked.done)
    return min(WHOLE_BP, ratio_bp(part, whole) or 0) if whole else WHOLE_BP


def evaluation(asked: Sequence[Asked], weights: Mapping[Block, int], grades: Mapping[str, int]) -> Evaluation:
    """The evaluation from weights in points and the lowest points of each grade."""
    points: dict[int, int] = {}
    for block in Block:
        places = [place for place, each in enumerate(asked) if each.block is block]
        if places:
            points.update(zip(places, spread(weights[block] * CENTI, [1] * len(places)), strict=True))
    lines = tuple(_scored(each, points[place]) for place, each in enumerate(asked))
    total = sum(each.score for each in lines)
    unknown = sum(each.points for each in lines if reached_bp(each.asked) is None)
    return Evaluation(lines, total, grade_of(total, grades), unknown)


def _scored(asked: Asked, points: int) -> Scored:
    bp = reached_bp(asked)
    if bp is None:
        missing = "尚无数据" if asked.done is None else "未设目标"
        return Scored(asked, points, 0, f"{missing}，不得分", missing)
    score = points * bp // WHOLE_BP
    formula = f"{_points(points)} 分 × 完成率 {bp // CENTI}.{bp % CENTI:02d}%（不超过 100%）"
    return Scored(asked, points, score, formula, "" if bp == WHOLE_BP else f"完成目标的 {bp // CENTI}.{bp % CENTI:02d}%")


def _points(centi: int) -> str:
    return f"{centi // CENTI}.{centi % CENTI:02d}"


def grade_of(total: int, grades: Mapping[str, int]) -> str:
    """The best grade whose lowest points are reached."""
    return next(name for name, least in sorted(grades.items(), key=lambda each: -each[1]) if total >= least * CENTI)


# Second level of each indicator of the fund, as in the table of policy.md part 10.
OF_FUND: tuple[tuple[Block, str, Indicator], ...] = (
    (Block.EXECUTION, "预算执行", Indicator.EXECUTION),
    (Block.OUTPUT, "数量指标", Indicator.TRAINED),
    (Block.OUTPUT, "数量指标", Indicator.APPRENTICES),
    (Block.OUTPUT, "质量指标", Indicator.PASS_RATE),
    (Block.OUTPUT, "质量指标", Indicator.CERTIFICATE_RATE),
    (Block.OUTPUT, "时效指标", Indicator.PAID_IN_TIME),
    (Block.OUTPUT, "成本指标", Indicator.AVERAGE),
    (Block.BENEFIT, "社会效益", Indicator.HIGH_SKILLED),
    (Block.BENEFIT, "社会效益", Indicator.STILL_EMPLOYED),
    (Block.BENEFIT, "可持续影响", Indicator.FIRMS),
    (Block.SATISFACTION, "服务对象满意度", Indicator.TRAINEES_SATISFIED),
    (Block.SATISFACTION, "服务对象满意度", Indicator.FIRMS_SATISFIED),
)


class OrganisationCounted(msgspec.Struct, frozen=True):
    """What was counted of one institution or enterprise in a year; hours are hundredths of a training hour."""

    code: str
    name: str
    enrolled: int
    passed: int
    people: int
    levelled: int
    certified: int
    followed: int
    employed: int
    points: int
    possible: int
    planned: int
    delivered: int


class Targets(msgspec.Struct, frozen=True):
    """The targets of organisations: those of the fund, in basis points; None where there is none."""

    pass_rate: int | None
    certificate_rate: int | None
    still_employed: int | None
    satisfied: int | None


def of_organisation(one: OrganisationCounted, targets: Targets) -> tuple[Asked, ...]:
    """The lines of an institution or enterprise: hours delivered of those filed stand for execution (assumed)."""
    return (
        _line(Block.EXECUTION, "计划执行", "课时完成率", WHOLE_BP, one.delivered, one.planned, "已授课时", "备案课时"),
        _line(Block.OUTPUT, "质量指标", "考核合格率", targets.pass_rate, one.passed, one.enrolled, "考核合格", "备案人次"),
        _line(Block.OUTPUT, "质量指标", "取证率", targets.certificate_rate, one.certified, one.levelled, "取得证书", "等级班合格人次"),
        _line(Block.BENEFIT, "社会效益", "半年后仍就业", targets.still_employed, one.employed, one.followed, "仍在参保", "已可比对"),
        _line(Block.SATISFACTION, "服务对象满意度", "学员满意度", targets.satisfied, one.points, one.possible, "评分合计", "满分合计"),
    )


def _line(block: Block, level: str, name: str, target: int | None, part: int, whole: int, part_words: str, whole_words: str) -> Asked:
    return Asked(block, level, name, target, ratio_bp(part, whole), f"{part_words} {part} ÷ {whole_words} {whole}", "%")


def of_fund(
    figures: Iterable[Figure], targets: Mapping[Indicator, int], names: Mapping[Indicator, tuple[str, str]], *, budget_fen: int
) -> tuple[Asked, ...]:
    """The lines of the fund; the target of the average per head is the budget shared by the people that are the target."""
    known = {each.indicator: each for each in figures}
    trained = targets.get(Indicator.TRAINED)
    average = budget_fen // trained if trained and budget_fen else None
    return tuple(
        Asked(
            block,
            level,
            names[indicator][0],
            average if indicator is Indicator.AVERAGE else targets.get(indicator),
            known[indicator].done,
            known[indicator].data,
            names[indicator][1],
            least=indicator is not Indicator.AVERAGE,
        )
        for block, level, indicator in OF_FUND
    )
