"""Cases of the checks that look at the apprentices of a programme."""

from datetime import date
from typing import Any

from tests.apprenticeship.ordinary import APPRENTICE, PROGRAMME
from tests.audit.ordinary import KLASS, changed, claim, line
from training_admin.apprenticeship.facts import MonthDone
from training_admin.audit.facts import ClaimAudit

MONTH = APPRENTICE.months[0]


def programme(*people: dict[str, Any], **changes: Any) -> ClaimAudit:
    """An advance for apprentices in the rows from 4 on, each with some facts changed."""
    apprentices = tuple(changed(APPRENTICE, row=4 + place, person=f"p{place}", **each) for place, each in enumerate(people))
    return claim(
        programme=True,
        classes=(changed(KLASS, filing=None),),
        lines=tuple(line(place) for place in range(len(people))),
        apprenticed=changed(PROGRAMME, apprentices=apprentices, **changes),
    )


def wages(*fen: int | None, **changes: Any) -> ClaimAudit:
    """One apprentice with the wages of his first months."""
    months = tuple(
        MonthDone(month.month, month.hours, month.mentor_centihours, wage) for month, wage in zip(APPRENTICE.months, fen, strict=False)
    )
    return programme({"months": months, **changes})


SHORT = {"contract_start": date(2026, 3, 1), "contract_end": date(2027, 2, 27)}
RAISED: list[tuple[str, str, ClaimAudit, tuple[int, ...]]] = [
    ("AU-023", "合同差一天满一年", programme({}, SHORT), (5,)),
    ("AU-024", "非技能岗位", programme({"skilled_post": False}, {}, {"skilled_post": False}), (4, 6)),
    ("AU-026", "一个月少一分", wages(MONTH.net_wage_fen, 100), (4,)),
    ("AU-085", "导师超限", programme({"mentor": "m"}, {"mentor": "m"}, mentor_heads={"m": 99}), (4, 5)),
]
SILENT: list[tuple[str, str, ClaimAudit]] = [
    ("AU-023", "恰满一年", programme({**SHORT, "contract_end": date(2027, 2, 28)})),
    ("AU-023", "无固定期限", programme({**SHORT, "contract_end": None})),
    ("AU-023", "合同起始不明", programme({**SHORT, "contract_start": None})),
    ("AU-024", "岗位未载明", programme({"skilled_post": None})),
    ("AU-024", "不能识别的行", changed(programme({"skilled_post": False}), lines=(line(0, readable=False),))),
    ("AU-026", "工资未记录", wages(None)),
    ("AU-026", "不满整月", wages(100, contract_start=date.fromisoformat(f"{MONTH.month}-02"))),
    ("AU-085", "上限之内", programme({"mentor": "m"}, mentor_heads={"m": 1})),
    ("AU-085", "没有导师", programme({"mentor": ""}, mentor_heads={"": 99})),
    ("AU-085", "不是学徒班", claim()),
]
