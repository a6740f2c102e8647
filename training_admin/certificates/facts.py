"""Certificates as frozen facts: what is printed, for whom, in which state; who of a closed class may get one."""

from collections.abc import Container, Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum

import msgspec

from training_admin.catalog.run_facts import ClosedClass, ClosedTrainee, Outcome

# Surnames of two characters that are still borne (assumed complete enough: one that is missing here is masked more, not less).
LONG_SURNAMES = frozenset(
    {
        *("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙", "宇文", "司徒", "司空", "夏侯"),
        *("南宫", "端木", "百里", "东郭", "西门", "呼延", "轩辕", "钟离", "闻人", "澹台", "申屠", "太史", "公冶", "宗政", "濮阳"),
        *("淳于", "单于", "赫连", "鲜于", "闾丘", "拓跋", "第五", "完颜", "独孤", "万俟"),
    }
)
MIDDLE_DOT = "·"
LONGEST_NAME = 100


class Kind(StrEnum):
    """Which certificate it is (policy.md 6.2)."""

    TRAINING = "training"
    COMPLETION = "completion"
    APPRENTICESHIP = "apprenticeship"


KIND_WORDS = {Kind.TRAINING: "培训合格证书", Kind.COMPLETION: "结业证书", Kind.APPRENTICESHIP: "学徒制培训证书"}


class State(StrEnum):
    """Whether a certificate counts."""

    VALID = "valid"
    REVOKED = "revoked"
    REPLACED = "replaced"


STATE_WORDS = {State.VALID: "有效", State.REVOKED: "已撤销", State.REPLACED: "已换发"}


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a certificate says beside its holder; the same for many people of a class. Hours in hundredths."""

    item: str
    institution: str
    start: date
    end: date
    centihours: int
    result: str = "合格"
    enterprise: str = ""
    level: str = ""
    term: str = ""


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Whose certificate it is, as it is sealed: name, kind and number of the identity document, and whoever else is named on it.

    `blocks` tells an apprentice's hours by block in words.
    """

    name: str
    id_type: str
    identity: str
    mentor: str = ""
    teacher: str = ""
    blocks: str = ""


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate without its holder's name and number; `person` is the hexadecimal keyed hash, `copies` counts reprints."""

    number: str
    kind: Kind
    organisation: str
    class_no: str
    person: str
    content: Content
    issued_on: date
    issuer: str
    issued_at: datetime
    state: State
    why_ended: str
    ended_on: date | None
    ender: str | None
    replaced_by: str | None
    copies: int


class Why(StrEnum):
    """Why somebody of a closed class gets no certificate now."""

    NOT_PASSED = "not_passed"
    HAS_ONE = "has_one"
    REVOKED = "revoked"


WHY_WORDS = {
    Why.NOT_PASSED: "考核未合格，不颁发培训合格证书",
    Why.HAS_ONE: "已颁发",
    Why.REVOKED: "证书已被撤销，不能再次颁发",
}


def why_not(trainee: ClosedTrainee, states: Iterable[State]) -> Why | None:
    """Why a person of a closed class gets no certificate, given the states of those he has of it; None when he may get one."""
    there = set(states)
    if State.VALID in there:
        return Why.HAS_ONE
    if State.REVOKED in there:
        return Why.REVOKED
    return None if trainee.outcome == Outcome.PASSED else Why.NOT_PASSED


def entitled(closed: ClosedClass, issued: Mapping[str, Iterable[State]]) -> list[str]:
    """The people of a closed class who may get a certificate now, in its order; `issued` are the states of those there, by person."""
    return [each.person for each in closed.trainees if why_not(each, issued.get(each.person, ())) is None]


def masked_name(name: str) -> str:
    """Surname and stars (policy.md part 15); of a name with a middle dot the first character stays, the dots stay too."""
    known = 2 if MIDDLE_DOT not in name and name[:2] in LONG_SURNAMES and len(name) > 2 else 1  # noqa: PLR2004 - surname and more
    return name[:known] + "".join(each if each == MIDDLE_DOT else "*" for each in name[known:])


def uncarried(text: str, carried: Container[int]) -> list[str]:
    """The characters of a text that no font carries, each once, in their order; `carried` are code points."""
    return [each for each in dict.fromkeys(text) if ord(each) not in carried]
