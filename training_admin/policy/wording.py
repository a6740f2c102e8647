"""Policy figures in words: values by their unit, choices as sentences, the levels of skill."""

from collections.abc import Callable

from training_admin.kit import wording
from training_admin.kit.dated import Figure, Standing, Unit
from training_admin.kit.money import yuan_grouped

CHOICE_WORDS = {
    "CLASS_START": "按开班日",
    "CERT_ISSUE": "按发证日",
    "FILING_APPROVED": "按备案审核通过日",
    "HALF_UP": "四舍五入到分",
    "DOWN": "舍去分以下",
    "ERROR": "缺年历时停止计算",
    "WORKERS_CONGRESS": "职工代表大会审议",
    "STD_ONLY": "按标准",
    "COST_ONLY": "按实际费用",
    "LOWER_OF": "标准与实际费用取低",
    "ENROLLED": "按备案人数",
    "PASSED": "按合格人数",
    "PREV_CALENDAR_YEAR": "上一自然年度实缴",
    "PRO_RATA_LARGEST_REMAINDER": "按比例分摊，尾差归余数最大者",
    "TABLE": "按渐进式延迟法定退休年龄对照表",
}
_PLAIN_UNITS = frozenset(
    {
        Unit.HOURS,
        Unit.MINUTES,
        Unit.PEOPLE,
        Unit.TIMES,
        Unit.DAYS,
        Unit.WORKDAYS,
        Unit.MONTHS,
        Unit.YEARS,
        Unit.DIGITS,
        Unit.POINTS,
    }
)


def unit_words(unit: Unit) -> str:
    """What is written behind a value; empty where the value speaks for itself."""
    return unit.value if unit in _PLAIN_UNITS or unit in {Unit.FEN, Unit.FEN_PER_HOUR} else ""


def value_words(unit: Unit, value: Figure) -> str:
    """A canonical value without its unit word: amounts grouped, shares in percent, choices in Chinese."""
    if isinstance(value, dict):
        return "，".join(f"{grade}：{points} 分及以上" for grade, points in value.items())
    if isinstance(value, tuple):
        return " 至 ".join(wording.percent(end) for end in value)
    if isinstance(value, bool):
        return wording.yes_no(value)
    if isinstance(value, str):
        return wording.day_of_year(value) if unit is Unit.DAY_OF_YEAR else CHOICE_WORDS.get(value, value)
    return _NUMBER_WORDS.get(unit, str)(value)


_NUMBER_WORDS: dict[Unit, Callable[[int], str]] = {
    Unit.FEN: yuan_grouped,
    Unit.FEN_PER_HOUR: yuan_grouped,
    Unit.SHARE_BP: wording.percent,
    Unit.FACTOR_BP: wording.factor,
}


def full_words(unit: Unit, value: Figure) -> str:
    """A value with its unit word: `2,000.00 元`, `80.00%`, `5 工作日`."""
    return f"{value_words(unit, value)} {unit_words(unit)}".strip()


def is_assumed(*standings: Standing) -> bool:
    """Whether a statement must be marked 暂定: one of its standings is an assumption."""
    return Standing.ASSUMED in standings
