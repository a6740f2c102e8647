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
