"""AU-027 企业参训人数超过参保人数 · more trainees than insured staff."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_claim
from training_admin.audit.facts import EMPLOYEE_GROUP, ClaimAudit


@check(id="AU-027", why="虚报参训人数", needs="企业登记的参保人数", against="企业登记信息")
def au_027(claim: ClaimAudit) -> Iterator[Found]:
    """Counts persons, not rows, and own employees only; says nothing where the head count has not been delivered."""
    headcount = None if claim.enterprise is None else claim.enterprise.insured_headcount
    people = {line.person for line in claim.lines if line.readable and line.person and line.group == EMPLOYEE_GROUP}
    if headcount is not None and len(people) > headcount:
        yield of_claim(claim, 参训职工人数=str(len(people)), 参保人数=str(headcount))
