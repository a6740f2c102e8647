"""Proposing an item: an institution with an enterprise or association that consents; and officers with a revision of many items."""

from collections.abc import Sequence

import msgspec

from training_admin.accounts.facts import OrganisationState
from training_admin.accounts.store import organisation_by_code
from training_admin.catalog import proposal_store
from training_admin.catalog.facts import Entry, category_letter
from training_admin.catalog.proposal_letters import ask_partner, tell_proposer
from training_admin.catalog.proposal_states import PUBLIC_STAGES, Act, Stage, next_stage
from training_admin.catalog.proposal_store import Proposal, ProposalNotFound, Seat, Voice
from training_admin.catalog.store import load_published
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_approved, assert_may, may
from training_admin.kit.clock import Clock
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.kit.refusals import Unreadable
from training_admin.kit.rights import OrganisationKind, Right
from training_admin.office import trail
from training_admin.office.numbers import next_number

NUMBER_KIND = "catalog_proposal"
LONGEST_WORDS, LONGEST_NAME = 2000, 200


class ProposalRefused(Unreadable):
    """The proposal or the act cannot be taken as written."""

    code = "catalog-proposal-refused"
    title = "目录项目无法办理"


class Partner(msgspec.Struct, frozen=True):
    """With whom an item is proposed: an enterprise by credit code, which consents here, or an association by name, by letter."""

    code: str = ""
    name: str = ""


class ProposalShown(msgspec.Struct, frozen=True):
    """A proposal with score sheets and voices, and what this reader may do: `theirs` proposing, `asked` as partner."""

    proposal: Proposal
    seats: tuple[Seat, ...]
    voices: tuple[Voice, ...]
    officer: bool
    approver: bool
    theirs: bool
    asked: bool
    inside: bool


def words(text: str, what: str, *, most: int = LONGEST_WORDS, needed: bool = True) -> str:
    """A text within its limit; raises ProposalRefused naming it."""
    plain = text.strip()
    if (needed and not plain) or len(plain) > most or "\0" in plain:
        raise ProposalRefused(f"请写明{what}（不超过 {most} 字，不能有无法显示的字符）。")
    return plain


def name_of(actor: Actor) -> str:
    """How the actor is shown, with whom he stands in for."""
    return actor.name if actor.acts_for is None else f"{actor.name}（代{actor.acts_for_name}）"


@retried
async def propose_item(actor: Actor, entry: Entry, partner: Partner, *, why: str, clock: Clock) -> str:
    """Propose one item; an empty item code is given here. Returns the proposal's number.

    Raises NotAllowed, NotYetApproved, ProposalRefused.
    """
    assert_may(actor, Right.CATALOG_PROPOSE)
    assert_approved(actor)
    reason = words(why, "提出理由")
    async with write_transaction():
        code, name = await _partner(actor, partner)
        if entry.item.item_code and not await load_published(item_code=entry.item.item_code):
            raise ProposalRefused("没有找到要修订的项目，请核对项目编码；新项目不填编码，提出后自动编号。")
        coded = entry if entry.item.item_code else await _with_code(entry, clock)
        return await _add(
            actor, (coded,), stage=Stage.PROPOSED, partner=code, partner_name=name, why=reason, institution=actor.organisation, clock=clock
        )


async def _partner(actor: Actor, partner: Partner) -> tuple[str | None, str]:
    if not partner.code:
        return None, words(partner.name, "联合提出的企业或行业协会", most=LONGEST_NAME)
    found = await organisation_by_code(partner.code.strip())
    fits = found is not None and found.kind is OrganisationKind.ENTERPRISE and found.state is OrganisationState.APPROVED
    if found is None or not fits or found.code == actor.organisation:
        raise ProposalRefused("没有找到这家企业，请核对统一社会信用代码；尚未注册的单位请填写名称，由其出具盖章同意函。")
    return found.code, found.name


async def _with_code(entry: Entry, clock: Clock) -> Entry:
    prefix = f"SJ{clock.today().year}-{category_letter(entry.item.category) or 'E'}-"
    item = msgspec.structs.replace(entry.item, item_code=f"{prefix}{await proposal_store.highest_code(prefix) + 1:03d}")
    return Entry(item, entry.details)


@retried
async def propose_revision(actor: Actor, entries: Sequence[Entry], *, why: str, clock: Clock) -> str:
    """Propose a revision of many items at once, which needs no partner; raises NotAllowed, ProposalRefused."""
    assert_may(actor, Right.POLICY_PROPOSE)
    reason = words(why, "修订理由")
    async with write_transaction():
        return await _add(
            actor, tuple(entries), stage=Stage.CONSENTED, partner=None, partner_name="", why=reason, institution=None, clock=clock
        )


async def _add(
    actor: Actor,
    entries: tuple[Entry, ...],
    *,
    stage: Stage,
    partner: str | None,
    partner_name: str,
    why: str,
    institution: str | None,
    clock: Clock,
) -> str:
    assert entries, "the callers have at least one item"
    year = clock.today().year
    number = f"ML{year}{await next_number(NUMBER_KIND, year):04d}"
    digest = sha256_hex(canonical_json(entries))
    proposal = Proposal(
        id=0,
        number=number,
        stage=stage,
        institution=institution,
        institution_name=actor.organisation_name if institution else "",
        partner=partner,
        partner_name=partner_name,
        entries=entries,
        sha256=digest,
        why=why,
        hands=actor.hands,
        proposer=name_of(actor),
        proposed_at=clock.now(),
    )
    await proposal_store.add_proposal(proposal)
    await ask_partner(proposal, clock)
    await trail.record(actor, "catalog:proposal:made", number, {"items": len(entries), "sha256": digest}, at=clock.now())
    return number


@retried
async def consent(actor: Actor, number: str, *, clock: Clock) -> None:
    """The partner's signatory consents; raises NotAllowed, ProposalNotFound, IllegalMove."""
    assert_may(actor, Right.CATALOG_CONSENT)
    async with write_transaction():
        proposal = await proposal_store.load_proposal(number)
        if proposal.partner is None or proposal.partner != actor.organisation:
            raise ProposalNotFound("没有找到这份项目建议，请核对编号。")
        await _consented(actor, proposal, f"{name_of(actor)}在本系统同意", clock)


@retried
async def record_letter(actor: Actor, number: str, *, letter: str, clock: Clock) -> None:
    """The officer records the stamped letter of a partner who has no account.

    Raises NotAllowed, ProposalNotFound, ProposalRefused, IllegalMove.
    """
    assert_may(actor, Right.POLICY_PROPOSE)
    said = words(letter, "盖章同意函的名称、日期或文号", most=LONGEST_NAME)
    async with write_transaction():
        proposal = await proposal_store.load_proposal(number)
        if proposal.partner is not None:
            raise ProposalRefused("合作企业已在本系统注册，由其授权签字人在系统内同意。")
        await _consented(actor, proposal, said, clock)


async def _consented(actor: Actor, proposal: Proposal, said: str, clock: Clock) -> None:
    await proposal_store.change(proposal, next_stage(proposal.stage, Act.CONSENT), consent=said, consented_at=clock.now())
    await tell_proposer(proposal, "合作方已同意，待抽取评审专家", clock)
    await trail.record(actor, "catalog:proposal:consented", proposal.number, {"by_letter": proposal.partner is None}, at=clock.now())


@retried
async def withdraw(actor: Actor, number: str, *, clock: Clock) -> None:
    """The proposing institution takes its proposal back before the draw; raises NotAllowed, ProposalNotFound, IllegalMove."""
    assert_may(actor, Right.CATALOG_PROPOSE)
    async with write_transaction():
        proposal = await proposal_store.load_proposal(number)
        if proposal.institution is None or proposal.institution != actor.organisation:
            raise ProposalNotFound("没有找到这份项目建议，请核对编号。")
        await proposal_store.change(proposal, next_stage(proposal.stage, Act.WITHDRAW))
        await trail.record(actor, "catalog:proposal:withdrawn", number, at=clock.now())


@retried
async def refuse(actor: Actor, number: str, *, reason: str, clock: Clock) -> None:
    """The officer ends a proposal with a reason that the proposers read.

    Raises NotAllowed, ProposalNotFound, IllegalMove, ProposalRefused.
    """
    assert_may(actor, Right.POLICY_PROPOSE)
    said = words(reason, "不予列入的原因")
    async with write_transaction():
        proposal = await proposal_store.load_proposal(number)
        stage = next_stage(proposal.stage, Act.REFUSE)
        await proposal_store.change(proposal, stage, reason=said, decided_by=actor.key, decider=name_of(actor), decided_at=clock.now())
        await tell_proposer(proposal, "不予列入补贴目录", clock, reason=said)
        await trail.record(actor, "catalog:proposal:refused", number, {"stage": proposal.stage.value}, at=clock.now())


async def list_proposals(actor: Actor, *, before: int | None, limit: int) -> tuple[list[Proposal], int | None]:
    """A page of what the reader may see, newest first, and where the next one begins: the public stages, his own, for offices all."""
    async with read_transaction():
        found = await proposal_store.list_proposals(
            organisation=actor.organisation, everything=may(actor, Right.POLICY_READ), before=before, limit=limit
        )
    return found[:limit], found[limit - 1].id if len(found) > limit else None


async def show_proposal(actor: Actor, number: str) -> ProposalShown:
    """A proposal with everything said about it; experts' names and sheets only for the offices. Raises ProposalNotFound."""
    async with read_transaction():
        proposal = await proposal_store.load_proposal(number)
        own = actor.organisation is not None and actor.organisation in {proposal.institution, proposal.partner}
        inside = may(actor, Right.POLICY_READ)
        if not (inside or own or proposal.stage in PUBLIC_STAGES):
            raise ProposalNotFound("没有找到这份项目建议，请核对编号。")
        seats, voices = await proposal_store.seats(proposal.id), await proposal_store.voices(proposal.id)
    return ProposalShown(
        proposal=proposal,
        seats=tuple(seats),
        voices=tuple(voices),
        officer=may(actor, Right.POLICY_PROPOSE),
        approver=may(actor, Right.POLICY_APPROVE),
        theirs=may(actor, Right.CATALOG_PROPOSE) and proposal.institution == actor.organisation,
        asked=may(actor, Right.CATALOG_CONSENT) and proposal.partner == actor.organisation,
        inside=inside,
    )
