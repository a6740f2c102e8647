"""Audit: doubts 审计疑点, inspections 督导检查, audit workbooks 审计工作簿, performance evaluation 绩效评价."""
