"""Changing policy in two acts by two persons: one proposes a pack or a figure, another approves or refuses it.

Approving carries it out in the transaction of the decision. Whoever stands in for somebody counts as both.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import msgspec

from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may, assert_two_persons, may
from training_admin.kit.clock import Clock
from training_admin.kit.dated import Policy, Unit, group_values
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.numbers import next_number
from training_admin.policy import proposal_store, store
from training_admin.policy.adoption import (
    CasesFail,
    NewFigure,
    Origin,
    assert_same_content,
    figures_of,
    fitting,
    pack_digest,
    record_value,
    take_into_use,
)
from training_admin.policy.checks import PackCheck
from training_admin.policy.comparing import Difference, Named, differences, replaced
from training_admin.policy.packs import LARGEST_PACK_BYTES, PackFile, PackUnreadable, PolicyPack, read_pack
from training_admin.policy.proposal_store import Proposal, ProposalHead, ProposalKind, ProposalState
from training_admin.policy.store import AdoptedPack, PackNotAdopted, StoredFigure

NUMBER_KIND = "policy_proposal"
# What is proposed would be known last, and therefore count first.
LATEST = datetime(9999, 12, 30, tzinfo=UTC)
LONGEST_WHY, LONGEST_PAPER, LONGEST_NOTE = 2000, 500, 1000


class ProposalRefused(Unreadable):
    """The proposal cannot be made as written."""

    code = "policy-proposal-refused"
    title = "政策变更无法提出"


class ProposalDecided(Refusal):
    """The proposal was decided already."""

    code = "policy-proposal-decided"
    title = "政策变更已经办结"


class ProposalOutdated(Refusal):
    """Another version of the pack came into use since the figure was proposed."""

    code = "policy-proposal-outdated"
    title = "政策包已有新版本"


class Examiner(msgspec.Struct, frozen=True):
    """What the rooms to the right know about packs: the declared figures, and the check with formulas, rules and cases."""

    declared: Mapping[str, Unit]
    check: Callable[[PolicyPack], PackCheck]


class ProposalShown(msgspec.Struct, frozen=True):
    """A proposal with what it would change and how the cases of the pack come out with it."""

    proposal: Proposal
    title: str
    version: str
    changes: tuple[Difference, ...]
    cases: int
    failing: tuple[str, ...]
    problems: tuple[str, ...]
    same_person: bool


async def propose_pack(actor: Actor, content: bytes, *, why: str, examiner: Examiner, clock: Clock) -> str:
    """Propose to take a pack into use; returns the proposal's number.

    Raises NotAllowed, PackUnreadable, CasesFail, VersionChanged, ProposalRefused.
    """
    assert_may(actor, Right.POLICY_PROPOSE)
    if len(content) > LARGEST_PACK_BYTES:
        raise PackUnreadable("政策包文件过大，应不超过4 MB。", problems=[])
    pack = await asyncio.to_thread(read_pack, content, declared=examiner.declared)
    _assert_holds(await asyncio.to_thread(examiner.check, pack))
    text = canonical_json(pack.file).decode()
    return await _propose(actor, ProposalKind.PACK, pack.file.pack, text, why=why, clock=clock)


async def propose_figure(actor: Actor, pack: str, figure: NewFigure, *, why: str, clock: Clock) -> str:
    """Propose a value of one figure of the pack in use; returns the proposal's number.

    Raises NotAllowed, PackNotAdopted, FigureRefused, ProposalRefused.
    """
    assert_may(actor, Right.POLICY_PROPOSE)
    if not figure.paper.strip() or len(figure.paper) > LONGEST_PAPER or len(figure.note) > LONGEST_NOTE:
        raise ProposalRefused(
            f"请写明文件（不超过 {LONGEST_PAPER} 字），备注不超过 {LONGEST_NOTE} 字。没有文件依据的，写明由谁、为何暂定。"
        )
    return await _propose(actor, ProposalKind.FIGURE, pack, canonical_json(figure).decode(), why=why, clock=clock)


@retried
async def _propose(actor: Actor, kind: ProposalKind, pack: str, content: str, *, why: str, clock: Clock) -> str:
    if not why.strip() or len(why) > LONGEST_WHY or "\\u0000" in content or "\0" in why:
        raise ProposalRefused(f"请写明理由（不超过 {LONGEST_WHY} 字），内容中不能有无法显示的字符。")
    async with write_transaction():
        adopted = await _adopted(pack, LATEST)
        if kind is ProposalKind.FIGURE:
            await _assert_fits(content, adopted, pack)
        else:
            file = msgspec.json.decode(content, type=PackFile)
            await assert_same_content(file, pack_digest(file))
        year = clock.today().year
        number = f"ZC{year}{await next_number(NUMBER_KIND, year):04d}"
        proposal = Proposal(
            number=number,
            kind=kind,
            pack=pack,
            version=None if adopted is None else adopted.version,
            content=content,
            sha256=sha256_hex(content.encode()),
            why=why.strip(),
            proposed_by=actor.trail_key,
            proposer=_name(actor),
            hands=actor.hands,
            proposed_at=clock.now(),
            state=ProposalState.OPEN,
            decided_by=None,
            decider=None,
            decided_at=None,
            reason="",
        )
        await proposal_store.add_proposal(proposal)
        detail = {"kind": kind.value, "pack": pack, "sha256": proposal.sha256}
        await trail.record(actor, "policy:proposal:made", number, detail, at=clock.now())
    return number


async def decide_proposal(actor: Actor, number: str, *, approve: bool, reason: str, examiner: Examiner, clock: Clock) -> None:
    """Approve a proposal, which carries it out at once, or refuse it with a reason.

    Raises NotAllowed, SamePersonTwice, ProposalNotFound, ProposalDecided, ProposalOutdated, CasesFail, VersionChanged, FigureRefused,
    ProposalRefused.
    """
    assert_may(actor, Right.POLICY_APPROVE)
    if (not approve and not reason.strip()) or len(reason) > LONGEST_WHY or "\0" in reason:
        raise ProposalRefused(f"不予批准须写明原因（不超过 {LONGEST_WHY} 字）。")
    async with read_transaction():
        proposal = await proposal_store.load_proposal(number)
    assert_two_persons(proposal.hands, actor)
    pack = None
    if approve and proposal.kind is ProposalKind.PACK:
        pack = await asyncio.to_thread(read_pack, proposal.content.encode(), declared=examiner.declared)
        _assert_holds(await asyncio.to_thread(examiner.check, pack))
    await _decide(actor, proposal, pack, approve=approve, reason=reason.strip(), clock=clock)


@retried
async def _decide(actor: Actor, proposal: Proposal, pack: PolicyPack | None, *, approve: bool, reason: str, clock: Clock) -> None:
    number, state = proposal.number, ProposalState.APPROVED if approve else ProposalState.REFUSED
    async with write_transaction():
        if not await proposal_store.decide_proposal(number, state, by=actor.key, decider=_name(actor), at=clock.now(), reason=reason):
            raise ProposalDecided("这份政策变更已经办结，不能再次办理。")
        origin = Origin(number, proposal.proposed_by)
        if not approve:
            await trail.record(actor, "policy:proposal:refused", number, {"proposed_by": proposal.proposed_by}, at=clock.now())
        elif pack is not None:
            await take_into_use(pack, origin, actor, clock=clock)
        else:
            adopted = await store.load_adopted(proposal.pack, known_at=LATEST)
            if adopted.version != proposal.version:
                raise ProposalOutdated("提出之后政策包已采用新版本，请在新版本下重新提出。")
            await record_value(adopted, msgspec.json.decode(proposal.content, type=NewFigure), origin, actor, clock=clock)


async def waiting_proposals(actor: Actor) -> int:
    """How many proposals the actor may decide; none for whoever does not approve."""
    if not may(actor, Right.POLICY_APPROVE):
        return 0
    async with read_transaction():
        return await proposal_store.count_open(sorted(actor.hands))


async def list_proposals(actor: Actor, *, before: int | None, limit: int) -> tuple[list[ProposalHead], int | None]:
    """A page of proposals, newest first, and where the next one begins; raises NotAllowed."""
    assert_may(actor, Right.POLICY_READ)
    async with read_transaction():
        found = await proposal_store.list_proposals(before=before, limit=limit)
    return found[:limit], found[limit - 1].id if len(found) > limit else None


async def proposed_policies(number: str, *, examiner: Examiner) -> tuple[Policy, Policy]:
    """The policy in use and the one that a proposal would make of it; raises ProposalNotFound, PackNotAdopted.

    Once the proposal was decided: what was in use when it was made, and what was proposed then.
    """
    async with read_transaction():
        proposal = await proposal_store.load_proposal(number)
        at = LATEST if proposal.state is ProposalState.OPEN else proposal.proposed_at
        adopted = await store.load_adopted(proposal.pack, known_at=at)
        known = await store.load_figures(adopted.id, known_at=at)
        current = await store.load_policy(proposal.pack, known_at=at)
    if proposal.kind is ProposalKind.PACK:
        pack = await asyncio.to_thread(read_pack, proposal.content.encode(), declared=examiner.declared)
    else:
        pack, _changes = _with_figure(adopted, known, msgspec.json.decode(proposal.content, type=NewFigure))
    return current, pack.policy


async def show_proposal(actor: Actor, number: str, *, examiner: Examiner) -> ProposalShown:
    """A proposal beside what is in use; once decided, beside what was in use when it was made. Raises NotAllowed, ProposalNotFound."""
    assert_may(actor, Right.POLICY_READ)
    async with read_transaction():
        proposal = await proposal_store.load_proposal(number)
        at = LATEST if proposal.state is ProposalState.OPEN else proposal.proposed_at
        adopted = await _adopted(proposal.pack, at)
        known = [] if adopted is None else await store.load_figures(adopted.id, known_at=at)
    if proposal.kind is ProposalKind.PACK:
        pack = await asyncio.to_thread(read_pack, proposal.content.encode(), declared=examiner.declared)
        changes = differences(_named(known), _named(figures_of(pack)))
    else:
        assert adopted is not None, "a figure is proposed for a pack in use"
        pack, changes = _with_figure(adopted, known, msgspec.json.decode(proposal.content, type=NewFigure))
    check = await asyncio.to_thread(examiner.check, pack)
    return ProposalShown(
        proposal=proposal,
        title=pack.file.title,
        version=pack.file.version,
        changes=changes,
        cases=len(check.cases),
        failing=check.failing,
        problems=tuple(f"{problem.key}：{problem.message}" for problem in check.problems),
        same_person=bool(proposal.hands & actor.hands),
    )


async def figure_choices(actor: Actor, pack: str, *, clock: Clock) -> list[tuple[str, str, str]]:
    """Key, name and unit of every figure of the pack in use, for the form; raises NotAllowed, PackNotAdopted."""
    assert_may(actor, Right.POLICY_PROPOSE)
    async with read_transaction():
        adopted = await store.load_adopted(pack, known_at=clock.now())
        known = await store.load_figures(adopted.id, known_at=clock.now())
    return list({each.value.key: (each.value.key, each.name, Unit[each.unit].value) for each in known}.values())


def _assert_holds(check: PackCheck) -> None:
    """Raises CasesFail, naming the problems and the cases."""
    wrong = (*(problem.key for problem in check.problems), *check.failing)
    if wrong:
        raise CasesFail(f"有 {len(wrong)} 个案例的结果与预期不符：{'、'.join(wrong)}。请核对数值后重新提出。", cases=wrong)


async def _adopted(pack: str, at: datetime) -> AdoptedPack | None:
    try:
        return await store.load_adopted(pack, known_at=at)
    except PackNotAdopted:
        return None


async def _assert_fits(content: str, adopted: AdoptedPack | None, pack: str) -> None:
    """Raises PackNotAdopted, FigureRefused."""
    if adopted is None:
        raise PackNotAdopted(f"政策包 {pack} 尚未采用，不能登记单项数值。", pack=pack)
    fitting(msgspec.json.decode(content, type=NewFigure), await store.load_figures(adopted.id, known_at=LATEST), None)


def _with_figure(adopted: AdoptedPack, known: list[StoredFigure], figure: NewFigure) -> tuple[PolicyPack, tuple[Difference, ...]]:
    """The pack in use as it would be with one more value, and that value beside those it overlaps."""
    new = fitting(figure, known, None)
    latest = [*(each.value for each in known), msgspec.structs.replace(new.value, known_since=LATEST)]
    head = msgspec.structs.asdict(adopted.head)
    file = PackFile(pack=adopted.name, version=adopted.version, figures=(), **head)
    policy = Policy(
        pack=adopted.name,
        version=adopted.version,
        values=group_values(latest),
        formulas=adopted.head.formulas,
        effects=adopted.head.effects,
        rules_off=adopted.head.rules_off,
        holds=adopted.head.holds,
        ceiling_mode=adopted.head.ceiling_mode,
    )
    change = replaced(_named(known), figure.key, _named([new])[0])
    return PolicyPack(file=file, policy=policy, names={}), (change,)


def _named(figures: list[StoredFigure]) -> list[Named]:
    return [Named(each.name, Unit[each.unit], each.value) for each in figures]


def _name(actor: Actor) -> str:
    return actor.name if actor.acts_for is None else f"{actor.name}（代{actor.acts_for_name}）"
