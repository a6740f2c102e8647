"""Tables of accounts. Of passwords, tokens and codes only hashes are stored; contacts and second factors are sealed by the vault."""

from piccolo.columns import Array, BigInt, BigSerial, Boolean, Bytea, Date, ForeignKey, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training_admin.office.tables import StoredFile


class Organisation(Table, tablename="organisation"):
    """An organisation whose people sign in; `code` is the credit code, or the short code of an office."""

    id = BigSerial(primary_key=True)
    code = Varchar(length=24, default=None, null=False, unique=True)
    name = Varchar(length=200, default=None, null=False)
    kind = Varchar(length=20, default=None, null=False)
    state = Varchar(length=10, default=None, null=False, index=True)
    licence = ForeignKey(StoredFile, default=None, null=True, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    sealed_contact = Bytea(default=None, null=True)
    applied_at = Timestamptz(default=None, null=False)
    decide_by = Date(default=None, null=True)
    decided_at = Timestamptz(default=None, null=True)
    decided_by = Varchar(length=120, default=None, null=True)
    reason = Text(default="", null=False)
    handler = Varchar(length=24, default=None, null=True)

    organisation_state_known = Check("state IN ('waiting', 'approved', 'refused', 'closed')")
    organisation_decided_whole = Check("(decided_at IS NULL) = (decided_by IS NULL)")


class Account(Table, tablename="account"):
    """Somebody who signs in with a name and a password; `login` is kept in lower case."""

    id = BigSerial(primary_key=True)
    key = Varchar(length=24, default=None, null=False, unique=True)
    login = Varchar(length=40, default=None, null=False, unique=True)
    name = Varchar(length=60, default=None, null=False)
    organisation = ForeignKey(Organisation, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    password_hash = Varchar(length=200, default=None, null=False)
    password_at = Timestamptz(default=None, null=False)
    sealed_factor = Bytea(default=None, null=True)
    factor_step = BigInt(default=0, null=False)
    state = Varchar(length=12, default=None, null=False)
    authorised_until = Date(default=None, null=True)
    opened_at = Timestamptz(default=None, null=False)
    opened_by = Varchar(length=120, default=None, null=False)
    closed_at = Timestamptz(default=None, null=True)

    account_state_known = Check("state IN ('active', 'deactivated')")
    account_login_lower = Check("login = lower(login)")
    account_closed_when_deactivated = Check("(state = 'deactivated') = (closed_at IS NOT NULL)")


class AccountRole(Table, tablename="account_role"):
    """A role given to an account, and when it was taken back; rows are never removed."""

    id = BigSerial(primary_key=True)
    account = ForeignKey(Account, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    role = Varchar(length=20, default=None, null=False)
    granted_at = Timestamptz(default=None, null=False)
    granted_by = Varchar(length=120, default=None, null=False)
    revoked_at = Timestamptz(default=None, null=True)
    revoked_by = Varchar(length=120, default=None, null=True)

    account_role_revoked_whole = Check("(revoked_at IS NULL) = (revoked_by IS NULL)")


class Delegation(Table, tablename="delegation"):
    """A colleague stands in (AB角, leave) with some of the giver's roles for some days, both included."""

    id = BigSerial(primary_key=True)
    giver = ForeignKey(Account, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    receiver = ForeignKey(Account, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    roles = Array(base_column=Varchar(length=20), default=None, null=False)
    starts = Date(default=None, null=False)
    ends = Date(default=None, null=False)
    reason = Text(default=None, null=False)
    given_at = Timestamptz(default=None, null=False)
    revoked_at = Timestamptz(default=None, null=True)

    delegation_to_another = Check("giver <> receiver")
    delegation_days_in_order = Check("starts <= ends")


class Consent(Table, tablename="consent"):
    """An enterprise lets a street office act for it (帮办代办) for some days, both included."""

    id = BigSerial(primary_key=True)
    enterprise = ForeignKey(Organisation, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    office = ForeignKey(Organisation, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    starts = Date(default=None, null=False)
    ends = Date(default=None, null=False)
    given_at = Timestamptz(default=None, null=False)
    given_by = Varchar(length=120, default=None, null=False)
    revoked_at = Timestamptz(default=None, null=True)

    consent_days_in_order = Check("starts <= ends")


class Assignment(Table, tablename="assignment"):
    """What an audit office or a third party may look at, why and how long; an empty list with `whole_district` is everything."""

    id = BigSerial(primary_key=True)
    organisation = ForeignKey(Organisation, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    whole_district = Boolean(default=None, null=False)
    enterprises = Array(base_column=Varchar(length=24), default=None, null=False)
    purpose = Text(default=None, null=False)
    starts = Date(default=None, null=False)
    ends = Date(default=None, null=False)
    given_at = Timestamptz(default=None, null=False)
    given_by = Varchar(length=120, default=None, null=False)
    revoked_at = Timestamptz(default=None, null=True)

    assignment_days_in_order = Check("starts <= ends")
    assignment_one_or_other = Check("whole_district = (cardinality(enterprises) = 0)")


class LoginSession(Table, tablename="login_session"):
    """A signed-in browser: found by the hash of its token, of an account or (trainees) of a person's key."""

    id = BigSerial(primary_key=True)
    token_hash = Bytea(default=None, null=False, unique=True)
    account = ForeignKey(Account, default=None, null=True, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    person = Bytea(default=None, null=True, index=True)
    opened_at = Timestamptz(default=None, null=False)
    seen_at = Timestamptz(default=None, null=False)
    ends_at = Timestamptz(default=None, null=False)
    stepped_up_at = Timestamptz(default=None, null=True)
    device = Varchar(length=60, default=None, null=False)
    delegation = ForeignKey(Delegation, default=None, null=True, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    consent = ForeignKey(Consent, default=None, null=True, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    closed_at = Timestamptz(default=None, null=True)
    closed_why = Varchar(length=20, default="", null=False)

    login_session_of_one = Check("(account IS NULL) <> (person IS NULL)")
    login_session_stands_in_once = Check("delegation IS NULL OR consent IS NULL")


class LoginFailure(Table, tablename="login_failure"):
    """Failed attempts of one account name or one address, by keyed hash, and until when it is locked."""

    id = BigSerial(primary_key=True)
    subject = Bytea(default=None, null=False, unique=True)
    failures = SmallInt(default=None, null=False)
    last_at = Timestamptz(default=None, null=False)
    locked_until = Timestamptz(default=None, null=True)

    login_failure_counts_from_one = Check("failures >= 1")


class ApiToken(Table, tablename="api_token"):
    """A token of the API: only its hash is stored, its rights are never more than its account's."""

    id = BigSerial(primary_key=True)
    token_hash = Bytea(default=None, null=False, unique=True)
    account = ForeignKey(Account, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    name = Varchar(length=60, default=None, null=False)
    rights = Array(base_column=Varchar(length=30), default=None, null=False)
    expires_on = Date(default=None, null=False)
    made_at = Timestamptz(default=None, null=False)
    used_on = Date(default=None, null=True)
    revoked_at = Timestamptz(default=None, null=True)

    api_token_has_rights = Check("cardinality(rights) >= 1")


class OneTimeLink(Table, tablename="one_time_link"):
    """A link that works once: an invitation with its roles, a signature of a head without account, a new password."""

    id = BigSerial(primary_key=True)
    token_hash = Bytea(default=None, null=False, unique=True)
    purpose = Varchar(length=12, default=None, null=False)
    organisation = ForeignKey(Organisation, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    account = ForeignKey(Account, default=None, null=True, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    roles = Array(base_column=Varchar(length=20), default=None, null=False)
    subject = Varchar(length=40, default="", null=False)
    name = Varchar(length=60, default=None, null=False)
    made_at = Timestamptz(default=None, null=False)
    made_by = Varchar(length=120, default=None, null=False)
    ends_at = Timestamptz(default=None, null=False)
    used_at = Timestamptz(default=None, null=True)
    revoked_at = Timestamptz(default=None, null=True)

    one_time_link_purpose_known = Check("purpose IN ('invite', 'sign', 'reset')")


class OneTimeCode(Table, tablename="one_time_code"):
    """A code sent to a trainee's phone: a keyed hash with few tries; the newest one counts."""

    id = BigSerial(primary_key=True)
    person = Bytea(default=None, null=False, index=True)
    code_hash = Bytea(default=None, null=False)
    made_at = Timestamptz(default=None, null=False)
    ends_at = Timestamptz(default=None, null=False)
    tries = SmallInt(default=0, null=False)
    used_at = Timestamptz(default=None, null=True)

    one_time_code_tries_counted = Check("tries >= 0")


class PersonalRequest(Table, tablename="personal_request"):
    """A person asks for correction or deletion of what is kept about him (个人信息保护法 art. 46, 47)."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    person = Bytea(default=None, null=False, index=True)
    kind = Varchar(length=12, default=None, null=False)
    sealed_text = Bytea(default=None, null=False)
    state = Varchar(length=10, default=None, null=False)
    made_at = Timestamptz(default=None, null=False)
    decided_at = Timestamptz(default=None, null=True)
    decided_by = Varchar(length=120, default=None, null=True)
    answer = Text(default="", null=False)

    personal_request_kind_known = Check("kind IN ('correction', 'deletion')")
    personal_request_state_known = Check("state IN ('open', 'granted', 'refused')")


class IdentityLink(Table, tablename="identity_link"):
    """An account's name at an outside identity provider (一网通办), by keyed hash."""

    id = BigSerial(primary_key=True)
    account = ForeignKey(Account, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    issuer = Varchar(length=200, default=None, null=False)
    subject = Bytea(default=None, null=False)
    made_at = Timestamptz(default=None, null=False)

    identity_link_once = Unique([issuer, subject])
    identity_link_one_for_account = Unique([account, issuer])


class UsedFlow(Table, tablename="used_flow"):
    """The state of a sign-in by an outside provider that has come back, by hash: it never comes back twice."""

    id = BigSerial(primary_key=True)
    state = Bytea(default=None, null=False, unique=True)
    used_at = Timestamptz(default=None, null=False)
