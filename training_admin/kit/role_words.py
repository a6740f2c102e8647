"""The Chinese words of roles, rights and organisations, as the field uses them (policy.md part 15)."""

from collections.abc import Mapping

from training_admin.kit.rights import OrganisationKind, Reach, Right, Role

ROLE_WORDS: Mapping[Role, str] = {
    Role.CLAIM_CLERK: "经办人",
    Role.SIGNATORY: "授权签字人",
    Role.MENTOR: "企业导师",
    Role.REGISTRAR: "机构教务员",
    Role.TEACHER: "任课教师",
    Role.ASSESSOR: "评价机构",
    Role.STREET_ACCEPTOR: "街镇受理员",
    Role.FIRST_REVIEWER: "初审员",
    Role.SECOND_REVIEWER: "复审员",
    Role.DETERMINER: "审定人",
    Role.FINANCE_CLERK: "财务经办",
    Role.FINANCE_CHECKER: "财务复核",
    Role.FINANCE_BUREAU: "财政局",
    Role.POLICY_OFFICER: "政策管理员",
    Role.POLICY_APPROVER: "政策审批人",
    Role.INSPECTOR: "督导检查员",
    Role.AUDITOR: "审计人员",
    Role.THIRD_PARTY: "受托第三方",
    Role.LEADER: "分管领导",
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDIT_ADMIN: "审计管理员",
    Role.TRAINEE: "学员（学徒）",
}

RIGHT_WORDS: Mapping[Right, str] = {
    Right.DESK: "工作台",
    Right.OWN_ACCOUNT: "本人账户",
    Right.OWN_RECORDS: "与本人有关的记录",
    Right.INBOX: "消息",
    Right.CLAIM_PRECHECK: "预检申报表",
    Right.CLAIM_SUBMIT: "提交申报",
    Right.CLAIM_SIGN: "签署申报",
    Right.CLAIM_READ: "查看申报",
    Right.CLAIM_UNMASK: "查看完整证件号码",
    Right.AUDIT_EXPORT: "生成审计工作簿",
    Right.DELIVERY_READ: "查看登记数据",
    Right.DELIVERY_RECEIVE: "导入登记数据",
    Right.TOTALS_READ: "查看汇总数据",
    Right.POLICY_READ: "查看政策变更",
    Right.POLICY_PROPOSE: "提出政策变更",
    Right.POLICY_APPROVE: "批准政策变更",
    Right.CATALOG_PROPOSE: "提出目录项目",
    Right.CATALOG_CONSENT: "同意联合提出目录项目",
    Right.TRAIL_READ: "查看操作留痕",
    Right.COLLEAGUES: "管理本单位人员",
    Right.CONSENT: "同意街镇帮办代办",
    Right.ORGANISATION_DECIDE: "核准单位注册",
    Right.ACCOUNT_OPEN: "开立机关账户",
    Right.ROLE_GRANT: "授予岗位",
    Right.ASSIGNMENT_GIVE: "授予审计和第三方查阅范围",
    Right.PERSONAL_REQUEST_DECIDE: "办理个人信息更正和删除申请",
    Right.INSTITUTION_READ: "查看办学条件和违规处理",
    Right.INSTITUTION_EDIT: "登记本单位办学条件",
    Right.INSTITUTION_DECIDE: "核定办学条件",
    Right.SANCTION_PROPOSE: "提出违规处理",
    Right.SANCTION_DECIDE: "审定违规处理",
    Right.PLAN_READ: "查看年度培训项目",
    Right.PLAN_EDIT: "申报本单位年度培训项目",
    Right.PLAN_DECIDE: "审核年度培训项目",
}

REACH_WORDS: Mapping[Reach, str] = {
    Reach.SELF: "本人",
    Reach.OWN: "本单位",
    Reach.ASSIGNED: "授权范围",
    Reach.DISTRICT: "全区",
}

KIND_WORDS: Mapping[OrganisationKind, str] = {
    OrganisationKind.ENTERPRISE: "企业",
    OrganisationKind.INSTITUTION: "培训机构",
    OrganisationKind.ASSESSMENT_BODY: "评价机构",
    OrganisationKind.STREET: "街镇（经开区）",
    OrganisationKind.HR_BUREAU: "人力资源社会保障部门",
    OrganisationKind.EDUCATION_BUREAU: "教育部门",
    OrganisationKind.TRADE_UNION: "总工会",
    OrganisationKind.FINANCE_BUREAU: "财政部门",
    OrganisationKind.AUDIT: "审计部门",
    OrganisationKind.THIRD_PARTY: "第三方",
    OrganisationKind.OPERATIONS: "系统运行单位",
}
