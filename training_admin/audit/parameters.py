"""Figures of doubts, of performance evaluation and the yearly targets of the district plan (policy.md part 10).

The dated values live in the policy packs; names follow the keys.
"""

from training_admin.kit.dated import Parameter, Unit

# Weights and grades.
PERF_WEIGHT_EXEC: Parameter[int] = Parameter("perf.weight.exec", Unit.POINTS, "预算执行率")
PERF_WEIGHT_OUTPUT: Parameter[int] = Parameter("perf.weight.output", Unit.POINTS, "产出")
PERF_WEIGHT_BENEFIT: Parameter[int] = Parameter("perf.weight.benefit", Unit.POINTS, "效益")
PERF_WEIGHT_SATISFACTION: Parameter[int] = Parameter("perf.weight.satisfaction", Unit.POINTS, "满意度")
PERF_GRADES: Parameter[dict[str, int]] = Parameter("perf.grades", Unit.GRADES, "评价等级")

# Doubts: from where on something is worth a look (policy.md 7.4); no paper of the district gives them.
AUDIT_SESSION_FROM: Parameter[int] = Parameter("audit.session_from", Unit.MINUTES, "授课最早时刻（自零时起）")
AUDIT_SESSION_TO: Parameter[int] = Parameter("audit.session_to", Unit.MINUTES, "授课最晚时刻（自零时起）")
AUDIT_EXAM_SHARE: Parameter[int] = Parameter("audit.exam_share", Unit.SHARE_BP, "取证前最少课时占比")
AUDIT_SIGN_PEOPLE: Parameter[int] = Parameter("audit.sign_people", Unit.PEOPLE, "签到整齐最少人数")
AUDIT_DEVICE_PEOPLE: Parameter[int] = Parameter("audit.device_people", Unit.PEOPLE, "同一设备签到人数上限")
AUDIT_SPLIT_THRESHOLD: Parameter[int] = Parameter("audit.split_threshold", Unit.FEN, "审批额度")
AUDIT_SPLIT_SHARE: Parameter[int] = Parameter("audit.split_share", Unit.SHARE_BP, "接近审批额度")
AUDIT_SPLIT_CLAIMS: Parameter[int] = Parameter("audit.split_claims", Unit.TIMES, "拆分申报份数")
AUDIT_SPLIT_DAYS: Parameter[int] = Parameter("audit.split_days", Unit.DAYS, "拆分申报期间")
AUDIT_RETURN_DAYS: Parameter[int] = Parameter("audit.return_days", Unit.DAYS, "退票重拨期限")
AUDIT_FAILED_SHARE: Parameter[int] = Parameter("audit.failed_share", Unit.SHARE_BP, "不合格班期占比上限")

# What has to be put right (整改): the clocks of working days.
AUDIT_FIX_WORKDAYS: Parameter[int] = Parameter("audit.fix_workdays", Unit.WORKDAYS, "整改期限（阻断、高）")
AUDIT_FIX_WORKDAYS_MEDIUM: Parameter[int] = Parameter("audit.fix_workdays_medium", Unit.WORKDAYS, "整改期限（中）")
AUDIT_ACCEPT_WORKDAYS: Parameter[int] = Parameter("audit.accept_workdays", Unit.WORKDAYS, "整改验收时限")
AUDIT_REMIND_WORKDAYS: Parameter[int] = Parameter("audit.remind_workdays", Unit.WORKDAYS, "整改到期前提醒")

# Which street answers for a claim: TAX (where taxes are paid) or REGISTERED.
ROUTE_STREET_BY: Parameter[str] = Parameter("route.street_by", Unit.CHOICE, "承办街镇依据")

# Targets of the plan period.
TARGET_TRAINED_PER_YEAR: Parameter[int] = Parameter("target.trained_per_year", Unit.PEOPLE, "年度培训人数")
TARGET_APPRENTICES_PER_YEAR: Parameter[int] = Parameter("target.apprentices_per_year", Unit.PEOPLE, "年度学徒")
TARGET_TOP_TALENT_5Y: Parameter[int] = Parameter("target.top_talent_5y", Unit.PEOPLE, "首席技师/领军人才")
TARGET_HIGHSKILL_SHARE: Parameter[int] = Parameter("target.highskill_share", Unit.SHARE_BP, "高技能人才占比")

# Targets of the performance table that no paper of the district gives (policy.md part 10).
TARGET_PASS_RATE: Parameter[int] = Parameter("target.pass_rate", Unit.SHARE_BP, "考核合格率目标")
TARGET_CERTIFICATE_RATE: Parameter[int] = Parameter("target.certificate_rate", Unit.SHARE_BP, "取证率目标")
TARGET_PAID_IN_TIME: Parameter[int] = Parameter("target.paid_in_time", Unit.SHARE_BP, "按期拨付率目标")
TARGET_STILL_EMPLOYED: Parameter[int] = Parameter("target.still_employed", Unit.SHARE_BP, "半年后仍就业目标")
TARGET_FIRMS: Parameter[int] = Parameter("target.firms", Unit.TIMES, "受益企业目标（家）")
TARGET_SATISFIED: Parameter[int] = Parameter("target.satisfied", Unit.SHARE_BP, "满意度目标")
TARGET_EXECUTION: Parameter[int] = Parameter("target.execution", Unit.SHARE_BP, "预算执行率目标")

# Below which share of what is expected by the day an indicator has an alarm.
ALARM_YELLOW: Parameter[int] = Parameter("alarm.yellow", Unit.SHARE_BP, "黄色预警线")
ALARM_ORANGE: Parameter[int] = Parameter("alarm.orange", Unit.SHARE_BP, "橙色预警线")
ALARM_RED: Parameter[int] = Parameter("alarm.red", Unit.SHARE_BP, "红色预警线")
