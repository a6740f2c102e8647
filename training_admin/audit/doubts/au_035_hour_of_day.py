"""AU-035 深夜或超早授课 · a session lies outside the usual hours."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_class
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.parameters import AUDIT_SESSION_FROM, AUDIT_SESSION_TO
from training_admin.audit.run_words import session_words
from training_admin.catalog.class_facts import clock_text


@check(id="AU-035", why="虚构课次常排在深夜或清晨", needs="课次表的起止时间", against="授课时刻的暂定区间")
def au_035(claim: ClaimAudit) -> Iterator[Found]:
    """Sessions of the approved plan; the interval is a figure."""
    for klass, run in claim.run():
        odd = [
            each
            for each in run.sessions
            if each.starts < claim.policy.at(AUDIT_SESSION_FROM, each.day) or each.ends > claim.policy.at(AUDIT_SESSION_TO, each.day)
        ]
        if odd:
            first, last = claim.policy.at(AUDIT_SESSION_FROM, odd[0].day), claim.policy.at(AUDIT_SESSION_TO, odd[0].day)
            yield of_class(claim, klass, 课次=session_words(odd), 课次数=str(len(odd)), 区间=f"{clock_text(first)}至{clock_text(last)}")
