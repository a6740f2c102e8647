"""All that is kept about the person who asks (个人信息保护法 art. 45), gathered from claims, registers and his own requests."""

from collections.abc import Iterable
from itertools import groupby

import msgspec

from training_admin.accounts.personal_requests import PersonalRequestShown, my_requests
from training_admin.fund.facts import PaidTraining
from training_admin.fund.store import load_payments
from training_admin.kit.actor import Actor, assert_may
from training_admin.kit.clock import Clock
from training_admin.kit.rights import Right
from training_admin.office.knowledge import knowledge_transaction, still_known_at
from training_admin.parties.facts import InsuredMonth
from training_admin.parties.store import load_insurance
from training_admin.subsidy.persons import OwnClaims, own_claims

FIRST_MONTH, LAST_MONTH = "2000-01", "2099-12"


class InsuredBy(msgspec.Struct, frozen=True):
    """The months of employee insurance that one employer paid for the person."""

    payer: str
    months: tuple[str, ...]


class OwnRecords(msgspec.Struct, frozen=True):
    """What claims, other departments' registers and requests hold of one person."""

    claims: OwnClaims
    insurance: tuple[InsuredBy, ...]
    payments: tuple[PaidTraining, ...]
    requests: tuple[PersonalRequestShown, ...]


async def own_records(actor: Actor, *, clock: Clock) -> OwnRecords:
    """Everything about the actor's own person and nothing of anybody else; raises NotAllowed."""
    assert_may(actor, Right.OWN_RECORDS)
    assert actor.person is not None
    persons = [bytes.fromhex(actor.person)]
    async with knowledge_transaction():
        known_at = await still_known_at(clock)
        insured = await load_insurance(persons, first=FIRST_MONTH, last=LAST_MONTH, known_at=known_at)
        paid = (await load_payments(persons, known_at)).all()
    return OwnRecords(
        claims=await own_claims(actor, clock=clock),
        insurance=_by_payer(insured.get(actor.person, ())),
        payments=paid.get(actor.person, ()),
        requests=tuple(await my_requests(actor)),
    )


def _by_payer(months: Iterable[InsuredMonth]) -> tuple[InsuredBy, ...]:
    ordered = sorted(months, key=lambda each: (each.payer, each.month))
    return tuple(InsuredBy(payer, tuple(each.month for each in group)) for payer, group in groupby(ordered, key=lambda each: each.payer))
