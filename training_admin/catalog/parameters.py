"""Figures of classes and of their filing: hours, size, mix, times to file and to review (policy.md CLS-01 … CLS-04, FILE-01).

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

# Filing (FILE-01).
FILE_BEFORE_START_WORKDAYS: Parameter[int] = Parameter("file.before_start_workdays", Unit.WORKDAYS, "开班备案提前")
FILE_REVIEW_WORKDAYS: Parameter[int] = Parameter("file.review_workdays", Unit.WORKDAYS, "备案审核")
