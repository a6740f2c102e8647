"""The form of a proposed item, as typed, into an entry: every wrong field is named at once."""

from datetime import date

import msgspec

from training_admin.catalog.facts import (
    CATEGORY_WORDS,
    CENTIHOURS_PER_HOUR,
    FUND_WORDS,
    GROUP_WORDS,
    LEVEL_WORDS,
    CatalogItem,
    Entry,
    ItemDetails,
    Tier,
)
from training_admin.catalog.proposals import ProposalRefused
from training_admin.catalog.sample import LARGEST_HOURS, item_name
from training_admin.kit.money import decimal_from_text, fen_from_text

LONGEST = 100


class ItemForm(msgspec.Struct, frozen=True):
    """A proposed item as typed; `item_code` only where a published item is to be revised."""

    item_code: str = ""
    name: str = ""
    category: str = ""
    occupation: str = ""
    level: str = ""
    hours: str = ""
    theory_hours: str = ""
    practice_hours: str = ""
    standard: str = ""
    base: str = ""
    fee: str = ""
    fund: str = "LES"
    urgent: str = ""
    pilot: str = ""
    groups: list[str] | str = ""
    industry: str = ""
    valid_from: str = ""
    valid_to: str = ""
    partner: str = ""
    partner_name: str = ""
    why: str = ""


def entry_of(form: ItemForm, *, developer: str | None) -> Entry:
    """The entry of a form; raises ProposalRefused naming every wrong field."""
    wrong: list[str] = []
    chosen = [form.groups] if isinstance(form.groups, str) else form.groups
    groups = tuple(group for group in GROUP_WORDS if group in chosen)
    name = _text(form.name, "职业（工种）或项目名称", wrong, needed=True)
    category = _choice(form.category, CATEGORY_WORDS, "类别", wrong, needed=True)
    level = _choice(form.level, LEVEL_WORDS, "等级", wrong)
    start, end = _day(form.valid_from, "有效期起", wrong, needed=True), _day(form.valid_to, "有效期止", wrong)
    item = CatalogItem(
        item_code=_text(form.item_code, "项目编码", wrong, most=40),
        name=item_name(name, level or None),
        category=f"{category} {CATEGORY_WORDS.get(category, '')}",
        occupation=_text(form.occupation, "职业编码", wrong, most=20) or None,
        level=level or None,
        std_centihours=_hours(form.hours, "标准课时", wrong, needed=True) or 0,
        std_fen=_fen(form.standard, "补贴标准", wrong, needed=True) or 0,
        base_fen=_fen(form.base, "基本价", wrong),
        urgent=bool(form.urgent),
        pilot=bool(form.pilot),
        fund=_choice(form.fund, FUND_WORDS, "资金渠道", wrong, needed=True),
        valid_from=start or date.max,
        valid_to=end,
    )
    details = ItemDetails(
        tier=Tier.DISTRICT,
        priority_industry=_text(form.industry, "优先产业", wrong, most=40) or None,
        developer=developer,
        theory_centihours=_hours(form.theory_hours, "理论课时", wrong),
        practice_centihours=_hours(form.practice_hours, "实操课时", wrong),
        assessment_fen=_fen(form.fee, "评价费", wrong),
        groups=groups,
    )
    wrong += hours_apart(item, details)
    if end is not None and start is not None and end < start:
        wrong.append("有效期止早于有效期起")
    if wrong:
        raise ProposalRefused(f"请更正：{'；'.join(wrong)}。", problems=wrong)
    return Entry(item, details)


def hours_apart(item: CatalogItem, details: ItemDetails) -> list[str]:
    """A sentence where theory and practice are both told and do not make up the standard hours."""
    theory, practice = details.theory_centihours, details.practice_centihours
    if theory is None or practice is None or theory + practice == item.std_centihours:
        return []
    return ["理论课时与实操课时之和应等于标准课时"]


def _text(text: str, what: str, wrong: list[str], *, most: int = LONGEST, needed: bool = False) -> str:
    plain = " ".join(text.split())
    if (needed and not plain) or len(plain) > most or "\0" in plain:
        wrong.append(f"{what}（{'必填，' if needed else ''}不超过 {most} 字）")
    return plain


def _choice(code: str, words: dict[str, str], what: str, wrong: list[str], *, needed: bool = False) -> str:
    if (code and code not in words) or (needed and not code):
        wrong.append(f"{what}请从列表中选择")
        return ""
    return code


def _day(text: str, what: str, wrong: list[str], *, needed: bool = False) -> date | None:
    try:
        if text or needed:
            return date.fromisoformat(text)
    except ValueError:
        wrong.append(f"{what}请按 2026-07-01 的写法填写")
    return None


def _hours(text: str, what: str, wrong: list[str], *, needed: bool = False) -> int | None:
    if not text.strip() and not needed:
        return None
    value = decimal_from_text(text)
    scaled = None if value is None else value * CENTIHOURS_PER_HOUR
    if value is None or scaled is None or scaled != scaled.to_integral_value() or not 0 < value <= LARGEST_HOURS:
        wrong.append(f"{what}应大于 0、至多两位小数")
        return None
    return int(scaled)


def _fen(text: str, what: str, wrong: list[str], *, needed: bool = False) -> int | None:
    if not text.strip() and not needed:
        return None
    fen = fen_from_text(text)
    if fen is None or fen < 0:
        wrong.append(f"{what}应为不小于 0、至多两位小数的金额（元）")
        return None
    return fen
