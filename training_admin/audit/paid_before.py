"""What a person has had subsidised before: payments delivered, and paying lines of claims submitted earlier."""

from collections.abc import Iterator
from datetime import date

import msgspec

from training_admin.audit.facts import ClaimAudit


class PaidBefore(msgspec.Struct, frozen=True):
    """One earlier subsidy; `day` is the day of payment, or class start where it was claimed here, and `class_no` then its class."""

    occupation: str | None
    level: str | None
    fund: str
    day: date
    source: str
    class_no: str = ""


def paid_before(claim: ClaimAudit, person: str) -> Iterator[PaidBefore]:
    """Payments first, in the order delivered, then earlier claims."""
    for paid in claim.payments.get(person, ()):
        yield PaidBefore(paid.occupation, paid.level, paid.fund, paid.paid_on, f"{paid.paid_on.isoformat()}已发放")
    for other in claim.others.get(person, ()):
        if other.earlier and other.paying and other.start is not None:
            yield PaidBefore(other.occupation, other.level, other.fund, other.start, f"申报{other.claim_number}", other.class_no)
