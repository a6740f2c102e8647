"""Claims of every product: intake, rules, amounts, assessment, explanation.

申报 Claim · 申报明细 ClaimLine · 自动核验 assess, AssessmentRecord · 补贴限额 ceiling · 核减 cut · 待比对 unknown ·
补贴标准 standard_fen · 基本价 base_fen · 认定费用 eligible cost · 出勤课时 attended_centihours (hundredths of 45 minutes).
"""
