"""Skill levels by code, in the five-level and eight-level systems (人社部发〔2022〕14号); the catalog reads them from here."""

LEVEL_WORDS = {
    "0": "学徒工",
    "5": "五级/初级工",
    "4": "四级/中级工",
    "3": "三级/高级工",
    "2": "二级/技师",
    "1": "一级/高级技师",
    "11": "特级技师",
    "12": "首席技师",
}
# Higher is more skilled (policy.md 5.1): codes are no numbers to compare.
LEVEL_RANKS = {"0": 0, "5": 1, "4": 2, "3": 3, "2": 4, "1": 5, "11": 6, "12": 7}


def reaches(highest: str, level: str) -> bool:
    """Whether something that goes up to `highest` takes in a level; a code without rank takes in itself alone."""
    if highest not in LEVEL_RANKS or level not in LEVEL_RANKS:
        return highest == level
    return LEVEL_RANKS[level] <= LEVEL_RANKS[highest]
