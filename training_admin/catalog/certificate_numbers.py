"""Numbers of skill-level certificates by their coding rule (policy.md 6.1, 人社鉴发〔2019〕2号), and of qualification certificates.

The number carries no check digit: what can be held against it is its shape, the province, the year of issue and the level.
"""

import re
from datetime import date
from enum import StrEnum

import msgspec

from training_admin.kit.identifiers import clean_number

APPRENTICE_LEVEL = "0"
# Levels above the first: their numbers have a second letter and tell no level.
ABOVE = frozenset({"11", "12"})
# What of a number tells the evaluation body.
BODY_LENGTH = 13


class CertificateFault(StrEnum):
    """What a certificate number contradicts."""

    SHAPE = "shape"
    PROVINCE = "province"
    YEAR = "year"
    LEVEL = "level"


FAULT_WORDS = {
    CertificateFault.SHAPE: (
        "证书编号不符合编码规则：等级证书为 Y 或 S 加 21 位数字，特级技师以上为两个字母加 20 位数字，原职业资格证书为 16 位数字。"
    ),
    CertificateFault.PROVINCE: "证书编号中的省份代码不是上海（31）。",
    CertificateFault.YEAR: "证书编号中的年份与发证日期不一致。",
    CertificateFault.LEVEL: "证书编号中的等级与班级的技能等级不一致。",
}


class NumberRule(msgspec.Struct, frozen=True):
    """The patterns by kind, each with named groups for province and year and, where it tells one, level; and the own province."""

    level_certificate: str = r"[YS]\d{4}(?P<province>\d{2})\d{6}(?P<year>\d{2})(?P<level>[1-5])(?!0{6})\d{6}"
    above_first: str = r"[YS][A-Z]\d{4}(?P<province>\d{2})\d{6}(?P<year>\d{2})(?!0{6})\d{6}"
    qualification: str = r"(?P<year>\d{2})(?P<province>\d{2})\d{2}[0-4]\d{3}(?P<level>[1-5])\d{5}"
    province: str = "31"


RULE = NumberRule()


def issuing_body(number: str) -> str:
    """The evaluation body that a number tells: kind, body of the ministry, province and serial; "" where it tells none."""
    plain = clean_number(number)
    return plain[:BODY_LENGTH] if re.fullmatch(r"[YS]\d{21}", plain, re.ASCII) else ""


def certificate_faults(number: str, *, level: str | None, issued_on: date, rule: NumberRule = RULE) -> tuple[CertificateFault, ...]:
    """Everything a number contradicts; nothing for a class without level or of apprentices, whose certificates the rule does not code."""
    if level is None or level == APPRENTICE_LEVEL:
        return ()
    patterns = (rule.above_first,) if level in ABOVE else (rule.level_certificate, rule.qualification)
    found = next((match for pattern in patterns if (match := re.fullmatch(pattern, clean_number(number), re.ASCII))), None)
    if found is None:
        return (CertificateFault.SHAPE,)
    told = found.groupdict()
    wrong = (
        (CertificateFault.PROVINCE, told["province"] != rule.province),
        (CertificateFault.YEAR, told["year"] != f"{issued_on.year % 100:02d}"),
        (CertificateFault.LEVEL, told.get("level", level) != level),
    )
    return tuple(fault for fault, is_wrong in wrong if is_wrong)
