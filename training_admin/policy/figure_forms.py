"""A figure as it is typed into a form: text becomes what a paper would say, by the unit of the figure. Pure."""

import re
from typing import Any

import msgspec

from training_admin.kit.dated import Standing, Unit

YES_NO = {"是": True, "true": True, "否": False, "false": False}
STANDINGS = tuple((standing.value, standing.words) for standing in Standing)
_PERCENT = re.compile(r"(\d{1,4})(?:\.(\d{1,2}))?\s*[%％]")
_RANGE = re.compile(r"\s*(?:至|~|～|,|，)\s*")


def value_from_text(unit: Unit, text: str) -> Any:
    """What the policy room reads as a value: shares also in percent, ranges with 至, switches as 是 or 否, grades as JSON.

    What cannot be read is handed on as it is, and refused there in the words of the unit.
    """
    plain = text.strip()
    if unit is Unit.SWITCH:
        return YES_NO.get(plain.lower(), plain)
    if unit is Unit.SHARE_RANGE_BP:
        return [_share(end) for end in _RANGE.split(plain)]
    if unit is Unit.GRADES:
        try:
            return msgspec.json.decode(plain.encode())
        except msgspec.DecodeError:
            return plain
    if unit in {Unit.SHARE_BP, Unit.FACTOR_BP}:
        return _share(plain)
    return plain.replace(",", "").replace("，", "")


def _share(text: str) -> str:
    found = _PERCENT.fullmatch(text.strip())
    if found is None:
        return text.strip()
    hundredths = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    return f"{hundredths // 10_000}.{hundredths % 10_000:04d}"
