"""What trainees carry away: 培训合格证书 training · 结业证书 completion · 学徒制培训证书 apprenticeship · 样张 specimen · 补证 reprint."""
