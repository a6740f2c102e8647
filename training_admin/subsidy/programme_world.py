"""The facts of a claim for a programme's money: frozen at its submission, what registers and apprentices say as known at an instant."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from training_admin.apprenticeship.facts import ApprenticeFacts, ProgrammeFacts, Stage
from training_admin.database import fetch_tuples
from training_admin.fund.facts import PaidTraining
from training_admin.fund.store import load_payments
from training_admin.kit.clock import shanghai_day
from training_admin.kit.workdays import months_touched
from training_admin.office.workdays import load_calendar
from training_admin.parties.facts import InsuredMonth
from training_admin.parties.store import load_coverage, load_insurance
from training_admin.policy.store import load_policy
from training_admin.subsidy.programme_facts import ProgrammeClaimFacts
from training_admin.subsidy.programme_store import FrozenProgramme


def without_registers(facts: ProgrammeFacts) -> ProgrammeFacts:
    """A programme as it is frozen: nothing of what is read anew at each assessment."""
    own = tuple(msgspec.structs.replace(each, insured_here=(), payments=(), denied=False) for each in facts.apprentices)
    return msgspec.structs.replace(facts, apprentices=own, insurance_months=())


async def _deniers(numbers: list[str], known_at: datetime) -> set[str]:
    """Apprentices whose last word on being the person was that they are not, as known at an instant."""
    found = await fetch_tuples(
        """SELECT encode(person, 'hex') FROM (
               SELECT a.person, v.kind, row_number() OVER (PARTITION BY a.id ORDER BY v.id DESC) AS age
               FROM programme p JOIN apprentice a ON a.programme = p.id JOIN apprentice_voice v ON v.apprentice = a.id
               WHERE p.number = ANY($1) AND v.kind IN ('me', 'not_me') AND v.said_at <= $2
           ) said WHERE age = 1 AND kind = 'not_me'""",
        *(numbers, known_at),
    )
    return {person for (person,) in found}


async def load_registers(facts: ProgrammeFacts, *, known_at: datetime) -> ProgrammeFacts:
    """A programme with insured months, payments and denials as known at an instant; inside an open transaction."""
    persons = sorted({bytes.fromhex(each.person) for each in facts.apprentices if each.person})
    months = months_touched(facts.start, facts.end)
    insurance = await load_insurance(persons, first=months[0], last=months[-1], known_at=known_at)
    # Money for apprenticeships, and so the programme's own, is none that excludes it (APP-17).
    payments = (await load_payments(persons, known_at)).all()
    denied = await _deniers([facts.number], known_at)
    coverage = await load_coverage(known_at)
    own = tuple(_known(each, facts.uscc, insurance, payments, denied) for each in facts.apprentices)
    return msgspec.structs.replace(facts, apprentices=own, insurance_months=tuple(sorted(set(coverage.insurance) & set(months))))


def _known(
    each: ApprenticeFacts,
    uscc: str,
    insurance: Mapping[str, tuple[InsuredMonth, ...]],
    payments: Mapping[str, tuple[PaidTraining, ...]],
    denied: set[str],
) -> ApprenticeFacts:
    here = tuple(sorted({month.month for month in insurance.get(each.person, ()) if month.payer == uscc}))
    paid = tuple(sorted(payments.get(each.person, ()), key=lambda one: (one.paid_on, one.fund, one.occupation or "", one.level or "")))
    return msgspec.structs.replace(each, insured_here=here, payments=paid, denied=each.person in denied)


async def load_programme_claim(
    frozen: FrozenProgramme, *, claim_number: str, claim_year: int, known_at: datetime, pack: str
) -> ProgrammeClaimFacts:
    """All facts of such a claim as known at an instant, in a constant number of queries; inside an open transaction."""
    return ProgrammeClaimFacts(
        claim_number=claim_number,
        uscc=frozen.facts.uscc,
        claim_year=claim_year,
        as_of=frozen.facts.as_of,
        known_at=known_at.isoformat(),
        stage=frozen.stage,
        programme=await load_registers(frozen.facts, known_at=known_at),
        policy=await load_policy(pack, known_at=known_at),
        calendar=await load_calendar(known_at=shanghai_day(known_at)),
    )


def stage_facts(facts: ProgrammeFacts, stage: Stage, *, advance_fen: int) -> ProgrammeFacts:
    """A programme as one stage asks for it: the settlement nets what was paid in advance."""
    return msgspec.structs.replace(facts, advance_fen=advance_fen if stage is Stage.SETTLEMENT else None)
