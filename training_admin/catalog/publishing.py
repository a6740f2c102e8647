"""Opinions and objections with their answers, the public notice, and publication by two persons (CAT-03, CAT-04)."""

from datetime import date

import msgspec

from training_admin.catalog import proposal_store, store
from training_admin.catalog.facts import CatalogItem, Entry
from training_admin.catalog.proposal_letters import tell_proposer
from training_admin.catalog.proposal_states import Act, IllegalMove, Stage, next_stage
from training_admin.catalog.proposal_store import Proposal
from training_admin.catalog.proposals import LONGEST_NAME, ProposalRefused, name_of, words
from training_admin.catalog.publication import publish_here
from training_admin.catalog.reviewing import workdays_from
from training_admin.catalog.versions import assert_fits, closings
from training_admin.database import retried, write_transaction
from training_admin.kit.actor import Actor, assert_may, assert_two_persons
from training_admin.kit.clock import Clock
from training_admin.kit.dated import Standing
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.parameters import PUB_WORKDAYS
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy

OPINION, OBJECTION = "opinion", "objection"
VOICE_WORDS = {OPINION: "意见", OBJECTION: "异议"}
OUTCOME_WORDS = {"adopted": "采纳", "partly": "部分采纳", "rejected": "不采纳"}


@retried
async def speak(actor: Actor, number: str, *, name: str, text: str, clock: Clock) -> None:
    """Anybody's opinion or objection, as the stage asks for it; raises ProposalNotFound, IllegalMove, ProposalRefused."""
    who = words(name, "姓名或单位", most=100, needed=False)
    said = words(text, "意见内容")
    async with write_transaction():
        proposal = await proposal_store.load_proposal(number)
        asked = {Stage.OPINIONS: (OPINION, proposal.opinions_until), Stage.NOTICE: (OBJECTION, proposal.notice_until)}
        kind, until = asked.get(proposal.stage, ("", None))
        if until is None or clock.today() > until:
            raise IllegalMove("现在不在征求意见或公示期内，没有记录您的意见。如有问题请与公示单位联系。", stage=proposal.stage.value)
        await proposal_store.add_voice(proposal.id, kind, who, said, at=clock.now())
        await trail.record(actor, "catalog:voice:given", number, {"kind": kind}, at=clock.now())


@retried
async def answer(actor: Actor, number: str, voice: int, *, outcome: str, text: str, clock: Clock) -> None:
    """Say whether an opinion or objection is adopted, and why; raises NotAllowed, ProposalNotFound, ProposalRefused."""
    assert_may(actor, Right.POLICY_PROPOSE)
    if outcome not in OUTCOME_WORDS:
        raise ProposalRefused("请选择采纳、部分采纳或不采纳。")
    said = words(text, "采纳情况的说明")
    async with write_transaction():
        proposal = await proposal_store.load_proposal(number)
        if not await proposal_store.answer_voice(proposal.id, voice, outcome, said, by=name_of(actor), at=clock.now()):
            raise ProposalRefused("这条意见已经答复，或不属于这份项目建议。请刷新页面查看。")
        await trail.record(actor, "catalog:voice:answered", number, {"voice": voice, "outcome": outcome}, at=clock.now())


async def _assert_heard(proposal: Proposal, until: date | None, what: str, clock: Clock) -> None:
    """Raises ProposalRefused while people may still speak, or somebody has no answer."""
    assert until is not None, "the stage was entered with its last day"
    if clock.today() <= until:
        raise ProposalRefused(f"{what}至 {until.isoformat()} 结束，次日起才能进入下一环节。")
    open_voices = [voice for voice in await proposal_store.voices(proposal.id) if voice.outcome is None]
    if open_voices:
        raise ProposalRefused(f"还有 {len(open_voices)} 条意见或异议没有写明采纳情况，请逐条答复后再办理。")


@retried
async def give_notice(actor: Actor, number: str, *, clock: Clock) -> None:
    """Put what was asked about on public notice for the working days of PUB-01, from the next one on.

    Raises NotAllowed, ProposalNotFound, IllegalMove, ProposalRefused.
    """
    assert_may(actor, Right.POLICY_PROPOSE)
    async with write_transaction():
        proposal = await proposal_store.load_proposal(number)
        stage = next_stage(proposal.stage, Act.GIVE_NOTICE)
        await _assert_heard(proposal, proposal.opinions_until, "征求意见", clock)
        policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
        until = await workdays_from(clock, policy.at(PUB_WORKDAYS, clock.today()))
        await proposal_store.change(proposal, stage, notice_until=until)
        await trail.record(actor, "catalog:proposal:noticed", number, {"until": until.isoformat()}, at=clock.now())


@retried
async def prepare(actor: Actor, number: str, *, paper: str, valid_from: date | None, valid_to: date | None, clock: Clock) -> None:
    """Prepare the version for publication: the paper, and the days on which it begins and ends; without days, the proposed ones.

    Raises NotAllowed, ProposalNotFound, IllegalMove, ProposalRefused, VersionRefused.
    """
    assert_may(actor, Right.POLICY_PROPOSE)
    kept = words(paper, "依据文号", most=LONGEST_NAME)
    async with write_transaction():
        proposal = await proposal_store.load_proposal(number)
        stage = next_stage(proposal.stage, Act.PREPARE)
        await _assert_heard(proposal, proposal.notice_until, "公示", clock)
        dated = msgspec.structs.replace(proposal, valid_from=valid_from, valid_to=valid_to)
        assert_fits(await _known(proposal), [entry.item for entry in dated_entries(dated)], clock.today())
        await proposal_store.change(
            *(proposal, stage),
            paper=kept,
            valid_from=valid_from,
            valid_to=valid_to,
            prepared_hands=sorted(actor.hands),
            preparer=name_of(actor),
        )
        detail = {"paper": kept, "valid_from": None if valid_from is None else valid_from.isoformat()}
        await trail.record(actor, "catalog:proposal:prepared", number, detail, at=clock.now())


def dated_entries(proposal: Proposal) -> tuple[Entry, ...]:
    """The entries as they will be published: with the days that were prepared, where they were."""
    if proposal.valid_from is None:
        return proposal.entries
    days = {"valid_from": proposal.valid_from, "valid_to": proposal.valid_to}
    return tuple(Entry(msgspec.structs.replace(entry.item, **days), entry.details) for entry in proposal.entries)


async def _known(proposal: Proposal) -> list[CatalogItem]:
    codes = {entry.item.item_code for entry in proposal.entries}
    return [each.item for each in await store.load_published() if each.item.item_code in codes]


@retried
async def decide(actor: Actor, number: str, *, approve: bool, reason: str, clock: Clock) -> None:
    """Publish what another person has prepared, or send it back with a reason; classes that have started keep their version.

    Raises NotAllowed, SamePersonTwice, ProposalNotFound, IllegalMove, ProposalRefused, VersionRefused.
    """
    assert_may(actor, Right.POLICY_APPROVE)
    said = words(reason, "退回的原因", needed=not approve)
    async with write_transaction():
        proposal = await proposal_store.load_proposal(number)
        stage = next_stage(proposal.stage, Act.PUBLISH if approve else Act.SEND_BACK)
        assert_two_persons(proposal.prepared_hands, actor)
        if approve:
            await _publish(actor, proposal, clock)
            await tell_proposer(proposal, "已列入补贴目录", clock, reason=f"依据 {proposal.paper}，可以据此备案课程和班级。")
        event = "catalog:proposal:published" if approve else "catalog:proposal:sent_back"
        await proposal_store.change(*(proposal, stage), decided_by=actor.key, decider=name_of(actor), decided_at=clock.now(), reason=said)
        await trail.record(actor, event, number, {"items": len(proposal.entries)}, at=clock.now())


def _on_paper(proposal: Proposal, entry: Entry) -> Entry:
    """A proposed item stands on the paper by which it is published; a revision by officers says itself what stands on which source."""
    if proposal.institution is None:
        return entry
    return Entry(entry.item, msgspec.structs.replace(entry.details, standing=Standing.FOUND))


async def _publish(actor: Actor, proposal: Proposal, clock: Clock) -> None:
    entries = [_on_paper(proposal, entry) for entry in dated_entries(proposal)]
    items = [entry.item for entry in entries]
    published = await store.load_published()
    known = [each.item for each in published]
    assert_fits(known, items, clock.today())
    before = {(each.item.item_code, each.item.valid_from): each.details for each in published}
    closed = [Entry(old, before[old.item_code, old.valid_from]) for old in closings(known, items)]
    await publish_here(actor, [*closed, *entries], paper=proposal.paper, clock=clock)
