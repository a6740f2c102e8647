"""Recorded figures in words, and a sentence for every step that prices and ceilings can record."""

import ast
from pathlib import Path
from types import ModuleType

import pytest

from training_admin.apprenticeship import amounts as apprenticeship
from training_admin.kit.steps import Step
from training_admin.subsidy import amounts, ceiling
from training_admin.subsidy.parameters import ENT_BASE_PRICE_FACTOR
from training_admin.subsidy.phrases import PARAMETERS, STEP_WORDS, number_words, pattern, sentence, step_words

# The code is the second argument of a step, sometimes chosen between two.
CODE_PLACE = 1
OF_A_LINE = {"person_cap_left", "line_cut", "app_advance_share", "app_settlement_share"}
# Steps of Tianjin's grants are seen in examples only, as numbers.
OF_EXAMPLES = {"mentor_grant", "app_certified"}


def codes_of(module: ModuleType) -> set[str]:
    """Every code a module gives to a step, read from its source."""
    assert module.__file__ is not None
    found: set[str] = set()
    for node in ast.walk(ast.parse(Path(module.__file__).read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Step":
            code = node.args[CODE_PLACE]
            branches = (code.body, code.orelse) if isinstance(code, ast.IfExp) else (code,)
            found.update(getattr(module, each.id) if isinstance(each, ast.Name) else ast.literal_eval(each) for each in branches)
    return found


def test_every_step_has_its_sentence() -> None:
    codes = (codes_of(amounts) | codes_of(ceiling) | codes_of(apprenticeship)) - OF_EXAMPLES
    assert len(codes) > 15
    assert {name.partition(".")[0] for name in STEP_WORDS} == codes | OF_A_LINE


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("floor_fen", 123456, "1,234.56"),
        ("minimum_bp", 8000, "80.00%"),
        ("attended_centihours", 9650, "96.5"),
        ("age_months", 195, "16岁3个月"),
        ("enrolled", 25, "25"),
        ("start", "2026-03-09", "2026年3月9日"),
        ("year_end", "05-31", "5月31日"),
        ("contract_end", None, "无固定期限"),
        ("latest", None, "无"),
        ("missing_months", "", "无"),
        ("base", True, "是"),
        ("fund", "UI", "失业保险基金"),
        ("fund", "OTHER", "OTHER"),
        ("paid_level", "3", "三级/高级工"),
        ("required", "310117", "松江区"),
        ("key", "att.person_min", "个人出勤率"),
        ("key", "SJ2026-A-008", "SJ2026-A-008"),
    ],
)
def test_a_figure_reads_by_its_name(name: str, value: int | str | bool | None, words: str) -> None:
    assert number_words(name, value) == words


def test_a_sentence_is_filled_and_a_pattern_left_open() -> None:
    assert sentence("出勤 {attended_centihours} 课时。", {"attended_centihours": 100}) == "出勤 1 课时。"
    assert pattern("出勤 {attended_centihours} 课时。") == "出勤 …… 课时。"


HOURS = {"counted_centihours": 9000, "standard_centihours": 12000, "minimum_bp": 7000}


@pytest.mark.parametrize(
    ("step", "formula"),
    [
        pytest.param(
            Step("ENT-12", "hours_factor", {**HOURS, "counted_centihours": 12000, "factor_bp": 10000, "base": False}, 200_000),
            "计入 120 课时，达到标准 120 课时，取标准价 = 2,000.00 元",
            id="full hours",
        ),
        pytest.param(
            Step("ENT-12", "hours_factor", {**HOURS, "factor_bp": 10000, "base": True}, 140_000),
            "计入 90 课时，不足标准 120 课时但达到其 70.00%，取基本价 = 1,400.00 元",
            id="base price",
        ),
        pytest.param(
            Step("ENT-12", "hours_factor", {**HOURS, "factor_bp": 7000, "base": True}, 200_000, (ENT_BASE_PRICE_FACTOR.key,)),
            "计入 90 课时，不足标准 120 课时但达到其 70.00%，取标准价并乘以基本价系数 70.00% = 2,000.00 元",
            id="factor of the base price",
        ),
        pytest.param(
            Step("ENT-12", "hours_factor", {**HOURS, "factor_bp": None, "base": True}, 0),
            "计入 90 课时，不足标准 120 课时的 70.00%，不予计价 = 0.00 元",
            id="too few hours",
        ),
        pytest.param(
            Step("ENT-10", "by_standard", {"amount_fen": 200_000, "factor_bp": 10000, "share_bp": 6000, "urgent": False}, 120_000),
            "标准补贴 2,000.00 元 × 60.00% = 1,200.00 元",
            id="by standard",
        ),
        pytest.param(
            Step("ENT-10", "by_standard", {"amount_fen": 200_000, "factor_bp": 7000, "share_bp": 6000, "urgent": False}, 84_000),
            "标准补贴 2,000.00 元 × 系数 70.00% × 60.00% = 840.00 元",
            id="by standard with a factor",
        ),
        pytest.param(
            Step("CEIL-01", "ceiling_by_surcharge", {"surcharge_fen": 100, "size": "M", "ratio_bp": 8000}, 80),
            "上年度实缴地方教育附加 1.00 元 × 中型企业比例 80.00% = 0.80 元",
            id="ceiling",
        ),
    ],
)
def test_a_step_shows_its_formula_with_numbers(step: Step, formula: str) -> None:
    assert step_words(step).formula == formula


def test_parameters_are_found_in_every_room_to_the_left() -> None:
    assert {"district.code", "att.person_min", "ent.line.mode", "money.scale"} <= PARAMETERS.keys()
