"""Figures of paying, fining and recovering money.

The dated values live in the policy packs; names follow the keys.
"""

from training_admin.kit.dated import Parameter, Unit

# Payment.
PAY_WORKDAYS_AFTER_PUB: Parameter[int] = Parameter("pay.workdays_after_pub", Unit.WORKDAYS, "拨付时限")

# Fines and credit records (PEN-02, PEN-04).
PEN_FINE_MIN: Parameter[int] = Parameter("pen.fine_min", Unit.SHARE_BP, "罚款下限")
PEN_FINE_MAX: Parameter[int] = Parameter("pen.fine_max", Unit.SHARE_BP, "罚款上限")
