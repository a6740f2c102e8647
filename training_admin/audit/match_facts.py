"""Lists of other departments as pure data: what kinds there are, what a list covers, and what it says of a person.

No answer is neither pass nor fail: a check compares only what a list covers, and says so where none does.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

import msgspec


class MatchKind(StrEnum):
    """Which department's list it is."""

    DEATH = "death"
    PENSION = "pension"
    PAYROLL = "payroll"
    SCHOOL = "school"
    ABROAD = "abroad"
    HOSPITAL = "hospital"
    DETENTION = "detention"
    STATUS = "status"
    OTHER_FUND = "other_fund"
    NOT_FOUND = "not_found"


class KindSaid(msgspec.Struct, frozen=True):
    """What a kind of list is called, who keeps it, and what its two dates mean ("" for a date it has not)."""

    words: str
    keeper: str
    first: str
    last: str


KINDS: Mapping[MatchKind, KindSaid] = {
    MatchKind.DEATH: KindSaid("死亡人员", "民政、公安或社保", "死亡日期", ""),
    MatchKind.PENSION: KindSaid("领取养老待遇人员", "社保", "开始领取日期", ""),
    MatchKind.PAYROLL: KindSaid("财政供养人员", "财政、编办", "起始日期", "截止日期"),
    MatchKind.SCHOOL: KindSaid("全日制在校生", "教育", "入学日期", "离校日期"),
    MatchKind.ABROAD: KindSaid("出境期间", "移民管理", "出境日期", "入境日期"),
    MatchKind.HOSPITAL: KindSaid("住院期间", "医保", "入院日期", "出院日期"),
    MatchKind.DETENTION: KindSaid("服刑或强制戒毒期间", "司法、公安", "起始日期", "截止日期"),
    MatchKind.STATUS: KindSaid("残疾、退役等身份", "残联、退役军人事务", "身份取得日期", "失效日期"),
    MatchKind.OTHER_FUND: KindSaid("其他资金已补贴的证书", "失业保险、就业资金", "发放日期", ""),
    MatchKind.NOT_FOUND: KindSaid("联网查无的证书", "技能人才评价证书查询系统", "查询日期", ""),
}


class MatchEntry(msgspec.Struct, frozen=True):
    """What a list says of a person: from when to when (None where it does not say), and a word (a certificate number, a status)."""

    person: str
    starts: date | None
    ends: date | None
    word: str = ""

    def covers(self, day: date) -> bool:
        """Whether a day lies within, both ends included; an end that is not told has not come."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)


class ListTold(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever hands over a list says of it; see `MatchHead`."""

    kind: MatchKind
    source: str
    basis: str
    as_of: date
    covers_from: date
    covers_to: date
    purge_on: date


class MatchHead(msgspec.Struct, frozen=True):
    """A list as it was handed over: source, legal basis, the day it stands for, the stretch it covers, and when it is purged."""

    number: str
    kind: MatchKind
    source: str
    basis: str
    as_of: date
    covers_from: date
    covers_to: date
    purge_on: date
    rows: int
    importer: str
    purged: bool

    def covers(self, first: date, last: date) -> bool:
        """Whether a stretch of days lies within what the list covers."""
        return self.covers_from <= first and last <= self.covers_to
