"""The demo district's organisations and one account for each role, with random passwords that only the demo's own folder keeps."""

import asyncio
import os
from datetime import date
from pathlib import Path

import msgspec

from training_admin.accounts import passwords
from training_admin.accounts.mandates import give_assignment
from training_admin.accounts.opening import add_account, open_organisation
from training_admin.accounts.second_factor import FACTOR
from training_admin.accounts.store import organisation_by_code
from training_admin.database import read_transaction
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import Clock
from training_admin.kit.rights import WITHOUT_SECOND_FACTOR, OrganisationKind, Role

ACCOUNTS_FILE = "demo-accounts.json"
LAST_DAY = date(2027, 12, 31)
ENTERPRISE_A, ENTERPRISE_B = "91310117X11000017X", "91310117X120000174"
INSTITUTION = "91310117X110000370"

ORGANISATIONS: tuple[tuple[str, str, OrganisationKind], ...] = (
    (ENTERPRISE_A, "上海松江样例精密机械有限公司（A）", OrganisationKind.ENTERPRISE),
    (ENTERPRISE_B, "上海松江样例智能装备有限公司（B）", OrganisationKind.ENTERPRISE),
    (INSTITUTION, "松江样例职业技能培训学校", OrganisationKind.INSTITUTION),
    ("PJ-001", "样例技能评价机构", OrganisationKind.ASSESSMENT_BODY),
    ("JZ-001", "样例街道社区事务受理服务中心", OrganisationKind.STREET),
    ("RS-001", "样例区人力资源和社会保障局", OrganisationKind.HR_BUREAU),
    ("JY-001", "样例区教育局", OrganisationKind.EDUCATION_BUREAU),
    ("GH-001", "样例区总工会", OrganisationKind.TRADE_UNION),
    ("CZ-001", "样例区财政局", OrganisationKind.FINANCE_BUREAU),
    ("SJ-001", "样例区审计局", OrganisationKind.AUDIT),
    ("DSF-001", "样例会计师事务所", OrganisationKind.THIRD_PARTY),
    ("YX-001", "样例系统运行单位", OrganisationKind.OPERATIONS),
)
PEOPLE: tuple[tuple[str, str, str, tuple[Role, ...]], ...] = (
    ("jingban-a", "经办人甲", ENTERPRISE_A, (Role.CLAIM_CLERK,)),
    ("qianzi-a", "签字人甲", ENTERPRISE_A, (Role.SIGNATORY,)),
    ("daoshi-a", "企业导师甲", ENTERPRISE_A, (Role.MENTOR,)),
    ("jingban-b", "经办人乙", ENTERPRISE_B, (Role.CLAIM_CLERK, Role.SIGNATORY)),
    ("jiaowu", "教务员", INSTITUTION, (Role.REGISTRAR,)),
    ("jiaoshi", "任课教师", INSTITUTION, (Role.TEACHER,)),
    ("pingjia", "评价员", "PJ-001", (Role.ASSESSOR,)),
    ("shouli", "街镇受理员", "JZ-001", (Role.STREET_ACCEPTOR,)),
    ("chushen", "初审员", "RS-001", (Role.FIRST_REVIEWER,)),
    ("fushen", "复审员", "RS-001", (Role.SECOND_REVIEWER,)),
    ("shending", "审定人", "RS-001", (Role.DETERMINER,)),
    ("caijing", "财务经办", "RS-001", (Role.FINANCE_CLERK,)),
    ("caifu", "财务复核", "RS-001", (Role.FINANCE_CHECKER,)),
    ("zhengce", "政策管理员", "RS-001", (Role.POLICY_OFFICER,)),
    ("zhengshen", "政策审批人", "RS-001", (Role.POLICY_APPROVER,)),
    ("dudao", "督导检查员", "RS-001", (Role.INSPECTOR,)),
    ("fenguan", "分管领导", "RS-001", (Role.LEADER,)),
    ("jiaoyu", "教育局初审员", "JY-001", (Role.FIRST_REVIEWER,)),
    ("gonghui", "总工会初审员", "GH-001", (Role.FIRST_REVIEWER,)),
    ("caizheng", "财政局工作人员", "CZ-001", (Role.FINANCE_BUREAU,)),
    ("shenji", "审计人员", "SJ-001", (Role.AUDITOR,)),
    ("disanfang", "第三方人员", "DSF-001", (Role.THIRD_PARTY,)),
    ("xitong", "系统管理员", "YX-001", (Role.SYSTEM_ADMIN,)),
    ("anquan", "安全管理员", "YX-001", (Role.SECURITY_ADMIN,)),
    ("shenguan", "审计管理员", "YX-001", (Role.AUDIT_ADMIN,)),
)


class DemoAccount(msgspec.Struct, frozen=True):
    """What is needed to sign in as one of the demo's people; `secret` is empty where no second factor is asked."""

    login: str
    password: str
    secret: str
    name: str
    organisation: str
    roles: tuple[Role, ...]


async def found_offices(clock: Clock, folder: Path) -> list[DemoAccount]:
    """Open organisations and accounts once; a second start reads what the first one kept."""
    kept = folder / ACCOUNTS_FILE
    async with read_transaction():
        founded = await organisation_by_code(ORGANISATIONS[0][0]) is not None
    if founded:
        return read_accounts(folder)
    for code, name, kind in ORGANISATIONS:
        await open_organisation(DEMO, code=code, name=name, kind=kind, clock=clock)
    kinds = {code: (name, kind) for code, name, kind in ORGANISATIONS}
    made = [
        DemoAccount(login, passwords.generated(), "" if kind in WITHOUT_SECOND_FACTOR else FACTOR.new_secret(), name, organisation, roles)
        for login, name, code, roles in PEOPLE
        for organisation, kind in (kinds[code],)
    ]
    # Hashing takes most of the time of a start: all at once, on as many cores as there are.
    hashes = await asyncio.gather(*(passwords.hashed(each.password) for each in made))
    for account, password_hash, (_login, _name, code, _roles) in zip(made, hashes, PEOPLE, strict=True):
        _organisation, kind = kinds[code]
        await add_account(
            DEMO,
            login=account.login,
            name=account.name,
            organisation=code,
            roles=frozenset(account.roles),
            password_hash=password_hash,
            factor_secret=account.secret or None,
            authorised_until=None if kind in WITHOUT_SECOND_FACTOR else LAST_DAY,
            clock=clock,
        )
    today = clock.today()
    await give_assignment(DEMO, organisation="SJ-001", enterprises=(), purpose="年度审计（演示）", starts=today, ends=LAST_DAY, clock=clock)
    await give_assignment(
        DEMO, organisation="DSF-001", enterprises=(ENTERPRISE_A,), purpose="受托核查（演示）", starts=today, ends=LAST_DAY, clock=clock
    )
    both = (ENTERPRISE_A, ENTERPRISE_B)
    await give_assignment(DEMO, organisation="JZ-001", enterprises=both, purpose="受理（演示）", starts=today, ends=LAST_DAY, clock=clock)
    descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(made)))
    return made


def read_accounts(folder: Path) -> list[DemoAccount]:
    """The demo's people as the first start kept them; empty when the file was removed."""
    kept = folder / ACCOUNTS_FILE
    return msgspec.json.decode(kept.read_bytes(), type=list[DemoAccount]) if kept.exists() else []
