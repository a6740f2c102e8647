"""Policy figures in words: every value of every shipped pack has some, and choices are never shown as codes."""

import pytest

from training_admin.kit.dated import Standing, Unit
from training_admin.policy.canonical import CHOICES
from training_admin.policy.packs import open_pack, shipped_packs
from training_admin.policy.wording import CHOICE_WORDS, full_words, is_assumed, value_words


def test_every_choice_has_words() -> None:
    assert {option for options in CHOICES.values() for option in options} <= CHOICE_WORDS.keys()


@pytest.mark.parametrize("name", shipped_packs())
def test_every_figure_of_a_pack_can_be_shown(name: str) -> None:
    pack = open_pack(name)
    units = {figure.key: Unit[figure.unit] for figure in pack.file.figures}
    for key, values in pack.policy.values.items():
        for value in values:
            words = full_words(units[key], value.value)
            assert words
            assert "_" not in words, key


@pytest.mark.parametrize(
    ("unit", "value", "words"),
    [
        (Unit.FEN, 200_000, "2,000.00 元"),
        (Unit.FEN_PER_HOUR, 1500, "15.00 元/课时"),
        (Unit.SHARE_BP, 8000, "80.00%"),
        (Unit.FACTOR_BP, 7000, "0.7"),
        (Unit.WORKDAYS, 5, "5 工作日"),
        (Unit.SWITCH, True, "是"),
        (Unit.CHOICE, "LOWER_OF", "标准与实际费用取低"),
        (Unit.CODE, "310117", "310117"),
        (Unit.DAY_OF_YEAR, "05-31", "5月31日"),
        (Unit.SHARE_RANGE_BP, (1000, 2000), "10.00% 至 20.00%"),
        (Unit.GRADES, {"优": 90, "良": 80}, "优：90 分及以上，良：80 分及以上"),
    ],
)
def test_a_value_reads_by_its_unit(unit: Unit, value: object, words: str) -> None:
    assert full_words(unit, value) == words  # type: ignore[arg-type] # the table holds every kind of figure


def test_a_value_without_its_unit_word() -> None:
    assert value_words(Unit.FEN, 5) == "0.05"


def test_one_assumed_standing_marks_the_whole() -> None:
    assert is_assumed(Standing.FOUND, Standing.ASSUMED)
    assert not is_assumed(Standing.FOUND, Standing.FOUND_OLD)
