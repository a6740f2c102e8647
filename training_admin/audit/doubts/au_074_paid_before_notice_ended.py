"""AU-074 公示未满或有异议即拨付 · money left before the notice ended or with an objection open."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, day_text
from training_admin.audit.facts import ClaimAudit


@check(id="AU-074", why="绕过公示监督", needs="公示起止、异议、支付日期", against="公示记录")
def au_074(claim: ClaimAudit) -> Iterator[Found]:
    """The last day of the notice belongs to it; objections count when nobody had answered them by the day of payment."""
    for paid in claim.handled.payments:
        if paid.notice_ends is None or paid.paid_on <= paid.notice_ends or paid.open_objections:
            evidence = (
                ("拨付日期", day_text(paid.paid_on)),
                ("公示止日", day_text(paid.notice_ends)),
                ("拨付时未答复的异议", str(paid.open_objections)),
            )
            yield Found("", (), paid.fen, evidence)
