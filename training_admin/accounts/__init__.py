"""账户 accounts: organisations 单位, people who sign in, roles 岗位, stand-ins (AB角、帮办代办), sessions 登录会话, tokens 接口令牌."""
