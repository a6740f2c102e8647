"""Recorded numbers in words: each figure of a finding or step by its name, and one sentence for each step of an amount.

The suffix of a figure's name says what it is: `_fen` yuan, `_bp` percent, `_centihours` training hours, `_months` an age.
The unit word stands in the sentence, not in the number.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from types import ModuleType
from typing import Any

import msgspec

from training_admin.apprenticeship import parameters as apprenticeship_figures
from training_admin.catalog import parameters as catalog_figures
from training_admin.catalog.facts import FUND_WORDS, LEVEL_WORDS
from training_admin.fund import parameters as fund_figures
from training_admin.kit import wording
from training_admin.kit.dated import Parameter
from training_admin.kit.money import WHOLE_BP, yuan_grouped
from training_admin.kit.rulebook import Number
from training_admin.kit.steps import Step
from training_admin.office import parameters as office_figures
from training_admin.parties import parameters as parties_figures
from training_admin.parties.facts import SIZE_WORDS
from training_admin.policy import parameters as policy_figures
from training_admin.subsidy import parameters as subsidy_figures
from training_admin.subsidy.parameters import ENT_BASE_PRICE_FACTOR

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PLACEHOLDER = re.compile(r"\{\w+\}")
RELATION_WORDS = {
    "OWN": "本单位职工",
    "DISPATCHED_HERE": "派遣至本单位",
    "DISPATCHED_TO_OTHER": "派遣至其他单位",
    "PLATFORM_WORKER": "平台从业人员",
}
CLAIMANT_WORDS = {"ENTERPRISE": "企业", "DISPATCH_AGENCY": "劳务派遣单位", "PLATFORM": "平台企业"}
DISTRICT_WORDS = {
    "310101": "黄浦区",
    "310104": "徐汇区",
    "310105": "长宁区",
    "310106": "静安区",
    "310107": "普陀区",
    "310109": "虹口区",
    "310110": "杨浦区",
    "310112": "闵行区",
    "310113": "宝山区",
    "310114": "嘉定区",
    "310115": "浦东新区",
    "310116": "金山区",
    "310117": "松江区",
    "310118": "青浦区",
    "310120": "奉贤区",
    "310151": "崇明区",
}
CODE_WORDS: Mapping[str, Mapping[str, str]] = {
    "fund": FUND_WORDS,
    "relation": RELATION_WORDS,
    "claimant": CLAIMANT_WORDS,
    "tax_district": DISTRICT_WORDS,
    "required": DISTRICT_WORDS,
    "level": LEVEL_WORDS,
    "paid_level": LEVEL_WORDS,
    "joined_as": {"hired": "新招用", "transferred": "转岗", "in_service": "在岗"},
    "size": SIZE_WORDS,
    "mode": {"THEORY": "理论", "MIXED": "综合（含实操）"},
}
NONE_WORDS = {
    "contract_start": "（未填写）",
    "contract_end": "无固定期限",
    "approved_at": "尚未审核通过",
    "filed_at": "未备案",
    "cooperation_on": "未签订",
    "lasting": "起始日未填写",
    "video_centihours": "未记录的",
    "status": "未登记",
}


def _parameters(*modules: ModuleType) -> dict[str, Parameter[Any]]:
    """Every figure declared in the modules, alone or in a table of figures, by key."""
    found: dict[str, Parameter[Any]] = {}
    for module in modules:
        for value in vars(module).values():
            each = value.values() if isinstance(value, dict) else (value,)
            found.update({one.key: one for one in each if isinstance(one, Parameter)})
    return found


PARAMETERS = _parameters(
    *(policy_figures, office_figures, parties_figures, fund_figures, catalog_figures, apprenticeship_figures, subsidy_figures)
)


def number_words(name: str, value: Number) -> str:
    """One recorded figure by its name, without unit word."""
    if value is None:
        return NONE_WORDS.get(name, wording.NOTHING)
    if isinstance(value, bool):
        return wording.yes_no(value)
    return _whole_words(name, value) if isinstance(value, int) else _text_words(name, value)


def _whole_words(name: str, value: int) -> str:
    if name.endswith("_fen"):
        return yuan_grouped(value)
    if name.endswith("_bp"):
        return wording.percent(value)
    if name.endswith("_centihours"):
        return wording.hundredths(value)
    return wording.age(value) if name.endswith("_months") else str(value)


def _text_words(name: str, value: str) -> str:
    if name == "key" and value in PARAMETERS:
        return PARAMETERS[value].meaning
    if name == "year_end":
        return wording.day_of_year(value)
    if _DAY.fullmatch(value):
        return wording.day(date.fromisoformat(value))
    return CODE_WORDS.get(name, {}).get(value, value) or wording.NOTHING


def sentence(template: str, figures: Mapping[str, Number]) -> str:
    """A Chinese template filled from recorded figures."""
    return template.format_map({name: number_words(name, value) for name, value in figures.items()})


def pattern(template: str) -> str:
    """A template as shown in the list of rules, each figure an open place."""
    return _PLACEHOLDER.sub("……", template)


class StepWords(msgspec.Struct, frozen=True):
    """How one kind of step reads: its label and its formula, to which the result is added."""

    label: str
    formula: str


STEP_WORDS: Mapping[str, StepWords] = {
    "hours_factor.full": StepWords("课时核定", "计入 {counted_centihours} 课时，达到标准 {standard_centihours} 课时，取标准价"),
    "hours_factor.base": StepWords(
        "课时核定",
        "计入 {counted_centihours} 课时，不足标准 {standard_centihours} 课时但达到其 {minimum_bp}，取基本价",
    ),
    "hours_factor.by_factor": StepWords(
        "课时核定",
        "计入 {counted_centihours} 课时，不足标准 {standard_centihours} 课时但达到其 {minimum_bp}，取标准价并乘以基本价系数 {factor_bp}",
    ),
    "hours_factor.none": StepWords(
        "课时核定", "计入 {counted_centihours} 课时，不足标准 {standard_centihours} 课时的 {minimum_bp}，不予计价"
    ),
    "pilot_uplift": StepWords("重点领域上浮", "{amount_fen} 元 × （1 + {uplift_bp}）"),
    "by_standard.full": StepWords("按标准计算", "标准补贴 {amount_fen} 元 × {share_bp}"),
    "by_standard.by_factor": StepWords("按标准计算", "标准补贴 {amount_fen} 元 × 系数 {factor_bp} × {share_bp}"),
    "by_cost": StepWords("按费用计算", "认定费用 {eligible_cost_fen} 元 ÷ {heads} 人 × {share_bp}"),
    "standard_only": StepWords("人均补贴", "按标准计算 {by_standard_fen} 元"),
    "cost_only": StepWords("人均补贴", "按实际费用计算 {by_cost_fen} 元（按标准为 {by_standard_fen} 元）"),
    "lower_of": StepWords("人均补贴", "按标准 {by_standard_fen} 元与按费用 {by_cost_fen} 元，取低"),
    "hours_capped": StepWords(
        "按课时计算", "计入 {counted_centihours} 课时，补贴课时上限 {most_centihours} 课时，按 {paid_centihours} 课时乘以课时标准"
    ),
    "post_amount": StepWords(
        "岗位培训标准",
        "{mode}课时标准 {rate_fen} 元 × {paid_centihours} 课时 + 理论考核 {theory_fen} 元 + 操作考核 {practical_fen} 元",
    ),
    "person_year_cap": StepWords("年度上限", "按费用 {by_cost_fen} 元与每人每年上限 {cap_fen} 元，取低"),
    "online_capped": StepWords(
        "线上培训", "费用 {eligible_cost_fen} 元 ÷ {heads} 人 × {share_bp} = {by_cost_fen} 元，与每人每项上限 {cap_fen} 元取低"
    ),
    "hour_rate_capped": StepWords(
        "按课时计算", "课时标准 {rate_fen} 元 × {counted_centihours} 课时 = {by_hours_fen} 元，与每人每项上限 {cap_fen} 元取低"
    ),
    "hour_rate_too_short": StepWords("按课时计算", "计入 {counted_centihours} 课时，不足最低 {least_centihours} 课时，不予计价"),
    "ceiling_by_surcharge": StepWords("限额计算", "上年度实缴地方教育附加 {surcharge_fen} 元 × {size}企业比例 {ratio_bp}"),
    "ceiling_floor": StepWords("补贴限额", "限额计算结果与保底额 {floor_fen} 元，取高"),
    "ceiling_left": StepWords("剩余限额", "补贴限额 {ceiling_fen} 元 − 本年度已补贴 {paid_fen} 元（最低为 0）"),
    "ceiling_cut": StepWords("限额核减", "测算合计 {computed_fen} 元 − 核减 {cut_fen} 元"),
    "person_cap_left": StepWords("本人剩余额度", "人均补贴 {per_head_fen} 元与本人本年度剩余额度 {cap_left_fen} 元，取低"),
    "line_cut": StepWords("限额内分摊", "测算 {computed_fen} 元，因补贴限额不足按比例核减 {cut_fen} 元（尾差归余数最大者）"),
    "app_standard.filed": StepWords("补贴标准", "{level}每人每年标准"),
    "app_standard.lower": StepWords("补贴标准", "取得的等级低于备案等级，按{level}每人每年标准"),
    "app_months": StepWords("人均补贴", "每年 {yearly_fen} 元 × {term} 个月 ÷ 12"),
    "app_completed_only": StepWords("人均补贴", "每年 {yearly_fen} 元 × {term} 个月 ÷ 12 × 仅结业系数 {factor_bp}"),
    "app_excused": StepWords("人均补贴", "因工伤或企业关闭离职，每年 {yearly_fen} 元 × 已完成 {term} 个月 ÷ 12"),
    "app_not_completed": StepWords("人均补贴", "未完成培养，结果系数为零"),
    "app_advance": StepWords("预拨", "备案计划合计 {planned_fen} 元 × 预拨上限 {share_bp}（舍去不足一分的部分）"),
    "app_settlement.due": StepWords("结算", "应得合计 {entitled_fen} 元 − 已预拨 {advance_fen} 元"),
    "app_settlement.back": StepWords("结算", "应得合计 {entitled_fen} 元 − 已预拨 {advance_fen} 元，负数为应退回（抵扣）的金额"),
    "app_advance_share": StepWords("本人预拨", "预拨 {stage_fen} 元 × 本人计划 {computed_fen} 元 ÷ 合计 {all_fen} 元（尾差归余数最大者）"),
    "app_settlement_share": StepWords(
        "本人结算", "本次结算 {stage_fen} 元 × 本人应得 {computed_fen} 元 ÷ 合计 {all_fen} 元（尾差归余数最大者）"
    ),
}


def _hours_variant(step: Step) -> str:
    if step.figures["factor_bp"] is None:
        return "none"
    if not step.figures["base"]:
        return "full"
    return "by_factor" if ENT_BASE_PRICE_FACTOR.key in step.keys else "base"


_VARIANTS: Mapping[str, Callable[[Step], str]] = {
    "hours_factor": _hours_variant,
    "app_standard": lambda step: "lower" if step.figures["lower"] else "filed",
    "app_settlement": lambda step: "back" if step.result_fen < 0 else "due",
    "by_standard": lambda step: "full" if step.figures["factor_bp"] == WHOLE_BP else "by_factor",
}


def step_words(step: Step) -> StepWords:
    """Label and formula with numbers of one step, the result behind the equals sign."""
    variant = _VARIANTS.get(step.code)
    words = STEP_WORDS[step.code if variant is None else f"{step.code}.{variant(step)}"]
    return StepWords(words.label, f"{sentence(words.formula, step.figures)} = {yuan_grouped(step.result_fen)} 元")
