"""Figures of enterprise training, online training, ceilings and certificate subsidies (policy.md parts 3 and 5).

The dated values live in the policy packs; names follow the keys.
"""

from training_admin.kit.dated import Parameter, Unit

# Claimant, lines and levy (policy.md 3.2, 3.3).
ENT_LEVY_RATE: Parameter[int] = Parameter("ent.levy.rate", Unit.SHARE_BP, "地方教育附加征收率")
ENT_LEVY_RELIEF: Parameter[int] = Parameter("ent.levy.relief", Unit.FACTOR_BP, "六税两费减征")
ENT_LEVY_EXEMPT_MONTH_SALES: Parameter[int] = Parameter("ent.levy.exempt_month_sales", Unit.FEN, "免征月销售额")
ENT_TAX_DISTRICT_REQUIRED: Parameter[bool] = Parameter("ent.tax_district_required", Unit.SWITCH, "税收征管在本区")
ENT_DISPATCH_ONLY_EXCLUDED: Parameter[bool] = Parameter("ent.dispatch_only_excluded", Unit.SWITCH, "专营劳务派遣企业除外")
ENT_EDU_FUND_TAX_DEDUCT: Parameter[int] = Parameter("ent.edu_fund.tax_deduct", Unit.SHARE_BP, "税前扣除上限")
ENT_PLAN_APPROVED_BY: Parameter[str] = Parameter("ent.plan.approved_by", Unit.CHOICE, "培训计划审议")
ENT_LINE_MODE: Parameter[str] = Parameter("ent.line.mode", Unit.CHOICE, "补贴计算方式")
ENT_SHARE_CATALOG_URGENT: Parameter[int] = Parameter("ent.share.catalog.urgent", Unit.SHARE_BP, "在职·紧缺急需比例")
ENT_SHARE_CATALOG_OTHER: Parameter[int] = Parameter("ent.share.catalog.other", Unit.SHARE_BP, "在职·其他比例")
ENT_COST_SHARE_OFFLINE: Parameter[int] = Parameter("ent.cost_share.offline", Unit.SHARE_BP, "实际费用比例")
ENT_BASE_PRICE_HOURS_MIN: Parameter[int] = Parameter("ent.base_price.hours_min", Unit.SHARE_BP, "基本价课时下限")
ENT_BASE_PRICE_FACTOR: Parameter[int] = Parameter("ent.base_price.factor", Unit.FACTOR_BP, "基本价系数")
ENT_PILOT_UPLIFT: Parameter[int] = Parameter("ent.pilot_uplift", Unit.SHARE_BP, "重点领域上浮")
ENT_COST_DENOMINATOR: Parameter[str] = Parameter("ent.cost.denominator", Unit.CHOICE, "人均费用分母")
ENT_PRO_CAP_PER_PERSON: Parameter[int] = Parameter("ent.pro.cap_per_person", Unit.FEN, "专业技术类年度上限")

# Post-ability and general-quality training (POST-01, POST-02).
POST_HOUR_RATE_THEORY: Parameter[int] = Parameter("post.hour_rate.theory", Unit.FEN_PER_HOUR, "岗位培训理论课时标准")
POST_HOUR_RATE_MIXED: Parameter[int] = Parameter("post.hour_rate.mixed", Unit.FEN_PER_HOUR, "岗位培训综合课时标准")
POST_HOURS_MAX: Parameter[int] = Parameter("post.hours_max", Unit.HOURS, "岗位培训课时上限")
POST_ASSESS_THEORY: Parameter[int] = Parameter("post.assess.theory", Unit.FEN, "理论考核费")
POST_ASSESS_PRACTICAL: Parameter[int] = Parameter("post.assess.practical", Unit.FEN, "操作考核费")

# Online training (policy.md 3.4).
ONLINE_COST_SHARE: Parameter[int] = Parameter("online.cost_share", Unit.SHARE_BP, "线上培训费用比例")
ONLINE_CAP_PER_PROJECT: Parameter[int] = Parameter("online.cap_per_project", Unit.FEN, "线上单项上限")
ONLINE_MAX_TIMES_YEAR: Parameter[int] = Parameter("online.max_times_year", Unit.TIMES, "线上年度次数")
ONLINE_SEQUENTIAL: Parameter[bool] = Parameter("online.sequential", Unit.SWITCH, "线上依次参训")
ONLINE_FILING_VALID_MONTHS: Parameter[int] = Parameter("online.filing_valid_months", Unit.MONTHS, "备案有效期")
ONLINE_CLAIM_WITHIN_WORKDAYS: Parameter[int] = Parameter("online.claim_within_workdays", Unit.WORKDAYS, "线上申请时限")
ONLINE_HOURS_MIN: Parameter[int] = Parameter("online.hours_min", Unit.HOURS, "线上单项最低课时")

# A rate per hour with a cap per person and project, a shape another district uses (HOUR_RATE_CAPPED).
HOUR_RATE_PER_HOUR: Parameter[int] = Parameter("hour_rate.per_hour", Unit.FEN_PER_HOUR, "课时补贴标准")
HOUR_RATE_CAP_PER_PROJECT: Parameter[int] = Parameter("hour_rate.cap_per_project", Unit.FEN, "每人每项上限")
HOUR_RATE_HOURS_MIN: Parameter[int] = Parameter("hour_rate.hours_min", Unit.HOURS, "单项最低课时")

# Ceiling by surcharge paid (CEIL-01 … CEIL-04); the surcharge is that of the previous calendar year.
CEIL_RATIO_L: Parameter[int] = Parameter("ceil.ratio.L", Unit.SHARE_BP, "大型企业封顶比例")
CEIL_RATIO_M: Parameter[int] = Parameter("ceil.ratio.M", Unit.SHARE_BP, "中型企业封顶比例")
CEIL_RATIO_S: Parameter[int] = Parameter("ceil.ratio.S", Unit.SHARE_BP, "小型企业封顶比例")
CEIL_RATIO_MICRO: Parameter[int] = Parameter("ceil.ratio.MICRO", Unit.SHARE_BP, "微型企业封顶比例")
CEIL_MIN_AMOUNT: Parameter[int] = Parameter("ceil.min_amount", Unit.FEN, "封顶保底额")
CEIL_BASIS: Parameter[str] = Parameter("ceil.basis", Unit.CHOICE, "封顶基数")
CEIL_ALLOC: Parameter[str] = Parameter("ceil.alloc", Unit.CHOICE, "封顶削减分摊")

# Trainees (TR-01 … TR-03).
TR_AGE_MIN: Parameter[int] = Parameter("tr.age_min", Unit.YEARS, "最低年龄")
TR_AGE_MAX: Parameter[str] = Parameter("tr.age_max", Unit.CHOICE, "法定退休年龄")
TR_EXCLUDE_PUBLIC_STAFF: Parameter[bool] = Parameter("tr.exclude.public_staff", Unit.SWITCH, "机关事业单位在编人员除外")
TR_EXCLUDE_PENSIONER: Parameter[bool] = Parameter("tr.exclude.pensioner", Unit.SWITCH, "领取养老待遇人员除外")
TR_SI_MONTHS_MIN: Parameter[int] = Parameter("tr.si_months_min", Unit.MONTHS, "社保缴费月数")

# Times per person (FREQ-01 … FREQ-04).
FREQ_MAX_PER_YEAR: Parameter[int] = Parameter("freq.max_per_year", Unit.TIMES, "年度次数上限")
FREQ_MAX_LIFETIME_EMPFUND: Parameter[int] = Parameter("freq.max_lifetime.empfund", Unit.TIMES, "累计次数上限(就业资金)")
FREQ_SAME_OCC_LEVEL_ONCE: Parameter[bool] = Parameter("freq.same_occ_level_once", Unit.SWITCH, "同职业同等级一次")
FREQ_NO_LOWER_AFTER_HIGHER: Parameter[bool] = Parameter("freq.no_lower_after_higher", Unit.SWITCH, "高后不低")

# Double funding (DUP-01).
DUP_CROSS_FUND: Parameter[bool] = Parameter("dup.cross_fund", Unit.SWITCH, "跨资金不重复")

# Attendance (ATT-02); that of one person is a figure of the catalog's room.
ATT_CLASS_DAY_MIN: Parameter[int] = Parameter("att.class_day_min", Unit.SHARE_BP, "班级日出勤率")

# Examination (EXAM-01).
EXAM_REQUIRED: Parameter[bool] = Parameter("exam.required", Unit.SWITCH, "考核合格")

# Claim windows and time limits (CLAIM-01, CLAIM-02).
CLAIM_MONTHS_AFTER_END: Parameter[int] = Parameter("claim.months_after_end", Unit.MONTHS, "补贴申请期限")
CLAIM_LAST_DAY_NEXT_YEAR: Parameter[str] = Parameter("claim.last_day_next_year", Unit.DAY_OF_YEAR, "跨年最后受理日")
CLAIM_ACCEPT_WORKDAYS: Parameter[int] = Parameter("claim.accept_workdays", Unit.WORKDAYS, "受理时限")
CLAIM_REVIEW_WORKDAYS: Parameter[int] = Parameter("claim.review_workdays", Unit.WORKDAYS, "审核时限")

# Objections.
APPEAL_WORKDAYS: Parameter[int] = Parameter("appeal.workdays", Unit.WORKDAYS, "异议/申诉期")

# Inspections (INSP-01); what a visit needs stands with the visits, in the catalog's room.
INSP_PHONE_RATIO: Parameter[int] = Parameter("insp.phone_ratio", Unit.SHARE_BP, "电话回访比例")
INSP_VIDEO_KEEP_YEARS: Parameter[int] = Parameter("insp.video_keep_years", Unit.YEARS, "监控资料保存")
INSP_VIDEO_RAW_MONTHS: Parameter[int] = Parameter("insp.video_raw_months", Unit.MONTHS, "原始影像保存")

# Ladder of sanctions for institutions (PEN-03).
SANCTION_TALK_FIX_WORKDAYS: Parameter[int] = Parameter("sanction.talk.fix_workdays", Unit.WORKDAYS, "约谈整改")
SANCTION_LETTER_BAN_MONTHS: Parameter[int] = Parameter("sanction.letter.ban_months", Unit.MONTHS, "整改函停申")
SANCTION_CIRCULAR_BAN_MONTHS: Parameter[int] = Parameter("sanction.circular.ban_months", Unit.MONTHS, "通报停申")
SANCTION_TERMINATE_BAN_MONTHS: Parameter[int] = Parameter("sanction.terminate.ban_months", Unit.MONTHS, "解除协议停申")
SANCTION_BAD_CLASS_RATIO: Parameter[int] = Parameter("sanction.bad_class_ratio", Unit.SHARE_BP, "不合格班期占比")

# Certificate standards, per person (CERT-01, CERT-04).
CERT_STD_L5: Parameter[int] = Parameter("cert.std.L5", Unit.FEN, "技能提升补贴 5级")
CERT_STD_L4: Parameter[int] = Parameter("cert.std.L4", Unit.FEN, "技能提升补贴 4级")
CERT_STD_L3: Parameter[int] = Parameter("cert.std.L3", Unit.FEN, "技能提升补贴 3级")
CERT_STD_L2: Parameter[int] = Parameter("cert.std.L2", Unit.FEN, "技能提升补贴 2级")
CERT_STD_L1: Parameter[int] = Parameter("cert.std.L1", Unit.FEN, "技能提升补贴 1级")
CERT_STD_NONE: Parameter[int] = Parameter("cert.std.NONE", Unit.FEN, "不分等级")
CERT_STD_SPECIAL_AI: Parameter[int] = Parameter("cert.std.SPECIAL_AI", Unit.FEN, "专项职业能力(人工智能试点)")

# Shares of the groups (GRP-01 … GRP-09).
GRP_SHARE_U_UNEMPLOYED: Parameter[int] = Parameter("grp.share.U_UNEMPLOYED", Unit.SHARE_BP, "失业/协保/原农村富余劳动力(沪籍)")
GRP_SHARE_D_DISABLED: Parameter[int] = Parameter("grp.share.D_DISABLED", Unit.SHARE_BP, "残疾人")
GRP_SHARE_V_VETERAN: Parameter[int] = Parameter("grp.share.V_VETERAN", Unit.SHARE_BP, "退役五年内退役士兵")
GRP_SHARE_E_EMPLOYEE: Parameter[int] = Parameter("grp.share.E_EMPLOYEE", Unit.SHARE_BP, "在职从业人员")
GRP_SHARE_G_UNIV_GRAD_YEAR: Parameter[int] = Parameter("grp.share.G_UNIV_GRAD_YEAR", Unit.SHARE_BP, "高校毕业学年学生(四级及以上)")
GRP_SHARE_M_VOC_GRAD_YEAR: Parameter[int] = Parameter("grp.share.M_VOC_GRAD_YEAR", Unit.SHARE_BP, "中职毕业学年学生(限1次)")
GRP_SHARE_H_HARDSHIP: Parameter[int] = Parameter("grp.share.H_HARDSHIP", Unit.SHARE_BP, "就业困难人员")
GRP_VETERAN_YEARS: Parameter[int] = Parameter("grp.veteran_years", Unit.YEARS, "退役年限")

# Directed training in two payments (P-DIR).
DIRECTED_FIRST_SHARE: Parameter[int] = Parameter("directed.first_share", Unit.SHARE_BP, "定向培训首付比例")
DIRECTED_EMPLOYED_WITHIN_MONTHS: Parameter[int] = Parameter("directed.employed_within_months", Unit.MONTHS, "培训后就业期限")
DIRECTED_STABLE_MONTHS: Parameter[int] = Parameter("directed.stable_months", Unit.MONTHS, "稳定就业月数")

# Tianjin, 津人社局发〔2022〕20号 (policy.md 5.3).
TRAINING_SHARE_LEVEL_2_1: Parameter[int] = Parameter("training.share.level_2_1", Unit.SHARE_BP, "培训费补贴比例·二级、一级线下")
TRAINING_SHARE_BY_URGENCY: dict[str, Parameter[int]] = {
    "VERY_SHORT": Parameter("training.share.by_urgency.VERY_SHORT", Unit.SHARE_BP, "培训费补贴比例·三级及以下·非常紧缺"),
    "SHORT": Parameter("training.share.by_urgency.SHORT", Unit.SHARE_BP, "培训费补贴比例·三级及以下·紧缺"),
    "GENERAL": Parameter("training.share.by_urgency.GENERAL", Unit.SHARE_BP, "培训费补贴比例·三级及以下·一般紧缺"),
}
TRAINING_BLENDED_FACTOR: Parameter[int] = Parameter("training.blended_factor", Unit.FACTOR_BP, "线上线下融合系数")
TRAINING_PUBLIC_BASE_UPLIFT: Parameter[int] = Parameter("training.public_base_uplift", Unit.SHARE_BP, "公共实训基地上浮")
ASSESSMENT_FEE: dict[tuple[str, str], Parameter[int]] = {
    (kind, level): Parameter(f"assessment_fee.{kind}.L{level}", Unit.FEN, f"评价费补贴·{kind}类·{level}级")
    for kind in "ABC"
    for level in "54321"
}
LIVING_SUBSIDY: Parameter[int] = Parameter("living_subsidy", Unit.FEN, "生活费补贴")
DIRECTED_HOURS_MIN: Parameter[int] = Parameter("directed.hours_min", Unit.HOURS, "定向培训最低课时")
DIRECTED_AMOUNT: Parameter[int] = Parameter("directed.amount", Unit.FEN, "定向培训补贴标准")
PROJECT_HOURS_MIN: Parameter[int] = Parameter("project.hours_min", Unit.HOURS, "项目制培训最低课时")
PROJECT_AMOUNT: Parameter[int] = Parameter("project.amount", Unit.FEN, "项目制培训补贴标准")
SAFETY_INITIAL: Parameter[int] = Parameter("safety.initial", Unit.FEN, "安全证书补贴·初训")
SAFETY_RECHECK: Parameter[int] = Parameter("safety.recheck", Unit.FEN, "安全证书补贴·复训")
SAFETY_TIMES_PER_YEAR: Parameter[int] = Parameter("safety.times_per_year", Unit.TIMES, "安全证书补贴次数")

# Published fixed rates, kept to reproduce published totals (SJ-G60, HIST).
FIXED_CERTIFICATE: dict[str, Parameter[int]] = {
    level: Parameter(f"certificate.L{level}", Unit.FEN, f"取证补贴 {level}级") for level in "54321"
}
FIXED_PER_PERSON_PASSING: Parameter[int] = Parameter("per_person_passing", Unit.FEN, "合格人员补贴标准")
