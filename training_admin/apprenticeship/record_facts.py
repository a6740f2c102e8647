"""Monthly records of apprentices (APP-05, APP-12, APP-15): who tells what, what a month can hold, what contradicts, what is missing.

A programme has two sides. The enterprise tells what happens at the workplace: practice, the mentor's hours, the net wage. The institution
tells what it teaches: general quality, basics, and how much of both was online. Both see everything; neither writes for the other. An
enterprise that trains its apprentices itself is both sides.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from training_admin.apprenticeship.facts import Hours, MonthDone
from training_admin.kit.workdays import add_months, months_touched

# Our own choice, no paper names a day (暂定): by which day of the next month a month is told, and how many days after it the side that
# has not told is reminded; a negative count is before it.
RECORD_DUE_DAY = 15
REMIND_AFTER_DAYS = (-3, 1, 8)
# How many months back the night looks for what nobody has told; later ones stand on the page only.
MONTHS_REMINDED = 3
_BETWEEN = "·"
LONGEST_TELLER = 120


class Side(StrEnum):
    """A side of a programme."""

    ENTERPRISE = "enterprise"
    INSTITUTION = "institution"


class Field(StrEnum):
    """What is told of a month, in the order of the tables; hours in hundredths, the wage in fen."""

    GENERAL = "general"
    BASICS = "basics"
    ONLINE = "online"
    PRACTICE = "practice"
    MENTOR = "mentor"
    WAGE = "wage"


SIDE_WORDS = {Side.ENTERPRISE: "企业", Side.INSTITUTION: "培训机构"}
FIELD_WORDS = {
    Field.GENERAL: "通用素质课时",
    Field.BASICS: "专业基础课时",
    Field.ONLINE: "其中线上课时",
    Field.PRACTICE: "操作技能课时",
    Field.MENTOR: "导师带教课时",
    Field.WAGE: "实发工资（元）",
}
FIELDS_OF: Mapping[Side, tuple[Field, ...]] = {
    Side.INSTITUTION: (Field.GENERAL, Field.BASICS, Field.ONLINE),
    Side.ENTERPRISE: (Field.PRACTICE, Field.MENTOR, Field.WAGE),
}
SIDE_OF: Mapping[Field, Side] = {field: side for side, fields in FIELDS_OF.items() for field in fields}
WAY_WORDS = {"form": "页面登记", "workbook": "工作簿导入", "api": "接口登记"}

Values = Mapping[Field, int]


class Wrong(StrEnum):
    """Why a month cannot be told; the values are cell codes."""

    OUTSIDE_TERM = "OUTSIDE_TERM"
    AFTER_LEAVING = "AFTER_LEAVING"
    FUTURE_MONTH = "FUTURE_MONTH"
    MISSING = "MISSING"
    WAGE_NOT_TOLD = "WAGE_NOT_TOLD"
    MORE_THAN_POSSIBLE = "MORE_THAN_POSSIBLE"
    SUM_TOO_LARGE = "SUM_TOO_LARGE"
    ONLINE_TOO_MANY = "ONLINE_TOO_MANY"


WRONG_SENTENCES = {
    Wrong.OUTSIDE_TERM: "这个月不在学徒班的培养期内，请更正月份或删除这一行。",
    Wrong.AFTER_LEAVING: "这名学徒在这个月之前已离开学徒班，请更正月份或删除这一行。",
    Wrong.FUTURE_MONTH: "这个月还没有结束，月末起才能登记，请清空这一行的课时和工资。",
    Wrong.MISSING: "登记了这个月就须填写，没有的填 0。",
    Wrong.WAGE_NOT_TOLD: "登记了这个月的课时，就须填写当月实发工资（不含个人缴纳的社会保险费），停发的填 0。",
    Wrong.MORE_THAN_POSSIBLE: "超过当月可能的课时（每日课时上限乘以当月在培天数），请核对。",
    Wrong.SUM_TOO_LARGE: "与其他模块的课时相加，超过当月可能的课时（每日课时上限乘以当月在培天数），请核对。",
    Wrong.ONLINE_TOO_MANY: "线上课时是通用素质与专业基础课时的一部分，不能多于两者之和，请核对。",
}


class Contradiction(StrEnum):
    """What does not fit but is no reason to refuse the record."""

    WAGE_LOW = "wage_low"
    MENTOR_MORE = "mentor_more"
    NOTHING_HELD = "nothing_held"


CONTRADICTION_WORDS = {
    Contradiction.WAGE_LOW: "工资低于最低标准（APP-05）",
    Contradiction.MENTOR_MORE: "导师课时多于操作技能课时",
    Contradiction.NOTHING_HELD: "当月没有任何课时",
}


class Span(msgspec.Struct, frozen=True, array_like=True):
    """The days of an apprentice in a programme: the term, and the day on which he left, if he did."""

    start: date
    end: date
    left_on: date | None = None

    @property
    def last(self) -> date:
        """The last day on which he was there."""
        return self.end if self.left_on is None else min(self.end, self.left_on)


class Recorded(msgspec.Struct, frozen=True):
    """The newest record of a month of an apprentice (by key), which sides have told, and who told it last."""

    apprentice: int
    place: int
    done: MonthDone
    sides: frozenset[Side]
    way: str
    teller: str
    at: datetime


class MonthState(msgspec.Struct, frozen=True):
    """How far a month of a programme is told: how many apprentices it expects, and how many of them each side has not told."""

    month: str
    due: date
    expected: int
    missing: Mapping[Side, int]
    late: bool

    @property
    def whole(self) -> bool:
        """Whether both sides have told everybody."""
        return not any(self.missing.values())


def first_day(month: str) -> date:
    """The first day of `2026-03`."""
    return date(int(month[:4]), int(month[5:]), 1)


def last_day(month: str) -> date:
    """The last day of `2026-03`."""
    return add_months(first_day(month), 1) - timedelta(days=1)


def is_month(text: str) -> bool:
    """Whether a text is a month as `2026-03`."""
    year, _, month = text.partition("-")
    plain = text.isascii() and year.isdecimal() and month.isdecimal() and (len(year), len(month)) == (4, 2)
    return plain and year >= "2000" and "01" <= month <= "12"


def due_day(month: str) -> date:
    """By which day a month is told."""
    return add_months(first_day(month), 1).replace(day=RECORD_DUE_DAY)


def days_there(month: str, span: Span) -> int:
    """On how many days of a month an apprentice was in the programme."""
    return max(0, (min(span.last, last_day(month)) - max(span.start, first_day(month))).days + 1)


def wrong_month(month: str, span: Span, today: date) -> Wrong | None:
    """Why nothing can be told of a month of an apprentice, or None; a month can be told from its last day on."""
    if not days_there(month, msgspec.structs.replace(span, left_on=None)):
        return Wrong.OUTSIDE_TERM
    if not days_there(month, span):
        return Wrong.AFTER_LEAVING
    return Wrong.FUTURE_MONTH if today < min(last_day(month), span.last) else None


def wrong_values(values: Values, sides: Iterable[Side], *, others: int, possible: int) -> dict[Field, Wrong]:
    """What is wrong with the told values of a month, by field; `others` are the hours that the other side has told.

    `possible` are the hours that the month can hold. All hours are hundredths. A month that is told is told whole by its side.
    """
    found: dict[Field, Wrong] = {}
    for side in sides:
        for field in FIELDS_OF[side]:
            if field not in values:
                if field is not Field.ONLINE:
                    found[field] = Wrong.WAGE_NOT_TOLD if field is Field.WAGE else Wrong.MISSING
            elif field is not Field.WAGE and values[field] > possible:
                found[field] = Wrong.MORE_THAN_POSSIBLE
    theory = values.get(Field.GENERAL, 0) + values.get(Field.BASICS, 0)
    if Field.ONLINE in values and {Field.GENERAL, Field.BASICS} <= values.keys() and values[Field.ONLINE] > theory:
        found.setdefault(Field.ONLINE, Wrong.ONLINE_TOO_MANY)
    if not found and theory + values.get(Field.PRACTICE, 0) + others > possible:
        found[Field.PRACTICE if Field.PRACTICE in values else Field.BASICS] = Wrong.SUM_TOO_LARGE
    return found


def hours_of_others(done: MonthDone | None, sides: Iterable[Side]) -> int:
    """The hours of a month that sides other than these have told, in hundredths."""
    if done is None:
        return 0
    told, mine = done.hours, set(sides)
    theory = 0 if Side.INSTITUTION in mine else told.general + told.basics
    return theory + (0 if Side.ENTERPRISE in mine else told.practice)


def merged(month: str, before: MonthDone | None, values: Values) -> MonthDone:
    """A month after one side has told its part; what the other side has told stays."""
    old = before or MonthDone(month, Hours(), 0, None)
    # Who tells theory without online hours says that there were none.
    online = values.get(Field.ONLINE, 0) if Field.BASICS in values else old.hours.online
    return MonthDone(
        month,
        Hours(
            values.get(Field.GENERAL, old.hours.general),
            values.get(Field.BASICS, old.hours.basics),
            values.get(Field.PRACTICE, old.hours.practice),
            online,
        ),
        values.get(Field.MENTOR, old.mentor_centihours),
        values.get(Field.WAGE, old.net_wage_fen),
    )


def values_of(done: MonthDone, sides: Iterable[Side]) -> dict[Field, int]:
    """What some sides have told of a month, by field."""
    told = {
        Field.GENERAL: done.hours.general,
        Field.BASICS: done.hours.basics,
        Field.ONLINE: done.hours.online,
        Field.PRACTICE: done.hours.practice,
        Field.MENTOR: done.mentor_centihours,
        Field.WAGE: done.net_wage_fen,
    }
    mine = set(sides)
    return {field: value for field, value in told.items() if SIDE_OF[field] in mine and value is not None}


def contradictions(done: MonthDone, sides: frozenset[Side], minimum_fen: int | None) -> tuple[Contradiction, ...]:
    """What does not fit in a month; `minimum_fen` is the lowest wage of that month, None where none is in force."""
    found = []
    if wage_is_low(done, minimum_fen):
        found.append(Contradiction.WAGE_LOW)
    if done.mentor_centihours > done.hours.practice:
        found.append(Contradiction.MENTOR_MORE)
    if sides == frozenset(Side) and not done.hours.total:
        found.append(Contradiction.NOTHING_HELD)
    return tuple(found)


def wage_is_low(done: MonthDone, minimum_fen: int | None) -> bool:
    """Whether a told wage is below the minimum of its month (APP-05)."""
    return minimum_fen is not None and done.net_wage_fen is not None and done.net_wage_fen < minimum_fen


def months_told(start: date, months: int, today: date) -> tuple[str, ...]:
    """The months of a term that are over or whose last day is today, oldest first."""
    end = add_months(start, months) - timedelta(days=1)
    return tuple(each for each in months_touched(start, end) if min(last_day(each), end) <= today)


def month_states(
    spans: Sequence[tuple[int, Span]], told: Mapping[tuple[int, str], frozenset[Side]], months: Iterable[str], today: date
) -> tuple[MonthState, ...]:
    """How far each month is told; `spans` are the apprentices by key, `told` the sides that have told a month of one."""
    found = []
    for month in months:
        people = [key for key, span in spans if days_there(month, span)]
        missing = {side: sum(side not in told.get((key, month), frozenset()) for key in people) for side in Side}
        due = due_day(month)
        found.append(MonthState(month, due, len(people), missing, today > due and any(missing.values())))
    return tuple(found)


def reminder_round(due: date, today: date) -> int | None:
    """Which reminder of a month is due on a day: the largest count of days that has passed, or None before the first."""
    return max((each for each in REMIND_AFTER_DAYS if due + timedelta(days=each) <= today), default=None)


def teller_text(sides: Iterable[Side], name: str) -> str:
    """Who told a record, as it is kept: the sides he tells for, and his name as far as there is room."""
    return f"{'、'.join(SIDE_WORDS[side] for side in sorted(sides))}{_BETWEEN}{name}"[:LONGEST_TELLER]


def teller_sides(text: str) -> frozenset[Side]:
    """For which sides a kept record was told; one that names no side was taken over whole, for both."""
    words = text.partition(_BETWEEN)[0].split("、")
    return frozenset(side for side in Side if SIDE_WORDS[side] in words) or frozenset(Side)


def teller_name(text: str) -> str:
    """Who told a kept record, as pages show him."""
    return text.replace(_BETWEEN, " ", 1)
