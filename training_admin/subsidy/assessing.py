"""Assessing stored claims: load everything as known at one instant, assess off the event loop, keep the record."""

import asyncio
from datetime import datetime

import msgspec

from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock
from training_admin.kit.rights import Right
from training_admin.office import messages, trail
from training_admin.office.jobs import JobRun, enqueue
from training_admin.office.knowledge import knowledge_transaction, still_known_at
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.subsidy import programme_store, review_store, store
from training_admin.subsidy.assess import assess
from training_admin.subsidy.facts import ClaimFacts
from training_admin.subsidy.gather import gather
from training_admin.subsidy.letters import assessed_letter
from training_admin.subsidy.programme_assess import assess_programme
from training_admin.subsidy.programme_facts import ProgrammeClaimFacts
from training_admin.subsidy.programme_world import load_programme_claim
from training_admin.subsidy.record import AssessmentRecord
from training_admin.subsidy.views import RecordHead
from training_admin.subsidy.world import load_world

ASSESS_CLAIM = "assess_claim"
# Staged by every assessment for rooms to the right; its key is the claim's number and the place of the record.
CLAIM_ASSESSED = "claim_assessed"
FIRST_TIME = "首次核验"
# The round of an assessment that a delivery calls for begins with this, before the key of the delivery.
BY_DELIVERY = "delivery-"


async def load_claim_facts(claim_id: int, *, known_at: datetime, pack: str = DEFAULT_PACK) -> ClaimFacts | ProgrammeClaimFacts:
    """All facts of a stored claim as known at an instant, in a constant number of queries; inside an open transaction."""
    claim = await store.load_keyed_claim(claim_id)
    frozen = await programme_store.frozen_of(claim_id)
    if frozen is not None:
        return await load_programme_claim(
            frozen, claim_number=claim.claim_number, claim_year=claim.claim_year, known_at=known_at, pack=pack
        )
    return gather(claim, await load_world(claim, known_at=known_at, pack=pack))


def assessed(facts: ClaimFacts | ProgrammeClaimFacts) -> AssessmentRecord:
    """The record of a claim of either kind; pure, for a thread of its own."""
    return assess_programme(facts) if isinstance(facts, ProgrammeClaimFacts) else assess(facts)


async def assess_staged(actor: Actor, run: JobRun) -> None:
    """The job staged by a submission or a delivery; its key is the claim's number and the round.

    What a later assessment has seen already is not assessed once more: a bank's result tells one delivery for each of its cases.
    """
    number, _, cause = run.key.partition("/")
    delivery = cause.removeprefix(BY_DELIVERY)
    if delivery != cause and await _seen_since(number, int(delivery)):
        await run.mark_done()
    else:
        await assess_claim(actor, number, cause=cause, clock=run.clock, run=run)


async def _seen_since(number: str, delivery: int) -> bool:
    async with read_transaction():
        return await review_store.assessed_after(number, delivery)


@retried
async def assess_claim(actor: Actor, number: str, *, cause: str, clock: Clock, run: JobRun | None = None) -> RecordHead | None:
    """Assess a claim now and keep the record beside the earlier ones; None when the job's effect is there already."""
    async with knowledge_transaction():
        claim_id, claim, _problems, _file = await store.claim_summary(number)
        known_at = await still_known_at(clock)
        facts = await load_claim_facts(claim_id, known_at=known_at)
    record = await asyncio.to_thread(assessed, facts)
    async with write_transaction():
        if run is not None and not await run.first_time():
            return None
        head = await store.add_record(claim_id, record, known_at=known_at, cause=cause)
        if head.place == 1:
            await messages.send(messages.to_organisation(claim.uscc, Right.CLAIM_READ), assessed_letter(number), clock=clock)
        detail = {"place": head.place, "sha256": head.sha256, "cause": cause}
        await trail.record(actor, "subsidy:claim:assessed", number, detail, at=clock.now())
        await enqueue(CLAIM_ASSESSED, f"{number}/{head.place}")
    return head


async def enqueue_assessment(number: str, *, round_key: str) -> None:
    """Stage the assessment of a claim in the open transaction; `round_key` tells this round from earlier ones."""
    await enqueue(ASSESS_CLAIM, f"{number}/{round_key}")


async def decoded_record(claim_id: int, place: int | None) -> AssessmentRecord | None:
    """A stored record, the newest when no place is given."""
    found = await store.load_record(claim_id, place)
    return None if found is None else msgspec.json.decode(found[0], type=AssessmentRecord)
