"""Registering what an institution may train with: entered by its own people, decided by an officer, counted from then on."""

import msgspec

from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_approved, assert_may, assert_own, assert_two_persons, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.digest import canonical_json
from training_admin.kit.identifiers import mask_identity
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right, Role
from training_admin.kit.vault import vault
from training_admin.office import trail
from training_admin.office.files import load_file
from training_admin.office.messages import Letter, send, to_organisation
from training_admin.office.papers import ENDINGS, keep_paper
from training_admin.parties import institution_store as store
from training_admin.parties.institution_facts import InstitutionFacts, ResourceKind
from training_admin.parties.institution_store import IDENTITY_PLACE, PERSON_PLACE, Registered, ResourceNotFound, Version
from training_admin.parties.resource_forms import FILE_REQUIRED, FILE_WORDS, KIND_WORDS, Filled, ResourceRefused, read_form

MOST_LISTED = 200
MOST_RESOURCES = 2000
LONGEST_REASON = 500
INSTITUTION, ENTERPRISE = "institution", "enterprise"
# An enterprise that runs its own class registers what it trains with; licence and occupations are an institution's.
KINDS_OF = {
    INSTITUTION: tuple(ResourceKind),
    ENTERPRISE: (ResourceKind.SITE, ResourceKind.ROOM, ResourceKind.TEACHER, ResourceKind.QUALIFICATION, ResourceKind.PLATFORM),
}
OWNER_WORDS = {INSTITUTION: "培训机构", ENTERPRISE: "企业"}
STATE_WORDS = {"waiting": "待核定", "approved": "已核定", "refused": "不予核定"}
# What follows a version: whatever is not here is not done (states as one table).
MOVES = {"waiting": {"approve": "approved", "refuse": "refused"}, "approved": {}, "refused": {}}
_PARENTS = {ResourceKind.ROOM: ResourceKind.SITE, ResourceKind.QUALIFICATION: ResourceKind.TEACHER}


class ResourceDecided(Refusal):
    """The version was decided already, or another one waits for its decision."""

    code = "resource-decided"
    title = "不能重复办理"


class RegisterShown(msgspec.Struct, frozen=True):
    """The register of one organisation: what counts today, every newest version, and the masked identity numbers by version."""

    organisation: str
    name: str
    owner: str
    facts: InstitutionFacts
    newest: tuple[Version, ...]
    masked: dict[int, str]


class Entry(msgspec.Struct, frozen=True):
    """What is handed in: the form as typed, the paper, and for a change the thing that is changed or ended."""

    kind: ResourceKind
    typed: dict[str, object]
    file: bytes = b""
    resource: int | None = None
    ended: bool = False


def owner_of(actor: Actor) -> str:
    """Whether the actor registers for an institution or an enterprise."""
    return INSTITUTION if Role.REGISTRAR in actor.roles else ENTERPRISE


async def list_institutions(actor: Actor, *, wanted: str, clock: Clock) -> list[Registered]:
    """Organisations of the actor's scope with registered things, at most `MOST_LISTED`; raises NotAllowed."""
    scope = scope_of(actor, Right.INSTITUTION_READ)
    async with read_transaction():
        return await store.organisations(scope.codes, wanted=wanted.strip(), today=clock.today(), most=MOST_LISTED)


async def show_register(actor: Actor, organisation: str, *, clock: Clock) -> RegisterShown:
    """The register of an organisation today; one's own may be empty. Raises NotAllowed, ResourceNotFound."""
    assert_own(actor, Right.INSTITUTION_READ, organisation, _missing())
    async with read_transaction():
        newest = await store.newest_versions(organisation)
        facts = await store.load_institution_facts(organisation, clock.today(), known_at=clock.now())
        sealed = await store.sealed_identities([each.id for each in newest if each.kind is ResourceKind.TEACHER])
    own = actor.organisation == organisation
    if not newest and not own:
        raise _missing()
    name = max(newest, key=lambda each: each.id).organisation_name if newest else actor.organisation_name
    owner = newest[0].owner if newest else owner_of(actor)
    masked = {key: mask_identity(vault().decrypt_text(each, place=IDENTITY_PLACE)) for key, each in sealed.items()}
    return RegisterShown(organisation, name, owner, facts, tuple(newest), masked)


async def show_resource(actor: Actor, resource: int) -> list[Version]:
    """Every version of a registered thing, newest first; raises NotAllowed, ResourceNotFound."""
    async with read_transaction():
        versions = await store.versions_of(resource)
    assert_own(actor, Right.INSTITUTION_READ, versions[0].organisation, _missing())
    return versions


async def list_platforms(actor: Actor) -> list[Version]:
    """The online platforms that count, of the actor's scope; raises NotAllowed."""
    scope = scope_of(actor, Right.INSTITUTION_READ)
    async with read_transaction():
        return await store.platforms(scope.codes, most=MOST_LISTED)


def _missing() -> ResourceNotFound:
    return ResourceNotFound("没有找到这项登记，请从列表重新进入。")


async def enter_resource(actor: Actor, entry: Entry, *, clock: Clock) -> int:
    """Hand in a new thing, a change, or its end, for the actor's own organisation; returns its key.

    Raises NotAllowed, NotYetApproved, ResourceNotFound, ResourceRefused, PaperRefused, ResourceDecided while another version waits.
    """
    assert_may(actor, Right.INSTITUTION_EDIT)
    assert_approved(actor)
    if actor.organisation is None:
        raise _missing()
    return await register_resource(
        actor, entry, organisation=actor.organisation, name=actor.organisation_name, owner=owner_of(actor), clock=clock
    )


@retried
async def register_resource(actor: Actor, entry: Entry, *, organisation: str, name: str, owner: str, clock: Clock) -> int:
    """Store what is handed in for an organisation; callers have asked whether the actor may. Raises as `enter_resource`."""
    if entry.kind not in KINDS_OF[owner]:
        raise ResourceRefused("企业自办培训只登记场所、场地、教师、教师资格和线上平台，办学许可和培训职业由培训机构登记。")
    async with write_transaction():
        newest = await store.newest_versions(organisation)
        before = _before(entry, newest)
        filled = _filled(entry, before, clock)
        _assert_parent(entry.kind, filled.parent, newest)
        resource = before.resource if before else await store.add_resource(organisation, owner, entry.kind)
        paper = await keep_paper(entry.file, what=FILE_WORDS[entry.kind], at=clock.now()) if entry.file else None
        file = paper.id if paper else before.file if before else None
        if entry.kind in FILE_REQUIRED and file is None:
            raise ResourceRefused(f"请附{FILE_WORDS[entry.kind]}（PDF、JPG 或 PNG）。")
        sealed, person = await _person(filled, before)
        content = canonical_json(filled.content).decode()
        version = Version(
            resource=resource,
            organisation=organisation,
            owner=owner,
            kind=entry.kind,
            id=0,
            version=before.version + 1 if before else 1,
            organisation_name=name,
            fact=store.fact_of(entry.kind, resource, content, person.hex() if person else None),
            ended=entry.ended,
            file=file,
            enterer=shown_name(actor),
            hands=actor.hands,
            entered_at=clock.now(),
            state="waiting",
            decider=None,
            decided_at=None,
            reason="",
        )
        await store.add_version(version, content=content, entered_by=actor.trail_key, sealed=sealed, person=person)
        detail = {"organisation": organisation, "kind": entry.kind.value, "version": version.version, "ended": entry.ended}
        await trail.record(actor, "parties:resource:entered", str(resource), detail, at=clock.now())
    return resource


def _before(entry: Entry, newest: list[Version]) -> Version | None:
    """The newest version of what is changed; None for something new. Raises ResourceNotFound, ResourceDecided, ResourceRefused."""
    if entry.resource is None:
        if len(newest) >= MOST_RESOURCES:
            raise ResourceRefused(f"一家单位至多登记 {MOST_RESOURCES} 项，请先停用不再使用的。")
        return None
    found = next((each for each in newest if each.resource == entry.resource and each.kind is entry.kind), None)
    if found is None:
        raise _missing()
    if found.state == "waiting":
        raise ResourceDecided("这项登记已有一次变更待核定，核定后再作变更。")
    return found


def _filled(entry: Entry, before: Version | None, clock: Clock) -> Filled:
    if not entry.ended:
        return read_form(entry.kind, entry.typed, today=clock.today(), identity_needed=before is None)
    assert before is not None, "only what is there can end"
    content = msgspec.to_builtins(before.fact)
    parent = content.get("site", content.get("teacher"))
    for name in ("id", "person", "qualifications"):
        content.pop(name, None)
    return Filled(content, None, parent)


def _assert_parent(kind: ResourceKind, parent: int | None, newest: list[Version]) -> None:
    wanted = _PARENTS.get(kind)
    if wanted is not None and not any(each.resource == parent and each.kind is wanted for each in newest):
        raise ResourceRefused("请从列表中选择本单位已登记的场所或教师；还没有登记的，请先登记。")


async def _person(filled: Filled, before: Version | None) -> tuple[bytes | None, bytes | None]:
    """The sealed number and the person key: those of the form, or those of the version before."""
    if filled.identity is not None:
        keys = vault()
        return keys.encrypt_text(filled.identity, place=IDENTITY_PLACE), keys.keyed_hash(filled.identity, place=PERSON_PLACE)
    kept = None if before is None else await store.sealed_identity(before.id)
    return kept or (None, None)


@retried
async def decide_resource(actor: Actor, resource: int, *, approve: bool, reason: str, clock: Clock) -> str:
    """Approve or refuse (with a reason) the version that waits; returns the organisation.

    Raises NotAllowed, ResourceNotFound, ResourceDecided, SamePersonTwice, ResourceRefused without reason.
    """
    assert_may(actor, Right.INSTITUTION_DECIDE)
    missing = f"不予核定须写明原因（不超过 {LONGEST_REASON} 字），对方可以看到。"
    words = one_line(reason, ResourceRefused, what="原因", most=LONGEST_REASON, needed=not approve, sentence=missing)
    async with write_transaction():
        version = (await store.versions_of(resource))[0]
        state = MOVES[version.state].get("approve" if approve else "refuse")
        if state is None:
            raise ResourceDecided("这项登记已经办结，请刷新页面查看结果。")
        assert_two_persons(version.hands, actor)
        decided = await store.decide_version(
            version.id, state=state, by=actor.trail_key, decider=shown_name(actor), at=clock.now(), reason=words
        )
        assert decided, "the version was read as waiting in this very transaction"
        await send(to_organisation(version.organisation, Right.INSTITUTION_READ), _letter(version, words, approve=approve), clock=clock)
        detail = {"organisation": version.organisation, "kind": version.kind.value, "version": version.version, "reason": words}
        await trail.record(actor, f"parties:resource:{state}", str(resource), detail, at=clock.now())
    return version.organisation


def _letter(version: Version, words: str, *, approve: bool) -> Letter:
    what, link = KIND_WORDS[version.kind], f"/resources/{version.resource}"
    if approve:
        return Letter(version.organisation, f"{what}已核定", f"贵单位登记的{what}（第 {version.version} 版）已经核定。", link)
    return Letter(version.organisation, f"{what}不予核定", f"贵单位登记的{what}（第 {version.version} 版）不予核定，原因：{words}", link)


@retried
async def read_paper(actor: Actor, resource: int, *, clock: Clock) -> tuple[bytes, str, str]:
    """The newest paper of a thing with file name and type, which the trail remembers; raises NotAllowed, ResourceNotFound."""
    versions = await show_resource(actor, resource)
    async with write_transaction():
        found = await store.file_of(versions[0].id)
        if found is None:
            raise ResourceNotFound("这项登记没有附件。")
        sha256, media_type = found
        content = await load_file(sha256)
        await trail.record(actor, "parties:resource:paper_read", str(resource), {"sha256": sha256}, at=clock.now())
    return content, f"{versions[0].kind}-{resource}.{ENDINGS[media_type]}", media_type
