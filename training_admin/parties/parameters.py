"""Figures about enterprises and institutions of record.

The dated values live in the policy packs; names follow the keys.
"""

from training_admin.kit.dated import Parameter, Unit

# Fines and credit records (PEN-02, PEN-04).
PEN_CREDIT_YEARS: Parameter[int] = Parameter("pen.credit_years", Unit.YEARS, "失信信息查询期")
