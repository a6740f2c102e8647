"""The first three administrators (三员分立) of a new district: made once, by whoever runs the machine, with secrets told once."""

import msgspec

from training_admin.accounts import directory_store, passwords, store
from training_admin.accounts.facts import OrganisationFacts, OrganisationState
from training_admin.accounts.opening import LONGEST_ORGANISATION, assert_name, new_account
from training_admin.accounts.second_factor import FACTOR
from training_admin.database import retried, write_transaction
from training_admin.kit.actor import Actor, assert_may
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import OrganisationKind, Right, Role
from training_admin.kit.role_words import ROLE_WORDS
from training_admin.office import trail

CODE = "YX-001"
LOGINS = {Role.SYSTEM_ADMIN: "xitong", Role.SECURITY_ADMIN: "anquan", Role.AUDIT_ADMIN: "shenguan"}


class AlreadyFounded(Refusal):
    """There are accounts already: whoever needs another is invited by the system administrator."""

    code = "already-founded"
    title = "已有账户"


class FirstAdministrator(msgspec.Struct, frozen=True):
    """What one of the first administrators needs to sign in; known to nobody else and stored nowhere in clear."""

    role: Role
    login: str
    password: str
    secret: str

    def __repr__(self) -> str:
        """Without the secrets."""
        return f"FirstAdministrator({self.login!r})"


async def found_administrators(actor: Actor, *, organisation: str, clock: Clock) -> list[FirstAdministrator]:
    """Open the operations organisation and its three administrators; raises NotAllowed, AlreadyFounded, AccountRefused."""
    assert_may(actor, Right.ACCOUNT_OPEN)
    made = [FirstAdministrator(role, login, passwords.generated(), FACTOR.new_secret()) for role, login in LOGINS.items()]
    hashes = [await passwords.hashed(each.password) for each in made]
    await _store(actor, assert_name(organisation, longest=LONGEST_ORGANISATION), made, hashes, clock)
    return made


@retried
async def _store(actor: Actor, name: str, made: list[FirstAdministrator], hashes: list[str], clock: Clock) -> None:
    facts = OrganisationFacts(0, CODE, name, OrganisationKind.OPERATIONS, OrganisationState.APPROVED)
    async with write_transaction():
        known = await store.organisation_by_code(CODE)
        if known is not None or await directory_store.has_accounts():
            raise AlreadyFounded("系统中已有账户，不能再次建立首批管理员。新的人员请由系统管理员在“账户”页面邀请。")
        key = await store.add_organisation(facts, at=clock.now(), decided_by=actor.trail_key)
        await trail.record(actor, "accounts:organisation:opened", CODE, {"kind": facts.kind}, at=clock.now())
        for each, password_hash in zip(made, hashes, strict=True):
            await new_account(
                actor,
                msgspec.structs.replace(facts, id=key),
                login=each.login,
                name=ROLE_WORDS[each.role],
                roles=frozenset({each.role}),
                password_hash=password_hash,
                factor_secret=each.secret,
                authorised_until=None,
                clock=clock,
            )
