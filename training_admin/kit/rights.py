"""Roles, rights and how far each right reaches. Deny by default: what is not in the table nobody may do.

Names of roles are those of the field (policy.md part 15); incompatible duties follow 财社〔2023〕181号 art. 25 and the separation of the
three administrators (三员分立).
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum, StrEnum


class OrganisationKind(StrEnum):
    """What sort of organisation people belong to."""

    ENTERPRISE = "enterprise"
    INSTITUTION = "institution"
    ASSESSMENT_BODY = "assessment_body"
    STREET = "street"
    HR_BUREAU = "hr_bureau"
    EDUCATION_BUREAU = "education_bureau"
    TRADE_UNION = "trade_union"
    FINANCE_BUREAU = "finance_bureau"
    AUDIT = "audit"
    THIRD_PARTY = "third_party"
    OPERATIONS = "operations"


class Role(StrEnum):
    """What somebody is in this system."""

    CLAIM_CLERK = "claim_clerk"
    SIGNATORY = "signatory"
    MENTOR = "mentor"
    REGISTRAR = "registrar"
    TEACHER = "teacher"
    ASSESSOR = "assessor"
    STREET_ACCEPTOR = "street_acceptor"
    FIRST_REVIEWER = "first_reviewer"
    SECOND_REVIEWER = "second_reviewer"
    DETERMINER = "determiner"
    FINANCE_CLERK = "finance_clerk"
    FINANCE_CHECKER = "finance_checker"
    FINANCE_BUREAU = "finance_bureau"
    POLICY_OFFICER = "policy_officer"
    POLICY_APPROVER = "policy_approver"
    INSPECTOR = "inspector"
    AUDITOR = "auditor"
    THIRD_PARTY = "third_party"
    LEADER = "leader"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"
    TRAINEE = "trainee"


class Right(StrEnum):
    """One act or one kind of reading; each has one policy function, `assert_may` with this name."""

    DESK = "desk"
    OWN_ACCOUNT = "own_account"
    OWN_RECORDS = "own_records"
    INBOX = "inbox"
    CLAIM_PRECHECK = "claim_precheck"
    CLAIM_SUBMIT = "claim_submit"
    CLAIM_SIGN = "claim_sign"
    CLAIM_READ = "claim_read"
    CLAIM_UNMASK = "claim_unmask"
    AUDIT_EXPORT = "audit_export"
    DOUBT_READ = "doubt_read"
    DOUBT_DECIDE = "doubt_decide"
    RECTIFICATION_READ = "rectification_read"
    RECTIFICATION_ANSWER = "rectification_answer"
    RECTIFICATION_ASK = "rectification_ask"
    RECTIFICATION_CONFIRM = "rectification_confirm"
    DELIVERY_READ = "delivery_read"
    DELIVERY_RECEIVE = "delivery_receive"
    TOTALS_READ = "totals_read"
    POLICY_READ = "policy_read"
    PROMPT_EDIT = "prompt_edit"
    POLICY_PROPOSE = "policy_propose"
    POLICY_APPROVE = "policy_approve"
    CATALOG_PROPOSE = "catalog_propose"
    CATALOG_CONSENT = "catalog_consent"
    TRAIL_READ = "trail_read"
    COLLEAGUES = "colleagues"
    CONSENT = "consent"
    ORGANISATION_DECIDE = "organisation_decide"
    ACCOUNT_OPEN = "account_open"
    ROLE_GRANT = "role_grant"
    ASSIGNMENT_GIVE = "assignment_give"
    PERSONAL_REQUEST_DECIDE = "personal_request_decide"
    INSTITUTION_READ = "institution_read"
    INSTITUTION_EDIT = "institution_edit"
    INSTITUTION_DECIDE = "institution_decide"
    SANCTION_PROPOSE = "sanction_propose"
    SANCTION_DECIDE = "sanction_decide"
    PLAN_READ = "plan_read"
    PLAN_EDIT = "plan_edit"
    PLAN_DECIDE = "plan_decide"
    CLASS_READ = "class_read"
    CLASS_FILE = "class_file"
    CLASS_DECIDE = "class_decide"
    CLASS_RUN = "class_run"
    CLASS_VISIT = "class_visit"
    CALLBACK_READ = "callback_read"
    CLAIM_HANDLE = "claim_handle"
    CLAIM_ACCEPT = "claim_accept"
    CLAIM_REVIEW = "claim_review"
    CLAIM_SECOND_REVIEW = "claim_second_review"
    CLAIM_DETERMINE = "claim_determine"
    NOTICE_POST = "notice_post"
    APPEAL_DECIDE = "appeal_decide"
    FUND_READ = "fund_read"
    FUND_EDIT = "fund_edit"
    FUND_CHECK = "fund_check"
    PAYMENT_MAKE = "payment_make"
    PAYMENT_CHECK = "payment_check"
    PAYMENT_APPROVE = "payment_approve"
    RECOVERY_PROPOSE = "recovery_propose"
    RECOVERY_DECIDE = "recovery_decide"
    CERTIFICATE_READ = "certificate_read"
    CERTIFICATE_ISSUE = "certificate_issue"
    CERTIFICATE_REVOKE = "certificate_revoke"
    PROGRAMME_READ = "programme_read"
    PROGRAMME_EDIT = "programme_edit"
    PROGRAMME_SIGN = "programme_sign"
    PROGRAMME_RECORD = "programme_record"
    PROGRAMME_DECIDE = "programme_decide"
    VOICE_READ = "voice_read"
    TARGET_EDIT = "target_edit"


class Reach(IntEnum):
    """How far a right reaches, narrowest first."""

    SELF = 1
    """What is about the person who is signed in."""
    OWN = 2
    """The actor's own organisation."""
    ASSIGNED = 3
    """The organisations of an assignment that is in force, and no others."""
    DISTRICT = 4
    """Every organisation of the district."""


_EVERYBODY = {Right.DESK: Reach.SELF, Right.OWN_ACCOUNT: Reach.SELF, Right.INBOX: Reach.SELF}
_READS_CLAIMS = {Right.CLAIM_READ: Reach.DISTRICT, Right.DELIVERY_READ: Reach.DISTRICT}
_REVIEWS = {
    **_READS_CLAIMS,
    Right.CLAIM_UNMASK: Reach.DISTRICT,
    Right.TOTALS_READ: Reach.DISTRICT,
    Right.DOUBT_READ: Reach.DISTRICT,
    Right.RECTIFICATION_READ: Reach.DISTRICT,
}
_MENDS = {Right.RECTIFICATION_READ: Reach.OWN, Right.RECTIFICATION_ANSWER: Reach.OWN}
_TRAINS = {
    Right.INSTITUTION_READ: Reach.OWN,
    Right.INSTITUTION_EDIT: Reach.OWN,
    Right.CLASS_READ: Reach.OWN,
    Right.CLASS_FILE: Reach.OWN,
    Right.CLASS_RUN: Reach.OWN,
    Right.CERTIFICATE_READ: Reach.OWN,
    Right.CERTIFICATE_ISSUE: Reach.OWN,
}
_READS_INSTITUTIONS = {
    Right.INSTITUTION_READ: Reach.DISTRICT,
    Right.PLAN_READ: Reach.DISTRICT,
    Right.CLASS_READ: Reach.DISTRICT,
    Right.PROGRAMME_READ: Reach.DISTRICT,
}
# A programme (学徒班) has two sides, the enterprise and its institution; both see it whole and record its months.
_TAKES_PART = {Right.PROGRAMME_READ: Reach.OWN, Right.PROGRAMME_RECORD: Reach.OWN}
_PROPOSES_SANCTIONS = {**_READS_INSTITUTIONS, Right.SANCTION_PROPOSE: Reach.DISTRICT}
_POLICY = {Right.POLICY_READ: Reach.DISTRICT, Right.TOTALS_READ: Reach.DISTRICT}

GRANTS: Mapping[Role, Mapping[Right, Reach]] = {
    Role.CLAIM_CLERK: {
        **_EVERYBODY,
        Right.CLAIM_PRECHECK: Reach.OWN,
        Right.CLAIM_SUBMIT: Reach.OWN,
        Right.CLAIM_READ: Reach.OWN,
        Right.COLLEAGUES: Reach.OWN,
        **_TRAINS,
        Right.PLAN_READ: Reach.OWN,
        Right.PLAN_EDIT: Reach.OWN,
        **_TAKES_PART,
        Right.PROGRAMME_EDIT: Reach.OWN,
        **_MENDS,
    },
    Role.SIGNATORY: {
        **_EVERYBODY,
        Right.INSTITUTION_READ: Reach.OWN,
        Right.PLAN_READ: Reach.OWN,
        Right.CLAIM_SIGN: Reach.OWN,
        Right.CLAIM_READ: Reach.OWN,
        Right.COLLEAGUES: Reach.OWN,
        Right.CONSENT: Reach.OWN,
        Right.CATALOG_CONSENT: Reach.OWN,
        Right.PROGRAMME_READ: Reach.OWN,
        Right.PROGRAMME_SIGN: Reach.OWN,
        Right.RECTIFICATION_READ: Reach.OWN,
    },
    Role.MENTOR: {**_EVERYBODY, **_TAKES_PART},
    Role.REGISTRAR: {
        **_EVERYBODY,
        Right.COLLEAGUES: Reach.OWN,
        **_TRAINS,
        Right.CATALOG_PROPOSE: Reach.OWN,
        **_TAKES_PART,
        Right.PROGRAMME_SIGN: Reach.OWN,
        **_MENDS,
    },
    Role.TEACHER: {**_EVERYBODY, Right.CLASS_READ: Reach.OWN, Right.CLASS_RUN: Reach.OWN, **_TAKES_PART},
    Role.ASSESSOR: {**_EVERYBODY, Right.COLLEAGUES: Reach.OWN},
    Role.STREET_ACCEPTOR: {
        **_EVERYBODY,
        Right.ORGANISATION_DECIDE: Reach.DISTRICT,
        Right.CLAIM_READ: Reach.ASSIGNED,
        Right.CLAIM_HANDLE: Reach.ASSIGNED,
        Right.CLAIM_ACCEPT: Reach.ASSIGNED,
    },
    Role.FIRST_REVIEWER: {
        **_EVERYBODY,
        **_REVIEWS,
        Right.DELIVERY_RECEIVE: Reach.DISTRICT,
        Right.ORGANISATION_DECIDE: Reach.DISTRICT,
        **_PROPOSES_SANCTIONS,
        Right.INSTITUTION_DECIDE: Reach.DISTRICT,
        Right.PLAN_DECIDE: Reach.DISTRICT,
        Right.CLASS_DECIDE: Reach.DISTRICT,
        Right.PROGRAMME_DECIDE: Reach.DISTRICT,
        Right.VOICE_READ: Reach.DISTRICT,
        Right.CLAIM_HANDLE: Reach.DISTRICT,
        Right.CLAIM_ACCEPT: Reach.DISTRICT,
        Right.CLAIM_REVIEW: Reach.DISTRICT,
        Right.PROMPT_EDIT: Reach.DISTRICT,
        Right.NOTICE_POST: Reach.DISTRICT,
        Right.RECOVERY_PROPOSE: Reach.DISTRICT,
        Right.CERTIFICATE_READ: Reach.DISTRICT,
        Right.CERTIFICATE_REVOKE: Reach.DISTRICT,
    },
    Role.SECOND_REVIEWER: {
        **_EVERYBODY,
        **_REVIEWS,
        **_PROPOSES_SANCTIONS,
        Right.CLAIM_HANDLE: Reach.DISTRICT,
        Right.CLAIM_SECOND_REVIEW: Reach.DISTRICT,
        Right.APPEAL_DECIDE: Reach.DISTRICT,
    },
    Role.DETERMINER: {
        **_EVERYBODY,
        **_REVIEWS,
        **_READS_INSTITUTIONS,
        Right.SANCTION_DECIDE: Reach.DISTRICT,
        Right.CLAIM_HANDLE: Reach.DISTRICT,
        Right.CLAIM_DETERMINE: Reach.DISTRICT,
        Right.APPEAL_DECIDE: Reach.DISTRICT,
        Right.RECOVERY_DECIDE: Reach.DISTRICT,
        Right.FUND_READ: Reach.DISTRICT,
        Right.RECTIFICATION_CONFIRM: Reach.DISTRICT,
    },
    Role.FINANCE_CLERK: {
        **_EVERYBODY,
        **_REVIEWS,
        Right.DELIVERY_RECEIVE: Reach.DISTRICT,
        Right.FUND_READ: Reach.DISTRICT,
        Right.FUND_EDIT: Reach.DISTRICT,
        Right.PAYMENT_MAKE: Reach.DISTRICT,
    },
    Role.FINANCE_CHECKER: {
        **_EVERYBODY,
        **_REVIEWS,
        Right.FUND_READ: Reach.DISTRICT,
        Right.FUND_CHECK: Reach.DISTRICT,
        Right.PAYMENT_CHECK: Reach.DISTRICT,
    },
    Role.FINANCE_BUREAU: {**_EVERYBODY, Right.TOTALS_READ: Reach.DISTRICT, Right.FUND_READ: Reach.DISTRICT},
    Role.POLICY_OFFICER: {
        **_EVERYBODY,
        **_POLICY,
        Right.POLICY_PROPOSE: Reach.DISTRICT,
        Right.PROMPT_EDIT: Reach.DISTRICT,
        Right.TARGET_EDIT: Reach.DISTRICT,
    },
    Role.POLICY_APPROVER: {**_EVERYBODY, **_POLICY, Right.POLICY_APPROVE: Reach.DISTRICT},
    Role.INSPECTOR: {
        **_EVERYBODY,
        Right.CLAIM_READ: Reach.DISTRICT,
        Right.DOUBT_READ: Reach.DISTRICT,
        **_PROPOSES_SANCTIONS,
        Right.CLASS_VISIT: Reach.DISTRICT,
        Right.CALLBACK_READ: Reach.DISTRICT,
        Right.RECOVERY_PROPOSE: Reach.DISTRICT,
        Right.RECTIFICATION_READ: Reach.DISTRICT,
        Right.RECTIFICATION_ASK: Reach.DISTRICT,
        Right.RECTIFICATION_CONFIRM: Reach.DISTRICT,
    },
    Role.AUDITOR: {
        **_EVERYBODY,
        Right.CLAIM_READ: Reach.ASSIGNED,
        Right.CLAIM_UNMASK: Reach.ASSIGNED,
        Right.AUDIT_EXPORT: Reach.ASSIGNED,
        Right.DOUBT_READ: Reach.ASSIGNED,
        Right.DOUBT_DECIDE: Reach.ASSIGNED,
        Right.RECTIFICATION_READ: Reach.ASSIGNED,
        Right.RECTIFICATION_ASK: Reach.ASSIGNED,
        Right.RECTIFICATION_CONFIRM: Reach.ASSIGNED,
        Right.DELIVERY_READ: Reach.DISTRICT,
        **_POLICY,
        Right.TRAIL_READ: Reach.DISTRICT,
        Right.CALLBACK_READ: Reach.DISTRICT,
        Right.FUND_READ: Reach.DISTRICT,
        **_READS_INSTITUTIONS,
        Right.VOICE_READ: Reach.DISTRICT,
        Right.PLAN_READ: Reach.ASSIGNED,
    },
    Role.THIRD_PARTY: {**_EVERYBODY, Right.CLAIM_READ: Reach.ASSIGNED},
    Role.LEADER: {
        **_EVERYBODY,
        **_POLICY,
        **_READS_INSTITUTIONS,
        Right.FUND_READ: Reach.DISTRICT,
        Right.PAYMENT_APPROVE: Reach.DISTRICT,
        Right.TARGET_EDIT: Reach.DISTRICT,
    },
    Role.SYSTEM_ADMIN: {**_EVERYBODY, Right.ACCOUNT_OPEN: Reach.DISTRICT},
    Role.SECURITY_ADMIN: {
        **_EVERYBODY,
        Right.ROLE_GRANT: Reach.DISTRICT,
        Right.ASSIGNMENT_GIVE: Reach.DISTRICT,
        Right.PERSONAL_REQUEST_DECIDE: Reach.DISTRICT,
    },
    Role.AUDIT_ADMIN: {**_EVERYBODY, Right.TRAIL_READ: Reach.DISTRICT},
    Role.TRAINEE: {Right.DESK: Reach.SELF, Right.INBOX: Reach.SELF, Right.OWN_RECORDS: Reach.SELF},
}

_BUREAU = frozenset(
    {
        *(Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.DETERMINER, Role.FINANCE_CLERK, Role.FINANCE_CHECKER),
        *(Role.POLICY_OFFICER, Role.POLICY_APPROVER, Role.INSPECTOR, Role.LEADER),
    }
)
_REVIEWERS = frozenset({Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.DETERMINER, Role.INSPECTOR})

ROLES_OF: Mapping[OrganisationKind, frozenset[Role]] = {
    OrganisationKind.ENTERPRISE: frozenset({Role.CLAIM_CLERK, Role.SIGNATORY, Role.MENTOR}),
    OrganisationKind.INSTITUTION: frozenset({Role.REGISTRAR, Role.TEACHER}),
    OrganisationKind.ASSESSMENT_BODY: frozenset({Role.ASSESSOR}),
    OrganisationKind.STREET: frozenset({Role.STREET_ACCEPTOR}),
    OrganisationKind.HR_BUREAU: _BUREAU,
    OrganisationKind.EDUCATION_BUREAU: _REVIEWERS,
    OrganisationKind.TRADE_UNION: _REVIEWERS,
    OrganisationKind.FINANCE_BUREAU: frozenset({Role.FINANCE_BUREAU}),
    OrganisationKind.AUDIT: frozenset({Role.AUDITOR}),
    OrganisationKind.THIRD_PARTY: frozenset({Role.THIRD_PARTY}),
    OrganisationKind.OPERATIONS: frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}),
}
# Organisations that register themselves; all others are opened by the system administrator.
OUTSIDE = frozenset({OrganisationKind.ENTERPRISE, OrganisationKind.INSTITUTION})
# Whose people are no staff of the administration: a second factor is offered to them, not demanded.
WITHOUT_SECOND_FACTOR = frozenset({OrganisationKind.ENTERPRISE, OrganisationKind.INSTITUTION, OrganisationKind.ASSESSMENT_BODY})

_PAIRS: tuple[tuple[Role, Role], ...] = (
    (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER),
    (Role.FIRST_REVIEWER, Role.DETERMINER),
    (Role.SECOND_REVIEWER, Role.DETERMINER),
    (Role.FINANCE_CLERK, Role.FINANCE_CHECKER),
    (Role.POLICY_OFFICER, Role.POLICY_APPROVER),
)
_ALONE = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.AUDITOR)


def clashing_roles(roles: Iterable[Role]) -> tuple[Role, Role] | None:
    """Two of the roles that one person must not hold together, or None."""
    held = sorted(set(roles))
    for one in held:
        for other in held:
            if one < other and ((one, other) in _PAIRS or (other, one) in _PAIRS or one in _ALONE or other in _ALONE):
                return one, other
    if {Role.FINANCE_CLERK, Role.FINANCE_CHECKER} & set(held) and _REVIEWERS & set(held):
        return next(role for role in held if role in _REVIEWERS), next(role for role in held if role not in _REVIEWERS)
    return None


def reach_of(roles: Iterable[Role], right: Right) -> Reach | None:
    """The widest reach that any of the roles gives a right; None when none of them gives it."""
    found = [GRANTS[role][right] for role in roles if right in GRANTS[role]]
    return max(found) if found else None


def holders_of(right: Right) -> tuple[Role, ...]:
    """The roles that have a right, in the order of their declaration."""
    return tuple(role for role, rights in GRANTS.items() if right in rights)
