"""The Chinese words of every event of the trail: one table, so that nothing is recorded that a reader could not name."""

from collections.abc import Mapping

ROOM_WORDS: Mapping[str, str] = {
    "accounts": "账户",
    "audit": "审计",
    "catalog": "补贴目录",
    "office": "系统运行",
    "parties": "登记数据和培训机构",
    "policy": "政策",
    "subsidy": "申报",
}

EVENT_WORDS: Mapping[str, str] = {
    "accounts:account:authorised": "变更授权有效期",
    "accounts:account:deactivated": "停用账户",
    "accounts:account:opened": "开立账户",
    "accounts:assignment:ended": "收回查阅授权",
    "accounts:assignment:given": "授予查阅范围",
    "accounts:consent:ended": "收回帮办代办同意",
    "accounts:consent:given": "同意帮办代办",
    "accounts:contact:read": "查看单位联系方式",
    "accounts:delegation:ended": "收回岗位委托",
    "accounts:delegation:given": "委托岗位",
    "accounts:factor:changed": "启用或更换动态码",
    "accounts:identity:linked": "关联统一身份认证",
    "accounts:identity:unlinked": "解除统一身份认证关联",
    "accounts:invitation:made": "邀请人员",
    "accounts:invitation:revoked": "收回邀请",
    "accounts:licence:read": "查看营业执照或许可证",
    "accounts:organisation:approved": "核准单位注册",
    "accounts:organisation:closed": "注销单位",
    "accounts:organisation:handed_over": "转办单位注册",
    "accounts:organisation:opened": "登记单位",
    "accounts:organisation:refused": "不予核准单位注册",
    "accounts:organisation:registered": "单位自行注册",
    "accounts:password:changed": "修改密码",
    "accounts:password:reset": "凭链接重设密码",
    "accounts:password:reset_offered": "生成重设密码链接",
    "accounts:role:changed": "变更岗位",
    "accounts:session:closed": "退出登录",
    "accounts:session:opened": "登录",
    "accounts:session:stands_in": "切换代办身份",
    "accounts:session:stepped_up": "再次确认身份",
    "accounts:token:made": "建立接口令牌",
    "accounts:token:revoked": "停用接口令牌",
    "audit:workbook:exported": "导出审计工作簿",
    "audit:workbook:opened": "打开审计工作簿",
    "catalog:items:published": "公布补贴目录",
    "catalog:plan:approved": "审核通过年度培训项目",
    "catalog:plan:begun": "新建年度培训项目申报",
    "catalog:plan:changed": "修改年度培训项目申报",
    "catalog:plan:paper_read": "查看年度培训项目附件",
    "catalog:plan:returned": "退回年度培训项目申报",
    "catalog:plan:submitted": "提交年度培训项目申报",
    "office:backup:made": "备份",
    "office:backup:restored": "从备份恢复",
    "office:keys:resealed": "以现用密钥重新加密",
    "office:keys:retired": "停用旧密钥",
    "office:keys:rotated": "启用新密钥",
    "office:trail:anchored": "开始锚定留痕",
    "office:trail:exported": "导出操作留痕",
    "office:trail:listed": "导出留痕清单",
    "office:trail:rolled_back": "确认留痕回退",
    "parties:delivery:received": "接收登记数据",
    "parties:resource:approved": "核定办学条件",
    "parties:resource:entered": "登记办学条件",
    "parties:resource:paper_read": "查看办学条件附件",
    "parties:resource:refused": "不予核定办学条件",
    "parties:sanction:confirmed": "作出违规处理",
    "parties:sanction:fixed": "确认整改完成或信用修复",
    "parties:sanction:lifted": "撤销违规处理",
    "parties:sanction:objected": "标注信用异议",
    "parties:sanction:proposed": "提出违规处理",
    "parties:sanction:refused": "不作违规处理",
    "policy:figure:recorded": "登记政策数值",
    "policy:pack:adopted": "采用政策包",
    "policy:proposal:made": "提出政策变更",
    "policy:proposal:refused": "不予批准政策变更",
    "subsidy:claim:assessed": "自动核验",
    "subsidy:claim:prechecked": "预检申报表",
    "subsidy:claim:signed": "签署申报",
    "subsidy:claim:submitted": "提交申报",
    "subsidy:signature:link_made": "生成签字链接",
    "subsidy:person:erased": "删除个人信息",
    "subsidy:person:unmasked": "查看完整证件号码",
}


def event_words(event: str) -> str:
    """An event in words; one that the table does not know (an older or newer version wrote it) is shown as it stands."""
    return EVENT_WORDS.get(event, event)


def events_by_room() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Rooms with their words and events, for the filter."""
    return [
        (room, words, [(event, said) for event, said in EVENT_WORDS.items() if event.startswith(f"{room}:")])
        for room, words in ROOM_WORDS.items()
    ]
