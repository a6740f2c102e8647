"""Figures of performance evaluation and the yearly targets of the district plan (policy.md part 10).

The dated values live in the policy packs; names follow the keys.
"""

from training_admin.kit.dated import Parameter, Unit

# Weights and grades.
PERF_WEIGHT_EXEC: Parameter[int] = Parameter("perf.weight.exec", Unit.POINTS, "预算执行率")
PERF_WEIGHT_OUTPUT: Parameter[int] = Parameter("perf.weight.output", Unit.POINTS, "产出")
PERF_WEIGHT_BENEFIT: Parameter[int] = Parameter("perf.weight.benefit", Unit.POINTS, "效益")
PERF_WEIGHT_SATISFACTION: Parameter[int] = Parameter("perf.weight.satisfaction", Unit.POINTS, "满意度")
PERF_GRADES: Parameter[dict[str, int]] = Parameter("perf.grades", Unit.GRADES, "评价等级")

# Targets of the plan period.
TARGET_TRAINED_PER_YEAR: Parameter[int] = Parameter("target.trained_per_year", Unit.PEOPLE, "年度培训人数")
TARGET_APPRENTICES_PER_YEAR: Parameter[int] = Parameter("target.apprentices_per_year", Unit.PEOPLE, "年度学徒")
TARGET_TOP_TALENT_5Y: Parameter[int] = Parameter("target.top_talent_5y", Unit.PEOPLE, "首席技师/领军人才")
TARGET_HIGHSKILL_SHARE: Parameter[int] = Parameter("target.highskill_share", Unit.SHARE_BP, "高技能人才占比")
