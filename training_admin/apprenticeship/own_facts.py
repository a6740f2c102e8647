"""What an apprentice says himself: 是我 or 不是我, whether a wage is right, a complaint in words; and who learns of it.

Employer and institution learn only how many have confirmed: a denial counts for them as not confirmed, like silence, so that nobody can be
called to account for it. The first reviewer and the auditors see every voice; the words of a complaint are opened one by one.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum

import msgspec

from training_admin.apprenticeship.facts import Hours
from training_admin.apprenticeship.record_facts import Recorded, first_day


class Voice(StrEnum):
    """What was said."""

    ME = "me"
    NOT_ME = "not_me"
    WAGE_OK = "wage_ok"
    WAGE_WRONG = "wage_wrong"
    COMPLAINT = "complaint"


VOICE_WORDS = {
    Voice.ME: "是我",
    Voice.NOT_ME: "不是我",
    Voice.WAGE_OK: "工资相符",
    Voice.WAGE_WRONG: "工资不相符",
    Voice.COMPLAINT: "投诉",
}
WHO, WAGE = frozenset({Voice.ME, Voice.NOT_ME}), frozenset({Voice.WAGE_OK, Voice.WAGE_WRONG})
# What somebody must look at and answer.
TO_ANSWER = frozenset({Voice.NOT_ME, Voice.WAGE_WRONG, Voice.COMPLAINT})


class Said(msgspec.Struct, frozen=True):
    """A voice without its words: of which apprentice (by key), about which month, and how it was answered."""

    id: int
    apprentice: int
    kind: Voice
    month: str | None
    said_at: datetime
    answered_at: datetime | None
    answer: str


class MonthOwn(msgspec.Struct, frozen=True):
    """A month as the apprentice sees it: the record, the minimum of the month, and what he said of his wage."""

    month: str
    record: Recorded | None
    minimum_fen: int | None
    said: Voice | None

    @property
    def wage_fen(self) -> int | None:
        """The told net wage."""
        return None if self.record is None else self.record.done.net_wage_fen


class BlockHours(msgspec.Struct, frozen=True):
    """Hours of a block so far against the plan of the whole term (hundredths); the plan is None where it is not known."""

    words: str
    told: int
    planned: int | None

    @property
    def percent(self) -> int | None:
        """How much of the plan is done, at most 100, rounded down."""
        return min(100, self.told * 100 // self.planned) if self.planned else None


def hours_so_far(records: Iterable[Recorded]) -> Hours:
    """The hours of all months together."""
    told = [each.done.hours for each in records]
    return Hours(*(sum(getattr(each, name) for each in told) for name in ("general", "basics", "practice", "online")))


def blocks_of(told: Hours, planned: Hours | None) -> tuple[BlockHours, ...]:
    """The blocks against the plan, the whole last."""
    named = (("通用素质", "general"), ("专业基础", "basics"), ("操作技能", "practice"), ("合计", "total"))
    return tuple(BlockHours(words, getattr(told, name), None if planned is None else getattr(planned, name)) for words, name in named)


def planned_of(content: Mapping[str, object]) -> Hours | None:
    """The planned hours of the whole term from a programme's plan; None where it tells none."""
    try:
        return msgspec.convert(content.get("planned"), type=Hours)
    except msgspec.ValidationError:
        return None


def said_of_wage(said: Iterable[Said], record: Recorded | None) -> Voice | None:
    """What was said last of a month's wage; what was said before the record was corrected says nothing of it now."""
    if record is None:
        return None
    told = [each for each in said if each.kind in WAGE and each.month == record.done.month and each.said_at >= record.at]
    return max(told, key=lambda each: each.id).kind if told else None


def who_said(said: Iterable[Said]) -> Said | None:
    """Whether he said that it is he; the first answer is final."""
    return min((each for each in said if each.kind in WHO), key=lambda each: each.id, default=None)


def missing_of(
    *, mentor: bool, teacher: bool, agreement_on: date | None, contract_end: date | None, end: date, answered: bool, untold: int
) -> list[str]:
    """What is still missing, in words for the apprentice."""
    found = []
    if not answered:
        found.append("请在本页确认是否本人参加")
    if agreement_on is None:
        found.append("培养协议尚未登记签订日期")
    if not mentor:
        found.append("尚未登记企业导师")
    if not teacher:
        found.append("尚未登记培训机构指导教师")
    if contract_end is not None and contract_end < end:
        found.append("劳动合同在培养期结束前到期")
    if untold:
        found.append(f"有 {untold} 个月的课时或工资尚未登记完整")
    return found


def wage_words(one: MonthOwn) -> str:
    """Whether a wage reaches the minimum of its month, in words."""
    if one.wage_fen is None:
        return "未登记"
    if one.minimum_fen is None:
        return "当月没有标准"
    return "不低于最低工资" if one.wage_fen >= one.minimum_fen else "低于最低工资"


def month_day(month: str | None) -> date | None:
    """The first day of a month, as it is stored."""
    return None if month is None else first_day(month)
