"""A programme of apprentices with labelled faults, claimed in advance: rows as filing and recording leave them."""

from datetime import date, timedelta

import msgspec

from tests.audit.recall_seed import Seeded
from tests.fund.payment_world import ACCOUNT
from tests.people import sign_in_as
from tests.subsidy.programme_world import NUMBER, filed, registers, trained
from training_admin.apprenticeship.facts import Stage
from training_admin.database import fetch_tuples, write_transaction
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.subsidy.assessing import assess_claim
from training_admin.subsidy.deliveries import receive_registers
from training_admin.subsidy.programme_claims import submit_programme_claim

PEOPLE, OF_A_MENTOR, TIMES = 20, 8, 2


async def put_apprentices(seeded: Seeded, clock: FixedClock) -> str:
    """The number of the claim; contracts, posts and wages of two apprentices each are wrong, and one mentor has one too many."""
    draw = seeded.chance
    places = draw.sample(range(1, PEOPLE + 1), 3 * TIMES)
    short, unskilled, low = places[:TIMES], places[TIMES : 2 * TIMES], places[2 * TIMES :]
    await filed(PEOPLE, clock)
    moved = draw.randrange(OF_A_MENTOR + 1, PEOPLE + 1)
    start = date(2025, 1, 6)
    async with write_transaction():
        for place in short:
            await _changed(place, contract_end=start + timedelta(days=draw.randrange(90, 363)))
        for place in unskilled:
            await _changed(place, skilled_post=False)
        ((mentor,),) = await fetch_tuples("SELECT mentor FROM apprentice WHERE place = 1")
        await _changed(moved, mentor=mentor)
    await trained(clock, low=frozenset(low))
    await receive_registers(DEMO, registers(PEOPLE), source="测试交付", clock=clock)
    clerk = (await sign_in_as("jingban-a", clock)).actor
    account = msgspec.structs.replace(ACCOUNT, holder=clerk.organisation_name)
    case = (await submit_programme_claim(clerk, NUMBER, Stage.ADVANCE, account, clock=clock)).number
    await assess_claim(DEMO, case, cause="首次核验", clock=clock)
    async with write_transaction():
        found = await fetch_tuples("SELECT l.row FROM claim_line l JOIN claim c ON c.id = l.claim WHERE c.number = $1 ORDER BY 1", case)
    rows = [row for (row,) in found]
    for check, whom in (("AU-023", short), ("AU-024", unskilled), ("AU-026", low), ("AU-085", [*range(1, OF_A_MENTOR + 1), moved])):
        for place in whom:
            seeded.label(case, check, NUMBER, rows[place - 1])
    return case


async def _changed(place: int, **changes: object) -> None:
    for column, value in changes.items():
        await fetch_tuples(f"UPDATE apprentice SET {column} = $2 WHERE place = $1 RETURNING id", place, value)
