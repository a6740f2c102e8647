"""The columns of CAT-01 as every export writes and every import reads them, and a version as one row of words."""

from training_admin.catalog.facts import FUND_WORDS, GROUP_WORDS, LEVEL_WORDS, TIER_WORDS, CatalogItem, ItemDetails
from training_admin.kit.money import yuan
from training_admin.kit.wording import hundredths

CODE, TIER, CATEGORY, OCCUPATION, NAME, LEVEL = "项目编码", "目录层级", "类别", "职业编码", "项目名称", "等级"
HOURS, THEORY, PRACTICE = "标准课时", "理论课时", "实操课时"
STANDARD, BASE, FEE = "补贴标准（元）", "基本价（元）", "评价费（元）"
URGENT, PILOT, GROUPS, FUND = "紧缺急需", "上浮试点", "适用人群", "资金渠道"
INDUSTRY, DEVELOPER, START, END = "优先产业", "开发单位", "有效期起", "有效期止"
PAPER, STANDING = "依据文号", "效力"
NO_LEVEL = "——"
CONTENT_HEADER = (
    *(CODE, TIER, CATEGORY, OCCUPATION, NAME, LEVEL, HOURS, THEORY, PRACTICE, STANDARD, BASE, FEE),
    *(URGENT, PILOT, GROUPS, FUND, INDUSTRY, DEVELOPER, START, END, STANDING),
)
HEADER = (*CONTENT_HEADER, PAPER)


def content_row(item: CatalogItem, details: ItemDetails) -> tuple[str, ...]:
    """A version in words under `CONTENT_HEADER`: hours as decimals, money in yuan, days as 2026-07-01."""
    return (
        *(item.item_code, TIER_WORDS[details.tier], item.category, item.occupation or "", item.name),
        LEVEL_WORDS[item.level] if item.level else NO_LEVEL,
        *(hundredths(item.std_centihours), _hours(details.theory_centihours), _hours(details.practice_centihours)),
        *(yuan(item.std_fen), _money(item.base_fen), _money(details.assessment_fen)),
        *(_switch(item.urgent), _switch(item.pilot), "、".join(GROUP_WORDS[group] for group in details.groups)),
        *(FUND_WORDS.get(item.fund, item.fund), details.priority_industry or "", details.developer or ""),
        *(item.valid_from.isoformat(), item.valid_to.isoformat() if item.valid_to else "", details.standing.words),
    )


def _hours(centihours: int | None) -> str:
    return "" if centihours is None else hundredths(centihours)


def _money(fen: int | None) -> str:
    return "" if fen is None else yuan(fen)


def _switch(value: bool) -> str:
    return "是" if value else "否"
