"""Computing trials: a policy tried on last year's claims and this year's classes, and the impact of what became known later.

A trial is a job: claims are computed one after the other in a thread, its progress is told, and nothing of any decision changes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta

import msgspec

from training_admin.audit import trial_store
from training_admin.audit.record_changes import Tally, compared, shares
from training_admin.audit.trial_store import Correction, Part, Result, Trial, TrialKind, TriedClaim
from training_admin.catalog.firm_classes import ClassOfFirm, classes_of_firms
from training_admin.catalog.forecast_store import approved_classes, approved_numbers
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.clock import Clock
from training_admin.kit.dated import Policy
from training_admin.kit.refusals import Refusal
from training_admin.office.jobs import JobRun
from training_admin.office.knowledge import knowledge_transaction
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.proposals import Examiner, proposed_policies
from training_admin.policy.store import load_policy
from training_admin.subsidy import store
from training_admin.subsidy.assessing import assessed, load_claim_facts
from training_admin.subsidy.dry_run import load_prepared
from training_admin.subsidy.facts import ClaimFacts
from training_admin.subsidy.programme_facts import ProgrammeClaimFacts
from training_admin.subsidy.record import AssessmentRecord

RUN_TRIAL = "run_trial"
TOLD_EVERY = 20
MOST_CHANGES = 2000
JUST_BEFORE = timedelta(microseconds=1)
AnyFacts = ClaimFacts | ProgrammeClaimFacts
Progress = Callable[[int, int], Awaitable[None]]


async def run_trial(run: JobRun, *, examiner: Examiner) -> None:
    """The job of one trial; its key is the trial's number. What cannot be tried (a proposal gone stale) ends refused."""
    async with read_transaction():
        trial = await trial_store.trial_by_number(run.key, tuple(TrialKind))

    async def tell(done: int, total: int) -> None:
        if done % TOLD_EVERY == 0:
            await _note(trial.number, done, total)

    try:
        result: Result | None = await compute(trial, examiner=examiner, clock=run.clock, tell=tell)
    except Refusal:
        result = None
    await _finish(run, result)


@retried
async def _note(number: str, done: int, total: int) -> None:
    async with write_transaction():
        await trial_store.note_progress(number, done=done, total=total)


@retried
async def _finish(run: JobRun, result: Result | None) -> None:
    async with write_transaction():
        if await run.first_time():
            total = 0 if result is None else result.claims.compared + result.classes.compared
            await trial_store.finish(run.key, result, total=total, at=run.clock.now())


async def compute(trial: Trial, *, examiner: Examiner, clock: Clock, tell: Progress) -> Result:
    """What comes out of a trial; nothing is written. Raises ProposalNotFound, PackNotAdopted, CorrectionNotFound."""
    if trial.kind in trial_store.WHAT_IFS:
        return await _what_if(trial, examiner=examiner, clock=clock, tell=tell)
    correction = await correction_of(trial.kind, trial.subject)
    async with read_transaction():
        claims = await touched_claims(trial.kind, correction)
    return Result(await impact(claims, correction.known_at, tell))


async def _what_if(trial: Trial, *, examiner: Examiner, clock: Clock, tell: Progress) -> Result:
    if trial.kind is TrialKind.CURRENT:
        async with read_transaction():
            current = await load_policy(DEFAULT_PACK, known_at=clock.now())
        tried = current
    else:
        current, tried = await proposed_policies(trial.subject, examiner=examiner)
    async with read_transaction():
        claims = await trial_store.claims_of_year(trial.year, current.pack)
        numbers = await approved_numbers(date(clock.today().year, 1, 1))
        classes = await classes_of_firms(await approved_classes(numbers)) if current.pack == DEFAULT_PACK else []
    total = len(claims) + len(classes)
    tallies = []
    for done, claim in enumerate(claims, start=1):
        async with read_transaction():
            facts = await load_claim_facts(claim.key, known_at=claim.known_at, pack=claim.pack)
        before, after = await asyncio.to_thread(_both, facts, current, tried)
        tallies.append(compared(before, after, number=claim.number, enterprise_name=claim.enterprise_name))
        await tell(done, total)
    of_classes = []
    for done, each in enumerate(classes, start=len(claims) + 1):
        tally = await _tried_class(each, current, tried, clock)
        of_classes += [] if tally is None else [tally]
        await tell(done, total)
    return Result(_part(tallies), _part(of_classes))


async def _tried_class(each: ClassOfFirm, current: Policy, tried: Policy, clock: Clock) -> Tally | None:
    """A filed class as it would be claimed now; None before its facts are known."""
    async with knowledge_transaction():
        prepared = await load_prepared(each, clock=clock)
    if prepared is None:
        return None
    before, after = await asyncio.to_thread(_both, prepared.facts, current, tried)
    firm = prepared.facts.enterprise
    return compared(before, after, number=each.class_no, enterprise_name=prepared.facts.uscc if firm is None else firm.name)


def _both(facts: AnyFacts, current: Policy, tried: Policy) -> tuple[AssessmentRecord, AssessmentRecord]:
    return _assessed(msgspec.structs.replace(facts, policy=current), msgspec.structs.replace(facts, policy=tried))


def _assessed(one: AnyFacts, other: AnyFacts) -> tuple[AssessmentRecord, AssessmentRecord]:
    return assessed(one), assessed(other)


async def correction_of(kind: TrialKind, subject: str) -> Correction:
    """What became known; raises TrialNotFound for what there is not."""
    key = int(subject) if subject.isascii() and subject.isdecimal() and len(subject) < 16 else 0  # noqa: PLR2004 - more than any key
    find = trial_store.delivered if kind is TrialKind.DELIVERY else trial_store.recorded_figures
    async with read_transaction():
        found = await find(most=1, key=key)
    if not found:
        raise trial_store.TrialNotFound("没有找到这次更正，请从列表重新选择。")
    return found[0]


async def touched_claims(kind: TrialKind, correction: Correction) -> list[TriedClaim]:
    """Decided claims that a correction can concern: those a delivery speaks of, or those with a day on which a figure is in force."""
    if kind is TrialKind.DELIVERY:
        states = [each.value for each in trial_store.DECIDED]
        named = [number for _key, number in await store.claims_touched(int(correction.subject), states)]
        return await trial_store.decided_claims(named)
    claims = [each for each in await trial_store.decided_claims() if each.pack == correction.pack]
    records = await trial_store.records_of([each.key for each in claims])
    return [each for each in claims if _has_day(msgspec.json.decode(records[each.key], type=AssessmentRecord), correction)]


def _has_day(record: AssessmentRecord, correction: Correction) -> bool:
    """Whether a figure of the stretch can enter: by class start, by 1 January of the claim year, by the day of the claim (VER-01)."""
    days = [record.as_of, date(record.claim_year, 1, 1), *(day for klass in record.classes for day in (klass.start, klass.end))]
    start, end = correction.start, correction.end
    return any((start is None or start <= day) and (end is None or day <= end) for day in days)


async def impact(claims: Sequence[TriedClaim], known_at: datetime, tell: Progress) -> Part:
    """What becoming known at an instant does to claims: each as known just before, and as known then."""
    tallies = []
    for done, claim in enumerate(claims, start=1):
        async with read_transaction():
            old = await load_claim_facts(claim.key, known_at=known_at - JUST_BEFORE, pack=claim.pack)
            new = await load_claim_facts(claim.key, known_at=known_at, pack=claim.pack)
        before, after = await asyncio.to_thread(_assessed, old, new)
        tallies.append(compared(before, after, number=claim.number, enterprise_name=claim.enterprise_name))
        await tell(done, len(claims))
    return _part(tallies)


def _part(tallies: Sequence[Tally]) -> Part:
    changes = [each.change for each in tallies]
    known = [each for each in tallies if each.change.before_fen is not None and each.change.after_fen is not None]
    return Part(
        compared=len(tallies),
        unknown=len(tallies) - len(known),
        before_fen=sum(each.change.before_fen or 0 for each in known),
        after_fen=sum(each.change.after_fen or 0 for each in known),
        firms=shares(known, lambda tally, _part: tally.change.enterprise_name),
        streams=shares(known, lambda _tally, part: part[0]),
        months=tuple(sorted(shares(known, lambda _tally, part: part[1]), key=lambda each: each.name)),
        changes=tuple(each for each in changes if each.differs)[:MOST_CHANGES],
    )
