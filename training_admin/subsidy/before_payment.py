"""What a claim misses before money may leave, beside the fund's holds: visits, confirmations, unknown facts, objections, appeals.

Handed to the fund's batches, which know nothing of claims. Which unknown facts hold a payment, the policy pack says (`holds`, PAYMENT).
"""

from collections.abc import Sequence
from datetime import date

from training_admin.catalog.pooling import plain_number
from training_admin.catalog.visits import visited_classes
from training_admin.database import fetch_tuples
from training_admin.kit.clock import Clock
from training_admin.kit.dated import Policy
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy
from training_admin.subsidy import review_store
from training_admin.subsidy.decided import decided
from training_admin.subsidy.determination import LineSaid, LineWord, newest
from training_admin.subsidy.record import AssessmentRecord, Finding
from training_admin.subsidy.review_store import ReviewedClaim
from training_admin.subsidy.store import ClaimNotFound

VISITS, CONFIRMATION = "INSP-01/visits", "CONF-01/confirmation"
PAYMENT = "PAYMENT"


async def missing_before_payment(case_no: str, *, clock: Clock) -> list[str]:
    """What holds the payment of a case, in words, nothing for one that may be paid or is no claim; in the open transaction."""
    try:
        claim = await review_store.claim_by_number(case_no, None)
    except ClaimNotFound:
        return []
    what = await decided(claim.id)
    if what is None:
        return ["尚未审定"]
    record, rows = what.record, what.found.rows
    policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
    said = newest(await review_store.words_of(claim.id))
    classes = sorted({line.class_no for line in record.lines if line.row in set(rows)})
    missing: list[str] = []
    if policy.holds.get(VISITS) == PAYMENT:
        visited = await visited_classes(classes, clock=clock)
        missing += [f"INSP-01：班级 {each} 尚未现场检查合格" for each in classes if each not in visited]
    if policy.holds.get(CONFIRMATION) == PAYMENT:
        missing += await _unconfirmed(claim, rows, classes, said, clock.today())
    missing += _unknown(record, rows, said, policy, clock.today())
    return missing + await _disputed(claim)


def _cleared(said: LineSaid | None, rule: str, today: date) -> bool:
    """Whether a reviewer has shown another proof for a rule of a row, or let it pass until a day that is not over."""
    if said is None or said.rule != rule:
        return False
    return said.word is LineWord.EVIDENCE or (said.word is LineWord.OVERRIDE and (said.expires_on is None or today <= said.expires_on))


async def _unconfirmed(
    claim: ReviewedClaim, rows: tuple[int, ...], classes: Sequence[str], said: dict[int, LineSaid], today: date
) -> list[str]:
    """Classes with people who have not confirmed that it was they who were trained (CONF-01), and with those who deny it.

    A firm's number of a pooled class leads to the class, in which the people were asked.
    """
    found = await fetch_tuples(
        """SELECT l.row, l.class_no, coalesce(bool_or(w.answer = 'me'), false), coalesce(bool_or(w.answer = 'not_me'), false)
           FROM claim_line l LEFT JOIN unnest($3::text[], $4::text[]) p(class_no, plain_no) ON p.class_no = l.class_no
           LEFT JOIN training_class c ON c.class_no = p.plain_no
           LEFT JOIN class_witness w ON w.training_class = c.id AND w.person = l.person
           WHERE l.claim = $1 AND l.row = ANY($2) GROUP BY l.row, l.class_no ORDER BY l.class_no, l.row""",
        *(claim.id, list(rows), list(classes), [plain_number(each) for each in classes]),
    )
    open_of: dict[str, int] = {}
    denied_of: dict[str, int] = {}
    for row, class_no, confirmed, denied in found:
        if denied:
            denied_of[class_no] = denied_of.get(class_no, 0) + 1
        elif not confirmed and not _cleared(said.get(row), "CONF-01", today):
            open_of[class_no] = open_of.get(class_no, 0) + 1
    missing = [f"CONF-01：班级 {class_no} 有 {count} 人否认参加培训" for class_no, count in denied_of.items()]
    return missing + [f"CONF-01：班级 {class_no} 有 {count} 人尚未确认参训" for class_no, count in open_of.items()]


def _unknown(record: AssessmentRecord, rows: tuple[int, ...], said: dict[int, LineSaid], policy: Policy, today: date) -> list[str]:
    """Facts that were not delivered and that hold a payment, though not the assessment."""
    paid = set(rows)
    classes = {line.class_no for line in record.lines if line.row in paid}
    above = [*record.findings, *(each for klass in record.classes if klass.class_no in classes for each in klass.findings)]
    found = {(each.rule, each.missing): 0 for each in above if _holds(each, policy)}
    for line in record.lines:
        for each in line.findings if line.row in paid else ():
            if _holds(each, policy) and not _cleared(said.get(line.row), each.rule, today):
                found[each.rule, each.missing] = found.get((each.rule, each.missing), 0) + 1
    return [f"{rule}：{missing}待比对" + (f"（{people} 人）" if people else "") for (rule, missing), people in found.items()]


def _holds(finding: Finding, policy: Policy) -> bool:
    return finding.answer == "unknown" and policy.holds.get(f"{finding.rule}/{finding.fact}") == PAYMENT


async def _disputed(claim: ReviewedClaim) -> list[str]:
    """Open objections to the claim's notice, and open appeals."""
    objections = await fetch_tuples(
        """SELECT n.number FROM notice_objection o JOIN public_notice n ON n.id = o.notice JOIN notice_case c ON c.notice = n.id
           WHERE o.upheld IS NULL AND c.case_no = $1 AND o.case_no IN ('', $1) ORDER BY o.id""",
        claim.number,
    )
    appeals = await fetch_tuples("SELECT number FROM claim_appeal WHERE claim = $1 AND state = 'asked' ORDER BY id", claim.id)
    missing = [f"PUB-01：公示 {number} 有异议尚未答复" for (number,) in objections]
    return missing + [f"复核申请 {number} 尚未作出决定" for (number,) in appeals]
