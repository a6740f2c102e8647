"""What stands on the paper of a certificate, as texts: what many share, and what is each person's own and is stamped."""

from datetime import date

import msgspec

from training_admin.certificates.facts import KIND_WORDS, Certificate, Holder, Kind
from training_admin.certificates.numbers import spaced
from training_admin.kit.identifiers import CITIZEN_CARD
from training_admin.kit.wording import day, hundredths

# Fields that are stamped on each paper; a template places each of them by `data-field`. All others are the same for many people.
OWN_FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.TRAINING: ("name", "id_type", "identity", "number", "copy"),
    Kind.COMPLETION: ("name", "id_type", "identity", "number", "copy", "mentor", "teacher", "blocks"),
    Kind.APPRENTICESHIP: ("name", "id_type", "identity", "number", "copy", "mentor", "teacher", "blocks"),
}


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """What many certificates have in common; one rendering serves all that are equal. `sample` asks for the 样张 mark."""

    kind: Kind
    organisation: str
    heading: str
    item: str
    institution: str
    start: str
    end: str
    hours: str
    result: str
    class_no: str
    issued_on: str
    enterprise: str
    level: str
    term: str
    sample: bool


def shared_texts(certificate: Certificate, *, sample: bool) -> Shared:
    """What stands on the paper whoever it is for."""
    content = certificate.content
    return Shared(
        kind=certificate.kind,
        organisation=certificate.organisation,
        heading=KIND_WORDS[certificate.kind],
        item=content.item,
        institution=content.institution,
        start=day(content.start),
        end=day(content.end),
        hours=hundredths(content.centihours),
        result=content.result,
        class_no=certificate.class_no,
        issued_on=chinese_day(certificate.issued_on),
        enterprise=content.enterprise,
        level=content.level,
        term=content.term,
        sample=sample,
    )


def own_texts(certificate: Certificate, holder: Holder) -> dict[str, str]:
    """What stands on one person's paper alone, by field."""
    texts = {
        "name": holder.name,
        "id_type": "身份证号" if holder.id_type == CITIZEN_CARD else "证件号码",
        "identity": holder.identity,
        "number": spaced(certificate.number),
        "copy": f"补证（第 {certificate.copies} 次）" if certificate.copies else "",
        "mentor": holder.mentor,
        "teacher": holder.teacher,
        "blocks": holder.blocks,
    }
    return {field: texts[field] for field in OWN_FIELDS[certificate.kind]}


_DIGITS = "〇一二三四五六七八九"


def chinese_day(value: date) -> str:
    """A day as papers are dated: `二〇二六年六月一日`."""
    return f"{''.join(_DIGITS[int(each)] for each in str(value.year))}年{_number(value.month)}月{_number(value.day)}日"


def _number(value: int) -> str:
    """A number below a hundred in Chinese: `三十一`."""
    tens, ones = divmod(value, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十") + (_DIGITS[ones] if ones else "")
