"""Policy: papers 文件, dated figures 政策数值 with two clocks (in force, known since), policy packs 政策包, adoption 采用."""
