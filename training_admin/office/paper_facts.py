"""Official papers (文书) as pure data: their kinds, numbers and content; what stands in them is told by other rooms."""

from datetime import date
from enum import StrEnum

import msgspec

# Whose papers these are, and the words of their numbers. No paper of the district gives these words (暂定): they are changed in the .docx.
OFFICE = "上海市松江区人力资源和社会保障局"


class PaperKind(StrEnum):
    """What sort of paper it is."""

    APPLICATION = "application"
    UNDERTAKING = "undertaking"
    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    MENDING = "mending"
    OPINIONS = "opinions"
    NOTICE = "notice"
    GRANTED = "granted"
    REFUSED = "refused"
    PAID = "paid"
    RECOVERY = "recovery"
    WITHHELD = "withheld"


KIND_WORDS = {
    PaperKind.APPLICATION: "申报表",
    PaperKind.UNDERTAKING: "真实性承诺书",
    PaperKind.ACCEPTED: "受理通知书",
    PaperKind.NOT_ACCEPTED: "不予受理通知书",
    PaperKind.MENDING: "一次性补正告知书",
    PaperKind.OPINIONS: "审核意见表",
    PaperKind.NOTICE: "公示",
    PaperKind.GRANTED: "补贴决定书",
    PaperKind.REFUSED: "不予补贴决定书",
    PaperKind.PAID: "拨付通知",
    PaperKind.RECOVERY: "追回决定书",
    PaperKind.WITHHELD: "不予拨付决定书",
}
_MARKS = {
    PaperKind.APPLICATION: "松培补申",
    PaperKind.UNDERTAKING: "松培补诺",
    PaperKind.ACCEPTED: "松培补受",
    PaperKind.NOT_ACCEPTED: "松培补不受",
    PaperKind.MENDING: "松培补正",
    PaperKind.OPINIONS: "松培补审",
    PaperKind.NOTICE: "松培补示",
    PaperKind.GRANTED: "松培补决",
    PaperKind.REFUSED: "松培补不决",
    PaperKind.PAID: "松培补拨",
    PaperKind.RECOVERY: "松培补追",
    PaperKind.WITHHELD: "松培补止",
}
# Papers of the office only: the enterprise does not see them.
INTERNAL = frozenset({PaperKind.OPINIONS})
# Papers that the enterprise gives; all others are given by the office and sealed by it.
OF_ENTERPRISE = frozenset({PaperKind.APPLICATION, PaperKind.UNDERTAKING})


class DeliveryWay(StrEnum):
    """How a paper reached whom it is for (民事诉讼法 ways of service, as 行政 practice follows them)."""

    IN_PERSON = "in_person"
    ELECTRONIC = "electronic"
    POST = "post"
    LEFT = "left"
    PUBLIC = "public"


WAY_WORDS = {
    DeliveryWay.IN_PERSON: "直接送达",
    DeliveryWay.ELECTRONIC: "电子送达",
    DeliveryWay.POST: "邮寄送达",
    DeliveryWay.LEFT: "留置送达",
    DeliveryWay.PUBLIC: "公告送达",
}


class Block(msgspec.Struct, frozen=True, omit_defaults=True):
    """A piece of a paper: a paragraph, a heading, or a table with a header (facts of two columns have none)."""

    text: str = ""
    heading: bool = False
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def is_table(self) -> bool:
        """Whether there are rows or a header to draw."""
        return bool(self.rows or self.header)


class PaperContent(msgspec.Struct, frozen=True):
    """What a paper says; no name and no number of a person stands in it, `notice` names the notice whose list is joined to it."""

    title: str
    addressee: str
    blocks: tuple[Block, ...]
    signed_by: str
    day: date
    notice: str = ""


def paper_number(kind: PaperKind, year: int, number: int) -> str:
    """A business number as papers bear it: `松培补受〔2026〕1号`."""
    return f"{_MARKS[kind]}〔{year}〕{number}号"


def day_words(day: date) -> str:
    """The day under a paper, in figures without leading zeros (GB/T 9704)."""
    return f"{day.year}年{day.month}月{day.day}日"
