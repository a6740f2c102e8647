"""Which prompt counts, how it speaks in errors, and what it changed."""

from datetime import UTC, datetime

from training_admin.subsidy.form import CellProblem
from training_admin.subsidy.prompt_facts import Prompt, current, effects, spoken
from training_admin.subsidy.quality_facts import FilledIn

ROSTER, FIELD = "参训人员花名册", "证件号码"


def day(number: int) -> datetime:
    return datetime(2026, 6, number, tzinfo=UTC)


def wrong(cell: str, field: str = FIELD) -> CellProblem:
    return CellProblem(ROSTER, cell, "E1", f"“{field}”有误。")


PROMPTS = (
    Prompt(ROSTER, FIELD, 1, "一", "少错", "初审员", day(10)),
    Prompt(ROSTER, FIELD, 2, "二", "再少错", "初审员", day(20)),
    Prompt(ROSTER, "姓名", 1, "三", "少错", "初审员", day(15)),
)


def test_the_newest_text_counts_and_is_spoken_where_it_belongs() -> None:
    assert current(reversed(PROMPTS)) == {(ROSTER, FIELD): "二", (ROSTER, "姓名"): "三"}
    found = spoken((wrong("E5"), wrong("F5", "手机号码")), current(PROMPTS))
    assert [each.message for each in found] == ["“证件号码”有误。填写要求：二", "“手机号码”有误。"]


def test_each_version_is_measured_over_its_own_days() -> None:
    claims = [
        FilledIn("1", "A", "甲厂", "", 100, (wrong("E5"), wrong("E5"), wrong("E6"), wrong("D5", "姓名")), day(9)),
        FilledIn("2", "A", "甲厂", "", 100, (wrong("E5"),), day(10)),
        FilledIn("3", "B", "乙厂", "", 50, (), day(20)),
    ]
    found = {(each.field, each.version): each for each in effects(claims, PROMPTS, {(ROSTER, FIELD): "原"})}
    counted = {key: (each.rate.wrong, each.rate.count) for key, each in found.items()}
    assert counted == {(FIELD, 0): (2, 100), (FIELD, 1): (1, 100), (FIELD, 2): (0, 50), ("姓名", 0): (1, 200), ("姓名", 1): (0, 50)}
    assert (found[FIELD, 0].text, found[FIELD, 0].since, found["姓名", 0].text) == ("原", None, "")
