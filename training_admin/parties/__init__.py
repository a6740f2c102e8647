"""Who takes part: 企业 Enterprise · 培训机构 Institution · 社保参保月 insured month · 地方教育附加 surcharge_paid_fen."""
