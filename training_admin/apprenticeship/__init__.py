"""New-style apprenticeship 企业新型学徒制: apprentice 学徒, mentor 企业导师, advance 预拨, settlement 结算, recovery 追回."""
