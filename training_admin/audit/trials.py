"""Asking for trials and reading them: 政策试算 before a change is signed, 影响清单 when something was corrected backwards."""

import msgspec

from training_admin.audit import trial_store
from training_admin.audit.trial_store import IMPACTS, WHAT_IFS, Correction, Part, Result, Trial, TrialKind
from training_admin.audit.trying import RUN_TRIAL, correction_of
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import Unreadable
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.jobs import enqueue
from training_admin.office.numbers import next_number
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.proposal_store import ProposalKind, load_proposal

FILE_KIND = "trial"
FIRST_YEAR, LAST_YEAR = 2015, 2100
MOST_SHOWN = 50
KIND_WORDS = {ProposalKind.PACK: "采用政策包", ProposalKind.FIGURE: "登记单项数值"}


class TrialRefused(Unreadable):
    """What is asked for cannot be tried."""

    code = "trial-refused"
    title = "不能试算"


async def ask_what_if(actor: Actor, proposal: str, *, year: int, clock: Clock) -> str:
    """Stage the trial of a proposed change ("" for the policy in use) on a year's claims; returns its number.

    Raises NotAllowed, ProposalNotFound, TrialRefused.
    """
    assert_may(actor, Right.POLICY_READ)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise TrialRefused("请填写申报年度，如 2025。")
    if not proposal:
        return await _stage(actor, TrialKind.CURRENT, DEFAULT_PACK, "现用政策（应无差异）", year=year, clock=clock)
    async with read_transaction():
        found = await load_proposal(proposal)
    title = f"{KIND_WORDS[found.kind]} {found.number}（{found.pack}）"
    return await _stage(actor, TrialKind.PROPOSAL, found.number, title, year=year, clock=clock)


async def ask_impact(actor: Actor, kind: TrialKind, subject: str, *, clock: Clock) -> str:
    """Stage the impact list of a delivery or a recorded figure; returns its number. Raises NotAllowed, TrialNotFound."""
    assert_may(actor, Right.AUDIT_EXPORT)
    correction = await correction_of(kind, subject)
    return await _stage(actor, kind, correction.subject, correction.words, year=clock.today().year, clock=clock)


@retried
async def _stage(actor: Actor, kind: TrialKind, subject: str, title: str, *, year: int, clock: Clock) -> str:
    async with write_transaction():
        this_year = clock.today().year
        number = f"SS{this_year}{await next_number(FILE_KIND, this_year):06d}"
        trial = Trial(number, kind, subject, title[:300], year, shown_name(actor), clock.now(), "waiting", 0, 0, None, None)
        await trial_store.add_trial(trial)
        await trail.record(actor, "audit:trial:asked", number, {"kind": kind.value, "subject": subject, "year": year}, at=clock.now())
        await enqueue(RUN_TRIAL, number)
    return number


async def list_what_ifs(actor: Actor) -> list[Trial]:
    """The newest trials of policies; raises NotAllowed."""
    assert_may(actor, Right.POLICY_READ)
    async with read_transaction():
        return await trial_store.list_trials(WHAT_IFS, most=MOST_SHOWN)


async def show_what_if(actor: Actor, number: str) -> Trial:
    """A trial of a policy; raises NotAllowed, TrialNotFound."""
    assert_may(actor, Right.POLICY_READ)
    async with read_transaction():
        return await trial_store.trial_by_number(number, WHAT_IFS)


async def list_impacts(actor: Actor) -> tuple[list[Trial], list[Correction], list[Correction]]:
    """The newest impact lists, and what can be asked about: deliveries and recorded figures. Raises NotAllowed."""
    assert_may(actor, Right.AUDIT_EXPORT)
    async with read_transaction():
        return (
            await trial_store.list_trials(IMPACTS, most=MOST_SHOWN),
            await trial_store.delivered(most=MOST_SHOWN),
            await trial_store.recorded_figures(most=MOST_SHOWN),
        )


async def show_impact(actor: Actor, number: str) -> Trial:
    """An impact list, of the claims in the actor's scope; raises NotAllowed, TrialNotFound."""
    scope = scope_of(actor, Right.AUDIT_EXPORT)
    async with read_transaction():
        trial = await trial_store.trial_by_number(number, IMPACTS)
    if trial.result is None or scope.codes is None:
        return trial
    changes = tuple(each for each in trial.result.claims.changes if scope.covers(each.uscc))
    own = Part(
        compared=len(changes),
        before_fen=sum(each.before_fen or 0 for each in changes),
        after_fen=sum(each.after_fen or 0 for each in changes),
        changes=changes,
    )
    return msgspec.structs.replace(trial, result=Result(own))
