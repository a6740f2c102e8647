"""Office: the working calendar 工作日历, trail 操作留痕, jobs, files, business numbers 业务编号, public notices 公示."""
