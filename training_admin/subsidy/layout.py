"""The claim workbook's sheets and columns by their header names, as enterprises really send them."""

from training_admin.kit.workbook.table import Column

CLASS_NO = "班级编号"
SERIAL = Column("序号", required=False, idle=True)
NOTE = Column("备注", required=False, idle=True)

HEAD_LABELS = {
    "申报单位名称": "enterprise_name",
    "统一社会信用代码": "uscc",
    "申报年度": "claim_year",
    "企业规模": "size",
    "开户银行": "bank",
    "银行账号": "account",
    "账户名称": "account_holder",
    "联系人": "contact",
    "联系电话": "contact_phone",
    "申报日期": "claim_date",
}
CLASS_COLUMNS = (
    SERIAL,
    Column(CLASS_NO),
    Column("培训类别", required=False),
    Column("培训项目", required=False),
    Column("项目编码", required=False),
    Column("职业编码", required=False),
    Column("技能等级", required=False),
    Column("培训机构名称", required=False),
    Column("培训机构信用代码", required=False),
    Column("开班日期", required=False),
    Column("结业日期", required=False),
    Column("计划课时", required=False),
    Column("实际课时", required=False),
    Column("线上课时", required=False),
    Column("备案人数", required=False),
    Column("理论考核", required=False),
    Column("操作考核", required=False),
    NOTE,
)
ROSTER_COLUMNS = (
    SERIAL,
    Column(CLASS_NO),
    Column("姓名"),
    Column("证件类型"),
    Column("证件号码"),
    Column("人员类别"),
    Column("手机号码", required=False),
    Column("劳动合同起始"),
    Column("劳动合同终止", required=False),
    Column("出勤课时"),
    Column("考核结果"),
    NOTE,
)
COST_COLUMNS = (
    SERIAL,
    Column(CLASS_NO),
    Column("费用类别"),
    Column("发票号码"),
    Column("开票单位", required=False),
    Column("开票单位信用代码", required=False),
    Column("开票日期", required=False),
    Column("金额（元）"),
    Column("付款凭证号", required=False),
    NOTE,
)
TEXT_LIMITS = {
    CLASS_NO: 40,
    "姓名": 50,
    "证件号码": 32,
    "手机号码": 32,
    "备注": 500,
    "费用类别": 40,
    "发票号码": 40,
    "开票单位": 200,
    "开票单位信用代码": 32,
    "付款凭证号": 60,
    "培训类别": 40,
    "培训项目": 200,
    "项目编码": 40,
    "职业编码": 40,
    "技能等级": 40,
    "培训机构名称": 200,
    "培训机构信用代码": 32,
    "申报单位名称": 200,
    "企业规模": 20,
    "开户银行": 200,
    "银行账号": 40,
    "账户名称": 200,
    "联系人": 50,
    "联系电话": 40,
}
