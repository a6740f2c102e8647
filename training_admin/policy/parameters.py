"""Figures that say how figures themselves are read: the day that picks a version, and the scale and rounding of money.

The dated values live in the policy packs; names follow the keys.
"""

from training_admin.kit.dated import Parameter, Unit

# Day that picks the version (VER-01).
VERSION_CLASS_PICK_DATE: Parameter[str] = Parameter("version.class_pick_date", Unit.CHOICE, "目录版本适用日")
VERSION_CERTIFICATE_PICK_DATE: Parameter[str] = Parameter("version.certificate_pick_date", Unit.CHOICE, "证书补贴适用日")
VERSION_APPRENTICE_PICK_DATE: Parameter[str] = Parameter("version.apprentice_pick_date", Unit.CHOICE, "学徒制标准适用日")

# Rounding (MONEY-01, MONEY-02).
MONEY_SCALE: Parameter[int] = Parameter("money.scale", Unit.DIGITS, "金额小数位")
MONEY_ROUNDING_STANDARD: Parameter[str] = Parameter("money.rounding.standard", Unit.CHOICE, "标准类舍入")
MONEY_ROUNDING_COST: Parameter[str] = Parameter("money.rounding.cost", Unit.CHOICE, "成本类舍入")
