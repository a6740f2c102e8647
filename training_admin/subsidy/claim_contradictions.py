"""What our own filings say of the people of a claim, and where a stored claim differs from everything that is registered now."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from training_admin.catalog.firm_classes import claimable_classes
from training_admin.catalog.forecast_store import rosters_of
from training_admin.catalog.run_store import load_closed
from training_admin.catalog.store import load_filings
from training_admin.database import fetch_tuples
from training_admin.kit.actor import Actor, scope_of
from training_admin.kit.clock import Clock
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.office.knowledge import knowledge_transaction, still_known_at
from training_admin.parties.store import load_enterprises
from training_admin.subsidy import store
from training_admin.subsidy.class_claims import claimed_of
from training_admin.subsidy.contradictions import Filed, contradictions_of, people_contradictions
from training_admin.subsidy.form import ClassRow, FormHead
from training_admin.subsidy.views import Contradiction


async def load_filed(classes: Iterable[ClassRow], uscc: str, known_at: datetime) -> Filed:
    """Rosters and frozen facts of the claim's classes that were filed here for the claimant, in an open transaction."""
    approved = await claimable_classes((row.class_no for row in classes if row.class_no), enterprises=[uscc])
    rosters = await rosters_of([each.version_key for each in approved])
    closed = await load_closed([each.plain_no for each in approved], known_at)
    return Filed(
        enrolled={
            each.class_no: {one.trainee.person: one.trainee.name for one in claimed_of(each.content, rosters[each.version_key])}
            for each in approved
        },
        closed={each.class_no: closed[each.plain_no] for each in approved if each.plain_no in closed},
    )


async def claim_contradictions(actor: Actor, number: str, *, clock: Clock) -> tuple[Contradiction, ...]:
    """Where a stored claim differs from what is registered and filed now; raises NotAllowed, ClaimNotFound."""
    organisations = scope_of(actor, Right.CLAIM_READ).codes
    async with knowledge_transaction():
        known_at = await still_known_at(clock)
        claim_id, _summary, _problems, _file = await store.claim_summary(number, organisations=organisations)
        claim = await store.load_keyed_claim(claim_id)
        sealed = (await fetch_tuples("SELECT sealed_head FROM claim WHERE id = $1", claim_id))[0][0]
        head = msgspec.json.decode(vault().decrypt(sealed, place=store.SEALED_HEAD), type=FormHead)
        filings = await load_filings([row.class_no for row in claim.classes], known_at)
        enterprise = (await load_enterprises([claim.uscc], known_at)).get(claim.uscc)
        filed = await load_filed(claim.classes, claim.uscc, known_at)
    return (*contradictions_of(head, claim.classes, enterprise, filings), *people_contradictions(claim.lines, filed))
