"""The money: 专项资金 fund · 已享受补贴 PaidTraining · 预算指标 budget · 追回 Recovery."""
