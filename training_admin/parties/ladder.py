"""The ladder of measures against institutions and the credit record, as pure functions (PEN-01, PEN-03, PEN-04).

Figures are given; where none is in a paper that binds this district it says so (`FIGURES`). Blocks are computed from what was decided,
never stored, so that they end by themselves.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from training_admin.kit.dated import Standing
from training_admin.kit.workdays import MONTHS_PER_YEAR, Calendar, add_months

ONE_DAY = timedelta(days=1)
WHOLE_BP = 10_000


class Step(StrEnum):
    """A measure: the four steps of the ladder in rising order, and the entry into the credit record."""

    TALK = "talk"
    LETTER = "letter"
    CIRCULAR = "circular"
    ENDED = "ended"
    CREDIT = "credit"


LADDER = (Step.TALK, Step.LETTER, Step.CIRCULAR, Step.ENDED)
STEP_WORDS = {
    Step.TALK: "约谈",
    Step.LETTER: "书面整改通知",
    Step.CIRCULAR: "通报",
    Step.ENDED: "终止合作协议",
    Step.CREDIT: "列入失信信息",
}


class LadderFigures(msgspec.Struct, frozen=True):
    """The figures of the ladder: times to mend, months without filings, how many of one step make the next, share of failed classes.

    Then the clocks of whoever is concerned: to state the case before the decision, and for the office to mark and answer objections.
    """

    talk_fix_workdays: int = 5
    letter_fix_months: int = 1
    letter_months: int = 6
    circular_months: int = 12
    ended_months: int = 24
    repeats: int = 2
    repeat_months: int = 12
    failed_share_bp: int = 2000
    statement_workdays: int = 5
    mark_workdays: int = 1
    objection_workdays: int = 5
    transfer_workdays: int = 2
    repair_workdays: int = 10


TIANJIN = "津人社办发〔2022〕60号第十九条至第二十三条（天津市规定，施行至2024年8月31日）"
CREDIT_ACT = "上海市社会信用条例第三十六条"
NO_PAPER = "未见规定"
# Field, name, unit (empty: a share in basis points), paper, standing of the source, standing in this district.
FIGURES: tuple[tuple[str, str, str, str, Standing, Standing], ...] = (
    ("talk_fix_workdays", "约谈后整改时限", "个工作日", TIANJIN, Standing.FOUND_OLD, Standing.ASSUMED),
    ("letter_fix_months", "书面整改通知后整改时限", "个月", TIANJIN, Standing.FOUND_OLD, Standing.ASSUMED),
    ("letter_months", "书面整改通知后不受理开班备案", "个月", TIANJIN, Standing.FOUND_OLD, Standing.ASSUMED),
    ("circular_months", "通报后不受理开班备案", "个月", TIANJIN, Standing.FOUND_OLD, Standing.ASSUMED),
    ("ended_months", "终止合作协议后不受理开班备案", "个月", TIANJIN, Standing.FOUND_OLD, Standing.ASSUMED),
    ("repeats", "同类处理累计几次升级", "次", TIANJIN, Standing.FOUND_OLD, Standing.ASSUMED),
    ("repeat_months", "累计次数的计算期间", "个月", NO_PAPER, Standing.ASSUMED, Standing.ASSUMED),
    ("failed_share_bp", "一年内不合格班级占比超过此值即通报", "", TIANJIN, Standing.FOUND_OLD, Standing.ASSUMED),
    ("statement_workdays", "告知后陈述申辩", "个工作日", NO_PAPER, Standing.ASSUMED, Standing.ASSUMED),
    ("mark_workdays", "收到异议后标注", "个工作日", CREDIT_ACT, Standing.FOUND, Standing.FOUND),
    ("objection_workdays", "标注后答复异议", "个工作日", CREDIT_ACT, Standing.FOUND, Standing.FOUND),
    ("transfer_workdays", "转其他单位核实时延长", "个工作日", CREDIT_ACT, Standing.FOUND, Standing.FOUND),
    ("repair_workdays", "整改验收或信用修复申请的答复", "个工作日", NO_PAPER, Standing.ASSUMED, Standing.ASSUMED),
)


class Sanction(msgspec.Struct, frozen=True):
    """A confirmed measure: decided on, the day by which to mend it, accepted as mended or repaired on, lifted on (appeal, objection)."""

    number: str
    step: Step
    decided_on: date
    conduct_ended_on: date
    fix_by: date | None = None
    fixed_on: date | None = None
    lifted_on: date | None = None


class Block(msgspec.Struct, frozen=True):
    """Days on which no class may be filed; no last day means until the institution has mended what it was told to."""

    first: date
    last: date | None
    cause: Step
    number: str

    def covers(self, day: date) -> bool:
        """Whether the day is blocked."""
        return self.first <= day and (self.last is None or day <= self.last)


def step_due(asked: Step, earlier: Iterable[Sanction], day: date, figures: LadderFigures) -> Step:
    """The step that a violation leads to: the one asked for, or a higher one where it repeats (PEN-03)."""
    if asked not in LADDER:
        return asked
    since = add_months(day, -figures.repeat_months)
    counted = [each.step for each in earlier if each.lifted_on is None and since < each.decided_on <= day]
    place = LADDER.index(asked)
    while place < len(LADDER) - 1 and counted.count(LADDER[place]) + 1 >= figures.repeats:
        place += 1
    return LADDER[place]


def step_of_failed_classes(failed: int, all_classes: int, figures: LadderFigures) -> Step | None:
    """A circular when the share of failed classes of a year is above the figure; the figure itself passes (PEN-03)."""
    assert 0 <= failed <= all_classes
    return Step.CIRCULAR if failed * WHOLE_BP > all_classes * figures.failed_share_bp else None


def fix_by(step: Step, decided_on: date, calendar: Calendar, figures: LadderFigures) -> date | None:
    """The last day to mend; None where there is nothing to mend. Raises NoCalendar."""
    if step is Step.TALK:
        return calendar.add_workdays(decided_on, figures.talk_fix_workdays)
    return add_months(decided_on, figures.letter_fix_months) if step is Step.LETTER else None


def block_of(sanction: Sanction, figures: LadderFigures, credit_years: int) -> Block | None:
    """The days blocked by a measure; None when it blocks none. Under rectification nobody trains (PEN-01); records end (PEN-04)."""
    first, ends = sanction.decided_on, []
    if sanction.step is Step.CREDIT:
        ends.append(add_months(sanction.conduct_ended_on, credit_years * MONTHS_PER_YEAR))
        if sanction.fixed_on is not None:
            ends.append(sanction.fixed_on - ONE_DAY)
    else:
        last = add_months(first, _months(sanction.step, figures)) - ONE_DAY
        if sanction.fix_by is None:
            ends.append(last)
        elif sanction.fixed_on is not None:
            ends.append(max(last, sanction.fixed_on - ONE_DAY))
    if sanction.lifted_on is not None:
        ends.append(sanction.lifted_on - ONE_DAY)
    end = min(ends) if ends else None
    return None if end is not None and end < first else Block(first, end, sanction.step, sanction.number)


def _months(step: Step, figures: LadderFigures) -> int:
    return {
        Step.TALK: 0,
        Step.LETTER: figures.letter_months,
        Step.CIRCULAR: figures.circular_months,
        Step.ENDED: figures.ended_months,
    }[step]


def blocks_of(sanctions: Iterable[Sanction], figures: LadderFigures, credit_years: int) -> tuple[Block, ...]:
    """Every block of an institution, by its first day."""
    found = (block_of(each, figures, credit_years) for each in sanctions)
    return tuple(sorted((block for block in found if block is not None), key=lambda block: (block.first, block.number)))
