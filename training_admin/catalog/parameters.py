"""Figures of classes, of their running, of their filing and of yearly plans (policy.md CLS-01 … CLS-04, ATT-01, FILE-01, ENT-05).

The dated values live in the policy packs; names follow the keys.
"""

from training_admin.kit.dated import Parameter, Unit

# Classes (CLS-01 … CLS-04).
CLASS_HOUR_MINUTES: Parameter[int] = Parameter("class.hour_minutes", Unit.MINUTES, "课时分钟")
CLASS_DAY_HOURS_MAX: Parameter[int] = Parameter("class.day_hours_max", Unit.HOURS, "日课时上限")
CLASS_SIZE_MAX: Parameter[int] = Parameter("class.size_max", Unit.PEOPLE, "班级上限")
CLASS_SIZE_MIN: Parameter[int] = Parameter("class.size_min", Unit.PEOPLE, "班级下限")
CLASS_THEORY_MIN: Parameter[int] = Parameter("class.theory_min", Unit.SHARE_BP, "理论占比下限")
CLASS_PRACTICE_MIN: Parameter[int] = Parameter("class.practice_min", Unit.SHARE_BP, "实操占比下限")
CLASS_SAFETY_HOURS_MIN: Parameter[int] = Parameter("class.safety_hours_min", Unit.HOURS, "安全教育课时")
CLASS_ONLINE_SHARE_MAX: Parameter[int] = Parameter("class.online_share_max", Unit.SHARE_BP, "线上课时占比上限")

# Attendance of one person (ATT-01).
ATT_PERSON_MIN: Parameter[int] = Parameter("att.person_min", Unit.SHARE_BP, "个人出勤率")

# Filing (FILE-01).
FILE_BEFORE_START_WORKDAYS: Parameter[int] = Parameter("file.before_start_workdays", Unit.WORKDAYS, "开班备案提前")
FILE_REVIEW_WORKDAYS: Parameter[int] = Parameter("file.review_workdays", Unit.WORKDAYS, "备案审核")

# The firm's own training levy, shown with its yearly plan (ENT-05).
ENT_EDU_FUND_RATE_BASE: Parameter[int] = Parameter("ent.edu_fund.rate_base", Unit.SHARE_BP, "职工教育经费提取比例")
ENT_EDU_FUND_RATE_HIGH: Parameter[int] = Parameter("ent.edu_fund.rate_high", Unit.SHARE_BP, "职工教育经费提取比例(高)")
ENT_EDU_FUND_FRONTLINE_MIN: Parameter[int] = Parameter("ent.edu_fund.frontline_min", Unit.SHARE_BP, "一线职工使用比例")

# Visits of classes (INSP-01).
INSP_ONSITE_PER_CLASS: Parameter[int] = Parameter("insp.onsite_per_class", Unit.TIMES, "每班现场检查")
INSP_PEOPLE_MIN: Parameter[int] = Parameter("insp.people_min", Unit.PEOPLE, "检查人数")
INSP_RECORD_WITHIN_DAYS: Parameter[int] = Parameter("insp.record_within_days", Unit.DAYS, "检查录入")
