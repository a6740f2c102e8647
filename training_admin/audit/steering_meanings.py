"""What each indicator means: its name, unit and formula, and the figure of the policy that is its target."""

from collections.abc import Mapping

from training_admin.audit import parameters as p
from training_admin.audit.steering_facts import Indicator, Meaning
from training_admin.kit.dated import Unit

MEANINGS: Mapping[Indicator, Meaning] = {
    Indicator.TRAINED: Meaning(
        "培训人数", Unit.PEOPLE, "年度内结业且考核合格的人（同一人只计一次，各渠道去重）", adds_up=True, parameter=p.TARGET_TRAINED_PER_YEAR
    ),
    Indicator.APPRENTICES: Meaning(
        "学徒人数", Unit.PEOPLE, "已备案、年度内在册的学徒", adds_up=True, parameter=p.TARGET_APPRENTICES_PER_YEAR
    ),
    Indicator.PASS_RATE: Meaning("考核合格率", Unit.SHARE_BP, "考核合格 ÷ 备案人次", parameter=p.TARGET_PASS_RATE),
    Indicator.CERTIFICATE_RATE: Meaning(
        "取证率", Unit.SHARE_BP, "取得等级证书 ÷ 等级班考核合格人次（已结班）", parameter=p.TARGET_CERTIFICATE_RATE
    ),
    Indicator.PAID_IN_TIME: Meaning(
        "按期拨付率", Unit.SHARE_BP, "公示期满后在期限内拨付的笔数 ÷ 到期应拨付的笔数", parameter=p.TARGET_PAID_IN_TIME
    ),
    Indicator.AVERAGE: Meaning("人均补贴", Unit.FEN, "本年已拨付 ÷ 本系统培训人数", least=False),
    Indicator.HIGH_SKILLED: Meaning(
        "高技能占比",
        Unit.SHARE_BP,
        "本年高级工以上证书 ÷ 本年等级证书（全区技能人才登记尚未交付，以此代替）",
        parameter=p.TARGET_HIGHSKILL_SHARE,
    ),
    Indicator.STILL_EMPLOYED: Meaning(
        "半年后仍就业", Unit.SHARE_BP, "结业满 6 个月当月仍有单位参保的人 ÷ 该月社保数据已交付的人", parameter=p.TARGET_STILL_EMPLOYED
    ),
    Indicator.FIRMS: Meaning("受益企业", Unit.TIMES, "本年收到拨付的企业（家）", adds_up=True, parameter=p.TARGET_FIRMS),
    Indicator.TRAINEES_SATISFIED: Meaning("学员满意度", Unit.SHARE_BP, "结业时评分合计 ÷ 满分合计", parameter=p.TARGET_SATISFIED),
    Indicator.FIRMS_SATISFIED: Meaning("企业满意度", Unit.SHARE_BP, "好差评评分合计 ÷ 满分合计", parameter=p.TARGET_SATISFIED),
    Indicator.EXECUTION: Meaning("预算执行率", Unit.SHARE_BP, "本年已拨付 ÷ 本年预算指标", adds_up=True, parameter=p.TARGET_EXECUTION),
    Indicator.TOP_TALENT: Meaning("首席技师、领军人才", Unit.PEOPLE, "规划期五年合计，按名单计", parameter=p.TARGET_TOP_TALENT_5Y),
}
