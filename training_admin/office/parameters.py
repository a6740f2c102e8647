"""Figures every room may need: district code, working calendar, length of public notices, how long records are kept.

The dated values live in the policy packs; names follow the keys.
"""

from training_admin.kit.dated import Parameter, Unit

# District.
DISTRICT_CODE: Parameter[str] = Parameter("district.code", Unit.CODE, "行政区划代码")

# Working calendar (WD-02).
CALENDAR_MISSING_YEAR: Parameter[str] = Parameter("calendar.missing_year", Unit.CHOICE, "缺年历处理")

# Public notice (PUB-01).
PUB_WORKDAYS: Parameter[int] = Parameter("pub.workdays", Unit.WORKDAYS, "公示期")

# Retention.
REC_CLASS_FILE_YEARS: Parameter[int] = Parameter("rec.class_file_years", Unit.YEARS, "班期档案保存")
REC_VOUCHER_YEARS: Parameter[int] = Parameter("rec.voucher_years", Unit.YEARS, "会计凭证保存")
REC_PIA_YEARS: Parameter[int] = Parameter("rec.pia_years", Unit.YEARS, "影响评估记录保存")
REC_NETLOG_MONTHS: Parameter[int] = Parameter("rec.netlog_months", Unit.MONTHS, "网络日志保存")
