"""Figures of the new-style apprenticeship (policy.md part 4).

The dated values live in the policy packs; names follow the keys.
"""

from training_admin.kit.dated import Parameter, Unit

# Standards are per person-year, hours per year.
APP_FLOOR: Parameter[int] = Parameter("app.floor", Unit.FEN, "国家最低标准")
APP_STANDARD_L5: Parameter[int] = Parameter("app.standard.L5", Unit.FEN, "学徒制补贴 5级")
APP_STANDARD_L4: Parameter[int] = Parameter("app.standard.L4", Unit.FEN, "学徒制补贴 4级")
APP_STANDARD_L3: Parameter[int] = Parameter("app.standard.L3", Unit.FEN, "学徒制补贴 3级")
APP_STANDARD_L2: Parameter[int] = Parameter("app.standard.L2", Unit.FEN, "学徒制补贴 2级")
APP_STANDARD_L1: Parameter[int] = Parameter("app.standard.L1", Unit.FEN, "学徒制补贴 1级")
APP_ADVANCE_MAX: Parameter[int] = Parameter("app.advance_max", Unit.SHARE_BP, "预拨上限")
APP_COMPLETION_ONLY_FACTOR: Parameter[int] = Parameter("app.completion_only_factor", Unit.FACTOR_BP, "仅结业系数")
APP_MONTHS_MIN: Parameter[int] = Parameter("app.months_min", Unit.MONTHS, "最短期限")
APP_MONTHS_MAX: Parameter[int] = Parameter("app.months_max", Unit.MONTHS, "一般最长")
APP_MONTHS_ABS_MAX: Parameter[int] = Parameter("app.months_abs_max", Unit.MONTHS, "特殊最长")
APP_CONTRACT_MONTHS_MIN: Parameter[int] = Parameter("app.contract_months_min", Unit.MONTHS, "合同期限")
APP_SIGNED_WITHIN_MONTHS: Parameter[int] = Parameter("app.signed_within_months", Unit.MONTHS, "新招/转岗窗口")
APP_HOURS_MIN_L5: Parameter[int] = Parameter("app.hours_min.L5", Unit.HOURS, "最低总课时 5级")
APP_HOURS_MIN_L4: Parameter[int] = Parameter("app.hours_min.L4", Unit.HOURS, "最低总课时 4级")
APP_HOURS_MIN_L3: Parameter[int] = Parameter("app.hours_min.L3", Unit.HOURS, "最低总课时 3级")
APP_HOURS_MIN_L2: Parameter[int] = Parameter("app.hours_min.L2", Unit.HOURS, "最低总课时 2级")
APP_HOURS_MIN_L1: Parameter[int] = Parameter("app.hours_min.L1", Unit.HOURS, "最低总课时 1级")
APP_SHARE_GENERAL: Parameter[tuple[int, ...]] = Parameter("app.share.general", Unit.SHARE_RANGE_BP, "通用素质课占比")
APP_SHARE_THEORY_MIN: Parameter[int] = Parameter("app.share.theory_min", Unit.SHARE_BP, "专业基础课占比")
APP_SHARE_PRACTICE: Parameter[tuple[int, ...]] = Parameter("app.share.practice", Unit.SHARE_RANGE_BP, "操作技能课占比")
APP_VIDEO_SHARE_MIN: Parameter[int] = Parameter("app.video_share_min", Unit.SHARE_BP, "线下课堂录像占比")
APP_MENTOR_MAX: Parameter[int] = Parameter("app.mentor.max", Unit.PEOPLE, "每名导师带徒")
APP_CLASS_MAX: Parameter[int] = Parameter("app.class.max", Unit.PEOPLE, "学徒班上限")
APP_WAGE_MIN_MONTH: Parameter[int] = Parameter("app.wage.min_month", Unit.FEN, "最低月工资")
APP_NO_OTHER_SUBSIDY: Parameter[bool] = Parameter("app.no_other_subsidy", Unit.SWITCH, "学徒期内不重复")

# Master-apprentice grants of Tianjin, 津人社局发〔2022〕20号 (TJ-22).
MENTOR_AMOUNT_PER_FULL_12_MONTHS: Parameter[int] = Parameter("mentor.amount_per_full_12_months", Unit.FEN, "师带徒补贴·每名学徒每满12个月")
MENTOR_APPRENTICES_MAX: Parameter[int] = Parameter("mentor.apprentices_max", Unit.PEOPLE, "师带徒学徒人数上限")
MENTOR_MONTHS_MAX: Parameter[int] = Parameter("mentor.months_max", Unit.MONTHS, "师带徒期限上限")
